"""Figures of what is done at higher resolution: a pyramid of sizes, fading in, and two ways to grow."""

from typing import IO, Any, cast

import matplotlib.cbook
import numpy as np
from matplotlib.patches import Rectangle
from PIL import Image as Picture

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, arrow, figure, show

SIZES = (4, 8, 16, 32, 64)


def pyramid(sizes=(4, 8, 16, 32, 64, 128)) -> None:
    """Show one photo at several sizes, each drawn equally large."""
    fig, axes = figure(8, 1.75, columns=len(sizes))
    for ax, size in zip(axes, sizes, strict=True):
        _picture(ax, _photo(size), f"{size} × {size}")
    show(fig, "One portrait in six sizes, from 4 by 4 pixels, a few blots, to 128 by 128, a face")


def fading_in(size: int = 16, alphas=(0, 0.25, 0.5, 0.75, 1)) -> None:
    """Show a new layer being faded in: (1 - alpha) times the small picture, doubled, plus alpha times the large one."""
    doubled, large = _photo(size).repeat(2, axis=0).repeat(2, axis=1), _photo(2 * size)
    fig, axes = figure(8, 1.95, columns=len(alphas))
    for ax, alpha in zip(axes, alphas, strict=True):
        _picture(ax, (1 - alpha) * doubled + alpha * large, f"$\\alpha$ = {alpha}")
    show(fig, f"A picture of {size} by {size} pixels that turns into one of twice the size, in five steps")


def _photo(size):
    """A square of the portrait that matplotlib ships, (size, size, 3) in [0, 1]."""
    sample = cast(IO[bytes], matplotlib.cbook.get_sample_data("grace_hopper.jpg"))
    with sample as file, Picture.open(file) as photo:
        square = photo.convert("RGB").crop((90, 10, 410, 330))
    return np.asarray(square.resize((size, size), Picture.Resampling.BOX)) / 255


def _picture(ax, picture, title):
    ax.imshow(np.clip(picture, 0, 1), interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.set_title(title, fontsize=10.5)


def two_ways_to_grow() -> None:
    """Show progressive growing, three stages of training, beside multi-scale gradients, all sizes at once."""
    fig, (left, right) = figure(8.6, 3.5, columns=2)
    for stage, (x, top) in enumerate(((0, 1), (3.4, 2), (6.8, 3))):
        _tower(left, x, top, GENERATED, fresh=top - 1 if stage else None)
        _tower(left, x + 1.5, top, JUDGE, fresh=top - 1 if stage else None)
        arrow(left, (x + 1.0, top - 0.6), (x + 1.5, top - 0.6))
        left.text(x + 1.25, -0.45, f"stage {stage + 1}", ha="center", fontsize=10, color=QUIET)
    _tower(right, 0.8, 4, GENERATED)
    _tower(right, 5.2, 4, JUDGE)
    for level in range(4):
        y = level + 0.4
        right.text(3.5, y + 0.2, f"{SIZES[level]} × {SIZES[level]}", ha="center", fontsize=9.5, color=REAL)
        arrow(right, (1.8, y), (5.2, y), colour=REAL)
    right.text(1.3, -0.45, "$G$", ha="center", fontsize=11, color=GENERATED)
    right.text(5.7, -0.45, "$D$", ha="center", fontsize=11, color=JUDGE)
    left.set_title("one size after another", fontsize=11)
    right.set_title("all sizes at once", fontsize=11)
    for ax in (left, right):
        ax.set(xlim=(-0.4, 9.6) if ax is left else (0, 7), ylim=(-0.7, 4.1))
        ax.axis("off")
    show(
        fig,
        "Left, generator and discriminator in three stages, a block taller each time, the new block hatched; "
        "right, both in full, joined by an arrow at each of four sizes",
    )


def _tower(ax, x, blocks, colour, fresh=None):
    """Blocks on top of each other, the coarsest at the bottom, which stay one unit wide."""
    for level in range(blocks):
        hatch = "////" if level == fresh else None
        look: dict[str, Any] = {
            "fc": "white" if hatch else colour,
            "ec": colour if hatch else "white",
            "hatch": hatch,
        }
        ax.add_patch(Rectangle((x, level), 1.0, 0.85, **look))
        text = {"color": colour if hatch else "white", "ha": "center", "va": "center", "fontsize": 9.5}
        backing = {"facecolor": "white", "edgecolor": "none", "pad": 1.2} if hatch else None
        ax.text(x + 0.5, level + 0.42, f"{SIZES[level]}", bbox=backing, **text)

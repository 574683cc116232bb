"""Figures of style transfer: images (1, 3, H, W) in [0, 1], their animation, grids of them, losses."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.ticker import MaxNLocator
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from autograder.notebook.figures.canvas import (
    GENERATED,
    JUDGE,
    QUIET,
    REAL,
    Animation,
    array,
    arrow,
    box,
    figure,
    finish,
    gif,
    show,
)

_COLOURS = {"content": REAL, "style": JUDGE, "variation": QUIET, "total": GENERATED}
_LONGEST = 256  # pixels of an animation's longer side


def style_transfer_diagram() -> None:
    """Show what is fixed and what learns: the image learns, the network and both targets stay."""
    fig, ax = figure(8.8, 4)
    ax.set(xlim=(0, 16.4), ylim=(-2.6, 6.2))
    ax.axis("off")
    box(ax, 0.2, 2.2, "the image\n(it learns)", GENERATED)
    box(ax, 4.6, 2.2, "network\n(frozen)", QUIET)
    box(ax, 9.2, 4.4, "content loss:\nwhat is there", REAL)
    box(ax, 9.2, 2.2, "style loss:\nhow it's painted", JUDGE)
    box(ax, 9.2, 0.0, "variation:\nhow calm it is", QUIET)
    box(ax, 13.6, 2.2, "one number", "black")
    arrow(ax, (2.8, 3.0), (4.6, 3.0))
    arrow(ax, (7.2, 3.2), (9.2, 5.0), "features", (7.4, 4.5))
    arrow(ax, (7.2, 3.0), (9.2, 3.0))
    arrow(ax, (2.2, 2.2), (9.2, 0.8), "pixels", (5.2, 1.15))
    for height in (5.2, 3.0, 0.8):
        arrow(ax, (11.8, height), (13.6, 3.0 + (height - 3) / 8))
    arrow(ax, (14.9, 2.2), (1.2, 2.2), "gradient: which way should each pixel go?", (8.05, -2.25),
          GENERATED, bend=-0.5)  # fmt: skip
    show(
        fig, "An image goes through a frozen network to three losses; their gradient comes back to the image"
    )


def photos(images, columns: int = 4, inches: float = 8, title: str = "") -> None:
    """Show images (1, 3, H, W) in [0, 1], as title -> image, in rows of `columns`, each row of one height."""
    names, pixels = list(images), [_pixels(image) for image in images.values()]
    rows = [list(range(start, min(start + columns, len(names)))) for start in range(0, len(names), columns)]
    shapes = [[pixels[index].shape[1] / pixels[index].shape[0] for index in row] for row in rows]
    heights = [min(3.2, inches / sum(row)) for row in shapes]
    # the widest row sets the width; under each image there is room for its title
    width = max(height * sum(row) for height, row in zip(heights, shapes, strict=True))
    total = sum(heights) + 0.36 * len(rows) + 0.35 * bool(title)
    fig = figure(max(width, 2) + 0.13 * columns, total, title)[0]
    fig.clear()
    if title:
        fig.suptitle(title, fontsize=12)
    lines = fig.add_gridspec(len(rows), 1, height_ratios=heights)
    for line, row, ratios in zip(lines, rows, shapes, strict=True):
        cells = line.subgridspec(1, len(row), width_ratios=ratios)
        for index, cell in zip(row, cells, strict=True):
            _draw(fig.add_subplot(cell), pixels[index], names[index])
    show(fig, (title + ": " if title else "") + "images side by side: " + ", ".join(names))


def dial(pictures, rows: str, columns: str) -> None:
    """Show row label -> column label -> image (1, 3, H, W) as a table of images; `rows`, `columns` name the axes."""
    across = list(next(iter(pictures.values())))
    height, width = _pixels(pictures[next(iter(pictures))][across[0]]).shape[:2]
    cell = min(2.3, 7.2 / len(across))
    fig, axes = figure(cell * len(across) + 0.8, cell * len(pictures) * height / width + 0.9,
                       rows=len(pictures), columns=len(across))  # fmt: skip
    axes = np.reshape(axes, (len(pictures), len(across)))
    for index, (line, (name, row)) in enumerate(zip(axes, pictures.items(), strict=True)):
        for ax, (label, image) in zip(line, row.items(), strict=True):
            _draw(ax, _pixels(image), "" if index else label)
        line[0].set_ylabel(name, fontsize=10)
    fig.supylabel(rows, fontsize=10.5, color=QUIET)
    fig.suptitle(columns, fontsize=10.5, color=QUIET)
    show(fig, f"A table of images: {rows} from top to bottom, {columns} from left to right")


def loss_terms(history) -> None:
    """Show the terms of a `Painting`'s history over its evaluations, on a scale of powers of ten."""
    fig, ax = figure(7, 3.2)
    for name, values in history.items():
        if name != "evaluation":
            ax.plot(history["evaluation"], values, color=_COLOURS.get(name), marker=".", label=name)
    ax.set_yscale("log")
    # a loss that begins at 0 has no place on this scale, and the next to nothing after it would stretch it
    highest = max((max(values) for name, values in history.items() if name != "evaluation"), default=1)
    ax.set_ylim(bottom=max(ax.get_ylim()[0], highest * 1e-5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    finish(ax, "evaluation", "weighted loss")
    _legend_above(ax)
    show(fig, "The terms of the loss over the evaluations: " + ", ".join(list(history)[1:]))


def loss_race(histories, term: str = "content") -> None:
    """Show one term of several histories, name -> history, over the evaluations."""
    fig, ax = figure(7, 2.9)
    looks = ((REAL, "--"), (GENERATED, "-"), (JUDGE, ":"), (QUIET, "-."))
    for (name, history), (colour, line) in zip(histories.items(), looks, strict=False):
        ax.plot(history["evaluation"], history[term], color=colour, linestyle=line, marker=".", label=name)
    ax.set_yscale("log")
    finish(ax, "evaluation", f"{term} loss")
    _legend_above(ax)
    show(fig, f"The {term} loss of " + " and ".join(histories) + " over the evaluations")


def animate_painting(frames, labels=(), milliseconds: int = 160) -> Animation:
    """Make a GIF, in memory, of images (1, 3, H, W) in [0, 1]; the last one stays for two seconds.

    `labels` are numbers, such as evaluations, written above the images.
    """
    if not len(frames):
        raise ValueError(
            "animate_painting() needs at least one frame; has the run inside `with Painting` begun?"
        )
    labels = [f"evaluation {label:g}" for label in labels] or [""] * len(frames)
    pictures = [_frame(_pixels(frame), label) for frame, label in zip(frames, labels, strict=False)]
    return gif(pictures, "Animation: a painting emerges, evaluation by evaluation", milliseconds)


def _frame(pixels, text):
    image = Picture.fromarray((255 * pixels).round().astype(np.uint8))
    image.thumbnail((_LONGEST, _LONGEST))
    frame = Picture.new("RGB", (image.width, image.height + 16), "white")
    frame.paste(image, (0, 16))
    ImageDraw.Draw(frame).text((3, 1), text, fill="black", font=ImageFont.load_default(11))
    return frame.quantize(128, dither=Picture.Dither.NONE)


def _legend_above(ax):
    """The curves may be anywhere, so the legend stands outside."""
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=4, frameon=False, borderaxespad=0.2)


def _pixels(image):
    """An image (1, 3, H, W) or (3, H, W), or a grey one, as (H, W, 3) in [0, 1]."""
    pixels = np.clip(np.nan_to_num(array(image).astype(float)), 0, 1)
    pixels = pixels[0] if pixels.ndim == 4 else pixels
    return np.broadcast_to(pixels, (3, *pixels.shape[1:])).transpose(1, 2, 0)


def _draw(ax, pixels, title=""):
    small = math.prod(pixels.shape[:2]) < 1000
    ax.imshow(pixels, interpolation="nearest" if small else "antialiased")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.set_title(title, fontsize=10.5)

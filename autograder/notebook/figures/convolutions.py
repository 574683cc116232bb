"""Figures of a DCGAN: its shapes, what strides, overlaps and slopes do, and what training runs wrote down."""

import math
from typing import Any

import numpy as np
from matplotlib.patches import Polygon, Rectangle

from autograder.notebook.figures.canvas import (
    GENERATED,
    JUDGE,
    QUIET,
    REAL,
    array,
    arrow,
    figure,
    finish,
    show,
)

SIDES = (4, 8, 16, 32)
LINE = "#B8B8B8"
# what a training loop wrote down: its label, its colour, and its value where D can only guess
CURVES = {
    "D_x": ("D(x)", REAL, 0.5),
    "D_G_z1": ("D(G(z))", GENERATED, 0.5),
    "errD": ("discriminator", JUDGE, math.log(4)),
    "errG": ("generator", GENERATED, math.log(2)),
}


def dcgan_networks(ngf: int = 64, ndf: int = 64, nc: int = 1, nz: int = 100) -> None:
    """Show both networks of a DCGAN in one row: each stage a block, as tall as its maps, as deep as their number."""
    stages = [(nz, 1, QUIET)]
    stages += [(ngf * 32 // side, side, GENERATED) for side in SIDES]
    stages += [(nc, 64, REAL)]
    stages += [(ndf * 32 // side, side, JUDGE) for side in reversed(SIDES)]
    stages += [(1, 1, QUIET)]
    fig, ax = figure(8, 3.5)
    ax.set(xlim=(-1.5, 10.8), ylim=(-3.3, 2.2), aspect="equal")
    ax.axis("off")
    for x, (channels, side, colour) in enumerate(stages):
        _block(ax, x, 0.12 + 0.06 * math.log2(channels + 1), 0.18 + 0.27 * math.sqrt(side), colour)
        ax.text(x + 0.1, -1.75, str(channels), ha="center", fontsize=10, color=colour)
        ax.text(x + 0.1, -2.25, f"{side}×{side}", ha="center", fontsize=9.5, color=QUIET)
    ax.text(-0.75, -1.75, "maps", ha="center", fontsize=9.5, color=QUIET)
    ax.text(-0.75, -2.25, "size", ha="center", fontsize=9.5, color=QUIET)
    _span(ax, 0.7, 4.4, "generator $G$", GENERATED)
    _span(ax, 5.8, 9.4, "discriminator $D$", JUDGE)
    ax.text(0.1, -3.05, "$z$", ha="center", fontsize=11, color=QUIET)
    ax.text(5.1, -3.05, "image", ha="center", fontsize=11, color=REAL)
    ax.text(10.1, -3.05, "$p$", ha="center", fontsize=11, color=QUIET)
    show(
        fig,
        "Blocks that grow from the latent vector to a 64 by 64 image, and shrink again to one probability",
    )


def _block(ax, x, depth, height, colour):
    """A box in a slanting view: a thin side towards the reader, the map itself leaning away to the right."""
    low, high, lean = -height / 2, height / 2, 0.14 * height
    front = [(x - depth, low), (x, low), (x, high), (x - depth, high)]
    top = [(x - depth, high), (x, high), (x + lean, high + lean), (x - depth + lean, high + lean)]
    side = [(x, low), (x + lean, low + lean), (x + lean, high + lean), (x, high)]
    for corners, strength in ((front, 0.85), (top, 0.55), (side, 0.35)):
        ax.add_patch(Polygon(corners, fc="white", ec="none"))
        ax.add_patch(Polygon(corners, fc=colour, ec="white", alpha=strength, linewidth=0.8))


def _span(ax, start, end, text, colour):
    ax.plot((start, end), (-2.55, -2.55), color=colour, linewidth=1.5)
    ax.text((start + end) / 2, -3.05, text, ha="center", fontsize=11, color=colour)


def strides() -> None:
    """Show a convolution from 8x8 to 4x4, and a transposed one back: kernel 4, stride 2, padding 1."""
    fig, (left, right) = figure(8, 3.05, columns=2)
    _grid(left, 0, 0, 8, ring=True)
    _grid(left, 12.5, 2, 4)
    _grid(right, 0, 2, 4)
    _grid(right, 7.5, 0, 8, ring=True)
    for row, column, colour in ((0, 0, REAL), (0, 1, GENERATED), (2, 2, JUDGE)):
        _window(left, 2 * column - 1, 2 * row - 1, 4, colour)
        _window(left, 12.5 + column, 2 + row, 1, colour)
        _window(right, column, 2 + row, 1, colour)
        _window(right, 7.5 + 2 * column - 1, 2 * row - 1, 4, colour)
    _panel(left, (-1.4, 17.1), (9.6, 4, 11.9), "convolution: 16 numbers become 1")
    _panel(right, (-1, 17.5), (4.5, 4, 6.1), "transposed: 1 number is stamped over 16")
    show(
        fig,
        "Left, windows of four by four cells that step by two; right, stamps of four by four that step by two",
    )


def _grid(ax, x, y, n, ring=False):
    """An n by n grid of cells, and a hatched ring of padding around it."""
    if ring:
        look: dict[str, Any] = {"fc": "#F4F4F4", "ec": LINE, "hatch": "////", "linewidth": 0}
        ax.add_patch(Rectangle((x - 1, y - 1), n + 2, n + 2, **look))
    ax.add_patch(Rectangle((x, y), n, n, fc="white", ec="none"))
    for line in range(n + 1):
        ax.plot((x + line, x + line), (y, y + n), color=LINE, linewidth=0.8)
        ax.plot((x, x + n), (y + line, y + line), color=LINE, linewidth=0.8)


def _window(ax, x, y, n, colour):
    ax.add_patch(Rectangle((x, y), n, n, fc=colour, ec="none", alpha=0.35, zorder=3))
    ax.add_patch(Rectangle((x, y), n, n, fc="none", ec=colour, linewidth=1.8, zorder=4))


def _panel(ax, xlim, step, title):
    start, height, end = step
    arrow(ax, (start, height), (end, height))
    ax.set(xlim=xlim, ylim=(9.4, -1.4), aspect="equal")
    ax.set_title(title, fontsize=11)
    ax.axis("off")


def overlaps(kernels=(3, 4), stride: int = 2, n: int = 6) -> None:
    """Show how often a transposed convolution writes to each pixel, for several sizes of the kernel."""
    fig, axes = figure(2.9 * len(kernels) + 0.8, 2.9, columns=len(kernels))
    for ax, kernel in zip(np.atleast_1d(axes), kernels, strict=True):
        line = np.zeros(stride * (n - 1) + kernel)
        for start in range(0, stride * n, stride):
            line[start : start + kernel] += 1
        counts = np.outer(line, line)
        picture = ax.imshow(counts, cmap="Blues", vmin=0, vmax=max(4, counts.max()))
        ax.set(xticks=[], yticks=[])
        ax.set_title(f"kernel {kernel}, stride {stride}", fontsize=11)
    fig.colorbar(picture, ax=axes, label="times that a pixel is written to", ticks=range(5))
    show(fig, "Two squares: with kernel 3 a pattern like a chessboard, with kernel 4 even but for the edge")


def leaky_slopes(slope: float = 0.2) -> None:
    """Show ReLU and LeakyReLU, and beside them how much of a gradient each lets through."""
    x = np.linspace(-3, 3, 301)
    fig, (left, right) = figure(8, 2.6, columns=2)
    for name, low, colour, line in (("ReLU", 0.0, REAL, "--"), ("LeakyReLU", slope, JUDGE, "-")):
        left.plot(x, np.where(x < 0, low * x, x), color=colour, linestyle=line, label=name)
        right.plot(x, np.where(x < 0, low, 1.0), color=colour, linestyle=line, label=name)
    right.set_ylim(-0.08, 1.15)
    finish(left, "input", "output")
    finish(right, "input", "slope")
    left.set_title("the function", fontsize=11, loc="left")
    right.set_title("what a gradient is multiplied by", fontsize=11, loc="left")
    right.legend_.remove()
    show(fig, "Two curves that agree on the right; on the left ReLU is flat and LeakyReLU has a small slope")


def over_steps(runs, names=("D_x", "D_G_z1"), smooth: int = 20) -> None:
    """Show what one training run wrote down, or several side by side: a history of lists, or title -> history.

    Thin lines are single steps, thick ones means over the last `smooth` steps; dotted: D can only guess.
    """
    runs = {"": runs} if names[0] in runs else runs
    fig, axes = figure(2.65 * len(runs) + 0.2 if len(runs) > 1 else 7, 2.7, columns=len(runs), sharex=True)
    for ax, (title, history) in zip(np.atleast_1d(axes), runs.items(), strict=True):
        for name in names:
            label, colour, guess = CURVES[name]
            values = array(history[name]).astype(float)
            ax.plot(values, color=colour, alpha=0.3, linewidth=0.5)
            ax.plot(_trailing_means(values, smooth), color=colour, linewidth=2, label=label)
            ax.axhline(guess, color="black" if guess == 0.5 else colour, linestyle=":", linewidth=1)
        finish(ax, "step", "probability of “real”" if names[0] in ("D_x", "D_G_z1") else "loss")
        if len(runs) > 1:
            ax.set_title(title, fontsize=11, pad=22)
            ax.set_ylabel("")
        if names[0] == "D_x":
            ax.set_ylim(-0.03, 1.03)
    show(fig, "Over the steps: " + ", ".join(CURVES[name][0] for name in names) + ". " + "; ".join(runs))


def _trailing_means(values, width):
    """The mean of the last `width` values at each place; of fewer at the start."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - width, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)

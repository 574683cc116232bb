"""Figures of images: tensors (N, C, H, W) in [-1, 1], or grids (C, H, W) in [0, 1]; C is 1 (grey) or 3 (colour)."""

import io
import math
import os

import numpy as np
from IPython.display import display
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from autograder.notebook.figures.canvas import (
    GENERATED,
    JUDGE,
    QUIET,
    REAL,
    Animation,
    array,
    figure,
    finish,
    gif,
    show,
)

_GAP = 2  # white pixels between the images of a grid
_GREYS = 8  # shades in an animation of grey images: few, so that the file stays small


def image_grid(images, title: str = "", columns: int = 8) -> None:
    """Show images (N, C, H, W) in [-1, 1], `columns` in a row, or a finished grid (C, H, W) in [0, 1]."""
    shown = _tiles(images, columns)
    width = min(7.0, 0.5 * min(columns, len(images))) if images.ndim == 4 else 4.2
    width = max(width, 2.5 if title else 0.6)
    fig, ax = figure(width, width * shown.shape[0] / shown.shape[1] + (0.35 if title else 0.05), title)
    _draw(ax, shown)
    show(fig, title or "A grid of images")


def strip(images, labels=(), title: str = "") -> None:
    """Show images (N, C, H, W) in [-1, 1] side by side, with a text under each where `labels` has one."""
    fig, axes = figure(
        8, 8 / len(images) + 0.3 * bool(len(labels)) + 0.35 * bool(title), title, columns=len(images)
    )
    for index, ax in enumerate(np.atleast_1d(axes)):
        _draw(ax, _tiles(images[index : index + 1], 1, gap=0))
        ax.set_xlabel(str(labels[index]) if index < len(labels) else "", fontsize=10)
    show(fig, title or f"{len(images)} images in a row")


def real_beside_generated(real, generated, columns: int = 8, title: str = "") -> None:
    """Show two sets of images (N, C, H, W) in [-1, 1] as grids side by side, in frames of their colours."""
    grids = _tiles(real, columns), _tiles(generated, columns)
    fig, axes = figure(
        8, 4 * grids[0].shape[0] / grids[0].shape[1] + 0.35 + 0.35 * bool(title), title, columns=2
    )
    for ax, grid, name, colour in zip(axes, grids, ("real", "generated"), (REAL, GENERATED), strict=True):
        _draw(ax, grid, frame=colour)
        ax.set_title(name, fontsize=11, color=colour)
    show(fig, "Real images on the left, generated ones on the right")


def pairs(above, below, names=("above", "below"), title: str = "") -> None:
    """Show each image of `above` over its partner in `below`, both (N, C, H, W) in [-1, 1]."""
    fig, axes = figure(8, 2 * 7.2 / len(above) + 0.35 * bool(title), title, rows=2, columns=len(above))
    for row, (images, name) in enumerate(zip((above, below), names, strict=True)):
        for index, ax in enumerate(axes[row]):
            _draw(ax, _tiles(images[index : index + 1], 1, gap=0))
        axes[row, 0].set_ylabel(name, fontsize=10, rotation=0, ha="right", va="center")
    show(fig, f"Pairs of images: {names[0]} over {names[1]}")


def grids_over_epochs(grids, most: int = 6, title: str = "epoch") -> None:
    """Show some of `grids`, (C, H, W) in [0, 1], number 0 first: close together early on, far apart later."""
    indices = np.unique(np.geomspace(1, len(grids), min(most, len(grids))).round().astype(int) - 1)
    columns = min(3, len(indices))
    rows = math.ceil(len(indices) / columns)
    width = min(8, 4 * columns)
    fig, axes = figure(width, rows * (width / columns + 0.2), rows=rows, columns=columns)
    for ax in np.ravel(axes):
        ax.axis("off")
    for ax, index in zip(np.ravel(axes), indices, strict=False):
        _draw(ax, _tiles(grids[index], 1))
        ax.set_title(f"{title} {index}", fontsize=11)
    show(fig, f"Grids of images at {title} " + ", ".join(map(str, indices)))


def animate_grids(grids, title: str = "epoch", most: int = 30, first: int = 0) -> Animation:
    """Make a GIF, in memory, of `grids`, (C, H, W) in [0, 1], of which at most `most` are drawn.

    They are evenly spaced, with the first and the last, and numbered from `first`; the last one stays
    for two seconds. Small grids are shown at twice their size.
    """
    if not len(grids):
        raise ValueError("animate_grids() needs at least one grid; is history['grids'] empty?")
    indices = np.unique(np.linspace(0, len(grids) - 1, min(most, len(grids))).round().astype(int))
    frames = [_frame(_tiles(grids[index], 1), f"{title} {index + first}") for index in indices]
    width = frames[0].width * max(1, round(480 / frames[0].width))
    return gif(frames, f"Animation: a grid of generated images, {title} by {title}", width=width)


def slider(images, label: str = "step") -> None:
    """Show images (N, C, H, W) in [-1, 1] one at a time, under a slider; nothing where widgets can't run.

    A graded or exported notebook has nobody to move it: show a `strip` of the images as well.
    """
    try:
        import ipywidgets
    except ImportError:
        return
    if "NBGRADER_EXECUTION" in os.environ:
        return
    frames = [_png(_tiles(images[index : index + 1], 1, gap=0)) for index in range(len(images))]
    picture = ipywidgets.Image(value=frames[0], format="png", width=168, height=168)
    handle = ipywidgets.IntSlider(0, 0, len(frames) - 1, description=label, continuous_update=True)
    handle.observe(lambda change: setattr(picture, "value", frames[change["new"]]), names="value")
    bundle = ipywidgets.VBox([handle, picture])._repr_mimebundle_()
    display(bundle | {"text/plain": "A slider: run this cell to move it."}, raw=True)


def pixel_values(image, corner=(8, 8), side: int = 8) -> None:
    """Show one grey image (1, H, W) in [-1, 1], and the numbers in a square of it, from row and column `corner`."""
    pixels, (row, column) = array(image)[0], corner
    square = pixels[row : row + side, column : column + side]
    fig, (left, right) = figure(8, 4.3, columns=2)
    look = {"cmap": "gray", "vmin": -1, "vmax": 1, "interpolation": "nearest"}
    left.imshow(pixels, **look)
    frame = np.array([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]) * side + (column - 0.5, row - 0.5)
    left.plot(*frame.T, color=GENERATED, linewidth=2)
    right.imshow(square, **look, extent=(column - 0.5, column + side - 0.5, row + side - 0.5, row - 0.5))
    for (y, x), value in np.ndenumerate(square):
        colour = "black" if value > 0 else "white"
        right.text(column + x, row + y, f"{value:.1f}", color=colour, ha="center", va="center", fontsize=9)
    right.spines[:].set(color=GENERATED, linewidth=2)
    left.set_title(f"{pixels.shape[0]} rows, {pixels.shape[1]} columns", fontsize=11)
    right.set_title("the framed part, as numbers", fontsize=11)
    show(fig, "One image, and the numbers of a part of it")


def pixels_and_tanh(images) -> None:
    """Show Tanh beside histograms of the pixels of `images`, (N, C, H, W) in [-1, 1], in both ranges."""
    pixels = array(images).ravel()
    fig, (curve, fits, half) = figure(8, 3, columns=3)
    x = np.linspace(-5, 5, 200)
    curve.plot(x, np.tanh(x), color=GENERATED)
    finish(curve, "last layer's output", "pixel", "what Tanh can make")
    sides = {"images in [-1, 1]": (fits, pixels), "images in [0, 1]": (half, (pixels + 1) / 2)}
    for name, (ax, values) in sides.items():
        heights, edges = np.histogram(values, bins=40, range=(-1, 1))
        ax.barh(edges[:-1], heights / len(values), 0.05, align="edge", color=REAL)
        finish(ax, "share of pixels", "", name)
    half.axhspan(-1.08, 0, color=QUIET, alpha=0.15, linewidth=0)
    half.text(0.95, -0.55, "Tanh comes here,\nthe data never", color=QUIET, ha="right", va="center",
              transform=half.get_yaxis_transform())  # fmt: skip
    for ax in (curve, fits, half):
        ax.set(ylim=(-1.08, 1.08), xticks=(-5, 0, 5) if ax is curve else (0, 0.25, 0.5, 0.75, 1))
    show(
        fig, "Tanh covers -1 to 1; pixels in the same range fill it, pixels in 0 to 1 use its upper half only"
    )


def flattened(image) -> None:
    """Show one grey image (1, H, W) in [-1, 1] as rows, and its rows laid end to end in one line of H·W numbers."""
    pixels = array(image)[0]
    height, width = pixels.shape
    fig = figure(8, 3.4)[0]
    fig.clear()
    grid = fig.add_gridspec(2, 1, height_ratios=(4, 1))
    top, line = fig.add_subplot(grid[0]), fig.add_subplot(grid[1])
    _draw(top, (pixels + 1) / 2)
    line.imshow(pixels.reshape(1, -1), cmap="gray", vmin=-1, vmax=1, aspect="auto", interpolation="nearest")
    for name, row, colour in (("first row", 0, GENERATED), ("middle row", height // 2, JUDGE)):
        top.axhspan(row - 0.5, row + 0.5, fill=False, edgecolor=colour, linewidth=1.5)
        line.axvspan(row * width - 0.5, (row + 1) * width - 0.5, fill=False, edgecolor=colour, linewidth=1.5)
        line.text((row + 0.5) * width, -0.8, name, color=colour, ha="center", fontsize=10)
    line.set(yticks=[], xticks=[0, height * width - 1])
    top.set_title(f"{height} rows of {width} pixels", fontsize=11)
    show(fig, "An image, and below it the same pixels in one line")


def _tiles(images, columns, gap=_GAP):
    """Images (N, C, H, W) in [-1, 1] as one picture, or a grid (C, H, W) in [0, 1]: (H, W) or (H, W, 3) in [0, 1]."""
    images = array(images).astype(float)
    if images.ndim == 4:
        count, channels, height, width = images.shape
        columns = min(columns, count)
        rows = math.ceil(count / columns)
        grid = np.ones((channels, rows * (height + gap) - gap, columns * (width + gap) - gap))
        for index, image in enumerate((images + 1) / 2):
            top, left = index // columns * (height + gap), index % columns * (width + gap)
            grid[:, top : top + height, left : left + width] = image
    else:
        grid = images
    grid = np.clip(np.nan_to_num(grid), 0, 1)
    # a grey grid often comes with three equal channels, since torchvision's make_grid repeats the one
    return grid[0] if len(grid) == 1 or (grid == grid[:1]).all() else grid.transpose(1, 2, 0)


def _draw(ax, picture, frame=None):
    ax.imshow(picture, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    ax.axis("on")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=frame is not None, color=frame, linewidth=2)


def _picture(picture):
    return Picture.fromarray((255 * picture).round().astype(np.uint8))


def _png(picture):
    file = io.BytesIO()
    _picture(picture).resize((168, 168), Picture.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


def _frame(picture, text):
    """A frame of an animation: the picture, under a line of text, in a palette that keeps the file small."""
    image = _picture(picture)
    frame = Picture.new(image.mode, (image.width, image.height + 16), "white")
    frame.paste(image, (0, 16))
    ImageDraw.Draw(frame).text((3, 1), text, fill="black", font=ImageFont.load_default(11))
    if frame.mode == "L":
        return frame.point(lambda value: round(value * (_GREYS - 1) / 255) * 255 // (_GREYS - 1))
    return frame.quantize(64)

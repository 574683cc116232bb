"""Figures of cost networks: the tug of war, two kinds of losses, and landscapes over the plane that move."""

import numpy as np
from matplotlib.colors import BoundaryNorm
from PIL import Image as Picture

from autograder.notebook.figures.canvas import (
    GENERATED,
    JUDGE,
    QUIET,
    REAL,
    Animation,
    array,
    arrow,
    figure,
    finish,
    gif,
    show,
)


def tug_of_war() -> None:
    """Show the axis of costs: data at 0, the margin m, and who pulls a generated sample which way."""
    fig, ax = figure(7.2, 1.9)
    ax.set(xlim=(-1.2, 11), ylim=(-1.5, 1.9))
    ax.axis("off")
    ax.axvspan(8, 11, ymin=0.33, ymax=0.56, color=JUDGE, alpha=0.15, linewidth=0)
    arrow(ax, (-0.6, 0), (11, 0))
    for place, text in ((0, "0"), (8, "margin $m$")):
        ax.plot((place, place), (-0.15, 0.15), color="black")
        ax.text(place, -0.65, text, ha="center", fontsize=11)
    ax.text(9.6, 0.32, "left alone", color=JUDGE, ha="center", fontsize=10)
    ax.plot(4, 0, "^", color=GENERATED, markersize=13)
    ax.text(4, -0.75, "$C(G(z))$", color=GENERATED, ha="center", fontsize=11)
    ax.plot(0.25, 0, "o", color=REAL, markersize=10)
    ax.text(0.4, -1.3, "$C(x)$ is pulled to 0", color=REAL, ha="center", fontsize=10.5)
    arrow(ax, (3.6, 0.75), (0.6, 0.75), "generator: cheaper", (2.1, 1.25), GENERATED)
    arrow(ax, (4.4, 0.75), (7.6, 0.75), "cost network: dearer", (6.0, 1.25), JUDGE)
    show(
        fig,
        "An axis from 0 to the margin; the generator pulls its sample's cost to 0, the other to the margin",
    )


def classifier_and_cost(margin: float = 1.0) -> None:
    """Show what a classifier minimises, against its logit, beside what a cost network does, against its cost."""
    logit, cost = np.linspace(-6, 6, 200), np.linspace(0, 2.5, 200)
    fig, (left, right) = figure(8, 2.9, columns=2)
    left.plot(logit, np.logaddexp(0, -logit), color=REAL, label="real")
    left.plot(logit, np.logaddexp(0, logit), color=GENERATED, linestyle="--", label="generated")
    right.plot(cost, cost, color=REAL, label="real")
    right.plot(cost, np.maximum(margin - cost, 0), color=GENERATED, linestyle="--", label="generated")
    right.axvline(margin, color=QUIET, linestyle=":")
    right.text(margin + 0.04, 1.9, "margin", color=QUIET)
    left.set_ylim(0, 7.4)
    right.set_ylim(0, 3)
    finish(left, "logit: any number", "loss of one sample", "")
    finish(right, "cost: 0 or more", "", "")
    left.set_title("classifier", fontsize=11, loc="left")
    right.set_title("cost network", fontsize=11, loc="left")
    show(
        fig,
        "Left, two smooth curves that mirror each other; right, a rising line, and a hinge that ends at m",
    )


def costs_over_steps(costs, margin: float | None = None) -> None:
    """Show mean costs over the steps: label -> list of floats, "real" and "generated"."""
    fig, ax = figure(7, 2.8)
    for (label, values), colour in zip(costs.items(), (REAL, GENERATED, JUDGE), strict=False):
        ax.plot(values, color=colour, linewidth=0.9, label=label)
    if margin is not None:
        ax.axhline(margin, color="black", linestyle=":", linewidth=1)
    ax.set_ylim(0, 1.25 * max([max(values) for values in costs.values()] + [margin or 0]))
    finish(ax, "step", "mean cost")
    show(fig, "Mean costs of real and of generated samples over the steps")


def landscapes(frames, data, label: str = "cost", levels=None, reach: float = 3.0, count: int = 4) -> None:
    """Show `count` of `frames` side by side: each a step, a square of values (n, n), x first, and samples (N, 2)."""
    chosen = np.unique(np.linspace(0, len(frames) - 1, count).round().astype(int))
    fig, axes = figure(2.25 * len(chosen) + 0.9, 2.7, columns=len(chosen))
    levels = _levels(frames) if levels is None else levels
    axes = np.atleast_1d(axes)
    for ax, index in zip(axes, chosen, strict=True):
        step, values, samples = frames[index]
        colours = _draw_landscape(ax, values, levels, reach)
        ax.scatter(*array(data).T, s=1, color="black")
        ax.scatter(*array(samples).T, s=9, color=GENERATED, edgecolor="white", linewidth=0.3, marker="^")
        ax.set_title(f"step {step}", fontsize=11)
    fig.colorbar(colours, ax=axes, label=label)
    show(
        fig,
        f"The {label} over the plane, as colours, at {len(chosen)} steps, with data and generated samples",
    )


def animate_landscape(frames, data, label: str = "cost", levels=None, reach: float = 3.0) -> Animation:
    """Make a GIF, in memory, of `frames` as `landscapes` draws them: colours below, samples on top."""
    if not frames:
        raise ValueError("animate_landscape() needs at least one frame")
    fig, ax = figure(4.7, 3.9)
    levels = _levels(frames) if levels is None else levels
    colours = _draw_landscape(ax, frames[0][1], levels, reach)
    fig.colorbar(colours, label=label)
    ax.scatter(*array(data).T, s=2, color="black")
    moving = ax.scatter([], [], s=14, color=GENERATED, edgecolor="white", linewidth=0.4, marker="^")
    pictures = []
    for step, values, samples in frames:
        colours.set_data(array(values).T)
        moving.set_offsets(array(samples))
        ax.set_title(f"step {step}", loc="left", fontsize=11)
        fig.canvas.draw()
        picture = Picture.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
        pictures.append(picture.quantize(64, dither=Picture.Dither.NONE))
    return gif(
        pictures, f"Animation: the {label} over the plane and the generated samples, step by step", 150
    )


def _draw_landscape(ax, values, levels, reach):
    """Values (n, n), x along the first axis, as an image in steps of colour: few colours make a small GIF."""
    norm = BoundaryNorm(levels, 256, extend="both")
    extent = (-reach, reach, -reach, reach)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=(-2, 0, 2), yticks=(-2, 0, 2), aspect="equal")
    look = {"cmap": "viridis", "norm": norm, "extent": extent, "origin": "lower", "interpolation": "bilinear"}
    return ax.imshow(array(values).T, **look)


def _levels(frames):
    """Ten bounds from 0 to a value that few of the last frame's exceed."""
    top = float(np.quantile(array(frames[-1][1]), 0.8))
    return np.linspace(0, max(top, 1e-3), 11).round(4)

"""Figures of points in the plane: tensors or arrays of shape (N, 2)."""

import math
from itertools import chain

import numpy as np
import torch
from PIL import Image as Picture

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


def where_it_ends(seed: int = 0) -> None:
    """Show a perfect generator of the sine curve, written by hand: a latent cloud in, the curve out."""
    latent = np.random.RandomState(seed).randn(600, 2)
    # the distribution function of the normal distribution spreads z1 evenly over [0, 2π)
    x1 = math.pi * (1 + np.vectorize(math.erf)(latent[:, 0] / math.sqrt(2)))
    latent_to_points(
        latent, np.column_stack((x1, np.sin(x1))), "Where this lab ends: noise in, the curve out"
    )


def latent_to_points(latent, points, title: str = "") -> None:
    """Show latent samples (N, 2) beside the points (N, 2) made of them, coloured alike by the points' x1."""
    latent, points = array(latent), array(points)
    fig, (left, right) = figure(8, 3.3, title, columns=2)
    left.scatter(*latent.T[:2], c=points[:, 0], cmap="viridis", s=9)
    right.scatter(*points.T, c=points[:, 0], cmap="viridis", s=9)
    finish(left, "$z_1$", "$z_2$", "latent space")
    finish(right, "$x_1$", "$x_2$", "generated samples")
    show(fig, "Two scatter plots: latent samples, and the points that the generator makes of them")


def two_kinds_of_model(seed: int = 3) -> None:
    """Show one data set of two classes as a discriminative and as a generative model sees it."""
    rng = np.random.RandomState(seed)
    classes = [(np.array([-1.3, 0.5]), 0.75, REAL, "o"), (np.array([1.2, -0.4]), 0.6, GENERATED, "s")]
    x1, x2 = np.meshgrid(np.linspace(-4, 4, 160), np.linspace(-2.8, 2.8, 120))
    fig, (left, right) = figure(8, 3.3, columns=2)
    densities = []
    for centre, spread, colour, marker in classes:
        cloud, new = centre + spread * rng.randn(45, 2), centre + spread * rng.randn(6, 2)
        height = np.exp(-((x1 - centre[0]) ** 2 + (x2 - centre[1]) ** 2) / (2 * spread**2))
        densities.append(height / spread**2)
        left.scatter(*cloud.T, color=colour, marker=marker, s=12)
        right.scatter(*cloud.T, color=colour, marker=marker, s=12, alpha=0.3)
        right.contour(x1, x2, height, levels=[0.14, 0.61], colors=colour)
        right.scatter(*new.T, color=colour, marker="*", s=90, edgecolor="black", linewidth=0.6)
    left.contour(x1, x2, densities[0] - densities[1], levels=[0], colors="black", linewidths=2)
    finish(left, "$x_1$", "$x_2$", "discriminative: where is the border?")
    finish(right, "$x_1$", "$x_2$", "generative: where does each class live?")
    show(fig, "Two classes of points: left, a border between them; right, contours of each, and new points")


def two_player_diagram() -> None:
    """Show the two networks of a GAN, what each receives, and what each is taught."""
    fig, ax = figure(8, 3.2)
    ax.set(xlim=(0, 16.4), ylim=(-0.5, 6.4))
    ax.axis("off")
    box(ax, 0.2, 1.3, "latent\nsamples $z$", QUIET)
    box(ax, 4.2, 1.3, "generator\n$G$", GENERATED)
    box(ax, 4.2, 4.3, "data set", REAL)
    box(ax, 9.8, 2.8, "discriminator\n$D$", JUDGE)
    box(ax, 13.6, 2.8, "probability\nof “real”", QUIET)
    arrow(ax, (2.8, 2.1), (4.2, 2.1))
    arrow(ax, (6.8, 5.1), (9.8, 4.0), "real samples $x$", (8.5, 5.1), REAL)
    arrow(ax, (6.8, 2.1), (9.8, 3.2), "generated $G(z)$", (8.5, 2.0), GENERATED)
    arrow(ax, (12.4, 3.6), (13.6, 3.6))
    arrow(ax, (14.9, 4.4), (11.1, 4.4), "teaches $D$: tell them apart", (13.2, 5.9), JUDGE, bend=0.45)
    arrow(
        ax,
        (14.9, 2.8),
        (5.5, 1.3),
        "teaches $G$, through $D$: pass for real",
        (10.6, -0.1),
        GENERATED,
        bend=-0.3,
    )
    show(
        fig,
        "Latent samples feed the generator; its output and real samples feed the discriminator, which answers",
    )


def real_and_generated(data, samples=None, title: str = "") -> None:
    """Show data points and, if there are any, generated samples on top of them."""
    fig, ax = figure(6, 3.3, title)
    ax.scatter(*array(data).T, s=7, color=REAL, label="real")
    if samples is not None:
        ax.scatter(*array(samples).T, s=11, color=GENERATED, marker="^", linewidth=0, label="generated")
    finish(ax, "$x_1$", "$x_2$")
    show(fig, "Scatter plot of real points" + (" and generated samples" if samples is not None else ""))


def animate(frames, data, title: str = "epoch", most: int = 50) -> Animation:
    """Make a GIF, in memory, of `frames`: points for each epoch, of which at most `most` are drawn.

    They are evenly spaced, with the first and the last; the last one stays for two seconds.
    """
    if not len(frames):
        raise ValueError("animate() needs at least one frame; is history['samples'] empty?")
    fig, ax = figure(5.6, 3.2)
    ax.scatter(*array(data).T, s=5, color=REAL, label="real")
    moving = ax.scatter([], [], s=9, color=GENERATED, marker="^", linewidth=0, label="generated")
    ax.axis([*chain(*_around(data))])
    finish(ax, "$x_1$", "$x_2$")
    pictures = []
    for index in np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)):
        moving.set_offsets(array(frames[index]))
        ax.set_title(f"{title} {index + 1}", loc="left")
        fig.canvas.draw()
        picture = Picture.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
        pictures.append(picture.quantize(palette=_shades(), dither=Picture.Dither.NONE))
    return gif(pictures, "Animation: generated samples over the epochs")


def covered_parts(
    samples, distances, tolerance: float = 0.2, bins: int = 20, end: float = 2 * math.pi
) -> None:
    """Show which samples (N, 2) have small distances (N,), and how many of those each part of [0, end) holds."""
    samples, close = array(samples), array(distances) < tolerance
    fig, (top, bottom) = figure(7, 4.2, rows=2, sharex=True)
    top.scatter(*samples[close].T, s=9, color=JUDGE, label=f"closer than {tolerance}")
    top.scatter(*samples[~close].T, s=16, color=GENERATED, marker="x", linewidth=0.8, label="not close")
    counts, edges = np.histogram(samples[close, 0], bins=bins, range=(0, end))
    bottom.bar(edges[:-1], counts, end / bins, align="edge", color=JUDGE, edgecolor="white")
    if (counts == 0).any():
        look = {
            "color": "none",
            "edgecolor": GENERATED,
            "hatch": "///",
            "linewidth": 0,
            "label": "no close sample",
        }
        bottom.bar(edges[:-1][counts == 0], max(counts.max(), 1), end / bins, align="edge", **look)
    finish(top, "", "$x_2$")
    finish(bottom, "$x_1$", "close samples")
    show(fig, "Above, close and distant samples; below, how many close samples each part of the curve holds")


def probability_map(probability, data, samples) -> None:
    """Show probability(points), (N, 2) -> (N, 1) in [0, 1], as colours around the data and the samples."""
    xlim, ylim = _around(data)
    x1, x2 = torch.linspace(xlim[0], xlim[1], 120), torch.linspace(ylim[0], ylim[1], 100)
    with torch.no_grad():
        values = array(probability(torch.cartesian_prod(x1, x2))).reshape(120, 100).T
    fig, ax = figure(7, 3.4)
    colours = ax.pcolormesh(x1.numpy(), x2.numpy(), values, cmap="PuOr_r", vmin=0, vmax=1)
    ax.scatter(*array(data).T, s=1, color="black", label="real")
    ax.scatter(
        *array(samples).T,
        s=13,
        color="white",
        edgecolor="black",
        linewidth=0.5,
        marker="^",
        label="generated",
    )
    ax.set(xlim=xlim, ylim=ylim)
    fig.colorbar(colours, label="probability of “real”")
    finish(ax, "$x_1$", "$x_2$")
    show(fig, "The discriminator's probability over the plane, as colours")


def _around(points):
    low, high = array(points).min(axis=0), array(points).max(axis=0)
    return np.stack((1.25 * low - 0.25 * high, 1.25 * high - 0.25 * low), axis=1).tolist()


def _shades():
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (REAL, GENERATED, "#000000")]
    ramps = [255 + np.linspace(0, 1, 20)[:, None] * (np.array(end) - 255) for end in ends]
    palette = Picture.new("P", (1, 1))
    palette.putpalette(np.concatenate(ramps).round().astype(np.uint8).tobytes())
    return palette

"""The figures of the labs, drawn by code and shown at once in the notebook.

Each figure is drawn on a canvas of its own, outside pyplot: nothing stays open, nothing is shown twice, and
a student's own pyplot figures are left alone. "Points" are tensors or arrays of shape (N, 2).
"""

import io
import math

import numpy as np
import torch
from IPython.display import Image, display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import MaxNLocator
from PIL import Image as Picture

# Okabe and Ito's palette: these three stay apart for colour-blind readers.
REAL = "#0072B2"
GENERATED = "#D55E00"
JUDGE = "#009E73"
QUIET = "#767676"


class Animation(Image):
    """A GIF that also shows where only HTML is understood, as on a feedback page."""

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = super()._repr_mimebundle_(include, exclude)
        html = f'<img alt="{self.alt}" src="data:image/gif;base64,{data["image/gif"]}">'
        return data | {"text/html": html}, metadata


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
    latent, points = _array(latent), _array(points)
    fig, (left, right) = _figure(8, 3.3, title, columns=2)
    left.scatter(*latent.T[:2], c=points[:, 0], cmap="viridis", s=9)
    right.scatter(*points.T, c=points[:, 0], cmap="viridis", s=9)
    _finish(left, "$z_1$", "$z_2$", "latent space")
    _finish(right, "$x_1$", "$x_2$", "generated samples")
    _show(fig, "Two scatter plots: latent samples, and the points that the generator makes of them")


def two_kinds_of_model(seed: int = 3) -> None:
    """Show one data set of two classes as a discriminative and as a generative model sees it."""
    rng = np.random.RandomState(seed)
    classes = [(np.array([-1.3, 0.5]), 0.75, REAL, "o"), (np.array([1.2, -0.4]), 0.6, GENERATED, "s")]
    x1, x2 = np.meshgrid(np.linspace(-4, 4, 160), np.linspace(-2.8, 2.8, 120))
    fig, (left, right) = _figure(8, 3.3, columns=2)
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
    _finish(left, "$x_1$", "$x_2$", "discriminative: where is the border?")
    _finish(right, "$x_1$", "$x_2$", "generative: where does each class live?")
    _show(fig, "Two classes of points: left, a border between them; right, contours of each, and new points")


def two_player_diagram() -> None:
    """Show the two networks of a GAN, what each receives, and what each is taught."""
    fig, ax = _figure(8, 3.2)
    ax.set(xlim=(0, 16.4), ylim=(-0.5, 6.4))
    ax.axis("off")
    _box(ax, 0.2, 1.3, "latent\nsamples $z$", QUIET)
    _box(ax, 4.2, 1.3, "generator\n$G$", GENERATED)
    _box(ax, 4.2, 4.3, "data set", REAL)
    _box(ax, 9.8, 2.8, "discriminator\n$D$", JUDGE)
    _box(ax, 13.6, 2.8, "probability\nof “real”", QUIET)
    _arrow(ax, (2.8, 2.1), (4.2, 2.1))
    _arrow(ax, (6.8, 5.1), (9.8, 4.0), "real samples $x$", (8.5, 5.1), REAL)
    _arrow(ax, (6.8, 2.1), (9.8, 3.2), "generated $G(z)$", (8.5, 2.0), GENERATED)
    _arrow(ax, (12.4, 3.6), (13.6, 3.6))
    _arrow(ax, (14.9, 4.4), (11.1, 4.4), "teaches $D$: tell them apart", (13.2, 5.9), JUDGE, bend=0.45)
    _arrow(
        ax,
        (14.9, 2.8),
        (5.5, 1.3),
        "teaches $G$, through $D$: pass for real",
        (10.6, -0.1),
        GENERATED,
        bend=-0.3,
    )
    _show(
        fig,
        "Latent samples feed the generator; its output and real samples feed the discriminator, which answers",
    )


def real_and_generated(data, samples=None, title: str = "") -> None:
    """Show data points and, where given, generated samples on top of them."""
    fig, ax = _figure(6, 3.3, title)
    ax.scatter(*_array(data).T, s=7, color=REAL, label="real")
    if samples is not None:
        ax.scatter(*_array(samples).T, s=11, color=GENERATED, marker="^", linewidth=0, label="generated")
    _finish(ax, "$x_1$", "$x_2$")
    _show(fig, "Scatter plot of real points" + (" and generated samples" if samples is not None else ""))


def generator_losses() -> None:
    """Show the two losses that a generator can minimise, against D's probability for its sample."""
    p = np.linspace(0.005, 0.98, 400)
    fig, ax = _figure(6, 3.3)
    ax.axvspan(0, 0.12, color=QUIET, alpha=0.15, linewidth=0)
    ax.plot(p, -np.log(p), color=GENERATED)
    ax.plot(p, np.log(1 - p), color=REAL, linestyle="--")
    ax.text(0.2, 1.9, "$-\\log D(G(z))$: steep where G is bad", color=GENERATED)
    ax.text(0.35, -1.5, "$\\log(1 - D(G(z)))$:\nflat where G is bad", color=REAL, va="top")
    ax.text(0.13, 4.3, "D sees\nthrough G", color=QUIET)
    _finish(ax, "$D(G(z))$: the probability that D gives to a generated sample", "loss of G")
    _show(fig, "Two falling curves: one is flat on the left and steep on the right, the other the reverse")


def loss_curves(loss_discriminator, loss_generator, batches_per_epoch: int = 1) -> None:
    """Show both losses, a float per batch: each batch as a thin line, the mean of each epoch as a thick one."""
    fig, ax = _figure(7, 3.3)
    both = {"generator": (loss_generator, GENERATED), "discriminator": (loss_discriminator, JUDGE)}
    for name, (losses, colour) in both.items():
        losses = np.asarray(losses, dtype=float)
        whole = len(losses) // batches_per_epoch
        means = losses[: whole * batches_per_epoch].reshape(whole, batches_per_epoch).mean(axis=1)
        ax.plot(
            (np.arange(len(losses)) + 1) / batches_per_epoch, losses, color=colour, alpha=0.3, linewidth=0.5
        )
        ax.plot(
            np.arange(whole) + 0.5,
            means,
            color=colour,
            linewidth=2,
            marker="." if whole < 10 else "",
            label=name,
        )
    ax.axhline(math.log(2), color="black", linestyle=":", label="log 2: D can only guess")
    _finish(ax, "epoch", "loss")
    _show(fig, "The losses of generator and discriminator over the epochs")


def over_epochs(**measures) -> None:
    """Show lists of numbers, one per epoch each, one above the other; names become titles."""
    fig, axes = _figure(7, 1.7 * len(measures) + 0.3, rows=len(measures), sharex=True)
    for ax, (name, values) in zip(np.atleast_1d(axes), measures.items(), strict=True):
        ax.plot(np.arange(len(values)) + 1, values, color=GENERATED, marker=".", markersize=4)
        ax.set_ylim(bottom=0)
        _finish(ax, "epoch" if ax is np.atleast_1d(axes)[-1] else "", "", name.replace("_", " "))
    _show(fig, "Over the epochs: " + ", ".join(measures).replace("_", " "))


def animate(frames, data, title: str = "epoch", most: int = 50) -> Animation:
    """Make a GIF, in memory, of `frames`: points for each epoch, of which at most `most` are drawn.

    They are evenly spaced, with the first and the last; the last one stays for two seconds.
    """
    if not len(frames):
        raise ValueError("animate() needs at least one frame; is history['samples'] empty?")
    fig, ax = _figure(5.6, 3.2)
    ax.scatter(*_array(data).T, s=5, color=REAL, label="real")
    moving = ax.scatter([], [], s=9, color=GENERATED, marker="^", linewidth=0, label="generated")
    ax.axis(sum(_around(data), []))
    _finish(ax, "$x_1$", "$x_2$")
    pictures = []
    for index in np.unique(np.linspace(0, len(frames) - 1, min(most, len(frames))).round().astype(int)):
        moving.set_offsets(_array(frames[index]))
        ax.set_title(f"{title} {index + 1}", loc="left")
        fig.canvas.draw()
        picture = Picture.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")
        pictures.append(picture.quantize(palette=_shades(), dither=Picture.Dither.NONE))
    file, durations = io.BytesIO(), [120] * (len(pictures) - 1) + [2000]
    pictures[0].save(file, "GIF", save_all=True, append_images=pictures[1:], duration=durations, loop=0)
    return Animation(file.getvalue(), format="gif", alt="Animation: generated samples over the epochs")


def covered_parts(
    samples, distances, tolerance: float = 0.2, bins: int = 20, end: float = 2 * math.pi
) -> None:
    """Show which samples (N, 2) have small distances (N,), and how many of those each part of [0, end) holds."""
    samples, close = _array(samples), _array(distances) < tolerance
    fig, (top, bottom) = _figure(7, 4.2, rows=2, sharex=True)
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
    _finish(top, "", "$x_2$")
    _finish(bottom, "$x_1$", "close samples")
    _show(fig, "Above, close and distant samples; below, how many close samples each part of the curve holds")


def probability_map(probability, data, samples) -> None:
    """Show probability(points), (N, 2) -> (N, 1) in [0, 1], as colours around the data and the samples."""
    xlim, ylim = _around(data)
    x1, x2 = torch.linspace(*xlim, 120), torch.linspace(*ylim, 100)
    with torch.no_grad():
        values = _array(probability(torch.cartesian_prod(x1, x2))).reshape(120, 100).T
    fig, ax = _figure(7, 3.4)
    colours = ax.pcolormesh(x1.numpy(), x2.numpy(), values, cmap="PuOr_r", vmin=0, vmax=1)
    ax.scatter(*_array(data).T, s=1, color="black", label="real")
    ax.scatter(
        *_array(samples).T,
        s=13,
        color="white",
        edgecolor="black",
        linewidth=0.5,
        marker="^",
        label="generated",
    )
    ax.set(xlim=xlim, ylim=ylim)
    fig.colorbar(colours, label="probability of “real”")
    _finish(ax, "$x_1$", "$x_2$")
    _show(fig, "The discriminator's probability over the plane, as colours")


def _array(values):
    return values.detach().cpu().numpy() if hasattr(values, "detach") else np.asarray(values)


def _around(points):
    low, high = _array(points).min(axis=0), _array(points).max(axis=0)
    return np.stack((1.25 * low - 0.25 * high, 1.25 * high - 0.25 * low), axis=1).tolist()


def _figure(width, height, title=None, rows=1, columns=1, sharex=False):
    fig = Figure(figsize=(width, height), dpi=90, layout="constrained", facecolor="white")
    FigureCanvasAgg(fig)
    if title:
        fig.suptitle(title, fontsize=12)
    return fig, fig.subplots(rows, columns, sharex=sharex)


def _finish(ax, xlabel, ylabel, title=""):
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.set_title(title, fontsize=11)
    ax.spines[["top", "right"]].set_visible(False)
    if xlabel == "epoch":
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False, borderaxespad=0.2)


def _show(fig, alt):
    file = io.BytesIO()
    fig.savefig(file, format="png", dpi=180)  # twice the pixels, for sharp screens
    display(Image(file.getvalue(), format="png", width=round(90 * fig.get_figwidth()), alt=alt))


def _shades():
    ends = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (REAL, GENERATED, "#000000")]
    ramps = [255 + np.linspace(0, 1, 20)[:, None] * (np.array(end) - 255) for end in ends]
    palette = Picture.new("P", (1, 1))
    palette.putpalette(np.concatenate(ramps).round().astype(np.uint8).tobytes())
    return palette


def _box(ax, x, y, text, colour):
    ax.add_patch(
        FancyBboxPatch((x, y), 2.6, 1.6, boxstyle="round,pad=0,rounding_size=0.25", fc=colour, ec="none")
    )
    ax.text(x + 1.3, y + 0.8, text, color="white", ha="center", va="center", fontsize=11)


def _arrow(ax, start, end, text="", at=(0, 0), colour="black", bend=0.0):
    look = {"arrowstyle": "-|>", "mutation_scale": 14, "color": colour, "linestyle": "--" if bend else "-"}
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", **look))
    ax.text(*at, text, color=colour, ha="center", va="center", fontsize=10.5)

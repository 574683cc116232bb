"""Figures of a ring of modes: samples, which modes are found, maps of the latent space, a table of runs."""

import numpy as np

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, array, figure, finish, show


def samples_on_ring(runs, data, reach: float = 3.0) -> None:
    """Show samples (N, 2) of several runs side by side over the data: title -> samples."""
    fig, axes = figure(2.45 * len(runs), 2.75, columns=len(runs))
    for ax, (title, samples) in zip(np.atleast_1d(axes), runs.items(), strict=True):
        ax.scatter(*array(data).T, s=2, color=REAL)
        ax.scatter(*array(samples).T, s=7, color=GENERATED, marker="^", linewidth=0)
        ax.set(
            xlim=(-reach, reach), ylim=(-reach, reach), xticks=(-2, 0, 2), yticks=(-2, 0, 2), aspect="equal"
        )
        ax.set_title(title, fontsize=11)
    show(fig, "Generated samples over a ring of eight clusters. " + "; ".join(runs))


def hits(samples, centers, radius: float) -> None:
    """Show samples (N, 2), the circles of `radius` around `centers` (K, 2), and which circles are hit."""
    samples, centers = array(samples), array(centers)
    near = np.linalg.norm(samples[:, None] - centers[None], axis=2) < radius
    fig, ax = figure(4.2, 3.9)
    angle = np.linspace(0, 2 * np.pi, 60)
    for centre, hit in zip(centers, near.any(axis=0), strict=True):
        circle = centre + radius * np.stack((np.cos(angle), np.sin(angle)), axis=1)
        ax.plot(*circle.T, color=JUDGE if hit else QUIET, linestyle="-" if hit else ":", linewidth=1.8)
    inside = near.any(axis=1)
    ax.scatter(*samples[inside].T, s=9, color=JUDGE, label="near a centre")
    ax.scatter(*samples[~inside].T, s=14, color=GENERATED, marker="x", linewidth=0.8, label="in no circle")
    ax.set(xlim=(-3, 3), ylim=(-3, 3.6), aspect="equal")
    finish(ax, "", "")
    show(fig, "Generated samples, and a circle around each centre: drawn through where it is hit")


def modes_over_steps(runs, every: int, most: int = 8) -> None:
    """Show how many modes each run finds, title -> a count every `every` steps."""
    fig, ax = figure(7, 2.9)
    looks = ((GENERATED, "-"), (REAL, "--"), (JUDGE, "-."), (QUIET, ":"))
    for (title, counts), (colour, line) in zip(runs.items(), looks, strict=False):
        ax.plot(every * np.arange(len(counts)), counts, color=colour, linestyle=line, label=title)
    ax.set(ylim=(-0.3, most * 1.3), yticks=range(0, most + 1, 2))
    finish(ax, "step", "modes found")
    show(fig, "The number of modes that are found over the steps. " + "; ".join(runs))


def latent_maps(runs, centers, radius: float, reach: float = 2.5) -> None:
    """Show what maps make of a plane of latent points: title -> map, an (M, 2) tensor function.

    A colour stands for the nearest centre; it is pale where the point falls in no circle around it.
    """
    import torch

    side = 150
    line = torch.linspace(-reach, reach, side)
    plane = torch.cartesian_prod(line, line)
    fig, axes = figure(3.1 * len(runs), 3.3, columns=len(runs))
    for ax, (title, decode) in zip(np.atleast_1d(axes), runs.items(), strict=True):
        with torch.no_grad():
            points = array(decode(plane))
        picture = _by_nearest(points, array(centers), radius).reshape(side, side, 3).transpose(1, 0, 2)
        ax.imshow(picture, origin="lower", extent=(-reach, reach, -reach, reach))
        finish(ax, "$z_1$", "$z_2$", title)
    show(
        fig, "The latent plane, coloured by the cluster that each latent point is sent to. " + "; ".join(runs)
    )


def _by_nearest(points, centers, radius):
    """A colour (N, 3) for each point, by its nearest centre; points outside the radius are pale."""
    from matplotlib import colormaps

    distances = np.linalg.norm(points[:, None] - centers[None], axis=2)
    colours = colormaps["twilight_shifted"](np.linspace(0.06, 0.94, len(centers) + 1)[:-1])[:, :3]
    # neighbours on the ring must look different: every third colour
    colours = colours[3 * np.arange(len(centers)) % len(centers)]
    chosen = colours[distances.argmin(axis=1)]
    strength = np.where(distances.min(axis=1) < radius, 1.0, 0.25)[:, None]
    return strength * chosen + (1 - strength)


def encoded(means, spreads, labels, reach: float = 3.5) -> None:
    """Show where an encoder puts data: means (N, 2), standard deviations (N, 2), and the cluster of each (N,)."""
    from matplotlib import colormaps

    means, spreads, labels = array(means), array(spreads), array(labels)
    count = int(labels.max()) + 1
    colours = colormaps["twilight_shifted"](np.linspace(0.06, 0.94, count + 1)[:-1])
    colours = colours[3 * np.arange(count) % count]
    fig, ax = figure(4.0, 3.6)
    ax.errorbar(
        *means.T, xerr=spreads[:, 0], yerr=spreads[:, 1], fmt="none", ecolor=colours[labels], alpha=0.35
    )
    ax.scatter(*means.T, s=10, c=colours[labels])
    for radius in (1, 2):
        angle = np.linspace(0, 2 * np.pi, 80)
        ax.plot(radius * np.cos(angle), radius * np.sin(angle), color=QUIET, linestyle=":", linewidth=1)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    finish(ax, "$z_1$", "$z_2$", "where the encoder puts the data")
    show(fig, "The encoder's answer for each data point: eight patches that share the latent plane")


def table_of_runs(results, columns, of: int = 8) -> None:
    """Show a table: a row for each setting, title -> list of (modes, share); a column for each seed."""
    counts = np.array([[modes for modes, _ in row] for row in results.values()], dtype=float)
    fig, ax = figure(1.05 * counts.shape[1] + 3.1, 0.42 * len(counts) + 0.9)
    ax.imshow(counts, cmap="Blues", vmin=0, vmax=of * 2.2, aspect="auto")
    for row, runs in enumerate(results.values()):
        for column, (modes, share) in enumerate(runs):
            ax.text(column, row, f"{modes}  ({share:.0%})", ha="center", va="center", fontsize=10.5)
    ax.set_xticks(range(len(columns)), [f"seed {column}" for column in columns])
    ax.set_yticks(range(len(results)), list(results))
    ax.tick_params(length=0, labelsize=10.5, top=True, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    show(fig, "A table of settings and seeds: modes found, and the share of samples near a mode")

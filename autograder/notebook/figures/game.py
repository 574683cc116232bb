"""The game of x·y, the best judge of two densities, and what it can teach: figures of theory."""

import math

import numpy as np

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, array, figure, finish, show


def saddle() -> None:
    """Show the value x·y as contours, and which way each player pushes."""
    x, y = np.meshgrid(np.linspace(-3, 3, 121), np.linspace(-3, 3, 121))
    fig, ax = figure(4.6, 3.9)
    colours = ax.contourf(x, y, x * y, levels=np.arange(-9, 9.1, 1.5), cmap="PuOr_r")
    fig.colorbar(colours, label="value $x\\cdot y$", ticks=[-9, -6, -3, 0, 3, 6, 9])
    places = np.meshgrid(np.linspace(-2.4, 2.4, 5), np.linspace(-2.4, 2.4, 5))
    ax.quiver(*places, -places[1], places[0], color="black", width=0.006, scale=32)
    ax.plot(0, 0, "o", color="black", markersize=5)
    finish(ax, "$x$, wants the value small", "$y$, wants it large")
    ax.set_aspect("equal")
    show(fig, "A saddle as contours; arrows for both players' moves turn round its middle, the balance point")


def xy_paths(alternating, simultaneous) -> None:
    """Show two paths of the game side by side, each a list of pairs (x, y), starts included."""
    fig, axes = figure(8, 3.9, columns=2)
    titles = ("in turns", "both at once")
    for ax, path, title in zip(axes, (alternating, simultaneous), titles, strict=True):
        points = np.asarray(path, dtype=float)
        reach = 1.15 * max(1, np.abs(points).max())
        ax.plot(*points.T, color=QUIET, linewidth=1, zorder=1)
        steps = np.arange(len(points))
        ax.scatter(*points.T, c=steps, cmap="viridis", s=34, zorder=2)
        for step, point in enumerate(points[:6]):
            ax.annotate(str(step), point, xytext=(6, 5), textcoords="offset points", fontsize=9.5)
        ax.plot(0, 0, "x", color=GENERATED, markersize=9, markeredgewidth=2)
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
        finish(ax, "$x$", "$y$", title)
    show(
        fig, "Left, a path that returns to its start; right, a path that spirals outwards. A cross marks 0, 0"
    )


def best_judge(x, p_data, p_g, judge) -> None:
    """Show two densities over the points `x`, and the best judge's answer for each point below them."""
    x, p_data, p_g, judge = (array(values) for values in (x, p_data, p_g, judge))
    fig, (top, bottom) = figure(7, 3.9, rows=2, sharex=True)
    for density, colour, label in ((p_data, REAL, "data"), (p_g, GENERATED, "generated")):
        top.fill_between(x, density, color=colour, alpha=0.3, linewidth=0)
        top.plot(x, density, color=colour, label=label)
    bottom.plot(x, judge, color=JUDGE, label="best judge")
    bottom.axhline(0.5, color="black", linestyle=":", linewidth=1)
    bottom.set_ylim(-0.05, 1.3)
    finish(top, "", "density")
    finish(bottom, "x", "$D^*(x)$")
    show(fig, "Two overlapping densities, and below them the best judge's answer, which crosses one half")


def divergence_over_shift(shifts, curves) -> None:
    """Show Jensen-Shannon divergences against the shift of one distribution; `curves`: label -> values."""
    fig, ax = figure(6.4, 3.2)
    colours = (JUDGE, GENERATED, REAL, QUIET)
    for (label, values), colour in zip(curves.items(), colours, strict=False):
        ax.plot(array(shifts), array(values), color=colour, label=label)
    ax.axhline(math.log(2), color="black", linestyle=":", linewidth=1)
    ax.text(array(shifts).min(), math.log(2) + 0.02, "log 2", fontsize=10)
    ax.set_ylim(0, 0.92)
    finish(ax, "distance between the two middles", "JS divergence")
    show(fig, "Curves that rise from 0 and lie flat at log 2; the narrower the distributions, the sooner")


def stalled_and_moving(runs, distance: str = "distance", gradient: str = "gradient") -> None:
    """Show, for each run (title -> dict of lists), the generator's distance from the data and its gradient's length."""
    fig, (left, right) = figure(8, 3.1, columns=2)
    looks = ((REAL, "--"), (GENERATED, "-"), (QUIET, ":"), (JUDGE, "-."))
    for (title, run), (colour, line) in zip(runs.items(), looks, strict=False):
        left.plot(run[distance], color=colour, linestyle=line, label=title)
        right.semilogy(np.maximum(run[gradient], 1e-9), color=colour, linestyle=line, linewidth=1)
    left.set_ylim(0, 1.28 * max(max(run[distance]) for run in runs.values()))
    finish(left, "step of G", "distance from the data")
    finish(right, "step of G", "length of G's gradient")
    if left.get_legend():
        left.legend(loc="upper right", ncols=1, frameon=False, fontsize=9)
    show(fig, "Left, how far the samples are from the data; right, the gradient's length. " + "; ".join(runs))

"""Figures of recorded runs, for somebody to diagnose."""

import math

import numpy as np

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, array, figure, finish, show


def case(title: str, history, data) -> None:
    """Show one recorded run: both losses, both probabilities, and four snapshots of its samples.

    `history` has equally long lists "errD", "errG", "D_x", "D_G_z", one value every `every` steps, and
    "snapshots", pairs of a step and samples (N, 2).
    """
    fig = figure(8, 4.4, title)[0]
    fig.clear()
    fig.suptitle(title, fontsize=12)
    grid = fig.add_gridspec(2, 4, height_ratios=(1, 1.05))
    _curves(fig.add_subplot(grid[0, :2]), history, ("errD", "errG"))
    _curves(fig.add_subplot(grid[0, 2:]), history, ("D_x", "D_G_z"))
    for column, (step, samples) in enumerate(history["snapshots"]):
        _snapshot(fig.add_subplot(grid[1, column]), step, array(samples), array(data))
    show(fig, f"{title}: losses, probabilities, and four snapshots of the samples")


HIGHEST = 15  # of the losses: a few that are far above would flatten all others
LOOKS = {
    "errD": ("discriminator", JUDGE, math.log(4)),
    "errG": ("generator", GENERATED, math.log(2)),
    "D_x": ("D(x)", REAL, 0.5),
    "D_G_z": ("D(G(z))", GENERATED, 0.5),
}


def _curves(ax, history, names):
    steps = history["every"] * np.arange(len(history[names[0]]))
    for name in names:
        label, colour, guess = LOOKS[name]
        ax.plot(steps, history[name], color=colour, linewidth=1, label=label)
        ax.axhline(guess, color="black" if guess == 0.5 else colour, linestyle=":", linewidth=1)
    probabilities = names[0] == "D_x"
    if probabilities:
        ax.set_ylim(-0.04, 1.3)
        ax.set_yticks((0, 0.5, 1))
    else:
        low, high = ax.get_ylim()
        top = min(1.25 * high, HIGHEST)
        ax.set_ylim(max(low, -0.1 * top), top)
        if high > HIGHEST:
            ax.text(0.98, 0.9, "higher ones cut off", color=QUIET, ha="right", transform=ax.transAxes)
    finish(ax, "step", "probability of “real”" if probabilities else "loss")


def _snapshot(ax, step, samples, data, reach=3.0):
    ax.scatter(*data.T, s=1.5, color=REAL)
    inside = (np.abs(samples) < reach).all(axis=1)
    ax.scatter(*samples[inside].T, s=7, color=GENERATED, marker="^", linewidth=0)
    if not inside.all():
        text = f"{(~inside).mean():.0%} outside"
        ax.text(0, -2.8, text, color=GENERATED, ha="center", fontsize=9.5)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[], aspect="equal")
    ax.set_title(f"step {step}", fontsize=10)

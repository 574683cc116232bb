"""Curves: losses against probabilities, and what a training run wrote down."""

import math

import numpy as np

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, figure, finish, show


def generator_losses() -> None:
    """Show the two losses that a generator can minimise, against D's probability for its sample."""
    p = np.linspace(0.005, 0.98, 400)
    fig, ax = figure(6, 3.3)
    ax.axvspan(0, 0.12, color=QUIET, alpha=0.15, linewidth=0)
    ax.plot(p, -np.log(p), color=GENERATED)
    ax.plot(p, np.log(1 - p), color=REAL, linestyle="--")
    ax.text(0.2, 1.9, "$-\\log D(G(z))$: steep where G is bad", color=GENERATED)
    ax.text(0.35, -1.5, "$\\log(1 - D(G(z)))$:\nflat where G is bad", color=REAL, va="top")
    ax.text(0.13, 4.3, "D sees\nthrough G", color=QUIET)
    finish(ax, "$D(G(z))$: the probability that D gives to a generated sample", "loss of G")
    show(fig, "Two falling curves: one is flat on the left and steep on the right, the other the reverse")


def loss_curves(loss_discriminator, loss_generator, batches_per_epoch: int = 1) -> None:
    """Show both losses, a float per batch: each batch as a thin line, the mean of each epoch as a thick one."""
    fig, ax = figure(7, 3.3)
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
    finish(ax, "epoch", "loss")
    show(fig, "The losses of generator and discriminator over the epochs")


def over_epochs(**measures) -> None:
    """Show lists of numbers, one per epoch each, one above the other; names become titles."""
    fig, axes = figure(7, 1.7 * len(measures) + 0.3, rows=len(measures), sharex=True)
    for ax, (name, values) in zip(np.atleast_1d(axes), measures.items(), strict=True):
        ax.plot(np.arange(len(values)) + 1, values, color=GENERATED, marker=".", markersize=4)
        ax.set_ylim(bottom=0)
        finish(ax, "epoch" if ax is np.atleast_1d(axes)[-1] else "", "", name.replace("_", " "))
    show(fig, "Over the epochs: " + ", ".join(measures).replace("_", " "))

"""Curves: losses against probabilities, and what a training run wrote down."""

import math

import numpy as np
import torch

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


def loss_curves(loss_discriminator, loss_generator, batches_per_epoch: int = 1, summed: bool = False) -> None:
    """Show both losses, a float per batch: each batch as a thin line, the mean of each epoch as a thick one.

    `summed` says that D's loss is the sum of its means over real and over generated samples, not their mean.
    """
    fig, ax = figure(7, 3.3)
    _per_batch(ax, loss_generator, batches_per_epoch, GENERATED, "generator")
    _per_batch(ax, loss_discriminator, batches_per_epoch, JUDGE, "discriminator")
    label = "log 2 for G, log 4 for D: D can only guess" if summed else "log 2: D can only guess"
    ax.axhline(math.log(2), color=GENERATED if summed else "black", linestyle=":")
    if summed:
        ax.axhline(math.log(4), color=JUDGE, linestyle=":")
    ax.plot([], [], color="black", linestyle=":", label=label)
    finish(ax, "epoch", "loss")
    show(fig, "The losses of generator and discriminator over the epochs")


def probabilities(D_x, D_G_z, batches_per_epoch: int = 1) -> None:
    """Show D's mean probability for real and for generated images, a float per batch each, as `loss_curves` does."""
    fig, ax = figure(7, 3.3)
    _per_batch(ax, D_x, batches_per_epoch, REAL, "D(x), real")
    _per_batch(ax, D_G_z, batches_per_epoch, GENERATED, "D(G(z)), generated")
    ax.axhline(0.5, color="black", linestyle=":")
    ax.set_ylim(-0.02, 1.18)  # room for the legend
    ax.set_yticks(np.linspace(0, 1, 5))
    finish(ax, "epoch", "probability of “real”")
    show(fig, "The discriminator's mean probability for real and for generated images over the epochs")


def over_epochs(**measures) -> None:
    """Show lists of numbers, one per epoch each, one above the other; names become titles."""
    fig, axes = figure(7, 1.7 * len(measures) + 0.3, rows=len(measures), sharex=True)
    for ax, (name, values) in zip(np.atleast_1d(axes), measures.items(), strict=True):
        ax.plot(np.arange(len(values)) + 1, values, color=GENERATED, marker=".", markersize=4)
        ax.set_ylim(bottom=0)
        finish(ax, "epoch" if ax is np.atleast_1d(axes)[-1] else "", "", name.replace("_", " "))
    show(fig, "Over the epochs: " + ", ".join(measures).replace("_", " "))


def logits() -> None:
    """Show what becomes of a logit in float32: its sigmoid, and -log(1 - D) by two routes that agree on paper."""
    logit = torch.linspace(-30, 30, 601)
    probability = torch.sigmoid(logit)
    one = float(logit[probability == 1].min())
    fig, (left, right) = figure(8, 3.3, columns=2)
    left.plot(logit, probability, color=JUDGE)
    left.text(one - 1, 0.12, "from here on\nexactly 1", color=QUIET, ha="right")
    finish(left, "logit", "D = sigmoid(logit)")
    by_way_of_d = -torch.log(1 - probability)
    stable = torch.nn.functional.softplus(logit)
    right.plot(logit, stable, color=REAL, linewidth=5, alpha=0.35, label="from the logit")
    right.plot(logit, by_way_of_d, color=GENERATED, linewidth=1.5, label="by way of D")
    right.text(one - 1, 18, "infinite\nfrom here on", color=GENERATED, ha="right")
    finish(right, "logit", "-log(1 - D)")
    right.legend(loc="upper left", frameon=False)
    for ax in (left, right):
        ax.axvspan(one, 30, color=QUIET, alpha=0.15, linewidth=0)
        ax.set_xlim(-30, 30)
    show(fig, "The sigmoid is exactly 1 from a logit of about 17 on; there the loss by way of D is infinite")


def loss_and_gradient(generator_loss, reach: float = 8) -> None:
    """Show both of generator_loss(logits, saturating) and their gradients, for single logits up to ±reach."""
    logit = torch.linspace(-reach, reach, 161)
    fig, (left, right) = figure(8, 3.3, columns=2)
    looks = {"non-saturating": (False, GENERATED, "-"), "saturating": (True, REAL, "--")}
    for name, (saturating, colour, style) in looks.items():
        each = logit.clone().requires_grad_()
        losses = torch.stack([generator_loss(single.view(1, 1), saturating) for single in each])
        losses.sum().backward()
        left.plot(logit, losses.detach(), color=colour, linestyle=style, label=name)
        right.plot(logit, each.grad, color=colour, linestyle=style)
    finish(left, "logit of a generated image", "loss of G")
    finish(right, "logit of a generated image", "gradient at the logit")
    left.legend(loc="lower left", frameon=False)
    for ax in (left, right):
        ax.axvspan(-reach, -reach / 2, color=QUIET, alpha=0.15, linewidth=0)
    right.text(-reach * 0.97, -0.5, "D sees\nthrough\nG", color=QUIET, va="center")
    show(
        fig,
        "Two losses of the generator against the logit, and their gradients, which are large at opposite ends",
    )


def _per_batch(ax, values, batches_per_epoch, colour, name):
    values = np.asarray(values, dtype=float)
    whole = len(values) // batches_per_epoch
    means = values[: whole * batches_per_epoch].reshape(whole, batches_per_epoch).mean(axis=1)
    epochs = (np.arange(len(values)) + 1) / batches_per_epoch
    ax.plot(epochs, values, color=colour, alpha=0.3, linewidth=0.5)
    marker = "." if whole < 10 else ""
    ax.plot(np.arange(whole) + 0.5, means, color=colour, linewidth=2, marker=marker, label=name)

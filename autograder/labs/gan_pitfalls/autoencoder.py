"""Probe of `CostNetwork`, whose layers are the student's: by what holds for the error of any autoencoder."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from autograder.labs.gan_pitfalls.rebuilding import (
    FEATURES,
    TURNS,
    empty,
    fill,
    put_error,
    put_linear,
    put_reach,
    put_slopes,
)
from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone

HIDDEN = 7


def probe_cost_network(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Forms for several sizes; what is known of any autoencoder: without weights, and by its output bias."""
    make = lab["CostNetwork"]
    sizes: dict[str, tuple[dict[str, int], int]] = {
        "2 features": ({}, 6),
        "11 features and 7 hidden units": ({"n_features": FEATURES, "hidden": HIDDEN}, 5),
    }
    if stimuli.hard:
        sizes |= {
            "one sample": ({}, 1),
            "5 features": ({"n_features": 5}, 4),
            "3 hidden units": ({"hidden": 3}, 3),
            "130 samples": ({}, 130),
        }
    for name, (settings, count) in sizes.items():
        samples = stimuli.normal(count, settings.get("n_features", 2), scale=1.5)
        network = make(**settings)
        network(samples)  # makes the weights of lazy layers
        fill(network, 0)
        _put_form(network, samples, name, response)
        _put_alone(network, samples, name, response)
        _put_weights(network, stimuli.normal(30, samples.shape[1], scale=1.5), name, response)
        _put_empty(network, samples, name, response)
    if stimuli.hard:
        _put_empty(network, stimuli.normal(4, 2, scale=200.0), "samples far away", response)
        near = stimuli.normal(4, 2, scale=0.01)
        near[1] = 0
        _put_empty(network, near, "samples close to 0, and one at 0", response)
    _put_hidden(make, stimuli.normal(3, 2), response)
    put_linear(make(FEATURES, HIDDEN), stimuli, response)
    put_error(make(FEATURES, HIDDEN), stimuli.normal(20, FEATURES, scale=1.5), response)
    put_slopes(make(), stimuli.normal(20, 2, scale=1.5), response)
    put_reach(make(), stimuli.normal(60, 2, scale=1.5), response)


def _put_form(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    before = samples.clone()
    network.train()
    cost = network(samples)
    response[f"form@{name}"] = response.form(cost)
    response[f"form.input@{name}"] = left_alone(samples, before, "the samples")
    response[f"form.mode@{name}"] = either(
        network.training, "the network's training mode is", "as it was", "changed"
    )
    sound = isinstance(cost, Tensor) and bool((cost >= 0).all())
    response[f"form.range@{name}"] = either(sound, "the costs are", "0 or more", "not all 0 or more")


def _put_alone(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    """In evaluation mode the cost of a sample does not depend on its neighbours."""
    network.eval()
    together, alone = network(samples), network(samples[:1])
    network.train()
    fit = isinstance(together, Tensor) and isinstance(alone, Tensor) and together.ndim == 1 == alone.ndim
    same = fit and bool(torch.isclose(together[:1], alone, rtol=1e-4, atol=1e-6).all())
    response[f"alone@{name}"] = either(same, "the cost of a sample", "is its own", "depends on the others")


def _put_weights(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    """Whether the gradient reaches more than one layer; with ReLUs some get none from some weights."""
    matrices = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    reached: set[int] = set()
    for turn in range(TURNS):
        fill(network, turn)
        network.zero_grad()
        cost = network(samples)
        if isinstance(cost, Tensor) and cost.requires_grad:
            cost.sum().backward()
        gradients = ((index, matrix.grad) for index, matrix in enumerate(matrices))
        reached |= {index for index, found in gradients if found is not None and bool(found.any())}
    enough = bool(reached) and len(reached) >= min(2, len(matrices))
    response[f"weights@{name}"] = either(
        enough, "the gradient", "reaches the layers", "reaches too few layers"
    )


def _put_empty(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    """With all parameters 0 an autoencoder rebuilds 0: the cost, and its gradient for the samples."""
    empty(network)
    leaf = samples.clone().requires_grad_()
    cost = network(leaf)
    response.put(f"empty@{name}", cost)
    if isinstance(cost, Tensor) and cost.requires_grad:
        cost.sum().backward()
    response.put(f"gradient@{name}", "no gradient" if leaf.grad is None else leaf.grad)


def _put_hidden(make: Callable[..., nn.Module], samples: Tensor, response: Response) -> None:
    """More hidden units mean more weights, whatever the layers are; without a word there are 32 of them."""
    counts = []
    for settings in ({"hidden": HIDDEN}, {"hidden": 3 * HIDDEN}, {"hidden": 32}, {}):
        network = make(**settings)
        network(samples)
        counts.append(sum(parameter.numel() for parameter in network.parameters()))
    response["form.default"] = either(counts[2] == counts[3], "unless told, hidden is", "32", "not 32")
    response["form.hidden"] = either(
        counts[0] < counts[1], "with more hidden units the network has", "more weights", "no more weights"
    )

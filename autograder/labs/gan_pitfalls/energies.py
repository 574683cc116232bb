"""Probes of the energy-based GAN: `CostNetwork`, its losses, and the pull-away term."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from autograder.marking.probing import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.losses import put_loss

FEATURES, HIDDEN = 11, 7  # unlike any size that a student would choose for a layer in between
VALUE = ("value", "gradient", "input")


def probe_cost_network(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Forms for several sizes; what is known of any autoencoder: without weights, and with an output bias alone."""
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
        }
    for name, (settings, count) in sizes.items():
        samples = stimuli.normal(count, settings.get("n_features", 2), scale=1.5)
        network = make(**settings)
        network(samples)  # makes the weights of lazy layers
        _fill(network, 0)
        _put_form(network, samples, name, response)
        _put_alone(network, samples, name, response)
        _put_weights(network, stimuli.normal(30, samples.shape[1], scale=1.5), name, response)
        _put_empty(network, samples, name, response)
    _put_linear(make(FEATURES, HIDDEN), stimuli, response)
    _put_reach(make(), stimuli.normal(60, 2, scale=1.5), response)


def _fill(network: nn.Module, turn: int, scale: float = 0.6) -> None:
    """Random weights of their own: the layers are the student's, and the stimuli don't depend on them."""
    random = np.random.RandomState(turn)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.from_numpy(random.normal(0, scale, parameter.shape)))


def _put_form(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    before = samples.clone()
    cost = network(samples)
    response[f"form@{name}"] = response.form(cost)
    response[f"form.input@{name}"] = unchanged(samples, before, "the samples")
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
    for turn in range(8):
        _fill(network, turn)
        network.zero_grad()
        cost = network(samples)
        if isinstance(cost, Tensor) and cost.requires_grad:
            cost.sum().backward()
        gradients = ((index, one.grad) for index, one in enumerate(matrices))
        reached |= {index for index, found in gradients if found is not None and bool(found.any())}
    enough = len(reached) >= min(2, len(matrices)) and reached
    response[f"weights@{name}"] = either(
        enough, "the gradient", "reaches the layers", "reaches too few layers"
    )


def _put_empty(network: nn.Module, samples: Tensor, name: str, response: Response) -> None:
    """With all parameters 0 an autoencoder rebuilds 0: the cost, and its gradient for the samples."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
    leaf = samples.clone().requires_grad_()
    cost = network(leaf)
    response.put(f"empty@{name}", cost)
    if isinstance(cost, Tensor) and cost.requires_grad:
        cost.sum().backward()
    response.put(f"gradient@{name}", "no gradient" if leaf.grad is None else leaf.grad)


def _put_linear(network: nn.Module, stimuli: Stimuli, response: Response) -> None:
    """With nothing but an output bias, an autoencoder whose last layer is linear rebuilds that bias."""
    wanted, samples = stimuli.normal(FEATURES, scale=2.0), stimuli.normal(4, FEATURES)
    network(samples)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        biases = [one for one in network.parameters() if one.shape == (FEATURES,)]
        for bias in biases:
            bias.copy_(wanted)
    cost = network(samples)
    distance = (samples - wanted).square().sum(1) / FEATURES
    linear = isinstance(cost, Tensor) and cost.shape == distance.shape
    linear = linear and bool(torch.isclose(cost, distance, rtol=1e-4).all())
    # A last layer without a bias is as good.
    response["linear"] = either(linear or not biases, "the last layer is", "linear", "not linear")


def _put_reach(network: nn.Module, samples: Tensor, response: Response) -> None:
    """What an autoencoder can rebuild: with some weights it comes nearer than others can with any.

    A single number for all coordinates leaves at least their variance, numbers that are never negative at least the
    negative coordinates' squares, numbers up to 1 the squares of what lies beyond.
    """
    network(samples)
    bounds = {
        "coordinates that differ": samples.var(dim=1, correction=0),
        "negative numbers": samples.clamp(max=0).square().mean(dim=1),
        "numbers beyond 1": (samples.abs() - 1).clamp(min=0).square().mean(dim=1),
    }
    reached = set()
    for turn in range(60):
        _fill(network, turn, scale=0.6 / 2 ** (turn % 4))
        cost = network(samples)
        if isinstance(cost, Tensor) and cost.shape == samples.shape[:1]:
            reached |= {name for name, bound in bounds.items() if bool((cost < 0.999 * bound).any())}
    for name in bounds:
        response[f"linear@{name}"] = either(
            name in reached, "they can be", "rebuilt", "rebuilt by no weights"
        )


def probe_cost_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Costs below and above the margin, never at it; as many real as generated ones or not; several margins."""
    cases = {
        "5 real and 5 generated costs": (5, 5, 1.0),
        "4 real and 7 generated costs": (4, 7, 1.0),
        "a margin of 2.5": (3, 6, 2.5),
    }
    if stimuli.hard:
        cases |= {
            "one real and 4 generated costs": (1, 4, 1.0),
            "6 real costs and one generated": (6, 1, 0.5),
            "a margin that is a whole number": (4, 5, 3),
        }
    for name, (real, fake, margin) in cases.items():
        pair = {"cost_real": _costs(stimuli, real, margin), "cost_fake": _costs(stimuli, fake, margin)}
        _put_cost(lab["cost_loss"], pair, margin, name, response)
    given = {"cost_real": stimuli.tensor([0.2, 0.8, 1.5]), "cost_fake": stimuli.tensor([0.3, 1.2, 2.0])}
    _put_cost(lab["cost_loss"], given, 1.0, "the costs of the worked example", response)
    if stimuli.hard:
        for name, low, high in (("costs above the margin", 1.2, 3.0), ("costs below the margin", 0.0, 0.9)):
            pair = {"cost_real": stimuli.uniform(0, 2, 3), "cost_fake": stimuli.uniform(low, high, 4)}
            _put_cost(lab["cost_loss"], pair, 1.0, name, response)


def _put_cost(loss: Any, pair: dict[str, Tensor], margin: float, name: str, response: Response) -> None:
    put_loss(lambda real, fake: loss(real, fake, margin), pair, VALUE, name, response)


def _costs(stimuli: Stimuli, count: int, margin: float) -> Tensor:
    """Costs from 0 to twice the margin, none nearer to it than a tenth: the hinge has no gradient there."""
    below = stimuli.uniform(0.0, 0.9, count) * margin
    above = stimuli.uniform(1.1, 2.0, count) * margin
    turn = torch.arange(count) % 2 == 0
    return torch.where(turn, below, above)


def probe_generator_energy_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """A few costs, some far from 0."""
    for count in (6, 3, 1) if stimuli.hard else (6, 3):
        costs = {"cost_fake": stimuli.uniform(0, 3, count)}
        put_loss(lab["generator_energy_loss"], costs, VALUE, f"{count} costs", response)
    large = {"cost_fake": stimuli.uniform(10, 300, 4)}
    put_loss(lab["generator_energy_loss"], large, VALUE, "large costs", response)


def probe_pullaway_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Rows of several lengths; two rows; then rows of zeros."""
    loss = lab["pullaway_loss"]
    cases = {"5 rows of 3": (5, 3), "two rows of 4": (2, 4)}
    cases |= {"3 rows of 6": (3, 6), "7 rows of 2": (7, 2)} if stimuli.hard else {}
    for name, (rows, width) in cases.items():
        lengths = stimuli.uniform(0.5, 4, rows, 1)
        put_loss(loss, {"embeddings": stimuli.normal(rows, width) * lengths}, VALUE, name, response)
    if stimuli.hard:
        put_loss(loss, {"embeddings": stimuli.strided(4, 3)}, VALUE, "rows that are not contiguous", response)
    for name, empty in (("a row of zeros", [1]), ("two rows of zeros", [0, 3]))[: 2 if stimuli.hard else 1]:
        embeddings = stimuli.normal(4, 3)
        embeddings[empty] = 0
        _put_zeros(loss, embeddings, name, response)
    _put_zeros(loss, torch.zeros(2, 3, dtype=stimuli.dtype), "zeros alone", response)


def _put_zeros(loss: Any, embeddings: Tensor, name: str, response: Response) -> None:
    """Value and gradient with rows of zeros; in those rows the gradient need only be finite."""
    leaf = embeddings.clone().requires_grad_()
    result = loss(leaf)
    response.put(f"zeros@{name}", result)
    if not isinstance(result, Tensor) or result.ndim:
        response[f"zeros.gradient@{name}"] = type_name(result)
        return
    if result.requires_grad:
        result.backward()
    gradient = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    finite = bool(torch.isfinite(gradient).all())
    response[f"zeros.finite@{name}"] = either(finite, "the gradient is", "finite", "not finite")
    response.put(f"zeros.gradient@{name}", gradient * embeddings.any(dim=1, keepdim=True))

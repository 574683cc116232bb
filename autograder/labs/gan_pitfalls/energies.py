"""Probes of the losses of the energy-based GAN, and of the pull-away term."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import put_plain_call
from autograder.probes.losses import put_loss

VALUE = ("value", "gradient", "input")


def probe_cost_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Costs below and above the margin, never at it; as many real as generated ones or not; several margins."""
    cases = {
        "5 real and 5 generated costs": (5, 5, 1.0),
        "4 real and 7 generated costs": (4, 7, 1.0),
        "a margin of 2.5": (3, 6, 2.5),
        "5 other real and generated costs": (5, 5, 1.0),
        "a margin of 1.37": (4, 5, 1.37),
    }
    if stimuli.hard:
        cases |= {
            "one real and 4 generated costs": (1, 4, 1.0),
            "6 real costs and one generated": (6, 1, 0.5),
            "a margin that is a whole number": (4, 5, 3),
            "a large margin": (4, 5, 20.0),
            "150 real and 130 generated costs": (150, 130, 0.93),
        }
    for name, (real, fake, margin) in cases.items():
        pair = {"cost_real": _costs(stimuli, real, margin), "cost_fake": _costs(stimuli, fake, margin)}
        _put_cost(lab["cost_loss"], pair, margin, name, response)
    worked = {"cost_real": stimuli.tensor([0.2, 0.8, 1.5]), "cost_fake": stimuli.tensor([0.3, 1.2, 2.0])}
    _put_cost(lab["cost_loss"], worked, 1.0, "the costs of the worked example", response)
    ranges = {"large costs": (30.0, 300.0)}
    if stimuli.hard:
        ranges |= {
            "costs above the margin": (1.2, 3.0),
            "costs below the margin": (0.0, 0.9),
            "costs close to the margin": (0.97, 0.98),
        }
    for name, (low, high) in ranges.items():
        pair = {"cost_real": stimuli.uniform(0, max(2, high), 3), "cost_fake": stimuli.uniform(low, high, 4)}
        _put_cost(lab["cost_loss"], pair, 1.0, name, response)
    plain = {"cost_real": _costs(stimuli, 5, 1.0), "cost_fake": _costs(stimuli, 3, 1.0)}
    put_plain_call(
        lambda real, fake: lab["cost_loss"](real, fake, 1.0), plain, "input", "plain costs", response
    )


def _put_cost(loss: Any, pair: dict[str, Tensor], margin: float, name: str, response: Response) -> None:
    put_loss(lambda real, fake: loss(real, fake, margin), pair, VALUE, name, response)


def _costs(stimuli: Stimuli, count: int, margin: float) -> Tensor:
    """Costs from 0 to twice the margin, none nearer to it than a tenth: the hinge has no gradient there."""
    below = stimuli.uniform(0.0, 0.9, count) * margin
    above = stimuli.uniform(1.1, 2.0, count) * margin
    turn = torch.arange(count) % 2 == 0
    return torch.where(turn, below, above)


def probe_generator_energy_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """A few costs, some far from 0; many; some that are 0."""
    loss = lab["generator_energy_loss"]
    for count in (6, 3, 1, 150) if stimuli.hard else (6, 3):
        put_loss(loss, {"cost_fake": stimuli.uniform(0, 3, count)}, VALUE, f"{count} costs", response)
    put_loss(loss, {"cost_fake": stimuli.uniform(0, 3, 6)}, VALUE, "6 other costs", response)
    put_loss(loss, {"cost_fake": stimuli.uniform(10, 300, 4)}, VALUE, "large costs", response)
    some = stimuli.uniform(0.1, 3, 5) * stimuli.tensor([1, 0, 1, 0, 1])
    response.put("value@costs of which some are 0", loss(some))
    if stimuli.hard:
        put_loss(loss, {"cost_fake": stimuli.uniform(2e3, 9e3, 3)}, VALUE, "very large costs", response)
    put_plain_call(loss, {"cost_fake": stimuli.uniform(0, 3, 4)}, "input", "plain costs", response)


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
        put_loss(loss, {"embeddings": stimuli.normal(80, 5)}, VALUE, "80 rows", response)
        alike = stimuli.normal(5, 3)
        alike[2], alike[3] = 2.5 * alike[0], alike[1]
        put_loss(loss, {"embeddings": alike}, VALUE, "rows that point the same way", response)
        sparse = stimuli.normal(5, 4)
        sparse[range(5), [0, 1, 2, 3, 0]] = 0  # as behind a ReLU
        put_loss(loss, {"embeddings": sparse}, VALUE, "rows with some zeros", response)
        response.put("value@rows of one number", loss(stimuli.uniform(0.5, 2, 4, 1)))
    put_loss(loss, {"embeddings": stimuli.normal(5, 3)}, VALUE, "5 other rows of 3", response)
    _put_lengths(loss, nn.functional.normalize(stimuli.normal(4, 3), dim=1), stimuli, response)
    put_plain_call(loss, {"embeddings": stimuli.normal(4, 3)}, "input", "plain rows", response)
    for name, empty in (("a row of zeros", [1]), ("two rows of zeros", [0, 3]))[: 2 if stimuli.hard else 1]:
        embeddings = stimuli.normal(4, 3)
        embeddings[empty] = 0
        _put_zeros(loss, embeddings, name, response)
    _put_zeros(loss, torch.zeros(2, 3, dtype=stimuli.dtype), "zeros alone", response)


def _put_lengths(loss: Any, rows: Tensor, stimuli: Stimuli, response: Response) -> None:
    """A cosine does not know how long the rows are.

    One percent is left to a small number that is added to a length, to spare a division by 0.
    """
    stretched = rows * stimuli.tensor([[6e-4], [1.0], [300.0], [0.05]])
    of_rows, of_stretched = (torch.as_tensor(loss(each)).detach() for each in (rows, stretched))
    same = bool(torch.isclose(of_rows, of_stretched, rtol=0.01).all())
    response["value.lengths"] = either(
        same, "when rows are stretched or shrunk, the loss is", "the same", "another"
    )


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

"""Probes of the losses on logits: `discriminator_loss` and `generator_loss`, in value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.marking.probing import Namespace
from autograder.marking.response import Response, unchanged
from autograder.marking.stimuli import Stimuli

EXTREME = (-100.0, -60.0, -25.0, -8.5, -7.0, 7.0, 8.5, 25.0, 60.0, 100.0)


def probe_discriminator_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Moderate logits, as many real as generated ones or not; then logits up to ±100, one at a time."""
    loss = lab["discriminator_loss"]
    cases = {"5 real and 5 generated logits": (5, 5), "4 real and 7 generated logits": (4, 7)}
    cases |= {"one real and 3 generated logits": (1, 3), "6 and 2": (6, 2)} if stimuli.hard else {}
    for name, sizes in cases.items():
        pair = [stimuli.normal(size, 1, scale=2.0) for size in sizes]
        _put(loss, dict(zip(("real", "fake"), pair, strict=True)), "value", "gradient", name, response)
    moderate = stimuli.uniform(0.3, 0.8, 1, 1)
    for logit in EXTREME:
        extreme = stimuli.tensor([[logit]])
        _put(
            loss,
            {"real": extreme, "fake": moderate},
            "stable",
            "stable",
            f"a real logit of {logit:g}",
            response,
        )
        _put(
            loss,
            {"real": moderate, "fake": extreme},
            "stable",
            "stable",
            f"a generated logit of {logit:g}",
            response,
        )
    if stimuli.hard:
        pair = {"real": stimuli.uniform(-100, 100, 6, 1), "fake": stimuli.uniform(-100, 100, 6, 1)}
        _put(loss, pair, "stable", "stable", "logits between -100 and 100", response)


def probe_generator_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Both forms on moderate logits, then on logits up to ±100, one at a time."""
    both: dict[str, Callable[[Tensor], Any]] = {
        "value": lambda logits: lab["generator_loss"](logits),
        "saturating": lambda logits: lab["generator_loss"](logits, saturating=True),
    }
    for entry, loss in both.items():
        for size in (6, 1) if stimuli.hard else (6,):
            logits = {"fake": stimuli.normal(size, 1, scale=2.0)}
            _put(loss, logits, entry, "gradient", f"{entry} {size} logits".removeprefix("value "), response)
        for logit in EXTREME:
            name = f"{'saturating, ' if entry != 'value' else ''}a logit of {logit:g}"
            _put(loss, {"fake": stimuli.tensor([[logit]])}, "stable", "stable", name, response)
    response.put("saturating.positional", lab["generator_loss"](stimuli.normal(3, 1), True))
    response.put("value.named", lab["generator_loss"](stimuli.normal(3, 1), saturating=False))


def _put(
    loss: Callable[..., Any],
    logits: dict[str, Tensor],
    value: str,
    gradient: str,
    name: str,
    response: Response,
) -> None:
    """Value and gradients of a loss of these logits."""
    leaves = {which: tensor.clone().requires_grad_() for which, tensor in logits.items()}
    result = loss(*leaves.values())
    response.put(f"{value}@{name}", result)
    for which, leaf in leaves.items():
        response[f"{value}.input.{which}@{name}"] = unchanged(leaf.detach(), logits[which], f"logits_{which}")
    if not isinstance(result, Tensor) or not result.requires_grad or result.ndim:
        response[f"{gradient}.flow@{name}"] = "no gradient flows from it"
        return
    response[f"{gradient}.flow@{name}"] = "the loss has a gradient"
    result.backward()
    for which, leaf in leaves.items():
        # A gradient that is exactly 0 may also be none at all.
        found = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        response.put(f"{gradient}.{which}@{name}", found)

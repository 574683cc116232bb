"""What a function that computes a loss answers: its value, its gradients, and whether its inputs stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.marking.response import Response, unchanged


def put_loss(
    loss: Callable[..., Any],
    inputs: dict[str, Tensor],
    families: tuple[str, str, str],
    name: str,
    response: Response,
) -> None:
    """Value and gradients of `loss(*inputs)`; inputs by what messages call them.

    `families` are the checks that value, gradients and inputs belong to, `name` is the stimulus.
    """
    value, gradient, left_alone = families
    leaves = {which: _leaf(tensor) for which, tensor in inputs.items()}
    result = loss(*leaves.values())
    response.put(f"{value}@{name}", result)
    for which, leaf in leaves.items():
        response[f"{left_alone}.input.{which}@{name}"] = unchanged(leaf.detach(), inputs[which], which)
    put_gradients(result, leaves, gradient, name, response)


def put_gradients(
    result: Any, leaves: dict[str, Tensor], gradient: str, name: str, response: Response
) -> None:
    """Gradients of a scalar `result` for each of the leaves."""
    if not isinstance(result, Tensor) or not result.requires_grad or result.ndim:
        response[f"{gradient}.flow@{name}"] = "no gradient flows from it"
        return
    response[f"{gradient}.flow@{name}"] = "the loss has a gradient"
    result.backward()
    for which, leaf in leaves.items():
        # A gradient that is exactly 0 may also be none at all.
        found = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
        response.put(f"{gradient}.{which}@{name}", found)


def _leaf(tensor: Tensor) -> Tensor:
    """A copy that gathers its gradient; it lies in memory as the tensor does."""
    return tensor.detach().clone(memory_format=torch.preserve_format).requires_grad_()

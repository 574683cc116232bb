"""Whether a function leaves alone what it is handed: the numbers, the flags, and a gradient that is already there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, equal

from autograder.marking.response import Response, type_name, unchanged

STALE = 0.25  # the gradient that somebody else has left in an input


def left_alone(tensor: Tensor, before: Tensor, name: str) -> str:
    """The observation whether a plain tensor is as it was: its numbers, without a flag and without a gradient."""
    if equal(tensor, before) and (tensor.requires_grad or tensor.grad is not None):
        return f"{name} is marked for gradients"
    return unchanged(tensor, before, name)


def put_plain_call(
    function: Callable[..., Any], inputs: dict[str, Tensor], entry: str, name: str, response: Response
) -> Any:
    """Call `function` with inputs that ask for no gradient: whether they are left alone; returns the result."""
    before = {which: tensor.clone() for which, tensor in inputs.items()}
    result = function(*inputs.values())
    for which, tensor in inputs.items():
        response[f"{entry}.plain.{which}@{name}"] = left_alone(tensor, before[which], which)
    return result


def put_added_gradient(
    loss: Callable[[Tensor], Any], tensor: Tensor, entry: str, name: str, response: Response
) -> None:
    """An input that holds a gradient already: backward adds to it, and nobody but backward touches it."""
    leaf = tensor.clone().requires_grad_()
    leaf.grad = torch.full_like(leaf, STALE)
    result = loss(leaf)
    if not isinstance(result, Tensor) or not result.requires_grad or result.ndim:
        response[f"{entry}.added@{name}"] = type_name(result)
        return
    result.backward()
    response.put(f"{entry}.added@{name}", "no gradient" if leaf.grad is None else leaf.grad)

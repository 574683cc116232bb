"""What probes of training steps share: leftover gradients, loss functions, and what a step should leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, equal, nn

from autograder.marking.response import Response, either, type_name

STALE = 0.25  # what another step left in every gradient
LEARNING_RATE = 0.5  # plain SGD and large: Adam would hide a wrong scale


class ScaledSquares(nn.MSELoss):
    """A multiple of the mean squared error: a step that brings its own loss function cannot follow."""

    def __init__(self, factor: float = 3.0) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """A scalar for predictions and targets of the same shape."""
        return self.factor * super().forward(input, target)


class CountingSGD(torch.optim.SGD):
    """Plain SGD that counts its steps: an update by hand would pass it by."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__(module.parameters(), LEARNING_RATE)
        self.taken = 0

    def step(self, closure: Any = None) -> Any:
        """One update, as SGD makes it."""
        self.taken += 1
        return super().step(closure)

    def words(self) -> str:
        """How many steps were taken so far, in words."""
        return f"its optimiser was asked for {times(self.taken)}"


def times(count: int) -> str:
    """A number of steps, in words."""
    return "one step" if count == 1 else f"{count or 'no'} steps"


def weights(module: nn.Module) -> Tensor:
    """All parameters, one after the other."""
    return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])


def gradients(module: nn.Module) -> Tensor | str:
    """All gradients, one after the other, or "None" where one is missing."""
    found = []
    for parameter in module.parameters():
        if parameter.grad is None:
            return "None"
        found.append(parameter.grad.detach().flatten())
    return torch.cat(found)


def set_gradients(module: nn.Module, value: float) -> None:
    """Leave a gradient behind in every parameter, as an earlier step would."""
    for parameter in module.parameters():
        parameter.grad = torch.full_like(parameter, value)


def flags(module: nn.Module) -> str:
    """Training mode and requires_grad of a network, in words."""
    frozen = sum(not parameter.requires_grad for parameter in module.parameters())
    resting = sum(not layer.training for layer in module.modules())
    part = "" if resting in (0, len(list(module.modules()))) else " in part"
    return f"training={module.training}{part}, frozen parameters={frozen}"


def same(what: str, now: Tensor | str, before: Tensor | str, network: str) -> str:
    """Whether a network's weights or gradients are as they were, in words."""
    if not isinstance(now, Tensor) or not now.any():
        return f"the {network}'s {what} are cleared"
    kept = isinstance(before, Tensor) and equal(now, before)
    return f"the {network}'s {what} are {'as they were' if kept else 'changed'}"


def detached(loss: Any) -> Any:
    """A loss without its graph."""
    return loss.detach() if isinstance(loss, Tensor) else loss


def close(loss: Any, other: Any) -> bool:
    """Whether two losses are the same number; what is no number is another entry's matter."""
    try:
        return bool(torch.isclose(torch.as_tensor(loss), torch.as_tensor(other), rtol=1e-4).all())
    except (TypeError, ValueError, RuntimeError):
        return True


def put_floats(
    result: Any, again: Any, families: Mapping[str, tuple[str, ...]], name: str, response: Response
) -> None:
    """Type and value of what a step returns under each key; `again` is from the same step, taken twice."""
    if not isinstance(result, dict):
        response[f"returned@{name}"] = type_name(result)
        return
    keys = [key for family in families.values() for key in family]
    kinds = ", ".join(f"{key}: {type_name(result[key]) if key in result else 'missing'}" for key in keys)
    response[f"returned@{name}"] = kinds.replace("float64", "float")
    repeats = all(close(result.get(key), again.get(key)) for key in keys) if isinstance(again, dict) else True
    response[f"losses.repeats@{name}"] = either(
        repeats, "the same step gives", "the same numbers", "other numbers"
    )
    for entry, family in families.items():
        for key in family:
            if key in result:
                value = result[key]
                value = value.detach().squeeze() if isinstance(value, Tensor) else value
                response.put_scalar(f"{entry}.{key}@{name}", value)

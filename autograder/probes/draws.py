"""Whether random numbers come from where they should and are distributed as they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from autograder.marking.probing import seeded
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli


def put_draws(
    entry: str, draw: Callable[[], Any], stimuli: Stimuli, response: Response, what: str = "numbers"
) -> Any:
    """Draw under one seed twice and under another: whether draws repeat and are new; returns the first draw."""
    seed, other_seed = stimuli.integer(), stimuli.integer()
    with seeded(seed):
        first, following = draw(), draw()
    with seeded(seed):
        repeated = draw()
    with seeded(other_seed):
        other = draw()
    response[f"{entry}.repeats"] = either(
        _equal(first, repeated), "the same seed gives", f"the same {what}", f"other {what}"
    )
    fresh = not _equal(first, following) and not _equal(first, other)
    response[f"{entry}.fresh"] = either(
        fresh, "another call or seed gives", f"other {what}", f"the same {what}"
    )
    return first


def put_normal(entry: str, numbers: Tensor, response: Response, mean: float = 0.0, std: float = 1.0) -> None:
    """Mean and standard deviation of many numbers, and whether a normal distribution's tails are there."""
    numbers = numbers.detach().double().flatten()
    response.put(f"{entry}.mean", numbers.mean())
    response.put(f"{entry}.std", numbers.std())
    far = (numbers - mean).abs() / std > 2.5
    response[f"{entry}.tails"] = either(
        bool(far.any()), "values beyond 2.5 standard deviations are", "there", "missing"
    )


def _equal(one: Any, two: Any) -> bool:
    return isinstance(one, Tensor) and isinstance(two, Tensor) and torch.equal(one, two)

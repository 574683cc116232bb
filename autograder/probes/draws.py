"""Whether random numbers come from where they should and are distributed as they should."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from torch import Tensor, equal

from autograder.marking.probing import seeded
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli

LUCK = 7.0  # standard deviations; a normal variable is further away with a probability of 2.6e-12


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


def put_normal(entry: str, numbers: Tensor, response: Response) -> None:
    """What tells many N(0, 1) numbers (rows, columns) from others: their shape, and that none follows from another.

    One word is left to luck: of 48 000 numbers none lies beyond 3.3, or none beyond -3.3, with a probability of
    2 (1 - 0.000483)^48000 = 1.7e-10.
    """
    rows = numbers.detach().double().reshape(len(numbers), -1)
    one = rows.numel() ** -0.5  # the deviation of a mean of so many variables with deviation 1
    put_statistic(f"{entry}.mean@their mean", rows.mean(), 0.0, one, response)
    put_statistic(f"{entry}.std@their standard deviation", rows.std(), 1.0, one / 2**0.5, response)
    for bound in (1, 2):
        share = math.erfc(bound / 2**0.5) / 2
        for name, where in ((f"below -{bound}", rows < -bound), (f"above {bound}", rows > bound)):
            values, deviation = (
                f"{entry}.share[values {name}]@the share of values {name}",
                share * (1 - share),
            )
            put_statistic(values, where.double().mean(), share, deviation**0.5 * one, response)
    reach = bool(rows.min() < -3.3 and rows.max() > 3.3)
    response[f"{entry}.tails"] = either(reach, "rare values, beyond ±3.3, are", "there", "missing")
    if rows.shape[1] > 1:
        pairs, place = rows[:, 1:] * rows[:, :-1], f"{entry}.columns@how neighbours in a row go together"
        put_statistic(place, pairs.mean(), 0.0, pairs.numel() ** -0.5, response)
        norms, place = rows.norm(dim=1), f"{entry}.norms@how the rows differ in length"
        # Lengths are nearly normal, with a deviation of 0.71 at most; a quarter, for the tolerance of the others.
        expected = _deviation_of_a_length(rows.shape[1]) / 4
        put_statistic(place, norms.std() / 4, expected, 0.71 / 4 * (2 * len(rows)) ** -0.5, response)
        response[f"{entry}.empty"] = either(
            bool((norms < 0.01).any()), "a row of zeros is", "there", "not there"
        )
    if len(rows) > 1:
        pairs, place = rows[1:] * rows[:-1], f"{entry}.rows@how neighbours in a column go together"
        put_statistic(place, pairs.mean(), 0.0, pairs.numel() ** -0.5, response)
    some = rows.flatten()[:: max(1, rows.numel() // 20_000)].abs()
    different = some.unique().numel() > 0.97 * some.numel()
    response[f"{entry}.different"] = either(different, "the numbers are", "all different", "often the same")


def put_statistic(entry: str, value: Tensor, expected: float, deviation: float, response: Response) -> None:
    """Record a statistic of random numbers: as what is expected of it, unless it is too far from that for luck.

    `deviation` is its standard deviation. So the same is recorded for all right numbers, whatever was drawn; one in
    400 000 million is further away than `LUCK` deviations.
    """
    lucky = abs(float(value) - expected) <= LUCK * deviation
    response[entry] = expected if lucky else float(value)


def _deviation_of_a_length(columns: int) -> float:
    """The standard deviation of the length of a row of N(0, 1) numbers: that of the chi distribution.

    Source: https://en.wikipedia.org/wiki/Chi_distribution
    """
    mean = math.sqrt(2) * math.exp(math.lgamma((columns + 1) / 2) - math.lgamma(columns / 2))
    return math.sqrt(columns - mean**2)


def _equal(one: Any, two: Any) -> bool:
    return isinstance(one, Tensor) and isinstance(two, Tensor) and equal(one, two)

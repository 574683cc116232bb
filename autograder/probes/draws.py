"""Whether random numbers come from where they should and are distributed as they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, equal

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


def put_normal(entry: str, numbers: Tensor, response: Response) -> None:
    """What tells many N(0, 1) numbers (rows, columns) from others: their shape, and that none follows from another.

    The tolerance of the entries has to allow for luck: about 5 / sqrt(how many).
    """
    numbers = numbers.detach().double()
    rows = numbers.reshape(len(numbers), -1)
    shares = {"values below -1": rows < -1, "values above 1": rows > 1}
    shares |= {"values below -2": rows < -2, "values above 2": rows > 2}
    response.put(f"{entry}.mean@their mean", rows.mean())
    response.put(f"{entry}.std@their standard deviation", rows.std())
    for name, where in shares.items():
        response.put(f"{entry}.share[{name}]@the share of {name}", where.double().mean())
    reach = bool(rows.min() < -3.3 and rows.max() > 3.3)
    response[f"{entry}.tails"] = either(reach, "rare values, beyond ±3.3, are", "there", "missing")
    if rows.shape[1] > 1:
        response.put(
            f"{entry}.columns@how neighbours in a row go together", (rows[:, 1:] * rows[:, :-1]).mean()
        )
        norms = rows.norm(dim=1)
        response.put(
            f"{entry}.norms@how the rows differ in length", norms.std() / 4
        )  # as lucky as the others
        response[f"{entry}.empty"] = either(
            bool((norms < 0.01).any()), "a row of zeros is", "there", "not there"
        )
    if len(rows) > 1:
        response.put(f"{entry}.rows@how neighbours in a column go together", (rows[1:] * rows[:-1]).mean())
    some = rows.flatten()[:: max(1, rows.numel() // 20_000)].abs()
    different = some.unique().numel() > 0.97 * some.numel()
    response[f"{entry}.different"] = either(different, "the numbers are", "all different", "often the same")


def _equal(one: Any, two: Any) -> bool:
    return isinstance(one, Tensor) and isinstance(two, Tensor) and equal(one, two)

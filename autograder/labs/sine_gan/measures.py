"""Probes of the sine lab's measures: `curve_distance` and `coverage`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, type_name, unchanged
from autograder.marking.stimuli import Stimuli

PERIOD = 2 * math.pi


def probe_curve_distance(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The distance on the curve's period, left and right of it."""
    samples = {"x1 inside [0, 2π]": stimuli.uniform(0.2, 6.0, 9, 2)}
    sides = stimuli.tensor([1.0, -1.0, 1.0, -1.0])  # of both signs, so that no two errors cancel everywhere
    samples["x1 below 0"] = torch.stack(
        (stimuli.uniform(-3, -0.3, 4), sides * stimuli.uniform(0.5, 2, 4)), dim=1
    )
    samples["x1 above 2π"] = torch.stack(
        (stimuli.uniform(7, 9, 4), sides * stimuli.uniform(0.5, 2, 4)), dim=1
    )
    if stimuli.hard:
        samples["one sample"] = stimuli.uniform(0.3, 3.0, 1, 2)
        samples["samples that are not contiguous"] = stimuli.uniform(0.3, 3.0, 2, 5).t()
    for name, batch in samples.items():
        before = batch.clone()
        distance = lab["curve_distance"](batch)
        shape = tuple(distance.shape) if isinstance(distance, Tensor) else type_name(distance)
        response[f"form@{name}"] = f"distances of shape {shape}"
        response.put(f"distance@{name}", distance.reshape(-1) if isinstance(distance, Tensor) else distance)
        response[f"input@{name}"] = unchanged(batch, before)


def probe_coverage(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The share for scattered, clustered, close and far samples, with a fake `curve_distance`."""
    cases: list[tuple[str, dict[str, float]]] = [("the default bins and tolerance", {})]
    cases += [("7 bins", {"bins": 7}), ("a tolerance of 0.6", {"tolerance": 0.6})]
    cases += [("3 bins and a tolerance of 0.05", {"bins": 3, "tolerance": 0.05})] if stimuli.hard else []
    for name, arguments in cases:
        samples, distances = _scattered(
            stimuli, int(arguments.get("bins", 20)), arguments.get("tolerance", 0.2)
        )
        _put_coverage(lab, samples, distances, name, arguments, response)
    for name, count in (("samples that all miss the curve", 0), ("samples in every part", 20)):
        centres = (torch.arange(20) + 0.4) / 20 * PERIOD
        offsets = torch.where(torch.arange(20) < count, 0.05, 1.5)
        samples = stimuli.tensor(torch.stack((centres, torch.sin(centres) + offsets), dim=1).numpy())
        _put_coverage(lab, samples, offsets, name, {}, response)


def _scattered(stimuli: Stimuli, bins: int, tolerance: float) -> tuple[Tensor, Tensor]:
    """Samples whose distance from the curve is known because they were moved off it by that much.

    Some parts stay empty, the first and the last always; some hold samples that are all too far; some close
    samples lie outside the period, where no part is.
    """
    place, offset = _places(stimuli.random, bins, tolerance)
    curve = stimuli.tensor(place / bins * PERIOD)
    sign = stimuli.random.choice([-1, 1], len(place))
    samples = torch.stack((curve, torch.sin(curve) + stimuli.tensor(sign * offset)), dim=1)
    gap = 0.4 * tolerance
    outside = stimuli.tensor([[-gap, 0.0], [PERIOD + gap, 0.0], [-4.0, 0.5], [9.0, -0.5]])
    distances = torch.cat((stimuli.tensor(offset), stimuli.tensor([gap, gap, 4.5, 9.5 - PERIOD])))
    return torch.cat((samples, outside)), distances


def _places(random: np.random.RandomState, bins: int, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Where samples lie, in parts, and how far off the curve; no sample is nearer to an edge than it says."""
    chosen = 1 + random.choice(bins - 2, max(1, (2 * bins) // 3 - 1), replace=False)
    place = random.choice(chosen, 40) + random.uniform(0.1, 0.9, 40)
    close = random.uniform(0, 1, 40) < 0.25
    offset = random.uniform(0.1, 0.8, 40) * tolerance + (~close) * (tolerance + 0.02)
    # The last part but one, covered up to 0.0015 below its end: 6.28 for 2π would move that into the next.
    more = [(bins - 1.5, 0.5), (bins - 1 - 0.0015 / PERIOD * bins, 0.5)]
    free = np.setdiff1d(np.arange(1, bins - 2), chosen)
    if len(free) > 1:  # just outside and just inside the tolerance, alone in their parts
        more += [(free[0] + 0.5, 1.04), (free[1] + 0.5, 0.96)]
    places, shares = np.array(more).T
    return np.concatenate((place, places)), np.concatenate((offset, shares * tolerance))


def _put_coverage(
    lab: Namespace,
    samples: Tensor,
    distances: Tensor,
    name: str,
    arguments: dict[str, Any],
    response: Response,
) -> None:
    known = samples.clone()

    def curve_distance(samples: Tensor) -> Tensor:
        nearest = (samples.detach()[:, None, :] - known).abs().sum(dim=2).argmin(dim=1)
        return distances.to(known.dtype)[nearest]

    with lab.replaced(curve_distance=curve_distance):
        share = lab["coverage"](samples, **arguments)
    response[f"type@{name}"] = "float" if isinstance(share, float) else response.form(share)
    response.put_scalar(f"share@{name}", share)
    response[f"input@{name}"] = unchanged(samples, known)

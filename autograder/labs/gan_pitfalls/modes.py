"""Probe of `mode_coverage`: samples near and far from centres, never at the radius itself."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, type_name
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone


def probe_mode_coverage(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Centres on a ring, some without samples; radii that overlap; other dimensions; nothing hit, all hit."""
    exact = _exact(stimuli)
    ring = _ring(exact, 8, 2.0)
    far = exact.tensor([[0.3, 0.1]]).repeat(4, 1)
    cases = {
        "8 centres on a ring": (_around(exact, ring[:5], 4, 0.3), ring, 0.3),
        "circles that overlap": (_around(exact, ring[::2], 2, 1.9), ring, 1.9),
        "samples that hit nothing": (exact.uniform(-0.5, 0.5, 6, 2), ring, 0.5),
        "as many samples, which all hit": (ring[:6] + 0.05, ring, 0.5),
        "samples just inside and just outside": (
            exact.tensor([[1.996, 0.0], [-2.008, 0.0], [0.0, 5.0]]),
            exact.tensor([[0.0, 0.0], [0.0, 7.008]]),
            2.0,
        ),
        "samples that are all the same": (ring[2:3].repeat(5, 1) + 0.03, ring, 0.2),
        "some samples twice": (torch.cat((far, ring[:3] + 0.03, far)), ring, 0.2),
    }
    if stimuli.hard:
        dozen = _ring(exact, 12, 5.0)
        space = exact.normal(5, 3, scale=4.0)
        space[:, :2] *= 0.05  # what tells them apart is the last coordinate
        line = exact.tensor([[-3.0], [0.0], [4.0]])
        cases |= {
            "3 dimensions": (_around(exact, space[:3], 3, 0.4), space, 0.4),
            "one dimension": (_around(exact, line[1:], 3, 0.5), line, 0.5),
            "one sample": (ring[3:4] + 0.01, ring, 0.1),
            "one centre": (_around(exact, ring[:1], 5, 0.4), ring[:1], 0.4),
            "more centres than samples": (ring[:2] + 0.02, ring, 0.2),
            "200 samples": (_around(exact, ring, 25, 0.35), ring, 0.35),
            "600 samples": (_around(exact, ring.flip(0), 75, 0.35), ring, 0.35),
            "12 centres": (_around(exact, dozen, 3, 0.4), dozen, 0.4),
            "a large radius": (_around(exact, 8 * ring[:4], 3, 5.0), 8 * ring, 5.0),
            "samples that are not contiguous": (exact.strided(9, 2), exact.strided(5, 2), 0.8),
        }
    for name, (samples, centers, radius) in cases.items():
        centers = exact.tensor(centers.numpy())
        samples = stimuli.tensor(_clear(exact.tensor(samples.numpy()), centers, radius).numpy())
        centers = stimuli.tensor(centers.numpy())
        if "not contiguous" in name:
            samples, centers = (tensor.t().contiguous().t() for tensor in (samples, centers))
        before = samples.clone(), centers.clone()
        result = lab["mode_coverage"](samples, centers, radius)
        kept = (left_alone(samples, before[0], "samples"), left_alone(centers, before[1], "centers"))
        response[f"form.input@{name}"] = " and ".join(kept)
        _put_pair(result, name, response)


def _exact(stimuli: Stimuli) -> Stimuli:
    """The same source in float64: which samples are clear of a circle must not hang on who is asked."""
    exact = Stimuli(0, torch.float64, stimuli.hard)
    exact.random = stimuli.random
    return exact


def _put_pair(result: Any, name: str, response: Response) -> None:
    """How many centres, which share, and their types."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        response[f"form@{name}"] = type_name(result)
        return
    kinds = type_name(result[0]), type_name(result[1]).replace("float64", "float")
    response[f"form@{name}"] = f"a pair of {kinds[0]} and {kinds[1]}"
    for check, value in zip(("centres", "share"), result, strict=True):
        value = value.detach().squeeze() if isinstance(value, Tensor) else value
        response.put_scalar(f"{check}@{name}", value)


def _ring(stimuli: Stimuli, count: int, radius: float) -> Tensor:
    angles = 2 * math.pi * (torch.arange(count) / count + float(stimuli.uniform(0, 1, 1)))
    return stimuli.tensor(radius * torch.stack((angles.cos(), angles.sin()), dim=1).numpy())


def _around(stimuli: Stimuli, centers: Tensor, each: int, radius: float) -> Tensor:
    """`each` samples around each centre, half of them inside the radius."""
    count, dimensions = len(centers) * each, centers.shape[1]
    directions = stimuli.normal(count, dimensions)
    units: Tensor = directions / directions.norm(dim=1, keepdim=True)
    lengths = stimuli.uniform(0.1, 1.9, count, 1) * radius
    return centers.repeat(each, 1) + lengths * units


def _clear(samples: Tensor, centers: Tensor, radius: float) -> Tensor:
    """The samples that are not so near to a circle that float32 might decide otherwise."""
    distances: Tensor = (samples.unsqueeze(1) - centers).square().sum(2).sqrt()
    clear: Tensor = ((distances - radius).abs() > 0.002 * radius).all(dim=1)
    return samples[clear]

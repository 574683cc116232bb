"""Where the time of a graded class goes: disjoint parts that add up to the whole."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

# Seconds of the process that writes, beside the workers.
WRITTEN = ("gradebook", "feedback")
_WAITING = "room: the cells' other time (kernel, channels, waiting)"
IDLE = "no submission in hand: the command's start and end, imports, handing over"


def timings(out: Path) -> list[dict[str, float]]:
    """What each submission's timing.json says."""
    return [json.loads(path.read_bytes()) for path in sorted(out.glob("*/*/timing.json"))]


def worker_parts(timings: Iterable[Mapping[str, float]], total: float, cpu: float = 0.0) -> dict[str, float]:
    """The workers' seconds by what they do; the parts add up to `total`, the seconds that all workers had.

    `cpu` are the CPU seconds of the cells, where they are known: they are told apart from the rest of the cells' time.
    """
    spent = _sum(timings)
    inside, room = spent.pop("seconds"), spent.pop("room")
    start, cells = spent.pop("room start"), spent.pop("cells")
    steps = {name: seconds for name, seconds in spent.items() if name not in WRITTEN}
    computing = min(cpu, cells)
    parts = {"room: start": start}
    parts |= {"room: CPU time of the cells": computing} if cpu else {}
    parts[_WAITING if cpu else "room: cells"] = cells - computing
    parts |= {"room: the rest": room - start - cells, **steps}
    parts |= {"between the steps": inside - room - sum(steps.values()), IDLE: total - inside}
    return parts


def writer_parts(timings: Iterable[Mapping[str, float]], total: float) -> dict[str, float]:
    """The same for the process that writes results while the workers grade; `total` is the run's length."""
    spent = _sum(timings)
    parts = {name: spent[name] for name in WRITTEN}
    return parts | {"start, waiting for the workers, end": total - sum(parts.values())}


def _sum(timings: Iterable[Mapping[str, float]]) -> dict[str, float]:
    spent: defaultdict[str, float] = defaultdict(float)
    for timing in timings:
        for name, seconds in timing.items():
            spent[name] += seconds
    return spent

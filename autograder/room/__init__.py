"""Where student code runs: a warm kernel in a sandbox, with limits on everything."""

from __future__ import annotations

import os


def cores() -> int:
    """How many rooms run at the same time unless somebody says otherwise: the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

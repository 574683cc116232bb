"""A submission: where a student's folder for a lab lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Submission:
    """A student's folder for a lab."""

    student: str
    lab: str
    folder: Path
    in_class: bool = True
    others: tuple[str, ...] = ()  # what else is called like the lab, beside the folder

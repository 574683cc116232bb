"""Reads what `grade` wrote: verdicts, times, and the graded notebooks' solution cells."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.cells.metadata import grade_id
from autograder.errors import CourseError
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.paths import ResultPaths, read_verdicts


@dataclass(frozen=True)
class Graded:
    """A submission's verdict, the seconds that grading it took, and its cells: grade_id -> source."""

    verdict: Verdict
    timing: dict[str, float] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


def read_class(grades: Path) -> tuple[list[Graded], list[str]]:
    """All submissions below `grades`, by lab and student, and a sentence for each verdict that can't be read."""
    if not grades.is_dir():
        raise CourseError(f"There is no folder {grades}. Name the one that `grade --out` wrote into.")
    verdicts, unreadable = read_verdicts(grades)
    if not verdicts:
        raise CourseError(f"{grades} holds no verdict that can be read. Grade the class into it first.")
    found = [
        Graded(verdict, _timing(path.with_name("timing.json")), _cells(verdict, grades))
        for path, verdict in verdicts.items()
    ]
    found.sort(key=lambda one: (one.verdict.lab, one.verdict.student))
    return found, unreadable


def _timing(path: Path) -> dict[str, float]:
    """Seconds by what they were spent on; nothing where they were not recorded."""
    try:
        return {str(name): float(seconds) for name, seconds in _json(path).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _cells(verdict: Verdict, grades: Path) -> dict[str, str]:
    """The solution cells of the graded notebook and its identity cell."""
    wanted = {exercise.name for exercise in get_lab(verdict.lab).exercises} | {"identity"}
    try:
        cells = _json(ResultPaths(grades).notebook(verdict))["cells"]
        named = ((grade_id(cell), cell) for cell in cells)
        return {name: _source(cell) for name, cell in named if name in wanted}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else source


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))

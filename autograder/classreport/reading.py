"""Reads what `grade` wrote: verdicts, times, and the solution cells of the graded notebooks."""

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
class GradedSubmission:
    """A submission's verdict, the seconds that each step of grading took, and its cells (grade_id -> source)."""

    verdict: Verdict
    timing: dict[str, float] = field(default_factory=dict)
    cells: dict[str, str] = field(default_factory=dict)


def read_class(grades: Path) -> tuple[list[GradedSubmission], list[str]]:
    """All submissions, sorted by lab and student, and a sentence for each verdict that can't be read.

    Raises CourseError where there is none.
    """
    if not grades.is_dir():
        raise CourseError(f"There is no folder {grades}. Name the one that `grade --out` wrote into.")
    verdicts, unreadable = read_verdicts(grades)
    if not verdicts:
        raise CourseError(f"{grades} holds no verdict that can be read. Grade the class into it first.")
    submissions = [
        GradedSubmission(verdict, _timing(path.with_name("timing.json")), _cells(verdict, grades))
        for path, verdict in verdicts.items()
    ]
    submissions.sort(key=lambda submission: (submission.verdict.lab, submission.verdict.student))
    return submissions, unreadable


def _timing(path: Path) -> dict[str, float]:
    """The seconds of each step; none where they were not recorded."""
    try:
        return {str(name): float(seconds) for name, seconds in _json(path).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _cells(verdict: Verdict, grades: Path) -> dict[str, str]:
    """The solution cells of a graded notebook and its identity cell; none where it can't be read."""
    wanted = {exercise.name for exercise in get_lab(verdict.lab).exercises} | {"identity"}
    try:
        cells = _json(ResultPaths(grades).notebook(verdict))["cells"]
        named = ((grade_id(cell), cell) for cell in cells)
        return {name: _source(cell) for name, cell in named if name in wanted}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _source(cell: dict[str, Any]) -> str:
    source: str | list[str] = cell["source"]
    return "".join(source)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))

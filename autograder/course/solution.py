"""The lab's own solution, taken from the instructor's notebook, and variations of it."""

from __future__ import annotations

import contextlib
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

from autograder.cells.metadata import grade_id, is_solution, tags
from autograder.cells.regions import without_solution_markers
from autograder.course.course import Course
from autograder.errors import CourseError, error_line


def solution_cells(course: Course, lab: str) -> dict[str, str]:
    """The code that the solution needs, in the notebook's order: grade_id -> source without the markers.

    Cells tagged `setup` (imports, constants) are in it too, as `setup_0`, `setup_1`, …
    """
    path = course.source(lab)
    return dict(_solution_cells(path, _modified(path)))


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. Build it with: python -m autograder build") from None


@lru_cache
def _solution_cells(path: Path, _modified: int) -> dict[str, str]:
    cells: dict[str, str] = {}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        if "setup" in tags(cell):
            cells[f"setup_{len(cells)}"] = cell.source
        elif is_solution(cell) and (name := grade_id(cell)):
            cells[name] = without_solution_markers(cell.source) + "\n"
    return cells


def solution_names(course: Course, lab: str, changed: dict[str, str] | None = None) -> dict[str, Any]:
    """The names that the solution defines, as in a notebook that ran it; `changed` replaces whole cells.

    What the cells print is swallowed. Raises CourseError where a cell stops.
    """
    cells = solution_cells(course, lab) | (changed or {})
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for grade_id, source in cells.items():
            try:
                exec(compile(source, f"<{lab}: {grade_id}>", "exec"), names)  # noqa: S102  # the course's own
            except Exception as error:
                raise CourseError(f"{lab}: the cell {grade_id} can't be run: {error_line(error)}.") from error
    return names

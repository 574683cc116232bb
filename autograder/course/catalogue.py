"""The catalogue of a lab: mistakes that people make, and alternatives that are right."""

from __future__ import annotations

import runpy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.solution import solution_cells
from autograder.errors import CourseError, error_line


@dataclass(frozen=True)
class Rewrite:
    """A solution cell written differently: as `edits` of the lab's own text, or as the whole `code`.

    The id is "<grade_id>.<name>"; `note` is what the message says (mistakes) or what differs (alternatives).
    """

    id: str
    note: str
    code: str | None = None
    edits: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def exercise(self) -> str:
        """The grade_id of the solution cell."""
        return self.id.split(".", 1)[0]

    def apply(self, cell: str) -> str:
        """The cell, rewritten; CourseError where an edit does not fit it any more."""
        if self.code is not None:
            return self.code.strip("\n") + "\n"
        for old, new in self.edits.items():
            if old not in cell:
                raise CourseError(
                    f"{self.id}: the solution does not contain {old!r}; mend the edit in the catalogue."
                )
            cell = cell.replace(old, new)
        return cell


class Mistake(Rewrite):
    """A wrong solution that people really write."""


class Alternative(Rewrite):
    """A right solution written another way."""


def mistakes(course: Course, lab: str) -> tuple[Mistake, ...]:
    """The lab's mistakes, in the catalogue's order."""
    return _read(course.catalogue(lab, "mistakes"), "MISTAKES")


def alternatives(course: Course, lab: str) -> tuple[Alternative, ...]:
    """The lab's alternatives, in the catalogue's order."""
    return _read(course.catalogue(lab, "alternatives"), "ALTERNATIVES")


@lru_cache
def _read(path: Path, name: str) -> tuple[Any, ...]:
    try:
        return tuple(runpy.run_path(str(path))[name])
    except FileNotFoundError:
        raise CourseError(f"{path} is missing. Write there a list called {name}.") from None
    except KeyError:
        raise CourseError(f"{path} has no list called {name}.") from None
    except Exception as error:
        raise CourseError(f"{path} can't be read: {error_line(error)}.") from error


def rewritten(course: Course, lab: str, rewrite: Rewrite) -> dict[str, str]:
    """The cell that a rewrite changes, by its grade_id."""
    return {rewrite.exercise: rewrite.apply(solution_cells(course, lab)[rewrite.exercise])}

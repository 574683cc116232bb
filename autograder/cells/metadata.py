"""What a cell's metadata say to nbgrader. Nothing is trusted: whoever made the notebook may have written anything.

A cell is a NotebookNode, or the dict of its JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode

Cell = Mapping[str, Any]


def nbgrader_metadata(cell: Cell) -> Mapping[str, Any]:
    """The cell's entries for nbgrader; empty where it has none that can be read."""
    found = _metadata(cell).get("nbgrader")
    return found if isinstance(found, Mapping) else {}


def grade_id(cell: Cell) -> str | None:
    """The cell's grade_id, if it has one."""
    name = nbgrader_metadata(cell).get("grade_id")
    return name if isinstance(name, str) else None


def is_graded(cell: Cell) -> bool:
    """Whether the cell carries marks."""
    return bool(nbgrader_metadata(cell).get("grade"))


def is_locked(cell: Cell) -> bool:
    """Whether the cell's text is the course's: tests, and the texts of questions."""
    return bool(nbgrader_metadata(cell).get("locked"))


def is_solution(cell: Cell) -> bool:
    """Whether the student fills the cell in."""
    return bool(nbgrader_metadata(cell).get("solution"))


def tags(cell: Cell) -> frozenset[str]:
    """The cell's tags."""
    found = _metadata(cell).get("tags")
    return frozenset(tag for tag in found if isinstance(tag, str)) if isinstance(found, list) else frozenset()


def set_grade_id(cell: NotebookNode, name: str | None) -> None:
    """Give a cell a grade_id and no other entry for nbgrader, or take all of them away."""
    cell.metadata.pop("nbgrader", None)
    if name:
        cell.metadata["nbgrader"] = NotebookNode(grade_id=name)


def _metadata(cell: Cell) -> Mapping[str, Any]:
    found = cell.get("metadata")
    return found if isinstance(found, Mapping) else {}

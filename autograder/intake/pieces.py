"""The pieces of what a student handed in: at first its cells, then parts of cells that had been merged."""

from __future__ import annotations

from collections.abc import Container
from copy import deepcopy
from dataclasses import dataclass
from itertools import count

from nbformat import NotebookNode

from autograder.cells.code import defined
from autograder.cells.edit import change_type, new_cell
from autograder.cells.metadata import grade_id


@dataclass(frozen=True, eq=False)
class Piece:
    """A cell without nbgrader's metadata, and the grade_id that it claims. Never changed: a change makes a new one."""

    cell: NotebookNode
    name: str | None = None

    @property
    def text(self) -> str:
        """What stands in it."""
        return str(self.cell.source)

    @property
    def is_code(self) -> bool:
        """Whether it is a code cell."""
        return bool(self.cell.cell_type == "code")

    @property
    def code(self) -> str:
        """What stands in it, if it is a code cell; else nothing."""
        return self.text if self.is_code else ""

    @property
    def defined(self) -> frozenset[str]:
        """The functions and classes that it defines, if it is a code cell."""
        return defined(self.code)

    @property
    def first_line(self) -> str:
        """How a note calls it where it has no name."""
        return f"`{(self.text.strip().splitlines() or [''])[0][:40]}`"

    def with_text(self, text: str) -> Piece:
        """The same with another text."""
        return self if text == self.text else Piece(NotebookNode(self.cell, source=text), self.name)

    def with_name(self, name: str | None) -> Piece:
        """The same with another grade_id, or none."""
        return self if name == self.name else Piece(self.cell, name)

    def with_type(self, cell_type: str) -> Piece:
        """The same as code, Markdown or raw; what it showed goes."""
        cell = NotebookNode(self.cell)
        change_type(cell, cell_type)
        return Piece(cell, self.name)

    def part(self, text: str, suffix: str, *, name: str | None = None, cell_type: str | None = None) -> Piece:
        """A new piece that was a part of this one."""
        cell = new_cell(cell_type or self.cell.cell_type, text, None, f"{self.cell.id[:50]}-{suffix}")
        return Piece(cell, name)


def pieces_of(notebook: NotebookNode) -> list[Piece]:
    """The cells of a notebook, as copies, each with an id of its own."""
    pieces, taken = [], set[str]()
    for index, original in enumerate(notebook.cells):
        cell = deepcopy(original)
        cell.metadata.pop("nbgrader", None)
        cell.id = free_id(original.get("id", f"cell-{index}"), taken)
        taken.add(cell.id)
        pieces.append(Piece(cell, grade_id(original)))
    return pieces


def free_id(wanted: str, taken: Container[str]) -> str:
    """The wanted id of a cell, or one made of it that no other cell has."""
    numbered = (f"{wanted[:55]}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(free for free in numbered if free not in taken)

"""Mends the text of cells: marks of a merge, characters that came with copying, lines that install packages, magics."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in, substance
from autograder.cells.metadata import grade_id
from autograder.errors import NeedsAttention
from autograder.intake.damaged_json import sides_of_merge

_INSTALL = re.compile(
    r"^([ \t]*)([!%][ \t]*(?:sudo[ \t]+)?(?:\S*python[\d.]*[ \t]+-m[ \t]+)?(?:pip3?|uv|conda|mamba|apt(?:-get)?)\b.*)$",
    re.MULTILINE,
)
# What word processors, mail and web pages put in the place of spaces and quotes.
_LOOKALIKES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": ""}
    | dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2018\u2019\u201a", "'")
)
_MAGIC = re.compile(r"\A\s*(%%[^\n]*)\n")
_HARMLESS_MAGIC = re.compile(r"%%(?:time|capture)\b")  # what is defined under them stays


def clean(
    notebook: NotebookNode, ours: dict[str, NotebookNode], defining: set[str], notes: list[str]
) -> None:
    """Mend the cells' texts in place. `defining` are the names of all exercises' definitions."""
    for index, cell in enumerate(notebook.cells):
        name = f"The cell {grade_id(cell)}" if grade_id(cell) in ours else f"Cell {index + 1}"
        _resolve_merge(cell, ours.get(grade_id(cell)), name, notes)
        if cell.cell_type == "code":
            _replace_lookalikes(cell, name, notes)
            _skip_installing(cell, name, notes)
            _drop_magic(cell, defining, name, notes)


def _resolve_merge(cell: NotebookNode, released: NotebookNode | None, name: str, notes: list[str]) -> None:
    """Take the side that is filled in; where both are and differ, a person decides."""
    sides = sides_of_merge(cell.source)
    if sides is None:
        return
    filled = [
        side for side in sides if released is None or filled_in(NotebookNode(cell, source=side), released)
    ]
    marked = released is not None and not released.metadata.nbgrader.locked
    differ = len(filled) == 2 and substance(filled[0]) != substance(filled[1])
    if differ and (marked or (cell.cell_type == "code" and defined(sides[0]) | defined(sides[1]))):
        raise NeedsAttention(
            f"{name} holds both sides of a merge (<<<<<<<), and they differ. Ask which side should count."
        )
    cell.source = (filled or sides)[0].rstrip("\n")
    notes.append(f"{name} held the marks of a merge (<<<<<<<); they were taken out.")


def _replace_lookalikes(cell: NotebookNode, name: str, notes: list[str]) -> None:
    plain = cell.source.translate(_LOOKALIKES)
    if plain != cell.source and parsed(cell.source) is None and parsed(plain) is not None:
        cell.source = plain
        notes.append(
            f"{name} held characters that Python can't read, such as no-break spaces; they were replaced."
        )


def _skip_installing(cell: NotebookNode, name: str, notes: list[str]) -> None:
    cell.source, count = _INSTALL.subn(r"\1pass  # not run when graded: \2", cell.source)
    if count:
        notes.append(
            f"{name} installs packages; those lines were left out, since a graded run has no network."
        )


def _drop_magic(cell: NotebookNode, defining: set[str], name: str, notes: list[str]) -> None:
    """Under most cell magics nothing gets defined, though the student saw it work before the magic came."""
    found = _MAGIC.match(cell.source)
    if found and not _HARMLESS_MAGIC.match(found[1]) and defined(cell.source) & defining:
        cell.source = cell.source[found.end() :]
        notes.append(
            f"{name} began with {found[1][:40]}, under which nothing is defined; that line was left out."
        )

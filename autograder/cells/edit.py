"""Makes cells, and changes the type of one."""

from __future__ import annotations

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.cells.metadata import set_grade_id


def new_cell(cell_type: str, source: str, name: str | None, cell_id: str) -> NotebookNode:
    """A cell of that type with that grade_id."""
    make: Callable[..., NotebookNode] = new_code_cell if cell_type == "code" else new_markdown_cell
    cell = make(source, id=cell_id[:64])
    set_grade_id(cell, name)
    return cell


def change_type(cell: NotebookNode, cell_type: str) -> None:
    """Make a cell code, Markdown or raw; what it showed goes."""
    cell.cell_type = cell_type
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)
    if cell_type == "code":
        cell.outputs, cell.execution_count = [], None

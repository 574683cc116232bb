"""Which cells a graded run needs: all that a student wrote, the tests, and of the rest what these build on.

The other cells are the lab's own, as they were handed out: figures and long training that no mark depends on.
"""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.cells.code import bound, changed, has_scopes, read
from autograder.cells.metadata import nbgrader_metadata, tags

# Code that looks names up by text may need any of them.
_BY_TEXT = {"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__", "__builtins__"}


def cells_to_run(notebook: NotebookNode, release: NotebookNode) -> set[int]:
    """The indices of the code cells that have to run; all of them where a cell does not tell what it uses."""
    released = {_lines(cell) for cell in release.cells if _is_for_reading(cell)}
    code = {index: cell for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"}
    to_run = {
        index for index, cell in code.items() if not _is_for_reading(cell) or _lines(cell) not in released
    }
    if not all(has_scopes(cell.source) for cell in code.values()):
        return set(code)
    if any(read(code[index].source) & _BY_TEXT for index in to_run):
        return set(code)
    gives = {
        index: bound(cell.source) | changed(cell.source)
        for index, cell in code.items()
        if index not in to_run
    }
    wanted = {name for index in to_run for name in read(code[index].source)}
    while more := {index for index in gives.keys() - to_run if gives[index] & wanted}:
        to_run |= more
        wanted |= {name for index in more for name in read(code[index].source)}
    return to_run


def _is_for_reading(cell: NotebookNode) -> bool:
    """Whether it is one of the lab's cells for reading and looking: no exercise, no test, no settings."""
    return cell.cell_type == "code" and not nbgrader_metadata(cell) and "setup" not in tags(cell)


def _lines(cell: NotebookNode) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in cell.source.strip().splitlines())

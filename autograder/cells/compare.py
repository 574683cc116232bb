"""When two cells say the same: whatever their layout, and whether a student's says more than the one handed out."""

from __future__ import annotations

import ast
from functools import lru_cache

from nbformat import NotebookNode

from autograder.cells.code import UNPARSABLE, parsed


def words(text: str) -> tuple[str, ...]:
    """A text without its spaces and line ends, for comparison."""
    return tuple(text.split())


@lru_cache(maxsize=1024)
def substance(source: str) -> object:
    """What a cell of code does, without comments, docstrings and layout; its words, where it is no Python."""
    tree = parsed(source)
    if tree is None:
        return words(source)
    try:
        tree = ast.parse(ast.unparse(tree))  # a copy of our own to change
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                kept = [statement for statement in body if not _is_text(statement)]
                node.body = kept  # type: ignore[attr-defined]  # it has one, as was asked
        return ast.dump(tree)
    except UNPARSABLE:
        return words(source)


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def filled_in(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether a student's cell says more than the one that was handed out."""
    if not cell.source.strip():
        return False
    if released.cell_type == "code":
        return substance(cell.source) != substance(released.source)
    return words(cell.source) != words(released.source)

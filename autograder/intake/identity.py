"""Reads what the identity cell of a notebook says, without running anything."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from autograder.cells.code import parsed

_FIELD = "student_id_"  # cells that say nothing of the kind are not even parsed
_LONGEST = 200  # characters of a field


def read_identity(sources: Iterable[str]) -> dict[str, str]:
    """The fields that the code cells with these sources give a text or a number; of two cells the later one counts."""
    fields: dict[str, str] = {}
    for source in sources:
        tree = parsed(source) if _FIELD in source else None
        for statement in tree.body if tree else ():
            fields |= _assigned(statement)
    return fields


def _assigned(statement: ast.stmt) -> dict[str, str]:
    """Names that a statement gives a text or a number."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign)) or not isinstance(
        statement.value, ast.Constant
    ):
        return {}
    text = _written(statement.value.value)
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return {target.id: text for target in targets if isinstance(target, ast.Name)} if text is not None else {}


def _written(value: object) -> str | None:
    """A value as text; None for what is no id and no name. An endless number is no id: it is as good as none."""
    if isinstance(value, str):
        return value[:_LONGEST].strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**_LONGEST else ""
    return None

"""What a cell says without running it: its grade_id, what it defines and reads, whether it is filled in."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from functools import lru_cache

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

_MAX_PARSED = 200_000  # characters; nobody writes a cell as long as that
_MAGIC_LINE = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\A\s*%%[^\n]*\n")
_DEFINITION = re.compile(r"^(?:async def|def|class)[ \t]+(\w+)", re.MULTILINE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def grade_id(cell: NotebookNode) -> str | None:
    """The cell's grade_id, if it has one."""
    marked = cell.metadata.get("nbgrader")
    name = marked.get("grade_id") if isinstance(marked, dict) else None
    return name if isinstance(name, str) else None


def words(text: str) -> tuple[str, ...]:
    """A text without its spaces and line ends, for comparison."""
    return tuple(text.split())


def new_cell(cell_type: str, source: str, name: str | None, cell_id: str) -> NotebookNode:
    """A cell of that type with that grade_id."""
    make = new_code_cell if cell_type == "code" else new_markdown_cell
    metadata = {"nbgrader": {"grade_id": name}} if name else {}
    return make(source, metadata=NotebookNode(metadata), id=cell_id[:64])


def change_type(cell: NotebookNode, cell_type: str) -> None:
    """Make a cell code, Markdown or raw; what it showed goes."""
    cell.cell_type = cell_type
    for key in ("outputs", "execution_count", "attachments"):
        cell.pop(key, None)
    if cell_type == "code":
        cell.outputs, cell.execution_count = [], None


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module | None:
    """The cell's code without magics, whatever it is indented by; None where it is no Python."""
    if len(source) > _MAX_PARSED:
        return None
    plain = _MAGIC_LINE.sub(r"\1pass", _CELL_MAGIC.sub("", source))
    for text in (plain, textwrap.dedent(plain)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
            continue  # SystemError: Python 3.11 loses count of its depth when collected garbage parses too
    return None


@lru_cache(maxsize=1024)
def defined(source: str) -> frozenset[str]:
    """Functions and classes that a cell defines; those in the first column, where it is no Python."""
    tree = parsed(source)
    if tree is None:
        return frozenset(_DEFINITION.findall(source))
    return frozenset(name for node in _top_level(tree) for name in _definitions(node))


def _definitions(node: ast.AST) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Lambda, ast.Name)):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


@lru_cache(maxsize=1024)
def bound(source: str) -> frozenset[str]:
    """All names that a cell gives a value at its top level: definitions, imports, assignments."""
    tree = parsed(source)
    names = set(defined(source))
    for node in _top_level(tree) if tree else ():
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    return frozenset(names)


@lru_cache(maxsize=1024)
def read(source: str) -> frozenset[str]:
    """All names that a cell looks up, at any depth."""
    tree = parsed(source)
    nodes = ast.walk(tree) if tree else ()
    return frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    )


def _top_level(tree: ast.AST) -> list[ast.AST]:
    """The nodes that are not inside a function or class."""
    nodes, waiting = [], [tree]  # no recursion: a stranger's code may be nested deep
    while waiting:
        for child in ast.iter_child_nodes(waiting.pop()):
            nodes.append(child)
            if not isinstance(child, _SCOPES):
                waiting.append(child)
    return nodes


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
                node.body = [one for one in body if not _is_text(one)]
        return ast.dump(tree)
    except (SyntaxError, ValueError, RecursionError, SystemError):
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

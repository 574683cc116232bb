"""What a code cell says without running it: the one place that parses cells, magics included.

`parsed` gives the syntax tree. Of the names, `defined` are the functions and classes that the cell defines, `bound`
all names of the notebook that it gives a value, `changed` those whose attributes or items it sets, and `read` those
that it looks up, from within its functions too.
"""

from __future__ import annotations

import ast
import re
import symtable
import textwrap
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

_MAX_PARSED = 200_000  # characters; nobody writes a cell as long as that
_CELL_MAGIC = re.compile(r"\A\s*%%[^\n]*(?:\n|\Z)")
# Lines that only IPython understands: magics and shell commands, also behind `x = `, and help. Possessive: a hostile
# text takes no longer than others.
_MAGIC_LINE = re.compile(
    r"^([ \t]*+(?:[\w., \t]++=[ \t]*+)?)[%!].*$|^([ \t]*+)(?:\?.*|\w[\w.]*+\?{1,2}[ \t]*+)$", re.MULTILINE
)
_DEFINITION = re.compile(r"^(?:async def|def|class)[ \t]+(\w+)", re.MULTILINE)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
# SystemError: Python 3.11 loses count of its depth when collected garbage parses too.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError, SystemError)


@lru_cache(maxsize=1024)
def parsed(source: str) -> ast.Module | None:
    """The cell's syntax tree, whatever it is indented by; None where it is no Python. Not to be changed.

    A line that only IPython understands becomes `...`; what stands under a cell magic is code.
    """
    found = _python(source)
    return found.tree if found else None


class _Python(NamedTuple):
    text: str
    tree: ast.Module
    magic: bool  # whether there were lines that only IPython understands


@lru_cache(maxsize=1024)
def _python(source: str) -> _Python | None:
    if len(source) > _MAX_PARSED:
        return None
    plain = _MAGIC_LINE.sub(r"\1\2...", _CELL_MAGIC.sub("", source))
    for text in dict.fromkeys((source, plain, textwrap.dedent(plain))):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return _Python(text, ast.parse(text), plain != source and text is not source)
        except UNPARSABLE:
            continue
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
def bound(source: str) -> frozenset[str]:
    """All names that a cell gives a value in the notebook: definitions, imports, assignments."""
    names = _names(source, lambda symbol: symbol.is_assigned() or symbol.is_imported())
    return defined(source) if names is None else names


@lru_cache(maxsize=1024)
def read(source: str) -> frozenset[str]:
    """All names that a cell looks up in the notebook, from within its functions too; of magics `get_ipython`."""
    names = _names(source, lambda symbol: symbol.is_referenced()) or frozenset()
    found = _python(source)
    return names | {"get_ipython"} if found and found.magic else names


@lru_cache(maxsize=1024)
def changed(source: str) -> frozenset[str]:
    """The names in front of `name.part = …` and `name[part] = …`, anywhere in a cell."""
    tree = parsed(source)
    return frozenset(name for node in ast.walk(tree) for name in _owner(node)) if tree else frozenset()


def _owner(node: ast.AST) -> Iterator[str]:
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        value: ast.expr = node
        while isinstance(value, (ast.Attribute, ast.Subscript)):
            value = value.value
        if isinstance(value, ast.Name):
            yield value.id


def has_scopes(source: str) -> bool:
    """Whether Python can tell whose a cell's names are: only then `bound` and `read` are complete."""
    return _scopes(source) is not None


def _names(source: str, wanted: Callable[[symtable.Symbol], bool]) -> frozenset[str] | None:
    """The wanted names that are the notebook's, not a function's own; None where the cell has no scopes."""
    tables = _scopes(source)
    if tables is None:
        return None
    return frozenset(
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if wanted(symbol) and (table.get_type() == "module" or symbol.is_global())
    )


@lru_cache(maxsize=1024)
def _scopes(source: str) -> tuple[symtable.SymbolTable, ...] | None:
    found = _python(source)
    if found is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tables = [symtable.symtable(found.text, "cell", "exec")]
    except UNPARSABLE:
        return None
    for table in tables:  # grows while it is walked
        tables += table.get_children()
    return tuple(tables)

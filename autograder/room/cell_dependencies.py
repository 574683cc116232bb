"""Which cells a graded run needs: all that a student wrote, the tests, and of the rest what these build on.

The other cells are the lab's own, as they were handed out: figures and long training that no mark depends on.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Callable, Iterable

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

# Characters of a cell, and its lines that may be magic: IPython takes quadratic time.
_LONG, _MANY = 50_000, 50
_MAGIC = re.compile(r"^[ \t]*[%!]|[?][ \t]*$|=[ \t]*[%!]", re.MULTILINE)
# Code that looks names up by text may need any of them.
_BY_TEXT = {"globals", "locals", "vars", "eval", "exec", "get_ipython", "__main__", "__builtins__"}


def cells_to_run(notebook: NotebookNode, release: NotebookNode) -> set[int]:
    """The indices of the code cells that have to run."""
    given = {_text(cell) for cell in release.cells if _is_given(cell)}
    code = [(index, cell) for index, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    needed = {index for index, cell in code if not _is_given(cell) or _text(cell) not in given}
    try:
        uses = {index: _used(cell.source) for index, cell in code}
        defines = {index: _defined(cell.source) for index, cell in code if index not in needed}
    except (SyntaxError, SystemError, ValueError, RuntimeError, MemoryError):  # whatever a parser may say
        return {index for index, _ in code}
    if any(uses[index] & _BY_TEXT for index in needed):
        return {index for index, _ in code}
    wanted = set().union(*(uses[index] for index in needed))
    while more := {index for index in defines.keys() - needed if defines[index] & wanted}:
        needed |= more
        wanted |= set().union(*(uses[index] for index in more))
    return needed


def _is_given(cell: NotebookNode) -> bool:
    """Whether it is one of the lab's cells for reading and looking: no exercise, no test, no settings."""
    marked = cell.metadata.get("nbgrader") or "setup" in cell.metadata.get("tags", [])
    return cell.cell_type == "code" and not marked


def _text(cell: NotebookNode) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in cell.source.strip().splitlines())


def _used(source: str) -> set[str]:
    """The notebook's names that the code reads, also from within its functions."""
    return set(_names(_tables(source), lambda symbol: symbol.is_referenced()))


def _defined(source: str) -> set[str]:
    """The notebook's names that the code binds or changes."""
    bound = _names(_tables(source), lambda symbol: symbol.is_assigned() or symbol.is_imported())
    changed = ast.walk(ast.parse(_plain(source)))
    return {*bound, *(name for node in changed for name in _owner(node))}


def _owner(node: ast.AST) -> Iterable[str]:
    """The name behind `name.part = …` and `name[part] = …`."""
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
        while isinstance(node, (ast.Attribute, ast.Subscript)):
            node = node.value
        if isinstance(node, ast.Name):
            yield node.id


def _tables(source: str) -> list[symtable.SymbolTable]:
    tables = [symtable.symtable(_plain(source), "cell", "exec")]
    for table in tables:
        tables += table.get_children()
    return tables


def _names(tables: list[symtable.SymbolTable], wanted: Callable[[symtable.Symbol], bool]) -> Iterable[str]:
    for table in tables:
        for symbol in table.get_symbols():
            if wanted(symbol) and (table.get_type() == "module" or symbol.is_global()):
                yield symbol.get_name()


def _plain(source: str) -> str:
    """Magics and shell lines as the Python that IPython makes of them. ValueError where that would take long."""
    if len(source) > _LONG or len(_MAGIC.findall(source)) > _MANY:
        raise ValueError("too long to look at")
    return TransformerManager().transform_cell(source)

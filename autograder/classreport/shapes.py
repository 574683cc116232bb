"""The shape of a cell: its code without the author's names, constants, comments and docstrings, as a set of pieces.

A piece is a run of a few tokens. What authors choose freely (their own names and attributes, constants) becomes a
placeholder; names from elsewhere (torch, nn.Linear, range) stay, since another name would be another meaning.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from autograder.cells.code import parsed

PIECE = 6  # tokens in a piece: about one call with its arguments


@lru_cache(maxsize=50_000)
def pieces(source: str) -> frozenset[int]:
    """The hashes of all pieces of a cell; also of code that is no valid Python."""
    tokens = tuple(_tokens(source))
    runs = (tokens[start : start + PIECE] for start in range(len(tokens) - PIECE + 1))
    return frozenset(map(hash, runs))


def _tokens(source: str) -> Iterator[str]:
    try:
        tree = parsed(source)
        if tree is not None:
            yield from _Shape(tree).tokens(tree)
            return
    except RecursionError:
        pass
    yield from re.findall(r"[^\W\d]\w*|[^\w\s]", re.sub(r"#.*", "", source))


class _Shape:
    """Turns a tree into tokens, in which the names that the cell itself defines are placeholders."""

    def __init__(self, tree: ast.AST) -> None:
        self.own: set[str] = set()
        self.own_attributes: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.own.add(node.id)
            elif isinstance(node, ast.arg):
                self.own.add(node.arg)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                self.own.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.own_attributes.add(node.attr)

    def tokens(self, node: ast.AST) -> Iterator[str]:
        """A node's token, then those of its children, then a closing one after statements and calls."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # docstrings, and other strings that do nothing
        if isinstance(node, (ast.expr_context, ast.alias, ast.Load)):
            return
        yield self._token(node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_comment"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self.tokens(child)
        if isinstance(node, (ast.stmt, ast.Call)):
            yield "."

    def _token(self, node: ast.AST) -> str:
        if isinstance(node, ast.Name):
            return "own" if node.id in self.own else node.id
        if isinstance(node, ast.Attribute):
            return ".own" if node.attr in self.own_attributes else f".{node.attr}"
        if isinstance(node, ast.Constant):
            return "number" if isinstance(node.value, (int, float)) else type(node.value).__name__
        if isinstance(node, ast.keyword):
            return f"{node.arg}="
        return "Assign" if isinstance(node, ast.AnnAssign) else type(node).__name__

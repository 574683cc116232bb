"""Puts cells that were split together again: JupyterLab gives both halves the same grade_id."""

from __future__ import annotations

from itertools import groupby

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in
from autograder.intake.form import Form
from autograder.intake.pieces import Piece


def join_halves(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The pieces, with those joined that stand beside each other under one grade_id and belong together."""
    joined: list[Piece] = []
    for name, group in groupby(pieces, key=lambda piece: piece.name):
        if name in form.named and name not in form.locked:
            joined += _joined(list(group), name or "", form.named[name or ""], notes)
        else:
            joined += group
    return joined


def _joined(group: list[Piece], name: str, released: NotebookNode, notes: list[str]) -> list[Piece]:
    found: list[list[Piece]] = []
    for piece in group:
        if found and _belong_together(found[-1], piece, released):
            found[-1].append(piece)
        else:
            found.append([piece])
    whole = []
    for halves in found:
        whole.append(halves[0].with_text(_together([half.text for half in halves], released)))
        if len(halves) > 1:
            notes.append(f"The cell {name} had been split in {len(halves)}; it was put together again.")
    return whole


def _together(texts: list[str], released: NotebookNode) -> str:
    """The halves as one text: with a blank line between whole statements, else as they were cut."""
    if len(texts) == 1:
        return texts[0]
    whole = released.cell_type != "code" or all(parsed(text) is not None for text in texts)
    return ("\n\n" if whole else "\n").join(text.strip("\n") for text in texts)


def _belong_together(first: list[Piece], second: Piece, released: NotebookNode) -> bool:
    texts = [piece.text for piece in (*first, second)]
    if not all(filled_in(piece.cell, released) for piece in (*first, second)):
        return False
    if released.cell_type != "code":
        return len(set(texts)) == len(texts)
    halves = parsed(second.text) is None or any(parsed(text) is None for text in texts[:-1])
    apart = not defined(second.text) & frozenset().union(*(defined(piece.text) for piece in first))
    return (apart or halves) and parsed(_together(texts, released)) is not None

"""Finds out which pieces are the lab's cells where their grade_ids are lost or swapped: by text, definition, place."""

from __future__ import annotations

from autograder.cells.code import bound, defined, parsed
from autograder.cells.compare import words
from autograder.cells.metadata import grade_id
from autograder.intake.form import Form
from autograder.intake.pieces import Piece


def recognise(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The pieces, with grade_ids by what they hold: one each for what no other piece claims to be."""
    pieces = _unswapped(pieces, form, notes)
    taken = {piece.name for piece in pieces} & form.named.keys()
    recognised, above = [], None
    for piece in pieces:
        name = piece.name
        if name not in form.named:
            name = _locked(piece, form) or exercise_of(piece, form) or _question(piece, above, form)
            if name and name not in taken:
                taken.add(name)
                piece = piece.with_name(name)
                notes.append(f"The cell {name} had lost its metadata; it was recognised by its content.")
        above = name
        recognised.append(piece)
    return recognised


def _locked(piece: Piece, form: Form) -> str | None:
    """The locked cell whose text this is."""
    theirs = words(piece.text)
    return next((name for name, cell in form.locked.items() if words(cell.source) == theirs), None)


def exercise_of(piece: Piece, form: Form) -> str | None:
    """The one exercise that a piece is the solution of; in Markdown and raw cells only where all of it is code.

    None where it defines what several exercises ask for: moved to the place of one, it might come too early or too
    late for the others. None for a cell that was handed out and that the student wrote more into, such as imports.
    """
    if (not piece.is_code and parsed(piece.text) is None) or _is_extended(piece, form):
        return None
    names = defined(piece.text)
    found = [exercise.name for exercise in form.lab.exercises if names & set(exercise.defined)]
    return found[0] if len(found) == 1 else None


def _is_extended(piece: Piece, form: Form) -> bool:
    """Whether it is one of the cells without a grade_id, and still gives all names that this one gives."""
    for cell in form.handed_out.values():
        if cell.id == piece.cell.id and cell.cell_type == "code" and not grade_id(cell):
            return bool(bound(cell.source)) and bound(cell.source) <= bound(piece.text)
    return False


def _question(piece: Piece, above: str | None, form: Form) -> str | None:
    """The question whose text stands right above a piece that is no code."""
    if piece.is_code:
        return None
    return next((question for question in form.lab.questions if above == f"{question}_text"), None)


def _unswapped(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """Where grade_ids contradict what the pieces hold, follow the contents."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        if piece.name in form.named:
            first.setdefault(piece.name or "", piece)
    better: dict[str, str] = {}
    above = None
    for piece in pieces:
        name = right = piece.name
        if name and first.get(name) is piece:
            right = _by_content(piece, name, above, form)
            if right != name and right not in better.values():
                better[name] = right
        above = right
    renamed = _free(better, set(first))
    notes += [
        f"The cell {right} had the grade_id {name}; its content decides." for name, right in renamed.items()
    ]
    return [
        piece.with_name(renamed[piece.name])
        if piece.name in renamed and first[piece.name] is piece
        else piece
        for piece in pieces
    ]


def _by_content(piece: Piece, name: str, above: str | None, form: Form) -> str:
    if name in form.locked:
        return _locked(piece, form) or name
    if name in form.exercises and not set(form.exercises[name].defined) & defined(piece.text):
        return exercise_of(piece, form) or name
    if name in form.lab.questions:
        return _question(piece, above, form) or name
    return name


def _free(better: dict[str, str], taken: set[str]) -> dict[str, str]:
    """The new names that no piece has, or only one that gets another."""
    while True:
        kept = {name: right for name, right in better.items() if right in better or right not in taken}
        if kept == better:
            return kept
        better = kept


def retype(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The lab's cells with the type that they were handed out with."""
    retyped = []
    for piece in pieces:
        released = form.named.get(piece.name or "")
        if released is not None and piece.cell.cell_type != released.cell_type:
            piece = piece.with_type(released.cell_type)
            notes.append(f"The cell {piece.name} had another type; it is {released.cell_type} again.")
        retyped.append(piece)
    return retyped

"""Leaves one piece for each of the lab's cells where there are copies, stubs, or a solution in another cell."""

from __future__ import annotations

from autograder.cells.compare import filled_in, words
from autograder.intake.form import Form
from autograder.intake.pieces import Piece
from autograder.intake.recognition import exercise_of
from autograder.marking.exercise import Exercise


def drop_duplicates(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """Of several pieces with the same grade_id the first that is filled in counts.

    What a further one defines would undo it and goes; what else a student wrote in it stays, without a grade_id.
    """
    groups: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.name in form.named:
            groups.setdefault(piece.name or "", []).append(piece)
    instead: dict[Piece, Piece | None] = {}
    for name, group in groups.items():
        if len(group) > 1:
            kept = _that_counts(group, name, form)
            for piece in group:
                if piece is not kept:
                    instead[piece] = piece.with_name(None) if _is_own_work(piece, kept, form) else None
            reason = "one is kept" if name in form.locked else "the first that is filled in counts"
            notes.append(f"The cell {name} is there {len(group)} times; {reason}.")
    return [left for piece in pieces if (left := instead.get(piece, piece)) is not None]


def _that_counts(group: list[Piece], name: str, form: Form) -> Piece:
    wanted = name not in form.locked  # of a locked cell the first that is as it was handed out
    return next((piece for piece in group if filled_in(piece.cell, form.named[name]) == wanted), group[0])


def _is_own_work(piece: Piece, kept: Piece, form: Form) -> bool:
    released = form.named[piece.name or ""]
    if piece.name in form.locked or not filled_in(piece.cell, released):
        return False
    return words(piece.text) != words(kept.text) and not piece.defined & kept.defined


def drop_stubs(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """Without empty copies of solution cells that have no grade_id: they would undo the definition when they run."""
    there = {piece.name for piece in pieces} & form.exercises.keys()
    left = []
    for piece in pieces:
        own = piece.name not in form.named and piece.is_code and piece.text.strip()
        if own and any(not filled_in(piece.cell, form.named[name]) for name in there if name):
            notes.append("An empty copy of a solution cell was left out.")
        else:
            left.append(piece)
    return left


def adopt(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """Where a solution cell is as it was handed out, or gone, a piece elsewhere that defines the same counts."""
    for exercise in form.lab.exercises:
        own = next((piece for piece in pieces if piece.name == exercise.name), None)
        if own and (filled_in(own.cell, form.named[exercise.name]) or not own.text.strip()):
            continue
        found = _elsewhere(pieces, form, exercise)
        if not found:
            continue
        if own:
            notes.append(f"The cell {exercise.name} was as it was handed out; a definition elsewhere counts.")
        heir = found[0] if len(found) == 1 and found[0].name not in form.named else None
        if heir and exercise_of(heir, form) != exercise.name:
            heir = None
        pieces = [
            piece.with_name(exercise.name) if piece is heir else piece for piece in pieces if piece is not own
        ]
    return pieces


def _elsewhere(pieces: list[Piece], form: Form, exercise: Exercise) -> list[Piece]:
    """For each of the exercise's names the first piece that defines it and is not the exercise's own; all or none."""
    others = [piece for piece in pieces if piece.name != exercise.name and piece.name not in form.locked]
    found = [next((piece for piece in others if name in piece.defined), None) for name in exercise.defined]
    return list(dict.fromkeys(piece for piece in found if piece)) if all(found) else []

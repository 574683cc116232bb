"""Cells that were merged into one, and what a student wrote into a cell that is not theirs."""

from __future__ import annotations

import re

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in, words
from autograder.intake.form import Form
from autograder.intake.pieces import Piece


def take_apart(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """Where cells were merged, get the lab's locked cells out of them, and what the student wrote beside them."""
    apart: list[Piece] = []
    for number, piece in enumerate(pieces):
        elsewhere = {other.name for other in (*apart, *pieces[number + 1 :])}
        inside = {
            name: cell.source.strip()
            for name, cell in form.locked.items()
            if (name == piece.name or name not in elsewhere) and cell.source.strip() in piece.text
        }
        apart += _parts(piece, form, inside, notes)
    return apart


def _parts(piece: Piece, form: Form, inside: dict[str, str], notes: list[str]) -> list[Piece]:
    if piece.name in form.locked and form.is_untouched(piece.name, piece.text):
        return [piece]
    cut = _cut(piece.text, inside)
    held = [name for name, _ in cut if name]
    if len(cut) < 2 or not held or (piece.name in form.locked and piece.name not in held):
        return [piece]
    notes.append(
        f"{f'The cell {piece.name}' if piece.name in form.named else 'A cell'} held {' and '.join(held)} as well; "
        "they were taken apart."
    )
    heir = _heir(piece, form, [text for name, text in cut if name is None])
    parts = []
    for number, (name, text) in enumerate(cut):
        own = piece.name if name is None and text == heir else None
        kind = form.locked[name].cell_type if name else _kind(piece, text)
        parts.append(piece.part(text, f"part-{number}", name=name or own, cell_type=kind))
        heir = None if own else heir
    return parts


def _cut(text: str, inside: dict[str, str]) -> list[tuple[str | None, str]]:
    """A text cut at the locked texts in it: (grade_id or None, text)."""
    if not inside:
        return [(None, text)]
    pattern = "^(" + "|".join(map(re.escape, inside.values())) + ")[ \t]*$"
    names = {text: name for name, text in inside.items()}
    cut = re.split(pattern, text, flags=re.MULTILINE)
    return [(names.get(part), part.strip("\n")) for part in cut if part.strip()]


def _heir(piece: Piece, form: Form, free: list[str]) -> str | None:
    """The part that keeps the cell's own grade_id: the one that defines what it should, else the first."""
    if piece.name in form.locked or not free:
        return None
    wanted = set(form.exercises[piece.name].defined) if piece.name in form.exercises else set()
    return next((text for text in free if wanted & defined(text)), free[0])


def _kind(piece: Piece, text: str) -> str:
    """Prose that was merged with code is no code."""
    return "markdown" if piece.is_code and parsed(text) is None else str(piece.cell.cell_type)


def restore_locked(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The locked pieces with the course's text; what a student wrote in its place, a definition or an answer, apart."""
    restored: list[Piece] = []
    emptied: list[Piece] = []
    for piece in pieces:
        name = piece.name
        if name not in form.locked or name is None:
            restored.append(piece)
            continue
        ours = piece.with_text(form.full[name].source)
        answer, definition = _answer(piece, form), _definition(piece, form)
        if answer:
            question = name.removesuffix("_text")
            there = [other for other in (*pieces, *restored) if other.name == question]
            free = not any(filled_in(other.cell, form.named[question]) for other in there)
            emptied += there if free else []
            restored += [ours, answer.with_name(question if free else None)]
            notes.append(f"What stood in the cell {name} was moved behind it.")
        elif definition:
            restored += [definition, ours]
            notes.append(f"The cell {name} held a definition; it was moved into a cell of its own.")
        else:
            restored.append(ours)
        if not form.is_untouched(name, piece.text):
            notes.append(f"The cell {name} was edited; the one that was handed out is used.")
    return [piece for piece in restored if piece not in emptied]


def _answer(piece: Piece, form: Form) -> Piece | None:
    """What was written in place of a question's text, rather than touching it up."""
    name = piece.name or ""
    about_a_question = name.endswith("_text") and name.removesuffix("_text") in form.lab.questions
    if piece.cell.cell_type != "markdown" or not about_a_question or not piece.text.strip():
        return None
    theirs = set(words(piece.text))
    near = [set(words(cell.source)) for cell in (form.locked[name], form.full[name])]
    if any(len(theirs & text) > 0.7 * len(theirs | text) for text in near):
        return None
    return piece.part(piece.text, "rescued", cell_type="markdown")


def _definition(piece: Piece, form: Form) -> Piece | None:
    """What was written into a locked cell that an exercise asks for."""
    if form.is_untouched(piece.name or "", piece.text) or not form.definitions & defined(piece.text):
        return None
    return piece.part(piece.text, "rescued", cell_type="code")

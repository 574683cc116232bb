"""What only a person can sort out: another lab's notebook, several labs in one, definitions among prose."""

from __future__ import annotations

import re

from autograder.cells.code import defined
from autograder.errors import NeedsAttention
from autograder.intake.form import Form
from autograder.intake.pieces import Piece

_CHECK = re.compile(r"""^check\(["'](\w+)\.\w+["']\)""", re.MULTILINE)


def refuse_other_labs(pieces: list[Piece], form: Form) -> None:
    """NeedsAttention where test cells of another lab are in it."""
    lab = form.lab.name
    labs = [name for piece in pieces for name in _CHECK.findall(piece.code)]
    others = sorted({name for name in labs if name != lab and labs.count(name) > 1})
    if others and lab in labs:
        raise NeedsAttention(
            f"It holds cells of several labs: {lab} and {', '.join(others)}. Ask for a notebook of each."
        )
    if others:
        raise NeedsAttention(
            f"This is not a notebook of the lab {lab}, but of {', '.join(others)}. Was another lab handed in?"
        )


def refuse_strangers(pieces: list[Piece], form: Form) -> None:
    """NeedsAttention where too little of it is this lab's."""
    found = {piece.name for piece in pieces if piece.name}
    known, strange = found & form.named.keys(), found - form.named.keys()
    written = {
        exercise.name
        for exercise in form.lab.exercises
        if any(piece.defined & set(exercise.defined) for piece in pieces)
    }
    if len(known | written) <= len(strange) or not known | written:
        raise NeedsAttention(
            f"This is not a notebook of the lab {form.lab.name}: it has {len(known)} of its "
            f"{len(form.named)} cells with a grade_id and {len(strange)} of something else. Was another lab handed in?"
        )


def refuse_code_among_prose(pieces: list[Piece], form: Form) -> None:
    """NeedsAttention where what an exercise asks for stands nowhere but in a cell of prose."""
    written = frozenset().union(*(piece.defined for piece in pieces))
    missing = [exercise for exercise in form.lab.exercises if not written & set(exercise.defined)]
    for piece in pieces:
        if piece.is_code or piece.name in form.named:
            continue
        names = defined(piece.text)
        lost = [exercise.name for exercise in missing if names & set(exercise.defined)]
        if lost:
            raise NeedsAttention(
                f"{', '.join(lost)} stands among prose, in a cell that is no code. "
                "Ask for the notebook with code and text in cells of their own."
            )

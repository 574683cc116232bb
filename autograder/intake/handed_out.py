"""Imports and helpers that were handed out, and that solutions use, come back where they are gone or can't run."""

from __future__ import annotations

import builtins
import re
from dataclasses import replace
from functools import cache
from importlib.util import find_spec

from autograder.cells.code import bound, parsed, read
from autograder.intake.form import Form
from autograder.intake.matching import Matching
from autograder.intake.pieces import Piece


def put_back(matching: Matching, form: Form, notes: list[str]) -> Matching:
    """The matching with the code that has to be put back, and the student's own that has to be code again."""
    handed_out = {place: cell.source for place, cell in form.handed_out.items() if cell.cell_type == "code"}
    while True:
        missing = _missing(matching, form)
        gone = (place for place in handed_out if place not in matching.put_back)
        place = next((place for place in gone if bound(handed_out[place]) & missing), None)
        retyped = next((piece for piece in matching.pieces if _gives(piece, missing, form)), None)
        if place is not None:
            matching = _with_put_back(matching, place)
            first = handed_out[place].splitlines()[0][:40]
            notes.append(f"The cell that begins with `{first}` was gone, or can't run here; it was put back.")
        elif retyped is not None:
            matching = _as_code(matching, retyped)
            notes.append(f"{retyped.first_line} defines what a solution uses; it is a code cell again.")
        else:
            return matching


def _with_put_back(matching: Matching, place: int) -> Matching:
    """What the student made of that cell is their own then."""
    places = {piece: other for piece, other in matching.places.items() if other != place}
    return replace(matching, places=places, put_back=(*matching.put_back, place))


def _missing(matching: Matching, form: Form) -> frozenset[str]:
    """The names that cells use on which marks depend, and that no cell gives."""
    ours = [
        cell.source for name, cell in form.full.items() if name in form.locked and cell.cell_type == "code"
    ]
    ours += [form.handed_out[place].source for place in matching.put_back]
    theirs = [piece for piece in matching.pieces if piece.is_code and piece.name not in form.locked]
    known = frozenset(dir(builtins)).union(
        *(bound(code) for code in (*ours, *(piece.text for piece in theirs)) if not _is_fragile(code))
    )
    counting = [piece.text for piece in theirs if counts(piece, form)]
    return frozenset().union(*(read(code) for code in (*ours, *counting))) - known


def counts(piece: Piece, form: Form) -> bool:
    """Whether marks depend on what a piece uses: the lab's cell, or one that gives what an exercise asks for."""
    return piece.name in form.named or bool(form.definitions & bound(piece.code))


def _gives(piece: Piece, missing: frozenset[str], form: Form) -> bool:
    """Whether it would give missing names, were it a code cell."""
    if piece.is_code or piece.name in form.named or parsed(piece.text) is None:
        return False
    return bool(bound(piece.text) & missing)


def _as_code(matching: Matching, retyped: Piece) -> Matching:
    code = retyped.with_type("code")
    pieces = tuple(code if piece is retyped else piece for piece in matching.pieces)
    places = {code if piece is retyped else piece: place for piece, place in matching.places.items()}
    return replace(matching, pieces=pieces, places=places)


def _is_fragile(code: str) -> bool:
    """Whether a cell imports what is not there when it is graded: what stands behind that may not get its value."""
    return any(_absent(root) for root in re.findall(r"^(?:import|from)[ \t]+(\w+)", code, re.MULTILINE))


@cache
def _absent(root: str) -> bool:
    try:
        return find_spec(root) is None
    except (ImportError, ValueError, AttributeError):
        return True

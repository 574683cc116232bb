"""Where each cell of a repaired notebook stands.

The lab's cells stand in the release's order, and the student's own behind those that they stood behind. Two things
may stand further back: a test, where the definition that it tests does; and the student's own definitions, behind
the imports and helpers that were put back for them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import NamedTuple

from autograder.cells.code import bound, read
from autograder.intake.form import Form
from autograder.intake.handed_out import counts
from autograder.intake.matching import Matching
from autograder.intake.pieces import Piece


class Key(NamedTuple):
    """What cells are sorted by: the place in the release, in it the student's order, then tests that follow a cell."""

    place: int
    number: int = -1
    test: int = -1


def piece_keys(matching: Matching, form: Form) -> dict[Piece, Key]:
    """A key for each piece."""
    keys: dict[Piece, Key] = {}
    last = -1
    for index, piece in enumerate(matching.pieces):
        place = matching.places.get(piece)
        if place is None:
            last = max(last, *_put_back_for(piece, matching, form))
            keys[piece] = Key(last, index)
            continue
        keys[piece] = Key(place)
        # Behind a test that stands further back the student's own stays there.
        exercise = form.tests.get(piece.name or "")
        tested = (
            [keys[other].place for other in matching.defining(exercise) if other in keys] if exercise else []
        )
        last = max(place, *tested, -1)
    for name in form.tests:
        test = matching.named(name)
        if test:
            keys[test] = key_of_test(name, keys, matching, form)
    return keys


def _put_back_for(piece: Piece, matching: Matching, form: Form) -> list[int]:
    used = read(piece.code) if counts(piece, form) else frozenset()
    return [-1, *(place for place in matching.put_back if bound(form.handed_out[place].source) & used)]


def key_of_test(name: str, keys: dict[Piece, Key], matching: Matching, form: Form) -> Key:
    """The place of a test cell, or right behind the last piece that defines what it tests."""
    own = Key(form.places[name])
    latest = max((keys[piece] for piece in matching.defining(form.tests[name])), default=own)
    return own if latest <= own else Key(latest.place, latest.number, own.place)


def note_order(matching: Matching, form: Form, notes: list[str]) -> None:
    """Say which cells stood in another order than they were handed out in, as far as it matters."""
    placed = [piece for piece in matching.pieces if _holds_names(piece, matching, form)]
    moved = _out_of_order([matching.places[piece] for piece in placed])
    if moved:
        names = ", ".join(placed[index].name or placed[index].first_line for index in moved)
        notes.append(f"Cells stood in another order than they were handed out in; put back: {names}.")
        return
    index = {piece: number for number, piece in enumerate(matching.pieces)}
    for name, exercise in form.tests.items():
        test, behind = matching.named(name), matching.defining(exercise)
        if test and behind and index[test] < max(index[piece] for piece in behind):
            notes.append(f"The cell {name} stood before its solution; it was moved behind it.")


def _holds_names(piece: Piece, matching: Matching, form: Form) -> bool:
    """Whether it is one of the lab's cells on which others depend."""
    if piece not in matching.places or not piece.is_code or piece.name in form.locked:
        return False
    return bool(piece.defined) or re.search(r"^(import|from) ", piece.text, re.MULTILINE) is not None


def _out_of_order(ranks: list[int]) -> list[int]:
    """The indices that a longest increasing run of the others leaves out."""
    ends: list[int] = []
    lengths = []
    for rank in ranks:
        place = bisect_left(ends, rank)
        ends[place : place + 1] = [rank]
        lengths.append(place + 1)
    kept: set[int] = set()
    wanted = len(ends)
    for index in range(len(ranks) - 1, -1, -1):
        if lengths[index] == wanted and (not kept or ranks[index] < ranks[min(kept)]):
            kept.add(index)
            wanted -= 1
    return [index for index in range(len(ranks)) if index not in kept]

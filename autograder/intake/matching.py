"""Which piece stands for which of the release's cells; data only, which `fill` makes a notebook of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from autograder.cells.compare import words
from autograder.intake.form import Form
from autograder.intake.pieces import Piece
from autograder.marking.exercise import Exercise


@dataclass(frozen=True)
class Matching:
    """The student's pieces in their order; the place in the release of those that are the lab's cells.

    The others are the student's own. `put_back` are the places of code that was handed out, that marks depend on,
    and that is gone or can't run: no piece stands for these.
    """

    pieces: tuple[Piece, ...]
    places: dict[Piece, int]
    put_back: tuple[int, ...] = ()

    def named(self, name: str) -> Piece | None:
        """The piece that stands for the cell with that grade_id."""
        return next((piece for piece in self.places if piece.name == name), None)

    def defining(self, exercise: Exercise) -> list[Piece]:
        """The pieces that define an exercise's names: its own cell, and for each name not in it the first other."""
        own = self.named(exercise.name)
        found = [own] if own else []
        for name in exercise.defined:
            if own is None or name not in own.defined:
                others = (piece for piece in self.pieces if piece is not own and name in piece.defined)
                found += [piece for piece in [next(others, None)] if piece]
        return found


def match(pieces: list[Piece], form: Form) -> Matching:
    """Each named piece to its cell; the others to the cells without a grade_id, by text and by id.

    There is at most one piece of a name. The text counts before the id, and a cell that has both before others.
    """
    places = {piece: form.places[piece.name] for piece in pieces if piece.name in form.places and piece.name}
    by_id = {cell.id: place for place, cell in form.handed_out.items()}
    by_text: dict[tuple[str, ...], list[int]] = {}
    for place, cell in form.handed_out.items():
        by_text.setdefault(words(cell.source), []).append(place)
    rules: tuple[Callable[[Piece], list[int]], ...] = (
        lambda piece: [
            place for place in by_text.get(words(piece.text), ()) if place == by_id.get(piece.cell.id)
        ],
        lambda piece: by_text.get(words(piece.text), []),
        lambda piece: [by_id[piece.cell.id]] if piece.cell.id in by_id else [],
    )
    for rule in rules:
        for piece in pieces:
            free = [place for place in rule(piece) if place not in places.values()]
            if piece not in places and free:
                places[piece] = free[0]
    return Matching(tuple(pieces), places)

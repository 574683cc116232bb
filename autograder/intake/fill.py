"""Fills a fresh copy of the release from the matching, and puts in what is the student's own besides.

Texts of locked cells, points, flags and types come from the course, so that nothing needs to be put right afterwards.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.cells.metadata import grade_id, is_locked
from autograder.intake.form import Form
from autograder.intake.matching import Matching
from autograder.intake.order import Key, key_of_test, note_order, piece_keys
from autograder.intake.pieces import Piece, free_id


def fill(matching: Matching, form: Form, notes: list[str]) -> list[NotebookNode]:
    """The cells of the repaired notebook, in order."""
    keys = piece_keys(matching, form)
    note_order(matching, form, notes)
    found = [
        (key, _in_place(piece, matching.places[piece], form))
        for piece, key in keys.items()
        if piece in matching.places
    ]
    found += [(Key(place), deepcopy(form.release.cells[place])) for place in matching.put_back]
    found += _missing(keys, matching, form, notes)
    taken = {cell.id for cell in form.release.cells}
    for piece in matching.pieces:
        if piece not in matching.places:
            own = NotebookNode(piece.cell, id=free_id(piece.cell.id, taken))
            taken.add(own.id)
            found.append((keys[piece], own))
    return [cell for _, cell in sorted(found, key=lambda entry: entry[0])]


def _in_place(piece: Piece, place: int, form: Form) -> NotebookNode:
    """The student's cell under the released one's id; a locked cell is the course's."""
    released = form.release.cells[place]
    if piece.name in form.locked:
        return _course_s(place, form)
    cell = NotebookNode(piece.cell, id=released.id)
    if grade_id(released):
        cell.metadata = NotebookNode(cell.metadata, nbgrader=NotebookNode(released.metadata.nbgrader))
    return cell


def _course_s(place: int, form: Form) -> NotebookNode:
    """The course's cell for a place in the release: the locked ones with their hidden part."""
    released = form.release.cells[place]
    cell = deepcopy(form.full[released.metadata.nbgrader.grade_id] if is_locked(released) else released)
    cell.id = released.id
    cell.metadata = NotebookNode(nbgrader=NotebookNode(released.metadata.nbgrader))
    if is_locked(released):
        cell.metadata.nbgrader.checksum = compute_checksum(cell)
    return cell


def _missing(
    keys: dict[Piece, Key], matching: Matching, form: Form, notes: list[str]
) -> list[tuple[Key, NotebookNode]]:
    """The locked cells and questions that are gone.

    A missing solution cell stays away: its definition may stand in another cell, which a stub would undo.
    """
    found = []
    for name, place in form.places.items():
        if matching.named(name):
            continue
        if name in form.locked or name in form.lab.questions:
            key = key_of_test(name, keys, matching, form) if name in form.tests else Key(place)
            found.append((key, _course_s(place, form)))
            notes.append(f"The cell {name} was missing; it was put back.")
        else:
            elsewhere = name in form.exercises and matching.defining(form.exercises[name])
            where = " Its definition stands in another cell." if elsewhere else ""
            notes.append(f"The cell {name} is missing.{where}")
    return found

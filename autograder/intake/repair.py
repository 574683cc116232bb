"""Puts a submission into the lab's form: whatever a student's notebook went through, what is graded is the course's.

A student's notebook may have cells edited, deleted, duplicated, moved, merged, split, retyped or stripped of their
metadata. It is not mended in place; a fresh release is filled from it, in three stages:

1. **Pieces** (`cleaning`, `merged`, `recognition`, `halves`). Each step makes a new list of pieces, on which the next
   relies. Texts come first, since all the others read them; then merged cells are taken apart, so that a piece is one
   thing; then each gets the grade_id that it should have, which tells what was written into a locked cell, what has
   another type, and which halves belong together.
2. **Matching** (`duplicates`, `matching`, `handed_out`). For each of the release's cells the one piece that counts. The
   other pieces are the student's own, or say nothing and are left out.
3. **Filling** (`order`, `fill`). Order, locked texts, points and flags come from the course by construction, and the
   student's own cells stand behind those that they stood behind.

Each step says in a note what it did, and nothing of the student's own is lost. What only a person can sort out is
NeedsAttention (`refusals`).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from autograder.intake.cleaning import clean
from autograder.intake.duplicates import adopt, drop_duplicates, drop_stubs
from autograder.intake.fill import fill
from autograder.intake.form import Form
from autograder.intake.halves import join_halves
from autograder.intake.handed_out import put_back
from autograder.intake.matching import Matching, match
from autograder.intake.merged import restore_locked, take_apart
from autograder.intake.pieces import Piece, pieces_of
from autograder.intake.recognition import recognise, retype
from autograder.intake.refusals import refuse_code_among_prose, refuse_other_labs, refuse_strangers
from autograder.marking.exercise import Lab


@dataclass(frozen=True)
class Repaired:
    """A notebook that can be graded, and notes on what was done to it."""

    notebook: NotebookNode
    notes: tuple[str, ...]


def repair(notebook: NotebookNode, source: NotebookNode, release: NotebookNode, lab: Lab) -> Repaired:
    """The release of a lab, filled from a student's notebook, which stays as it is.

    Raises NeedsAttention where it is not this lab's notebook, or where a person has to decide what counts.
    """
    form = Form(lab, source, release)
    notes: list[str] = []
    pieces = _sorted_out(pieces_of(notebook), form, notes)
    cells = fill(_matched(pieces, form, notes), form, notes)
    return Repaired(new_notebook(cells=cells, metadata=deepcopy(notebook.metadata)), tuple(notes))


def _sorted_out(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The pieces with sound texts, and the grade_ids that they should have."""
    refuse_other_labs(pieces, form)
    pieces = clean(pieces, form, notes)
    pieces = take_apart(pieces, form, notes)
    pieces = recognise(pieces, form, notes)
    refuse_strangers(pieces, form)
    pieces = restore_locked(pieces, form, notes)
    pieces = retype(pieces, form, notes)
    refuse_code_among_prose(pieces, form)
    return join_halves(pieces, form, notes)


def _matched(pieces: list[Piece], form: Form, notes: list[str]) -> Matching:
    """What counts, and for which of the release's cells."""
    pieces = drop_duplicates(pieces, form, notes)
    pieces = drop_stubs(pieces, form, notes)
    pieces = adopt(pieces, form, notes)
    return put_back(match(pieces, form), form, notes)

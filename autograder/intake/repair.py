"""Puts a submission back into the lab's form: test cells, points and flags always come from the course.

A student's notebook may have cells edited, deleted, duplicated, moved, merged, split, retyped or stripped of their
metadata. What is repaired is said in a note; nothing of the student's own is lost. What only a person can sort out
is NeedsAttention.
"""

from __future__ import annotations

import builtins
import re
from bisect import bisect_left
from copy import deepcopy
from functools import cache
from importlib.util import find_spec

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.cells.code import bound, defined, parsed, read
from autograder.cells.compare import words
from autograder.cells.edit import change_type, new_cell
from autograder.cells.metadata import grade_id, set_grade_id
from autograder.errors import NeedsAttention
from autograder.intake.cleaning import clean
from autograder.intake.duplicates import adopt, drop_duplicates, join_halves
from autograder.intake.matching import (
    Case,
    as_code,
    defining,
    recognise,
    refuse_other_labs,
    refuse_strangers,
)
from autograder.intake.merged import rescue, take_apart
from autograder.marking.exercise import Lab

__all__ = ["NeedsAttention", "repair"]


def repair(notebook: NotebookNode, source: NotebookNode, release: NotebookNode, lab: Lab) -> list[str]:
    """Repair a notebook in place; returns the notes. NeedsAttention where it is not this lab's notebook."""
    ours = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    full = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    given = [cell for cell in release.cells if cell.cell_type == "code" and not grade_id(cell)]
    case = Case(notebook, lab, ours, full, given)
    refuse_other_labs(case)
    clean(notebook, ours, {name for one in lab.exercises for name in one.defined}, case.notes)
    take_apart(case)
    recognise(case)
    refuse_strangers(case)
    rescue(case)
    as_code(case)
    join_halves(case)
    drop_duplicates(case)
    adopt(case)
    _restore_sequence(case, release)
    _restore_locked(case)
    _restore_missing(case)
    _restore_given(case, release)
    _move_tests(case)
    _restore_metadata(case)
    return case.notes


def _restore_sequence(case: Case, release: NotebookNode) -> None:
    """Cells that were moved go back to their place, and the student's own stay behind those that they stood behind."""
    places = _released_places(case, release)
    marked = [cell for cell in case.notebook.cells if _holds_names(case, cell, places)]
    ranks = [places[cell.id] for cell in marked]
    moved = _out_of_order(ranks)
    if not moved:
        return
    keys, last = [], -1
    for cell in case.notebook.cells:
        last = places.get(cell.id, last)
        keys.append(last)
    order = sorted(range(len(keys)), key=keys.__getitem__)
    case.notebook.cells = [case.notebook.cells[index] for index in order]
    names = ", ".join(_said(case, marked[index]) for index in moved)
    case.notes.append(f"Cells stood in another order than they were handed out in; put back: {names}.")


def _said(case: Case, cell: NotebookNode) -> str:
    return grade_id(cell) if grade_id(cell) in case.ours else f"`{cell.source.strip().splitlines()[0][:40]}`"


def _holds_names(case: Case, cell: NotebookNode, places: dict[str, int]) -> bool:
    """Whether it is one of the lab's cells on which others depend."""
    if cell.id not in places or cell.cell_type != "code" or grade_id(cell) in case.locked:
        return False
    return bool(defined(cell.source)) or re.search(r"^(import|from) ", cell.source, re.MULTILINE) is not None


def _released_places(case: Case, release: NotebookNode) -> dict[str, int]:
    """For the ids of cells that are the release's: where they stand in it."""
    by_name = {grade_id(cell): index for index, cell in enumerate(release.cells) if grade_id(cell)}
    by_id = {cell.id: index for index, cell in enumerate(release.cells)}
    by_text = {words(cell.source): index for index, cell in enumerate(release.cells)}
    places = {}
    for cell in case.notebook.cells:
        name = grade_id(cell)
        place = by_name.get(name) if name else by_text.get(words(cell.source), by_id.get(cell.id))
        if place is not None:
            places[cell.id] = place
    return places


def _out_of_order(ranks: list[int]) -> list[int]:
    """The indices that a longest increasing run of the others leaves out."""
    ends: list[int] = []
    lengths = []
    for rank in ranks:
        place = bisect_left(ends, rank)
        ends[place : place + 1] = [rank]
        lengths.append(place + 1)
    kept, wanted = set(), len(ends)
    for index in range(len(ranks) - 1, -1, -1):
        if lengths[index] == wanted and (not kept or ranks[index] < ranks[min(kept)]):
            kept.add(index)
            wanted -= 1
    return [index for index in range(len(ranks)) if index not in kept]


def _restore_locked(case: Case) -> None:
    for name, cell in case.present().items():
        if name in case.locked:
            if words(cell.source) != words(case.locked[name].source):
                case.notes.append(f"The cell {name} was edited; the one that was handed out is used.")
            cell.source = case.full[name].source


def _restore_missing(case: Case) -> None:
    """Put locked cells and questions back that are gone.

    A missing solution cell stays away: its definition may stand in another cell, which a stub would undo.
    """
    present, previous = case.present(), None
    for name, released in case.ours.items():
        if name not in present and (name in case.locked or name in case.lab.questions):
            present[name] = deepcopy(case.full[name] if name in case.locked else released)
            present[name].id = f"{name}-restored"[:64]
            case.notebook.cells.insert(case.position(present.get(previous)) + 1, present[name])
            case.notes.append(f"The cell {name} was missing; it was put back.")
        elif name not in present:
            elsewhere = name in case.exercises and defining(case, case.exercises[name])
            where = " Its definition stands in another cell." if elsewhere else ""
            case.notes.append(f"The cell {name} is missing.{where}")
        previous = name if name in present else previous


def _restore_given(case: Case, release: NotebookNode) -> None:
    """Imports and functions that were handed out, and that solutions use, are put back where they are gone."""
    given = list(case.given)
    while True:
        code = [cell for cell in case.notebook.cells if cell.cell_type == "code"]
        known = set(dir(builtins)).union(*(bound(cell.source) for cell in code if not _fragile(cell)))
        wanted = {name for cell in code if _counts(case, cell) for name in read(cell.source)} - known
        lost = next((cell for cell in given if bound(cell.source) & wanted), None)
        own = (cell for cell in case.notebook.cells if _retyped(case, cell) and bound(cell.source) & wanted)
        if lost is not None:
            given.remove(lost)
            _put_back(case, release, lost)
        elif retyped := next(own, None):
            change_type(retyped, "code")
            case.notes.append(
                f"{_said(case, retyped)} defines what a solution uses; it is a code cell again."
            )
        else:
            return


def _counts(case: Case, cell: NotebookNode) -> bool:
    """Whether marks depend on what a cell uses."""
    if cell.id.endswith("-given") or grade_id(cell) in case.ours:
        return True
    return any(set(one.defined) & bound(cell.source) for one in case.lab.exercises)


def _retyped(case: Case, cell: NotebookNode) -> bool:
    return cell.cell_type != "code" and grade_id(cell) not in case.ours and parsed(cell.source) is not None


def _fragile(cell: NotebookNode) -> bool:
    """Whether a cell imports what is not there when it is graded: what stands behind that may not get its value."""
    return any(
        _absent(root) for root in re.findall(r"^(?:import|from)[ \t]+(\w+)", cell.source, re.MULTILINE)
    )


@cache
def _absent(root: str) -> bool:
    try:
        return find_spec(root) is None
    except (ImportError, ValueError, AttributeError):
        return True


def _put_back(case: Case, release: NotebookNode, lost: NotebookNode) -> None:
    """In front of the first cell that stands behind it in the release, or that marks depend on."""
    places = _released_places(case, release)
    place = next(index for index, cell in enumerate(release.cells) if cell is lost)
    behind = [
        index
        for index, cell in enumerate(case.notebook.cells)
        if places.get(cell.id, -1) > place or (cell.id not in places and _counts(case, cell))
    ]
    cell = new_cell("code", lost.source, None, f"{lost.id[:50]}-given")
    case.notebook.cells.insert(behind[0] if behind else len(case.notebook.cells), cell)
    first = lost.source.splitlines()[0][:40]
    case.notes.append(f"The cell that begins with `{first}` was gone, or can't run here; it was put back.")


def _move_tests(case: Case) -> None:
    """Each test cell stands behind what it tests."""
    for exercise in case.lab.exercises:
        test = case.present()[exercise.test_id]
        solution = max(defining(case, exercise), key=case.position, default=None)
        if case.position(test) < case.position(solution):
            case.remove([test])
            case.notebook.cells.insert(case.position(solution) + 1, test)
            case.notes.append(
                f"The cell {exercise.test_id} stood before its solution; it was moved behind it."
            )


def _restore_metadata(case: Case) -> None:
    for cell in case.notebook.cells:
        released = case.ours.get(grade_id(cell))
        set_grade_id(cell, None)
        if released is not None:
            marked = cell.metadata["nbgrader"] = NotebookNode(released.metadata.nbgrader)
            if marked.locked:
                marked.checksum = compute_checksum(cell)

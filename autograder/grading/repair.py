"""Puts a submission back into the lab's form: test cells, points and flags always come from the course.

A student's notebook may have test cells edited, deleted, duplicated or moved, and solution cells duplicated or
stripped of their metadata. What is repaired is said in a note; nothing of the student's own is lost.
"""

from __future__ import annotations

import re
from copy import deepcopy

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.marking.exercise import Exercise, Lab


class NeedsAttention(Exception):
    """A submission that only a person can sort out; the text says why."""


def grade_id(cell: NotebookNode) -> str | None:
    """The cell's grade_id, if it has one."""
    marked = cell.metadata.get("nbgrader")
    name = marked.get("grade_id") if isinstance(marked, dict) else None
    return name if isinstance(name, str) else None


def repair(notebook: NotebookNode, source: NotebookNode, release: NotebookNode, lab: Lab) -> list[str]:
    """Repair a notebook in place; returns the notes. NeedsAttention where it is not this lab's notebook."""
    notes: list[str] = []
    ours = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    full = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    _recognise(notebook, ours, lab, notes)
    _refuse_strangers(notebook, ours, lab)
    _drop_duplicates(notebook, ours, notes)
    _restore_locked(notebook, ours, full, notes)
    _restore_order(notebook, ours, full, lab, notes)
    for cell in notebook.cells:
        if grade_id(cell) in ours:
            _restore_metadata(cell, ours[grade_id(cell)])
    return notes


def _recognise(notebook: NotebookNode, ours: dict[str, NotebookNode], lab: Lab, notes: list[str]) -> None:
    """Give cells that lost their metadata their grade_id again, by text, by definition, by place."""
    present = {grade_id(cell) for cell in notebook.cells} & set(ours)
    texts = {tuple(cell.source.split()): name for name, cell in ours.items() if cell.metadata.nbgrader.locked}
    previous = None
    for cell in notebook.cells:
        name = grade_id(cell)
        if name not in ours:
            name = (
                texts.get(tuple(cell.source.split())) or _defined(cell, lab) or _answered(cell, previous, lab)
            )
            if name and name not in present:
                present.add(name)
                cell.metadata["nbgrader"] = NotebookNode(grade_id=name)
                notes.append(f"The cell {name} had lost its metadata; it was recognised by its content.")
        previous = name


def _defined(cell: NotebookNode, lab: Lab) -> str | None:
    """The exercise that a code cell defines."""
    found = (one.name for one in lab.exercises if cell.cell_type == "code" and _defines(cell, one))
    return next(found, None)


def _answered(cell: NotebookNode, previous: str | None, lab: Lab) -> str | None:
    """The question whose text stands right above a Markdown cell."""
    if cell.cell_type != "markdown":
        return None
    return next((question for question in lab.questions if previous == f"{question}_text"), None)


def _refuse_strangers(notebook: NotebookNode, ours: dict[str, NotebookNode], lab: Lab) -> None:
    found = {grade_id(cell) for cell in notebook.cells} - {None}
    known = found & set(ours)
    if len(known) <= len(found - set(ours)) or not known:
        raise NeedsAttention(
            f"This is not a notebook of the lab {lab.name}: it has {len(known)} of its {len(ours)} marked cells "
            f"and {len(found) - len(known)} of something else. Was another lab handed in?"
        )


def _drop_duplicates(notebook: NotebookNode, ours: dict[str, NotebookNode], notes: list[str]) -> None:
    """Of several cells with the same grade_id keep the first that is filled in."""
    groups: dict[str, list[NotebookNode]] = {}
    for cell in notebook.cells:
        if grade_id(cell) in ours:
            groups.setdefault(grade_id(cell), []).append(cell)
    dropped = []
    for name, cells in groups.items():
        if len(cells) > 1:
            kept = next((cell for cell in cells if _filled_in(cell, ours[name])), cells[0])
            dropped += [cell for cell in cells if cell is not kept]
            kind = (
                "one is kept" if ours[name].metadata.nbgrader.locked else "the first that is filled in counts"
            )
            notes.append(f"The cell {name} is there {len(cells)} times; {kind}.")
    stubs = {tuple(ours[name].source.split()) for name in groups if not ours[name].metadata.nbgrader.locked}
    for cell in notebook.cells:
        # An empty copy without metadata would undo the definition when it runs.
        if grade_id(cell) not in ours and cell.cell_type == "code" and tuple(cell.source.split()) in stubs:
            dropped.append(cell)
            notes.append("An empty copy of a solution cell was left out.")
    notebook.cells = [cell for cell in notebook.cells if not any(cell is gone for gone in dropped)]


def _filled_in(cell: NotebookNode, released: NotebookNode) -> bool:
    return cell.source.split() != released.source.split() and bool(cell.source.strip())


def _restore_locked(
    notebook: NotebookNode, ours: dict[str, NotebookNode], full: dict[str, NotebookNode], notes: list[str]
) -> None:
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in ours and ours[name].metadata.nbgrader.locked:
            if cell.source.split() != ours[name].source.split():
                notes.append(f"The cell {name} was edited; the one that was handed out is used.")
            cell.source = full[name].source


def _restore_order(
    notebook: NotebookNode,
    ours: dict[str, NotebookNode],
    full: dict[str, NotebookNode],
    lab: Lab,
    notes: list[str],
) -> None:
    """Put missing cells back, and each test cell behind the solution that it tests.

    A missing solution cell stays away: its definition may stand in another cell, which a stub would undo.
    """
    wanted = {name for name, cell in ours.items() if cell.metadata.nbgrader.locked} | set(lab.questions)
    present = {grade_id(cell): cell for cell in notebook.cells if grade_id(cell) in ours}
    previous = None
    for name, released in ours.items():
        if name in present or name in wanted:
            if name not in present:
                present[name] = deepcopy(full[name] if released.metadata.nbgrader.locked else released)
                present[name].id = f"{name}-restored"
                notebook.cells.insert(_position(notebook, present.get(previous)) + 1, present[name])
                notes.append(f"The cell {name} was missing; it was put back.")
            previous = name
        else:
            notes.append(f"The cell {name} is missing.")
    for exercise in lab.exercises:
        test, solution = present[exercise.test_id], _defining(notebook, exercise)
        if _position(notebook, test) < _position(notebook, solution):
            notebook.cells = [cell for cell in notebook.cells if cell is not test]
            notebook.cells.insert(_position(notebook, solution) + 1, test)
            notes.append(f"The cell {exercise.test_id} stood before its solution; it was moved behind it.")


def _defining(notebook: NotebookNode, exercise: Exercise) -> NotebookNode | None:
    """The exercise's solution cell, else the first cell that defines its name."""
    own = (cell for cell in notebook.cells if grade_id(cell) == exercise.name)
    others = (cell for cell in notebook.cells if cell.cell_type == "code" and _defines(cell, exercise))
    return next(own, None) or next(others, None)


def _defines(cell: NotebookNode, exercise: Exercise) -> bool:
    names = "|".join(map(re.escape, exercise.defined))
    return re.search(rf"^(def|class) ({names})\b", cell.source, re.MULTILINE) is not None


def _position(notebook: NotebookNode, wanted: NotebookNode | None) -> int:
    """Where a cell is; -1 for None."""
    return next((index for index, cell in enumerate(notebook.cells) if cell is wanted), -1)


def _restore_metadata(cell: NotebookNode, released: NotebookNode) -> None:
    if cell.cell_type != released.cell_type:
        cell.cell_type = released.cell_type
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    marked = cell.metadata["nbgrader"] = NotebookNode(released.metadata.nbgrader)
    if marked.locked:
        marked.checksum = compute_checksum(cell)

"""Finds out which of a submission's cells are the lab's: by grade_id, by text, by definition, by place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import words
from autograder.cells.edit import change_type
from autograder.cells.metadata import grade_id, set_grade_id
from autograder.errors import NeedsAttention
from autograder.marking.exercise import Exercise, Lab

_CHECK = re.compile(r"""^check\(["'](\w+)\.\w+["']\)""", re.MULTILINE)


@dataclass
class Case:
    """A submission under repair: `ours` are the released marked cells, `full` the instructor's, by grade_id."""

    notebook: NotebookNode
    lab: Lab
    ours: dict[str, NotebookNode]
    full: dict[str, NotebookNode]
    given: list[NotebookNode]  # the released code cells without marks
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.locked = {name: cell for name, cell in self.ours.items() if cell.metadata.nbgrader.locked}
        self.exercises = {exercise.name: exercise for exercise in self.lab.exercises}

    def present(self) -> dict[str, NotebookNode]:
        """The lab's cells that are there, by grade_id; of several the first."""
        found: dict[str, NotebookNode] = {}
        for cell in self.notebook.cells:
            if grade_id(cell) in self.ours:
                found.setdefault(grade_id(cell), cell)
        return found

    def position(self, wanted: NotebookNode | None) -> int:
        """Where a cell is; -1 for None."""
        return next((index for index, cell in enumerate(self.notebook.cells) if cell is wanted), -1)

    def remove(self, gone: list[NotebookNode]) -> None:
        """Take cells out."""
        self.notebook.cells = [cell for cell in self.notebook.cells if not any(cell is one for one in gone)]


def refuse_other_labs(case: Case) -> None:
    """NeedsAttention where test cells of another lab are in it."""
    code = [cell.source for cell in case.notebook.cells if cell.cell_type == "code"]
    labs = [name for source in code for name in _CHECK.findall(source)]
    others = sorted({name for name in labs if name != case.lab.name and labs.count(name) > 1})
    if others and case.lab.name in labs:
        raise NeedsAttention(
            f"It holds cells of several labs: {case.lab.name} and {', '.join(others)}. Ask for a notebook of each."
        )
    if others:
        raise NeedsAttention(
            f"This is not a notebook of the lab {case.lab.name}, but of {', '.join(others)}. Was another lab handed in?"
        )


def refuse_strangers(case: Case) -> None:
    """NeedsAttention where too little of it is this lab's."""
    found = {grade_id(cell) for cell in case.notebook.cells} - {None}
    known = found & set(case.ours)
    code = [defined(cell.source) for cell in case.notebook.cells if cell.cell_type == "code"]
    written = {one.name for one in case.lab.exercises if any(set(one.defined) & names for names in code)}
    strange = found - set(case.ours)
    if len(known | written) <= len(strange) or not known | written:
        raise NeedsAttention(
            f"This is not a notebook of the lab {case.lab.name}: it has {len(known)} of its "
            f"{len(case.ours)} marked cells and {len(strange)} of something else. Was another lab handed in?"
        )


def recognise(case: Case) -> None:
    """Give cells that lost their grade_id it back, and swapped ones the right one."""
    _undo_swaps(case)
    present = set(case.present())
    texts = {words(cell.source): name for name, cell in case.locked.items()}
    previous = None
    for cell in case.notebook.cells:
        name = grade_id(cell)
        if name not in case.ours:
            name = texts.get(words(cell.source)) or _exercise(case, cell) or _question(case, cell, previous)
            if name and name not in present:
                present.add(name)
                set_grade_id(cell, name)
                case.notes.append(f"The cell {name} had lost its metadata; it was recognised by its content.")
        previous = name


def _exercise(case: Case, cell: NotebookNode) -> str | None:
    """The first exercise that a cell defines; in Markdown and raw cells only where all of it is code."""
    if cell.cell_type != "code" and parsed(cell.source) is None:
        return None
    names = defined(cell.source)
    return next((one.name for one in case.lab.exercises if set(one.defined) & names), None)


def _question(case: Case, cell: NotebookNode, previous: str | None) -> str | None:
    """The question whose text stands right above a cell that is no code."""
    if cell.cell_type == "code":
        return None
    return next((question for question in case.lab.questions if previous == f"{question}_text"), None)


def _undo_swaps(case: Case) -> None:
    """Where grade_ids contradict what the cells hold, follow the contents."""
    texts = {words(cell.source): name for name, cell in case.locked.items()}
    present, better = case.present(), {}
    previous = None
    for cell in case.notebook.cells:
        name = right = grade_id(cell)
        if present.get(name) is cell:
            if name in case.locked:
                right = texts.get(words(cell.source), name)
            elif name in case.exercises and not set(case.exercises[name].defined) & defined(cell.source):
                right = _exercise(case, cell) or name
            elif name in case.lab.questions:
                right = _question(case, cell, previous) or name
            if right != name and right not in better.values():
                better[name] = right
        previous = right
    for name, right in _free(better, set(present)).items():
        set_grade_id(present[name], right)
        case.notes.append(f"The cell {right} was marked as {name}; its content decides.")


def _free(better: dict[str, str], present: set[str]) -> dict[str, str]:
    """The new names that no cell has, or only one that gets another."""
    while True:
        kept = {name: right for name, right in better.items() if right in better or right not in present}
        if kept == better:
            return kept
        better = kept


def defining(case: Case, exercise: Exercise) -> list[NotebookNode]:
    """The cells that define the exercise's names: its own cell, and the first other one for each name not in it."""
    own = case.present().get(exercise.name)
    found = [own] if own is not None else []
    for name in exercise.defined:
        if own is None or name not in defined(own.source):
            others = (
                cell
                for cell in case.notebook.cells
                if cell.cell_type == "code"
                and grade_id(cell) not in case.locked
                and name in defined(cell.source)
            )
            found += [cell for cell in [next(others, None)] if cell is not None]
    return found


def as_code(case: Case) -> None:
    """Cells that were retyped get their type back; NeedsAttention where definitions stand among prose."""
    for cell in case.notebook.cells:
        name = grade_id(cell)
        if name in case.ours and cell.cell_type != case.ours[name].cell_type:
            change_type(cell, case.ours[name].cell_type)
            case.notes.append(f"The cell {name} had another type; it is {cell.cell_type} again.")
    code = [defined(cell.source) for cell in case.notebook.cells if cell.cell_type == "code"]
    missing = {one.name for one in case.lab.exercises if not any(set(one.defined) & names for names in code)}
    for cell in case.notebook.cells:
        names = (
            defined(cell.source)
            if cell.cell_type != "code" and grade_id(cell) not in case.ours
            else frozenset()
        )
        lost = [one.name for one in case.lab.exercises if one.name in missing and set(one.defined) & names]
        if lost:
            raise NeedsAttention(
                f"{', '.join(lost)} stands among prose, in a cell that is no code. "
                "Ask for the notebook with code and text in cells of their own."
            )

"""The example class: made-up students whose notebooks are made from the lab, so that they never go stale."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells.metadata import grade_id
from autograder.course.catalogue import alternatives, mistakes, rewritten
from autograder.course.course import Course
from autograder.course.solution import solution_cells
from autograder.labs import get_lab, lab_names

Fill = Callable[[Course, str], dict[str, str]]
ANSWER = "This is a made-up answer of the example class, for the instructor to mark."


def write_example_class(course: Course, out: Path) -> list[Path]:
    """Write all submissions below `out`; returns the files."""
    written = []
    for lab in lab_names():
        for student, fill in STUDENTS.items():
            path = out / student / lab / f"{lab}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = (
                _notebook(course, lab, student, fill(course, lab))
                if fill
                else "A made-up essay, not a notebook.\n"
            )
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written


def _complete(course: Course, lab: str) -> dict[str, str]:
    return {name: cell for name, cell in solution_cells(course, lab).items() if not name.startswith("setup_")}


def _other_style(course: Course, lab: str) -> dict[str, str]:
    """The last alternative of each exercise."""
    cells = _complete(course, lab)
    for alternative in alternatives(course, lab):
        cells |= rewritten(course, lab, alternative)
    return cells


def _half(course: Course, lab: str) -> dict[str, str]:
    cells = _complete(course, lab)
    exercises = [exercise.name for exercise in get_lab(lab).exercises]
    return {name: cells[name] for name in exercises[: len(exercises) // 2]}


def _one_mistake(turn: int) -> Fill:
    """The first mistake of some exercise: another one for each `turn`."""

    def fill(course: Course, lab: str) -> dict[str, str]:
        exercises = get_lab(lab).exercises
        wanted = exercises[len(exercises) * turn // 4].name
        mistake = next(mistake for mistake in mistakes(course, lab) if mistake.exercise == wanted)
        return _complete(course, lab) | rewritten(course, lab, mistake)

    return fill


def _untouched(course: Course, lab: str) -> dict[str, str]:
    return {}


STUDENTS: dict[str, Fill | None] = {
    "example_complete": _complete,
    "example_half_done": _half,
    "example_mistake_one": _one_mistake(1),
    "example_mistake_three": _one_mistake(3),
    "example_mistake_two": _one_mistake(2),
    "example_not_a_notebook": None,
    "example_other_style": _other_style,
    "example_untouched": _untouched,
}


def fill_in(release: NotebookNode, cells: dict[str, str]) -> NotebookNode:
    """A student's notebook: the release with these solution cells."""
    for cell in release.cells:
        name = grade_id(cell)
        if name in cells:
            cell.source = cells[name].rstrip("\n")
    return release


def _notebook(course: Course, lab: str, student: str, cells: dict[str, str]) -> str:
    notebook = fill_in(nbformat.read(course.release(lab), as_version=4), cells)
    for cell in notebook.cells:
        name = grade_id(cell)
        if cells and name == "identity":
            cell.source = cell.source.replace('student_id_1 = ""', f'student_id_1 = "{student}"')
            cell.source = cell.source.replace('signature_1 = ""', 'signature_1 = "An example student"')
        if cells and name in get_lab(lab).questions:
            cell.source = ANSWER
    text: str = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return text + "\n"

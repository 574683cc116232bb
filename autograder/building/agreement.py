"""Checks that a lab's script and its table agree; what does not is said in one sentence, and nothing is built."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

from autograder.building.roles import (
    hidden_test,
    known_ids,
    metadata_of,
    points,
    text_of,
    visible_check,
)
from autograder.building.table import table_file, twice
from autograder.cells.code import defined
from autograder.cells.metadata import grade_id
from autograder.errors import CourseError
from autograder.marking.exercise import Exercise, Lab

_MARKS = re.compile(r"\((\d+(?:\.\d+)?)\s+marks?\)")
_PLACEHOLDER = re.compile(r"\{(marks|number)\}")


def check_agreement(cells: list[NotebookNode], lab: Lab) -> None:
    """CourseError for the first thing in which the cells of a script differ from what the table needs."""
    names = [name for cell in cells if (name := grade_id(cell))]
    twice(lab.name, _script(lab), names)
    _check_names(names, lab)
    _check_order(names, lab)
    by_name = {grade_id(cell): cell for cell in cells}
    for name in names:
        _check_metadata(by_name[name], name, lab)
    for exercise in lab.exercises:
        _check_solution(by_name[exercise.name], exercise, lab)
        _check_test(by_name[exercise.test_id], exercise, lab)
    for question in lab.questions:
        _check_question(by_name[text_of(question)], by_name[question], question, lab)
    for cell in cells:
        if not grade_id(cell) and "BEGIN SOLUTION" in cell.source:
            first = cell.source.splitlines()[0]
            raise _fault(lab, f"the cell that begins with `{first}` holds a solution but has no grade_id")


def _script(lab: Lab) -> str:
    return f"notebooks/{lab.name}/{lab.name}.py"


def _fault(lab: Lab, fault: str) -> CourseError:
    return CourseError(f"{lab.name}: {fault}. Mend it in {_script(lab)}.")


def _check_names(names: list[str], lab: Lab) -> None:
    """The notebook has the cells of the table, all of them and no others."""
    known, table = known_ids(lab), table_file(lab.name)
    exercises = {exercise.name for exercise in lab.exercises}
    for name in names:
        if name not in known:
            what = "written question" if name.startswith("question_") else "exercise"
            short = name.removeprefix("test_").removesuffix("_text")
            raise CourseError(
                f"{lab.name}: {_script(lab)} has a cell {name}, but {table} has no {what} of the name {short}. "
                "Add it there, or delete the cell."
            )
    for name in known:
        if name in names:
            continue
        if name in exercises and f"test_{name}" not in names:
            raise CourseError(
                f"{lab.name}: {table} has an exercise {name}, but {_script(lab)} has no cells {name} and "
                f"test_{name}. Write them, or take the exercise out of the table."
            )
        raise CourseError(f"{lab.name}: {_script(lab)} has no cell with the grade_id {name}. Write it.")


def _check_order(names: list[str], lab: Lab) -> None:
    """The cells stand in the table's order, each test behind its own solution."""
    for found, wanted in zip(names, known_ids(lab), strict=True):
        if found != wanted:
            raise CourseError(
                f"{lab.name}: {_script(lab)} has the cell {found} where {table_file(lab.name)} has {wanted}. "
                "Bring both into the same order, each test cell behind its solution cell."
            )


def _check_metadata(cell: NotebookNode, name: str, lab: Lab) -> None:
    """An author need not write more than the grade_id; what is written has to be what the build would fill in."""
    wanted = metadata_of(name, lab)
    for key, value in cell.metadata["nbgrader"].items():
        right = wanted.get(key)
        if key == "points" and value != right:
            what = f"{name} has {value} points, and the table gives {right or 'none'}"
            raise _fault(lab, f"{what}: delete `points`, the build fills it in")
        if value != right:
            what = f"{name} has {key} = {value}, not {right}"
            raise _fault(lab, f"{what}: write its grade_id and nothing else")


def _check_solution(cell: NotebookNode, exercise: Exercise, lab: Lab) -> None:
    name = exercise.name
    if cell.cell_type != "code":
        raise _fault(lab, f"{name} is a solution cell and has to be code, not {cell.cell_type}")
    _check_region(cell, "SOLUTION", "###", name, lab)
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        raise _fault(lab, f"{name} is no Python: {error.msg} (line {error.lineno} of the cell)") from None
    for definition in exercise.defined:
        if definition not in defined(cell.source):
            found = ", ".join(sorted(defined(cell.source))) or "nothing"
            raise _fault(
                lab,
                f"the cell {name} defines {found}, but the table ({table_file(lab.name)}) probes {definition}",
            )


def _check_region(cell: NotebookNode, kind: str, sign: str, name: str, lab: Lab) -> None:
    """At least one region, and each one closed."""
    begin, end = (f"{sign} {side} {kind}{' ===' if sign == '===' else ''}" for side in ("BEGIN", "END"))
    counts = cell.source.count(begin), cell.source.count(end)
    if not counts[0]:
        raise _fault(lab, f"{name} has no line `{begin}`, so nothing in it would be kept from students")
    if counts[0] != counts[1]:
        raise _fault(lab, f"{name} has {counts[0]} lines `{begin}` and {counts[1]} lines `{end}`")


def _check_test(cell: NotebookNode, exercise: Exercise, lab: Lab) -> None:
    visible = visible_check(lab, exercise)
    if cell.source.strip() not in (visible, hidden_test(lab, exercise)):
        raise _fault(
            lab,
            f"{exercise.test_id} has to hold `{visible}` and nothing else; the build adds the hidden test",
        )


def _check_question(text: NotebookNode, answer: NotebookNode, question: str, lab: Lab) -> None:
    for cell, name in ((text, text_of(question)), (answer, question)):
        if cell.cell_type != "markdown":
            raise _fault(lab, f"{name} belongs to a written question and has to be `# %% [markdown]`")
    _check_region(text, "MARK SCHEME", "===", text_of(question), lab)
    _check_region(answer, "SOLUTION", "===", question, lab)


def check_text(cells: list[NotebookNode], lab: Lab) -> None:
    """CourseError where the filled-in text names other marks than the table, or none."""
    marks = {exercise.name: exercise.marks for exercise in lab.exercises}
    waiting: list[str] = []
    for cell in cells:
        name = grade_id(cell) or ""
        if cell.cell_type == "markdown":
            waiting += [] if name in lab.questions else [cell.source]
            if found := _PLACEHOLDER.search(cell.source):
                raise _fault(lab, f"{found[0]} stands where no exercise follows")
        if name in marks:
            _check_marks("\n".join(waiting), name, marks[name], lab)
            waiting = []
        elif (question := name.removesuffix("_text")) in lab.questions and question != name:
            _check_marks(cell.source.partition("=== BEGIN")[0], question, lab.questions[question], lab)


def _check_marks(text: str, name: str, marks: float, lab: Lab) -> None:
    said = _MARKS.findall(text)
    for number in said:
        if float(number) != marks:
            what = f"the text of {name} says {number} marks, and the table {points(marks)}"
            raise _fault(lab, f"{what}: write `({{marks}} marks)`, the build fills it in")
    if not said:
        raise _fault(lab, f"the text of {name} does not say what it is worth: write `({{marks}} marks)`")

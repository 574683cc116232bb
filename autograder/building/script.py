"""From the script that an author writes to the instructor's notebook: the lab's table fills in what it knows.

An author gives a cell its `grade_id` and nothing else. From the name and the table follow nbgrader's flags and points,
the hidden test behind each `check(...)`, and in the text the placeholders:

    {number}            the place of the exercise that follows, from 1
    {marks}             the marks of the exercise that follows, or of the question
    {Exercises}, {exercises}, {questions}   how many there are, in words
    {machine_marks}, {written_marks}        what they are worth together
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import jupytext
from nbformat import NotebookNode

from autograder.building.agreement import check_agreement, check_text
from autograder.building.roles import hidden_test, metadata_of, points
from autograder.cells.metadata import grade_id
from autograder.errors import CourseError
from autograder.marking.exercise import Lab

_WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def source_notebook(script: Path, lab: Lab) -> NotebookNode:
    """The instructor's notebook of a script; CourseError where script and table do not agree."""
    try:
        notebook: NotebookNode = jupytext.read(script, fmt="py:percent")
    except FileNotFoundError:
        raise CourseError(
            f"{lab.name}: notebooks/{lab.name}/{lab.name}.py is missing: write the lab there."
        ) from None
    check_agreement(notebook.cells, lab)
    _fill_in(notebook.cells, lab)
    check_text(notebook.cells, lab)
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        # Jupytext notes blank lines of the script here; they are no part of the lab.
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = _cell_id(cell, seen)
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _cell_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """The grade_id, or a hash of the text; never random, so that a rebuild changes no byte."""
    name = grade_id(cell) or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def _fill_in(cells: list[NotebookNode], lab: Lab) -> None:
    """Give the cells what the table says; the text above a solution cell speaks of its exercise."""
    values, tests = _of_lab(lab), {exercise.test_id: exercise for exercise in lab.exercises}
    about: dict[str, str] = {}
    for cell in reversed(cells):
        name = grade_id(cell)
        if name in {exercise.name for exercise in lab.exercises}:
            about = _of_exercise(lab, name)
        if name:
            cell.metadata["nbgrader"] = NotebookNode(metadata_of(name, lab))
        if name in tests:
            cell.source = hidden_test(lab, tests[name])
        if cell.cell_type == "markdown":
            question = (name or "").removesuffix("_text")
            own = {"marks": str(points(lab.questions[question]))} if question in lab.questions else about
            cell.source = _filled(cell.source, values | own)


def _of_lab(lab: Lab) -> dict[str, str]:
    exercises = _in_words(len(lab.exercises))
    return {
        "exercises": exercises,
        "Exercises": exercises.capitalize(),
        "questions": _in_words(len(lab.questions)),
        "machine_marks": str(points(lab.marks)),
        "written_marks": str(points(sum(lab.questions.values()))),
    }


def _of_exercise(lab: Lab, name: str) -> dict[str, str]:
    number = 1 + [exercise.name for exercise in lab.exercises].index(name)
    return {"number": str(number), "marks": str(points(lab.exercise(name).marks))}


def _in_words(count: int) -> str:
    return _WORDS[count] if count < len(_WORDS) else str(count)


def _filled(text: str, values: dict[str, Any]) -> str:
    """The text with its placeholders filled in; one mark is no "marks"."""
    for name, value in values.items():
        if value == "1":
            text = re.sub(rf"\{{{name}\}}(\s+)marks\b", r"1\1mark", text)
        text = text.replace(f"{{{name}}}", value)
    return text

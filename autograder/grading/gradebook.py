"""nbgrader's gradebook: the lab's cells, the machine's marks, and what a person gave by hand."""

from __future__ import annotations

import csv
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells, SaveAutoGrades, SaveCells
from sqlalchemy.exc import DatabaseError, SAWarning

from autograder.building.course import Course, CourseError
from autograder.marking.exercise import Lab
from autograder.marking.verdict import Verdict


@contextmanager
def _open(out: Path) -> Iterator[Gradebook]:
    """The gradebook, without SQLAlchemy's remarks about how nbgrader uses it. Raises CourseError."""
    with warnings.catch_warnings(), _told_of_damage(out):
        warnings.simplefilter("ignore", SAWarning)
        with Gradebook(database(out)) as gradebook:
            yield gradebook


@contextmanager
def _told_of_damage(out: Path) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise CourseError(
            f"{out / 'gradebook.db'} can't be used ({error.orig}). If another program has it open, close that; if it "
            "is damaged, move it away: `grade --force` makes a new one."
        ) from None


def database(out: Path) -> str:
    """The address of the gradebook in an output folder."""
    return f"sqlite:///{(out / 'gradebook.db').resolve()}"


def _resources(out: Path, lab: str, student: str) -> dict[str, Any]:
    return {
        "nbgrader": {"notebook": lab, "assignment": lab, "student": student, "db_url": database(out)},
        "metadata": {},
    }


def register_lab(course: Course, lab: str, out: Path) -> None:
    """Enter the lab's cells, as `nbgrader generate_assignment` does."""
    notebook = nbformat.read(course.source(lab), as_version=4)
    with _open(out) as gradebook:
        gradebook.update_or_create_assignment(lab)
    resources = _resources(out, lab, ".")
    try:
        with _told_of_damage(out):
            for step in (LockCells, ClearSolutions, ComputeChecksums, SaveCells):
                notebook, resources = step().preprocess(notebook, resources)
    except RuntimeError as error:
        raise CourseError(
            f"{out / 'gradebook.db'} does not fit the lab any more ({error}). Choose a new --out."
        ) from None


def save_marks(notebook: NotebookNode, verdict: Verdict, out: Path) -> None:
    """Enter the machine's marks of a judged notebook; marks given by hand stay."""
    with _open(out) as gradebook:
        gradebook.update_or_create_student(verdict.student)
        gradebook.update_or_create_submission(verdict.lab, verdict.student)
        SaveAutoGrades().preprocess(notebook, _resources(out, verdict.lab, verdict.student))


@dataclass(frozen=True)
class Row:
    """A line of grades.csv. `manual` is None while a written answer waits for a person."""

    verdict: Verdict
    manual: float | None
    manual_max: float

    @property
    def machine(self) -> float | None:
        """The machine's marks; None where nothing could be graded."""
        return self.verdict.score if self.verdict.checks else None

    @property
    def total(self) -> float | None:
        """Both together, once both are there."""
        return None if self.machine is None or self.manual is None else self.machine + self.manual


def read_rows(verdicts: list[Verdict], labs: dict[str, Lab], out: Path) -> list[Row]:
    """The verdicts with the marks that were given by hand in the formgrader."""
    with _open(out) as gradebook:
        return [_row(gradebook, verdict, labs[verdict.lab]) for verdict in verdicts]


def _row(gradebook: Gradebook, verdict: Verdict, lab: Lab) -> Row:
    written = sum(lab.questions.values())
    try:
        notebook = gradebook.find_submission_notebook(lab.name, lab.name, verdict.student)
    except MissingEntry:
        return Row(verdict, None, written)
    grades = [grade for grade in notebook.grades if grade.name in lab.questions]
    # An answer that was left as it was handed out has an automatic 0; any other waits for a person.
    waiting = any(grade.manual_score is None and grade.auto_score is None for grade in grades)
    return Row(verdict, None if waiting or not grades else sum(grade.score for grade in grades), written)


def write_csv(rows: list[Row], path: Path) -> None:
    """grades.csv: one line for each submission, replaced as a whole."""
    head = [
        "student",
        "lab",
        "status",
        "machine",
        "machine_max",
        "manual",
        "manual_max",
        "total",
        "max",
        "notes",
    ]
    partial = path.with_suffix(".part")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        for row in rows:
            verdict = row.verdict
            marks = [
                row.machine,
                verdict.max_score,
                row.manual,
                row.manual_max,
                row.total,
                verdict.max_score + row.manual_max,
            ]
            shown = ["" if mark is None else f"{mark:g}" for mark in marks]
            writer.writerow(
                [
                    _inert(verdict.student),
                    verdict.lab,
                    verdict.status,
                    *shown,
                    _inert(" ".join(verdict.notes)),
                ]
            )
    os.replace(partial, path)


def _inert(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") else text

"""Marks that a person gave in nbgrader's formgrader, and what counts with them: on pages, in tables, in exports."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest import mock

import nbgrader
from alembic.script import ScriptDirectory
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy.exc import DatabaseError, SAWarning
from sqlalchemy.orm import Query

from autograder.errors import CourseError
from autograder.labs import get_lab, lab_names
from autograder.marking.exercise import Lab
from autograder.marking.verdict import Verdict


@dataclass(frozen=True)
class ManualGrades:
    """What the gradebook holds of a submission beside the machine's marks.

    `marks` are those of the questions, None while an answer waits for a person. `corrected` are the scores of test
    cells where a person gave another mark than the machine, or extra credit. `comments` are by grade_id. `penalty` is
    what being late costs.
    """

    marks: dict[str, float | None] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    penalty: float = 0.0
    corrected: dict[str, float] = field(default_factory=dict)

    def counted(self, verdict: Verdict) -> Verdict:
        """The verdict with the marks that count: a person's correction stands in place of the machine's mark."""
        checks = {
            name: replace(mark, score=self.corrected.get(name, mark.score))
            for name, mark in verdict.checks.items()
        }
        return replace(verdict, checks=checks)

    def written(self, lab: Lab) -> float | None:
        """The marks of the written answers together; None while one of them waits for a person."""
        marks = [self.marks.get(name) for name in lab.questions]
        return None if None in marks else float(sum(mark or 0.0 for mark in marks))

    def total(self, machine: float | None, written: float | None) -> float | None:
        """What `nbgrader export` shows too: all marks less the penalty, and nothing below 0; None while one waits."""
        return None if machine is None or written is None else max(0.0, machine + written - self.penalty)


def database(out: Path) -> str:
    """The address of the gradebook in an output folder."""
    return f"sqlite:///{(out / 'gradebook.db').resolve()}"


@contextmanager
def open_gradebook(address: str) -> Iterator[Gradebook]:
    """The gradebook, without SQLAlchemy's remarks about how nbgrader uses it. Raises CourseError."""
    with warnings.catch_warnings(), told_of_damage(address):
        warnings.simplefilter("ignore", SAWarning)
        # nbgrader would start a program for this, which takes seconds.
        with mock.patch("nbgrader.api.get_alembic_version", _schema), Gradebook(address) as gradebook:
            yield gradebook


def _schema() -> str | None:
    """The version of the tables that nbgrader notes in a new gradebook."""
    return ScriptDirectory(str(Path(nbgrader.__file__).with_name("alembic"))).get_current_head()


@contextmanager
def told_of_damage(address: str) -> Iterator[None]:
    """A gradebook that can't be used is a sentence. Raises CourseError."""
    try:
        yield
    except DatabaseError as error:
        raise CourseError(
            f"{address.removeprefix('sqlite:///')} can't be used ({error.orig}). If another program has it open, close "
            "that; if it is damaged, move it away: `grade --force` makes a new one."
        ) from None


def read_manual_grades(
    address: str, lab: str | None = None, student: str | None = None
) -> dict[tuple[str, str], ManualGrades]:
    """(lab, student) → manual grades, of one submission or of all that the gradebook holds."""
    wanted = [Assignment.name == lab] if lab else []
    wanted += [Student.id == student] if student else []
    found: dict[tuple[str, str], ManualGrades] = {}
    with open_gradebook(address) as gradebook:
        for name, who, penalty in _rows(gradebook, wanted, None, SubmittedNotebook.late_submission_penalty):
            if name in lab_names():
                found[name, who] = ManualGrades({}, {}, penalty or 0.0, {})
        for name, who, cell, comment in _rows(gradebook, wanted, Comment, BaseCell.name, Comment.comment):
            if comment and (name, who) in found:
                found[name, who].comments[cell] = comment
        for name, who, cell, grade in _rows(gradebook, wanted, Grade, BaseCell.name, Grade):
            if (name, who) in found:
                _enter(found[name, who], get_lab(name), cell, grade)
    return found


def _rows(gradebook: Gradebook, wanted: list[Any], of: Any, *columns: Any) -> Query[Any]:
    """Lab, student and these columns; one query for the whole class, because there are many cells."""
    query: Query[Any] = gradebook.db.query(Assignment.name, Student.id, *columns).select_from(
        of or SubmittedNotebook
    )
    if of:
        query = query.join(BaseCell, of.cell_id == BaseCell.id)
        query = query.join(SubmittedNotebook, of.notebook_id == SubmittedNotebook.id)
    query = query.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    query = query.join(Student, SubmittedAssignment.student_id == Student.id)
    query = query.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    return query.filter(*wanted).order_by(Assignment.name, Student.id, *columns[:1])


def _enter(manual: ManualGrades, lab: Lab, cell: str, grade: Grade) -> None:
    if cell in lab.questions:
        manual.marks[cell] = None if waits(grade) else grade.score
    elif grade.manual_score is not None or grade.extra_credit:
        manual.corrected[cell] = grade.score


def waits(grade: Grade) -> bool:
    """Whether a person has to read it. An answer that was left as it was handed out has an automatic 0."""
    return grade.manual_score is None and grade.auto_score is None

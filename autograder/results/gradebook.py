"""nbgrader's gradebook: the lab's cells, the machine's marks, and the rows of grades.csv."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Grade, Gradebook, MissingEntry
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
    SaveAutoGrades,
    SaveCells,
)
from traitlets.config import Config

from autograder.course.course import Course
from autograder.errors import CourseError, printable
from autograder.files.tables import write_table
from autograder.labs import get_lab
from autograder.marking.exercise import Lab
from autograder.marking.verdict import Verdict
from autograder.results.late import resources
from autograder.results.manual_grades import (
    ManualGrades,
    database,
    open_gradebook,
    read_manual_grades,
    told_of_damage,
)

# What enters a graded notebook's marks, under nbgrader too.
GRADEBOOK_STEPS = (SaveAutoGrades, AssignLatePenalties)


def register_lab(course: Course, lab: str, out: Path) -> None:
    """Enter the lab's cells, as `nbgrader generate_assignment` does. A due date that is there stays."""
    notebook = nbformat.read(course.source(lab), as_version=4)
    with open_gradebook(database(out)) as gradebook:
        gradebook.update_or_create_assignment(lab)
    about = resources(out, lab, ".")
    try:
        with told_of_damage(database(out)):
            for step in (LockCells, ClearSolutions, ComputeChecksums, SaveCells):
                notebook, about = step().preprocess(notebook, about)
    except RuntimeError as error:
        raise CourseError(
            f"{out / 'gradebook.db'} does not fit the lab any more ({error}). Choose a new --out."
        ) from None


def save_marks(
    notebook: NotebookNode,
    verdict: Verdict,
    out: Path,
    changed: Collection[str] = (),
    *,
    came: datetime | None = None,
    config: Config | None = None,
) -> None:
    """Enter the machine's marks of a judged notebook, and the penalty where it `came` (in UTC) after the due date.

    Marks that a person gave stay, but for graded cells in `changed`: they were for what the student had written then.
    """
    lab, student = verdict.lab, verdict.student
    with open_gradebook(database(out)) as gradebook:
        gradebook.update_or_create_student(student)
        gradebook.update_or_create_submission(lab, student, timestamp=came)
        for grade in _grades(gradebook, lab, student):
            if grade.name in changed:
                grade.manual_score = grade.extra_credit = None
        read = [grade.name for grade in _grades(gradebook, lab, student) if not grade.needs_manual_grade]
        gradebook.db.commit()
        for step in GRADEBOOK_STEPS:
            step(config=config).preprocess(notebook, resources(out, lab, student))
        gradebook.db.expire_all()
        for grade in _grades(gradebook, lab, student):
            if grade.name in read and grade.manual_score is not None:
                grade.needs_manual_grade = False  # nbgrader wants each to be looked at again, changed or not
        gradebook.db.commit()


def forget_marks(lab: str, student: str, out: Path) -> None:
    """Take out what the machine gave to a submission that can't be graded now; what a person gave stays."""
    with open_gradebook(database(out)) as gradebook:
        try:
            grades = _grades(gradebook, lab, student)
        except MissingEntry:
            return
        for grade in grades:
            grade.auto_score = None
            grade.needs_manual_grade = grade.manual_score is None
        gradebook.find_submission_notebook(lab, lab, student).late_submission_penalty = None
        gradebook.db.commit()


def _grades(gradebook: Gradebook, lab: str, student: str) -> list[Grade]:
    return list(gradebook.find_submission_notebook(lab, lab, student).grades)


@dataclass(frozen=True)
class Row:
    """A line of grades.csv. `verdict` holds the marks that count; `manual` is None while a written answer waits."""

    verdict: Verdict
    manual: float | None
    manual_max: float
    by_hand: ManualGrades

    @property
    def machine(self) -> float | None:
        """Marks of the test cells; None where nothing could be graded."""
        return self.verdict.score if self.verdict.checks else None

    @property
    def penalty(self) -> float:
        """For being late: what nbgrader's late plugin, or a person, has put into the gradebook."""
        return self.by_hand.penalty

    @property
    def total(self) -> float | None:
        """All together, once all is there."""
        return self.by_hand.total(self.machine, self.manual)


def read_rows(verdicts: list[Verdict], out: Path) -> list[Row]:
    """The verdicts with what a person gave in the formgrader."""
    return rows_of(verdicts, read_manual_grades(database(out)))


def rows_of(verdicts: list[Verdict], manual_grades: Mapping[tuple[str, str], ManualGrades]) -> list[Row]:
    """The same, of manual grades that were read already."""
    return [
        _row(verdict, get_lab(verdict.lab), manual_grades.get((verdict.lab, verdict.student), ManualGrades()))
        for verdict in verdicts
    ]


def _row(verdict: Verdict, lab: Lab, by_hand: ManualGrades) -> Row:
    """The row of a verdict; without a graded notebook there is nothing that a person could have marked."""
    manual = by_hand.written(lab) if verdict.checks else None
    return Row(by_hand.counted(verdict), manual, sum(lab.questions.values()), by_hand)


_HEAD = (
    *("student", "lab", "status", "machine", "machine_max", "manual", "manual_max"),
    *("late_penalty", "total", "max", "notes"),
)


def write_csv(rows: list[Row], path: Path) -> None:
    """grades.csv: one line for each submission, replaced as a whole."""
    lines: list[tuple[str, ...]] = [_HEAD]
    for row in rows:
        verdict, most = row.verdict, row.verdict.max_score + row.manual_max
        marks = [row.machine, verdict.max_score, row.manual, row.manual_max, row.penalty, row.total, most]
        shown = ["" if mark is None else f"{mark:.10g}" for mark in marks]
        lines.append((verdict.student, verdict.lab, verdict.status, *shown, " ".join(verdict.notes)))
    write_table(path, ([printable(cell) for cell in line] for line in lines))

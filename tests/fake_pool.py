"""A pool without rooms: what each student earns is told to it, the rest of grading is the real one."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from selectolax.lexbor import LexborHTMLParser

from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.grading.job import Result, unfinished
from autograder.grading.judge_step import shown
from autograder.grading.run import Choices, Grading, grade_class
from autograder.intake.find import find_submissions
from autograder.labs import get_lab
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.results.manual_grades import database
from autograder.results.submission import Submission

LAB = "sine_gan"
ROOT = Path(__file__).resolve().parents[1]


class FakePool:
    """Gives each student the share of every exercise's marks, or {exercise: share}; None needs attention."""

    def __init__(self, course: Course, shares: dict[str, float | dict[str, float] | Result | None]) -> None:
        self.course, self.shares, self.graded = course, shares, []

    def grade(self, submissions: list[Submission]) -> Iterator[tuple[Submission, Result]]:
        for submission in submissions:
            self.graded.append(submission.student)
            yield submission, self._result(submission)

    def _result(self, submission: Submission) -> Result:
        share = self.shares[submission.student]
        if share is None:
            return unfinished(submission, "It was told so.")
        if isinstance(share, Result):
            return share
        lab = get_lab(submission.lab)
        verdict = Verdict(lab.name, submission.student, lab.marks, timing={"seconds": 1.5})
        notebook = nbformat.read(self.course.release(lab.name), as_version=4)
        cells = {grade_id(cell): cell for cell in notebook.cells}
        handed_in = nbformat.read(submission.folder / f"{lab.name}.ipynb", as_version=4)
        for cell in handed_in.cells:
            if grade_id(cell) in {*lab.questions, *(one.name for one in lab.exercises)}:
                cells[grade_id(cell)].source = cell.source
        for exercise in lab.exercises:
            part = share.get(exercise.name, 1.0) if isinstance(share, dict) else share
            found = (Finding(f"{exercise.name}.told", "It was told so."),) if part < 1 else ()
            mark = Mark(part * exercise.marks, exercise.marks, found)
            verdict.checks[exercise.test_id] = mark
            cells[exercise.test_id].outputs = [shown(mark)]
        notebook.metadata["autograder"] = {"verdict": verdict.to_json()}
        return Result(verdict, nbformat.writes(notebook))


class Class:
    """A small class in a course with one lab, and its results; all below one folder, which can be copied."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.course = folder, Course(folder / "course")
        self.submitted, self.out = folder / "submitted", folder / "out"

    @classmethod
    def make(cls, folder: Path, students: tuple[str, ...]) -> Class:
        for name in ("notebooks", "source", "release"):
            shutil.copytree(ROOT / name / LAB, folder / "course" / name / LAB)
        shutil.copy(ROOT / "nbgrader_config.py", folder / "course")
        made = cls(folder)
        for student in students:
            made.hand_in(student)
        return made

    def copy(self, folder: Path) -> Class:
        return Class(shutil.copytree(self.folder, folder))

    def hand_in(self, student: str, text: str = "", **cells: str) -> None:
        """Write a student's submission: the release, with something of the student's own; `cells` by grade_id."""
        notebook = nbformat.read(self.course.release(LAB), as_version=4)
        notebook.cells[0].source += f"\n{student} {text}"
        for cell in notebook.cells:
            cell.source = cells.get(grade_id(cell), cell.source)
        path = self.submitted / student / LAB / f"{LAB}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(nbformat.writes(notebook), encoding="utf-8")

    def grading(self, *, force: bool = False):
        """A fresh look at the class, as a new run of the command has it: (grading, plan)."""
        grading = Grading(self.course, self.out)
        return grading, grading.plan(find_submissions(self.submitted, [LAB]), force=force)

    def run(self, shares, *, force: bool = False) -> tuple[Grading, object, FakePool]:
        """Grade what is to be graded."""
        (grading, plan), pool = self.grading(force=force), FakePool(self.course, shares)
        list(grading.run(plan, pool))
        return grading, plan, pool

    def verdict(self, student: str) -> Path:
        return self.out / student / LAB / "verdict.json"

    def grade(self, **choices: bool) -> int:
        """The grade command's own way; `monkeypatch` has put a fake pool into it, or rooms grade."""
        chosen = Choices(1, sandbox=False, **choices)
        return grade_class(self.course, self.submitted, self.out, [LAB], chosen)

    def give(self, student: str, cell: str, **fields: float) -> None:
        """What the formgrader does when somebody types a mark."""
        with Gradebook(database(self.out)) as gradebook:
            grade = gradebook.find_grade(cell, LAB, LAB, student)
            for name, value in fields.items():
                setattr(grade, name, value)
            grade.needs_manual_grade = grade.manual_score is None and grade.auto_score is None
            gradebook.db.commit()

    def row(self, student: str) -> dict[str, str]:
        """The student's line of grades.csv."""
        with (self.out / "grades.csv").open(encoding="utf-8") as file:
            return next(row for row in csv.DictReader(file) if row["student"] == student)

    def page(self, student: str) -> Path:
        return self.out / "feedback" / student / LAB / f"{LAB}.html"

    def totals(self, student: str) -> str:
        """The head of the student's page."""
        return totals_on(self.page(student))


def totals_on(page: Path) -> str:
    """The marks in the head of a feedback page."""
    html = LexborHTMLParser(page.read_text(encoding="utf-8"))
    return " ".join(html.css_first(".totals").text().split())

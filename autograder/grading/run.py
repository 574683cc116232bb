"""A run of `grade`: finds the class, plans, grades in a pool, writes each result, and tells the console what to show.

Every submission gets a verdict, a bad one never stops the others, and what is finished is kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from autograder.course.built import check_built
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.feedback import renew_pages
from autograder.files.atomic import explained_disk_errors
from autograder.grading.console import Display, Outcome
from autograder.grading.job import Result
from autograder.grading.pipeline import course_config
from autograder.grading.plan import Plan, make_plan
from autograder.grading.pool import LocalPool
from autograder.grading.regrade import changes
from autograder.grading.writing import Writer
from autograder.intake.find import find_submissions
from autograder.marking.verdict import Verdict
from autograder.results.gradebook import rows_of, write_csv
from autograder.results.late import check_plugin, handed_in_at, renew_penalties
from autograder.results.lock import run_lock
from autograder.results.manual_grades import database, read_manual_grades
from autograder.results.paths import ResultPaths, read_verdicts
from autograder.results.submission import Submission
from autograder.room.sandbox import SandboxError, problem


@dataclass(frozen=True)
class Choices:
    """What the command line says about a run."""

    jobs: int
    force: bool = False
    sandbox: bool = True
    cluster: str | None = None
    accept: bool = False  # a regrade's changes count without a question


class Pool(Protocol):
    """Where submissions are graded: in processes of this machine, or on a cluster."""

    def grade(self, submissions: list[Submission]) -> Iterator[tuple[Submission, Result]]:
        """Results, as they come."""


class Grading:
    """Grades a class into an output folder. Interrupted, it can be run again and grades what is not finished."""

    def __init__(self, course: Course, out: Path) -> None:
        self.course, self.paths = course, ResultPaths(out)
        self.config = course_config(course)
        check_plugin(self.config)
        self._writer = Writer(course, self.config, self.paths)

    def plan(self, submissions: list[Submission], *, force: bool = False) -> Plan:
        """What there is to do; with `force` everything is graded again."""
        if force:
            shutil.rmtree(self.paths.pending.out, ignore_errors=True)
        return make_plan(self.course, self.paths, submissions, force=force)

    def run(self, plan: Plan, pool: Pool) -> Iterator[tuple[Submission, Verdict]]:
        """Grade what is to be graded; yields each verdict when everything of it is written.

        Verdicts of outdated submissions are kept apart until `accept`.
        """
        self.paths.out.mkdir(parents=True, exist_ok=True)
        made_from = plan.to_grade
        for submission, result in pool.grade(sorted(made_from, key=_length, reverse=True)):
            _note_timestamp(submission, result.verdict)
            if submission not in plan.outdated:
                yield submission, self._writer.finish(submission, result, made_from[submission])
                continue
            if result.final:
                self._writer.put_aside(submission, result, made_from[submission])
            # Where grading itself failed there is nothing to accept: the next run tries again.
            (plan.pending if result.final else plan.failed)[submission] = result.verdict
            yield submission, result.verdict

    def accept(self, submission: Submission, verdict: Verdict) -> None:
        """Let the verdict of a regrade count."""
        self._writer.accept(submission, verdict)

    def write_marks(self, submissions: list[Submission]) -> Outcome:
        """Bring penalties, pages and grades.csv up to date: of all that was ever graded into this folder."""
        out = self.paths.out
        late = renew_penalties(self.course, self.config, out)
        found, unreadable = read_verdicts(out)
        manual_grades, verdicts = read_manual_grades(database(out)), list(found.values())
        renewed, failed = renew_pages(verdicts, manual_grades, out)
        rows = rows_of(verdicts, manual_grades)
        with explained_disk_errors(out):
            write_csv(rows, out / "grades.csv")
        asked = {(submission.student, submission.lab) for submission in submissions}
        shown = [row for row in rows if (row.verdict.student, row.verdict.lab) in asked]
        return Outcome(out, shown, [*late, *unreadable, *failed], renewed)


def grade_class(course: Course, submitted: Path, out: Path, labs: list[str], choices: Choices) -> int:
    """Grade a class and show what came out; returns the exit status. Raises CourseError where nothing can be done."""
    if out.resolve().is_relative_to(submitted.resolve()):
        raise CourseError(f"{out} lies in {submitted}, among what was handed in. Choose an --out outside it.")
    for lab in labs:
        check_built(course, lab)
    submissions = find_submissions(submitted, labs)
    if choices.sandbox and not choices.cluster and (reason := problem()):
        raise SandboxError(f"{reason} Without a sandbox (--no-sandbox) student code runs as you.")
    with run_lock(out):
        return _run(Display(), Grading(course, out), submissions, choices)


def _run(display: Display, grading: Grading, submissions: list[Submission], choices: Choices) -> int:
    plan = grading.plan(submissions, force=choices.force)
    verdicts = {**plan.finished, **plan.pending}
    try:
        with _pool(grading, choices) as pool, display.progress(verdicts, len(submissions)) as show:
            for submission, verdict in grading.run(plan, pool):
                verdicts[submission] = verdict
                show(verdict)
        accepted = _accept(display, grading, plan, choices.accept)
        outcome = grading.write_marks(submissions)
        display.outcome(outcome)
    except KeyboardInterrupt:
        display.interrupted(len(verdicts), len(submissions))
        return 130
    display.failed(plan.failed)
    if not accepted:
        display.kept_aside()
    return 0 if accepted and outcome.fine and not plan.failed else 1


@contextmanager
def _pool(grading: Grading, choices: Choices) -> Iterator[Pool]:
    course = grading.course
    if choices.cluster is None:
        gradebook = grading.paths.out.absolute() / "gradebook.db"
        yield LocalPool(course, choices.jobs, choices.sandbox, (gradebook,))
    else:
        from autograder.grading.cluster import ClusterPool

        with ClusterPool(course, choices.cluster, choices.sandbox) as pool:
            yield pool


def _accept(display: Display, grading: Grading, plan: Plan, asked_for: bool) -> bool:
    """Show what a regrade changes, and let it count where nothing changes or somebody says so."""
    found = changes((plan.before[submission], verdict) for submission, verdict in plan.pending.items())
    if found:
        display.changes(found)
        if not asked_for and not display.confirm("Write these marks?"):
            return False
    for submission, verdict in plan.pending.items():
        grading.accept(submission, verdict)
    return True


def _note_timestamp(submission: Submission, verdict: Verdict) -> None:
    """A time that can't be read is for a person: perhaps there is a penalty to be made."""
    _, wrong = handed_in_at(submission.folder)
    if wrong and verdict.checks:
        verdict.needs_attention(wrong)


def _length(submission: Submission) -> int:
    """A guess at how long a submission takes: the longest begin first, so that no core waits for the last of them."""
    try:
        return max((path.stat().st_size for path in submission.folder.glob("*.ipynb")), default=0)
    except OSError:
        return 0

"""Grades a class: every submission gets a verdict, one bad one never stops the rest, finished ones are kept."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import nbformat

from autograder.course.course import Course
from autograder.errors import CourseError, error_line
from autograder.feedback import write_feedback
from autograder.files.atomic import explained_disk_errors, write_text
from autograder.grading.job import Result, unfinished
from autograder.marking.verdict import Verdict
from autograder.results.answers import answers_before, answers_in
from autograder.results.fingerprints import fingerprint
from autograder.results.gradebook import forget_marks, register_lab, save_marks
from autograder.results.paths import Fingerprint, ResultPaths
from autograder.results.submission import Submission


class Pool(Protocol):
    """Where submissions are graded: in processes of this machine, or on a cluster."""

    def grade(self, submissions: list[Submission]) -> Iterator[tuple[Submission, Result]]:
        """Results, as they come."""


@dataclass(frozen=True)
class Plan:
    """What there is to do for a class."""

    finished: dict[Submission, Verdict]  # nothing has changed
    new: dict[Submission, Fingerprint]
    outdated: dict[Submission, Fingerprint]  # the lab, the checks or the environment have changed
    pending: dict[Submission, Verdict]  # outdated, and graded again by an earlier run
    before: dict[Submission, Verdict]  # the verdicts of the outdated and the pending ones
    failed: dict[Submission, Verdict] = field(default_factory=dict)  # outdated, and grading itself failed


class Grading:
    """Grades a class into an output folder. Interrupted, it can be run again and grades what is not finished."""

    def __init__(self, course: Course, out: Path) -> None:
        self.course, self.places = course, ResultPaths(out)
        self._registered: set[str] = set()

    def plan(self, submissions: list[Submission], *, force: bool = False) -> Plan:
        """Compare what lies in the output folder with the class."""
        plan = Plan({}, {}, {}, {}, {})
        if force:
            shutil.rmtree(self.places.pending.out, ignore_errors=True)
        for submission in submissions:
            self._add(plan, submission, force)
        return plan

    def _add(self, plan: Plan, submission: Submission, force: bool) -> None:
        now = fingerprint(self.course, submission)
        found, pending = self.places.read(submission), self.places.pending.read(submission)
        if not found or found[1].submission != now.submission:
            plan.new[submission] = now
        elif pending and pending[1] == now and not force:
            plan.before[submission], plan.pending[submission] = found[0], pending[0]
        elif found[1] == now and not force:
            plan.finished[submission] = found[0]
        else:
            plan.before[submission], plan.outdated[submission] = found[0], now

    def run(self, plan: Plan, pool: Pool) -> Iterator[tuple[Submission, Verdict]]:
        """Grade what is to be graded; yields each verdict when everything of it is written.

        Verdicts of outdated submissions are kept apart until `accept`.
        """
        self.places.out.mkdir(parents=True, exist_ok=True)
        prints = plan.new | plan.outdated
        for submission, result in pool.grade(sorted(prints, key=_length, reverse=True)):
            if submission not in plan.outdated:
                yield submission, self._finish(submission, result, prints[submission])
                continue
            if result.final:
                self._put_aside(submission, result, prints[submission])
            # Where grading itself failed there is nothing to accept: the next run tries again.
            (plan.pending if result.final else plan.failed)[submission] = result.verdict
            yield submission, result.verdict

    def accept(self, submission: Submission, verdict: Verdict) -> None:
        """Let the verdict of a regrade count."""
        pending = self.places.pending
        text = pending.notebook(submission).read_text(encoding="utf-8") if verdict.checks else None
        verdict.timing = pending.seconds(submission)
        self._finish(submission, Result(verdict, text), pending.read(submission)[1])

    def _register(self, lab: str) -> None:
        """Once a run, and not before marks of the lab are to be written: it changes the gradebook, and takes seconds
        in which the rooms are at work already."""
        if lab not in self._registered:
            register_lab(self.course, lab, self.places.out)
            self._registered.add(lab)

    def _put_aside(self, submission: Submission, result: Result, made_from: Fingerprint) -> None:
        pending = self.places.pending
        pending.remove(submission)
        if result.notebook:
            write_text(pending.notebook(submission), result.notebook)
        pending.write(submission, result.verdict, made_from)

    def _finish(self, submission: Submission, result: Result, made_from: Fingerprint) -> Verdict:
        """Notebook, gradebook, feedback, then the verdict: a verdict that is there stands for all of them."""
        self._register(submission.lab)
        self.places.remove(submission)
        try:
            self._write(submission, result)
        except CourseError:
            raise
        except Exception as error:
            result = unfinished(
                submission, f"Writing the results failed with {error_line(error)}", final=False
            )
            self._write(submission, result)
        with explained_disk_errors(self.places.out):
            self.places.write(submission, result.verdict, made_from if result.final else Fingerprint("", ""))
        self.places.pending.forget(submission)
        return result.verdict

    def _write(self, submission: Submission, result: Result) -> None:
        seconds, out = result.verdict.timing, self.places.out
        with explained_disk_errors(out):
            before = answers_before(self.places, submission)
            if result.notebook:
                with _timed(seconds, "gradebook"):
                    self._enter(submission, result.notebook, result.verdict, before)
            else:
                self._take_out(submission, before)
            with _timed(seconds, "feedback"):
                write_feedback(result.verdict, out)

    def _enter(self, submission: Submission, text: str, verdict: Verdict, before: dict[str, str]) -> None:
        """Marks before the notebook: cut short between them, the next run compares with the old notebook again."""
        notebook = nbformat.reads(text, as_version=4)
        answers = answers_in(notebook, submission.lab)
        changed = {name for name in answers if before.get(name, answers[name]) != answers[name]}
        save_marks(notebook, verdict, self.places.out, changed)
        write_text(self.places.notebook(submission), text)
        write_text(self.places.answers(submission), json.dumps(answers))

    def _take_out(self, submission: Submission, before: dict[str, str]) -> None:
        """The formgrader shows no marks of a notebook that does not count any more."""
        if before:
            write_text(self.places.answers(submission), json.dumps(before))
        forget_marks(submission.lab, submission.student, self.places.out)
        shutil.rmtree(self.places.notebook(submission).parent, ignore_errors=True)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - start, 3)


def _length(submission: Submission) -> int:
    """How long a submission may take, roughly: the longest begin first, so that no core waits for the last one."""
    try:
        return max((path.stat().st_size for path in submission.folder.glob("*.ipynb")), default=0)
    except OSError:
        return 0

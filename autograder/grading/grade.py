"""Grades a class: every submission gets a verdict, one bad one never stops the rest, finished ones are kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat

from autograder.building.course import Course
from autograder.grading.feedback import write_feedback
from autograder.grading.fingerprints import fingerprint
from autograder.grading.gradebook import register_lab, save_marks
from autograder.grading.intake import Submission
from autograder.grading.nbgrader_pipeline import course_config
from autograder.grading.parcel import Result, said, unfinished
from autograder.grading.places import Fingerprint, Places, write_whole
from autograder.marking.verdict import Verdict


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


class Grading:
    """Grades a class into an output folder. Interrupted, it can be run again and grades what is not finished."""

    def __init__(self, course: Course, out: Path) -> None:
        self.course, self.places = course, Places(out)

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
        if found and found[1] == now and not force:
            plan.finished[submission] = found[0]
        elif not found or found[1].submission != now.submission:
            plan.new[submission] = now
        else:
            plan.before[submission] = found[0]
            if pending and pending[1] == now:
                plan.pending[submission] = pending[0]
            else:
                plan.outdated[submission] = now

    def run(self, plan: Plan, pool: Pool) -> Iterator[tuple[Submission, Verdict]]:
        """Grade what is to be graded; yields each verdict when everything of it is written.

        Verdicts of outdated submissions are kept apart until `accept`.
        """
        self.places.out.mkdir(parents=True, exist_ok=True)
        prints = plan.new | plan.outdated
        for lab in {submission.lab for submission in prints}:
            register_lab(self.course, lab, self.places.out)
        for submission, result in pool.grade(sorted(prints, key=_length, reverse=True)):
            if submission in plan.outdated:
                verdict = self._put_aside(submission, result, prints[submission])
                plan.pending[submission] = verdict
            else:
                verdict = self._finish(submission, result, prints[submission])
            yield submission, verdict

    def accept(self, submission: Submission, verdict: Verdict) -> None:
        """Let the verdict of a regrade count."""
        pending = self.places.pending
        text = pending.notebook(submission).read_text(encoding="utf-8") if verdict.checks else None
        self._finish(submission, Result(verdict, text), pending.read(submission)[1])
        shutil.rmtree(pending.verdict(submission).parent)

    def _put_aside(self, submission: Submission, result: Result, made_from: Fingerprint) -> Verdict:
        pending = self.places.pending
        pending.remove(submission)
        if result.notebook:
            write_whole(pending.notebook(submission), result.notebook)
        pending.write(submission, result.verdict, made_from)
        return result.verdict

    def _finish(self, submission: Submission, result: Result, made_from: Fingerprint) -> Verdict:
        """Notebook, gradebook, feedback, then the verdict: a verdict that is there stands for all of them."""
        self.places.remove(submission)
        try:
            self._write(submission, result)
        except Exception as error:
            result = unfinished(submission, f"Writing the results failed with {said(error)}")
            self._write(submission, result)
        self.places.write(submission, result.verdict, made_from)
        return result.verdict

    def _write(self, submission: Submission, result: Result) -> None:
        if result.notebook:
            write_whole(self.places.notebook(submission), result.notebook)
            save_marks(nbformat.reads(result.notebook, as_version=4), result.verdict, self.places.out)
        write_feedback(result.verdict, self.places.out, course_config(self.course))


def _length(submission: Submission) -> int:
    """How long a submission may take, roughly: the longest begin first, so that no core waits for the last one."""
    try:
        return max((path.stat().st_size for path in submission.folder.glob("*.ipynb")), default=0)
    except OSError:
        return 0

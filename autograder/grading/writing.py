"""Writes what was graded: the notebook, the gradebook, the feedback page, and last of all the verdict."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import nbformat
from traitlets.config import Config

from autograder.course.course import Course
from autograder.errors import CourseError, error_summary
from autograder.feedback import write_feedback
from autograder.files.atomic import explained_disk_errors, write_text
from autograder.grading.job import Result, unfinished
from autograder.marking.verdict import Verdict
from autograder.results.answers import answers_before, answers_in
from autograder.results.gradebook import forget_marks, register_lab, save_marks
from autograder.results.late import adopt_due_date, handed_in_at
from autograder.results.paths import Fingerprint, ResultPaths
from autograder.results.submission import Submission


class Writer:
    """Writes results into an output folder. Cut short at any place, the next run finds out and goes on."""

    def __init__(self, course: Course, config: Config, paths: ResultPaths) -> None:
        self.course, self.config, self.paths = course, config, paths
        self._registered: set[str] = set()

    def put_aside(self, submission: Submission, result: Result, made_from: Fingerprint) -> None:
        """Keep the result of a regrade apart, until somebody says that it should count."""
        pending = self.paths.pending
        pending.remove(submission)
        if result.notebook:
            write_text(pending.notebook(submission), result.notebook)
        pending.write(submission, result.verdict, made_from)

    def accept(self, submission: Submission, verdict: Verdict) -> None:
        """Let a result count that was put aside."""
        pending = self.paths.pending
        text = pending.notebook(submission).read_text(encoding="utf-8") if verdict.checks else None
        verdict.timing = pending.seconds(submission)
        found = pending.read(submission)
        assert found, "what is accepted was put aside"
        self.finish(submission, Result(verdict, text), found[1])

    def finish(self, submission: Submission, result: Result, made_from: Fingerprint) -> Verdict:
        """Write a result; its verdict is written last, and where it is there, everything else is.

        Where writing fails for a reason that is not the disk's, the submission needs attention. Raises CourseError.
        """
        self._register(submission.lab)
        self.paths.remove(submission)
        try:
            self._write(submission, result)
        except CourseError:
            raise
        except Exception as error:
            note = f"Writing the results failed with {error_summary(error)}"
            result = unfinished(submission, note, final=False)
            self._write(submission, result)
        with explained_disk_errors(self.paths.out):
            self.paths.write(submission, result.verdict, made_from if result.final else Fingerprint("", ""))
        self.paths.pending.forget(submission)
        return result.verdict

    def _register(self, lab: str) -> None:
        """Enter a lab into the gradebook: once a run, and not before marks of the lab are to be written.

        That changes the gradebook, and takes seconds in which the rooms are at work already.
        """
        if lab not in self._registered:
            register_lab(self.course, lab, self.paths.out)
            adopt_due_date(self.course, self.config, lab, self.paths.out)
            self._registered.add(lab)

    def _write(self, submission: Submission, result: Result) -> None:
        seconds, out = result.verdict.timing, self.paths.out
        with explained_disk_errors(out):
            before = answers_before(self.paths, submission)
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
        came, _ = handed_in_at(submission.folder)
        save_marks(notebook, verdict, self.paths.out, changed, came=came, config=self.config)
        write_text(self.paths.notebook(submission), text)
        write_text(self.paths.answers(submission), json.dumps(answers))

    def _take_out(self, submission: Submission, before: dict[str, str]) -> None:
        """The formgrader shows no marks of a notebook that does not count any more."""
        if before:
            write_text(self.paths.answers(submission), json.dumps(before))
        forget_marks(submission.lab, submission.student, self.paths.out)
        shutil.rmtree(self.paths.notebook(submission).parent, ignore_errors=True)


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[name] = round(time.perf_counter() - start, 3)

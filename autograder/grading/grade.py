"""Grades a class: every submission gets a verdict, one bad one never stops the rest, finished ones are kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import nbformat
import torch
from nbformat import NotebookNode
from nbgrader.utils import find_all_files
from traitlets.config import Config

from autograder.building.course import Course, CourseError
from autograder.grading.feedback import write_feedback
from autograder.grading.gradebook import register_lab, save_marks
from autograder.grading.intake import Submission, read_submission
from autograder.grading.marking import Judge
from autograder.grading.nbgrader_pipeline import Repair, course_config
from autograder.grading.repair import NeedsAttention
from autograder.grading.room import Room
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict


@dataclass(frozen=True)
class Places:
    """Where the results of a submission lie below the output folder."""

    out: Path

    def verdict(self, submission: Submission) -> Path:
        """verdict.json, written last: where it is, the submission is finished."""
        return self.out / submission.student / submission.lab / "verdict.json"

    def fingerprint(self, submission: Submission) -> Path:
        """What the verdict was made from."""
        return self.verdict(submission).with_name("fingerprint")

    def notebook(self, submission: Submission) -> Path:
        """The graded notebook, where nbgrader and its formgrader look for it."""
        return self.out / "autograded" / submission.student / submission.lab / f"{submission.lab}.ipynb"


def grade_class(
    course: Course, submissions: list[Submission], out: Path, jobs: int, *, force: bool = False
) -> Iterator[Verdict]:
    """Grade what is not finished yet, `jobs` rooms at a time; yields each verdict when everything of it is written.

    Interrupted, it can be run again: finished submissions are yielded at once, the others are graded.
    """
    out.mkdir(parents=True, exist_ok=True)
    places = Places(out)
    for lab in {submission.lab for submission in submissions}:
        register_lab(course, lab, out)
    course_print = course_fingerprint(course)
    waiting: list[tuple[Submission, str]] = []
    for submission in submissions:
        fingerprint = _fingerprint(submission, course_print)
        finished = None if force else _finished(submission, fingerprint, places)
        if finished:
            yield finished
        else:
            waiting.append((submission, fingerprint))
    yield from _grade_waiting(course, waiting, places, jobs)


def _grade_waiting(
    course: Course, waiting: list[tuple[Submission, str]], places: Places, jobs: int
) -> Iterator[Verdict]:
    if not waiting:
        return
    config = course_config(course)
    # Workers are spawned, not forked: a process that has run torch's threads cannot be forked safely.
    pool = ProcessPoolExecutor(min(jobs, len(waiting)), get_context("spawn"), initializer=_quiet_worker)
    try:
        futures = {pool.submit(grade_submission, course, one, places): (one, mark) for one, mark in waiting}
        for future in as_completed(futures):
            submission, fingerprint = futures[future]
            verdict = _verdict_of(future, submission)
            _finish(submission, verdict, fingerprint, places, config)
            yield verdict
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _quiet_worker() -> None:
    """On Ctrl-C a worker goes at once and without a trace; its kernel notices and goes too."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))


def _verdict_of(future: Future[Verdict], submission: Submission) -> Verdict:
    try:
        return future.result()
    except BrokenProcessPool:
        raise CourseError(
            f"A grading process was ended from outside (out of memory?) at {submission.student}/{submission.lab}. "
            "What is finished is kept: run the same command again, with a smaller --jobs."
        ) from None
    except Exception as error:
        verdict = Verdict(submission.lab, submission.student, get_lab(submission.lab).marks)
        verdict.needs_attention(
            f"Grading failed with {type(error).__name__}: {' '.join(str(error).split())[:300]}"
        )
        return verdict


def grade_submission(course: Course, submission: Submission, places: Places) -> Verdict:
    """Read, repair, run and judge one submission and write the graded notebook. Runs in a worker process."""
    verdict = Verdict(submission.lab, submission.student, get_lab(submission.lab).marks)
    try:
        notebook, notes = read_submission(submission)
        notebook = _run(course, notebook, submission)
    except NeedsAttention as reason:
        verdict.needs_attention(str(reason))
        return verdict
    raw = notebook.metadata.autograder.verdict
    raw["notes"] = notes + raw["notes"]
    _write_atomically(places.notebook(submission), nbformat.writes(notebook, version=nbformat.NO_CONVERT))
    return Verdict.from_json(raw)


def _run(course: Course, notebook: NotebookNode, submission: Submission) -> NotebookNode:
    """Repair, room and judge, in a copy of the submission's folder that goes away afterwards."""
    config = course_config(course)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        for path in find_all_files(str(submission.folder), ["*.ipynb", ".*"]):
            if not Path(path).is_symlink():
                target = Path(folder) / Path(path).relative_to(submission.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        marked = {"notebook": submission.lab, "assignment": submission.lab, "student": submission.student}
        resources = {"nbgrader": marked, "metadata": {"path": folder}}
        for step in (Repair, Room, Judge):
            notebook, resources = step(config=config).preprocess(notebook, resources)
    return notebook


def _finish(
    submission: Submission, verdict: Verdict, fingerprint: str, places: Places, config: Config
) -> None:
    """Gradebook, feedback, then the verdict: a verdict that is there stands for all of them."""
    if verdict.checks:
        save_marks(nbformat.read(places.notebook(submission), as_version=4), verdict, places.out)
    write_feedback(verdict, places.out, config)
    _write_atomically(places.fingerprint(submission), fingerprint)
    _write_atomically(
        places.verdict(submission), json.dumps(verdict.to_json(), indent=2, ensure_ascii=False) + "\n"
    )


def _finished(submission: Submission, fingerprint: str, places: Places) -> Verdict | None:
    try:
        if places.fingerprint(submission).read_text(encoding="utf-8") == fingerprint:
            return Verdict.from_json(json.loads(places.verdict(submission).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        pass
    places.verdict(submission).unlink(missing_ok=True)
    return None


def _fingerprint(submission: Submission, course_print: str) -> str:
    digest = hashlib.sha256(f"{course_print} {submission.in_class}".encode())
    for path in sorted(submission.folder.rglob("*")):
        digest.update(str(path.relative_to(submission.folder)).encode())
        if path.is_symlink():
            digest.update(str(path.readlink()).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def course_fingerprint(course: Course) -> str:
    """Changes when the labs, the checks or torch change."""
    digest = hashlib.sha256(torch.__version__.encode())
    package = Path(__file__).resolve().parents[1]
    files = [
        *package.rglob("*.py"),
        *(course.root / "source").rglob("*.ipynb"),
        *(course.root / "notebooks").rglob("*.py"),
    ]
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write_atomically(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    partial.write_text(text, encoding="utf-8")
    os.replace(partial, path)

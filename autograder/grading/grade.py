"""Grades a class: every submission gets a verdict, one bad one never stops the rest, finished ones are kept."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import nbformat
import torch
from nbformat import NotebookNode
from nbgrader.utils import find_all_files
from traitlets.config import Config

from autograder.building.course import Course
from autograder.grading.feedback import write_feedback
from autograder.grading.gradebook import register_lab, save_marks
from autograder.grading.intake import Submission, read_submission
from autograder.grading.marking import Judge
from autograder.grading.nbgrader_pipeline import Repair, course_config
from autograder.grading.repair import NeedsAttention
from autograder.grading.room import Room
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict

_TAKEN = ("gradebook.db", "grades.csv", "feedback", "autograded")  # names in the output folder


@dataclass(frozen=True)
class Places:
    """Where the results of a submission lie below the output folder."""

    out: Path

    def verdict(self, submission: Submission) -> Path:
        """verdict.json, written last: where it is, the submission is finished."""
        student = f"{submission.student}_" if submission.student in _TAKEN else submission.student
        return self.out / student / submission.lab / "verdict.json"

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
    config = course_config(course)
    for submission, fingerprint, verdict in _verdicts(course, waiting, places, jobs):
        try:
            _finish(submission, verdict, fingerprint, places, config)
        except Exception as error:
            verdict = _unfinished(submission, f"Writing the results failed with {_said(error)}")
            _finish(submission, verdict, fingerprint, places, config)
        yield verdict


def _verdicts(
    course: Course, waiting: list[tuple[Submission, str]], places: Places, jobs: int
) -> Iterator[tuple[Submission, str, Verdict]]:
    """In worker processes; those that were left over when one of these was killed are graded alone."""
    left = dict(waiting)
    for submission, verdict in _pooled(course, list(left), places, jobs):
        yield submission, left.pop(submission), verdict
    for submission, fingerprint in left.items():
        alone = dict(_pooled(course, [submission], places, 1))
        killed = "It ended the process that grades it. Look at its code before you run it anywhere."
        yield submission, fingerprint, alone.get(submission) or _unfinished(submission, killed)


def _pooled(
    course: Course, submissions: list[Submission], places: Places, jobs: int
) -> Iterator[tuple[Submission, Verdict]]:
    """Verdicts as they come; it ends early where a worker process was killed."""
    if not submissions:
        return
    # Workers are spawned, not forked: a process that has run torch's threads cannot be forked safely.
    pool = ProcessPoolExecutor(min(jobs, len(submissions)), get_context("spawn"), initializer=_quiet_worker)
    try:
        futures = {pool.submit(grade_submission, course, one, places): one for one in submissions}
        for future in as_completed(futures):
            try:
                verdict = future.result()
            except BrokenProcessPool:
                return
            except Exception as error:
                verdict = _unfinished(futures[future], f"Grading failed with {_said(error)}")
            yield futures[future], verdict
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _quiet_worker() -> None:
    """On Ctrl-C a worker goes at once and without a trace; its kernel notices and goes too."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # the judge's networks are tiny, and the rooms want the cores


def _unfinished(submission: Submission, note: str) -> Verdict:
    verdict = Verdict(submission.lab, submission.student, get_lab(submission.lab).marks)
    verdict.needs_attention(note)
    return verdict


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


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
        digest.update(os.fsencode(path.relative_to(submission.folder)))
        if path.is_symlink():
            digest.update(os.fsencode(path.readlink()))
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
    partial.write_text(text, encoding="utf-8", errors="replace")
    os.replace(partial, path)

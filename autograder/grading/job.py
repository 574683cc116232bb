"""One submission from hand-in to verdict, with nothing but data going in and out: here or on another machine."""

from __future__ import annotations

import os
import stat
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.errors import NeedsAttention
from autograder.feedback.notebook import Inert
from autograder.grading.judging import Judge
from autograder.grading.pipeline import Repair, course_config
from autograder.intake.find import read_submission
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.submission import Submission
from autograder.room.execution import Room

_MOST_BYTES, _MOST_FILES = 100_000_000, 500  # of the files beside a notebook


@dataclass(frozen=True)
class Job:
    """A submission that was read: the notebook as JSON text, notes about it, and the files beside it."""

    student: str
    lab: str
    notebook: str
    notes: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A verdict with the graded notebook as JSON text; None where nothing could be graded."""

    verdict: Verdict
    notebook: str | None = None
    final: bool = True  # False where grading itself failed: the next run tries again


def unfinished(submission: Submission | Job, note: str, *, final: bool = True) -> Result:
    """The result of a submission that a person has to look at."""
    verdict = Verdict(submission.lab, submission.student, get_lab(submission.lab).marks)
    verdict.notes += submission.notes if isinstance(submission, Job) else ()
    verdict.needs_attention(note)
    return Result(verdict, final=final)


def said(error: BaseException) -> str:
    """An error in one line, for a note."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def pack(submission: Submission) -> Job:
    """Read a submission, trusting nothing. Raises NeedsAttention."""
    notebook, notes = read_submission(submission)
    files, left_out = _files(submission.folder)
    if left_out:
        notes.append(
            f"Of the files beside the notebook {left_out} were left out: too many, too large, or no files."
        )
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return Job(submission.student, submission.lab, text, tuple(notes), files)


def _files(folder: Path) -> tuple[dict[str, bytes], int]:
    """What lies beside the notebook, as far as it is plain files of a sensible size; and how many more there are."""
    found: dict[str, bytes] = {}
    left, left_out = _MOST_BYTES, 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if name.endswith(".ipynb") or name.startswith("."):
                continue
            about = path.lstat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > left or len(found) >= _MOST_FILES:
                left_out += 1
                continue
            found[str(path.relative_to(folder))] = path.read_bytes()
            left -= about.st_size
    return found, left_out


def grade_job(course: Course, parcel: Job, *, sandbox: bool = True, unseen: tuple[Path, ...] = ()) -> Result:
    """Repair, run and judge one submission; every problem of its own becomes a verdict that needs attention."""
    start = time.perf_counter()
    try:
        notebook, seconds = _run(course, parcel, sandbox, unseen)
    except NeedsAttention as reason:
        return unfinished(parcel, str(reason))
    raw = notebook.metadata.autograder.verdict
    raw["notes"] = [*parcel.notes, *raw["notes"]]
    verdict = Verdict.from_json(raw)
    verdict.timing = seconds | {"seconds": round(time.perf_counter() - start, 3)}
    return Result(verdict, nbformat.writes(notebook, version=nbformat.NO_CONVERT))


def _run(
    course: Course, parcel: Job, sandbox: bool, unseen: tuple[Path, ...]
) -> tuple[NotebookNode, dict[str, float]]:
    """Repair, room and judge, in a copy of the submission's folder that goes away afterwards."""
    config, seconds = course_config(course), {}
    if not sandbox:
        config.Room.sandbox = False
    notebook = nbformat.reads(parcel.notebook, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        for name, content in parcel.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        marked = {"notebook": parcel.lab, "assignment": parcel.lab, "student": parcel.student}
        resources = {"nbgrader": marked, "metadata": {"path": folder}, "course": course, "unseen": unseen}
        for name, step in (("repair", Repair), ("room", Room), ("judge", Judge), ("inert", Inert)):
            start = time.perf_counter()
            notebook, resources = step(config=config).preprocess(notebook, resources)
            seconds[name] = time.perf_counter() - start
        seconds |= resources.pop("room_seconds", {})
    return notebook, {name: round(taken, 3) for name, taken in seconds.items()}

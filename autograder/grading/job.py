"""One submission from hand-in to verdict, with nothing but data going in and out: here or on another machine."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.errors import NeedsAttention
from autograder.feedback.notebook import Inert
from autograder.grading.judging import Judge
from autograder.grading.pipeline import Repair, course_config
from autograder.intake.read import HandedIn
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.submission import Submission
from autograder.room.execution import Room


@dataclass(frozen=True)
class Result:
    """A verdict with the graded notebook as JSON text; None where nothing could be graded."""

    verdict: Verdict
    notebook: str | None = None
    final: bool = True  # False where grading itself failed: the next run tries again


def unfinished(submission: Submission | HandedIn, note: str, *, final: bool = True) -> Result:
    """The result of a submission that a person has to look at."""
    verdict = Verdict(submission.lab, submission.student, get_lab(submission.lab).marks)
    verdict.notes += submission.notes if isinstance(submission, HandedIn) else ()
    verdict.needs_attention(note)
    return Result(verdict, final=final)


def said(error: BaseException) -> str:
    """An error in one line, for a note."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def grade_job(
    course: Course, handed_in: HandedIn, *, sandbox: bool = True, unseen: tuple[Path, ...] = ()
) -> Result:
    """Repair, run and judge one submission; every problem of its own becomes a verdict that needs attention."""
    start = time.perf_counter()
    try:
        notebook, seconds = _run(course, handed_in, sandbox, unseen)
    except NeedsAttention as reason:
        return unfinished(handed_in, str(reason))
    raw = notebook.metadata.autograder.verdict
    raw["notes"] = [*handed_in.notes, *raw["notes"]]
    verdict = Verdict.from_json(raw)
    verdict.timing = seconds | {"seconds": round(time.perf_counter() - start, 3)}
    return Result(verdict, nbformat.writes(notebook, version=nbformat.NO_CONVERT))


def _run(
    course: Course, handed_in: HandedIn, sandbox: bool, unseen: tuple[Path, ...]
) -> tuple[NotebookNode, dict[str, float]]:
    """Repair, room and judge, in a copy of the submission's folder that goes away afterwards."""
    config, seconds = course_config(course), {}
    if not sandbox:
        config.Room.sandbox = False
    notebook = nbformat.reads(handed_in.notebook, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        for name, content in handed_in.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        marked = {"notebook": handed_in.lab, "assignment": handed_in.lab, "student": handed_in.student}
        resources = {"nbgrader": marked, "metadata": {"path": folder}, "course": course, "unseen": unseen}
        for name, step in (("repair", Repair), ("room", Room), ("judge", Judge), ("inert", Inert)):
            start = time.perf_counter()
            notebook, resources = step(config=config).preprocess(notebook, resources)
            seconds[name] = time.perf_counter() - start
        seconds |= resources.pop("room_seconds", {})
    return notebook, {name: round(taken, 3) for name, taken in seconds.items()}

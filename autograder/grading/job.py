"""One submission from hand-in to verdict, with nothing but data going in and out: here or on another machine."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.errors import NeedsAttention
from autograder.grading.pipeline import STEPS, course_config
from autograder.intake.read import HandedIn
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.record import Record
from autograder.results.submission import Submission


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


def grade_job(
    course: Course, handed_in: HandedIn, *, sandbox: bool = True, hidden_paths: tuple[Path, ...] = ()
) -> Result:
    """Repair, run and judge one submission; every problem of its own becomes a verdict that needs attention."""
    start = time.perf_counter()
    record = Record.begin(
        course, handed_in.student, handed_in.lab, notes=handed_in.notes, hidden_paths=hidden_paths
    )
    try:
        notebook, record, seconds = _run(handed_in, record, sandbox)
    except NeedsAttention as reason:
        return unfinished(handed_in, str(reason))
    assert record.verdict, "the judge gives one"
    seconds["seconds"] = time.perf_counter() - start
    timing = {name: round(taken, 3) for name, taken in seconds.items()}
    verdict = replace(record.verdict, timing=timing)
    return Result(verdict, nbformat.writes(notebook, version=nbformat.NO_CONVERT))


def _run(handed_in: HandedIn, record: Record, sandbox: bool) -> tuple[NotebookNode, Record, dict[str, float]]:
    """The steps, in a folder with the submission's files that goes away afterwards; the seconds that each took."""
    config, seconds = course_config(record.course), {}
    if not sandbox:
        config.Room.sandbox = False
    notebook = nbformat.reads(handed_in.notebook, as_version=4)
    with tempfile.TemporaryDirectory(prefix="room-") as folder:
        _write_files(handed_in.files, Path(folder))
        resources: dict[str, Any] = {"metadata": {"path": folder}}
        record.put_into(resources)
        for step in STEPS:
            start = time.perf_counter()
            notebook, resources = step(config=config)(notebook, resources)
            seconds[step.__name__.lower()] = time.perf_counter() - start
    record = Record.of(resources)
    return notebook, record, seconds | (dict(record.room.seconds) if record.room else {})


def _write_files(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

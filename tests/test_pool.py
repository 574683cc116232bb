"""The pool of worker processes: what happens to the others when one of them is killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autograder.grading import pool
from autograder.grading.job import Result, unfinished
from autograder.grading.pool import LocalPool
from autograder.results.submission import Submission

LAB = "sine_gan"
pytestmark = pytest.mark.slow


def _graded(course, submission: Submission, *_: object) -> Result:
    """In a worker, in the place of grading: writes down who ran when, and ends the worker that has a killer."""
    log = submission.folder / f"{time.monotonic_ns()}"
    log.write_text(f"{submission.student} {os.getpid()}")
    if submission.student == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.3)
    return unfinished(submission, "It was told so.")


def _runs(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.iterdir(), key=lambda path: int(path.name)):
        yield tuple(path.read_text().split())


def test_only_what_ran_beside_a_killer_is_graded_alone(course, tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "grade_submission", _graded)
    others = [f"student_{number}" for number in range(10)]
    submissions = [Submission(name, LAB, tmp_path) for name in ("first", "killer", *others)]
    results = {one.student: result for one, result in LocalPool(course, 2, sandbox=False).grade(submissions)}
    assert set(results) == {"first", "killer", *others}
    killer = results.pop("killer")
    assert "ended the process" in killer.verdict.notes[0] and killer.final
    assert {result.verdict.notes[0] for result in results.values()} == {"It was told so."}
    runs = list(_runs(tmp_path))
    assert len({worker for _, worker in runs}) <= 7, "nearly everybody had a worker of their own"
    assert len(runs) <= len(submissions) + 4, "what was finished was graded again"


def test_where_no_worker_starts_the_run_ends(course, tmp_path, monkeypatch):
    """Every pool breaks before anything begins: each gets its verdict, and nothing goes round in circles."""
    monkeypatch.setattr(pool, "_quiet_worker", _end)
    ((_, result),) = LocalPool(course, 2, sandbox=False).grade([Submission("a", LAB, tmp_path)])
    assert result.verdict.status == "needs_attention" and "before it began" in result.verdict.notes[0]
    assert not result.final


def _end() -> None:
    os._exit(1)

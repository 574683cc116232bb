"""Worker processes on this machine, each with one submission at a time: as many rooms at once as there are cores."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch

from autograder.course.course import Course
from autograder.errors import NeedsAttention, error_summary
from autograder.grading.job import Result, grade_job, unfinished
from autograder.intake.read import HandedIn, read_submission, unreadable
from autograder.results.submission import Submission
from autograder.room.fork_server import fork_server_address

Graded = tuple[Submission, Result]
_KILLED = "It ended the process that grades it. Look at its code before you run it anywhere."
_GONE = "The process that was to grade it ended before it began. Is there enough memory? Run it again."


@dataclass(frozen=True)
class LocalPool:
    """Grades submissions in `jobs` worker processes."""

    course: Course
    jobs: int
    sandbox: bool = True
    hidden_paths: tuple[Path, ...] = ()  # files that no room may show

    def grade(self, submissions: list[Submission]) -> Iterator[Graded]:
        """Results as they come. Those that ran when a worker was killed are graded again, each alone."""
        if submissions and self.sandbox:
            fork_server_address()  # of this process, so that the workers share it
        left = dict.fromkeys(submissions)
        while left:
            suspects = yield from self._pooled(left, self.jobs)
            for suspect in suspects or list(left):  # where nobody had begun pools break by themselves
                del left[suspect]
                yield suspect, self._alone(suspect)

    def _alone(self, submission: Submission) -> Result:
        graded = self._pooled({submission: None}, 1)
        try:
            return next(graded)[1]
        except StopIteration as end:  # its value: what ran when the worker was killed
            return (
                unfinished(submission, _KILLED) if end.value else unfinished(submission, _GONE, final=False)
            )

    def _pooled(self, left: dict[Submission, None], jobs: int) -> Generator[Graded, None, list[Submission]]:
        """Takes what is graded out of `left`; returns those that ran when a worker was killed."""
        # Workers come from a server that has imported everything once, and run nothing before they are forked.
        context = get_context("forkserver")
        context.set_forkserver_preload(["autograder.grading.pool", "torch._dynamo"])
        pool = ProcessPoolExecutor(min(jobs, len(left)), context, initializer=_quiet_worker)
        try:
            with TemporaryDirectory(prefix="running-") as folder:
                running = {submission: Path(folder, str(number)) for number, submission in enumerate(left)}
                futures = {}
                with suppress(BrokenProcessPool):  # a worker may be gone before all are handed over
                    for submission, file in running.items():
                        arguments = (self.course, submission, self.sandbox, self.hidden_paths)
                        futures[pool.submit(_noted, file, grade_submission, *arguments)] = submission
                for future in as_completed(futures):
                    try:
                        result = future.result()
                    except BrokenProcessPool:
                        continue
                    except Exception as error:
                        note = f"Grading failed with {error_summary(error)}"
                        result = unfinished(futures[future], note, final=False)
                    del left[futures[future]]
                    yield futures[future], result
                return [submission for submission in left if running[submission].exists()]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _noted(running: Path, grade: Callable[..., Result], *arguments: Any) -> Result:
    """In a worker: a file is there while it runs, and stays when the worker is killed."""
    running.touch()
    try:
        return grade(*arguments)
    finally:
        running.unlink(missing_ok=True)


def grade_submission(
    course: Course, submission: Submission, sandbox: bool = True, hidden_paths: tuple[Path, ...] = ()
) -> Result:
    """Read and grade one submission."""
    handed_in = packed(submission)
    if isinstance(handed_in, Result):
        return handed_in
    hidden_paths = (submission.folder.absolute(), *hidden_paths)
    return grade_job(course, handed_in, sandbox=sandbox, hidden_paths=hidden_paths)


def packed(submission: Submission) -> HandedIn | Result:
    """A submission that was read, or a result that says why it can't be: the others are graded all the same."""
    try:
        return read_submission(submission)
    except NeedsAttention as reason:
        return unfinished(submission, str(reason))
    except OSError as error:
        return unfinished(submission, unreadable(submission, error), final=False)
    except Exception as error:
        return unfinished(submission, f"Grading failed with {error_summary(error)}", final=False)


def _quiet_worker() -> None:
    """On Ctrl-C a worker goes at once and without a trace; its kernel notices and goes too."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # the judge's networks are tiny, and the rooms want the cores


def _end_with_parent() -> None:
    """A worker ends with the run that started it, also when that is killed: the executor's own would not notice."""
    if parent := parent_process():
        parent.join()
    os._exit(1)

"""As many rooms at once as there are cores: worker processes on this machine, each with one submission at a time."""

from __future__ import annotations

import os
import signal
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context, parent_process

import torch

from autograder.building.course import Course
from autograder.grading.intake import Submission
from autograder.grading.parcel import Result, grade_parcel, pack, said, unfinished
from autograder.grading.repair import NeedsAttention
from autograder.room.warm import warm_process

Graded = Iterator[tuple[Submission, Result]]
_KILLED = "It ended the process that grades it. Look at its code before you run it anywhere."


@dataclass(frozen=True)
class LocalPool:
    """Grades submissions in `jobs` worker processes."""

    course: Course
    jobs: int
    sandbox: bool = True

    def grade(self, submissions: list[Submission]) -> Graded:
        """Results as they come. Those left over when a worker was killed are graded again, each alone."""
        if submissions and self.sandbox:
            warm_process()  # of this process, so that the workers share it
        left = dict.fromkeys(submissions)
        for submission, result in self._pooled(submissions, self.jobs):
            del left[submission]
            yield submission, result
        for submission in left:
            alone = dict(self._pooled([submission], 1))
            yield submission, alone.get(submission) or unfinished(submission, _KILLED)

    def _pooled(self, submissions: list[Submission], jobs: int) -> Graded:
        """It ends early where a worker process was killed."""
        if not submissions:
            return
        # Workers come from a server that has imported everything once, and run nothing before they are forked.
        context = get_context("forkserver")
        context.set_forkserver_preload(["autograder.grading.pool", "torch._dynamo"])
        pool = ProcessPoolExecutor(min(jobs, len(submissions)), context, initializer=_quiet_worker)
        try:
            futures = {
                pool.submit(grade_submission, self.course, one, self.sandbox): one for one in submissions
            }
            for future in as_completed(futures):
                try:
                    result = future.result()
                except BrokenProcessPool:
                    return
                except Exception as error:
                    result = unfinished(futures[future], f"Grading failed with {said(error)}", final=False)
                yield futures[future], result
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def grade_submission(course: Course, submission: Submission, sandbox: bool = True) -> Result:
    """Read and grade one submission."""
    try:
        parcel = pack(submission)
    except NeedsAttention as reason:
        return unfinished(submission, str(reason))
    return grade_parcel(course, parcel, sandbox=sandbox)


def _quiet_worker() -> None:
    """On Ctrl-C a worker goes at once and without a trace; its kernel notices and goes too."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)  # the judge's networks are tiny, and the rooms want the cores


def _end_with_parent() -> None:
    """A run that is killed leaves nobody waiting for work: the executor's own workers would not notice."""
    parent_process().join()
    os._exit(1)

"""Grading on a Dask cluster: each task carries a submission to a worker and its verdict back, as data.

Workers share no disk with this machine. The tasks bring them what they need of the course, into a private folder.
"""

from __future__ import annotations

import logging
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Self
from uuid import uuid4

from autograder.course.course import Course
from autograder.errors import CourseError, error_summary
from autograder.grading.job import Result, unfinished
from autograder.grading.pipeline import course_config
from autograder.grading.pool import packed
from autograder.intake.read import HandedIn
from autograder.results.submission import Submission
from autograder.room.execution import Room

try:
    from distributed import Client, Future, KilledWorker, wait

    from autograder.grading.cluster_worker import Unfit, environment, pack_course
except ModuleNotFoundError as error:
    if error.name != "distributed":
        raise
    raise CourseError("--cluster needs the package distributed: pip install 'autograder[cluster]'") from None

_CONNECT_SECONDS = 10
_WORKER_SECONDS = 30  # until the first worker is there
_GONE_SECONDS = 120  # without any worker, in the middle: they may be starting anew
_POLL_SECONDS = 2
_PER_WORKER = 2  # while a submission is graded, the next lies ready
_SLACK = 300  # seconds beside a notebook's own: a cold start, repair, judge
_KILLED = (
    "It ended the workers that graded it, one after the other. Look at its code before you run it anywhere."
)
_NEVER_BACK = (
    "It did not come back from the cluster within {:.0f} minutes. See the workers' logs, and run it again."
)

Graded = Iterator[tuple[Submission, Result]]


class ClusterPool:
    """Grades submissions on the workers of a Dask scheduler; a context manager."""

    def __init__(self, course: Course, address: str, sandbox: bool = True) -> None:
        self.course, self.address, self.sandbox = course, address, sandbox

    def __enter__(self) -> Self:
        """Connect, and ask every worker whether it can grade. Raises CourseError."""
        self._log = logging.getLogger("distributed")
        self._level = self._log.level
        self._log.setLevel(logging.CRITICAL + 1)  # this class tells what goes wrong, in sentences
        self._wanted = environment()
        self._patience = 2 * (Room(config=course_config(self.course)).notebook_timeout + _SLACK)
        try:
            self._client = self._connected()
            self._survey()
            archive = pack_course(self.course)
            key = f"course-{sha256(archive).hexdigest()}"
            # The result of a task, not scattered data: when its last worker is lost it is made again.
            self._archive = self._client.submit(bytes, archive, key=key)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the cluster. Tasks that are not finished are cancelled: Dask forgets those whose futures are gone."""
        if hasattr(self, "_client"):
            self._client.close(timeout=5)
        self._log.setLevel(self._level)

    def grade(self, submissions: list[Submission]) -> Graded:
        """Results, as they come. Submissions whose workers were lost several times are graded again, each alone."""
        suspects = []
        for submission, result in self._graded(submissions):
            if result is None:
                suspects.append(submission)
            else:
                yield submission, result
        for suspect in suspects:  # it may only have lain beside one that ends workers
            for submission, result in self._graded([suspect]):
                yield submission, result or unfinished(submission, _KILLED)

    def _graded(self, submissions: list[Submission]) -> Iterator[tuple[Submission, Result | None]]:
        """Results, as they come; None for a submission whose workers were lost again and again.

        Only a few submissions per worker are read and sent at a time, because each lies in memory.
        """
        left = deque(submissions)
        in_flight: dict[Future[Any], Submission] = {}
        while left or in_flight:
            while left and len(in_flight) < max(1, _PER_WORKER * len(self._workers())):
                submission = left.popleft()
                handed_in = packed(submission)
                if isinstance(handed_in, Result):
                    yield submission, handed_in
                else:
                    in_flight[self._send(handed_in)] = submission
            for future in self._done(list(in_flight)):
                submission = in_flight.pop(future)
                yield submission, self._result(submission, future)

    def _send(self, handed_in: HandedIn) -> Future[Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a remark about files beside the notebook that are large
            # The key is shown in Dask's dashboard and logs: no student's name.
            return self._client.submit(
                _task(),
                self._archive,
                asdict(handed_in),
                self._wanted,
                self.sandbox,
                key=f"grade-{uuid4()}",
            )

    def _done(self, futures: list[Future[Any]]) -> list[Future[Any]]:
        """The futures that are done, one at least; all of them, where nothing has been done for too long."""
        start = with_workers = time.monotonic()
        while futures:
            try:
                return list(wait(futures, timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                now = time.monotonic()
            except (CancelledError, OSError, RuntimeError):
                raise self._gone() from None
            if self._workers():
                with_workers = now
            elif now - with_workers > _GONE_SECONDS:
                raise CourseError(
                    f"{self._without_workers()} What is finished is kept: run it again for the rest."
                )
            if now - start > self._patience:
                break
        return futures

    def _result(self, submission: Submission, future: Future[Any]) -> Result | None:
        """What a future holds, or None where its workers were lost. CourseError where the cluster is at fault."""
        if future.status == "pending":
            return unfinished(submission, _NEVER_BACK.format(self._patience / 60), final=False)
        try:
            result: Result = future.result(timeout=self._patience)
            return result
        except KilledWorker:
            return None
        except Unfit:
            raise
        except CancelledError:
            raise self._gone() from None
        except Exception as error:
            if _lacks_package(error):
                raise CourseError(_lacking("A worker")) from None
            return unfinished(submission, f"Grading failed with {error_summary(error)}", final=False)

    def _connected(self) -> Client:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: those that matter are compared below
            try:
                return Client(self.address, timeout=_CONNECT_SECONDS)
            except (OSError, ValueError, TypeError, RuntimeError) as error:
                raise CourseError(
                    f"No Dask scheduler answers at {self.address} ({error_summary(error)[:100]}). Start one with "
                    "`dask scheduler --port 8786`, or mend the address, as in --cluster tcp://scheduler:8786."
                ) from None

    def _survey(self) -> None:
        """Raise CourseError unless every worker can grade, and would give the marks that this machine would give."""
        try:
            self._client.wait_for_workers(1, timeout=_WORKER_SECONDS)
        except TimeoutError:
            raise CourseError(self._without_workers()) from None
        threads = {address: count for address, count in self._workers().items() if count > 1}
        if threads:
            raise CourseError(
                f"{_several(list(threads))} several threads, and marks are made one at a time in a process. "
                f"Start workers with one thread each: {self._start_workers()}"
            )
        answers = self._client.run(_question(), self._wanted, self.sandbox, on_error="return")
        for address, answer in answers.items():
            if isinstance(answer, BaseException):
                answer = (
                    _lacking("it") if _lacks_package(answer) else f"it answers with {error_summary(answer)}"
                )
            if answer:
                raise Unfit(f"The worker {address} is not fit: {answer}")

    def _workers(self) -> dict[str, int]:
        """The addresses of the workers that are connected, with the number of their threads."""
        try:
            return dict(self._client.nthreads())
        except (CancelledError, OSError, RuntimeError, ValueError):
            raise self._gone() from None

    def _gone(self) -> CourseError:
        return CourseError(
            f"The Dask scheduler at {self.address} is gone. What is finished is kept: "
            "start it anew and run the command again for the rest."
        )

    def _without_workers(self) -> str:
        return f"The Dask scheduler at {self.address} has no workers. Start some: {self._start_workers()}"

    def _start_workers(self) -> str:
        return f"dask worker {self.address} --nworkers 4 --nthreads 1"


def _task() -> Callable[..., Any]:
    """The task. It is sent as code, not by name: the scheduler, which unpacks it too, need not have this package."""

    def grade(*arguments: Any) -> Any:
        from autograder.grading.cluster_worker import grade_here

        return grade_here(*arguments)

    return grade


def _question() -> Callable[..., Any]:
    """The question whether a worker is fit, sent in the same way."""

    def ask(*arguments: Any) -> Any:
        from autograder.grading.cluster_worker import unfit

        return unfit(*arguments)

    return ask


def _lacks_package(error: BaseException) -> bool:
    return isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("autograder")


def _lacking(who: str) -> str:
    return f"{who} lacks this package. Install it there: pip install '.[cluster]' in the course's folder."


def _several(addresses: list[str]) -> str:
    if len(addresses) == 1:
        return f"The worker {addresses[0]} has"
    return f"{len(addresses)} workers ({addresses[0]}, …) have"

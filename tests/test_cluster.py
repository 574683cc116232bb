"""Grading on a Dask cluster: a real scheduler with real worker processes on this machine."""

from __future__ import annotations

import gc
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.errors import CourseError
from autograder.grading import cluster, cluster_worker, pool
from autograder.grading.cluster import ClusterPool
from autograder.grading.pool import LocalPool
from autograder.intake.find import find_submissions
from autograder.results.submission import Submission
from autograder.room.sandbox import problem

ROOT = Path(__file__).resolve().parents[1]
CLASS = ROOT / "tests" / "example_class"
LAB = "sine_gan"
pytestmark = pytest.mark.slow
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
    "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False",
}


@dataclass
class Running:
    """A scheduler and its workers, as processes."""

    address: str
    workers: list[subprocess.Popen]
    folder: Path


@contextmanager
def _cluster(folder: Path, *workers: str):
    """A scheduler, and a worker for each text of options."""
    file = folder / "scheduler.json"
    started = [
        _dask(folder, "scheduler", "--port 0 --dashboard-address :0 --host 127.0.0.1 --scheduler-file", file)
    ]
    try:
        deadline = time.monotonic() + 60
        while not file.exists():
            assert time.monotonic() < deadline, (folder / "scheduler.log").read_text()
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        for options in workers:
            place = f"--no-dashboard --host 127.0.0.1 --local-directory {folder} {options}"
            started.append(_dask(folder, "worker", f"{address} {place}"))
        yield Running(address, started[1:], folder)
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            try:
                process.wait(3)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _dask(folder: Path, what: str, options: str, *more: Path) -> subprocess.Popen:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options.split(), *map(str, more)]
    with (folder / f"{what}.log").open("a") as log:
        return subprocess.Popen(command, cwd=folder, env=os.environ | ENVIRONMENT, stdout=log, stderr=log)


@pytest.fixture(autouse=True)
def _clients_that_never_connected():
    """They lie in cycles, and Dask closes them where the collector finds them: here, before it is in the thread of
    another client's loop, where each would wait for the other."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A scheduler with two workers; the nanny of the second starts it again when it ends."""
    with _cluster(
        tmp_path_factory.mktemp("two"), "--no-nanny --nthreads 1", "--nanny --nthreads 1"
    ) as running:
        yield running


def _await_workers(pool: ClusterPool, count: int) -> None:
    pool._client.wait_for_workers(count, timeout=60)


def _connect(*arguments, **named) -> None:
    with ClusterPool(*arguments, **named):
        pass


def _made_up(count: int) -> list[Submission]:
    folder = CLASS / "example_untouched" / LAB
    return [Submission(f"student_{number}", LAB, folder) for number in range(count)]


# Tasks in the place of the real one: they go to the workers in the same way, and need no room.
def _says_done():
    def grade(archive, handed_in, wanted, sandbox):
        return handed_in["student"]

    return grade


def _ends_its_worker():
    def grade(archive, handed_in, wanted, sandbox):
        import os

        if handed_in["student"] == "student_0":
            os._exit(1)
        return handed_in["student"]

    return grade


def test_the_archive_holds_what_grading_needs_and_is_always_the_same(scratch_course):
    (scratch_course.root / "notebooks" / "secret.txt").write_text("x")
    archive = cluster_worker.pack_course(scratch_course)
    names = set(zipfile.ZipFile(io.BytesIO(archive)).namelist())
    assert {
        f"notebooks/{LAB}/mistakes.py",
        f"source/{LAB}/{LAB}.ipynb",
        f"release/{LAB}/{LAB}.ipynb",
    } <= names
    assert {"nbgrader_config.py", ".course_key"} <= names
    assert all(name.endswith((".py", ".ipynb", ".course_key")) for name in names)
    for path in scratch_course.root.rglob("*.py"):
        os.utime(path, (1, 1))
    assert cluster_worker.pack_course(scratch_course) == archive


def test_a_worker_with_another_environment_is_not_fit():
    here = cluster_worker.environment()
    assert cluster_worker.unfit(here, sandbox=False) is None
    assert "torch" in here and "Python" in here
    said = cluster_worker.unfit(here | {"torch": "1.0"}, sandbox=False)
    assert f"torch {here['torch']} instead of 1.0" in said and "install" in said


def test_without_distributed_the_command_says_what_to_install():
    code = "import sys; sys.modules['distributed'] = None; import autograder.grading.cluster"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert "CourseError" in done.stderr and "pip install 'autograder[cluster]'" in done.stderr


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "tls://127.0.0.1:9"])
def test_an_address_where_no_scheduler_is(course, address, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with pytest.raises(CourseError, match=f"No Dask scheduler answers at {address}.*dask scheduler"):
        _connect(course, address)


def test_a_scheduler_without_workers_and_workers_with_threads(course, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_WORKER_SECONDS", 1)
    with _cluster(tmp_path) as running:
        with pytest.raises(CourseError, match="has no workers. Start some: dask worker"):
            _connect(course, running.address)
        monkeypatch.setattr(cluster, "_WORKER_SECONDS", 60)
        running.workers.append(_dask(tmp_path, "worker", f"{running.address} --no-nanny --nthreads 2"))
        try:
            with pytest.raises(CourseError, match="several threads.*--nthreads 1"):
                _connect(course, running.address)
        finally:
            running.workers[0].terminate()
            running.workers[0].wait()


def test_unfit_workers_are_refused_before_anything_is_sent(course, two, monkeypatch):
    monkeypatch.setattr(cluster, "environment", lambda: cluster_worker.environment() | {"numpy": "0.1"})
    with pytest.raises(CourseError, match="The worker tcp://.* is not fit: it has numpy .* instead of 0.1"):
        _connect(course, two.address, sandbox=False)


def test_an_unfit_worker_that_comes_later_ends_the_run_with_a_sentence(course, two):
    with ClusterPool(course, two.address, sandbox=False) as pool:
        pool._wanted = pool._wanted | {"numpy": "0.1"}
        with pytest.raises(CourseError, match="is not fit: it has numpy .* instead of 0.1"):
            list(pool.grade(_made_up(1)))


def test_only_a_few_are_read_ahead(course, two, monkeypatch):
    """Each read notebook lies in memory: with two workers no more than four at a time."""
    packed = []

    def pack(submission):
        packed.append(submission)
        return real(submission)

    real = cluster.packed
    monkeypatch.setattr(cluster, "packed", pack)
    monkeypatch.setattr(cluster, "_task", _says_done)
    with ClusterPool(course, two.address, sandbox=False) as pool:
        _await_workers(pool, 2)
        most, back = 0, 0
        for submission, result in pool.grade(_made_up(30)):
            assert result == submission.student
            most, back = max(most, len(packed) - back), back + 1
    assert back == 30 and 2 <= most <= 4


def test_what_cannot_be_read_needs_attention_and_the_others_are_graded(course, two, tmp_path, monkeypatch):
    def pack(submission):
        if submission.student == "student_1":
            raise OSError(5, "Input/output error", str(submission.folder / "x"))
        return real(submission)

    real = pool.read_submission
    monkeypatch.setattr(pool, "read_submission", pack)
    monkeypatch.setattr(cluster, "_task", _says_done)
    submissions = [*_made_up(3), Submission("nobody", LAB, tmp_path)]
    with ClusterPool(course, two.address, sandbox=False) as connected:
        results = {submission.student: result for submission, result in connected.grade(submissions)}
    failed = results.pop("student_1")
    assert not failed.final and "can't be read: Input/output error" in failed.verdict.notes[0]
    assert "There is no notebook" in results.pop("nobody").verdict.notes[0]
    assert results == {name: name for name in ("student_0", "student_2")}


def test_what_never_comes_back_is_tried_again(course):
    """A cluster that stalls says nothing about a submission."""
    stalled = ClusterPool(course, "tcp://nowhere:1")
    stalled._patience = 60
    result = stalled._result(*_made_up(1), SimpleNamespace(status="pending"))
    assert not result.final and result.verdict.status == "needs_attention"
    assert "within 1 minutes" in result.verdict.notes[0] and "run it again" in result.verdict.notes[0]


def test_leaving_early_cancels_what_is_on_the_way(course, two, monkeypatch):
    """As after Ctrl-C: nothing of this run is left on the cluster."""
    monkeypatch.setattr(cluster, "_task", _says_done)
    with ClusterPool(course, two.address, sandbox=False) as pool:
        graded = pool.grade(_made_up(10))
        next(graded)
        graded.close()
        deadline = time.monotonic() + 10
        while (
            kept := [key for key in pool._client.futures if key.startswith("grade-")]
        ) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert kept == []


def test_one_that_ends_its_workers_needs_attention_and_the_others_are_graded(course, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster, "_task", _ends_its_worker)
    with (
        _cluster(tmp_path, "--nanny --nthreads 1") as running,
        ClusterPool(course, running.address, sandbox=False) as pool,
    ):
        results = {submission.student: result for submission, result in pool.grade(_made_up(4))}
        _await_workers(pool, 1)
    killer = results.pop("student_0")
    assert killer.verdict.status == "needs_attention" and "ended the workers" in killer.verdict.notes[0]
    assert results == {name: name for name in ("student_1", "student_2", "student_3")}


@pytest.mark.skipif(problem() is not None, reason=f"no sandbox can be had: {problem()}")
def test_with_a_worker_killed_midway_the_verdicts_are_those_of_one_machine(course, two):
    names = ("complete", "half_done", "mistake_one", "mistake_two", "other_style", "not_a_notebook")
    submissions = [
        one for one in find_submissions(CLASS, [LAB]) if one.student.removeprefix("example_") in names
    ]
    found, lost = {}, ()
    with ClusterPool(course, two.address) as pool:
        _await_workers(pool, 2)
        for submission, result in pool.grade(submissions):
            found[submission] = result
            if result.verdict.checks and not lost:
                lost = _kill_the_busiest(pool)
        assert lost, "no worker had anything to do after the first verdict"
    here = dict(LocalPool(course, 2).grade(submissions))
    assert {one: result.verdict for one, result in found.items()} == {
        one: result.verdict for one, result in here.items()
    }
    assert sum(result.verdict.status == "graded" for result in found.values()) == len(submissions) - 1


def _kill_the_busiest(pool: ClusterPool) -> tuple[str, ...]:
    """The tasks that the killed worker had."""
    processes, tasks = pool._client.run(os.getpid), pool._client.processing()
    busiest = max(tasks, key=lambda address: len(tasks[address]))
    os.kill(processes[busiest], signal.SIGKILL)
    return tasks[busiest]

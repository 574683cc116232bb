"""Interruptions: whenever a run is cut short, what is finished stays as it is, and the next run does the rest."""

from __future__ import annotations

import contextlib
import csv
import ctypes
import errno
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from multiprocessing.process import BaseProcess
from pathlib import Path

import commands
import pytest
from fake_pool import LAB, Class, FakePool
from nbgrader.api import Gradebook

from autograder.errors import CourseError
from autograder.grading import run, writing
from autograder.marking.verdict import Verdict
from autograder.results import paths
from autograder.room.fork_server import FORK_SERVER_VARIABLE
from autograder.room.sandbox import problem

STUDENTS = ("ana", "ben")
SHARES = {"ana": 1.0, "ben": {"generator": 0.0}}
KILLS = 20
COLD_KILLS = (2, 8, 14, 19)  # of each way to kill at least one
EXAMPLES = ("complete", "half_done", "mistake_one", "other_style")
_PR_SET_CHILD_SUBREAPER = 36


def _state(out: Path) -> dict[str, bytes]:
    """The verdicts that are there, each of them whole."""
    found = {}
    for path in out.glob(f"*/{LAB}/verdict.json"):
        Verdict.from_json(json.loads(path.read_bytes()))
        found[path.parts[-3]] = path.read_bytes()
    return found


def _marks(out: Path) -> dict[str, float]:
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(LAB)}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> Class:
    made = Class.make(tmp_path_factory.mktemp("class") / "world", STUDENTS)
    made.run(SHARES)
    return made


@pytest.fixture
def world(undisturbed, tmp_path) -> Class:
    """The class, not graded yet."""
    copy = undisturbed.copy(tmp_path / "world")
    shutil.rmtree(copy.out)
    return copy


@pytest.fixture
def graded(undisturbed, tmp_path) -> Class:
    return undisturbed.copy(tmp_path / "world")


class _PowerCut(BaseException):
    """Nothing in the program can handle it."""


def _cut(monkeypatch, what: str, turn: int) -> list[int]:
    """Let the power go at the `turn`-th call of a function of `os`, with half of what was written on the disk."""
    real, calls = getattr(os, what), []

    def call(place, *more, **named):
        calls.append(1)
        if len(calls) == turn:
            if what == "fsync" and os.fstat(place).st_size:
                os.ftruncate(place, os.fstat(place).st_size // 2)
            raise _PowerCut
        return real(place, *more, **named)

    monkeypatch.setattr(os, what, call)
    return calls


@pytest.mark.slow
@pytest.mark.parametrize("what", ["replace", "fsync", "unlink"])
def test_the_power_goes_at_any_write(graded, undisturbed, monkeypatch, what):
    whole, stamp, turn = _state(undisturbed.out), graded.verdict("ben").stat().st_mtime_ns, 0
    finished = {"ben": whole["ben"]}
    graded.verdict("ana").unlink()
    while True:
        turn += 1
        with monkeypatch.context() as patch:
            calls = _cut(patch, what, turn)
            with contextlib.suppress(_PowerCut):
                graded.run(SHARES)
            ended = len(calls) < turn
        now = _state(graded.out)
        assert now.items() <= whole.items() and finished.items() <= now.items()
        finished = now
        if ended:
            break
        if len(finished) == len(STUDENTS):
            graded.verdict("ana").unlink()
            del finished["ana"]
    assert finished == whole and _marks(graded.out) == _marks(undisturbed.out)
    assert graded.verdict("ben").stat().st_mtime_ns == stamp
    assert turn > (1 if what == "unlink" else 5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("verdict.json", '{"lab": "sine_gan", "student": "ana", "sta'),
        ("verdict.json", ""),
        ("verdict.json", "[1, 2]"),
        ("verdict.json", '{"lab": "sine_gan"}'),
        ("fingerprint", '{"submission": "'),
        ("fingerprint", "null"),
    ],
)
def test_what_is_damaged_is_graded_again_and_nothing_else(graded, undisturbed, name, text):
    graded.verdict("ana").with_name(name).write_text(text)
    graded.verdict("ana").with_name(f".{name}.part").write_text(text)
    stamp = graded.verdict("ben").stat().st_mtime_ns
    _, _, pool = graded.run(SHARES)
    assert pool.graded == ["ana"] and graded.verdict("ben").stat().st_mtime_ns == stamp
    assert _state(graded.out) == _state(undisturbed.out)


def _command(world: Class, monkeypatch, **choices) -> int:
    monkeypatch.setattr(run, "LocalPool", lambda course, *_: FakePool(course, SHARES))
    chosen = run.Choices(1, sandbox=False, **choices)
    return run.grade_class(world.course, world.submitted, world.out, [LAB], chosen)


@pytest.mark.parametrize("finished", [True, False], ids=["all is graded", "one is new"])
def test_a_damaged_gradebook_is_a_sentence(graded, monkeypatch, finished):
    book, before = graded.out / "gradebook.db", _state(graded.out)
    book.write_bytes(b"no database" * 1000)
    if not finished:
        graded.hand_in("ben", "once more")
    with pytest.raises(CourseError, match="gradebook.db.*--force"):
        _command(graded, monkeypatch)
    assert _state(graded.out) == before
    book.unlink()
    assert _command(graded, monkeypatch, force=True) == 0
    assert _marks(graded.out) == {"ana": 80.0, "ben": 70.0}


@pytest.mark.slow
def test_a_gradebook_that_is_in_use_is_a_sentence(graded, monkeypatch):
    graded.hand_in("ben", "once more")
    before = _state(graded.out)
    user = sqlite3.connect(graded.out / "gradebook.db", isolation_level=None)
    user.execute("BEGIN EXCLUSIVE")
    with pytest.raises(CourseError, match="gradebook.db.*locked"):
        _command(graded, monkeypatch)
    user.close()
    assert _state(graded.out)["ana"] == before["ana"]
    assert _command(graded, monkeypatch) == 0  # nobody needs attention because of it


def test_a_full_disk_is_a_sentence(world, monkeypatch):
    def full(path, text):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    for place in (paths, writing):
        with monkeypatch.context() as patch:
            patch.setattr(place, "write_text", full)
            with pytest.raises(CourseError, match="No space left on device"):
                _command(world, monkeypatch)
        assert _state(world.out) == {}
    assert _command(world, monkeypatch) == 0 and len(_state(world.out)) == 2


@pytest.fixture
def children():
    """The processes that were started since, also those that nobody looks after any more: they come to this one."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    before = _descendants()
    yield lambda: _descendants() - before
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _descendants() -> set[int]:
    """Process ids below this process; those that have ended are put to rest."""
    parents, ended = {}, set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        parents[int(path.parts[2])] = int(parent)
        if state in "ZX":
            ended.add(int(path.parts[2]))
    found, more = set(), {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in more}:
        found |= more
    for pid in found & ended:
        if parents[pid] == os.getpid():  # a sandbox is gone only when somebody has looked after its dead
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
    return found - ended


@pytest.mark.slow
@pytest.mark.skipif(problem() is not None, reason=f"no sandbox here: {problem()}")
def test_twenty_kills(tmp_path, children):
    """Of five runs one is cold, as from a shell; the others share this process's servers, which saves their start."""
    world = _examples(tmp_path / "world")
    commands.run("autograder", "--help", cwd=world.course.root)  # starts the servers
    seconds = {cold: _undisturbed_seconds(world, cold=cold) for cold in (False, True)}
    whole, marks, rows = _state(world.out), _marks(world.out), _rows(world.out)
    assert len(whole) == len(EXAMPLES)
    chance, kills = random.Random(20), 0
    finished, stamps = {}, {}
    shutil.rmtree(world.out)
    before = children()
    while kills < KILLS:
        cold = kills in COLD_KILLS
        run = _start(world, cold=cold)
        time.sleep(chance.uniform(0.1, 1.0) * seconds[cold])
        kills += _kill(run, kills)
        _assert_gone(children, before)
        now = _state(world.out)
        assert now.items() <= whole.items() and finished.items() <= now.items()
        assert all(world.verdict(name).stat().st_mtime_ns == stamp for name, stamp in stamps.items())
        finished, stamps = now, {name: world.verdict(name).stat().st_mtime_ns for name in now}
        if len(now) == len(whole) and kills < KILLS:
            shutil.rmtree(world.out)
            finished, stamps = {}, {}
    assert _ended(_start(world)) == 0
    assert _state(world.out) == whole and _marks(world.out) == marks and _rows(world.out) == rows
    assert all(world.verdict(name).stat().st_mtime_ns == stamp for name, stamp in stamps.items())
    assert len(list(world.out.glob(f"feedback/*/{LAB}/{LAB}.html"))) == len(EXAMPLES)


def _undisturbed_seconds(world: Class, *, cold: bool) -> float:
    """How long a run takes that nothing interrupts; its results stay."""
    shutil.rmtree(world.out, ignore_errors=True)
    start = time.monotonic()
    assert _ended(_start(world, cold=cold)) == 0
    return time.monotonic() - start


def _examples(folder: Path) -> Class:
    world = Class.make(folder, ())
    for name in EXAMPLES:
        made = Path(__file__).resolve().parent / "example_class" / f"example_{name}" / LAB
        shutil.copytree(made, world.submitted / name / LAB)
    return world


def _start(world: Class, *, cold: bool = False) -> subprocess.Popen | BaseProcess:
    places = ["--submitted", str(world.submitted), "--out", str(world.out)]
    arguments = ["grade", "--jobs", "2", "--lab", LAB, *places]
    if not cold:
        return commands.start("autograder", *arguments, cwd=world.course.root, log=world.folder / "log")
    nowhere = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [sys.executable, "-m", "autograder", *arguments]
    environment = {name: text for name, text in os.environ.items() if name != FORK_SERVER_VARIABLE}
    return subprocess.Popen(
        command, cwd=world.course.root, env=environment, start_new_session=True, **nowhere
    )


def _ended(run: subprocess.Popen | BaseProcess) -> int:
    """The exit status of a run that is over, or soon will be."""
    if isinstance(run, subprocess.Popen):
        return run.wait(timeout=60)
    run.join(timeout=60)
    return run.exitcode


def _kill(run: subprocess.Popen | BaseProcess, turn: int) -> bool:
    """End a run in one of three ways; False where it was through already."""
    over = run.poll() if isinstance(run, subprocess.Popen) else run.exitcode
    if over is not None:
        assert over == 0
        return False
    if turn % 5 == 3:  # as a machine does that runs out of memory: the others are left alone
        os.kill(run.pid, signal.SIGKILL)
    else:
        os.killpg(run.pid, signal.SIGINT if turn % 5 == 4 else signal.SIGKILL)
    assert _ended(run) is not None
    return True


def _assert_gone(children, before: set[int]) -> None:
    """No kernel, no sandbox, no fork server, no worker is left over a few seconds later."""
    deadline = time.monotonic() + 20
    while (left := children() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    said = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")[:200] for pid in left}
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left, said


def _rows(out: Path) -> list[dict[str, str]]:
    with (out / "grades.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))

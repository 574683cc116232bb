"""What all tests share: every test that is about a lab runs for all labs, and what costs much is made once in a run."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from filelock import FileLock

# jsonschema would build 38 parsers of addresses at its import, which takes seconds, and no notebook holds one.
sys.modules.setdefault("rfc3987_syntax", None)

from autograder.course.course import Course  # noqa: E402  imports nbformat
from autograder.labs import get_lab, lab_names  # noqa: E402  imports nbformat

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _surroundings():
    """One torch thread here and in what is started: more would spin while they wait for a core that another test has.

    And the environment's programs on the path, as the command line sets it.
    """
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["OMP_WAIT_POLICY"] = "passive"  # where a test does take two, they would wait awake
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


@pytest.fixture(scope="session", autouse=True)
def _alembic_asked_once():
    """nbgrader starts a program for each new gradebook, and it always says the same."""
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", functools.cache(api.get_alembic_version))
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`once(name, make)`: a folder that `make(folder)` has filled, made by one process of this run and used by all.

    Nobody may change what is in it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "once"
    shared.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, finished = shared / name, shared / f"{name}.finished"
        with FileLock(shared / f"{name}.lock"):
            if not finished.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                finished.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def classifiers(once) -> tuple[torch.nn.Module, torch.nn.Module]:
    """The trained classifiers of digits: with an answer "no digit", and without."""
    from autograder.bench.recognition import DigitClassifier, train_classifier

    def train(folder: Path) -> None:
        for strict in (True, False):
            torch.save(train_classifier(strict=strict).state_dict(), folder / f"{strict}.pt")

    folder, found = once("classifiers", train), (DigitClassifier().eval(), DigitClassifier().eval())
    for strict, classifier in zip((True, False), found, strict=True):
        classifier.load_state_dict(torch.load(folder / f"{strict}.pt"))
    return found


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(ROOT)


@pytest.fixture(params=lab_names(), scope="session")
def lab(request):
    return get_lab(request.param)


@pytest.fixture
def scratch_course(tmp_path, monkeypatch) -> Course:
    """A copy of the course to plant faults in; the working folder, so that it is the one in use."""
    for name in ("notebooks", "source", "release"):
        shutil.copytree(ROOT / name, tmp_path / "course" / name)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Fast tests first, so that a failure shows within a minute: those that take long carry `slow`.

    On several cores each process gets a part of the list and takes from the others' when it is through. So each
    part begins with fast tests; a file's tests stay together, and of these a lab's, because they share what they make.
    The gates of the catalogues come first among the slow ones: single tests of them take a minute.
    """
    fast, slow = [], []
    for item in items:
        (slow if item.get_closest_marker("slow") else fast).append(item)
    parts = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    pieces = [
        _part(sorted(group, key=_place), number, parts) for number in range(parts) for group in (fast, slow)
    ]
    items[:] = [item for piece in pieces for item in piece]


def _place(item) -> tuple[bool, str, str]:
    lab = item.callspec.params.get("lab", "") if hasattr(item, "callspec") else ""
    return item.path.stem != "test_labs", item.path.stem, str(getattr(lab, "name", lab))


def _part(items, number: int, parts: int) -> list:
    return items[len(items) * number // parts : len(items) * (number + 1) // parts]

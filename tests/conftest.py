"""Every test that is about a lab runs for all labs: `lab` is a parametrised fixture."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
import torch

from autograder.course.course import Course
from autograder.labs import get_lab, lab_names

ROOT = Path(__file__).resolve().parents[1]
# Files by the time that their slow tests take together, from a quarter of an hour to half a minute.
LONGEST = (
    *(
        "test_grade",
        "test_labs",
        "test_hostile",
        "test_resume",
        "test_pitfalls",
        "test_training",
        "test_build",
    ),
    *("test_cluster", "test_bundle", "test_regrade", "test_recognition"),
)


@pytest.fixture(scope="session", autouse=True)
def _surroundings():
    """One torch thread here and in what is started: more would spin while they wait for a core that another test has.

    And the environment's programs on the path, as the command line sets it.
    """
    torch.set_num_threads(1)
    os.environ["OMP_NUM_THREADS"] = "1"
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


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


def pytest_itemcollected(item):
    """On several cores a group is run by one process, because its tests share fixtures: a file's fast tests, its slow
    ones, or a part of these."""
    item.add_marker(pytest.mark.xdist_group(" ".join(_group(item))))


def pytest_collection_modifyitems(items):
    """Fast tests first, so that a failure shows within a minute: those that take long carry `slow`.

    Of these come first those that take longest, so that no core is left waiting at the end.
    """
    items.sort(key=_turn)


def _turn(item) -> int:
    if not item.get_closest_marker("slow"):
        return 0
    return 1 + LONGEST.index(item.path.stem) if item.path.stem in LONGEST else 1 + len(LONGEST)


def _group(item) -> Iterator[str]:
    yield item.path.stem
    if _turn(item):
        yield "slow"
    if item.path.stem == "test_labs":
        yield item.callspec.params.get("lab", "") if hasattr(item, "callspec") else ""
    if item.path.stem == "test_hostile":
        yield str(crc32(item.name.encode()) % 4)

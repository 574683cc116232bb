"""Every test that is about a lab runs for all labs: `lab` is a parametrised fixture."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
import torch

from autograder.building.course import Course
from autograder.labs import get_lab, lab_names

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session", autouse=True)
def _surroundings():
    """One torch thread, and the environment's programs on the path, as the command line sets it."""
    torch.set_num_threads(1)
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


def pytest_collection_modifyitems(items):
    """Fast tests first, so that a failure shows within a minute: those that take long carry `slow`."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)

"""What the measurements share: a course of its own, fresh interpreters, figures as text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median

import nbformat
from nbgrader.preprocessors import ClearHiddenTests

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.room import cores

CORES = cores()


def copy_course(course: Course, folder: Path) -> Course:
    """Grading makes a course key where there is none: in a copy, so that nothing changes in the course."""
    for name in ("notebooks", "source", "release"):
        shutil.copytree(course.root / name, folder / "course" / name)
    shutil.copy(course.root / "nbgrader_config.py", folder / "course")
    return Course(folder / "course")


def without_hidden_tests(course: Course, lab: str) -> nbformat.NotebookNode:
    """The instructor's notebook, as a student has it who solved everything."""
    notebook = nbformat.read(course.source(lab), as_version=4)
    return ClearHiddenTests().preprocess(notebook, {})[0]


def plain_course(course: Course, labs: list[str], folder: Path) -> None:
    """A course for nbgrader as it comes: no judge, the visible checks give the marks."""
    for lab in labs:
        (folder / "source" / lab).mkdir(parents=True)
        nbformat.write(without_hidden_tests(course, lab), folder / "source" / lab / f"{lab}.ipynb")
    # The one setting without which plain nbgrader refuses the lab's mark schemes.
    (folder / "nbgrader_config.py").write_text("get_config().ClearMarkScheme.enforce_metadata = False\n")
    for lab in labs:
        python(["-m", "nbgrader", "generate_assignment", lab], folder)


def python(command: list[str], place: Path, given: str = "") -> str:
    """What a fresh interpreter prints; CourseError with its last words where it fails."""
    return _checked(command, _run(command, place, given))


def grade(place: Path, options: list[str]) -> int:
    """The grade command; returns its exit status, 0 or 1."""
    command = ["-m", "autograder", "grade", *options]
    done = _run(command, place)
    if done.returncode != 1 or "Traceback" in done.stderr:
        _checked(command, done)
    return done.returncode


def _run(command: list[str], place: Path, given: str = "") -> subprocess.CompletedProcess[str]:
    setting = {"cwd": place, "env": environment(), "encoding": "utf-8"}
    return subprocess.run([sys.executable, *command], input=given, capture_output=True, **setting)


def _checked(command: list[str], done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        raise CourseError(f"The benchmark stopped at {' '.join(' '.join(command).split())[:100]} …: {words}")
    return done.stdout


def environment() -> dict[str, str]:
    """This package also elsewhere, `alembic` for nbgrader, and nothing that shortens training."""
    kept = {name: os.environ[name] for name in os.environ.keys() - {"NBGRADER_EXECUTION", "AUTOGRADER_SEED"}}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def digits(value: float) -> str:
    """A figure with about three digits."""
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def line(what: list[str], values: list[float], unit: str, aim: str = "") -> str:
    """A line of a table; what was computed from medians has no range."""
    ends = f"{digits(min(values))}–{digits(max(values))}" if len(values) > 1 else ""
    return f"| {' | '.join(what)} | {digits(median(values))} {unit} | {ends} | {aim} |"

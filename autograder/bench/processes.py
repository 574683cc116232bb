"""What the measurements share: a course of its own, fresh interpreters, the grade command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbgrader.preprocessors import ClearHiddenTests

from autograder.course.course import Course
from autograder.errors import CourseError


def copy_course(course: Course, folder: Path) -> Course:
    """A copy below `folder`: grading makes a course key where there is none, and nothing may change in the course."""
    for name in ("notebooks", "source", "release"):
        shutil.copytree(course.root / name, folder / "course" / name)
    shutil.copy(course.root / "nbgrader_config.py", folder / "course")
    return Course(folder / "course")


def without_hidden_tests(course: Course, lab: str) -> nbformat.NotebookNode:
    """The instructor's notebook, as a student has it who solved everything."""
    notebook = nbformat.read(course.source(lab), as_version=4)
    cleared: nbformat.NotebookNode = ClearHiddenTests().preprocess(notebook, {})[0]
    return cleared


def plain_course(course: Course, labs: list[str], folder: Path) -> None:
    """A course for nbgrader as it comes: no judge, the visible checks give the marks."""
    for lab in labs:
        (folder / "source" / lab).mkdir(parents=True)
        nbformat.write(without_hidden_tests(course, lab), folder / "source" / lab / f"{lab}.ipynb")
    # The one setting without which plain nbgrader refuses the lab's mark schemes.
    (folder / "nbgrader_config.py").write_text("get_config().ClearMarkScheme.enforce_metadata = False\n")
    for lab in labs:
        python(["-m", "nbgrader", "generate_assignment", lab], folder)


def python(command: list[str], folder: Path, text: str = "") -> str:
    """What a fresh interpreter prints that works in `folder` and gets `text` as input.

    Raises CourseError with its last lines where it fails.
    """
    return _checked(command, _run(command, folder, text))


def grade(folder: Path, options: list[str]) -> int:
    """The grade command; returns its exit status, 0 or 1. Raises CourseError where it fails."""
    command = ["-m", "autograder", "grade", *options]
    done = _run(command, folder)
    if done.returncode != 1 or "Traceback" in done.stderr:
        _checked(command, done)
    return done.returncode


def _run(command: list[str], folder: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        input=text,
        capture_output=True,
        cwd=folder,
        env=environment(),
        encoding="utf-8",
    )


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

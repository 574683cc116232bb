"""Builds the labs: notebooks/<lab>/<lab>.py -> source -> release -> references, the same bytes every time."""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from pathlib import Path

import jupytext
import nbformat
import torch
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course.course import Course
from autograder.course.references import write_references
from autograder.grading.pipeline import configure


def build(course: Course, lab: str) -> list[Path]:
    """Build one lab; returns the files that were written."""
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    source = write_source(course, lab)
    release = write_release(course, lab)
    return [source, release, write_references(course, lab)]


def write_source(course: Course, lab: str) -> Path:
    """The instructor's notebook from the script."""
    path = course.source(lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(_source_notebook(course.script(lab)), path)
    return path


def _source_notebook(script: Path) -> NotebookNode:
    notebook = jupytext.read(script, fmt="py:percent")
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        # Jupytext notes blank lines of the script here; they are no part of the lab.
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = _cell_id(cell, seen)
    notebook.metadata = NotebookNode(
        kernelspec={"display_name": "Python 3", "language": "python", "name": "python3"},
        language_info={"name": "python"},
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _cell_id(cell: NotebookNode, seen: dict[str, int]) -> str:
    """The grade_id, or a hash of the text; never random, so that a rebuild changes no byte."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
    name = name or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
    seen[name] = seen.get(name, 0) + 1
    return name if seen[name] == 1 else f"{name}-{seen[name]}"


def write_release(course: Course, lab: str) -> Path:
    """The student's notebook, made from the source by nbgrader itself, with this project's configuration."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config()
        configure(config)
        config.CourseDirectory.root = folder
        config.CourseDirectory.assignment_id = lab
        shutil.copytree(course.source(lab).parent, Path(folder, "source", lab))
        directory = CourseDirectory(config=config)
        converter = GenerateAssignment(coursedir=directory, config=config)
        converter.log.setLevel(logging.WARNING)
        converter.start()
        notebook = nbformat.read(Path(folder, "release", lab, f"{lab}.ipynb"), as_version=4)
    path = course.release(lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(notebook, path)
    return path


def _write(notebook: NotebookNode, path: Path) -> None:
    nbformat.validate(notebook)
    path.write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT) + "\n", encoding="utf-8")

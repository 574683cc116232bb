"""Builds the labs: notebooks/<lab>/<lab>.py -> source -> release -> references, the same bytes every time."""

from __future__ import annotations

import logging
import shutil
import tempfile
from pathlib import Path

import nbformat
import torch
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.building.catalogues import check_catalogue
from autograder.building.responses import check_probes
from autograder.building.script import source_notebook
from autograder.building.table import checked_table
from autograder.course.course import Course
from autograder.course.references import write_references
from autograder.grading.pipeline import configure


def build(course: Course, lab: str) -> list[Path]:
    """Build one lab; returns the files that were written.

    Raises CourseError, before anything is written, where script, table and catalogue do not agree.
    """
    torch.set_num_threads(1)  # the same sums in the same order on every machine
    table = checked_table(lab)
    notebook = source_notebook(course.script(lab), table)
    check_catalogue(course, table)
    source = write_source(course, lab, notebook)
    check_probes(course, table)
    return [source, write_release(course, lab), write_references(course, lab)]


def write_source(course: Course, lab: str, notebook: NotebookNode | None = None) -> Path:
    """The instructor's notebook from the script."""
    path = course.source(lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(notebook or source_notebook(course.script(lab), checked_table(lab)), path)
    return path


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

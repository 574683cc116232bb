"""Reads one submission: the single place where what a student handed in enters grading."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells.code import defined
from autograder.cells.metadata import grade_id
from autograder.errors import NeedsAttention
from autograder.intake.identity import read_identity
from autograder.intake.locate import locate_notebook
from autograder.intake.notebook import read_notebook
from autograder.labs import get_lab
from autograder.notebook.identity import identity_problem
from autograder.results.submission import Submission

_MOST_BYTES, _MOST_FILES = 100_000_000, 500  # of the files beside a notebook


@dataclass(frozen=True)
class HandedIn:
    """A submission that was read: plain data, so that it can be graded here or on another machine.

    `notebook` is the JSON text of a sound notebook, `notes` say how it was found and mended, `files` are the plain
    files beside it by their path below the submission's folder.
    """

    student: str
    lab: str
    notebook: str
    notes: tuple[str, ...] = ()
    files: dict[str, bytes] = field(default_factory=dict)


def read_submission(submission: Submission) -> HandedIn:
    """Read a submission, trusting nothing about it.

    Raises NeedsAttention with the reason where there is nothing to grade, and OSError where the disk, or the owner
    of the files, does not let them be read.
    """
    notebook, notes = submitted_notebook(submission)
    files, left_out = _files_beside(submission.folder)
    if left_out:
        notes.append(
            f"Of the files beside the notebook {left_out} were left out: too many, too large, or no files."
        )
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
    return HandedIn(submission.student, submission.lab, text, tuple(notes), files)


def submitted_notebook(submission: Submission) -> tuple[NotebookNode, list[str]]:
    """The notebook of a submission and notes about how it was found. Raises as `read_submission` does."""
    try:
        path, notes = locate_notebook(submission)
        notebook, mended, cut_off = read_notebook(path)
        if cut_off:
            mended += _what_is_cut_off(notebook, submission, path.name)
    except NeedsAttention as reason:
        raise NeedsAttention(_as_text(str(reason))) from None
    return notebook, [_as_text(note) for note in notes + mended + _identity_notes(notebook)]


def unreadable(submission: Submission, error: OSError) -> str:
    """What to tell where a submission can't be read, without the class's place on this machine."""
    path, top = Path(os.fsdecode(error.filename or submission.folder)), submission.folder.parents[1]
    name = path.relative_to(top) if path.is_relative_to(top) else path.name
    return _as_text(
        f"{name} can't be read: {error.strerror}. Mend that (`chmod -R u+rwX {submission.student}` gives you the "
        "right to), and run it again."
    )


def _what_is_cut_off(notebook: NotebookNode, submission: Submission, name: str) -> list[str]:
    """A note where only what carries no marks is lost with the end of the file; NeedsAttention otherwise."""
    lab = get_lab(submission.lab)
    there = {grade_id(cell) for cell in notebook.cells}
    written = {name for cell in notebook.cells for name in defined(cell.source)}
    there |= {exercise.name for exercise in lab.exercises if written & set(exercise.defined)}
    parts = (*(exercise.name for exercise in lab.exercises), *lab.questions)
    lost = [part for part in parts if part not in there]
    if lost:
        raise NeedsAttention(
            f"{name} stops in the middle, behind {len(notebook.cells)} whole cells: it is no JSON text, and "
            f"{', '.join(lost)} may have been behind that. Ask for the whole file."
        )
    return [f"{name} stops in the middle; nothing that carries marks was behind that."]


def _identity_notes(notebook: NotebookNode) -> list[str]:
    problem = identity_problem(read_identity(cell.source for cell in notebook.cells))
    return [f"Identity: {problem}"] if problem else []


def _files_beside(folder: Path) -> tuple[dict[str, bytes], int]:
    """The plain files beside the notebook, up to a sensible size and number; and how many more there are."""
    found: dict[str, bytes] = {}
    left, left_out = _MOST_BYTES, 0
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(place, name)
            if name.endswith(".ipynb") or name.startswith("."):
                continue
            about = path.lstat()
            if not stat.S_ISREG(about.st_mode) or about.st_size > left or len(found) >= _MOST_FILES:
                left_out += 1
                continue
            found[str(path.relative_to(folder))] = path.read_bytes()
            left -= about.st_size
    return found, left_out


def _as_text(note: str) -> str:
    """With question marks for what names of files hold that can't be written: notes go into files."""
    return note.encode("utf-8", "replace").decode("utf-8")

"""Finds the submissions of a class and reads them, trusting nothing about what was handed in."""

from __future__ import annotations

import ast
import csv
import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize

from autograder.building.course import CourseError
from autograder.grading.repair import NeedsAttention, grade_id
from autograder.notebook.check import identity_problem

ROSTER = "students.csv"
MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class Submission:
    """A student's folder for a lab."""

    student: str
    lab: str
    folder: Path
    in_class: bool = True


def find_submissions(submitted: Path, labs: list[str]) -> list[Submission]:
    """The submissions below `submitted/<student>/<lab>/`, by student; CourseError where there is nothing to grade."""
    if not submitted.is_dir():
        raise CourseError(
            f"There is no folder {submitted}. Name the one that holds <student>/<lab>/<lab>.ipynb."
        )
    roster = read_roster(submitted / ROSTER)
    found = []
    for folder in sorted(
        path for path in submitted.iterdir() if path.is_dir() and not path.name.startswith(".")
    ):
        for lab in labs:
            if (folder / lab).is_dir():
                found.append(
                    Submission(folder.name, lab, folder / lab, roster is None or folder.name in roster)
                )
    if not found:
        wanted = " or ".join(f"<student>/{lab}/{lab}.ipynb" for lab in labs)
        raise CourseError(f"The class in {submitted} is empty: it holds no {wanted}.")
    return found


def read_roster(path: Path) -> set[str] | None:
    """The student ids in the first column of `students.csv`, or None where there is no such file."""
    if not path.exists():
        return None
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # as older spreadsheets write it
    lines = text.replace(
        ";", ","
    ).splitlines()  # where the comma is the decimal sign they separate by semicolons
    rows = [row[0].strip() for row in csv.reader(lines) if row and row[0].strip()]
    return set(rows[1:] if rows and rows[0].lower() in ("id", "student", "student_id") else rows)


def read_submission(submission: Submission) -> tuple[NotebookNode, list[str]]:
    """The notebook and notes about how it was found; NeedsAttention with the reason where there is none to grade."""
    path, notes = _the_notebook(submission)
    if path.stat().st_size > MAX_BYTES:
        raise NeedsAttention(
            f"{path.name} has more than {MAX_BYTES // 1_000_000} MB. Clear its outputs and hand it in again."
        )
    notebook = _parse(path)
    notes += _identity_notes(notebook)
    return notebook, notes


def _the_notebook(submission: Submission) -> tuple[Path, list[str]]:
    if not submission.in_class:
        raise NeedsAttention(
            f"{submission.student} is not in {ROSTER}. Was the folder renamed, or is the list old?"
        )
    links = [path for path in (submission.folder.parent, submission.folder) if path.is_symlink()]
    notebooks = [path for path in sorted(submission.folder.iterdir()) if path.suffix.lower() == ".ipynb"]
    links += [path for path in notebooks if path.is_symlink()]
    if links:
        raise NeedsAttention(f"{links[0].name} is a link, not a file. Ask for the notebook itself.")
    notebooks = [path for path in notebooks if path.is_file()]
    if not notebooks:
        names = ", ".join(sorted(path.name for path in submission.folder.iterdir())[:5]) or "nothing"
        raise NeedsAttention(
            f"There is no notebook: the folder holds {names}. Ask for {submission.lab}.ipynb."
        )
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks)
        raise NeedsAttention(
            f"There are {len(notebooks)} notebooks: {names}. Keep the one that should count."
        )
    expected = f"{submission.lab}.ipynb"
    renamed = notebooks[0].name != expected
    return notebooks[0], [f"The notebook was called {notebooks[0].name}, not {expected}."] if renamed else []


def _parse(path: Path) -> NotebookNode:
    try:
        raw = json.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise NeedsAttention(
            f"{path.name} is not a notebook: it is no JSON text. Was another file renamed?"
        ) from None
    try:
        # Lone surrogates cannot be written again; they become question marks.
        text = json.dumps(raw, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
        notebook = nbformat.reads(text, as_version=4)
        notebook.cells = [_sound(cell) for cell in notebook.cells]
        _, notebook = normalize(notebook)  # ids that are missing or doubled
        nbformat.validate(notebook)
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise NeedsAttention(f"{path.name} is JSON, but not a notebook that can be read: {reason}") from None
    return notebook


def _sound(cell: NotebookNode) -> NotebookNode:
    """The cell with its metadata as nbgrader expects it: what is malformed there is dropped."""
    if not isinstance(cell.metadata.get("nbgrader", NotebookNode()), dict) or not grade_id(cell):
        cell.metadata.pop("nbgrader", None)
    return cell


def _identity_notes(notebook: NotebookNode) -> list[str]:
    problem = identity_problem(_identity(notebook))
    return [f"Identity: {problem}"] if problem else []


def _identity(notebook: NotebookNode) -> dict[str, str]:
    """The identity cell's strings, read without running it."""
    fields: dict[str, str] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code" or "student_id_1" not in cell.source:
            continue
        try:
            statements = ast.parse(cell.source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for statement in statements:
            if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
                fields |= {name: str(statement.value.value) for name in names}
    return fields

"""Finds the submissions of a class and reads them, trusting nothing about what was handed in."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from autograder.building.course import CourseError
from autograder.classroom.roster import read_people
from autograder.grading.cells import NeedsAttention, defined, grade_id, parsed
from autograder.grading.reading import read_notebook
from autograder.labs import get_lab
from autograder.notebook.check import identity_problem

ROSTER = "students.csv"
_RENAMED = (".ipynb.txt", ".ipynb.json", ".ipynb.html", ".json")  # what browsers and mail make of .ipynb
_LOOKED_AT = 1000  # names in a folder


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
    for folder in sorted(path for path in submitted.iterdir() if _is_students(path)):
        in_class = roster is None or folder.name in roster
        found += [Submission(folder.name, lab, place, in_class) for lab, place in _handed_in(folder, labs)]
    if not found:
        wanted = " or ".join(f"<student>/{lab}/{lab}.ipynb" for lab in labs)
        raise CourseError(f"The class in {submitted} is empty: it holds no {wanted}.")
    return found


def _is_students(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__MACOSX"))


def _handed_in(folder: Path, labs: list[str]) -> list[tuple[str, Path]]:
    """What a student's folder holds of each lab, whatever its spelling; a stray file too, so that it gets a verdict."""
    names = {path.name: path for path in sorted(folder.iterdir())}
    places = []
    for lab in labs:
        spelled = [path for name, path in names.items() if _plain(name) == lab]
        loose = [path for name, path in names.items() if _plain(name.partition(".")[0]) == lab]
        if lab in names or spelled:
            places.append((lab, names.get(lab) or spelled[0]))
        elif loose:
            places.append((lab, folder / lab))
    return places


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def read_roster(path: Path) -> set[str] | None:
    """The student ids of `students.csv`, or None where there is no such file. Raises CourseError."""
    return set(read_people(path)) if path.exists() else None


def read_submission(submission: Submission) -> tuple[NotebookNode, list[str]]:
    """The notebook and notes about how it was found; NeedsAttention with the reason where there is none to grade."""
    path, notes = _the_notebook(submission)
    notebook, mended, cut_off = read_notebook(path)
    if cut_off:
        mended += _what_is_cut_off(notebook, submission, path.name)
    return notebook, notes + mended + _identity_notes(notebook)


def _what_is_cut_off(notebook: NotebookNode, submission: Submission, name: str) -> list[str]:
    """A note where only what carries no marks is lost with the end of the file; NeedsAttention otherwise."""
    lab = get_lab(submission.lab)
    there = {grade_id(cell) for cell in notebook.cells}
    there |= {
        one.name
        for one in lab.exercises
        if any(set(one.defined) & defined(cell.source) for cell in notebook.cells)
    }
    lost = [part for part in (*(one.name for one in lab.exercises), *lab.questions) if part not in there]
    if lost:
        raise NeedsAttention(
            f"{name} stops in the middle, behind {len(notebook.cells)} whole cells: it is no JSON text, and "
            f"{', '.join(lost)} may have been behind that. Ask for the whole file."
        )
    return [f"{name} stops in the middle; nothing that carries marks was behind that."]


def _the_notebook(submission: Submission) -> tuple[Path, list[str]]:
    folder = submission.folder
    if not submission.in_class:
        raise NeedsAttention(
            f"{submission.student} is not in {ROSTER}. Was the folder renamed, or is the list old?"
        )
    _refuse_links([folder.parent, folder])
    if not folder.is_dir():
        there = ", ".join(sorted(path.name for path in folder.parent.iterdir())[:5])
        raise NeedsAttention(
            f"{submission.student}/{submission.lab} is no folder (there are: {there}). "
            f"Put the notebook into {submission.student}/{submission.lab}/."
        )
    notebooks, notes = _candidates(folder, submission.lab)
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:10])
        raise NeedsAttention(
            f"There are {len(notebooks)} notebooks: {names}. Keep the one that should count."
        )
    if folder.name != submission.lab:
        notes.append(f"The folder was called {folder.name}, not {submission.lab}.")
    return notebooks[0], notes


def _refuse_links(paths: list[Path]) -> None:
    links = [path for path in paths if path.is_symlink()]
    if links:
        raise NeedsAttention(f"{links[0].name} is a link, not a file. Ask for the notebook itself.")


def _candidates(folder: Path, lab: str) -> tuple[list[Path], list[str]]:
    """The notebooks of a folder, at least one: under their names, under those that browsers give, in folders in it."""
    expected = f"{lab}.ipynb"
    top = _files(folder)
    deeper = [
        path
        for inner in sorted(folder.iterdir())[:_LOOKED_AT]
        if _is_students(inner)
        for path in _files(inner)
    ]
    for paths, suffixes in ((top, (".ipynb",)), (top, _RENAMED), (deeper, (".ipynb",))):
        found = [path for path in paths if path.name.lower().endswith(suffixes)]
        if found:
            where = found[0].relative_to(folder)
            return found, [f"The notebook was called {where}, not {expected}."] if str(
                where
            ) != expected else []
    names = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
    raise NeedsAttention(f"There is no notebook: the folder holds {names}. Ask for {expected}.")


def _files(folder: Path) -> list[Path]:
    """Plain files but hidden ones (macOS puts a `._name` beside each); a link that could be a notebook is refused."""
    if folder.is_symlink():
        return []
    paths = [path for path in sorted(folder.iterdir())[:_LOOKED_AT] if not path.name.startswith(".")]
    _refuse_links([path for path in paths if path.suffix.lower() == ".ipynb"])
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def _identity_notes(notebook: NotebookNode) -> list[str]:
    problem = identity_problem(_identity(notebook))
    return [f"Identity: {problem}"] if problem else []


def _identity(notebook: NotebookNode) -> dict[str, str]:
    """The identity cell's strings, read without running it."""
    fields: dict[str, str] = {}
    for cell in notebook.cells:
        tree = parsed(cell.source) if "student_id_1" in cell.source else None
        for statement in tree.body if tree else []:
            value = getattr(getattr(statement, "value", None), "value", None)
            if isinstance(statement, ast.Assign) and isinstance(value, (str, int)):
                names = [target.id for target in statement.targets if isinstance(target, ast.Name)]
                text = value if isinstance(value, str) else str(value) if abs(value) < 10**18 else ""
                fields |= dict.fromkeys(names, text)
    return fields

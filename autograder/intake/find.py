"""Finds the submissions of a class and reads them, trusting nothing about what was handed in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from autograder.cells.code import defined, grade_id
from autograder.course.roster import ROSTER, read_roster
from autograder.errors import CourseError, NeedsAttention
from autograder.intake.identity import read_identity
from autograder.intake.read import read_notebook
from autograder.labs import get_lab
from autograder.marking.response import is_text
from autograder.notebook.identity import identity_problem
from autograder.results.submission import Submission

_RENAMED = (".ipynb.txt", ".ipynb.json", ".ipynb.html", ".json")  # what browsers and mail make of .ipynb
_LOOKED_AT = 1000  # names in a folder


def find_submissions(submitted: Path, labs: list[str]) -> list[Submission]:
    """The submissions below `submitted/<student>/<lab>/`, by student; CourseError where there is nothing to grade."""
    if not submitted.is_dir():
        raise CourseError(
            f"There is no folder {submitted}. Name the one that holds <student>/<lab>/<lab>.ipynb."
        )
    students, roster = _students(submitted), read_roster(submitted / ROSTER)
    found = []
    for student, folder in students.items():
        in_class = roster is None or folder.name in roster
        found += [
            Submission(student, lab, place, in_class, others)
            for lab, place, others in _handed_in(folder, labs)
        ]
    if not found:
        wanted = " or ".join(f"<student>/{lab}/{lab}.ipynb" for lab in labs)
        raise CourseError(f"The class in {submitted} is empty: it holds no {wanted}.")
    return found


def _students(submitted: Path) -> dict[str, Path]:
    """The students' folders by name; a name that is no text is spelled so that it can be written everywhere."""
    try:
        folders = sorted(path for path in submitted.iterdir() if _is_students(path))
    except OSError as error:
        raise CourseError(f"{submitted} can't be read: {error.strerror}.") from None
    # All that grading writes is UTF-8; old archives and disks hold other names.
    students = {folder.name: folder for folder in folders if is_text(folder.name)}
    for folder in folders:
        if not is_text(folder.name):
            name = "".join(sign if is_text(sign) else f"_x{ord(sign) & 0xFF:02x}" for sign in folder.name)
            students[name if name not in students else f"{name}_"] = folder
    return students


def _is_students(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__MACOSX"))


def _handed_in(folder: Path, labs: list[str]) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """What a student's folder holds of each lab, whatever its spelling; a stray file too, so that it gets a verdict.

    Where it can't be read it may hold all of them.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        yield from ((lab, folder / lab, ()) for lab in labs)
        return
    for lab in labs:
        spelled = [name for name in names if _plain(name) == lab]
        called = [name for name in names if _plain(name.partition(".")[0]) == lab]
        place = lab if lab in names or not spelled else spelled[0]
        if called:
            yield lab, folder / place, tuple(name for name in called if spelled and name != place)


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")


def read_submission(submission: Submission) -> tuple[NotebookNode, list[str]]:
    """The notebook and notes about how it was found; NeedsAttention with the reason where there is none to grade.

    Raises OSError where the disk, or who owns the files, does not let them be read.
    """
    try:
        path, notes = _the_notebook(submission)
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


def _as_text(note: str) -> str:
    """With question marks for what names of files hold that can't be written: notes go into files."""
    return note.encode("utf-8", "replace").decode("utf-8")


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
    if not is_text(folder.parent.name):
        raise NeedsAttention(
            f"The name of this student's folder is not UTF-8, and shows here as {submission.student}. "
            "Rename the folder to the student's id."
        )
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
    _refuse_second_hand_in(submission)
    notebooks, notes = _candidates(folder, submission.lab)
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:10])
        raise NeedsAttention(
            f"There are {len(notebooks)} notebooks: {names}. Keep the one that should count."
        )
    if submission.others:
        notes.append(f"Beside the folder lies {', '.join(submission.others)}, which was not looked at.")
    if folder.name != submission.lab:
        notes.append(f"The folder was called {folder.name}, not {submission.lab}.")
    return notebooks[0], notes


def _refuse_second_hand_in(submission: Submission) -> None:
    """A folder or a notebook beside it may be the one that should count; an archive it came in may not."""
    kinds = (".ipynb", *_RENAMED)
    more = [name for name in submission.others if "." not in name or name.lower().endswith(kinds)]
    if more:
        raise NeedsAttention(
            f"{submission.student} handed in {submission.lab} more than once: {submission.folder.name} and "
            f"{', '.join(more)}. Keep the one that should count."
        )


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
    problem = identity_problem(read_identity(cell.source for cell in notebook.cells))
    return [f"Identity: {problem}"] if problem else []

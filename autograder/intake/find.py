"""Finds the submissions of a class below the folder that holds them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from autograder.course.roster import ROSTER, read_roster
from autograder.errors import CourseError
from autograder.marking.response import is_text
from autograder.results.submission import Submission


def find_submissions(submitted: Path, labs: list[str]) -> list[Submission]:
    """The submissions below `submitted/<student>/<lab>/`, by student.

    Raises CourseError where the folder is missing, can't be read, or holds nothing to grade.
    """
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
    """The students' folders by name. A name that is not valid UTF-8 is spelled so that it can be written everywhere."""
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
    """What a student's folder holds of each lab: lab, the submission's folder, other names that could be meant.

    Spelling does not matter, and a stray file counts as well, so that it gets a verdict. A folder that can't be read
    may hold all labs.
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

"""The roster, `students.csv`: who is in the class, and what other systems call them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.files.tables import read_table

ROSTER = "students.csv"  # in the submitted folder
# What the columns may be called. The exports of Moodle and Canvas can be used as they are.
_HEADINGS = {
    "id": ("id", "student", "student_id", "student id", "id number"),
    "name": ("name", "full name", "fullname"),
    "first": ("first name", "firstname", "first_name"),
    "last": ("last name", "surname", "lastname", "last_name"),
    "email": ("email", "email address", "e-mail"),
    "moodle_id": ("moodle_id", "identifier"),
    "canvas_id": ("canvas_id",),
    "sis_id": ("sis_id", "sis user id"),
    "login": ("login", "sis login id", "username"),
    "section": ("section", "group"),
    "handed_in": ("handed_in", "last modified (submission)"),
}
_OTHER_IDS = ("sis_id", "login", "email", "moodle_id", "canvas_id")  # where no column holds ids
_CANVAS = {"student": "name", "id": "canvas_id"}  # what these columns hold in an export of Canvas's gradebook
_UNSAFE = re.compile(r"[/\\:*?\"<>|+\x00-\x1f\x7f]")  # nbgrader's exchange separates by "+"
_MAX_BYTES = 200  # file systems take names of up to 255, and nbgrader's exchange adds to them
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Person:
    """A student in the roster. `id` is the name of the student's folder in `submitted/`."""

    id: str
    name: str = ""
    email: str = ""
    moodle_id: str = ""
    canvas_id: str = ""
    sis_id: str = ""
    login: str = ""
    section: str = ""
    handed_in: str = ""  # the time of the last submission, in Moodle's grading worksheet

    @property
    def names(self) -> frozenset[str]:
        """The texts by which a person may name this student, as `plain` has them."""
        return frozenset(plain(name) for name in (self.id, self.email, self.sis_id, self.login) if name)


def plain(text: str) -> str:
    """Text in lower case, without accents and repeated spaces: the form in which names are compared."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


def folder_problem(student: str) -> str | None:
    """Why a text can't be the name of a student's folder, or None."""
    if not student or student.startswith((".", "-")) or student.endswith((".", " ")):
        return "it is empty, or begins or ends with a sign that folders can't have there"
    if _UNSAFE.search(student) or _RESERVED.fullmatch(student) or not student.isprintable():
        return "it holds signs that folders can't have"
    if len(student) > 100 or len(student.encode()) > _MAX_BYTES:
        return "it is longer than 100 letters" if len(student) > 100 else "it is too long for a folder's name"
    return None


def read_people(path: Path) -> dict[str, Person]:
    """The people in a roster by id, in the order of the file. Raises CourseError, which names the id at fault."""
    rows = read_table(path)
    if not rows:
        raise CourseError(f"{path} is empty. It needs a line for each student, the id first.")
    columns = _columns(rows[0])
    body = rows[1:] if columns else rows
    people: dict[str, Person] = {}
    for row in body:
        person = _person(row, columns or {"id": 0})
        if person is None:
            continue
        if problem := folder_problem(person.id):
            raise CourseError(f"{path}: {person.id!r} can't be a student's id: {problem}.")
        if person.id in people:
            raise CourseError(f"{path}: {person.id} is there twice. Keep one line for each student.")
        people[person.id] = person
    if not people:
        raise CourseError(f"{path} holds no student below its heading.")
    return people


def _columns(heading: list[str]) -> dict[str, int]:
    """The index of the column that holds each field; empty where the first line is no heading."""
    titles = [plain(title) for title in heading]
    canvas = titles[:2] == ["student", "id"]
    columns: dict[str, int] = {}
    for index, title in enumerate(titles):
        field = _CANVAS.get(title) if canvas else None
        field = field or next((field for field, headings in _HEADINGS.items() if title in headings), None)
        if field:
            columns.setdefault(field, index)
    if columns and "id" not in columns and 0 not in columns.values():
        columns["id"] = 0  # the first column, whatever it is called
    return columns


def _person(row: list[str], columns: dict[str, int]) -> Person | None:
    """The person in a row, or None where it holds none."""
    fields = {field: row[index] if index < len(row) else "" for field, index in columns.items()}
    first, last = fields.pop("first", ""), fields.pop("last", "")
    fields["name"] = fields.get("name") or " ".join(filter(None, (first, last)))
    fields["moodle_id"] = fields.get("moodle_id", "").removeprefix("Participant ").strip()
    if "id" not in columns:
        fields["id"] = next((fields[other] for other in _OTHER_IDS if fields.get(other)), "")
    # Canvas's export has a line for the points and one for a test student.
    if not fields["id"] or plain(fields["name"]).startswith(("points possible", "student, test")):
        return None
    return Person(**fields)


def read_roster(path: Path) -> set[str] | None:
    """The student ids of `students.csv`, or None where there is no such file. Raises CourseError."""
    return set(read_people(path)) if path.exists() else None

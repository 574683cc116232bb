"""Whose marks are whose: the class list against the folders that were graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.roster import Person, plain
from autograder.errors import CourseError
from autograder.results.gradebook import Row, read_rows
from autograder.results.paths import read_verdicts

_ALIKE = "ids that differ only in capitals or accents"


@dataclass(frozen=True)
class Graded:
    """A student and what there is of one lab: nothing, a row without a mark yet, or a mark.

    `alike`: another id differs only in capitals or accents, and nothing says which of them is meant.
    """

    person: Person
    row: Row | None
    machine_only: bool
    alike: bool = False

    @property
    def mark(self) -> float | None:
        """What is exported; None where it is not final, or not surely this student's."""
        if self.alike or self.row is None or self.row.verdict.status != "graded":
            return None
        return self.row.machine if self.machine_only else self.row.total

    @property
    def most(self) -> float:
        """The highest mark there is."""
        assert self.row is not None
        return self.row.verdict.max_score + (0 if self.machine_only else self.row.manual_max)

    @property
    def missing(self) -> str | None:
        """Why there is no mark, or None."""
        if self.mark is not None:
            return None
        if self.alike:
            return _ALIKE
        if self.row is None:
            return "no submission"
        graded = self.row.verdict.status == "graded"
        return "written answers wait for their marks" if graded else "need attention"


def read_marks(grades: Path, people: list[Person], machine_only: bool) -> dict[str, list[Graded]]:
    """Lab -> every student of the roster, then those that are not in it. CourseError where there is nothing."""
    found, unreadable = read_verdicts(grades)
    if unreadable:
        raise CourseError(f"Nothing was written, or marks would be missing: {' '.join(unreadable[:10])}")
    if not found or not (grades / "gradebook.db").is_file():
        raise CourseError(f"{grades} holds no marks. Name the --out folder of: python -m autograder grade")
    labs = sorted({verdict.lab for verdict in found.values()})
    rows = read_rows(list(found.values()), grades)
    return {
        lab: matched(people, [row for row in rows if row.verdict.lab == lab], machine_only=machine_only)
        for lab in labs
    }


def matched(people: Iterable[Person], rows: Iterable[Row], *, machine_only: bool) -> list[Graded]:
    """Everybody in the roster with the row of that id, else the only one spelled alike; then the others."""
    people, left = list(people), {row.verdict.student: row for row in rows}
    folders = Counter(map(plain, left))
    exact = {person.id: left.pop(person.id) for person in people if person.id in left}
    spelled: dict[str, list[str]] = defaultdict(list)
    for student in left:
        spelled[plain(student)].append(student)
    wanting = Counter(plain(person.id) for person in people if person.id not in exact)
    marks = []
    for person in people:
        name = plain(person.id)
        row, alike = exact.get(person.id), False
        if row is None and spelled[name]:
            if folders[name] == wanting[name] == 1:
                row = left.pop(spelled[name][0])
            alike = row is None
        marks.append(Graded(person, row, machine_only, alike))
    taken = folders + wanting  # of one spelling: folders, and people who have none of their own
    marks += [
        Graded(_unknown(student), row, machine_only, taken[plain(student)] > 1)
        for student, row in left.items()
    ]
    return marks


def _unknown(student: str) -> Person:
    """Somebody of whom only the folder's name is known, which may be an address."""
    return Person(student, email=student if "@" in student else "")

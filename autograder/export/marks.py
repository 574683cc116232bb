"""Which student has which marks: the people of the roster matched with the folders that were graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autograder.course.roster import Person, plain
from autograder.errors import CourseError
from autograder.results.gradebook import Row, read_rows
from autograder.results.paths import read_verdicts

_AMBIGUOUS = "ids that differ only in capitals or accents"


@dataclass(frozen=True)
class StudentMark:
    """A student's mark for a lab, and the row of grades.csv that it is from, if there is one.

    `ambiguous`: another id differs only in capitals or accents, and nothing says which of them is meant.
    """

    person: Person
    row: Row | None
    machine_only: bool
    ambiguous: bool = False

    @property
    def mark(self) -> float | None:
        """The mark that is exported; None where it is not final, or may be another student's."""
        if self.ambiguous or self.row is None or self.row.verdict.status != "graded":
            return None
        return self.row.machine if self.machine_only else self.row.total

    @property
    def max_mark(self) -> float:
        """The highest possible mark; only where there is a row."""
        assert self.row is not None
        return self.row.verdict.max_score + (0 if self.machine_only else self.row.manual_max)

    @property
    def missing_reason(self) -> str | None:
        """Why there is no mark, or None."""
        if self.mark is not None:
            return None
        if self.ambiguous:
            return _AMBIGUOUS
        if self.row is None:
            return "no submission"
        graded = self.row.verdict.status == "graded"
        return "written answers wait for their marks" if graded else "need attention"


def read_marks(grades: Path, people: list[Person], machine_only: bool) -> dict[str, list[StudentMark]]:
    """Lab -> the marks of every student in the roster, then of those that are not in it.

    Raises CourseError where there is nothing, or where a verdict can't be read.
    """
    verdicts, unreadable = read_verdicts(grades)
    if unreadable:
        raise CourseError(f"Nothing was written, or marks would be missing: {' '.join(unreadable[:10])}")
    if not verdicts or not (grades / "gradebook.db").is_file():
        raise CourseError(f"{grades} holds no marks. Name the --out folder of: python -m autograder grade")
    labs = sorted({verdict.lab for verdict in verdicts.values()})
    rows = read_rows(list(verdicts.values()), grades)
    return {
        lab: match_rows(people, [row for row in rows if row.verdict.lab == lab], machine_only=machine_only)
        for lab in labs
    }


def match_rows(people: Iterable[Person], rows: Iterable[Row], *, machine_only: bool) -> list[StudentMark]:
    """Everybody in the roster with the row of that id, or with the only one that is spelled alike; then the others."""
    people, unmatched = list(people), {row.verdict.student: row for row in rows}
    folders = Counter(map(plain, unmatched))
    exact = {person.id: unmatched.pop(person.id) for person in people if person.id in unmatched}
    spelled_alike: dict[str, list[str]] = defaultdict(list)
    for student in unmatched:
        spelled_alike[plain(student)].append(student)
    without_folder = Counter(plain(person.id) for person in people if person.id not in exact)
    marks = []
    for person in people:
        spelling = plain(person.id)
        row, ambiguous = exact.get(person.id), False
        if row is None and spelled_alike[spelling]:
            if folders[spelling] == without_folder[spelling] == 1:
                row = unmatched.pop(spelled_alike[spelling][0])
            ambiguous = row is None
        marks.append(StudentMark(person, row, machine_only, ambiguous))
    claims = folders + without_folder  # of one spelling: folders, and people who have no folder of their own
    marks += [
        StudentMark(_unknown_person(student), row, machine_only, claims[plain(student)] > 1)
        for student, row in unmatched.items()
    ]
    return marks


def _unknown_person(student: str) -> Person:
    """A person of whom only the folder's name is known, which may be an email address."""
    return Person(student, email=student if "@" in student else "")

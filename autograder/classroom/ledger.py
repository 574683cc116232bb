"""What was collected before: `collected.csv` in the submitted folder, a line for each notebook that was taken."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from autograder.building.course import CourseError
from autograder.classroom.spreadsheets import read_table, write_table

NAME = "collected.csv"


@dataclass(frozen=True)
class Entry:
    """A notebook that was taken: `file` is where it lies now, below the submitted folder."""

    student: str
    lab: str
    file: str
    sha256: str
    system: str
    uploader: str
    source: str
    when: str
    late: str
    upload: str
    how: str

    @property
    def rank(self) -> tuple[bool, int, float]:
        """The last one in time counts: sorts behind the others."""
        when = datetime.fromisoformat(self.when).timestamp() if self.when else 0.0
        return not self.late, int(self.upload or 0), when


def read_ledger(submitted: Path) -> list[Entry]:
    """All lines, or none where nothing was collected yet; CourseError where somebody broke the file."""
    path = submitted / NAME
    if not path.exists():
        return []
    names = [field.name for field in fields(Entry)]
    try:
        rows = read_table(path)
        if rows[0] != names:
            raise ValueError
        entries = [Entry(*(_bare(cell) for cell in row)) for row in rows[1:]]
        for entry in entries:
            _ = entry.rank
    except (ValueError, TypeError, IndexError, CourseError):
        raise CourseError(
            f"{path} is not as collect wrote it. Restore it, or move it away: then nothing counts as collected before."
        ) from None
    return entries


def _bare(cell: str) -> str:
    """Without what made it inert for spreadsheets."""
    return cell[1:] if cell.startswith("'") else cell


def write_ledger(submitted: Path, entries: list[Entry]) -> None:
    """Replaces the file as a whole; the same entries give the same bytes."""
    rows = sorted(astuple(entry) for entry in entries)
    write_table(submitted / NAME, [[field.name for field in fields(Entry)], *rows])

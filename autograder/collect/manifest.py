"""What was collected before: `collected.csv` in the submitted folder, a line for each notebook that was taken."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from autograder.errors import CourseError
from autograder.files.tables import inert, read_table, write_table

NAME = "collected.csv"
PERHAPS = "perhaps late"  # what came after the deadline may only have been downloaded after it


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
        return not self.late, *self.moment

    @property
    def moment(self) -> tuple[int, float]:
        """Sorts behind what was handed in before."""
        when = datetime.fromisoformat(self.when).timestamp() if self.when else 0.0
        return int(self.upload or 0), when

    def may_outrank(self, best: Entry) -> bool:
        """Whether this one would count in place of `best` if what is only perhaps late came in time."""
        return self.late == PERHAPS and (bool(best.late) or self.moment > best.moment)


def read_manifest(submitted: Path) -> list[Entry]:
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
    except (ValueError, TypeError, IndexError, OverflowError, CourseError):
        raise CourseError(
            f"{path} is not as collect wrote it. Restore it, or move it away: then nothing counts as collected before."
        ) from None
    return entries


def _bare(cell: str) -> str:
    """Without what made it inert for spreadsheets; an apostrophe of its own stays."""
    added = cell.startswith("'") and (cell[1:2] == "'" or inert(cell[1:]) == cell)
    return cell[1:] if added else cell


def _kept(cell: str) -> str:
    """A cell of which `_bare` takes nothing away that is its own."""
    return cell if _bare(cell) == cell else f"'{cell}"


def write_manifest(submitted: Path, entries: list[Entry]) -> None:
    """Replaces the file as a whole; the same entries give the same bytes."""
    rows = sorted([_kept(cell) for cell in astuple(entry)] for entry in entries)
    write_table(submitted / NAME, [[field.name for field in fields(Entry)], *rows])

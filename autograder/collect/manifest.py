"""The manifest, `collected.csv` in the submitted folder: a line for each notebook that was collected so far."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from datetime import datetime
from pathlib import Path

from autograder.errors import CourseError
from autograder.files.tables import inert, read_table, write_table

MANIFEST = "collected.csv"
PERHAPS_LATE = "perhaps late"  # the file is of after the deadline, which may only be the time of the download


@dataclass(frozen=True)
class Entry:
    """A notebook that was collected; the names of the fields are the columns of the manifest.

    `file` is where it lies, below the submitted folder; `how` is the evidence of whose it is (see `owner`).
    """

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
        """A key by which the notebook that counts sorts last: in time before late, then the last one."""
        return not self.late, *self.moment

    @property
    def moment(self) -> tuple[int, float]:
        """A key by which notebooks sort in the order in which they were handed in."""
        when = datetime.fromisoformat(self.when).timestamp() if self.when else 0.0
        return int(self.upload or 0), when

    def may_outrank(self, best: Entry) -> bool:
        """Whether this notebook, which is perhaps late, would count in place of `best` if it came in time."""
        return self.late == PERHAPS_LATE and (bool(best.late) or self.moment > best.moment)


def read_manifest(submitted: Path) -> list[Entry]:
    """All entries; none where nothing was collected yet. Raises CourseError where somebody broke the file."""
    path = submitted / MANIFEST
    if not path.exists():
        return []
    names = [field.name for field in fields(Entry)]
    try:
        rows = read_table(path, strip=False)  # names of files may begin or end with blanks
        if rows[0] != names:
            raise ValueError
        entries = [Entry(*(_unguarded(cell) for cell in row)) for row in rows[1:]]
        for entry in entries:
            _ = entry.rank
    except (ValueError, TypeError, IndexError, OverflowError, CourseError):
        raise CourseError(
            f"{path} is not as collect wrote it. Restore it, or move it away: then nothing counts as collected before."
        ) from None
    return entries


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that made it inert for spreadsheets; one that is the cell's own stays."""
    guarded = cell.startswith("'") and (cell[1:2] == "'" or inert(cell[1:]) == cell)
    return cell[1:] if guarded else cell


def _guarded(cell: str) -> str:
    """A cell that `_unguarded` turns back into this one."""
    return cell if _unguarded(cell) == cell else f"'{cell}"


def write_manifest(submitted: Path, entries: list[Entry]) -> None:
    """Replace the whole file; the same entries give the same bytes. Raises OSError."""
    rows = sorted([_guarded(cell) for cell in astuple(entry)] for entry in entries)
    write_table(submitted / MANIFEST, [[field.name for field in fields(Entry)], *rows])

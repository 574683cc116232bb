"""Collects downloads into `submitted/<student>/<lab>/<lab>.ipynb`; nothing is ever overwritten."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.collect.archive import Refused, Unreadable
from autograder.collect.manifest import PERHAPS_LATE, read_manifest, write_manifest
from autograder.collect.plan import make_plan
from autograder.collect.resolve import Plan, ReportLine
from autograder.collect.uploads import DownloadContents, find_uploads
from autograder.course.roster import ROSTER, Person, read_people
from autograder.errors import CourseError, printable
from autograder.files.atomic import written_whole
from autograder.labs import lab_names

_STYLES = {"not collected": "yellow", "conflict": "yellow", "already there": "dim"}


def collect(
    sources: list[Path],
    submitted: Path,
    lab: str,
    *,
    roster: Path | None = None,
    due: datetime | None = None,
    dry_run: bool = False,
) -> int:
    """Collect a lab's notebooks and print what was done; the exit status is 1 where a person has to look."""
    for source in sources:
        if submitted.resolve() == source.resolve():
            raise CourseError(f"{source} is the submitted folder itself. Name the download.")
    if roster is None and (submitted / ROSTER).is_file():
        roster = submitted / ROSTER  # grading uses it too
    people = read_people(roster) if roster else None
    contents = find_uploads(sources, lab, lab_names())
    plan = make_plan(contents.uploads, read_manifest(submitted), people, submitted, lab, due)
    if not plan.lines and not contents.refused:
        raise CourseError(
            f"There is no notebook for {lab} in {', '.join(map(str, sources))}. {_hint(contents)}"
        )
    if not dry_run:
        carry_out(plan, submitted)
    _report(plan, contents, people, lab, dry_run=dry_run)
    return int(bool(contents.refused) or any(line.attention for line in plan.lines))


def carry_out(plan: Plan, submitted: Path) -> None:
    """Do what the plan says. Raises CourseError where a file can't be read, moved or written."""
    try:
        for old, new in plan.moves:
            if _is_free(new, old.read_bytes()):
                os.rename(old, new)
        for target, upload in plan.writes:
            content = upload.read()
            if _is_free(target, content):
                with written_whole(target) as file:
                    file.write(content)
        for path, timestamp in plan.timestamps:
            path.unlink(missing_ok=True)
            if timestamp:
                path.write_text(timestamp + "\n", encoding="ascii")
        if plan.entries != read_manifest(submitted):
            write_manifest(submitted, plan.entries)
    except (OSError, Unreadable) as error:
        raise CourseError(f"Collecting stopped: {error}. Mend that and run it again.") from None


def _is_free(target: Path, content: bytes) -> bool:
    """Whether a file has to be put there; False where an interrupted run did it already. Raises FileExistsError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(target):
        return True
    if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
        raise FileExistsError(f"{target} is there already, with another content")
    return False


def _hint(contents: DownloadContents) -> str:
    """What may be wrong where no notebook was found."""
    labs, files = contents.other_labs, contents.other_files
    if not labs and not files:
        return "It is empty."
    return f"Is --lab right? {labs} notebooks of other labs and {files} other files were left alone."


def _report(
    plan: Plan, contents: DownloadContents, people: dict[str, Person] | None, lab: str, *, dry_run: bool
) -> None:
    console = Console()
    console.print(_table(plan.lines, contents.refused))
    console.print(_totals(plan, contents, dry_run), highlight=False)
    if any(PERHAPS_LATE in line.note for line in plan.lines):
        console.print(
            "Perhaps late: this download doesn't say when a file was handed in. With Moodle's grading worksheet as "
            "--roster the times are known."
        )
    present = {entry.student for entry in plan.entries if entry.lab == lab}
    missing = [student for student in people or () if student not in present]
    if missing:
        names = ", ".join(missing[:20]) + (", …" if len(missing) > 20 else "")
        console.print(f"No {lab} from {len(missing)} in the roster: {names}", markup=False, highlight=False)


def _totals(plan: Plan, contents: DownloadContents, dry_run: bool) -> str:
    """The line below the table."""
    collected = {
        line.student for line in plan.lines if line.outcome in ("collected", "replaces an earlier one")
    }
    doubtful = sum(line.attention for line in plan.lines) + len(contents.refused)
    parts = [f"{len(collected)} collected" + (" (dry run: nothing was written)" if dry_run else "")]
    parts.append(f"{doubtful} need a look" if doubtful else "nothing in doubt")
    if contents.other_labs:
        parts.append(f"{contents.other_labs} of other labs left alone")
    if contents.other_files:
        parts.append(f"{contents.other_files} other files left alone")
    return "; ".join(parts) + "."


def _table(lines: list[ReportLine], refused: list[Refused]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("student", "from", "when", "what", "note"):
        table.add_column(name, overflow="fold", no_wrap=name == "when")
    lines = lines + [ReportLine("", each.name, "", "not collected", each.reason, True) for each in refused]
    for line in sorted(lines, key=lambda line: (line.student, line.source)):
        style = _STYLES.get(line.outcome) or ("yellow" if line.attention else None)
        cells = (line.student, printable(line.source), line.when, line.outcome, printable(line.note))
        table.add_row(*map(escape, cells), style=style)
    return table

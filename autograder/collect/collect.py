"""From what a learning platform hands out to `submitted/<student>/<lab>/<lab>.ipynb`; nothing is ever overwritten."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.collect.archive import Refused, Unreadable
from autograder.collect.manifest import PERHAPS, read_manifest, write_manifest
from autograder.collect.plan import make_plan
from autograder.collect.resolve import Line, Plan
from autograder.collect.uploads import Found, find_uploads
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
    """Collect a lab's notebooks and print what was done; returns the exit status: 1 where a person has to look."""
    for source in sources:
        if submitted.resolve() == source.resolve():
            raise CourseError(f"{source} is the submitted folder itself. Name the download.")
    if roster is None and (submitted / ROSTER).is_file():
        roster = submitted / ROSTER  # the one that grading goes by
    people = read_people(roster) if roster else None
    found = find_uploads(sources, lab, lab_names())
    plan = make_plan(found.uploads, read_manifest(submitted), people, submitted, lab, due)
    if not plan.lines and not found.refused:
        raise CourseError(
            f"There is no notebook for {lab} in {', '.join(map(str, sources))}. {_looked(found)}"
        )
    if not dry_run:
        carry_out(plan, submitted)
    _report(plan, found, people, lab, dry_run=dry_run)
    return int(bool(found.refused) or any(line.attention for line in plan.lines))


def carry_out(plan: Plan, submitted: Path) -> None:
    """Do what the plan says. Raises CourseError where something came in the way meanwhile."""
    try:
        for old, new in plan.moves:
            if _is_free(new, old.read_bytes()):
                os.rename(old, new)
        for target, upload in plan.writes:
            content = upload.read()
            if _is_free(target, content):
                with written_whole(target) as file:
                    file.write(content)
        for path, stamp in plan.stamps:
            path.unlink(missing_ok=True)
            if stamp:
                path.write_text(stamp + "\n", encoding="ascii")
        if plan.entries != read_manifest(submitted):
            write_manifest(submitted, plan.entries)
    except (OSError, Unreadable) as error:
        raise CourseError(f"Collecting stopped: {error}. Mend that and run it again.") from None


def _is_free(target: Path, content: bytes) -> bool:
    """Whether a file can be put there; not where an interrupted run has put it already."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if not os.path.lexists(target):
        return True
    if target.is_symlink() or not target.is_file() or target.read_bytes() != content:
        raise FileExistsError(f"{target} is there already, with another content")
    return False


def _looked(found: Found) -> str:
    seen = f"{found.other_labs} notebooks of other labs and {found.other_files} other files were left alone"
    return f"Is --lab right? {seen}." if found.other_labs or found.other_files else "It is empty."


def _report(plan: Plan, found: Found, people: dict[str, Person] | None, lab: str, *, dry_run: bool) -> None:
    console = Console()
    console.print(_table(plan.lines, found.refused))
    counted = {line.student for line in plan.lines if line.what in ("collected", "replaces an earlier one")}
    doubtful = sum(line.attention for line in plan.lines) + len(found.refused)
    said = [f"{len(counted)} collected" + (" (dry run: nothing was written)" if dry_run else "")]
    said.append(f"{doubtful} need a look" if doubtful else "nothing in doubt")
    if found.other_labs:
        said.append(f"{found.other_labs} of other labs left alone")
    if found.other_files:
        said.append(f"{found.other_files} other files left alone")
    console.print("; ".join(said) + ".", highlight=False)
    if any(PERHAPS in line.note for line in plan.lines):
        console.print(
            "Perhaps late: this download doesn't say when a file was handed in. With Moodle's grading worksheet as "
            "--roster the times are known."
        )
    if people is not None:
        here = {entry.student for entry in plan.entries if entry.lab == lab}
        missing = [student for student in people if student not in here]
        if missing:
            shown = ", ".join(missing[:20]) + (", …" if len(missing) > 20 else "")
            console.print(
                f"No {lab} from {len(missing)} in the roster: {shown}", markup=False, highlight=False
            )


def _table(lines: list[Line], refused: list[Refused]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("student", "from", "when", "what", "note"):
        table.add_column(name, overflow="fold", no_wrap=name == "when")
    lines = lines + [Line("", one.name, "", "not collected", one.reason, True) for one in refused]
    for line in sorted(lines, key=lambda line: (line.student, line.source)):
        style = _STYLES.get(line.what) or ("yellow" if line.attention else None)
        cells = (line.student, printable(line.source), line.when, line.what, printable(line.note))
        table.add_row(*map(escape, cells), style=style)
    return table

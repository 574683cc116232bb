"""Writes marks for other systems: a plain table, Moodle's grading worksheet, Canvas's gradebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.course.roster import read_people
from autograder.errors import CourseError
from autograder.export.marks import StudentMark, read_marks
from autograder.files.tables import write_table
from autograder.labs import get_lab
from autograder.notebook.banner import number
from autograder.results.gradebook import Row

# Moodle finds its columns by these names (in English): Identifier, Grade and Last modified (grade) have to be there.
_MOODLE = (
    "Identifier",
    "Full name",
    "ID number",
    "Email address",
    "Grade",
    "Maximum grade",
    "Last modified (grade)",
    "Feedback comments",
)
_PLAIN = ("status", "machine", "written", "penalty", "total")  # of each lab
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


def export(
    grades: Path, target: str, out: Path, *, roster: Path | None, columns: dict[str, str], machine_only: bool
) -> int:
    """Write the files for `target` ("csv", "moodle" or "canvas") and print which marks are missing.

    Returns the exit status: 1 where some are missing. Raises CourseError.
    """
    people = list(read_people(roster).values()) if roster else []
    table = read_marks(grades, people, machine_only)
    try:
        written = _write(target, table, out, columns)
    except OSError as error:
        raise CourseError(f"{out} can't be written ({error.strerror}). Name another --out-dir.") from None
    _report(table, written, bool(people))
    return int(any(mark.missing_reason for marks in table.values() for mark in marks))


def _write(
    target: str, table: dict[str, list[StudentMark]], out: Path, columns: dict[str, str]
) -> list[Path]:
    if target == "csv":
        return [_write_plain(table, out)]
    if target == "moodle":
        return [_write_moodle(lab, marks, out) for lab, marks in table.items()]
    return [_write_canvas(lab, marks, out, columns.get(lab, lab)) for lab, marks in table.items()]


def _mark_text(mark: float | None) -> str:
    return "" if mark is None else f"{mark:.10g}"


def _write_plain(table: dict[str, list[StudentMark]], out: Path) -> Path:
    """Write marks.csv: a line for each student, with some columns for each lab."""
    heading = ["id", "name", "email", "section"]
    lines: dict[str, list[str]] = {}
    for position, (lab, marks) in enumerate(table.items()):
        heading += [f"{lab} {column}" for column in _PLAIN]
        for mark in marks:
            person = mark.person
            line = lines.setdefault(person.id, [person.id, person.name, person.email, person.section])
            line += [""] * (4 + len(_PLAIN) * position - len(line)) + _plain_cells(mark.row)
    width = len(heading)
    write_table(out / "marks.csv", [heading, *(line + [""] * (width - len(line)) for line in lines.values())])
    return out / "marks.csv"


def _plain_cells(row: Row | None) -> list[str]:
    """The cells of a lab, in the order of _PLAIN."""
    if row is None:
        return [""] * len(_PLAIN)
    marks = (row.machine, row.manual, row.penalty or None, row.total)
    return [row.verdict.status, *map(_mark_text, marks)]


def _write_moodle(lab: str, marks: list[StudentMark], out: Path) -> Path:
    """Write moodle_<lab>.csv, for the assignment's "Upload grading worksheet" and the gradebook's import."""
    lines: list[Iterable[str]] = [_MOODLE]
    for mark in marks:
        if mark.mark is not None and mark.row is not None:
            person = mark.person
            identifier = f"Participant {person.moodle_id}" if person.moodle_id else ""
            cells = [identifier, person.name, person.id, person.email]
            cells += [_mark_text(mark.mark), _mark_text(mark.max_mark), ""]
            lines.append([*cells, _comment(mark.row, mark.machine_only)])
    write_table(out / f"moodle_{lab}.csv", lines)
    return out / f"moodle_{lab}.csv"


def _comment(row: Row, machine_only: bool) -> str:
    """The marks by exercise, in one line."""
    verdict, parts = row.verdict, []
    for exercise in get_lab(verdict.lab).exercises:
        check = verdict.checks.get(exercise.test_id)  # None where the lab has gained the exercise since
        marks = f"{number(check.score)}/{number(check.max_score)}" if check else "not graded"
        parts.append(f"{exercise.title} {marks}")
    machine = f"By machine: {_mark_text(row.machine)}/{_mark_text(verdict.max_score)} ({', '.join(parts)})"
    written = f". Written answers: {_mark_text(row.manual)}/{_mark_text(row.manual_max)}"
    late = f" Penalty for being late: {_mark_text(row.penalty)}."
    with_written, with_late = row.manual is not None, row.penalty and not machine_only
    return f"{machine}{written if with_written else ''}.{late if with_late else ''}"


def _write_canvas(lab: str, marks: list[StudentMark], out: Path, column: str) -> Path:
    """Write canvas_<lab>.csv: only students with a mark, because an empty cell would delete what Canvas has."""
    max_mark = next((mark.max_mark for mark in marks if mark.row), 0)
    possible = ["    Points Possible", "", "", "", "", _mark_text(max_mark)]
    lines: list[Iterable[str]] = [[*_CANVAS, column], possible]
    for mark in marks:
        if mark.mark is not None:
            person = mark.person
            known = person.canvas_id or person.sis_id or person.login
            login = person.login if known else person.id
            cells = [person.name or person.id, person.canvas_id, person.sis_id, login, person.section]
            lines.append([*cells, _mark_text(mark.mark)])
    write_table(out / f"canvas_{lab}.csv", lines)
    return out / f"canvas_{lab}.csv"


def _report(table: dict[str, list[StudentMark]], written: list[Path], with_roster: bool) -> None:
    console = Console()
    console.print(_summary(table))
    for lab, marks in table.items() if with_roster else ():
        unknown = [
            mark.person.id for mark in marks if mark.row and not mark.person.name and not mark.person.email
        ]
        if unknown:
            console.print(
                f"{lab}: only the id is known of {', '.join(unknown)}", markup=False, highlight=False
            )
    for path in written:
        console.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _summary(table: dict[str, list[StudentMark]]) -> Table:
    """How many marks there are of each lab, and whose are missing for which reason."""
    summary = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("lab", "marks", "missing"):
        summary.add_column(name, overflow="fold", justify="right" if name == "marks" else "left")
    for lab, marks in table.items():
        complete = sum(mark.mark is not None for mark in marks)
        missing = "\n".join(_missing(marks))
        style = "yellow" if missing else None
        summary.add_row(lab, f"{complete} of {len(marks)}", escape(missing), style=style)
    return summary


def _missing(marks: list[StudentMark]) -> list[str]:
    """A line for each reason why marks are missing, with the ids of the first twenty students."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        if mark.missing_reason:
            by_reason[mark.missing_reason].append(mark.person.id)
    return [
        f"{reason}: {', '.join(ids[:20])}{', …' if len(ids) > 20 else ''}"
        for reason, ids in sorted(by_reason.items())
    ]

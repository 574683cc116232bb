"""Marks for other systems: a plain table, Moodle's grading worksheet, Canvas's gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.course.roster import read_people
from autograder.errors import CourseError
from autograder.export.marks import Graded, read_marks
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
    grades: Path, form: str, out: Path, *, roster: Path | None, columns: dict[str, str], machine_only: bool
) -> int:
    """Write the files and say which marks are missing; returns the exit status: 1 where some are."""
    people = list(read_people(roster).values()) if roster else []
    table = read_marks(grades, people, machine_only)
    try:
        written = _write(form, table, out, columns)
    except OSError as error:
        raise CourseError(f"{out} can't be written ({error.strerror}). Name another --out-dir.") from None
    _report(table, written, bool(people))
    return int(any(one.missing for marks in table.values() for one in marks))


def _write(form: str, table: dict[str, list[Graded]], out: Path, columns: dict[str, str]) -> list[Path]:
    if form == "csv":
        return [_write_plain(table, out)]
    write = _write_moodle if form == "moodle" else _write_canvas
    return [write(lab, marks, out, columns.get(lab, lab)) for lab, marks in table.items()]


def _shown(mark: float | None) -> str:
    return "" if mark is None else f"{mark:.10g}"


def _write_plain(table: dict[str, list[Graded]], out: Path) -> Path:
    """marks.csv: one line for each student, some columns for each lab."""
    heading = ["id", "name", "email", "section"]
    lines: dict[str, list[str]] = {}
    for position, (lab, marks) in enumerate(table.items()):
        heading += [f"{lab} {what}" for what in _PLAIN]
        for one in marks:
            person = one.person
            about = [person.id, person.name, person.email, person.section]
            line = lines.setdefault(person.id, about)
            line += [""] * (4 + len(_PLAIN) * position - len(line)) + _plain_cells(one.row)
    width = len(heading)
    write_table(out / "marks.csv", [heading, *(line + [""] * (width - len(line)) for line in lines.values())])
    return out / "marks.csv"


def _plain_cells(row: Row | None) -> list[str]:
    if row is None:
        return [""] * len(_PLAIN)
    marks = (row.machine, row.manual, row.penalty or None, row.total)
    return [row.verdict.status, *map(_shown, marks)]


def _write_moodle(lab: str, marks: list[Graded], out: Path, column: str) -> Path:
    """moodle_<lab>.csv: fit for the assignment's "Upload grading worksheet", and for the gradebook's import."""
    lines: list[Iterable[str]] = [_MOODLE]
    for one in marks:
        if one.mark is not None:
            person = one.person
            identifier = f"Participant {person.moodle_id}" if person.moodle_id else ""
            cells = [identifier, person.name, person.id, person.email, _shown(one.mark), _shown(one.most), ""]
            lines.append([*cells, _comment(one)])
    write_table(out / f"moodle_{lab}.csv", lines)
    return out / f"moodle_{lab}.csv"


def _comment(one: Graded) -> str:
    """The marks by exercise, in a line."""
    assert one.row is not None
    verdict, row = one.row.verdict, one.row
    parts = []
    for exercise in get_lab(verdict.lab).exercises:
        mark = verdict.checks.get(exercise.test_id)  # None: the lab gained it since
        shown = f"{number(mark.score)}/{number(mark.max_score)}" if mark else "not graded"
        parts.append(f"{exercise.title} {shown}")
    written = (
        "" if row.manual is None else f". Written answers: {_shown(row.manual)}/{_shown(row.manual_max)}"
    )
    late = f" Penalty for being late: {_shown(row.penalty)}." if row.penalty and not one.machine_only else ""
    return (
        f"By machine: {_shown(row.machine)}/{_shown(verdict.max_score)} ({', '.join(parts)}){written}.{late}"
    )


def _write_canvas(lab: str, marks: list[Graded], out: Path, column: str) -> Path:
    """canvas_<lab>.csv: only students with a mark, because an empty cell would delete what Canvas has."""
    done = [one for one in marks if one.mark is not None]
    most = next((one.most for one in marks if one.row), 0)
    lines: list[Iterable[str]] = [[*_CANVAS, column], ["    Points Possible", "", "", "", "", _shown(most)]]
    for one in done:
        person = one.person
        known = person.canvas_id or person.sis_id or person.login
        login = person.login if known else person.id
        cells = [person.name or person.id, person.canvas_id, person.sis_id, login, person.section]
        lines.append([*cells, _shown(one.mark)])
    write_table(out / f"canvas_{lab}.csv", lines)
    return out / f"canvas_{lab}.csv"


def _report(table: dict[str, list[Graded]], written: list[Path], with_roster: bool) -> None:
    console = Console()
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("lab", "marks", "missing"):
        shown.add_column(name, overflow="fold", justify="right" if name == "marks" else "left")
    for lab, marks in table.items():
        complete = sum(one.mark is not None for one in marks)
        missing = "\n".join(_grouped(marks, lambda one: one.missing))
        shown.add_row(
            lab, f"{complete} of {len(marks)}", escape(missing), style="yellow" if missing else None
        )
    console.print(shown)
    if with_roster:
        for lab, marks in table.items():
            strangers = [
                one.person.id for one in marks if one.row and not one.person.name and not one.person.email
            ]
            if strangers:
                console.print(
                    f"{lab}: only the id is known of {', '.join(strangers)}", markup=False, highlight=False
                )
    for path in written:
        console.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _grouped(marks: list[Graded], reason: Callable[[Graded], str | None]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for one in marks:
        if why := reason(one):
            groups.setdefault(why, []).append(one.person.id)
    return [
        f"{why}: {', '.join(ids[:20])}{', …' if len(ids) > 20 else ''}" for why, ids in sorted(groups.items())
    ]

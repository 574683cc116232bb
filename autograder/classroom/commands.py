"""The commands of the instructor's day: python -m autograder bundle, collect, export, doctor."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from autograder.building.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def _deadline(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """Local time; a date without a time is its end."""
    if text is None:
        return None
    try:
        due = datetime.fromisoformat(text)
        if len(text) == len("2026-11-20"):
            due = due.replace(hour=23, minute=59, second=59)
        return due.astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter("write it as 2026-11-20 or 2026-11-20T23:59") from None


@click.command()
@click.argument("labs", nargs=-1)
@click.option("--out", type=FILE, required=True, help="The zip to write.")
def bundle(labs: tuple[str, ...], out: Path) -> None:
    """Make a zip for students: the released labs (all, or LABS), what of this package they use, how to install it.

    It holds no solution, hidden test, mark scheme, catalogue or key; if one were found in it, nothing is written.

    Example: python -m autograder bundle --out labs.zip sine_gan mnist_gan
    """
    from autograder.classroom.bundle import write_bundle

    write_bundle(Course.here(), chosen_labs(labs), out)


@click.command()
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--submitted", type=FOLDER, required=True, help="Where <student>/<lab>/<lab>.ipynb goes.")
@click.option("--lab", required=True, help="The lab that was handed in.")
@click.option(
    "--roster",
    type=FILE,
    help="The class (CSV): id, name, email, moodle_id, canvas_id, …; default: students.csv in --submitted.",
)
@click.option(
    "--due", callback=_deadline, help="What came later is late: 2026-11-20 or 2026-11-20T18:00, local time."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def collect(
    sources: tuple[Path, ...],
    submitted: Path,
    lab: str,
    roster: Path | None,
    due: datetime | None,
    dry_run: bool,
) -> None:
    """Sort downloads from Moodle, Canvas or nbgrader's exchange, or a folder of notebooks, into submitted/.

    SOURCES are zips or folders. Whose a notebook is, is taken from: an id that nbgrader checked; Moodle's or Canvas's
    number, or the name, where --roster knows it; the identity cell. Without a roster: the identity cell, then the
    name. The last notebook in time counts; others are kept in <student>/others/<lab>/. Nothing is overwritten.

    Exit status: 0 when all is clear, 1 when some need a look, 2 when nothing could be done.

    Example: python -m autograder collect moodle.zip --submitted submitted --lab sine_gan --roster students.csv
    """
    from autograder.classroom.collect import collect as run

    chosen_labs([lab])
    sys.exit(run(list(sources), submitted, lab, roster=roster, due=due, dry_run=dry_run))


@click.command()
@click.option("--grades", type=FOLDER, required=True, help="The --out folder of grade.")
@click.option("--format", "form", type=click.Choice(["csv", "moodle", "canvas"]), required=True)
@click.option("--out-dir", type=FOLDER, required=True, help="Where the files go.")
@click.option(
    "--roster",
    type=FILE,
    help="The class (CSV): id, name, email, moodle_id, canvas_id, sis_id, login, section.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="LAB=NAME",
    help='Canvas: the column of a lab, with its id, as "sine_gan=Lab 1 (4711)"; copy it from an export of Canvas.',
)
@click.option(
    "--machine-only", is_flag=True, help="The machine's marks, without those of the written answers."
)
def export(
    grades: Path, form: str, out_dir: Path, roster: Path | None, columns: tuple[str, ...], machine_only: bool
) -> None:
    """Write the marks in the form of another system: marks.csv, moodle_<lab>.csv or canvas_<lab>.csv.

    A mark that is not final (written answers that wait, submissions that need attention) is left out and named, never
    a silent 0. Without a roster the folder's name stands for Moodle's ID number and Canvas's SIS Login ID.

    Exit status: 0 when every mark was there, 1 when some are missing, 2 when nothing could be done.

    Example: python -m autograder export --grades grades --format moodle --out-dir marks --roster students.csv
    """
    from autograder.classroom.export import export as run

    named = dict(_pair(text) for text in columns)
    chosen_labs(named)
    sys.exit(run(grades, form, out_dir, roster=roster, columns=named, machine_only=machine_only))


def _pair(text: str) -> tuple[str, str]:
    lab, sign, name = text.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter(f'write it as "sine_gan=Lab 1 (4711)", not {text!r}', param_hint="--column")
    return lab.strip(), name.strip()


@click.command()
def doctor() -> None:
    """Say what is missing on this machine (versions, sandbox, disk, memory, key, data), and how to get it.

    Exit status: 0 when nothing essential is missing, 1 when something has to be mended.

    Example: python -m autograder doctor
    """
    from autograder.classroom.doctor import doctor as run

    sys.exit(run())

"""The command `python -m autograder collect`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from autograder.course.course import chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


def _deadline(context: click.Context, option: click.Parameter, text: str | None) -> datetime | None:
    """The deadline in local time; a date without a time means the end of that day."""
    if text is None:
        return None
    try:
        due = datetime.fromisoformat(text)
        if len(text) == len("2026-11-20"):
            due = due.replace(hour=23, minute=59, second=59)
        return due.astimezone()
    except (ValueError, OverflowError):
        raise click.BadParameter("write it as 2026-11-20 or 2026-11-20T23:59") from None


@click.command(short_help="Sort downloaded notebooks into submitted/.")
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--submitted", type=FOLDER, required=True, help="Where <student>/<lab>/<lab>.ipynb goes.")
@click.option("--lab", required=True, help="The lab that was handed in.")
@click.option(
    "--roster",
    type=FILE,
    help="The class (CSV): id, name, email, moodle_id, canvas_id, …; default: students.csv in --submitted.",
)
@click.option(
    "--due",
    callback=_deadline,
    help="Uploads after this local time are late: 2026-11-20 or 2026-11-20T18:00.",
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

    SOURCES are zips or folders. The student of a notebook is found by an id that nbgrader checked; else by Moodle's or
    Canvas's number or the name, where --roster knows it; else by the identity cell. Without a roster the identity cell
    decides, then the name. The last notebook that came in time counts; others are kept in <student>/others/<lab>/.
    Nothing is overwritten.

    Exit status: 0 when all is clear, 1 when some need a look, 2 when nothing could be done.

    Example: python -m autograder collect moodle.zip --submitted submitted --lab sine_gan --roster students.csv
    """
    from autograder.collect.collect import collect as run

    chosen_labs([lab])
    sys.exit(run(list(sources), submitted, lab, roster=roster, due=due, dry_run=dry_run))

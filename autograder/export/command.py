"""The command `python -m autograder export`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.course.course import chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)
FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Write the marks for Moodle, Canvas or a table.")
@click.option("--grades", type=FOLDER, required=True, help="The folder that `grade --out` wrote into.")
@click.option(
    "--format",
    "target",
    type=click.Choice(["csv", "moodle", "canvas"]),
    required=True,
    help="The system that will read the files.",
)
@click.option("--out-dir", type=FOLDER, required=True, help="The folder for the files.")
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
    grades: Path,
    target: str,
    out_dir: Path,
    roster: Path | None,
    columns: tuple[str, ...],
    machine_only: bool,
) -> None:
    """Write the marks in the format of another system: marks.csv, moodle_<lab>.csv or canvas_<lab>.csv.

    A mark that is not final, because written answers wait for theirs or the submission needs attention, is left out
    and listed as missing; it never becomes a silent 0. Without a roster the name of the student's folder is used as
    Moodle's ID number and Canvas's SIS Login ID.

    Exit status: 0 when every mark was there, 1 when some are missing, 2 when nothing could be done.

    Example: python -m autograder export --grades grades --format moodle --out-dir marks --roster students.csv
    """
    from autograder.export.export import export as run

    names = dict(_pair(text) for text in columns)
    chosen_labs(names)
    sys.exit(run(grades, target, out_dir, roster=roster, columns=names, machine_only=machine_only))


def _pair(text: str) -> tuple[str, str]:
    """The lab and the column of "LAB=NAME"."""
    lab, sign, name = text.partition("=")
    if not sign or not name.strip():
        raise click.BadParameter(f'write it as "sine_gan=Lab 1 (4711)", not {text!r}', param_hint="--column")
    return lab.strip(), name.strip()

"""The command `python -m autograder report`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.course.course import Course


@click.command(short_help="Write the class report.")
@click.option(
    "--grades",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that `grade --out` wrote into.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The page to write (default: report.html in --grades).",
)
def report(grades: Path, out: Path | None) -> None:
    """Write the class report: marks, what cost the class most, what needs attention, cells that are nearly the same.

    The report is for instructors: it names students and shows their code.

    Exit status: 0 when it is written, 1 when some verdicts could not be read, 2 when there was nothing to report.

    Example: python -m autograder report --grades grades --out report.html
    """
    from autograder.classreport.report import write_report

    target = out or grades / "report.html"
    unreadable = write_report(Course.here(), grades, target)
    for sentence in unreadable:
        click.echo(sentence, err=True)
    click.echo(f"class report    {target}")
    sys.exit(1 if unreadable else 0)

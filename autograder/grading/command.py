"""The command `python -m autograder grade`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from autograder.course.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(short_help="Grade a class.")
@click.option("--submitted", type=FOLDER, required=True, help="The class: <student>/<lab>/<lab>.ipynb.")
@click.option(
    "--out", type=FOLDER, required=True, help="Where verdicts, gradebook, feedback and grades.csv go."
)
@click.option("--lab", help="Grade this lab only.")
@click.option(
    "--jobs", type=click.IntRange(min=1), help="Rooms at the same time (default: the number of cores)."
)
@click.option("--force", is_flag=True, help="Grade finished submissions again.")
@click.option("--accept", is_flag=True, help="Let the marks of a regrade count without asking.")
@click.option("--no-sandbox", is_flag=True, help="Run student code as you, with all that you can reach.")
@click.option("--cluster", metavar="ADDRESS", help="A Dask scheduler, as tcp://scheduler:8786.")
def grade(submitted: Path, out: Path, lab: str | None, jobs: int | None, **choices: Any) -> None:
    """Grade a class: write verdicts, the gradebook, a feedback page for each student and grades.csv.

    An interrupted run can be started again and finishes the rest. Where something has changed that marks depend on, the
    new marks are shown beside the old ones, and count when you say so.

    Exit status: 0 when all were graded, 1 when some need attention, 2 when nothing could be done.

    Example: python -m autograder grade --submitted submitted --out grades --lab sine_gan
    """
    from autograder.grading.run import Choices, grade_class
    from autograder.room import cores

    choices["sandbox"] = not choices.pop("no_sandbox")
    chosen = Choices(jobs or cores(), **choices)
    sys.exit(grade_class(Course.here(), submitted, out, chosen_labs((lab,) if lab else ()), chosen))

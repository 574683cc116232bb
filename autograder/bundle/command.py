"""The command `python -m autograder bundle`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.course.course import Course, chosen_labs

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Make a zip of labs for students.")
@click.argument("labs", nargs=-1)
@click.option("--out", type=FILE, required=True, help="The zip to write.")
def bundle(labs: tuple[str, ...], out: Path) -> None:
    """Make a zip for students: all released labs or LABS, the part of this package that they use, and a README.

    The zip holds no solution, hidden test, mark scheme, catalogue or key. If one of these is found in a file for it,
    nothing is written.

    Example: python -m autograder bundle --out labs.zip sine_gan mnist_gan
    """
    from autograder.bundle.bundle import write_bundle

    write_bundle(Course.here(), chosen_labs(labs), out)

"""The commands `python -m autograder build` and `example-class`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.course.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(short_help="Build the labs from notebooks/.")
@click.argument("labs", nargs=-1)
def build(labs: tuple[str, ...]) -> None:
    """Build source/, release/ and the references from notebooks/ (all labs, or those named).

    Example: python -m autograder build sine_gan
    """
    from autograder.building.build import build as build_lab
    from autograder.building.table import check_folders

    course = Course.here()
    check_folders(course)
    for lab in chosen_labs(labs):
        for path in build_lab(course, lab):
            click.echo(f"{lab}: {_short(path)}")


@click.command("example-class", short_help="Make the example class.")
@click.option(
    "--out", type=FOLDER, default=None, help="Where it goes (default: tests/example_class in the course)."
)
def example_class(out: Path | None) -> None:
    """Make the example class from the labs: made-up submissions that show the range of what students hand in.

    Example: python -m autograder example-class --out /tmp/class
    """
    from autograder.building.example_class import write_example_class

    course = Course.here()
    for path in write_example_class(course, out or course.root / "tests" / "example_class"):
        click.echo(_short(path))


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

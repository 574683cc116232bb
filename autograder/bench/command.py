"""The commands that measure: `python -m autograder bench`, `recognise` and `paint`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.course.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command(short_help="Count the digits that the digit labs draw.")
@click.option(
    "--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Trainings of each lab."
)
@click.option("--lab", help="Train this lab only, and leave the page as it is.")
@click.option("--out", type=FOLDER, help="Put the pictures here, and leave the page as it is.")
def recognise(seeds: int, lab: str | None, out: Path | None) -> None:
    """Train the digit labs and count how many of their samples are recognised as digits.

    The table and a picture of each lab's samples go to autograder/bench/recognition.md and notebooks/<lab>/samples.png;
    with --lab or --out only the table is printed.

    Example: python -m autograder recognise --seeds 2 --lab mnist_gan
    """
    from autograder.bench.training import SAMPLES, recognise_samples, renew_recognition

    course = Course.here()
    if lab is None and out is None:
        click.echo(f"written: {renew_recognition(course, seeds)}")
    else:
        labs = [name for name in chosen_labs((lab,) if lab else ()) if name in SAMPLES]
        recognise_samples(course, labs, seeds, out)


@click.command(short_help="Paint a photograph as the style lab does.")
@click.argument("styles", nargs=-1)
@click.option(
    "--size", type=click.IntRange(32, 1024), default=256, show_default=True, help="Longer side in pixels."
)
@click.option("--out", type=FOLDER, required=True, help="Where the pictures go.")
def paint(styles: tuple[str, ...], size: int, out: Path) -> None:
    """Paint the photograph of the style transfer lab in these STYLES, or in all, as the lab does.

    Example: python -m autograder paint mosaic night_sky --out paintings
    """
    from autograder.bench.paintings import paint_styles

    paint_styles(Course.here(), styles, size, out)


@click.command(short_help="Measure speed and memory.")
@click.option(
    "--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each measurement."
)
@click.option("--only", type=click.Choice(["labs", "class"]), help="Measure only the labs, or only a class.")
@click.option("--lab", help="Measure this lab only; print its table and leave the page as it is.")
def bench(runs: int, only: str | None, lab: str | None) -> None:
    """Measure speed and memory, and write the tables of autograder/bench/README.md.

    Example: python -m autograder bench --runs 3
    """
    from autograder.bench import run_bench, write_page

    course = Course.here()
    labs = [] if only == "class" else chosen_labs((lab,) if lab else ())
    sections = run_bench(course, runs, labs, whole_class=only != "labs" and lab is None)
    for text in sections.values():
        click.echo(f"\n{text}")
    if lab is None:
        click.echo(f"\nwritten: {write_page(course, sections)}")

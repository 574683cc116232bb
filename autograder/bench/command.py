"""The commands that measure: `python -m autograder bench`, `recognise` and `paint`."""

from __future__ import annotations

from pathlib import Path

import click

from autograder.course.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option(
    "--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Trainings of each lab."
)
@click.option("--lab", help="This lab only.")
@click.option("--out", type=FOLDER, help="Where a picture of each lab's samples goes.")
def recognise(seeds: int, lab: str | None, out: Path | None) -> None:
    """Train the digit labs and let a classifier say how many of their samples are digits.

    Example: python -m autograder recognise --seeds 2 --lab mnist_gan
    """
    from autograder.bench.training import SAMPLES, recognise_samples

    labs = [name for name in chosen_labs((lab,) if lab else ()) if name in SAMPLES]
    recognise_samples(Course.here(), labs, seeds, out)


@click.command()
@click.argument("styles", nargs=-1)
@click.option(
    "--size", type=click.IntRange(32, 1024), default=256, show_default=True, help="Longer side in pixels."
)
@click.option("--out", type=FOLDER, required=True, help="Where the pictures go.")
def paint(styles: tuple[str, ...], size: int, out: Path) -> None:
    """Paint the photograph of the style transfer lab in these styles, or in all, as the lab does.

    Example: python -m autograder paint mosaic night_sky --out paintings
    """
    from autograder.bench.paintings import paint_styles

    paint_styles(Course.here(), styles, size, out)


@click.command()
@click.option(
    "--runs", type=click.IntRange(min=1), default=5, show_default=True, help="Runs of each measurement."
)
@click.option("--only", type=click.Choice(["labs", "class"]), help="Measure only this.")
def bench(runs: int, only: str | None) -> None:
    """Measure speed and memory and print the README's tables.

    Example: python -m autograder bench --runs 3
    """
    from autograder.bench import run_bench

    run_bench(Course.here(), runs, only)

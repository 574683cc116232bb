"""The commands of `python -m autograder`; `--help` lists them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from autograder.building.course import Course, chosen_labs

FOLDER = click.Path(path_type=Path, file_okay=False)


class Commands(click.Group):
    """Commands of other modules are loaded when one of them is asked for: `--help` stays quick."""

    homes = {
        "bundle": "autograder.classroom.commands",
        "collect": "autograder.classroom.commands",
        "doctor": "autograder.classroom.commands",
        "export": "autograder.classroom.commands",
        "report": "autograder.classreport.commands",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted([*super().list_commands(context), *self.homes])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name."""
        if name in self.homes:
            return getattr(import_module(self.homes[name]), name)
        return super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="autograder")
def main() -> None:
    """Graded PyTorch labs, and the autograder that marks them."""
    # nbgrader calls `alembic`, which lies beside the interpreter, also where no environment is activated.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


@main.command()
@click.argument("labs", nargs=-1)
def build(labs: tuple[str, ...]) -> None:
    """Build source/, release/ and the references from notebooks/ (all labs, or those named).

    Example: python -m autograder build sine_gan
    """
    from autograder.building.build import build as build_lab

    course = Course.here()
    for lab in chosen_labs(labs):
        for path in build_lab(course, lab):
            click.echo(f"{lab}: {_short(path)}")


@main.command()
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
    """Grade a class.

    Exit status: 0 when all were graded, 1 when some need attention, 2 when nothing could be done. An interrupted run
    can be started again and finishes the rest. Where the lab or its checks have changed since a verdict was written,
    the new marks are shown beside the old ones, and count when you say so.

    Example: python -m autograder grade --submitted submitted --out grades --lab sine_gan
    """
    from autograder.grading.report import Choices, grade_and_report
    from autograder.room import cores

    choices["sandbox"] = not choices.pop("no_sandbox")
    chosen = Choices(jobs or cores(), **choices)
    sys.exit(grade_and_report(Course.here(), submitted, out, chosen_labs((lab,) if lab else ()), chosen))


@main.command("example-class")
@click.option("--out", type=FOLDER, default=None, help="Default: tests/example_class in the course.")
def example_class(out: Path | None) -> None:
    """Make the example class from the labs: eight made-up submissions that show the range.

    Example: python -m autograder example-class --out /tmp/class
    """
    from autograder.building.example_class import write_example_class

    course = Course.here()
    for path in write_example_class(course, out or course.root / "tests" / "example_class"):
        click.echo(_short(path))


@main.command()
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on a working copy of the released labs (workspace/); your own work in it is kept.

    Example: python -m autograder lab -- --no-browser
    """
    course = Course.here()
    workspace = course.root / "workspace"
    for name in chosen_labs(()):
        copy = workspace / name / f"{name}.ipynb"
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(course.release(name), copy)
    sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", *arguments], cwd=workspace))


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Run the test suite, on up to four cores; arguments go to pytest, which then runs on one.

    Example: python -m autograder test -x -k judge
    """
    # Tests that share what is made once stay on one core, and groups start in the order of the suite.
    spread = ("--maxprocesses", "4", "--dist", "loadgroup", "--no-loadscope-reorder")
    arguments = arguments or ("-n", "auto", *spread)
    sys.exit(subprocess.call([sys.executable, "-m", "pytest", *arguments], cwd=Course.here().root))


@main.command()
@click.option(
    "--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Trainings of each lab."
)
@click.option("--lab", help="This lab only.")
@click.option("--out", type=FOLDER, help="Where a picture of each lab's samples goes.")
def recognise(seeds: int, lab: str | None, out: Path | None) -> None:
    """Train the digit labs and let a classifier say how many of their samples are digits.

    Example: python -m autograder recognise --seeds 2 --lab mnist_gan
    """
    from autograder.training import SAMPLES, recognise_samples

    labs = [name for name in chosen_labs((lab,) if lab else ()) if name in SAMPLES]
    recognise_samples(Course.here(), labs, seeds, out)


@main.command()
@click.argument("styles", nargs=-1)
@click.option(
    "--size", type=click.IntRange(32, 1024), default=256, show_default=True, help="Longer side in pixels."
)
@click.option("--out", type=FOLDER, required=True, help="Where the pictures go.")
def paint(styles: tuple[str, ...], size: int, out: Path) -> None:
    """Paint the photograph of the style transfer lab in these styles, or in all, as the lab does.

    Example: python -m autograder paint mosaic night_sky --out paintings
    """
    from autograder.paintings import paint_styles

    paint_styles(Course.here(), styles, size, out)


@main.command()
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


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

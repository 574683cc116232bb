"""The commands of `python -m autograder`; `--help` lists them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import ClassVar

import click

from autograder.course.course import Course, chosen_labs


class Commands(click.Group):
    """A group that imports the module of a command when the command is called, so that `--help` stays quick.

    Commands whose module is missing are not listed: an installed package has no `autograder.bench`.
    """

    homes: ClassVar[dict[str, str]] = {
        "bench": "autograder.bench.command",
        "build": "autograder.building.command",
        "bundle": "autograder.bundle.command",
        "collect": "autograder.collect.command",
        "doctor": "autograder.doctor.command",
        "example-class": "autograder.building.command",
        "export": "autograder.export.command",
        "grade": "autograder.grading.command",
        "paint": "autograder.bench.command",
        "recognise": "autograder.bench.command",
        "report": "autograder.classreport.command",
    }

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, sorted."""
        present = (name for name, home in self.homes.items() if find_spec(home.rpartition(".")[0]))
        return sorted([*super().list_commands(context), *present])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name in self.homes and name in self.list_commands(context):
            command: click.Command = getattr(import_module(self.homes[name]), name.replace("-", "_"))
            return command
        return super().get_command(context, name)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="autograder")
def main() -> None:
    """Graded PyTorch labs, and the autograder that marks them."""
    # nbgrader calls `alembic`, which lies beside the interpreter, also where no environment is activated.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


@main.command(short_help="Open JupyterLab on your copy of the labs.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Open JupyterLab on a working copy of the released labs, in workspace/. A copy that is there already is kept.

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


@main.command(short_help="Run the test suite.", context_settings={"ignore_unknown_options": True})
@click.option("--quick", is_flag=True, help="Only the quick tests, which take about a minute.")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(quick: bool, arguments: tuple[str, ...]) -> None:
    """Run the test suite, on up to four cores; arguments go to pytest, which then runs on one.

    Example: python -m autograder test -x -k judge
    """
    spread = ("-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
    chosen = ("-m", "not slow") if quick else ()
    command = [sys.executable, "-m", "pytest", *chosen, *(arguments or spread)]
    sys.exit(subprocess.call(command, cwd=Course.here().root))

"""The command of a student's copy: python -m autograder lab."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="autograder")
def main() -> None:
    """Graded PyTorch labs: open them, and see in the notebook what is right."""


@main.command()
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--copy-only", is_flag=True, help="Make the working copies, and open nothing.")
def lab(arguments: tuple[str, ...], copy_only: bool) -> None:
    """Open JupyterLab on your working copy of the labs, in workspace/. A copy that is there already is kept.

    Example: python -m autograder lab -- --no-browser
    """
    home = _home()
    for released in sorted((home / "release").glob("*/*.ipynb")):
        copy = home / "workspace" / released.parent.name / released.name
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(released, copy)
            click.echo(f"made {copy.relative_to(home)}")
    if not copy_only:
        sys.exit(subprocess.call([sys.executable, "-m", "jupyterlab", *arguments], cwd=home / "workspace"))


def _home() -> Path:
    """The unpacked folder: the working folder or one above it, else the folder in which this package lies."""
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[1]):
        if (folder / "release").is_dir() and (folder / "autograder").is_dir():
            return folder
    raise click.ClickException("No release/ here: run the command in the folder that you unpacked.")

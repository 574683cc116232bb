"""Pages with measured tables: what stands between two markers is written anew, with the commit and the machine."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import median

import torch

from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.files.atomic import write_text
from autograder.room import cores

CORES = cores()
# What is measured. Pages and pictures are left out: measuring writes them.
_CODE = ("autograder", "notebooks", "source", "release", "nbgrader_config.py", ":!*.md", ":!*.png")


def measured(course: Course, amount: str) -> str:
    """The sentence under which a table stands: day, commit, machine, and the `amount` that was measured.

    Take it before the measurement, so that the load is that of others.
    """
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"Measured on {date.today():%Y-%m-%d} at {commit(course.root)}, on {CORES} cores of {processor()}, with "
        f"Python {platform.python_version()} and torch {torch.__version__}; {amount}. "
        f"The load was {load} when it began."
    )


def commit(root: Path) -> str:
    """The commit that lies in `root`, in words, and whether the code differs from it."""
    try:
        number = _git(root, "rev-parse", "--short=10", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", *_CODE)
    except (OSError, subprocess.CalledProcessError):
        return "an unknown commit"
    return f"commit `{number}`" + (" with changes that are in no commit" if changed else "")


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def processor() -> str:
    """The processor's name, as the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()


def write_section(page: Path, name: str, text: str) -> None:
    """Put the text between the page's markers of that name. Raises CourseError where it has none."""
    begin, end = f"<!-- bench:{name}:begin -->\n", f"\n<!-- bench:{name}:end -->"
    before, found, rest = page.read_text(encoding="utf-8").partition(begin) if page.exists() else ("", "", "")
    _, found_end, after = rest.partition(end)
    if not (found and found_end):
        raise CourseError(
            f"{page} has no place for the table: put the lines {begin.strip()} and {end.strip()} into it."
        )
    write_text(page, f"{before}{begin}{text.strip()}{end}{after}")


def table(heading: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """A Markdown table; its first `words` columns are words, the others are figures."""
    rule = ["---" if column < words else "---:" for column in range(len(heading))]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (heading, rule, *rows))


def digits(value: float) -> str:
    """A figure with about three digits."""
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


def figure(values: Sequence[float], unit: str) -> str:
    """The median, with the range where there are several; what was computed from medians has none."""
    ends = f"({digits(min(values))}–{digits(max(values))})" if len(values) > 1 else ""
    return " ".join(filter(None, (digits(median(values)), unit, ends)))

"""What is missing on this machine, and how to get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.course.course import Course
from autograder.doctor import diagnostics as diagnostics
from autograder.doctor.diagnostics import Finding
from autograder.errors import CourseError

_STYLES = {"✓": "green", "!": "yellow", "✗": "red", "–": "dim"}


def examine(course: Course | None) -> list[Finding]:
    """Everything that is looked at; a look that fails is a finding too."""
    every: list[Callable[[], Iterator[Finding]]] = [
        lambda: diagnostics.python(course),
        lambda: diagnostics.packages(course),
        diagnostics.sandbox,
        diagnostics.cores,
        diagnostics.memory,
        lambda: diagnostics.disk(course),
        diagnostics.graphics,
        lambda: diagnostics.key(course),
        diagnostics.caches,
        diagnostics.data,
    ]
    findings: list[Finding] = []
    for look in every:
        try:
            findings += look()
        except Exception as error:  # whatever is wrong with the machine is what is asked for
            said = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            findings.append(
                Finding("✗", "a look that failed", said, "Install this package again: pip install -e .")
            )
    return findings


def doctor() -> int:
    """Print the findings; returns the exit status: 1 where something has to be mended."""
    try:
        course = Course.here()
    except CourseError:
        course = None
    findings = examine(course)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("", "what", "found"):
        table.add_column(name, overflow="fold")
    for one in findings:
        table.add_row(one.sign, escape(one.what), escape(one.found), style=_STYLES[one.sign])
    console = Console()
    console.print(table)
    # Below the table, whole: lines to copy.
    for sign in ("✗", "!", "–"):
        for one in findings:
            if one.sign == sign and one.remedy:
                console.print(
                    f"{sign} {one.what}: {one.remedy}", markup=False, highlight=False, soft_wrap=True
                )
    bad = sum(one.sign == "✗" for one in findings)
    console.print(f"{bad} to mend." if bad else "Nothing essential is missing.", highlight=False)
    return int(bad > 0)

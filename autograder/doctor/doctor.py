"""Runs all diagnostics and prints what is missing on this machine, and how to get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.course.course import Course
from autograder.doctor import diagnostics
from autograder.doctor.diagnostics import Finding
from autograder.errors import CourseError

_STYLES = {"✓": "green", "!": "yellow", "✗": "red", "–": "dim"}


def examine(course: Course | None) -> list[Finding]:
    """The findings of all diagnostics; one that fails is a finding too."""
    checks: list[Callable[[], Iterator[Finding]]] = [
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
    for check in checks:
        try:
            findings += check()
        except Exception as error:  # the machine may be broken in any way: that is what the doctor is for
            message = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            remedy = "Install this package again: pip install -e ."
            findings.append(Finding("✗", "a check that failed", message, remedy))
    return findings


def doctor() -> int:
    """Print the findings. Returns the exit status: 1 where something has to be mended."""
    findings = examine(_course())
    console = Console()
    console.print(_table(findings))
    # The remedies stand below the table, each on a line of its own, so that they can be copied.
    for sign in ("✗", "!", "–"):
        for finding in findings:
            if finding.sign == sign and finding.remedy:
                line = f"{sign} {finding.what}: {finding.remedy}"
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    bad = sum(finding.sign == "✗" for finding in findings)
    console.print(f"{bad} to mend." if bad else "Nothing essential is missing.", highlight=False)
    return int(bad > 0)


def _course() -> Course | None:
    """The course in the working folder, if there is one."""
    try:
        return Course.here()
    except CourseError:
        return None


def _table(findings: list[Finding]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("", "what", "found"):
        table.add_column(name, overflow="fold")
    for finding in findings:
        table.add_row(finding.sign, escape(finding.what), escape(finding.found), style=_STYLES[finding.sign])
    return table

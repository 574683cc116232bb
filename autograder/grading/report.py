"""What an instructor sees while a class is graded, and at the end."""

from __future__ import annotations

import os
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from autograder.building.course import Course
from autograder.grading.grade import grade_class
from autograder.grading.gradebook import Row, read_rows, write_csv
from autograder.grading.intake import find_submissions
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import number


def grade_and_report(
    course: Course, submitted: Path, out: Path, labs: list[str], jobs: int | None, *, force: bool
) -> int:
    """Grade with a progress bar, write grades.csv, print the table; returns the exit status."""
    console = Console(soft_wrap=False)
    submissions = find_submissions(submitted, labs)
    verdicts: list[Verdict] = []
    try:
        with _progress(console) as progress:
            task = progress.add_task("grading", total=len(submissions), attention=0)
            for verdict in grade_class(course, submissions, out, jobs or os.cpu_count() or 1, force=force):
                verdicts.append(verdict)
                attention = sum(one.status != "graded" for one in verdicts)
                progress.update(task, advance=1, attention=attention)
    except KeyboardInterrupt:
        console.print(
            f"Interrupted: {len(verdicts)} of {len(submissions)} are finished and kept. Run it again for the rest."
        )
        return 130
    verdicts.sort(key=lambda verdict: (verdict.student, verdict.lab))
    rows = read_rows(verdicts, {lab: get_lab(lab) for lab in labs}, out)
    write_csv(rows, out / "grades.csv")
    console.print(_table(rows))
    _print_notes(console, verdicts)
    for what, name in (
        ("feedback pages", "feedback"),
        ("marks", "grades.csv"),
        ("gradebook", "gradebook.db"),
    ):
        console.print(f"{what:<16}{out / name}", markup=False, highlight=False, soft_wrap=True)
    return 1 if any(verdict.status != "graded" for verdict in verdicts) else 0


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[attention]} need attention"),
        console=console,
    )


def _table(rows: list[Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("student", "lab", "status"):
        table.add_column(name, overflow="fold")
    for name in ("machine", "written", "total"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        verdict = row.verdict
        machine = _of(row.machine, verdict.max_score)
        total = _of(row.total, verdict.max_score + row.manual_max)
        style = None if verdict.status == "graded" else "yellow"
        cells = [
            verdict.student,
            verdict.lab,
            verdict.status,
            machine,
            _of(row.manual, row.manual_max),
            total,
        ]
        table.add_row(*map(escape, cells), style=style)
    return table


def _print_notes(console: Console, verdicts: list[Verdict]) -> None:
    for verdict in verdicts:
        for note in verdict.notes:
            console.print(
                f"{verdict.student}/{verdict.lab}: {note}", markup=False, highlight=False, soft_wrap=True
            )


def _of(marks: float | None, most: float) -> str:
    return f"– / {number(most)}" if marks is None else f"{number(marks)} / {number(most)}"

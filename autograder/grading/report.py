"""What an instructor sees while a class is graded, and at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.prompt import Confirm
from rich.table import Table
from rich.text import Text

from autograder.building.course import Course
from autograder.grading.grade import Grading, Plan, Pool
from autograder.grading.gradebook import Row, read_rows, write_csv
from autograder.grading.intake import Submission, find_submissions
from autograder.grading.pool import LocalPool
from autograder.grading.regrade import Change, by_exercise, changes
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import number
from autograder.room.sandbox import SandboxError, problem


@dataclass(frozen=True)
class Choices:
    """What the command line says about a run."""

    jobs: int
    force: bool = False
    sandbox: bool = True
    cluster: str | None = None
    accept: bool = False  # a regrade's changes count without a question


def grade_and_report(course: Course, submitted: Path, out: Path, labs: list[str], choices: Choices) -> int:
    """Grade with a progress bar, write grades.csv, print the table; returns the exit status."""
    console = Console(soft_wrap=False)
    submissions = find_submissions(submitted, labs)
    if choices.sandbox and not choices.cluster and (reason := problem()):
        raise SandboxError(f"{reason} Without a sandbox (--no-sandbox) student code runs as you.")
    grading = Grading(course, out)
    plan = grading.plan(submissions, force=choices.force)
    verdicts = {**plan.finished, **plan.pending}
    try:
        with _pool(course, choices) as pool:
            _grade(console, grading.run(plan, pool), verdicts, len(submissions))
    except KeyboardInterrupt:
        console.print(
            f"Interrupted: {len(verdicts)} of {len(submissions)} are finished and kept. Run it again for the rest."
        )
        return 130
    accepted = _accept(console, grading, plan, choices.accept)
    if not accepted:
        verdicts |= plan.before
    ordered = sorted(verdicts.values(), key=lambda verdict: (verdict.student, verdict.lab))
    rows = read_rows(ordered, {lab: get_lab(lab) for lab in labs}, out)
    write_csv(rows, out / "grades.csv")
    console.print(_table(rows))
    _print_notes(console, ordered)
    for what, name in (
        ("feedback pages", "feedback"),
        ("marks", "grades.csv"),
        ("gradebook", "gradebook.db"),
    ):
        console.print(f"{what:<16}{out / name}", markup=False, highlight=False, soft_wrap=True)
    if not accepted:
        console.print(
            "The regrade is kept aside. To let its marks count, run the same command with --accept."
        )
    return 1 if not accepted or any(verdict.status != "graded" for verdict in ordered) else 0


@contextmanager
def _pool(course: Course, choices: Choices) -> Iterator[Pool]:
    if choices.cluster is None:
        yield LocalPool(course, choices.jobs, choices.sandbox)
    else:
        from autograder.grading.cluster import ClusterPool

        with ClusterPool(course, choices.cluster, choices.sandbox) as pool:
            yield pool


def _grade(
    console: Console,
    graded: Iterator[tuple[Submission, Verdict]],
    verdicts: dict[Submission, Verdict],
    total: int,
) -> None:
    with _progress(console) as progress:
        attention = sum(one.status != "graded" for one in verdicts.values())
        task = progress.add_task("grading", total=total, completed=len(verdicts), attention=attention)
        for submission, verdict in graded:
            verdicts[submission] = verdict
            attention += verdict.status != "graded"
            progress.update(task, advance=1, attention=attention)


def _accept(console: Console, grading: Grading, plan: Plan, asked: bool) -> bool:
    """Show what a regrade changes, and let it count where nothing changes or somebody says so."""
    found = changes((plan.before[one], verdict) for one, verdict in plan.pending.items())
    if found:
        console.print(_table_of_changes(found))
        if not asked and not (sys.stdin.isatty() and Confirm.ask("Write these marks?", default=False)):
            return False
    for submission, verdict in plan.pending.items():
        grading.accept(submission, verdict)
    return True


def _table_of_changes(found: list[Change]) -> Table:
    table = Table(
        box=box.SIMPLE_HEAD, title="What the regrade changes; nothing is written yet", title_justify="left"
    )
    for name in ("lab", "exercise", "gain", "lose", "who"):
        table.add_column(name, overflow="fold", justify="right" if name in ("gain", "lose") else "left")
    for lab, exercise, gains, losses in by_exercise(found):
        who = ", ".join(f"{one.student} {_step(one)}".strip() for one in (*gains, *losses))
        table.add_row(lab, escape(exercise), str(len(gains)), str(len(losses)), escape(who))
    return table


def _step(change: Change) -> str:
    if change.before is None and change.after is None:
        return ""
    return " → ".join("–" if mark is None else number(mark) for mark in (change.before, change.after))


class _Rate(ProgressColumn):
    """Submissions a minute."""

    def render(self, task: Task) -> Text:
        return Text(f"{60 * task.speed:.1f}/min" if task.speed else "–/min", style="progress.data.speed")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[attention]} need attention"),
        console=console,
        speed_estimate_period=300,
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

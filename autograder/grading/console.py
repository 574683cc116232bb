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

from autograder.course.built import check_built
from autograder.course.course import Course
from autograder.errors import CourseError, printable
from autograder.feedback import renew_pages
from autograder.files.atomic import explained_disk_errors
from autograder.grading.pool import LocalPool
from autograder.grading.regrade import Change, by_exercise, changes
from autograder.grading.run import Grading, Plan, Pool
from autograder.intake.find import find_submissions
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import number
from autograder.results.gradebook import Row, rows_of, write_csv
from autograder.results.lock import run_lock
from autograder.results.manual_grades import database, read_manual_grades
from autograder.results.paths import read_verdicts
from autograder.results.submission import Submission
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
    if out.resolve().is_relative_to(submitted.resolve()):
        raise CourseError(f"{out} lies in {submitted}, among what was handed in. Choose an --out outside it.")
    for lab in labs:
        check_built(course, lab)
    submissions = find_submissions(submitted, labs)
    if choices.sandbox and not choices.cluster and (reason := problem()):
        raise SandboxError(f"{reason} Without a sandbox (--no-sandbox) student code runs as you.")
    with run_lock(out):
        return _run(Console(soft_wrap=False), Grading(course, out), submissions, choices)


def _run(console: Console, grading: Grading, submissions: list[Submission], choices: Choices) -> int:
    plan = grading.plan(submissions, force=choices.force)
    verdicts = {**plan.finished, **plan.pending}
    try:
        with _pool(grading, choices) as pool:
            _grade(console, grading.run(plan, pool), verdicts, len(submissions))
        accepted = _accept(console, grading, plan, choices.accept)
        fine = _write_marks(console, grading.places.out, submissions)
    except KeyboardInterrupt:
        console.print(
            f"Interrupted: {len(verdicts)} of {len(submissions)} are finished and kept. Run it again for the rest."
        )
        return 130
    _print_failed(console, plan)
    if not accepted:
        console.print(
            "The regrade is kept aside. To let its marks count, run the same command with --accept."
        )
    return 0 if accepted and fine and not plan.failed else 1


def _write_marks(console: Console, out: Path, submissions: list[Submission]) -> bool:
    """grades.csv with all that was ever graded into this folder, and its pages; this run's marks as a table."""
    found, unreadable = read_verdicts(out)
    given, verdicts = read_manual_grades(database(out)), list(found.values())
    renewed, failed = renew_pages(verdicts, given, out)
    rows = rows_of(verdicts, given)
    with explained_disk_errors(out):
        write_csv(rows, out / "grades.csv")
    asked = {(one.student, one.lab) for one in submissions}
    shown = [row for row in rows if (row.verdict.student, row.verdict.lab) in asked]
    console.print(_table(shown))
    notes = [
        f"{row.verdict.student}/{row.verdict.lab}: {note}" for row in shown for note in row.verdict.notes
    ]
    for sentence in (*notes, *unreadable, *failed):
        console.print(printable(sentence), markup=False, highlight=False, soft_wrap=True)
    for what, name in (
        ("feedback pages", "feedback"),
        ("marks", "grades.csv"),
        ("gradebook", "gradebook.db"),
    ):
        more = f"  ({renewed} written again)" if renewed and name == "feedback" else ""
        console.print(f"{what:<16}{out / name}{more}", markup=False, highlight=False, soft_wrap=True)
    return not (unreadable or failed or any(row.verdict.status != "graded" for row in shown))


def _print_failed(console: Console, plan: Plan) -> None:
    """What could not be graded again, for no fault of its own: its marks are those from before."""
    for submission, verdict in plan.failed.items():
        sentence = f"{submission.student}/{submission.lab} could not be graded again, and keeps its marks: "
        sentence += f"{' '.join(verdict.notes)} Run the command again."
        console.print(printable(sentence), markup=False, highlight=False, soft_wrap=True)


@contextmanager
def _pool(grading: Grading, choices: Choices) -> Iterator[Pool]:
    course = grading.course
    if choices.cluster is None:
        yield LocalPool(
            course, choices.jobs, choices.sandbox, (grading.places.out.absolute() / "gradebook.db",)
        )
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
        table.add_row(lab, escape(exercise), str(len(gains)), str(len(losses)), escape(printable(who)))
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
    late = any(row.penalty for row in rows)
    for name in ("machine", "written", *(["late"] if late else []), "total"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        verdict = row.verdict
        cells = [verdict.student, verdict.lab, verdict.status]
        cells += [_of(row.machine, verdict.max_score), _of(row.manual, row.manual_max)]
        cells += [f"-{number(row.penalty)}" if row.penalty else ""] if late else []
        cells += [_of(row.total, verdict.max_score + row.manual_max)]
        style = None if verdict.status == "graded" else "yellow"
        table.add_row(*(escape(printable(cell)) for cell in cells), style=style)
    return table


def _of(marks: float | None, most: float) -> str:
    return f"– / {number(most)}" if marks is None else f"{number(marks)} / {number(most)}"

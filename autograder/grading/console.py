"""What an instructor sees while a class is graded, and at the end. Nothing here changes anything."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
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

from autograder.errors import printable
from autograder.grading.regrade import Change, by_exercise
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import number
from autograder.results.gradebook import Row
from autograder.results.submission import Submission


@dataclass(frozen=True)
class Outcome:
    """What there is to show when a class is graded.

    `rows` are the marks of this run's submissions, `problems` sentences about what could not be read or written,
    `renewed` the number of feedback pages that were written again.
    """

    out: Path
    rows: list[Row]
    problems: list[str]
    renewed: int

    @property
    def fine(self) -> bool:
        """Whether nobody has to look at anything."""
        return not self.problems and all(row.verdict.status == "graded" for row in self.rows)


class Display:
    """Prints to the terminal."""

    def __init__(self) -> None:
        self._console = Console(soft_wrap=False)

    @contextmanager
    def progress(
        self, verdicts: Mapping[Submission, Verdict], total: int
    ) -> Iterator[Callable[[Verdict], None]]:
        """A progress bar that begins at the `verdicts` that are there; gives a function that moves it on by one."""
        with _progress(self._console) as progress:
            attention = sum(verdict.status != "graded" for verdict in verdicts.values())
            task = progress.add_task("grading", total=total, completed=len(verdicts), attention=attention)

            def show(verdict: Verdict) -> None:
                more = progress.tasks[0].fields["attention"] + (verdict.status != "graded")
                progress.update(task, advance=1, attention=more)

            yield show

    def changes(self, found: list[Change]) -> None:
        """A table of what a regrade changes."""
        title = "What the regrade changes; nothing is written yet"
        table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left")
        for name in ("lab", "exercise", "gain", "lose", "who"):
            table.add_column(name, overflow="fold", justify="right" if name in ("gain", "lose") else "left")
        for lab, exercise, gains, losses in by_exercise(found):
            who = ", ".join(f"{change.student} {_step(change)}".strip() for change in (*gains, *losses))
            table.add_row(lab, escape(exercise), str(len(gains)), str(len(losses)), escape(printable(who)))
        self._console.print(table)

    def confirm(self, question: str) -> bool:
        """The answer of the person at the terminal; no where nobody is there."""
        return sys.stdin.isatty() and Confirm.ask(question, default=False)

    def outcome(self, outcome: Outcome) -> None:
        """The table of marks, what needs attention, and where everything lies."""
        self._console.print(_table(outcome.rows))
        for row in outcome.rows:
            for note in row.verdict.notes:
                self._line(f"{row.verdict.student}/{row.verdict.lab}: {note}")
        for sentence in outcome.problems:
            self._line(sentence)
        again = f"  ({outcome.renewed} written again)" if outcome.renewed else ""
        self._place("feedback pages", outcome.out / "feedback", again)
        self._place("marks", outcome.out / "grades.csv")
        self._place("gradebook", outcome.out / "gradebook.db")

    def failed(self, failed: Mapping[Submission, Verdict]) -> None:
        """What could not be graded again, for no fault of its own: its marks are those from before."""
        for submission, verdict in failed.items():
            sentence = (
                f"{submission.student}/{submission.lab} could not be graded again, and keeps its marks: "
            )
            self._line(f"{sentence}{' '.join(verdict.notes)} Run the command again.")

    def interrupted(self, finished: int, total: int) -> None:
        """What Ctrl-C leaves."""
        self._console.print(
            f"Interrupted: {finished} of {total} are finished and kept. Run it again for the rest."
        )

    def kept_aside(self) -> None:
        """What becomes of a regrade that nobody has accepted."""
        self._console.print(
            "The regrade is kept aside. To let its marks count, run the same command with --accept."
        )

    def _line(self, sentence: str) -> None:
        """A sentence that may hold what others wrote."""
        self._console.print(printable(sentence), markup=False, highlight=False, soft_wrap=True)

    def _place(self, what: str, path: Path, more: str = "") -> None:
        self._console.print(f"{what:<16}{path}{more}", markup=False, highlight=False, soft_wrap=True)


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

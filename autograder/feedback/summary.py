"""The upper part of a page: marks by exercise, findings, and what to look at next."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from autograder.feedback.figures import finding_figure, marks_bar
from autograder.feedback.secrets import redacted
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.verdict import Mark, Verdict
from autograder.notebook.banner import findings_to_show, message_html, number
from autograder.results.manual_grades import ManualGrades

NEXT = 3  # exercises to look at next


@dataclass(frozen=True)
class ShownFinding:
    """A finding as the page shows it."""

    message: Markup
    figure: Markup
    hidden: bool


@dataclass(frozen=True)
class MarkLine:
    """A line in the table of marks: an exercise or a written answer."""

    name: str
    title: str
    marks: str
    bar: Markup
    full: bool
    findings: tuple[ShownFinding, ...] = ()
    lost: float = 0.0
    by_machine: str = ""  # the machine's mark, where a person gave another one

    @property
    def to_gain(self) -> str:
        """The marks that were lost, as text."""
        return number(self.lost)


@dataclass(frozen=True)
class Summary:
    """The upper part of a page; `total` is None while written answers wait, `penalty` where there is none."""

    exercises: list[MarkLine]
    answers: list[MarkLine]
    machine: str
    written: str
    total: str | None
    penalty: str | None

    @property
    def exercises_title(self) -> str:
        """The title of the exercises' marks: "By machine", unless a person corrected one of them."""
        return "Exercises" if any(line.by_machine for line in self.exercises) else "By machine"

    @property
    def next(self) -> list[MarkLine]:
        """The exercises with the most marks to gain; those with as many are in the order of the notebook."""
        return sorted((line for line in self.exercises if line.lost), key=lambda line: -line.lost)[:NEXT]


def summarise(lab: Lab, verdict: Verdict, manual_grades: ManualGrades) -> Summary:
    """The summary of a graded submission; `verdict` is the machine's."""
    counted = manual_grades.counted(verdict)
    exercises = [
        _exercise(exercise, redacted(counted.checks[test_id]), verdict.checks[test_id].score)
        for exercise in lab.exercises
        if (test_id := exercise.test_id) in verdict.checks
    ]
    answers = [
        _answer(name, manual_grades.marks.get(name), max_score) for name, max_score in lab.questions.items()
    ]
    max_written, written = sum(lab.questions.values()), manual_grades.written(lab)
    total = manual_grades.total(counted.score, written)
    return Summary(
        exercises,
        answers,
        f"{number(counted.score)} of {number(lab.marks)}",
        "not read yet" if written is None else f"{number(written)} of {number(max_written)}",
        None if total is None else f"{number(total)} of {number(lab.marks + max_written)}",
        number(manual_grades.penalty) if manual_grades.penalty else None,
    )


def _exercise(exercise: Exercise, mark: Mark, machine_score: float) -> MarkLine:
    findings = tuple(
        ShownFinding(Markup(message_html(finding.message)), finding_figure(finding.message), finding.hidden)
        for finding in findings_to_show(mark.findings)
    )
    marks = f"{number(mark.score)} of {number(mark.max_score)}"
    bar = marks_bar(mark.score, mark.max_score)
    lost = max(0.0, mark.max_score - mark.score)
    by_machine = "" if mark.score == machine_score else number(machine_score)
    return MarkLine(exercise.name, exercise.title, marks, bar, not lost, findings, lost, by_machine)


def _answer(name: str, score: float | None, max_score: float) -> MarkLine:
    title = name.replace("_", " ").capitalize()
    marks = "not read yet" if score is None else f"{number(score)} of {number(max_score)}"
    return MarkLine(name, title, marks, marks_bar(score or 0.0, max_score), score == max_score)

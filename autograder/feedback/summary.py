"""The upper part of a page: marks by exercise, what was found, what to look at next."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from autograder.feedback.figures import finding_figure, marks_bar
from autograder.feedback.secrets import for_student
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.notebook.banner import number
from autograder.results.manual_grades import ManualGrades

NEXT = 3  # exercises to look at next


@dataclass(frozen=True)
class Found:
    """A finding, ready to be shown."""

    message: Markup
    figure: Markup
    hidden: bool


@dataclass(frozen=True)
class Line:
    """An exercise or a written answer in the table of marks."""

    name: str
    title: str
    marks: str
    bar: Markup
    full: bool
    found: tuple[Found, ...] = ()
    lost: float = 0.0
    by_machine: str = ""  # the machine's mark, where a person gave another one

    @property
    def to_gain(self) -> str:
        """Marks that are still to be had."""
        return number(self.lost)


@dataclass(frozen=True)
class Summary:
    """What the upper part shows."""

    exercises: list[Line]
    answers: list[Line]
    machine: str
    written: str
    total: str | None
    penalty: str | None

    @property
    def given_by(self) -> str:
        """Who gave the exercises' marks."""
        return "Exercises" if any(line.by_machine for line in self.exercises) else "By machine"

    @property
    def next(self) -> list[Line]:
        """The exercises with most marks to gain, in the order of the notebook where they have the same."""
        return sorted((line for line in self.exercises if line.lost), key=lambda line: -line.lost)[:NEXT]


def summarise(lab: Lab, verdict: Verdict, by_hand: ManualGrades) -> Summary:
    """The summary of a graded submission; `verdict` is the machine's."""
    counted = by_hand.counted(verdict)
    exercises = [
        _exercise(one, for_student(counted.checks[one.test_id]), verdict.checks[one.test_id].score)
        for one in lab.exercises
        if one.test_id in verdict.checks
    ]
    answers = [_answer(name, by_hand.marks.get(name), most) for name, most in lab.questions.items()]
    most, written = sum(lab.questions.values()), by_hand.written(lab)
    total = by_hand.total(counted.score, written)
    return Summary(
        exercises,
        answers,
        f"{number(counted.score)} of {number(lab.marks)}",
        "not read yet" if written is None else f"{number(written)} of {number(most)}",
        None if total is None else f"{number(total)} of {number(lab.marks + most)}",
        number(by_hand.penalty) if by_hand.penalty else None,
    )


def _exercise(exercise: Exercise, mark: Mark, by_machine: float) -> Line:
    found = tuple(
        Found(message_html(finding.message), finding_figure(finding.message), finding.hidden)
        for finding in worth_saying(mark.findings)
    )
    marks = f"{number(mark.score)} of {number(mark.max_score)}"
    bar = marks_bar(mark.score, mark.max_score)
    lost = max(0.0, mark.max_score - mark.score)
    machine = "" if mark.score == by_machine else number(by_machine)
    return Line(exercise.name, exercise.title, marks, bar, not lost, found, lost, machine)


def _answer(name: str, mark: float | None, most: float) -> Line:
    title = name.replace("_", " ").capitalize()
    marks = "not read yet" if mark is None else f"{number(mark)} of {number(most)}"
    return Line(name, title, marks, marks_bar(mark or 0.0, most), mark == most)


def worth_saying(findings: tuple[Finding, ...]) -> list[Finding]:
    """Of the traces that one named mistake leaves, the first: the others follow from it."""
    named = [finding.mistake for finding in findings]
    return [
        one for index, one in enumerate(findings) if one.mistake is None or one.mistake not in named[:index]
    ]


def message_html(message: str) -> Markup:
    """A sentence with `code` set as code."""
    pieces = (escape(piece) for piece in message.split("`"))
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if index % 2 else piece for index, piece in enumerate(pieces)
    )

"""The figures of a lab: how its marks are spread, and what cost the class most marks."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from autograder.classreport.reading import GradedSubmission
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.verdict import Mark, Verdict

BINS = 10
# Findings that are about no check of their own.
_DESCRIPTIONS = {
    "not_defined": "What the exercise asks for is not defined.",
    "raised": "The code stopped with an exception.",
    "no_response": "The test cell did not answer: the notebook stopped before it, or in it.",
}


@dataclass(frozen=True)
class Cost:
    """What an exercise, or one reason to lose marks in it, cost the class.

    So many `students` lost so many marks together (`lost`), which is this `share` of the marks that the class could
    have had; so many left the cell as it was handed out (`empty`).
    """

    name: str
    description: str
    exercise: str
    students: int
    lost: float
    share: float = 0.0
    empty: int = 0


@dataclass(frozen=True)
class LabReport:
    """A lab in figures; `bins` are the numbers of submissions by tenths of the machine's marks."""

    lab: Lab
    submissions: int
    marks: list[float]
    bins: list[int]
    exercises: list[Cost]
    reasons: list[Cost]

    @property
    def median(self) -> float:
        """The middle mark."""
        return statistics.median(self.marks) if self.marks else 0.0

    @property
    def quarters(self) -> tuple[float, float]:
        """The marks that a quarter of the class lies below, and above."""
        if len(self.marks) < 2:
            return self.median, self.median
        low, _, high = statistics.quantiles(self.marks, n=4, method="inclusive")
        return low, high


def lab_report(lab: Lab, submissions: list[GradedSubmission], notes: Mapping[str, str]) -> LabReport:
    """The figures of one lab; `notes` are the sentences of its catalogue by mistake id."""
    verdicts = [submission.verdict for submission in submissions if submission.verdict.checks]
    marks = [verdict.score for verdict in verdicts]
    bins = [0] * BINS
    for mark in marks:
        bins[min(int(BINS * mark / lab.marks), BINS - 1)] += 1
    exercises = [_exercise(exercise, verdicts) for exercise in lab.exercises]
    exercises.sort(key=lambda cost: -cost.lost)
    return LabReport(lab, len(submissions), marks, bins, exercises, _reasons(lab, verdicts, notes))


def _exercise(exercise: Exercise, verdicts: list[Verdict]) -> Cost:
    marks = [verdict.checks[exercise.test_id] for verdict in verdicts if exercise.test_id in verdict.checks]
    lost = sum(mark.max_score - mark.score for mark in marks)
    students = sum(not mark.full for mark in marks)
    share = lost / (exercise.marks * len(marks)) if marks else 0.0
    return Cost(exercise.title, "", exercise.name, students, lost, share, sum(map(_is_empty, marks)))


def _reasons(lab: Lab, verdicts: list[Verdict], notes: Mapping[str, str]) -> list[Cost]:
    """The costs by reason, in cells that were filled in; all that a cell lost is counted for one reason."""
    lost: dict[tuple[str, str], list[float]] = defaultdict(list)
    for verdict in verdicts:
        for exercise in lab.exercises:
            mark = verdict.checks.get(exercise.test_id)
            if mark and not mark.full and not _is_empty(mark):
                lost[exercise.name, _reason(mark)].append(mark.max_score - mark.score)
    costs = [_reason_cost(lab.exercise(name), reason, notes, marks) for (name, reason), marks in lost.items()]
    return sorted(costs, key=lambda cost: (-cost.lost, -cost.students, cost.name))


def _reason_cost(exercise: Exercise, reason: str, notes: Mapping[str, str], lost: list[float]) -> Cost:
    return Cost(reason, _description(exercise, reason, notes), exercise.title, len(lost), sum(lost))


def _is_empty(mark: Mark) -> bool:
    """Whether the cell was left as it was handed out."""
    return any(finding.id.endswith(".not_started") for finding in mark.findings)


def _reason(mark: Mark) -> str:
    """The id of the mistake that was named, else that of the first finding."""
    named = (finding.mistake for finding in mark.findings if finding.mistake)
    return next(named, None) or next((finding.id for finding in mark.findings), "no finding")


def _description(exercise: Exercise, reason: str, notes: Mapping[str, str]) -> str:
    if reason in notes:
        return notes[reason]
    kind = reason.rpartition(".")[2]
    check = next((check for check in exercise.checks if check.name == kind), None)
    return _DESCRIPTIONS.get(kind, f"{check.what}." if check else "")

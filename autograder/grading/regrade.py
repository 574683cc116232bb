"""What a regrade changes: who gains and who loses, by exercise, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.labs import get_lab
from autograder.marking.verdict import Verdict


@dataclass(frozen=True)
class Change:
    """A student's marks in one exercise, before and after; or, without an exercise, the verdict's status."""

    student: str
    lab: str
    exercise: str
    before: float | None
    after: float | None
    attention: bool | None = None  # of a change of status: whether a person has to look at it now

    @property
    def gain(self) -> float:
        """Marks gained; negative where they are lost. What could not be graded counts as nothing."""
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def worse(self) -> bool:
        """Whether the student loses by it."""
        return self.gain < 0 or bool(self.attention)


def changes(pairs: Iterable[tuple[Verdict, Verdict]]) -> list[Change]:
    """All differences in marks between verdicts and those that shall replace them."""
    found = []
    for before, after in pairs:
        for test_id, title in _exercises(before, after).items():
            marks = [verdict.checks.get(test_id) for verdict in (before, after)]
            was, now = (mark.score if mark else None for mark in marks)
            if was != now:
                found.append(Change(after.student, after.lab, title, was, now))
        if before.status != after.status:
            status, attention = f"{before.status} → {after.status}", after.status != "graded"
            found.append(Change(after.student, after.lab, status, None, None, attention))
    return found


def _exercises(before: Verdict, after: Verdict) -> dict[str, str]:
    """Test cell → title: the lab's, and those that it had when it was graded before."""
    titles = {exercise.test_id: exercise.title for exercise in get_lab(after.lab).exercises}
    return titles | {name: name for name in before.checks if name not in titles}


def by_exercise(found: list[Change]) -> list[tuple[str, str, list[Change], list[Change]]]:
    """For each exercise with changes: lab, exercise, those who gain, those who lose."""
    groups: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in found:
        groups[change.lab, change.exercise].append(change)
    rows = []
    for (lab, exercise), group in groups.items():
        gains, losses = [one for one in group if not one.worse], [one for one in group if one.worse]
        rows.append((lab, exercise, gains, losses))
    return rows

"""What a regrade changes: who gains and who loses, by exercise, before anything is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.labs import get_lab
from autograder.marking.verdict import Verdict


@dataclass(frozen=True)
class Change:
    """A student's marks in an exercise before and after; or a change of status, which `exercise` then spells out."""

    student: str
    lab: str
    exercise: str
    before: float | None
    after: float | None
    attention: bool | None = None  # for a change of status: whether the submission needs attention now

    @property
    def gain(self) -> float:
        """Marks gained; negative where they are lost. What could not be graded counts as nothing."""
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def worse(self) -> bool:
        """Whether the student loses by it."""
        return self.gain < 0 or bool(self.attention)


def changes(pairs: Iterable[tuple[Verdict, Verdict]]) -> list[Change]:
    """What changes between each verdict and the one that would replace it."""
    found = []
    for before, after in pairs:
        for test_id, title in _exercises(before, after).items():
            checks = [verdict.checks.get(test_id) for verdict in (before, after)]
            was, now = (mark.score if mark else None for mark in checks)
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
        gains = [change for change in group if not change.worse]
        losses = [change for change in group if change.worse]
        rows.append((lab, exercise, gains, losses))
    return rows

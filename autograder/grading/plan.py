"""What there is to do for a class: what lies in the output folder, compared with what was handed in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograder.course.course import Course
from autograder.marking.verdict import Verdict
from autograder.results.fingerprints import fingerprint
from autograder.results.paths import Fingerprint, ResultPaths
from autograder.results.submission import Submission


@dataclass(frozen=True)
class Plan:
    """What there is to do for a class.

    `finished` are those where nothing has changed. `new` were never graded, or have changed since. `outdated` are those
    where the lab, the checks or the environment have changed; of these `pending` were graded again by an earlier run
    and wait to be accepted, and `failed` are those where grading itself failed. `before` holds the verdicts that count
    until then.
    """

    finished: dict[Submission, Verdict] = field(default_factory=dict)
    new: dict[Submission, Fingerprint] = field(default_factory=dict)
    outdated: dict[Submission, Fingerprint] = field(default_factory=dict)
    pending: dict[Submission, Verdict] = field(default_factory=dict)
    before: dict[Submission, Verdict] = field(default_factory=dict)
    failed: dict[Submission, Verdict] = field(default_factory=dict)

    @property
    def to_grade(self) -> dict[Submission, Fingerprint]:
        """Everything that has to go through a room now."""
        return self.new | self.outdated


def make_plan(course: Course, paths: ResultPaths, submissions: Iterable[Submission], *, force: bool) -> Plan:
    """The plan for these submissions; with `force` what is finished is graded again."""
    plan = Plan()
    for submission in submissions:
        _add(plan, paths, submission, fingerprint(course, submission), force)
    return plan


def _add(plan: Plan, paths: ResultPaths, submission: Submission, now: Fingerprint, force: bool) -> None:
    found, pending = paths.read(submission), paths.pending.read(submission)
    if not found or found[1].submission != now.submission:
        plan.new[submission] = now
    elif pending and pending[1] == now and not force:
        plan.before[submission], plan.pending[submission] = found[0], pending[0]
    elif found[1] == now and not force:
        plan.finished[submission] = found[0]
    else:
        plan.before[submission], plan.outdated[submission] = found[0], now

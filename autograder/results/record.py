"""What the steps of grading know about one submission: a frozen record that each step hands on with its own part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course.course import Course
from autograder.course.seeds import course_key, hidden_seed
from autograder.marking.verdict import Verdict

_KEY = "record"  # where nbgrader's `resources`, which go from step to step, hold it


@dataclass(frozen=True)
class Responses:
    """What a test cell answered, as JSON text that nothing is known about yet; None where it did not answer."""

    public: str | None = None
    hidden: str | None = None


@dataclass(frozen=True)
class Canary:
    """The check that must fail: the exercise it is about, its seed, and its response as JSON text."""

    exercise: str
    seed: int = field(repr=False)
    response: str | None = None


@dataclass(frozen=True)
class RoomOutcome:
    """What came out of the room.

    `responses` are by test cell. The room is `closed` where it was ended before the notebook was through, and `notes`
    say why. `seconds` are those until the kernel was there ("room start") and those of the cells ("cells").
    """

    responses: Mapping[str, Responses]
    canary: Canary
    closed: bool = False
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """A submission on its way to a verdict.

    The seeds are made here and nowhere else. `hidden_paths` are files that no room may show, beside the course's own.
    `notes` are those of reading and repairing the notebook; `room` and `verdict` are there once their steps have run.
    """

    course: Course
    student: str
    lab: str
    seed: int = field(repr=False)
    canary_seed: int = field(repr=False)
    hidden_paths: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    room: RoomOutcome | None = None
    verdict: Verdict | None = None

    @classmethod
    def begin(
        cls,
        course: Course,
        student: str,
        lab: str,
        *,
        notes: tuple[str, ...] = (),
        hidden_paths: tuple[Path, ...] = (),
    ) -> Record:
        """The record of a submission that no step has seen yet. CourseError where the course's key can't be used."""
        key = course_key(course.root)
        seeds = hidden_seed(key, student, lab), hidden_seed(key, student, f"{lab} canary")
        return cls(course, student, lab, *seeds, hidden_paths, notes)

    @classmethod
    def of(cls, resources: Mapping[str, Any]) -> Record:
        """The record that goes with nbgrader's resources; where nbgrader itself runs the steps it begins here."""
        found = resources.get(_KEY)
        if isinstance(found, cls):
            return found
        about = resources["nbgrader"]
        return cls.begin(Course.of(resources), about["student"], about["assignment"])

    def put_into(self, resources: dict[str, Any]) -> None:
        """Let the next step find this record."""
        resources[_KEY] = self

"""What an exercise is: a probe, and the checks that its response is judged by."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from autograder.marking.namespace import Namespace
    from autograder.marking.response import Response
    from autograder.marking.stimuli import Stimuli

    Probe = Callable[[Namespace, Stimuli, Response], None]


class Tolerance(NamedTuple):
    """A value passes when abs(value - reference) <= atol + rtol * abs(reference).

    With `scaled`, abs(reference) is the largest entry of the whole tensor: where terms cancel, honest
    float32 outputs and gradients differ by more than their smallest entries' own rtol.
    """

    rtol: float
    atol: float
    scaled: bool = False


# float32 against float64: a few ulp for pure functions, more after several optimiser steps.
PURE = Tolerance(rtol=1e-5, atol=2e-6)
NETWORK = Tolerance(rtol=2e-5, atol=2e-6, scaled=True)
STEPS = Tolerance(rtol=1e-4, atol=2e-6, scaled=True)
GRADIENT = Tolerance(rtol=1e-4, atol=1e-7, scaled=True)


@dataclass(frozen=True)
class Check:
    """One thing that is looked at, and the marks it is worth.

    The entries of a response that belong to it are called `name`, `name[…]` or `name.…`, with
    `@ where` behind it for a stimulus that the message should name.
    `what` says what was looked at, `ask` points to one place to look; both are shown to the student.
    A check that `needs` another earns nothing while that one fails: leaving things alone is no merit in
    itself.
    """

    name: str
    marks: float
    what: str
    ask: str
    tolerance: Tolerance = PURE
    needs: str | None = None


@dataclass(frozen=True)
class Exercise:
    """What one solution cell is marked by.

    `name` is the cell's grade_id, `title` what messages call it, `guard` the check that global side effects (seeds,
    default dtype, autograd) count towards.
    `definitions` are the functions or classes of the cell, where it is not the one that `title` names.
    `rounding` says that mistakes may lie in what float32 rounds away, so that float64 would not show them.
    """

    name: str
    probe: Probe
    checks: tuple[Check, ...]
    guard: str
    title: str = ""
    definitions: tuple[str, ...] = ()
    rounding: bool = False

    @property
    def defined(self) -> tuple[str, ...]:
        """The names that the solution cell defines."""
        return self.definitions or (self.title,)

    @property
    def marks(self) -> float:
        """Marks of all checks together."""
        return float(sum(check.marks for check in self.checks))

    @property
    def test_id(self) -> str:
        """The grade_id of the test cell."""
        return f"test_{self.name}"

    def check_of(self, entry: str) -> Check | None:
        """The check that an entry of a response belongs to."""
        family = re.split(r"[\[.@]", entry, maxsplit=1)[0]
        return next((check for check in self.checks if check.name == family), None)


@dataclass(frozen=True)
class Lab:
    """A lab's exercises, in the order of the notebook, and its written questions with their marks."""

    name: str
    title: str
    exercises: tuple[Exercise, ...]
    questions: dict[str, float]

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name; KeyError with the known names if there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        known = ", ".join(exercise.name for exercise in self.exercises)
        raise KeyError(f"{self.name} has no exercise {name!r}; it has {known}")

    @property
    def marks(self) -> float:
        """Marks that the machine gives."""
        return float(sum(exercise.marks for exercise in self.exercises))

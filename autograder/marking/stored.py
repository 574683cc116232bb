"""The stored references: what a visible check judges by on a student's own machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from autograder.marking.exercise import Exercise
from autograder.marking.judge import differs
from autograder.marking.response import Response, decode, encode

PUBLIC_SEED = 2023


@dataclass(frozen=True)
class StoredExercise:
    """The reference, and for each mistake of the catalogue its sentence and its response."""

    reference: Response
    mistakes: dict[str, tuple[str, Response]]

    def to_json(self, exercise: Exercise) -> dict[str, Any]:
        """The form of the file; of a mistake only what differs from the reference is kept."""
        theirs = {
            name: [note, *self._difference(exercise, whole)] for name, (note, whole) in self.mistakes.items()
        }
        return {"reference": json.loads(encode(self.reference)), "mistakes": theirs}

    def _difference(self, exercise: Exercise, whole: Response) -> tuple[dict[str, Any], list[str]]:
        different = Response()
        for entry, value in whole.items():
            check, expected = exercise.check_of(entry), self.reference.get(entry)
            if expected is None or check is None or differs(value, expected, check.tolerance):
                different[entry] = value
        missing = [entry for entry in self.reference if entry not in whole]
        return json.loads(encode(different)), missing

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> StoredExercise:
        """What `to_json` described, with whole responses for the mistakes again."""
        reference = decode(json.dumps(raw["reference"]))
        mistakes = {}
        for name, (note, entries, missing) in raw["mistakes"].items():
            whole = Response()
            whole.update(reference | decode(json.dumps(entries)))
            for entry in missing:
                del whole[entry]
            mistakes[name] = (note, whole)
        return cls(reference, mistakes)


def references_file(lab: str) -> Path:
    """Where a lab's references are."""
    return Path(__file__).resolve().parents[1] / "references" / f"{lab}.json"


@cache
def stored_exercise(lab: str, exercise: str) -> StoredExercise:
    """The stored reference of an exercise; FileNotFoundError where the lab was never built."""
    return StoredExercise.from_json(_exercises(lab)[exercise])


@cache
def _exercises(lab: str) -> dict[str, Any]:
    exercises: dict[str, Any] = json.loads(references_file(lab).read_text(encoding="utf-8"))["exercises"]
    return exercises

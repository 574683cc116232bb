"""What a cell's `grade_id` says about it: nbgrader's metadata, and the whole of a test cell."""

from __future__ import annotations

from typing import Any

from autograder.marking.exercise import Exercise, Lab

# A cell that students fill in, and the locked cell that goes with it.
IDENTITY, TEST_IDENTITY = "identity", "test_identity"


def text_of(question: str) -> str:
    """The grade_id of the locked cell that asks a written question and holds its mark scheme."""
    return f"{question}_text"


def known_ids(lab: Lab) -> list[str]:
    """The grade_ids of a lab, in the order in which its notebook has to have them."""
    exercises = [name for exercise in lab.exercises for name in (exercise.name, exercise.test_id)]
    questions = [name for question in lab.questions for name in (text_of(question), question)]
    return [IDENTITY, TEST_IDENTITY, *exercises, *questions]


def metadata_of(name: str, lab: Lab) -> dict[str, Any]:
    """nbgrader's metadata of the cell with this grade_id."""
    tests = {exercise.test_id: exercise.marks for exercise in lab.exercises}
    answered = name in lab.questions or name in {exercise.name for exercise in lab.exercises}
    marks = tests.get(name, lab.questions.get(name))
    metadata = {
        "grade": marks is not None,
        "grade_id": name,
        "locked": not answered and name != IDENTITY,
        "schema_version": 3,
        "solution": answered,
        "task": False,
    }
    return metadata if marks is None else metadata | {"points": points(marks)}


def points(marks: float) -> float:
    """Marks as notebooks and texts say them: 5, not 5.0."""
    return int(marks) if marks == int(marks) else marks


def visible_check(lab: Lab, exercise: Exercise) -> str:
    """What an author writes into a test cell."""
    return f'check("{lab.name}.{exercise.name}")'


def hidden_test(lab: Lab, exercise: Exercise) -> str:
    """A whole test cell: the visible check, and the hidden test that nbgrader removes from the release."""
    return f"""{visible_check(lab, exercise)}
### BEGIN HIDDEN TESTS
from autograder import respond

respond("{lab.name}.{exercise.name}")
### END HIDDEN TESTS"""

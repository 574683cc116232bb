"""Checks a lab's table, `autograder/labs/<lab>/__init__.py`: what is wrong in it is said before anything is built."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from autograder.course.course import Course
from autograder.errors import CourseError, error_line
from autograder.labs import get_lab, lab_names
from autograder.marking.exercise import Check, Exercise, Lab

_NAME = re.compile(r"[A-Za-z]\w*")
_QUESTION = re.compile(r"question_[1-9]\d*")


def table_file(lab: str) -> str:
    """Where a lab's table is, as messages say it."""
    return f"autograder/labs/{lab}/__init__.py"


def check_folders(course: Course) -> None:
    """CourseError for a script whose lab has no table, and so would never be built."""
    for script in sorted(course.root.glob("notebooks/*/*.py")):
        name = script.stem
        if name == script.parent.name and name not in lab_names():
            raise CourseError(
                f"{name}: notebooks/{name}/{name}.py has no table. Write {table_file(name)}, or delete the folder."
            )


def checked_table(name: str) -> Lab:
    """The lab's table; CourseError with one sentence where something in it can't be right."""
    lab = _loaded(name)
    if lab.name != name:
        raise _fault(name, f"it calls the lab {lab.name!r}, and its folder says {name!r}")
    for exercise in lab.exercises:
        _check_exercise(name, exercise)
    twice(name, "the table", [exercise.name for exercise in lab.exercises])
    for question, marks in lab.questions.items():
        if not _QUESTION.fullmatch(question):
            raise _fault(
                name, f"a written question is called {question!r}, not question_1, question_2 and so on"
            )
        _check_marks(name, question, marks)
    return lab


def _loaded(name: str) -> Lab:
    try:
        return get_lab(name)
    except Exception as error:
        raise CourseError(f"{name}: {table_file(name)} can't be imported: {error_line(error)}.") from error


def twice(lab: str, where: str, names: Iterable[str]) -> None:
    """CourseError where a name is in `where` more than once."""
    for name, count in Counter(names).items():
        if count > 1:
            raise CourseError(f"{lab}: {where} has {name} {count} times. Rename or delete all but one.")


def _check_exercise(lab: str, exercise: Exercise) -> None:
    name = exercise.name
    if not name.isidentifier():
        raise _fault(lab, f"an exercise is called {name!r}, which can't be the grade_id of a cell")
    if not all(definition.isidentifier() for definition in exercise.defined):
        raise _fault(
            lab, f"{name} needs as `title`, or as `definitions`, the names that its solution cell defines"
        )
    if not exercise.checks:
        raise _fault(lab, f"{name} has no checks, so nothing gives its marks")
    checks = {check.name: check for check in exercise.checks}
    twice(lab, f"the exercise {name} in {table_file(lab)}", [check.name for check in exercise.checks])
    if exercise.guard not in checks:
        raise _fault(lab, f"{name} has the guard {exercise.guard!r}, but its checks are {', '.join(checks)}")
    for check in exercise.checks:
        if not _NAME.fullmatch(check.name) or check.name in ("info", "raised"):
            raise _fault(lab, f"{name} has a check {check.name!r}; letters, digits and _ make a name")
        _check_marks(lab, f"{name}, check {check.name}", check.marks)
        _check_needs(lab, exercise, check, checks)


def _check_marks(lab: str, what: str, marks: float) -> None:
    if not marks > 0:
        raise _fault(lab, f"{what} is worth {marks} marks; it has to be more than 0")


def _check_needs(lab: str, exercise: Exercise, check: Check, checks: dict[str, Check]) -> None:
    """What a check needs is a check of the same exercise, and in the end one that needs nothing."""
    way = [check]
    while needs := way[-1].needs:
        if needs not in checks:
            raise _fault(
                lab, f"{exercise.name}, check {check.name} needs {needs!r}, but there are {', '.join(checks)}"
            )
        way.append(checks[needs])
        if len(way) > len(checks):
            names = " → ".join(step.name for step in way)
            raise _fault(lab, f"the checks of {exercise.name} need each other in a circle: {names}")


def _fault(lab: str, fault: str) -> CourseError:
    return CourseError(f"{lab}: mend {table_file(lab)}: {fault}.")

"""Checks a lab's probes by what the solution answers, before references are made of it."""

from __future__ import annotations

from autograder.building.table import table_file
from autograder.course.course import Course
from autograder.course.references import live_reference
from autograder.course.solution import solution_names
from autograder.errors import CourseError
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.judge import judge
from autograder.marking.probing import RAISED, run_probe
from autograder.marking.response import Response
from autograder.marking.stored import PUBLIC_SEED


def check_probes(course: Course, lab: Lab) -> None:
    """CourseError for the first exercise whose probe and checks don't fit, or that refuses the solution.

    It is tried with the hard stimuli, in float32 as students' code runs.
    """
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        reference = live_reference(course, lab.name, exercise, PUBLIC_SEED, hard=True)
        _check_entries(lab, exercise, reference)
        response = run_probe(exercise, names, PUBLIC_SEED, hard=True)
        _check_passes(lab, exercise, response, reference)


def _check_entries(lab: Lab, exercise: Exercise, reference: Response) -> None:
    """Each entry belongs to a check, and each check has an entry: one without would give its marks to everybody."""
    checks = {check.name for check in exercise.checks}
    entries = [entry for entry in reference if not entry.startswith("info.") and entry != RAISED]
    for entry in entries:
        if exercise.check_of(entry) is None:
            raise CourseError(
                f"{lab.name}: the probe of {exercise.name} answers {entry!r}, which belongs to none of its checks "
                f"({', '.join(sorted(checks))}). Rename the entry, or add a check in {table_file(lab.name)}."
            )
    own = {f"{name}.seed" for name in checks} | {entry for entry in entries if ".global_" in entry}
    empty = checks - {
        check.name for entry in entries if entry not in own and (check := exercise.check_of(entry))
    }
    for name in sorted(empty):
        raise CourseError(
            f"{lab.name}: the probe of {exercise.name} answers nothing for the check {name}, so everybody would get "
            f"its marks. Add an entry `{name}` to the probe, or delete the check in {table_file(lab.name)}."
        )


def _check_passes(lab: Lab, exercise: Exercise, response: Response, reference: Response) -> None:
    mark = judge(exercise, response, reference)
    if not mark.full:
        said = mark.findings[0].message.rstrip(".?")
        raise CourseError(
            f"{lab.name}: the solution gets {mark.score:g} of {mark.max_score:g} marks in {exercise.name}: {said}. "
            "Is the definition right, do the stimuli lie clear of every kink, and is the tolerance right for float32?"
        )

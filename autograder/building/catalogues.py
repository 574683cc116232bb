"""Checks a lab's catalogue: that each mistake and alternative belongs to an exercise, and each exercise has some."""

from __future__ import annotations

from autograder.building.table import table_file, twice
from autograder.course.catalogue import Rewrite, alternatives, mistakes
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.marking.exercise import Lab


def check_catalogue(course: Course, lab: Lab) -> None:
    """CourseError with one sentence for the first thing that is missing, or that belongs to no exercise."""
    _check(lab, "mistakes", mistakes(course, lab.name))
    _check(lab, "alternatives", alternatives(course, lab.name))


def _check(lab: Lab, kind: str, rewrites: tuple[Rewrite, ...]) -> None:
    file = f"notebooks/{lab.name}/{kind}.py"
    exercises = [exercise.name for exercise in lab.exercises]
    twice(lab.name, file, [rewrite.id for rewrite in rewrites])
    for rewrite in rewrites:
        if rewrite.exercise not in exercises:
            raise CourseError(
                f"{lab.name}: {file} has {rewrite.id}, but {table_file(lab.name)} has no exercise "
                f"{rewrite.exercise}; it has {', '.join(exercises)}. Correct the id, or delete the entry."
            )
    for exercise in exercises:
        if not any(rewrite.exercise == exercise for rewrite in rewrites):
            raise CourseError(
                f"{lab.name}: {file} has no {kind.removesuffix('s')} for the exercise {exercise}. Write at least one, "
                f'with an id like "{exercise}.…".'
            )

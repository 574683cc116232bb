"""Whether a lab was built since its table was changed."""

from __future__ import annotations

import nbformat
from nbformat import NotebookNode

from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.labs import get_lab
from autograder.marking.exercise import Lab


def check_built(course: Course, name: str) -> None:
    """CourseError where a lab's built notebook has other marks than its table, or none."""
    path = course.source(name)
    if not path.is_file():
        raise CourseError(f"{path} is missing. Build it with: python -m autograder build {name}")
    check_points(get_lab(name), nbformat.read(path, as_version=4))


def check_points(lab: Lab, source: NotebookNode) -> None:
    """CourseError where an instructor's notebook has other points than the table: nbgrader would refuse the marks."""
    marks = {exercise.test_id: exercise.marks for exercise in lab.exercises} | lab.questions
    points = {
        name: cell.metadata["nbgrader"].get("points") for cell in source.cells if (name := grade_id(cell))
    }
    for name in marks:
        if points.get(name) != marks[name]:
            raise CourseError(
                f"{lab.name}: {name} has {points.get(name, 'no')} points in the built notebook, and {marks[name]:g} "
                f"marks in the table. Build the lab again: python -m autograder build {lab.name}"
            )

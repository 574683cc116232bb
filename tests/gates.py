"""The gates of the project, as functions that return what they object to: tests run them on the real course and,
to see each fail once, on planted faults."""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import zip_longest
from typing import Any

import nbformat
import torch
from torch import Tensor

from autograder.cells.metadata import grade_id
from autograder.cells.regions import MARK_SCHEME, SOLUTION, regions
from autograder.course.catalogue import Mistake, Rewrite, rewritten
from autograder.course.course import Course
from autograder.course.references import live_mistakes, live_reference
from autograder.course.solution import solution_cells, solution_names
from autograder.marking import judge as judging
from autograder.marking.exercise import Exercise, Lab, Tolerance
from autograder.marking.probing import RAISED, run_probe
from autograder.marking.response import decode, encode
from autograder.marking.verdict import Mark

HIDDEN_SEED = 12345
SEEDS = (HIDDEN_SEED, 1, 2)


def graded(
    course: Course,
    lab: Lab,
    exercise: Exercise,
    names: dict[str, Any],
    *,
    seed: int = HIDDEN_SEED,
) -> Mark:
    """The mark of some definitions, as a room and the judge make it: the response crosses as text."""
    return _judged(course, lab, exercise, _answer(exercise, names, seed), seed)


def largest_error(course: Course, lab: Lab, exercise: Exercise, names: dict[str, Any], *, seed: int) -> float:
    """The largest error of some definitions as a share of its tolerance; infinite where a word is another one."""
    response = decode(_answer(exercise, names, seed))
    reference = live_reference(course, lab.name, exercise, seed, hard=True)
    if RAISED in response:
        return math.inf
    judged = ((entry, exercise.check_of(entry)) for entry in reference)
    return max(
        _share(response.get(entry), reference[entry], check.tolerance) for entry, check in judged if check
    )


def _share(
    value: Tensor | float | str | None, reference: Tensor | float | str, tolerance: Tolerance
) -> float:
    if isinstance(reference, str) or value is None or isinstance(value, str):
        return 0.0 if value == reference else math.inf
    error, scale = (torch.as_tensor(value).double() - torch.as_tensor(reference)).abs(), abs(reference)
    largest = torch.as_tensor(scale).max() if tolerance.scaled else torch.as_tensor(scale)
    shares = error / (tolerance.atol + tolerance.rtol * largest)
    return float(shares.nan_to_num(math.inf).max())


def accepted_mistakes(course: Course, lab: Lab, mistakes: list[Mistake], seeds: tuple[int, ...]) -> list[str]:
    """Mistakes that keep full marks in their own exercise for one of these seeds."""
    accepted = []
    for mistake in mistakes:
        marks = [_mark(course, lab, mistake, seed=seed) for seed in seeds]
        accepted += [
            f"{mistake.id} (seed {seed})" for seed, mark in zip(seeds, marks, strict=True) if mark.full
        ]
    return accepted


def spilled_mistakes(course: Course, lab: Lab, mistakes: list[Mistake]) -> list[str]:
    """Mistakes that cost marks in an exercise that they do not belong to.

    An exercise is probed among mistakes in all others at once; only where that costs it marks is each tried alone.
    """
    spilled = []
    for exercise in lab.exercises:
        others = [mistake for mistake in mistakes if mistake.exercise != exercise.name]
        for together in _one_of_each(others):
            if not _among(course, lab, exercise, together).full:
                alone = [m for m in together if not _among(course, lab, exercise, [m]).full]
                spilled += [f"{mistake.id} costs marks in {exercise.name}" for mistake in alone or together]
    return spilled


def _one_of_each(mistakes: list[Mistake]) -> list[list[Mistake]]:
    """The mistakes in lists that hold no two of the same exercise."""
    by_exercise: dict[str, list[Mistake]] = {}
    for mistake in mistakes:
        by_exercise.setdefault(mistake.exercise, []).append(mistake)
    rows = zip_longest(*by_exercise.values())
    return [[mistake for mistake in row if mistake] for row in rows]


def _among(course: Course, lab: Lab, exercise: Exercise, mistakes: list[Mistake]) -> Mark:
    """The mark of an exercise that is solved rightly, in a notebook with these mistakes."""
    cells = {name: cell for one in mistakes for name, cell in rewritten(course, lab.name, one).items()}
    return graded(course, lab, exercise, solution_names(course, lab.name, cells))


def unnamed_mistakes(course: Course, lab: Lab, mistakes: list[Mistake]) -> list[str]:
    """Mistakes that the judge catches without saying which they are."""
    marks = {one.id: _mark(course, lab, one, name_it=True) for one in mistakes}
    return [name for name, mark in marks.items() if name not in {one.mistake for one in mark.findings}]


def rejected(course: Course, lab: Lab, rewrites: list[Rewrite], seeds: tuple[int, ...]) -> list[str]:
    """Right solutions that lose marks for one of these seeds."""
    lost = []
    for rewrite in rewrites:
        for seed in seeds:
            mark = _mark(course, lab, rewrite, seed=seed)
            lost += (
                [] if mark.full else [f"{rewrite.id} (seed {seed}): {[one.message for one in mark.findings]}"]
            )
    return lost


def _mark(
    course: Course, lab: Lab, rewrite: Rewrite, *, seed: int = HIDDEN_SEED, name_it: bool = False
) -> Mark:
    """The mark of a rewritten solution in its own exercise."""
    exercise = lab.exercise(rewrite.exercise)
    return _judged(
        course, lab, exercise, _rewritten_answer(course, lab.name, exercise, rewrite, seed), seed, name_it
    )


@cache
def _rewritten_answer(course: Course, lab: str, exercise: Exercise, rewrite: Rewrite, seed: int) -> str:
    """Made once for all gates."""
    return _answer(exercise, solution_names(course, lab, rewritten(course, lab, rewrite)), seed)


def _answer(exercise: Exercise, names: dict[str, Any], seed: int) -> str:
    return encode(run_probe(exercise, names, seed, hard=True))


def _judged(
    course: Course, lab: Lab, exercise: Exercise, answer: str, seed: int, name_it: bool = False
) -> Mark:
    reference = live_reference(course, lab.name, exercise, seed, hard=True)
    theirs = live_mistakes(course, lab.name, exercise, seed, hard=True) if name_it else None
    return judging.judge(exercise, decode(answer), reference, theirs, hidden=True)


def leaks(course: Course, lab: Lab) -> list[str]:
    """Solution and hidden lines, and answers, that stand in the release."""
    release = nbformat.read(course.release(lab.name), as_version=4)
    text = json.dumps(release)
    found = [word for word in ("HIDDEN", "SOLUTION", "MARK SCHEME", "respond(") if word in text]
    shown = {line.strip() for cell in release.cells for line in cell.source.split("\n")}
    source = nbformat.read(course.source(lab.name), as_version=4)
    for cell in source.cells:
        secret = {
            line.strip()
            for kind, text in regions(cell.source)
            if kind in (SOLUTION, MARK_SCHEME)
            for line in text.split("\n")
        }
        signature = {line.strip() for line in cell.source.split('"""')[0].split("\n")}
        for line in secret - signature:
            if line in shown and len(line) > 12:
                found.append(f"{grade_id(cell)}: {line}")
    return found


def untouched_marks(course: Course, lab: Lab) -> dict[str, float]:
    """What the release earns as it is handed out: exercise -> marks."""
    release = nbformat.read(course.release(lab.name), as_version=4)
    stubs = {
        grade_id(cell): cell.source
        for cell in release.cells
        if grade_id(cell) in solution_cells(course, lab.name)
    }
    names = solution_names(course, lab.name, stubs)
    return {one.name: graded(course, lab, one, names).score for one in lab.exercises}

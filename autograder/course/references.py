"""The references: what the solution and the mistakes answer, live for the judge, stored for the visible checks."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from autograder.course.catalogue import Mistake, mistakes, rewritten
from autograder.course.course import Course
from autograder.course.solution import solution_names
from autograder.errors import CourseError, error_line
from autograder.labs import get_lab
from autograder.marking.exercise import Exercise
from autograder.marking.judge import RANDOM, differs, is_sound, judge, without_operation
from autograder.marking.namespace import Namespace, NotDefined
from autograder.marking.probing import RAISED, RAISED_TEXT, clean_process, run_probe
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.marking.stored import PUBLIC_SEED, StoredExercise, references_file

# Enough for every tolerance, few enough that the last bits of another processor do not show.
DIGITS = {torch.float64: 8, torch.float32: 6}


@lru_cache(maxsize=256)
def live_reference(course: Course, lab: str, exercise: Exercise, seed: int, *, hard: bool) -> Response:
    """The solution's response in float64; CourseError where the solution itself does not stand."""
    names = _solution(course, lab)
    response = run_probe(exercise, names, seed, reference=True, hard=hard)
    if not is_sound(response):
        reason = _reason(exercise, names, seed, hard) if RAISED in response else "a number that is not finite"
        raise CourseError(f"The solution of {lab}.{exercise.name} fails its own probe: {reason}.")
    return response


def _reason(exercise: Exercise, names: dict[str, Any], seed: int, hard: bool) -> str:
    """What the probe raises, with the line: run once more, because a response keeps no lines."""
    try:
        with clean_process(torch.float64):
            exercise.probe(Namespace(names), Stimuli(seed, torch.float64, hard), Response(torch.float64))
    except NotDefined as error:
        return f"no cell defines {error}"
    except Exception as error:
        return error_line(error)
    return "it stops, but not when it is run again"


@lru_cache(maxsize=8)
def _solution(course: Course, lab: str) -> dict[str, Any]:
    return solution_names(course, lab)


@lru_cache(maxsize=64)
def live_mistakes(
    course: Course, lab: str, exercise: Exercise, seed: int, *, hard: bool
) -> dict[str, tuple[str, Response]]:
    """What the exercise's mistakes answer: id -> (sentence, response in float64)."""
    found = {}
    for mistake in mistakes(course, lab):
        if mistake.exercise == exercise.name:
            found[mistake.id] = (
                mistake.note,
                mistake_response(course, lab, exercise, mistake, seed, hard=hard),
            )
    return found


def mistake_response(
    course: Course, lab: str, exercise: Exercise, mistake: Mistake, seed: int, *, hard: bool
) -> Response:
    """What one mistake answers, in float64, or in float32 where only that shows it (a wrong dtype, rounding)."""
    if exercise.rounding:
        return _steady_response(course, lab, exercise, mistake, seed, reference=False, hard=hard)
    response = _steady_response(course, lab, exercise, mistake, seed, reference=True, hard=hard)
    reference = live_reference(course, lab, exercise, seed, hard=hard)
    if RAISED in response or judge(exercise, response, reference).full:
        return _steady_response(course, lab, exercise, mistake, seed, reference=False, hard=hard)
    return response


def _steady_response(
    course: Course, lab: str, exercise: Exercise, mistake: Mistake, seed: int, *, reference: bool, hard: bool
) -> Response:
    """A mistake's response; an entry that changes with torch's random numbers is RANDOM."""
    names = _mistaken(course, lab, mistake)
    first = run_probe(exercise, names, seed, reference=reference, hard=hard, torch_seed=1)
    if not first.drawn:
        return first
    second = run_probe(exercise, names, seed, reference=reference, hard=hard, torch_seed=2)
    for entry in first:
        check = exercise.check_of(entry)
        if check and entry in second and differs(first[entry], second[entry], check.tolerance):
            first[entry] = RANDOM
    return first


@lru_cache(maxsize=256)
def _mistaken(course: Course, lab: str, mistake: Mistake) -> dict[str, Any]:
    return solution_names(course, lab, rewritten(course, lab, mistake))


def write_references(course: Course, lab: str) -> Path:
    """Write `autograder/references/<lab>.json`, which the visible checks judge by."""
    lines = []
    for exercise in get_lab(lab).exercises:
        reference = live_reference(course, lab, exercise, PUBLIC_SEED, hard=False)
        responses = live_mistakes(course, lab, exercise, PUBLIC_SEED, hard=False)
        rounded = {name: (note, _rounded(response)) for name, (note, response) in responses.items()}
        stored = StoredExercise(_rounded(reference), rounded).to_json(exercise)
        lines.append(f'"{exercise.name}": {json.dumps(stored, ensure_ascii=False)}')
    path = references_file(lab)
    text = ",\n".join(lines)
    path.write_text(
        f'{{"lab": "{lab}", "seed": {PUBLIC_SEED}, "exercises": {{\n{text}\n}}}}\n', encoding="utf-8"
    )
    return path


def _rounded(response: Response) -> Response:
    rounded = Response()
    for entry, value in response.items():
        if not entry.startswith("info.") or entry == RAISED_TEXT:
            rounded[entry] = _significant(value, DIGITS[response.dtype])
    if RAISED_TEXT in rounded:
        rounded[RAISED_TEXT] = without_operation(str(rounded[RAISED_TEXT]))  # the same bytes for every torch
    return rounded


def _significant(value: Tensor | float | str, digits: int) -> Tensor | float | str:
    if isinstance(value, str):
        return value
    if isinstance(value, Tensor):
        numbers = [_significant(number, digits) for number in value.to(torch.float64).flatten().tolist()]
        return torch.tensor(numbers, dtype=torch.float64).reshape(value.shape)
    if not math.isfinite(value):
        return value
    # A fixed number of decimals for what is nearly 0 (differences that cancel), significant digits else.
    return float(f"{value:.{digits - 1}e}") if abs(value) > 1e-6 else 0.0

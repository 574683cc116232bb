"""`twenty_gradings.py COURSE LAB` prints the marks of 20 gradings of the solution and of some mistakes, as JSON.

ATEN_CPU_CAPABILITY chooses the processor's instructions, until the process computes for the first time.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import gates
import torch

from autograder.course.catalogue import mistakes, rewritten
from autograder.course.course import Course
from autograder.course.solution import solution_names
from autograder.labs import get_lab


def marks(course: Course, name: str) -> list[list[float]]:
    """One list for each grading: with 1 and 2 threads, both default dtypes, 5 seeds."""
    lab, chosen = get_lab(name), list(mistakes(course, name))[::30]
    variants = [(solution_names(course, name), lab.exercises)]
    variants += [
        (solution_names(course, name, rewritten(course, name, mistake)), [lab.exercise(mistake.exercise)])
        for mistake in chosen
    ]
    found = []
    for grading in range(20):
        torch.set_num_threads(1 + grading % 2)
        torch.set_default_dtype(torch.float64 if grading // 2 % 2 else torch.float32)
        graded = [
            gates.graded(course, lab, exercise, names, seed=grading // 4)
            for names, exercises in variants
            for exercise in exercises
        ]
        found.append([mark.score for mark in graded])
    return found


if __name__ == "__main__":
    known = {
        "DEFAULT",
        os.environ["ATEN_CPU_CAPABILITY"].upper(),
    }  # not every processor has what is asked for
    assert torch.backends.cpu.get_cpu_capability() in known, "torch has computed before"
    print(json.dumps(marks(Course(Path(sys.argv[1])), sys.argv[2])))

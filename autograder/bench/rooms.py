"""What is measured in a process of its own: a room's memory, training loops, the CPU seconds of student code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.errors import CourseError

# A few seconds of training each.
LOOP_STEPS = {"sine_gan": 320, "mnist_gan": 128, "dcgan": 12, "gan_pitfalls": 1000, "style_transfer": 10}
LOOP_TURNS = 5
LOSS_STEPS = 100  # after which the losses of both loops are compared
# The kernel tells its own peak: getrusage would also count the process that started it.
_PEAK = 'print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])'
# CPU seconds of the kernel's process and of those that it has waited for.
_CPU = "print(__import__('time').process_time() + sum(__import__('resource').getrusage(-1)[:2]))"


def print_peak(lab: str, submission: str) -> None:
    """Run a submission in a room and print its kernel's peak memory in KiB."""
    printed = _run(Course.here(), "student_1", lab, Path(submission), ("", _PEAK))
    print(printed[-1])  # only Linux tells


def print_loops(lab: str) -> None:
    """Print both loops' speeds, and their losses where they share one, as JSON."""
    from autograder.bench.training import loop_losses, loop_speeds

    of_lab, of_bare = loop_speeds(Course.here(), lab, LOOP_STEPS[lab], LOOP_TURNS)
    found = {"lab loop": of_lab, "bare loop": of_bare}
    if losses := loop_losses(Course.here(), lab, LOSS_STEPS):
        found |= {"lab loss": [losses[0]], "bare loss": [losses[1]]}
    print(json.dumps(found))


def print_floor(submitted: str) -> None:
    """For each submission the CPU seconds that its kernel spends in the cells: those needed for marks, and all."""
    course = Course.here()
    for folder in sorted(Path(submitted).glob("*/*")):
        student, lab, seconds = folder.parent.name, folder.name, {}
        for name, run_all in (("needed", False), ("all", True)):
            start, end = _run(course, student, lab, folder, (_CPU, _CPU), run_all)
            seconds[name] = float(end) - float(start)
        print(json.dumps(seconds | {"student": student, "lab": lab}), flush=True)


def _run(
    course: Course, student: str, lab: str, folder: Path, cells: tuple[str, str], run_all: bool = False
) -> tuple[str, str]:
    """Run the submission in `folder` between two more `cells`; returns what these print.

    `run_all` runs also the lab's own cells that no mark depends on. CourseError where the last one prints nothing.
    """
    from autograder.grading.pipeline import Repair, course_config
    from autograder.results.record import Record
    from autograder.room.execution import Room

    config = course_config(course)
    resources: Any = {"metadata": {"path": str(folder)}}
    Record.begin(course, student, lab).put_into(resources)
    notebook = nbformat.read(folder / f"{lab}.ipynb", as_version=4)
    notebook, resources = Repair(config=config).preprocess(notebook, resources)
    first, last = map(new_code_cell, cells)
    notebook.cells = [first, *notebook.cells, last]
    notebook, resources = Room(config=config, run_all=run_all).preprocess(notebook, resources)
    before, after = (
        "".join(out.get("text", "") for out in cell.outputs).strip()
        for cell in (notebook.cells[0], notebook.cells[-1])
    )
    if not after:
        room = Record.of(resources).room
        raise CourseError(f"{folder} did not run to its end: {room.notes if room else 'it was not run'}")
    return before, after

"""Speed and memory of each lab, for a student and for an instructor."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nbclient
from click import unstyle

from autograder.bench.page import CORES, figure
from autograder.bench.parts import IDLE, timings, worker_parts
from autograder.bench.processes import environment, grade, plain_course, python, without_hidden_tests
from autograder.bench.rooms import LOSS_STEPS
from autograder.building.example_class import write_example_class
from autograder.course.course import Course
from autograder.course.solution import solution_cells
from autograder.errors import CourseError
from autograder.labs import get_lab

COPIES = 4  # submissions in a graded class
CELL_LIMIT = 1800  # seconds; far above the aim, so that a slow machine still gets its number

# A student's kernel has loaded these before its first cell: only what comes on top of them counts.
_IMPORT = """
import sys, time, ipykernel.ipkernel, ipykernel.zmqshell
start = time.perf_counter()
exec(sys.stdin.read(), {})
print(time.perf_counter() - start)
"""

# The first check twice: what only the first call in a notebook pays for is seen by itself.
_CHECKS = """
import json, sys, time
request = json.load(sys.stdin)
space = {"__name__": "__main__"}
for source in request["cells"]: exec(source, space)
from autograder import check
seconds = []
for name in request["names"][:1] + request["names"]:
    start = time.perf_counter()
    (shown := check(name, space))._repr_html_()
    seconds.append(time.perf_counter() - start)
    if not shown.mark.full:
        sys.exit(f"the solution does not pass the visible check {name}")
print(seconds)
"""

_ROOM = "import sys; from autograder.bench.rooms import print_peak; print_peak(*sys.argv[1:])"
_LOOPS = "import sys; from autograder.bench.rooms import print_loops; print_loops(*sys.argv[1:])"

_CHECK_AIM = "< 0.5 s for points, < 1 s for images"
_GRADE = f"`grade --jobs 1`, each of {COPIES} submissions"
# The lines of the table, and the project's aims.
LINES = {
    "visible check, median exercise": _CHECK_AIM,
    "visible check, slowest exercise": _CHECK_AIM,
    "visible check, first in a notebook": _CHECK_AIM,
    "all cells with full training, 2 threads": "sine < 60 s, pitfalls < 180 s",
    "training loop": "",
    "the same networks in a bare loop": "",
    "bare / lab": "≤ 1.10 ×",
    f"total loss after {LOSS_STEPS} steps": "",
    "the same in a bare loop": "≥ the lab's",
    "`import torch`": "",
    "`autograder` on top of it": "< 0.3 s",
    _GRADE: "images < 8 s, pitfalls < 6 s",
    "– in the room": "",
    "– in the other steps": "",
    "– with no submission in hand": "",
    "plain `nbgrader autograde`, each of them": "",
    "`grade --jobs 1` / plain": "",
    f"`grade --jobs {CORES}`, each of them": "",
    "peak memory of a room": "sine < 1.5 GiB, others < 2 GiB",
}


@dataclass
class LabBench:
    """A lab's measurements: a copy of the course and two classes below `folder`, and what was found there."""

    lab: str
    course: Course
    folder: Path
    found: dict[str, list[float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """A class of complete submissions, and the same class in a plain nbgrader course."""
        write_example_class(self.course, self.folder / "examples")
        made, plain = self.folder / "examples" / "example_complete" / self.lab, self.folder / "plain"
        for number in range(1, COPIES + 1):
            shutil.copytree(made, plain / "submitted" / f"student_{number}" / self.lab)
        plain_course(self.course, [self.lab], plain)

    def measures(self) -> dict[str, Callable[[], None]]:
        """What a run measures, by description; what is compared stands side by side."""
        return {
            "imports": self.imports,
            "visible checks": self.checks,
            "grading, one room": lambda: self.graded("grade", 1),
            "plain nbgrader": self.plain,
            "grading, all cores": lambda: self.graded("grade on all cores", CORES),
            "memory": self.peak,
            "training loop": self.loops,
            "all cells": self.notebook,
        }

    def imports(self) -> None:
        """torch alone, and torch with what the lab imports from `autograder`."""
        cells = solution_cells(self.course, self.lab).items()
        ours = [line for name, cell in cells if name.startswith("setup_") for line in _our_imports(cell)]
        both = "\n".join(["import torch", "import autograder", *ours])
        for label, code in 3 * (("torch", "import torch"), ("torch and ours", both)):
            self._note(label, float(python(["-c", _IMPORT], self.folder, code)))

    def checks(self) -> None:
        """The first visible check of a fresh process, then each exercise's."""
        names = [f"{self.lab}.{exercise.name}" for exercise in get_lab(self.lab).exercises]
        request = {"cells": list(solution_cells(self.course, self.lab).values()), "names": names}
        printed = python(["-c", _CHECKS], self.folder, json.dumps(request)).splitlines()[-1]
        for label, seconds in zip(["first check", *names], json.loads(printed), strict=True):
            self._note(label, seconds)

    def notebook(self) -> None:
        """All cells with 2 threads, full training included; CourseError if one raises."""
        client = nbclient.NotebookClient(
            without_hidden_tests(self.course, self.lab),
            timeout=CELL_LIMIT,
            force_raise_errors=True,
            resources={"metadata": {"path": str(self.folder)}},
        )
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "2")
        start = time.perf_counter()
        try:
            client.execute(env=environment() | threads, stderr=subprocess.DEVNULL)
        except (nbclient.exceptions.CellControlSignal, RuntimeError, AssertionError) as error:
            reason = " ".join(unstyle(str(error)).split())[-300:] or "the kernel died"
            raise CourseError(f"A cell of the solved notebook of {self.lab} failed: … {reason}") from None
        self._note("notebook", time.perf_counter() - start)

    def graded(self, label: str, jobs: int) -> None:
        """The grade command; it must give full marks, else its time means nothing."""
        submitted = str(self.folder / "plain" / "submitted")
        with tempfile.TemporaryDirectory(prefix="bench-") as out:
            start = time.perf_counter()
            options = ["--out", out, "--submitted", submitted, "--lab", self.lab, "--jobs", str(jobs)]
            grade(self.course.root, options)
            seconds = time.perf_counter() - start
            marks = [json.loads(path.read_bytes())["score"] for path in Path(out).glob("*/*/verdict.json")]
            parts = worker_parts(timings(Path(out)), jobs * seconds)
        if marks != [get_lab(self.lab).marks] * COPIES:
            raise CourseError(f"The complete submissions of {self.lab} did not get full marks, but {marks}.")
        self._note(label, seconds / COPIES)
        if jobs == 1:
            self._note_parts(parts)

    def _note_parts(self, parts: dict[str, float]) -> None:
        idle, room = parts[IDLE], sum(parts[name] for name in parts if name.startswith("room"))
        self._note("in the room", room / COPIES)
        self._note("idle", idle / COPIES)
        self._note("other steps", (sum(parts.values()) - idle - room) / COPIES)

    def plain(self) -> None:
        """The same notebooks under nbgrader as it comes: no judge, the visible checks give the marks."""
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            copy = shutil.copytree(self.folder / "plain", Path(folder, "plain"))
            start = time.perf_counter()
            python(["-m", "nbgrader", "autograde", self.lab], copy)
            self._note("plain", (time.perf_counter() - start) / COPIES)

    def peak(self) -> None:
        """Peak memory of a room's kernel, in GiB."""
        submission = str(self.folder / "plain" / "submitted" / "student_1" / self.lab)
        self._note("peak", float(python(["-c", _ROOM, self.lab, submission], self.course.root)) / 2**20)

    def loops(self) -> None:
        """Steps per second of the lab's training loop and of a bare one, in turn."""
        found = json.loads(python(["-c", _LOOPS, self.lab], self.course.root).splitlines()[-1])
        for label, values in found.items():
            for value in values:
                self._note(label, value)

    def _note(self, label: str, value: float) -> None:
        self.found.setdefault(label, []).append(value)

    def figures(self) -> dict[str, str]:
        """This lab's column of the table, by the names of `LINES`; a figure that it does not have is left out."""
        return dict(zip(LINES, self._figures(), strict=True))

    def _figures(self) -> Iterator[str]:
        """In the order of `LINES`."""
        found, middle = self.found, {label: median(values) for label, values in self.found.items()}
        checks = {label: seconds for label, seconds in middle.items() if "." in label}
        slowest = max(checks, key=checks.__getitem__)
        yield figure([median(checks.values())], "s")
        yield f"{figure(found[slowest], 's')} `{slowest.partition('.')[2]}`"
        yield figure(found["first check"], "s")
        yield figure(found["notebook"], "s")
        yield figure(found["lab loop"], "steps/s")
        yield figure(found["bare loop"], "steps/s")
        yield figure([middle["bare loop"] / middle["lab loop"]], "×")
        for label in ("lab loss", "bare loss"):
            yield figure(found[label], "") if label in found else ""
        yield figure(found["torch"], "s")
        yield figure([middle["torch and ours"] - middle["torch"]], "s")
        for label in ("grade", "in the room", "other steps", "idle", "plain"):
            yield figure(found[label], "s")
        yield figure([middle["grade"] / middle["plain"]], "×")
        yield figure(found["grade on all cores"], "s")
        yield figure(found["peak"], "GiB")


def _our_imports(cell: str) -> list[str]:
    lines = map(ast.unparse, ast.parse(cell).body)
    return [line for line in lines if line.startswith(("from autograder", "import autograder"))]

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

from autograder.bench.processes import CORES, environment, line, plain_course, python, without_hidden_tests
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
given = json.load(sys.stdin)
space = {"__name__": "__main__"}
for source in given["cells"]: exec(source, space)
from autograder import check
seconds = []
for name in given["names"][:1] + given["names"]:
    start = time.perf_counter()
    (shown := check(name, space))._repr_html_()
    seconds.append(time.perf_counter() - start)
    if not shown.mark.full:
        sys.exit(f"the solution does not pass the visible check {name}")
print(seconds)
"""

_ROOM = "import sys; from autograder.bench.rooms import print_peak; print_peak(*sys.argv[1:])"
_LOOPS = "import sys; from autograder.bench.rooms import print_loops; print_loops(*sys.argv[1:])"

# What the issues ask for: visible check, all cells, a graded submission, memory of a room.
AIMS = {
    "sine_gan": ("< 0.5 s", "< 60 s", "", "< 1.5 GiB"),
    "gan_pitfalls": ("< 0.5 s", "< 180 s", "< 6 s", "< 2 GiB"),
}
OTHER_AIMS = ("< 1 s", "", "< 8 s", "< 2 GiB")


@dataclass
class Bench:
    """A lab's workplace: a copy of the course and two classes below `folder`, and what was measured there."""

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
        given = {"cells": list(solution_cells(self.course, self.lab).values()), "names": names}
        printed = python(["-c", _CHECKS], self.folder, json.dumps(given)).splitlines()[-1]
        for label, seconds in zip(["first check", *names], json.loads(printed), strict=True):
            self._note(label, seconds)

    def notebook(self) -> None:
        """All cells with 2 threads, full training included; CourseError if one raises."""
        options = {"timeout": CELL_LIMIT, "force_raise_errors": True}
        client = nbclient.NotebookClient(without_hidden_tests(self.course, self.lab), **options)
        client.resources = {"metadata": {"path": str(self.folder)}}
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
        with tempfile.TemporaryDirectory(prefix="bench-") as out:
            places = ["--out", out, "--submitted", str(self.folder / "plain" / "submitted")]
            command = ["-m", "autograder", "grade", "--lab", self.lab, "--jobs", str(jobs), *places]
            self._time(label, command, self.course.root)
            marks = [json.loads(path.read_bytes())["score"] for path in Path(out).glob("*/*/verdict.json")]
        if marks != [get_lab(self.lab).marks] * COPIES:
            raise CourseError(f"The complete submissions of {self.lab} did not get full marks, but {marks}.")

    def plain(self) -> None:
        """The same notebooks under nbgrader as it comes: no judge, the visible checks give the marks."""
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            place = shutil.copytree(self.folder / "plain", Path(folder, "plain"))
            self._time("plain", ["-m", "nbgrader", "autograde", self.lab], place)

    def peak(self) -> None:
        """Peak memory of a room's kernel, in GiB."""
        place = str(self.folder / "plain" / "submitted" / "student_1" / self.lab)
        self._note("peak", float(python(["-c", _ROOM, self.lab, place], self.course.root)) / 2**20)

    def loops(self) -> None:
        """Steps per second of the lab's training loop and of a bare one, in turn."""
        found = json.loads(python(["-c", _LOOPS, self.lab], self.course.root).splitlines()[-1])
        for label, values in found.items():
            for value in values:
                self._note(label, value)

    def _note(self, label: str, value: float) -> None:
        self.found.setdefault(label, []).append(value)

    def _time(self, label: str, command: list[str], place: Path) -> None:
        start = time.perf_counter()
        python(command, place)
        self._note(label, (time.perf_counter() - start) / COPIES)

    def rows(self) -> Iterator[str]:
        """The table's lines of this lab."""
        middle = {label: median(values) for label, values in self.found.items()}
        checks = {label: seconds for label, seconds in middle.items() if "." in label}
        slowest = max(checks, key=checks.__getitem__)
        check, cells, graded, memory = AIMS.get(self.lab, OTHER_AIMS)
        yield self._row("visible check, median exercise", list(checks.values()), "s", check)
        yield self._row(f"visible check, slowest: `{slowest}`", self.found[slowest], "s", check)
        yield self._row("visible check, first in a notebook", self.found["first check"], "s", check)
        yield self._row("all cells with full training, 2 threads", self.found["notebook"], "s", cells)
        yield self._row("training loop", self.found["lab loop"], "steps/s")
        yield self._row("the same networks in a bare loop", self.found["bare loop"], "steps/s")
        yield self._row("bare / lab", [middle["bare loop"] / middle["lab loop"]], "×", "≤ 1.10 ×")
        if "lab loss" in middle:
            yield self._row(f"total loss after {LOSS_STEPS} steps", self.found["lab loss"], "")
            yield self._row("the same in a bare loop", self.found["bare loss"], "", "≥ the lab's")
        yield self._row("`import torch`", self.found["torch"], "s")
        added = middle["torch and ours"] - middle["torch"]
        yield self._row("`autograder` on top of it", [added], "s", "< 0.3 s")
        yield self._row(f"`grade --jobs 1`, each of {COPIES} submissions", self.found["grade"], "s", graded)
        yield self._row("plain `nbgrader autograde`, each of them", self.found["plain"], "s")
        yield self._row("`grade --jobs 1` / plain", [middle["grade"] / middle["plain"]], "×")
        yield self._row(f"`grade --jobs {CORES}`, each of them", self.found["grade on all cores"], "s")
        yield self._row("peak memory of a room", self.found["peak"], "GiB", memory)

    def _row(self, what: str, values: list[float], unit: str, aim: str = "") -> str:
        return line([self.lab, what], values, unit, aim)


def _our_imports(cell: str) -> list[str]:
    lines = map(ast.unparse, ast.parse(cell).body)
    return [line for line in lines if line.startswith(("from autograder", "import autograder"))]

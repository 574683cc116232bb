"""A class of mixed submissions of all labs: this, plain nbgrader, and the floor, the student code's own CPU time."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from autograder.bench.processes import CORES, digits, grade, line, plain_course, python
from autograder.building.example_class import STUDENTS, write_example_class
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.labs import get_lab, lab_names

SUBMISSIONS = 40
_FLOOR = "import sys; from autograder.bench.rooms import print_floor; print_floor(*sys.argv[1:])"
_OF_A_ROOM = ("room start", "cells")
_IN_WORKERS = ("repair", "room", "judge", "inert")
_BEHIND_THEM = ("gradebook", "feedback")  # one process, beside the workers


@dataclass
class ClassBench:
    """A class below `folder`, once for this and once for plain nbgrader, and what was measured with it."""

    course: Course
    folder: Path
    found: dict[str, list[float]] = field(default_factory=dict)

    def prepare(self) -> None:
        """The example class over and over; every copy has a student of its own, so hidden seeds of its own."""
        write_example_class(self.course, self.folder / "examples")
        made = [name for name, fill in STUDENTS.items() if fill]
        labs, self.complete = lab_names(), []
        for number in range(SUBMISSIONS):
            lab, student = labs[number % len(labs)], f"student_{number // len(labs) + 1}"
            example = made[(number + number // len(labs)) % len(made)]
            shutil.copytree(self.folder / "examples" / example / lab, self.submitted / student / lab)
            if example == "example_complete":
                self.complete.append((student, lab))
        plain_course(self.course, labs, self.folder / "plain")
        shutil.copytree(self.submitted, self.folder / "plain" / "submitted")

    @property
    def submitted(self) -> Path:
        """Where the class lies."""
        return self.folder / "submitted"

    def measures(self) -> dict[str, Callable[[], None]]:
        """What a run measures, by description."""
        return {"grading": self.graded, "the floor": self.floor, "plain nbgrader": self.plain}

    def graded(self) -> None:
        """The grade command on all cores, then once more with nothing left to do: what it costs to start and end."""
        with tempfile.TemporaryDirectory(prefix="bench-") as out:
            options = ["--out", out, "--submitted", str(self.submitted), "--jobs", str(CORES)]
            for label in ("grade", "nothing to do"):
                start = time.perf_counter()
                grade(self.course.root, options)
                self._note(label, time.perf_counter() - start)
            self._check(Path(out))
            seconds = [json.loads(path.read_bytes()) for path in Path(out).glob("*/*/timing.json")]
        for name in {name for one in seconds for name in one}:
            self._note(f"in {name}", sum(one.get(name, 0.0) for one in seconds))

    def _check(self, out: Path) -> None:
        """Full marks for complete submissions, and nobody needs attention: else its time means nothing."""
        for path in self.submitted.glob("*/*"):
            student, lab = path.parts[-2:]
            verdict = json.loads((out / student / lab / "verdict.json").read_bytes())
            short = (student, lab) in self.complete and verdict["score"] != get_lab(lab).marks
            if short or verdict["status"] != "graded":
                raise CourseError(
                    f"Grading {student}/{lab} of the benchmark gave {verdict['score']}: {verdict['notes']}"
                )

    def plain(self) -> None:
        """The same notebooks under nbgrader as it comes."""
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            place = shutil.copytree(self.folder / "plain", Path(folder, "plain"))
            start = time.perf_counter()
            for lab in lab_names():
                python(["-m", "nbgrader", "autograde", lab], place)
            self._note("plain", time.perf_counter() - start)
            graded = len(list(place.glob("autograded/*/*/*.ipynb")))
        if graded != SUBMISSIONS:
            raise CourseError(
                f"Plain nbgrader graded {graded} of {SUBMISSIONS} submissions of the benchmark."
            )

    def floor(self) -> None:
        """CPU seconds that the kernels spend in the submissions' cells, in warm rooms, one after the other."""
        printed = python(["-c", _FLOOR, str(self.submitted)], self.course.root)
        kernels = [json.loads(text) for text in printed.splitlines()]
        for name in ("needed", "all"):
            self._note(name, sum(kernel[name] for kernel in kernels))

    def _note(self, label: str, value: float) -> None:
        self.found.setdefault(label, []).append(value)

    def rows(self) -> Iterator[str]:
        """The lines of the comparison."""
        found, middle = self.found, {label: median(values) for label, values in self.found.items()}
        needed, every = ([value / CORES for value in found[name]] for name in ("needed", "all"))
        yield self._row(f"`grade --jobs {CORES}`", found["grade"], "s")
        yield self._row("plain `nbgrader autograde`", found["plain"], "s")
        yield self._row(f"floor: CPU time of the cells that marks depend on, over {CORES} cores", needed, "s")
        yield self._row("the same of all cells", every, "s")
        yield self._row("plain / `grade`", [middle["plain"] / middle["grade"]], "×", "≥ 8 ×")
        yield self._row("`grade` / floor", [middle["grade"] / median(needed)], "×", "≤ 1.5 ×")
        yield self._row("`grade` / floor of all cells", [middle["grade"] / median(every)], "×")

    def _row(self, what: str, values: list[float], unit: str, aim: str = "") -> str:
        return line([f"{SUBMISSIONS} submissions", what], values, unit, aim)

    def phases(self) -> Iterator[str]:
        """Where the time of `grade` goes: seconds of all submissions together, and the share of all cores' time."""
        spent = {label.removeprefix("in "): median(values) for label, values in self.found.items()}
        total = CORES * spent["grade"]
        workers = sum(spent.get(name, 0.0) for name in _IN_WORKERS)
        lines = {name: spent[name] for name in (*_IN_WORKERS, *_BEHIND_THEM) if name in spent}
        lines |= {f"of the room: {name}": spent[name] for name in _OF_A_ROOM if name in spent}
        lines["the cells' own CPU time"] = spent["needed"]
        lines["start and end of the command (one core)"] = spent["nothing to do"]
        lines["workers not at work: their start, the last ones' end"] = max(0.0, total - workers)
        for name, seconds in sorted(lines.items(), key=lambda one: -one[1]):
            yield f"| {name} | {digits(seconds)} s | {digits(seconds / SUBMISSIONS)} s | {seconds / total:.0%} |"

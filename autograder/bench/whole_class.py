"""A class of mixed submissions of all labs: this, plain nbgrader, and the floor, the student code's own CPU time."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, median_low

from autograder.bench.page import CORES, digits, figure, table
from autograder.bench.parts import timings, worker_parts, writer_parts
from autograder.bench.processes import grade, plain_course, python
from autograder.building.example_class import STUDENTS, write_example_class
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.labs import get_lab, lab_names

SUBMISSIONS = 40
_FLOOR = "import sys; from autograder.bench.rooms import print_floor; print_floor(*sys.argv[1:])"
_WORKERS = f"what the {CORES} workers do"
_WRITER = "what the process that writes does, at the same time"


@dataclass
class ClassBench:
    """A class below `folder`, once for this and once for plain nbgrader, and what was measured with it."""

    course: Course
    folder: Path
    found: dict[str, list[float]] = field(default_factory=dict)
    timings: list[list[dict[str, float]]] = field(default_factory=list)  # of each run's submissions
    complete: list[tuple[str, str]] = field(default_factory=list)  # who solved everything, and which lab

    def prepare(self) -> None:
        """The example class over and over; every copy has a student of its own, so hidden seeds of its own."""
        write_example_class(self.course, self.folder / "examples")
        made, labs = [name for name, fill in STUDENTS.items() if fill], lab_names()
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
            self.timings.append(timings(Path(out)))

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
            copy = shutil.copytree(self.folder / "plain", Path(folder, "plain"))
            start = time.perf_counter()
            for lab in lab_names():
                python(["-m", "nbgrader", "autograde", lab], copy)
            self._note("plain", time.perf_counter() - start)
            graded = len(list(copy.glob("autograded/*/*/*.ipynb")))
        if graded != SUBMISSIONS:
            raise CourseError(
                f"Plain nbgrader graded {graded} of {SUBMISSIONS} submissions of the benchmark."
            )

    def floor(self) -> None:
        """CPU seconds that the kernels spend in the submissions' cells, one submission after the other."""
        printed = python(["-c", _FLOOR, str(self.submitted)], self.course.root)
        kernels = [json.loads(text) for text in printed.splitlines()]
        for name in ("needed", "all"):
            self._note(name, sum(kernel[name] for kernel in kernels))

    def _note(self, label: str, value: float) -> None:
        self.found.setdefault(label, []).append(value)

    def tables(self) -> str:
        """The comparison, then where the time goes."""
        return "\n\n".join(
            [table(["what", f"{SUBMISSIONS} submissions", "aim"], self._rows()), *self._parts()]
        )

    def _rows(self) -> Iterator[tuple[str, str, str]]:
        found, middle = self.found, {label: median(values) for label, values in self.found.items()}
        needed, every = ([value / CORES for value in found[name]] for name in ("needed", "all"))
        yield f"`grade --jobs {CORES}`", figure(found["grade"], "s"), ""
        yield "the same with nothing left to do", figure(found["nothing to do"], "s"), ""
        yield "plain `nbgrader autograde`", figure(found["plain"], "s"), ""
        yield f"CPU time of the cells that marks depend on, over {CORES} cores", figure(needed, "s"), ""
        yield f"CPU time of all cells, over {CORES} cores", figure(every, "s"), ""
        yield "plain / `grade`", figure([middle["plain"] / middle["grade"]], "×"), "≥ 8 ×"
        yield (
            "`grade` / cells that marks depend on",
            figure([middle["grade"] / median(needed)], "×"),
            "≤ 1.5 ×",
        )
        yield "`grade` / all cells", figure([middle["grade"] / median(every)], "×"), ""

    def _parts(self) -> Iterator[str]:
        """Two tables of one run, the median one: what each process did at every moment, so that parts add up."""
        run = self.found["grade"].index(median_low(self.found["grade"]))
        seconds, times = self.found["grade"][run], self.timings[run]
        workers = worker_parts(times, CORES * seconds, cpu=self.found["needed"][run])
        writer = writer_parts(times, seconds)
        for title, parts, total in ((_WORKERS, workers, CORES * seconds), (_WRITER, writer, seconds)):
            yield table([title, "in all", "a submission", "share"], _shares(parts, total))


def _shares(parts: dict[str, float], total: float) -> Iterable[tuple[str, str, str, str]]:
    """A line for each part, the longest first, and the `total` that they have to add up to."""
    lines = sorted(parts.items(), key=lambda part: -part[1])
    for name, seconds in [*lines, ("in all", total)]:
        yield name, f"{seconds:.1f} s", f"{digits(seconds / SUBMISSIONS)} s", f"{seconds / total:.0%}"

"""Measures speed and memory and prints the README's table; all of it happens in temporary folders."""

from __future__ import annotations

import ast
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nbclient
import nbformat
import torch
from click import unstyle
from nbgrader.preprocessors import ClearHiddenTests
from rich.console import Console
from rich.progress import Progress

from autograder.building.course import Course, CourseError
from autograder.building.example_class import write_example_class
from autograder.building.solution import solution_cells
from autograder.labs import get_lab, lab_names

COPIES = 4  # submissions in a graded class
CELL_LIMIT = 1800  # seconds; far above the aim, so that a slow machine still gets its number
CORES = os.cpu_count() or 1

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

# The kernel tells its own peak: getrusage would also count the process that started it.
_PEAK = 'print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])'
_ROOM = "import sys; from autograder.bench import print_peak; print_peak(*sys.argv[1:])"
_LOOPS = "import sys; from autograder.bench import print_loops; print_loops(*sys.argv[1:])"

# What the issues ask for: visible check, all cells, a graded submission, memory of a room.
AIMS = {
    "sine_gan": ("< 0.5 s", "< 60 s", "", "< 1.5 GiB"),
    "gan_pitfalls": ("< 0.5 s", "< 180 s", "< 6 s", "< 2 GiB"),
}
OTHER_AIMS = ("< 1 s", "", "< 8 s", "< 2 GiB")
# A few seconds of training each.
LOOP_STEPS = {"sine_gan": 320, "mnist_gan": 128, "dcgan": 12, "gan_pitfalls": 1000, "style_transfer": 10}
LOOP_TURNS = 5
LOSS_STEPS = 100  # after which the losses of both loops are compared


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
        (plain / "source" / self.lab).mkdir(parents=True)
        nbformat.write(self.without_hidden_tests(), plain / "source" / self.lab / f"{self.lab}.ipynb")
        # The one setting without which plain nbgrader refuses the lab's mark schemes.
        (plain / "nbgrader_config.py").write_text("get_config().ClearMarkScheme.enforce_metadata = False\n")
        _python(["-m", "nbgrader", "generate_assignment", self.lab], plain)

    def without_hidden_tests(self) -> nbformat.NotebookNode:
        """The instructor's notebook, as a student has it who solved everything."""
        notebook = nbformat.read(self.course.source(self.lab), as_version=4)
        return ClearHiddenTests().preprocess(notebook, {})[0]

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
            self._note(label, float(_python(["-c", _IMPORT], self.folder, code)))

    def checks(self) -> None:
        """The first visible check of a fresh process, then each exercise's."""
        names = [f"{self.lab}.{exercise.name}" for exercise in get_lab(self.lab).exercises]
        given = {"cells": list(solution_cells(self.course, self.lab).values()), "names": names}
        printed = _python(["-c", _CHECKS], self.folder, json.dumps(given)).splitlines()[-1]
        for label, seconds in zip(["first check", *names], json.loads(printed), strict=True):
            self._note(label, seconds)

    def notebook(self) -> None:
        """All cells with 2 threads, full training included; CourseError if one raises."""
        options = {"timeout": CELL_LIMIT, "force_raise_errors": True}
        client = nbclient.NotebookClient(self.without_hidden_tests(), **options)
        client.resources = {"metadata": {"path": str(self.folder)}}
        threads = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS"), "2")
        start = time.perf_counter()
        try:
            client.execute(env=_environment() | threads, stderr=subprocess.DEVNULL)
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
        self._note("peak", float(_python(["-c", _ROOM, self.lab, place], self.course.root)) / 2**20)

    def loops(self) -> None:
        """Steps per second of the lab's training loop and of a bare one, in turn."""
        found = json.loads(_python(["-c", _LOOPS, self.lab], self.course.root).splitlines()[-1])
        for label, values in found.items():
            for value in values:
                self._note(label, value)

    def _note(self, label: str, value: float) -> None:
        self.found.setdefault(label, []).append(value)

    def _time(self, label: str, command: list[str], place: Path) -> None:
        start = time.perf_counter()
        _python(command, place)
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
        """A line of the table; what was computed from medians has no range."""
        ends = f"{_digits(min(values))}–{_digits(max(values))}" if len(values) > 1 else ""
        return f"| {self.lab} | {what} | {_digits(median(values))} {unit} | {ends} | {aim} |"


def run_bench(course: Course, runs: int) -> None:
    """Measure every lab `runs` times, in turn, and print a Markdown table; progress goes to stderr."""
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True)) as progress:
        benches = [Bench(lab, _copy(course, Path(folder, lab)), Path(folder, lab)) for lab in lab_names()]
        turns = [(bench, *one) for _ in range(runs) for bench in benches for one in bench.measures().items()]
        task = progress.add_task("preparing", total=len(turns))
        for bench in benches:
            bench.prepare()
        for bench, description, measure in turns:
            progress.update(task, description=f"{bench.lab}: {description}")
            measure()
            progress.advance(task)
    print(f"{CORES} cores, Python {platform.python_version()}, torch {torch.__version__}; {runs} runs.\n")
    print("| lab | what | median | min–max | aim |\n|---|---|---:|---:|---|")
    print("\n".join(row for bench in benches for row in bench.rows()))


def print_peak(lab: str, submission: str) -> None:
    """Run a submission in a room and print its kernel's peak memory in KiB; for a process of its own."""
    from autograder.grading.nbgrader_pipeline import Repair
    from autograder.room.execution import Room

    marked = {"notebook": lab, "assignment": lab, "student": "student_1"}
    resources = {"nbgrader": marked, "metadata": {"path": submission}}
    notebook = nbformat.read(Path(submission, f"{lab}.ipynb"), as_version=4)
    Repair().preprocess(notebook, resources)  # in place
    notebook.cells.append(nbformat.v4.new_code_cell(_PEAK))
    notebook, _ = Room().preprocess(notebook, resources)
    print(notebook.cells[-1].outputs[-1].get("text", "nan").strip())  # only Linux tells


def print_loops(lab: str) -> None:
    """Print both loops' speeds, and their losses where they share one, as JSON; for a process of its own."""
    from autograder.training import loop_losses, loop_speeds

    speeds = loop_speeds(Course.here(), lab, LOOP_STEPS[lab], LOOP_TURNS)
    found = dict(zip(("lab loop", "bare loop"), speeds, strict=True))
    if losses := loop_losses(Course.here(), lab, LOSS_STEPS):
        found |= {"lab loss": losses[:1], "bare loss": losses[1:]}
    print(json.dumps(found))


def _copy(course: Course, folder: Path) -> Course:
    """Grading makes a course key where there is none: in a copy, so that nothing changes in the course."""
    for name in ("notebooks", "source", "release"):
        shutil.copytree(course.root / name, folder / "course" / name)
    shutil.copy(course.root / "nbgrader_config.py", folder / "course")
    return Course(folder / "course")


def _our_imports(cell: str) -> list[str]:
    lines = map(ast.unparse, ast.parse(cell).body)
    return [line for line in lines if line.startswith(("from autograder", "import autograder"))]


def _python(command: list[str], place: Path, given: str = "") -> str:
    """What a fresh interpreter prints; CourseError with its last words where it fails."""
    setting = {"cwd": place, "env": _environment(), "encoding": "utf-8"}
    done = subprocess.run([sys.executable, *command], input=given, capture_output=True, **setting)
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        raise CourseError(f"The benchmark stopped at {' '.join(' '.join(command).split())[:100]} …: {words}")
    return done.stdout


def _environment() -> dict[str, str]:
    """This package also elsewhere, `alembic` for nbgrader, and nothing that shortens training."""
    kept = {name: os.environ[name] for name in os.environ.keys() - {"NBGRADER_EXECUTION", "AUTOGRADER_SEED"}}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return kept | {"PATH": path, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}


def _digits(value: float) -> str:
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"

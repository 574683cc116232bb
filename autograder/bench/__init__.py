"""Measures speed and memory and prints the README's tables; all of it happens in temporary folders."""

from __future__ import annotations

import platform
import tempfile
from pathlib import Path

import torch
from rich.console import Console
from rich.progress import Progress

from autograder.bench.labs import Bench
from autograder.bench.processes import CORES, copy_course
from autograder.bench.whole_class import ClassBench
from autograder.course.course import Course
from autograder.labs import lab_names


def run_bench(course: Course, runs: int, only: str | None = None) -> None:
    """Measure every lab and a class `runs` times, in turn, and print Markdown tables; progress goes to stderr.

    `only` is "labs" or "class".
    """
    with tempfile.TemporaryDirectory() as folder, Progress(console=Console(stderr=True)) as progress:
        labs, classes = _benches(course, Path(folder), only)
        benches = {bench.lab: bench for bench in labs} | dict(zip(["class"], classes, strict=False))
        turns = [
            (name, *one) for _ in range(runs) for name in benches for one in benches[name].measures().items()
        ]
        task = progress.add_task("preparing", total=len(turns))
        for bench in benches.values():
            bench.prepare()
        for name, description, measure in turns:
            progress.update(task, description=f"{name}: {description}")
            measure()
            progress.advance(task)
    print(f"{CORES} cores, Python {platform.python_version()}, torch {torch.__version__}; {runs} runs.\n")
    print("| lab | what | median | min–max | aim |\n|---|---|---:|---:|---|")
    print("\n".join(row for bench in benches.values() for row in bench.rows()))
    for bench in classes:
        print(
            "\n| where the time of `grade` goes | in all | a submission | of the cores' time |\n|---|---:|---:|---:|"
        )
        print("\n".join(bench.phases()))


def _benches(course: Course, folder: Path, only: str | None) -> tuple[list[Bench], list[ClassBench]]:
    labs = [] if only == "class" else lab_names()
    benches = [Bench(lab, copy_course(course, folder / lab), folder / lab) for lab in labs]
    classes = [] if only == "labs" else [ClassBench(copy_course(course, folder / "class"), folder / "class")]
    return benches, classes

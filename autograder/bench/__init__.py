"""Measures speed and memory and writes the tables of this room's page; all of it happens in temporary folders."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from autograder.bench.labs import LINES, LabBench
from autograder.bench.page import measured, table, write_section
from autograder.bench.processes import copy_course
from autograder.bench.whole_class import ClassBench
from autograder.course.course import Course

PAGE = "autograder/bench/README.md"


def run_bench(course: Course, runs: int, labs: Sequence[str], whole_class: bool) -> dict[str, str]:
    """Measure these labs, and a class if asked, `runs` times in turn; progress goes to stderr.

    Returns the sections of the page, "labs" and "class", as Markdown.
    """
    heading = measured(course, "1 run of each" if runs == 1 else f"medians of {runs} runs, with their range")
    with tempfile.TemporaryDirectory() as folder:
        benches = [LabBench(lab, copy_course(course, Path(folder, lab)), Path(folder, lab)) for lab in labs]
        place = Path(folder, "class")
        classes = [ClassBench(copy_course(course, place), place)] if whole_class else []
        _measure([*benches, *classes], runs)
    sections = {"labs": _lab_table(benches)} if benches else {}
    if classes:
        sections["class"] = classes[0].tables()
    return {name: f"{heading}\n\n{text}" for name, text in sections.items()}


def write_page(course: Course, sections: dict[str, str]) -> Path:
    """Put the sections into the page; returns its path. Raises CourseError where the page has no place for one."""
    page = course.root / PAGE
    for name, text in sections.items():
        write_section(page, name, text)
    return page


def _measure(benches: Sequence[LabBench | ClassBench], runs: int) -> None:
    with Progress(console=Console(stderr=True)) as progress:
        turns = [
            (bench, *turn) for _ in range(runs) for bench in benches for turn in bench.measures().items()
        ]
        task = progress.add_task("preparing", total=len(turns))
        for bench in benches:
            bench.prepare()
        for bench, description, measure in turns:
            progress.update(task, description=f"{bench.folder.name}: {description}")
            measure()
            progress.advance(task)


def _lab_table(benches: list[LabBench]) -> str:
    columns = [bench.figures() for bench in benches]
    rows = [(name, *(column[name] for column in columns), aim) for name, aim in LINES.items()]
    return table(["what", *(f"`{bench.lab}`" for bench in benches), "aim"], rows)

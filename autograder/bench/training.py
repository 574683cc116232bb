"""Trains the labs' networks with the labs' own cells: for the measures of speed and of what comes out."""

from __future__ import annotations

import contextlib
import io
import os
import re
import runpy
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import torch
from torch import Tensor, nn
from torchvision.utils import save_image

from autograder.bench.page import measured, write_section
from autograder.bench.recognition import recognised, train_classifier
from autograder.cells.metadata import is_solution, tags
from autograder.cells.regions import without_solution_markers
from autograder.course.course import Course

PAGE = "autograder/bench/recognition.md"
COUNT = 1000  # samples of each trained generator

# The images of a lab's trained generator, (count, 1, H, W) in [-1, 1], with the names of its notebook.
SAMPLES = {
    "mnist_gan": "netG(get_noise(count, nz)).detach().view(-1, 1, 28, 28)",
    "dcgan": "snapshot(netG, torch.randn(count, nz, 1, 1))",
}


def training_names(course: Course, lab: str, seed: int | None = None) -> dict[str, Any]:
    """What the solved notebook has defined when training is over; another `seed` in place of the lab's own.

    Only its settings, its solutions and the cells tagged `training` run, on the CPU.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in _training_cells(course, lab):
            if seed is not None:
                cell = re.sub(r"^seed = \d+$", f"seed = {seed}", cell, flags=re.MULTILINE)
            exec(compile(cell, f"<{lab}>", "exec"), names)
    return names


def short_names(course: Course, lab: str) -> dict[str, Any]:
    """The same names after a training as short as can be, as in a graded run."""
    with mock.patch.dict(os.environ, NBGRADER_EXECUTION="autograde"):
        return training_names(course, lab)


def _training_cells(course: Course, lab: str) -> Iterator[str]:
    for cell in nbformat.read(course.source(lab), as_version=4).cells:
        tagged = {"setup", "training"} & tags(cell)
        if cell.cell_type == "code" and (tagged or is_solution(cell)):
            yield without_solution_markers(cell.source)


def samples(lab: str, names: dict[str, Any], count: int) -> Tensor:
    """`count` images of the trained generator, (count, 1, H, W) in [-1, 1]."""
    torch.manual_seed(1)
    images: Tensor = eval(SAMPLES[lab], names | {"count": count})
    return images


def loop_speeds(course: Course, lab: str, steps: int, turns: int) -> tuple[list[float], list[float]]:
    """Steps per second of the lab's loop and of a bare one (`notebooks/<lab>/loops.py`), in turn."""
    names, loops = _loops(course, lab)
    both = loops["lab_loop"], loops["bare_loop"]
    for loop in both:
        loop(names, max(2, steps // 10))
    speeds = [[_speed(loop, names, steps) for loop in both] for _ in range(turns)]
    of_lab, of_bare = zip(*speeds, strict=True)
    return list(of_lab), list(of_bare)


def loop_losses(course: Course, lab: str, steps: int) -> tuple[float, float] | None:
    """What both loops make small, after `steps`; None for labs whose loops have no loss in common."""
    names, loops = _loops(course, lab)
    if "total_loss" not in loops:
        return None
    losses = []
    for loop in (loops["lab_loop"], loops["bare_loop"]):
        loop(names, steps)
        losses.append(loops["total_loss"](names))
    return losses[0], losses[1]


def _loops(course: Course, lab: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The names of the lab's notebook, with training as short as can be, and those of its loops."""
    loops = runpy.run_path(str(course.catalogue(lab, "loops")))
    names = short_names(course, lab)
    loops.get("prepare", lambda names: None)(names)
    return names, loops


def _speed(loop: Callable[..., int], names: dict[str, Any], steps: int) -> float:
    start = time.perf_counter()
    taken = loop(names, steps)
    return taken / (time.perf_counter() - start)


def recognise_samples(course: Course, labs: list[str], seeds: int, out: Path | None) -> list[str]:
    """Print what two classifiers make of 1000 samples of each lab's generator, for each seed; pictures go to `out`.

    Returns the lines that were printed, a Markdown table.
    """
    lines = [
        "| lab | seed | training | ten answers | eleven answers | digits that appear | rarest | its samples |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    print("\n".join(lines))
    strict, lenient = train_classifier(), train_classifier(strict=False)
    for lab in labs:
        for seed in range(1, seeds + 1):
            start = time.perf_counter()
            names = training_names(course, lab, seed)
            seconds = time.perf_counter() - start
            images = samples(lab, names, COUNT)
            lines.append(f"| {lab} | {seed} | {seconds:.0f} s | {_recognised(strict, lenient, images)} |")
            print(lines[-1], flush=True)
            if out and seed == 1:
                out.mkdir(parents=True, exist_ok=True)
                save_image((images[:64] + 1) / 2, out / f"{lab}.png", nrow=16)
    return lines


def _recognised(strict: nn.Module, lenient: nn.Module, images: Tensor) -> str:
    """The table's cells about the images (N, 1, H, W): shares, how many digits appear, the rarest."""
    by_ten = recognised(lenient, images)[0]
    by_eleven, counts = recognised(strict, images)
    digits, rarest = int((counts > 0).sum()), int(counts.argmin())
    words = f"{by_ten:.0%} | {by_eleven:.0%} | {digits} of 10"
    return f"{words} | {rarest} | {counts[rarest]} of {len(images)}"


def renew_recognition(course: Course, seeds: int) -> Path:
    """Train both labs and write the page's table, and the pictures that it shows; returns the page's path."""
    heading = measured(course, f"{seeds} trainings of each lab, one after the other")
    page = course.root / PAGE
    with tempfile.TemporaryDirectory() as folder:
        lines = recognise_samples(course, list(SAMPLES), seeds, Path(folder))
        write_section(page, "recognition", "\n".join([heading, "", *lines]))
        for lab in SAMPLES:
            shutil.copyfile(Path(folder, f"{lab}.png"), course.script(lab).with_name("samples.png"))
    return page

"""Paints the default photograph in each style with the lab's own cells: what they look like, and what they cost."""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

import torch
from torch.nn.functional import pad
from torchvision.utils import make_grid

from autograder import draw_style, load_photo, save_photo
from autograder.bench.training import short_names
from autograder.course.course import Course
from autograder.errors import CourseError
from autograder.images.styles import STYLES

LAB = "style_transfer"


def paint_styles(course: Course, styles: tuple[str, ...], size: int, out: Path) -> None:
    """Write `<style>.png` for each style, and `all.png`, side by side; print the seconds and the peak memory."""
    names = short_names(course, LAB)
    content, steps, paintings = load_photo(size=size), steps_of(course), []
    print(f"| style | {size} pixels, {steps} steps | peak memory |\n|---|---:|---:|")
    for style in styles or STYLES:
        start = time.perf_counter()
        painting = names["run_style_transfer"](
            names["model"], content, draw_style(style, 8 * size // 5), names["content_layer"],
            names["style_weights"], steps=steps,
        )  # fmt: skip
        seconds = time.perf_counter() - start
        save_photo(painting, out / f"{style}.png")
        paintings.append(painting)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(f"| {style} | {seconds:.0f} s | {peak:.2f} GiB |", flush=True)
    framed = [pad(painting, (4, 4, 4, 4), value=1.0) for painting in paintings]
    save_photo(make_grid(torch.cat(framed), nrow=len(framed), padding=0)[None], out / "all.png")


def steps_of(course: Course) -> int:
    """How many steps the lab's main picture takes, by its settings."""
    found = re.search(r"training_length\((\d+)\)", course.source(LAB).read_text(encoding="utf-8"))
    if found is None:
        raise CourseError(f"{course.source(LAB)} sets no training_length(…): how many steps does it take?")
    return int(found[1])

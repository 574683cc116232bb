"""The page: one HTML file that holds all it needs, runs nothing and loads nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode

from autograder.feedback.by_hand import ByHand, read_by_hand
from autograder.feedback.cells import shown_cells
from autograder.feedback.secrets import without_paths
from autograder.feedback.summary import summarise
from autograder.grading.gradebook import database
from autograder.grading.places import write_whole
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict

# For browsers, on top of the cleaning: no script, no frame, no form, nothing from anywhere.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_feedback(verdict: Verdict, out: Path) -> Path:
    """feedback/<student>/<lab>/<lab>.html from the graded notebook, or a short page with the reason.

    What was given by hand in the gradebook is in it.
    """
    student, lab = verdict.student, verdict.lab
    graded = out / "autograded" / student / lab / f"{lab}.ipynb"
    notebook = nbformat.read(graded, as_version=4) if verdict.checks else None
    by_hand = read_by_hand(database(out), lab, student, get_lab(lab).questions) if notebook else ByHand()
    path = out / "feedback" / student / lab / f"{lab}.html"
    write_whole(path, page_html(verdict, notebook, by_hand))
    return path


def page_html(verdict: Verdict, notebook: NotebookNode | None, by_hand: ByHand) -> str:
    """The whole page; without a notebook only the reason why there is none."""
    lab = get_lab(verdict.lab)
    graded = notebook is not None and bool(verdict.checks)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            policy=POLICY,
            lab=lab,
            student=verdict.student,
            notes=[without_paths(note) for note in verdict.notes],
            attention=verdict.status != "graded",
            summary=summarise(lab, verdict, by_hand) if graded else None,
            cells=shown_cells(notebook, lab, verdict, by_hand) if graded else [],
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

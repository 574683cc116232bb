"""The page: one HTML file that holds all it needs, runs nothing and loads nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from nbformat import NotebookNode

from autograder.feedback.cells import shown_cells
from autograder.feedback.made_from import made_from
from autograder.feedback.secrets import without_paths
from autograder.feedback.summary import summarise
from autograder.files.atomic import write_text
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.manual_grades import ManualGrades, database, read_manual_grades
from autograder.results.paths import ResultPaths

# For browsers, on top of the cleaning: no script, no frame, no form, nothing from anywhere.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def write_feedback(verdict: Verdict, out: Path, by_hand: ManualGrades | None = None) -> Path:
    """feedback/<student>/<lab>/<lab>.html from the graded notebook, or a short page with the reason.

    What was given by hand is in it: `by_hand`, or what the gradebook holds.
    """
    student, lab = verdict.student, verdict.lab
    notebook = nbformat.read(ResultPaths(out).notebook(verdict), as_version=4) if verdict.checks else None
    if by_hand is None:
        given = read_manual_grades(database(out), lab, student) if notebook else {}
        by_hand = given.get((lab, student), ManualGrades())
    path = page_path(verdict, out)
    write_text(path, page_html(verdict, notebook, by_hand))
    write_text(ResultPaths(out).page(verdict), made_from(verdict, by_hand).to_text())
    return path


def page_path(verdict: Verdict, out: Path) -> Path:
    """Where the page of a submission lies, as nbgrader has it."""
    return out / "feedback" / verdict.student / verdict.lab / f"{verdict.lab}.html"


def page_html(verdict: Verdict, notebook: NotebookNode | None, by_hand: ManualGrades) -> str:
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

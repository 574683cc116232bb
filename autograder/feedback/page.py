"""Writes feedback pages: each is one HTML file that holds all it needs, runs nothing and loads nothing."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.feedback.cells import shown_cells
from autograder.feedback.environment import POLICY, page_environment
from autograder.feedback.page_fingerprint import page_fingerprint
from autograder.feedback.secrets import without_paths
from autograder.feedback.summary import summarise
from autograder.files.atomic import write_text
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.manual_grades import ManualGrades, database, read_manual_grades
from autograder.results.paths import ResultPaths


def write_feedback(verdict: Verdict, out: Path, manual_grades: ManualGrades | None = None) -> Path:
    """Write feedback/<student>/<lab>/<lab>.html from the graded notebook, or a short page with the reason.

    `manual_grades` are read from the gradebook unless they are passed.
    """
    student, lab = verdict.student, verdict.lab
    notebook = nbformat.read(ResultPaths(out).notebook(verdict), as_version=4) if verdict.checks else None
    if manual_grades is None:
        found = read_manual_grades(database(out), lab, student) if notebook else {}
        manual_grades = found.get((lab, student), ManualGrades())
    path = page_path(verdict, out)
    write_text(path, page_html(verdict, notebook, manual_grades))
    write_text(ResultPaths(out).page(verdict), page_fingerprint(verdict, manual_grades).to_text())
    return path


def page_path(verdict: Verdict, out: Path) -> Path:
    """Where the page of a submission lies, as nbgrader has it."""
    return out / "feedback" / verdict.student / verdict.lab / f"{verdict.lab}.html"


def page_html(verdict: Verdict, notebook: NotebookNode | None, manual_grades: ManualGrades) -> str:
    """The whole page; without a graded notebook only the reason why there is none."""
    lab, summary, cells = get_lab(verdict.lab), None, []
    if notebook is not None and verdict.checks:
        summary = summarise(lab, verdict, manual_grades)
        cells = shown_cells(notebook, lab, verdict, manual_grades)
    return (
        page_environment(Path(__file__).parent)
        .get_template("page.html.j2")
        .render(
            policy=POLICY,
            lab=lab,
            student=verdict.student,
            notes=[without_paths(note) for note in verdict.notes],
            attention=verdict.status != "graded",
            summary=summary,
            cells=cells,
        )
    )

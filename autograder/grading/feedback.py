"""Feedback pages: the student's own notebook with marks and messages, by nbgrader's own converter."""

from __future__ import annotations

import logging
from html import escape
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets.config import Config

from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import mark_html, number


class ShowVerdict(NbGraderPreprocessor):
    """Puts the verdict on top of the page: marks by exercise, and the notes."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Add one cell in front, made of the verdict in the notebook's metadata."""
        raw = nb.metadata.get("autograder", {}).get("verdict")
        if raw:
            nb.cells.insert(0, new_markdown_cell(verdict_markdown(Verdict.from_json(raw)), id="verdict"))
        return nb, resources


def verdict_markdown(verdict: Verdict) -> str:
    """Marks by exercise as a table, the messages where marks were lost, and the notes."""
    lines = ["## Your marks", "", "| exercise | marks |", "|---|---|"]
    exercises = get_lab(verdict.lab).exercises
    for exercise in exercises:
        mark = verdict.checks[exercise.test_id]
        sign, earned = "✓" if mark.full else "✗", f"{number(mark.score)} of {number(mark.max_score)}"
        lines.append(f"| [`{exercise.title}`](#{exercise.test_id}) | {sign} {earned} |")
    lines += [f"| **by machine** | **{number(verdict.score)} of {number(verdict.max_score)}** |", ""]
    for exercise in exercises:
        mark = verdict.checks[exercise.test_id]
        lines += [] if mark.full else [f"**`{exercise.title}`**", "", mark_html(mark), ""]
    lines += ["The written answers are read by a person; their marks stand at the answers below.", ""]
    return "\n".join(lines + [f"- {escape(note)}" for note in verdict.notes])


def write_feedback(verdict: Verdict, out: Path, config: Config) -> None:
    """feedback/<student>/<lab>/<lab>.html from the graded notebook, or a short page with the reason."""
    folder = out / "feedback" / verdict.student / verdict.lab
    if not verdict.checks:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{verdict.lab}.html").write_text(_reason_page(verdict), encoding="utf-8")
        return
    ours = Config(config)
    ours.CourseDirectory.root = str(out.resolve())
    ours.CourseDirectory.assignment_id = verdict.lab
    ours.CourseDirectory.student_id = verdict.student
    converter = GenerateFeedback(coursedir=CourseDirectory(config=ours), config=ours)
    converter.log.setLevel(logging.ERROR)
    converter.force = True
    converter.start()


def _reason_page(verdict: Verdict) -> str:
    notes = "".join(f"<li>{escape(note)}</li>" for note in verdict.notes)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(verdict.lab)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        '<body style="font-family:sans-serif;max-width:40em;margin:2em auto;padding:0 1em;line-height:1.5">'
        f"<h1>{escape(verdict.lab)}</h1><p>This submission could not be graded yet. Your instructor has been told:</p>"
        f"<ul>{notes}</ul></body></html>\n"
    )

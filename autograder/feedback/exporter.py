"""The exporter with which nbgrader's own `generate_feedback` writes the same pages."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from traitlets import default

from autograder.feedback.page import page_html
from autograder.labs import get_lab
from autograder.marking.verdict import Verdict
from autograder.results.manual_grades import ManualGrades, read_manual_grades


class FeedbackExporter(Exporter):
    """Writes the feedback page, manual grades included; to be set as `GenerateFeedback.exporter_class`."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # exporters to text return text, as nbconvert's own do
        self, nb: NotebookNode, resources: ResourcesDict | dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a judged notebook; one that was never judged gets a page that says so."""
        nb, resources = super().from_notebook_node(nb, resources, **options)
        about = resources["nbgrader"]
        lab, student = get_lab(about["assignment"]), about["student"]
        raw = nb.metadata.get("autograder", {}).get("verdict")
        verdict = Verdict.from_json(raw) if raw else Verdict(lab.name, student, lab.marks)
        if not raw:
            verdict.needs_attention("The notebook was not graded by this course's autograder.")
        manual_grades = read_manual_grades(about["db_url"], lab.name, student)
        return page_html(verdict, nb, manual_grades.get((lab.name, student), ManualGrades())), resources

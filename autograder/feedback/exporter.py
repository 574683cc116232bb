"""The same page by nbgrader's own `generate_feedback`, and inert notebooks for its formgrader."""

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
    """Set as `GenerateFeedback.exporter_class`: writes this project's page, marks given by hand included."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_notebook_node(
        self, nb: NotebookNode, resources: ResourcesDict | dict[str, Any] | None = None, **named: Any
    ) -> tuple[str, ResourcesDict]:
        """The page of a judged notebook; one that was never judged gets a page that says so."""
        nb, resources = super().from_notebook_node(nb, resources, **named)
        marked = resources["nbgrader"]
        lab = get_lab(marked["assignment"])
        raw = nb.metadata.get("autograder", {}).get("verdict")
        verdict = Verdict.from_json(raw) if raw else Verdict(lab.name, marked["student"], lab.marks)
        if not raw:
            verdict.needs_attention("The notebook was not graded by this course's autograder.")
        given = read_manual_grades(marked["db_url"], lab.name, marked["student"])
        return page_html(verdict, nb, given.get((lab.name, marked["student"]), ManualGrades())), resources

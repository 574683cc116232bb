"""The lower part of a page: the student's notebook, cell by cell, with marks and comments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import Python3Lexer

from autograder.cells.metadata import grade_id
from autograder.feedback.inert import clean_html
from autograder.feedback.markdown import markdown_html, verbatim_html
from autograder.feedback.outputs import OutputBudget, outputs_html
from autograder.feedback.secrets import redacted, without_hidden
from autograder.marking.exercise import Lab
from autograder.marking.verdict import Mark, Verdict
from autograder.notebook.banner import mark_html, number
from autograder.results.manual_grades import ManualGrades

MAX_CODE = 30_000  # characters; longer cells are not highlighted


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it; `kind` is "text", "code", "solution", "test" or "answer"."""

    kind: str
    name: str
    html: Markup
    outputs: tuple[Markup, ...] = ()
    marks: str = ""
    comment: Markup = Markup("")


def shown_cells(
    notebook: NotebookNode, lab: Lab, verdict: Verdict, manual_grades: ManualGrades
) -> list[ShownCell]:
    """All cells that have something to show. Of a test cell only the marks are shown: the rest is not the student's."""
    tests = {exercise.test_id for exercise in lab.exercises}
    solutions = {exercise.name for exercise in lab.exercises}
    checks = manual_grades.counted(verdict).checks
    budget, shown = OutputBudget(), []
    for cell in notebook.cells:
        name = grade_id(cell) or ""
        if name in tests and name in checks:
            shown.append(ShownCell("test", name, _banner(checks[name])))
        elif name in lab.questions:
            shown.append(_answer(cell, name, lab, manual_grades))
        elif cell.cell_type == "code" and cell.source.strip():
            shown.append(_code(cell, name if name in solutions else "", manual_grades, budget))
        elif cell.source.strip():
            shown.append(ShownCell("text", "", _text(cell)))
    return _named_once(shown)


def _named_once(cells: list[ShownCell]) -> list[ShownCell]:
    """The cells, of which only the first of each name keeps it, because links lead there."""
    first: dict[str, int] = {}
    for index, cell in enumerate(cells):
        first.setdefault(cell.name, index)
    return [cell if first[cell.name] == index else replace(cell, name="") for index, cell in enumerate(cells)]


def _banner(mark: Mark) -> Markup:
    mark = replace(mark, score=min(mark.score, mark.max_score))  # extra credit is shown in the table above
    return Markup(mark_html(redacted(mark)))


def _code(cell: NotebookNode, name: str, manual_grades: ManualGrades, budget: OutputBudget) -> ShownCell:
    """A code cell; `name` is the exercise whose solution it holds, or ""."""
    outputs = tuple(outputs_html(cell.get("outputs", []), budget))
    comment = _comment(manual_grades, name) if name else Markup("")
    return ShownCell("solution" if name else "code", name, code_html(cell.source), outputs, "", comment)


def _text(cell: NotebookNode) -> Markup:
    source = without_hidden(cell.source)
    return (
        markdown_html(source, _attachments(cell)) if cell.cell_type == "markdown" else verbatim_html(source)
    )


def _answer(cell: NotebookNode, name: str, lab: Lab, manual_grades: ManualGrades) -> ShownCell:
    score, max_score = manual_grades.marks.get(name), number(lab.questions[name])
    marks = f"not read yet, of {max_score}" if score is None else f"{number(score)} of {max_score}"
    return ShownCell("answer", name, _text(cell), (), marks, _comment(manual_grades, name))


def _comment(manual_grades: ManualGrades, name: str) -> Markup:
    comment = manual_grades.comments.get(name)
    return markdown_html(comment) if comment else Markup("")


def _attachments(cell: NotebookNode) -> dict[str, Any]:
    attachments = cell.get("attachments")
    return dict(attachments) if isinstance(attachments, dict) else {}


@lru_cache(maxsize=2048)
def code_html(source: str) -> Markup:
    """Python code as highlighted HTML. It is cached, because most cells are the same in every notebook."""
    source = without_hidden(source)
    if len(source) > MAX_CODE:
        return verbatim_html(source)
    # Pygments escapes its input; the result is cleaned all the same, like everything that a student wrote.
    inner = highlight(source, Python3Lexer(stripnl=False), HtmlFormatter(nowrap=True))
    return Markup('<pre class="code">{}</pre>').format(clean_html(inner))

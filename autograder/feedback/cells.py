"""The lower part of a page: the student's notebook, cell by cell, with marks and comments beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import Python3Lexer

from autograder.cells.metadata import grade_id
from autograder.feedback.inert import clean_html
from autograder.feedback.markdown import as_written, markdown_html
from autograder.feedback.outputs import Budget, outputs_html
from autograder.feedback.secrets import for_student, without_hidden
from autograder.marking.exercise import Lab
from autograder.marking.verdict import Verdict
from autograder.notebook.banner import mark_html, number
from autograder.results.manual_grades import ManualGrades

MAX_CODE = 30_000  # characters of a cell that are highlighted


@dataclass(frozen=True)
class Shown:
    """A cell as the page shows it; `kind` is "text", "code", "solution", "test" or "answer"."""

    kind: str
    name: str
    html: Markup
    outputs: tuple[Markup, ...] = ()
    marks: str = ""
    comment: Markup = Markup("")


def shown_cells(notebook: NotebookNode, lab: Lab, verdict: Verdict, by_hand: ManualGrades) -> list[Shown]:
    """All cells with something to show. Of a test cell only the marks: what it holds is not the student's."""
    tests = {exercise.test_id: exercise for exercise in lab.exercises}
    solutions = {exercise.name for exercise in lab.exercises}
    budget, found = Budget(), []
    verdict = by_hand.counted(verdict)
    for cell in notebook.cells:
        name = grade_id(cell) or ""
        if name in tests and name in verdict.checks:
            mark = verdict.checks[name]
            mark = replace(mark, score=min(mark.score, mark.max_score))  # extra credit stands above
            found.append(Shown("test", name, Markup(mark_html(for_student(mark)))))
        elif name in lab.questions:
            found.append(_answer(cell, name, lab, by_hand))
        elif cell.cell_type == "code" and cell.source.strip():
            kind = "solution" if name in solutions else "code"
            outputs = tuple(outputs_html(cell.get("outputs", []), budget))
            comment = _comment(by_hand, name) if kind == "solution" else Markup("")
            found.append(
                Shown(kind, name if kind == "solution" else "", code_html(cell.source), outputs, "", comment)
            )
        elif cell.source.strip():
            found.append(Shown("text", "", _text(cell)))
    return _named_once(found)


def _named_once(cells: list[Shown]) -> list[Shown]:
    """Only the first of several cells of a name keeps it: links lead there."""
    first: dict[str, int] = {}
    for place, cell in enumerate(cells):
        first.setdefault(cell.name, place)
    return [cell if first[cell.name] == place else replace(cell, name="") for place, cell in enumerate(cells)]


def _text(cell: NotebookNode) -> Markup:
    source = without_hidden(cell.source)
    return markdown_html(source, _attachments(cell)) if cell.cell_type == "markdown" else as_written(source)


def _answer(cell: NotebookNode, name: str, lab: Lab, by_hand: ManualGrades) -> Shown:
    mark, most = by_hand.marks.get(name), number(lab.questions[name])
    marks = f"not read yet, of {most}" if mark is None else f"{number(mark)} of {most}"
    return Shown("answer", name, _text(cell), (), marks, _comment(by_hand, name))


def _comment(by_hand: ManualGrades, name: str) -> Markup:
    comment = by_hand.comments.get(name)
    return markdown_html(comment) if comment else Markup("")


def _attachments(cell: NotebookNode) -> dict:
    attachments = cell.get("attachments")
    return dict(attachments) if isinstance(attachments, dict) else {}


@lru_cache(maxsize=2048)
def code_html(source: str) -> Markup:
    """Python, highlighted; most cells are the same in every notebook."""
    source = without_hidden(source)
    if len(source) > MAX_CODE:
        return as_written(source)
    # Pygments escapes what it is given; cleaned all the same, as everything that a student wrote.
    inner = highlight(source, Python3Lexer(stripnl=False), HtmlFormatter(nowrap=True))
    return Markup('<pre class="code">{}</pre>').format(clean_html(inner))

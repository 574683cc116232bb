"""The judge's place in nbgrader: reads the room's responses, writes scores into the test cells' outputs."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.building.course import Course
from autograder.building.references import live_mistakes, live_reference
from autograder.grading.repair import grade_id
from autograder.grading.seeds import course_key, hidden_seed
from autograder.labs import get_lab
from autograder.marking.exercise import Exercise
from autograder.marking.judge import judge
from autograder.marking.probing import RAISED
from autograder.marking.response import MalformedResponse, Response, decode
from autograder.marking.stored import PUBLIC_SEED
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.notebook.banner import mark_html
from autograder.notebook.check import RESPONSE_MIME

_SILENT = "The test cell gave no response. Did the notebook stop, or take too long, in it or before it?"


class Judge(NbGraderPreprocessor):
    """Turns each test cell's responses into a mark and puts the verdict into the notebook's metadata."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Judge all test cells of the lab; each output afterwards is the judge's, whatever student code showed."""
        student, lab = resources["nbgrader"]["student"], get_lab(resources["nbgrader"]["assignment"])
        course = Course.here()
        seed = hidden_seed(course_key(course.root), student, lab.name)
        state = nb.metadata.get("autograder", {})
        verdict = Verdict(lab.name, student, lab.marks, notes=list(state.get("notes", [])))
        if state.get("closed"):
            verdict.status = "needs_attention"
        cells = {grade_id(cell): cell for cell in nb.cells}
        for exercise in lab.exercises:
            cell = cells[exercise.test_id]
            mark = judge_cell(course, lab.name, exercise, cell, seed)
            verdict.checks[exercise.test_id] = mark
            cell.outputs = [_shown(mark)]
        nb.metadata["autograder"] = NotebookNode(verdict=verdict.to_json())
        return nb, resources


def judge_cell(course: Course, lab: str, exercise: Exercise, cell: NotebookNode, seed: int) -> Mark:
    """The mark is the hidden run's; where the visible check finds something too, its findings come first."""
    hidden = _judge_run(course, lab, exercise, _response(cell, "hidden"), seed, hidden=True)
    if hidden.full:
        return hidden
    visible = _judge_run(course, lab, exercise, _response(cell, "public"), PUBLIC_SEED, hidden=False)
    seen = {finding.id for finding in visible.findings}
    more = tuple(finding for finding in hidden.findings if finding.id not in seen)
    return Mark(hidden.score, hidden.max_score, visible.findings + more)


def _judge_run(
    course: Course, lab: str, exercise: Exercise, response: Response | None, seed: int, *, hidden: bool
) -> Mark:
    if response is None:
        return Mark(0.0, exercise.marks, (Finding(f"{exercise.name}.no_response", _SILENT, hidden),))
    reference = live_reference(course, lab, exercise, seed, hard=hidden)
    mark = judge(exercise, response, reference, hidden=hidden)
    if mark.full or response.get(RAISED) in ("NotDefined", "NotImplementedError"):
        return mark  # nothing to name
    theirs = live_mistakes(course, lab, exercise, seed, hard=hidden)
    return judge(exercise, response, reference, theirs, hidden=hidden)


def _response(cell: NotebookNode, run: str) -> Response | None:
    """The last response in a cell's outputs; None where there is none that can be read."""
    mime = RESPONSE_MIME[run]
    texts = [output.data[mime] for output in cell.outputs if mime in output.get("data", {})]
    try:
        return decode(texts[-1]) if texts else None
    except MalformedResponse:
        return None


def _shown(mark: Mark) -> NotebookNode:
    """What nbgrader reads the score from, a plain float, shown as the banner."""
    data = {"text/plain": repr(float(mark.score)), "text/html": mark_html(mark)}
    return new_output("execute_result", data=data, execution_count=None)

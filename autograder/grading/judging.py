"""The judge's place in nbgrader: reads the room's responses, writes scores into the test cells' outputs."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.course.references import live_mistakes, live_reference
from autograder.course.seeds import course_key, hidden_seed
from autograder.labs import get_lab
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.judge import judge
from autograder.marking.probing import RAISED
from autograder.marking.response import MalformedResponse, Response, decode
from autograder.marking.stored import PUBLIC_SEED, stored_exercise
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.notebook.banner import mark_html
from autograder.notebook.check import RESPONSE_MIME
from autograder.room.canaries import CANARY_MIME

_SILENT = "The test cell gave no response. Did the notebook stop, or take too long, in it or before it?"


class Judge(NbGraderPreprocessor):
    """Turns each test cell's responses into a mark and puts the verdict into the notebook's metadata."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Judge all test cells of the lab; each output afterwards is the judge's, whatever student code showed."""
        student, lab = resources["nbgrader"]["student"], get_lab(resources["nbgrader"]["assignment"])
        course = Course.of(resources)
        seed = hidden_seed(course_key(course.root), student, lab.name)
        state = nb.metadata.get("autograder", {})
        verdict = Verdict(lab.name, student, lab.marks, notes=list(state.get("notes", [])))
        if state.get("closed"):
            verdict.status = "needs_attention"
        elif note := _canary_note(course, lab, state.get("canary")):
            verdict.needs_attention(note)
        cells = {grade_id(cell): cell for cell in nb.cells}
        for exercise in lab.exercises:
            cell = cells[exercise.test_id]
            mark = judge_cell(course, lab.name, exercise, cell, seed)
            verdict.checks[exercise.test_id] = mark
            cell.outputs = [_shown(mark)]
        nb.metadata["autograder"] = NotebookNode(verdict=verdict.to_json())
        return nb, resources


def _canary_note(course: Course, lab: Lab, canary: NotebookNode) -> str | None:
    """What is wrong where definitions that do nothing earn marks, or give no answer; None where all is well."""
    exercise = lab.exercise(canary.exercise)
    response = _last([output.get("data", {}).get(CANARY_MIME) for output in canary.outputs])
    if response is None:
        return "The canary behind the tests gave no answer. Does the notebook change how tests answer?"
    reference = live_reference(course, lab.name, exercise, canary.seed, hard=True)
    if judge(exercise, response, reference, hidden=True).full:
        return f"A canary passed: an empty {exercise.title} got full marks. What does the notebook do to the tests?"
    return None


def judge_cell(course: Course, lab: str, exercise: Exercise, cell: NotebookNode, seed: int) -> Mark:
    """The mark is the hidden run's; where the visible check finds something too, its findings come first."""
    response = _response(cell, "hidden")
    if response is None:
        return Mark(0.0, exercise.marks, (Finding(f"{exercise.name}.no_response", _SILENT, hidden=True),))
    reference = live_reference(course, lab, exercise, seed, hard=True)
    hidden = judge(exercise, response, reference, hidden=True)
    if hidden.full:
        return hidden
    visible = _visible(course, lab, exercise, _response(cell, "public"))
    named = any(finding.mistake for finding in visible.findings)
    if not named and response.get(RAISED) not in ("NotDefined", "NotImplementedError"):
        # Only now: every mistake of the catalogue is run with this student's seed.
        theirs = live_mistakes(course, lab, exercise, seed, hard=True)
        hidden = judge(exercise, response, reference, theirs, hidden=True)
    seen = {finding.id for finding in visible.findings}
    more = tuple(finding for finding in hidden.findings if finding.id not in seen)
    return Mark(hidden.score, hidden.max_score, visible.findings + more)


def _visible(course: Course, lab: str, exercise: Exercise, response: Response | None) -> Mark:
    """What the visible check says; the mistakes' responses to its seed are stored."""
    if response is None:
        return Mark(0.0, exercise.marks)
    reference = live_reference(course, lab, exercise, PUBLIC_SEED, hard=False)
    return judge(exercise, response, reference, stored_exercise(lab, exercise.name).mistakes)


def _response(cell: NotebookNode, run: str) -> Response | None:
    """The last response in a cell's outputs; None where there is none that can be read."""
    return _last([output.get("data", {}).get(RESPONSE_MIME[run]) for output in cell.outputs])


def _last(texts: list[str | None]) -> Response | None:
    found = [text for text in texts if text is not None]
    try:
        return decode(found[-1]) if found else None
    except MalformedResponse:
        return None


def _shown(mark: Mark) -> NotebookNode:
    """What nbgrader reads the score from, a plain float, shown as the banner."""
    data = {"text/plain": repr(float(mark.score)), "text/html": mark_html(mark)}
    return new_output("execute_result", data=data, execution_count=None)

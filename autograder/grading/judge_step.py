"""The judge's place among the steps: reads the room's responses, writes scores into the test cells' outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.course.references import live_mistakes, live_reference
from autograder.labs import get_lab
from autograder.marking.exercise import Exercise, Lab
from autograder.marking.judge import judge
from autograder.marking.probing import RAISED
from autograder.marking.response import MalformedResponse, Response, decode
from autograder.marking.stored import PUBLIC_SEED, stored_exercise
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.notebook.banner import mark_html
from autograder.results.record import Canary, Record, Responses

_SILENT = "The test cell gave no response. Did the notebook stop, or take too long, in it or before it?"


class Judge(NbGraderPreprocessor):
    """Turns each test cell's responses into a mark, and all of them into the verdict."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Judge all test cells; their outputs afterwards are the judge's, whatever student code showed.

        The verdict goes into the record, and as JSON into the notebook's metadata, from which nbgrader's
        `generate_feedback` makes the page later.
        """
        record = Record.of(resources)
        verdict = judge_submission(record)
        cells = {grade_id(cell): cell for cell in nb.cells}
        for test_id, mark in verdict.checks.items():
            cells[test_id].outputs = [shown(mark)]
        nb.metadata["autograder"] = NotebookNode(verdict=verdict.to_json())
        replace(record, verdict=verdict).put_into(resources)
        return nb, resources


def judge_submission(record: Record) -> Verdict:
    """The verdict on what came out of the room."""
    assert record.room, "the room comes before the judge"
    lab, room = get_lab(record.lab), record.room
    verdict = Verdict(lab.name, record.student, lab.marks, notes=[*record.notes, *room.notes])
    if room.closed:
        verdict.status = "needs_attention"
    elif note := _canary_note(record.course, lab, room.canary):
        verdict.needs_attention(note)
    for exercise in lab.exercises:
        responses = room.responses.get(exercise.test_id, Responses())
        verdict.checks[exercise.test_id] = judge_responses(record, exercise, responses)
    return verdict


def _canary_note(course: Course, lab: Lab, canary: Canary) -> str | None:
    """What is wrong where definitions that do nothing earn marks, or give no answer; None where all is well."""
    exercise, response = lab.exercise(canary.exercise), _read(canary.response)
    if response is None:
        return "The canary behind the tests gave no answer. Does the notebook change how tests answer?"
    reference = live_reference(course, lab.name, exercise, canary.seed, hard=True)
    if judge(exercise, response, reference, hidden=True).full:
        return f"A canary passed: an empty {exercise.title} got full marks. What does the notebook do to the tests?"
    return None


def judge_responses(record: Record, exercise: Exercise, responses: Responses) -> Mark:
    """The mark is the hidden run's; where the visible check finds something too, its findings come first."""
    course, lab, seed = record.course, record.lab, record.seed
    response = _read(responses.hidden)
    if response is None:
        return Mark(0.0, exercise.marks, (Finding(f"{exercise.name}.no_response", _SILENT, hidden=True),))
    reference = live_reference(course, lab, exercise, seed, hard=True)
    hidden = judge(exercise, response, reference, hidden=True)
    if hidden.full:
        return hidden
    visible = _visible(course, lab, exercise, _read(responses.public))
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


def _read(text: str | None) -> Response | None:
    """A response; None where there is none that can be read."""
    try:
        return None if text is None else decode(text)
    except MalformedResponse:
        return None


def shown(mark: Mark) -> NotebookNode:
    """What nbgrader reads the score from, a plain float, shown as the banner."""
    data = {"text/plain": repr(float(mark.score)), "text/html": mark_html(mark)}
    output: NotebookNode = new_output("execute_result", data=data, execution_count=None)
    return output

"""Properties of the judge, for exercises, references and changes of every kind."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.marking.exercise import GRADIENT, NETWORK, PURE, STEPS, Check, Exercise, Tolerance
from autograder.marking.judge import differs, judge
from autograder.marking.response import Response

Value = Tensor | float | str
PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
NUMBERS = st.floats(-1e3, 1e3, width=32)
SUFFIXES = ("", "[0]", ".part", "@a stimulus", "[1].part@another one (of two)")
WRONG = ("missing", "beyond", "nan", "infinite", "longer", "stacked", "type", "other type")


class Case(NamedTuple):
    """An exercise, and the reference that its responses are judged by."""

    exercise: Exercise
    reference: Response

    def check(self, entry: str) -> Check:
        """The check that an entry belongs to."""
        return next(check for check in self.exercise.checks if entry.startswith(check.name))

    def marks_without(self, changed: set[str]) -> float:
        """What is left when these entries are wrong: a check that needs a failed one earns nothing either."""
        lost = {self.check(entry).name for entry in changed}
        for check in self.exercise.checks:  # a check needs an earlier one
            if check.needs in lost:
                lost.add(check.name)
        return sum(check.marks for check in self.exercise.checks if check.name not in lost)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """Small tensors of finite numbers, with up to three dimensions."""
    shape = draw(st.lists(st.integers(1, 3), max_size=3))
    count = math.prod(shape)
    numbers = draw(st.lists(NUMBERS, min_size=count, max_size=count))
    return torch.tensor(numbers, dtype=torch.float64).reshape(shape)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to four checks, some of which need an earlier one, and a reference with entries for each."""
    checks: list[Check] = []
    reference = Response(torch.float64)
    for index in range(draw(st.integers(1, 4))):
        needs = draw(st.none() | st.sampled_from([check.name for check in checks])) if checks else None
        marks, tolerance = draw(st.sampled_from((1, 2, 3.5, 5))), draw(TOLERANCES)
        checks.append(Check(f"check{index}", marks, "What was looked at", "Where?", tolerance, needs))
        for suffix in draw(st.lists(st.sampled_from(SUFFIXES), min_size=1, max_size=3, unique=True)):
            reference[f"check{index}{suffix}"] = draw(NUMBERS | tensors() | st.text(max_size=8))
    exercise = Exercise("exercise", lambda *_: None, tuple(checks), guard="check0", title="exercise")
    return Case(exercise, reference)


TOLERANCES = st.sampled_from((PURE, NETWORK, STEPS, GRADIENT))
STRANGERS = st.dictionaries(
    st.sampled_from(("info.note", "raise", "stranger[0]", "check", "check9.part", "check0.extra", "")),
    NUMBERS | tensors() | st.text(max_size=8),
)


def _wrong(value: Value, kind: str, tolerance: Tolerance, where: int) -> Value | None:
    """The value made wrong in one way; None is a missing entry, as is a kind that this value can't be wrong in."""
    if kind == "missing":
        return None
    if isinstance(value, str):
        return {"beyond": value + "!", "type": 1.0, "other type": torch.zeros(1)}.get(kind)
    if kind in ("type", "other type"):
        other: Value = 0.0 if isinstance(value, Tensor) else torch.zeros(())
        return "a word" if kind == "type" else other
    if kind in ("longer", "stacked"):
        if not isinstance(value, Tensor):
            return None
        return torch.cat((value, value)) if kind == "longer" and value.ndim else torch.stack((value, value))
    wrong = torch.as_tensor(value, dtype=torch.float64).clone().flatten()
    at = where % len(wrong)
    scale = wrong.abs().max() if tolerance.scaled else wrong[at].abs()
    beyond = wrong[at] + 1.01 * (tolerance.atol + tolerance.rtol * scale) + 1e-12
    wrong[at] = {"beyond": beyond, "nan": math.nan, "infinite": -math.inf}[kind]
    return wrong.reshape(value.shape) if isinstance(value, Tensor) else float(wrong)


def _changed(case: Case, kinds: dict[str, str], where: int) -> Response:
    """The reference with some entries made wrong."""
    response = Response()
    for entry, value in case.reference.items():
        wrong = _wrong(value, kinds[entry], case.check(entry).tolerance, where) if entry in kinds else value
        if wrong is not None:
            response[entry] = wrong
    return response


def _shuffled(response: Response, order: list[str]) -> Response:
    shuffled = Response()
    shuffled.update({entry: response[entry] for entry in order if entry in response})
    return shuffled


@pytest.mark.slow
@PROPERTY
@given(cases(), STRANGERS, st.data())
def test_the_reference_itself_earns_full_marks_in_any_order_whatever_else_is_said(case, strangers, data):
    response = Response()
    response.update(case.reference | strangers)
    response = _shuffled(response, data.draw(st.permutations(list(response))))
    mark = judge(case.exercise, response, case.reference)
    assert (mark.score, mark.findings) == (case.exercise.marks, ())


@PROPERTY
@given(cases(), STRANGERS, st.integers(0, 8), st.data())
def test_what_is_wrong_loses_the_marks_of_its_checks_and_of_those_that_need_them(
    case, strangers, where, data
):
    entries = st.sampled_from(list(case.reference))
    kinds = data.draw(st.dictionaries(entries, st.sampled_from(WRONG), min_size=1, max_size=3))
    response = _changed(case, kinds, where)
    response.update(strangers)
    response = _shuffled(response, data.draw(st.permutations(list(response))))
    mark = judge(case.exercise, response, case.reference)
    assert mark.score == case.marks_without(set(kinds))
    failed = [check.name for check in case.exercise.checks if check in map(case.check, kinds)]
    assert [finding.id for finding in mark.findings] == [f"exercise.{name}" for name in failed]


@PROPERTY
@given(cases(), STRANGERS)
def test_entries_that_nobody_asked_for_earn_nothing(case, strangers):
    response = Response()
    response.update(strangers)
    assert judge(case.exercise, response, case.reference).score == 0


@PROPERTY
@given(cases(), st.integers(0, 8), st.data())
def test_naming_a_mistake_moves_no_mark(case, where, data):
    entries = st.sampled_from(list(case.reference))
    some_kinds = st.dictionaries(entries, st.sampled_from(WRONG), min_size=1)
    theirs = {
        f"exercise.mistake{index}": (f"Sentence {index}.", _changed(case, kinds, where))
        for index, kinds in enumerate(data.draw(st.lists(some_kinds, min_size=1, max_size=3)))
    }
    response = data.draw(st.sampled_from([response for _, response in theirs.values()]))
    plain = judge(case.exercise, response, case.reference)
    named = judge(case.exercise, response, case.reference, theirs)
    assert (named.score, [f.id for f in named.findings]) == (plain.score, [f.id for f in plain.findings])
    assert {finding.mistake for finding in plain.findings} == {None}
    assert all(finding.mistake in theirs for finding in named.findings)


@PROPERTY
@given(NUMBERS | tensors(), TOLERANCES, st.floats(-0.99, 0.99), st.integers(0, 8))
def test_what_stays_within_the_tolerance_passes(reference, tolerance, share, where):
    value = torch.as_tensor(reference, dtype=torch.float64).clone().flatten()
    at = where % len(value)
    scale = value.abs().max() if tolerance.scaled else value[at].abs()
    value[at] += share * (tolerance.atol + tolerance.rtol * scale)
    same_form = value.reshape(reference.shape) if isinstance(reference, Tensor) else float(value)
    assert differs(same_form, reference, tolerance) is None


@PROPERTY
@given(NUMBERS | tensors() | st.text(max_size=8), NUMBERS | tensors() | st.text(max_size=8), TOLERANCES)
def test_two_kinds_of_values_are_never_the_same(one, other, tolerance):
    assume(
        isinstance(one, str) != isinstance(other, str) or isinstance(one, Tensor) != isinstance(other, Tensor)
    )
    assert differs(one, other, tolerance)


@pytest.mark.parametrize(
    ("tolerance", "edge"),
    [
        (Tolerance(rtol=0.0, atol=0.25), 0.25),
        (Tolerance(rtol=0.25, atol=0.0), 1.0),  # of a reference of 4
        (Tolerance(rtol=0.25, atol=0.0, scaled=True), 2.0),  # of the largest entry, which is 8
    ],
)
def test_the_edge_of_a_tolerance_still_passes(tolerance, edge):
    reference = torch.tensor([4.0, 8.0], dtype=torch.float64)
    for sign in (1, -1):
        change = torch.tensor([sign * edge, 0.0], dtype=torch.float64)
        assert differs(reference + change, reference, tolerance) is None
        assert differs(reference + change * (1 + 1e-12), reference, tolerance)

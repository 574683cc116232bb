"""The judge on hand-made exercises: what passes, what does not, what is said."""

from __future__ import annotations

import math
import sys

import pytest
import torch

from autograder.labs.sine_gan import GENERATOR
from autograder.marking.exercise import PURE, Check, Exercise, Tolerance
from autograder.marking.judge import RANDOM, differs, is_sound, judge
from autograder.marking.probing import RAISED, RAISED_TEXT, run_probe, seeded
from autograder.marking.response import MalformedResponse, Response, decode, encode


def _probe(lab, stimuli, response):
    response.put("value", lab["f"](stimuli.tensor([1.0, 2.0])))
    response["kind"] = "tensor"


EXERCISE = Exercise(
    "f",
    _probe,
    (
        Check("value", 3, "The value", "Which one?"),
        Check("kind", 2, "The kind", "Which kind?", needs="value"),
    ),
    guard="value",
    title="f",
)


def _response(**entries) -> Response:
    response = Response()
    response.update(entries)
    return response


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "is missing"),
        (float("nan"), "holds NaN"),
        (float("inf"), "holds infinite numbers"),
        (1.001, "differs"),
        ("tuple", "expected a number, got tuple"),
        (torch.ones(2), "expected a number, got a tensor"),
        (1.000001, None),
    ],
)
def test_numbers(value, said):
    assert differs(value, 1.0, PURE) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (torch.ones(2, 3), "expected shape (3, 2), got (2, 3)"),
        (torch.full((3, 2), math.nan), "holds NaN"),
        (torch.tensor([[1.0, 1.0], [1.0, 1.0], [1.0, 2.0]]), "differs in 1 of 6 numbers"),
        (torch.empty(0), "expected shape (3, 2), got (0,)"),
        (torch.ones(3, 2, dtype=torch.float32), None),
    ],
)
def test_tensors(value, said):
    assert differs(value, torch.ones(3, 2, dtype=torch.float64), PURE) == said


def test_scaled_tolerance_goes_by_the_largest_entry():
    reference, value = torch.tensor([100.0, 1e-4]), torch.tensor([100.0, 2e-4])
    assert differs(value, reference, Tolerance(1e-5, 0.0, scaled=True)) is None
    assert differs(value, reference, Tolerance(1e-5, 0.0)) == "differs in 1 of 2 numbers"


def test_an_empty_response_earns_nothing():
    reference = run_probe(EXERCISE, {"f": lambda x: x}, 1, reference=True)
    assert judge(EXERCISE, Response(), reference).score == 0


def test_a_check_that_needs_a_failed_one_earns_nothing():
    reference = run_probe(EXERCISE, {"f": lambda x: x}, 1, reference=True)
    mark = judge(EXERCISE, run_probe(EXERCISE, {"f": lambda x: x + 1}, 1), reference)
    assert (mark.score, [finding.id for finding in mark.findings]) == (0, ["f.value"])


def test_the_reference_answers_in_float64_and_the_student_in_float32():
    dtypes = []
    for reference in (True, False):
        run_probe(EXERCISE, {"f": lambda x: dtypes.append(x.dtype) or x}, 1, reference=reference)
    assert dtypes == [torch.float64, torch.float32]


@pytest.mark.parametrize(
    ("definition", "finding"),
    [
        ({}, "f.not_defined"),
        ({"f": lambda x: (_ for _ in ()).throw(NotImplementedError())}, "f.not_started"),
        ({"f": lambda x: 1 / 0}, "f.raised"),
        ({"f": lambda x: sys.exit()}, "f.raised"),
    ],
)
def test_exceptions_become_findings(definition, finding):
    reference = run_probe(EXERCISE, {"f": lambda x: x}, 1, reference=True)
    mark = judge(EXERCISE, run_probe(EXERCISE, definition, 1), reference)
    assert mark.score == 0
    assert [found.id for found in mark.findings] == [finding]
    assert "Traceback" not in mark.findings[0].message


def test_the_stop_button_works():
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_probe(EXERCISE, {"f": stopped}, 1)


def test_output_and_warnings_stay_inside(capfd):
    import warnings

    def noisy(x):
        print("out")
        print("err", file=sys.stderr)
        warnings.warn("careful", stacklevel=1)
        return x

    run_probe(EXERCISE, {"f": noisy}, 1)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "meddle",
    [
        lambda: torch.manual_seed(3),
        lambda: torch.set_default_dtype(torch.float64),
        lambda: torch.set_grad_enabled(False),
    ],
    ids=["seed", "dtype", "autograd"],
)
def test_global_side_effects_are_found_and_undone(meddle):
    state = torch.get_rng_state()

    def f(x):
        meddle()
        return x

    reference = run_probe(EXERCISE, {"f": lambda x: x}, 1, reference=True)
    mark = judge(EXERCISE, run_probe(EXERCISE, {"f": f}, 1), reference)
    assert not mark.full
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()


def test_seeding_inside_a_seeded_block_is_found():
    torch.manual_seed(1)
    before = torch.initial_seed()
    with seeded(5):
        torch.manual_seed(before)
    assert torch.initial_seed() != before
    torch.manual_seed(before)


def test_a_mistake_is_named_only_when_all_its_numbers_are_there():
    reference = run_probe(EXERCISE, {"f": lambda x: x}, 1, reference=True)
    theirs = {"f.twice": ("Twice?", run_probe(EXERCISE, {"f": lambda x: 2 * x}, 1, reference=True))}
    twice = judge(EXERCISE, run_probe(EXERCISE, {"f": lambda x: 2 * x}, 1), reference, theirs)
    thrice = judge(EXERCISE, run_probe(EXERCISE, {"f": lambda x: 3 * x}, 1), reference, theirs)
    assert twice.findings[0].mistake == "f.twice" and twice.findings[0].message.startswith("Twice?")
    assert thrice.findings[0].mistake is None


def test_of_two_mistakes_that_fit_the_less_random_one_is_named():
    reference = _response(value=1.0, kind="a")
    theirs = {
        "f.random": ("Random", _response(value=RANDOM, kind="b")),
        "f.exact": ("Exact", _response(value=2.0, kind="b")),
    }
    for value, name in ((2.0, "f.exact"), (3.0, "f.random")):
        found = judge(EXERCISE, _response(value=value, kind="b"), reference, theirs).findings
        assert found[0].mistake == name


def test_a_mistake_that_is_only_random_is_not_named():
    """It would fit whatever comes."""
    reference = _response(value=1.0, kind="a")
    theirs = {"f.random": ("Random", _response(value=RANDOM, kind="a"))}
    found = judge(EXERCISE, _response(value=3.0, kind="a"), reference, theirs).findings
    assert found[0].mistake is None


def test_same_exception_is_told_apart_by_its_text():
    reference = _response(value=1.0, kind="a")
    theirs = {text: (text, _response(**{RAISED: "ValueError", RAISED_TEXT: text})) for text in ("one", "two")}
    response = _response(**{RAISED: "ValueError", RAISED_TEXT: "two"})
    assert judge(EXERCISE, response, reference, theirs).findings[0].mistake == "two"


def test_an_operation_has_one_name_in_errors_whatever_the_version_of_torch():
    """AsStrided was AsStridedBackward0 in torch 2.4; a stored response holds the name of one version."""

    def f(x):
        raise RuntimeError("[5, 1], which is output 0 of AsStridedBackward0, is at version 3")

    response = run_probe(EXERCISE, {"f": f}, 1)
    assert response[RAISED_TEXT] == "[5, 1], which is output 0 of AsStrided, is at version 3"


def test_a_reference_must_be_sound():
    assert is_sound(_response(value=1.0))
    assert not is_sound(_response(value=math.nan))
    assert not is_sound(_response(**{RAISED: "ValueError"}))


def test_a_response_survives_the_way_as_text():
    response = _response(
        a=torch.tensor([[1.5, math.nan], [math.inf, -0.1]]), b=2.5, c="words", d=torch.empty(0, 2)
    )
    again = decode(encode(response))
    assert torch.equal(torch.nan_to_num(again["a"], 7.0), torch.nan_to_num(response["a"], 7.0))
    assert again["d"].shape == (0, 2)
    assert (again["b"], again["c"]) == (2.5, "words")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        '{"a": null}',
        '{"a": [1]}',
        '{"a": {"dtype": "float32", "shape": [2], "data": [1]}}',
        '{"a": {"dtype": "object", "shape": [1], "data": [1]}}',
        '{"a": {"dtype": "float32", "shape": [-1], "data": [1]}}',
        '{"a": {"dtype": "float32", "shape": [true], "data": [1]}}',
        '{"a": {"dtype": "float32", "shape": [1], "data": ["x"]}}',
        '{"a": {"dtype": "int64", "shape": [1], "data": [1e400]}}',
        '{"a": {"dtype": ["float32"], "shape": [1], "data": [1]}}',
        '{"a": {"dtype": "int64", "shape": [1], "data": [' + "9" * 400 + "]}}",
        "[" * 100_000,
        '{"a": "' + "x" * 2000 + '"}',
        '{"' + "k" * 300 + '": 1}',
    ],
)
def test_malformed_responses_are_refused(text):
    with pytest.raises(MalformedResponse):
        decode(text)


@pytest.mark.parametrize("value", [True, 3, 2.5, "text", None, (1, 2), torch.tensor(4)])
def test_whatever_a_student_returns_can_be_recorded(value):
    response = Response()
    response.put("x", value)
    response.put_scalar("y", value)
    decode(encode(response))


def test_equal_to_everything_is_equal_to_nothing_here(course):
    from autograder.course.references import live_reference

    class Agreeable(torch.Tensor):
        __hash__ = torch.Tensor.__hash__

        def __eq__(self, other):
            return True

    class Generator(torch.nn.Module):
        def forward(self, x):
            return torch.zeros(len(x), 2).as_subclass(Agreeable)

    reference = live_reference(course, "sine_gan", GENERATOR, 1, hard=True)
    mark = judge(GENERATOR, run_probe(GENERATOR, {"Generator": Generator}, 1, hard=True), reference)
    assert mark.score <= 2


def test_a_mistake_that_raises_is_named_whatever_torch_calls_the_operation():
    """torch 2.15 says "addmm: mat1 and mat2 …", torch 2.14 says the same without "addmm: "."""
    texts = ("addmm: mat1 is (5x11)", "mat1 is (6x11)")
    newer, older = (_response(**{RAISED: "RuntimeError", RAISED_TEXT: text}) for text in texts)
    mistakes = {"f.too_narrow": ("It is too narrow.", newer)}
    found = judge(EXERCISE, older, _response(value=1.0, kind="number"), mistakes).findings
    assert found[0].mistake == "f.too_narrow"

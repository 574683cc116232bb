"""Properties of a response's form as text: it survives the way, and whatever else comes is refused or bounded."""

from __future__ import annotations

import json
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from autograder.marking.response import (
    MAX_CHARACTERS,
    MAX_DIMENSIONS,
    MAX_ENTRIES,
    MAX_NAME,
    MAX_NUMBERS,
    MAX_STRING,
    MalformedResponse,
    Response,
    decode,
    encode,
)

PROPERTY = settings(derandomize=True, deadline=None, database=None, max_examples=100)
DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.bool)


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """Tensors of every dtype and of up to four dimensions, empty ones, NaN and infinity among them."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    numbers = st.integers(0, 1) if dtype == torch.bool else st.integers(-(2**31), 2**31 - 1)
    numbers = st.floats(width=16) if dtype.is_floating_point else numbers
    count = math.prod(shape)
    return torch.tensor(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=dtype).reshape(shape)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Responses of a few entries of every kind."""
    response = Response()
    values = st.floats() | st.text(max_size=20) | tensors()
    response.update(draw(st.dictionaries(st.text(max_size=20), values, max_size=5)))
    return response


JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON_VALUES = st.recursive(
    JUNK, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@st.composite
def nearly_tensors(draw: st.DrawFn) -> dict[str, object]:
    """The form of a tensor, of which one part may be anything, or a number that the dtype can't hold."""
    plain = json.loads(encode({"a": draw(tensors())}))["a"]
    part = draw(st.sampled_from(("dtype", "shape", "data")))
    numbers = st.lists(st.integers(-(2**70), 2**70) | st.floats() | JUNK, min_size=1, max_size=3)
    plain[part] = draw(JSON_VALUES | (numbers if part == "data" else st.lists(st.integers(-1, 3) | JUNK)))
    return plain | (
        {"shape": [len(plain["data"])]} if part == "data" and isinstance(plain["data"], list) else {}
    )


def _forms(response: Response) -> dict[str, object]:
    """What can be compared: NaN is the same as NaN, and -0.0 is not 0.0."""
    return {
        name: (str(value.dtype), tuple(value.shape), repr(value.tolist()))
        if isinstance(value, Tensor)
        else repr(value)
        for name, value in response.items()
    }


def _decoded(text: object) -> Response | None:
    """The response in a text, which then keeps to every limit, or None where it is refused; all else is raised."""
    try:
        response = decode(text)
    except MalformedResponse:
        return None
    assert len(response) <= MAX_ENTRIES
    for name, value in response.items():
        assert len(name.encode()) >= len(name) <= MAX_NAME
        if isinstance(value, str):
            assert len(value.encode()) >= len(value) <= MAX_STRING
        elif isinstance(value, Tensor):
            assert value.dtype in DTYPES and value.numel() <= MAX_NUMBERS and not value.requires_grad
        else:
            assert type(value) is float
    return response


@PROPERTY
@given(responses())
def test_a_response_survives_the_way_as_text(response):
    assert _forms(decode(encode(response))) == _forms(response)


@PROPERTY
@given(st.text() | st.binary() | JUNK)
def test_whatever_comes_is_a_response_or_refused(text):
    _decoded(text)


@PROPERTY
@given(st.dictionaries(st.text(max_size=5), JSON_VALUES, max_size=3) | JSON_VALUES)
def test_whatever_json_comes_is_a_response_or_refused(raw):
    _decoded(json.dumps(raw))


@PROPERTY
@given(nearly_tensors())
def test_what_is_nearly_a_tensor_is_one_or_refused(raw):
    _decoded(json.dumps({"a": raw}))


@PROPERTY
@given(responses(), st.data())
def test_a_damaged_response_is_a_response_or_refused(response, data):
    text = encode(response)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 5)))
    _decoded(text[:start] + data.draw(st.text(max_size=5)) + text[end:])


@PROPERTY
@given(st.text() | JUNK | st.lists(JUNK) | tensors() | st.complex_numbers() | st.binary())
def test_whatever_a_definition_returns_can_be_recorded_and_sent(value):
    response = Response()
    response.put("put", value)
    response.put_scalar("put_scalar", value)
    assert set(decode(encode(response))) == {"put", "put_scalar"}


def _tensor(shape: list[int], count: int) -> str:
    return json.dumps({"a": {"dtype": "float32", "shape": shape, "data": [0] * count}})


def _in_rows(count: int) -> str:
    rows = next(divisor for divisor in range(2, count) if count % divisor == 0)
    return _tensor([rows, count // rows], count)


# A limit, and the text that is as long as asked for.
LIMITS = {
    "entries": (MAX_ENTRIES, lambda n: json.dumps({str(i): 0 for i in range(n)})),
    "characters of a name": (MAX_NAME, lambda n: json.dumps({"n" * n: 0})),
    "characters of a string": (MAX_STRING, lambda n: json.dumps({"a": "x" * n})),
    "numbers": (MAX_NUMBERS, lambda n: _tensor([n], n)),
    "numbers in rows": (MAX_NUMBERS, _in_rows),
    "dimensions": (MAX_DIMENSIONS, lambda n: _tensor([1] * n, 1)),
    "characters": (MAX_CHARACTERS, '{"a": 1}'.ljust),
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_holds_at_its_edge(limit):
    most, text = LIMITS[limit]
    assert len(decode(text(most))) >= 1
    with pytest.raises(MalformedResponse):
        decode(text(most + 1))


def test_a_recorded_string_is_cut_at_its_limit():
    response = Response()
    response.put("a", "x" * (MAX_STRING + 1))
    assert response["a"] == "x" * MAX_STRING


@pytest.mark.parametrize(("count", "words"), [(MAX_NUMBERS, False), (MAX_NUMBERS + 1, True)])
def test_a_tensor_that_is_too_large_is_recorded_in_words(count, words):
    response = Response()
    response.put("a", torch.zeros(count))
    assert isinstance(response["a"], str) == words

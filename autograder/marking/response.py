"""The response of a probe: a flat dict of named tensors, numbers and strings, and its form as JSON text.

A response crosses from the room, where student code runs, to the judge, so it is data: it is never pickled or
evaluated, and `decode` trusts nothing about the text it gets.
"""

from __future__ import annotations

import json
import math
import numbers
from typing import Any

import torch
from torch import Tensor, equal  # by name now: a notebook may put something else in torch's place

MAX_CHARACTERS = 4_000_000
MAX_ENTRIES = 2_000
MAX_NAME = 200
MAX_NUMBERS = 20_000
MAX_STRING = 1_000
MAX_DIMENSIONS = 8
_DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "bool")


class MalformedResponse(ValueError):
    """The text is no response."""


class Response(dict[str, Tensor | float | str]):
    """What a student's definition answered: entry name -> tensor (detached, on the CPU), number or string.

    Entries called `info.…` are not judged; they serve the messages.
    """

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.dtype = dtype
        self.drawn = True  # whether torch's random numbers may have a share in it

    def __setitem__(self, name: str, value: Tensor | float | str) -> None:
        super().__setitem__(name, value[:MAX_STRING] if isinstance(value, str) else value)

    def put(self, name: str, value: Any) -> None:
        """Record a tensor, number, bool or string; anything else is recorded as the name of its type."""
        if isinstance(value, Tensor) and not _crosses(value):
            self[name] = self.form(value)
        elif isinstance(value, Tensor):
            # A plain tensor: a subclass may bring comparisons of its own.
            self[name] = Tensor.as_subclass(value, Tensor).detach().cpu().clone()
        elif isinstance(value, (bool, str)):
            self[name] = str(value)
        elif isinstance(value, numbers.Real):
            self[name] = float(value)
        else:
            self[name] = type_name(value)

    def put_scalar(self, name: str, value: Any) -> None:
        """Record a scalar that may come as a number or as a tensor without dimensions."""
        if isinstance(value, Tensor) and value.ndim == 0:
            self[name] = float(value.detach())
        elif isinstance(value, (bool, str)):
            self[name] = type_name(value)
        elif isinstance(value, Tensor):
            self[name] = self.form(value)
        else:
            self.put(name, value)

    def form(self, value: Any) -> str:
        """In words, dtype and shape of a tensor: "float32 tensor of shape (7, 2)".

        The working dtype is always called float32: the reference answers in float64.
        """
        if not isinstance(value, Tensor):
            return type_name(value)
        dtype = torch.float32 if value.dtype == self.dtype else value.dtype
        return f"{str(dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"


def _crosses(value: Tensor) -> bool:
    """Whether a tensor can be sent as it is; what is too large or of a strange dtype is wrong anyway."""
    return str(value.dtype).removeprefix("torch.") in _DTYPES and value.numel() <= MAX_NUMBERS


def type_name(value: Any) -> str:
    """The name of a value's type, as a student knows it."""
    return type(value).__name__


def either(condition: bool, about: str, yes: str, no: str) -> str:
    """An observation in words, fit for a message: "the input is" + "as it was" or "changed"."""
    return f"{about} {yes if condition else no}"


def unchanged(value: Tensor, before: Tensor, name: str = "the input") -> str:
    """The observation whether an input was left alone."""
    return either(equal(value, before), f"{name} is", "as it was", "changed")


def encode(response: dict[str, Tensor | float | str]) -> str:
    """A response as JSON text."""
    return json.dumps({name: _plain(value) for name, value in response.items()})


def _plain(value: Tensor | float | str) -> Any:
    if not isinstance(value, Tensor):
        return value
    dtype = str(value.dtype).removeprefix("torch.")
    return {"dtype": dtype, "shape": list(value.shape), "data": value.flatten().tolist()}


def decode(text: str) -> Response:
    """The response that `encode` wrote; MalformedResponse where the text is anything else."""
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise MalformedResponse("too long, or no text")
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedResponse("no JSON") from error
    if not isinstance(raw, dict) or len(raw) > MAX_ENTRIES:
        raise MalformedResponse("no flat dict of entries")
    response = Response()
    for name, value in raw.items():
        if len(name) > MAX_NAME or not is_text(name):
            raise MalformedResponse("an entry's name is too long, or no text")
        response[name] = _value(value)
    return response


def _value(value: Any) -> Tensor | float | str:
    if isinstance(value, str) and len(value) <= MAX_STRING and is_text(value):
        return value
    if _is_number(value):
        return _number(value)
    if isinstance(value, dict) and set(value) == {"dtype", "shape", "data"}:
        return _tensor(value["dtype"], value["shape"], value["data"])
    raise MalformedResponse("an entry is neither tensor, number nor string")


def is_text(text: str) -> bool:
    """Whether it can be written: half of a surrogate pair can't."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _tensor(dtype: Any, shape: Any, data: Any) -> Tensor:
    sound = (
        dtype in _DTYPES
        and isinstance(shape, list)
        and len(shape) <= MAX_DIMENSIONS
        and all(type(size) is int and 0 <= size <= MAX_NUMBERS for size in shape)  # a bool is no size
        and isinstance(data, list)
        and len(data) <= MAX_NUMBERS
        and math.prod(shape) == len(data)
        and all(isinstance(number, (int, float)) for number in data)
    )
    if not sound:
        raise MalformedResponse("a tensor is not what it says")
    try:
        return torch.tensor(data, dtype=getattr(torch, dtype)).reshape(shape)
    except (RuntimeError, OverflowError, ValueError) as error:
        raise MalformedResponse("a tensor's numbers do not fit its dtype") from error

"""Runs a probe on somebody's definitions, whatever state they left the process in, and leaves no trace."""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import textwrap
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import default_generator, empty, equal  # by name: a notebook may put something else into torch

from autograder.marking.exercise import Exercise
from autograder.marking.namespace import Namespace, NotDefined
from autograder.marking.response import MAX_STRING, Response
from autograder.marking.stimuli import Stimuli

_UNLIKELY_SEED = 2**40  # nobody seeds with it, so the guard sees every other seed
RAISED, RAISED_TEXT = "raised", "info.raised"


def run_probe(
    exercise: Exercise,
    names: dict[str, Any],
    seed: int,
    *,
    reference: bool = False,
    hard: bool = False,
    torch_seed: int = 0,
) -> Response:
    """The response of the definitions in `names` to the exercise's probe.

    Student code runs in float32, the reference in float64. What student code raises, prints or warns about
    never leaves this function, except KeyboardInterrupt: Jupyter's stop button keeps working.
    """
    dtype = torch.float64 if reference else torch.float32
    response = Response(dtype)
    with clean_process(dtype):
        for check in exercise.checks:  # ties every check to this seed, also those whose entries are words
            response[f"{check.name}.seed"] = str(seed)
        torch.manual_seed(_UNLIKELY_SEED + torch_seed)
        undrawn, before = default_generator.get_state(), _global_state()
        try:
            exercise.probe(Namespace(names), Stimuli(seed, dtype, hard), response)
        except KeyboardInterrupt:
            raise
        except NotDefined as error:
            response[RAISED], response[RAISED_TEXT] = "NotDefined", str(error)
        except BaseException as error:
            response[RAISED], response[RAISED_TEXT] = type(error).__name__[:100], _text(error)
        for name, value in _global_state().items():
            response[f"{exercise.guard}.global_{name}"] = str(value == before[name])
        response.drawn = not equal(default_generator.get_state(), undrawn)
    return response


def _text(error: BaseException) -> str:
    try:
        text = re.sub(r"(?<=\w)Backward\d+", "", str(error))  # AsStrided was AsStridedBackward0 in torch 2.4
        text = textwrap.shorten(text, MAX_STRING // 4, placeholder=" …")
        return text.encode("utf-8", "replace").decode("utf-8")
    except Exception:
        return ""


def _global_state() -> dict[str, Any]:
    """What no exercise may change behind the notebook's back. Probes that seed torch restore its seed."""
    return {
        "seed": torch.initial_seed(),
        "dtype": torch.get_default_dtype(),
        "autograd": torch.is_grad_enabled(),
    }


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's global random numbers, and put them back afterwards.

    Only torch gets this seed, so a definition that draws elsewhere does not repeat under it.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        inside = torch.initial_seed()
        yield
        reseeded = torch.initial_seed() != inside
    if reseeded:  # pass it on, so that the guard sees it
        torch.manual_seed(torch.initial_seed() + 1)


@contextlib.contextmanager
def clean_process(dtype: torch.dtype) -> Iterator[None]:
    """Default dtype, autograd, device, warnings and output as a probe needs them; all put back afterwards."""
    states = torch.get_rng_state(), np.random.get_state(), random.getstate(), torch.get_default_dtype()
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.enter_context(contextlib.redirect_stdout(_Nowhere()))
        stack.enter_context(contextlib.redirect_stderr(_Nowhere()))
        stack.enter_context(torch.enable_grad())
        # A device's context costs up to half of a probe's time; torch 2.4's get_default_device overlooks contexts.
        if empty(0).device.type != "cpu":
            stack.enter_context(torch.device("cpu"))
        stack.enter_context(np.errstate(all="ignore"))
        torch.set_default_dtype(dtype)
        try:
            yield
        finally:
            torch.set_default_dtype(states[3])
            torch.set_rng_state(states[0])
            np.random.set_state(states[1])
            random.setstate(states[2])


class _Nowhere(io.TextIOBase):
    """Takes all that is printed and keeps nothing: a loop that prints cannot fill the memory."""

    def write(self, text: str) -> int:
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation(os.devnull)

"""Checks that must fail. Where one passes the room is not what it should be, or somebody has tampered with it."""

from __future__ import annotations

import contextlib
import os
import random
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from torch import nn

from autograder.course.seeds import KEY_FILE
from autograder.labs import get_lab
from autograder.marking.exercise import Exercise
from autograder.marking.probing import run_probe
from autograder.marking.response import encode

PACKAGE = Path(__file__).resolve().parents[1]
CANARY_MIME = "application/x-autograder-canary-response"


def escapes(outside: Iterable[str]) -> list[str]:
    """What this process can do and should not: run in the kernel's process before any student code.

    Where an attempt succeeds nothing changes.
    """
    tries = {f"see {path}": lambda path=path: os.lstat(path) for path in outside}
    tries |= {f"write to {path}": lambda path=path: _write_to(path) for path in ("/", "/run", PACKAGE)}
    tries |= {
        "reach the network": _reach_the_network,
        "rule the machine": lambda: socket.sethostname(socket.gethostname()),
        "become somebody else": lambda: os.setuid(0),
        "see other processes": _see_other_processes,
    }
    return [name for name, attempt in tries.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], Any]) -> bool:
    with contextlib.suppress(OSError):
        attempt()
        return True
    return False


def _write_to(folder: str | Path) -> None:
    if not os.access(folder, os.W_OK):
        raise PermissionError


def _reach_the_network() -> None:
    """A datagram socket asks for a route and sends nothing. The address is one for documentation (RFC 5737)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.connect(("192.0.2.1", 9))


def _see_other_processes() -> None:
    if os.getppid() == 0:  # the keeper is outside
        raise PermissionError


def canary_cell(lab: str, seed: int) -> tuple[str, Exercise]:
    """Code for a cell behind the tests, and the exercise that it is about; a student can't know which it will be."""
    exercise = random.Random(seed).choice(get_lab(lab).exercises)
    return (
        f"__import__('autograder.room.canaries').room.canaries.answer({lab!r}, {exercise.name!r}, {seed})",
        exercise,
    )


def answer(lab: str, name: str, seed: int) -> None:
    """In the room: respond to an exercise with definitions that do nothing, by the means that respond to the tests."""
    from IPython import get_ipython
    from IPython.display import display

    exercise = get_lab(lab).exercise(name)
    names = dict(get_ipython().user_ns)
    names |= {title: _Nothing if title[0].isupper() else _nothing for title in exercise.defined}
    display({CANARY_MIME: encode(run_probe(exercise, names, seed, hard=True))}, raw=True)


class _Nothing(nn.Module):
    """A network that answers nothing."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__()

    def forward(self, *arguments: Any, **named: Any) -> None:
        """Nothing."""


def _nothing(*arguments: Any, **named: Any) -> None:
    """A function that returns nothing."""


def outside(course: Path) -> Iterator[str]:
    """What nobody in a room may see: the course's own, and what may lie in the working folder and around the package.

    The package may also lie among others that came with `pip`; what is called `tests` there is none of ours.
    """
    ours = all((PACKAGE.parent / name).is_dir() for name in ("notebooks", "source", "release"))
    around = PACKAGE.parent if ours else None
    for folder in filter(None, dict.fromkeys((course, Path.cwd(), around))):
        for name in ("notebooks", "source", "submitted", "autograded", "gradebook.db", KEY_FILE):
            yield str(folder / name)
    yield str(course / "tests")

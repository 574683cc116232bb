"""Canaries: attempts that must fail. Where one succeeds the room leaks, or somebody has tampered with the notebook.

There are two kinds. Before any student code runs, the kernel's own process tries to escape (`escapes`); if it can do
anything of the kind, the room is not used. After all cells, a cell that the student can't foresee answers an exercise
with definitions that do nothing (`respond`); if the judge gives marks for that, the submission needs attention.
"""

from __future__ import annotations

import contextlib
import os
import random
import socket
from collections.abc import Callable, Iterable, Iterator
from functools import partial
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


def escapes(hidden_paths: Iterable[str]) -> list[str]:
    """What this process can do and should not; to be called in the kernel's process before any student code.

    `hidden_paths` are the paths that must not be visible. Attempts that succeed change nothing.
    """
    attempts: dict[str, Callable[[], object]] = {
        f"see {path}": partial(os.lstat, path) for path in hidden_paths
    }
    attempts |= {f"write to {path}": partial(_write_to, path) for path in ("/", "/run", PACKAGE)}
    attempts |= {
        "reach the network": _reach_the_network,
        "rule the machine": lambda: socket.sethostname(socket.gethostname()),
        "become somebody else": lambda: os.setuid(0),
        "see other processes": _see_other_processes,
    }
    return [name for name, attempt in attempts.items() if _succeeds(attempt)]


def _succeeds(attempt: Callable[[], object]) -> bool:
    with contextlib.suppress(OSError):
        attempt()
        return True
    return False


def _write_to(folder: str | Path) -> None:
    if not os.access(folder, os.W_OK):
        raise PermissionError


def _reach_the_network() -> None:
    """Ask for a route by a datagram socket, which sends nothing. The address is reserved for examples (RFC 5737)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
        channel.connect(("192.0.2.1", 9))


def _see_other_processes() -> None:
    if os.getppid() == 0:  # the supervisor lies outside of the room's process ids
        raise PermissionError


def canary_cell(lab: str, seed: int) -> tuple[str, Exercise]:
    """The code of a cell behind the tests and the exercise that it answers; a student can't know which it will be."""
    exercise = random.Random(seed).choice(get_lab(lab).exercises)
    return (
        f"__import__('autograder.room.canaries').room.canaries.respond({lab!r}, {exercise.name!r}, {seed})",
        exercise,
    )


def respond(lab: str, name: str, seed: int) -> None:
    """Display, in the room, a response to an exercise from definitions that do nothing.

    It is made and displayed in the same way as the responses of the test cells.
    """
    from IPython import get_ipython
    from IPython.display import display

    exercise = get_lab(lab).exercise(name)
    names = dict(get_ipython().user_ns)
    names |= {title: _Nothing if title[0].isupper() else _nothing for title in exercise.defined}
    response = encode(run_probe(exercise, names, seed, hard=True))
    display({CANARY_MIME: response}, raw=True)


class _Nothing(nn.Module):
    """A network without layers, whose output is None."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__()

    def forward(self, *arguments: Any, **named: Any) -> None:
        """Return None."""


def _nothing(*arguments: Any, **named: Any) -> None:
    """Return None, whatever the arguments are."""


def paths_to_hide(course: Path) -> Iterator[str]:
    """The paths that nobody in a room may see: the course's, and the like in the working folder and around the package.

    A package that `pip` installed has no course around it; a folder `tests` beside it belongs to other packages.
    """
    in_course = all((PACKAGE.parent / name).is_dir() for name in ("notebooks", "source", "release"))
    around = PACKAGE.parent if in_course else None
    for folder in filter(None, dict.fromkeys((course, Path.cwd(), around))):
        for name in ("notebooks", "source", "submitted", "autograded", "gradebook.db", KEY_FILE):
            yield str(folder / name)
    yield str(course / "tests")

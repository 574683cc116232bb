"""What the cells of a lab call: visible checks, the room's responses, the summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from html import escape
from importlib import import_module
from threading import Thread
from typing import Any, Self

import torch

from autograder.labs import get_lab
from autograder.marking.exercise import Exercise
from autograder.marking.judge import judge
from autograder.marking.probing import run_probe
from autograder.marking.response import encode
from autograder.marking.stored import PUBLIC_SEED, stored_exercise
from autograder.marking.verdict import Mark
from autograder.notebook.banner import mark_html, note_html, number, table_html
from autograder.notebook.identity import identity_problem

SEED_VARIABLE = "AUTOGRADER_SEED"  # set in the room only
RESPONSE_MIME = {run: f"application/x-autograder-{run}-response" for run in ("public", "hidden")}
SHORT_TRAINING = 2

_earned: dict[str, dict[str, Mark]] = {}


class ShownMark(float):
    """The marks as a plain float, which nbgrader reads, that Jupyter shows as a banner."""

    mark: Mark

    def __new__(cls, mark: Mark) -> Self:
        """The float of `mark.score`."""
        shown = super().__new__(cls, mark.score)
        shown.mark = mark
        return shown

    def _repr_html_(self) -> str:
        return mark_html(self.mark)


class Html:
    """Something that Jupyter shows as HTML, with plain text for everything else."""

    def __init__(self, html: str, text: str) -> None:
        self.html, self.text = html, text

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        return self.text


def check(name: str, names: dict[str, Any] | None = None) -> ShownMark | None:
    """The visible check of "<lab>.<exercise>", on the names of the notebook: shows and returns the marks.

    In the room it does nothing: there the judge decides, elsewhere.
    """
    if SEED_VARIABLE in os.environ:
        return None
    lab, exercise = _find(name)
    response = run_probe(exercise, _notebook_names() if names is None else names, PUBLIC_SEED)
    with torch.device("cpu"):  # whatever default device the notebook has set
        stored = stored_exercise(lab, exercise.name)
        mark = judge(exercise, response, stored.reference, stored.mistakes)
    if not _earned:
        _load_optimisers()
    _earned.setdefault(lab, {})[exercise.name] = mark
    return ShownMark(mark)


def _load_optimisers() -> None:
    """Behind a notebook's first check: the first optimiser of a process takes seconds to load torch's compiler."""
    if "torch._dynamo" not in sys.modules:
        Thread(target=import_module, args=("torch._dynamo",), daemon=True).start()


def respond(name: str) -> ShownMark | None:
    """The hidden test of "<lab>.<exercise>": hands the responses to the judge, who sits in another process.

    Outside a room it shows the visible check once more; under an nbgrader without this project's configuration it
    stops, because there nobody would judge.
    """
    _, exercise = _find(name)
    if SEED_VARIABLE not in os.environ:
        if os.environ.get("NBGRADER_EXECUTION") == "autograde":
            raise RuntimeError("Grade in the course's folder: its nbgrader_config.py brings the judge.")
        return check(name)
    names, seed = _notebook_names(), int(os.environ[SEED_VARIABLE])
    public = run_probe(exercise, names, PUBLIC_SEED)
    hidden = run_probe(exercise, names, seed, hard=True)
    _display({RESPONSE_MIME["public"]: encode(public), RESPONSE_MIME["hidden"]: encode(hidden)})
    return None


def summarise_marks() -> Html:
    """A table of the visible part, by exercise, for the lab whose checks ran last."""
    if not _earned:
        return _note("No check has run yet: run the test cells first, from the top.", good=False)
    lab = get_lab(list(_earned)[-1])
    marks = {exercise: _earned[lab.name].get(exercise.name) for exercise in lab.exercises}
    rows = [(escape(exercise.title), _cell(exercise, mark)) for exercise, mark in marks.items()]
    total = sum(mark.score for mark in marks.values() if mark)
    written = sum(lab.questions.values())
    note = (
        f"This is the visible part. When the lab is graded, hidden tests look at the same exercises with other numbers "
        f"and harder inputs, and the written answers ({number(written)} marks) are read by a person."
    )
    shown = f"{number(total)} of {number(lab.marks)}"
    text = "\n".join(f"{exercise.title}: {_cell(exercise, mark)}" for exercise, mark in marks.items())
    return Html(table_html(rows, ("Total", shown), note), f"{text}\nTotal: {shown}\n{note}")


def _cell(exercise: Exercise, mark: Mark | None) -> str:
    if mark is None:
        return f"not run, of {number(exercise.marks)}"
    return f"{'✓' if mark.full else '✗'} {number(mark.score)} of {number(mark.max_score)}"


def check_identity() -> Html:
    """Say whether the identity cell is filled in; it carries no marks."""
    problem = identity_problem(
        {name: value for name, value in _notebook_names().items() if isinstance(value, str)}
    )
    return _note(problem or "Your identity is filled in.", good=problem is None)


def training_length(num_epochs: int) -> int:
    """`num_epochs` (or steps); a couple when nbgrader runs the notebook, because no mark depends on training."""
    if "NBGRADER_EXECUTION" not in os.environ:
        return num_epochs
    short = min(num_epochs, SHORT_TRAINING)
    print(f"Graded run: training is cut from {num_epochs} to {short}; no mark depends on training.")  # noqa: T201  # in the notebook
    return short


def _note(text: str, good: bool) -> Html:
    return Html(note_html(text, good), text)


def _find(name: str) -> tuple[str, Exercise]:
    lab, _, exercise = name.partition(".")
    return lab, get_lab(lab).exercise(exercise)


def _notebook_names() -> dict[str, Any]:
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise RuntimeError("check() without names works in a notebook only; pass names=globals() elsewhere.")
    names: dict[str, Any] = shell.user_ns
    return names


def _display(data: dict[str, str]) -> None:
    from IPython.display import display

    show: Callable[..., Any] = display
    show(data, raw=True)

"""Compares a response with the reference, entry by entry, and says what differs in a student's words."""

from __future__ import annotations

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from autograder.marking.exercise import Check, Exercise, Tolerance
from autograder.marking.probing import RAISED, RAISED_TEXT
from autograder.marking.response import Response
from autograder.marking.verdict import Finding, Mark

Value = Tensor | float | str
RANDOM = "(random)"  # what an entry of a mistake says that comes out differently each time
_GLOBALS = {
    "global_seed": "It seeds torch's global random numbers; every caller would then draw the same ones again.",
    "global_dtype": "It changes torch's default dtype for the whole notebook.",
    "global_autograd": "It switches autograd off (or on) for the whole notebook.",
}


def differs(value: Value | None, reference: Value, tolerance: Tolerance) -> str | None:
    """What is different, in words, or None where the value passes."""
    if value is None:
        return "is missing"
    if isinstance(reference, str):
        return None if value == reference else f"expected “{reference}”, got “{_words(value)}”"
    if isinstance(value, str):
        return f"expected {_kind(reference)}, got {value}"
    if isinstance(reference, Tensor) != isinstance(value, Tensor):
        return f"expected {_kind(reference)}, got {_kind(value)}"
    if isinstance(reference, Tensor) and isinstance(value, Tensor) and value.shape != reference.shape:
        return f"expected shape {tuple(reference.shape)}, got {tuple(value.shape)}"
    return _differs_in_value(_doubles(value), _doubles(reference), tolerance)


def _differs_in_value(value: Tensor, reference: Tensor, tolerance: Tolerance) -> str | None:
    if not torch.isfinite(value).all() and torch.isfinite(reference).all():
        return "holds NaN" if torch.isnan(value).any() else "holds infinite numbers"
    scale = torch.where(reference.isfinite(), reference.abs(), 0.0)  # infinity is close to nothing
    if tolerance.scaled and scale.numel():
        scale = scale.max().expand_as(scale)
    close = (value - reference).abs() <= tolerance.atol + tolerance.rtol * scale
    same = close | (value == reference) | (torch.isnan(value) & torch.isnan(reference))
    if same.all():
        return None
    wrong = int((~same).sum())
    return "differs" if same.numel() == 1 else f"differs in {wrong} of {same.numel()} numbers"


def _doubles(value: Tensor | float) -> Tensor:
    return torch.as_tensor(value).to(torch.float64)


def _kind(value: Value) -> str:
    return "a tensor" if isinstance(value, Tensor) else "a number"


def _words(value: Value) -> str:
    return value if isinstance(value, str) else _kind(value)


def judge(
    exercise: Exercise,
    response: Response,
    reference: Response,
    mistakes: Mapping[str, tuple[str, Response]] | None = None,
    *,
    hidden: bool = False,
) -> Mark:
    """The mark of a response. `mistakes` maps the catalogue's ids to (sentence, response to the same probe)."""
    problems = _problems(exercise, response, reference)
    if not problems and RAISED not in response:
        return Mark(exercise.marks, exercise.marks)
    score = float(sum(check.marks for check in exercise.checks if _earned(exercise, check, problems)))
    named = _name_mistake(exercise, response, reference, mistakes or {})
    return Mark(score, exercise.marks, tuple(_findings(exercise, response, problems, named, hidden)))


def _problems(exercise: Exercise, response: Response, reference: Response) -> dict[str, tuple[str, str]]:
    """The first entry of each check that differs: check name -> (entry, what differs)."""
    problems: dict[str, tuple[str, str]] = {}
    for entry, expected in reference.items():
        check = exercise.check_of(entry)
        if check is None or check.name in problems:
            continue
        problem = differs(response.get(entry), expected, check.tolerance)
        if problem:
            problems[check.name] = (entry, problem)
    return problems


def _earned(exercise: Exercise, check: Check, problems: Mapping[str, object]) -> bool:
    while check.name not in problems and check.needs:
        check = next(other for other in exercise.checks if other.name == check.needs)
    return check.name not in problems


def _name_mistake(
    exercise: Exercise,
    response: Response,
    reference: Response,
    mistakes: Mapping[str, tuple[str, Response]],
) -> tuple[str, str] | None:
    """(id, sentence) of the mistake whose response this is."""
    same = {
        name: found
        for name, found in mistakes.items()
        if _same(exercise, response, found[1]) and _tells(exercise, found[1], reference)
    }

    # Mistakes that stop with the same exception differ in what it says; a random one fits more than it should.
    def distance(name: str) -> tuple[bool, int]:
        theirs = same[name][1]
        return _raised_text(theirs) != _raised_text(response), sum(map(_is_random, theirs.values()))

    closest = min(same, key=distance, default=None)
    return (closest, same[closest][0]) if closest else None


def _tolerances(exercise: Exercise, response: Response) -> dict[str, Tolerance]:
    """The entries that are judged, each with the tolerance of its check."""
    checks = {entry: exercise.check_of(entry) for entry in response}
    return {entry: check.tolerance for entry, check in checks.items() if check}


def _same(exercise: Exercise, response: Response, other: Response) -> bool:
    """Whether a response is what a mistake answers, in all that is not random there."""
    judged = _tolerances(exercise, response)
    if judged.keys() != _tolerances(exercise, other).keys() or _exception(response) != _exception(other):
        return False
    fixed = ((entry, tolerance) for entry, tolerance in judged.items() if not _is_random(other[entry]))
    return not any(differs(response[entry], other[entry], tolerance) for entry, tolerance in fixed)


def _tells(exercise: Exercise, other: Response, reference: Response) -> bool:
    """Whether a mistake is wrong in something that is the same each time: what is random only fits too much."""
    if RAISED in other or set(reference) - set(other):
        return True
    judged = _tolerances(exercise, reference)
    fixed = ((entry, tolerance) for entry, tolerance in judged.items() if not _is_random(other[entry]))
    return any(differs(other[entry], reference[entry], tolerance) for entry, tolerance in fixed)


def _exception(response: Response) -> tuple[object, str]:
    """Kind and text of what was raised; sizes in the text depend on the stimuli."""
    return response.get(RAISED), re.sub(r"\d+", "#", _raised_text(response))


def _raised_text(response: Response) -> str:
    return without_operation(str(response.get(RAISED_TEXT, "")))


def without_operation(text: str) -> str:
    """What an exception says, without the operation ("addmm: ") that some versions of torch name in front."""
    return re.sub(r"^[a-z_]+: ", "", text)


def _is_random(value: Value) -> bool:
    return isinstance(value, str) and value == RANDOM


def _findings(
    exercise: Exercise,
    response: Response,
    problems: Mapping[str, tuple[str, str]],
    named: tuple[str, str] | None,
    hidden: bool,
) -> list[Finding]:
    """The mistake's sentence if it has a name, else what was raised, else a sentence for each check."""
    mistake = named[0] if named else None
    if RAISED in response:
        finding_id, message = _raised(exercise, response)
        message = f"{named[1]} ({message})" if named else message
        findings = [Finding(f"{exercise.name}.{finding_id}", message, hidden, mistake)]
        # Autograd switched off, say, may be why it was raised.
        return findings + [
            Finding(f"{exercise.name}.{exercise.guard}", sentence, hidden, mistake)
            for effect, sentence in _GLOBALS.items()
            if response.get(f"{exercise.guard}.{effect}") == "False"
        ]
    findings = []
    for check in exercise.checks:
        if check.name in problems:
            entry, problem = problems[check.name]
            message = _sentence(check, entry, problem)
            # What a named mistake needs is said once, in front; its other traces stay short.
            message = f"{named[1]} ({message})" if named and not findings else message
            message = message if named else f"{message} {_ask(check, entry)}"
            findings.append(Finding(f"{exercise.name}.{check.name}", message, hidden, mistake))
    return findings


def _raised(exercise: Exercise, response: Response) -> tuple[str, str]:
    kind, text = str(response[RAISED]), str(response.get(RAISED_TEXT, ""))
    if kind == "NotDefined":
        return "not_defined", f"`{text}` is not defined yet. Has the cell above been filled in and run?"
    if kind == "NotImplementedError" and not text:
        return (
            "not_started",
            f"`{exercise.title}` is not filled in yet: its cell still says NotImplementedError.",
        )
    said = f"{kind}: {text.rstrip('.')}" if text else kind
    return (
        "raised",
        f"`{exercise.title}` stopped with {said}. Which of its lines says so, and what does it get?",
    )


def _sentence(check: Check, entry: str, problem: str) -> str:
    guard = _GLOBALS.get(entry.rsplit(".", 1)[-1])
    where = f" (for {entry.split('@', 1)[1]})" if "@" in entry else ""
    return guard or f"{check.what}{where}: {problem}."


def _ask(check: Check, entry: str) -> str:
    return "Which line does that?" if entry.rsplit(".", 1)[-1] in _GLOBALS else check.ask


def is_sound(response: Response) -> bool:
    """Whether a reference is fit to judge by: nothing raised, every number finite."""
    if RAISED in response:
        return False
    numbers = [value for value in response.values() if not isinstance(value, str)]
    return all(bool(torch.isfinite(_doubles(number)).all()) for number in numbers)

"""Probes of what decides: the moves of `xy_game`, and `should_train_discriminator`."""

from __future__ import annotations

from typing import Any

import torch

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone

LOSSES = (0.25, 0.5, 1.75)  # halves and quarters are the same number in float32 and float64


def probe_xy_game(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """A round of the cycle of six, then other starts and rates; whole numbers, far and near starts, no step at all."""
    start = [round(float(number), 2) for number in stimuli.uniform(0.5, 2, 2)]
    cases: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
        "a start of (1, 1)": ((1.0, 1.0, 6), {}),
        "another start": ((start[0], -start[1], 9), {}),
        "a learning rate of 0.5": ((-start[1], start[0], 7), {"lr": 0.5}),
        "a start far away": ((30.0 * start[0], -47.0, 7), {}),
        "a start close to (0, 0)": ((0.003 * start[0], -0.0047, 7), {}),
        "the same start and a rate of 0.02": ((-start[1], start[0], 7), {"lr": 0.02}),
    }
    if stimuli.hard:
        cases |= {
            "whole numbers": ((1, -2, 8), {}),
            "a learning rate of 0.1, by position": ((*start, 12, 0.1), {}),
            "no step": ((*start, 0), {}),
            "a learning rate of 1.5": ((*start, 5), {"lr": 1.5}),
            "a learning rate of 0": ((*start, 3), {"lr": 0.0}),
            "a start at (0, 0)": ((0.0, 0.0, 4), {}),
        }
    first = None
    for name, (arguments, settings) in cases.items():
        path = lab["xy_game"](*arguments, **settings)
        first = first or (path, _numbers(path, stimuli))
        response[f"form@{name}"] = _form(path)
        entry = "rate" if settings or len(arguments) > 3 else "path"
        response.put(f"{entry}@{name}", _numbers(path, stimuli))
    if first:
        kept = str(_numbers(first[0], stimuli)) == str(first[1])
        response["form.own"] = either(kept, "after other games, the first path is", "as it was", "another")


def _form(path: Any) -> str:
    """Type, length and contents of a path, in words."""
    if not isinstance(path, list):
        return type_name(path)
    kinds = {_pair(pair) for pair in path}
    return f"a list of {len(path)} {' and '.join(sorted(kinds))}"


def _pair(pair: Any) -> str:
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return f"entries that are no pairs ({type_name(pair)})"
    odd = sorted({type_name(number) for number in pair if not isinstance(number, float)})
    return f"pairs that hold {', '.join(odd)}" if odd else "pairs of floats"


def _numbers(path: Any, stimuli: Stimuli) -> Any:
    """The path as a tensor (steps + 1, 2), or what it is instead."""
    try:
        numbers = [[float(x), float(y)] for x, y in path]
    except (TypeError, ValueError):
        return type_name(path)
    return torch.tensor(numbers, dtype=stimuli.dtype).reshape(-1, 2)


def probe_should_train_discriminator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Losses below, above and at the threshold; as floats, then as tensors and whole numbers; near it and far."""
    decide = lab["should_train_discriminator"]
    numbers = [*LOSSES, *(float(number) for number in stimuli.uniform(0.05, 3, 4))]
    thresholds = [*LOSSES, float(stimuli.uniform(0.5, 2, 1))]
    for threshold in thresholds:
        for loss in numbers:
            found = decide(loss, threshold)
            name = f"a loss of {loss:.3g} and a threshold of {threshold:.3g}"
            equal = "equal" if loss == threshold else "answer"
            response[f"{equal}@{name}"] = _truth(found)
            response[f"type@{name}"] = _kind(found)
    for loss, threshold in ((0.25, 0.5), (0.5, 0.5), (1.75, 0.5)):
        tensor = torch.tensor(loss)
        found = decide(tensor, threshold)
        response[f"tensor@a loss of {loss} in a tensor"] = f"{_truth(found)}, a {_kind(found)}"
        response[f"tensor.input@a loss of {loss} in a tensor"] = left_alone(
            tensor, torch.tensor(loss), "the loss"
        )
    _put_with_graph(decide, response)
    pairs = [(0.49, 0.5), (0.51, 0.5), (0.49998, 0.5), (12.0, 0.5), (12.0, 20.0), (20.0, 12.0)]
    if stimuli.hard:
        pairs += [(0, 1), (2, 1), (1, 1), (-3.5, -2.0), (0.0, 0), (0.50002, 0.5), (300.0, 0.5), (0.0, 0.001)]
    for loss, threshold in pairs:
        name = f"a loss of {loss} and a threshold of {threshold}"
        response[f"{'equal' if loss == threshold else 'answer'}@{name}"] = _truth(decide(loss, threshold))


def _put_with_graph(decide: Any, response: Response) -> None:
    """A loss that backward is to be called on later: the answer may neither use up nor cut its graph."""
    leaf = torch.tensor(0.25, requires_grad=True)
    decide(leaf, 1)
    kept = leaf.requires_grad and leaf.grad is None and leaf.item() == 0.25
    response["tensor.flag@a loss that is a leaf"] = either(kept, "the loss is", "as it was", "changed")
    for what, threshold in (("a loss below the threshold", 1), ("a loss above the threshold", 0.25)):
        leaf = torch.tensor(0.25, requires_grad=True)
        loss = leaf * 2.0
        found = decide(loss, threshold)
        response[f"tensor@{what} that has a graph"] = f"{_truth(found)}, a {_kind(found)}"
        kept = loss.item() == 0.5 and loss.requires_grad and leaf.requires_grad and leaf.grad is None
        if kept:
            loss.backward()
            kept = leaf.grad is not None and leaf.grad.item() == 2.0
        response[f"tensor.graph@{what} that has a graph"] = either(
            kept, "the loss is", "as it was, with its graph", "changed"
        )


def _kind(found: Any) -> str:
    """The type of an answer; NumPy calls its own bool by the same name, and called it bool_ before version 2."""
    name = type_name(found)
    return "bool that is not Python's" if type(found) is not bool and name in ("bool", "bool_") else name


def _truth(found: Any) -> str:
    """What an answer means, whatever its type."""
    try:
        return str(bool(found))
    except (TypeError, ValueError, RuntimeError):
        return type_name(found)

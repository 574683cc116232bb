"""What is counted of a run of `run_style_transfer`, and what its signature says."""

from __future__ import annotations

import inspect
from typing import Any, Self

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from autograder.labs.style_transfer.scene import Witness
from autograder.marking.response import either

SLACK = 40  # evaluations that one step of L-BFGS may take beyond those asked for
SIGNATURE = (
    "model, content, style, content_layer, style_weights, "
    "steps=200, content_weight=1, style_weight=1000, tv_weight=0.1, init=None"
)


class Steps:
    """Counts the steps of all optimisers, and notes whether one of them takes several evaluations for a step."""

    def __enter__(self) -> Self:
        self.taken, self.searching = 0, False
        self._handle = register_optimizer_step_post_hook(self._count)
        return self

    def _count(self, optimizer: torch.optim.Optimizer, *_: Any) -> None:
        self.taken += 1
        self.searching |= isinstance(optimizer, torch.optim.LBFGS)

    def __exit__(self, *_: object) -> None:
        self._handle.remove()


def as_many(asked: int, counter: Steps, witness: Witness) -> str:
    """Whether the number of steps is the one asked for; L-BFGS counts evaluations, and has to finish its last one."""
    if counter.searching:
        fits = any(0.8 * asked < count <= asked + SLACK for count in (witness.images, witness.calls))
    else:
        # Who has no optimiser of torch.optim is counted by images, and may look at the last one once more.
        fits = counter.taken == asked if counter.taken else abs(witness.images - asked) <= 1
    return either(fits, f"asked for {asked} steps, it takes", "as many", "another number")


def defaults(function: Any) -> str:
    """The names of the arguments, in turn, with what they are unless told; a star of arguments tells nothing."""
    words = []
    for name, argument in inspect.signature(function).parameters.items():
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            return SIGNATURE
        default = argument.default
        number = isinstance(default, (int, float)) and not isinstance(default, bool)
        value = f"={default:g}" if number else f"={default}"
        words.append(name + ("" if default is argument.empty else value))
    return ", ".join(words)

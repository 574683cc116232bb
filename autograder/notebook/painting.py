"""Watches an image being optimised, whatever loop does it: a bar with the losses, their history, and frames."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Self

import torch
from torch import Tensor, equal, nn
from tqdm.auto import tqdm

FRAMES = 24


class Painting:
    """A progress bar around a loop that optimises an image through `model`.

        with Painting(model, steps, terms) as painting:
            result = run_style_transfer(model, ...)

    The model's first child sees each image that is evaluated with a gradient; an image that is evaluated twice in
    a row counts once. About 24 times, close together at first, `terms(image)` is asked for a dict of floats, for
    the bar and for `history` ("evaluation" and the names of `terms`, a list each), and the image is kept in
    `frames`, a list of (N, C, H, W) on the CPU in [0, 1]. The last image that was evaluated is always among them.
    """

    def __init__(
        self,
        model: nn.Module,
        steps: int,
        terms: Callable[[Tensor], dict[str, float]] | None = None,
        frames: int = FRAMES,
    ) -> None:
        self.model, self.steps, self.terms = model, steps, terms
        self.history: dict[str, list[float]] = {"evaluation": []}
        self.frames: list[Tensor] = []
        self._moments = moments(steps, frames)
        self._count, self._busy = 0, False
        self._last: Tensor | None = None

    def __enter__(self) -> Self:
        self._bar = tqdm(total=self.steps, disable="NBGRADER_EXECUTION" in os.environ)
        first = next(self.model.children(), self.model)
        self._hook = first.register_forward_pre_hook(self._watch)
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        self._hook.remove()
        try:
            if error is None and self._last is not None and self.history["evaluation"][-1] != self._count:
                self._look(self._last)
        finally:
            self._bar.close()

    def _watch(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Called with every image, right before the network sees it."""
        image = inputs[0]
        if self._busy or not (torch.is_grad_enabled() and image.requires_grad):
            return
        if self._last is not None and equal(image, self._last):
            return
        self._last = last = image.detach().clone()
        self._count += 1
        self._bar.update()
        if self._count in self._moments:
            self._look(last)

    def _look(self, image: Tensor) -> None:
        """Keep a frame, and the losses of `image`, which cost another pass through the network."""
        self.frames.append(image.clamp(0, 1).cpu())
        self.history["evaluation"].append(self._count)
        self._busy = True
        try:
            with torch.no_grad():
                losses = self.terms(image) if self.terms else {}
        finally:
            self._busy = False
        for name, loss in losses.items():
            self.history.setdefault(name, []).append(float(loss))
        self._bar.set_postfix({name: f"{float(loss):.3g}" for name, loss in losses.items()})


def moments(steps: int, frames: int) -> set[int]:
    """Which evaluations of 1 … `steps` are kept: at most `frames`, the first and the last among them."""
    gaps = max(1, frames - 1)
    return {1 + round((steps - 1) * (index / gaps) ** 2) for index in range(frames)}

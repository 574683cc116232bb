"""Looks at the settings of a style transfer before it begins: a sentence now is better than noise after a minute."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from numbers import Real
from typing import Any

import torch
from torch import Tensor, nn

from autograder.errors import PlainError

LEAST = 16  # pixels each way: pooling leaves nothing of fewer


class SettingError(PlainError):
    """A setting that can't work; the message says what to change."""


def check_settings(
    model: nn.Sequential,
    content: Tensor,
    style: Tensor,
    content_layer: str,
    style_weights: Mapping[str, float],
    steps: int = 200,
    content_weight: float = 1.0,
    style_weight: float = 1e3,
    tv_weight: float = 0.1,
    init: Tensor | None = None,
) -> None:
    """Raise SettingError where `run_style_transfer` could not make a picture of these; takes what it takes."""
    _check_image("content", content)
    _check_image("style", style)
    if init is not None:
        _check_image("init", init)
        if init.shape != content.shape:
            shapes = f"{tuple(init.shape)} and {tuple(content.shape)}"
            raise SettingError(
                f"init and content should have the same shape; they have {shapes}. Resize init."
            )
    names = [name for name, _ in model.named_children()]
    _check_layer("content_layer", content_layer, names)
    if not isinstance(style_weights, Mapping) or not style_weights:
        raise SettingError('style_weights is a dict, layer -> weight, such as {"relu1_1": 1.0}; fill it.')
    for layer, weight in style_weights.items():
        _check_layer("A key of style_weights", layer, names)
        _check_weight(f"style_weights[{layer!r}]", weight)
    for name, weight in zip(
        ("content_weight", "style_weight", "tv_weight"),
        (content_weight, style_weight, tv_weight),
        strict=True,
    ):
        _check_weight(name, weight)
    if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
        raise SettingError(f"steps is a whole number from 1; got {steps!r}.")


def _check_image(name: str, image: Any) -> None:
    if not isinstance(image, Tensor):
        what = type(image).__name__
        raise SettingError(f"{name} is a tensor, as load_photo returns it; got one of type {what}.")
    if image.ndim != 4 or image.shape[:2] != (1, 3):
        shape = tuple(image.shape)
        raise SettingError(f"{name} has shape {shape}; it should be one colour image, (1, 3, height, width).")
    if min(image.shape[2:]) < LEAST:
        height, width = image.shape[2:]
        raise SettingError(f"{name} has {height}x{width} pixels; use an image of at least {LEAST} each way.")
    if not image.is_floating_point():
        raise SettingError(f"{name} is of dtype {image.dtype}; divide bytes by 255 to get floats in [0, 1].")
    if not torch.isfinite(image).all():
        raise SettingError(f"{name} holds NaN or infinite numbers; load or make it again.")
    if image.min() < 0 or image.max() > 1:
        low, high = image.min().item(), image.max().item()
        raise SettingError(f"{name} holds values from {low:.3g} to {high:.3g}; bring it into [0, 1].")


def _check_layer(name: str, layer: Any, known: Collection[str]) -> None:
    if layer not in known:
        raise SettingError(
            f"{name} is {layer!r}, which the model does not have; choose one of {', '.join(known)}."
        )


def _check_weight(name: str, weight: Any) -> None:
    if isinstance(weight, bool) or not isinstance(weight, Real):
        raise SettingError(f"{name} is a number; got {weight!r}.")
    if math.isnan(weight) or math.isinf(weight) or weight < 0:
        raise SettingError(
            f"{name} is {weight:g}; a weight is a finite number from 0 up (0 leaves the term out)."
        )

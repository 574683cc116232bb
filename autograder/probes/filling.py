"""Gives a student's network known weights, whatever its layers are called and however they are ordered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _NormBase

Change = Callable[[Tensor], Tensor]
Norms = dict[int, dict[str, Tensor]]


class Filled(NamedTuple):
    """A known tensor found in a network: the parameter that holds it, and how to bring that back to its form."""

    parameter: nn.Parameter
    back: Change


class _Form(NamedTuple):
    """One way in which a network may keep a known tensor."""

    known: int  # index of the known tensor
    there: Change
    back: Change
    own: bool  # whether it is the form that the tensor itself has


def fill(module: nn.Module, known: Sequence[Tensor], norms: Norms | None = None) -> dict[int, Filled]:
    """Fill a network with `known` tensors; says by index where each was put, for those that were found.

    A parameter is recognised by its shape, so all weights' shapes must differ. A linear weight may be kept as
    (in, out), a bias as a row, a kernel as the matrix of a linear layer that sees the whole map. `norms` maps a
    number of channels to what BatchNorm layers of that width get (weight, bias, running_mean, running_var).
    What is not recognised gets numbers that depend on its shape alone.
    """
    forms: dict[tuple[int, ...], list[_Form]] = {}
    for index, tensor in enumerate(known):
        for shape, known_form in _forms(index, tensor):
            forms.setdefault(shape, []).append(known_form)
    found: dict[int, Filled] = {}
    normalised = _fill_norms(module, norms or {})
    parameters = [p for p in module.parameters() if not any(p is norm for norm in normalised)]
    shapes = [_shape(parameter) for parameter in parameters]
    with torch.no_grad():
        for turn, (parameter, shape) in enumerate(zip(parameters, shapes, strict=True)):
            form = _choose(forms.get(shape, []), shapes.count(shape), shapes[:turn].count(shape))
            if form is None:
                parameter.copy_(_strangers(tuple(parameter.shape)))
                continue
            parameter.copy_(form.there(known[form.known]).reshape(parameter.shape))
            found[form.known] = Filled(parameter, form.back)
    return found


def _shape(parameter: Tensor) -> tuple[int, ...]:
    """A convolution with a kernel of 1 is a linear layer whose weight has more dimensions."""
    shape = tuple(parameter.shape)
    return shape[:2] if len(shape) > 2 and set(shape[2:]) == {1} else shape


def _forms(index: int, tensor: Tensor) -> Iterator[tuple[tuple[int, ...], _Form]]:
    """The shapes that a known tensor may have in a network."""
    whole = tuple(tensor.shape)
    changes: list[tuple[Change, Change]] = [(lambda t: t, lambda p: p.reshape(whole))]
    if tensor.ndim == 1:
        changes += [(lambda t: t[None], lambda p: p.reshape(whole))]
    elif tensor.ndim == 2:
        changes += [(lambda t: t.t(), lambda p: p.reshape(whole[::-1]).t())]
    else:
        matrix = (whole[0], tensor[0].numel())
        changes += [(lambda t: t.flatten(1), lambda p: p.reshape(whole))]
        changes += [(lambda t: t.flatten(1).t(), lambda p: p.reshape(matrix[::-1]).t().reshape(whole))]
    seen: set[tuple[int, ...]] = set()
    for there, back in changes:
        shape = tuple(there(tensor).shape)
        if shape not in seen:
            seen.add(shape)
            yield shape, _Form(index, there, back, own=shape == whole)


def _choose(forms: Sequence[_Form], same_shape: int, turn: int) -> _Form | None:
    """As many parameters as tensors of a shape: one after the other; else the tensor that has this shape itself."""
    if not forms:
        return None
    if len(forms) == same_shape:
        return forms[turn]
    return next((form for form in forms if form.own), forms[0])


def _fill_norms(module: nn.Module, norms: Norms) -> list[nn.Parameter]:
    """Give the BatchNorm layers of a known width their numbers; returns their parameters."""
    filled = []
    for layer in module.modules():
        if isinstance(layer, _NormBase) and layer.num_features in norms:
            for name, value in norms[layer.num_features].items():
                tensor = getattr(layer, name)
                if tensor is not None:
                    with torch.no_grad():
                        tensor.copy_(value)
            filled += list(layer.parameters())
    return filled


def _strangers(shape: tuple[int, ...]) -> Tensor:
    fan_in = int(np.prod(shape[1:])) if len(shape) > 1 else 4
    random = np.random.RandomState(sum((i + 1) * size for i, size in enumerate(shape)) % 2**31)
    return torch.from_numpy(random.normal(0, 1 / fan_in**0.5, shape))

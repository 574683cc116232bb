"""Stimuli: the inputs and tiny networks that a probe shows to student code, all made from one seed.

They come from NumPy's RandomState, whose stream is frozen, never from torch's random numbers, which differ
between builds and would tie a mark to the order in which a student creates layers.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn


class Stimuli:
    """A source of stimuli. `hard` adds the ones that only the hidden run shows."""

    def __init__(self, seed: int, dtype: torch.dtype, hard: bool) -> None:
        self.random = np.random.RandomState(seed)
        self.dtype = dtype
        self.hard = hard

    def tensor(self, values: np.ndarray | Sequence) -> Tensor:
        """The values in the working dtype; through float32, so that student and reference see the same."""
        return torch.from_numpy(np.asarray(values, dtype=np.float32).copy()).to(self.dtype)

    def normal(self, *shape: int, scale: float = 1.0) -> Tensor:
        """N(0, scale²) numbers of that shape."""
        return self.tensor(self.random.normal(0, scale, shape))

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Uniform numbers in [low, high) of that shape."""
        return self.tensor(self.random.uniform(low, high, shape))

    def integer(self) -> int:
        """A number to seed something with."""
        return int(self.random.randint(2**31 - 1))

    def strided(self, *shape: int) -> Tensor:
        """N(0, 1) numbers that do not lie one after the other in memory (shape of two dimensions)."""
        rows, columns = shape
        return self.normal(columns, rows).t()

    def layers(self, sizes: Sequence[int]) -> list[tuple[Tensor, Tensor]]:
        """Weight (out, in) and bias (out,) of a perceptron with these layer sizes, large enough to matter."""
        pairs = zip(sizes[:-1], sizes[1:], strict=True)
        return [(self.normal(out, n, scale=1.5 / n**0.5), self.normal(out, scale=0.5)) for n, out in pairs]

    def perceptron(self, sizes: Sequence[int], *last: nn.Module) -> nn.Sequential:
        """A tiny network with Tanh between its linear layers, without dropout, filled from the seed."""
        modules: list[nn.Module] = []
        for weight, bias in self.layers(sizes):
            linear = nn.Linear(weight.shape[1], weight.shape[0])
            with torch.no_grad():
                linear.weight.copy_(weight)
                linear.bias.copy_(bias)
            modules += [linear, nn.Tanh()]
        return nn.Sequential(*modules[:-1], *last)


def fill(module: nn.Module, layers: Sequence[tuple[Tensor, Tensor]]) -> None:
    """Give a student's network known weights, whatever its layers are called and however they are ordered.

    A parameter is recognised by its shape, also where a weight is kept as (in, out) or a bias as a row, so
    all weights' shapes must differ. What is not recognised gets numbers that depend on its shape alone.
    """
    known: dict[tuple[int, ...], Tensor] = {}
    for weight, bias in layers:
        known[tuple(weight.t().shape)] = weight.t()
        known[(1, *bias.shape)] = bias[None]
        known[tuple(bias.shape)] = bias
    # Last, so that a bias as a row (1, out) never hides a weight of that shape.
    known.update({tuple(weight.shape): weight for weight, _ in layers})
    with torch.no_grad():
        for parameter in module.parameters():
            shape = tuple(parameter.shape)
            # A convolution with a kernel of 1 is a linear layer whose weight has another dimension.
            value = known.get(shape[:2] if set(shape[2:]) == {1} else shape)
            parameter.copy_(_strangers(shape) if value is None else value.reshape(shape))


def _strangers(shape: tuple[int, ...]) -> Tensor:
    fan_in = shape[-1] if len(shape) > 1 else 4
    random = np.random.RandomState(sum((i + 1) * size for i, size in enumerate(shape)) % 2**31)
    return torch.from_numpy(random.normal(0, 1 / fan_in**0.5, shape))


def weights(module: nn.Module) -> Tensor:
    """All parameters, one after the other."""
    return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])


def gradients(module: nn.Module) -> Tensor | str:
    """All gradients, one after the other, or "None" where one is missing."""
    found = [parameter.grad for parameter in module.parameters()]
    if any(gradient is None for gradient in found):
        return "None"
    return torch.cat([gradient.detach().flatten() for gradient in found])


def set_gradients(module: nn.Module, value: float) -> None:
    """Leave a gradient behind in every parameter, as an earlier step would."""
    for parameter in module.parameters():
        parameter.grad = torch.full_like(parameter, value)


def flags(module: nn.Module) -> str:
    """Training mode and requires_grad of a network, in words."""
    frozen = sum(not parameter.requires_grad for parameter in module.parameters())
    return f"training={module.training}, frozen parameters={frozen}"

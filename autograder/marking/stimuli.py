"""Stimuli: the inputs and tiny networks that a probe shows to student code, all made from one seed.

They come from NumPy's RandomState, whose stream is frozen, never from torch's random numbers, which differ
between builds and would tie a mark to the order in which a student creates layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn


class Stimuli:
    """A source of stimuli. `hard` adds the ones that only the hidden run shows."""

    def __init__(self, seed: int, dtype: torch.dtype, hard: bool) -> None:
        self.random = np.random.RandomState(seed)
        self.dtype = dtype
        self.hard = hard

    def tensor(self, values: npt.ArrayLike) -> Tensor:
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
        pairs = pairwise(sizes)
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

"""Known weights for which a gradient does not hang on the last bits of a float32 number."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.marking.stimuli import Stimuli

Layers = list[tuple[Tensor, Tensor]]
KINK = 1e-4  # of ReLU: float32 misses a unit's value by some 1e-6, and on the other side its gradient is another one
LARGEST = 4.0  # output: there 1 - sigmoid is 0.018, which float32 knows to 3e-6 of itself


def steady_layers(stimuli: Stimuli, sizes: Sequence[int], inputs: Tensor) -> Layers:
    """Weights and biases of a perceptron with ReLU for these inputs (N, sizes[0]), drawn again until they are steady.

    No unit is closer to its kink than `KINK`; the last layer is made smaller until no output is beyond ±`LARGEST`,
    so that a sigmoid behind it does not saturate. Decided in float64, so student and reference get the same layers.
    """
    while True:
        layers = stimuli.layers(sizes)
        with torch.no_grad():
            closest, largest = _extremes(layers, inputs)
        if closest >= KINK:
            return [*layers[:-1], _scaled(layers[-1], min(1.0, LARGEST / largest))]


def _extremes(layers: Layers, inputs: Tensor) -> tuple[float, float]:
    """How close a hidden unit comes to 0, and the largest output, both without their signs."""
    values, closest = inputs.double(), float("inf")
    for turn, (weight, bias) in enumerate(layers):
        if turn:
            closest = min(closest, float(values.abs().min()))
            values = values.relu()
        values = values @ weight.double().t() + bias.double()
    return closest, float(values.abs().max())


def _scaled(layer: tuple[Tensor, Tensor], factor: float) -> tuple[Tensor, Tensor]:
    """Through float32, as all stimuli."""
    weight, bias = ((tensor.double() * factor).float().to(tensor.dtype) for tensor in layer)
    return weight, bias

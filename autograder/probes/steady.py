"""Known weights for which a gradient does not hang on the last bits of a float32 number."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from autograder.marking.stimuli import Stimuli

Layers = list[tuple[Tensor, Tensor]]
KINK = 1e-4  # of ReLU: float32 misses a unit's value by some 1e-6, and on the other side its gradient is another one
MOST_FELT = 3.0  # 2e-7 of it is a third of the absolute tolerance of a network's output
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


def far_inputs(stimuli: Stimuli, layers: Layers, rows: int, scale: float) -> Tensor:
    """Inputs (rows, n) far out, drawn again until a sigmoid behind these layers hardly feels float32's rounding.

    A sum of terms as large as these is missed by some 2e-7 of their sizes, which a sigmoid passes on by its slope. A
    network without one takes the same inputs.
    """
    while True:
        inputs = stimuli.normal(rows, layers[0][0].shape[1], scale=scale)
        with torch.no_grad():
            *_, hidden, last = _sums(layers, inputs)
            weight, bias = (tensor.double().abs() for tensor in layers[-1])
            slope = torch.sigmoid(last) * torch.sigmoid(-last)
            felt = (hidden.relu() @ weight.t() + bias) * slope
        if float(felt.max()) <= MOST_FELT:
            return inputs


def _extremes(layers: Layers, inputs: Tensor) -> tuple[float, float]:
    """How close a hidden unit comes to 0, and the largest output, both without their signs."""
    *hidden, last = _sums(layers, inputs)
    return min(float(sums.abs().min()) for sums in hidden), float(last.abs().max())


def _sums(layers: Layers, inputs: Tensor) -> list[Tensor]:
    """What each layer adds up to, in float64; ReLU lies between them."""
    values, found = inputs.double(), []
    for weight, bias in layers:
        found.append(values @ weight.double().t() + bias.double())
        values = found[-1].relu()
    return found


def _scaled(layer: tuple[Tensor, Tensor], factor: float) -> tuple[Tensor, Tensor]:
    """Through float32, as all stimuli."""
    weight, bias = ((tensor.double() * factor).float().to(tensor.dtype) for tensor in layer)
    return weight, bias

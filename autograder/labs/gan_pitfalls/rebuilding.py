"""What tells the error of an autoencoder's reconstruction from other costs, whatever its layers are."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli

FEATURES = 11  # unlike any size that a student would choose for a layer in between
TURNS = 8  # fillings; with some a ReLU lets nothing through


def fill(network: nn.Module, turn: int, scale: float = 0.6) -> None:
    """Random weights of their own: the layers are the student's, and the stimuli don't depend on them."""
    random = np.random.RandomState(turn)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.from_numpy(random.normal(0, scale, parameter.shape)))


def empty(network: nn.Module) -> None:
    """All parameters 0."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()


def put_linear(network: nn.Module, stimuli: Stimuli, response: Response) -> None:
    """An autoencoder with an output bias b alone rebuilds a multiple of b, if its last layer is linear.

    The cost of a sample at 0 is then the same for b and -b, and 90000 times as large for 300 b; a sample at b costs
    less than with b = 0.
    """
    wanted, sample = stimuli.normal(FEATURES, scale=2.0), torch.zeros(1, FEATURES, dtype=stimuli.dtype)
    linear, towards = [], []
    for bias, cost in _output_biases(network, wanted, sample):
        others = [_alone(network, bias, factor * wanted, sample) for factor in (-1, 300)]
        expected = torch.stack((cost, 9e4 * cost))
        even = bool(torch.isclose(torch.stack(others), expected, rtol=1e-4).all())
        nearer = bool(_alone(network, bias, wanted, wanted[None]) < wanted.square().mean())
        linear.append(even)
        towards.append(nearer)
    # A last layer without a bias is as good; then no parameter alone changes anything.
    response["linear"] = either(all(linear), "the last layer is", "linear", "not linear")
    response["linear.towards"] = either(
        all(towards), "what is rebuilt costs", "less than before", "no less than before"
    )


def _output_biases(network: nn.Module, wanted: Tensor, sample: Tensor) -> list[tuple[nn.Parameter, Tensor]]:
    """The parameters that change the cost of a sample at 0 when they alone are not 0, and that cost."""
    network(sample)
    costs = [(bias, _alone(network, bias, wanted, sample)) for bias in _biases(network)]
    return [(bias, cost) for bias, cost in costs if bool(cost != 0)]


def _alone(network: nn.Module, bias: nn.Parameter, value: Tensor, samples: Tensor) -> Tensor:
    """The sum of costs with all parameters 0 but one."""
    empty(network)
    with torch.no_grad():
        bias.copy_(value.reshape(bias.shape))
        return torch.as_tensor(network(samples)).sum()


def _biases(network: nn.Module) -> list[nn.Parameter]:
    """The parameters that might be the output's bias."""
    return [p for p in network.parameters() if p.shape in ((FEATURES,), (1, FEATURES))]


def put_error(network: nn.Module, samples: Tensor, response: Response) -> None:
    """A mean of squares of (something + k · output bias - sample): the bias's gradient tells how large it is.

    With the error e, the cost is e·e / n and its gradient for the bias is 2k e / n: the cost is n / 4k² of the squared
    length. What the bias costs alone, at a sample of 0, tells k.
    """
    network.eval()
    wanted, fits = torch.linspace(-2, 3, FEATURES).to(samples.dtype), []
    for bias, alone in _output_biases(network, wanted, torch.zeros_like(samples[:1])):
        factor = FEATURES / 4 * wanted.square().mean() / alone
        agreed = True
        for turn in range(3):
            fill(network, turn)
            cost = network(samples)
            told = torch.stack([_squared_gradient(each, bias) for each in cost]) * factor
            agreed &= bool(torch.isclose(cost, told, rtol=1e-3, atol=1e-5).all())
        fits.append(agreed)
    right = any(fits) or not fits
    response["empty.error"] = either(
        right,
        "with any weights, the cost is",
        "the error of a reconstruction alone",
        "something else as well",
    )


def _squared_gradient(cost: Tensor, parameter: nn.Parameter) -> Tensor:
    if not parameter.requires_grad or not cost.requires_grad:
        return torch.full_like(cost, torch.nan)
    (gradient,) = torch.autograd.grad(cost, parameter, retain_graph=True, allow_unused=True)
    return torch.zeros_like(cost) if gradient is None else gradient.square().sum()


def put_slopes(network: nn.Module, samples: Tensor, response: Response) -> None:
    """Autograd's gradients against slopes that are measured: what is detached on the way shows."""
    network(samples)
    network.eval()
    try:  # in float64 a small step tells a slope to many digits
        network.double()(samples.double())
        samples, step = samples.double(), 1e-6
    except RuntimeError:
        network.float()
        step = 1e-2
    right = {"gradient": 0, "weights": 0}
    for turn in range(TURNS):
        fill(network, turn)
        for what, (told, measured) in _slopes(network, samples, step).items():
            right[what] += abs(told - measured) <= 0.03 * abs(measured) + 1e-3
    for what, count in right.items():
        agreed = count >= TURNS - 2  # a step may cross the kink of a ReLU
        response[f"{what}.slope"] = either(
            agreed, "the gradient", "is the slope of the cost", "is not the slope of the cost"
        )


def _slopes(network: nn.Module, samples: Tensor, step: float) -> dict[str, tuple[float, float]]:
    """For the samples and for the weights: the slope in a random direction, told by autograd and measured."""
    random = np.random.RandomState(1)
    leaf = samples.clone().requires_grad_()
    trained: list[Tensor] = [parameter for parameter in network.parameters() if parameter.requires_grad]
    network.zero_grad()
    cost = network(leaf)
    if cost.requires_grad:
        cost.sum().backward()
    found: dict[str, tuple[float, float]] = {}
    for what, tensors in (("gradient", [leaf]), ("weights", trained)):
        ways = [torch.from_numpy(random.normal(size=tuple(t.shape))).to(t.dtype) for t in tensors]
        pairs = list(zip(tensors, ways, strict=True))
        told = sum(float((t.grad * way).sum()) for t, way in pairs if t.grad is not None)
        sums = []
        for sign in (1, -2, 1):
            with torch.no_grad():
                for tensor, way in pairs:
                    tensor += sign * step * way
                sums.append(float(network(leaf).sum()))
        found[what] = (told, (sums[0] - sums[1]) / (2 * step))
    return found


def put_reach(network: nn.Module, samples: Tensor, response: Response) -> None:
    """What an autoencoder can rebuild: with some weights it comes nearer than others can with any.

    A single number for all coordinates leaves at least their variance, numbers that are never negative at least the
    negative coordinates' squares, numbers up to 1 the squares of what lies beyond.
    """
    network(samples)
    bounds = {
        "coordinates that differ": samples.var(dim=1, correction=0),
        "negative numbers": samples.clamp(max=0).square().mean(dim=1),
        "numbers beyond 1": (samples.abs() - 1).clamp(min=0).square().mean(dim=1),
    }
    reached = set()
    for turn in range(60):
        fill(network, turn, scale=0.6 / 2 ** (turn % 4))
        cost = network(samples)
        if isinstance(cost, Tensor) and cost.shape == samples.shape[:1]:
            reached |= {name for name, bound in bounds.items() if bool((cost < 0.999 * bound).any())}
    for name in bounds:
        response[f"linear@{name}"] = either(
            name in reached, "they can be", "rebuilt", "rebuilt by no weights"
        )

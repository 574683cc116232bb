"""What a student's network answers once it holds known weights: form, values, both modes, gradients."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, equal, nn
from torch.nn.parameter import is_lazy

from autograder.marking.response import Response, either, type_name, unchanged
from autograder.probes.filling import Filled

MOST = 400  # numbers of an output that are recorded as they are


def put_mode(network: nn.Module, response: Response) -> None:
    """Which mode a new network is in, and whether all of it can learn."""
    mode = either(network.training, "a new network is in", "training mode", "evaluation mode")
    response["layers.mode"] = mode
    frozen = sum(not parameter.requires_grad for parameter in network.parameters())
    response["layers.frozen"] = f"parameters that can't learn: {frozen or 'none'}"


def put_size(network: nn.Module, example: Tensor, name: str, response: Response) -> None:
    """How many numbers a network learns: layers that are not asked for show here, and defaults that were changed."""
    if any(is_lazy(parameter) for parameter in network.parameters()):
        network(example)
    count = sum(parameter.numel() for parameter in network.parameters())
    response[f"layers.size@{name}"] = f"{count} numbers to learn"


def put_outputs(network: nn.Module, batches: dict[str, Tensor], response: Response) -> None:
    """Forms and values of the outputs, in the mode that the network is in; batches by what they are called."""
    for name, batch in batches.items():
        before = batch.clone()
        output = network(batch)
        response[f"output@{name}"] = response.form(output)
        response.put(f"layers@{name}", digest(output))
        response[f"layers.input@{name}"] = unchanged(batch, before)
    again = isinstance(output, Tensor) and equal(output, network(batch))
    repeats = either(again, "the same input gives", "the same output", "another output")
    response["layers.repeats"] = repeats if network.training else f"in evaluation mode {repeats}"


def put_range(output: object, low: float, high: float, response: Response) -> None:
    """Whether an output keeps to its range."""
    if not isinstance(output, Tensor):
        response["output.range"] = f"the outputs are of type {type_name(output)}"
        return
    inside = bool((output >= low).all() and (output <= high).all())
    between = f"between {low:g} and {high:g}"
    response["output.range"] = either(inside, "the outputs are", f"all {between}", f"not all {between}")


def put_gradients(
    network: nn.Module, batch: Tensor, known: Sequence[Tensor], found: dict[int, Filled], response: Response
) -> None:
    """Gradients of a sum of squares: of the input, and of the known weights (not the biases), wherever they are."""
    batch = batch.clone().requires_grad_()
    network.zero_grad()
    output = network(batch)
    if not isinstance(output, Tensor) or not output.requires_grad:
        response["gradient"] = "no gradient flows through it"
        return
    output.square().sum().backward()
    response.put("gradient.input", "no gradient" if batch.grad is None else digest(batch.grad))
    weights = [index for index, tensor in enumerate(known) if tensor.ndim > 1]
    for layer, index in enumerate(weights):
        gradient = _gradient(found.get(index))
        shape = tuple(known[index].shape)
        words = f"no gradient for a weight of shape {shape}"
        response.put(f"gradient[{layer}]@layer {layer + 1}", words if gradient is None else _sums(gradient))


def _gradient(filled: Filled | None) -> Tensor | None:
    """The gradient of a known weight, in the form of the known tensor."""
    return None if filled is None or filled.parameter.grad is None else filled.back(filled.parameter.grad)


def _sums(gradient: Tensor) -> Tensor:
    """Sums along both first dimensions: enough to tell gradients apart, and a short response."""
    gradient = gradient.flatten(2).sum(dim=2) if gradient.ndim > 2 else gradient
    return torch.cat((gradient.sum(dim=0), gradient.sum(dim=1)))


def digest(output: object) -> object:
    """An output as it is where it is short; of large images some pixels and some means of rows and columns."""
    if not isinstance(output, Tensor) or output.numel() <= MOST or output.ndim != 4:
        return output
    parts = output[..., ::9, ::7], output.mean(dim=2)[..., ::5], output.mean(dim=3)[..., ::5]
    return torch.cat([part.flatten() for part in parts])

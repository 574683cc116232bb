"""Probes of what works on pixels: `Normalization` and `tv_loss`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone, put_added_gradient, put_plain_call
from autograder.probes.losses import put_gradients, put_loss

MEAN, STD = (0.49, 0.46, 0.41), (0.23, 0.22, 0.26)
TV = ("value", "gradient", "input")


def probe_normalization(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Images of several shapes, mean and std as lists, tuples and tensors; then gradient, parameters, device."""
    mean, std = stimuli.tensor(MEAN), stimuli.tensor(STD)
    five = stimuli.uniform(-1, 1, 5), stimuli.uniform(0.2, 3, 5)
    cases: dict[str, tuple[Sequence[float] | Tensor, Sequence[float] | Tensor, Tensor]] = {
        "mean and std as tensors": (mean, std, stimuli.uniform(0, 1, 1, 3, 5, 4)),
        "mean and std as lists": (list(MEAN), list(STD), stimuli.uniform(0, 1, 2, 3, 4, 6)),
        "an image that is not contiguous": (MEAN, STD, crooked(stimuli, 2, 3, 5, 4)),
    }
    if stimuli.hard:
        cases |= {
            "5 channels": (*five, stimuli.normal(3, 5, 2, 6)),
            "one channel": ([0.5], [0.25], stimuli.uniform(0, 1, 2, 1, 4, 5)),
            "three images of 3x3 pixels": (mean, std, stimuli.uniform(0, 1, 3, 3, 3, 3)),
            "whole numbers": ([0, 1, 2], [1, 2, 4], stimuli.normal(1, 3, 4, 3)),
        }
    for name, (its_mean, its_std, image) in cases.items():
        _put_normalised(lab["Normalization"], its_mean, its_std, image, name, response)
    _put_again(lab["Normalization"], stimuli, response)
    _put_module(lab["Normalization"](MEAN, STD), stimuli.uniform(0, 1, 2, 3, 4, 5), response)


def _put_normalised(
    normalization: Callable[..., Any],
    mean: Sequence[float] | Tensor,
    std: Sequence[float] | Tensor,
    image: Tensor,
    name: str,
    response: Response,
) -> None:
    before = image.clone(), torch.as_tensor(mean).clone(), torch.as_tensor(std).clone()
    output = normalization(mean, std)(image)
    response[f"form@{name}"] = response.form(output)
    response.put(f"value@{name}", output)
    response[f"form.input@{name}"] = left_alone(image, before[0], "the image")
    numbers = torch.cat((torch.as_tensor(mean), torch.as_tensor(std)))
    response[f"form.given@{name}"] = unchanged(numbers, torch.cat(before[1:]), "mean or std")


def _put_again(normalization: Callable[..., Any], stimuli: Stimuli, response: Response) -> None:
    """Two modules side by side, each asked several times, in evaluation mode too; results are read at the end."""
    modules = normalization(MEAN, STD), normalization([0.1, 0.2, 0.3], [0.9, 0.8, 0.7])
    results = {}
    for turn, shape in enumerate(((2, 3, 4, 5), (2, 3, 4, 5), (1, 3, 6, 4)), 1):
        for which, module in zip(("one", "another"), modules, strict=True):
            results[f"{which} of two modules, call {turn}"] = module(stimuli.uniform(0, 1, *shape))
    modules[0].eval()
    results["a module in evaluation mode"] = modules[0](stimuli.uniform(0, 1, 1, 3, 4, 4))
    for name, result in results.items():
        grown = isinstance(result, Tensor) and result.ndim != 4  # at each call by some dimensions
        response.put(f"value@{name}", response.form(result) if grown else result)


def _put_module(module: Any, image: Tensor, response: Response) -> None:
    """What it does as a module: gradients, parameters, and whether it moves as a whole."""
    leaf = image.clone().requires_grad_()
    for name, chosen in {"the sum of sines": leaf, "the sum of sines of one image": leaf[:1]}.items():
        output = module(chosen)
        leaf.grad = None
        output = output.sin().sum() if isinstance(output, Tensor) else output
        put_gradients(output, {"image": leaf}, "gradient", name, response)
    trained = sum(tensor.requires_grad for tensor in (*module.parameters(), *module.buffers()))
    response["parameters"] = f"{trained or 'no'} tensors would be trained"
    # A device that any machine has, and that, like a GPU, refuses tensors of the CPU.
    response["device@the device “meta”"] = _elsewhere(module, image)


def _elsewhere(module: Any, image: Tensor) -> str:
    try:
        # As part of a model: `.to` then reaches the module's tensors, and not a method of its own.
        output = torch.nn.Sequential(module).to("meta")(image.to("meta"))
    except (RuntimeError, NotImplementedError) as error:
        # To look at the values, which "meta" does not have, is no fault.
        moved = "item()" in str(error) or "out of meta tensor" in str(error)
        return "the result is on meta" if moved else f"it stops with {type_name(error)}"
    return f"the result is on {output.device}" if isinstance(output, Tensor) else type_name(output)


def probe_tv_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Images that are higher than wide and wider than high, one and two at a time; then the smallest ones."""
    loss = lab["tv_loss"]
    cases = {
        "one image of 5x3 pixels": stimuli.normal(1, 3, 5, 3),
        "another image of 5x3 pixels": stimuli.normal(1, 3, 5, 3),
        "two images of 4x7 pixels": stimuli.normal(2, 3, 4, 7),
    }
    if stimuli.hard:
        cases |= {
            "three channels of 6x6 pixels": stimuli.normal(1, 3, 6, 6),
            "two grey images": stimuli.normal(2, 1, 3, 8),
            "three images of five channels": stimuli.normal(3, 5, 9, 10),
            "stripes": stimuli.normal(2, 3, 1, 5).expand(2, 3, 6, 5).clone(),
            "a single colour": stimuli.normal(1, 3, 1, 1).expand(1, 3, 4, 5).clone(),
        }
    for name, image in cases.items():
        put_loss(loss, {"image": image}, TV, name, response)
    put_plain_call(loss, {"image": stimuli.normal(1, 3, 4, 4)}, "input", "a plain image", response)
    put_added_gradient(loss, stimuli.normal(1, 2, 3, 4), "gradient", "an image that has a gradient", response)
    edges = {"an image that is not contiguous": crooked(stimuli, 2, 3, 4, 6)}
    edges["two rows of 5 pixels"] = stimuli.normal(1, 3, 2, 5)
    edges["2x2 pixels"] = stimuli.normal(2, 2, 2, 2)
    for name, image in edges.items():
        put_loss(loss, {"image": image}, ("edges", "edges", "input"), name, response)


def crooked(stimuli: Stimuli, *shape: int) -> Tensor:
    """N(0, 1) numbers (N, C, H, W) whose rows do not lie one after the other in memory."""
    n, c, h, w = shape
    return stimuli.normal(w, n, h, c).permute(1, 3, 2, 0)

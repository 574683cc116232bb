"""Probe of `get_features`: small networks with names, whose ReLUs work in place."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Any, cast

import torch
from torch import Tensor, equal, nn

from autograder.labs.style_transfer.pixels import crooked
from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone
from autograder.probes.steps import flags, weights


class Counter(nn.Module):
    """Lets everything through and counts how often it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def forward(self, features: Tensor) -> Tensor:
        """Features of any shape, as they are."""
        self.calls += 1
        return features * 1.0


def convolution(stimuli: Stimuli, inputs: int, outputs: int) -> nn.Conv2d:
    """A frozen 3x3 convolution that keeps height and width, filled from the seed."""
    layer = nn.Conv2d(inputs, outputs, 3, padding=1).requires_grad_(False)
    layer.weight.copy_(stimuli.normal(outputs, inputs, 3, 3, scale=0.6 / inputs**0.5))
    layer.get_parameter("bias").copy_(stimuli.normal(outputs, scale=0.3))
    return layer


def _network(stimuli: Stimuli) -> nn.Sequential:
    """Convolutions, one of them in a block of its own; names that begin alike; a counter at the end.

    Behind a convolution, a pooling and a block comes a ReLU that would overwrite their maps.
    """
    block = OrderedDict(
        conv=convolution(stimuli, 4, 4), relu=nn.ReLU(inplace=True), end=convolution(stimuli, 4, 3)
    )
    layers = OrderedDict(
        conv1=convolution(stimuli, 3, 4),
        relu1=nn.ReLU(inplace=True),
        conv10=convolution(stimuli, 4, 4).requires_grad_(),  # a network need not be frozen
        relu10=nn.ReLU(inplace=True),
        pool=nn.AvgPool2d(2),
        middle=convolution(stimuli, 4, 4),
        blur=nn.AvgPool2d(3, stride=1, padding=1),
        relu_blur=nn.ReLU(inplace=True),
        block=nn.Sequential(block),
        relu_block=nn.ReLU(inplace=True),
        end=Counter(),
    )
    network = nn.Sequential(layers)
    cast(nn.Conv2d, network.conv10).weight.grad = stimuli.normal(4, 4, 3, 3)  # of somebody else's loss
    cast(nn.ReLU, network.relu1).register_forward_hook(_look_on)
    return network


def _look_on(layer: nn.Module, inputs: Any, output: Tensor) -> None:
    """A hook of the model's owner, which does nothing."""


def probe_get_features(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Names in any order and container; what comes back, its gradient, where it stops, what it leaves alone."""
    cases: dict[str, tuple[Collection[str], Tensor]] = {
        "a convolution before a ReLU in place": (["conv1"], stimuli.normal(1, 3, 6, 4)),
        "two layers": (("conv1", "relu10"), stimuli.normal(2, 3, 4, 6)),
        "names in another order": (["conv10", "relu1"], stimuli.normal(2, 3, 5, 4)),
    }
    if stimuli.hard:
        cases |= {
            "an image that is not contiguous": (["relu1", "conv10"], crooked(stimuli, 2, 3, 4, 6)),
            "a set of names": ({"conv10", "conv1", "relu1"}, stimuli.normal(1, 3, 4, 4)),
            "the keys of a dict": ({"pool": 1.0, "conv1": 0.5}.keys(), stimuli.normal(2, 3, 4, 6)),
            "a dict of weights": ({"conv10": 2.0, "pool": 1.0}, stimuli.normal(1, 3, 6, 5)),
            "a block of layers": (["block", "relu_block"], stimuli.normal(2, 3, 6, 4)),
            "the layers around a block": (["middle", "blur", "block"], stimuli.normal(1, 3, 4, 4)),
            "a name that is there twice": (["conv1", "conv1"], stimuli.normal(1, 3, 4, 5)),
            "all layers": (
                tuple(name for name, _ in _network(stimuli).named_children()),
                stimuli.normal(1, 3, 4, 4),
            ),
        }
    for turn, (name, (layers, image)) in enumerate(cases.items()):
        network = _network(stimuli).train(turn % 2 == 0)
        state = _state(network)
        shown = image.clone(memory_format=torch.preserve_format)
        features = lab["get_features"](shown, network, layers)
        response[f"others.image@{name}"] = left_alone(shown, image, "the image")
        _put_maps(features, layers, name, response)
        if "end" not in layers:
            ran = either(
                not cast(Counter, network.end).calls,
                "layers behind the last one that is wanted",
                "don't run",
                "run",
            )
            response[f"stops@{name}"] = ran
        now = _state(network)
        for what, before in state.items():
            kept = _equal(now[what], before)
            response[f"others.{what}@{name}"] = either(
                kept, f"the model's {what} are", "as they were", "changed"
            )
    _put_again(lab["get_features"], stimuli, response)
    for images in (2, 1):
        _put_gradients(lab["get_features"], stimuli, images, response)


def _put_again(get_features: Any, stimuli: Stimuli, response: Response) -> None:
    """Two images of one size through one network; then a network whose first layer writes into what it gets."""
    network = _network(stimuli)
    results = [get_features(stimuli.normal(1, 3, 4, 4), network, ["conv1"]) for _ in range(2)]
    for which, features in zip(("the first", "the second"), results, strict=True):
        _put_maps(features, ["conv1"], f"{which} of two images of one size", response)
    image = stimuli.normal(1, 3, 4, 5)
    shown = image.clone()
    layers = OrderedDict(relu=nn.ReLU(inplace=True), conv=convolution(stimuli, 3, 2))
    _put_maps(
        get_features(shown, nn.Sequential(layers), ["conv"]),
        ["conv"],
        "a network that begins in place",
        response,
    )
    response["others.image@a network that begins in place"] = left_alone(shown, image, "the image")


def _put_maps(features: Any, layers: Collection[str], name: str, response: Response) -> None:
    """Type, keys and maps of what comes back."""
    if not isinstance(features, dict):
        response[f"returned@{name}"] = type_name(features)
        return
    response[f"returned@{name}"] = f"a dict with the keys {', '.join(sorted(map(str, features))) or '(none)'}"
    for layer in sorted(layers):
        response.put(f"maps.{layer}@{name}", features.get(layer, "no map"))
        response[f"maps.form.{layer}@{name}"] = response.form(features.get(layer))


def _state(network: nn.Module) -> dict[str, str | Tensor | None]:
    """What get_features has to leave alone."""
    in_place = [str(getattr(layer, "inplace", "")) for layer in network.modules()]
    return {
        "weights": weights(network),
        "flags": flags(network),
        "hooks": str(hooks(network)),
        "attributes": ", ".join(sorted({f"{key}" for layer in network.modules() for key in vars(layer)})),
        "gradients": cast(nn.Conv2d, network.conv10).weight.grad,
        "layers": ", ".join(
            f"{type_name(layer)} {flag}" for layer, flag in zip(network.modules(), in_place, strict=True)
        ),
        "names": ", ".join(name for name, _ in network.named_modules()),
    }


def hooks(network: nn.Module) -> int:
    """How many hooks a model's layers and parameters have, of all kinds."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    of_layers = sum(len(getattr(layer, kind)) for layer in network.modules() for kind in kinds)
    return of_layers + sum(len(p._backward_hooks or ()) for p in network.parameters())  # noqa: SLF001  # as all of them


def _equal(now: str | Tensor | None, before: str | Tensor | None) -> bool:
    if isinstance(now, Tensor) or isinstance(before, Tensor):
        return isinstance(now, Tensor) and isinstance(before, Tensor) and equal(now, before)
    return now == before


def _put_gradients(get_features: Any, stimuli: Stimuli, images: int, response: Response) -> None:
    """The image stays as it was, and the gradient of a sum over the maps of each layer reaches it."""
    image = stimuli.normal(images, 3, 4, 6)
    for layers in (["conv1", "conv10"], ["relu1", "pool"], ["relu10", "blur", "block", "relu_block"]):
        leaf = image.clone().requires_grad_()
        name = f"{images} image{'s' if images > 1 else ''}, {' and '.join(layers)}"
        features = get_features(leaf, _network(stimuli), layers)
        response[f"others.image@{name}"] = unchanged(leaf.detach(), image, "the image")
        response[f"others.flag@{name}"] = either(leaf.requires_grad, "the image is", "as it was", "changed")
        for layer in layers:
            found = features.get(layer) if isinstance(features, dict) else None
            gradient: tuple[Tensor | None, ...] = ()
            if isinstance(found, Tensor) and found.requires_grad:
                gradient = torch.autograd.grad(found.sin().sum(), leaf, retain_graph=True, allow_unused=True)
            told = gradient[0] if gradient and gradient[0] is not None else "not tied to the image"
            response.put(f"gradient.{layer}@{name}", told)

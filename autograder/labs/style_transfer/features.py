"""Probe of `get_features`: small networks with names, whose ReLUs work in place."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import Any

import torch
from torch import Tensor, nn

from autograder.labs.style_transfer.pixels import crooked
from autograder.marking.probing import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
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
    layer.bias.copy_(stimuli.normal(outputs, scale=0.3))
    return layer


def _network(stimuli: Stimuli) -> nn.Sequential:
    """Three convolutions, one of them in a block of its own; names that begin alike; a counter at the end."""
    block = OrderedDict(conv=convolution(stimuli, 4, 3), relu=nn.ReLU(inplace=True))
    layers = OrderedDict(
        conv1=convolution(stimuli, 3, 4),
        relu1=nn.ReLU(inplace=True),
        conv10=convolution(stimuli, 4, 4).requires_grad_(),  # a network need not be frozen
        relu10=nn.ReLU(inplace=True),
        pool=nn.AvgPool2d(2),
        block=nn.Sequential(block),
        leaky=nn.LeakyReLU(0.1, inplace=True),
        end=Counter(),
    )
    return nn.Sequential(layers)


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
            "a block of layers": (["block", "leaky"], stimuli.normal(2, 3, 6, 4)),
            "all layers": (
                tuple(name for name, _ in _network(stimuli).named_children()),
                stimuli.normal(1, 3, 4, 4),
            ),
        }
    for name, (layers, image) in cases.items():
        network = _network(stimuli)
        state = _state(network)
        given = image.clone(memory_format=torch.preserve_format)
        features = lab["get_features"](given, network, layers)
        response[f"others.flag@{name}"] = either(
            not given.requires_grad, "the image is", "as it was", "changed"
        )
        _put_maps(features, layers, name, response)
        if "end" not in layers:
            ran = either(
                not network.end.calls, "layers behind the last one that is wanted", "don't run", "run"
            )
            response[f"stops@{name}"] = ran
        now = _state(network)
        for what, before in state.items():
            kept = now[what] == before if isinstance(before, str) else torch.equal(now[what], before)
            response[f"others.{what}@{name}"] = either(
                kept, f"the model's {what} are", "as they were", "changed"
            )
    _put_gradients(lab["get_features"], stimuli, response)


def _put_maps(features: Any, layers: Collection[str], name: str, response: Response) -> None:
    """Type, keys and maps of what comes back."""
    if not isinstance(features, dict):
        response[f"returned@{name}"] = type_name(features)
        return
    response[f"returned@{name}"] = f"a dict with the keys {', '.join(sorted(map(str, features))) or '(none)'}"
    for layer in sorted(layers):
        response.put(f"maps.{layer}@{name}", features.get(layer, "no map"))


def _state(network: nn.Module) -> dict[str, str | Tensor]:
    """What get_features has to leave alone."""
    hooks = sum(len(one._forward_hooks) + len(one._forward_pre_hooks) for one in network.modules())
    in_place = [str(getattr(one, "inplace", "")) for one in network.modules()]
    return {
        "weights": weights(network),
        "flags": flags(network),
        "hooks": str(hooks),
        "layers": ", ".join(
            f"{type_name(one)} {flag}" for one, flag in zip(network.modules(), in_place, strict=True)
        ),
        "names": ", ".join(name for name, _ in network.named_modules()),
    }


def _put_gradients(get_features: Any, stimuli: Stimuli, response: Response) -> None:
    """The image stays as it was, and the gradient of a sum of squares of two maps reaches it."""
    image = stimuli.normal(2, 3, 4, 6)
    leaf = image.clone().requires_grad_()
    features = get_features(leaf, _network(stimuli), ["conv1", "conv10"])
    response["others.image"] = unchanged(leaf.detach(), image, "the image")
    response["others.flag"] = either(leaf.requires_grad, "the image is", "as it was", "changed")
    maps = list(features.values()) if isinstance(features, dict) else []
    tied = [one for one in maps if isinstance(one, Tensor) and one.requires_grad]
    response["gradient.flow"] = f"{len(tied)} of 2 feature maps are tied to the image"
    if len(tied) == 2:
        (features["conv1"].square().sum() + features["conv10"].sin().sum()).backward()
        response.put("gradient.image", "no gradient" if leaf.grad is None else leaf.grad)

"""From a network's weights to layers with names, whose responses are of one size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from autograder.errors import PlainError
from autograder.images.photos import load_photo

REFERENCE_SIZE = 128  # pixels of the photograph by which networks are balanced
SPREAD = 0.1  # the root mean square of each layer's response to it: about that of pixels around their mean


class VggError(PlainError):
    """A network that can't be had."""


def named_layers(tensors: Mapping[str, Tensor]) -> nn.Sequential:
    """The layers whose convolutions `tensors` names.

    The names are "conv1_1.weight" (out, in, 3, 3), "conv1_1.bias" (out,), and so on. Behind each convolution stands
    a ReLU that works in place, between two blocks a maximum over 2 x 2 pixels
    (Simonyan and Zisserman, 2015, https://arxiv.org/abs/1409.1556, table 1). Frozen, in evaluation mode, float32.
    """
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    block = "1"
    for name in [key.removesuffix(".weight") for key in tensors if key.endswith(".weight")]:
        number = name.removeprefix("conv")
        if not number.startswith(f"{block}_"):
            layers[f"pool{block}"] = nn.MaxPool2d(2)
            block = number[0]
        layers[name] = _convolution(tensors[f"{name}.weight"].float(), tensors[f"{name}.bias"].float())
        layers[f"relu{number}"] = nn.ReLU(inplace=True)
    return nn.Sequential(layers).eval().requires_grad_(False)


def _convolution(weight: Tensor, bias: Tensor) -> nn.Conv2d:
    outputs, inputs, size, _ = weight.shape
    layer: nn.Conv2d = nn.utils.skip_init(nn.Conv2d, inputs, outputs, size, padding=size // 2)
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.get_parameter("bias").copy_(bias)
    return layer


@torch.no_grad()
def balance(layers: nn.Sequential, mean: Sequence[float], std: Sequence[float]) -> nn.Sequential:
    """Rescale each convolution, in place, so that behind its ReLU the mean square of its response to a photo is 0.01.

    A ReLU lets positive factors through, so every layer computes what it did, up to one factor (the idea, for each
    channel, is in Gatys, Ecker and Bethge, 2016, https://doi.org/10.1109/CVPR.2016.265, section 2). Losses of
    different layers and networks become comparable by it.
    """
    channels = [torch.tensor(numbers).view(-1, 1, 1) for numbers in (mean, std)]
    features = (load_photo(size=REFERENCE_SIZE) - channels[0]) / channels[1]
    scale = 1.0  # of the features, compared with those of the network as it was
    for layer in layers:
        if not isinstance(layer, nn.Conv2d):
            features = layer(features)
            continue
        own_bias = layer.get_parameter("bias")
        own_bias.mul_(scale)
        features = layer(features)
        factor = SPREAD * float(features.relu().square().mean().rsqrt())
        for tensor in (layer.weight, own_bias, features):
            tensor.mul_(factor)
        scale *= factor
    return layers

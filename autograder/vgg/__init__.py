"""Networks that have seen photographs: style transfer compares what they make of images."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

from autograder.vgg import shipped, vgg19
from autograder.vgg.layers import VggError, balance, named_layers

__all__ = ["Vgg", "VggError", "load_vgg"]

NETWORKS = ("auto", "vgg16", "vgg19")


@dataclass(frozen=True)
class Vgg:
    """A trained network as far as style transfer needs it: frozen, in evaluation mode, on the CPU.

    `layers` maps images (N, 3, H, W), normalised by `mean` and `std`, to feature maps. Its children are called
    conv1_1, relu1_1, …, pool1, conv2_1, …, alike in all networks; the ReLUs work in place. Each convolution is
    rescaled so that behind its ReLU the mean square of its response to a photograph is 0.01.
    """

    name: str
    note: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    layers: nn.Sequential


def load_vgg(network: str = "auto", download: bool = False) -> Vgg:
    """A trained VGG; `note` says which, and why. Raises VggError with a sentence that says what to do.

    `network`: "vgg16", three blocks that come with the labs; "vgg19", torchvision's up to conv5_1, where its
    ImageNet weights are in torch's cache or are to be fetched (`download=True`, 575 MB); "auto": VGG19 where it can
    be had, else VGG16.
    """
    if network not in NETWORKS:
        raise VggError(f"There is no network {network!r}; choose one of {', '.join(NETWORKS)}.")
    if network == "vgg19":
        return _vgg19(download)
    if network == "vgg16":
        return _vgg16("as asked for.")
    if not download and not vgg19.is_here():
        return _vgg16("because VGG19's weights are not on this computer.")
    try:
        return _vgg19(download)
    except VggError as error:
        return _vgg16(f"because VGG19 could not be used: {error}")


def _vgg16(why: str) -> Vgg:
    layers = balance(named_layers(shipped.read()), shipped.MEAN, shipped.STD)
    return Vgg(
        "vgg16", f"Three blocks of VGG16, which come with the labs, {why}", shipped.MEAN, shipped.STD, layers
    )


def _vgg19(download: bool) -> Vgg:
    tensors, note = vgg19.read(download)
    layers = balance(named_layers(tensors), vgg19.MEAN, vgg19.STD)
    return Vgg("vgg19", note, vgg19.MEAN, vgg19.STD, layers)

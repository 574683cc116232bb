"""The network that comes with the labs: three blocks of a VGG16, in half precision (see NOTICE)."""

from __future__ import annotations

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from autograder.vgg.layers import VggError

FILE = Path(__file__).with_name("vgg16.safetensors")
# What the network was trained with, of 255: the mean colour of its photographs. Their spread is folded into conv1_1.
MEAN = (122.67892 / 255, 116.66877 / 255, 104.00699 / 255)
STD = (0.229, 0.224, 0.225)


def read(file: Path = FILE) -> dict[str, Tensor]:
    """The weights and biases by the names of their layers, float16, in the order of the layers. Raises VggError."""
    try:
        tensors = load_file(file)
    except (OSError, SafetensorError) as error:
        raise VggError(f"{file} can't be read ({error}). Install the labs' package again.") from error
    return dict(sorted(tensors.items()))

"""torchvision's VGG19 with its ImageNet weights, read where they are, fetched only when asked for."""

from __future__ import annotations

import hashlib
from itertools import chain
from pathlib import Path

import torch
from torch import Tensor

from autograder.files.atomic import written_whole
from autograder.files.fetching import FetchError, fetch
from autograder.vgg.layers import VggError

ADDRESS = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"
DIGEST = "dcbb9e9d"  # the sha256 begins with it, as the file's name says
PATIENCE = 3600.0  # seconds for 575 MB, at most; a server that is silent is given up much earlier
BLOCKS = (2, 2, 4, 4, 1)  # convolutions of each block, as far as they are used: up to conv5_1
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def is_here() -> bool:
    """Whether the weights are in torch's cache."""
    return _file().is_file()


def read(download: bool) -> tuple[dict[str, Tensor], str]:
    """Weights and biases by the names of their layers, float32, and a note on where they are from.

    Raises VggError if they are missing or damaged, or can't be fetched.
    """
    file = _file()
    found = file.is_file()
    if not found and not download:
        raise VggError(
            "VGG19's weights are not on this computer, and nothing is fetched unless you ask for it. Add "
            'download=True to fetch 575 MB, or use "vgg16", which needs no download.'
        )
    if not found:
        _fetch(file)
    return _read(file), f"torchvision's VGG19, {'found in' if found else 'fetched into'} {file.parent}."


def _file() -> Path:
    return Path(torch.hub.get_dir(), "checkpoints", ADDRESS.rsplit("/", 1)[-1])


def _fetch(file: Path) -> None:
    try:
        with written_whole(file) as part:
            fetch([ADDRESS], part, DIGEST, "sha256", PATIENCE, "VGG19")
    except FetchError as error:
        raise VggError(f'{error} "vgg16" needs none.') from error
    except OSError as error:
        raise VggError(f"VGG19 can't be kept in {file.parent}: {error.strerror or error}.") from error


def _read(file: Path) -> dict[str, Tensor]:
    """torchvision checks the digest only of what it fetches itself, so it is checked here each time."""
    try:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        if not digest.startswith(DIGEST):
            raise ValueError(f"its sha256 begins with {digest[:8]}, not with {DIGEST}")
        stored = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
        return _named(stored)
    except Exception as error:  # a damaged file fails in many ways
        why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
        raise VggError(
            f"{file} is damaged ({why}). Delete it and add download=True to fetch it again, or use "
            '"vgg16", which needs no file.'
        ) from error


def _named(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """torchvision numbers all layers ("features.5.weight"); here convolutions are numbered within their block."""
    weights = [key for key in stored if key.startswith("features.") and key.endswith(".weight")]
    weights.sort(key=lambda key: int(key.split(".")[1]))
    names = chain.from_iterable(
        [f"conv{block}_{number}" for number in range(1, count + 1)] for block, count in enumerate(BLOCKS, 1)
    )
    tensors = {}
    for name, key in zip(names, weights, strict=False):
        tensors[f"{name}.weight"] = stored[key]
        tensors[f"{name}.bias"] = stored[key.replace("weight", "bias")]
    return tensors

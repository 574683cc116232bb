"""MNIST and FashionMNIST as torchvision knows them, read where they are, fetched only when asked for."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn.functional import interpolate

from autograder.files.atomic import written_whole
from autograder.files.cache import cache_folder
from autograder.files.fetching import FetchError, fetch
from autograder.images.data import ImageDataError

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
TITLES = {"mnist": "MNIST", "fashion": "FashionMNIST"}


def is_here(source: str) -> bool:
    """Whether the training images of "mnist" or "fashion" are on this computer."""
    return _folder(source) is not None


def read_mnist(
    source: str, size: int, download: bool, length: int | None
) -> tuple[torch.Tensor, torch.Tensor, str]:
    """Pixels uint8 (N, size, size), labels int64 (N,), and a note; other sizes than 28 by interpolation.

    Raises ImageDataError if the files are missing or damaged, or can't be fetched.
    """
    title, folder = TITLES[source], _folder(source)
    note = f"{title}, found in {folder}."
    if folder is None:
        if not download:
            raise ImageDataError(
                f"{title} is not on this computer, and nothing is fetched unless you ask for it. "
                'Add download=True to fetch it, or use source="glyphs", which needs no download.'
            )
        folder = _fetch_all(source)
        note = f"{title}, fetched into {folder}."
    from torchvision.datasets import mnist as files

    images = _read(folder / FILES[0], files.read_image_file)
    labels = _read(folder / FILES[1], files.read_label_file)
    if len(images) != len(labels):
        raise _damaged(folder / FILES[1], f"{len(labels)} labels for {len(images)} images")
    return _resized(images[:length], size), labels[:length], note


def _folder(source: str) -> Path | None:
    """Where both files are: torchvision's `data` in the working folder, or our cache folder."""
    for home in (Path("data"), cache_folder()):
        if home is not None and all((home / TITLES[source] / "raw" / name).is_file() for name in FILES):
            return home / TITLES[source] / "raw"
    return None


def _read(path: Path, reader: Callable[[str], torch.Tensor]) -> torch.Tensor:
    """What torchvision reads from the file; ImageDataError, naming the file, if it is damaged."""
    try:
        return reader(str(path))
    except Exception as error:  # a damaged file fails in many ways
        raise _damaged(path, str(error) or type(error).__name__) from error


def _damaged(path: Path, why: str) -> ImageDataError:
    why = " ".join(why.split()).rstrip(".")
    return ImageDataError(
        f"{path} is damaged ({why}). Delete it and add download=True to fetch it again, "
        'or use source="glyphs", which needs no file.'
    )


def _resized(images: torch.Tensor, size: int) -> torch.Tensor:
    """Smooth interpolation to size x size, some thousand images at a time to spare memory; uint8 in and out."""
    if images.shape[-1] == size:
        return images
    parts = []
    for part in images.split(2048):
        smooth = interpolate(part.unsqueeze(1).float(), (size, size), mode="bilinear", antialias=True)
        parts.append(smooth.squeeze(1).round_().clamp_(0, 255).to(torch.uint8))
    return torch.cat(parts)


def _fetch_all(source: str) -> Path:
    """Fetches both files into the cache folder, each checked by the digest that torchvision publishes."""
    from torchvision import datasets

    dataset, home = getattr(datasets, TITLES[source]), cache_folder()
    if home is None:
        raise ImageDataError(f"There is no folder to keep {TITLES[source]} in: set AUTOGRADER_CACHE to one.")
    digests = {name.removesuffix(".gz"): digest for name, digest in dataset.resources}
    folder = home / TITLES[source] / "raw"
    for name in FILES:
        content = _fetch_one([f"{mirror}{name}.gz" for mirror in dataset.mirrors], digests[name])
        try:
            with written_whole(folder / name) as file:
                file.write(content)
        except OSError as error:
            raise ImageDataError(f"{TITLES[source]} can't be kept in {folder}: {error.strerror}.") from error
    return folder


def _fetch_one(addresses: list[str], digest: str) -> bytes:
    """The unpacked file from the first address that answers in time. Raises ImageDataError."""
    packed = io.BytesIO()
    try:
        fetch(addresses, packed, digest, "md5")
    except FetchError as error:
        raise ImageDataError(f'{error} source="glyphs" needs none.') from error
    return gzip.decompress(packed.getvalue())

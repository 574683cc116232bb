"""Images to learn from: digits drawn here, MNIST and FashionMNIST where they are, or a folder of one's own."""

from __future__ import annotations

import os

import torch

from autograder.images.data import ImageData, ImageDataError
from autograder.images.folder import ImageFolderError, check_folder, read_folder
from autograder.images.glyphs import LENGTH, load_glyphs
from autograder.images.mnist import TITLES, is_here, read_mnist

__all__ = ["ImageData", "ImageDataError", "ImageFolderError", "check_folder", "load_images"]

SIZES = range(8, 257)


def load_images(
    source: str | os.PathLike[str] = "auto",
    size: int = 28,
    channels: int = 1,
    download: bool = False,
    length: int | None = None,
    seed: int = 0,
) -> ImageData:
    """The images of `source`, (N, channels, size, size), ready for `images()` and `loader()`.

    `source`: "glyphs", "mnist", "fashion", a folder of images, or "auto": MNIST if it is on the disk already,
    else glyphs. Nothing is fetched unless `download` is True. `channels`: 1, grey, or 3, colour. `length`: at most
    so many images, the first ones (glyphs: so many are drawn, 4096 if not said; another `seed` draws others).
    Raises ImageDataError, for a folder ImageFolderError, with a sentence saying what is wrong.
    """
    _check(size, channels, length)
    if source == "auto":
        return _automatic(size, channels, download, length, seed)
    if source == "glyphs":
        return _glyphs(size, channels, length, seed, "as asked for.")
    if source in TITLES:
        return _mnist(source, size, channels, download, length)
    pixels, note = read_folder(source, size, channels, length)
    return ImageData("folder", note, pixels, torch.zeros(len(pixels), dtype=torch.int64))


def _automatic(size: int, channels: int, download: bool, length: int | None, seed: int) -> ImageData:
    """MNIST if it is here, or wanted and fetched; else glyphs, with the reason in the note."""
    if not download and not is_here("mnist"):
        return _glyphs(size, channels, length, seed, "because MNIST is not on this computer.")
    try:
        return _mnist("mnist", size, channels, download, length)
    except ImageDataError as error:
        return _glyphs(size, channels, length, seed, f"because MNIST could not be used: {error}")


def _mnist(source: str, size: int, channels: int, download: bool, length: int | None) -> ImageData:
    pixels, labels, note = read_mnist(source, size, download, length)
    return ImageData(source, note, _with_channels(pixels, channels), labels)


def _glyphs(size: int, channels: int, length: int | None, seed: int, why: str) -> ImageData:
    pixels, labels = map(torch.from_numpy, load_glyphs(size, length or LENGTH, seed))
    note = f"Digits drawn from matplotlib's fonts, {why}"
    return ImageData("glyphs", note, _with_channels(pixels, channels), labels)


def _with_channels(grey: torch.Tensor, channels: int) -> torch.Tensor:
    """The same grey values in every channel, without copies: (N, H, W) -> (N, channels, H, W)."""
    return grey.unsqueeze(1).expand(-1, channels, -1, -1)


def _check(size: int, channels: int, length: int | None) -> None:
    """Raises ImageDataError for what can't be asked for."""
    if not isinstance(size, int) or size not in SIZES:
        raise ImageDataError(f"size is a whole number from {SIZES[0]} to {SIZES[-1]}; got {size!r}.")
    if channels not in (1, 3):
        raise ImageDataError(f"channels is 1 (grey) or 3 (colour); got {channels!r}.")
    if length is not None and (not isinstance(length, int) or length < 1):
        raise ImageDataError(f"length is a whole number from 1, or None for all; got {length!r}.")

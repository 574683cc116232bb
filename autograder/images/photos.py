"""Photographs, whole and in colour, and paintings made of them: tensors (1, 3, H, W) in [0, 1]."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from autograder.files.atomic import written_whole
from autograder.images.data import ImageDataError
from autograder.images.folder import image_files, image_folder, read_each
from autograder.images.picture import PictureError, read_photo

HOPPER = "grace_hopper"  # the portrait that comes with matplotlib
SIZES = range(16, 2049)


class PhotoError(ImageDataError):
    """A photograph that can't be used or kept; the message names the file and the fix."""


def load_photo(source: str | os.PathLike[str] = HOPPER, size: int = 256) -> Tensor:
    """The photograph in the file `source`, float32 (1, 3, H, W) in [0, 1], `size` pixels long at its longer side.

    It stands upright, keeps its proportions, and is enlarged to twice its size at most. What is transparent lies on
    white; grey and CMYK become RGB. "grace_hopper" is a portrait that comes with matplotlib. Raises PhotoError.
    """
    path = _path(source)
    try:
        return _tensor(read_photo(path, _checked(size)))
    except PictureError as error:
        raise PhotoError(f"{path} {error}") from error


def load_photos(folder: str | os.PathLike[str], size: int = 256) -> dict[str, Tensor]:
    """All photographs of a folder, as `load_photo` reads them, by the names of their files, in order.

    Subfolders are read too, one level down. Raises ImageFolderError, with a sentence for each bad file.
    """
    place = image_folder(folder)
    files, _ = image_files(place)
    photos = read_each(place, files, _checked(size), read_photo)
    names = (path.relative_to(place).as_posix() for path in files)
    return {name: _tensor(photo) for name, photo in zip(names, photos, strict=True)}


def save_photo(image: Tensor, path: str | os.PathLike[str]) -> Path:
    """Write an image (1, 3, H, W) in [0, 1] as PNG; returns the path. Raises PhotoError."""
    if not isinstance(image, Tensor) or image.ndim != 4 or image.shape[:2] != (1, 3):
        form = tuple(image.shape) if isinstance(image, Tensor) else type(image).__name__
        raise PhotoError(f"save_photo takes an image of shape (1, 3, H, W); got {form}.")
    pixels = image.detach()[0].clamp(0, 1).mul(255).round().to("cpu", torch.uint8).permute(1, 2, 0)
    file = Path(path).expanduser().with_suffix(".png")
    try:
        with written_whole(file) as part:
            Image.fromarray(pixels.numpy()).save(part, "PNG")
    except OSError as error:
        raise PhotoError(f"{file} can't be written ({error.strerror}); choose another place.") from error
    return file


def _path(source: str | os.PathLike[str]) -> Path:
    if source == HOPPER:
        from matplotlib import get_data_path

        return Path(get_data_path(), "sample_data", "grace_hopper.jpg")
    try:
        path = Path(source).expanduser()
    except (TypeError, RuntimeError) as error:
        raise PhotoError(f"{source!r} is no path of a photograph.") from error
    if path.is_dir():
        raise PhotoError(f"{path} is a folder; load_photos reads all photographs of a folder.")
    if not (path.exists() or path.is_symlink()):
        raise PhotoError(f'There is no file {path} here ({path.absolute()}). "{HOPPER}" is always there.')
    return path


def _checked(size: int) -> int:
    if not isinstance(size, int) or size not in SIZES:
        raise PhotoError(f"size is a whole number from {SIZES[0]} to {SIZES[-1]}; got {size!r}.")
    return size


def _tensor(photo: Image.Image) -> Tensor:
    pixels = torch.from_numpy(np.array(photo))
    return pixels.permute(2, 0, 1)[None].float().div(255).contiguous()

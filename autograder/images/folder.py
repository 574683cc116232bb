"""A folder of the student's own images: read with care, or refused with a sentence for each bad file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch

from autograder.images.data import ImageDataError
from autograder.images.picture import PictureError, read_picture

T = TypeVar("T")

# What people take for an image: those that can't be read get a sentence. All other files are left out.
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".avif", ".jp2"),
    *(".ppm", ".pgm", ".pbm", ".heic", ".heif", ".svg", ".psd"),
)
NAMED = 10  # so many bad files get a sentence of their own
FEW = 500  # below, a GAN learns the images by heart


class ImageFolderError(ImageDataError):
    """A folder that can't be used: a sentence for each of the first bad files, then how many more there are."""


@dataclass(frozen=True)
class FolderSummary:
    """What is in a usable folder; shown as text, with `warnings` on what to expect of it."""

    path: Path
    size: int
    sides: tuple[tuple[int, int], ...]  # width and height of each image
    colour: int  # how many are in colour
    left_out: int  # files that are no images
    warnings: tuple[str, ...]

    @property
    def count(self) -> int:
        """The number of images."""
        return len(self.sides)

    def __repr__(self) -> str:
        (w, h), (wide, high) = min(self.sides, key=_area), max(self.sides, key=_area)
        lines = [
            (
                f"{_number(self.count, 'usable image')} in {self.path}: {self.colour} in colour, "
                f"{self.count - self.colour} grey; {_number(self.left_out, 'other file')} left out."
            ),
            (
                f"The smallest has {w}x{h} pixels, the largest {wide}x{high}. "
                f"Of each, the middle square is used, in {self.size}x{self.size} pixels."
            ),
        ]
        return "\n".join(lines + [f"Note: {warning}" for warning in self.warnings])


def check_folder(path: str | os.PathLike[str], size: int = 64) -> FolderSummary:
    """Reads all images of a folder and sums up what is there.

    Raises ImageFolderError, with a sentence for each bad file, where `load_images(path, size)` does too.
    """
    folder = image_folder(path)
    files, left_out = image_files(folder)
    sides, colour, contents = [], 0, set()
    for square, width, height in read_each(folder, files, size, read_picture):
        sides.append((width, height))
        colour += square.mode == "RGB"
        contents.add(square.convert("RGB").tobytes())
    warnings = _warnings(sides, colour, len(sides) - len(contents), size)
    return FolderSummary(folder, size, tuple(sides), colour, left_out, tuple(warnings))


def read_folder(
    path: str | os.PathLike[str], size: int, channels: int, length: int | None = None
) -> tuple[torch.Tensor, str]:
    """Pixels uint8 (N, channels, size, size) of the first `length` images in the order of names, and a note.

    Subfolders are read too, one level down. Raises ImageFolderError.
    """
    folder = image_folder(path)
    files, _ = image_files(folder)
    mode = "RGB" if channels == 3 else "L"
    images = [
        np.asarray(image.square.convert(mode))
        for image in read_each(folder, files[:length], size, read_picture)
    ]
    pixels = torch.from_numpy(np.stack(images)).view(len(images), size, size, channels)
    return pixels.permute(0, 3, 1, 2).contiguous(), f"The images in {folder}."


def read_each(
    folder: Path, files: Iterable[Path], size: int, reader: Callable[[Path, int], T]
) -> Iterator[T]:
    """What `reader` makes of each of the `files`; at the end ImageFolderError, if any of them was bad."""
    bad = []
    for path in files:
        try:
            yield reader(path, size)
        except PictureError as error:
            bad.append(f"{path.relative_to(folder)} {error}")
    if bad:
        more = [f"And {len(bad) - NAMED} more."] if len(bad) > NAMED else []
        first = f"{_number(len(bad), 'image')} in {folder} can't be used:"
        raise ImageFolderError("\n".join([first, *bad[:NAMED], *more]))


def image_folder(path: str | os.PathLike[str]) -> Path:
    """The folder, if it is one. Raises ImageFolderError."""
    try:
        folder = Path(path).expanduser()
        there, is_folder = folder.exists(), folder.is_dir()
    except (TypeError, ValueError, OSError, RuntimeError) as error:
        raise ImageFolderError(f"{path!r} is no path of a folder.") from error
    if not there:
        known = 'The other sources are "auto", "glyphs", "mnist" and "fashion".'
        raise ImageFolderError(f"There is no folder {path} here ({folder.absolute()}). {known}")
    if not is_folder:
        hint = "Give the folder that holds the images (unpack an archive first)."
        raise ImageFolderError(f"{path} is a file. {hint}")
    return folder


def image_files(folder: Path) -> tuple[list[Path], int]:
    """The image files in the folder and its subfolders, one level down, by name; how many others there are."""
    try:
        files = [path for path in _visible(folder) if not path.is_dir()]
        for below in _visible(folder):
            if below.is_dir() and below.resolve() not in (folder.resolve(), *folder.resolve().parents):
                files += [path for path in _visible(below) if not path.is_dir()]
    except OSError as error:
        raise ImageFolderError(f"{error.filename} can't be read: {error.strerror}.") from error
    images = [path for path in files if path.suffix.lower() in SUFFIXES]
    if not images:
        kinds = "PNG or JPEG files, in the folder or one level below"
        raise ImageFolderError(f"There are no images in {folder}: it should hold {kinds}.")
    return sorted(images, key=lambda path: path.relative_to(folder).as_posix()), len(files) - len(images)


def _visible(folder: Path) -> list[Path]:
    """What is in a folder, without what systems hide in it."""
    return [path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX"))]


def _warnings(sides: list[tuple[int, int]], colour: int, repeated: int, size: int) -> list[str]:
    """Sentences on what to expect of usable images."""
    enlarged = sum(min(side) < size for side in sides)
    cut = sum(max(side) > 2 * min(side) for side in sides)
    mixed = 0 < colour < len(sides)
    found = {
        f"fewer than {FEW} images: expect the network to learn them by heart.": len(sides) < FEW,
        f"{_number(repeated, 'image')} repeated: copies teach nothing new.": repeated,
        f"{_number(enlarged, 'image')} below {size} pixels: enlarged, so blurred.": enlarged,
        f"{_number(cut, 'image')} more than twice as long as wide: most of it is cut off.": cut,
        "colour and grey images are mixed: choose channels=1, or leave one kind out.": mixed,
    }
    return [sentence for sentence, holds in found.items() if holds]


def _area(side: tuple[int, int]) -> int:
    return side[0] * side[1]


def _number(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"

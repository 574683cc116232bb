"""One image file: its upright middle square, or the whole of it, or a sentence on what is wrong and what to do."""

from __future__ import annotations

import stat
import warnings
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

# Others that Pillow knows start programs (EPS) or hold no photographs.
FORMATS = ("PNG", "JPEG", "MPO", "BMP", "GIF", "TIFF", "WEBP", "PPM", "AVIF", "JPEG2000")
MOST_PIXELS = 100_000_000
LEAST = 16  # pixels along the shorter side of a whole image
PLAIN = {"1": "L", "L": "L", "RGB": "RGB"}
AS_RGB = "convert it to 8-bit RGB, for instance with Pillow: image.convert('RGB')."

T = TypeVar("T")


class PictureError(ValueError):
    """What is wrong with one file, and the fix; the file's name is left to the caller."""


class Picture(NamedTuple):
    """The middle square, mode L or RGB, and the size of the whole."""

    square: Image.Image
    width: int
    height: int


def read_picture(path: Path, size: int) -> Picture:
    """The middle square of the image in `path`, upright, in size x size pixels. Raises PictureError."""
    return _read(path, size, _square)


def read_photo(path: Path, size: int) -> Image.Image:
    """The whole image in `path`, upright, as RGB, `size` pixels long at its longer side. Raises PictureError.

    What is transparent lies on white.
    """
    return _read(path, size, _whole)


def _read(path: Path, size: int, reader: Callable[[Image.Image, int], T]) -> T:
    """What the reader makes of an image that opens; every fault becomes a PictureError."""
    _check_file(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what matters of them is said in a sentence
        try:
            with Image.open(path, formats=_formats()) as image:
                return reader(image, size)
        except PictureError:
            raise
        except Image.DecompressionBombError as error:
            raise PictureError("has far too many pixels; make it smaller.") from error
        except Exception as error:  # a damaged file fails in many ways
            raise PictureError(f"can't be read ({_why(error)}); export it again as PNG or JPEG.") from error


@lru_cache(maxsize=1)
def _formats() -> tuple[str, ...]:
    """Those of `FORMATS` that this Pillow can read."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _square(image: Image.Image, size: int) -> Picture:
    """Checks before it decodes: a small file may claim a great many pixels."""
    width, height = image.size
    _check_pixels(width, height, size)
    _check_mode(image)
    mode = PLAIN[image.mode]
    image.draft(None, (2 * size, 2 * size))  # JPEG: decodes no more detail than is needed
    upright = ImageOps.exif_transpose(image).convert(mode)
    if (upright.width > upright.height) != (width > height):
        width, height = height, width
    return Picture(ImageOps.fit(upright, (size, size), Image.Resampling.BICUBIC), width, height)


def _whole(image: Image.Image, size: int) -> Image.Image:
    width, height = image.size
    _check_pixels(width, height, 0)
    _check_depth(image)
    if 2 * max(width, height) < size:
        raise PictureError(f"is tiny ({width}x{height}); choose a size of at most {2 * max(width, height)}.")
    if size * min(width, height) < LEAST * max(width, height):
        raise PictureError(f"is too narrow ({width}x{height}); cut it to a shape nearer to a square.")
    image.draft("RGB", (2 * size, 2 * size))
    upright = _on_white(ImageOps.exif_transpose(image))
    return ImageOps.contain(upright, (size, size), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    """As RGB, with white behind what is transparent."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")


def _check_file(path: Path) -> None:
    """Raises PictureError for what isn't a plain file, such as a pipe, which would never end."""
    try:
        status = path.stat()
    except OSError as error:
        fault = "is a link that leads nowhere" if path.is_symlink() else f"can't be read ({error.strerror})"
        raise PictureError(f"{fault}; remove it or put the image in its place.") from error
    if not stat.S_ISREG(status.st_mode):
        raise PictureError("is not a file; remove it.")
    if not status.st_size:
        raise PictureError("is empty; copy the image again.")


def _check_pixels(width: int, height: int, size: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureError(f"has far too many pixels ({width}x{height}); make it smaller.")
    if 2 * min(width, height) < size:
        least = (size + 1) // 2
        raise PictureError(
            f"is tiny ({width}x{height}); images of {size}x{size} need at least {least} pixels each way: "
            "leave it out or find a larger version."
        )


def _check_mode(image: Image.Image) -> None:
    """Raises PictureError for pixels that would change their look on the way to 8-bit grey or RGB."""
    _check_depth(image)
    if image.mode in ("P", "PA"):
        raise PictureError(f"has a palette of colours; {AS_RGB}")
    if image.mode == "CMYK":
        raise PictureError(f"is in CMYK, the colours of printing; {AS_RGB}")
    if image.mode in ("RGBA", "LA", "RGBa", "La") or "transparency" in image.info:
        raise PictureError(f"has transparency ({image.mode}); put it on a background, then {AS_RGB}")
    if image.mode not in PLAIN:
        raise PictureError(f"has pixels of kind {image.mode}; {AS_RGB}")


def _check_depth(image: Image.Image) -> None:
    if image.mode.startswith(("I", "F")) or any(
        ";16" in str(tile[-1]) for tile in getattr(image, "tile", ())
    ):
        raise PictureError("has more than 8 bits per channel; save it with 8 bits, as 8-bit PNG or JPEG.")


def _why(error: Exception) -> str:
    """The error in a few plain words, without the path that Pillow puts into it."""
    if isinstance(error, UnidentifiedImageError):
        return "it is no image that Pillow knows"
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__

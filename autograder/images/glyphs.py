"""Digits drawn from the fonts that matplotlib ships: a data set that needs no download.

White on black and a little soft, turned, shifted and scaled by small amounts; the same bytes in each run.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from autograder.files.cache import load_arrays, store_arrays
from autograder.images.data import ImageDataError

VERSION = 2  # of the drawing: a new one makes the cache again
LENGTH = 4096
CANVAS = 128  # drawn at this size, whatever size is asked for
DIGIT = 100  # height of an upright digit on the canvas
TURN = 6  # degrees, at most, either way
STRETCH = 0.06  # larger or smaller by this share
SHIFT = 3  # pixels of the canvas
BLUR = (2.5, 3.5)  # radius in pixels of the canvas; GANs learn soft edges more steadily than sharp ones

# The faces with plain digits: no old-style figures, no dotted zeros, no hairlines that vanish at 28 pixels.
FACES = (
    *(f"DejaVuSans{style}" for style in ("", "-Bold", "-Oblique", "-BoldOblique")),
    *(f"DejaVuSerif{style}" for style in ("", "-Bold", "-Italic", "-BoldItalic")),
    *(f"STIXGeneral{style}" for style in ("", "Bol", "Italic", "BolIta")),
    *("cmb10", "cmr10", "cmss10", "cmtt10"),
)


def load_glyphs(size: int = 28, length: int = LENGTH, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """`length` digits: pixels uint8 (length, size, size), 0 black to 255 white, and labels int64 (length,).

    All ten digits are equally frequent, as nearly as `length` allows. Another `seed` draws other ones, for
    tests; `size` alone changes only the resolution. Kept in the cache folder. Raises ImageDataError without fonts.
    """
    name = f"glyphs-{VERSION}-{size}-{length}-{seed}.npz"
    stored = load_arrays(name)
    if stored is None or not _fits(stored, size, length):
        pixels, labels = draw_glyphs(size, length, seed)
        stored = {"pixels": pixels, "labels": labels}
        store_arrays(name, stored)
    return stored["pixels"], stored["labels"]


def draw_glyphs(size: int, length: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws what `load_glyphs` describes, in about half a millisecond each."""
    faces = _faces()
    random = np.random.RandomState(seed)
    pixels = np.empty((length, size, size), np.uint8)
    order = random.permutation(length)
    for row, number in enumerate(order):
        digit, face = number % 10, faces[number // 10 % len(faces)]
        pixels[row] = _look(_digit(face, int(digit)), size, random)
    return pixels, (order % 10).astype(np.int64)


def _look(digit: Image.Image, size: int, random: np.random.RandomState) -> np.ndarray:
    """The digit turned, scaled, shifted and blurred by random amounts: uint8 (size, size)."""
    angle = math.radians(random.uniform(-TURN, TURN))
    scale = random.uniform(1 - STRETCH, 1 + STRETCH)
    dx, dy = random.uniform(-SHIFT, SHIFT, 2)
    middle = (CANVAS - 1) / 2
    a, b = math.cos(angle) / scale, math.sin(angle) / scale  # from a pixel of the result to one of the source
    x, y = middle + dx, middle + dy
    matrix = (a, b, middle - a * x - b * y, -b, a, middle + b * x - a * y)
    turned = digit.transform(digit.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    soft = turned.filter(ImageFilter.GaussianBlur(random.uniform(*BLUR)))
    return np.asarray(soft.resize((size, size), Image.Resampling.BILINEAR))


@lru_cache(maxsize=256)
def _digit(face: Path, digit: int) -> Image.Image:
    """One digit, upright and in the middle of a canvas, as high as every other one."""
    font = _font(face)
    left, top, right, bottom = font.getbbox(str(digit))
    canvas = Image.new("L", (CANVAS, CANVAS))
    at = ((CANVAS - left - right) / 2, (CANVAS - top - bottom) / 2)
    ImageDraw.Draw(canvas).text(at, str(digit), font=font, fill=255)
    return canvas


@lru_cache(maxsize=32)
def _font(face: Path) -> ImageFont.FreeTypeFont:
    """The face in the size at which its 0 is `DIGIT` pixels high."""
    basic = ImageFont.Layout.BASIC  # the other layout depends on what the machine has
    _, top, _, bottom = ImageFont.truetype(face, 200, layout_engine=basic).getbbox("0")
    return ImageFont.truetype(face, round(200 * DIGIT / (bottom - top)), layout_engine=basic)


def _faces() -> list[Path]:
    """The font files of `FACES` that this matplotlib has."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = [path for face in FACES if (path := folder / f"{face}.ttf").is_file()]
    if not faces:
        raise ImageDataError(f"glyphs are drawn with matplotlib's fonts, but there are none in {folder}.")
    return faces


def _fits(stored: dict[str, np.ndarray], size: int, length: int) -> bool:
    """Whether a cache file holds what it should: someone else's file may have the name."""
    if stored.keys() != {"pixels", "labels"}:
        return False
    pixels, labels = stored["pixels"], stored["labels"]
    shapes = pixels.shape == (length, size, size) and labels.shape == (length,)
    return shapes and pixels.dtype == np.uint8 and labels.dtype == np.int64 and set(labels) <= set(range(10))

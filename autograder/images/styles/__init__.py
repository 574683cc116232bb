"""Style images drawn by code: strong palettes and clear textures to transfer, with no file behind them.

Each is the same picture at every size, up to detail, and the same bytes in each run.
"""

from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from autograder.errors import PlainError
from autograder.images.styles.glass import draw_stained_glass
from autograder.images.styles.marbled import draw_marbling
from autograder.images.styles.night import draw_night_sky
from autograder.images.styles.tiles import draw_mosaic
from autograder.images.styles.waves import draw_woodblock_waves

__all__ = ["STYLES", "StyleError", "draw_style"]

SIZES = range(32, 1025)
CANVAS = range(512, 1537)  # side in pixels of what is drawn, then made smaller: that keeps edges smooth

_DRAW = {
    "night_sky": draw_night_sky,
    "stained_glass": draw_stained_glass,
    "woodblock_waves": draw_woodblock_waves,
    "mosaic": draw_mosaic,
    "marbling": draw_marbling,
}
STYLES = tuple(_DRAW)


class StyleError(PlainError):
    """A style image that can't be drawn, in a sentence that says what to change."""


def draw_style(name: str, size: int = 256) -> torch.Tensor:
    """The style image called `name`, one of `STYLES`: float32 (1, 3, size, size) in [0, 1].

    `size`: 32 to 1024 pixels. Raises StyleError for another name or size.
    """
    if name not in _DRAW:
        raise StyleError(f"there is no style image {name!r}; choose one of {', '.join(STYLES)}.")
    if isinstance(size, bool) or not isinstance(size, int) or size not in SIZES:
        raise StyleError(f"size is a whole number from {SIZES[0]} to {SIZES[-1]}; got {size!r}.")
    canvas = min(max(2 * size, CANVAS[0]), CANVAS[-1])
    image = _DRAW[name](canvas).resize((size, size), Image.Resampling.LANCZOS)
    pixels = np.asarray(image, np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1).unsqueeze(0).contiguous()

"""What the style images share: smooth noise, colours, and brush strokes. Positions are shares of the side, y down."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageColor, ImageDraw


def palette(names: str) -> np.ndarray:
    """Colours "#rrggbb #rrggbb ..." as float64 (n, 3), 0 to 255."""
    return np.array([ImageColor.getrgb(name) for name in names.split()], float)


def ramp(colours: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The colour `share` (0 to 1, any shape) of the way along `colours` (n, 3): shape (*share.shape, 3)."""
    place = np.clip(share, 0, 1) * (len(colours) - 1)
    index = np.minimum(place.astype(int), len(colours) - 2)
    part = (place - index)[..., None]
    return colours[index] * (1 - part) + colours[index + 1] * part


def mix(below: np.ndarray, above: np.ndarray, share: np.ndarray) -> np.ndarray:
    """`below` (..., 3) with `share` (...) of `above` on it."""
    share = np.clip(share, 0, 1)[..., None]
    return below * (1 - share) + above * share


def grid(n: int) -> tuple[np.ndarray, np.ndarray]:
    """x and y of the middle of every pixel, two float32 arrays (n, n), 0 to 1."""
    middle = (np.arange(n, dtype=np.float32) + 0.5) / n
    return np.broadcast_to(middle, (n, n)), np.broadcast_to(middle[:, None], (n, n))


def noise(n: int, cells: int, seed: int, octaves: int = 1) -> np.ndarray:
    """Smooth noise (n, n) float32 with bumps of 1 / `cells` of the side, around 0, rarely beyond -1 and 1.

    Each further octave adds bumps of half the size and half the height.
    """
    total = np.zeros((n, n), np.float32)
    for octave in range(octaves):
        count = cells * 2**octave
        lattice = np.random.RandomState(seed + octave).randn(count + 4, count + 4).astype(np.float32)
        box = (2, 2, count + 2, count + 2)
        bumps = Image.fromarray(lattice).resize((n, n), Image.Resampling.BICUBIC, box)
        total += np.asarray(bumps) * np.float32(0.6 / 2**octave)
    return total


def at(field: np.ndarray, points: np.ndarray) -> np.ndarray:
    """The values of `field` (n, n, ...) at `points` (k, 2), outside those at the edge: (k, ...)."""
    n = len(field)
    column, row = np.clip((points * n).astype(int), 0, n - 1).T
    return field[row, column]


def jittered(random: np.random.RandomState, count: int) -> np.ndarray:
    """Points in random order, one in each square of a `count` x `count` grid a little larger than the canvas."""
    row, column = np.divmod(random.permutation(count * count), count)
    corners = np.stack([column, row], 1) + random.uniform(0, 1, (count * count, 2))
    return corners / count * 1.04 - 0.02


def image_of(colours: np.ndarray) -> Image.Image:
    """Colours (n, n, 3), 0 to 255 and clipped to that, as an image."""
    return Image.fromarray(np.clip(colours + 0.5, 0, 255).astype(np.uint8))


def strokes(image: Image.Image, paths: np.ndarray, colours: np.ndarray, widths: np.ndarray) -> None:
    """Brush strokes on `image`: paths (k, points, 2), colours (k, 3), widths (k,) as shares of the side.

    Each is a broad line with a lighter hair on one flank and a darker one on the other, like thick paint.
    """
    n, draw = image.width, ImageDraw.Draw(image)
    along = np.gradient(paths, axis=1)
    across = np.stack([-along[..., 1], along[..., 0]], -1)
    across *= widths[:, None, None] / (np.linalg.norm(across, axis=-1, keepdims=True) + 1e-9)
    lines = []
    for shift, share, shade in ((0, 1, 1), (-0.28, 0.3, 1.35), (0.3, 0.3, 0.65)):
        thickness = np.maximum(1, np.round(share * n * widths)).astype(int)
        fills = np.clip(shade * colours, 0, 255).astype(int)
        points = ((paths + shift * across) * n).reshape(len(paths), -1)
        lines.append(zip(points.tolist(), map(tuple, fills.tolist()), thickness.tolist(), strict=True))
    for parts in zip(*lines, strict=True):
        for points, fill, width in parts:
            draw.line(points, fill=fill, width=width, joint="curve")

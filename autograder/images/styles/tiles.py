"""A mosaic of small stones, laid in fans that overlap like scales."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from autograder.images.styles.canvas import palette

FAN = 0.18  # radius of a fan, a share of the side; it has a ring for each colour of a set
GROUT = (58, 49, 46)
SETS = (
    palette("#0f4c5c #17838f #53b8b0 #f4ead2 #e8a33c #c8502f #7a1f2b"),
    palette("#7a1f2b #c8502f #f0b549 #f6ecd6 #69b7b9 #1f6f9c #14335e"),
    palette("#14335e #1f6f9c #f4ead2 #8fc9b4 #2f8f6b #e3b23c #9c2f3c"),
)


def draw_mosaic(n: int) -> Image.Image:
    """The picture, n x n pixels."""
    random = np.random.RandomState(5)
    image = Image.new("RGB", (n, n), GROUT)
    draw = ImageDraw.Draw(image)
    rows, columns = round(2 / FAN) + 4, round(0.5 / FAN) + 3
    for row in range(rows):
        for column in range(columns):
            center = np.array([(2 * column + row % 2 - 1) * FAN, 1 + 1.5 * FAN - (rows - 1 - row) * FAN / 2])
            _fan(draw, center * n, FAN * n, SETS[(row + 2 * column) % len(SETS)], random)
    return image


def _fan(
    draw: ImageDraw.ImageDraw,
    center: np.ndarray,
    radius: float,
    colours: np.ndarray,
    random: np.random.RandomState,
) -> None:
    """One fan: a disc of grout, and rings of stones on it, from the outside in."""
    x, y = center
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=GROUT)
    step = radius / len(colours)
    for ring, colour in enumerate(colours):
        outer, inner = radius - (ring + 0.02) * step, radius - (ring + 0.88) * step
        count = max(3, round(2 * np.pi * (outer + inner) / 2 / (1.05 * step)))
        angles = random.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(count) / count
        corners = _corners(angles, 0.86 * 2 * np.pi / count, inner, outer)
        corners += center + random.normal(0, 0.05 * step, (count, 4, 2))
        tints = colour * random.normal(1, 0.10, (count, 1)) + random.normal(0, 7, (count, 3))
        _stones(draw, corners, tints, step)


def _corners(angles: np.ndarray, width: float, inner: float, outer: float) -> np.ndarray:
    """The corners (k, 4, 2) of stones that begin at `angles` (k,) of a ring around 0."""
    turns = angles[:, None] + width * np.array([0, 1, 1, 0])
    radii = np.array([inner, inner, outer, outer])
    return np.stack([radii * np.cos(turns), radii * np.sin(turns)], -1)


def _stones(draw: ImageDraw.ImageDraw, corners: np.ndarray, tints: np.ndarray, step: float) -> None:
    """Stones with corners (k, 4, 2) in colours (k, 3): a dark rim, and faces that are lighter towards the top."""
    middle = corners.mean(1, keepdims=True)
    for share, shift, shade in ((1, 0, 0.8), (0.8, -0.05, 1.0), (0.4, -0.13, 1.1)):
        faces = (middle + share * (corners - middle) + shift * step).reshape(len(corners), -1)
        fills = np.clip(shade * tints, 0, 255).astype(int)
        for face, fill in zip(faces.tolist(), fills.tolist(), strict=True):
            draw.polygon(face, fill=tuple(fill))

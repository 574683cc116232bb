"""Waves in the manner of a woodblock print: flat blues, contour lines along the water, and foam with claws."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from autograder.images.styles.canvas import grid, image_of, mix, noise, palette, ramp

SKY = palette("#e9c79a #f3dfb8 #f2e6cc #d9cfae #a9b9a8")
BLUES = palette("#9fc3cf #5d97b8 #2f6a9e #1c4a82 #12305f")
FOAM, LINE, SUN = palette("#f7f0dc #0e1f3d #d0452f")
ROWS = 8
STEPS = 240  # points along a crest


def draw_woodblock_waves(n: int) -> Image.Image:
    """The picture, n x n pixels."""
    random = np.random.RandomState(21)
    image = image_of(_sky(n))
    draw = ImageDraw.Draw(image)
    for row in range(ROWS):
        _wave(draw, n, row / (ROWS - 1), random)
    grain = 7 * noise(n, 5, 17)[..., None] + 6 * _grain(n)[..., None]
    return image_of(np.asarray(image, float) + grain)


def _sky(n: int) -> np.ndarray:
    """A red sun in a sky that is printed darker towards the top: colours (n, n, 3)."""
    x, y = grid(n)
    sky = ramp(SKY[::-1], 2.6 * y + 0.05 * noise(n, 4, 2))
    return mix(sky, SUN, (0.11 - np.hypot(x - 0.7, y - 0.19)) * n / 2)


def _grain(n: int) -> np.ndarray:
    """The grain of the wood: thin lines along x that wander."""
    _, y = grid(n)
    return np.sin(420 * y + 7 * noise(n, 4, 31))


def _wave(draw: ImageDraw.ImageDraw, n: int, near: float, random: np.random.RandomState) -> None:
    """One row of waves, far (0) to near (1): water, contour lines that follow its crest, and foam on it."""
    height, length = 0.035 + 0.075 * near, 0.20 + 0.30 * near
    base, phase = 0.30 + 0.66 * near, random.uniform(0, 1)
    crest = _crest(base, height, length, phase)
    depth = 0.17 + 0.10 * near
    lines = 9
    for line in range(lines):
        sunk = crest + np.array([0.25 * height * line / lines, depth * line / lines])
        share = np.clip(0.15 + 0.85 * line / lines + 0.15 * (line % 2), 0, 1)
        shape = [*map(tuple, sunk * n), (1.6 * n, 1.6 * n), (-0.6 * n, 1.6 * n)]
        fill = FOAM if line in (1, 4) else ramp(BLUES, np.array(share))
        draw.polygon(shape, fill=tuple(int(value) for value in fill))
        draw.line(
            [tuple(point) for point in sunk * n], fill=tuple(LINE.astype(int)), width=max(1, round(0.003 * n))
        )
    _foam(draw, n, crest, height, random)


def _crest(base: float, height: float, length: float, phase: float) -> np.ndarray:
    """Points (STEPS, 2) along waves that lean over to the left, like a trochoid turned upside down."""
    turn = np.linspace(-1, 1.6 / length + 1, STEPS) * 2 * np.pi
    x = (turn / (2 * np.pi) + phase - 0.5) * length
    sharp = ((1 + np.cos(turn)) / 2) ** 1.6
    return np.stack(
        [x - 0.75 * height * sharp - 0.3 * height * np.sin(turn), base - 1.6 * height * sharp + height * 0.5],
        1,
    )


def _foam(
    draw: ImageDraw.ImageDraw, n: int, crest: np.ndarray, height: float, random: np.random.RandomState
) -> None:
    """Clusters of foam where the crest is high: outlined discs of falling size, thrown a little ahead."""
    top = crest[:, 1].min()
    high = np.clip(1 - (crest[:, 1] - top) / (1.0 * height), 0, 1)
    for _ in range(2):
        for (x, y), share in zip(crest, high, strict=True):
            if share < 0.15 or random.uniform() > 0.85:
                continue
            r = height * (0.08 + 0.16 * share) * random.uniform(0.6, 1.2)
            x, y = x + random.normal(-0.12, 0.16) * height, y + random.normal(-0.02, 0.12) * height
            for radius, fill in ((r + 0.0032, LINE), (r, FOAM), (0.5 * r, BLUES[0])):
                box = [(x - radius) * n, (y - radius) * n, (x + radius) * n, (y + radius) * n]
                draw.ellipse(box, fill=tuple(fill.astype(int)))

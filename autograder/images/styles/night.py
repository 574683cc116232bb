"""A night sky of short brush strokes: swirls of wind, stars with halos, hills and a cypress."""

from __future__ import annotations

import numpy as np
from PIL import Image

from autograder.images.styles.canvas import at, grid, image_of, jittered, mix, noise, palette, ramp, strokes

# x, y, radius, and how fast the wind turns there
SWIRLS = ((0.44, 0.40, 0.15, 1.0), (0.66, 0.50, 0.10, -0.8), (0.10, 0.55, 0.12, 0.7), (0.93, 0.62, 0.09, 0.6))
STARS = (
    *((0.13, 0.16, 0.075), (0.33, 0.10, 0.055), (0.53, 0.14, 0.065), (0.70, 0.27, 0.05), (0.25, 0.34, 0.05)),
    *((0.06, 0.36, 0.045), (0.86, 0.42, 0.055), (0.42, 0.62, 0.04), (0.60, 0.66, 0.035), (0.85, 0.15, 0.12)),
)
SKY = palette("#0a1740 #10286b #1c49a0 #2f6fc4 #6aa5dc #b9d9ea")
GLOW = palette("#fff6c8 #ffe27a #f7bd35 #d9c66a #8fb5c9 #3f7fc6")
HILLS = palette("#071a2c #0d3142 #14505a #2a7a78 #123a5e")


def draw_night_sky(n: int) -> Image.Image:
    """The picture, n x n pixels."""
    random = np.random.RandomState(7)
    scene = _scene(n)
    slope = np.stack(np.gradient(_stream(n), 1 / n), -1)  # d/dy, d/dx
    image = image_of(scene)
    for count, width, length in ((36, 0.026, 0.10), (52, 0.019, 0.080), (60, 0.0135, 0.060)):
        points = jittered(random, count)
        paths = _follow(points, slope, length)
        colours = at(scene, points) * random.normal(1, 0.2, (len(points), 1)) + random.normal(
            0, 8, (len(points), 3)
        )
        strokes(image, paths, colours, width * random.uniform(0.7, 1.2, len(points)))
    return image


def _stream(n: int) -> np.ndarray:
    """Whose contour lines the strokes follow, (n, n): the wind goes around swirls and stars and along the hills."""
    x, y = grid(n)
    stream = y + 0.05 * np.sin(6 * x + 2) + 0.02 * noise(n, 5, 3)
    for sx, sy, radius, turn in SWIRLS:
        distance = np.hypot(x - sx, y - sy)
        stream = stream + 2.2 * turn * radius * np.exp(-((distance / radius) ** 2))
    for sx, sy, radius in STARS:
        distance = np.hypot(x - sx, y - sy)
        near = np.exp(-((distance / (1.45 * radius)) ** 4))
        stream = (1 - near) * stream + near * (sy + 1.2 * distance)
    return np.where(_hills(x, y) > 0, y - _ridge(x) * 0.8 + 0.04 * noise(n, 6, 9), stream).astype(np.float32)


def _scene(n: int) -> np.ndarray:
    """What is painted, without strokes: colours (n, n, 3)."""
    x, y = grid(n)
    bands = 0.5 + 0.5 * np.sin(38 * _stream(n) + 1.5 * noise(n, 4, 21))
    scene = ramp(SKY, 0.12 + 0.30 * y + 0.55 * bands**2 * (0.35 + 0.65 * np.exp(-(((y - 0.45) / 0.22) ** 2))))
    for sx, sy, radius in STARS:
        share = np.hypot(x - sx, y - sy) / (1.5 * radius)
        scene = mix(scene, ramp(GLOW, share), 1.6 * (1 - share))
    hills = _hills(x, y)
    ground = ramp(HILLS, 0.5 + 0.5 * np.sin(70 * hills + 4 * noise(n, 5, 33)))
    scene = mix(scene, ground, hills * n / 3)
    cypress = 0.045 * np.sin(np.clip((y - 0.22) / 0.78, 0, 1) * 2.4) * (1 + 0.3 * np.sin(40 * y)) - abs(
        x - 0.2
    )
    return mix(scene, ramp(HILLS, 0.3 + 0.3 * np.sin(300 * x + 9 * y)), cypress * n / 3)


def _ridge(x: np.ndarray) -> np.ndarray:
    return 0.80 - 0.05 * np.sin(5 * x + 0.4) - 0.03 * np.sin(13 * x)


def _hills(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How far a point lies below the ridge."""
    return y - _ridge(x)


def _follow(points: np.ndarray, slope: np.ndarray, length: float, steps: int = 3) -> np.ndarray:
    """Paths (k, 2 · steps + 1, 2) through `points` along the contour lines of a field with that `slope`."""
    halves = []
    for sign in (-1, 1):
        place, half = points, []
        for _ in range(steps):
            down, right = at(slope, place).T
            along = np.stack([down, -right], 1)
            along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
            place = place + along * (sign * length / (2 * steps))
            half.append(place)
        halves.append(half)
    return np.stack([*halves[0][::-1], points, *halves[1]], 1)

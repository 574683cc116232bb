"""Marbled paper: drops of ink that push each other aside, then combed and stirred.

A drop of radius r at c moves a point p to c + (p - c) · sqrt(1 + r² / |p - c|²): areas stay as they are. The
picture asks, for each pixel, where its ink came from, so every movement is undone, the last one first.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from autograder.images.styles.canvas import grid, image_of, jittered, noise, palette

INKS = palette("#10263f #0f6e84 #f2e3c2 #d8442e #f0a83a #f7efe0 #163a6b #7cb8b0 #8c1f3c #eec9a0")
SIDE, RINGS = 6, 5  # at SIDE x SIDE places drop after drop falls into the middle of those before
STRIPES = 26  # of ink, below the drops
# x, y, radius and angle of what was stirred last
STIRRED = (
    (0.30, 0.32, 0.13, 3.6),
    (0.72, 0.62, 0.15, -3.4),
    (0.78, 0.20, 0.09, 2.8),
    (0.24, 0.78, 0.10, -3.0),
)


def draw_marbling(n: int) -> Image.Image:
    """The picture, n x n pixels."""
    x, y = grid(n)
    points = _undo_stirring(np.stack([x, y], -1).reshape(-1, 2).astype(np.float32))
    colours = INKS[_ink(points)].reshape(n, n, 3)
    return image_of(colours + 9 * noise(n, 80, 50, 2)[..., None] + 7 * noise(n, 6, 90)[..., None])


def _undo_stirring(points: np.ndarray) -> np.ndarray:
    """Where the points (k, 2) lay before combs and whirls."""
    for x, y, radius, angle in STIRRED:
        away = points - np.array([x, y], np.float32)
        turn = angle * np.exp(-((np.hypot(*away.T) / radius) ** 2))
        cos, sin = np.cos(turn), np.sin(turn)
        turned = np.stack([cos * away[:, 0] - sin * away[:, 1], sin * away[:, 0] + cos * away[:, 1]], 1)
        points = turned + np.array([x, y], np.float32)
    x, y = points.T
    y = y + 0.035 * np.sin(38 * x) + 0.03 * np.sin(11 * x + 1)
    x = x + 0.05 * np.sin(17 * y) + 0.04 * np.sin(5 * y + 2)
    return np.stack([x, y], 1).astype(np.float32)


def _ink(points: np.ndarray) -> np.ndarray:
    """The number of the ink at each of the points (k, 2)."""
    random = np.random.RandomState(3)
    places = 1.3 * jittered(random, SIDE).astype(np.float32) - np.float32(0.15)
    drops = [(place, random.uniform(0.03, 0.065)) for place in places for _ in range(RINGS)]
    inks = random.randint(0, len(INKS), len(drops))
    result = np.zeros(len(points), int)
    x, y = points.T.copy()
    left = np.arange(len(points))  # those whose ink is not known yet
    for (center, radius), ink in zip(drops[::-1], inks[::-1], strict=True):
        dx, dy = x - center[0], y - center[1]
        squared = dx * dx + dy * dy
        outside = squared >= radius**2
        if not outside.all():
            result[left[~outside]] = ink
            left, dx, dy, squared = left[outside], dx[outside], dy[outside], squared[outside]
        back = np.sqrt(1 - np.float32(radius**2) / squared)
        x, y = center[0] + dx * back, center[1] + dy * back
    result[left] = (y * STRIPES).astype(int) % len(INKS)
    return result

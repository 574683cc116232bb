"""Stained glass: a sun over hills and a river, cut into pieces with lead between them."""

from __future__ import annotations

import numpy as np
from PIL import Image

from autograder.images.styles.canvas import grid, image_of, mix, noise, palette

CELLS = 15  # pieces along a side
RAYS = palette("#f7b500 #ff8a00 #e2451c #ffd84a #c81d3c")
SKY = palette("#0b4fb3 #1681d6 #3bb6e8 #6a35b0 #0a2f86 #1aa5b8")
GROUND = palette("#0f8a3c #5cb531 #b3d335 #077a68 #14603a")
RIVER = palette("#12b5c9 #0d6fc2 #7fe0e6 #1646a0")
SUN = (0.5, 0.38)


def draw_stained_glass(n: int) -> Image.Image:
    """The picture, n x n pixels."""
    random = np.random.RandomState(4)
    nearest, edge = _pieces(n, random)
    colours, shine = _colours(random)
    x, y = grid(n)
    tilt = random.normal(0, 1, (2, CELLS + 6, CELLS + 6))
    slant = (tilt[0][nearest] * x + tilt[1][nearest] * y) * CELLS
    light = shine[nearest] + 0.03 * np.sin(slant * 2) + 0.10 * noise(n, 60, 8, 2) + 0.08 * noise(n, 9, 2, 2)
    glass = colours[nearest] * light[..., None]
    glass = glass + 110 * np.clip(noise(n, 26, 40) - 0.75, 0, 1)[..., None]  # bubbles
    lead = 0.0075 - edge  # half the width of a lead, less the distance to its middle
    glass = glass * np.clip(0.55 + 24 * edge, 0.55, 1)[..., None]  # a shadow along it
    glass = mix(glass, palette("#15110f")[0], lead * n / 2 + 0.5)
    return image_of(mix(glass, palette("#6d6460")[0], 0.7 * np.clip(1 - abs(edge - 0.002) * 900, 0, 1)))


def _pieces(n: int, random: np.random.RandomState) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Which piece each pixel belongs to, as index arrays, and its distance to the next piece: a Voronoi mosaic.

    One seed point lies in each square of a grid, so only those of the 25 squares around can be the nearest.
    """
    x, y = grid(n)
    count = CELLS + 6
    seeds = (np.indices((count, count)) + random.uniform(0.12, 0.88, (2, count, count)) - 3) / CELLS  # y, x
    row, column = (y * CELLS).astype(int) + 3, (x * CELLS).astype(int) + 3
    around = [(dr, dc) for dr in range(-2, 3) for dc in range(-2, 3)]
    first = np.full((n, n), np.inf)
    nearest = (row, column)
    for dr, dc in around:
        distance = _squared(seeds, row + dr, column + dc, x, y)
        closer = distance < first
        first = np.where(closer, distance, first)
        nearest = (np.where(closer, row + dr, nearest[0]), np.where(closer, column + dc, nearest[1]))
    edge = np.full((n, n), 1.0)
    for dr, dc in around:
        there = (row + dr, column + dc)
        apart = np.hypot(seeds[0][there] - seeds[0][nearest], seeds[1][there] - seeds[1][nearest])
        gap = (_squared(seeds, *there, x, y) - first) / (2 * apart + 1e-9)
        edge = np.where(apart > 0, np.minimum(edge, gap), edge)
    return nearest, edge


def _squared(
    seeds: np.ndarray, row: np.ndarray, column: np.ndarray, x: np.ndarray, y: np.ndarray
) -> np.ndarray:
    return (seeds[0][row, column] - y) ** 2 + (seeds[1][row, column] - x) ** 2


def _colours(random: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """The colour (m, m, 3) and the brightness (m, m) of each piece."""
    count = CELLS + 6
    y, x = (np.indices((count, count)) - 2.5) / CELLS
    distance, angle = np.hypot(x - SUN[0], y - SUN[1]), np.arctan2(y - SUN[1], x - SUN[0])
    pick = random.randint(0, 60, (count, count))
    rays = (distance < 0.17) | ((np.sin(9 * angle) > 0.25) & (distance < 0.62))
    land = y > 0.74 + 0.07 * np.sin(7 * x)
    river = land & (abs(x - 0.5 - 0.12 * np.sin(8 * y)) < 0.11)
    colours = np.where(rays[..., None], RAYS[pick % len(RAYS)], SKY[pick % len(SKY)])
    colours = np.where(land[..., None], GROUND[pick % len(GROUND)], colours)
    colours = np.where(river[..., None], RIVER[pick % len(RIVER)], colours)
    return colours, random.uniform(0.82, 1.12, (count, count))

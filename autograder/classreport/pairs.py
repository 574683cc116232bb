"""Pairs whose solution cells are nearly the same after renaming: a place to look, and no verdict.

Two cells match when most of their pieces are in both, pieces that few in the class have counting more; what the
released cell, the lab's solution and its alternatives hold does not count at all. A match says the less the more of
the class match too. A pair is listed when all its matches together are more than chance would bring about once in
the class: short cells, and shapes that many arrive at, don't get there.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from autograder.classreport.shapes import PIECE, pieces

SAME = 0.8  # share of the pieces, by weight, of the cell that has more of them
SHORT = 12  # pieces of a cell's own: with fewer it says nothing
RARE = 0.05  # of the class: a piece that more have is no surprise by itself


@dataclass(frozen=True)
class Match:
    """A cell that two submissions have nearly the same, and how surprising that is."""

    exercise: str
    surprise: float
    share: float


@dataclass(frozen=True)
class Pair:
    """Two submissions of a lab, by their places in the class, and their matching cells, strongest first."""

    first: int
    second: int
    matches: tuple[Match, ...]

    @property
    def surprise(self) -> float:
        """Of all matches together: the logarithm of how rare such a pair is."""
        return sum(match.surprise for match in self.matches)


def near_pairs(cells: list[Mapping[str, str]], known: Mapping[str, Iterable[str]]) -> list[Pair]:
    """The pairs among submissions of one lab (grade_id -> source each), strongest first.

    `known` holds, by grade_id, the texts that people are given or led to.
    """
    found: dict[tuple[int, int], list[Match]] = defaultdict(list)
    for exercise, given in known.items():
        common = frozenset().union(*map(pieces, given))
        shapes = [pieces(own[exercise]) - common if exercise in own else frozenset() for own in cells]
        for first, second, match in _matches(exercise, shapes):
            found[first, second].append(match)
    pairs = [
        Pair(*places, tuple(sorted(matches, key=lambda match: -match.surprise)))
        for places, matches in found.items()
    ]
    chance = math.log(max(len(cells) * (len(cells) - 1) / 2, 2.0))  # as many pairs as there are
    listed = (pair for pair in pairs if pair.surprise >= chance)
    return sorted(listed, key=lambda pair: (-pair.surprise, pair.first, pair.second))


def _matches(exercise: str, shapes: list[frozenset[int]]) -> Iterator[tuple[int, int, Match]]:
    size = len(shapes)
    spread = Counter(piece for shape in shapes for piece in shape)
    shared_pieces = [piece for piece, count in spread.items() if count > 1]
    if not shared_pieces:
        return
    weights = {piece: math.log((size + 1) / count) for piece, count in spread.items()}
    totals = np.array([sum(weights[piece] for piece in shape) for shape in shapes])
    table = _table(shapes, shared_pieces)
    shared = _overlaps(table, [weights[piece] for piece in shared_pieces])
    shares = shared / np.maximum(np.maximum(totals[:, None], totals[None, :]), 1e-9)
    same = (shares >= SAME) & (table @ table.T >= SHORT)
    np.fill_diagonal(same, False)
    rare = _overlaps(table, [_rarity(spread[piece], size) for piece in shared_pieces])
    others = same.sum(axis=1)
    for first, second in zip(*np.nonzero(np.triu(same)), strict=True):
        like_these = 1 + (others[first] + others[second]) / 2
        surprise = math.log(max(size / like_these, 1.0)) + float(rare[first, second]) / PIECE
        yield int(first), int(second), Match(exercise, surprise, float(shares[first, second]))


def _table(shapes: list[frozenset[int]], columns: list[int]) -> np.ndarray:
    """Which cell has which piece: 1 or 0, (cells, pieces)."""
    places = {piece: place for place, piece in enumerate(columns)}
    table = np.zeros((len(shapes), len(columns)), dtype=np.float32)
    for row, shape in enumerate(shapes):
        table[row, [places[piece] for piece in shape if piece in places]] = 1.0
    return table


def _overlaps(table: np.ndarray, weights: list[float]) -> np.ndarray:
    """The weight of what each two cells share, all pairs at once, (cells, cells)."""
    return (table * np.array(weights, dtype=np.float32)) @ table.T


def _rarity(count: int, size: int) -> float:
    """1 for what only two have, falling to 0 for what more than `RARE` of the class have."""
    most = max(RARE * size, 2.5)
    return max(0.0, 1.0 - math.log(count / 2) / math.log(most / 2))

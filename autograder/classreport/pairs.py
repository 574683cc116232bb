"""Pairs of submissions whose solution cells are nearly the same after renaming: a place to look, and no verdict.

Two cells match when they have most of their pieces in common (`shapes` says what a piece is). A piece counts more the
fewer in the class have it, and not at all where the released cell, the solution or an alternative has it. A match is
the more surprising the fewer in the class match too and the rarer its pieces are. A pair is listed when all its
matches together are so surprising that chance alone would bring about less than one such pair in the class; short
cells, and cells that many write alike, are never surprising enough.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from autograder.classreport.shapes import PIECE, pieces

Table = npt.NDArray[np.float32]

SAME = 0.8  # share of pieces in common, by weight, of the cell that has more pieces, from which on two cells match
SHORT = 12  # common pieces: with fewer two cells never match
RARE = 0.05  # share of the class: a piece that more have is no surprise


@dataclass(frozen=True)
class Match:
    """An exercise whose cells match in two submissions: how surprising that is, and the share of common pieces."""

    exercise: str
    surprise: float
    share: float


@dataclass(frozen=True)
class Pair:
    """Two submissions of a lab, by their indices in the class, and their matches, the most surprising first."""

    first: int
    second: int
    matches: tuple[Match, ...]

    @property
    def surprise(self) -> float:
        """How surprising all matches together are: one pair in exp(surprise) would be like this by chance."""
        return sum(match.surprise for match in self.matches)


def near_pairs(cells: list[Mapping[str, str]], known: Mapping[str, Iterable[str]]) -> list[Pair]:
    """The pairs among submissions of one lab, the most surprising first.

    `cells` are each submission's cells by grade_id, `known` the texts that everybody has or is led to, by grade_id.
    """
    found: dict[tuple[int, int], list[Match]] = defaultdict(list)
    for exercise, texts in known.items():
        common = frozenset[int]().union(*map(pieces, texts))
        shapes = [pieces(own[exercise]) - common if exercise in own else frozenset() for own in cells]
        for first, second, match in _matches(exercise, shapes):
            found[first, second].append(match)
    pairs = [
        Pair(first, second, tuple(sorted(matches, key=lambda match: -match.surprise)))
        for (first, second), matches in found.items()
    ]
    number_of_pairs = max(len(cells) * (len(cells) - 1) / 2, 2.0)
    listed = (pair for pair in pairs if pair.surprise >= math.log(number_of_pairs))
    return sorted(listed, key=lambda pair: (-pair.surprise, pair.first, pair.second))


def _matches(exercise: str, shapes: list[frozenset[int]]) -> Iterator[tuple[int, int, Match]]:
    """The matches of one exercise, each with the indices of its two submissions; `shapes` are the cells' pieces."""
    size = len(shapes)
    counts = Counter(piece for shape in shapes for piece in shape)
    shared_pieces = [piece for piece, count in counts.items() if count > 1]
    if not shared_pieces:
        return
    weights = {piece: math.log((size + 1) / count) for piece, count in counts.items()}
    totals = np.array([sum(weights[piece] for piece in shape) for shape in shapes])
    table = _table(shapes, shared_pieces)
    shared = _overlaps(table, [weights[piece] for piece in shared_pieces])
    shares = shared / np.maximum(np.maximum(totals[:, None], totals[None, :]), 1e-9)
    same = (shares >= SAME) & (table @ table.T >= SHORT)
    np.fill_diagonal(same, False)
    rare = _overlaps(table, [_rarity(counts[piece], size) for piece in shared_pieces])
    matching = same.sum(axis=1)  # with how many others each cell matches
    for first, second in zip(*np.nonzero(np.triu(same)), strict=True):
        like_these = 1 + (matching[first] + matching[second]) / 2
        surprise = math.log(max(size / like_these, 1.0)) + float(rare[first, second]) / PIECE
        yield int(first), int(second), Match(exercise, surprise, float(shares[first, second]))


def _table(shapes: list[frozenset[int]], columns: list[int]) -> Table:
    """Which cell has which piece, as 1 or 0, of shape (cells, pieces)."""
    index = {piece: column for column, piece in enumerate(columns)}
    table = np.zeros((len(shapes), len(columns)), dtype=np.float32)
    for row, shape in enumerate(shapes):
        table[row, [index[piece] for piece in shape if piece in index]] = 1.0
    return table


def _overlaps(table: Table, weights: list[float]) -> Table:
    """The weight of the pieces that each two cells have in common, of shape (cells, cells)."""
    return (table * np.array(weights, dtype=np.float32)) @ table.T


def _rarity(count: int, size: int) -> float:
    """How rare a piece is that `count` of `size` have: 1 if only two have it, 0 if more than `RARE` of the class do."""
    common = max(RARE * size, 2.5)
    return max(0.0, 1.0 - math.log(count / 2) / math.log(common / 2))

"""Figures of feature maps (1, C, H, W) and of their Gram matrices (1, C, C)."""

from __future__ import annotations

import numpy as np

from autograder.notebook.figures.canvas import QUIET, array, figure, show


def feature_maps(features, most: int = 6) -> None:
    """Show the strongest maps of each layer: layer name -> (1, C, H, W); a layer is a row, dark is 0."""
    fig, axes = figure(8, 0.1 + len(features) * 8.4 / most, rows=len(features), columns=most)
    for row, (name, maps) in zip(np.reshape(axes, (len(features), most)), features.items(), strict=True):
        maps = array(maps)[0]
        for ax in row:
            _clean(ax)
        for ax, index in zip(row, _strongest(maps, most), strict=False):
            _map(ax, maps[index])
            ax.set_xlabel(f"map {index}", fontsize=9, color=QUIET)
        row[0].set_ylabel(name, fontsize=10.5)
        row[0].set_title(f"{maps.shape[0]} maps, {maps.shape[1]}×{maps.shape[2]}", fontsize=9.5, loc="left")
    show(fig, "Feature maps of the layers " + ", ".join(features))


def occurring_together(features, among: int = 12) -> None:
    """Show two maps that respond in the same places, and two that don't, of (1, C, H, W), each with its product.

    They are chosen among the strongest by their cosine: of maps as long vectors.
    """
    maps = array(features)[0]
    fig, axes = figure(6.6, 4.7, rows=2, columns=3)
    for row, (first, second, cosine) in zip(axes, _extreme_pairs(maps, among), strict=True):
        product = maps[first] * maps[second]
        shown = {
            f"map {first}": maps[first],
            f"map {second}": maps[second],
            f"product; cosine {cosine:.2f}": product,
        }
        for ax, (title, picture) in zip(row, shown.items(), strict=True):
            _map(ax, picture, least=0.05 * maps.max() ** 2 if picture is product else 0)
            ax.set_title(title, fontsize=10.5)
    show(fig, "Two feature maps and their product: for two that go together, and for two that don't")


def _extreme_pairs(maps, among):
    """(i, j, cosine) of the two maps that are most alike among the strongest, and of the two that are least."""
    strongest = _strongest(maps, among)
    rows = maps[strongest].reshape(len(strongest), -1).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True) + 1e-12
    upper = np.triu_indices(len(rows), 1)
    cosines = np.einsum("ap,bp->ab", rows, rows)[upper]
    for place in (cosines.argmax(), cosines.argmin()):
        yield strongest[upper[0][place]], strongest[upper[1][place]], cosines[place]


def shuffled_maps(features, shuffled, grams, most: int = 3) -> None:
    """Show some maps of `features` over the same of `shuffled`, both (1, C, H, W), with a Gram matrix for each."""
    before, after = array(features)[0], array(shuffled)[0]
    strongest = _strongest(before, most)
    fig, axes = figure(8, 4.4, rows=2, columns=most + 1)
    matrices = [array(gram)[0] for gram in grams]
    chosen = _loudest(matrices, 24)
    rows = zip(axes, (before, after), matrices, ("in place", "shuffled"), strict=True)
    for row, maps, matrix, name in rows:
        for ax, index in zip(row, strongest, strict=False):
            _map(ax, maps[index])
            ax.set_title(f"map {index}", fontsize=10, color=QUIET)
        _gram(row[-1], matrix[chosen][:, chosen])
        row[-1].set_title("Gram matrix", fontsize=10, color=QUIET)
        row[0].set_ylabel(name, fontsize=10.5)
    show(fig, "Feature maps above, the same with their positions shuffled below, and equal Gram matrices")


def gram_matrices(grams, most: int = 32) -> None:
    """Show Gram matrices (1, C, C), title -> matrix: the `most` channels that respond most, alike in all."""
    matrices = [array(gram)[0] for gram in grams.values()]
    chosen = _loudest(matrices, most)
    fig, axes = figure(2.7 * len(grams), 2.9, columns=len(grams))
    for ax, title, matrix in zip(np.atleast_1d(axes), grams, matrices, strict=True):
        _gram(ax, matrix[chosen][:, chosen])
        ax.set_title(title, fontsize=10.5)
    show(fig, "Gram matrices as squares of colour: " + ", ".join(grams))


def _loudest(matrices, most):
    """Indices, in order, of the channels with the largest entries on the diagonals of Gram matrices (C, C)."""
    return np.sort(
        np.argsort(-sum(np.diag(matrix) / np.trace(matrix) for matrix in matrices), kind="stable")[:most]
    )


def neighbour_differences(image) -> None:
    """Show an image (1, 3, H, W) in [0, 1] beside the size of its differences to the right and downwards."""
    pixels = array(image)[0].transpose(1, 2, 0)
    across, down = np.abs(np.diff(pixels, axis=1)).mean(-1), np.abs(np.diff(pixels, axis=0)).mean(-1)
    fig, axes = figure(8, 8 * pixels.shape[0] / pixels.shape[1] / 3 + 0.3, columns=3)
    shown = {"image": pixels, "to the right": across, "downwards": down}
    for ax, (title, picture) in zip(axes, shown.items(), strict=True):
        ax.imshow(picture, cmap="magma", vmin=0, vmax=0.35)
        _clean(ax)
        ax.set_title(title, fontsize=10.5)
    show(fig, "An image, and how much each pixel differs from its neighbours")


def _strongest(maps, most):
    """Which maps have most in them, (C, H, W) -> indices: by their spread, the largest first."""
    return np.argsort(-maps.std(axis=(1, 2)), kind="stable")[:most]


def _map(ax, values, least=0.0):
    """One map (H, W): black at 0 and below, white where it is strongest, if that is more than `least`."""
    top = max(float(np.percentile(values, 99.5)), least, 1e-9)
    ax.imshow(values, cmap="gray", vmin=0, vmax=top)
    _clean(ax)


def _gram(ax, matrix):
    """A Gram matrix (C, C); roots show small entries as well."""
    ax.imshow(np.sqrt(np.abs(matrix)), cmap="viridis", vmin=0, interpolation="nearest")
    _clean(ax)


def _clean(ax):
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)

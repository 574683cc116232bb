"""What every source of images becomes: bytes in memory, floats in [-1, 1] batch by batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.utils.data import BatchSampler, DataLoader, Dataset, RandomSampler

from autograder.errors import PlainError

Indices = int | slice | Sequence[int] | np.ndarray | torch.Tensor


class ImageDataError(PlainError):
    """Images that can't be had."""


class ImageData(Dataset[tuple[torch.Tensor, torch.Tensor]]):
    """Square images with labels: `pixels` uint8 (N, C, size, size), `labels` int64 (N,), all on the CPU.

    `name` is the source's ("glyphs", "mnist", "fashion" or "folder"), `note` a sentence on what is used and why.
    """

    def __init__(self, name: str, note: str, pixels: torch.Tensor, labels: torch.Tensor) -> None:
        """Keeps the tensors as they are, without a copy."""
        self.name, self.note, self.pixels, self.labels = name, note, pixels, labels

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """(N, channels, size, size)."""
        count, channels, height, width = self.pixels.shape
        return count, channels, height, width

    def images(self, indices: Indices) -> torch.Tensor:
        """The images at `indices`, float32 (n, channels, size, size) in [-1, 1]: -1 is black, 1 is white."""
        return self.pixels[_several(indices)].float().div_(127.5).sub_(1)

    def loader(self, batch_size: int, seed: int = 0) -> DataLoader[tuple[torch.Tensor, torch.Tensor]]:
        """Batches (images, labels) in an order drawn anew each epoch from `seed`; the last short batch is dropped.

        The order comes from a generator of its own: torch's global random numbers are neither used nor changed.
        Raises ImageDataError if there are fewer images than a batch needs.
        """
        if not 1 <= batch_size <= len(self):
            few = f"a batch of {batch_size} can't be made from {len(self)} images."
            raise ImageDataError(f"{self.name}: {few} Choose a batch_size between 1 and {len(self)}.")
        own = torch.Generator().manual_seed(seed)
        batches = BatchSampler(RandomSampler(self, generator=own), batch_size, drop_last=True)
        return DataLoader(self, batch_size=None, sampler=batches, generator=own)

    def __len__(self) -> int:
        return len(self.pixels)

    def __getitem__(self, indices: Indices) -> tuple[torch.Tensor, torch.Tensor]:
        indices = _several(indices)
        return self.images(indices), self.labels[indices]

    def __repr__(self) -> str:
        count, channels, height, width = self.shape
        return f"{count} images of {height}x{width}, {channels} channel{'s' * (channels > 1)}. {self.note}"


def _several(indices: Indices) -> slice | torch.Tensor:
    """Indices of which one alone counts as a list of one, so that the answer always is a batch."""
    if isinstance(indices, slice):
        return indices
    several: torch.Tensor = torch.atleast_1d(torch.as_tensor(indices))
    return several if several.numel() else several.long()

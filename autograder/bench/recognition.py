"""How many of a network's images people would recognise as digits: measured by a small classifier.

It has an eleventh answer, "no digit", learnt from noise, blank images, blends of two digits and scrambled ones:
a classifier that knows digits only would give noise a digit too, and with confidence.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from autograder.images.glyphs import load_glyphs

SIDE = 28  # what the classifier sees, whatever the size of the images
NO_DIGIT = 10
BATCH = 64
CONFIDENCE = 0.8


class DigitClassifier(nn.Module):
    """Logits for the digits 0 to 9 and for "no digit": (N, 1, H, W) in [-1, 1] -> (N, 11)."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Flatten()),
            *(nn.Linear(32 * (SIDE // 4) ** 2, 64), nn.ReLU(), nn.Dropout(0.3), nn.Linear(64, NO_DIGIT + 1)),
        )

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The logits of images of any size."""
        logits: torch.Tensor = self.main(_at_side(images))
        return logits


def train_classifier(
    size: int = 28, seed: int = 0, epochs: int = 8, *, strict: bool = True
) -> DigitClassifier:
    """A classifier trained on the glyphs of `size` pixels, in evaluation mode; about 12 seconds on one core.

    One that is not `strict` has seen digits only, and takes everything for one.
    The same for the same seed, on machines that compute alike. torch's global random numbers stay as they were.
    """
    pixels, labels = map(torch.from_numpy, load_glyphs(size))
    digits = _at_side(pixels.unsqueeze(1).float() / 127.5 - 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        classifier = DigitClassifier()
        _train(classifier, digits, labels, epochs, strict)
    return classifier.eval()


def _train(
    classifier: nn.Module, digits: torch.Tensor, labels: torch.Tensor, epochs: int, strict: bool
) -> None:
    """`epochs` rounds over the digits with Adam, the learning rate rising to 3e-3 and falling to 0."""
    rounds = len(digits) // BATCH
    optimizer = torch.optim.Adam(classifier.parameters())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=epochs * rounds)
    for _ in range(epochs):
        for rows in torch.randperm(len(digits)).split(BATCH)[:rounds]:
            images, answers = _lesson(digits[rows], labels[rows], strict)
            optimizer.zero_grad()
            F.cross_entropy(classifier(images), answers).backward()
            optimizer.step()
            schedule.step()


@torch.no_grad()
def recognised(classifier: nn.Module, images: torch.Tensor) -> tuple[float, torch.Tensor]:
    """The share of `images` (N, 1, H, W) in [-1, 1] that are a digit for sure, and how many are which: int64 (10,).

    For sure: with more than `CONFIDENCE`.
    """
    confidence, answers = torch.cat([classifier(part).softmax(1) for part in images.split(256)]).max(1)
    sure = answers[(confidence > CONFIDENCE) & (answers != NO_DIGIT)]
    return len(sure) / len(images), torch.bincount(sure, minlength=NO_DIGIT)


def no_digits(digits: torch.Tensor) -> torch.Tensor:
    """As many images that are no digits as there are digits (N, 1, 28, 28): noise, blank ones, blends, scrambles."""
    makers = (_noise, _clouds, _blank, _blends, _scrambles, _scrambles)
    parts = digits.tensor_split(len(makers))
    return torch.cat([make(part) for make, part in zip(makers, parts, strict=True)])


def _lesson(digits: torch.Tensor, labels: torch.Tensor, strict: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """A batch to learn from: digits with flaws that people look past; if `strict`, half as many that are none."""
    others = no_digits(digits)[: len(digits) if strict else 0 : 2]
    images = torch.cat([torch.where(_some(digits), _flawed(digits), digits), others])
    return images, torch.cat([labels, torch.full((len(others),), NO_DIGIT)])


def _flawed(digits: torch.Tensor) -> torch.Tensor:
    """The same digits softer, paler, speckled, a trace of another one in them: still digits to everyone."""
    soft = F.avg_pool2d(digits, 3, 1, 1, count_include_pad=False)
    pale = (torch.where(_some(digits), soft, digits) + 1) * (0.5 + 0.5 * torch.rand(len(digits), 1, 1, 1)) - 1
    pale = pale + 0.25 * torch.rand(len(digits), 1, 1, 1) * (
        digits.roll(1, 0) - pale
    )  # a ghost of another one
    speckles = 0.3 * torch.rand(len(digits), 1, 1, 1) * torch.randn_like(digits)
    dust = 2 * (torch.rand_like(digits) < 0.03 * torch.rand(len(digits), 1, 1, 1))
    return (pale + speckles + dust).clamp_(-1, 1)


def _some(digits: torch.Tensor) -> torch.Tensor:
    """Half of the images, by chance."""
    return torch.rand(len(digits), 1, 1, 1) < 0.5


def _at_side(images: torch.Tensor) -> torch.Tensor:
    """The images in SIDE x SIDE pixels, smoothly made smaller or larger."""
    return (
        images
        if images.shape[-1] == SIDE
        else F.interpolate(images, (SIDE, SIDE), mode="bilinear", antialias=True)
    )


def _noise(digits: torch.Tensor) -> torch.Tensor:
    """Each pixel on its own, between a little speckled and even grey."""
    level = torch.rand(len(digits), 1, 1, 1) * 2 - 1
    return (level + torch.rand(len(digits), 1, 1, 1) * torch.randn_like(digits)).clamp_(-1, 1)


def _clouds(digits: torch.Tensor) -> torch.Tensor:
    """Soft white shapes in the middle, as networks draw them at first."""
    coarse = torch.randn(len(digits), 1, 7, 7)
    coarse[:, :, [0, -1]] = coarse[:, :, :, [0, -1]] = -1
    return F.interpolate(coarse * 1.5, (SIDE, SIDE), mode="bicubic").clamp_(-1, 1)


def _blank(digits: torch.Tensor) -> torch.Tensor:
    """Black, with a digit so faint that nobody sees it."""
    return (digits + 1) * 0.1 * torch.rand(len(digits), 1, 1, 1) - 1


def _blends(digits: torch.Tensor) -> torch.Tensor:
    """Two digits, one half transparent over the other; one pair in ten happens to be of one kind."""
    share = 0.44 + 0.12 * torch.rand(len(digits), 1, 1, 1)
    return share * digits + (1 - share) * digits.roll(1, 0)


def _scrambles(digits: torch.Tensor) -> torch.Tensor:
    """The sixteen tiles of each digit in another order: strokes without a shape."""
    tiles = digits.unfold(2, 7, 7).unfold(3, 7, 7).flatten(2, 3)[:, :, torch.randperm(16)]
    rows: torch.Tensor = tiles.unflatten(2, (4, 4)).permute(0, 1, 2, 4, 3, 5)
    return rows.reshape(digits.shape)

"""The classifier that measures how many of a network's images people would recognise."""

from __future__ import annotations

import inspect

import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from autograder import load_images
from autograder.bench.recognition import (
    BATCH,
    CONFIDENCE,
    NO_DIGIT,
    SIDE,
    _lesson,
    no_digits,
    recognised,
    train_classifier,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def classifier(classifiers):
    """The one that knows what is no digit."""
    return classifiers[0]


@pytest.fixture(scope="module")
def held_out():
    """Glyphs of another seed: none of them was seen in training."""
    return load_images("glyphs", length=1000, seed=1)


def as_images(values):
    return values.clamp(-1, 1).view(-1, 1, SIDE, SIDE)


def test_training_leaves_the_random_numbers_alone_and_is_seeded():
    torch.manual_seed(3)
    before = torch.get_rng_state()
    first, again, other = (train_classifier(seed=seed, epochs=1) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), before)
    image = torch.zeros(1, 1, SIDE, SIDE)
    assert torch.equal(first(image), again(image)) and not torch.equal(first(image), other(image))
    assert not first.training


def test_training_is_a_few_hundred_small_steps():
    """Half a minute on one core: 64 steps in each of 8 rounds, with a network that a laptop holds easily."""
    steps = []
    hook = register_optimizer_step_post_hook(lambda optimizer, *_: steps.append(optimizer))
    try:
        network = train_classifier(epochs=1)
    finally:
        hook.remove()
    assert len(steps) == 64 and inspect.signature(train_classifier).parameters["epochs"].default <= 8
    assert sum(weights.numel() for weights in network.parameters()) < 150_000
    batch = _lesson(torch.zeros(BATCH, 1, SIDE, SIDE), torch.zeros(BATCH, dtype=torch.long), strict=True)
    assert len(batch[0]) == 1.5 * BATCH <= 100


@pytest.mark.parametrize("size", [28, 64])
def test_more_than_98_percent_of_held_out_glyphs_are_recognised(classifier, size):
    data = load_images("glyphs", size=size, length=1000, seed=1)
    images = data.images(slice(None))
    with torch.no_grad():
        answers = classifier(images).argmax(1)
    assert (answers == data.labels).float().mean() > 0.98
    share, counts = recognised(classifier, images)
    assert share > 0.95 and (counts > 50).all()


def test_the_classifier_that_knows_digits_only_is_right_too(classifiers):
    data = load_images("glyphs", length=1000, seed=1)
    strict, lenient = classifiers
    with torch.no_grad():
        answers = lenient(data.images(slice(None))).argmax(1)
    assert (answers == data.labels).float().mean() > 0.98
    noise = torch.randn(200, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    assert recognised(lenient, noise)[0] > recognised(strict, noise)[0]  # why there is a strict one


def test_softer_paler_and_speckled_digits_are_still_recognised(classifier, held_out):
    images = held_out.images(slice(None))
    own = torch.Generator().manual_seed(0)
    changed = {
        "pale": (images + 1) * 0.6 - 1,
        "soft": torch.nn.functional.avg_pool2d(images, 3, 1, 1, count_include_pad=False),
        "speckled": as_images(images + 0.15 * torch.randn(images.shape, generator=own)),
    }
    for name, these in changed.items():
        assert recognised(classifier, these)[0] > 0.9, name


def test_what_is_no_digit_is_not_recognised(classifier, held_out):
    images, own = held_out.images(slice(None)), torch.Generator().manual_seed(0)
    coarse = torch.randn(500, 1, 7, 7, generator=own)
    strangers = {
        "noise": as_images(torch.randn(500, 784, generator=own)),
        "even noise": as_images(torch.rand(500, 784, generator=own) * 2 - 1),
        "dots": as_images(2 * (torch.rand(500, 784, generator=own) < 0.15).float() - 1),
        "black": -torch.ones(500, 1, SIDE, SIDE),
        "grey": torch.zeros(500, 1, SIDE, SIDE),
        "white": torch.ones(500, 1, SIDE, SIDE),
        "clouds": torch.nn.functional.interpolate(coarse, (SIDE, SIDE), mode="bilinear"),
        "negatives": -images,
        "mean": images.mean(0, keepdim=True).expand(500, -1, -1, -1),
    }
    for name, these in strangers.items():
        assert recognised(classifier, these)[0] < 0.05, name


def test_two_digits_at_once_are_mostly_not_recognised(classifier, held_out):
    images, labels = held_out.images(slice(None)), held_out.labels
    differ = labels != labels.roll(1)
    blends = (images / 2 + images.roll(1, 0) / 2)[differ]
    assert recognised(classifier, blends)[0] < 0.3


def test_the_share_and_the_digits_are_counted():
    """With a classifier whose answers are known: each image says in its first pixels what it is and how surely."""

    class Told(torch.nn.Module):
        def forward(self, images):
            digit, sure = images[:, 0, 0, 0].long(), images[:, 0, 0, 1]
            return torch.nn.functional.one_hot(digit, NO_DIGIT + 1) * sure.unsqueeze(1)

    images = torch.zeros(300, 1, SIDE, SIDE)
    images[:, 0, 0, 1] = 20.0
    images[:100, 0, 0, 0] = 3
    images[100:200, 0, 0, 0] = NO_DIGIT
    images[200:202, 0, 0, 0] = 7
    images[202:, 0, 0, 1] = 1.0  # not sure
    share, counts = recognised(Told(), images)
    assert share == pytest.approx(102 / 300)
    assert counts.tolist() == [0, 0, 0, 100, 0, 0, 0, 2, 0, 0]
    assert 0.5 < CONFIDENCE < 1


def test_examples_of_no_digit_are_as_many_and_in_range(held_out):
    for length in (6, 64, 100):
        others = no_digits(held_out.images(slice(length)))
        assert others.shape == (length, 1, SIDE, SIDE)
        assert others.min() >= -1.001 and others.max() <= 1.001

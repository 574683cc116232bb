"""The labs' training cells run by themselves, as the measures of speed and of samples need them."""

from __future__ import annotations

from unittest import mock

import pytest

from autograder import load_photo
from autograder.bench import training
from autograder.bench.paintings import paint_styles
from autograder.bench.training import (
    SAMPLES,
    loop_losses,
    loop_speeds,
    recognise_samples,
    samples,
    training_names,
)

pytestmark = pytest.mark.slow


def test_both_loops_of_a_lab_train(course, lab):
    """The lab's loop and the bare one it is compared with; what comes before them is cut short."""
    of_lab, bare = loop_speeds(course, lab.name, steps=2, turns=2)
    assert len(of_lab) == len(bare) == 2 and min(of_lab + bare) > 0


def test_both_loops_of_style_transfer_make_the_same_loss_small(course):
    few, more = (loop_losses(course, "style_transfer", steps) for steps in (1, 8))
    assert more[0] < 0.75 * few[0], "the lab's loop"
    assert loop_losses(course, "sine_gan", 1) is None


def test_the_paintings_of_the_readme(course, tmp_path, capsys):
    with mock.patch("autograder.bench.paintings.steps_of", return_value=2):
        paint_styles(course, ("mosaic", "night_sky"), 64, tmp_path)
    assert "| mosaic | " in capsys.readouterr().out
    assert load_photo(tmp_path / "mosaic.png", size=64).shape == load_photo(size=64).shape
    assert (tmp_path / "all.png").stat().st_size > (tmp_path / "mosaic.png").stat().st_size


@pytest.mark.parametrize("name", SAMPLES)
def test_another_seed_gives_other_samples(course, monkeypatch, name):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    first, again, other = (samples(name, training_names(course, name, seed), 5) for seed in (1, 1, 2))
    assert first.shape[:2] == (5, 1) and first.abs().max() <= 1
    assert first.equal(again) and not first.equal(other)


def test_the_table_of_recognised_samples(course, classifiers, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    monkeypatch.setattr(training, "train_classifier", lambda *, strict=True: classifiers[not strict])
    recognise_samples(course, ["mnist_gan"], 1, tmp_path)
    assert "| mnist_gan | 1 | " in capsys.readouterr().out
    assert (tmp_path / "mnist_gan.png").stat().st_size > 1000

"""The labs' training cells run by themselves, as the measures of speed and of samples need them."""

from __future__ import annotations

import pytest

from autograder.training import SAMPLES, loop_speeds, recognise_samples, samples, training_names

pytestmark = pytest.mark.slow


def test_both_loops_of_a_lab_train(course, lab, monkeypatch):
    """The lab's loop and the bare one it is compared with; `loop_speeds` shortens what comes before them."""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")  # put back afterwards, whatever happens in between
    of_lab, bare = loop_speeds(course, lab.name, steps=2, turns=2)
    assert len(of_lab) == len(bare) == 2 and min(of_lab + bare) > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_another_seed_gives_other_samples(course, monkeypatch, name):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    first, again, other = (samples(name, training_names(course, name, seed), 5) for seed in (1, 1, 2))
    assert first.shape[:2] == (5, 1) and first.abs().max() <= 1
    assert first.equal(again) and not first.equal(other)


def test_the_table_of_recognised_samples(course, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    recognise_samples(course, ["mnist_gan"], 1, tmp_path)
    assert "| mnist_gan | 1 | " in capsys.readouterr().out
    assert (tmp_path / "mnist_gan.png").stat().st_size > 1000

"""What the text of the pitfalls lab says about its runs, played again with other seeds, and its recorded games.

The text counts ten games of each kind, seeds 1 to 10. Here five are played, and the outcome that the text reports must
be theirs too, but for one game: another processor rounds differently, and a game of two networks tells.
"""

from __future__ import annotations

import runpy

import pytest
import torch

from autograder.bench.training import short_names
from autograder.course.course import Course
from autograder.histories import load_histories

SEEDS = (1, 2, 3, 4, 5)
MOST = len(SEEDS) - 1


@pytest.fixture(scope="module")
def lab():
    """The names of the solved notebook, its own runs cut short, and one torch thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    names = short_names(Course.here(), "gan_pitfalls")
    names["lead"] = names["duel_steps"] = 500  # of a duel
    yield names
    torch.set_num_threads(threads)


def games(lab, **options):
    """(modes, share) at the end of a game of 1000 steps for each seed."""
    settings = {"x": options}
    return lab["compare"](settings, SEEDS, steps=1000)["x"]


@pytest.mark.slow
def test_a_saturating_generator_stands_still_and_the_other_arrives(lab):
    stalled = [lab["duel"](True, seed=seed)["distance"] for seed in SEEDS]
    moving = [lab["duel"](False, seed=seed)["distance"] for seed in SEEDS]
    adam = [
        lab["duel"](True, optimizer=torch.optim.Adam, lr_G=lab["lr"], seed=seed)["distance"] for seed in SEEDS
    ]
    assert sum(first - last < 0.1 for first, *_, last in stalled) >= MOST
    assert sum(distance[-1] < 1.0 for distance in moving) >= MOST
    assert sum(distance[-1] < 1.2 for distance in adam) >= MOST


@pytest.mark.slow
def test_a_large_cost_network_finds_all_modes_and_a_small_one_does_not(lab):
    def modes(**options):
        return [
            lab["count_modes"](
                lab["play_energies"](seed=seed, steps=1500, **options)[0], torch.randn(512, 2)
            )[0]
            for seed in SEEDS
        ]

    assert sum(found == 8 for found in modes()) >= MOST
    assert sum(found <= 1 for found in modes(hidden=32)) >= MOST


@pytest.mark.slow
def test_gan_and_vae_find_all_clusters_and_the_vae_strays_more(lab):
    noise = torch.randn(512, 2, generator=torch.Generator().manual_seed(1))
    gans = [lab["count_modes"](lab["play"](seed=seed, steps=2000, every=2000)[0], noise) for seed in SEEDS]
    vaes = [lab["count_modes"](lab["train_vae"](seed=seed, steps=2000)[1], noise) for seed in SEEDS]
    assert sum(modes == 8 for modes, _ in gans) >= MOST and sum(modes == 8 for modes, _ in vaes) >= MOST
    assert sum(vae < gan - 0.1 for (_, gan), (_, vae) in zip(gans, vaes, strict=True)) >= MOST


@pytest.mark.slow
def test_a_slow_judge_loses_modes(lab):
    slow = lab["lr"] / 5
    assert sum(modes == 8 for modes, _ in games(lab)) >= MOST
    assert sum(modes <= 2 for modes, _ in games(lab, lr_D=slow)) >= MOST


@pytest.mark.slow
def test_k_steps_and_the_pull_away_term_mend_it(lab):
    slow = lab["lr"] / 5
    assert sum(modes == 8 for modes, _ in games(lab, lr_D=slow, pull=1.0)) >= MOST
    assert sum(modes == 8 for modes, _ in games(lab, lr_D=slow, k=5)) >= MOST


@pytest.mark.slow
def test_what_the_table_says_of_the_other_settings(lab):
    lr = lab["lr"]
    assert sum(modes == 8 for modes, _ in games(lab, lr_D=5 * lr)) >= MOST
    assert sum(modes >= 6 for modes, _ in games(lab, lr_G=lr / 5)) >= MOST
    assert sum(modes >= 5 for modes, _ in games(lab, skip=1.3)) >= MOST


def test_the_recorded_games_are_six_and_whole():
    histories = load_histories()
    assert sorted(histories) == list("ABCDEF")
    for game in histories.values():
        lengths = {len(game[name]) for name in ("errD", "errG", "D_x", "D_G_z")}
        assert len(lengths) == 1 and lengths.pop() > 100
        assert [len(samples) for _, samples in game["snapshots"]] == [100] * 4


@pytest.mark.slow
def test_the_recorded_games_show_their_faults(lab):
    """Played again they show what they are there for, whatever the processor."""
    script = runpy.run_path(str(Course.here().root / "notebooks" / "gan_pitfalls" / "histories.py"))
    played = {name: script["play"](**settings) for name, settings in script["CASES"].items()}
    for games in (load_histories(), played):
        samples = {name: torch.tensor(game["snapshots"][-1][1]) for name, game in games.items()}
        modes = {name: lab["mode_coverage"](last, lab["centers"], 0.3)[0] for name, last in samples.items()}
        spread = {name: last.std(dim=0).mean() for name, last in samples.items()}
        end = {
            name: {key: torch.tensor(game[key][-60:]).mean() for key in ("D_x", "D_G_z", "errD", "errG")}
            for name, game in games.items()
        }
        assert modes["A"] <= 4 and abs(end["A"]["D_x"] - 0.5) < 0.1, (
            "A has collapsed, and its curves look well"
        )
        assert spread["B"] < 0.2 and end["B"]["D_G_z"] < 0.01, "B's judge has won, its generator stands still"
        assert modes["C"] >= 7 and abs(end["C"]["D_x"] - 0.5) < 0.15, "C is healthy"
        assert spread["D"] > 4 and end["D"]["D_G_z"] > 0.9, "D's judge never learns, its generator runs away"
        assert max(games["E"]["errD"]) > 8, "E is thrown about"
        assert end["F"]["errG"] < 0.1 and end["F"]["D_G_z"] < 0.1 and spread["F"] > 0.5, (
            "F wants to be found out"
        )

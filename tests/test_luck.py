"""What is drawn at random decides no mark: statistics are given seven deviations, and no stimulus is on an edge."""

from __future__ import annotations

import math

import gates
import pytest
import torch

from autograder.course.solution import solution_names
from autograder.labs import get_lab
from autograder.labs.style_transfer.grams import _steady_weights, gram_by_squares
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import LUCK, _deviation_of_a_length, put_normal, put_statistic
from autograder.probes.steady import KINK, LARGEST, _extremes, far_inputs, steady_layers

# Once unlucky: the sigmoid was flat in float32, or a statistic was too far from that of other random numbers.
UNLUCKY = {
    ("sine_gan", "discriminator"): (4223209779, 867108379),
    ("mnist_gan", "get_noise"): (1927145831, 1186623398),
}
SIZES = (2, 256, 128, 64, 1)


@pytest.mark.parametrize("lab_name, name", UNLUCKY)
def test_seeds_that_once_cost_marks_cost_none(course, lab_name, name):
    lab = get_lab(lab_name)
    for seed in UNLUCKY[lab_name, name]:
        names = solution_names(course, lab_name)
        assert gates.largest_error(course, lab, lab.exercise(name), names, seed=seed) <= 1 / 3


def _statistics(numbers: torch.Tensor) -> dict[str, object]:
    response = Response()
    put_normal("noise", numbers, response)
    return dict(response)


def test_all_normal_numbers_say_the_same():
    draws = [torch.randn(3000, 16, generator=torch.Generator().manual_seed(seed)) for seed in range(40)]
    assert all(_statistics(numbers) == _statistics(draws[0]) for numbers in draws)


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("mean", lambda numbers: numbers + 0.05),
        ("std", lambda numbers: numbers * 1.03),
        ("share", lambda numbers: numbers * (1 + 0.05 * (numbers.abs() > 1))),
        ("columns", lambda numbers: numbers + 0.3 * numbers.roll(1, dims=1)),
        ("rows", lambda numbers: numbers + 0.3 * numbers.roll(1, dims=0)),
        ("norms", lambda numbers: numbers / numbers.norm(dim=1, keepdim=True) * 4),
    ],
)
def test_numbers_that_are_not_normal_say_what_they_are(what, change):
    numbers = torch.randn(3000, 16, generator=torch.Generator().manual_seed(0))
    right, wrong = _statistics(numbers), _statistics(change(numbers))
    assert [entry for entry in right if what in entry and right[entry] != wrong[entry]]


def test_a_statistic_is_what_is_expected_up_to_seven_deviations():
    for deviations, recorded in (
        (LUCK - 0.01, 3.0),
        (-LUCK + 0.01, 3.0),
        (LUCK + 0.01, 3.0 + 0.1 * (LUCK + 0.01)),
    ):
        response = Response()
        put_statistic("entry", torch.tensor(3.0 + 0.1 * deviations, dtype=torch.float64), 3.0, 0.1, response)
        assert response["entry"] == pytest.approx(recorded)
    assert math.erfc(LUCK / 2**0.5) < 1e-11
    response = Response()
    put_statistic("entry", torch.tensor(math.nan), 0.0, 1.0, response)
    assert math.isnan(response["entry"])


def test_the_deviation_of_a_length():
    lengths = torch.randn(20_000, 16, generator=torch.Generator().manual_seed(0)).norm(dim=1)
    assert _deviation_of_a_length(16) == pytest.approx(float(lengths.std()), rel=0.03)
    assert _deviation_of_a_length(1) == pytest.approx((1 - 2 / math.pi) ** 0.5)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_no_layer_is_near_a_kink_or_saturates(dtype):
    for seed in range(50):
        stimuli = Stimuli(seed, dtype, hard=True)
        inputs = stimuli.normal(6, 2, scale=2.0)
        closest, largest = _extremes(steady_layers(stimuli, SIZES, inputs), inputs)
        assert closest >= KINK and largest <= LARGEST * 1.0001


def test_plain_layers_are_near_a_kink_or_saturate_now_and_then():
    found = []
    for seed in range(50):
        stimuli = Stimuli(seed, torch.float32, hard=True)
        inputs = stimuli.normal(6, 2, scale=2.0)
        found.append(_extremes(stimuli.layers(SIZES), inputs))
    assert min(closest for closest, _ in found) < KINK and max(largest for _, largest in found) > 2 * LARGEST


def _rounding(layers, inputs) -> float:
    """By how much float32 misses the outputs behind a sigmoid."""
    values = []
    for dtype in (torch.float32, torch.float64):
        x = inputs.to(dtype)
        for turn, (weight, bias) in enumerate(layers):
            x = torch.nn.functional.linear(x.relu() if turn else x, weight.to(dtype), bias.to(dtype))
        values.append(torch.sigmoid(x).double())
    return float((values[0] - values[1]).abs().max())


def test_a_sigmoid_hardly_feels_the_rounding_of_samples_far_out():
    plain, steady = [], []
    for seed in range(300):
        stimuli = Stimuli(seed, torch.float32, hard=True)
        layers = steady_layers(stimuli, SIZES, stimuli.normal(6, 2, scale=2.0))
        plain.append(_rounding(layers, stimuli.normal(4, 2, scale=30.0)))
        steady.append(_rounding(layers, far_inputs(stimuli, layers, 4, scale=30.0)))
    assert max(steady) < 1e-6 < max(plain)


def test_the_entries_of_a_gram_matrix_do_not_cancel():
    for seed in range(100):
        stimuli = Stimuli(seed, torch.float32, hard=True)
        features = stimuli.normal(2, 5, 3, 3)
        terms = gram_by_squares(features.double()) * _steady_weights(stimuli, features).double()
        assert abs(float(terms.sum())) > 0.1 * float(terms.abs().sum())


def test_student_and_reference_get_the_same_layers():
    layers = []
    for dtype in (torch.float32, torch.float64):
        stimuli = Stimuli(11, dtype, hard=True)
        layers.append(steady_layers(stimuli, SIZES, stimuli.normal(6, 2, scale=2.0)))
    for one, other in zip(*layers, strict=True):
        assert all(torch.equal(a.double(), b) for a, b in zip(one, other, strict=True))

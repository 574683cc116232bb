"""The parts that probes share: known weights find their places in networks written in many ways."""

from __future__ import annotations

import torch
from torch import nn

from autograder.course.solution import solution_names
from autograder.labs import get_lab
from autograder.marking.probing import run_probe
from autograder.marking.response import Response, encode
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_draws, put_normal
from autograder.probes.filling import fill
from autograder.probes.networks import digest
from autograder.probes.steps import flags, same

STIMULI = Stimuli(1, torch.float32, hard=False)
LINEAR = [tensor for layer in STIMULI.layers((3, 4, 1)) for tensor in layer]


def _perceptron() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))


class _Rows(nn.Module):
    """Weights as (in, out), biases as rows: the second bias has the shape of no other parameter, the first of one."""

    def __init__(self) -> None:
        super().__init__()
        self.w1, self.b1 = nn.Parameter(torch.zeros(3, 4)), nn.Parameter(torch.zeros(1, 4))
        self.w2, self.b2 = nn.Parameter(torch.zeros(1, 4)), nn.Parameter(torch.zeros(1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x @ self.w1 + self.b1) @ self.w2.t() + self.b2


def test_weights_find_their_places_however_they_are_kept():
    plain, rows, kernels = (
        _perceptron(),
        _Rows(),
        nn.Sequential(nn.Conv1d(3, 4, 1), nn.ReLU(), nn.Conv1d(4, 1, 1)),
    )
    for network in (plain, rows, kernels):
        assert set(fill(network, LINEAR)) == {0, 1, 2, 3}
    points = STIMULI.normal(5, 3)
    expected = plain(points)
    assert torch.allclose(rows(points), expected, atol=1e-6)
    assert torch.allclose(kernels(points.t()[None]).flatten(), expected.flatten(), atol=1e-6)


def test_gradients_come_back_in_the_known_form():
    plain, rows, points = _perceptron(), _Rows(), STIMULI.normal(5, 3)
    gradients = []
    for network in (plain, rows):
        found = fill(network, LINEAR)
        network(points).square().sum().backward()
        gradients.append(found[0].back(found[0].parameter.grad))
    assert torch.allclose(*gradients, atol=1e-5)


def test_a_kernel_over_the_whole_map_may_be_a_linear_layer():
    kernel, images = STIMULI.normal(1, 2, 4, 4), STIMULI.normal(3, 2, 4, 4)
    convolution, linear = nn.Conv2d(2, 1, 4, bias=False), nn.Linear(32, 1, bias=False)
    for network in (convolution, linear):
        assert set(fill(network, [kernel])) == {0}
    assert torch.allclose(convolution(images).flatten(), linear(images.flatten(1)).flatten(), atol=1e-5)


def test_strangers_get_the_same_numbers_each_time():
    one, two = nn.Linear(5, 7), nn.Linear(5, 7)
    assert fill(one, LINEAR) == fill(two, LINEAR) == {}
    assert torch.equal(one.weight, two.weight) and one.weight.std() > 0.1


def test_norms_are_filled_with_their_statistics():
    norm = {"weight": torch.full((3,), 2.0), "bias": torch.ones(3)}
    norm |= {"running_mean": torch.full((3,), 4.0), "running_var": torch.full((3,), 9.0)}
    network = nn.Sequential(nn.BatchNorm2d(3), nn.BatchNorm2d(3, affine=False))
    fill(network, [], {3: norm})
    assert torch.equal(network[0].weight, norm["weight"]) and torch.equal(
        network[1].running_var, norm["running_var"]
    )


def test_digests_of_large_images_are_short_and_tell_them_apart():
    image = STIMULI.normal(1, 3, 64, 64)
    other = image.clone()
    other[0, 1, 5, 5] += 1
    assert digest(image).numel() < 400 and not torch.equal(digest(image), digest(other))


def test_draws_that_seed_themselves_or_come_from_elsewhere_are_seen():
    def seeded() -> torch.Tensor:
        return torch.randn(50, generator=torch.Generator().manual_seed(1))

    response = Response()
    put_draws("plain", lambda: torch.randn(50), STIMULI, response)
    put_draws("seeded", seeded, STIMULI, response)
    assert "other" in response["plain.fresh"] and "the same numbers" in response["plain.repeats"]
    assert "the same" in response["seeded.fresh"]
    put_normal("uniform", torch.rand(1000) * 12**0.5 - 3**0.5, response)
    assert response["uniform.tails"].endswith("missing")


def test_words_about_networks():
    network = _perceptron()
    assert flags(network) == "training=True, frozen parameters=0"
    network[1].eval()
    assert "in part" in flags(network)
    before = torch.cat([parameter.flatten() for parameter in network.parameters()])
    assert same("weights", before, before, "judge").endswith("as they were")
    assert same("weights", before + 1, before, "judge").endswith("changed")
    assert same("gradients", "None", before, "judge").endswith("cleared")


def test_the_default_device_of_a_notebook_does_not_matter(course):
    exercise, names = get_lab("sine_gan").exercise("generator"), solution_names(course, "sine_gan")
    usual = encode(run_probe(exercise, names, 1, hard=True))
    with torch.device("meta"):
        assert encode(run_probe(exercise, names, 1, hard=True)) == usual

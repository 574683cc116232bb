"""Probes of the sine lab's networks: `Discriminator` and `Generator`."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli
from autograder.probes.filling import fill
from autograder.probes.networks import put_gradients, put_mode, put_outputs, put_range, put_size
from autograder.probes.steady import far_inputs, steady_layers

DISCRIMINATOR_SIZES = (2, 256, 128, 64, 1)
MOST_LEVELS = 16  # two units, each dropped or kept: 4 levels, more where their scale varies
GENERATOR_SIZES = (2, 16, 32, 2)


def probe_discriminator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, its gradients, and where it drops what."""
    network = lab["Discriminator"]()
    _put_network(network, DISCRIMINATOR_SIZES, stimuli, response)
    with torch.no_grad():
        put_range(network.eval()(stimuli.normal(32, 2, scale=3.0)), 0, 1, response)
    for layer in (3, 2, 1, 0):
        _put_dropout(network, layer, stimuli, response)


def _put_dropout(network: nn.Module, layer: int, stimuli: Stimuli, response: Response) -> None:
    """The levels that the output takes when units 0 and 1 of hidden layer `layer` are 1, in training mode.

    The layers behind it pass the two units on and add them up with two different weights, so each level shows
    which of them were dropped and by how much the kept ones were scaled, once for each dropout they passed.
    """
    sizes = DISCRIMINATOR_SIZES
    layers = [(torch.zeros(out, n), torch.zeros(out)) for n, out in pairwise(sizes)]
    for index, (weight, bias) in enumerate(layers[:-1], start=1):
        if index == layer:
            bias.fill_(1.0)
        elif index > layer:
            weight[0, 0] = weight[1, 1] = 1.0
    layers[-1][0][0, 0] = stimuli.random.uniform(0.45, 0.6)
    layers[-1][0][0, 1] = stimuli.random.uniform(0.2, 0.3)
    fill(network, [tensor for layer in layers for tensor in layer])
    with torch.no_grad():
        output = network.train()(torch.ones(512, 2))
    entry = f"dropout[{layer}]@hidden layer {layer}" if layer else "dropout[0]@the input"
    if not isinstance(output, Tensor) or output.numel() != 512:
        response[entry] = response.form(output)
        return
    outputs = output.detach().double().flatten()
    levels = torch.unique((outputs * 2000).round()) / 2000
    response.put(entry, levels if len(levels) <= MOST_LEVELS else "many different outputs")
    if layer == 3:
        kept = float((outputs > outputs.min() + 1e-3).double().mean())
        response["dropout.share"] = either(kept > 0.8, "units are", "mostly kept", "often dropped")


def probe_generator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, in both modes, and its gradients."""
    network = lab["Generator"]()
    _put_network(network, GENERATOR_SIZES, stimuli, response)
    inputs = stimuli.normal(5, 2)
    response.put("layers.training_mode", network.train()(inputs))


def _put_network(network: nn.Module, sizes: tuple[int, ...], stimuli: Stimuli, response: Response) -> None:
    put_mode(network, response)
    network.eval()
    batches = {"6 samples": stimuli.normal(6, 2, scale=2.0), "6 other samples": stimuli.normal(6, 2)}
    if stimuli.hard:
        batches["samples that are not contiguous"] = stimuli.strided(3, 2)
    batches["one sample"] = stimuli.normal(1, 2)
    layers = steady_layers(stimuli, sizes, batches["6 samples"])
    if stimuli.hard:
        batches["samples far out"] = far_inputs(stimuli, layers, 4, scale=30.0)
    known = [tensor for layer in layers for tensor in layer]
    network(torch.zeros(2, sizes[0]))  # lets lazy layers take their shape
    found = fill(network, known)
    put_outputs(network, batches, response)
    put_size(network, batches["6 samples"], "the layers", response)
    put_gradients(network, batches["6 samples"], known, found, response)

"""Probes of the MLP GAN's networks: `Generator` and `Discriminator`."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.probes.filling import fill
from autograder.probes.networks import put_gradients, put_mode, put_outputs, put_range, put_size

NZ, HEIGHT, WIDTH = 7, 5, 3


def probe_generator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, in both modes, its range and its gradients."""
    network = lab["Generator"](NZ, HEIGHT * WIDTH)
    batches = {"6 latents": stimuli.normal(6, NZ), "one latent": stimuli.normal(1, NZ)}
    if stimuli.hard:
        batches["latents that are not contiguous"] = stimuli.strided(3, NZ)
        batches["latents far out"] = stimuli.normal(2, NZ, scale=6.0)
    _put(network, (NZ, 256, 512, HEIGHT * WIDTH), batches, stimuli, response)
    with torch.no_grad():
        put_range(network(stimuli.normal(32, NZ, scale=3.0)), -1, 1, response)
        default = lab["Generator"]()
        response["output@the default sizes"] = response.form(default(stimuli.normal(2, 100)))


def probe_discriminator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, of images and of flat images, in both modes, and its gradients."""
    pixels = HEIGHT * WIDTH
    network = lab["Discriminator"](pixels)
    batches = {
        "6 images": stimuli.normal(6, 1, HEIGHT, WIDTH),
        "one image": stimuli.normal(1, 1, HEIGHT, WIDTH),
    }
    batches["flat images"] = stimuli.normal(4, pixels)
    batches["images far from 0"] = stimuli.normal(5, 1, HEIGHT, WIDTH, scale=20.0)  # logits have no bounds
    if stimuli.hard:
        batches["one flat image"] = stimuli.normal(1, pixels)
        batches["flat images that are not contiguous"] = stimuli.strided(3, pixels)
    _put(network, (pixels, 512, 256, 1), batches, stimuli, response)
    with torch.no_grad():
        response["output@the default size"] = response.form(
            lab["Discriminator"]()(stimuli.normal(2, 1, 28, 28))
        )


def _put(
    network: nn.Module,
    sizes: tuple[int, ...],
    batches: dict[str, Tensor],
    stimuli: Stimuli,
    response: Response,
) -> None:
    put_mode(network, response)
    *layers, (weight, bias) = stimuli.layers(sizes)
    layers.append((weight / 2, bias / 2))  # float32 misses large sums that cancel by more than small ones
    known = [tensor for layer in layers for tensor in layer]
    first = next(iter(batches.values()))
    network(torch.zeros_like(first))  # lets lazy layers take their shape
    found = fill(network, known)
    response.put("layers.training_mode", network.train()(first.clone()))
    network.eval()
    put_outputs(network, batches, response)
    put_gradients(network, first, known, found, response)
    put_size(network, first, "small images", response)

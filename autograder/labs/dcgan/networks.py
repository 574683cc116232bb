"""Probes of the DCGAN's networks, with few channels: `Generator` and `Discriminator`."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.probes.filling import Filled, fill
from autograder.probes.networks import digest, put_gradients, put_mode, put_outputs, put_range, put_size

NZ, NC, SIZE, KERNEL = 6, 3, 64, 4
SURE = 8.5  # a logit that float32 tells from infinity, and people's clamps do not


def probe_generator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, in both modes, its range and its gradients."""
    ngf = 5 if stimuli.hard else 4
    network = lab["Generator"](NZ, ngf, NC)
    widths = (NZ, 8 * ngf, 4 * ngf, 2 * ngf, ngf, NC)
    known = [stimuli.normal(a, b, KERNEL, KERNEL, scale=0.5 / a**0.5) for a, b in pairwise(widths)]
    latents = {"2 latents": stimuli.normal(2, NZ, 1, 1), "one latent": stimuli.normal(1, NZ, 1, 1)}
    if stimuli.hard:
        latents["latents that are not contiguous"] = stimuli.normal(NZ, 3, 1, 1).transpose(0, 1)
    _put(network, known, widths[1:-1], latents, stimuli, response)
    with torch.no_grad():
        put_range(network(stimuli.normal(4, NZ, 1, 1, scale=4.0)), -1, 1, response)
        if stimuli.hard:  # millions of numbers: too slow for a student to wait for
            put_size(lab["Generator"](), torch.zeros(2, 100, 1, 1), "the default sizes", response)
        small = lab["Generator"](ngf=1)
        response["output@the default nz and nc"] = response.form(small(stimuli.normal(2, 100, 1, 1)))
    response["output.names"] = response.form(lab["Generator"](nz=3, ngf=2, nc=1)(stimuli.normal(2, 3, 1, 1)))


def probe_discriminator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The function it computes with known weights, in both modes, its range and its gradients."""
    ndf = 5 if stimuli.hard else 4
    network = lab["Discriminator"](NC, ndf)
    widths = (NC, ndf, 2 * ndf, 4 * ndf, 8 * ndf, 1)
    known = [stimuli.normal(b, a, KERNEL, KERNEL, scale=0.35 / a**0.5) for a, b in pairwise(widths)]
    images = {"2 images": _images(stimuli, 2), "one image": _images(stimuli, 1)}
    if stimuli.hard:
        images["images that are not contiguous"] = _images(stimuli, 2).transpose(2, 3)
    _put(network, known, widths[2:-1], images, stimuli, response)
    with torch.no_grad():
        if stimuli.hard:  # millions of numbers: too slow for a student to wait for
            put_size(lab["Discriminator"](), torch.zeros(2, 1, SIZE, SIZE), "the default sizes", response)
        put_range(network(3 * _images(stimuli, 4)), 0, 1, response)
        small = lab["Discriminator"](ndf=1)
        response["output@the default nc"] = response.form(small(_images(stimuli, 2)[:, :1]))
    response["output.names"] = response.form(lab["Discriminator"](nc=3, ndf=1)(_images(stimuli, 2)))


def _images(stimuli: Stimuli, count: int) -> Tensor:
    return stimuli.uniform(-1, 1, count, NC, SIZE, SIZE)


def _put(
    network: nn.Module,
    known: list[Tensor],
    normalised: tuple[int, ...],
    batches: dict[str, Tensor],
    stimuli: Stimuli,
    response: Response,
) -> None:
    """Evaluation mode with known statistics, then training mode, then what that has made of the statistics."""
    put_mode(network, response)
    first = next(iter(batches.values()))
    network(torch.zeros_like(first))  # lets lazy layers take their shape
    found = fill(
        network, known, {width: _norm(stimuli, width, strong=len(known[-1]) > 1) for width in normalised}
    )
    network.eval()
    put_outputs(network, batches, response)
    put_gradients(network, first, known, found, response)
    put_size(network, first, "few channels", response)
    if len(known[-1]) == 1:
        _put_sure(network, found, stimuli, response)
    network.train()
    with torch.no_grad():
        response.put("batchnorm@training mode", digest(network(first.clone())))
        for name, count in (("one in training mode", 1), ("9 in training mode", 9)) if stimuli.hard else ():
            response.put(f"batchnorm@{name}", digest(network(2 * stimuli.normal(count, *first.shape[1:]))))
        network.eval()
        response.put("batchnorm.statistics@evaluation after training", digest(network(first.clone())))


def _put_sure(network: nn.Module, found: dict[int, Filled], stimuli: Stimuli, response: Response) -> None:
    """Images that the discriminator is sure of: answers close to 0 and 1, with a gradient all the same."""
    images, last = _images(stimuli, 4).requires_grad_(), found.get(max(found, default=0))
    with torch.no_grad():
        largest = torch.logit(network(images).double()).abs().max()
        factor = float(SURE / largest) if last and largest.isfinite() and largest > 0 else 1.0
        if last:
            last.parameter.mul_(factor)
    output = network(images)
    response.put("layers.sure@images that it is sure of", output)
    if isinstance(output, Tensor) and output.requires_grad and output.numel() == len(images):
        slopes = [
            torch.autograd.grad(answer, images, retain_graph=True)[0].abs().sum()
            for answer in output.flatten()
        ]
        response.put("gradient.sure@images that it is sure of", torch.stack(slopes).log())
    with torch.no_grad():
        if last:
            last.parameter.div_(factor)


def _norm(stimuli: Stimuli, width: int, strong: bool) -> dict[str, Tensor]:
    """Numbers of a BatchNorm layer that differ from those of a new one."""
    weight = 1 + stimuli.normal(width, scale=0.2)
    if strong:
        weight[-1] = 4.0  # beyond 6, where a ReLU6 ends
    return {
        "weight": weight,
        "bias": stimuli.normal(width, scale=0.3),
        "running_mean": stimuli.normal(width, scale=0.2),
        "running_var": stimuli.uniform(0.3, 0.8, width),
    }

"""Probes of what happens to pixels and noise: `pixel_ranges`, `get_noise`, `sample_grid`."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, equal, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_draws, put_normal
from autograder.probes.inputs import left_alone


def probe_pixel_ranges(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Values in and beyond both ranges, several shapes, and the inputs themselves."""
    ranges = {"to_tanh_range": ("tanh", 0.0, 1.0), "to_image_range": ("image", -1.0, 1.0)}
    for name, (entry, low, high) in ranges.items():
        batches = {"images in the range": stimuli.uniform(low, high, 2, 1, 3, 4)}
        batches["other images of that shape"] = stimuli.uniform(low, high, 2, 1, 3, 4)
        batches["pixels between 0.1 and 0.8"] = stimuli.uniform(0.1, 0.8, 5)
        batches["values beyond the range"] = stimuli.tensor([low - 0.5, low, high, high + 0.75])
        if stimuli.hard:
            batches["one number"] = stimuli.uniform(low, high)
            batches["an image that is not contiguous"] = stimuli.uniform(low, high, 4, 3).t()
        results = {
            what: lab[name](batch.clone()) for what, batch in batches.items()
        }  # looked at when all are made
        for what, batch in batches.items():
            before = batch.clone()
            lab[name](batch)
            result = results[what]
            response.put(f"{entry}@{what}", result)
            response[f"input.{entry}@{what}"] = unchanged(batch, before)
            response[f"form.{entry}@{what}"] = response.form(result)


def probe_get_noise(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Form, device, distribution, and where the numbers come from."""
    get_noise = lab["get_noise"]
    noise = put_draws("normal", lambda: get_noise(8000, 50), stimuli, response)
    response["form"] = response.form(noise)
    response["form.plain"] = either(
        bool(getattr(noise, "requires_grad", False)), "the noise is", "tied to a graph", "plain numbers"
    )
    response["form@the default nz"] = response.form(get_noise(3))
    for n_samples, nz in ((5, 7), (1, 3), (2, 1)) if stimuli.hard else ((5, 7),):
        response[f"form@n_samples={n_samples}, nz={nz}"] = response.form(get_noise(n_samples, nz, "cpu"))
    if isinstance(noise, Tensor) and noise.numel() > 1000:
        response["normal.size"] = f"there are {len(noise)} vectors of noise"
        put_normal("normal", noise, response)
    # One of them has a mean so close to 0 by luck with a probability of 4.7e-6, both with 2.2e-11.
    few = [get_noise(5, 7) for _ in range(2)]
    if all(isinstance(noise, Tensor) and noise.numel() for noise in few):
        centred = all(bool(noise.detach().double().mean().abs() < 1e-6) for noise in few)
        response["normal.few"] = either(
            centred, "35 numbers have", "a mean of exactly 0", "a mean of their own"
        )
    # A device without memory: whoever asks for it gets a tensor that says so, on every machine.
    try:
        elsewhere = getattr(get_noise(4, 3, device="meta"), "device", "nothing")
    except RuntimeError as error:
        if "item() cannot be called on meta" not in str(error):
            raise
        elsewhere = "meta"  # a distribution looked at its parameters, which were there
    response["device"] = f"noise for the device “meta” is on “{elsewhere}”"


def image_range(images: Tensor) -> Tensor:
    """In place of the lab's `to_image_range`, so that an error there costs nothing in `sample_grid`."""
    grey, white = torch.full_like(images, 0.5), torch.ones_like(images)
    return torch.lerp(grey, white, images).clamp(0, 1)  # no model: the lab's does not clamp


def _faint(netG: nn.Sequential) -> nn.Sequential:
    """Its pixels then stay away from -1 and 1, so that stretching them would show."""
    with torch.no_grad():
        for parameter in netG[-2].parameters():
            parameter.mul_(0.3)
    return netG


def probe_sample_grid(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Where each image stands in the picture and how bright it is, the graph, and netG's mode."""
    cases: dict[str, tuple[int, int | None, int]] = {"10 images, 4 in a row": (10, 4, 6)}
    cases |= {"6 images, 3 in a row": (6, 3, 5), "12 images and the default nrow": (12, None, 4)}
    if stimuli.hard:
        cases |= {
            "3 images, 5 in a row": (3, 5, 7),
            "one image": (1, 8, 6),
            "5 images, 1 in a row": (5, 1, 4),
            "70 images, 9 in a row": (70, 9, 3),
        }
    for index, (name, (count, nrow, side)) in enumerate(cases.items()):
        netG = _faint(stimuli.perceptron((4, 8, side * side), nn.Tanh())).train(index % 2 == 0)
        noise = stimuli.strided(count, 4) if stimuli.hard else stimuli.normal(count, 4)
        before, mode = noise.clone(), netG.training
        arguments = {} if nrow is None else {"nrow": nrow}
        with lab.replaced(to_image_range=image_range):
            grid = lab["sample_grid"](netG, noise, **arguments)
            kept = netG.training == mode and all(layer.training == mode for layer in netG.modules())
            again = lab["sample_grid"](netG, noise, **arguments)
            later = lab["sample_grid"](_faint(netG), noise, **arguments)
        _put_grid(grid, count, nrow or 8, side, name, response)
        moved = isinstance(grid, Tensor) and isinstance(later, Tensor) and not equal(grid, later)
        response[f"pixels.later@{name}"] = either(
            moved, "netG with other weights gives", "another picture", "the same"
        )
        same = isinstance(grid, Tensor) and isinstance(again, Tensor) and equal(grid, again)
        response[f"pixels.repeats@{name}"] = either(
            same, "the same noise gives", "the same picture", "another one"
        )
        attached = isinstance(grid, Tensor) and grid.requires_grad
        response[f"graph@{name}"] = either(
            attached, "the picture is", "tied to the graph", "free of the graph"
        )
        response[f"mode@{name}"] = either(kept, "netG's mode is", "as it was", "another one")
        response[f"mode.noise@{name}"] = left_alone(noise, before, "fixed_noise")
        frozen = any(not parameter.requires_grad for parameter in netG.parameters())
        response[f"mode.frozen@{name}"] = either(frozen, "netG's parameters are", "frozen", "free to learn")


def _put_grid(grid: Any, count: int, nrow: int, side: int, name: str, response: Response) -> None:
    """The images, cut out of the picture again, whatever padding lies between them."""
    columns = min(nrow, count)
    rows = math.ceil(count / columns)
    padding = _padding(grid, rows, columns, side)
    if padding is None:
        response[f"layout@{name}"] = response.form(grid)
        response[f"pixels@{name}"] = "no picture that it could be cut out of"
        return
    response[f"layout@{name}"] = f"a {response.form(grid).split()[0]} picture of {rows} × {columns} images"
    images = [
        grid[:, top : top + side, left : left + side]
        for top in (padding + row * (side + padding) for row in range(rows))
        for left in (padding + column * (side + padding) for column in range(columns))
    ]
    response.put(f"pixels@{name}", torch.stack(images[:count]).double().mean(dim=1))
    response[f"layout.colours@{name}"] = either(
        bool((grid == grid[:1]).all()), "the picture is", "grey", "coloured"
    )


def _padding(grid: Any, rows: int, columns: int, side: int) -> int | None:
    """The padding with which the picture is laid out as make_grid does it, or None where it is not."""
    if not isinstance(grid, Tensor) or grid.ndim != 3 or grid.shape[0] not in (1, 3):
        return None
    height, width = grid.shape[1:]
    padding, rest = divmod(width - columns * side, columns + 1)
    return None if rest or padding < 0 or height != rows * side + (rows + 1) * padding else padding

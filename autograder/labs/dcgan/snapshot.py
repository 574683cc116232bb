"""Probe of `snapshot`: the images, where they are, and what is left of netG."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import Tensor, equal

from autograder.labs.dcgan.steps import CHANNELS, NZ, Painter, buffers
from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone
from autograder.probes.steps import STALE, flags, gradients, set_gradients


def probe_snapshot(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The images of a netG in training and of one in evaluation mode, where they are, and what is left alone."""
    cases = {"a netG in training mode": (True, CHANNELS, 70), "a netG in evaluation mode": (False, 1, 4)}
    cases |= {"one image of one channel": (True, 1, 1)} if stimuli.hard else {}
    for name, (training, channels, size) in cases.items():
        netG, noise = Painter(stimuli, channels).train(training), stimuli.normal(size, NZ, 1, 1)
        before, kept = noise.clone(), deepcopy(netG.state_dict())
        set_gradients(netG, STALE)
        images = lab["snapshot"](netG, noise)
        response[f"images.form@{name}"] = response.form(images)
        response.put(f"images@{name}", images)
        tied = isinstance(images, Tensor) and images.requires_grad
        response[f"graph@{name}"] = either(tied, "the images are", "tied to the graph", "free of the graph")
        response[f"mode@{name}"] = f"afterwards netG has {flags(netG)}"
        now = netG.state_dict()
        changed = sorted(key for key in kept if not equal(kept[key], now[key]))
        response[f"mode.state@{name}"] = f"changed in netG: {', '.join(changed) or 'nothing'}"
        learned = gradients(netG)
        left = isinstance(learned, Tensor) and bool((learned == STALE).all())
        response[f"mode.gradients@{name}"] = either(left, "netG's gradients are", "as they were", "changed")
        response[f"mode.noise@{name}"] = left_alone(noise, before, "fixed_noise")
        _put_later(lab, netG, noise, stimuli, name, response)
    response["device"] = f"images of a netG elsewhere are {_brought_here(lab, stimuli)}"


def _put_later(
    lab: Namespace, netG: Painter, noise: Tensor, stimuli: Stimuli, name: str, response: Response
) -> None:
    """Afterwards netG can go on learning, statistics included, and the next snapshot shows it."""
    netG.train()
    with torch.no_grad():
        netG(stimuli.normal(6, NZ, 1, 1))
        netG.spread[0].get_parameter("weight").mul_(0.5)
    response.put(f"mode.later@netG in training after {name}", buffers(netG))
    response.put(f"images.later@{name}, when netG has learned more", lab["snapshot"](netG, noise))


def _brought_here(lab: Namespace, stimuli: Stimuli) -> str:
    """Whether the images are fetched to the CPU: from a device without memory that must fail, on every machine.

    What the student's code could not put back because of that is put back here.
    """
    netG, dtype = Painter(stimuli).to("meta"), torch.get_default_dtype()
    try:
        with torch.enable_grad():
            images = lab["snapshot"](netG, torch.empty(2, NZ, 1, 1, device="meta"))
    except NotImplementedError:
        return "brought to the CPU"
    finally:
        torch.set_default_dtype(dtype)
    return "left where they are" if getattr(images, "is_meta", False) else "brought to the CPU"

"""Probe of `train_step`, with fakes of the earlier exercises: an error there costs nothing here."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, equal, nn

from autograder.marking.namespace import Namespace
from autograder.marking.probing import seeded
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_normal
from autograder.probes.inputs import left_alone
from autograder.probes.steps import CountingSGD, flags, put_floats, weights

NZ, HEIGHT, WIDTH = 4, 3, 4
KEYS = {"losses": ("errD", "errG"), "probabilities": ("D_x", "D_G_z")}


class Forger(nn.Module):
    """A generator that swaps the noise of a step, which nobody can foresee, for latents that are known.

    The same noise gives the same latents again, new noise other ones.
    """

    def __init__(self, net: nn.Sequential, latents: list[Tensor]) -> None:
        super().__init__()
        self.net = net
        self.latents = latents
        self.noises: list[Tensor] = []

    def forward(self, noise: Tensor) -> Tensor:
        """(N, nz) -> (N, img_dim)."""
        known = (i for i, old in enumerate(self.noises) if old.shape == noise.shape and equal(old, noise))
        index = next(known, len(self.noises))
        if index == len(self.noises):
            self.noises.append(noise.detach().clone())
        images: Tensor = self.net(self.latents[index % len(self.latents)][: len(noise)])
        return images


class Judge(nn.Module):
    """A discriminator of images, flat or not."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def forward(self, images: Tensor) -> Tensor:
        """(N, 1, H, W) or (N, H·W) -> (N, 1)."""
        logits: Tensor = self.net(images.reshape(len(images), -1))
        return logits


class Scene:
    """Two tiny networks and their optimisers."""

    def __init__(self, stimuli: Stimuli) -> None:
        pixels = HEIGHT * WIDTH
        latents = [stimuli.normal(8, NZ) for _ in range(4)]
        self.netG = Forger(stimuli.perceptron((NZ, 5, pixels), nn.Tanh()), latents)
        self.netD = Judge(stimuli.perceptron((pixels, 5, 1)))
        self.optimizerG = CountingSGD(self.netG)
        self.optimizerD = CountingSGD(self.netD)

    def call(self, lab: Namespace, real: Tensor, **nz: int) -> Any:
        """One step of the student's."""
        return lab["train_step"](self.netG, self.netD, self.optimizerG, self.optimizerD, real, **nz)

    def play(self, strength: float) -> None:
        """Let netD tell bright images from dark ones, by `strength`, and netG make dark ones."""
        pixels = HEIGHT * WIDTH
        self.netD.net = linear = nn.Linear(pixels, 1, bias=False)
        with torch.no_grad():
            linear.weight.fill_(strength / pixels)
            self.netG.net[-2].get_parameter("bias").sub_(1.5)
        self.optimizerD = CountingSGD(self.netD)


# torch's margin loss is log(1 + exp(-y·l)): right for moderate logits, and no model for the exercises.
def _discriminator_loss(logits_real: Tensor, logits_fake: Tensor) -> Tensor:
    ones = torch.ones_like(logits_real), torch.ones_like(logits_fake)
    return F.soft_margin_loss(logits_real, ones[0]) + F.soft_margin_loss(logits_fake, -ones[1])


def _generator_loss(logits_fake: Tensor, saturating: bool = False) -> Tensor:
    sign = -1.0 if saturating else 1.0
    return sign * F.soft_margin_loss(logits_fake, torch.full_like(logits_fake, sign))


def _get_noise(n_samples: int, nz: int = 100, device: Any = "cpu") -> Tensor:
    return torch.empty(n_samples, nz).normal_()  # on the CPU only, so that it is no model


FAKE_EXERCISES = {
    "discriminator_loss": _discriminator_loss,
    "generator_loss": _generator_loss,
    "get_noise": _get_noise,
}


def probe_train_step(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The numbers of a first step, the weights after each of three, the noise, and what is left alone."""
    with lab.replaced(**FAKE_EXERCISES):
        for name, size, strength in (
            ("5 images", 5, 0),
            ("a netD that is right", 4, 3),
            ("a netD that is sure", 4, 30),
        ):
            _put_first(lab, stimuli, name, size, strength, response)
        _put_three(lab, stimuli, response)
        _put_noise(lab, stimuli, response)
        if stimuli.hard:
            _put_first(lab, stimuli, "one image", 1, 0, response)


def _put_first(
    lab: Namespace, stimuli: Stimuli, name: str, size: int, strength: float, response: Response
) -> None:
    twin = deepcopy(stimuli)
    scene, result = _first(lab, stimuli, size, strength)
    response.put(f"discriminator.first@{name}", weights(scene.netD))
    response.put(f"generator.first@{name}", weights(scene.netG))
    put_floats(result, _first(lab, twin, size, strength)[1], KEYS, name, response)


def _first(lab: Namespace, stimuli: Stimuli, size: int, strength: float) -> tuple[Scene, Any]:
    """A step of fresh networks; netD has to be sure of bright images if it has a `strength`."""
    scene = Scene(stimuli)
    real = stimuli.uniform(0.5 if strength else -1, 1, size, 1, HEIGHT, WIDTH)
    if strength:
        scene.play(strength)
    return scene, scene.call(lab, real, nz=NZ)


def _put_three(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Full batches and a smaller one, with the gradients that the student's own steps leave behind."""
    scene = Scene(stimuli)
    for step, size in enumerate((5, 5, 3), start=1):
        real = stimuli.uniform(-1, 1, size, 1, HEIGHT, WIDTH)
        before = real.clone()
        scene.call(lab, real, nz=NZ)
        response.put(f"discriminator[{step}]@step {step}", weights(scene.netD))
        response.put(f"generator[{step}]@step {step}", weights(scene.netG))
        response[f"discriminator.steps@step {step}"] = scene.optimizerD.words()
        response[f"generator.steps@step {step}"] = scene.optimizerG.words()
        response[f"others.real@step {step}"] = left_alone(real, before, "real")
        response[f"others.netG@step {step}"] = f"netG has {flags(scene.netG)}"
        response[f"others.netD@step {step}"] = f"netD has {flags(scene.netD)}"
    scene.call(lab, stimuli.uniform(-1, 1, 2, 1, HEIGHT, WIDTH))
    noises = ", ".join(str(tuple(noise.shape)) for noise in scene.netG.noises)
    response["noise.shapes@three steps with nz=4, one with the default nz"] = f"noise of the shapes {noises}"


def _put_noise(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Statistics of a batch's noise, and whether it is new each time."""
    runs = []
    for seed in (stimuli.integer(), stimuli.integer()):
        scene = Scene(stimuli)
        scene.netG.latents = [stimuli.normal(400, NZ)]
        with seeded(seed):
            for _ in range(2):
                scene.call(lab, stimuli.uniform(-1, 1, 400, 1, HEIGHT, WIDTH), nz=60)
        runs.append(scene.netG.noises)
    drawn = [tuple(noise.flatten()[:3].tolist()) for noise in runs[0] + runs[1]]
    response["noise.fresh"] = f"four steps of two runs draw {len(set(drawn))} different batches of noise"
    if len(set(drawn)) == 4 and runs[0][0].numel() > 10_000:
        put_normal("noise", torch.cat(runs[0]), response)

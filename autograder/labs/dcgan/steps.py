"""Probes of the DCGAN's steps: `discriminator_step` and `generator_step`."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone
from autograder.probes.steps import (
    STALE,
    CountingSGD,
    ScaledSquares,
    flags,
    gradients,
    put_floats,
    same,
    set_gradients,
    weights,
)

NZ, CHANNELS, HEIGHT, WIDTH = 4, 2, 4, 3


class Painter(nn.Module):
    """A tiny generator with BatchNorm that counts how often it is asked."""

    def __init__(self, stimuli: Stimuli, channels: int = CHANNELS) -> None:
        super().__init__()
        self.spread = stimuli.perceptron((NZ, channels * HEIGHT * WIDTH))
        self.norm = _norm(stimuli, channels)
        self.calls = 0

    def forward(self, noise: Tensor) -> Tensor:
        """(N, nz, 1, 1) -> (N, channels, 4, 3), values in (-1, 1)."""
        self.calls += 1
        maps = self.spread(noise.flatten(1)).view(-1, self.norm.num_features, HEIGHT, WIDTH)
        return torch.tanh(self.norm(maps))


class Critic(nn.Module):
    """A tiny discriminator with BatchNorm, so that real and generated images must not share a pass."""

    def __init__(self, stimuli: Stimuli) -> None:
        super().__init__()
        self.look = nn.Conv2d(CHANNELS, CHANNELS, 2, bias=False)
        with torch.no_grad():
            self.look.weight.copy_(stimuli.normal(CHANNELS, CHANNELS, 2, 2, scale=0.6))
        self.norm = _norm(stimuli)
        self.answer = stimuli.perceptron((CHANNELS * (HEIGHT - 1) * (WIDTH - 1), 1), nn.Sigmoid())

    def forward(self, images: Tensor) -> Tensor:
        """(N, 2, 4, 3) -> (N,), values in (0, 1)."""
        answers: Tensor = self.answer(torch.tanh(self.norm(self.look(images))).flatten(1))
        return answers.flatten()


def _norm(stimuli: Stimuli, channels: int = CHANNELS) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels)
    with torch.no_grad():
        norm.weight.copy_(stimuli.uniform(0.6, 1.4, channels))
        norm.bias.copy_(stimuli.normal(channels, scale=0.3))
        assert norm.running_mean is not None and norm.running_var is not None
        norm.running_mean.copy_(stimuli.normal(channels, scale=0.3))
        norm.running_var.copy_(stimuli.uniform(0.5, 1.5, channels))
    return norm


class Scene:
    """Both networks, their optimisers, a criterion, and fake labels: an error in the lab's own costs nothing here."""

    def __init__(self, stimuli: Stimuli, criterion: nn.Module) -> None:
        self.netG, self.netD = Painter(stimuli), Critic(stimuli)
        self.criterion = criterion
        self.optimizerG = CountingSGD(self.netG)
        self.optimizerD = CountingSGD(self.netD)
        self.units = stimuli.tensor([1.0] * 64)

    def labels(self, batch_size: int, value: float, like: Tensor) -> Tensor:
        """Labels for this scene's batches, and for nothing else."""
        return self.units[:batch_size] * value


def _cases(stimuli: Stimuli) -> dict[str, tuple[nn.Module, int]]:
    """Criteria and batch sizes of first steps; one is so steep that a clipped gradient shows, one hardly a loss."""
    cases: dict[str, tuple[nn.Module, int]] = {"5 images and BCELoss": (nn.BCELoss(), 5)}
    cases |= {"another criterion": (ScaledSquares(), 4), "a steep criterion": (ScaledSquares(60.0), 4)}
    cases["a flat criterion"] = (ScaledSquares(0.03), 4)
    return cases | ({"one image": (nn.BCELoss(), 1)} if stimuli.hard else {})


def buffers(network: nn.Module) -> Tensor:
    """All buffers, BatchNorm's statistics among them, one after the other."""
    return torch.cat([buffer.double().flatten() for buffer in network.buffers()])


def _batch(stimuli: Stimuli, size: int) -> tuple[Tensor, Tensor]:
    return stimuli.uniform(-1, 1, size, CHANNELS, HEIGHT, WIDTH), stimuli.normal(size, NZ, 1, 1)


def _step_d(lab: Namespace, scene: Scene, real: Tensor, noise: Tensor) -> Any:
    with lab.replaced(make_labels=scene.labels):
        return lab["discriminator_step"](
            scene.netD, scene.netG, scene.optimizerD, scene.criterion, real, noise
        )


def probe_discriminator_step(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """What first steps return, the weights after each of three steps, and what they leave alone."""
    lab["discriminator_step"]
    families = {"losses": ("errD_real", "errD_fake", "errD"), "probabilities": ("D_x", "D_G_z1")}
    for name, (criterion, size) in _cases(stimuli).items():
        twin = deepcopy(stimuli)
        scene, result = _first_d(lab, stimuli, criterion, size)
        again = _first_d(lab, twin, criterion, size)[1]
        put_floats(result, again, families, name, response)
        response.put(f"weights.first@{name}", weights(scene.netD))
        _put_fake(result, scene, name, response)
    scene = Scene(stimuli, nn.BCELoss())
    for step, size in enumerate((5, 5, 20), start=1):
        real, noise = _batch(stimuli, size)
        before = real.clone(), noise.clone()
        set_gradients(scene.netD, STALE)
        set_gradients(scene.netG, STALE)
        scene.netG.train(step != 2)  # in evaluation mode once
        kept, counted = (weights(scene.netG), gradients(scene.netG)), buffers(scene.netG)
        _step_d(lab, scene, real, noise)
        response.put(f"weights[{step}]@step {step}", weights(scene.netD))
        response[f"weights.steps@step {step}"] = scene.optimizerD.words()
        if step == 2:
            response["others.statistics@step 2"] = unchanged(
                buffers(scene.netG), counted, "netG's statistics in evaluation mode"
            )
        response[f"others.weights@step {step}"] = same("weights", weights(scene.netG), kept[0], "generator")
        response[f"others.gradients@step {step}"] = same(
            "gradients", gradients(scene.netG), kept[1], "generator"
        )
        response[f"others.netG@step {step}"] = f"netG has {flags(scene.netG)}"
        response[f"others.netD@step {step}"] = f"netD has {flags(scene.netD)}"
        response[f"others.real@step {step}"] = left_alone(real, before[0], "real")
        response[f"others.noise@step {step}"] = left_alone(noise, before[1], "noise")


def _first_d(lab: Namespace, stimuli: Stimuli, criterion: nn.Module, size: int) -> tuple[Scene, Any]:
    scene = Scene(stimuli, criterion)
    set_gradients(scene.netD, STALE)
    return scene, _step_d(lab, scene, *_batch(stimuli, size))


def _put_fake(result: Any, scene: Scene, name: str, response: Response) -> None:
    """The generated images, how often netG was asked, and whether netG's graph still hangs on them."""
    fake = result.get("fake") if isinstance(result, dict) else None
    calls = "once" if scene.netG.calls == 1 else f"{scene.netG.calls} times"
    response[f"fake.calls@{name}"] = f"netG was called {calls}"
    response.put(f"fake@{name}", fake if isinstance(fake, Tensor) else type_name(fake))
    if not isinstance(fake, Tensor) or not fake.requires_grad:
        response[f"fake.graph@{name}"] = "fake has no graph"
        return
    try:
        found = torch.autograd.grad(fake.square().sum(), list(scene.netG.parameters()), allow_unused=True)
    except RuntimeError:
        response[f"fake.graph@{name}"] = "fake's graph is used up"
        return
    reached = all(gradient is not None for gradient in found)
    response[f"fake.graph@{name}"] = either(reached, "fake's graph", "reaches netG", "does not reach netG")
    if reached:
        response.put(f"fake.gradient@{name}", torch.cat([gradient.flatten() for gradient in found]))


def probe_generator_step(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """What first steps return, the weights after each of three steps, and what they leave alone."""
    lab["generator_step"]
    families = {"losses": ("errG",), "probabilities": ("D_G_z2",)}
    for name, (criterion, size) in _cases(stimuli).items():
        twin = deepcopy(stimuli)
        scene, result = _first_g(lab, stimuli, criterion, size)
        put_floats(result, _first_g(lab, twin, criterion, size)[1], families, name, response)
        response.put(f"weights.first@{name}", weights(scene.netG))
    scene = Scene(stimuli, nn.BCELoss())
    statistics = deepcopy(scene.netD.norm.state_dict())
    for step, size in enumerate((5, 5, 20), start=1):
        scene.netD.norm.load_state_dict(statistics)  # a pass more or less is the student's choice
        set_gradients(scene.netD, STALE)
        scene.netD.train(step != 2)  # in evaluation mode once
        kept, counted = weights(scene.netD), buffers(scene.netD)
        fake = scene.netG(_batch(stimuli, size)[1])
        before = fake.detach().clone()
        _step_g(lab, scene, fake)
        response.put(f"weights[{step}]@step {step}", weights(scene.netG))
        response[f"weights.steps@step {step}"] = scene.optimizerG.words()
        if step == 2:
            response["others.statistics@step 2"] = unchanged(
                buffers(scene.netD), counted, "netD's statistics in evaluation mode"
            )
        response[f"others.weights@step {step}"] = same("weights", weights(scene.netD), kept, "discriminator")
        response[f"others.netD@step {step}"] = f"netD has {flags(scene.netD)}"
        response[f"others.netG@step {step}"] = f"netG has {flags(scene.netG)}"
        response[f"others.fake@step {step}"] = unchanged(fake.detach(), before, "fake")


def _step_g(lab: Namespace, scene: Scene, fake: Tensor) -> Any:
    with lab.replaced(make_labels=scene.labels):
        return lab["generator_step"](scene.netD, scene.netG, scene.optimizerG, scene.criterion, fake)


def _first_g(lab: Namespace, stimuli: Stimuli, criterion: nn.Module, size: int) -> tuple[Scene, Any]:
    scene = Scene(stimuli, criterion)
    set_gradients(scene.netD, STALE)
    return scene, _step_g(lab, scene, scene.netG(_batch(stimuli, size)[1]))

"""Probes of the sine lab's steps: `discriminator_step` and `generator_step`."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, cast

from torch import Tensor, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone
from autograder.probes.steps import (
    STALE,
    CountingSGD,
    ScaledSquares,
    close,
    detached,
    flags,
    gradients,
    same,
    set_gradients,
    weights,
)


class Noticing(nn.Sigmoid):
    """A last layer that notes in which modes it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.modes: set[bool] = set()

    def forward(self, input: Tensor) -> Tensor:
        """Probabilities of any shape, for logits of that shape."""
        self.modes.add(self.training)
        return super().forward(input)


class Scene:
    """Two tiny networks, their optimisers, and a loss function."""

    def __init__(self, stimuli: Stimuli, loss_function: nn.Module) -> None:
        self.discriminator = stimuli.perceptron((2, 5, 1), Noticing())
        self.generator = stimuli.perceptron((2, 4, 2))
        self.loss_function = loss_function
        self.optimizer_discriminator = CountingSGD(self.discriminator)
        self.optimizer_generator = CountingSGD(self.generator)

    def leave_gradients(self, trained: str) -> None:
        """As the other step of the loop does; only the generator's are clean when its own step begins."""
        set_gradients(self.discriminator, STALE)
        if trained != "generator":
            set_gradients(self.generator, STALE)


Step = Callable[[Scene, Tensor, Tensor], Any]


def probe_discriminator_step(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Loss, update and side effects of the discriminator's step."""
    step = lab["discriminator_step"]

    def call(scene: Scene, real: Tensor, latent: Tensor) -> Any:
        networks = scene.discriminator, scene.generator
        return step(*networks, real, latent, scene.loss_function, scene.optimizer_discriminator)

    _probe_step(call, stimuli, response, trained="discriminator", other="generator")


def probe_generator_step(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Loss, update and side effects of the generator's step."""
    step = lab["generator_step"]

    def call(scene: Scene, real: Tensor, latent: Tensor) -> Any:
        networks = scene.discriminator, scene.generator
        return step(*networks, latent, scene.loss_function, scene.optimizer_generator)

    _probe_step(call, stimuli, response, trained="generator", other="discriminator")


def _probe_step(call: Step, stimuli: Stimuli, response: Response, trained: str, other: str) -> None:
    """First steps of fresh networks show the loss, three steps in a row the update and what it leaves alone."""
    twin = deepcopy(stimuli)
    loss, _ = _first(call, stimuli, nn.BCELoss(), 6, trained)
    response.put_scalar("loss@6 samples and BCELoss", loss)
    again = close(loss, _first(call, twin, nn.BCELoss(), 6, trained)[0])
    response["loss.repeats"] = either(
        again, "the same networks and samples give", "the same loss", "another loss"
    )
    for name, factor in (("another loss function", 3), ("a steep one", 30), ("a flat one", 0.03)):
        loss, scene = _first(call, stimuli, ScaledSquares(factor), 4, trained)
        response.put_scalar(f"loss@{name}", loss)
        response.put(f"weights.other@{name}", weights(getattr(scene, trained)))
    scene = Scene(stimuli, nn.BCELoss())
    for index, size in enumerate((6, 70, 3)):
        real, latent = stimuli.normal(size, 2), stimuli.strided(size, 2)
        before = real.clone(), latent.clone()
        scene.leave_gradients(trained)
        untouched = getattr(scene, other).train(index != 1)  # in evaluation mode once
        kept = weights(untouched), gradients(untouched)
        notes = cast(Noticing, scene.discriminator[-1]).modes
        notes.clear()
        call(scene, real, latent)
        if trained == "discriminator":
            response[f"loss.mode@step {index + 1}"] = either(
                all(notes), "the discriminator judges in", "training mode", "evaluation mode"
            )
        response.put(f"weights[{index}]@step {index + 1}", weights(getattr(scene, trained)))
        optimizer = getattr(scene, f"optimizer_{trained}")
        response[f"weights[{index}].steps@step {index + 1}"] = optimizer.words()
        response[f"others[{index}].real_samples"] = left_alone(real, before[0], "real_samples")
        response[f"others[{index}].latent_space_samples"] = left_alone(
            latent, before[1], "latent_space_samples"
        )
        response[f"others[{index}].weights"] = same("weights", weights(untouched), kept[0], other)
        response[f"others[{index}].flags"] = f"the {other} has {flags(untouched)}"
        response[f"others[{index}].trained"] = f"the {trained} has {flags(getattr(scene, trained))}"
        if other == "generator":
            response[f"others[{index}].gradients"] = same("gradients", gradients(untouched), kept[1], other)
    if stimuli.hard:
        response.put_scalar("loss@one sample", _first(call, stimuli, nn.BCELoss(), 1, trained)[0])


def _first(
    call: Step, stimuli: Stimuli, loss_function: nn.Module, size: int, trained: str
) -> tuple[Any, Scene]:
    """What the step of fresh networks returns, without its graph, and the networks afterwards."""
    scene = Scene(stimuli, loss_function)
    scene.leave_gradients(trained)
    loss = call(scene, stimuli.normal(size, 2), stimuli.normal(size, 2))
    return detached(loss), scene

"""Probe of the sine lab's training loop, with fake steps: an error in the real ones costs nothing here."""

from __future__ import annotations

import contextlib
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, equal, nn
from torch.utils.data import DataLoader, Sampler

from autograder.labs.sine_gan.steps import Scene
from autograder.marking.namespace import Namespace
from autograder.marking.probing import clean_process, seeded
from autograder.marking.response import Response, either, type_name
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_normal
from autograder.probes.steps import flags

LOSSES = ("loss_discriminator", "loss_generator")


class FloatLoss(float):
    """A float that also answers to what people do with a loss that is a tensor."""

    def item(self) -> float:
        """The float."""
        return float(self)

    def detach(self) -> FloatLoss:
        """Itself: it has no graph."""
        return self

    cpu = clone = detach


class CountedOrder(Sampler[int]):
    """An order that counts how often it is asked for."""

    def __init__(self, count: int) -> None:
        self.count, self.times = count, 0

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Any:
        self.times += 1
        return iter(range(self.count))


class FakeSteps:
    """Steps that only write down what they get and move the generator, so that its samples change."""

    def __init__(self, scene: Scene, loss_types: dict[str, type], first_loss: float) -> None:
        self.scene = scene
        self.loss_types = loss_types
        self.first_loss = first_loss
        self.calls: list[str] = []
        self.real: list[Tensor] = []
        self.latents: list[Tensor] = []
        self.strangers: set[str] = set()
        self.modes: set[str] = set()
        self.shuffled = True  # whether the loader was asked in every epoch

    def discriminator_step(
        self,
        discriminator: nn.Module,
        generator: nn.Module,
        real_samples: Tensor,
        latent_space_samples: Tensor,
        loss_function: nn.Module,
        optimizer_discriminator: Any,
    ) -> Any:
        """In place of the lab's function of that name."""
        arguments = {
            k: v for k, v in locals().items() if k not in ("self", "real_samples", "latent_space_samples")
        }
        self.real.append(real_samples.detach().clone())
        return self._note("D", arguments, latent_space_samples)

    def generator_step(
        self,
        discriminator: nn.Module,
        generator: nn.Module,
        latent_space_samples: Tensor,
        loss_function: nn.Module,
        optimizer_generator: Any,
    ) -> Any:
        """In place of the lab's function of that name."""
        arguments = {k: v for k, v in locals().items() if k not in ("self", "latent_space_samples")}
        with torch.no_grad():
            for parameter in self.scene.generator.parameters():
                parameter.add_(0.05)
        return self._note("G", arguments, latent_space_samples)

    def _note(self, which: str, arguments: dict[str, Any], latent: Tensor) -> Any:
        self.calls.append(which)
        self.modes.add(flags(self.scene.discriminator))
        self.latents.append(latent.detach().clone())
        self.strangers |= {
            name for name, value in arguments.items() if value is not getattr(self.scene, name)
        }
        loss, kind = self.first_loss / len(self.calls), self.loss_types[which]
        return torch.tensor(loss, requires_grad=True) * 1 if kind is Tensor else kind(loss)


def probe_train(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The order of the calls, the latents, the history and the samples."""
    lab["train"]
    loss_types = _loss_types(lab, stimuli)
    short = stimuli.normal(11, 2)
    twin = deepcopy(stimuli)
    steps, history = _run(lab, stimuli, loss_types, short, batch_size=5, epochs=2)
    response["order"] = f"the steps were called in the order {' '.join(steps.calls) or 'nothing'}"
    response["order.arguments"] = f"arguments from elsewhere: {', '.join(sorted(steps.strangers)) or 'none'}"
    response["order.shuffled"] = either(
        steps.shuffled, "the batches are", "the loader's in each epoch", "those of an earlier epoch"
    )
    response["order.modes"] = f"in the steps the discriminator has {'; '.join(sorted(steps.modes))}"
    response.put("order.batches", torch.cat(steps.real) if steps.real else "no batch")
    shapes = ", ".join(str(tuple(latent.shape)) for latent in steps.latents)
    alike = all(latent.dtype == short.dtype for latent in steps.latents)
    response["latents.dtype"] = either(alike, "the latents are", "of the batch's dtype", "of another dtype")
    response["latents.shapes"] = f"latents of shape {shapes}"
    _put_history(history, response)
    again = _run(lab, twin, loss_types, short, batch_size=5, epochs=2)[1]
    response["samples.repeats"] = either(
        _same_samples(history, again), "a fixed latent gives", "one picture", "another one each time"
    )
    _put_latents(lab, stimuli, loss_types, response)


def _loss_types(lab: Namespace, stimuli: Stimuli) -> dict[str, type]:
    """What the notebook's own steps return, so that the fake ones return the same; if in doubt, both at once.

    Whatever else an unfinished step does is that exercise's matter and costs nothing here.
    """
    scene = Scene(stimuli, nn.BCELoss())
    real, latent = stimuli.normal(3, 2), stimuli.normal(3, 2)
    networks = scene.discriminator, scene.generator
    calls: dict[str, tuple[Any, ...]] = {
        "D": ("discriminator_step", real, latent, scene.loss_function, scene.optimizer_discriminator),
        "G": ("generator_step", latent, scene.loss_function, scene.optimizer_generator),
    }
    types: dict[str, type] = {}
    for which, (name, *rest) in calls.items():
        with clean_process(stimuli.dtype), contextlib.suppress(Exception, SystemExit):
            loss = lab[name](*networks, *rest)
            types[which] = Tensor if isinstance(loss, Tensor) else float if type(loss) is float else FloatLoss
    return {"D": FloatLoss, "G": FloatLoss} | types


def _run(
    lab: Namespace, stimuli: Stimuli, loss_types: dict[str, type], data: Tensor, batch_size: int, epochs: int
) -> tuple[FakeSteps, Any]:
    scene = Scene(stimuli, nn.BCELoss())
    steps = FakeSteps(scene, loss_types, float(stimuli.uniform(1, 2, 1)))
    # Batches made beforehand: putting thousands of samples together one by one would take most of the time.
    batches: Any = [(batch, torch.zeros(len(batch))) for batch in data.split(batch_size)]
    order = CountedOrder(len(batches))
    loader: DataLoader[Any] = DataLoader(batches, batch_size=None, sampler=order)
    fakes = {"discriminator_step": steps.discriminator_step, "generator_step": steps.generator_step}
    fixed_latent = stimuli.normal(4, 2)
    with lab.replaced(**fakes):
        history = lab["train"](
            scene.discriminator,
            scene.generator,
            loader,
            scene.loss_function,
            scene.optimizer_discriminator,
            scene.optimizer_generator,
            epochs,
            fixed_latent,
        )
    steps.shuffled = order.times >= epochs
    return steps, history


def _loss_kind(loss: Any) -> str:
    return "float" if isinstance(loss, float) else type_name(loss)


def _same_samples(history: Any, again: Any) -> bool:
    try:
        pairs = zip(history["samples"], again["samples"], strict=True)
        return all(equal(torch.as_tensor(first), torch.as_tensor(second)) for first, second in pairs)
    except (KeyError, TypeError, ValueError, RuntimeError):
        return True


def _put_history(history: Any, response: Response) -> None:
    if not isinstance(history, dict):
        response["history"] = type_name(history)
        return
    response["history"] = f"dict with the keys {', '.join(sorted(map(str, history)))}"
    for name in LOSSES:
        losses = history.get(name, [])
        kinds = sorted({_loss_kind(loss) for loss in losses}) or ["nothing"]
        response[f"history.{name}"] = f"{name} is a {type_name(losses)} of {', '.join(kinds)}"
        response.put(f"history.{name}.values", torch.tensor([float(loss) for loss in losses]))
    samples = history.get("samples", [])
    kinds = sorted({type_name(sample) for sample in samples}) or ["nothing"]
    response["samples.kind"] = f"samples is a {type_name(samples)} of {', '.join(kinds)}".replace(
        "ndarray", "Tensor"
    )
    graph = any(isinstance(sample, Tensor) and sample.requires_grad for sample in samples)
    response["samples"] = (
        f"{len(samples)} arrays of samples, {'still attached to' if graph else 'free of'} the graph"
    )
    stacked = torch.stack([torch.as_tensor(sample) for sample in samples]) if samples else "nothing"
    response.put("samples.values", stacked)


def _put_latents(lab: Namespace, stimuli: Stimuli, loss_types: dict[str, type], response: Response) -> None:
    """Statistics of 65 536 latents for each step: N(0, 1), new for each call, and from a generator nobody seeds."""
    data = stimuli.normal(32_768, 2)
    runs = []
    for seed in (stimuli.integer(), stimuli.integer()):
        with seeded(seed):
            runs.append(_run(lab, stimuli, loss_types, data, batch_size=6400, epochs=1)[0].latents)
    if not runs[0]:
        response["latents"] = "no latents"
        return
    latents = torch.cat([latent.reshape(-1) for latent in runs[0]]).double()
    response["latents.fresh"] = freshness = f"the latents are {_freshness(*runs)}"
    if freshness != "the latents are new each time":
        return  # statistics of a few numbers say nothing
    response.put("latents.correlation", torch.corrcoef(latents.reshape(-1, 2).T)[0, 1])
    each = [
        torch.cat([latent.reshape(-1) for latent in some]) for some in (runs[0][::2], runs[0][1::2]) if some
    ]
    for step, numbers in zip("DG", each, strict=False):
        put_normal(f"latents.{step}", _in_rows(numbers), response)
    # Also in another order, or with another sign; a few of 65 536 float32 numbers are equal by chance.
    again = torch.isin(each[-1].abs(), each[0].abs()).double().mean() > 0.1
    response["latents.anew"] = either(
        bool(again), "the generator's latents are", "the discriminator's", "drawn anew"
    )


def _in_rows(numbers: Tensor) -> Tensor:
    """As rows of 16; what is left over goes."""
    return numbers[: len(numbers) // 16 * 16].reshape(-1, 16)


def _freshness(run: list[Tensor], other_run: list[Tensor]) -> str:
    firsts, others = (
        [tuple(latent.reshape(-1)[:2].tolist()) for latent in latents] for latents in (run, other_run)
    )
    if len(set(firsts)) == 1:
        return "drawn once for all"
    if len(set(firsts)) < len(firsts):
        return "used more than once"
    return "new each time" if not set(firsts) & set(others) else "the same after another seed"

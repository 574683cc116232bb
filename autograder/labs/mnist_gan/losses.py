"""Probes of the losses on logits: `discriminator_loss` and `generator_loss`, in value and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response
from autograder.marking.stimuli import Stimuli
from autograder.probes.losses import put_loss

EXTREME = (-100.0, -60.0, -25.0, -8.5, -7.0, 7.0, 8.5, 25.0, 60.0, 100.0)
VALUE = ("value", "gradient", "value")  # the checks that value, gradients and inputs belong to
STABLE = ("stable", "stable", "stable")


def probe_discriminator_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Moderate logits, as many real as generated ones or not; then logits up to ±100, one at a time."""
    loss = lab["discriminator_loss"]
    cases = {"5 real and 5 generated logits": (5, 5), "4 real and 7 generated logits": (4, 7)}
    cases |= {"one real and 3 generated logits": (1, 3), "6 and 2": (6, 2)} if stimuli.hard else {}
    for name, sizes in cases.items():
        pair = [stimuli.normal(size, 1, scale=2.0) for size in sizes]
        put_loss(loss, _named(*pair), VALUE, name, response)
    moderate = stimuli.uniform(0.3, 0.8, 1, 1)
    for logit in EXTREME:
        extreme = stimuli.tensor([[logit]])
        put_loss(loss, _named(extreme, moderate), STABLE, f"a real logit of {logit:g}", response)
        put_loss(loss, _named(moderate, extreme), STABLE, f"a generated logit of {logit:g}", response)
    if stimuli.hard:
        pair = [stimuli.uniform(-100, 100, 6, 1) for _ in range(2)]
        put_loss(loss, _named(*pair), STABLE, "logits between -100 and 100", response)


def _named(real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    return {"logits_real": real, "logits_fake": fake}


def probe_generator_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Both forms on moderate logits, then on logits up to ±100, one at a time."""
    both: dict[str, Callable[[Tensor], Any]] = {
        "value": lab["generator_loss"],
        "saturating": lambda logits: lab["generator_loss"](logits, saturating=True),
    }
    for entry, loss in both.items():
        for size in (6, 1) if stimuli.hard else (6,):
            logits = {"logits_fake": stimuli.normal(size, 1, scale=2.0)}
            name = f"{entry} {size} logits".removeprefix("value ")
            put_loss(loss, logits, (entry, "gradient", entry), name, response)
        for logit in EXTREME:
            name = f"{'saturating, ' if entry != 'value' else ''}a logit of {logit:g}"
            put_loss(loss, {"logits_fake": stimuli.tensor([[logit]])}, STABLE, name, response)
    response.put("saturating.positional", lab["generator_loss"](stimuli.normal(3, 1), True))
    response.put("value.named", lab["generator_loss"](stimuli.normal(3, 1), saturating=False))

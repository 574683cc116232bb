"""Probes of what mathematics gives exactly: the best discriminator, its divergence, the generator's gradients."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, type_name
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone

EXTREME = (-100.0, -60.0, -25.0, -8.5, 8.5, 25.0, 60.0, 100.0)


def probe_optimal_discriminator(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Densities of several shapes, small ones too; then places where one of them is 0, or both."""
    cases = {
        "value@densities between 0.1 and 3": (stimuli.uniform(0.1, 3, 6), stimuli.uniform(0.1, 3, 6)),
        "value@small densities": (stimuli.uniform(1, 9, 5) * 1e-7, stimuli.uniform(1, 9, 5) * 1e-7),
        "zeros@a density that is 0 in places": _with_zeros(stimuli, 8),
        "value@tiny densities": (stimuli.uniform(1, 4, 5) * 1e-21, stimuli.uniform(1, 4, 5) * 1e-21),
    }
    if stimuli.hard:
        cases |= {
            "value@a grid of densities": (stimuli.uniform(0, 2, 4, 5), stimuli.uniform(0.1, 2, 4, 5)),
            "value@densities far apart": (stimuli.uniform(1, 2, 3) * 1e-6, stimuli.uniform(1, 2, 3) * 1e3),
            "zeros@0 everywhere": (stimuli.tensor([[0.0, 0.0]]), stimuli.tensor([[0.0, 0.0]])),
            "value@a single number each": (stimuli.uniform(0.1, 3, 1)[0], stimuli.uniform(0.1, 3, 1)[0]),
            "value@densities that are not contiguous": (
                stimuli.strided(4, 3).abs(),
                stimuli.strided(4, 3).abs(),
            ),
            "value@densities of shape (2, 2, 3)": (
                stimuli.uniform(0, 2, 2, 2, 3),
                stimuli.uniform(0.1, 2, 2, 2, 3),
            ),
            "zeros@0 beside the tiniest densities": (
                stimuli.tensor([3e-30, 0.0, 0.0, 2e-30]),
                stimuli.tensor([1e-30, 2e-30, 0.0, 0.0]),
            ),
        }
    cases["value@other densities between 0.1 and 3"] = (
        stimuli.uniform(0.1, 3, 6),
        stimuli.uniform(0.1, 3, 6),
    )
    _put_pairs(lab["optimal_discriminator"], cases, ("p_data", "p_g"), response)


def _with_zeros(stimuli: Stimuli, length: int) -> tuple[Tensor, Tensor]:
    """Two densities: 0 in the first quarter of one, the last of the other, and at one place of both."""
    one, two = stimuli.uniform(0.1, 2, length), stimuli.uniform(0.1, 2, length)
    one[: length // 4] = 0
    two[-(length // 4) :] = 0
    one[length // 2] = two[length // 2] = 0
    return one, two


def _put_pairs(
    function: Any, cases: dict[str, tuple[Tensor, Tensor]], names: tuple[str, str], response: Response
) -> None:
    """Values and forms for pairs of tensors, which stay as they were; results are read when all are there."""
    results = {}
    for entry, pair in cases.items():
        before = [tensor.clone() for tensor in pair]
        results[entry] = function(*pair)
        where = entry.split("@")[1]
        for name, tensor, old in zip(names, pair, before, strict=True):
            response[f"form.{name}@{where}"] = left_alone(tensor, old, name)
    for entry, result in results.items():
        response[f"form@{entry.split('@')[1]}"] = response.form(result)
        response.put(entry, result)


def probe_js_divergence(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Distributions that overlap, that are the same, that share no place, and that have zeros."""
    five, seven = _distributions(stimuli, 5), _distributions(stimuli, 7)
    apart = stimuli.tensor([0.25, 0.75, 0, 0]), stimuli.tensor([0, 0, 0.5, 0.5])
    cases = {
        "value@5 places": five,
        "value@7 places": seven,
        "value@twice the same distribution": (five[0], five[0].clone()),
        "value@5 other places": _distributions(stimuli, 5),
        "zeros@distributions that share no place": apart,
        "zeros@a distribution that is 0 in places": (_zeroed(seven[0], 2), seven[1]),
    }
    if stimuli.hard:
        cases |= {
            "zeros@zeros in both": (_zeroed(seven[0], 3), _zeroed(seven[1], 1)),
            "zeros@the same place": (stimuli.tensor([0, 1.0, 0]), stimuli.tensor([0, 1.0, 0])),
            "zeros@one place": (stimuli.tensor([1.0]), stimuli.tensor([1.0])),
            "value@60 places": _distributions(stimuli, 60),
            "value@2000 places": _distributions(stimuli, 2000),
            "zeros@places of small probability": (
                stimuli.tensor([5e-5, 1 - 5e-5, 0.0]),
                stimuli.tensor([0.0, 1 - 5e-5, 5e-5]),
            ),
        }
    _put_pairs(lab["js_divergence"], cases, ("p", "q"), response)


def _distributions(stimuli: Stimuli, places: int) -> tuple[Tensor, Tensor]:
    p, q = stimuli.uniform(0.05, 1, places), stimuli.uniform(0.05, 1, places)
    return p / p.sum(), q / q.sum()


def _zeroed(distribution: Tensor, place: int) -> Tensor:
    kept = distribution.clone()
    kept[place] = kept[0] = 0
    return kept / kept.sum()


def probe_generator_gradients(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Moderate logits of several shapes, then logits up to ±100."""
    cases = {
        "moderate@6 logits": stimuli.normal(6, scale=2.0),
        "moderate@6 other logits": stimuli.normal(6, scale=2.0),
        "moderate@logits of shape (4, 1)": stimuli.normal(4, 1, scale=2.0),
        "moderate@the logits -8, -4 and 0": stimuli.tensor([-8.0, -4.0, 0.0]),
        "extreme@logits up to ±100": stimuli.tensor(EXTREME),
    }
    if stimuli.hard:
        cases |= {
            "moderate@one logit": stimuli.normal(1, scale=2.0),
            "moderate@logits of shape (2, 3)": stimuli.normal(2, 3, scale=2.0),
            "moderate@logits that are not contiguous": stimuli.strided(4, 3),
            "moderate@logits of shape (2, 3, 2)": stimuli.normal(2, 3, 2, scale=2.0),
            "extreme@logits of ±100 in two rows": stimuli.tensor([EXTREME, EXTREME[::-1]]),
        }
    results = {}
    for entry, logits in cases.items():
        before = logits.clone()
        results[entry] = lab["generator_gradients"](logits)
        response[f"form.input@{entry.split('@')[1]}"] = left_alone(logits, before, "logits")
    for entry, result in results.items():
        _put_gradients(result, entry, response)


def _put_gradients(result: Any, entry: str, response: Response) -> None:
    """Both gradients, under the check that each belongs to."""
    family, where = entry.split("@")
    pair = result if isinstance(result, (tuple, list)) and len(result) == 2 else (result, result)
    kinds = [response.form(gradient) for gradient in pair] if pair is result else [type_name(result)]
    response[f"form@{where}"] = " and ".join(kinds)
    for kind, gradient in zip(("saturating", "other"), pair, strict=True):
        check = kind if family == "moderate" else family
        gradient = gradient.detach() if isinstance(gradient, Tensor) else gradient
        response.put(f"{check}.{kind}@{where}", torch.zeros(0) if gradient is None else gradient)

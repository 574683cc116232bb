"""Probe of `run_style_transfer`, by its properties: no optimiser is prescribed, so no number can be."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, equal, nn

from autograder.labs.style_transfer.counting import Steps, as_many, defaults
from autograder.labs.style_transfer.features import hooks
from autograder.labs.style_transfer.scene import FACTORS, FAKE_EXERCISES, STEPS, Scene, Witness
from autograder.marking.namespace import Namespace
from autograder.marking.probing import seeded
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.steps import flags, weights

FEW = 25


def probe_run_style_transfer(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """What the picture is, how the losses fall, where it starts, how often it is evaluated, what is left alone."""
    with lab.replaced(**FAKE_EXERCISES):
        _put_result(lab, Scene(stimuli), response)
        _put_terms(lab, Scene(stimuli), response)
        _put_weights(lab, Scene(stimuli), response)
        _put_later(lab, Scene(stimuli), response)
        _put_start(lab, Scene(stimuli), response)
        _put_range(lab, Scene(stimuli), response)
        if stimuli.hard:
            _put_wide(lab, Scene(stimuli), response)
    response["weights.defaults@what holds unless told"] = defaults(lab["run_style_transfer"])


def _put_result(lab: Namespace, scene: Scene, response: Response) -> None:
    """Form and total loss of a whole run, its evaluations, and what it leaves alone."""
    before = {"content": scene.content.clone(), "style": scene.style.clone(), "init": scene.noise.clone()}
    inputs = {name: tensor.clone() for name, tensor in before.items()}
    held = weights(scene.model), flags(scene.model), hooks(scene.model), _attributes(scene.model)
    chosen = {"first": 1.0, "second": 1.0}
    style_weights = dict(chosen)
    scene.witness.forget()
    with Steps() as counter:
        picture = lab["run_style_transfer"](
            scene.model, inputs["content"], inputs["style"], "second", style_weights,
            steps=STEPS, content_weight=0.005, style_weight=50.0, tv_weight=0.002, init=inputs["init"],
        )  # fmt: skip
    response["form"] = response.form(picture)
    tied = isinstance(picture, Tensor) and picture.requires_grad
    response["form.graph"] = either(
        not tied, "the picture is", "free of the graph", "still tied to its graph"
    )
    shared = isinstance(picture, Tensor) and picture.data_ptr() in {
        tensor.data_ptr() for tensor in inputs.values()
    }
    response["form.own"] = either(not shared, "the picture is", "a tensor of its own", "one of the inputs")
    for name, tensor in inputs.items():
        response[f"others.{name}"] = unchanged(tensor.detach(), before[name], name)
        response[f"others.flag.{name}"] = either(
            not tensor.requires_grad, f"{name} is", "as it was", "changed"
        )
    now = weights(scene.model), flags(scene.model), hooks(scene.model), _attributes(scene.model)
    response["others.model"] = either(
        equal(now[0], held[0]), "the model's weights are", "as they were", "changed"
    )
    response["others.flags"] = f"the model: {now[1]}"
    left = any(parameter.grad is not None for parameter in scene.model.parameters())
    response["others.gradients"] = either(not left, "the model's gradients are", "as they were", "changed")
    response["others.hooks"] = either(now[2:] == held[2:], "the model's hooks are", "as they were", "changed")
    response["others.weights"] = either(
        style_weights == chosen, "the style weights are", "as they were", "changed"
    )
    witness = scene.witness
    response["steps.gradient"] = either(
        not witness.piled_up, "each step uses", "its own gradient", "the gradients of earlier steps too"
    )
    response["steps.many"] = as_many(STEPS, counter, witness)
    response["total"] = _fallen(
        _total(scene.terms(picture)), _total(scene.terms(scene.noise)), 0.5, "total loss"
    )
    for few in (5, 90) if scene.stimuli.hard else (5,):
        with Steps() as counter:
            scene.run(lab, steps=few)
        response[f"steps.{few}"] = as_many(few, counter, scene.witness)


def _total(terms: dict[str, float]) -> float:
    return 0.005 * terms["content"] + 50.0 * (terms["first"] + terms["second"]) + 0.002 * terms["variation"]


def _fallen(now: float, start: float, share: float, what: str) -> str:
    """How far a loss has fallen, in words; NaN has not."""
    if now < share * start:
        return f"the {what} falls below {share:g} of its start"
    return f"the {what} {'falls too little' if now < start else 'does not fall'}"


def _attributes(model: nn.Module) -> set[str]:
    """What the model and its layers know; the witness writes things down, and does not count."""
    return {key for layer in model.modules() if not isinstance(layer, Witness) for key in vars(layer)}


def _put_terms(lab: Namespace, scene: Scene, response: Response) -> None:
    """Each loss falls when its weight alone is on, from noise."""
    none: dict[str, Any] = {"content_weight": 0.0, "style_weight": 0.0, "tv_weight": 0.0, "steps": 40}
    cases: dict[str, dict[str, Any]] = {
        "content": {"content_weight": 1.0, "content_layer": "first"},
        "style": {"style_weight": 100.0, "style_weights": {"first": 1.0}},
        "variation": {"tv_weight": 1.0},
    }
    start = scene.terms(scene.noise, "first")
    for name, settings in cases.items():
        now = scene.terms(scene.run(lab, init=scene.noise.clone(), **none | settings), "first")
        loss = "first" if name == "style" else name
        response[f"terms.{name}"] = _fallen(now[loss], start[loss], 0.7, f"{name} loss, alone,")


def _put_weights(lab: Namespace, scene: Scene, response: Response) -> None:
    """The direction of the first gradient, with weights that make all losses pull alike; then what tv_weight does."""
    pulls = {name: float(found.norm()) for name, found in scene.gradients(scene.noise).items()}
    for turn, shares in enumerate(((1.0, 1.0, 1.0), (3.0, 0.5, 1.0), (1.0, 2.0, 0.3)), 1):
        weights = [share / pull for share, pull in zip(shares, pulls.values(), strict=True)]
        _put_direction(lab, scene, weights, f"choice {turn} of weights", response)
    _put_direction(
        lab, scene, [1.0, 0.0, 0.0], "the content in another layer", response, content_layer="first"
    )
    _put_direction(lab, scene, [0.0, 0.02 * weights[1], 0.02 * weights[2]], "the style alone", response)
    scene.content, scene.style = scene.content.flip(3), scene.style.flip(1)
    _put_direction(lab, scene, weights, "the same model, other images", response)
    _put_variation(lab, scene, response)


def _put_direction(
    lab: Namespace, scene: Scene, weights: list[float], name: str, response: Response, **settings: Any
) -> None:
    content, first, second = weights
    whole = (first + second) / 2.7 or 1.0  # the layers' weights need not sum to 1
    scene.run(
        lab, init=scene.noise.clone(), steps=2, tv_weight=0.0, content_weight=content,
        style_weight=first and whole, style_weights={"first": first / whole, "second": second / whole}, **settings,
    )  # fmt: skip
    gradient = scene.witness.first_gradient
    response.put(f"weights@{name}", "no gradient" if gradient is None else gradient / gradient.norm())


def _put_variation(lab: Namespace, scene: Scene, response: Response) -> None:
    """What tv_weight does; by how much the losses are multiplied, if they are told their gradients."""
    base = {"steps": FEW, "init": scene.noise, "content_weight": 1.0, "style_weight": 20.0}
    without, high = (
        scene.terms(scene.run(lab, **base, tv_weight=weight))["variation"] for weight in (0.0, 100.0)
    )
    response["weights.tv"] = either(high < 0.9 * without, "tv_weight", "counts", "makes no difference")
    scene.run(lab, init=scene.noise.clone(), steps=2, content_weight=0.3, style_weight=7.0, tv_weight=2.5)
    wanted = {"content": 0.3, "style": 7.0, "variation": 2.5}
    factors = [FACTORS[name] / weight for name, weight in wanted.items() if name in FACTORS]
    # Some take the plain losses' gradients and weight those, or have losses of their own.
    plain = set(FACTORS.values()) == {1.0}
    alike = plain or not factors or max(factors) - min(factors) <= 1e-3 * max(factors)
    response["weights.factors"] = either(
        alike, "the losses are multiplied by", "their weights", "something else than their weights"
    )


def _put_later(lab: Namespace, scene: Scene, response: Response) -> None:
    """Late in a run the gradient is that of the same sum as at its start."""
    gradients = scene.gradients(scene.noise)
    content, first = (1 / float(gradients[name].norm()) for name in ("content", "first"))
    scene.run(
        lab, init=scene.noise.clone(), steps=8, tv_weight=0.0, content_weight=content, style_weight=first,
        style_weights={"first": 1.0},
    )  # fmt: skip
    late = scene.witness.late
    same = False
    if late is not None and late[0].shape == scene.noise.shape:
        image, gradient = (
            tensor.to(scene.noise.dtype) for tensor in late
        )  # somebody may work in another dtype
        now = scene.gradients(image)
        wanted = content * now["content"] + first * now["first"]
        same = bool(torch.cosine_similarity(wanted.flatten(), gradient.flatten(), dim=0) > 0.999)
    response["weights.later"] = either(
        same, "late in a run, the gradient is", "that of the same sum", "that of another sum"
    )


def _put_start(lab: Namespace, scene: Scene, response: Response) -> None:
    """Where it starts, and that the same start gives the same picture."""
    for name, init in (("content", None), ("init", scene.noise)):
        with seeded(1):
            picture = scene.run(lab, steps=10, init=None if init is None else init.clone())
        start, wanted = scene.witness.start, scene.content if init is None else init
        near = start is not None and start.shape == wanted.shape and bool((start - wanted).abs().max() < 0.02)
        response[f"start.{name}"] = either(near, "the image starts as", f"a copy of {name}", "something else")
    with seeded(2):
        again = scene.run(lab, steps=10, init=scene.noise.clone())
    same = (
        isinstance(picture, Tensor)
        and isinstance(again, Tensor)
        and picture.shape == again.shape
        and bool((picture - again).abs().mean() < 0.01)
    )
    response["start.repeats"] = either(same, "the same start gives", "the same picture", "another picture")


def _put_range(lab: Namespace, scene: Scene, response: Response) -> None:
    """Pictures that want to leave [0, 1]: a style without any grey, and one that is all white; and one that doesn't."""
    for name, style in {
        "a style of black and white": (scene.style > scene.style.median()).to(scene.style.dtype),
        "a white style": torch.ones_like(scene.style),
    }.items():
        scene.style = style
        with Steps() as counter:
            picture = scene.run(
                lab,
                steps=FEW,
                init=scene.noise.clone(),
                style_weight=500.0,
                tv_weight=0.0,
                content_weight=0.0,
            )
        if isinstance(picture, Tensor):
            inside = bool((picture >= 0).all() and (picture <= 1).all())
            response[f"range@{name}"] = either(inside, "the pixels are", "all in [0, 1]", "not all in [0, 1]")
            response[f"range.ends@{name}"] = _ends(picture, None if counter.searching else scene.witness.seen)
        else:
            response[f"range@{name}"] = type_name(picture)
    photo = scene.run(lab, steps=5, style_weight=0.0, tv_weight=0.0, content_weight=1.0)
    same = isinstance(photo, Tensor) and photo.shape == scene.content.shape
    same = same and bool((photo - scene.content).abs().mean() < 0.02)
    response["range.photo@the content loss alone, from the photo"] = either(
        same, "what comes back is", "the photo", "not the photo"
    )


def _ends(picture: Tensor, seen: Tensor | None) -> str:
    """Of the pixels that the model sees at 0 or 1, or beyond, some stay there in the last step."""
    kept = True
    if seen is not None and seen.shape == picture.shape:
        at_the_end = (seen < 0.005) | (seen > 0.995)
        if at_the_end.sum() >= 10:
            kept = bool((picture - seen.clamp(0, 1))[at_the_end].abs().quantile(0.2) < 0.02)
    return either(kept, "the darkest and the brightest pixels are", "as they were", "changed at the end")


def _put_wide(lab: Namespace, scene: Scene, response: Response) -> None:
    """A content image that is wider than high, and larger than the style."""
    scene.content = scene.stimuli.uniform(0.2, 0.4, 1, 3, 9, 14)
    scene.noise = scene.stimuli.uniform(0.2, 0.8, 1, 3, 9, 14)
    scene.style = scene.style[..., :6, :6].contiguous()
    picture = scene.run(lab, init=scene.noise.clone(), steps=5)
    response["form@a wide image and a small style"] = response.form(picture)

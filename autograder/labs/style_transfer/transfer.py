"""Probe of `run_style_transfer`, by its properties: no optimiser is prescribed, so no number can be."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from autograder.labs.style_transfer.features import convolution
from autograder.marking.probing import Namespace, seeded
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.steps import flags, weights

STEPS = 60  # within which the contract asks for half of the total loss
FEW = 25
SLACK = 40  # evaluations that one step of L-BFGS may take beyond those asked for
LAYERS = ("first", "second")


class Witness(nn.Module):
    """The model's first layer: lets images through, and notes those that somebody wants the gradient of."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        """Begin a new run."""
        self.images = 0  # different ones, in turn: some ask the model twice about each
        self.start: Tensor | None = None
        self.first_gradient: Tensor | None = None
        self.piled_up = False
        self._hooked: Tensor | None = None
        self._image: Tensor | None = None
        self._gradient: Tensor | None = None

    def __deepcopy__(self, memo: dict) -> Witness:
        return self  # a copy of the model is watched too

    def forward(self, image: Tensor) -> Tensor:
        """Images (1, 3, H, W), as they are."""
        if image.requires_grad and torch.is_grad_enabled():
            if self._image is None or not torch.equal(self._image, image):
                self._turn(image)
            if image is not self._hooked:
                self._hooked = image
                image.register_hook(self._note)
        return image * 1.0

    def _turn(self, image: Tensor) -> None:
        """Another image: whether the gradient that is left in it is the last one's alone, or none."""
        left = image.grad if image.is_leaf else None
        if self._gradient is not None and left is not None and left.any():
            likeness = torch.cosine_similarity(left.flatten(), self._gradient.flatten(), dim=0)
            self.piled_up |= bool(likeness < 0.999)
        self.images += 1
        self._image, self._gradient = image.detach().clone(), None
        if self.start is None:
            self.start = self._image

    def _note(self, gradient: Tensor) -> None:
        """Gradients of several backward passes for one image belong together."""
        self._gradient = gradient.detach() + (0.0 if self._gradient is None else self._gradient)
        if self.images == 1:
            self.first_gradient = self._gradient


# These stand for earlier exercises. They look at the first image of a batch only, so they are no models for them.
def _get_features(image: Tensor, model: nn.Sequential, layers: Any) -> dict[str, Tensor]:
    features, found = image[:1], {}
    for name, layer in model.named_children():
        features = layer(features)
        if name in layers:
            found[name] = features * 1.0
    return found


def _content_loss(features: Tensor, target: Tensor) -> Tensor:
    return (features[0] - target.detach()[0]).pow(2).mean()


def _gram_matrix(features: Tensor) -> Tensor:
    rows = features[0].flatten(1)
    return torch.mm(rows, rows.t())[None] / rows.numel()


def _style_loss(
    features: dict[str, Tensor], target_grams: dict[str, Tensor], weights: dict[str, float]
) -> Tensor:
    terms = [
        w * (_gram_matrix(features[layer]) - target_grams[layer][:1]).pow(2).mean()
        for layer, w in weights.items()
    ]
    return torch.stack([torch.as_tensor(term) for term in terms]).sum()


def _tv_loss(image: Tensor) -> Tensor:
    return image[0].diff(dim=2).pow(2).mean() + image[0].diff(dim=1).pow(2).mean()


STAND_INS = {
    "get_features": _get_features,
    "content_loss": _content_loss,
    "gram_matrix": _gram_matrix,
    "style_loss": _style_loss,
    "tv_loss": _tv_loss,
}


@dataclass
class Scene:
    """A tiny model, a content image, a style image of another size, and noise to start from."""

    stimuli: Stimuli
    content: Tensor = field(init=False)
    style: Tensor = field(init=False)
    noise: Tensor = field(init=False)
    model: nn.Sequential = field(init=False)

    def __post_init__(self) -> None:
        stimuli = self.stimuli
        # The best picture is well inside [0, 1]: L-BFGS goes astray where pixels are clamped.
        self.content = stimuli.uniform(0.2, 0.4, 1, 3, 10, 8)
        self.style = stimuli.uniform(0.5, 0.7, 1, 3, 9, 12) + stimuli.uniform(-0.05, 0.05, 1, 3, 1, 1)
        self.style[..., ::2] -= 0.15
        self.noise = stimuli.uniform(0.2, 0.8, 1, 3, 10, 8)
        layers = OrderedDict(
            witness=Witness(),
            first=convolution(stimuli, 3, 4),
            first_relu=nn.ReLU(inplace=True),
            second=convolution(stimuli, 4, 5),
            second_relu=nn.ReLU(inplace=True),
        )
        self.model = nn.Sequential(layers).eval()

    @property
    def witness(self) -> Witness:
        """What saw the last run."""
        return self.model[0]

    def run(self, lab: Namespace, **settings: Any) -> Any:
        """The student's picture; what is not said about the settings is chosen so that the style counts most."""
        self.witness.forget()
        chosen = {
            "content_layer": "second",
            "style_weights": {"first": 1.0, "second": 1.0},
            "steps": STEPS,
            "content_weight": 0.005,
            "style_weight": 50.0,
            "tv_weight": 0.002,
        } | settings
        content, style = self.content.clone(), self.style.clone()
        return lab["run_style_transfer"](self.model, content, style, **chosen)

    @torch.no_grad()
    def terms(self, image: Any, layer: str = "second") -> dict[str, float]:
        """The losses of a picture: content in `layer`, style in each layer, variation."""
        if not isinstance(image, Tensor) or image.shape != self.content.shape:
            return dict.fromkeys(("content", "variation", *LAYERS), float("inf"))
        image = image.detach().to(self.content.dtype)
        found, content, style = (
            _get_features(one, self.model, LAYERS) for one in (image, self.content, self.style)
        )
        grams = {
            name: (_gram_matrix(found[name]) - _gram_matrix(style[name])).pow(2).mean() for name in LAYERS
        }
        losses = {
            "content": _content_loss(found[layer], content[layer]),
            "variation": _tv_loss(image),
        } | grams
        return {name: float(loss) for name, loss in losses.items()}


def probe_run_style_transfer(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """What the picture is, how the losses fall, where it starts, how often it is evaluated, what is left alone."""
    with lab.replaced(**STAND_INS):
        _put_result(lab, Scene(stimuli), response)
        _put_terms(lab, Scene(stimuli), response)
        _put_weights(lab, Scene(stimuli), response)
        _put_start(lab, Scene(stimuli), response)
        _put_range(lab, Scene(stimuli), response)
        if stimuli.hard:
            _put_wide(lab, Scene(stimuli), response)


def _put_result(lab: Namespace, scene: Scene, response: Response) -> None:
    """Form and total loss of a whole run, its evaluations, and what it leaves alone."""
    before = {"content": scene.content.clone(), "style": scene.style.clone(), "init": scene.noise.clone()}
    given = {name: tensor.clone() for name, tensor in before.items()}
    held = weights(scene.model), flags(scene.model), _hooks(scene.model)
    chosen = {"style_weights": {"first": 1.0, "second": 1.0}, "content_weight": 0.005, "style_weight": 50.0}
    names = dict(chosen["style_weights"])
    scene.witness.forget()
    picture = lab["run_style_transfer"](
        scene.model, given["content"], given["style"], "second", names,
        steps=STEPS, content_weight=0.005, style_weight=50.0, tv_weight=0.002, init=given["init"],
    )  # fmt: skip
    response["form"] = response.form(picture)
    tied = isinstance(picture, Tensor) and picture.requires_grad
    response["form.graph"] = either(
        not tied, "the picture is", "free of the graph", "still tied to its graph"
    )
    shared = isinstance(picture, Tensor) and picture.data_ptr() in {one.data_ptr() for one in given.values()}
    response["form.own"] = either(not shared, "the picture is", "a tensor of its own", "one of the inputs")
    for name, tensor in given.items():
        response[f"others.{name}"] = unchanged(tensor.detach(), before[name], name)
        response[f"others.flag.{name}"] = either(
            not tensor.requires_grad, f"{name} is", "as it was", "changed"
        )
    now = weights(scene.model), flags(scene.model), _hooks(scene.model)
    response["others.model"] = either(
        torch.equal(now[0], held[0]), "the model's weights are", "as they were", "changed"
    )
    response["others.flags"] = f"the model: {now[1]}"
    response["others.hooks"] = either(now[2] == held[2], "the model's hooks are", "as they were", "changed")
    response["others.weights"] = either(
        names == chosen["style_weights"], "the style weights are", "as they were", "changed"
    )
    witness = scene.witness
    response["steps.gradient"] = either(
        not witness.piled_up, "each step uses", "its own gradient", "the gradients of earlier steps too"
    )
    long = witness.images
    kept = 0.8 * STEPS < long <= STEPS + SLACK
    response["steps.many"] = either(
        kept, f"asked for {STEPS} steps, it takes", "about as many", "another number"
    )
    response["total"] = _fallen(
        _total(scene.terms(picture)), _total(scene.terms(scene.noise)), 0.5, "total loss"
    )
    scene.run(lab, steps=5)
    response["steps.few"] = _steps(
        5, scene.witness.images > 0, scene.witness.images <= min(long - 1, 5 + SLACK)
    )


def _total(terms: dict[str, float]) -> float:
    return 0.005 * terms["content"] + 50.0 * (terms["first"] + terms["second"]) + 0.002 * terms["variation"]


def _steps(asked: int, enough: bool, not_too_many: bool) -> str:
    taken = ("as many" if not_too_many else "more") if enough else "fewer"
    return f"asked for {asked} steps, it takes {taken}"


def _fallen(now: float, start: float, share: float, what: str) -> str:
    """How far a loss has fallen, in words; NaN has not."""
    if now < share * start:
        return f"the {what} falls below {share:g} of its start"
    return f"the {what} {'falls too little' if now < start else 'does not fall'}"


def _hooks(model: nn.Module) -> int:
    return sum(len(one._forward_hooks) + len(one._forward_pre_hooks) for one in model.modules())


def _put_terms(lab: Namespace, scene: Scene, response: Response) -> None:
    """Each loss falls when its weight alone is on, from noise."""
    none = {"content_weight": 0.0, "style_weight": 0.0, "tv_weight": 0.0, "steps": 40}
    cases = {
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
    pulls = {name: _pull(scene, name) for name in ("content", *LAYERS)}
    for turn, shares in enumerate(((1.0, 1.0, 1.0), (3.0, 0.5, 1.0), (1.0, 2.0, 0.3)), 1):
        content, first, second = (share / pull for share, pull in zip(shares, pulls.values(), strict=True))
        weights = {"first": first / (first + second), "second": second / (first + second)}
        scene.run(
            lab, init=scene.noise.clone(), steps=2, tv_weight=0.0,
            content_weight=content, style_weight=first + second, style_weights=weights,
        )  # fmt: skip
        gradient = scene.witness.first_gradient
        direction = "no gradient" if gradient is None else gradient / gradient.norm()
        response.put(f"weights@choice {turn} of weights", direction)
    base = {"steps": FEW, "init": scene.noise, "content_weight": 1.0, "style_weight": 20.0}
    without, high = (
        scene.terms(scene.run(lab, **base, tv_weight=weight))["variation"] for weight in (0.0, 100.0)
    )
    response["weights.tv"] = either(high < 0.9 * without, "tv_weight", "counts", "makes no difference")


def _pull(scene: Scene, name: str) -> float:
    """The length of one loss's gradient at the noise."""
    image = scene.noise.clone().requires_grad_()
    found = _get_features(image, scene.model, LAYERS)
    with torch.no_grad():
        content, style = (_get_features(one, scene.model, LAYERS) for one in (scene.content, scene.style))
    losses = {"content": _content_loss(found["second"], content["second"])}
    losses |= {
        layer: _style_loss(found, {layer: _gram_matrix(style[layer])}, {layer: 1.0}) for layer in LAYERS
    }
    return float(torch.autograd.grad(losses[name], image)[0].norm())


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
    """Pictures that want to leave [0, 1]: a style without any grey, and one that is all white."""
    for name, style in {
        "a style of black and white": (scene.style > scene.style.median()).to(scene.style.dtype),
        "a white style": torch.ones_like(scene.style),
    }.items():
        scene.style = style
        picture = scene.run(
            lab, steps=FEW, init=scene.noise.clone(), style_weight=500.0, tv_weight=0.0, content_weight=0.0
        )
        if isinstance(picture, Tensor):
            inside = bool((picture >= 0).all() and (picture <= 1).all())
            response[f"range@{name}"] = either(inside, "the pixels are", "all in [0, 1]", "not all in [0, 1]")
        else:
            response[f"range@{name}"] = type_name(picture)


def _put_wide(lab: Namespace, scene: Scene, response: Response) -> None:
    """A content image that is wider than high, and larger than the style."""
    scene.content = scene.stimuli.uniform(0.2, 0.4, 1, 3, 9, 14)
    scene.noise = scene.stimuli.uniform(0.2, 0.8, 1, 3, 9, 14)
    scene.style = scene.style[..., :6, :6].contiguous()
    picture = scene.run(lab, init=scene.noise.clone())
    response["form@a wide image and a small style"] = response.form(picture)

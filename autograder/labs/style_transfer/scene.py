"""A scene for `run_style_transfer`: a tiny model that watches, images, and fakes of the earlier exercises."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from torch import Tensor, equal, nn

from autograder.labs.style_transfer.features import convolution
from autograder.labs.style_transfer.grams import gram_by_squares
from autograder.marking.namespace import Namespace
from autograder.marking.stimuli import Stimuli

STEPS = 60  # within which the contract asks for half of the total loss
LAYERS = ("first", "second")


class Witness(nn.Module):
    """The model's first layer: lets images through, and notes those that somebody wants the gradient of."""

    def __init__(self) -> None:
        super().__init__()
        self.forget()

    def forget(self) -> None:
        """Begin a new run."""
        self.calls = 0
        self.images = 0  # different ones, in turn: some ask the model twice about each
        self.piled_up = False
        self.first_gradient: Tensor | None = None
        self.late: tuple[Tensor, Tensor] | None = None  # the last image but one, and its gradient
        self._start: Tensor | None = None
        self._image: Tensor | None = None
        self._gradient: Tensor | None = None
        self._hooked: tuple[Tensor, ...] = ()  # no tensor of its own: a module would register a parameter
        self._passes = 0
        self._place = slice(0, 1)  # of the image in a batch: somebody may show the photo along with it

    @property
    def start(self) -> Tensor | None:
        """The first image."""
        return None if self._start is None else self._start[self._place]

    @property
    def seen(self) -> Tensor | None:
        """The last image."""
        return None if self._image is None else self._image[self._place]

    def __deepcopy__(self, memo: dict[int, Any]) -> Witness:
        return self  # a copy of the model is watched too

    def forward(self, image: Tensor) -> Tensor:
        """Images (1, 3, H, W), as they are."""
        if image.requires_grad and torch.is_grad_enabled():
            self.calls += 1
            if self._image is None or not equal(self._image, image):
                self._turn(image)
            if not self._hooked or image is not self._hooked[0]:
                self._hooked = (image,)
                image.register_hook(self._note)
        return image * 1.0

    def _turn(self, image: Tensor) -> None:
        """Another image: whether the gradient that is left in it is the last one's alone, or none."""
        left = image.grad if image.is_leaf else None
        if self._gradient is not None and left is not None and left.any():
            if self._passes > 1:  # the gradients of several losses, which somebody has weighted and added up
                self._keep(left.detach().clone())
            else:
                likeness = torch.cosine_similarity(left.flatten(), self._gradient.flatten(), dim=0)
                self.piled_up |= bool(likeness < 0.999)
        if self._gradient is not None and self._image is not None:
            self.late = self._image[self._place], self._gradient
        self.images += 1
        self._image, self._gradient, self._passes = image.detach().clone(), None, 0
        if self._start is None:
            self._start = self._image

    def _note(self, gradient: Tensor) -> None:
        """Gradients of several backward passes for one image belong together."""
        self._passes += 1
        if len(gradient) > 1:
            place = int(gradient.detach().flatten(1).norm(dim=1).argmax())
            self._place = slice(place, place + 1)
        self._keep(gradient.detach()[self._place] + (0.0 if self._gradient is None else self._gradient))

    def _keep(self, gradient: Tensor) -> None:
        self._gradient = gradient
        if self.images == 1:
            self.first_gradient = gradient


# These stand for earlier exercises. They know one network and go their own ways, so that they are no models.
def get_features(image: Tensor, model: nn.Sequential, layers: Any) -> dict[str, Tensor]:
    """What the layers of a scene's network make of images."""
    found = {}
    for name in ("witness", "first", "first_relu", "second", "second_relu"):
        if not hasattr(model, name):
            break
        image = getattr(model, name)(image)
        if name in layers:
            found[name] = image * 1.0
    return found


def content_loss(features: Tensor, target: Tensor) -> Tensor:
    """The distance of two tensors of any shape; of a batch its first image counts, so that it is no model."""
    distance = features - target.detach()
    distance = (distance[:1] if distance.ndim == 4 else distance).flatten()
    return _told("content", torch.dot(distance, distance) / distance.numel())


def style_loss(
    features: dict[str, Tensor], target_grams: dict[str, Tensor], weights: dict[str, float]
) -> Tensor:
    """The distance of the first image's Gram matrices."""
    terms = [
        w * (gram_by_squares(features[layer])[:1] - target_grams[layer][:1]).pow(2).mean()
        for layer, w in weights.items()
    ]
    return _told("style", torch.stack([torch.as_tensor(term) for term in terms]).sum())


def tv_loss(image: Tensor) -> Tensor:
    """The variation of the first image."""
    return _told("variation", image[0].diff(dim=2).pow(2).mean() + image[0].diff(dim=1).pow(2).mean())


FACTORS: dict[str, float] = {}  # what each loss was multiplied by, as its gradient tells


def _told(name: str, loss: Tensor) -> Tensor:
    if loss.requires_grad:
        loss.register_hook(lambda gradient: FACTORS.__setitem__(name, float(gradient)))
    return loss


FAKE_EXERCISES = {
    "get_features": get_features,
    "content_loss": content_loss,
    "gram_matrix": gram_by_squares,
    "style_loss": style_loss,
    "tv_loss": tv_loss,
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
        return cast(Witness, self.model[0])

    def run(self, lab: Namespace, **settings: Any) -> Any:
        """The student's picture; what is not said about the settings is chosen so that the style counts most."""
        self.witness.forget()
        FACTORS.clear()
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
            get_features(picture, self.model, LAYERS) for picture in (image, self.content, self.style)
        )
        grams = {
            name: (gram_by_squares(found[name]) - gram_by_squares(style[name])).pow(2).mean()
            for name in LAYERS
        }
        losses = {
            "content": content_loss(found[layer], content[layer]),
            "variation": tv_loss(image),
        } | grams
        return {name: float(loss) for name, loss in losses.items()}

    def gradients(self, image: Tensor, layer: str = "second") -> dict[str, Tensor]:
        """The gradient of each loss at an image: content in `layer`, and style in each layer."""
        leaf = image.detach().clone().requires_grad_()
        found = get_features(leaf, self.model, LAYERS)
        with torch.no_grad():
            content = get_features(self.content, self.model, LAYERS)
            style = get_features(self.style, self.model, LAYERS)
        losses = {"content": content_loss(found[layer], content[layer])}
        losses |= {
            name: style_loss(found, {name: gram_by_squares(style[name])}, {name: 1.0}) for name in LAYERS
        }
        return {name: torch.autograd.grad(loss, leaf, retain_graph=True)[0] for name, loss in losses.items()}

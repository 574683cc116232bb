"""Probes of what compares feature maps: `content_loss`, `gram_matrix` and `style_loss`."""

from __future__ import annotations

from functools import partial
from typing import Any

from torch import Tensor, equal

from autograder.labs.style_transfer.pixels import crooked
from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.inputs import left_alone, put_added_gradient, put_plain_call
from autograder.probes.losses import put_gradients, put_loss

CONTENT = ("value", "gradient", "input")
# How many maps of which size a style loss is shown.
MAPS_OF = {"shallow": (2, 3, 5), "middle": (3, 4, 2), "deep": (4, 3, 5), "deepest": (3, 2, 2)}


def probe_content_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Two batches of maps, of several shapes; a target that asks for a gradient, or stems from the same image."""
    loss = lab["content_loss"]
    shapes: list[tuple[int, ...]] = [(1, 3, 4, 5), (2, 4, 3, 2)]
    shapes += [(3,), (1, 3, 4, 5)]
    shapes += [(3, 2, 1, 4), (1, 1, 2, 2), (2, 6, 5, 3), (4, 5)] if stimuli.hard else []
    for place, shape in enumerate(shapes):
        features, target = stimuli.normal(*shape), stimuli.normal(*shape)
        name = f"{'other ' if shape in shapes[:place] else ''}features of shape {shape}"
        put_loss(partial(_second, loss, target), {"features": features}, CONTENT, name, response)
    pair = crooked(stimuli, 2, 3, 5, 4), stimuli.normal(2, 3, 5, 4)
    put_loss(
        partial(_second, loss, pair[1]),
        {"features": pair[0]},
        CONTENT,
        "maps that are not contiguous",
        response,
    )
    _put_target(loss, pair, response)
    plain = {"features": stimuli.normal(1, 2, 3, 3), "target": stimuli.normal(1, 2, 3, 3)}
    fixed = partial(_second, loss, plain["target"].clone())
    put_plain_call(loss, plain, "input", "plain tensors", response)
    put_added_gradient(fixed, plain["features"], "gradient", "features that have a gradient", response)
    _put_common(loss, stimuli.normal(1, 2, 3, 4), response)


def _second(loss: Any, target: Tensor, features: Tensor) -> Any:
    return loss(features, target)


def _put_target(loss: Any, pair: tuple[Tensor, Tensor], response: Response) -> None:
    """A target that could learn: no gradient may reach it, and it stays as it was."""
    features, target = (tensor.clone().requires_grad_() for tensor in pair)
    result = loss(features, target)
    if isinstance(result, Tensor) and result.requires_grad and not result.ndim:
        result.backward()
    reached = target.grad is not None and bool(target.grad.any())
    response["target"] = either(not reached, "the target is reached by", "no gradient", "a gradient")
    response["target.flag"] = either(target.requires_grad, "the target is", "as it was", "changed")
    response["input.target"] = unchanged(target.detach(), pair[1], "the target")


def _put_common(loss: Any, image: Tensor, response: Response) -> None:
    """Features and target made of one image: its gradient passes through the features alone."""
    leaf = image.clone().requires_grad_()
    result = loss(leaf * 2, leaf.sin() * 3)
    put_gradients(result, {"image": leaf}, "target", "a target made of the same image", response)


def probe_gram_matrix(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Maps of several sizes, one image and two; gradients; at the end maps that are not contiguous."""
    gram = lab["gram_matrix"]
    cases = {
        "value@one image, 3 maps of 4x5": stimuli.normal(1, 3, 4, 5),
        "value@another image, 3 maps of 4x5": stimuli.normal(1, 3, 4, 5),
        "batch@two images, 3 maps of 5x2": stimuli.normal(2, 3, 5, 2),
    }
    if stimuli.hard:
        cases |= {
            "value@one map": stimuli.normal(1, 1, 3, 4),
            "value@maps of one pixel": stimuli.normal(1, 4, 1, 1),
            "value@one image, 5 maps of 2x9": stimuli.normal(1, 5, 2, 9),
            "value@one image, 2 maps of 9x9": stimuli.normal(1, 2, 9, 9),
            "batch@three images, 3 maps of 3x3": stimuli.normal(3, 3, 3, 3),
            "batch@four images, 2 maps of 6x4": stimuli.normal(4, 2, 6, 4),
        }
    for entry, maps in cases.items():
        before = maps.clone()
        result = gram(maps)
        family, name = entry.split("@")
        response[f"{family}.form@{name}"] = response.form(result)
        response.put(entry, result)
        response[f"value.input@{name}"] = left_alone(maps, before, "the features")
    for name, shape in {"": (2, 3, 4, 3), ", one image": (1, 3, 3, 4), ", 5 maps": (2, 5, 3, 3)}.items():
        features = stimuli.normal(*shape)
        put_loss(
            partial(_weighted, gram, _steady_weights(stimuli, features)),
            {"features": features},
            ("gradient", "gradient", "gradient"),
            f"a weighted sum of the entries{name}",
            response,
        )
    layouts = {"maps that are not contiguous": crooked(stimuli, 2, 3, 4, 5)}
    layouts["every second map"] = stimuli.normal(2, 4, 4, 6)[:, ::2, :, ::3]
    for name, maps in layouts.items():
        before = maps.clone()
        response.put(f"layout@{name}", gram(maps))
        response[f"layout.input@{name}"] = left_alone(maps, before, "the features")


def _steady_weights(stimuli: Stimuli, features: Tensor) -> Tensor:
    """Weights (C, C) with which the entries of a Gram matrix do not nearly cancel, else float32's last bits would tell.

    Decided in float64, so student and reference get the same.
    """
    entries = gram_by_squares(features.double())
    while True:
        weights = stimuli.normal(features.shape[1], features.shape[1])
        terms = entries * weights.double()
        if abs(float(terms.sum())) > 0.1 * float(terms.abs().sum()):
            return weights


def _weighted(gram: Any, weights: Tensor, features: Tensor) -> Any:
    result = gram(features)
    fit = isinstance(result, Tensor) and result.shape[1:] == weights.shape
    return (result * weights).sum() if fit else result


def probe_style_loss(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Layers with maps of different numbers and sizes; layers that no weight names; weights of 0, and alike."""
    cases: dict[str, tuple[int, dict[str, float], tuple[str, ...]]] = {
        "value@one image, two layers": (1, {"shallow": 0.7, "deep": 2.0}, ()),
        "value@two images, three layers": (2, {"deep": 1.5, "shallow": 0.3, "middle": 1.0}, ()),
        "value@another image, two layers": (1, {"shallow": 0.7, "deep": 2.0}, ()),
        "layers@features of a layer without a weight": (2, {"deep": 0.5, "shallow": 4.0}, ("middle",)),
    }
    if stimuli.hard:
        cases |= {
            "value@one layer": (2, {"middle": 3.0}, ()),
            "value@weights that are whole numbers": (1, {"deep": 2, "middle": 1}, ()),
            "value@a weight of 0": (1, {"deep": 0.0, "middle": 1.0}, ()),
            "value@four layers, two of them with equal weights": (
                1,
                {"deep": 1.5, "shallow": 1.5, "deepest": 40.0, "middle": 0.2},
                (),
            ),
            "layers@one layer of three": (1, {"middle": 10.0}, ("deep", "shallow")),
        }
    with lab.replaced(gram_matrix=gram_by_squares):
        for entry, (images, weights, others) in cases.items():
            layers = (*others, *sorted(weights))
            features = {layer: stimuli.normal(images, *MAPS_OF[layer]) for layer in layers}
            # As many targets as maps, in an order of their own: the weights alone say which count.
            targets = {
                layer: stimuli.normal(images, MAPS_OF[layer][0], MAPS_OF[layer][0], scale=0.3)
                for layer in reversed(layers)
            }
            family, name = entry.split("@")
            _put_style(lab["style_loss"], features, targets, weights, family, name, response)


def _put_style(
    loss: Any,
    features: dict[str, Tensor],
    targets: dict[str, Tensor],
    weights: dict[str, float],
    family: str,
    name: str,
    response: Response,
) -> None:
    """Value and gradients of a style loss; all three dicts and what they hold stay as they were."""
    held = features | {f"target {layer}": target for layer, target in targets.items()}
    before = {which: tensor.clone() for which, tensor in held.items()}
    leaves = {layer: maps.clone().requires_grad_() for layer, maps in features.items()}
    dicts = dict(leaves), dict(targets), dict(weights)
    result = loss(*dicts)
    response.put(f"{family}@{name}", result)
    gradient = "gradient" if family == "value" else family
    put_gradients(result, leaves, gradient, name, response)
    kept = (
        list(dicts[0]) == list(leaves)
        and all(dicts[0][layer] is leaves[layer] for layer in leaves)
        and list(dicts[1]) == list(targets)
        and all(dicts[1][layer] is targets[layer] for layer in targets)
        and not any(target.requires_grad for target in targets.values())
        and dicts[2] == weights
        and all(equal(held[which], tensor) for which, tensor in before.items())
        and all(equal(leaves[layer].detach(), before[layer]) for layer in leaves)
    )
    response[f"input@{name}"] = either(kept, "the three dicts are", "as they were", "changed")


# ab = ((a + b)² - (a - b)²) / 4: what it takes to be right, and nothing that somebody would copy.
def gram_by_squares(features: Tensor) -> Tensor:
    """Stands for gram_matrix where a later exercise is probed."""
    rows = features.flatten(2)
    a, b = rows.unsqueeze(2), rows.unsqueeze(1)
    products = (a + b).square().sum(3) - (a - b).square().sum(3)
    return products / (4 * features[0].numel())

"""The lab's loop, and the same objective as PyTorch's tutorial on style transfer optimises it: for `make bench`."""

import torch
from torch import nn
from torch.nn import functional as F

from autograder import draw_style, load_photo

WEIGHTS = {"content": 1.0, "style": 1e3, "variation": 0.1}


def _gram(features):
    images, maps, height, width = features.shape
    rows = features.view(images * maps, height * width)
    return (rows @ rows.t()).div(images * maps * height * width)


class ContentLoss(nn.Module):
    """Lets features through and keeps their weighted distance to those of the content image."""

    def __init__(self, target):
        super().__init__()
        self.target = target.detach()

    def forward(self, features):
        self.loss = WEIGHTS["content"] * F.mse_loss(features, self.target)
        return features


class StyleLoss(nn.Module):
    """Lets features through and keeps the weighted distance of their Gram matrix to that of the style image."""

    def __init__(self, target, weight):
        super().__init__()
        self.weight = weight
        self.target = _gram(target).detach()

    def forward(self, features):
        self.loss = WEIGHTS["style"] * self.weight * F.mse_loss(_gram(features), self.target)
        return features


def _with_losses(names):
    """The network with a loss behind each layer that has one, cut off behind the last; and those losses."""
    network, plain, losses = nn.Sequential(), nn.Sequential(), []
    content, style = names["content"], names["style"]
    layers = [name for name, _ in names["model"].named_children()]
    last = max(layers.index(layer) for layer in (names["content_layer"], *names["style_weights"]))
    for layer in layers[: last + 1]:
        child = getattr(names["model"], layer)
        for layers_so_far in (network, plain):  # style and content may differ in size: targets come from plain ones
            layers_so_far.add_module(layer, nn.ReLU() if isinstance(child, nn.ReLU) else child)
        if layer == names["content_layer"]:
            losses.append(ContentLoss(plain(content)))
            network.add_module(f"content_{layer}", losses[-1])
        if layer in names["style_weights"]:
            losses.append(StyleLoss(plain(style), names["style_weights"][layer]))
            network.add_module(f"style_{layer}", losses[-1])
    return network.eval().requires_grad_(False), losses


def prepare(names):
    """The default picture: the names may come from a graded run, whose images are tiny."""
    names["content"], names["style"] = load_photo("grace_hopper", 256), draw_style(names["style_name"], 400)


def lab_loop(names, steps):
    """The lab's own loop; returns the evaluations that were asked for."""
    names["result"] = names["run_style_transfer"](
        names["model"], names["content"], names["style"], names["content_layer"], names["style_weights"], steps=steps
    )
    return steps


def bare_loop(names, steps):
    """The tutorial's way: losses as layers of the network, L-BFGS on the pixels, clamped in its closure."""
    network, losses = _with_losses(names)
    image = names["content"].clone().requires_grad_()
    optimizer = torch.optim.LBFGS([image])
    taken = 0

    def closure():
        nonlocal taken
        with torch.no_grad():
            image.clamp_(0, 1)
        optimizer.zero_grad()
        network(image)
        horizontal, vertical = image.diff(dim=3), image.diff(dim=2)
        variation = horizontal.square().mean() + vertical.square().mean()
        loss = sum(one.loss for one in losses) + WEIGHTS["variation"] * variation
        loss.backward()
        taken += 1
        return loss

    while taken < steps:
        optimizer.step(closure)
    names["result"] = image.detach().clamp(0, 1)
    return taken


def total_loss(names):
    """What both loops make small, for the picture that the last of them made."""
    network, losses = _with_losses(names)
    image = names["result"]
    network(image)
    variation = image.diff(dim=3).square().mean() + image.diff(dim=2).square().mean()
    return float(sum(one.loss for one in losses) + WEIGHTS["variation"] * variation)

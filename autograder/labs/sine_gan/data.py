"""Probes of the sine lab's data: `make_train_data` and `make_train_set`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_draws

PERIOD = 2 * math.pi
MANY = 65536  # so that a mark never hangs on a lucky or unlucky draw


def probe_make_train_data(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Form, distribution, where the random numbers come from, and the sine."""
    make = lab["make_train_data"]
    data = put_draws("uniform", lambda: make(MANY), stimuli, response, "data")
    response["form"] = response.form(data)
    response["form.plain"] = either(
        bool(getattr(data, "requires_grad", False)), "the data are", "tied to a graph", "plain numbers"
    )
    _put_columns(data, response)
    response["form@the default length"] = response.form(make())
    for length in (7, 1) if stimuli.hard else (7,):
        response[f"form@length {length}"] = response.form(make(length))


def _put_columns(data: Any, response: Response) -> None:
    if not isinstance(data, Tensor) or data.ndim != 2 or data.shape[1] != 2:
        response["uniform"] = response["sine"] = response.form(data)
        return
    x1, x2 = data.detach().double().sort(dim=0)[0][:, 0], data.detach().double()
    expected = (torch.arange(len(x1)) + 0.5) / len(x1)
    response.put("uniform.distance", (x1 / PERIOD - expected).abs().mean())
    gap = (x1[1:] - x1[:-1]).min() * len(x1) / (x1[-1] - x1[0])
    response["uniform.gaps"] = either(
        bool(gap < 0.05), "neighbours are", "at random distances", "evenly spaced"
    )
    reaches = bool(x1[0] < 0.0004 * PERIOD and x1[-1] > 0.9996 * PERIOD)  # 6.28 is not 2π
    response["uniform.reach"] = either(
        reaches, "x1", "reaches both ends of [0, 2π)", "does not reach both ends of [0, 2π)"
    )
    different = len(x1.unique()) > 0.9 * len(x1)
    response["uniform.values"] = either(different, "the values of x1 are", "all different", "often the same")
    inside = bool((x1 >= 0).all() and (x1 < PERIOD + 1e-6).all())
    response["uniform.range"] = either(inside, "x1 is", "always inside [0, 2π)", "sometimes outside [0, 2π)")
    if x1.std() < 0.1:
        response["sine"] = "x1 hardly varies"
    else:
        response.put("sine", (x2[:, 1] - torch.sin(x2[:, 0])).abs().max())


def probe_make_train_set(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """The list itself, what a DataLoader makes of it, twice, and the data it came from."""
    data = stimuli.strided(7, 2) if stimuli.hard else stimuli.normal(7, 2)
    before = data.clone()
    train_set = lab["make_train_set"](data)
    response["list"] = "list" if isinstance(train_set, list) else type_name(train_set)
    pairs = list(train_set)
    response["list.items"] = (
        f"{len(pairs)} items, each a {', '.join(sorted({_item_kind(pair) for pair in pairs}))}"
    )
    response["list.length"] = f"{', '.join(sorted({str(len(pair)) for pair in pairs}))} parts in each item"
    samples, labels = zip(*pairs, strict=True)
    response["samples.shape"] = (
        f"samples of shape {', '.join(sorted({str(tuple(s.shape)) for s in samples}))}"
    )
    stacked = torch.stack([torch.as_tensor(sample) for sample in samples])
    response["samples.plain"] = either(
        stacked.requires_grad, "the samples are", "tied to a graph", "plain numbers"
    )
    response["samples.form"] = response.form(stacked)
    response.put("samples", stacked)
    response["labels.kind"] = (
        f"labels: {', '.join(sorted({_label_kind(label, response) for label in labels}))}"
    )
    response.put("labels", torch.tensor([float(label) for label in labels]))
    loader = DataLoader(train_set, batch_size=3)
    for turn in ("first", "second"):
        batches = [batch for batch, _ in loader]
        response.put(f"list.{turn}_pass", torch.cat(batches) if batches else "nothing is left")
    response["samples.input"] = unchanged(data, before)


def _item_kind(pair: Any) -> str:
    return "tuple" if isinstance(pair, tuple) else type_name(pair)


def _label_kind(label: Any, response: Response) -> str:
    if isinstance(label, Tensor) and (label.ndim or not label.is_floating_point()):
        return f"a {response.form(label)}"
    if isinstance(label, Tensor):
        return "a float scalar"
    return "a float scalar" if isinstance(label, (float, np.floating)) else type_name(label)

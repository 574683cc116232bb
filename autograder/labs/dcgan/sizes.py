"""Probes of small functions around the networks: `conv_sizes`, `weights_init`, `make_labels`."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, equal, nn

from autograder.marking.namespace import Namespace
from autograder.marking.response import Response, either, type_name, unchanged
from autograder.marking.stimuli import Stimuli
from autograder.probes.draws import put_statistic

# n, kernel, stride, padding; every rounding and every term shows somewhere.
SIZES = ((64, 4, 2, 1), (28, 3, 1, 1), (11, 5, 2, 0), (4, 4, 1, 0), (1, 4, 1, 0), (10, 4, 3, 2), (7, 2, 3, 3))


def probe_conv_sizes(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Both sizes for some fixed and some drawn layers."""
    sizes = [*SIZES, *(_drawn(stimuli) for _ in range(9 if stimuli.hard else 3))]
    for name, entry in (("conv_out", "conv"), ("conv_transpose_out", "transposed")):
        kinds = set()
        for n, kernel, stride, padding in sizes:
            if (entry == "conv" and n + 2 * padding < kernel) or (entry != "conv" and (n, padding) == (1, 3)):
                continue
            size = lab[name](n, kernel, stride, padding)
            kinds.add(type_name(size))
            response.put_scalar(f"{entry}@n={n}, kernel={kernel}, stride={stride}, padding={padding}", size)
        named = lab[name](n=9, kernel=3, stride=2, padding=1)
        response.put_scalar(f"{entry}.named@n=9, kernel=3, stride=2, padding=1", named)
        response[f"type.{entry}"] = f"`{name}` returns {' or '.join(sorted(kinds))}"


def _drawn(stimuli: Stimuli) -> tuple[int, int, int, int]:
    """A layer whose kernel fits."""
    kernel, stride = (int(stimuli.random.randint(low, 6)) for low in (2, 1))
    return int(stimuli.random.randint(6, 40)), kernel, stride, int(stimuli.random.randint(0, kernel // 2 + 1))


class Strided(nn.Conv2d):
    """A convolution whose class is not called one."""


class ConvBlock(nn.Module):
    """No convolution, whatever its class is called, but something that holds one, and a parameter of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Conv2d(2, 3, 2)
        self.scale = nn.Parameter(torch.full((3,), 7.0))


class Plate(nn.Module):
    """No convolution, though its weight has four dimensions."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2, 3, 2, 2))


class BatchNormOff(nn.Linear):
    """A linear layer with a misleading name."""


def probe_weights_init(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """What becomes of layers that are meant and of layers that are not, one at a time and through `apply`."""
    init = lab["weights_init"]
    layers: dict[str, nn.Module] = {
        "conv@Conv2d": nn.Conv2d(48, 64, 5),
        "conv@a Conv2d by another name": Strided(40, 64, 5),
    }
    layers |= {
        "transposed@ConvTranspose2d": nn.ConvTranspose2d(64, 48, 5),
        "norm@BatchNorm2d": nn.BatchNorm2d(60_000),
    }
    for name, layer in layers.items():
        _put_initialised(init, name, _of_sevens(layer), response)
    others: dict[str, nn.Module] = {
        "Linear": nn.Linear(5, 4),
        "Conv1d": nn.Conv1d(3, 4, 2),
        "BatchNorm1d": nn.BatchNorm1d(6),
    }
    others |= {
        "BatchNormOff(nn.Linear)": BatchNormOff(3, 2),
        "GroupNorm": nn.GroupNorm(2, 4),
        "LayerNorm": nn.LayerNorm(4),
    }
    others |= {
        "LeakyReLU": nn.LeakyReLU(0.2),
        "Dropout": nn.Dropout(0.3),
        "a layer with a 4-D weight": Plate(),
    }
    if stimuli.hard:
        others |= {"Conv3d": nn.Conv3d(2, 3, 2), "ConvTranspose1d": nn.ConvTranspose1d(3, 2, 2)}
        others |= {
            "InstanceNorm2d": nn.InstanceNorm2d(4, affine=True),
            "PReLU": nn.PReLU(),
            "Embedding": nn.Embedding(5, 3),
        }
    for name, layer in others.items():
        response[f"others@{name}"] = f"{name} is {_left_alone(init, _of_sevens(layer))}"
    block = _of_sevens(ConvBlock())
    response["others@a block that holds a Conv2d"] = f"the block is {_left_alone(init, block)}"
    _put_net(init, response)
    twins = nn.Conv2d(3, 4, 2), nn.Conv2d(3, 4, 2)
    for layer in twins:
        init(_of_sevens(layer))
    alike = equal(twins[0].weight, twins[1].weight)
    response["conv.twins"] = either(alike, "two equal layers get", "the same weights", "weights of their own")


def _of_sevens(layer: nn.Module) -> nn.Module:
    """The layer with numbers that nobody draws."""
    with torch.no_grad():
        for tensor in (*layer.parameters(), *layer.buffers()):
            tensor.fill_(7)
    return layer


def _put_initialised(init: Any, name: str, layer: Any, response: Response) -> None:
    entry, what = name.split("@")
    weight = layer.weight
    counted = {key: tensor.clone() for key, tensor in layer.state_dict().items() if "running" in key}
    look = _look(layer)
    init(layer)
    response[f"others.look@{what}"] = either(
        look == _look(layer), f"mode and settings of a {what} are", "as they were", "changed"
    )
    response[f"{entry}.place@{what}"] = either(
        layer.weight is weight, "the weight is", "set in place", "replaced by another parameter"
    )
    fresh = layer.weight.detach().double().flatten()
    response.put(f"{entry}.mean@{what}", fresh.mean())
    response.put(f"{entry}.std@{what}", fresh.std())
    if fresh.std() > 0:
        _put_shape(f"{entry}.drawn", what, fresh, response)
    free = all(parameter.requires_grad for parameter in layer.parameters())
    response[f"{entry}.grad@{what}"] = either(free, "its parameters", "can learn", "can't learn any more")
    if entry == "norm":
        response.put(f"norm.bias@{what}", layer.bias.detach().abs().max())
        kept = all(equal(layer.state_dict()[key], value) for key, value in counted.items())
        response[f"norm.statistics@{what}"] = either(
            kept, "the running statistics are", "as they were", "changed"
        )
    else:
        kept = bool((layer.bias == 7).all())
        response[f"others.bias@the bias of a {what}"] = either(kept, "the bias is", "as it was", "changed")


def _put_shape(entry: str, what: str, numbers: Tensor, response: Response) -> None:
    """Whether the numbers are normal: the share beyond 1 and beyond 2.5 standard deviations."""
    z = ((numbers - numbers.mean()) / numbers.std()).abs()
    for name, bound in (("beyond", 1.0), ("far", 2.5)):
        share = math.erfc(bound / 2**0.5)
        deviation = (share * (1 - share) / numbers.numel()) ** 0.5  # at most: the same numbers' std is used
        put_statistic(f"{entry}.{name}@{what}", (z > bound).double().mean(), share, deviation, response)


def _look(layer: nn.Module) -> tuple[str, bool, list[torch.dtype]]:
    """Settings, mode and dtypes of a layer."""
    return repr(layer), layer.training, [parameter.dtype for parameter in layer.parameters()]


def _left_alone(init: Any, layer: nn.Module) -> str:
    before, look = {name: tensor.clone() for name, tensor in layer.state_dict().items()}, _look(layer)
    try:
        init(layer)
    except Exception as error:
        return f"where it stops, with {type_name(error)}"
    same = all(equal(tensor, before[name]) for name, tensor in layer.state_dict().items())
    same = same and look == _look(layer)
    frozen = any(not parameter.requires_grad for parameter in layer.parameters())
    return "frozen" if frozen else "as it was" if same else "changed"


def _put_net(init: Any, response: Response) -> None:
    """A small net through `apply`, as the lab calls it."""
    net = _of_sevens(nn.Sequential(nn.ConvTranspose2d(30, 20, 4), nn.BatchNorm2d(20), nn.ReLU(), ConvBlock()))
    again = net.apply(init)
    response["others.apply"] = either(again is net, "`apply` gives back", "the net", "something else")
    spread = {name: float(parameter.detach().abs().max()) for name, parameter in net.named_parameters()}
    small = sorted(name for name, most in spread.items() if most < 2)
    response["others.set"] = f"`net.apply` sets {', '.join(small) or 'nothing'}"


def probe_make_labels(lab: Namespace, stimuli: Stimuli, response: Response) -> None:
    """Values, dtypes and shapes of `like`, and whether `like` is left alone."""
    likes = {"a batch of probabilities": stimuli.uniform(0, 1, 5), "images": stimuli.normal(3, 1, 2, 2)}
    likes["a bfloat16 tensor"] = stimuli.normal(4).to(torch.bfloat16)
    likes["a float16 tensor"] = stimuli.normal(2, 2).half()
    if stimuli.hard:
        likes |= {
            "one number": stimuli.uniform(0, 1),
            "a tensor that needs a gradient": stimuli.normal(3).requires_grad_(),
        }
    for name, like in likes.items():
        before = like.detach().clone()
        needs = like.requires_grad
        for size, value in ((6, 1.0), (3, 0.0), (2, 0.9), (4, 1), (1, 0), (2, -1.5)):
            labels = lab["make_labels"](size, value, like)
            what = f"batch_size={size}, value={value}, like {name}"
            response[f"form@{what}"] = response.form(labels)
            # What a wrong dtype rounds is the other check's matter.
            response.put(
                f"value@{what}", labels.to(like.dtype).float() if isinstance(labels, Tensor) else labels
            )
            tied = isinstance(labels, Tensor) and labels.requires_grad
            response[f"like.graph@{what}"] = either(
                tied, "the labels are", "tied to a graph", "plain numbers"
            )
        response[f"like@{name}"] = unchanged(like.detach(), before, "like")
        response[f"like.needs@{name}"] = either(
            like.requires_grad == needs, "like's requires_grad is", "kept", "changed"
        )
    like = stimuli.uniform(0, 1, 4)
    labels, before = lab["make_labels"](4, 1.0, like), like.clone()
    if isinstance(labels, Tensor) and labels.shape == like.shape:
        labels = labels.detach()
        again = lab["make_labels"](4, 1.0, like)
        shares = labels.data_ptr() == like.data_ptr()
        repeated = isinstance(again, Tensor) and again.data_ptr() == labels.data_ptr()
        response["like.again"] = either(repeated, "a second call gives", "the same tensor", "another tensor")
        response["like.new"] = either(
            shares, "the labels", "share memory with like", "are a tensor of their own"
        )
    # A device without memory: whoever asks for it gets a tensor that says so, on every machine.
    elsewhere = lab["make_labels"](3, 1.0, torch.empty(3, device="meta", dtype=stimuli.dtype))
    response["device"] = f"labels like a tensor on “meta” are on “{getattr(elsewhere, 'device', 'nothing')}”"

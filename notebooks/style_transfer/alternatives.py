"""Right solutions of the style transfer lab, each written another way: every one gets full marks.

An alternative replaces the whole solution cell of the exercise that its id begins with.
"""

from autograder.course.catalogue import Alternative

ALTERNATIVES = [
    # ---------------------------------------------------------------- normalization
    Alternative(
        "normalization.new_tensors",
        "copies both with torch.tensor, which warns where it is given a tensor",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(-1, 1, 1))

    def forward(self, image):
        return (image - self.mean) / self.std
""",
    ),
    Alternative(
        "normalization.moved_along_by_forward",
        "plain attributes that follow the image's device and dtype",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = torch.as_tensor(mean).clone()
        self.std = torch.as_tensor(std).clone()

    def forward(self, image):
        mean = self.mean.to(image).reshape(1, -1, 1, 1)
        std = self.std.to(image).reshape(1, -1, 1, 1)
        return image.sub(mean).div(std)
""",
    ),
    Alternative(
        "normalization.numbers",
        "keeps Python numbers, and makes tensors of them where the image is",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = [float(number) for number in mean]
        self.std = [float(number) for number in std]

    def forward(self, image):
        mean, std = (image.new_tensor(numbers)[:, None, None] for numbers in (self.mean, self.std))
        return (image - mean) / std
""",
    ),
    Alternative(
        "normalization.buffers_that_are_not_saved",
        "one buffer of both, left out of the state dict",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        both = torch.stack([torch.as_tensor(numbers, dtype=torch.float32) for numbers in (mean, std)])
        self.register_buffer("both", both, persistent=False)

    def forward(self, image):
        mean, std = self.both[:, None, :, None, None]
        return (image - mean) / std
""",
    ),
    Alternative(
        "normalization.frozen_parameters",
        "parameters that take no gradient",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        mean, std = (torch.as_tensor(one).float().clone().view(1, -1, 1, 1) for one in (mean, std))
        self.mean = nn.Parameter(mean, requires_grad=False)
        self.std = nn.Parameter(std, requires_grad=False)

    def forward(self, image):
        return torch.div(torch.sub(image, self.mean), self.std)
""",
    ),
    Alternative(
        "normalization.channel_by_channel",
        "a loop over the channels, stacked again",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean).detach().clone())
        self.register_buffer("std", torch.as_tensor(std).detach().clone())

    def forward(self, image):
        channels = [
            (image[:, index] - mean) / std for index, (mean, std) in enumerate(zip(self.mean, self.std))
        ]
        return torch.stack(channels, dim=1)
""",
    ),
    Alternative(
        "normalization.scale_and_shift",
        "works out scale and shift beforehand, and fuses the two operations",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        mean, std = torch.as_tensor(mean).float(), torch.as_tensor(std).float()
        self.register_buffer("scale", std.reciprocal().reshape(1, -1, 1, 1))
        self.register_buffer("shift", (-mean / std).reshape(1, -1, 1, 1))

    def forward(self, image):
        return torch.addcmul(self.shift, image, self.scale)
""",
    ),
    Alternative(
        "normalization.torchvision",
        "torchvision's normalize, which copies the image first",
        code="""\
from torchvision.transforms.functional import normalize


class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = torch.as_tensor(mean).tolist()
        self.std = torch.as_tensor(std).tolist()

    def forward(self, image):
        return normalize(image, self.mean, self.std)
""",
    ),
    Alternative(
        "normalization.channels_last",
        "moves the channels to the end, where broadcasting finds them, and back",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean).clone())
        self.register_buffer("std", torch.as_tensor(std).clone())

    def forward(self, image):
        normalised = (image.permute(0, 2, 3, 1) - self.mean) / self.std
        return normalised.permute(0, 3, 1, 2)
""",
    ),
    Alternative(
        "normalization.copy_in_place",
        "changes a copy in place",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super(Normalization, self).__init__()
        for name, numbers in dict(mean=mean, std=std).items():
            numbers = torch.as_tensor(numbers)
            self.register_buffer(name, numbers.clone().unsqueeze(-1).unsqueeze(-1))

    def forward(self, image):
        copy = image.clone()
        copy -= self.mean
        copy /= self.std
        return copy
""",
    ),
    Alternative(
        "normalization.plain_numbers",
        "buffers, made plain numbers for torchvision's function",
        code="""\
from torchvision.transforms import functional


class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.register_buffer("mean", torch.as_tensor(mean).clone())
        self.register_buffer("std", torch.as_tensor(std).clone())

    def forward(self, image):
        return functional.normalize(image, self.mean.tolist(), self.std.tolist())
""",
    ),
    # ---------------------------------------------------------------- get_features
    Alternative(
        "get_features.clones_what_goes_on",
        "stores the map itself, and hands a copy to the next layer",
        code="""\
def get_features(image, model, layers):
    missing = set(layers)
    features = {}
    x = image.clone()
    for name, layer in model.named_children():
        x = layer(x)
        if name in missing:
            features[name] = x
            missing.remove(name)
            x = x.clone()
        if not missing:
            return features
""",
    ),
    Alternative(
        "get_features.clones_every_input",
        "every layer gets a copy, so none can write over anything",
        code="""\
def get_features(image, model, layers):
    wanted = list(layers)
    features = {}
    for name, layer in model._modules.items():
        image = layer(image.clone())
        if name in wanted:
            features[name] = image
        if all(one in features for one in wanted):
            break
    return features
""",
    ),
    Alternative(
        "get_features.sliced",
        "cuts the model behind the last wanted layer first",
        code="""\
def get_features(image, model, layers):
    names = [name for name, _ in model.named_children()]
    end = 1 + max(names.index(name) for name in layers)
    features = {}
    image = image + 0
    for name, layer in zip(names[:end], model[:end]):
        image = layer(image)
        if name in layers:
            features[name] = image + 0
    return features
""",
    ),
    Alternative(
        "get_features.hooks",
        "forward hooks on the wanted layers, removed also when something goes wrong",
        code="""\
def get_features(image, model, layers):
    children = dict(model.named_children())
    names = list(children)
    features = {}

    def keeper(name):
        def keep(module, inputs, output):
            features[name] = output.clone()

        return keep

    handles = [children[name].register_forward_hook(keeper(name)) for name in set(layers)]
    try:
        model[: max(map(names.index, layers)) + 1](image.clone())
    finally:
        for handle in handles:
            handle.remove()
    return features
""",
    ),
    Alternative(
        "get_features.hooks_and_an_exception",
        "a hook that ends the forward pass when all maps are there",
        code="""\
class Enough(Exception):
    pass


def get_features(image, model, layers):
    features = {}
    handles = []
    for name, child in model.named_children():
        if name not in layers:
            continue

        def keep(module, inputs, output, name=name):
            features[name] = output.clone()
            if len(features) == len(set(layers)):
                raise Enough

        handles.append(child.register_forward_hook(keep))
    try:
        model(torch.clone(image))
    except Enough:
        pass
    for handle in handles:
        handle.remove()
    return features
""",
    ),
    Alternative(
        "get_features.from_layer_to_layer",
        "runs one part of the model after another, from each wanted layer to the next",
        code="""\
def get_features(image, model, layers):
    names = [name for name, _ in model.named_children()]
    ends = sorted(names.index(name) + 1 for name in set(layers))
    features = {}
    for start, end in zip([0, *ends], ends):
        image = model[start:end](image.clone())
        features[names[end - 1]] = image
    return features
""",
    ),
    Alternative(
        "get_features.recursion",
        "recursion over the rest of the layers",
        code="""\
def get_features(image, model, layers):
    def collect(x, children, wanted):
        if not wanted:
            return {}
        (name, layer), *rest = children
        x = layer(x)
        if name not in wanted:
            return collect(x, rest, wanted)
        return {name: x} | collect(x.clone(), rest, wanted - {name})

    return collect(image * 1, list(model.named_children()), frozenset(layers))
""",
    ),
    Alternative(
        "get_features.own_pass_for_each",
        "a pass of its own for each wanted layer: slow, and right",
        code="""\
def get_features(image, model, layers):
    def up_to(name):
        x = image.clone()
        for child_name, child in model.named_children():
            x = child(x)
            if child_name == name:
                return x

    return {name: up_to(name) for name in layers}
""",
    ),
    Alternative(
        "get_features.without_in_place",
        "uses a functional ReLU in place of those that write over their input",
        code="""\
def get_features(image, model, layers):
    remaining = set(layers)
    features = {}
    for name, layer in model.named_children():
        image = torch.relu(image) if isinstance(layer, nn.ReLU) else layer(image)
        if name in remaining:
            features[name] = image
            remaining.discard(name)
        if len(remaining) == 0:
            break
    return features
""",
    ),
    Alternative(
        "get_features.counts_down",
        "an iterator over the children, and a count of what is missing",
        code="""\
def get_features(image, model, layers):
    children = iter(model.named_children())
    image = image.clone()
    result, missing = dict.fromkeys(layers), len(set(layers))
    while missing:
        name, layer = next(children)
        image = layer(image)
        if name in result:
            result[name] = torch.clone(image)
            missing -= 1
    return result
""",
    ),
    # ---------------------------------------------------------------- content_loss
    Alternative(
        "content_loss.functional",
        "F.mse_loss",
        code="""\
import torch.nn.functional as F


def content_loss(features, target):
    return F.mse_loss(features, target.detach())
""",
    ),
    Alternative(
        "content_loss.module",
        "nn.MSELoss, made outside",
        code="""\
mean_squared_error = nn.MSELoss()


def content_loss(features, target):
    with torch.no_grad():
        fixed = target.clone()
    return mean_squared_error(fixed, features)
""",
    ),
    Alternative(
        "content_loss.sum_over_count",
        "the sum of squares over their number",
        code="""\
def content_loss(features, target):
    difference = features - target.data
    return torch.sum(difference * difference) / difference.numel()
""",
    ),
    Alternative(
        "content_loss.norm",
        "the squared norm of the difference over its number of entries",
        code="""\
def content_loss(features, target):
    difference = features.sub(target.detach())
    return torch.linalg.vector_norm(difference).pow(2) / features.numel()
""",
    ),
    Alternative(
        "content_loss.dot",
        "the dot product of the flattened difference with itself",
        code="""\
def content_loss(features, target):
    flat = (features - target.detach()).flatten()
    return flat @ flat / len(flat)
""",
    ),
    Alternative(
        "content_loss.image_by_image",
        "the mean of the images' own means",
        code="""\
def content_loss(features, target):
    losses = [((ours - theirs) ** 2).mean() for ours, theirs in zip(features, target.detach())]
    return torch.stack(losses).mean()
""",
    ),
    Alternative(
        "content_loss.einsum",
        "einsum over all axes, however many",
        code="""\
def content_loss(features, target):
    d = target.detach() - features
    return torch.einsum("...,...->...", d, d).sum() / d.numel()
""",
    ),
    # ---------------------------------------------------------------- gram_matrix
    Alternative(
        "gram_matrix.einsum",
        "einsum over both axes of positions",
        code="""\
def gram_matrix(features):
    _, C, H, W = features.shape
    return torch.einsum("nchw,ndhw->ncd", features, features) / (C * H * W)
""",
    ),
    Alternative(
        "gram_matrix.bmm",
        "a batched matrix product, with view on a contiguous copy",
        code="""\
def gram_matrix(features):
    batch, channels, height, width = features.size()
    flat = features.contiguous().view(batch, channels, height * width)
    gram = torch.bmm(flat, flat.transpose(1, 2))
    return gram.div(channels * height * width)
""",
    ),
    Alternative(
        "gram_matrix.image_by_image",
        "a loop over the images, stacked again",
        code="""\
def gram_matrix(features):
    grams = []
    for maps in features:
        rows = maps.flatten(1)
        grams.append(torch.mm(rows, rows.t()) / rows.numel())
    return torch.stack(grams)
""",
    ),
    Alternative(
        "gram_matrix.flatten",
        "flatten and mT, the divisor from the number of entries",
        code="""\
def gram_matrix(features):
    rows = features.flatten(start_dim=2)
    return rows @ rows.mT / rows[0].numel()
""",
    ),
    Alternative(
        "gram_matrix.divided_first",
        "shares the division between the two factors",
        code="""\
def gram_matrix(features):
    rows = torch.flatten(features, 2)
    rows = rows / (rows.shape[1] * rows.shape[2]) ** 0.5
    return torch.matmul(rows, rows.permute(0, 2, 1))
""",
    ),
    Alternative(
        "gram_matrix.broadcast",
        "every pair of channels multiplied by broadcasting, then averaged over the positions",
        code="""\
def gram_matrix(features):
    products = features.unsqueeze(1) * features.unsqueeze(2)
    return products.mean(dim=(-2, -1)) / features.shape[1]
""",
    ),
    Alternative(
        "gram_matrix.row_by_row",
        "adds up the products of each row of pixels",
        code="""\
def gram_matrix(features):
    N, C, H, W = features.shape
    gram = features.new_zeros(N, C, C)
    for y in range(H):
        row = features[:, :, y]
        gram = torch.baddbmm(gram, row, row.transpose(1, 2))
    return gram / C / H / W
""",
    ),
    Alternative(
        "gram_matrix.vmap",
        "the matrix of one image, mapped over the batch",
        code="""\
def gram_matrix(features):
    def of_one(maps):
        return torch.tensordot(maps, maps, dims=([1, 2], [1, 2])) / maps.numel()

    return torch.vmap(of_one)(features)
""",
    ),
    Alternative(
        "gram_matrix.convolution",
        "each image's maps laid over themselves, by convolution",
        code="""\
def gram_matrix(features):
    N, C, H, W = features.shape
    grams = [nn.functional.conv2d(maps[:, None], maps[:, None])[:, :, 0, 0] for maps in features]
    return torch.stack(grams) / (C * H * W)
""",
    ),
    # ---------------------------------------------------------------- style_loss
    Alternative(
        "style_loss.loop",
        "a loop and F.mse_loss, starting from the number 0",
        code="""\
import torch.nn.functional as F


def style_loss(features, target_grams, weights):
    loss = 0
    for layer in weights:
        gram = gram_matrix(features[layer])
        loss += weights[layer] * F.mse_loss(gram, target_grams[layer])
    return loss
""",
    ),
    Alternative(
        "style_loss.stacked",
        "the layers' losses in a tensor, times the weights",
        code="""\
def style_loss(features, target_grams, weights):
    losses = torch.stack([
        torch.mean((target_grams[layer] - gram_matrix(features[layer])) ** 2) for layer in weights
    ])
    return (losses * losses.new_tensor(list(weights.values()))).sum()
""",
    ),
    Alternative(
        "style_loss.tensor_that_grows",
        "a scalar tensor to begin with, and nothing in place",
        code="""\
def style_loss(features, target_grams, weights):
    total = next(iter(features.values())).new_zeros(())
    for layer, weight in weights.items():
        difference = gram_matrix(features[layer]) - target_grams[layer].detach()
        total = total + weight * (difference * difference).sum() / difference.numel()
    return total
""",
    ),
    Alternative(
        "style_loss.reduced",
        "functools.reduce over the layers",
        code="""\
from functools import reduce


def style_loss(features, target_grams, weights):
    def of_layer(layer):
        squared = nn.functional.mse_loss(target_grams[layer], gram_matrix(features[layer]), reduction="none")
        return weights[layer] * squared.mean()

    return reduce(torch.add, map(of_layer, weights))
""",
    ),
    Alternative(
        "style_loss.three_dicts",
        "Gram matrices first, then losses, then the sum, each a dict",
        code="""\
def style_loss(features, target_grams, weights):
    grams = {layer: gram_matrix(maps) for layer, maps in features.items() if layer in weights}
    losses = {layer: content_loss(gram, target_grams[layer]) for layer, gram in grams.items()}
    return sum(weights[layer] * loss for layer, loss in losses.items())
""",
    ),
    Alternative(
        "style_loss.norms",
        "squared Frobenius norms over the number of entries, with its own Gram matrix",
        code="""\
def style_loss(features, target_grams, weights):
    loss = 0.0
    for layer, weight in weights.items():
        target = target_grams[layer]
        rows = features[layer].flatten(2)
        gram = rows @ rows.mT / rows[0].numel()
        loss = loss + weight * torch.linalg.matrix_norm(gram - target).square().sum() / target.numel()
    return loss
""",
    ),
    # ---------------------------------------------------------------- tv_loss
    Alternative(
        "tv_loss.diff",
        "torch.diff along both axes",
        code="""\
def tv_loss(image):
    return torch.diff(image, dim=-1).pow(2).mean() + torch.diff(image, dim=-2).pow(2).mean()
""",
    ),
    Alternative(
        "tv_loss.functional",
        "F.mse_loss between the image and itself, moved by one pixel",
        code="""\
import torch.nn.functional as F


def tv_loss(image):
    side_by_side = F.mse_loss(image[:, :, :, :-1], image[:, :, :, 1:])
    one_above_the_other = F.mse_loss(image[:, :, :-1, :], image[:, :, 1:, :])
    return side_by_side + one_above_the_other
""",
    ),
    Alternative(
        "tv_loss.convolution",
        "convolutions with the kernel (-1, 1), lying and standing",
        code="""\
import torch.nn.functional as F


def tv_loss(image):
    N, C, H, W = image.shape
    grey = image.reshape(N * C, 1, H, W)
    kernel = image.new_tensor([-1.0, 1.0])
    across = F.conv2d(grey, kernel.view(1, 1, 1, 2))
    down = F.conv2d(grey, kernel.view(1, 1, 2, 1))
    return across.square().mean() + down.square().mean()
""",
    ),
    Alternative(
        "tv_loss.unfold",
        "windows of two pixels",
        code="""\
def tv_loss(image):
    loss = 0
    for axis in (2, 3):
        first, second = image.unfold(axis, 2, 1).unbind(-1)
        loss = loss + ((second - first) ** 2).mean()
    return loss
""",
    ),
    Alternative(
        "tv_loss.strided",
        "two views of one piece of memory, by as_strided",
        code="""\
def tv_loss(image):
    image = image.contiguous()
    N, C, H, W = image.shape
    strides = image.stride()

    def difference(height, width, step):
        here = image.as_strided((N, C, height, width), strides, image.storage_offset())
        there = image.as_strided((N, C, height, width), strides, image.storage_offset() + step)
        return there - here

    across, down = difference(H, W - 1, 1), difference(H - 1, W, W)
    return (across * across).mean() + (down * down).mean()
""",
    ),
    Alternative(
        "tv_loss.narrow",
        "narrow, and sums over their own counts",
        code="""\
def tv_loss(image):
    N, C, H, W = image.size()
    down = image.narrow(2, 1, H - 1) - image.narrow(2, 0, H - 1)
    across = image.narrow(3, 1, W - 1) - image.narrow(3, 0, W - 1)
    return (down**2).sum() / (N * C * (H - 1) * W) + (across**2).sum() / (N * C * H * (W - 1))
""",
    ),
    Alternative(
        "tv_loss.rolled",
        "rolls the image, and leaves the pair that went round the edge out",
        code="""\
def tv_loss(image):
    across = (image - image.roll(1, dims=-1))[..., 1:]
    down = (image - image.roll(1, dims=-2))[..., 1:, :]
    return torch.mean(across * across) + torch.mean(down * down)
""",
    ),
    Alternative(
        "tv_loss.row_by_row",
        "a loop over neighbouring rows, and the same for the image on its side",
        code="""\
def down(image):
    rows = image.unbind(2)
    return torch.stack([(below - above).square().mean() for above, below in zip(rows, rows[1:])]).mean()


def tv_loss(image):
    return down(image) + down(image.transpose(2, 3))
""",
    ),
    # ---------------------------------------------------------------- run_style_transfer
    Alternative(
        "run_style_transfer.lbfgs",
        "L-BFGS with a line search, all evaluations in one call, clamped in the model's view and at the end",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    layers = {content_layer} | set(style_weights)
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone(memory_format=torch.contiguous_format)
    image.requires_grad_()
    optimizer = torch.optim.LBFGS(
        [image], max_iter=steps, max_eval=steps, tolerance_grad=0, tolerance_change=0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        seen = image.clamp(0, 1)
        features = get_features(seen, model, layers)
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, grams, style_weights)
        loss = loss + tv_weight * tv_loss(seen)
        loss.backward()
        return loss

    if steps:
        optimizer.step(closure)
    return image.detach().clamp(0, 1)
""",
    ),
    Alternative(
        "run_style_transfer.lbfgs_with_a_count",
        "L-BFGS called until its closure has counted enough evaluations, the pixels clamped through .data",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    target = get_features(content, model, [content_layer])[content_layer].detach()
    style_features = get_features(style, model, list(style_weights))
    grams = {name: gram_matrix(style_features[name]).detach() for name in style_weights}
    start = content if init is None else init
    image = nn.Parameter(start.detach().clone(memory_format=torch.contiguous_format))
    optimizer = torch.optim.LBFGS(
        [image], max_iter=10, line_search_fn="strong_wolfe", tolerance_grad=0, tolerance_change=0
    )
    count = [0]

    def closure():
        count[0] += 1
        optimizer.zero_grad()
        features = get_features(image, model, [content_layer, *style_weights])
        loss = (
            content_weight * content_loss(features[content_layer], target)
            + style_weight * style_loss(features, grams, style_weights)
            + tv_weight * tv_loss(image)
        )
        loss.backward()
        return loss

    while count[0] < steps:
        optimizer.step(closure)
        image.data.clamp_(0, 1)
    return image.data.clone()
""",
    ),
    Alternative(
        "run_style_transfer.sigmoid",
        "optimises numbers whose sigmoid is the image, which then needs no clamping",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    layers = [*style_weights, content_layer]
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        painted = get_features(style, model, style_weights)
        grams = {name: gram_matrix(painted[name]) for name in style_weights}
        start = content if init is None else init
        raw = torch.logit(start, eps=1e-3)
    raw.requires_grad_()
    optimizer = torch.optim.Adam([raw], lr=0.1)
    for _ in range(steps):
        image = torch.sigmoid(raw)
        features = get_features(image, model, layers)
        loss = content_weight * content_loss(features[content_layer], target)
        loss += style_weight * style_loss(features, grams, style_weights)
        loss += tv_weight * tv_loss(image)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return torch.sigmoid(raw).detach()
""",
    ),
    Alternative(
        "run_style_transfer.canvas",
        "a module that holds the image; two functions beside it",
        code="""\
class Canvas(nn.Module):
    def __init__(self, image):
        super().__init__()
        self.pixels = nn.Parameter(image.detach().clone())

    def forward(self):
        return self.pixels

    @torch.no_grad()
    def stay_in_range(self):
        self.pixels.copy_(self.pixels.clamp(0, 1))


def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    def targets():
        with torch.no_grad():
            maps = get_features(style, model, set(style_weights))
            content_target = get_features(content, model, {content_layer})[content_layer]
        return content_target, {name: gram_matrix(maps[name]) for name in maps}

    def objective(image):
        features = get_features(image, model, {content_layer}.union(style_weights))
        terms = [
            (content_weight, content_loss(features[content_layer], target)),
            (style_weight, style_loss(features, grams, style_weights)),
            (tv_weight, tv_loss(image)),
        ]
        return sum(weight * term for weight, term in terms)

    target, grams = targets()
    canvas = Canvas(content) if init is None else Canvas(init)
    optimizer = torch.optim.NAdam(canvas.parameters(), lr=0.03)
    for step in range(1, steps + 1):
        optimizer.zero_grad()
        objective(canvas()).backward()
        optimizer.step()
        canvas.stay_in_range()
    return canvas.pixels.detach()
""",
    ),
    Alternative(
        "run_style_transfer.momentum",
        "SGD with momentum, on gradients brought to a mean size of 1",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    wanted = tuple(style_weights) + (content_layer,)
    with torch.no_grad():
        target = get_features(content, model, wanted)[content_layer]
        style_maps = get_features(style, model, wanted)
        grams = {name: gram_matrix(maps) for name, maps in style_maps.items() if name in style_weights}
    image = torch.empty_like(content).copy_(content if init is None else init).requires_grad_(True)
    optimizer = torch.optim.SGD([image], lr=0.004, momentum=0.8)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, gamma=0.985)
    for _ in range(steps):
        features = get_features(image, model, wanted)
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, grams, style_weights) + tv_weight * tv_loss(image)
        optimizer.zero_grad(set_to_none=False)
        loss.backward()
        image.grad /= image.grad.abs().mean() + 1e-12
        optimizer.step()
        schedule.step()
        image.data = image.data.clamp(0, 1)
    return image.detach().clone()
""",
    ),
    Alternative(
        "run_style_transfer.by_hand",
        "torch.autograd.grad, and Adam written out",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    target = get_features(content, model, (content_layer,))[content_layer].detach()
    maps = get_features(style, model, style_weights.keys())
    grams = {name: gram_matrix(one).detach() for name, one in maps.items()}
    image = (init if init is not None else content).detach().clone()
    first, second = torch.zeros_like(image), torch.zeros_like(image)
    for step in range(1, steps + 1):
        seen = image.clone().requires_grad_()
        features = get_features(seen, model, list({content_layer, *style_weights}))
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, grams, style_weights)
        loss = loss + tv_weight * tv_loss(seen)
        (gradient,) = torch.autograd.grad(loss, seen)
        first = 0.9 * first + 0.1 * gradient
        second = 0.99 * second + 0.01 * gradient**2
        step_size = 0.03 * first / (1 - 0.9**step)
        image = (image - step_size / ((second / (1 - 0.99**step)).sqrt() + 1e-8)).clamp(0, 1)
    return image
""",
    ),
    Alternative(
        "run_style_transfer.rprop",
        "Rprop, which looks at the signs of the gradient only; the loss from a dict of terms",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        content_target = get_features(content, model, {content_layer: None})[content_layer]
        style_targets = get_features(style, model, style_weights)
        style_targets.update({name: gram_matrix(maps) for name, maps in style_targets.items()})

    if init is None:
        init = content
    image = init.detach().clone()
    image.requires_grad = True
    optimizer = torch.optim.Rprop([image], lr=0.01, step_sizes=(1e-6, 0.05))
    while steps > 0:
        optimizer.zero_grad()
        features = get_features(image, model, {content_layer, *style_weights})
        terms = {
            "content": content_weight * content_loss(features[content_layer], content_target),
            "style": style_weight * style_loss(features, style_targets, style_weights),
            "variation": tv_weight * tv_loss(image),
        }
        sum(terms.values()).backward()
        optimizer.step()
        with torch.no_grad():
            image.clamp_(min=0).clamp_(max=1)
        steps -= 1
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.difference",
        "optimises what is added to the start, under a cosine schedule; the terms by its own formulas",
        code="""\
import torch.nn.functional as F


def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    def gram(maps):
        return torch.einsum("nchw,ndhw->ncd", maps, maps) / maps[0].numel()

    layers = [name for name, _ in model.named_children() if name == content_layer or name in style_weights]
    with torch.no_grad():
        of_content = get_features(content, model, layers)
        of_style = {name: gram(maps) for name, maps in get_features(style, model, layers).items()}
    start = (content if init is None else init).detach()
    change = torch.zeros_like(start, requires_grad=True)
    optimizer = torch.optim.RMSprop([change], lr=0.01, alpha=0.95)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps), eta_min=1e-3)
    for _ in range(steps):
        image = start + change
        features = get_features(image, model, layers)
        loss = content_weight * F.mse_loss(features[content_layer], of_content[content_layer])
        for name, weight in style_weights.items():
            loss = loss + style_weight * weight * F.mse_loss(gram(features[name]), of_style[name])
        for axis in (2, 3):
            loss = loss + tv_weight * image.diff(dim=axis).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            change.copy_((start + change).clamp_(0, 1) - start)
    return (start + change.detach()).clamp(0, 1)
""",
    ),
    Alternative(
        "run_style_transfer.model_that_is_cut",
        "hooks that stay for the whole run and are removed at its end",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    children = dict(model.named_children())
    wanted = {content_layer, *style_weights}
    network = model[: 1 + max(index for index, name in enumerate(children) if name in wanted)]
    seen = {}

    def keeper(name):
        return lambda module, inputs, output: seen.__setitem__(name, output.clone())

    handles = [children[name].register_forward_hook(keeper(name)) for name in wanted]
    try:
        with torch.no_grad():
            network(content)
            target = seen[content_layer]
            network(style)
            grams = {name: gram_matrix(seen[name]) for name in style_weights}
        image = (content if init is None else init).detach().clone().requires_grad_()
        optimizer = torch.optim.Adam([{"params": [image], "lr": 0.05}], betas=(0.8, 0.99))
        for _ in range(steps):
            optimizer.zero_grad()
            network(image)
            loss = content_weight * content_loss(seen[content_layer], target)
            loss = loss + style_weight * style_loss(seen, grams, style_weights) + tv_weight * tv_loss(image)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                image.clamp_(0, 1)
    finally:
        for handle in handles:
            handle.remove()
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.closure_for_adam",
        "Adam with a closure, everything under enable_grad, numbers from outside kept in a list",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    fixed = [one.detach() for one in (content, style)]
    target, maps = (get_features(one, model, {content_layer, *style_weights}) for one in fixed)
    grams = dict(zip(style_weights, [gram_matrix(maps[name]) for name in style_weights]))
    image = nn.Parameter((fixed[0] if init is None else init.detach()).clone(), requires_grad=True)
    optimizer = torch.optim.Adam([image], lr=0.02, amsgrad=True)
    history = []

    @torch.enable_grad()
    def closure():
        optimizer.zero_grad()
        features = get_features(image, model, {content_layer, *style_weights})
        loss = style_weight * style_loss(features, grams, style_weights) + tv_weight * tv_loss(image)
        loss = loss + content_weight * content_loss(features[content_layer], target[content_layer])
        loss.backward()
        history.append(loss.item())
        return loss

    for _ in range(steps):
        optimizer.step(closure)
        image.data.clamp_(0.0, 1.0)
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.flattened_features",
        "content_loss of tensors of one dimension, and for the Gram matrices too",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)
    for _ in range(steps):
        features = get_features(image, model, {content_layer, *style_weights})
        loss = content_weight * content_loss(features[content_layer].flatten(), target.flatten())
        for name, weight in style_weights.items():
            loss = loss + style_weight * weight * content_loss(gram_matrix(features[name])[0], grams[name][0])
        loss = loss + tv_weight * tv_loss(image)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        image.data.clamp_(0, 1)
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.photo_in_the_same_batch",
        "image and photo go through the model together",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)
    for _ in range(steps):
        both = get_features(torch.cat([image, content]), model, {content_layer, *style_weights})
        features = {name: maps[:1] for name, maps in both.items()}
        loss = content_weight * content_loss(features[content_layer], both[content_layer][1:])
        loss = loss + style_weight * style_loss(features, grams, style_weights) + tv_weight * tv_loss(image)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        image.data.clamp_(0, 1)
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.gradients_added_by_hand",
        "the gradient of each loss by itself, weighted and added up",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)
    for _ in range(steps):
        features = get_features(image, model, {content_layer, *style_weights})
        losses = content_loss(features[content_layer], target), style_loss(features, grams, style_weights)
        losses += (tv_loss(image),)
        slopes = [torch.autograd.grad(loss, image, retain_graph=True)[0] for loss in losses]
        image.grad = content_weight * slopes[0] + style_weight * slopes[1] + tv_weight * slopes[2]
        optimizer.step()
        image.data.clamp_(0, 1)
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.one_backward_for_each_loss",
        "three backward passes, whose gradients add up",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)
    for _ in range(steps):
        optimizer.zero_grad()
        (content_weight * content_loss(get_features(image, model, [content_layer])[content_layer], target)).backward()
        (style_weight * style_loss(get_features(image, model, style_weights), grams, style_weights)).backward()
        (tv_weight * tv_loss(image)).backward()
        optimizer.step()
        image.data.clamp_(0, 1)
    return image.detach()
""",
    ),
    Alternative(
        "run_style_transfer.lbfgs_one_iteration_at_a_time",
        "L-BFGS with one iteration per step, until the closure has been called often enough",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    start = (content if init is None else init).detach().clone()
    image = start.contiguous().requires_grad_()
    optimizer = torch.optim.LBFGS(
        [image], max_iter=1, tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe"
    )
    calls = 0

    def closure():
        nonlocal calls
        calls += 1
        optimizer.zero_grad()
        features = get_features(image, model, {content_layer, *style_weights})
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, grams, style_weights) + tv_weight * tv_loss(image)
        loss.backward()
        return loss

    while calls < steps:
        optimizer.step(closure)
        image.data.clamp_(0, 1)
    return image.detach()
""",
    ),
]

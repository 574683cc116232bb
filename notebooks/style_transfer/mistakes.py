"""Wrong solutions of the style transfer lab that people really write: each loses marks, and the message
names it.

A mistake belongs to the exercise that its id begins with. It is either a few edits of the lab's own
solution cell (text -> replacement, at every occurrence) or a whole cell. Its sentence is shown to a
student whose responses equal those of the mistake.
"""

from autograder.course.catalogue import Mistake

# What most people write, and what most of their mistakes are made of.
ADAM = """\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        style_features = get_features(style, model, style_weights)
        target_grams = {layer: gram_matrix(features) for layer, features in style_features.items()}

    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.Adam([image], lr=0.03)
    for _ in range(steps):
        features = get_features(image, model, {content_layer, *style_weights})
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, target_grams, style_weights)
        loss = loss + tv_weight * tv_loss(image)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            image.clamp_(0, 1)
    return image.detach()
"""


def adam(edits):
    """The loop with Adam, with these edits."""
    cell = ADAM
    for old, new in edits.items():
        assert old in cell, old
        cell = cell.replace(old, new)
    return cell


MISTAKES = [
    # ---------------------------------------------------------------- normalization
    Mistake(
        "normalization.multiplied_by_std",
        "The image has been multiplied by std. What spread should a channel have afterwards "
        "whose spread was std before?",
        edits={") / self.std": ") * self.std"},
    ),
    Mistake(
        "normalization.divided_first",
        "The image was divided before the mean was taken off. "
        "Does `mean` describe the pixels as they come, or after the division?",
        edits={"(image - self.mean) / self.std": "image / self.std - self.mean"},
    ),
    Mistake(
        "normalization.parentheses_missing",
        "Only the mean has been divided by std. "
        "In which order does Python work out - and / without parentheses?",
        edits={"(image - self.mean) / self.std": "image - self.mean / self.std"},
    ),
    Mistake(
        "normalization.only_subtracts",
        "The mean is gone, and the spread is that of the image still. What is std for?",
        edits={"(image - self.mean) / self.std": "image - self.mean"},
    ),
    Mistake(
        "normalization.undoes_it",
        "This takes a normalised image back to an ordinary one. "
        "Which of the two directions does the network need?",
        edits={"(image - self.mean) / self.std": "image * self.std + self.mean"},
    ),
    Mistake(
        "normalization.variance",
        "The image has been divided by the square of std. Which of the two has the unit of a pixel: "
        "a standard deviation or a variance?",
        edits={"/ self.std": "/ self.std**2"},
    ),
    Mistake(
        "normalization.last_axis",
        "mean and std still have the shape (C,). "
        "Along which axis of (N, C, H, W) does broadcasting lay them?",
        edits={".clone().view(-1, 1, 1)": ".clone()"},
    ),
    Mistake(
        "normalization.trainable",
        "mean and std are parameters that an optimiser would train. "
        "What else can a module register that moves along with it?",
        edits={
            'self.register_buffer("mean", torch.as_tensor(mean).clone().view(-1, 1, 1))': (
                "self.mean = nn.Parameter(torch.as_tensor(mean).clone().view(-1, 1, 1))"
            ),
            'self.register_buffer("std", torch.as_tensor(std).clone().view(-1, 1, 1))': (
                "self.std = nn.Parameter(torch.as_tensor(std).clone().view(-1, 1, 1))"
            ),
        },
    ),
    Mistake(
        "normalization.plain_attributes",
        "mean and std stay behind when the module moves to another device. "
        "Which of its tensors does `.to` know about?",
        edits={
            'self.register_buffer("mean", torch.as_tensor(mean).clone().view(-1, 1, 1))': (
                "self.mean = torch.as_tensor(mean).clone().view(-1, 1, 1)"
            ),
            'self.register_buffer("std", torch.as_tensor(std).clone().view(-1, 1, 1))': (
                "self.std = torch.as_tensor(std).clone().view(-1, 1, 1)"
            ),
        },
    ),
    Mistake(
        "normalization.imagenet_numbers",
        "With another mean and std the result is that of ImageNet's numbers. "
        "Which numbers does the module get when it is made?",
        edits={
            "torch.as_tensor(mean)": "torch.tensor([0.485, 0.456, 0.406])",
            "torch.as_tensor(std)": "torch.tensor([0.229, 0.224, 0.225])",
        },
    ),
    Mistake(
        "normalization.three_channels",
        "The module works for three channels only. What else could tell it how many there are?",
        edits={".view(-1, 1, 1)": ".view(3, 1, 1)"},
    ),
    Mistake(
        "normalization.in_place",
        "The image that was passed in has changed. To whom does it belong, and what does the "
        "underscore at the end of a method's name mean?",
        edits={"(image - self.mean) / self.std": "image.sub_(self.mean).div_(self.std)"},
    ),
    Mistake(
        "normalization.own_statistics",
        "Each image has been normalised with its own mean and spread. "
        "On whose images did the network learn what to expect?",
        edits={
            "(image - self.mean) / self.std": (
                "(image - image.mean((2, 3), keepdim=True)) / image.std((2, 3), keepdim=True)"
            ),
        },
    ),
    Mistake(
        "normalization.detached",
        "No gradient comes through. What is it that style transfer optimises, and on which side of "
        "this module does it stand?",
        edits={"(image - self.mean)": "(image.detach() - self.mean)"},
    ),
    Mistake(
        "normalization.double",
        "A float32 image comes back as float64. What happens to the dtype when a tensor meets "
        "one of higher precision?",
        edits={".clone().view(-1, 1, 1)": ".clone().double().view(-1, 1, 1)"},
    ),
    Mistake(
        "normalization.reshaped_at_each_call",
        "The module works once. What has become of mean and std when it is called again?",
        edits={
            ".clone().view(-1, 1, 1)": ".clone()",
            "        return (image": (
                "        self.mean = self.mean[:, None, None]\n"
                "        self.std = self.std[:, None, None]\n"
                "        return (image"
            ),
        },
    ),
    Mistake(
        "normalization.only_in_training",
        "In evaluation mode the image comes back as it was. In which mode does the network run here?",
        edits={
            "        return (image": "        if not self.training:\n            return image\n        return (image"
        },
    ),
    Mistake(
        "normalization.own_to",
        "A `to` of its own moves mean and std, but nobody calls it when the module is part of a model. "
        "How does a model know of the tensors of its parts?",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        self.mean = torch.as_tensor(mean).clone().view(-1, 1, 1)
        self.std = torch.as_tensor(std).clone().view(-1, 1, 1)

    def to(self, *arguments, **named):
        self.mean = self.mean.to(*arguments, **named)
        self.std = self.std.to(*arguments, **named)
        return super().to(*arguments, **named)

    def forward(self, image):
        return (image - self.mean) / self.std
""",
    ),
    Mistake(
        "normalization.one_for_all",
        "A second module has given the first one its numbers. Do mean and std belong to the class or to the object?",
        code="""\
class Normalization(nn.Module):
    def __init__(self, mean, std):
        super().__init__()
        Normalization.mean = torch.as_tensor(mean).clone().view(-1, 1, 1)
        Normalization.std = torch.as_tensor(std).clone().view(-1, 1, 1)

    def forward(self, image):
        return (image - Normalization.mean.to(image.device)) / Normalization.std.to(image.device)
""",
    ),
    # ---------------------------------------------------------------- get_features
    Mistake(
        "get_features.no_clone",
        "A feature map that a ReLU follows holds no negative number. "
        "Which tensor does a ReLU with inplace=True write to, and who else holds that tensor?",
        edits={"maps.clone()": "maps"},
    ),
    Mistake(
        "get_features.detached",
        "The feature maps do not hang on the image any more. "
        "How is a gradient to find its way back to the pixels?",
        edits={"maps.clone()": "maps.detach().clone()"},
    ),
    Mistake(
        "get_features.input_of_the_layer",
        "Under each name stands what that layer was given. "
        "Is the map stored before or after the layer has run?",
        edits={
            "        maps = layer(maps)\n": "",
            "maps.clone()  # the next one may, too": ("maps.clone()\n        maps = layer(maps)"),
        },
    ),
    Mistake(
        "get_features.runs_on",
        "Layers behind the last one that is wanted have run too. "
        "How can the loop know that it has everything?",
        edits={
            "        if len(features) == len(set(layers)):\n": "",
            "            break\n": "",
        },
    ),
    Mistake(
        "get_features.stops_before_the_last",
        "The last feature map is missing. Does the loop end before or after that map has been stored?",
        code="""\
def get_features(image, model, layers):
    names = [name for name, _ in model.named_children()]
    last = max(names.index(name) for name in layers)
    features = {}
    for name, layer in list(model.named_children())[:last]:
        image = layer(image)
        if name in layers:
            features[name] = image.clone()
    return features
""",
    ),
    Mistake(
        "get_features.stops_at_the_last_named",
        "The loop stops at the layer that was named last. "
        "Need the names come in the order in which the network runs?",
        edits={"if len(features) == len(set(layers)):": "if name == list(layers)[-1]:"},
    ),
    Mistake(
        "get_features.needs_a_list",
        "`layers` has been asked for its last entry by number. Which containers of names have no numbers?",
        edits={"if len(features) == len(set(layers)):": "if name == layers[-1]:"},
    ),
    Mistake(
        "get_features.every_layer",
        "The dict holds layers that nobody asked for. Which names does `layers` hold?",
        code="""\
def get_features(image, model, layers):
    features = {}
    for name, layer in model.named_children():
        image = layer(image)
        features[name] = image.clone()
        if set(layers) <= set(features):
            return features
""",
    ),
    Mistake(
        "get_features.list",
        "The feature maps come back in a list. How would the reader know which is which?",
        edits={"return features": "return list(features.values())"},
    ),
    Mistake(
        "get_features.zipped_with_layers",
        "The feature maps stand under each other's names. In which order does the network make them, "
        "and in which are the names given?",
        edits={"return features": "return dict(zip(layers, features.values()))"},
    ),
    Mistake(
        "get_features.only_wanted_layers",
        "Only the layers named in `layers` have run. "
        "What does a layer in the middle of a network expect as its input?",
        code="""\
def get_features(image, model, layers):
    features = {}
    for name in layers:
        image = getattr(model, name)(image)
        features[name] = image.clone()
    return features
""",
    ),
    Mistake(
        "get_features.each_from_the_image",
        "Each layer has been given the image itself. "
        "What does a layer in the middle of a network expect as its input?",
        code="""\
def get_features(image, model, layers):
    return {name: getattr(model, name)(image).clone() for name in layers}
""",
    ),
    Mistake(
        "get_features.hooks_left",
        "The model has more hooks afterwards than before. What does register_forward_hook return, "
        "and what can one do with it?",
        code="""\
def get_features(image, model, layers):
    features = {}
    children = dict(model.named_children())

    def keep(name):
        return lambda layer, inputs, output: features.update({name: output.clone()})

    for name in layers:
        children[name].register_forward_hook(keep(name))
    last = max(map(list(children).index, layers))
    model[: last + 1](image)
    return features
""",
    ),
    Mistake(
        "get_features.hooks_without_clone",
        "The whole network has run, and the ReLUs that work in place have written over the stored maps. "
        "When does a hook store its output, and what happens to it afterwards?",
        code="""\
def get_features(image, model, layers):
    features = {}

    def keep(name):
        return lambda layer, inputs, output: features.update({name: output})

    handles = [
        layer.register_forward_hook(keep(name)) for name, layer in model.named_children() if name in layers
    ]
    model(image)
    for handle in handles:
        handle.remove()
    return features
""",
    ),
    Mistake(
        "get_features.inplace_switched_off",
        "The model's ReLUs do not work in place any more. To whom does the model belong, "
        "and can a feature map be kept safe without touching it?",
        edits={
            "        maps = layer(maps)\n": (
                "        if isinstance(layer, nn.ReLU):\n"
                "            layer.inplace = False\n"
                "        maps = layer(maps)\n"
            ),
        },
    ),
    Mistake(
        "get_features.left_in_eval",
        "The model is in evaluation mode afterwards. In which mode did it come, and who should decide that?",
        edits={"    features = {}\n": "    model.eval()\n    features = {}\n"},
    ),
    Mistake(
        "get_features.left_frozen",
        "The model's requires_grad is off afterwards. Is freezing it this function's business?",
        edits={"    features = {}\n": "    model.requires_grad_(False)\n    features = {}\n"},
    ),
    Mistake(
        "get_features.image_requires_grad",
        "The image that was passed in requires a gradient now. "
        "Who decides whether an image is to be optimised?",
        edits={"    features = {}\n": "    image.requires_grad_()\n    features = {}\n"},
    ),
    Mistake(
        "get_features.only_convolutions_copied",
        "What a pooling returned has been written over, though the convolutions' maps are whole. "
        "Behind which layers may one come that works in place?",
        edits={
            "features[name] = maps.clone()": (
                "features[name] = maps.clone() if isinstance(layer, nn.Conv2d) else maps"
            ),
        },
    ),
    Mistake(
        "get_features.counts_names_given_twice",
        "A name that is given twice lets the loop run to the end. How many maps will there be for it?",
        edits={"len(set(layers))": "len(layers)"},
    ),
    Mistake(
        "get_features.put_in_training",
        "The model is in training mode afterwards. In which mode did it come?",
        edits={"    features = {}\n": "    model.train()\n    features = {}\n"},
    ),
    Mistake(
        "get_features.image_overwritten",
        "The image that was passed in has been written over. What if the first layer works in place?",
        edits={"image.clone()": "image"},
    ),
    Mistake(
        "get_features.all_hooks_removed",
        "Hooks that were there before are gone. How does one remove only those that one has made?",
        edits={
            "    return features": (
                "    for layer in model.modules():\n        layer._forward_hooks.clear()\n    return features"
            ),
        },
    ),
    Mistake(
        "get_features.kept_in_the_model",
        "The model has an attribute more than before. Who will find the feature maps there, and keep their graph alive?",
        edits={"    return features": "    model.features_of_the_last_image = features\n    return features"},
    ),
    Mistake(
        "get_features.gradients_cleared",
        "Gradients that the model held are gone. Whose are they?",
        edits={"    features = {}\n": "    model.zero_grad()\n    features = {}\n"},
    ),
    Mistake(
        "get_features.remembered",
        "A second image of the same size gets the first one's features. On what do features depend?",
        code="""\
known = {}


def get_features(image, model, layers):
    key = (id(model), tuple(image.shape), *sorted(set(layers)))
    if key not in known:
        features, maps = {}, image.clone()
        for name, layer in model.named_children():
            maps = layer(maps)
            if name in layers:
                features[name] = maps.clone()
            if len(features) == len(set(layers)):
                break
        known[key] = model, features  # the model too, so that its id stays its own
    return known[key][1]
""",
    ),
    Mistake(
        "get_features.detached_behind_convolutions",
        "Only the maps of convolutions are tied to the image. From which layers does style transfer take its losses?",
        edits={
            "features[name] = maps.clone()": (
                "features[name] = maps.clone() if isinstance(layer, nn.Conv2d) else maps.detach().clone()"
            ),
        },
    ),
    Mistake(
        "get_features.double",
        "The maps come back in float64. Which dtype did the layer return?",
        edits={"maps.clone()": "maps.double()"},
    ),
    # ---------------------------------------------------------------- content_loss
    Mistake(
        "content_loss.sum",
        "The squares have been added up, not averaged. "
        "How would this loss change with the size of the image?",
        edits={".square().mean()": ".square().sum()"},
    ),
    Mistake(
        "content_loss.half_sum",
        "This is one half of the sum of squares, as in the paper. "
        "Which of sum and mean does the docstring name?",
        edits={".square().mean()": ".square().sum() / 2"},
    ),
    Mistake(
        "content_loss.absolute",
        "The mean is that of absolute differences. Which power does the docstring ask for?",
        edits={".square().mean()": ".abs().mean()"},
    ),
    Mistake(
        "content_loss.root",
        "This is the root of what was asked for. What does its gradient do where two feature maps are alike?",
        edits={".square().mean()": ".square().mean().sqrt()"},
    ),
    Mistake(
        "content_loss.not_squared",
        "Differences of opposite sign cancel each other. What makes each of them count?",
        edits={".square().mean()": ".mean()"},
    ),
    Mistake(
        "content_loss.target_attached",
        "A gradient flows to the target. Which of the two tensors is to move?",
        edits={"target.detach()": "target"},
    ),
    Mistake(
        "content_loss.both_detached",
        "No gradient reaches the features. Which of the two tensors has to keep its graph?",
        edits={"(features - target.detach())": "(features - target).detach()"},
    ),
    Mistake(
        "content_loss.wrong_one_detached",
        "The gradient flows to the target and not to the features. Which of the two is to move?",
        edits={"features - target.detach()": "features.detach() - target"},
    ),
    Mistake(
        "content_loss.number",
        "A Python number comes back. What would .backward() be called on?",
        edits={".square().mean()": ".square().mean().item()"},
    ),
    Mistake(
        "content_loss.not_reduced",
        "There is a squared difference for each entry. How many numbers does the docstring ask for?",
        edits={".square().mean()": ".square()"},
    ),
    Mistake(
        "content_loss.target_detached_in_place",
        "The target that was passed in has lost its graph. "
        "What is the difference between detach() and detach_()?",
        edits={"target.detach()": "target.detach_()"},
    ),
    Mistake(
        "content_loss.four_dimensions_only",
        "The function takes tensors of four dimensions only. Does a mean need to know how many there are?",
        edits={
            "    return (features - target.detach()).square().mean()": (
                "    N, C, H, W = features.shape\n"
                "    return (features - target.detach()).square().sum() / (N * C * H * W)"
            ),
        },
    ),
    Mistake(
        "content_loss.target_marked",
        "The target requires a gradient afterwards. Which of the two is to move, and who decides that?",
        edits={"    return (": "    target.requires_grad_()\n    return ("},
    ),
    Mistake(
        "content_loss.gradient_cleared",
        "The gradient that the features held is gone. Who clears gradients in a training loop, and when?",
        edits={"    return (": "    features.grad = None\n    return ("},
    ),
    Mistake(
        "content_loss.remembered",
        "Other features of the same shape get the first ones' loss. On what does a loss depend?",
        code="""\
known = {}


def content_loss(features, target):
    if features.shape not in known:
        known[features.shape] = target.detach().clone()
    return (features - known[features.shape]).square().mean()
""",
    ),
    # ---------------------------------------------------------------- gram_matrix
    Mistake(
        "gram_matrix.not_divided",
        "The sums have not been divided. How do they grow with the size of the image?",
        edits={" / (C * H * W)": ""},
    ),
    Mistake(
        "gram_matrix.divided_by_positions",
        "The sums have been divided by H·W. Which third size does the docstring name?",
        edits={"/ (C * H * W)": "/ (H * W)"},
    ),
    Mistake(
        "gram_matrix.batch_divided_too",
        "The sums have been divided by the number of images as well. "
        "Should one image's Gram matrix depend on how many others there are?",
        edits={"/ (C * H * W)": "/ (N * C * H * W)"},
    ),
    Mistake(
        "gram_matrix.images_mixed",
        "There is one large matrix, in which channels of different images meet. "
        "Which axis should stay out of the product?",
        edits={
            "features.reshape(N, C, H * W)": "features.reshape(N * C, H * W)",
            "rows.transpose(1, 2)": "rows.t()",
        },
    ),
    Mistake(
        "gram_matrix.summed_over_batch",
        "All images share one matrix. How many matrices does a batch of N images have?",
        edits={
            "features.reshape(N, C, H * W)": "features.transpose(0, 1).reshape(C, N * H * W)",
            "rows.transpose(1, 2)": "rows.t()",
        },
    ),
    Mistake(
        "gram_matrix.positions",
        "The matrix compares positions, not channels. Which of the two should the product sum over?",
        edits={"rows @ rows.transpose(1, 2)": "rows.transpose(1, 2) @ rows"},
    ),
    Mistake(
        "gram_matrix.scrambled",
        "The channels have been scrambled. "
        "Does reshape exchange two axes, or does it only cut the same row of "
        "numbers in other places?",
        edits={
            "features.reshape(N, C, H * W)": "features.reshape(N, H * W, C)",
            "rows @ rows.transpose(1, 2)": "rows.transpose(1, 2) @ rows",
        },
    ),
    Mistake(
        "gram_matrix.centred",
        "The mean of each channel has been subtracted, which gives a covariance. Does a Gram matrix do that?",
        edits={
            "features.reshape(N, C, H * W)": (
                "features.reshape(N, C, H * W)\n    rows = rows - rows.mean(2, keepdim=True)"
            ),
        },
    ),
    Mistake(
        "gram_matrix.cosines",
        "Each channel has been brought to length 1. "
        "What does the matrix then know of how strongly a feature responds?",
        edits={
            "features.reshape(N, C, H * W)": (
                "nn.functional.normalize(features.reshape(N, C, H * W), dim=2)"
            ),
        },
    ),
    Mistake(
        "gram_matrix.sums_multiplied",
        "Each channel was summed first, and then the sums were multiplied. "
        "In einsum, what does it mean for two tensors to share a letter?",
        code="""\
def gram_matrix(features):
    N, C, H, W = features.shape
    return torch.einsum("nchw,ndxy->ncd", features, features) / (C * H * W)
""",
    ),
    Mistake(
        "gram_matrix.square_images",
        "The number of positions is taken to be H·H. Are feature maps always square?",
        edits={"features.reshape(N, C, H * W)": "features.reshape(N, C, H * H)"},
    ),
    Mistake(
        "gram_matrix.no_batch",
        "The shape has been unpacked into three numbers. Which four axes do feature maps have?",
        edits={"N, C, H, W = features.shape": "C, H, W = features.shape\n    N = 1"},
    ),
    Mistake(
        "gram_matrix.squeezed",
        "With one image, the first axis is missing. Which shape does the docstring give, for N = 1 too?",
        edits={"return rows @": "gram = rows @", "/ (C * H * W)": "/ (C * H * W)\n    return gram.squeeze()"},
    ),
    Mistake(
        "gram_matrix.view",
        "`view` refuses feature maps that do not lie in one piece in memory, as PyTorch's message says. "
        "Which method with nearly the same meaning copies where it must?",
        edits={"features.reshape(": "features.view("},
    ),
    Mistake(
        "gram_matrix.detached",
        "The Gram matrix does not hang on the features any more. How is the style loss to reach the pixels?",
        edits={"rows = features.": "rows = features.detach()."},
    ),
    Mistake(
        "gram_matrix.features_marked",
        "The features that were passed in require a gradient afterwards. To whom do they belong?",
        edits={"    N, C, H, W": "    features.requires_grad_(features.is_leaf)\n    N, C, H, W"},
    ),
    Mistake(
        "gram_matrix.one_image_detached",
        "For a single image no gradient comes back. How many images does style transfer paint at a time?",
        edits={
            "    return rows @": "    rows = rows.detach() if N == 1 else rows\n    return rows @",
        },
    ),
    Mistake(
        "gram_matrix.remembered",
        "Other feature maps of the same shape get the first ones' matrix. On what does it depend?",
        code="""\
known = {}


def gram_matrix(features):
    if features.shape not in known:
        rows = features.flatten(2)
        known[features.shape] = rows @ rows.mT / features[0].numel()
    return known[features.shape]
""",
    ),
    Mistake(
        "gram_matrix.half_precision",
        "The products have been taken in half precision. How many digits are left in it?",
        edits={
            "return rows @ rows.transpose(1, 2)": (
                "rows = rows.half()\n    return (rows @ rows.transpose(1, 2)).to(features.dtype)"
            ),
        },
    ),
    # ---------------------------------------------------------------- style_loss
    Mistake(
        "style_loss.unweighted",
        "All layers count the same. What do the numbers in `weights` do?",
        edits={"weight * (gram_matrix": "(gram_matrix"},
    ),
    Mistake(
        "style_loss.mean_over_layers",
        "The losses of the layers have been averaged. Does the docstring ask for their sum or their mean?",
        edits={"return sum(losses)": "return sum(losses) / len(losses)"},
    ),
    Mistake(
        "style_loss.weight_squared",
        "The weights have been squared along with the difference. "
        "Does a weight multiply the difference or its square?",
        edits={
            "weight * (gram_matrix(features[layer]) - target_grams[layer])": (
                "(weight * (gram_matrix(features[layer]) - target_grams[layer]))"
            ),
        },
    ),
    Mistake(
        "style_loss.first_layer",
        "Only the first layer counts. What ends a function, also in the middle of a loop?",
        code="""\
def style_loss(features, target_grams, weights):
    loss = 0.0
    for layer, weight in weights.items():
        loss = loss + weight * (gram_matrix(features[layer]) - target_grams[layer]).square().mean()
        return loss
""",
    ),
    Mistake(
        "style_loss.last_layer",
        "Only the last layer counts. "
        "In each round of the loop, what becomes of the loss of the round before?",
        code="""\
def style_loss(features, target_grams, weights):
    for layer, weight in weights.items():
        loss = weight * (gram_matrix(features[layer]) - target_grams[layer]).square().mean()
    return loss
""",
    ),
    Mistake(
        "style_loss.layers_of_features",
        "The loop goes over the layers of `features`. Which of the three dicts says what counts?",
        edits={
            "for layer, weight in weights.items()": "for layer in features",
            "weight * (gram_matrix": "weights[layer] * (gram_matrix",
        },
    ),
    Mistake(
        "style_loss.paired_by_place",
        "Feature maps, Gram matrices and weights have been paired by their place in the dicts. "
        "What tells which of them belong together?",
        code="""\
def style_loss(features, target_grams, weights):
    loss = 0.0
    for maps, target, weight in zip(features.values(), target_grams.values(), weights.values()):
        loss = loss + weight * (gram_matrix(maps) - target).square().mean()
    return loss
""",
    ),
    Mistake(
        "style_loss.sum_of_squares",
        "The squares in each matrix have been added up, not averaged. "
        "How would that weigh a layer with many channels against one with few?",
        edits={".square().mean()": ".square().sum()"},
    ),
    Mistake(
        "style_loss.absolute",
        "The differences have not been squared; their absolute values count. "
        "Which power does the docstring ask for?",
        edits={".square().mean()": ".abs().mean()"},
    ),
    Mistake(
        "style_loss.no_gram_of_features",
        "The feature maps themselves have been compared with Gram matrices. Which shapes do the two have?",
        edits={"gram_matrix(features[layer])": "features[layer]"},
    ),
    Mistake(
        "style_loss.gram_of_gram",
        "The Gram matrix of a Gram matrix has been asked for. What do the targets hold already?",
        edits={"- target_grams[layer]": "- gram_matrix(target_grams[layer])"},
    ),
    Mistake(
        "style_loss.detached",
        "The loss has lost its graph. What does torch.tensor do with tensors that it is given?",
        edits={"return sum(losses)": "return torch.tensor(losses).sum()"},
    ),
    Mistake(
        "style_loss.layers_of_the_targets",
        "All layers that have a target count, or are looked up among the weights. Which dict says which layers count?",
        edits={
            "weight * (gram": "weights[layer] * (gram",
            "for layer, weight in weights.items()": "for layer in target_grams",
        },
    ),
    Mistake(
        "style_loss.targets_by_place",
        "Weights and targets have been paired by their place in the dicts. What tells which belong together?",
        edits={
            "target_grams[layer]": "target",
            "for layer, weight in weights.items()": (
                "for (layer, weight), target in zip(weights.items(), target_grams.values())"
            ),
        },
    ),
    Mistake(
        "style_loss.targets_weighted_in_place",
        "The dict of targets holds other tensors afterwards. Whose is it, and will it be needed again?",
        edits={
            "    losses = [": (
                "    for layer in weights:\n"
                "        target_grams[layer] = target_grams[layer].clone()\n"
                "    losses = ["
            ),
        },
    ),
    Mistake(
        "style_loss.equal_weights_merged",
        "Two layers with the same weight count as one. What should the key of such a dict be?",
        edits={
            "    losses = [": (
                "    by_weight = {weight: layer for layer, weight in weights.items()}\n"
                "    weights = {layer: weight for weight, layer in by_weight.items()}\n"
                "    losses = ["
            ),
        },
    ),
    # ---------------------------------------------------------------- tv_loss
    Mistake(
        "tv_loss.sum",
        "The squares have been added up, not averaged. "
        "How would this loss change with the size of the image?",
        edits={"square().mean()": "square().sum()"},
    ),
    Mistake(
        "tv_loss.absolute",
        "The differences have not been squared; their absolute values count. "
        "Which of the two does the docstring ask for?",
        edits={".square().mean()": ".abs().mean()"},
    ),
    Mistake(
        "tv_loss.horizontal_only",
        "Only neighbours side by side count. Where else does a pixel have a neighbour?",
        edits={"horizontal.square().mean() + vertical.square().mean()": "horizontal.square().mean()"},
    ),
    Mistake(
        "tv_loss.vertical_only",
        "Only neighbours one above the other count. Where else does a pixel have a neighbour?",
        edits={"horizontal.square().mean() + vertical.square().mean()": "vertical.square().mean()"},
    ),
    Mistake(
        "tv_loss.channels",
        "Colour channels have been compared with each other. "
        "Counted from the left, which axes of (N, C, H, W) "
        "are rows and columns?",
        edits={
            "image[..., :, 1:] - image[..., :, :-1]": "image[:, :, 1:] - image[:, :, :-1]",
            "image[..., 1:, :] - image[..., :-1, :]": "image[:, 1:] - image[:, :-1]",
        },
    ),
    Mistake(
        "tv_loss.one_mean_for_both",
        "All differences, of both directions, went into one mean. How many means does the docstring name, "
        "and what is done with them?",
        edits={
            "return horizontal.square().mean() + vertical.square().mean()": (
                "return torch.cat((horizontal.flatten(), vertical.flatten())).square().mean()"
            ),
        },
    ),
    Mistake(
        "tv_loss.divided_by_pixels",
        "The sums have been divided by the number of pixels. "
        "How many differences are there in a row of W pixels?",
        edits={
            "return horizontal.square().mean() + vertical.square().mean()": (
                "return (horizontal.square().sum() + vertical.square().sum()) / image.numel()"
            ),
        },
    ),
    Mistake(
        "tv_loss.wraps_around",
        "The last column has been compared with the first one, and the last row with the first. "
        "Are these neighbours in an image?",
        edits={
            "image[..., :, 1:] - image[..., :, :-1]": "image.roll(-1, dims=3) - image",
            "image[..., 1:, :] - image[..., :-1, :]": "image.roll(-1, dims=2) - image",
        },
    ),
    Mistake(
        "tv_loss.lengths_of_gradients",
        "This is the mean length of the gradient, the isotropic variation. Does the docstring take a root?",
        code="""\
def tv_loss(image):
    horizontal = image[..., :-1, 1:] - image[..., :-1, :-1]
    vertical = image[..., 1:, :-1] - image[..., :-1, :-1]
    return (horizontal.square() + vertical.square() + 1e-8).sqrt().mean()
""",
    ),
    Mistake(
        "tv_loss.corner_left_out",
        "Differences in the last row and in the last column have been left out. "
        "How many rows have neighbours side by side?",
        edits={
            "image[..., :, 1:] - image[..., :, :-1]": "image[..., :-1, 1:] - image[..., :-1, :-1]",
            "image[..., 1:, :] - image[..., :-1, :]": "image[..., 1:, :-1] - image[..., :-1, :-1]",
        },
    ),
    Mistake(
        "tv_loss.detached",
        "The loss has no graph. How is the image to become smoother?",
        edits={
            "horizontal.square().mean() + vertical.square().mean()": (
                "(horizontal.square().mean() + vertical.square().mean()).detach()"
            )
        },
    ),
    Mistake(
        "tv_loss.image_overwritten",
        "The image that was passed in has changed. What does `image[...] -= ...` write to?",
        edits={
            "    horizontal = image[..., :, 1:] - image[..., :, :-1]\n    vertical": ("    vertical"),
            "    return horizontal": (
                "    horizontal = image[..., :, :-1]\n"
                "    horizontal -= image[..., :, 1:].clone()\n"
                "    return horizontal"
            ),
        },
    ),
    Mistake(
        "tv_loss.three_channels",
        "The first three channels count, however many there are. Which axis are the channels?",
        edits={"    horizontal =": "    image = image[:, :3]\n    horizontal ="},
    ),
    Mistake(
        "tv_loss.image_marked",
        "The image that was passed in requires a gradient afterwards. Who decides that an image is optimised?",
        edits={"    horizontal =": "    image.requires_grad_(image.is_leaf)\n    horizontal ="},
    ),
    Mistake(
        "tv_loss.gradient_cleared",
        "The gradient that the image held is gone. Three losses add to it; which one may clear it?",
        edits={"    horizontal =": "    image.grad = None\n    horizontal ="},
    ),
    Mistake(
        "tv_loss.remembered",
        "Another image of the same size gets the first one's loss. On what does it depend?",
        code="""\
known = {}


def tv_loss(image):
    if image.shape not in known:
        known[image.shape] = image.diff(dim=3).square().mean() + image.diff(dim=2).square().mean()
    return known[image.shape]
""",
    ),
    # ---------------------------------------------------------------- run_style_transfer
    Mistake(
        "run_style_transfer.content_overwritten",
        "The content image has been painted over, and requires a gradient now. "
        "Which tensor does the optimiser write to?",
        code=adam({".detach().clone().requires_grad_()": ".requires_grad_()"}),
    ),
    Mistake(
        "run_style_transfer.init_ignored",
        "The image starts from the content although an init is given. What is `init` for?",
        code=adam({"(content if init is None else init).detach()": "content.detach()"}),
    ),
    Mistake(
        "run_style_transfer.starts_from_noise",
        "Without an init the image starts from noise. Which start does the docstring name?",
        code=adam(
            {"(content if init is None else init)": "(torch.rand_like(content) if init is None else init)"}
        ),
    ),
    Mistake(
        "run_style_transfer.never_clamped",
        "The picture holds values outside [0, 1]. "
        "What keeps an optimiser from leaving the range of an image?",
        code=adam({"            image.clamp_(0, 1)\n": "            pass\n"}),
    ),
    Mistake(
        "run_style_transfer.attached",
        "The picture still asks for a gradient. What is needed of it once it is painted?",
        code=adam({"return image.detach()": "return image"}),
    ),
    Mistake(
        "run_style_transfer.clamp_makes_another_tensor",
        "The clamped image is another tensor, without a gradient. "
        "Which one does the optimiser hold, and which one is looked at in the next step?",
        code=adam({"image.clamp_(0, 1)": "image = image.clamp(0, 1)"}),
    ),
    Mistake(
        "run_style_transfer.clamped_leaf",
        "A leaf that requires a gradient has been changed in place, which PyTorch refuses. "
        "What tells autograd that it need not watch?",
        code=adam(
            {
                "        with torch.no_grad():\n            image.clamp_(0, 1)\n": "        image.clamp_(0, 1)\n",
            }
        ),
    ),
    Mistake(
        "run_style_transfer.no_zero_grad",
        "The gradients of all steps so far add up. "
        "What does .backward() do to a .grad that is already there?",
        code=adam({"        optimizer.zero_grad()\n": ""}),
    ),
    Mistake(
        "run_style_transfer.gradient_ascent",
        "The loss grows. Does an optimiser make a loss smaller or larger?",
        code=adam({"loss.backward()": "(-loss).backward()"}),
    ),
    Mistake(
        "run_style_transfer.first_step_only",
        "The picture is that of a single step. What ends a function, also in the middle of a loop?",
        code=adam({"    return image.detach()": "        return image.detach()\n    return image.detach()"}),
    ),
    Mistake(
        "run_style_transfer.fixed_steps",
        "The number of steps is always the same. Which argument says how many there should be?",
        code=adam({"for _ in range(steps)": "for _ in range(20)"}),
    ),
    Mistake(
        "run_style_transfer.lbfgs_twenty_times",
        "Each call of L-BFGS's step looks at the image about twenty times. "
        "What does its argument max_iter say unless somebody sets it?",
        code="""\
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        grams = {name: gram_matrix(maps) for name, maps in get_features(style, model, style_weights).items()}
    image = (content if init is None else init).detach().clone().requires_grad_()
    optimizer = torch.optim.LBFGS([image], line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        features = get_features(image, model, {content_layer, *style_weights})
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, grams, style_weights) + tv_weight * tv_loss(image)
        loss.backward()
        return loss

    for _ in range(steps):
        optimizer.step(closure)
    return image.detach().clamp(0, 1)
""",
    ),
    Mistake(
        "run_style_transfer.lbfgs_without_closure",
        "L-BFGS wants to look at the image more than once in a step. What has to be handed to its step?",
        code=adam({"torch.optim.Adam([image], lr=0.03)": "torch.optim.LBFGS([image])"}),
    ),
    Mistake(
        "run_style_transfer.tiny_learning_rate",
        "The picture has hardly moved from its start. "
        "How far can a pixel come in 200 steps of this learning rate?",
        code=adam({"lr=0.03": "lr=1e-5"}),
    ),
    Mistake(
        "run_style_transfer.model_trained",
        "The weights of the model have changed. "
        "Which of the two is to be optimised, the network or the image?",
        code=adam(
            {
                "    optimizer = torch.optim.Adam([image], lr=0.03)": (
                    "    model.requires_grad_(True)\n"
                    "    optimizer = torch.optim.Adam([image, *model.parameters()], lr=0.03)"
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.model_thawed",
        "The model's parameters require a gradient afterwards. In which state did the caller hand it over?",
        code=adam(
            {
                "    optimizer = torch.optim.Adam(": (
                    "    for parameter in model.parameters():\n"
                    "        parameter.requires_grad = True\n"
                    "    optimizer = torch.optim.Adam("
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.left_in_training_mode",
        "The model is in training mode afterwards. In which mode did it come, and is it to learn here?",
        code=adam(
            {"    optimizer = torch.optim.Adam(": "    model.train()\n    optimizer = torch.optim.Adam("}
        ),
    ),
    Mistake(
        "run_style_transfer.no_content",
        "The content layer has no say in the picture. Which of the three terms is missing from the sum?",
        code=adam({"content_weight * content_loss(features[content_layer], target)": "0.0"}),
    ),
    Mistake(
        "run_style_transfer.no_style",
        "The style image has no say in the picture. Which of the three terms is missing from the sum?",
        code=adam({"loss = loss + style_weight * style_loss(features, target_grams, style_weights)": "pass"}),
    ),
    Mistake(
        "run_style_transfer.no_variation",
        "Total variation has no say in the picture. Which of the three terms is missing from the sum?",
        code=adam({"        loss = loss + tv_weight * tv_loss(image)\n": ""}),
    ),
    Mistake(
        "run_style_transfer.style_of_the_content",
        "The target of the style loss was taken from the content image. "
        "Whose Gram matrices is the picture to have?",
        code=adam(
            {"get_features(style, model, style_weights)": "get_features(content, model, style_weights)"}
        ),
    ),
    Mistake(
        "run_style_transfer.content_of_the_style",
        "Content and style have exchanged their places. Which image gives the target of which loss?",
        code=adam(
            {
                "get_features(content, model, [content_layer])": "get_features(style, model, [content_layer])",
                "get_features(style, model, style_weights)": "get_features(content, model, style_weights)",
            }
        ),
    ),
    Mistake(
        "run_style_transfer.weights_swapped",
        "content_weight turns up the style, and style_weight the content. "
        "Which weight belongs in front of which term?",
        code=adam(
            {
                "content_weight * content_loss": "swapped * content_loss",
                "style_weight * style_loss": "content_weight * style_loss",
                "swapped * content_loss": "style_weight * content_loss",
            }
        ),
    ),
    Mistake(
        "run_style_transfer.no_features_of_content",
        "The features of the picture were asked for in the style's layers alone. "
        "Which layer does the content loss look up, and need it be among them?",
        code=adam({"{content_layer, *style_weights}": "style_weights"}),
    ),
    Mistake(
        "run_style_transfer.without_batch",
        "The picture has the shape (3, H, W). Which shape does the docstring ask for?",
        code=adam({"return image.detach()": "return image.detach().squeeze(0)"}),
    ),
    Mistake(
        "run_style_transfer.pair",
        "Two things come back. What does the docstring say is returned?",
        code=adam({"return image.detach()": "return image.detach(), loss.item()"}),
    ),
    Mistake(
        "run_style_transfer.seeds_everything",
        "torch's global random numbers have been seeded. "
        "What would a second picture of the same notebook then start from?",
        code=adam({"    image = (content": "    torch.manual_seed(0)\n    image = (content"}),
    ),
    Mistake(
        "run_style_transfer.variation_weighted_twice",
        "tv_weight counts twice. How often does it stand in the objective?",
        code=adam({"tv_weight * tv_loss(image)": "tv_weight**2 * tv_loss(image)"}),
    ),
    Mistake(
        "run_style_transfer.variation_under_the_style",
        "The variation is multiplied by the weight of the style as well. Which terms stand in its brackets?",
        code=adam(
            {
                "loss = loss + style_weight * style_loss(features, target_grams, style_weights)": (
                    "painted = style_loss(features, target_grams, style_weights)"
                ),
                "loss = loss + tv_weight * tv_loss(image)": (
                    "loss = loss + style_weight * (painted + tv_weight * tv_loss(image))"
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.mean_over_layers",
        "The style loss has been divided by the sum of its weights. Is a weighted mean asked for, or a weighted sum?",
        code=adam(
            {
                "style_loss(features, target_grams, style_weights)": (
                    "style_loss(features, target_grams, style_weights) / sum(style_weights.values())"
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.few_steps_unless_told",
        "Unless told, steps is another number than in the signature. What happens to those who rely on it?",
        code=adam({"steps=200": "steps=20"}),
    ),
    Mistake(
        "run_style_transfer.other_weights_unless_told",
        "Unless told, a weight is another one than in the signature. What happens to those who rely on it?",
        code=adam({"style_weight=1e3, tv_weight=0.1": "style_weight=1e6, tv_weight=0.0"}),
    ),
    Mistake(
        "run_style_transfer.arguments_in_another_order",
        "Two weights have exchanged their places in the signature. What if they are given without their names?",
        code=adam(
            {
                "content_weight=1.0, style_weight=1e3, tv": "style_weight=1e3, content_weight=1.0, tv",
            }
        ),
    ),
    Mistake(
        "run_style_transfer.content_in_a_style_layer",
        "The content is taken from the last layer of the style, whatever content_layer says. Which argument names it?",
        code=adam(
            {
                "    with torch.no_grad():\n        target =": (
                    "    content_layer = list(style_weights)[-1]\n    with torch.no_grad():\n        target ="
                )
            }
        ),
    ),
    Mistake(
        "run_style_transfer.style_fades",
        "The style loses its weight in the course of the run. Is the objective the same in each step?",
        code=adam(
            {
                "for _ in range(steps)": "for step in range(steps)",
                "+ style_weight *": "+ style_weight * (1 - step / steps) *",
            }
        ),
    ),
    Mistake(
        "run_style_transfer.stretched",
        "The picture has been stretched from 0 to 1. What becomes of a photo whose darkest pixel is grey?",
        code=adam(
            {
                "    return image.detach()": (
                    "    low, high = image.detach().min(), image.detach().max()\n"
                    "    return (image.detach() - low) / (high - low)"
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.stretched_where_needed",
        "A picture with values outside [0, 1] has been squeezed as a whole. "
        "What becomes of the contrast when a single pixel strays far?",
        code=adam(
            {
                "            image.clamp_(0, 1)\n": "            pass\n",
                "    return image.detach()": (
                    "    low, high = image.detach().min().clamp(max=0), image.detach().max().clamp(min=1)\n"
                    "    return (image.detach() - low) / (high - low)"
                ),
            }
        ),
    ),
    Mistake(
        "run_style_transfer.few_shades",
        "The picture has only nine shades of each colour. How many are there between 0 and 1 for an optimiser?",
        code=adam({"return image.detach()": "return (image.detach() * 8).round() / 8"}),
    ),
    Mistake(
        "run_style_transfer.grey_instead_of_black_and_white",
        "No pixel is darker than 0.05 or brighter than 0.95. Which range does the docstring name?",
        code=adam({"return image.detach()": "return image.detach().clamp(0.05, 0.95)"}),
    ),
    Mistake(
        "run_style_transfer.a_few_steps_short",
        "There are fewer steps than asked for. Who has shortened the run?",
        code=adam({"range(steps)": "range(int(0.85 * steps))"}),
    ),
    Mistake(
        "run_style_transfer.half_as_many_again",
        "There are more steps than asked for. Who waits for them?",
        code=adam({"range(steps)": "range(steps + steps // 2)"}),
    ),
    Mistake(
        "run_style_transfer.kept_in_the_model",
        "The model has an attribute more than before. To whom does it belong?",
        code=adam({"    return image.detach()": "    model.painting = image\n    return image.detach()"}),
    ),
    Mistake(
        "run_style_transfer.targets_remembered",
        "A second run with the same model has the first one's targets. On what do they depend?",
        code="known = {}\n\n\n"
        + adam(
            {
                "    with torch.no_grad():\n        target =": (
                    "    content, style = known.setdefault(id(model), (content, style, model))[:2]\n"
                    "    with torch.no_grad():\n        target ="
                ),
                "image = (content if": "image = (content.detach() if",
            }
        ),
    ),
]

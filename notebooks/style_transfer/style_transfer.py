# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Neural style transfer
#
# Take a photograph, and the way somebody paints. Can one have the first in the manner of the second? In 2015
# three authors from Tübingen found that a network that had only ever learned to name what is in photographs can
# be used for that. It doesn't need to be trained any further. It is shown an image, and says how the image
# would have to change.
#
# You will write the parts: what to feed such a network, how to read its layers, a loss for what is in a
# picture, a loss for how it's painted, and the loop that turns both into a picture. At the end you have a
# painting of your own photo, an animation of how it came about, and a feeling for the dials.
#
# The lab assumes that you have trained a network with PyTorch before, and know what a convolution is. It takes
# about four hours, with a break where you like, and runs on a laptop without a GPU and without a download.

# %% tags=["setup"]
import tempfile
from collections import OrderedDict
from pathlib import Path

import torch
from torch import nn

from autograder import (
    STYLES, Painting, check, check_identity, check_settings, draw_style, figures, load_photo, load_photos,
    load_vgg, quiz, save_photo, summarise_marks, training_length
)  # fmt: skip

# %% [markdown]
# The settings come next. There is one switch, `full_size`. As it stands, the main picture has 256 pixels at its
# longer side, and is done within a minute on two CPU cores. If you have a GPU, set it to `True`: all pictures
# are then twice as large. The device is chosen for you.

# %% tags=["setup"]
seed = 2023
torch.manual_seed(seed)
device = "cuda" if torch.cuda.is_available() else "cpu"
full_size = False  # the one switch: True for pictures of 512 pixels, on a GPU
style_name = "woodblock_waves"
num_steps = training_length(100)
few_steps = max(1, num_steps // 2)
size, small, mini = (512, 256, 192) if full_size else (256, 128, 96)
if num_steps <= 2:  # a graded run: nobody looks at its pictures
    size = small = mini = 48
style_size = 8 * size // 5

# %% [markdown]
# Before you begin, four questions. They count for nothing: choose, and you are told at once why a choice is right or
# wrong.

# %%
quiz("style_transfer.start")

# %% [markdown]
# Here is the plan of the whole lab.

# %%
figures.style_transfer_diagram()

# %% [markdown]
# An image goes in on the left, through a network whose weights stay as they are. Three losses say what is wrong
# with it. Their gradient comes back, not to any weight, but to the pixels. Change them a little, and go round
# again, a hundred times.
#
# ## 1. How this lab works (5 minutes)
#
# {Exercises} exercises are marked by machine, {machine_marks} marks in all, and {questions} written questions by your instructor, {written_marks}
# marks. Write your code where you see `raise NotImplementedError()`, then run the cell under it: it shows `✓`
# and your marks at once, or a sentence about what to look at. Run it as often as you like; an exercise counts
# once. When you have handed in, hidden tests follow the same rules with other numbers, and they decide the
# mark. No mark depends on how beautiful your pictures are.
#
# Fill in who you are. The second student is optional. By typing your name as a signature you declare that the
# work in this notebook is your own, that you have named every source you copied from, and that you can explain
# each line.

# %% nbgrader={"grade_id": "identity"}
student_id_1 = ""
signature_1 = ""
student_id_2 = ""
signature_2 = ""

# %% [markdown]
# The next cell tells you whether anything is missing. An id has at least five characters.

# %% nbgrader={"grade_id": "test_identity"}
check_identity()

# %% [markdown]
# ## 2. An image that learns (20 minutes)
#
# When you train a network, the images are given and the weights change. Nothing in PyTorch says that it has to
# be so. A gradient can be had for anything that has gone into a loss, and an image is a tensor like any other.
# All it takes is `requires_grad`:

# %%
grey = torch.full((1, 3, 8, 8), 0.5, requires_grad=True)
brightness = grey.mean()
brightness.backward()
print("a gradient of shape", tuple(grey.grad.shape), "and each entry is", grey.grad[0, 0, 0, 0].item())

# %% [markdown]
# There are 192 numbers in this image, and each has a 192nd part in its mean. The gradient has the shape of the
# image, so it *is* an image: it says for every pixel which way to go. An optimiser that is given `[grey]` in
# place of `network.parameters()` will take the step.
#
# The network has to be **frozen**: its weights stay as they are, and ask for no gradient. If they did, PyTorch
# would work out a gradient for each of them in every step, more than a million numbers that nobody uses.
#
# ### The network
#
# Ours is a VGG, a plain stack: convolutions of 3 by 3 with a ReLU behind each, and now and then a pooling that
# halves the size. It was trained on photographs. `load_vgg` takes the large one, VGG19, if its weights are on
# this computer already, and otherwise a part of VGG16 that comes with this lab.

# %% tags=["training"]
vgg = load_vgg()
print(vgg.note)
print(" ".join(name for name, _ in vgg.layers.named_children()))

# %% [markdown]
# (`load_vgg("vgg19", download=True)` fetches the large one, 575 MB. It isn't needed.) The names say where a
# layer stands: `conv2_1` is the first convolution of the second block, `relu2_1` the ReLU behind it. Behind
# `pool1` the feature maps have half the height and width of the image, behind `pool2` a quarter.
#
# ### Two images
#
# The photograph shows Grace Hopper, who wrote one of the first compilers. It comes with matplotlib. The style
# images are drawn by code. Both kinds are tensors of shape `(1, 3, H, W)` with values between 0 and 1. The two
# needn't be of one size: the style is larger here, and so the strokes of the painting will be broader.

# %% tags=["training"]
content = load_photo("grace_hopper", size).to(device)
style = draw_style(style_name, style_size).to(device)
print("content", tuple(content.shape), " style", tuple(style.shape))

# %% [markdown]
# Here is the photo, with all the styles that there are to choose from. What follows is written for the waves,
# but works with any: `style_name` stands among the settings.

# %%
shown = STYLES if num_steps > 2 else STYLES[:1]
figures.photos({"the photo": content} | {name: draw_style(name, small) for name in shown}, columns=3)

# %% [markdown]
# For trying things out, smaller copies are quicker: half the side is a quarter of the work.

# %% tags=["training"]
small_content = load_photo("grace_hopper", small).to(device)
small_style = draw_style(style_name, 8 * small // 5).to(device)

# %% [markdown]
# ### Exercise {number}: normalisation
#
# A network expects the numbers that it was trained with. For VGG, the mean of each colour over many photographs
# was taken off, and the rest divided by a scale:
#
# $$y_c = \frac{x_c - \mu_c}{\sigma_c} \qquad \text{for } c = \text{red, green, blue}.$$
#
# Who forgets this still gets a picture, and that's what makes it a nasty mistake: the network then sees a photo
# that is far too bright and has hardly any contrast, and answers accordingly. Make it a module, the first one
# of the model. Then no image can get round it, and all the rest of this lab can work with values between 0 and
# 1.
#
# **Complete `Normalization`, a module that brings images to the scale of a network. ({marks} marks)**
#
# | signature | `Normalization(mean, std)` |
# |---|---|
# | takes | `mean` and `std`: a number for each channel, as a tuple, a list or a tensor |
# | its call takes | images of shape `(N, C, H, W)`, which it leaves alone |
# | and returns | `(image - mean) / std`, channel by channel, of the same shape |
# | its own tensors | move along with `.to(device)`, and are no parameters: an optimiser would train those |
#
# With `mean=[0.5, 0.4, 0.3]` and `std=[0.5, 0.2, 0.1]`, a single white pixel, `torch.ones(1, 3, 1, 1)`, becomes
#
# ```
# tensor([1., 3., 7.])    printed with .flatten()
# ```
#
# <details>
# <summary>Hint</summary>
#
# Three numbers don't fit to `(N, 3, H, W)`: PyTorch lines shapes up from the right, so they would go along the
# width. Seen with two more dimensions of size 1, they go along the channels. `register_buffer` is for tensors
# that belong to a module and aren't trained; `nn.Parameter` is for those that are.
#
# </details>

# %% nbgrader={"grade_id": "normalization"}
class Normalization(nn.Module):
    """Normalises images for a network: (image - mean) / std, channel by channel.

    `mean` and `std` hold one number for each channel, as a sequence or a tensor. Takes and returns images of
    shape (N, C, H, W). `.to(device)` moves both along; neither is trained.
    """

    def __init__(self, mean, std):
        super().__init__()
        ### BEGIN SOLUTION
        self.register_buffer("mean", torch.as_tensor(mean).clone().view(-1, 1, 1))
        self.register_buffer("std", torch.as_tensor(std).clone().view(-1, 1, 1))
        ### END SOLUTION

    def forward(self, image):
        ### BEGIN SOLUTION
        return (image - self.mean) / self.std
        ### END SOLUTION

# %% [markdown]
# The check looks at the numbers, at images that are wider than high, at the parameters, and at what `.to`
# moves.

# %% nbgrader={"grade_id": "test_normalization"}
check("style_transfer.normalization")

# %% [markdown]
# Now the model: your normalisation, and all layers of the network behind it, each by its name. `eval()` and the
# frozen weights come from `load_vgg`. A look at what there is to be trained is still worth a line.

# %% tags=["training"]
layers = OrderedDict(normalization=Normalization(vgg.mean, vgg.std))
layers.update(vgg.layers.named_children())
model = nn.Sequential(layers).to(device)
print(sum(parameter.requires_grad for parameter in model.parameters()), "tensors of weights to be trained")

# %% [markdown]
# ## 3. What the layers see (25 minutes)
#
# A feature map is the answer of one convolution, all over the image: where does what I'm looking for occur? To
# compare two images by what a network sees in them, you need the maps of some layers in the middle. The model
# itself returns only those of the last one.
#
# A model made by `nn.Sequential` is a chain of children with names. So you can walk along it, pass the image
# from one child to the next, and keep what you want on the way. There is one trap on this way, and it has cost
# many people an evening. Here it is, on a chain of two.

# %%
chain = nn.Sequential(OrderedDict(scale=nn.Conv2d(1, 1, 1, bias=False), relu=nn.ReLU(inplace=True)))
nn.init.constant_(chain.scale.weight, 2.0)
chain.requires_grad_(False)
stored = chain.scale(torch.tensor([[[[-1.5, 2.0]]]]))
print("stored           ", stored.flatten().tolist())
chain.relu(stored)
print("after the next one", stored.flatten().tolist())

# %% [markdown]
# Nobody assigned anything to `stored`, and yet its -3 is gone. A ReLU that works **in place** saves memory by
# writing its result over its input. All ReLUs in VGG do so. Who stores what `conv2_1` returned and goes on will
# find `relu2_1` under that name, without any message. And if such a layer comes first, it overwrites the image
# itself.
#
# ### Exercise {number}: features by name
#
# **Write `get_features`, which returns what the named children of a model make of an image. ({marks} marks)**
#
# | signature | `get_features(image, model, layers)` |
# |---|---|
# | takes | an image, an `nn.Sequential` whose children have names, and the wanted names: a list, a set, a dict, in any order |
# | returns | a dict with exactly these names; under each the feature map as that child returned it |
# | the maps | are still tied to the image, so that a gradient finds back, and no later layer can change them |
# | stops | behind the last wanted layer, since the rest would be wasted work |
# | leaves alone | the image, even if the first layer works in place, and the model |
#
# For the chain above, and an image with the pixels -1.5 and 2, `get_features(image, chain, ["relu", "scale"])`
# holds
#
# ```
# scale  tensor([[[[-3., 4.]]]])
# relu   tensor([[[[ 0., 4.]]]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `named_children()` walks along the chain, and gives each child with its name. As for the trap: a tensor has a
# method `clone`, whose copy is no longer overwritten and still has its place in the graph. `detach` cuts it off
# from the image, and makes no copy at all: both share one memory.
#
# </details>

# %% nbgrader={"grade_id": "get_features"}
def get_features(image, model, layers):
    """What the children of `model` named in `layers` make of `image`: a dict, name -> feature map.

    `model` is an nn.Sequential with named children; `layers` is any container of their names, in any order.
    Each feature map is as that child returned it, and still tied to `image`. Children behind the last one
    that is wanted do not run. `image` and `model` stay as they were.
    """
    ### BEGIN SOLUTION
    features = {}
    maps = image.clone()  # the first layer may work in place
    for name, layer in model.named_children():
        maps = layer(maps)
        if name in layers:
            features[name] = maps.clone()  # the next one may, too
        if len(features) == len(set(layers)):
            break
    return features
    ### END SOLUTION

# %% [markdown]
# The check has small chains of its own, with ReLUs in place, and looks at maps, gradients, the image, and which
# children ran.

# %% nbgrader={"grade_id": "test_get_features"}
check("style_transfer.get_features")

# %% [markdown]
# Now look through the eyes of VGG: the six strongest maps of a layer in each block. White is where a map
# responds.

# %%
seen = get_features(content, model, ["relu1_1", "relu2_2", "relu3_3"])
figures.feature_maps(seen)

# %% [markdown]
# In the first layer most of the maps mark edges, each those of one direction and one pair of colours, and one
# of them is simply bright where the photo is. In the second block the lines are thicker, and hair, stripes and
# medals stand out from plain cloth. In the third the maps are small. They show whole outlines, and some respond
# to areas instead, such as the face or the wall. What a map waits for can no longer be told from a single
# pixel: a number here depends on a square of 40 by 40 pixels of the image.
#
# ## 4. Content (20 minutes)
#
# When do two images show the same? If you compare their pixels, a painting of a photo is another photo, since
# hardly a pixel has kept its colour. Deep in a network less depends on colours and on exact places: what counts is
# which features are present, and roughly where. The **content loss** compares the images by that. With $F$ for the
# features of the image, and $P$ for those of the photo, both in one layer with $C$ maps of $H$ by $W$,
#
# $$L_\text{content} = \frac{1}{C H W} \sum_{c,\,i,\,j} (F_{cij} - P_{cij})^2.$$
#
# ### Exercise {number}: the content loss
#
# $P$ is a target. It's what the photo gave, once and for all, and it is not to be moved towards the image. So
# the gradient may flow into $F$ only.
#
# **Write `content_loss`, the mean squared difference to a target. ({marks} marks)**
#
# | signature | `content_loss(features, target)` |
# |---|---|
# | takes | two feature maps of the same shape |
# | returns | the mean of their squared differences, a tensor without dimensions |
# | gradient | to `features`, never to `target`, even if the target asks for one |
#
# For example, with `features = torch.tensor([1.0, 2.0, 3.0])` and `target = torch.tensor([1.0, 0.0, 0.0])`:
#
# ```
# tensor(4.3333)      (0 + 4 + 9) / 3
# ```
#
# <details>
# <summary>Hint</summary>
#
# You have met `nn.functional.mse_loss`. What it doesn't do for you is to leave the target out of the graph:
# that is the task of `detach`. A loss has to stay a tensor; `.item()` would make a float of it, and a float has
# no gradient.
#
# </details>

# %% nbgrader={"grade_id": "content_loss"}
def content_loss(features, target):
    """The mean squared difference of two feature maps of the same shape, as a scalar tensor.

    Its gradient flows to `features` and never to `target`.
    """
    ### BEGIN SOLUTION
    return (features - target.detach()).square().mean()
    ### END SOLUTION

# %% [markdown]
# The check looks at value, shape, and both gradients.

# %% nbgrader={"grade_id": "test_content_loss"}
check("style_transfer.content_loss")

# %% [markdown]
# How exactly does a layer want things to be in their places? Move the photo by one pixel, which nobody would notice,
# and turn it into its mirror image, which everybody would. How large is the first loss, as a share of the second?

# %%
straight, moved, mirrored = content[..., 1:], content[..., :-1], content.flip(3)[..., 1:]
for layer in ("normalization", "relu1_1", "relu2_2", "relu3_3"):
    seen = [get_features(image, model, [layer])[layer] for image in (straight, moved, mirrored)]
    print(f"{layer:13}  {content_loss(seen[1], seen[0]) / content_loss(seen[2], seen[0]):.0%}")

# %% [markdown]
# The first line is that of the pixels, for normalised pixels are still pixels. The shallow layers are no more
# patient than they are, on the contrary: a thin edge that has moved by one pixel meets nothing of itself. It takes
# two poolings until a layer forgives more than the pixels do. In `relu3_3` a pixel is a quarter of a place, and the
# share is the smallest of the four.
#
# ### Getting an image back
#
# What does a layer know about an image? There is a beautiful way to find out: forget the image, and try to get
# it back from the features of that layer alone. The next function begins with grey noise and changes its pixels
# until the features fit.

# %%
def reconstruct(photo, layer, steps):
    """An image like `photo`, (1, 3, H, W), found from noise by what the model sees in one layer."""
    wanted = get_features(photo, model, [layer])[layer]
    pixels = (0.5 + 0.1 * torch.randn_like(photo)).requires_grad_()
    adam = torch.optim.Adam([pixels], lr=0.03)
    for _ in range(steps):
        difference = content_loss(get_features(pixels, model, [layer])[layer], wanted)
        adam.zero_grad()
        difference.backward()
        adam.step()
    return pixels.detach().clamp(0, 1)

# %% [markdown]
# One layer of each block, and the same number of steps. Guess first: which will look like the photo?

# %%
found = {"the photo": small_content}
for layer in ("relu1_1", "relu2_2", "relu3_3"):
    torch.manual_seed(seed)
    found[f"from {layer}"] = reconstruct(small_content, layer, few_steps)
figures.photos(found)

# %% [markdown]
# From the first layer nearly everything comes back, colours included. From the second block you get a sharp
# drawing under coloured grain, and from the third little more than outlines: a cap, glasses, a collar, stripes.
# The plain areas have lost their colours, and what a layer doesn't look at is left to the noise.
#
# What is a loss for a copy is a gain for a painting. A shallow layer holds on to every pixel. A deep one says
# *there is a cap here*, and leaves it open how the cap is painted. This is why the content loss is taken deep
# in the network.
#
# ## 5. Style (40 minutes)
#
# ### Features that occur together
#
# And style? It isn't in *where* things are: a night sky with the swirls moved to the left is in the same style.
# It's in how things go together. In one picture all that is blue is also streaky; in another, bright lines
# always run beside dark ones. So ask of each pair of maps: **do they respond in the same places?**
#
# To find out, multiply the two maps pixel by pixel. The product is large where both are. Here are two pairs of
# maps of the style image, one that goes together and one that doesn't.

# %%
style_maps = get_features(small_style, model, ["relu2_1"])["relu2_1"]
figures.occurring_together(style_maps)

# %% [markdown]
# What's on the right is then added up over all places, and one number per pair is left. (The *cosine* in the
# title is that sum, if both maps are scaled to length 1: 1 for maps that are alike, 0 for maps that never
# meet.) With all $C$ maps, each with each, that makes a table of $C$ by $C$ numbers, the **Gram matrix**:
#
# $$G_{ab} = \frac{1}{C H W} \sum_{i,\,j} F_{aij}\, F_{bij}.$$
#
# Look for the positions $i, j$ on the left side: they have gone. The table knows that blue and streaky go
# together, and has no idea where.
#
# ### Exercise {number}: the Gram matrix
#
# **Write `gram_matrix`, the Gram matrix of each image's feature maps. ({marks} marks)**
#
# | signature | `gram_matrix(features)` |
# |---|---|
# | takes | feature maps of shape `(N, C, H, W)` |
# | returns | a tensor of shape `(N, C, C)`: a matrix for each image of the batch, divided by C·H·W |
#
# Say that there is one image with two maps of one row and two columns, `[[1, 2]]` and `[[3, 0]]`. Then C·H·W is
# 4. The products with themselves add up to 1·1 + 2·2 = 5 and 9, and that of the two maps to 1·3 + 2·0 = 3:
#
# ```
# tensor([[[1.2500, 0.7500],
#          [0.7500, 2.2500]]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# Lay each map out as one long row: `(N, C, H·W)`. The sum over all places is then what a matrix product does
# with rows and columns. Take care that images of a batch don't mix: `torch.bmm` and `@` treat the first of
# three dimensions as a batch, and `torch.einsum` lets you write the formula down as it stands. `reshape` also
# takes tensors whose memory isn't in order, where `view` complains.
#
# </details>

# %% nbgrader={"grade_id": "gram_matrix"}
def gram_matrix(features):
    """The Gram matrix of each image's feature maps: (N, C, H, W) -> (N, C, C), divided by C·H·W."""
    ### BEGIN SOLUTION
    N, C, H, W = features.shape
    rows = features.reshape(N, C, H * W)
    return rows @ rows.transpose(1, 2) / (C * H * W)
    ### END SOLUTION

# %% [markdown]
# The check has batches of two, maps that are wider than high, and tensors whose memory isn't in order.

# %% nbgrader={"grade_id": "test_gram_matrix"}
check("style_transfer.gram_matrix")

# %% [markdown]
# Is it true that positions don't count? Shuffle the places of the style image's maps, all maps in the same way,
# and compare.

# %%
order = torch.randperm(style_maps[0, 0].numel(), device=device)
shuffled = style_maps.flatten(2)[:, :, order].view_as(style_maps)
both = gram_matrix(style_maps), gram_matrix(shuffled)
figures.shuffled_maps(style_maps, shuffled, both)
print(f"largest difference of the two matrices: {(both[0] - both[1]).abs().max().item():.1e}")

# %% [markdown]
# Nothing is left of the picture, and the matrix is the same, but for rounding. Mind what was shuffled: the
# *features*. A feature of `relu2_1` already stands for a patch of the image, with its own little arrangement of
# lines and colours, and that stays whole. Where the patches are is forgotten. Shuffle the *pixels* instead, and
# other features will come out.
#
# ### Why divide?
#
# A sum over all places grows with the number of places. Here is one texture at two sizes: once, and four times
# side by side. It's the same style, so the matrices should be alike.

# %%
once = draw_style("mosaic", max(small // 2, 32)).to(device)
for name, texture in {"once": once, "four times": once.repeat(1, 1, 2, 2)}.items():
    maps = get_features(texture, model, ["relu2_1"])["relu2_1"]
    gram = gram_matrix(maps)
    print(f"{name:10}  mean entry {gram.mean().item():.2e}, undivided {gram.mean().item() * maps.numel():.2f}")

# %% [markdown]
# Without the division, a style image of another size would pull four times as strongly, and sixteen times in a
# squared loss. With it, the style may be larger or smaller than the photo. Dividing by $C$ as well makes layers
# alike that have different numbers of maps. It gives the matrix a property that you can check: the sum of its
# diagonal is the mean of all squared features.

# %%
print(f"diagonal {gram.diagonal(dim1=1, dim2=2).sum().item():.4f}, mean square {maps.square().mean().item():.4f}")

# %% [markdown]
# Two styles can now be compared by their tables. Here are 32 maps of each.

# %%
figures.gram_matrices({
    name: gram_matrix(get_features(image.to(device), model, ["relu2_1"])["relu2_1"])
    for name, image in {"the photo": content, style_name: style, "stained_glass": draw_style("stained_glass", size)}.items()
})  # fmt: skip

# %% [markdown]
# Each small square is one pair of maps, the brighter the more they go together; on the diagonal each map meets
# itself. Dark lines belong to maps that find little in this image. Each image has a pattern of its own, like a
# fingerprint, and no place in the image can be read from it.
#
# ### Exercise {number}: the style loss
#
# One layer knows textures of one size: a few pixels in the first block, brush strokes in the third. So take
# several, and weight them. With $A^\ell$ for the Gram matrix of the style image in layer $\ell$, and $G^\ell$
# for that of the image,
#
# $$L_\text{style} = \sum_\ell w_\ell \, \frac{1}{C_\ell^2} \sum_{a,\,b} \big(G^\ell_{ab} - A^\ell_{ab}\big)^2.$$
#
# **Write `style_loss`, the weighted sum over layers of the mean squared difference of Gram matrices. ({marks}
# marks)**
#
# | signature | `style_loss(features, target_grams, weights)` |
# |---|---|
# | takes | three dicts by layer name: feature maps `(N, C, H, W)`, the wanted Gram matrices, and numbers |
# | which layers | those in `weights`. `features` may hold more, such as that of the content loss |
# | returns | the sum, a tensor without dimensions |
#
# Take the two maps from above as the features of one layer, a target of zeros, and the weight 2. The mean of
# the four squares is (1.5625 + 0.5625 + 0.5625 + 5.0625) / 4 = 1.9375, and the result
#
# ```
# tensor(3.8750)
# ```
#
# <details>
# <summary>Hint</summary>
#
# `weights.items()` gives each layer with its weight. The targets are Gram matrices already; the features aren't
# yet. If you add up in a loop, begin with a plain 0, which takes on whatever is added to it.
#
# </details>

# %% nbgrader={"grade_id": "style_loss"}
def style_loss(features, target_grams, weights):
    """The weighted sum over layers of the mean squared difference between Gram matrices, a scalar tensor.

    Three dicts by layer name: feature maps (N, C, H, W), Gram matrices (N, C, C), and numbers. The layers that
    count are those of `weights`; `features` may hold more.
    """
    ### BEGIN SOLUTION
    losses = [
        weight * (gram_matrix(features[layer]) - target_grams[layer]).square().mean()
        for layer, weight in weights.items()
    ]
    return sum(losses)
    ### END SOLUTION

# %% [markdown]
# The check has several layers of different sizes, more features than weights, and a weight of 0.

# %% nbgrader={"grade_id": "test_style_loss"}
check("style_transfer.style_loss")

# %% [markdown]
# These are the layers for the pictures of this lab: one for the content, and one of each block for the style.
# Which weights? The diagonals have the same sum in each layer, as you will see in section 11, and so the *sum*
# of the squared differences can be compared from one layer to another. But a mean over $C^2$ entries is that
# sum divided by $C^2$, which is four thousand in the first block, and sixteen times as much in the third.
# Weights of about $5\,C^2$ take that back, so that strokes of all sizes have their say.

# %% tags=["training"]
content_layer = "relu2_2"
style_weights = {"relu1_2": 2e4, "relu2_2": 1e5, "relu3_3": 4e5}

# %% [markdown]
# How far is the photo from the style, layer by layer?

# %%
near, far = (get_features(image, model, style_weights) for image in (content, style))
for layer, weight in style_weights.items():
    part = style_loss(near, {layer: gram_matrix(far[layer])}, {layer: weight})
    print(f"{layer}  weight {weight:g}  part {part.item():.2e}")

# %% [markdown]
# With these weights the three parts are of one size, up to a factor of four, and no layer drowns the others.
#
# ## 6. Total variation (15 minutes)
#
# Nothing so far forbids noise. Pooling and the features behind it don't notice a little grain, so the optimiser
# leaves it where it is, or even adds some. You saw it in the reconstruction from the deepest layer. The third
# loss asks for calm: neighbouring pixels should not differ without need. It's called **total variation**. In
# this lab it is the mean squared difference of neighbours side by side, plus that of neighbours one above the
# other,
#
# $$L_\text{variation} = \underset{c,\,i,\,j}{\text{mean}} \, (x_{c,i,j+1} - x_{cij})^2
# + \underset{c,\,i,\,j}{\text{mean}} \, (x_{c,i+1,j} - x_{cij})^2,$$
#
# and it's the only one that looks at the pixels $x$ themselves. Each mean is taken over the pairs that there
# are: a row of $W$ pixels has $W - 1$ of them.
#
# ### Exercise {number}: the loss for calm
#
# **Write `tv_loss`, the total variation of images. ({marks} marks)**
#
# | signature | `tv_loss(image)` |
# |---|---|
# | takes | images of shape `(N, C, H, W)`, with at least two rows and two columns |
# | returns | the sum of the two means, a tensor without dimensions |
#
# An image of one channel, with the rows `[0, 1, 3]` and `[0, 0, 0]`. Side by side the differences are 1, 2, 0
# and 0, and their squares have the mean 5/4. One above the other they are 0, 1 and 3, without the sign, and the
# mean is 10/3:
#
# ```
# tensor(4.5833)
# ```
#
# <details>
# <summary>Hint</summary>
#
# All columns but the first, less all columns but the last: slices do it, and so does `torch.diff`, which wants
# to know along which dimension. There are fewer pairs one way than the other unless the image is square, so the
# two means can't be had from one.
#
# </details>

# %% nbgrader={"grade_id": "tv_loss"}
def tv_loss(image):
    """The total variation of images (N, C, H, W), H and W at least 2, as a scalar tensor.

    It is the mean squared difference of neighbours side by side plus that of neighbours one above the other.
    """
    ### BEGIN SOLUTION
    horizontal = image[..., :, 1:] - image[..., :, :-1]
    vertical = image[..., 1:, :] - image[..., :-1, :]
    return horizontal.square().mean() + vertical.square().mean()
    ### END SOLUTION

# %% [markdown]
# The check has images that aren't square, of one and of several channels.

# %% nbgrader={"grade_id": "test_tv_loss"}
check("style_transfer.tv_loss")

# %% [markdown]
# What does it measure? The photo, a blurred photo, and one with a little noise, each with its loss:

# %%
calm = nn.functional.avg_pool2d(small_content, 5, stride=1, padding=2, count_include_pad=False)
grainy = (small_content + 0.1 * torch.randn_like(small_content)).clamp(0, 1)
versions = {"blurred": calm, "the photo": small_content, "with noise": grainy}
figures.photos({f"{name}: {tv_loss(image).item():.4f}": image for name, image in versions.items()})

# %% [markdown]
# The blur takes away six sevenths of the loss, and the noise doubles it. Edges are large differences, but there
# are few of them; noise is small and everywhere. The next figure shows the differences themselves.

# %%
figures.neighbour_differences(grainy)

# %% [markdown]
# So a small weight of this term removes grain and hardly touches edges. A large one would make everything soft:
# the calmest image of all is a grey wall.
#
# ## 7. Adam and L-BFGS (20 minutes)
#
# Before the losses come together, a word about who is to bring them down. **Adam**, which you know, makes one
# step per gradient, of a size that it chooses for each pixel by itself. **L-BFGS** remembers how the gradient
# changed over the last few steps, guesses from that how curved the loss is, and takes steps to match. In
# training, where every batch is another one, it is rarely used. Here there is just one image and no chance in
# it, and the first papers on style transfer were made with it. It comes with four traps.
#
# - **It wants a closure.** Adam needs one gradient per step. L-BFGS may want several, at images of its own
#   choice. So its `step` takes a function that clears the gradients, works out the loss, calls `backward()` and
#   *returns the loss*. One call of `step` can do the whole run: `max_iter` and `max_eval` say how long.
# - **It stops early** if it thinks that it's done: when the gradient is below `tolerance_grad`, or the change
#   below `tolerance_change`. Losses that are means over many pixels have tiny gradients, so set both to 0.
# - **It doesn't know that pixels end at 0 and 1.** Left free, it finds images that are blacker than black, and
#   when these are cut off at the end, much of what was won is lost. Cut off in each closure, the image moves
#   behind its back, and it may lose its way. There is a better one: optimise other numbers $p$, any size, and
#   let the image be $\text{sigmoid}(p)$. That's always between 0 and 1. The inverse of the sigmoid, for the
#   start, is called `torch.logit`, and is infinite at 0 and 1.
# - **It wants tensors whose memory is in order**, and says so in an odd way. This is an image that was turned
#   on its side:

# %%
turned = torch.rand(1, 3, 4, 6).transpose(2, 3).requires_grad_()

def darkness():
    loss = turned.square().mean()
    loss.backward()  # this works, the step does not
    return loss

try:
    torch.optim.LBFGS([turned]).step(darkness)
except RuntimeError as error:
    print(error)

# %% [markdown]
# A transposed image is the same numbers with another rule for walking through them, and a `clone()` keeps the
# rule. Photos that come from NumPy are often like that, with their channels last. `contiguous()` puts the
# numbers in order.
#
# Here is L-BFGS on the task of section 4, to get a photo back from one layer. `line_search_fn` makes it try a
# step, and shorten it, if the loss hasn't fallen enough.

# %%
def reconstruct_by_lbfgs(photo, layer, evaluations):
    """As `reconstruct`, by L-BFGS, in one call of its step; behind a sigmoid, so that no pixel leaves [0, 1]."""
    wanted = get_features(photo, model, [layer])[layer]
    first = (0.5 + 0.1 * torch.randn_like(photo)).clamp(0.05, 0.95)
    numbers = torch.logit(first).contiguous().requires_grad_()
    limits = {"max_iter": evaluations, "max_eval": evaluations, "tolerance_grad": 0, "tolerance_change": 0}
    lbfgs = torch.optim.LBFGS([numbers], history_size=20, line_search_fn="strong_wolfe", **limits)

    def measure():
        lbfgs.zero_grad()
        seen = get_features(numbers.sigmoid(), model, [layer])[layer]
        difference = content_loss(seen, wanted)
        difference.backward()
        return difference

    lbfgs.step(measure)
    return numbers.detach().sigmoid()

# %% [markdown]
# Both start from the same noise and may work out the loss the same number of times. `Painting` watches: it
# shows a bar while they run, and takes down the loss. You will meet it again.

# %%
wanted = get_features(small_content, model, ["relu2_2"])["relu2_2"]

def how_far(image):
    """The content loss of an image, as a dict, for the bar."""
    return {"content": content_loss(get_features(image, model, ["relu2_2"])["relu2_2"], wanted).item()}

races, pictures = {}, {"the photo": small_content}
for name, method in {"Adam": reconstruct, "L-BFGS": reconstruct_by_lbfgs}.items():
    torch.manual_seed(seed)
    with Painting(model, few_steps, how_far) as race:
        pictures[name] = method(small_content, "relu2_2", few_steps)
    races[name] = race.history

# %% [markdown]
# How did the loss fall?

# %%
figures.loss_race(races)

# %% [markdown]
# For its first evaluations L-BFGS gropes about for the right length of a step, and Adam runs ahead. Once it has
# learned how the loss is curved, it overtakes, and at the end its loss is about a third smaller. Here are the
# two images.

# %%
figures.photos(pictures)

# %% [markdown]
# They differ less than the losses: both show her, and both are grainy, because no loss minds the grain yet.
# When several layers have to be satisfied at once, as in the next section, Adam tends to leave specks in dark
# areas, and moves large areas of colour too little.
#
# ## 8. The whole objective (35 minutes)
#
# The picture we want has the content of one image and the style of the other, and is calm. Three losses, three
# weights:
#
# $$L(x) = \alpha \, L_\text{content}(x) + \beta \, L_\text{style}(x) + \gamma \, L_\text{variation}(x).$$
#
# Their sizes differ a lot. An entry of a Gram matrix is a small number, and squared it's tiny, so $\beta$ is
# large. What counts in the end is the ratio of the gradients; the numbers by themselves mean nothing.
#
# ### Exercise {number}: the loop
#
# What does $x$ start from? Most often from the photo itself: then the content is there from the first step. Or
# from another image of the same size, `init`, such as noise.
#
# **Write `run_style_transfer`, which optimises an image and returns it. ({marks} marks)**
#
# | signature | `run_style_transfer(model, content, style, content_layer, style_weights, steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None)` |
# |---|---|
# | takes | the frozen model; `content` of shape `(1, 3, H, W)` and `style`, perhaps of another size; a layer for the content, layers with weights for the style; how many steps; the three weights |
# | starts from | a copy of `content`, or of `init` if there is one |
# | each step | takes the gradient of the weighted sum of the three losses with respect to the pixels, and lets an optimiser change them |
# | returns | the image, of shape `(1, 3, H, W)`, between 0 and 1 and without a graph |
# | leaves alone | the model, `content`, `style` and `init` |
#
# One case can be told beforehand. With `style_weight=0` and `tv_weight=0`, and the photo as the start, there is
# nothing to improve: no image has a smaller content loss than the photo itself, and what comes back looks like
# it.
#
# <details>
# <summary>Hint</summary>
#
# What stays the same in all steps belongs in front of the loop: the features of the photo, the Gram matrices of
# the style. Any optimiser will do; `torch.optim` has both of section 7, and with L-BFGS the pictures become
# better. It takes a list of tensors, each of them a *leaf*: made by you, and not computed from something that
# asks for a gradient. With Adam a learning rate of a few hundredths suits pixels between 0 and 1. There are two
# ways to keep them there: the sigmoid of section 7, or `clamp_` behind each step, where autograd mustn't look.
#
# </details>

# %% nbgrader={"grade_id": "run_style_transfer"}
def run_style_transfer(
    model, content, style, content_layer, style_weights,
    steps=200, content_weight=1.0, style_weight=1e3, tv_weight=0.1, init=None,
):
    """Paint `content` in the style of `style`: optimise an image, and return it, free of the graph.

    `model` maps an image in [0, 1] to features and is frozen; `content` (1, 3, H, W) and `style` (1, 3, h, w)
    are images in [0, 1]. The image starts as a copy of `content`, or of `init` where one is given, and takes
    `steps` steps of an optimiser on content_weight · content loss in `content_layer` + style_weight · style loss
    with `style_weights` (layer -> weight) + tv_weight · total variation. The result has the shape of `content`
    and lies in [0, 1]; model, content, style and init stay as they were.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        target = get_features(content, model, [content_layer])[content_layer]
        style_features = get_features(style, model, style_weights)
        target_grams = {layer: gram_matrix(features) for layer, features in style_features.items()}

    start = (content if init is None else init).detach().clamp(0.05, 0.95)
    pixels = torch.logit(start).contiguous().requires_grad_()  # their sigmoid is the image: always in [0, 1]
    optimizer = torch.optim.LBFGS(
        [pixels], max_iter=steps, max_eval=steps, history_size=20,
        tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
    )

    def closure():
        image = torch.sigmoid(pixels)
        features = get_features(image, model, {content_layer, *style_weights})
        loss = content_weight * content_loss(features[content_layer], target)
        loss = loss + style_weight * style_loss(features, target_grams, style_weights)
        loss = loss + tv_weight * tv_loss(image)
        optimizer.zero_grad()
        loss.backward()
        return loss

    optimizer.step(closure)
    return torch.sigmoid(pixels).detach()
    ### END SOLUTION

# %% [markdown]
# The check lets it run on tiny networks and images, and looks whether each loss falls when its weight is the
# only one, whether the result is a proper image, and whether everything else is as it was.

# %% nbgrader={"grade_id": "test_run_style_transfer"}
check("style_transfer.run_style_transfer")

# %% [markdown]
# ### Term by term
#
# What does each term do? To see it, start from something that has nothing of either image in it. Fine noise
# would be a poor choice: the losses hardly notice it, so much of it would stay. Soft patches of random colour
# are better.

# %%
def clouds(height, width):
    """Patches of random colour, (1, 3, height, width) in [0, 1], that depict nothing."""
    torch.manual_seed(seed)
    patches = torch.rand(1, 3, 12, 12)
    return nn.functional.interpolate(patches, (height, width), mode="bicubic").clamp(0, 1).to(device)

# %% [markdown]
# Now the first term only, then the first two, then all three. The weight of the style is a tenth of the
# default, because from this start the photo has yet to be found.

# %%
start = clouds(*small_content.shape[2:])
images = (model, small_content, small_style, content_layer, style_weights)
stages = {
    "content": {"style_weight": 0, "tv_weight": 0},
    "+ style": {"style_weight": 100, "tv_weight": 0},
    "+ variation": {"style_weight": 100},
}
figures.photos({"the start": start} | {
    name: run_style_transfer(*images, steps=few_steps, init=start, **weights) for name, weights in stages.items()
})  # fmt: skip

# %% [markdown]
# The content alone brings her back, sharply drawn, with the colours of the start shining through: this layer
# cares about edges and shapes, and a patch of wrong colour costs little. With the style come its colours, blue
# and white, and lines that run in waves. The variation then takes the grain away, and the strokes become
# smooth.
#
# ### Where it starts
#
# Here is one objective, with the default weights, from three starts: the clouds, the photo, and a corner of the
# style image.

# %%
corner = small_style[..., : start.shape[2], : start.shape[3]]
starts = {"from clouds": start, "from the photo": None, "from the style": corner}
figures.photos({
    name: run_style_transfer(*images, steps=few_steps, init=init) for name, init in starts.items()
})  # fmt: skip

# %% [markdown]
# From the photo she's easily recognised, and painted. From the clouds the waves are as good, but the face is
# missing: it would have to be found, and there was more to be gained from the style first. From the style image
# the sea stays a sea, with a ghost of a cap and a coat made of waves. The objective was the same in all three.
# It has many low places, and an optimiser goes to one that isn't far from where it began.
#
# ## 9. The picture (15 minutes)
#
# Now in full size. A run of a minute deserves a progress bar, and it should say how the three losses are doing.
# The next function works them out for any image, with the parts that you have written. They are weighted with
# the defaults of `run_style_transfer`, so that they can be compared.

# %% tags=["training"]
wanted = get_features(content, model, [content_layer])[content_layer]
wanted_grams = {layer: gram_matrix(maps) for layer, maps in get_features(style, model, style_weights).items()}

def three_losses(image):
    """The weighted losses of an image, as floats by name."""
    seen = get_features(image, model, [content_layer, *style_weights])
    return {
        "content": 1.0 * content_loss(seen[content_layer], wanted).item(),
        "style": 1e3 * style_loss(seen, wanted_grams, style_weights).item(),
        "variation": 0.1 * tv_loss(image).item(),
    }

# %% [markdown]
# `Painting` watches the model while your loop runs, whatever the loop looks like. It sees each image that comes
# in, moves the bar, and now and then asks for the three losses and keeps a copy of the image.

# %% tags=["training"]
with Painting(model, num_steps, three_losses) as painting:
    result = run_style_transfer(model, content, style, content_layer, style_weights, steps=num_steps)

# %% [markdown]
# Here it is, with what it was made from.

# %%
figures.photos({"the photo": content, "the style": style, "the painting": result}, columns=3)

# %% [markdown]
# Before you go on, keep it. `save_photo` writes a PNG file. The first one is the painting, the second shows
# before and after side by side: along the last dimension, two images become a wide one.

# %%
folder = Path("." if num_steps > 2 else tempfile.mkdtemp())
print("saved as", save_photo(result, folder / "painting.png").name)
print("saved as", save_photo(torch.cat((content, result), dim=3), folder / "before_and_after.png").name)

# %% [markdown]
# How did it come about? The animation shows the images that `painting` has kept. They are close together at
# first, where much happens, and far apart at the end.

# %%
figures.animate_painting(painting.frames, painting.history["evaluation"])

# %% [markdown]
# And the losses. The scale is one of powers of ten, since they differ so much.

# %%
figures.loss_terms(painting.history)

# %% [markdown]
# The content loss begins near 0, because the image *is* the photo then, and rises: to become a painting, it has
# to part with the photo. The style loss comes down by a factor of a hundred, most of it within twenty
# evaluations. The variation trebles, since strokes have edges. After that all three hardly move, and what still
# changes is finer than a curve can show. Compare the frames of the animation at 20 and at 100.
#
# ## 10. Weights as a dial (15 minutes)
#
# Which layer for the content, and how much style? There is no right answer, only pictures that you like more or
# less. Here is a table of small ones: three layers, three weights.

# %%
mini_content, mini_style = load_photo(size=mini).to(device), draw_style(style_name, 8 * mini // 5).to(device)
table = {}
for layer in ("relu1_2", "relu2_2", "relu3_3"):
    table[layer] = {}
    for weight in (30, 300, 3000):
        table[layer][f"{weight:g}"] = run_style_transfer(
            model, mini_content, mini_style, layer, style_weights, steps=few_steps, style_weight=weight
        )
figures.dial(table, rows="content layer", columns="style weight")

# %% [markdown]
# From left to right the style gains. With 30 it's a photo with a touch of the brush on the wall behind her.
# With 3000 the strokes rule, and the face has become orange: the only large round thing in the style is its
# sun. From top to bottom the content is taken from deeper and deeper in the network, which you see best in the
# middle column. `relu1_2` keeps mouth and cheeks as they are, and leaves a part of the wall plain. `relu3_3`
# gives the face away, and lets strokes run wherever they like. In the right column the rows hardly differ any
# more, since next to the style the content counts for little there.
#
# In such small images a stroke is as wide as an eye. In the large picture of section 9 there was room for both,
# with a style weight of 1000.
#
# ## 11. Special cases, and other networks (15 minutes)
#
# ### No content: a texture
#
# With `content_weight=0` and clouds as the start, nothing of a photo is asked for and nothing of it is there.
# What's left is style alone. This is how the method began: as a way of making more of a texture.

# %%
blank = clouds(small, small)
textures = {}
for name in ("mosaic", "woodblock_waves"):
    textures[name] = draw_style(name, small).to(device)
    textures[f"new {name}"] = run_style_transfer(
        model, blank, textures[name], content_layer, style_weights,
        steps=2 * few_steps, content_weight=0, tv_weight=0.01, init=blank,
    )  # fmt: skip
figures.photos(textures)

# %% [markdown]
# The tiles of the mosaic are there, with their colours and pale joints, but they no longer stand in arcs. The
# waves have the right strokes in the right colours, and no horizon: what was above and what was below isn't in
# a Gram matrix. Instead of one sun there are several.
#
# ### No style: feature inversion
#
# With `style_weight=0` you are back at section 4, with one difference: there is a dial for calm. Again the
# start is grey noise, and here are three weights of the variation.

# %%
torch.manual_seed(seed)
noise = (0.5 + 0.1 * torch.randn_like(small_content)).clamp(0, 1)
figures.photos({
    f"variation {weight:g}": run_style_transfer(
        *images, steps=few_steps, style_weight=0, tv_weight=weight, init=noise
    )
    for weight in (0, 0.01, 0.1)
})  # fmt: skip

# %% [markdown]
# Without calm there is the grain of section 4. With a little of it the grain goes, and with the default you get
# something like a photo through frosted glass. The variation adds what the layer doesn't know, and what's true
# of nearly all photos: that neighbours are alike. Some colours are still made up.
#
# ### One set of weights for every network
#
# Take another network, and the same weights make another picture, or none at all. The reason is plain: features
# have no unit. If a layer answers with numbers ten times larger, its content loss is a hundred times larger,
# and its style loss, a square of squares, ten thousand times.

# %%
maps = {"layer": torch.rand(1, 4, 8, 8)}
for factor in (1, 10):
    larger = {"layer": factor * maps["layer"]}
    nothing = {"layer": torch.zeros(1, 4, 4)}
    content_part = content_loss(larger["layer"], torch.zeros(1, 4, 8, 8)).item()
    style_part = style_loss(larger, nothing, {"layer": 1.0}).item()
    print(f"{factor:2} times: content {content_part:.3f}, style {style_part:.4f}")

# %% [markdown]
# `load_vgg` removes the difference. A ReLU lets a positive factor through, $\max(0, ka) = k \max(0, a)$. So the
# weights of a convolution can be scaled, and those of the next one scaled back to make up for it, and the
# network sees what it saw before. Here each convolution is scaled so that on one photograph the mean square
# behind its ReLU is 0.01. By the rule about the diagonal in section 5, the diagonal of each Gram matrix then
# has the sum 0.01 as well. This is why the three weights mean the same for VGG16 and for VGG19, and in every
# layer. Here are the mean squares for our two images:

# %%
for layer in ("relu1_1", "relu1_2", "relu2_1", "relu2_2", "relu3_1", "relu3_2", "relu3_3"):
    squares = [get_features(one, model, [layer])[layer].square().mean().item() for one in (content, style)]
    print(f"{layer}  photo {squares[0]:.4f}  style {squares[1]:.4f}")

# %% [markdown]
# They stay within a factor of two or so. In the part of VGG16 that comes with this lab, they ran from 400 to
# 11,000 before.
#
# ## 12. Four questions (20 minutes)
#
# Answer in your own words. Two to five sentences each will do.

# %% [markdown] nbgrader={"grade_id": "question_1_text"}
# **Question 1 ({marks} marks).** Look at the reconstructions of section 4 and at the rows of the table in section 10.
# What does a shallow layer know about the photo that a deep one has forgotten, why is that so, and what does it
# mean for the choice of the content layer? Name what you see in your own pictures.
#
# === BEGIN MARK SCHEME ===
# - 2 marks: what is kept and what is lost, from the student's own pictures: shallow: colours, brightness and
#   fine detail nearly as in the photo (1); deep: the plan of the picture, outlines, hardly a colour, and grain
#   (1).
# - 1 mark: why: a number in a deep layer depends on a larger part of the image, and pooling throws away where
#   in it something was; many images give the same features.
# - 2 marks: the choice: a shallow layer holds the painting to the pixels of the photo, so style has little room
#   (1); a deep one fixes what is there and leaves open how it's painted (1), with a row of the table as
#   evidence.
#
# Half answers: "deep layers are more abstract" alone, 1 in all. Reconstructions described, but no word on the
# table, at most 3. If the rows of the student's table hardly differ, saying so, with a guess why, earns full
# marks.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_1"}
# === BEGIN SOLUTION ===
# From relu1_1 I get the photo back almost unchanged, with its colours and even the small medals. From relu2_2
# there is a sharp drawing under coloured grain, and the blue of the wall has become patchy. From relu3_3 little
# more than outlines is left: cap, glasses, collar, the stripes of the flag, and the colours are mostly wrong. A
# number in relu3_3 depends on 40 by 40 pixels, and two poolings have forgotten where exactly something was, so
# that many images give the same features. As content, relu1_2 holds the painting to the pixels: in the column
# of 300 it keeps mouth and cheeks and leaves part of the wall plain. relu3_3 leaves the paint free, but there
# the face has nearly gone. relu2_2, in the middle, keeps the eyes and lets the waves in.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_2_text"}
# **Question 2 ({marks} marks).** Shuffling the places of all feature maps left the Gram matrix as it was. Say why,
# from the formula. What of a style image can the Gram matrix therefore not hold, and where do you see that in
# the textures of section 11?
#
# === BEGIN MARK SCHEME ===
# - 2 marks: why: each entry is a sum over all places of a product of two maps at the same place (1); shuffling
#   all maps alike changes only the order of the terms (1).
# - 1 mark: what is lost: where things are, that is the arrangement on a larger scale than the layers' own
#   patches.
# - 2 marks: the student's own textures: something that is kept (colours, edges, strokes, small shapes) (1), and
#   something that is lost (long lines, rows, the sun, the horizon, upright order) (1).
#
# Half answers: "the Gram matrix ignores positions" with no formula, at most 1 of the first 2. Whoever says that
# each map may be shuffled in its own way, gets no mark for the first point: then the pairs no longer meet, and
# the matrix changes. A texture that came out badly, described as it is, earns full marks.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_2"}
# === BEGIN SOLUTION ===
# Each entry of G is a sum over all places of the product of two maps at the same place. If all maps are
# shuffled in the same way, the same products are added up in another order, so that the sum stays. Hence G
# can't hold where anything is, only what occurs together within the patch that a feature sees. In my texture
# from the mosaic the colours, the pale joints and the small tiles are right, but the tiles no longer stand in
# arcs, or only for a few in a row. In the one from the waves there are white and blue strokes of the right
# width, but there is no horizon, and instead of one sun in the sky there are several red discs, some of them in
# the water.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_3_text"}
# **Question 3 ({marks} marks).** Read the three curves of section 9. How does each of them go, and why does it begin
# as it does? Then compare "from clouds" and "from the photo" in section 8: the objective is the same, so why
# are the pictures not?
#
# === BEGIN MARK SCHEME ===
# - 2 marks: the curves: content begins at 0, because the start is the photo, rises at once and comes down a
#   little or levels off (1); style begins high and falls, most of it in the first few dozen evaluations (1).
# - 1 mark: variation: what it does in the student's run, and that its weight is small or why it hardly counts.
# - 2 marks: why the start matters: the objective has many low places and the optimiser goes to one nearby (1),
#   in a limited number of steps (1). Either may be replaced by: what no loss sees is left as it was at the
#   start.
#
# Half answers: "the losses decrease" at most 1, since the content loss rises. "Clouds are random" is no reason.
# The student's own curves count, however they go.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_3"}
# === BEGIN SOLUTION ===
# The content loss begins near 0 because the first image is the photo itself, goes up to 0.006 in the first
# fifteen evaluations, and then slowly comes down to 0.005, when the strokes are fitted to the face. The style
# loss begins at 0.15, is below 0.01 after twelve evaluations and ends near 0.0013. The variation triples, from
# 0.0016 to 0.005, since strokes have edges; it slows the grain down and doesn't rule the picture. In section 8
# the objective is the same, but it has many low places. The optimiser goes to one close to its start and has
# fifty evaluations for the way. From the clouds the face would first have to be found, while the style is
# satisfied more quickly, and colours that no loss complains about stay as they were.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_4_text"}
# **Question 4 ({marks} marks).** Choose the cell of your table in section 10 that you would hang up, and one that you
# wouldn't. What did the two weights trade, in what you see? And could a program that reads only the losses have
# made that choice for you?
#
# === BEGIN MARK SCHEME ===
# - 2 marks: two cells, named by row and column (1), and described by what is seen in them (1).
# - 1 mark: the trade: more style weight, more of strokes and colours of the style and less of the face; less
#   weight, the reverse.
# - 2 marks: the losses: a total with other weights is another measure, so totals of two cells can't be compared
#   (1); and a low loss says that the features fit, not that a person likes the picture: a copy of the photo has
#   content loss 0, and a texture a low style loss (1).
#
# Half answers: a favourite with no description, at most 1 of the first 2. "The one with the lowest loss is
# best" gets no mark for the last point. Taste is not marked.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_4"}
# === BEGIN SOLUTION ===
# I'd hang up relu2_2 with 300: the wall behind her is made of waves, and her eyes and her cap are still hers. I
# wouldn't take relu3_3 with 3000: her face is a flat patch in the orange of the sun, and strokes run over coat
# and wall alike. So more style weight buys strokes and colours, and pays with the face. The losses couldn't
# have told. Each column has other weights, so that the totals measure different things. And with one set of
# weights the lowest total says that the features fit best, not that somebody likes to look at it: the photo
# itself has a content loss of 0, and a texture without any face has a low style loss.
# === END SOLUTION ===

# %% [markdown]
# ## 13. Your own images (as long as you like)
#
# No marks from here on. Put some photos into a folder, and write its name here. What makes a good one?
#
# - **One thing, large, on a calm background.** A face, a cat, a house. In a crowd nobody can be told apart
#   afterwards.
# - **Clear light and dark.** What is grey on grey is gone once it's painted.
# - **PNG or JPEG**, upright or wide, in colour or grey, of any size: they are made smaller. If there are people
#   in it, ask them first.
#
# A style can be a file too: something with strokes, grain or a pattern all over. Mind that a style is
# somebody's work. Old masters are free to use; for a living painter, ask, or at least say whose it is.

# %%
my_folder = ""  # such as "pictures/holidays"; if it is empty, an example is made
my_style = ""  # such as "pictures/carpet.jpg"; if it is empty, one of the drawn styles is used

# %% [markdown]
# The example has one picture of each awkward kind: wide instead of upright, grey, and with a transparent part.
# It disappears when the notebook is closed.

# %%
from PIL import Image

example = tempfile.TemporaryDirectory()
place = Path(example.name)
save_photo(load_photo(size=200), place / "portrait.png")
save_photo(small_style[..., : small_style.shape[3] // 2, :], place / "wide.png")
portrait = Image.open(place / "portrait.png")
portrait.convert("L").save(place / "grey.png")
portrait.putalpha(portrait.convert("L").point(lambda value: 255 * (value > 50)))
portrait.save(place / "transparent.png")

# %% [markdown]
# `load_photos` reads all of a folder. Grey becomes colour, what is transparent lies on white, and a photo that
# a camera has laid on its side is put upright.

# %%
own = load_photos(my_folder or example.name, size=mini)
for name, photo in own.items():
    print(f"{name:16} {tuple(photo.shape)}")

# %% [markdown]
# All of them in one style. Photo and style are of different sizes here, and nothing had to be done about it:
# two Gram matrices have the same shape, whatever the images they come from.

# %%
own_style = (load_photo(my_style, small) if my_style else draw_style("stained_glass", small)).to(device)
painted = {}
for name, photo in list(own.items())[:4]:
    painted[Path(name).stem] = photo
    painted[f"{Path(name).stem}: after"] = run_style_transfer(
        model, photo.to(device), own_style, content_layer, style_weights, steps=few_steps
    )
figures.photos(painted)

# %% [markdown]
# If something can't work, you get a sentence before you have waited for a minute. `check_settings` takes what
# `run_style_transfer` takes. Here are some things that go wrong, each with what is said about it.

# %%
attempts = [
    lambda: load_photo("holidays.jpg"),
    lambda: draw_style("impressionism"),
    lambda: check_settings(model, content, style, "relu9_1", style_weights),
    lambda: check_settings(model, content, style, content_layer, {"relu1_1": -1.0}),
    lambda: check_settings(model, content, style, content_layer, style_weights, tv_weight=float("nan")),
    lambda: check_settings(model, content[..., :1, :1], style, content_layer, style_weights),
]
for attempt in attempts:
    try:
        attempt()
    except ValueError as error:
        print("-", error)

# %% [markdown]
# Now one of yours in full size, with the bar, and saved beside the notebook. The example takes the photo that
# you know, and another style.

# %%
chosen = load_photo(next(Path(my_folder).glob("*.jpg")) if my_folder else "grace_hopper", size).to(device)
with Painting(model, num_steps) as own_painting:
    own_result = run_style_transfer(model, chosen, own_style, content_layer, style_weights, steps=num_steps)
save_photo(torch.cat((chosen, own_result), dim=3), folder / "my_painting.png")
figures.photos({"before": chosen, "after": own_result})

# %% [markdown]
# ## 14. What do you know now? (5 minutes)
#
# Some more questions without marks. Compare with how you did at the start.

# %%
quiz("style_transfer.end")

# %% [markdown]
# ## 15. Your marks
#
# The table counts the visible part. Hidden tests and the four written answers follow once you have handed in.
# Save the notebook first; to be sure that it runs from top to bottom, choose *Restart Kernel and Run All Cells*
# once.

# %%
summarise_marks()

# %% [markdown]
# ## References
#
# - L. Gatys, A. Ecker, M. Bethge. *A Neural Algorithm of Artistic Style.* 2015.
#   [arXiv:1508.06576](https://arxiv.org/abs/1508.06576). Both losses; in the CVPR paper of 2016, *Image Style
#   Transfer Using Convolutional Neural Networks*, also the reconstructions and the scaling of the network.
# - L. Gatys, A. Ecker, M. Bethge. *Texture Synthesis Using Convolutional Neural Networks.* NeurIPS 2015.
#   [arXiv:1505.07376](https://arxiv.org/abs/1505.07376). Gram matrices, and textures made from noise.
# - K. Simonyan, A. Zisserman. *Very Deep Convolutional Networks for Large-Scale Image Recognition.* ICLR 2015.
#   [arXiv:1409.1556](https://arxiv.org/abs/1409.1556). VGG, and the names of its layers.
# - A. Mahendran, A. Vedaldi. *Understanding Deep Image Representations by Inverting Them.* CVPR 2015.
#   [arXiv:1412.0035](https://arxiv.org/abs/1412.0035). Feature inversion, with total variation for calm.
# - J. Johnson, A. Alahi, L. Fei-Fei. *Perceptual Losses for Real-Time Style Transfer and Super-Resolution.*
#   ECCV 2016. [arXiv:1603.08155](https://arxiv.org/abs/1603.08155). Gram matrices divided by C·H·W, and a
#   network that paints in one pass.
# - D. C. Liu, J. Nocedal. *On the limited memory BFGS method for large scale optimization.* Mathematical
#   Programming 45, 1989. L-BFGS.

# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A GAN of convolutions: DCGAN
#
# In 2015 a paper of three authors listed a handful of rules for networks of convolutions, and with them GANs
# began to draw bedrooms and faces. The rules were found by trial. They have held up well: the network that they
# lead to, the *deep convolutional* GAN or DCGAN, is still the one that people try first.
#
# You will build it, for images of 64 by 64 pixels: the sizes of its layers, the first weights, both networks,
# both training steps, and the snapshot that lets you watch it learn. Then you train it, read what it wrote down,
# and break it on purpose to see which of its parts keeps it alive. In the last part you may point it at images of
# your own.
#
# The lab assumes that you know the game of a GAN: a generator $G$ makes images from noise, a discriminator $D$
# gives each image a probability of being real, and the two are trained in turns. If that is new to you, start
# with the lab on the sine curve. This one takes about three hours, with a break where you like.

# %% tags=["setup"]
import copy
import tempfile

import torch
from torch import nn

from autograder import (
    check, check_folder, check_identity, figures, load_images, quiz, summarise_marks, training_length
)  # fmt: skip

# %% [markdown]
# The settings come next. There is one switch, `full_size`. As it stands, the networks are small enough to be
# trained on two CPU cores in less than two minutes. Set it to `True` if you have a GPU: you then get the sizes of the
# paper. The device is chosen for you, a GPU where there is one.

# %% tags=["setup"]
seed = 2023
torch.manual_seed(seed)
device = "cuda" if torch.cuda.is_available() else "cpu"
full_size = False  # the one switch: True for the networks of the paper, on a GPU
ngf, ndf, batch_size, num_steps = (64, 64, 128, 2000) if full_size else (16, 8, 16, 3400)
nz, nc = 100, 1
lr_D, lr_G, beta1, image_noise = 5e-4, 1.5e-3, 0.5, 0.2
num_steps = training_length(num_steps)

# %% [markdown]
# The names are those of the paper's own code, and half of the field uses them: `nz` is the number of latent
# variables, `nc` the number of colour channels, `ngf` and `ndf` say how many maps $G$ and $D$ have at their
# widest picture. Here is what you are going to build from them.

# %%
figures.dcgan_networks(ngf, ndf, nc, nz)

# %% [markdown]
# Read it from left to right. A hundred random numbers become 4 by 4 pixels with a great many maps, and from there
# each step doubles the side and halves the number of maps, until an image is left. The discriminator walks the
# same stairs down again.
#
# Before you begin, five questions. They carry no marks, and nobody keeps your answers. Choose, and open your
# choice: it says at once whether it is right, and why. Where you don't know, guess.

# %%
quiz("dcgan.start")

# %% [markdown]
# ## 1. How this lab works (5 minutes)
#
# {Exercises} exercises are marked by machine, {machine_marks} marks in all, and {questions} written questions by your instructor, {written_marks} marks.
# Write your code where you see `raise NotImplementedError()`, then run the cell under it: it shows `✓` and your
# marks at once, or a sentence about what to look at. Run it as often as you like; an exercise counts once. When
# you have handed in, hidden tests follow the same rules with other numbers, and they decide the mark. No mark
# depends on how your training turns out.
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
# ## 2. The images (10 minutes)
#
# `load_images` takes the MNIST digits if they are on this computer already. If not, it draws digits from the
# fonts that come with matplotlib, so that nothing has to be downloaded. What you got stands in the note.

# %% tags=["training"]
num_images = None if num_steps > 2 else 128  # a graded run needs few
data = load_images(size=64, channels=nc, length=num_images)
loader = data.loader(batch_size, seed)
print(data)

# %% [markdown]
# (With `load_images("mnist", size=64, download=True)` you ask for MNIST, wherever it has to come from, and with
# `"fashion"` for clothes.) Here are the first 32 images.

# %%
figures.image_grid(data.images(slice(32)))

# %% [markdown]
# What the networks see are numbers: one tensor for a batch, and each pixel between -1, black, and 1, white. The
# range is that of Tanh, with which the generator will end.

# %%
real, _ = next(iter(loader))
print("shape", tuple(real.shape), real.dtype, f"from {real.min():.2f} to {real.max():.2f}")
print(f"{len(loader)} batches in an epoch")

# %% [markdown]
# 64 by 64 pixels is 4096 numbers per image. A network that takes them as one long row, layer by layer fully
# connected, has to learn anew in each corner what an edge is. It doesn't know that pixel 100 lies just above
# pixel 164. This is what convolutions are for.
#
# ## 3. Convolutions that shrink and grow (20 minutes)
#
# A **convolution** slides a small window, the kernel, over its input. Wherever it stops, it multiplies the
# numbers under it with its weights and writes their sum into one place of the output. The same few weights serve
# the whole image, so what is learned in one corner is known in all.
#
# Three numbers describe the way. The window is `kernel` pixels wide. It moves by `stride` pixels at a time. And
# first the input gets a frame of `padding` rows of zeros, so that the window can look over the edge. With a
# stride of 2 the window stops at every other pixel only, and the output has half the side: a **strided
# convolution** is a way of shrinking an image.
#
# A **transposed convolution** goes the other way. Each number of its input is multiplied with the whole kernel,
# and the result is stamped onto the output. Neighbouring stamps are `stride` pixels apart; where they overlap,
# they add up. The padding is what's cut off from the rim at the end.

# %%
figures.strides()

# %% [markdown]
# Both panels have kernel 4, stride 2 and padding 1, and each window has the colour of the number that it belongs
# to. One picture is the mirror image of the other. That is what *transposed* means: if you write the convolution
# as a matrix, the transposed one has the transposed matrix. It gives back the size, though not the numbers.
#
# Older networks shrank their images by pooling, which keeps the largest of four numbers, and enlarged them by
# repeating pixels. Both are fixed rules. The first rule of DCGAN is to have none of them: where the size changes,
# a layer with weights does it, so that each network learns for itself what to keep and how to fill in.
#
# ### Exercise {number}: sizes by formula
#
# How large is the output? A window of $k$ pixels in a row of $n + 2p$ can stand at the start and then move on by
# $s$ as long as there is room. A stamp of $k$ pixels is put down $n$ times, $s$ apart, and $p$ pixels are lost at
# each end:
#
# $$n_\text{conv} = \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1, \qquad
# n_\text{transposed} = (n - 1)\, s - 2p + k.$$
#
# **Write `conv_out` and `conv_transpose_out`, which give the sizes of the outputs. ({marks} marks)**
#
# | signatures | `conv_out(n, kernel, stride, padding)` and `conv_transpose_out(n, kernel, stride, padding)` |
# |---|---|
# | take | four ints: the height (or width) of the input, and the three numbers of the layer |
# | return | the height (or width) of the output, an int |
#
# Two examples:
#
# ```
# conv_out(7, 4, 2, 1)            3     the last row of the padded input is never reached
# conv_transpose_out(7, 4, 2, 1)  14
# ```
#
# <details>
# <summary>Hint</summary>
#
# A size is a whole number, and Python has a division that rounds down. The other one, `/`, makes a float even
# where the result is whole.
#
# </details>

# %% nbgrader={"grade_id": "conv_sizes"}
def conv_out(n, kernel, stride, padding):
    """The height (or width), an int, that a convolution makes of `n` rows (or columns)."""
    ### BEGIN SOLUTION
    return (n + 2 * padding - kernel) // stride + 1
    ### END SOLUTION


def conv_transpose_out(n, kernel, stride, padding):
    """The height (or width), an int, that a transposed convolution makes of `n` rows (or columns)."""
    ### BEGIN SOLUTION
    return (n - 1) * stride - 2 * padding + kernel
    ### END SOLUTION

# %% [markdown]
# The check compares your sizes with those of PyTorch's layers, also where a division leaves a rest.

# %% nbgrader={"grade_id": "test_conv_sizes"}
check("dcgan.conv_sizes")

# %% [markdown]
# Now you can plan both networks without building either. The first layer of the generator makes 4 by 4 pixels out
# of one, with stride 1 and no padding; four more double the side. The discriminator goes back the same way.

# %%
up, down = [1], [64]
for kernel, stride, padding in [(4, 1, 0)] + 4 * [(4, 2, 1)]:
    up.append(conv_transpose_out(up[-1], kernel, stride, padding))
for kernel, stride, padding in 4 * [(4, 2, 1)] + [(4, 1, 0)]:
    down.append(conv_out(down[-1], kernel, stride, padding))
print("generator    ", up)
print("discriminator", down)

# %% [markdown]
# Why a kernel of 4, where most networks have 3? Count the stamps. The figure shows how often a transposed
# convolution with stride 2 writes to each pixel.

# %%
figures.overlaps(kernels=(3, 4))

# %% [markdown]
# With a kernel of 3 some pixels are written to once, others twice or four times, in the pattern of a chessboard,
# and the network has to learn to hide that. A kernel that the stride divides treats all pixels alike, but for the
# rim, part of which the padding cuts away.
#
# ## 4. BatchNorm, and the first weights (20 minutes)
#
# ### What BatchNorm does
#
# A deep network multiplies many times. If each layer makes numbers a little smaller, little is left after five of
# them, and less of the gradient on its way back. **Batch normalisation** measures and corrects. For each map it
# takes the mean $\mu$ and the variance $\sigma^2$ over all images of the batch and all their pixels, and makes
#
# $$y = \gamma \, \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta.$$
#
# The scale $\gamma$ is called `weight` in PyTorch, the shift $\beta$ `bias`; both are learned. For evaluation
# there may be no batch, so the layer also keeps running averages of $\mu$ and $\sigma^2$, and uses those.

# %%
norm = nn.BatchNorm2d(2)
x = 5 + 3 * torch.randn(32, 2, 8, 8)
for name, y in {"input": x, "training": norm(x), "evaluation": norm.eval()(x)}.items():
    print(f"{name:10}  mean {y.mean():5.2f}  standard deviation {y.std():.2f}")

# %% [markdown]
# In training mode the output has mean 0 and standard deviation 1, whatever came in. In evaluation mode it is far
# off: the averages start at 0 and 1, and one batch moves them only a tenth of the way. Keep this in mind for
# section 7.
#
# DCGAN has BatchNorm nearly everywhere, with two exceptions that the authors found by trying. There is none **at
# the end of $G$**: an image has a brightness and a contrast, and they aren't to be normalised away. And there is
# none **at the start of $D$**, for the same reason: it must see the images as they are. With BatchNorm in these
# places too, they report, samples oscillate and training becomes unstable.
#
# One consequence: a convolution in front of BatchNorm needs no bias, since the mean is taken off at once. All
# convolutions here do without one.
#
# ### Exercise {number}: the first weights
#
# The paper says that all weights were drawn from a normal distribution around 0 with standard deviation 0.02. For
# convolutions that is right. For BatchNorm it can't be meant, as you will measure soon: its weight is a *scale*,
# and has to be drawn around 1. The authors' own code does so, and many copies of it on the net don't.
#
# **Write `weights_init`, which gives one module its first weights. ({marks} marks)**
#
# | signature | `weights_init(m)` |
# |---|---|
# | takes | `m`, any module; `net.apply(weights_init)` will call it for each one in a network |
# | changes | in place: the weight of an `nn.Conv2d` or `nn.ConvTranspose2d`, drawn with mean 0 and standard deviation 0.02; the weight of an `nn.BatchNorm2d`, with mean 1 and standard deviation 0.02, and its bias, which becomes 0 |
# | leaves alone | everything else, such as a linear layer, or the bias of a convolution |
#
# A new `nn.BatchNorm2d(4)`, to which it was applied:
#
# ```
# weight tensor([0.9997, 0.9851, 1.0143, 1.0216])
# bias   tensor([0., 0., 0., 0.])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `nn.init` has functions that fill a tensor in place, with an underscore at the end of their names. Ask what a
# module *is* with `isinstance`, rather than what its class is called: a class of your own, `ConvBlock` say, has
# "Conv" in its name and no weight.
#
# </details>

# %% nbgrader={"grade_id": "weights_init"}
def weights_init(m):
    """Give the module `m` the DCGAN paper's first weights, in place; for `net.apply(weights_init)`.

    Weights of nn.Conv2d and nn.ConvTranspose2d: N(0, 0.02²). nn.BatchNorm2d: weight N(1, 0.02²), bias 0.
    Everything else stays as it is.
    """
    ### BEGIN SOLUTION
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(m.weight, 0.0, 0.02)
    elif isinstance(m, nn.BatchNorm2d):
        nn.init.normal_(m.weight, 1.0, 0.02)
        nn.init.zeros_(m.bias)
    ### END SOLUTION

# %% [markdown]
# The check applies it to layers of many kinds and looks at what they hold afterwards.

# %% nbgrader={"grade_id": "test_weights_init"}
check("dcgan.weights_init")

# %% [markdown]
# ## 5. The two networks (30 minutes)
#
# ### Exercise {number}: the generator
#
# The input is a latent vector, seen as an image of one pixel with `nz` channels. Five transposed convolutions
# make it grow. After each but the last come BatchNorm and ReLU; after the last comes Tanh, which brings every
# pixel into the range of the data.
#
# **Complete `Generator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Generator(nz=100, ngf=64, nc=1)` |
# |---|---|
# | takes | noise of shape `(N, nz, 1, 1)` |
# | returns | images of shape `(N, nc, 64, 64)`, pixels between -1 and 1 |
#
# | layer | from | to | kernel, stride, padding | then |
# |---|---|---|---|---|
# | 1 | `nz` maps, 1×1 | `8·ngf` maps, 4×4 | 4, 1, 0 | BatchNorm, ReLU |
# | 2 | | `4·ngf` maps, 8×8 | 4, 2, 1 | BatchNorm, ReLU |
# | 3 | | `2·ngf` maps, 16×16 | 4, 2, 1 | BatchNorm, ReLU |
# | 4 | | `ngf` maps, 32×32 | 4, 2, 1 | BatchNorm, ReLU |
# | 5 | | `nc` maps, 64×64 | 4, 2, 1 | Tanh |
#
# For `noise = torch.randn(16, 100, 1, 1)` the result has the shape `(16, 1, 64, 64)`.
#
# <details>
# <summary>Hint</summary>
#
# Use `nn.ConvTranspose2d` with `bias=False`, and `nn.BatchNorm2d` with as many features as the layer before it
# has maps. In an `nn.Sequential` you can read the table from top to bottom.
#
# </details>

# %% nbgrader={"grade_id": "generator"}
class Generator(nn.Module):
    """Makes images from latent vectors: (N, nz, 1, 1) -> (N, nc, 64, 64), values in (-1, 1).

    Five ConvTranspose2d layers, kernel 4, no bias: nz -> 8·ngf (stride 1, padding 0), then 4·ngf,
    2·ngf, ngf and nc (stride 2, padding 1). BatchNorm2d and ReLU after the first four, Tanh after the last.
    """

    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        ### BEGIN SOLUTION
        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, 8 * ngf, 4, 1, 0, bias=False),
            nn.BatchNorm2d(8 * ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(8 * ngf, 4 * ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4 * ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(4 * ngf, 2 * ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(2 * ngf, ngf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(ngf),
            nn.ReLU(True),
            nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False),
            nn.Tanh(),
        )
        ### END SOLUTION

    def forward(self, noise):
        ### BEGIN SOLUTION
        return self.main(noise)
        ### END SOLUTION

# %% [markdown]
# The check looks at the layers, at the output, and at what BatchNorm does in both modes, on a tiny network with
# numbers of its own.

# %% nbgrader={"grade_id": "test_generator"}
check("dcgan.generator")

# %% [markdown]
# ### Exercise {number}: the discriminator
#
# The discriminator is the generator's reflection, with one more difference. Its activation is **LeakyReLU**,
# which doesn't cut negative numbers off but makes them smaller.

# %%
figures.leaky_slopes()

# %% [markdown]
# Where ReLU is off, its slope is 0, and no gradient passes. In most networks that does no harm, as there are
# enough other ways. But think of what $G$ learns from: nothing except the gradient that comes back through $D$,
# all the way from its answer to the pixels. A slope of 0.2 keeps every path alive.
#
# **Complete `Discriminator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Discriminator(nc=1, ndf=64)` |
# |---|---|
# | takes | images of shape `(N, nc, 64, 64)` |
# | returns | probabilities of shape `(N,)`, each between 0 and 1 |
#
# | layer | from | to | kernel, stride, padding | then |
# |---|---|---|---|---|
# | 1 | `nc` maps, 64×64 | `ndf` maps, 32×32 | 4, 2, 1 | LeakyReLU 0.2 |
# | 2 | | `2·ndf` maps, 16×16 | 4, 2, 1 | BatchNorm, LeakyReLU 0.2 |
# | 3 | | `4·ndf` maps, 8×8 | 4, 2, 1 | BatchNorm, LeakyReLU 0.2 |
# | 4 | | `8·ndf` maps, 4×4 | 4, 2, 1 | BatchNorm, LeakyReLU 0.2 |
# | 5 | | 1 map, 1×1 | 4, 1, 0 | Sigmoid |
#
# The last layer leaves a tensor of shape `(N, 1, 1, 1)`, one number per image; the result is `(N,)`. For three
# images and a new network it could be
#
# ```
# tensor([0.5306, 0.4521, 0.5183])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `nn.Conv2d` has the same arguments as its transposed sister. To lose three dimensions of size 1, remember that a
# batch may hold a single image: `squeeze()` without an argument then takes away the batch as well, and
# `flatten()` doesn't.
#
# </details>

# %% nbgrader={"grade_id": "discriminator"}
class Discriminator(nn.Module):
    """The probability that an image is real: (N, nc, 64, 64) -> (N,), values in (0, 1).

    Five Conv2d layers, kernel 4, no bias: nc -> ndf -> 2·ndf -> 4·ndf -> 8·ndf (stride 2, padding 1), then 1
    (stride 1, padding 0). LeakyReLU with slope 0.2 after the first four, with BatchNorm2d before it in the
    middle three layers; Sigmoid after the last.
    """

    def __init__(self, nc=1, ndf=64):
        super().__init__()
        ### BEGIN SOLUTION
        self.main = nn.Sequential(
            nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(ndf, 2 * ndf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(2 * ndf),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(2 * ndf, 4 * ndf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(4 * ndf),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(4 * ndf, 8 * ndf, 4, 2, 1, bias=False),
            nn.BatchNorm2d(8 * ndf),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Conv2d(8 * ndf, 1, 4, 1, 0, bias=False),
            nn.Sigmoid(),
        )
        ### END SOLUTION

    def forward(self, images):
        ### BEGIN SOLUTION
        return self.main(images).flatten()
        ### END SOLUTION

# %% [markdown]
# The check looks at the layers, at the answers in both modes, and at a batch of one.

# %% nbgrader={"grade_id": "test_discriminator"}
check("dcgan.discriminator")

# %% [markdown]
# How big are they? With `full_size = False` this should print 377568 and 44384. The judge is eight times smaller
# than the forger, and that is no oversight: you will see in section 10 what a strong one does.

# %%
for network in (Generator(nz, ngf, nc), Discriminator(nc, ndf)):
    print(type(network).__name__, sum(parameter.numel() for parameter in network.parameters()))

# %% [markdown]
# ### What the 1 is for
#
# Back to the scale of BatchNorm. The next function builds both networks, applies your `weights_init`, and moves
# the scales so that they lie around `scale`. Then it asks for the gradient that would reach the first layer of
# $G$, all the way from $D$'s answer.

# %%
def first_gradient(scale):
    """The spread of the pixels, and the mean size of the gradient at G's first layer, with BatchNorm at `scale`."""
    torch.manual_seed(seed)
    netG, netD = Generator(nz, ngf, nc).apply(weights_init), Discriminator(nc, ndf).apply(weights_init)
    for layer in [*netG.modules(), *netD.modules()]:
        if isinstance(layer, nn.BatchNorm2d):
            layer.weight.data += scale - 1
    images = netG(torch.randn(16, nz, 1, 1))
    nn.BCELoss()(netD(images), torch.ones(16)).backward()
    return images.std().item(), next(netG.parameters()).grad.abs().mean().item()

# %% [markdown]
# Guess first: how much does it matter whether the scales lie around 1 or around 0?

# %%
for scale in (1, 0):
    spread, gradient = first_gradient(scale)
    print(f"scales around {scale}: pixels spread by {spread:.4f}, gradient {gradient:.1e}")

# %% [markdown]
# Around 1, the gradient is more than a thousand times larger. Each BatchNorm multiplies what passes through it by
# its scale, forwards and backwards, and there are seven of them in a row. A network that starts with 0.02 instead
# of 1, seven times, makes grey images and hears next to nothing from its judge. Adam makes up
# for small gradients, so that such a network may still recover; perhaps that's why the mistake has lived so long.
#
# ## 6. One turn each (35 minutes)
#
# The loss is the binary cross-entropy, as `nn.BCELoss()` computes it: for an answer $p$ and a label $y$ that is 0
# or 1,
#
# $$\ell(p, y) = -\,y \log p - (1 - y) \log (1 - p),$$
#
# averaged over the batch. In the code of this field it is called `criterion`.
#
# ### Exercise {number}: labels
#
# The labels of a batch are all equal, so they are quickly made. There are two ways to get them wrong, and the
# first one is common enough to look at its message:

# %%
try:
    nn.BCELoss()(torch.tensor([0.5]), torch.full((1,), 1))
except RuntimeError as error:
    print(error)

# %% [markdown]
# `torch.full` with a 1 makes integers, *Long* in PyTorch's words, and the loss wants floats, because a label is a
# probability. The other way is a label on the CPU for an answer on the GPU. Whoever takes both the dtype and the
# device from the answer can't go wrong.
#
# **Write `make_labels`, which makes labels that fit a tensor. ({marks} marks)**
#
# | signature | `make_labels(batch_size, value, like)` |
# |---|---|
# | takes | how many, the number that fills them (a float or an int), and a tensor `like` |
# | returns | a new tensor of shape `(batch_size,)` with the dtype and the device of `like` |
#
# For instance `make_labels(3, 1, like=torch.zeros(5))` is
#
# ```
# tensor([1., 1., 1.])
# ```
#
# <details>
# <summary>Hint</summary>
#
# The functions that make tensors take `dtype=` and `device=`, and a tensor knows its own. `torch.full_like`
# copies the shape too, and that isn't always wanted: `like` may hold another number of elements.
#
# </details>

# %% nbgrader={"grade_id": "make_labels"}
def make_labels(batch_size, value, like):
    """A new tensor of shape (batch_size,), filled with `value`, with the dtype and device of the tensor `like`."""
    ### BEGIN SOLUTION
    return torch.full((batch_size,), value, dtype=like.dtype, device=like.device)
    ### END SOLUTION

# %% [markdown]
# The check tries several dtypes, an int as the value, and a `like` of another size.

# %% nbgrader={"grade_id": "test_make_labels"}
check("dcgan.make_labels")

# %% [markdown]
# ### Exercise {number}: the discriminator's turn
#
# $D$ is shown one batch of real images, labelled 1, and one of generated ones, labelled 0. Its loss is the sum of
# two means:
#
# $$\mathrm{errD} = \underbrace{-\frac1N \sum_i \log D(x_i)}_{\mathrm{errD\_real}}
# \;\underbrace{-\,\frac1N \sum_i \log\big(1 - D(G(z_i))\big)}_{\mathrm{errD\_fake}}.$$
#
# The two batches go through $D$ **in two passes**, one after the other, rather than glued together. BatchNorm is
# the reason: in one batch of both kinds, each image would be normalised by the mean of real *and* fake, and the
# answer for one would depend on the other. In two passes each kind is measured by itself.
#
# Two passes give two losses, and each has its `backward()`. There is no need to add the losses up first, since
# PyTorch adds up gradients:

# %%
w = torch.ones(1, requires_grad=True)
(3 * w).sum().backward()
(4 * w).sum().backward()
print("two backward passes:", w.grad.item())

# %% [markdown]
# 3 and 4 make 7, the gradient of $3w + 4w$. So one `zero_grad()` comes at the beginning, two `backward()` follow,
# and one `step()` ends the turn. A second `zero_grad()` between the two passes would wipe out all that $D$
# learned from the real images, and nothing would complain.
#
# Then there is **`detach`**. The fakes are made by $G$, and a `backward()` from $D$'s answer would run on into
# $G$: wasted work, and gradients that $G$ doesn't want. `fake.detach()` is the same images, cut off from the way
# they were made. The original stays attached, and is returned: the generator's turn will use it, so that the
# images needn't be made twice.
#
# **Write `discriminator_step`: one update of the discriminator, and of nothing else. ({marks} marks)**
#
# | signature | `discriminator_step(netD, netG, optimizerD, criterion, real, noise)` |
# |---|---|
# | takes | both networks, D's optimiser, the loss, `real` of shape `(N, nc, 64, 64)`, `noise` of shape `(N, nz, 1, 1)` |
# | returns | a dict: floats `"errD_real"`, `"errD_fake"`, `"errD"`, their sum; floats `"D_x"` and `"D_G_z1"`, D's mean probability for the real and the generated images, before the update; and `"fake"`, the images, still attached |
# | changes | D's weights, once. G keeps its weights and its gradients as they were |
#
# Say that N = 2, and that D answers 0.9 and 0.8 for the real images, 0.3 and 0.2 for the generated ones. With
# `nn.BCELoss()` that makes, besides `fake`,
#
# ```
# {'errD_real': 0.164, 'errD_fake': 0.290, 'errD': 0.454, 'D_x': 0.85, 'D_G_z1': 0.25}
# ```
#
# <details>
# <summary>Hint</summary>
#
# Run G once. `make_labels` wants to know how many, and the answers of D are a good `like`. The method `.item()`
# turns a tensor of one element into a float, which holds no graph and can't change when the weights do.
#
# </details>

# %% nbgrader={"grade_id": "discriminator_step"}
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    """One update of netD on a real batch (label 1) and a generated one (label 0), in two passes.

    Returns a dict: the floats `errD_real`, `errD_fake` and their sum `errD`; `D_x` and `D_G_z1`, netD's mean
    probability for the real and the generated images before the update; and `fake`, the generated images,
    still attached to netG's graph.
    """
    ### BEGIN SOLUTION
    optimizerD.zero_grad()
    output = netD(real)
    errD_real = criterion(output, make_labels(len(output), 1.0, output))
    errD_real.backward()
    D_x = output.mean().item()

    fake = netG(noise)
    output = netD(fake.detach())
    errD_fake = criterion(output, make_labels(len(output), 0.0, output))
    errD_fake.backward()
    D_G_z1 = output.mean().item()

    optimizerD.step()
    errD_real, errD_fake = errD_real.item(), errD_fake.item()
    errD = errD_real + errD_fake
    return {
        "errD_real": errD_real, "errD_fake": errD_fake, "errD": errD, "D_x": D_x, "D_G_z1": D_G_z1, "fake": fake
    }
    ### END SOLUTION

# %% [markdown]
# The check plays several turns on tiny networks. It compares losses, probabilities, weights and gradients, and
# looks whether G was left in peace and `fake` can still be learned from.

# %% nbgrader={"grade_id": "test_discriminator_step"}
check("dcgan.discriminator_step")

# %% [markdown]
# ### Exercise {number}: the generator's turn
#
# $G$ wants its images taken for real, so it gives them the label 1 and lets the same loss do the rest:
#
# $$\mathrm{errG} = -\frac1N \sum_i \log D(G(z_i)).$$
#
# $D$ has just been updated, so it's asked again about the same images; its new answers are called `D_G_z2`.
#
# **Write `generator_step`: one update of the generator, so that the discriminator takes its images for real. ({marks}
# marks)**
#
# | signature | `generator_step(netD, netG, optimizerG, criterion, fake)` |
# |---|---|
# | takes | both networks, G's optimiser, the loss, and `fake`, images that G made, still attached to it |
# | returns | a dict of floats: `"errG"`, the loss, and `"D_G_z2"`, D's mean probability for the images before G's update |
# | changes | G's weights, once. D keeps its weights (what its `.grad` holds doesn't matter) |
#
# Say that N = 2, and that D answers 0.3 and 0.2. Then the result is `{'errG': 1.407, 'D_G_z2': 0.25}`.
#
# <details>
# <summary>Hint</summary>
#
# This time nothing is cut off, as the gradient has to find its way through D into G. It leaves traces in D's
# `.grad` on its way. That is harmless, if the other step begins as it should.
#
# </details>

# %% nbgrader={"grade_id": "generator_step"}
def generator_step(netD, netG, optimizerG, criterion, fake):
    """One update of netG on `fake`, which it made, with the label 1.

    netD stays as it is, its `.grad` apart. Returns a dict of floats: `errG`, the loss, and `D_G_z2`, netD's mean
    probability for the images before netG's update.
    """
    ### BEGIN SOLUTION
    optimizerG.zero_grad()
    output = netD(fake)
    errG = criterion(output, make_labels(len(output), 1.0, output))
    errG.backward()
    optimizerG.step()
    return {"errG": errG.item(), "D_G_z2": output.mean().item()}
    ### END SOLUTION

# %% [markdown]
# The check compares the loss, the probability and G's weights over several turns, and makes sure that D didn't
# move.

# %% nbgrader={"grade_id": "test_generator_step"}
check("dcgan.generator_step")

# %% [markdown]
# ## 7. A snapshot (15 minutes)
#
# To watch $G$ learn, give it the same noise again and again: `fixed_noise`. What changes from picture to picture
# is then due to $G$ alone. There is one catch. In training mode BatchNorm normalises by the batch, so an image
# depends on the others that are made with it:

# %%
netG = Generator(nz, ngf, nc).apply(weights_init)
one, others = torch.randn(1, nz, 1, 1), torch.randn(15, nz, 1, 1)
for name in ("training", "evaluation"):
    netG.train(name == "training")
    here, there = netG(torch.cat((one, others)))[0], netG(torch.cat((one, 2 * others)))[0]
    print(f"{name:10}  largest difference of a pixel {(here - there).abs().max().item():.3f}")

# %% [markdown]
# The latent vector was the same, and so was the network; only the company was another. In evaluation mode the
# company doesn't matter. A snapshot needs that mode, and it needs to be invisible: a network that is left in
# evaluation mode would go on training with frozen averages, and nobody would notice except by bad images.
#
# ### Exercise {number}: the snapshot
#
# **Write `snapshot`, which shows what the generator makes of `fixed_noise` and leaves no trace. ({marks} marks)**
#
# | signature | `snapshot(netG, fixed_noise)` |
# |---|---|
# | takes | a generator, and noise of shape `(N, nz, 1, 1)` |
# | returns | its images in evaluation mode, as they come, on the CPU and without a graph |
# | leaves alone | the mode that the network was in, whichever it was, and the averages of BatchNorm |
#
# If `netG.training` is `True` before the call, it is `True` afterwards; if it is `False`, it is `False`.
#
# <details>
# <summary>Hint</summary>
#
# A module remembers its mode in the attribute `training`, and `train(mode)` takes a bool. Who writes `.train()`
# at the end, without looking at the beginning, changes a network that was in evaluation mode. `torch.no_grad()`
# and `.cpu()` do the rest.
#
# </details>

# %% nbgrader={"grade_id": "snapshot"}
def snapshot(netG, fixed_noise):
    """netG's images of `fixed_noise` as they are, in evaluation mode, on the CPU, free of the graph.

    Afterwards netG is in the mode that it was in, and its BatchNorm statistics are what they were.
    """
    ### BEGIN SOLUTION
    was_training = netG.training
    netG.eval()
    with torch.no_grad():
        images = netG(fixed_noise).cpu()
    netG.train(was_training)
    return images
    ### END SOLUTION

# %% [markdown]
# The check takes snapshots of networks in either mode, and compares all that they hold before and after.

# %% nbgrader={"grade_id": "test_snapshot"}
check("dcgan.snapshot")

# %% [markdown]
# ## 8. The training (15 minutes)
#
# The parts are ready. What remains is given, and unmarked. First a new game: fresh networks with their first
# weights, and an Adam optimiser for each, with the paper's $\beta_1 = 0.5$. Note the **two learning rates**: $G$
# learns three times faster than $D$. What this is good for you will see in section 10.

# %% tags=["training"]
def new_game(nc=nc, ndf=ndf, lr_D=lr_D, lr_G=lr_G):
    """Fresh networks and their optimisers: netD, netG, optimizerD, optimizerG."""
    torch.manual_seed(seed)
    netD = Discriminator(nc, ndf).apply(weights_init).to(device)
    netG = Generator(nz, ngf, nc).apply(weights_init).to(device)
    optimizerD = torch.optim.Adam(netD.parameters(), lr=lr_D, betas=(beta1, 0.999))
    optimizerG = torch.optim.Adam(netG.parameters(), lr=lr_G, betas=(beta1, 0.999))
    return netD, netG, optimizerD, optimizerG

# %% [markdown]
# Then a loss that is a little less strict. It reads the label 1 as 0.9, which is called **label smoothing**, and
# belongs to section 10 as well. Only $D$ is trained with it; $G$ keeps the plain loss. Since a loss is a module
# like any other, it can be changed without touching your steps.

# %% tags=["training"]
class SmoothedBCELoss(nn.BCELoss):
    """The binary cross-entropy, for labels of which 1 counts as `real_label`, and 0 as 0."""

    def __init__(self, real_label=0.9):
        super().__init__()
        self.real_label = real_label

    def forward(self, probabilities, labels):
        return super().forward(probabilities, self.real_label * labels)

# %% [markdown]
# And the loop. It counts in steps: batch after batch, it gives each player a turn, writes down what they
# returned, and every so often takes a snapshot. There is one thing in it that you may not expect. The real images
# get a little fresh noise, which fades away by the end of the run; that too is for section 10. And with `settle`
# both learning rates fall to 0 over the second half, so that the game comes to rest instead of being cut off
# in the middle of a move.

# %% tags=["training"]
import os
from itertools import chain, repeat

from tqdm.auto import tqdm

fixed_noise = torch.randn(32, nz, 1, 1, generator=torch.Generator().manual_seed(seed)).to(device)

def train(
    netD, netG, optimizerD, optimizerG, criterion, loader, num_steps, image_noise=image_noise, settle=False
):
    """Train for num_steps steps; returns a dict of lists: numbers for each step, and a snapshot for every 50."""
    share = lambda step: min(1, 2 * (1 - step / num_steps)) if settle else 1
    rates = [torch.optim.lr_scheduler.LambdaLR(one, share) for one in (optimizerD, optimizerG)]
    history = {name: [] for name in ("errD", "errG", "D_x", "D_G_z1", "D_G_z2", "snapshots")}
    batches = chain.from_iterable(repeat(loader))
    for step in tqdm(range(num_steps), disable="NBGRADER_EXECUTION" in os.environ):
        real = next(batches)[0].to(device)
        real = real + image_noise * (1 - step / num_steps) * torch.randn_like(real)
        noise = torch.randn(len(real), nz, 1, 1, device=device)
        turn = discriminator_step(netD, netG, optimizerD, criterion, real, noise)
        turn.update(generator_step(netD, netG, optimizerG, nn.BCELoss(), turn["fake"]))
        for name in ("errD", "errG", "D_x", "D_G_z1", "D_G_z2"):
            history[name].append(turn[name])
        for rate in rates:
            rate.step()
        if (step + 1) % 50 == 0 or step + 1 == num_steps:
            history["snapshots"].append(snapshot(netG, fixed_noise))
    return history

# %% [markdown]
# Now let it run. It takes about a minute and a half, a good moment to read the four questions in section 11.

# %% tags=["training"]
netD, netG, optimizerD, optimizerG = new_game()
history = train(netD, netG, optimizerD, optimizerG, SmoothedBCELoss(), loader, num_steps, settle=True)

# %% [markdown]
# ## 9. Reading the run (20 minutes)
#
# ### The losses
#
# Both losses, step by step. The thick lines are means over twenty steps, the dotted ones show where a judge
# stands that can only guess: $\log 4$ for the two terms of `errD`, $\log 2$ for `errG`.

# %%
figures.over_steps(history, ("errD", "errG"))

# %% [markdown]
# The beginning belongs to $D$. Within a few dozen steps it tells noise from digits, and `errG` climbs. Then $G$
# finds the first things that count, such as a black background, and its loss comes down again. From there on
# $D$ draws ahead again, little by little, and `errG` climbs, while the images become better and better. A loss
# here is measured against an opponent that learns too, so it can't tell you how good the images are.
#
# ### What D thinks
#
# `D_x` and `D_G_z1` are easier to read. They are what $D$ says of real and of generated images, on average,
# before it learns from them.

# %%
figures.over_steps(history, ("D_x", "D_G_z1"))

# %% [markdown]
# They part, and come close again. If they met, $D$ could tell no difference. That would be at 0.5 for plain
# labels, and a little lower, at 0.45, for ours: a judge who can only guess and is told 0.9 and 0 in turn does
# best to say 0.45. When we tried, they came as near as 0.5 and 0.4. Then, as the noise on the real images faded,
# $D$ found more and more to go by, and at the end the gap was as wide as from 0.68 to 0.22. And yours?
#
# ### The images
#
# Now for what counts. The animation shows the 32 images of `fixed_noise`, one snapshot for every fifty steps.
# Pick a cell, and watch it two or three times.

# %%
from torchvision.utils import make_grid

grids = [make_grid((images + 1) / 2, pad_value=1) for images in history["snapshots"]]
figures.animate_grids(grids, title="snapshot", first=1)

# %% [markdown]
# First come patches of light in the middle, where all digits have something, and they're much the same in all
# cells. Then they break up into strokes, the background turns black, and each cell settles on a digit of its own.
# Some change their minds quite late.
#
# Here is the end of the run beside the real thing.

# %%
figures.real_beside_generated(data.images(slice(32)), history["snapshots"][-1])

# %% [markdown]
# Cover the left half with your hand. Which of the others would you have taken for real? Contrast and strokes are
# learned by now. What is sometimes wrong is the plan: a loop that doesn't close, or a figure that is a 3 above
# and a 5 below. That is the harder part for $D$ as well: one unit of its first layer sees 4 by 4 pixels, and only
# those of the last see the whole image.
#
# Then a comparison for question 3. The upper row is in evaluation mode, as in the snapshots. The lower one is in
# training mode, with each image made by itself, as a batch of one.

# %%
twin = copy.deepcopy(netG).train()  # a copy, because a pass in training mode moves the averages
in_training = torch.cat([twin(noise).detach().cpu() for noise in fixed_noise[:8].split(1)])
figures.pairs(snapshot(netG, fixed_noise[:8]), in_training, names=("evaluation", "training"))

# %% [markdown]
# The noise is the same in each pair, and so are the weights.
#
# ## 10. What goes wrong, and what helps (20 minutes)
#
# If your run went well, it's because several things were quietly arranged for it. Take them all away: a judge
# four times as wide, labels of 1, no noise on the images, and one learning rate for both. Short games will do, a
# twelfth as long as the one above.

# %%
short = max(1, num_steps // 12)

def short_game(criterion=nn.BCELoss(), lr_D=lr_D, lr_G=lr_D, image_noise=0):
    """The history of a short game against a judge four times as wide, without any help unless asked for."""
    game = new_game(ndf=4 * ndf, lr_D=lr_D, lr_G=lr_G)
    return train(*game, criterion, loader, short, image_noise)

# %% [markdown]
# ### Too strong a judge
#
# Guess before you run this: who wins?

# %%
strong = short_game()
figures.over_steps(strong)
figures.image_grid(strong["snapshots"][-1][:8])

# %% [markdown]
# It's over before it has begun. $D$ is sure of everything, with $D(x)$ at 1 and $D(G(z))$ at 0, and the images
# are noise. Think of how unequal the two tasks are. $D$ only has to see that real paper is black where the fake
# is grey. $G$ has to paint black paper *and* a digit, on 4096 pixels that all hang together. Whatever it gains in
# one turn, a judge with that much room takes back in the next.
#
# ### What helps
#
# **Label smoothing.** With a label of 1, $D$ is rewarded for being surer and surer: 0.999 is better than 0.99.
# With 0.9 the best answer to a real image is 0.9, and more than that costs. That takes the edge off its
# certainty. Only the real side is smoothed. If fakes had the label 0.1, then $D$ would be taught to see some
# truth in any of them.
#
# **Noise on the real images.** The quickest give-away of a fake is the paper. In the data it's exactly black, and
# no network paints thousands of pixels of exactly -1. Some noise on the real images hides that, and $D$ has to
# look at the strokes. Since the noise fades, the generated images become clean in the end.
#
# **Two learning rates.** Or let the one with the harder task move faster: $G$ three times as fast as $D$.
#
# Try one at a time, in three more short games of about twenty seconds each. The judge stays as wide as before.

# %%
helped = {
    "smoothed labels": short_game(SmoothedBCELoss()),
    "noise on real images": short_game(image_noise=image_noise),
    "two learning rates": short_game(lr_G=lr_G),
}
figures.over_steps(helped)

# %% [markdown]
# Compare them with the lost game. None of the three makes $D$ weak: it's still four times as wide, and it's still
# ahead. But the orange curves leave the floor, each in its own way, and something can be learned. The full run
# had all three, and a smaller judge.
#
# ### Too slow a judge
#
# If a slower judge is good, is a very slow one better? Here it has an eighth of its rate, and nothing else to
# help $G$.

# %%
slow = short_game(lr_D=lr_D / 8, lr_G=lr_G)
figures.over_steps(slow)

# %% [markdown]
# Look at the orange curve, and then at the blue one. No other $G$ of this lab was as successful for as long. Now
# the images of all five games, a row for each: too strong a judge, smoothed labels, noise, two learning rates,
# too slow a judge.

# %%
figures.image_grid(torch.cat([game["snapshots"][-1][:8] for game in (strong, *helped.values(), slow)]))

# %% [markdown]
# For a hundred steps, the last game had the happiest generator of all. Its fakes passed for real more often than
# real images did, and they were noise. It learned what a judge believes who is too slow to find out, and when the
# judge caught up in the end, it had nothing to show. So neither player may win: a judge that knows everything
# teaches nothing, and one that believes everything teaches nothing either.
#
# ## 11. Four questions (20 minutes)
#
# Answer in your own words. Two to five sentences each will do.

# %% [markdown] nbgrader={"grade_id": "question_1_text"}
# **Question 1 ({marks} marks).** Look at the five short games of section 10, curves and images. What do the two
# learning rates balance, and how do you see it in your own pictures?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: a learning rate says how far its player moves in a turn, so the ratio of the two decides who gets
#   ahead of whom.
# - 1 mark: D too fast: D(x) near 1, D(G(z)) near 0, each gain of G is taken back at once, the images stay noise.
# - 1 mark: D too slow: it can be fooled by anything, D(G(z)) is high, G has no reason to improve, noise again.
# - 2 marks: evidence from the student's own run: numbers or the course of a curve (1), and what the images of the
#   same game look like (1).
#
# Half answers: "a lower rate for D makes it weaker" with no picture, 2 in all. "Both should be equal because that
# is fair" shows that section 10 was not read, at most 1. If the student's own games came out otherwise than in
# the text, a true description and a sensible guess earn full marks.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_1"}
# === BEGIN SOLUTION ===
# They balance how fast the two learn from each other. In my first game both had the rate 0.0005. D(x) was above
# 0.99 and D(G(z)) below 0.01 before step 50, and all images are grey noise: every small progress of G was noticed
# and undone at once. In the last one D was eight times slower than that, and G three times faster. There D(G(z))
# was near 0.9 for eighty steps, and higher than D(x) until step 140, and the images are noise as well, since such
# a judge believes anything. In the game with 0.0005 and 0.0015 the curves draw near each other, to 0.7 and 0.3, and
# after 283 steps its row is the clearest of all: one can read a 3, a 6 and a 0.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_2_text"}
# **Question 2 ({marks} marks).** What would mode collapse look like in the grid of section 9? Say whether you see it in
# your snapshots, early or late, and why neither the losses nor D(x) would have told you.
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what it is: G makes the same image, or a few, of all latent vectors.
# - 1 mark: how it shows in the grid: many cells alike although each has noise of its own; from snapshot to
#   snapshot they may all change together.
# - 2 marks: the student's own snapshots: a clear yes or no for early and for late ones (1), with evidence, such
#   as cells that repeat, or digits that occur often and never (1).
# - 1 mark: why the numbers hide it: they are means over images judged one by one, and D never asks whether two
#   images are alike; a single image that passes for real gives a fine loss.
#
# Half answers: "all images look bad" confuses collapse with poor quality, at most 2. The definition alone, with
# no look at the student's own grid, at most 2. "No collapse" is right if the grid bears it out.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_2"}
# === BEGIN SOLUTION ===
# All 32 cells would show the same image, or two or three, although each of them has its own noise. I see
# something like it only at the very start: in the first snapshot every cell is the same grey with a bright middle.
# From the third on the cells differ. At the end no two are alike and all ten digits occur, though not equally often:
# I count six like a 6 and four like a 9, but a single 0. So I see no collapse, at most a mild preference. The losses couldn't have shown it, because they are means over images that D judges one at a time.
# If G painted one perfect 2 again and again, each of them would pass for real, and nothing in errG or D(x) would
# say that the other digits are missing.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_3_text"}
# **Question 3 ({marks} marks).** The last figure of section 9 shows the same noise in both modes. Which differences do
# you see, where do they come from, and what would become of the animation and of the training if `snapshot` used
# the wrong mode or forgot to switch back?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what the student sees: named differences between the two rows (strokes, brightness, another digit), or
#   that some pairs are nearly equal.
# - 1 mark: where they come from: in training mode BatchNorm uses mean and variance of the batch at hand, in
#   evaluation mode its running averages.
# - 1 mark: the animation in training mode: an image would depend on the others in its batch as well as on G; or
#   each snapshot would move the running averages.
# - 2 marks: not switching back: G goes on training with fixed averages (1), so BatchNorm no longer normalises
#   what passes through, and the averages no longer follow the weights (1).
#
# Half answers: "eval mode is for testing, train mode for training", 1 in all. Dropout given as the reason: this
# network has none, at most 2.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_3"}
# === BEGIN SOLUTION ===
# Most pairs are the same digit with other details: the sixth, a 9, lies on a blotted background in evaluation mode
# and is clean in training mode, and in training mode the bar of the first, a 7, sits higher and is bolder. Noise and
# weights are equal, so this is due to BatchNorm, which in training mode uses mean and variance of the batch, here
# of a single image, and in evaluation mode its running averages. In training mode the cells of the animation
# would depend on each other, and every snapshot would move the averages a little. If `snapshot` didn't switch
# back, G would go on training with averages that are no longer updated. As its weights change they fit less and
# less, and BatchNorm stops doing its work.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_4_text"}
# **Question 4 ({marks} marks).** Compare the two grids of section 9, real and generated. What has your generator
# learned, what hasn't it, and what does the number D(G(z)) at the end of your run say about that?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what was learned, with an example from the student's own grid (row and column, or a description that
#   allows finding it).
# - 1 mark: what was not, with an example.
# - 1 mark: a pattern in it: such as that strokes and contrast (local) came before the form of the whole digit
#   (global); or which digits are good and which are not.
# - 1 mark: the student's own D(G(z)), and what it means: how often D is taken in, relative to D(x); near one half
#   D can't tell them apart.
# - 1 mark: its limit: it measures this judge and not the quality; as in the last game of section 10, a weak D is
#   fooled by noise, so one has to look, or needs another measure.
#
# Half answers: "they look realistic" with no example, at most 1. D(G(z)) = 0.5 called "50 % of the images are
# good": no mark for the fourth point. Poor images honestly described earn full marks.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_4"}
# === BEGIN SOLUTION ===
# It has learned black paper, white strokes of the right width, bold and thin ones, and where a digit sits; the 7
# in row 4, column 3 and the 9 in row 3, column 7 could be real. It hasn't always learned the plan of a digit: the
# first in row 2 is half a 1 and half a 4, and the sixth in row 1 is a 9 on a blot. So what is local is right nearly
# everywhere, and what goes wrong is the whole form. At the end D(G(z)) is about 0.22 and D(x) 0.68, so D is ahead,
# but far from sure. That compares G with this judge only: in my last short game D(G(z)) was near 0.9 for a while,
# and the images were noise. To know more one has to look, or to let another network say which digits it recognises.
# === END SOLUTION ===

# %% [markdown]
# ## 12. What do you know now? (5 minutes)
#
# Some more questions without marks, to see for yourself what has stayed. Open the option that you would choose,
# then the others.

# %%
quiz("dcgan.end")

# %% [markdown]
# ## 13. Your own images (as long as you like)
#
# No marks from here on. Nothing in your networks knows about digits, so they can try whatever comes in a folder.
# What should be in it?
#
# - **Many images.** A few thousand are good, five hundred the least: below that $D$ learns them by heart.
# - **One kind of thing**, of about the same size and in the same place: leaves on white paper, icons, faces in
#   the same frame. With holiday photographs there is too much to learn.
# - **PNG or JPEG files** with at least 64 pixels in height and width, in the folder itself or one level below.
#   The middle square of each is cut out and made smaller.
# - **All in colour or all grey.** And if there are people in them: with their consent.
#
# Write the name of your folder here. If you leave it empty, you get an example: digits in many colours.

# %%
my_folder = ""  # such as "pictures/leaves"
count = 600 if num_steps > 2 else batch_size

# %% [markdown]
# The next cell makes the example, in a folder that disappears when the notebook is closed.

# %%
from pathlib import Path

from torchvision.utils import save_image

example = tempfile.TemporaryDirectory()
for index, image in enumerate(load_images("glyphs", size=64, channels=3, length=count).images(slice(count))):
    save_image((image + 1) / 2 * torch.rand(3, 1, 1), f"{example.name}/{index:04}.png")

# %% [markdown]
# Are the files usable? `check_folder` opens each of them, and sums up what it found. It also says what to expect.

# %%
print(check_folder(my_folder or example.name, size=64))

# %% [markdown]
# If a file can't be used, it says which one, and why. To see that, the example gets one that is no image, for a
# moment.

# %%
broken = Path(example.name, "broken.png")
broken.write_text("This is not an image.")
try:
    check_folder(example.name)
except ValueError as error:
    print(error)
broken.unlink()

# %% [markdown]
# When all is well, load the images in three channels, and have a look at them.

# %%
own_data = load_images(my_folder or example.name, size=64, channels=3)
figures.image_grid(own_data.images(slice(16)))

# %% [markdown]
# The rest is as before, with `nc=3`. The run below is short, a taste only: with `own_steps = num_steps` you get
# the whole. If you have a GPU, set `full_size = True` at the top, restart, and run all cells: the networks then
# have `ngf = ndf = 64`, as in the paper, here in colour.

# %%
own_steps = short
own_loader = own_data.loader(batch_size, seed)
own_history = train(*new_game(nc=3), SmoothedBCELoss(), own_loader, own_steps)
figures.real_beside_generated(own_data.images(slice(32)), own_history["snapshots"][-1])

# %% [markdown]
# In the example there are a few colours after this short time, and hardly a digit. What comes first, form or
# colour, and why might that be? If your own run ends in noise, go back to section 10: the two rates are arguments
# of `new_game`, and the right balance depends on the images.
#
# ## 14. Your marks
#
# The table counts the visible part. Hidden tests and the four written answers follow once you have handed in.
# Save the notebook first; to be sure that it runs from top to bottom, choose *Restart Kernel and Run All Cells*
# once.

# %%
summarise_marks()

# %% [markdown]
# ## References
#
# - A. Radford, L. Metz, S. Chintala. *Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks.* ICLR 2016. [arXiv:1511.06434](https://arxiv.org/abs/1511.06434). The network, its rules,
#   the first weights, the settings of Adam.
# - I. Goodfellow et al. *Generative Adversarial Nets.* NeurIPS 2014.
#   [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). The game and both losses of $G$.
# - S. Ioffe, C. Szegedy. *Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate
#   Shift.* ICML 2015. [arXiv:1502.03167](https://arxiv.org/abs/1502.03167).
# - T. Salimans, I. Goodfellow, W. Zaremba, V. Cheung, A. Radford, X. Chen. *Improved Techniques for Training GANs.*
#   NeurIPS 2016. [arXiv:1606.03498](https://arxiv.org/abs/1606.03498). Label smoothing on the real side only.
# - M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter. *GANs Trained by a Two Time-Scale Update Rule
#   Converge to a Local Nash Equilibrium.* NeurIPS 2017. [arXiv:1706.08500](https://arxiv.org/abs/1706.08500). Two
#   learning rates.
# - V. Dumoulin, F. Visin. *A guide to convolution arithmetic for deep learning.* 2016.
#   [arXiv:1603.07285](https://arxiv.org/abs/1603.07285). Every combination of kernel, stride and padding, in
#   pictures.
# - A. Odena, V. Dumoulin, C. Olah. [*Deconvolution and Checkerboard
#   Artifacts.*](https://distill.pub/2016/deconv-checkerboard/) Distill, 2016.
# - The sizes of the layers and the names of the variables are those of the DCGAN in PyTorch's
#   [examples](https://github.com/pytorch/examples/tree/main/dcgan), which NYU's course on deep learning uses too.

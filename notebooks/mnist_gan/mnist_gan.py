# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A GAN that draws digits
#
# Here is a pile of 4096 small pictures of digits. Nobody will tell your networks what a 7 is, or that there are
# ten kinds of digit, or that ink comes in strokes. One network makes pictures out of random numbers. Another is
# shown these and the real ones in turn, and calls out "real" or "fake". That is all the teaching there is, and at
# the end the first one draws digits.
#
# Such a pair is a *generative adversarial network*, a GAN. If you have done the lab on the sine curve, you know
# the game already, and what is new here are the pictures: how an image becomes a row of numbers, why the
# discriminator had better not finish its own calculation, which of two losses teaches a bad generator anything,
# and how to read a training run that has no right answer to compare with. If you start here, that is fine too.
# Everything you need is said on the way.
#
# You will write both networks, both losses, the training step, and the function that takes the pictures. The lab
# takes about two hours, a minute or two of which is training.

# %% tags=["setup"]
import math
import os

import torch
import torch.nn.functional as F
from torch import nn
from torchvision.utils import make_grid
from tqdm.auto import tqdm

from autograder import check, check_identity, figures, load_images, quiz, summarise_marks, training_length

# %% [markdown]
# The settings come next. A GPU is used if there is one, but a laptop does well without: these networks are small.
# What `lr` and `betas` are for is said in section 6, and `sigma` comes in section 8. (While nbgrader runs the
# notebook, `graded` is true, and all training is cut short.)

# %% tags=["setup"]
seed = 2023
torch.manual_seed(seed)
device = "cuda" if torch.cuda.is_available() else "cpu"
batch_size = 64
nz = 100
lr, betas = 5e-4, (0.5, 0.999)
sigma = 0.5
graded = "NBGRADER_EXECUTION" in os.environ
num_epochs = training_length(100)

# %% [markdown]
# And the data. They come in the shape in which PyTorch keeps pictures: number of images, channels (one, for grey),
# height, width. The sentence that is printed says which digits you got.

# %% tags=["training"]
data = load_images(length=512 if graded else 4096)
print(data.note)
print("shape", tuple(data.shape), "- labels of the first ten:", data.labels[:10].tolist())

# %% [markdown]
# Here are 64 of them. The labels say which digit each one is; the networks won't see those.

# %%
real, labels = next(iter(data.loader(batch_size, seed=seed)))
figures.image_grid(real, "real digits", columns=16)

# %% [markdown]
# Before you begin, five questions. They carry no marks, and nobody keeps your answers. Choose, and open your
# choice: it says at once whether it is right, and why. Where you don't know, guess.

# %%
quiz("mnist_gan.start")

# %% [markdown]
# ## 1. How this lab works (5 minutes)
#
# {Exercises} exercises are marked by machine, {machine_marks} marks in all, and {questions} written questions by your instructor, {written_marks} marks.
# Write your code where you see `raise NotImplementedError()`, then run the cell under it: it shows `✓` and your
# marks at once, or a sentence about what to look at. Run it as often as you like; an exercise counts once. When
# you have handed in, hidden tests follow the same rules with other numbers, and they decide the mark. Pictures
# that come out badly cost nothing: no mark depends on luck.
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
# ## 2. A picture is a row of numbers (15 minutes)
#
# In a file, the grey of a pixel is a whole number from 0, black, to 255, white. Divided by 255 it becomes a float
# between 0 and 1, which is what most libraries mean by "an image". Networks like it better when the numbers lie
# around zero, so GANs use a third range, from -1 to 1. That is how your data came, too.

# %%
figures.pixel_values(real[0])

# %% [markdown]
# There is another reason for this range, and it is called **Tanh**. The generator's last layer could produce any
# number at all, so something has to bring its outputs into the range of pixels, smoothly, so that gradients get
# through. The hyperbolic tangent does: it squeezes the whole line of numbers into (-1, 1).

# %%
figures.pixels_and_tanh(real)

# %% [markdown]
# Look at where the pixels are. Most are background, at the very bottom, and Tanh reaches the bottom with any
# large negative number. Had we left the images in [0, 1], as in the panel on the right, half of what Tanh can make
# would be forbidden ground: a single pixel below zero would give a fake away, and the discriminator would need
# to learn nothing else. And background would be a Tanh of exactly 0, a knife's edge, instead of a whole flat
# region.
#
# ### Exercise {number}: there and back
#
# **Write `to_tanh_range` and `to_image_range`, which bring pixels from [0, 1] to [-1, 1] and back. ({marks} marks)**
#
# | signature | `to_tanh_range(images)`, `to_image_range(images)` |
# |---|---|
# | takes | `images`, a float tensor of any shape, which stays as it is |
# | returns | a new tensor of the same shape |
#
# The pixels 0, 0.25 and 1 become -1, -0.5 and 1, and back again. Nothing is cut off: 1.5 becomes 2.
#
# <details>
# <summary>Hint</summary>
#
# Two points fix a straight line: where should 0 go, and where 1? Plain arithmetic on a tensor makes a new tensor,
# while operators such as `*=` and methods that end in an underscore write into the old one, and the caller's
# images would change behind their back.
#
# </details>

# %% nbgrader={"grade_id": "pixel_ranges"}
def to_tanh_range(images):
    """Bring pixels from [0, 1] to [-1, 1], the range of Tanh.

    Takes a float tensor of any shape. Returns a new one of the same shape; nothing is clamped.
    """
    ### BEGIN SOLUTION
    return 2 * images - 1
    ### END SOLUTION


def to_image_range(images):
    """Bring pixels from [-1, 1] back to [0, 1]: the inverse of `to_tanh_range`.

    Takes a float tensor of any shape. Returns a new one of the same shape; nothing is clamped.
    """
    ### BEGIN SOLUTION
    return (images + 1) / 2
    ### END SOLUTION

# %% [markdown]
# The check goes both ways, with several shapes, and looks whether its images are still what they were.

# %% nbgrader={"grade_id": "test_pixel_ranges"}
check("mnist_gan.pixel_ranges")

# %% [markdown]
# ### Flat
#
# The layers in this lab are plain linear ones, and a linear layer wants a row of numbers, not a square. So the
# square is taken apart: one row of pixels after the other, 28 times 28, which makes 784 numbers.

# %%
figures.flattened(real[0])

# %% [markdown]
# Nothing is lost, and the way back is just as simple. What does disappear is any notion of neighbours. A pixel and
# the one below it are now 28 places apart, and a linear layer treats all 784 alike: you could shuffle them by a
# fixed rule, and it would learn just as well. (Networks that know about neighbours are the subject of the lab on
# DCGAN.)

# %%
flat = real.flatten(1)
back = flat.view(-1, 1, 28, 28)
print(*(tuple(images.shape) for images in (real, flat, back)), sep=" -> ")
print("unchanged:", torch.equal(real, back))

# %% [markdown]
# The 1 in `flatten(1)` says where to start: the first dimension counts the images, and has to stay.
#
# ## 3. Where ideas come from (5 minutes)
#
# A generator is a function, and a function of nothing makes the same thing every time. So it is fed random
# numbers: `nz` of them for each picture, drawn from a normal distribution with mean 0 and variance 1. Such a row
# of numbers is a **latent vector** $z$, and all of them together form the **latent space**. Its axes mean nothing
# at first. Training gives them a meaning, and in section 10 you will take a walk there.
#
# ### Exercise {number}: noise
#
# **Write `get_noise`, which draws latent vectors. ({marks} marks)**
#
# | signature | `get_noise(n_samples, nz=100, device="cpu")` |
# |---|---|
# | takes | how many vectors, how many numbers in each, and where they should live |
# | returns | a float32 tensor of shape `(n_samples, nz)` on `device`, from N(0, 1) |
#
# `get_noise(2, nz=3)` might be
#
# ```
# tensor([[-1.2075,  0.5493, -0.3856],
#         [ 0.6910, -0.7424,  0.1570]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `torch.randn` is normal, `torch.rand` uniform. Both take `device=...`, which draws the numbers where they are
# needed instead of copying them there. There is no need to seed: a function that seeds hands out the same noise
# at every call.
#
# </details>

# %% nbgrader={"grade_id": "get_noise"}
def get_noise(n_samples, nz=100, device="cpu"):
    """Draw latent vectors from a standard normal distribution.

    Returns a float32 tensor of shape (n_samples, nz) on `device`, from torch's global random numbers.
    """
    ### BEGIN SOLUTION
    return torch.randn(n_samples, nz, device=device)
    ### END SOLUTION

# %% [markdown]
# The check looks at shape, type and device, at the spread of the numbers, and at whether two calls differ.

# %% nbgrader={"grade_id": "test_get_noise"}
check("mnist_gan.get_noise")

# %% [markdown]
# ## 4. The two networks (15 minutes)
#
# ### Exercise {number}: the generator
#
# From 100 random numbers to 784 pixels, in three linear layers that widen on the way. Between them stands a
# **LeakyReLU**: like a ReLU, but it passes negative numbers too, at a fifth of their size. A unit that is below
# zero then still has a gradient. In a GAN that matters twice over, since everything that $G$ learns has to come
# back through all the layers of $D$ first.
#
# **Complete `Generator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Generator(nz=100, img_dim=784)` |
# |---|---|
# | takes | latent vectors of shape `(N, nz)` |
# | returns | flat images of shape `(N, img_dim)`, each number between -1 and 1 |
# | hidden layers | 256 and 512 units; after each LeakyReLU with slope 0.2 |
# | last layer | 512 to `img_dim`, then Tanh |
#
# A new generator draws grey fog: the first five pixels of one image might be
#
# ```
# tensor([ 0.0786,  0.2913,  0.0217, -0.0091, -0.0709])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `nn.Sequential` applies layers in the order in which you list them. Say the slope of `nn.LeakyReLU` yourself:
# its default is 0.01, which is next to no leak. And use `nz` and `img_dim`, since somebody may want another
# number of either.
#
# </details>

# %% nbgrader={"grade_id": "generator"}
class Generator(nn.Module):
    """Makes flat images from latent vectors: (N, nz) -> (N, img_dim), values in (-1, 1).

    Linear layers nz -> 256 -> 512 -> img_dim; LeakyReLU with slope 0.2 after the first two, Tanh
    after the last.
    """

    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        ### BEGIN SOLUTION
        self.main = nn.Sequential(
            nn.Linear(nz, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, img_dim),
            nn.Tanh(),
        )
        ### END SOLUTION

    def forward(self, noise):
        ### BEGIN SOLUTION
        return self.main(noise)
        ### END SOLUTION

# %% [markdown]
# The check looks at the layers and at what they do, with numbers of its own as weights and other sizes than 100
# and 784.

# %% nbgrader={"grade_id": "test_generator"}
check("mnist_gan.generator")

# %% [markdown]
# ### Exercise {number}: the discriminator
#
# The same in reverse, 784 numbers in and one out. That last number is where this lab departs from the textbook:
# $D$ has **no sigmoid**. What it returns is a **logit** $\ell$, any number at all, and the probability is
#
# $$D(x) = \sigma(\ell) = \frac{1}{1 + e^{-\ell}}.$$
#
# A logit of 0 stands for "could be either", a positive one for "rather real", a negative one for "rather fake".
# Section 5 shows why we stop one step early.
#
# **Complete `Discriminator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Discriminator(img_dim=784)` |
# |---|---|
# | takes | images of shape `(N, 1, H, W)` with H·W = `img_dim`, or flat ones of shape `(N, img_dim)` |
# | returns | logits of shape `(N, 1)` |
# | hidden layers | 512 and 256 units; after each LeakyReLU with slope 0.2 |
# | last layer | 256 to 1, and nothing else |
#
# A new network knows nothing, so four pictures get four logits near 0, such as
#
# ```
# tensor([[0.0106], [0.1239], [0.0437], [0.0515]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# Real images will come as squares and generated ones as rows. `flatten(1)`, from section 2, turns the first kind
# into the second. What does it do to images that are flat already?
#
# </details>

# %% nbgrader={"grade_id": "discriminator"}
class Discriminator(nn.Module):
    """A logit for each image, positive for "real": (N, 1, H, W) with H·W = img_dim, or (N, img_dim), -> (N, 1).

    Linear layers img_dim -> 512 -> 256 -> 1; LeakyReLU with slope 0.2 after the first two, nothing
    after the last.
    """

    def __init__(self, img_dim=784):
        super().__init__()
        ### BEGIN SOLUTION
        self.main = nn.Sequential(
            nn.Linear(img_dim, 512),
            nn.LeakyReLU(0.2),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2),
            nn.Linear(256, 1),
        )
        ### END SOLUTION

    def forward(self, images):
        ### BEGIN SOLUTION
        return self.main(images.flatten(1))
        ### END SOLUTION

# %% [markdown]
# The check shows it squares and rows, one image alone and many, and images that aren't 28 wide.

# %% nbgrader={"grade_id": "test_discriminator"}
check("mnist_gan.discriminator")

# %% [markdown]
# How big are they? If your layers are right, this prints 559632 and 533505.

# %%
for network in (Generator(), Discriminator()):
    print(type(network).__name__, sum(parameter.numel() for parameter in network.parameters()))

# %% [markdown]
# ## 5. Losses that survive (25 minutes)
#
# The game between the two networks has one value that both fight over,
#
# $$\min_G \max_D\; \mathbb E_{x \sim \text{data}}\big[\log D(x)\big] + \mathbb E_{z}\big[\log\big(1 - D(G(z))\big)\big],$$
#
# and $D$ makes it large by giving real pictures probabilities near 1, and generated ones probabilities near 0.
# With the sign turned round that is a loss, the *binary cross-entropy*: $-\log D(x)$ for a real picture, and
# $-\log(1 - D(G(z)))$ for a generated one.
#
# ### What a float can't hold
#
# On paper it makes no difference whether the network computes $D$ and the loss takes the logarithm, or one formula
# goes from the logit to the loss directly. In float32 it does. A number next to 1 can be told from 1 only as long
# as they are at least $6 \cdot 10^{-8}$ apart, and a confident discriminator comes closer than that.

# %%
for logit in (5.0, 15.0, 17.0, 100.0):
    D = torch.sigmoid(torch.tensor(logit))
    print(f"logit {logit:5.1f}   D = {D:.9f}   1 - D = {1 - D:.1e}   log(1 - D) = {torch.log(1 - D):.1f}")

# %% [markdown]
# From a logit of 17 on, $D$ *is* 1, and the logarithm of zero is minus infinity. The next picture shows the same
# thing as a curve. Up to there, both routes agree.

# %%
figures.logits()

# %% [markdown]
# Infinity as a loss is ugly. The gradient is worse, as it's what the networks learn from. Suppose that $D$ is
# utterly wrong about a generated picture, with a logit of 100. Three ways to compute the same loss:

# %%
routes = {
    "by way of D": lambda logit: -torch.log(1 - torch.sigmoid(logit)),
    "nn.BCELoss": lambda logit: nn.BCELoss()(torch.sigmoid(logit), torch.zeros(1)),
    "from the logit": lambda logit: nn.BCEWithLogitsLoss()(logit, torch.zeros(1)),
}
for name, route in routes.items():
    logit = torch.tensor([100.0], requires_grad=True)
    route(logit).sum().backward()
    print(f"{name:15} loss {route(logit).item():5.1f}   gradient {logit.grad.item():.1f}")

# %% [markdown]
# The first is broken for good: one `nan` in a gradient, and after the next step the weights are `nan`. The second
# looks healthy. PyTorch cuts the logarithm off at -100, so the loss is even right here, but the gradient is
# **zero** where it should be 1. The worst mistake that $D$ can make teaches it nothing, and no message tells you.
# The third is right. It rests on a bit of algebra,
#
# $$-\log\big(1 - \sigma(\ell)\big) = \log\big(1 + e^{\ell}\big) = \max(\ell, 0) + \log\big(1 + e^{-\lvert \ell \rvert}\big),$$
#
# in which no exponent is ever positive and nothing is ever taken away from 1. For a real picture it's the same
# with $-\ell$ in place of $\ell$, because $1 - \sigma(\ell) = \sigma(-\ell)$. Keep that little identity in mind.
#
# ### Exercise {number}: the discriminator's loss
#
# **Write `discriminator_loss`, the mean over the real pictures plus the mean over the generated ones. ({marks} marks)**
#
# $$L_D = \frac1N \sum_{i=1}^{N} -\log \sigma(\ell^{\text{real}}_i) + \frac1M \sum_{j=1}^{M} -\log\big(1 - \sigma(\ell^{\text{fake}}_j)\big)$$
#
# | signature | `discriminator_loss(logits_real, logits_fake)` |
# |---|---|
# | takes | logits of shape `(N, 1)` for real images, and `(M, 1)` for generated ones |
# | returns | the loss, a scalar tensor with its gradient, right up to logits of ±100 |
#
# Say that the real logits are 2 and 0, and that there is one generated logit, -1. The real part is
# (0.127 + 0.693) / 2 = 0.410, the generated part is 0.313, and the loss is 0.723.
#
# <details>
# <summary>Hint</summary>
#
# `F.binary_cross_entropy_with_logits` takes logits and labels of one shape, and averages by itself;
# `torch.ones_like` makes labels that fit. Why two means rather than one over everything? Think of N = 100 and
# M = 1.
#
# </details>

# %% nbgrader={"grade_id": "discriminator_loss"}
def discriminator_loss(logits_real, logits_fake):
    """The discriminator's loss: mean over the real logits plus mean over the generated ones.

    Takes logits of shape (N, 1) and (M, 1); N and M may differ. Returns a scalar tensor, right in
    value and gradient for logits up to ±100.
    """
    ### BEGIN SOLUTION
    errD_real = F.binary_cross_entropy_with_logits(logits_real, torch.ones_like(logits_real))
    errD_fake = F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return errD_real + errD_fake
    ### END SOLUTION

# %% [markdown]
# The check compares values and gradients with those of float64, for small logits and for very large ones.

# %% nbgrader={"grade_id": "test_discriminator_loss"}
check("mnist_gan.discriminator_loss")

# %% [markdown]
# A judge that can't tell has logits of 0. Its loss is $\log 2$ for each kind, $\log 4$ together. Keep the number
# for later.

# %%
undecided = torch.zeros(64, 1)
print(f"undecided: {discriminator_loss(undecided, undecided):.4f}, log 4 = {math.log(4):.4f}")

# %% [markdown]
# ### Exercise {number}: two losses for the generator
#
# By the formula of the game, $G$ should make $\log(1 - D(G(z)))$ small. That is the **saturating** loss. The paper
# that introduced GANs suggests minimising $-\log D(G(z))$ instead, the **non-saturating** loss. Both fall as $D$'s
# probability rises, both want the same thing, and it's tempting to call the difference a detail.
#
# **Write `generator_loss`, which computes either of them. ({marks} marks)**
#
# $$L_G = \frac1N \sum_{i=1}^{N} -\log \sigma(\ell_i), \qquad L_G^{\text{saturating}} = \frac1N \sum_{i=1}^{N} \log\big(1 - \sigma(\ell_i)\big)$$
#
# | signature | `generator_loss(logits_fake, saturating=False)` |
# |---|---|
# | takes | logits of generated images, shape `(N, 1)`, and which of the two is wanted |
# | returns | the loss, a scalar tensor with its gradient, right up to logits of ±100 |
#
# For the logits 2 and -3 the non-saturating loss is (0.127 + 3.049) / 2 = 1.588, and the saturating one is
# (-2.127 - 0.049) / 2 = -1.088. A negative loss is nothing to worry about; what counts is which way is down.
#
# <details>
# <summary>Hint</summary>
#
# `F.softplus(x)` is log(1 + eˣ), and `F.logsigmoid(x)` is log σ(x), both computed the stable way. The identity
# 1 - σ(ℓ) = σ(-ℓ) does the rest. Or else: what does the cross-entropy with the label 0 compute, and what is its
# sign?
#
# </details>

# %% nbgrader={"grade_id": "generator_loss"}
def generator_loss(logits_fake, saturating=False):
    """The generator's loss on the logits of its images, shape (N, 1), as a scalar tensor.

    The mean of -log D; if `saturating`, the mean of log(1 - D), which the generator minimises too.
    Both are right in value and gradient for logits up to ±100.
    """
    ### BEGIN SOLUTION
    if saturating:
        return -F.softplus(logits_fake).mean()
    return F.softplus(-logits_fake).mean()
    ### END SOLUTION

# %% [markdown]
# The check asks for both, in value and gradient, also where $D$ is sure.

# %% nbgrader={"grade_id": "test_generator_loss"}
check("mnist_gan.generator_loss")

# %% [markdown]
# Now look at what your own function teaches. Below, one generated picture gets a logit of -10: $D$ is confident
# that it's fake, and right. What matters for $G$ is the gradient at this logit, since everything else that $G$
# learns is multiplied by it.

# %%
for value in (-10.0, 0.0, 10.0):
    for saturating in (False, True):
        logit = torch.tensor([[value]], requires_grad=True)
        generator_loss(logit, saturating).backward()
        name = "saturating" if saturating else "non-saturating"
        print(f"D = {torch.sigmoid(logit).item():.5f}   {name:15} gradient {logit.grad.item():.6f}")

# %% [markdown]
# With a confident $D$, in the first two lines, one loss says "up, as fast as you can" and the other says nothing:
# the gradients differ by a factor of twenty thousand. In the last two it's the other way round. Here is the whole
# range.

# %%
figures.loss_and_gradient(generator_loss)

# %% [markdown]
# So the two are not the same. They agree on the direction and on nothing else. In a batch, each picture gets its
# own place on these curves: the non-saturating loss gives the worst pictures the most weight, the saturating one
# those that already pass. Early in a game nearly all pictures are bad.
#
# ### A discriminator that is ahead
#
# How confident does a real $D$ get? Try it. First a function that sets up a new game. It seeds, makes fresh
# networks, and gives each an Adam optimiser of its own.

# %% tags=["training"]
def new_game():
    """Fresh networks and optimisers: netG, netD, G's Adam, D's Adam."""
    torch.manual_seed(seed)
    netG, netD = Generator(nz).to(device), Discriminator().to(device)
    optimizerG = torch.optim.Adam(netG.parameters(), lr=lr, betas=betas)
    optimizerD = torch.optim.Adam(netD.parameters(), lr=lr, betas=betas)
    return netG, netD, optimizerG, optimizerD

# %% [markdown]
# Then $D$ has one epoch to itself, 64 batches, while $G$ stands still and makes fog.

# %%
netG, netD, _, teacher = new_game()
for real, _ in data.loader(batch_size, seed=seed):
    fake = netG(get_noise(len(real), nz, device)).detach()
    teacher.zero_grad()
    discriminator_loss(netD(real.to(device)), netD(fake)).backward()
    teacher.step()
print(f"mean logit: real {netD(real.to(device)).mean():.1f}, generated {netD(fake).mean():.1f}")

# %% [markdown]
# Now it is $G$'s turn. How long is the gradient that arrives at its weights, with either loss?

# %%
for saturating in (False, True):
    netG.zero_grad()
    generator_loss(netD(netG(get_noise(64, nz, device))), saturating).backward()
    gradient = torch.cat([parameter.grad.flatten() for parameter in netG.parameters()])
    name = "saturating" if saturating else "non-saturating"
    print(f"{name:15} length of the gradient {gradient.norm():.3f}")

# %% [markdown]
# One epoch, and $D$ is sure of nearly everything. With the saturating loss, what reaches $G$ is several hundred times
# smaller than with the other: $G$ is at its worst, and hears next to nothing about it. For a single picture the
# factor is $e^{-\ell}$; try that with the mean logit above, and then with -10. An optimiser such as Adam, which
# rescales gradients, can repair part of the length. It can't repair which pictures count. From here on we use the
# non-saturating loss.
#
# ## 6. One step (15 minutes)
#
# A training step deals with one batch of real pictures. Both networks learn once, $D$ first:
#
# 1. draw one batch of noise, as many vectors as there are real pictures, and let $G$ make fakes from it;
# 2. update $D$ on the real pictures and the fakes, with `discriminator_loss`. Nothing flows back into $G$;
# 3. show the *same* fakes to $D$ once more, as it is now, after its update;
# 4. update $G$ with the non-saturating `generator_loss` of these logits.
#
# Using the fakes twice saves a forward pass of $G$. In step 2 they are cut off from the graph that leads to $G$,
# in step 4 they are not. Besides the losses, the step reports $D$'s mean probability for the real pictures, and
# for the fakes, both from *before* its update. They are the best thermometer that a GAN has.
#
# ### Exercise {number}: one update each
#
# **Write `train_step`: one update of `netD`, then one of `netG`. ({marks} marks)**
#
# | signature | `train_step(netG, netD, optimizerG, optimizerD, real, nz=100)` |
# |---|---|
# | takes | both networks and their optimisers, `real`, a batch of images in [-1, 1], and `nz` |
# | returns | a dict of four floats: the losses `"errD"` and `"errG"`, and the mean probabilities `"D_x"` for real and `"D_G_z"` for generated images |
# | changes | the weights of both, once each |
#
# Two new networks know nothing yet. With them, the cell under the check prints something like
#
# ```
# {'errD': 1.4383, 'errG': 0.6889, 'D_x': 0.4777, 'D_G_z': 0.503}
# ```
#
# <details>
# <summary>Hint</summary>
#
# `.detach()` gives the same numbers without their history; calling it on the wrong line starves $G$. Gradients
# from step 4 pile up in $D$ as well: who clears them before $D$'s next turn? A mean of probabilities isn't the
# probability of a mean, so send the logits through `torch.sigmoid` first. `.item()` makes a float.
#
# </details>

# %% nbgrader={"grade_id": "train_step"}
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    """One update of netD, then one of netG on the same generated images, through the updated netD.

    `real` is a batch of images in [-1, 1]. Returns a dict of floats: `errD` and `errG`, the losses;
    `D_x` and `D_G_z`, netD's mean probability for the real and the generated images before its update.
    """
    ### BEGIN SOLUTION
    fake = netG(get_noise(len(real), nz, real.device))

    logits_real, logits_fake = netD(real), netD(fake.detach())
    errD = discriminator_loss(logits_real, logits_fake)
    optimizerD.zero_grad()
    errD.backward()
    optimizerD.step()

    errG = generator_loss(netD(fake))
    optimizerG.zero_grad()
    errG.backward()
    optimizerG.step()

    D_x, D_G_z = torch.sigmoid(logits_real).mean(), torch.sigmoid(logits_fake).mean()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}
    ### END SOLUTION

# %% [markdown]
# The check plays several steps on small networks and compares the four numbers and all weights.

# %% nbgrader={"grade_id": "test_train_step"}
check("mnist_gan.train_step")

# %% [markdown]
# One step on two fresh networks. The first loss of $D$ should be near $\log 4$, the first of $G$ near $\log 2$,
# and both probabilities near one half. If one of them isn't, something is wrong before training has begun, and
# it's good to know now.

# %%
netG, netD, optimizerG, optimizerD = new_game()
real, _ = next(iter(data.loader(batch_size, seed=seed)))
step = train_step(netG, netD, optimizerG, optimizerD, real.to(device), nz)
print({name: round(value, 4) for name, value in step.items()})

# %% [markdown]
# A word on the optimiser. Adam keeps a running mean of the gradients, and walks along that. How long it remembers
# is set by the first of the two `betas`: the usual 0.9 looks back over some ten steps, 0.5 over two. In a GAN the
# opponent moves at every step, so old gradients are answers to a question that nobody asks any more. The values
# 0.5 and $2 \cdot 10^{-4}$ were found by trial by the authors of DCGAN, and have been copied ever since. Here `lr`
# is $5 \cdot 10^{-4}$, since a run of a minute has to get somewhere: with $2 \cdot 10^{-4}$ our trials were not only
# slower, they also lost three of the ten digits on the way.
#
# ## 7. Taking pictures (10 minutes)
#
# To see a generator learn, look at what it makes of the *same* noise again and again. If the noise were new each
# time, you couldn't tell whether a picture changed because $G$ did, or because the dice fell differently. Such
# **fixed noise** is drawn once, before the game, and never used for training.
#
# ### Exercise {number}: a grid of samples
#
# **Write `sample_grid`, which makes one large picture of many small ones. ({marks} marks)**
#
# | signature | `sample_grid(netG, fixed_noise, nrow=8)` |
# |---|---|
# | takes | a generator of square grey images, given as rows of pixels, `fixed_noise` of shape `(N, nz)`, and how many images go in a row |
# | returns | one image in [0, 1], laid out by torchvision's `make_grid`, without gradient |
#
# For 64 images of 28x28, eight in a row, `make_grid` returns shape `(3, 242, 242)`: eight times 28 pixels, and a
# margin of 2 around each. (It makes three equal channels out of one.)
#
# <details>
# <summary>Hint</summary>
#
# `make_grid` wants shape `(N, 1, H, W)`; `view` restores the squares, and `math.isqrt` finds their side, which
# needn't be 28. Pixels come from Tanh, and you have a function for that. `normalize=True` would stretch each grid
# to its own darkest and brightest pixel, so that two grids could no longer be compared. `torch.no_grad()` says
# that nobody will want a gradient.
#
# </details>

# %% nbgrader={"grade_id": "sample_grid"}
def sample_grid(netG, fixed_noise, nrow=8):
    """A picture of netG's images of `fixed_noise`, `nrow` in a row: (1, H, W) or (3, H, W), in [0, 1].

    netG makes square grey images, as rows of pixels, (N, img_dim). The picture is free of the graph;
    netG is in the mode that it was in before.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        images = netG(fixed_noise)
    side = math.isqrt(images.shape[1])
    return make_grid(to_image_range(images).view(-1, 1, side, side), nrow=nrow)
    ### END SOLUTION

# %% [markdown]
# The check looks at the picture, at its range, and at whether the generator is as it was.

# %% nbgrader={"grade_id": "test_sample_grid"}
check("mnist_gan.sample_grid")

# %% [markdown]
# The first picture is of your generator after a single step. It should be fog.

# %%
figures.image_grid(sample_grid(netG, get_noise(16, nz, device)))

# %% [markdown]
# ## 8. The game (5 minutes)
#
# One trick goes into the loop. $G$ starts with fog, and for a long time its background is a little grainy, while that
# of a real picture is perfectly black. To tell black from almost black is then all that $D$ has to learn, and $G$
# hears a great deal about the background and little about digits. So the real pictures are sprinkled with noise:
# much at first, less with each epoch, none in the last third. As long as the real ones are grainy too, grain gives nobody
# away, and $D$ has to look for something better. The idea is known as *instance noise*, and there the fakes are
# sprinkled as well.

# %%
levels = torch.linspace(sigma, 0, 8)
sprinkled = real[:1] + levels.view(-1, 1, 1, 1) * torch.randn(8, 1, 28, 28)
figures.strip(sprinkled, [f"{level:.2f}" for level in levels])

# %% [markdown]
# The loop is given. For each batch it sprinkles, calls your step and writes down what that reports. After each
# epoch it takes a picture. Number 0 is taken before the first step.

# %% tags=["training"]
def train(netG, netD, optimizerG, optimizerD, loader, num_epochs, fixed_noise, sigma=sigma):
    """Play num_epochs epochs. Returns a dict of lists: four floats per batch, and a grid per epoch."""
    history = {"errD": [], "errG": [], "D_x": [], "D_G_z": []}
    grids = [sample_grid(netG, fixed_noise).cpu()]
    for epoch in tqdm(range(num_epochs), desc="epochs", disable=graded):
        level = sigma * max(0, 1 - 1.5 * epoch / num_epochs)
        for real, _ in loader:
            real = (real + level * torch.randn_like(real)).to(device)
            step = train_step(netG, netD, optimizerG, optimizerD, real, fixed_noise.shape[1])
            for name, values in history.items():
                values.append(step[name])
        grids.append(sample_grid(netG, fixed_noise).cpu())
    return history | {"grids": grids}

# %% [markdown]
# Now play. This takes a minute or two. Run the cell again, and it starts a new game from the same position.

# %% tags=["training"]
netG, netD, optimizerG, optimizerD = new_game()
fixed_noise = get_noise(64, nz, device)
loader = data.loader(batch_size, seed=seed)
history = train(netG, netD, optimizerG, optimizerD, loader, num_epochs, fixed_noise)
print({name: round(history[name][-1], 2) for name in ("errD", "errG", "D_x", "D_G_z")})

# %% [markdown]
# ## 9. What happened? (10 minutes)
#
# ### In numbers
#
# The thick lines are means over an epoch, the thin ones single batches. The dotted lines are the losses of a $D$
# that can only guess.

# %%
figures.loss_curves(history["errD"], history["errG"], batches_per_epoch=len(loader), summed=True)

# %% [markdown]
# In most of machine learning a falling loss is good news. Not here. Each loss is measured against an opponent who
# learns too, so neither says how good the pictures are: when $G$ finds a trick its loss drops and $D$'s climbs, then
# $D$ sees through it and they swing back. $D$'s curve below the green dots and $G$'s above the orange ones means that
# $D$ is ahead. As the sprinkling fades its task becomes easier, so $G$'s loss may even climb while its pictures
# become better.
#
# The probabilities say the same thing in plainer words.

# %%
figures.probabilities(history["D_x"], history["D_G_z"], batches_per_epoch=len(loader))

# %% [markdown]
# How to read them:
#
# - **Both near 0.5**: $D$ can't tell. Either $G$ has become very good, or $D$ knows nothing yet, as on the far left.
#   The pictures show which.
# - **$D(x)$ well above, $D(G(z))$ well below**: $D$ is ahead, and as long as the gap widens slowly, $G$ keeps up.
#   This is what a healthy game mostly looks like.
# - **$D(x)$ at 1 and $D(G(z))$ at 0, for good**: $D$ has won, and $G$ learns next to nothing any more.
# - **Both leaping up and down together**, more than single batches do: the two chase each other in circles.
#
# Which of these do you see, and when?
#
# ### In pictures
#
# The same 64 latent vectors, early, later and at the end. Pick one place in the grid and follow it.

# %%
figures.grids_over_epochs(history["grids"])

# %% [markdown]
# First a shape appears that is no digit and all of them: bright where there is often ink. Every place in the grid
# shows about the same, whatever its noise. Only then do the pictures part, and become one digit here and another
# there. And the same as a film:

# %%
figures.animate_grids(history["grids"])

# %% [markdown]
# ### Real and fake side by side
#
# Fresh noise, which $G$ has never met, beside as many real pictures. Look at both from a distance first, then
# closely. What gives the fakes away?

# %%
with torch.inference_mode():
    fakes = netG(get_noise(256, nz, device)).view(-1, 1, 28, 28).cpu()
figures.real_beside_generated(real.cpu(), fakes[:64])

# %% [markdown]
# ### Has it only copied?
#
# A generator that learned the data by heart would draw lovely digits. One way to find out is to look for the real
# picture that is closest to each fake, pixel by pixel. If the two were always the same, $G$ would be a photocopier.

# %%
everything = data.images(slice(None))
closest = torch.cdist(fakes.flatten(1), everything.flatten(1)).argmin(dim=1)
figures.pairs(fakes[:12], everything[closest[:12]], ("generated", "closest real"))

# %% [markdown]
# The same search gives a rough count for free. The closest real pictures have labels, so let them vote on
# which digit each of the 256 fakes is. It isn't a reliable vote, as pixels are a poor measure of likeness, but it
# is enough to see whether a digit is missing. Among the real pictures each digit makes up about a tenth.

# %%
counts = torch.bincount(data.labels[closest], minlength=10)
for digit, count in enumerate(counts.tolist()):
    print(digit, f"{count:3}", "#" * (count // 2))

# %% [markdown]
# If one line is empty and another very long, $G$ has found that some digits are easier to pass off than others, and
# neglects the rest. When that goes so far that all noise ends up in the same picture or two, it is called **mode
# collapse**. $D$ is shown pictures in a batch but judges each by itself, so it doesn't object to the same good 7
# sixty-four times over, until it learns to distrust that 7.
#
# ## 10. A walk through the latent space (5 minutes)
#
# Between two latent vectors there are others, and $G$ makes a picture of each. If it has learned by heart, the
# pictures should jump from one to the next. If it has learned what digits are like, one should melt into the other.
#
# The straight way from $z_0$ to $z_1$ cuts a corner: half-way along it the numbers have variance ½ and not 1, and
# $G$ has seldom met such noise. A quarter circle stays at home,
#
# $$z(t) = \cos\big(\tfrac{\pi}{2} t\big)\, z_0 + \sin\big(\tfrac{\pi}{2} t\big)\, z_1, \qquad 0 \le t \le 1,$$
#
# for as $\cos^2 + \sin^2 = 1$, each $z(t)$ is again N(0, 1) when $z_0$ and $z_1$ are.

# %%
def walk(start, end, steps):
    """Images on the way from latent vector `start` to `end`, both of shape (nz,): (steps, 1, 28, 28)."""
    angle = torch.linspace(0, math.pi / 2, steps, device=start.device).view(-1, 1)
    with torch.inference_mode():
        images = netG(torch.cos(angle) * start + torch.sin(angle) * end)
    return images.view(-1, 1, 28, 28).cpu()

# %% [markdown]
# Ten steps from the first vector of the fixed noise to the second. Choose other numbers, from 0 to 63, to walk
# elsewhere.

# %%
start, end = fixed_noise[0], fixed_noise[1]
times = [f"{step / 9:.2f}" for step in range(10)]
figures.strip(walk(start, end, 10), times)

# %% [markdown]
# The same way in fifty steps, under your own hand.

# %%
figures.slider(walk(start, end, 50))

# %% [markdown]
# Somewhere on the way one digit stops and the next begins, and in between there are shapes that are neither. $G$
# is a continuous function: it can't jump, so it has to draw *something* there. The data have no such pictures.
# Look closely at how it gets across: does a stroke move, or does one fade while another comes up?
#
# ## 11. Four questions (15 minutes)
#
# Answer in your own words, and look at your own figures while you do. Two to five sentences each will do.

# %% [markdown] nbgrader={"grade_id": "question_1_text"}
# **Question 1 ({marks} marks).** Look at your curves of D(x) and D(G(z)). Where do they stand at the end of your run, and
# why would it be good news if D answered 0.5 for everything? Would it prove that the pictures are good?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what the student's own curves show at the end: both values, read off roughly, or the gap between them.
# - 2 marks: why one half is good news: D can't tell real from generated any more (1); that is the best D can do
#   when G has the distribution of the data, the optimum of the game (1).
# - 1 mark: no proof: a weak, broken or badly trained D answers 0.5 as well; an untrained one does.
# - 1 mark: what else one has to look at, or how to tell the cases apart: the pictures themselves, their variety, or
#   whether a fresh D, trained longer, can still tell.
#
# Half answers: "0.5 means 50 % accuracy" without what that says about G, 2 in all. "It is good because both
# networks are equally strong", with no look at the own curves, at most 2. "0.5 is bad because D should be
# right", at most 1 (for the own values).
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_1"}
# === BEGIN SOLUTION ===
# At the end D(x) is about 0.78 and D(G(z)) about 0.22. They were at 0.68 and 0.34 around epoch 30 and have parted
# slowly since, so D is ahead: for most pictures it has a fair idea where they come from. If it answered 0.5 for everything, it could no
# longer tell real from generated, and that is the best that any D can do when G has exactly the distribution of the
# data. It would not be a proof. My curves start near 0.5 too, when D knows nothing and the pictures are fog, and a D
# that is too small or has stopped learning would also say 0.5. To tell, I would look at the pictures and how varied
# they are, or train a fresh D for longer and see whether it finds a difference.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_2_text"}
# **Question 2 ({marks} marks).** What would mode collapse look like in your grid of samples? Compare with what you see
# there, and in the count of closest digits: has your generator collapsed, wholly or in part?
#
# === BEGIN MARK SCHEME ===
# - 2 marks: what it is and what it looks like: many different latent vectors give (nearly) the same picture (1), so
#   the grid shows one digit or a few, over and over, however sharp each may be (1).
# - 1 mark: what the student's own grid shows: which digits or shapes come often, rarely, or never.
# - 1 mark: what the own count says, with numbers, and whether it agrees with the eye; or a doubt about the count.
# - 1 mark: a conclusion that follows from these; or why a collapse is possible at all: D judges each picture alone,
#   so G is never punished for repeating itself until D has learned the one it repeats.
#
# Half answers: "all pictures look the same", with no look at the own grid, 2 in all. Collapse taken for blurry or
# noisy pictures: at most 1. "No, because all ten digits appear in the count" with no look at the pictures: at
# most 3.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_2"}
# === BEGIN SOLUTION ===
# With mode collapse, different latent vectors would give the same picture: all 64 places of the grid would show the
# same 7, say, perhaps a very good one. My grid looked like that in the first few epochs, when every place had the
# same blur. At the end the places differ, but there is no picture that I would call a 4. The count says the same: of
# 256 fakes 55 are closest to a 1 and 46 to a 3, but only 4 to a 9 and none to a 4, where about 26 each would be fair.
# So it has collapsed in part: it is varied, but neglects two digits. It gets away with it because D judges each
# picture by itself and never sees that there are too many 1s.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_3_text"}
# **Question 3 ({marks} marks).** In section 5 the discriminator got an epoch's lead. Explain, with the numbers that your
# cells printed there, what would happen to a generator that starts from this position with the saturating loss, and
# why the other loss has no such trouble.
#
# === BEGIN MARK SCHEME ===
# - 1 mark: the student's own numbers are used: the mean logits, or the lengths of both gradients.
# - 1 mark: with the saturating loss hardly any gradient reaches G, so it hardly learns (or: learns very slowly, or
#   from the few pictures that D is least sure of).
# - 2 marks: why: its derivative at a logit is -σ(l), in words or symbols, and σ(l) is nearly 0 for a picture that D
#   rejects (1); the non-saturating one has -(1 - σ(l)), nearly -1 there (1).
# - 1 mark: both losses want the same thing (larger D(G(z))), or have the same direction for one picture, yet differ
#   in size and so in which pictures count; or that Adam's rescaling repairs the length in part, but not which
#   pictures count.
#
# Half answers: "the gradient vanishes" without numbers or reason, 2 in all. A reason that mixes up the two losses,
# at most 2. "The saturating loss is negative, so it goes the wrong way", at most 1.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_3"}
# === BEGIN SOLUTION ===
# After one epoch alone D gave the generated pictures a mean logit of -6.6, and the gradient that reached G had length
# 0.020 with the saturating loss and 12.752 with the other, some 600 times as much. Starting from there with the saturating
# loss, G would hardly move, and what little it heard would come from the few pictures that D is least sure of. The
# reason is the derivative at the logit: it is -σ(l) for log(1 - D), nearly 0 where D rejects a picture, and
# -(1 - σ(l)) for -log D, nearly -1 there. Both push the logit up, so they want the same, but the saturating loss
# pushes hardest where it is needed least. Adam rescales the gradients and so repairs part of the length, but not
# which pictures count.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_4_text"}
# **Question 4 ({marks} marks).** Does your generator copy, or has it learned what digits are like? Use the pairs of
# closest pictures and your walk through the latent space, and say what each of them can't tell.
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what the student's own pairs show: how like the closest real pictures are, with an example.
# - 1 mark: what the own walk shows: a gradual change or jumps, and what lies between the two digits.
# - 1 mark: what follows: differences from the closest picture speak against copying; a gradual change says that G
#   fills the space between the pictures that it was shown.
# - 1 mark: a limit of the pairs: pixel distance is poor (a shift or a thicker stroke makes a copy look far away), or
#   a dozen pairs are few.
# - 1 mark: a limit of the walk: any continuous G changes gradually, one that has collapsed or copies too; or the
#   half-way pictures needn't be digits at all.
#
# Half answers: "it has learned, since the digits look new", with no look at pairs or walk, 1 in all. Only one of
# the two figures used: at most 3. Either verdict may be right; it must follow from what is described.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_4"}
# === BEGIN SOLUTION ===
# I think that it hasn't copied. The second pair is a bold 6 over a bold 6, but the fake has ragged edges and stands
# more upright, and the tenth fake, a 3 with a closed upper half, has an 8 as its closest real picture, so there is
# nothing that it could be a copy of. The walk goes from a 1 to a 6: the 1 gets a little thinner, then it fades, at 0.67
# there is a grey shape that is neither, and out of that comes the 6. So between the digits there is something that G
# was never shown, which a photocopier wouldn't have. Both pieces of evidence have limits. The distance between pixels
# is large for a copy that is only shifted or bolder, so a far closest picture proves little. And G is a continuous
# function, so a walk can't jump, even if G had learned some pictures by heart; the half-way pictures aren't digits
# anyway.
# === END SOLUTION ===

# %% [markdown]
# ## 12. What do you know now? (5 minutes)
#
# Some more questions without marks, to see for yourself what has stayed. Open the option that you would choose,
# then the others.

# %%
quiz("mnist_gan.end")

# %% [markdown]
# ## 13. Free play (as long as you like)
#
# No marks from here on. The cell below plays one game with settings of your choice and shows where it ends, in a
# picture and in numbers. It leaves your trained networks alone.

# %%
play_epochs = training_length(20)

def play(images=data, nz=nz, lr_D=lr, lr_G=lr, betas=betas, sigma=sigma, seed=seed, epochs=play_epochs):
    """Train new networks, and show a grid of samples and D's probabilities."""
    torch.manual_seed(seed)
    forger, judge = Generator(nz).to(device), Discriminator().to(device)
    adam_G = torch.optim.Adam(forger.parameters(), lr=lr_G, betas=betas)
    adam_D = torch.optim.Adam(judge.parameters(), lr=lr_D, betas=betas)
    batches, latent = images.loader(batch_size, seed=seed), get_noise(64, nz, device)
    game = train(forger, judge, adam_G, adam_D, batches, epochs, latent, sigma)
    figures.image_grid(game["grids"][-1], f"nz {nz}, lr_D {lr_D}, lr_G {lr_G}, sigma {sigma}")
    figures.probabilities(game["D_x"], game["D_G_z"], len(batches))

# %% [markdown]
# **Two dice instead of a hundred.** How many latent numbers does it take to draw ten digits in many hands? With
# `nz=2` you could even draw a map of all that the generator knows.

# %%
play(nz=2)

# %% [markdown]
# **No sprinkling.** The same game on clean pictures from the start. Compare the curves as well as the pictures.

# %%
play(sigma=0)

# %% [markdown]
# **Other ideas.** `play(lr_D=2e-4, lr_G=2e-4)` has the rates that everybody takes. `play(lr_D=2e-3)` has a judge
# that learns four times faster than the forger. Is a sharper judge a
# better teacher, or does it leave $G$ behind? `play(betas=(0.9, 0.999))` gives Adam its usual long memory.
# `play(seed=7)` is the same game with other random numbers; before you call any change an improvement, see how far
# apart the results of mere luck lie. `play(load_images("fashion", download=True, length=4096))` fetches pictures of
# clothes (some 30 MB) and learns those, and `"mnist"` instead fetches the handwritten digits on which GANs were
# first tried.
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
# - I. Goodfellow, J. Pouget-Abadie, M. Mirza, B. Xu, D. Warde-Farley, S. Ozair, A. Courville, Y. Bengio.
#   *Generative Adversarial Nets.* NeurIPS 2014. [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). The game, both
#   losses of $G$, and the optimum at one half; its first experiments are on MNIST.
# - A. Radford, L. Metz, S. Chintala. *Unsupervised Representation Learning with Deep Convolutional Generative
#   Adversarial Networks.* ICLR 2016. [arXiv:1511.06434](https://arxiv.org/abs/1511.06434). Adam with
#   $2 \cdot 10^{-4}$ and 0.5, LeakyReLU with slope 0.2, Tanh, and walks through the latent space.
# - C. K. Sønderby, J. Caballero, L. Theis, W. Shi, F. Huszár. *Amortised MAP Inference for Image Super-resolution.*
#   ICLR 2017. [arXiv:1610.04490](https://arxiv.org/abs/1610.04490). Instance noise.
# - T. White. *Sampling Generative Networks.* 2016. [arXiv:1609.04468](https://arxiv.org/abs/1609.04468). Why to
#   walk along a circle.
# - Y. LeCun, C. Cortes, C. Burges. *The MNIST database of handwritten digits.* The data set that `load_images`
#   takes when it is there.

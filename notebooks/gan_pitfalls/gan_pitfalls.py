# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What goes wrong with GANs
#
# A GAN that works is a pleasant sight. It is also a poor teacher: from a run that goes well you can't tell which
# of its parts made it go well. So this lab takes GANs apart. You will see a game that goes round in circles for
# ever, a judge so good that it stops teaching, a forger that gives the same answer to every question, and six runs
# from which you shall read what was wrong with them.
#
# All of it happens in the plane, with networks so small that a game takes a second or two. You can watch each
# failure, measure it, and mend it. On the way you will also build another kind of GAN, whose judge has no
# probabilities at all but a landscape of costs, and compare a GAN with its quiet relative, the VAE.
#
# You should have met a GAN before, in the lab on the sine curve or in one of those on digits. The lab takes about
# two hours, of which the runs take two or three minutes.

# %% tags=["setup"]
import math

import torch
import torch.nn.functional as F
from torch import nn
from tqdm.auto import tqdm

from autograder import check, check_identity, figures, load_histories, quiz, summarise_marks, training_length

# %% [markdown]
# The settings come next. Everything runs on the CPU, and every game in this lab starts from a seed, so that what
# you see comes back when you run a cell again.

# %% tags=["setup"]
seed = 2023
torch.manual_seed(seed)
batch_size = 128
lr, betas = 1e-3, (0.5, 0.999)
num_steps = training_length(1000)

# %% [markdown]
# Before you start: what do you remember of GANs? The questions below count for nothing. Choose, and you are told
# at once why a choice is right or wrong.

# %%
quiz("gan_pitfalls.start")

# %% [markdown]
# ## 1. How this lab works (5 minutes)
#
# {Exercises} exercises are marked by machine, {machine_marks} marks in all, and {questions} written questions by your instructor, {written_marks} marks.
# Write your code where you see `raise NotImplementedError()`, then run the cell under it: it shows `✓` and your
# marks at once, or a sentence about what to look at. Run it as often as you like; an exercise counts once. When
# you have handed in, hidden tests follow the same rules with other numbers, and they decide the mark. No mark
# depends on how a training run comes out.
#
# The text says again and again what runs do: "found all eight in 10 of 10 games". Such numbers were counted, with ten
# seeds other than yours. A single run of a GAN proves little, and you should get used to asking: out of how many?
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
# ## 2. A game with two numbers (15 minutes)
#
# Strip a GAN of everything: no images, no networks, just two players with one number each. The first owns $x$ and
# wants the value $x \cdot y$ to be small. The second owns $y$ and wants it to be large,
#
# $$\min_x \max_y\; x \cdot y.$$
#
# The only place where neither can gain by moving is $(0, 0)$. It is the solution of the game, as "G has the
# distribution of the data, D answers ½" is of a GAN. But look at what surrounds it.

# %%
figures.saddle()

# %% [markdown]
# This is no valley with $(0, 0)$ at its bottom. It's a saddle, and each arrow shows what both players do there:
# $x$ follows $-\partial(xy)/\partial x = -y$ downhill, $y$ follows $+\partial(xy)/\partial y = x$ uphill. The
# arrows go round the middle. None of them points at it.
#
# ### Exercise {number}: in turns
#
# As in a GAN, the players take turns. First $y$ makes a step of size `lr` up its slope, then $x$ makes one down
# its own, and it already sees the new $y$:
#
# $$y \leftarrow y + \eta\, x, \qquad x \leftarrow x - \eta\, y.$$
#
# **Write `xy_game`, which plays the game and returns the path. ({marks} marks)**
#
# | signature | `xy_game(x, y, steps, lr=1.0)` |
# |---|---|
# | takes | the start, two numbers; how many steps; the step size η |
# | returns | a list of `steps + 1` pairs `(x, y)` of floats, the start included |
#
# A step moves both players. From (1, 1) with `lr=1.0`, $y$ goes to 1 + 1 = 2, then $x$ to 1 - 2 = -1, so
# `xy_game(1, 1, 1)` is `[(1.0, 1.0), (-1.0, 2.0)]`.
#
# <details>
# <summary>Hint</summary>
#
# The two updates are two separate statements, in the order above: Python then uses the new value in the second one
# by itself. What does a tuple assignment on one line do instead? `float` turns whatever number came in
# into a float.
#
# </details>

# %% nbgrader={"grade_id": "xy_game"}
def xy_game(x, y, steps, lr=1.0):
    """Play the game of x·y: x goes down its slope, y goes up its own, in turns, y first.

    Returns a list of steps + 1 pairs (x, y) of floats, the start included; a step moves both.
    """
    ### BEGIN SOLUTION
    path = [(float(x), float(y))]
    for _ in range(steps):
        y = y + lr * x
        x = x - lr * y
        path.append((float(x), float(y)))
    return path
    ### END SOLUTION

# %% [markdown]
# The check plays from several places with several step sizes, and looks at the start and at the length, too.

# %% nbgrader={"grade_id": "test_xy_game"}
check("gan_pitfalls.xy_game")

# %% [markdown]
# Six steps from (1, 1). Look at the last pair.

# %%
print(*xy_game(1, 1, 6), sep="\n")

# %% [markdown]
# After six steps you are back where you started, and so it goes on for ever. Nobody plays badly here. Each step is
# the right answer to the opponent's last one, and yet the players come no nearer to the solution.
#
# It can be worse. If both move at once, each answers where the other one *was*:

# %%
def both_at_once(x, y, steps, lr=1.0):
    """The same game, but both players move at the same time."""
    path = [(x, y)]
    for step in range(steps):
        x, y = x - lr * y, y + lr * x
        path.append((x, y))
    return path

figures.xy_paths(xy_game(1, 1, 12), both_at_once(1.0, 1.0, 5))

# %% [markdown]
# On the left twelve steps, twice round the same six points. On the right five steps, and each is $\sqrt 2$
# times as far from the middle as the one before. A smaller step size slows it down, but the length still grows, by
# $\sqrt{1 + \eta^2}$ in each step. Is a small step size at least good for the game in turns?

# %%
for step_size in (1.0, 0.1, 0.01):
    path = xy_game(1, 1, 2000, lr=step_size)
    nearest = min(math.hypot(x, y) for x, y in path)
    farthest = max(math.hypot(x, y) for x, y in path)
    print(f"lr {step_size:4}: between {nearest:.2f} and {farthest:.2f} from the middle")

# %% [markdown]
# It only makes the circle rounder. In other kinds of learning, a smaller rate and more patience bring you closer to
# the optimum. Here they don't: what you hope to reach is a balance between two opponents, and not the bottom of
# anything. So don't expect the losses of a GAN to settle down, and don't be surprised if it gets worse after having
# been good.
#
# Real GANs aren't quite as hopeless. Their game isn't bilinear, data are noisy, and curvature damps the circles.
# But they do circle, as you'll see in section 7.
#
# ## 3. The perfect discriminator (15 minutes)
#
# Now the opposite thought: let $D$ be as good as can be. Suppose that $G$ stands still, and that you know both
# densities, $p_{\text{data}}$ of the real samples and $p_G$ of the generated ones. A point $x$ then adds
#
# $$p_{\text{data}}(x) \log D(x) + p_G(x) \log\big(1 - D(x)\big)$$
#
# to the value that $D$ maximises, and $D(x)$ may be chosen for each point by itself. Set the derivative with
# respect to $D(x)$ to zero, and out comes
#
# $$D^*(x) = \frac{p_{\text{data}}(x)}{p_{\text{data}}(x) + p_G(x)}.$$
#
# In words: of all the samples that turn up at $x$, the share that is real. Where only real ones turn up it's 1, and
# where both are equally frequent it's one half. Where neither ever turns up the formula says 0/0, and any answer is
# as good as any other; let us say one half.
#
# ### Exercise {number}: the best answer
#
# **Write `optimal_discriminator`, the best answer for each point. ({marks} marks)**
#
# | signature | `optimal_discriminator(p_data, p_g)` |
# |---|---|
# | takes | two tensors of the same shape, the values of both densities at some points, none negative |
# | returns | a tensor of that shape: $D^*$ at each point, and 0.5 where both densities are 0 |
#
# For `p_data = [0.3, 0.0, 0.2, 0.0]` and `p_g = [0.1, 0.5, 0.2, 0.0]` the answers are `[0.75, 0.0, 0.5, 0.5]`.
#
# <details>
# <summary>Hint</summary>
#
# 0/0 is `nan` in PyTorch, and it comes without any warning. `torch.where` chooses, element by element, between
# two tensors or numbers. A small number added below the line would avoid the `nan` too, but what would the answer
# be where both densities are 0, or both tiny?
#
# </details>

# %% nbgrader={"grade_id": "optimal_discriminator"}
def optimal_discriminator(p_data, p_g):
    """The best discriminator's answer where the densities are `p_data` and `p_g`, elementwise; 0.5 where both are 0.

    Takes tensors of one shape with values >= 0, which need not be normalised.
    """
    ### BEGIN SOLUTION
    total = p_data + p_g
    return torch.where(total > 0, p_data / total.where(total > 0, 1.0), 0.5)
    ### END SOLUTION

# %% [markdown]
# The check uses densities with zeros in either, in both, and very small ones.

# %% nbgrader={"grade_id": "test_optimal_discriminator"}
check("gan_pitfalls.optimal_discriminator")

# %% [markdown]
# Here are two overlapping densities and the best judge for them. The generated one is narrower and lies too far to
# the right.

# %%
def normal(x, mean, spread):
    """The density of a normal distribution at the points `x`."""
    return torch.exp(-(((x - mean) / spread) ** 2) / 2) / (spread * math.sqrt(2 * math.pi))

x = torch.linspace(-4, 4, 401)
p_data, p_g = normal(x, -0.5, 1.0), normal(x, 0.8, 0.6)
figures.best_judge(x, p_data, p_g, optimal_discriminator(p_data, p_g))

# %% [markdown]
# A generator that climbs the lower curve moves its samples to the left, and that is right. Note the far right:
# $D^*$ rises again there, because a wide density beats a narrow one far out. A judge's slope is only local
# advice.
#
# ### Exercise {number}: how much there is to see
#
# With $D^*$ in place, the value of the game becomes a function of the two distributions alone. Work it out, and
# you find
#
# $$V(D^*, G) = 2 \operatorname{JS}(p_{\text{data}}, p_G) - \log 4,$$
#
# where JS is the **Jensen-Shannon divergence**. It compares both distributions with their average $m$:
#
# $$\operatorname{JS}(p, q) = \tfrac12 \sum_i p_i \log \frac{p_i}{m_i}
# + \tfrac12 \sum_i q_i \log \frac{q_i}{m_i}, \qquad m_i = \frac{p_i + q_i}{2}.$$
#
# It is 0 when the two are the same, and never more than $\log 2$. So against a perfect judge, $G$ minimises JS.
#
# **Write `js_divergence` for distributions over finitely many places. ({marks} marks)**
#
# | signature | `js_divergence(p, q)` |
# |---|---|
# | takes | two tensors of shape `(n,)`, each of which sums to 1, zeros allowed |
# | returns | the divergence, a scalar tensor, with the natural logarithm |
#
# For `p = [0.5, 0.5, 0.0]` and `q = [0.0, 0.5, 0.5]` the average is `[0.25, 0.5, 0.25]`, and both sums are
# 0.5 · log 2 + 0.5 · log 1 = 0.3466. So the divergence is 0.3466.
#
# <details>
# <summary>Hint</summary>
#
# A place with $p_i = 0$ adds nothing, but `0 * log(0)` is `nan` for a computer. `torch.special.xlogy(a, b)` is
# a · log(b), with 0 wherever a is 0. And where is $m_i$ zero?
#
# </details>

# %% nbgrader={"grade_id": "js_divergence"}
def js_divergence(p, q):
    """The Jensen-Shannon divergence, in nats, of two 1-D tensors that each sum to 1, as a scalar tensor.

    Zeros are allowed: 0 · log 0 counts as 0.
    """
    ### BEGIN SOLUTION
    middle = (p + q) / 2
    kl = [torch.special.xlogy(one, one / middle.where(middle > 0, 1.0)).sum() for one in (p, q)]
    return (kl[0] + kl[1]) / 2
    ### END SOLUTION

# %% [markdown]
# The check looks at equal distributions, at ones that never meet, and at those between.

# %% nbgrader={"grade_id": "test_js_divergence"}
check("gan_pitfalls.js_divergence")

# %% [markdown]
# Now push one distribution away from the other, and see how the divergence grows. Three pairs of normal
# distributions, wide ones to very narrow ones:

# %%
places, shifts = torch.linspace(-8, 8, 3201), torch.linspace(-4, 4, 81)
curves = {}
for spread in (1.0, 0.3, 0.03):
    fixed = normal(places, 0.0, spread)
    moved = [normal(places, float(shift), spread) for shift in shifts]
    pairs = [(fixed / fixed.sum(), q / q.sum()) for q in moved]
    curves[f"spread {spread}"] = torch.stack([js_divergence(p, q) for p, q in pairs])

figures.divergence_over_shift(shifts, curves)

# %% [markdown]
# Once the two hardly overlap, JS is $\log 2$, whether they are close or miles apart. The curve is flat there, and
# what has no slope gives no direction: $G$ learns nothing from it. **The discriminator that wins stops
# teaching.**
#
# Look at the narrowest pair. For it "hardly overlap" begins at a tenth of a unit. Images of faces or digits are
# narrower still: among all the ways to fill 64 x 64 pixels they are as rare as a line in a plane, and two lines
# in a plane don't overlap, they cross at best. So two thin distributions can nearly always be told apart without
# a single mistake, and with a strong enough judge every GAN starts in the flat part.
#
# ## 4. The vanishing gradient (15 minutes)
#
# What saves GANs is that $G$ needn't minimise the value of the game. It may take another loss with the same
# aim. For one generated sample with the logit $\ell$, so that $D(G(z)) = \sigma(\ell)$, the two candidates are
#
# $$\underbrace{\log\big(1 - \sigma(\ell)\big)}_{\text{saturating}}
# \qquad\text{and}\qquad \underbrace{-\log \sigma(\ell)}_{\text{non-saturating}}.$$
#
# What $G$ learns passes through $\ell$, by the chain rule. So the derivative of the loss with respect to $\ell$ is a
# factor of all that reaches $G$. Take pen and paper: the derivative of $\sigma$ is $\sigma (1 - \sigma)$.
#
# ### Exercise {number}: what reaches the generator
#
# **Write `generator_gradients`, the derivatives of both losses at each logit. ({marks} marks)**
#
# | signature | `generator_gradients(logits)` |
# |---|---|
# | takes | a tensor of logits, of any shape |
# | returns | two tensors of that shape: the derivative of the saturating loss, and of the non-saturating one |
#
# Each element has a loss of its own; nothing is averaged. For `torch.tensor([0.0, 2.0])` the answer is
# `[-0.5000, -0.8808]` and `[-0.5000, -0.1192]`.
#
# <details>
# <summary>Hint</summary>
#
# Both derivatives simplify until one `torch.sigmoid` is left, and 1 - σ(ℓ) = σ(-ℓ) keeps the second one exact for
# large logits. If you would rather let PyTorch do it, `torch.autograd.grad` of a *sum* of separate losses
# gives each element its own derivative; a mean would divide them by how many there are.
#
# </details>

# %% nbgrader={"grade_id": "generator_gradients"}
def generator_gradients(logits):
    """(saturating, non-saturating): the derivative of each element's own loss by its logit, shaped like `logits`.

    The losses of a generated image with the logit l are log(1 - σ(l)) and -log σ(l).
    """
    ### BEGIN SOLUTION
    return -torch.sigmoid(logits), -torch.sigmoid(-logits)
    ### END SOLUTION

# %% [markdown]
# The check asks for logits up to ±100, in several shapes.

# %% nbgrader={"grade_id": "test_generator_gradients"}
check("gan_pitfalls.generator_gradients")

# %% [markdown]
# Three judges: one that is quite sure that the sample is fake, one that is fairly sure, and one that can't tell.

# %%
levels = torch.tensor([-8.0, -4.0, 0.0])
saturating, other = generator_gradients(levels)
for level, a, b in zip(levels, saturating, other):
    print(f"logit {level:4.0f}   D = {torch.sigmoid(level):.5f}   saturating {a:.5f}   non-saturating {b:.5f}")

# %% [markdown]
# At a logit of -8 the first gradient is three thousand times smaller than the second. And the worse a sample is, the
# smaller it gets.
#
# ### See it stall
#
# Time for a run. First some parts that all games of this lab share: a network of linear layers, the loss of $D$
# straight from logits, and one step of an optimiser.

# %% tags=["training"]
def mlp(*widths):
    """Linear layers of these widths with LeakyReLU between them: mlp(2, 64, 1) is (N, 2) -> (N, 1)."""
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])


def game_loss(netD, real, fake):
    """The discriminator's loss: mean of -log D(x) plus mean of -log(1 - D(G(z))), from logits."""
    return F.softplus(-netD(real)).mean() + F.softplus(netD(fake)).mean()


def descend(optimizer, loss):
    """One step of an optimiser down the slope of a loss."""
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %% [markdown]
# The data of this run are a small cloud around (3, 0). $G$ starts near the origin, so the two don't meet. $D$ gets
# a lead of 500 steps, in which $G$ stands still. Then both play, and we note at each step how far the
# middle of the generated samples is from (3, 0), and how long $G$'s gradient is.

# %% tags=["training"]
lead, duel_steps = training_length(500), training_length(500)
target = torch.tensor([3.0, 0.0])


def duel(saturating, optimizer=torch.optim.SGD, lr_G=0.01, seed=seed):
    """D learns alone, then both play. Returns {"distance": [...], "gradient": [...]}, a float per step of G."""
    torch.manual_seed(seed)
    netG, netD = mlp(2, 32, 32, 2), mlp(2, 32, 32, 1)
    optimizerG = optimizer(netG.parameters(), lr=lr_G)
    optimizerD = torch.optim.Adam(netD.parameters(), lr=lr)
    run = {"distance": [], "gradient": []}
    for step in range(lead + duel_steps):
        fake = netG(torch.randn(batch_size, 2))
        real = target + 0.3 * torch.randn(batch_size, 2)
        descend(optimizerD, game_loss(netD, real, fake.detach()))
        if step >= lead:
            logits = netD(fake)
            loss = -F.softplus(logits).mean() if saturating else F.softplus(-logits).mean()
            descend(optimizerG, loss)
            slopes = torch.cat([weight.grad.flatten() for weight in netG.parameters()])
            run["distance"].append((fake.mean(dim=0) - target).norm().item())
            run["gradient"].append(slopes.norm().item())
    return run

# %% [markdown]
# Three games from the same start: both losses with plain gradient descent (SGD), and the saturating loss once more
# with Adam.

# %% tags=["training"]
duels = {
    "saturating": duel(saturating=True),
    "non-saturating": duel(saturating=False),
    "saturating, Adam": duel(saturating=True, optimizer=torch.optim.Adam, lr_G=lr),
}
for name, run in duels.items():
    print(f"{name:17} distance {run['distance'][0]:.2f} -> {run['distance'][-1]:.2f}")

# %% [markdown]
# On the right, note that each line of the axis is a factor of ten or more.

# %%
figures.stalled_and_moving(duels)

# %% [markdown]
# With plain descent and the saturating loss, G has stood still for 500 steps, though nothing is wrong with its
# network. With the other loss it was first flung far past the data, its gradient being several hundred times as
# long, and then came back and found them. In ten other games with each, the saturating G came less than 0.1
# nearer in 10 of 10, and the non-saturating one ended within 1 of the middle of the data in 9 of 10.
#
# The third run is a surprise at first: Adam gets there even with the saturating loss, in our trials to within 1.2
# in 10 of 10. Adam divides each slope by the typical size of the recent ones, so that a gradient of one hundredth
# makes for steps as large as a gradient of ten. That helps as long as there's something left to enlarge. A tiny
# gradient of a batch is also a *different* one: the few samples that D is least sure of decide its direction. So
# the usual advice stands: take the non-saturating loss.

# %% [markdown]
# ## 5. A landscape of costs (25 minutes)
#
# A discriminator is a classifier: two classes, one probability. There's another way to judge. Let the second network
# give each point a **cost**, also called its **energy**: a number $C(x) \ge 0$ that is small where data are and
# large where none are. Then $G$'s task is to find places that cost little. Nothing says "fake" any more. There's
# just a landscape with valleys, and $G$ rolls its samples down into them.
#
# Such a model is an *energy-based* GAN. All the trouble is in keeping the landscape in shape. If the cost network
# were only taught to be low on data, it would be 0 everywhere. So it is also taught to be high somewhere, and the
# best place for that is where $G$ has just been:
#
# $$L_C = C(x) + \big[m - C(G(z))\big]^+, \qquad L_G = C(G(z)), \qquad [a]^+ = \max(a, 0).$$
#
# The **margin** $m$ says how high is high enough. A generated sample that costs less than $m$ is pushed up; one that
# already costs more is left alone. So a generated sample is the rope in a tug of war.

# %%
figures.tug_of_war()

# %% [markdown]
# ### An autoencoder as the cost
#
# Where might costs come from? An **autoencoder** is a network that learns to return its own input. It does well on
# points like those it was trained on, and badly elsewhere, and that is just what we want of a cost:
#
# $$C(x) = \frac1n \sum_{i=1}^{n} \big(\hat x_i - x_i\big)^2,$$
#
# where $\hat x$ is the autoencoder's answer to $x$, and $n$ the number of features. A mean square is never
# negative, and nobody had to tell it what "cheap" means.
#
# ### Exercise {number}: the cost network
#
# **Complete `CostNetwork`, the layers and the forward pass. ({marks} marks)**
#
# | signature | `CostNetwork(n_features=2, hidden=32)` |
# |---|---|
# | takes | samples of shape `(N, n_features)` |
# | returns | a cost for each sample, shape `(N,)`: the mean squared error of its reconstruction |
# | layers | yours to choose, with `hidden` units in between; the last one linear |
#
# A test for yourself: with all its weights and biases at 0 the network answers 0 to everything, and the cost of the
# point (3, 4) is (9 + 16) / 2 = 12.5.
#
# <details>
# <summary>Hint</summary>
#
# `n_features` to `hidden` units and back is enough. `F.mse_loss` averages over the whole batch by itself, unless
# `reduction="none"` tells it not to; each sample needs a cost of its own, so along which dimension should the mean
# go? And why would a last layer that ends in ReLU or Tanh cost you half of the plane, or most of it?
#
# </details>

# %% nbgrader={"grade_id": "cost_network"}
class CostNetwork(nn.Module):
    """The energy of samples, (N, n_features) -> (N,): the mean squared error of an autoencoder's reconstruction.

    The layers are yours to choose, with `hidden` units; the last one is linear.
    """

    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        ### BEGIN SOLUTION
        self.autoencoder = nn.Sequential(
            nn.Linear(n_features, hidden),
            nn.ReLU(),
            nn.Linear(hidden, n_features),
        )
        ### END SOLUTION

    def forward(self, samples):
        ### BEGIN SOLUTION
        return (self.autoencoder(samples) - samples).square().mean(dim=1)
        ### END SOLUTION

# %% [markdown]
# The check looks at shapes and values with weights of its own, and at the gradients with respect to samples and
# weights.

# %% nbgrader={"grade_id": "test_cost_network"}
check("gan_pitfalls.cost_network")

# %% [markdown]
# ### Exercise {number}: the loss of the cost network
#
# **Write `cost_loss`, the mean cost of the real samples plus the mean hinge of the generated ones. ({marks} marks)**
#
# $$L_C = \frac1N \sum_{i=1}^{N} C(x_i) + \frac1M \sum_{j=1}^{M} \big[m - C(G(z_j))\big]^+$$
#
# | signature | `cost_loss(cost_real, cost_fake, margin)` |
# |---|---|
# | takes | costs of shape `(N,)` of real samples and `(M,)` of generated ones, and the margin, a number |
# | returns | the loss, a scalar tensor with its gradient |
#
# With the real costs 0.2, 0.8 and 1.5, the generated costs 0.3, 1.2 and 2.0 and the margin 1, the real part is
# 2.5 / 3 = 0.8333, the hinges are 0.7, 0 and 0, and the loss is 0.8333 + 0.2333 = 1.0667.
#
# <details>
# <summary>Hint</summary>
#
# The order of things matters: is the hinge of a mean the same as the mean of the hinges? In the example the mean
# of the generated costs is above the margin. `clamp` cuts off below as well as above.
#
# </details>

# %% nbgrader={"grade_id": "cost_loss"}
def cost_loss(cost_real, cost_fake, margin):
    """The cost network's loss, a scalar tensor: mean C(x) + mean [margin - C(G(z))]⁺.

    Takes costs of shape (N,) and (M,); N and M may differ. The hinge is taken sample by sample.
    """
    ### BEGIN SOLUTION
    return cost_real.mean() + (margin - cost_fake).clamp(min=0).mean()
    ### END SOLUTION

# %% [markdown]
# The check uses batches of different sizes, and costs on both sides of the margin.

# %% nbgrader={"grade_id": "test_cost_loss"}
check("gan_pitfalls.cost_loss")

# %% [markdown]
# ### Exercise {number}: the loss of the generator
#
# **Write `generator_energy_loss`, the mean cost of the generated samples. ({marks} marks)**
#
# | signature | `generator_energy_loss(cost_fake)` |
# |---|---|
# | takes | the costs of generated samples, shape `(M,)` |
# | returns | their mean, a scalar tensor with its gradient |
#
# For the costs 0.3, 1.2 and 2.0 it is 1.1667. There is no margin in it: $G$ wants 0, always.
#
# <details>
# <summary>Hint</summary>
#
# Shorter than its docstring. What would `.item()` do to the gradient?
#
# </details>

# %% nbgrader={"grade_id": "generator_energy_loss"}
def generator_energy_loss(cost_fake):
    """The generator's loss: the mean cost of its samples, shape (N,), as a scalar tensor."""
    ### BEGIN SOLUTION
    return cost_fake.mean()
    ### END SOLUTION

# %% [markdown]
# Value and gradient are checked.

# %% nbgrader={"grade_id": "test_generator_energy_loss"}
check("gan_pitfalls.generator_energy_loss")

# %% [markdown]
# ### This is not a classifier
#
# Texts on the subject often speak of costs and margins and then train a network that ends in a sigmoid with
# cross-entropy. That is a classifier, whatever it's called. The two have different losses.

# %%
figures.classifier_and_cost()

# %% [markdown]
# | | classifier $D$ | cost network $C$ |
# |---|---|---|
# | says | a logit, and through a sigmoid the probability of "real" | a cost of 0 or more, in no unit; no probability |
# | real samples | high | **low** |
# | generated ones | as low as possible, without end | up to the margin, then they are left alone |
# | what it needs to know | where the border is | what data look like: it has to reproduce them |
# | when $G$ is perfect | one half everywhere | both kinds cost the same, somewhere between 0 and $m$ |
# | scale | fixed: log 2 means "can only guess" | set by the margin; twice the margin, twice the landscape |
#
# (If you read $-\ell$, the logit with its sign turned round, as an energy, the left panel becomes a landscape
# too, with smooth ramps for hinges. So the two are relatives. But no value of $C$ says how probable a point is,
# and no $D$ has to reconstruct anything.)
#
# ### Eight clusters
#
# The data from here on: eight small clusters on a ring. They are simple, and merciless, since one look tells what a
# generator has missed.

# %% tags=["training"]
angles = 2 * math.pi * torch.arange(8) / 8
centers = 2 * torch.stack((angles.cos(), angles.sin()), dim=1)


def ring(n):
    """n data points, (n, 2): each close to a centre that is chosen at random."""
    return centers[torch.randint(8, (n,))] + 0.05 * torch.randn(n, 2)

# %% [markdown]
# To draw a landscape, we ask a network about 61 x 61 points of the plane. A *frame* is such a map together with
# what $G$ makes of some fixed noise at that moment.

# %% tags=["training"]
line = torch.linspace(-3, 3, 61)
plane = torch.cartesian_prod(line, line)


@torch.no_grad()
def frame(step, height, netG, noise):
    """What `height` says about the plane, (61, 61), and 256 samples, at this step of a game."""
    return step, height(plane).view(61, 61), netG(noise[:256])


def adam(network, lr):
    """Adam for all weights of a network."""
    return torch.optim.Adam(network.parameters(), lr=lr, betas=betas)

# %% [markdown]
# The game itself has the same rhythm as ever: one step of the judge, one step of the generator.

# %% tags=["training"]
energy_steps = training_length(1500)


def play_energies(margin=1.0, hidden=128, steps=energy_steps, every=50, seed=seed):
    """Train a cost network and a generator on the ring. Returns netG, netC, mean costs per step, and frames."""
    torch.manual_seed(seed)
    netG, netC = mlp(2, 64, 64, 2), CostNetwork(2, hidden)
    optimizerG, optimizerC = adam(netG, lr), adam(netC, lr)
    noise = torch.randn(512, 2)
    costs, frames = {"real": [], "generated": []}, [frame(0, netC, netG, noise)]
    for step in range(1, steps + 1):
        fake = netG(torch.randn(batch_size, 2))
        cost_real, cost_fake = netC(ring(batch_size)), netC(fake.detach())
        descend(optimizerC, cost_loss(cost_real, cost_fake, margin))
        descend(optimizerG, generator_energy_loss(netC(fake)))
        costs["real"].append(cost_real.mean().item())
        costs["generated"].append(cost_fake.mean().item())
        if step % every == 0:
            frames.append(frame(step, netC, netG, noise))
    return netG, netC, costs, frames

# %% [markdown]
# It takes a few seconds.

# %% tags=["training"]
energy_G, netC, costs, energy_frames = play_energies()
print("mean cost of the last batch:", {name: round(values[-1], 3) for name, values in costs.items()})

# %% [markdown]
# Dark is cheap, bright is dear. The small black dots are data, the orange triangles are generated samples.

# %%
figures.landscapes(energy_frames, ring(400))

# %% [markdown]
# And as a film. Watch how the landscape gives way under the samples: wherever they gather, the ground rises.

# %%
figures.animate_landscape(energy_frames, ring(400))

# %% [markdown]
# In the beginning the network answers about 0 to everything, so its cost is about half the squared distance from
# the origin, and the samples sit in the only valley, where no data are. By step 50 it has learned to copy any
# point, and everything is free. Then the ground rises under the samples. For a while they swing about in one streak,
# always on their way to where it's still dark, until they are spread so far that there is nowhere else to go. In the
# end there is a hill in the middle, a ring-shaped valley, and a hollow at each cluster. Nobody told the cost
# network about the number eight.
#
# One knob matters a great deal, and it's the size of the cost network. We took 128 hidden units. With 32, G found
# at most one mode in 9 of 10 games: a network as small as that can't raise the ground in one place without raising
# it in others. Sometimes it also learns to copy *any* point, and then everything is free.
#
# And the tug of war? Here are the mean costs of both kinds of samples in each batch.

# %%
figures.costs_over_steps(costs, margin=1.0)

# %% [markdown]
# Neither side wins. $G$ would like its samples to cost 0, the cost network would like them at the margin, the
# dotted line, and they meet in between. The costs of real samples don't go to 0 either. If generated samples are in
# the same places as data, the network can't be cheap for one kind and dear for the other. (With other seeds the
# two lines end much lower: below 0.1 in 4 of 10 games, at about 0.5 and 0.75 in the other six. How much of the tug
# is left depends on how sharply the network can draw its hollows.) So a low cost
# of generated samples is as poor a sign of quality as a low loss. Something better is needed.
#
# ### Exercise {number}: how many of the eight?
#
# "It looks good" isn't a measurement. Two numbers say more. Draw a small circle around each centre. How many of the
# circles hold at least one sample? And what share of the samples lies in some circle?
#
# **Write `mode_coverage`, which computes both. ({marks} marks)**
#
# | signature | `mode_coverage(samples, centers, radius)` |
# |---|---|
# | takes | samples of shape `(N, d)`, centres of shape `(K, d)`, and the radius, a number |
# | returns | an int, the number of centres with a sample nearer than `radius`; a float, the share of samples nearer than `radius` to some centre |
#
# Take the centres (0, 0), (1, 0) and (0, 1), the radius 0.3, and the samples (0.1, 0), (0.9, 0.1), (0.5, 0.5) and
# (0.05, 0.1). The first and the last sample hit the first centre, the second hits the second, and the third hits
# nothing: the answer is `(2, 0.75)`.
#
# <details>
# <summary>Hint</summary>
#
# `torch.cdist` makes a table of all distances, a row for each sample and a column for each centre. `any` with a
# `dim` asks its question along rows or along columns. `int` and `.item()` turn tensors into plain numbers.
#
# </details>

# %% nbgrader={"grade_id": "mode_coverage"}
def mode_coverage(samples, centers, radius):
    """(number of centres that are hit, share of samples that hit one): an int and a float.

    `samples` (N, d) and `centers` (K, d); a sample hits a centre that is nearer than `radius`.
    """
    ### BEGIN SOLUTION
    hits = torch.cdist(samples, centers) < radius
    return int(hits.any(dim=0).sum()), hits.any(dim=1).float().mean().item()
    ### END SOLUTION

# %% [markdown]
# The check uses other numbers of centres, three dimensions too, and samples that hit two centres or none.

# %% nbgrader={"grade_id": "test_mode_coverage"}
check("gan_pitfalls.mode_coverage")

# %% [markdown]
# Now count. From here on, the radius is 0.2, four times the spread of a cluster, and it's always 512 samples that
# are counted.

# %%
torch.manual_seed(seed)
with torch.no_grad():
    samples = energy_G(torch.randn(512, 2))
print("modes found: {}, share of samples near one: {:.0%}".format(*mode_coverage(samples, centers, 0.2)))
figures.hits(samples, centers, 0.2)

# %% [markdown]
# All eight, and so it was in 10 of 10 games. The share is another matter: it was between 22 and 54 %. The crosses
# lie on the way from one cluster to the next. $G$ is a continuous function, so if some latent points go to one
# cluster and some to its neighbour, the ones between must go somewhere between. It can hurry across, but it can't
# jump.
#
# ## 6. The quiet relative: a VAE (15 minutes)
#
# A **variational autoencoder** also learns to make data from noise, and without any opponent. It has a *decoder*,
# which does the same job as $G$ and may have the same layers. Beside it stands an *encoder*, which looks at a
# data point $x$ and guesses which $z$ it might have come from. It doesn't answer with one point but with a small
# cloud, a mean $\mu(x)$ and a standard deviation $s(x)$ for each latent number. Then
#
# $$z = \mu(x) + s(x) \cdot \varepsilon, \quad \varepsilon \sim \mathcal N(0, I), \qquad
# L = \underbrace{\frac{\lVert \text{decoder}(z) - x \rVert^2}{2 \sigma^2}}_{\text{reconstruction}}
# + \underbrace{\tfrac12 \sum_i \big(\mu_i^2 + s_i^2 - 1 - \log s_i^2\big)}
# _{\text{keeps } z \text{ near } \mathcal N(0, 1)}.$$
#
# | | GAN | VAE |
# |---|---|---|
# | where $z$ comes from in training | dice; it belongs to no data point | the encoder, from a data point $x$ |
# | what is compared | samples with data, as crowds, by the judge | each $x$ with its own reconstruction |
# | reconstruction loss | none: nobody knows which $x$ a $G(z)$ should have been | yes, and it decides what counts as close |
# | two networks that | oppose each other | help each other: one loss, one minimum |
# | from a data point to its $z$ | no way | the encoder |
# | new samples | $G(z)$, $z \sim \mathcal N(0, I)$ | decoder$(z)$, $z \sim \mathcal N(0, I)$ |
#
# Here it is, with a decoder of the same size as our generators. $\sigma$ says how far off a reconstruction may be. We
# tried 0.05, 0.1, 0.2 and 0.3, and take 0.3, with which most samples came out near a cluster.

# %% tags=["training"]
vae_steps = training_length(2000)


def train_vae(sigma=0.3, steps=vae_steps, seed=seed):
    """Train a VAE on the ring. Returns the encoder, (N, 2) -> (N, 4), means beside log variances, and the decoder."""
    torch.manual_seed(seed)
    encoder, decoder = mlp(2, 64, 64, 4), mlp(2, 64, 64, 2)
    optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=lr)
    for step in range(steps):
        x = ring(batch_size)
        mean, log_variance = encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        reconstruction = (decoder(z) - x).square().sum(dim=1) / (2 * sigma**2)
        penalty = (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1) / 2
        descend(optimizer, (reconstruction + penalty).mean())
    return encoder, decoder

# %% [markdown]
# And the GAN beside it, a classifier with logits and the non-saturating loss. It's the loop for all that follows,
# so it has more switches than it needs today: `k`, `skip` and `pull` come into play in sections 7 and 8. Every
# 50 steps it counts modes and keeps a frame.

# %% tags=["training"]
def count_modes(netG, noise, radius=0.2):
    """How many of the eight modes G finds, and the share of its samples that are near one."""
    with torch.no_grad():
        return mode_coverage(netG(noise), centers, radius)


def play(lr_D=lr, lr_G=lr, k=1, skip=None, pull=0.0, steps=num_steps, every=50, seed=seed):
    """One game on the ring. Returns netG and a history: "modes", "share" and "frames", every `every` steps."""
    torch.manual_seed(seed)
    netG, netD = mlp(2, 64, 64, 2), mlp(2, 64, 64, 1)
    optimizerG, optimizerD = adam(netG, lr_G), adam(netD, lr_D)
    noise, history = torch.randn(512, 2), {"modes": [], "share": [], "frames": []}
    for step in range(steps + 1):
        if step % every == 0 or step == steps:
            modes, share = count_modes(netG, noise)
            history["modes"].append(modes)
            history["share"].append(share)
            history["frames"].append(frame(step, lambda x: torch.sigmoid(netD(x)), netG, noise))
        if step == steps:
            return netG, history
        for _ in range(k):
            fake = netG(torch.randn(batch_size, 2)).detach()
            errD = game_loss(netD, ring(batch_size), fake)
            if skip is None or should_train_discriminator(errD, skip):
                descend(optimizerD, errD)
        hidden = netD[:-1](netG(torch.randn(batch_size, 2)))
        errG = F.softplus(-netD[-1](hidden)).mean()
        descend(optimizerG, errG + pull * pullaway_loss(hidden) if pull else errG)

# %% [markdown]
# Both are trained for 2000 steps.

# %% tags=["training"]
encoder, decoder = train_vae()
netG, _ = play(steps=training_length(2000))

# %% [markdown]
# First the samples, 512 from each, out of the same noise.

# %%
torch.manual_seed(seed)
noise = torch.randn(512, 2)
with torch.no_grad():
    runs = {"data": ring(512), "GAN": netG(noise), "VAE": decoder(noise)}

for name, samples in runs.items():
    modes, share = mode_coverage(samples, centers, 0.2)
    print(f"{name:4}  modes {modes}   near a mode {share:.0%}")
figures.samples_on_ring(runs, ring(400))

# %% [markdown]
# Both have found all eight clusters, here and with each of ten other seeds. But they fail in different ways. Most
# of the GAN's stray samples lie on the ring, the VAE's all over the disc: 70 % are near a cluster here against
# 42 %, and in the ten other games it was 63 to 77 % against 37 to 47 %.
#
# The reason is in the losses. The VAE is never asked whether its samples look real. It's asked to reconstruct data,
# from clouds that overlap a little, and where two clouds overlap the best reconstruction is an average of two
# clusters, a place with no data at all. In images that average is the well-known blur. The GAN's judge
# would spot an average at once. In return the VAE has a loss that falls, a minimum, and no opponent to
# circle with: each data point must be reconstructed, so it can't drop a cluster unnoticed, as section 7's GAN will.
#
# Next, the two latent planes. Each colour is a cluster; strong where a sample falls into its circle, pale where it
# falls outside.

# %%
figures.latent_maps({"GAN": netG, "VAE": decoder}, centers, 0.2)

# %% [markdown]
# Both maps have cut the plane into eight slices, like a cake, since a ring of clusters has to be filled from one
# connected cloud. The pale seams are the samples on the way. In the VAE's map they are broader, and there is a
# pale middle, the part of the disc that nobody asked for. And note that this map has been drawn by both networks
# of the VAE together: the encoder decides which $x$ goes where.
#
# That is the one thing that the GAN can't do at all: tell which $z$ belongs to a given $x$. Here are 200 data
# points as the encoder sees them, each with its little cloud. The dotted circles have radius 1 and 2.

# %%
x = ring(200)
with torch.no_grad():
    mean, log_variance = encoder(x).chunk(2, dim=1)
figures.encoded(mean, torch.exp(log_variance / 2), torch.cdist(x, centers).argmin(dim=1))

# %% [markdown]
# Clusters that are neighbours on the ring are neighbours here, too. $z$ from $\mathcal N(0, I)$ often falls
# between the clouds, or into the middle, where no data point ever was. There the decoder has to make something
# up.

# %% [markdown]
# ## 7. Mode collapse (20 minutes)
#
# Two games with the same seed, the same networks and the same data. In one, both networks learn at the same
# rate. In the other, the only change: $D$ learns five times more slowly.

# %% tags=["training"]
_, healthy = play(every=10)
_, collapsed = play(lr_D=lr / 5, every=10)

# %% [markdown]
# How many of the eight modes has each found, over the steps?

# %%
figures.modes_over_steps({"equal rates": healthy["modes"], "D five times slower": collapsed["modes"]}, every=10)

# %% [markdown]
# With equal rates $G$ has all eight by the end. With a slow judge it never gets anywhere near. We have played both
# with ten other seeds: equal rates ended with all eight in 10 of 10, the slow judge with two or fewer in 10 of 10.

# %%
last = {"equal rates": healthy["frames"][-1][2], "D five times slower": collapsed["frames"][-1][2]}
figures.samples_on_ring(last, ring(400))

# %% [markdown]
# This is **mode collapse**: nearly all latent points end up in the same small part of the data. $G$ isn't
# punished for it, since $D$ judges each sample by itself. Two hundred equal samples look to it like one good
# sample, two hundred times.
#
# But $D$ isn't stupid, it's only slow. It does notice that this spot is suspiciously popular, and marks it as
# fake. What does $G$ do then? The colours show $D$'s probability of "real", from dark, fake, to bright, real.

# %%
probabilities = [0.42, 0.44, 0.46, 0.48, 0.5, 0.52, 0.54, 0.56, 0.58]
figures.animate_landscape(collapsed["frames"][-51:], ring(400), "probability of “real”", probabilities)

# %% [markdown]
# $G$'s samples sit together. The place where they sit grows dark, because $D$ slowly learns that what turns up
# there is mostly fake. Far away, where $G$ hasn't been for a while, it grows bright. So the whole crowd moves
# across, and by the time it arrives $D$ has begun to darken that side. It's the circle of section 2, played with
# two networks: $D$ chases $G$ from one side to the other, and nobody gets closer to anything. The last hundred
# steps in single pictures:

# %%
figures.landscapes(collapsed["frames"][-11:], ring(400), "probability of “real”", probabilities, count=5)

# %% [markdown]
# All the while, the loss of $D$ stays close to that of a judge that can only guess. Whoever watches the losses
# alone sees nothing wrong.
#
# ### Pull away
#
# One remedy looks at the batch as a whole and asks its samples to differ. Take the row of numbers by which a judge
# represents each sample in its last hidden layer, its **embedding** $s_i$. The **pull-away term** is the mean squared
# cosine between the embeddings of different samples,
#
# $$L_{\text{PT}} = \frac{1}{N (N - 1)} \sum_{i \ne j}
# \left( \frac{s_i^\top s_j}{\lVert s_i \rVert\, \lVert s_j \rVert} \right)^{\!2}.$$
#
# It is 1 if all samples look alike to the judge, and small if each one excites other units than the rest. It was
# proposed together with energy-based GANs, but any judge with a hidden layer will do. A cosine looks
# only at directions: $G$ can't escape by making its embeddings longer.
#
# ### Exercise {number}: the pull-away term
#
# **Write `pullaway_loss`, the mean over all pairs of different rows. ({marks} marks)**
#
# | signature | `pullaway_loss(embeddings)` |
# |---|---|
# | takes | embeddings of shape `(N, d)`, N at least 2 |
# | returns | the mean squared cosine over all pairs i ≠ j, a scalar tensor with a finite gradient |
#
# Of the rows (1, 0), (0, 2) and (3, 0) only the first and the third point the same way. Out of six ordered pairs
# two have the squared cosine 1, the rest 0, and the loss is 2 / 6 = 0.3333. A row of zeros has no direction; it
# counts as cosine 0 with every other row.
#
# <details>
# <summary>Hint</summary>
#
# With all rows scaled to length 1, which `F.normalize` does without dividing by zero, one matrix product holds every
# cosine. What is on its diagonal, and how many numbers are left without it? A row may have been zero, so counting
# the diagonal as N may be wrong.
#
# </details>

# %% nbgrader={"grade_id": "pullaway_loss"}
def pullaway_loss(embeddings):
    """The mean squared cosine similarity over all pairs i ≠ j of rows of (N, d), N at least 2, a scalar tensor.

    A row of zeros has the cosine 0 with every other, and value and gradient stay finite.
    """
    ### BEGIN SOLUTION
    directions = F.normalize(embeddings, dim=1)
    cosines = directions @ directions.T
    n = len(embeddings)
    off = ~torch.eye(n, dtype=torch.bool, device=embeddings.device)
    return cosines[off].square().mean()
    ### END SOLUTION

# %% [markdown]
# The check has rows of very different lengths, negative numbers, a row of zeros and a batch of two.

# %% nbgrader={"grade_id": "test_pullaway_loss"}
check("gan_pitfalls.pullaway_loss")

# %% [markdown]
# The loop has an argument for it: `pull=1.0` adds once your loss to the loss of $G$. The slow judge again:

# %% tags=["training"]
_, pulled = play(lr_D=lr / 5, pull=1.0, every=10)

# %% [markdown]
# And the three games together.

# %%
games = {"equal rates": healthy, "slow D": collapsed, "slow D, pull-away": pulled}
figures.modes_over_steps({name: game["modes"] for name, game in games.items()}, every=10)
figures.samples_on_ring({name: game["frames"][-1][2] for name, game in games.items()}, ring(400))

# %% [markdown]
# A term of one line, and the same slow judge is good enough: all eight at the end, with this seed and in 10 of
# 10 others. The samples are no more precise for it. The share near a mode was lower than with equal rates, for
# being different is now a goal of its own, and a sample between two clusters is very different from
# both. It can also overdo it: where data really are alike, a term that punishes likeness pulls away from the truth.
#
# ## 8. Balance (15 minutes)
#
# So a judge that learns too slowly is bad for $G$, and one that has already won teaches nothing, if the loss
# is the wrong one. People have therefore tried to keep the two in balance by hand. Three knobs are common:
#
# - **k steps of $D$** for each step of $G$, so that the judge keeps up;
# - **two learning rates**, one for each network;
# - **skipping $D$**: when its loss is already low, it doesn't train in this step.
#
# ### Exercise {number}: may it train?
#
# **Write `should_train_discriminator`, which answers for the third knob. ({marks} marks)**
#
# | signature | `should_train_discriminator(err_d, threshold)` |
# |---|---|
# | takes | the discriminator's loss, a float or a scalar tensor, and the threshold, a number |
# | returns | a Python `bool`: `False` where the loss is below the threshold, else `True` |
#
# With a threshold of 0.5, a loss of 0.4 gives `False`, and losses of 0.5 and 0.6 give `True`.
#
# <details>
# <summary>Hint</summary>
#
# Comparing a tensor with a number gives a tensor, not a `bool`. Which of `<` and `<=` is meant?
#
# </details>

# %% nbgrader={"grade_id": "should_train_discriminator"}
def should_train_discriminator(err_d, threshold):
    """Whether the discriminator trains in this step: False where its loss is below the threshold. A bool."""
    ### BEGIN SOLUTION
    return bool(err_d >= threshold)
    ### END SOLUTION

# %% [markdown]
# The check hands over floats and tensors, and losses on both sides of the threshold and exactly on it.

# %% nbgrader={"grade_id": "test_should_train_discriminator"}
check("gan_pitfalls.should_train_discriminator")

# %% [markdown]
# Now the experiment: seven settings, five seeds each, 1000 steps per game. It takes about a minute, the
# longest wait of this lab. While it runs, write down which setting you bet on.

# %% tags=["training"]
settings = {
    "equal rates": {},
    "D 5x slower": {"lr_D": lr / 5},
    "D 5x slower, k = 5": {"lr_D": lr / 5, "k": 5},
    "D 5x slower, pull-away": {"lr_D": lr / 5, "pull": 1.0},
    "D 5x faster": {"lr_D": 5 * lr},
    "G 5x slower": {"lr_G": lr / 5},
    "skip D below 1.3": {"skip": 1.3},
}
seeds = [1, 2, 3, 4, 5]


def compare(settings, seeds, steps=num_steps):
    """Play every setting with every seed. Returns setting -> list of (modes, share), one for each seed."""
    results = {}
    for name, options in tqdm(settings.items(), desc="settings"):
        games = [play(seed=one, steps=steps, every=steps, **options)[1] for one in seeds]
        results[name] = [(game["modes"][-1], game["share"][-1]) for game in games]
    return results

# %% [markdown]
# `every=steps` has each game counted only at its start and at its end.

# %% tags=["training"]
results = compare(settings, seeds)

# %% [markdown]
# In each field: the modes found, and the share of the samples near one.

# %%
figures.table_of_runs(results, seeds)

# %% [markdown]
# Read it by rows. One setting fails with every seed, the slow judge. Two quite different remedies bring it back
# to eight modes: five steps of $D$ for one of $G$, which takes about three times as long to compute, and the
# pull-away term. The others find all eight as well, and differ in precision. The slow generator is mostly late:
# 1000 steps are few for it. A faster $D$ does no harm, with the non-saturating loss. And skipping $D$ has bought
# nothing. It was thought of for a $D$ that wins, and here there's none to be held back: a $D$ that can only guess
# has a loss of log 4 = 1.39, and 1.3 is just below it. Ask of each trick which trouble it's a remedy for.
#
# So are five seeds enough? We have played five more. The slow judge had two modes or fewer in 10 of 10 games, and
# equal rates, k = 5, pull-away and the faster $D$ had eight in 10 of 10. But the slow generator had lost two
# modes in 2 of 10, and skipping three in 1 of 10. The table above, with seeds 1 to 5, shows neither.
#
# ## 9. Six runs to diagnose (20 minutes)
#
# Here are six games on the ring, recorded by somebody else. One is healthy, five have a fault that you have met in
# this lab or in an earlier one. All six have the same networks, the same data and 1000 steps. You get
# what you would have on your own desk: the losses, the probabilities, and four snapshots of 100 samples.
#
# The dotted lines are where a $D$ that can only guess would be: log 4 and log 2 for the losses, one half for the
# probabilities. In some of them the losses alone would mislead you.

# %%
histories = load_histories()
data = ring(400)
figures.case("Case A", histories["A"], data)
figures.case("Case B", histories["B"], data)

# %% [markdown]
# Losses that hover about log 4 and log 2 were called good news once. What do the snapshots of case A say? And in
# case B, does nothing at all happen?

# %%
figures.case("Case C", histories["C"], data)
figures.case("Case D", histories["D"], data)

# %% [markdown]
# In case D, look at the blue curve. Which network learns here, and which doesn't?

# %%
figures.case("Case E", histories["E"], data)
figures.case("Case F", histories["F"], data)

# %% [markdown]
# B and F have nearly the same curves. Compare their first hundred steps, and their snapshots.
#
# You name the six causes in question 4. A way to go about it: what does $D$ believe (the probabilities)? Does that
# change? Is $G$ moving, and where to (the snapshots)? Does its loss say that it is content? Only then: which line of
# code would do that?
#
# ## 10. When images get large (10 minutes of reading)
#
# Everything so far was about two numbers per sample. A photo has millions. Each trouble of this lab grows with
# it: the supports get thinner, so $D$ wins more easily; there are more modes to lose; and a game that circles has
# more room to do so. For years GANs were stuck at 64 x 64 pixels. Two ideas brought them further, and both start
# from the same remark: a large picture is a small one plus details.

# %%
figures.pyramid()

# %% [markdown]
# With 4 x 4 pixels there's little to tell and little to learn: skin, dark, light. It is an easy game, and its two
# distributions overlap. Each doubling adds a little more, and the part below is already there.
#
# ### Progressive growing
#
# Begin with a pair of tiny networks for 4 x 4 pixels and play until the game is good. Then give *both* a block more,
# play on at 8 x 8, and so on up to 1024 x 1024. At each stage most of the task is solved already, and most of
# the training happens at sizes where steps are cheap.
#
# A fresh block with random weights would ruin what has been reached. So it is **faded in**: for a while the
# output is a mixture of the old picture, doubled, and the new block's picture,
#
# $$(1 - \alpha) \cdot \text{doubled old} + \alpha \cdot \text{new},$$
#
# with an $\alpha$ that climbs from 0 to 1. $D$'s new block is faded in by the same $\alpha$, on its way down. Here
# is a mixture of 16 x 16 and 32 x 32 pixels.

# %%
figures.fading_in()

# %% [markdown]
# The price is a schedule: how long for each stage, how fast the fading, which rates when. All these are more knobs
# for the balance of section 8.
#
# ### Multi-scale gradients
#
# The other idea keeps the pyramid and does without the schedule. $G$ gives out a picture at *every* size, through
# a small extra layer behind each block. $D$ receives the whole pyramid, each picture where its own block works at
# that size, and real photos come as pyramids too, by shrinking. All is trained at once, from the first step.

# %%
figures.two_ways_to_grow()

# %% [markdown]
# What does it help against? Think of section 3. If the large pictures of $G$ have nothing in common with real
# ones, the gradient from the top is of no use, and it has to come through all the blocks to reach the bottom. But
# at 4 x 4 the two kinds do overlap, and there $D$'s gradient goes straight into $G$'s lowest block. So the coarse
# levels learn first by themselves, without anybody having planned it.
#
# Neither is the last word, and today large pictures mostly come from other families of models. But the
# remark has stayed: coarse first, details later.
#
# ## 11. Four questions (20 minutes)
#
# Answer in your own words, and use your own figures and numbers. Two to six sentences each will do.

# %% [markdown] nbgrader={"grade_id": "question_1_text"}
# **Question 1 ({marks} marks).** "The better the judge, the better the pupil." Explain with your results of sections 3 and
# 4 why this isn't true of a discriminator: what does a perfect one look like, what happens to the value of the
# game, and which of the two losses still works, and why?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: a perfect D answers D* = p_data / (p_data + p_G), or: nearly 1 on real and nearly 0 on generated samples
#   where the two don't overlap.
# - 1 mark: against it the value is 2 JS - log 4, and JS stays at log 2 once the supports don't meet: it's flat, so
#   moving the samples changes nothing.
# - 1 mark: the saturating loss has the derivative -σ(l), nearly 0 at very negative logits: G stalls.
# - 1 mark: the non-saturating one has -(1 - σ(l)), nearly -1 there: G still learns from a D that rejects it.
# - 1 mark: the student's own numbers are used: gradients at -8, distances of the duels, or lengths of the gradient.
#
# Half answers: "the gradient vanishes" with no reason, 1 in all. Only section 3 or only section 4: at most 3. The
# two losses mixed up: at most 2. That Adam rescued the saturating loss may stand for the last mark.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_1"}
# === BEGIN SOLUTION ===
# A perfect D knows for each place which share of the samples there is real, p_data / (p_data + p_G). Where the two
# kinds don't overlap that is 1 or 0. The value of the game is then 2 JS - log 4, and my curves show that JS stays at
# log 2 as soon as the two are apart, however far: with a spread of 0.03 from a distance of about 0.2 on. A flat curve
# has no slope, so G can't know where to go. For a single sample it is the same: the saturating loss has the
# derivative -σ(l), which was -0.00034 at a logit of -8, and in my duel G moved from 2.67 to 2.61 in 500 steps. The
# non-saturating loss has -(1 - σ(l)), -0.99966 at -8, and it got to 0.22: it's largest where D is surest.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_2_text"}
# **Question 2 ({marks} marks).** A friend says: "An energy-based GAN is a normal GAN. The cost is one minus the
# discriminator's probability." Name three differences, and say what your curves of the mean costs mean that no
# curve of a discriminator would.
#
# === BEGIN MARK SCHEME ===
# - 3 marks, 1 each for three real differences, such as: a cost is no probability, it has no upper bound and no fixed
#   scale; the margin stops the push on generated samples that are dear enough, cross-entropy never stops; the cost
#   is a reconstruction error, so C has to model the data, D only a border; at the balance D says one half, while C
#   gives both kinds the same cost, whatever it is; the scale comes from the margin; low is good rather than high.
# - 1 mark: what the student's own cost curves show, with numbers: both between 0 and the margin, the generated ones
#   above the real ones, or as they are.
# - 1 mark: what it means: the tug of war (G pulls to 0, C pushes to m) has stopped half-way, or that equal costs say
#   that C can't tell them apart at that level, and how far from the margin.
#
# Half answers: differences that are only words ("one uses energy, the other probability"), 1 in all. "Cost low means
# real" alone counts as one difference. No look at the own curves: at most 3.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_2"}
# === BEGIN SOLUTION ===
# First, a cost isn't a probability: it can be any number from 0 up, and a cost of 0.7 means nothing until I know
# the margin. Second, the push ends. A generated sample that costs more than the margin adds nothing to the loss,
# while cross-entropy goes on pushing its logit down for ever. Third, the cost is the error of an autoencoder, so
# C has to be able to reproduce the data; D only needs to know the border between two crowds. In my run the real
# samples ended at about 0.47 and the generated ones at 0.72, with the margin at 1. So G hasn't pulled its samples
# down to 0 and C hasn't pushed them up to 1. They are stuck in between, because both kinds are in the same places
# and C can't lift one without the other. A D in that position would simply say one half.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_3_text"}
# **Question 3 ({marks} marks).** Look at your runs of section 7 and your table of section 8. What does mode collapse look
# like in the samples, in the number of modes and in D's map? Why isn't G stopped at once? And
# which setting would you take for a new data set, on what evidence?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what it looks like, from the own run: the samples crowd in one streak or spot, 0 to 3 modes at any time.
# - 1 mark: the chase: D darkens the place where they are, they move on together, and so in circles.
# - 1 mark: why G isn't stopped: D judges each sample by itself, and with a slow D the answer comes too late.
# - 1 mark: a choice of a setting, backed by numbers of the own table (modes and shares).
# - 1 mark: evidence weighed: several seeds, not the best one; the cost in time; only one small data set; or that
#   modes and share must be read together.
#
# Half answers: "mode collapse means few modes" without own numbers, 1 in all. A choice without reasons: no mark for
# it. Any choice that the table supports may be right.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_3"}
# === BEGIN SOLUTION ===
# In my collapsed run the samples form one streak, and between 0 and 3 of the eight modes were hit at any time,
# while equal rates had all eight after some 300 steps. In D's map the streak lies where it has been bright, then
# it grows dark there, the other side grows bright, and the whole streak moves over; this takes about fifty steps
# each way. G isn't stopped because D looks at each sample alone and because the slow D notices too late. In the
# table D 5x slower has 0 to 2 modes in five runs, all others have 8 in all five. I would start with equal rates:
# 8 modes five times with a share of 41 to 52 %, as good as k = 5, which needs five times as many steps of D. If
# that collapsed on the new data I would add pull-away, with an eye on the share, which was only 23 to 33 %. Five
# seeds on one toy problem are thin evidence, so I would run several seeds there, too.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_4_text"}
# **Question 4 ({marks} marks).** Name the cause of each of the six cases of section 9, with the piece of evidence that
# decided it. One of them is healthy. One line for each will do.
#
# === BEGIN MARK SCHEME ===
# Five marks for six cases: 1 mark for each right cause with a fitting piece of evidence, at most 5.
# - A: mode collapse, D learns too slowly. The samples move about in one streak; losses and probabilities swing gently
#   around "can only guess".
# - B: vanishing gradient: D was far ahead and G's loss saturates. D(x) = 1 and D(G(z)) = 0 from the first step on,
#   the loss of G is 0, the samples never move.
# - C: healthy. All clusters are found, the probabilities part slowly, no loss runs away.
# - D: D doesn't learn (its optimiser does nothing: rate 0, wrong parameters, step forgotten). D(x) never changes while
#   D(G(z)) goes to 1; the samples run off to where an untrained D likes them.
# - E: learning rate too high. Losses in jumps, probabilities leap from step to step.
# - F: G is trained with the wrong label (0), or its loss has the wrong sign: it helps D. Its loss falls to 0 together
#   with D's, and the samples run away from the data.
#
# Half answers: a right cause without evidence, half a mark. B and F swapped: half a mark for both together. "G is
# broken" or "D is broken" without saying how: no mark. Other causes that fit all the evidence count (for D, say,
# labels that are all the same).
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_4"}
# === BEGIN SOLUTION ===
# A is mode collapse: the samples are one streak that is somewhere else in each snapshot, while D stays around one
# half. B is a vanished gradient, a D that was already perfect at step 0 and a saturating loss for G: D(x) is 1,
# D(G(z)) is 0, G's loss is 0, and the samples don't move at all. C is the healthy one: samples at every cluster,
# and probabilities that part slowly. In D the discriminator doesn't learn, since D(x) stays at the same value,
# 0.46, for all 1000 steps while G drives D(G(z)) to 1; perhaps its optimiser has the wrong parameters. E has too
# high a learning rate: the losses jump, and the probabilities leap up and down. In F the generator is trained
# with label 0: both losses go to 0 together, so G is content when D rejects it, and the samples run away.
# === END SOLUTION ===

# %% [markdown]
# ## 12. What do you know now?
#
# Some more questions without marks. Compare with how you did at the start.

# %%
quiz("gan_pitfalls.end")

# %% [markdown]
# ## 13. Free play (as long as you like)
#
# No marks from here on. `play` takes all the knobs, and the cell below shows what comes of them.

# %%
def show_play(**options):
    """Play one game and show its modes over the steps and its last samples."""
    _, game = play(**options)
    name = ", ".join(f"{key} {value}" for key, value in options.items()) or "as it is"
    figures.modes_over_steps({name: game["modes"]}, every=options.get("every", 50))
    figures.samples_on_ring({name: game["frames"][-1][2]}, ring(400))

# %% [markdown]
# **Too fast.** Both networks at fifty times their rate. Which of the six cases does it look like?

# %%
show_play(lr_D=50 * lr, lr_G=50 * lr)

# %% [markdown]
# **Other ideas.** `show_play(lr_D=lr / 5, seed=7)` is the collapse with other random numbers. `show_play(lr_D=lr
# / 5, pull=0.1)` pulls ten times less; how little is enough? `show_play(skip=1.38)` skips nearly always.
# `play_energies(hidden=8)` and `play_energies(margin=0.1)` have a duller judge and a lower ridge; hand their
# frames to `figures.animate_landscape`. And can you add your pull-away term to `play_energies`? The embedding
# would be the hidden layer of your autoencoder.
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
#   *Generative Adversarial Nets.* NeurIPS 2014. [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). The best judge,
#   the Jensen-Shannon divergence, and the two losses.
# - M. Arjovsky, L. Bottou. *Towards Principled Methods for Training Generative Adversarial Networks.* ICLR 2017.
#   [arXiv:1701.04862](https://arxiv.org/abs/1701.04862). Thin supports and vanishing gradients.
# - J. Zhao, M. Mathieu, Y. LeCun. *Energy-based Generative Adversarial Network.* ICLR 2017.
#   [arXiv:1609.03126](https://arxiv.org/abs/1609.03126). The margin, the autoencoder as a cost, the pull-away term.
# - D. P. Kingma, M. Welling. *Auto-Encoding Variational Bayes.* ICLR 2014.
#   [arXiv:1312.6114](https://arxiv.org/abs/1312.6114). The VAE.
# - L. Metz, B. Poole, D. Pfau, J. Sohl-Dickstein. *Unrolled Generative Adversarial Networks.* ICLR 2017.
#   [arXiv:1611.02163](https://arxiv.org/abs/1611.02163). The eight clusters on a ring, and generators that hop.
# - M. Heusel, H. Ramsauer, T. Unterthiner, B. Nessler, S. Hochreiter. *GANs Trained by a Two Time-Scale Update Rule
#   Converge to a Local Nash Equilibrium.* NeurIPS 2017. [arXiv:1706.08500](https://arxiv.org/abs/1706.08500). Two
#   learning rates.
# - T. Karras, T. Aila, S. Laine, J. Lehtinen. *Progressive Growing of GANs for Improved Quality, Stability, and
#   Variation.* ICLR 2018. [arXiv:1710.10196](https://arxiv.org/abs/1710.10196).
# - A. Karnewar, O. Wang. *MSG-GAN: Multi-Scale Gradients for Generative Adversarial Networks.* CVPR 2020.
#   [arXiv:1903.06048](https://arxiv.org/abs/1903.06048).
# - A. Canziani, Y. LeCun. *Deep Learning*, New York University, spring 2020, week 9-3, on GANs as energy-based models.

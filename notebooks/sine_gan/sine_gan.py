# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A GAN that learns a sine curve
#
# You will build a machine that forges. It never sees a formula. It is shown 1024 points of a curve, and a second
# network that calls out "real" or "fake" whenever it is shown a point. From those calls alone it has to work out
# how to make new points that pass for real.
#
# Such a pair of networks is a *generative adversarial network*, a GAN. The same game draws faces and paints
# horses into zebras. Here the data live in the plane, so that you can see everything that happens: training takes
# seconds, and one picture shows all there is to know.
#
# By the end you will have written the data set, both networks, both training steps, the loop around them, and two
# measures that tell whether the result is any good. The lab takes about two hours, with a break where you like.

# %% tags=["setup"]
import math

import matplotlib.pyplot as plt
import torch
from torch import nn
from torch.utils.data import DataLoader

from autograder import check, check_identity, figures, quiz, summarise_marks, training_length

# %% [markdown]
# The settings come next. Everything runs on the CPU, since networks as small as these would spend more time
# waiting for a GPU than computing on it.

# %% tags=["setup"]
seed = 2023
torch.manual_seed(seed)
batch_size = 32
lr = 0.001
num_epochs = training_length(115)

# %% [markdown]
# Here is a picture of where you are going. Random dots go in on the left; each of them comes out on the right, in
# the same colour. This generator was written by hand. Yours will have to find such a map on its own.

# %%
figures.where_it_ends()

# %% [markdown]
# Before you begin, five questions. They carry no marks, and nobody keeps your answers. Choose, and open your
# choice: it says at once whether it is right, and why. Where you don't know, guess.

# %%
quiz("sine_gan.start")

# %% [markdown]
# ## 1. How this lab works (5 minutes)
#
# {Exercises} exercises are marked by machine, {machine_marks} marks in all, and {questions} written questions by your instructor, {written_marks} marks.
# Write your code where you see `raise NotImplementedError()`, then run the cell under it: it shows `✓` and your
# marks at once, or a sentence about what to look at. Run it as often as you like; an exercise counts once. When
# you have handed in, hidden tests follow the same rules with other numbers, and they decide the mark. A training
# run that comes out badly costs nothing: no mark depends on luck.
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
# ## 2. Two kinds of model (10 minutes)
#
# Suppose that somebody gives you photographs of cats and dogs, and the right name with each. Two quite different
# ambitions are possible.
#
# A **discriminative** model wants to name the next photograph. With $x$ for the picture and $y$ for its label, it
# learns
#
# $$P(y \mid x),$$
#
# the probability of each label once the picture is known. It needs to find a border and nothing else. A whisker
# may be enough, and what lies far from the border is of no interest to it.
#
# A **generative** model wants to know what photographs are like. It learns
#
# $$P(x),$$
#
# how probable each picture is, or, where there are labels, $P(x \mid y)$: what cats look like, and what dogs look
# like. That is the harder job, since every pixel matters. It also buys more: whoever knows $P(x)$ can draw new
# pictures from it, and $P(x \mid y)$ makes a cat on request.

# %%
figures.two_kinds_of_model()

# %% [markdown]
# Both panels show the same dots. On the left a single line answers the question "which class?". On the right each
# class has become a landscape; the stars are new points drawn from it.
#
# A GAN holds one model of each kind. Which of its networks is which? Keep the question in mind for later.
#
# ## 3. A game for two networks (10 minutes)
#
# ### The latent space
#
# Where does a generator get its ideas from? From dice. It is fed random numbers $z$, here two of them, each drawn
# from a normal distribution with mean 0 and variance 1. The plane that $z$ lives in is called the **latent
# space**. Its axes mean nothing to begin with; training gives them a meaning. The generator $G$ is a function
# that bends this featureless cloud until it has the shape of the data:
#
# $$z \sim \mathcal N(0, I), \qquad x = G(z).$$
#
# Since $G$ is continuous, neighbours in the latent space become neighbours among the samples. You saw that in the
# first figure, as a smooth run of colours.
#
# ### The two players
#
# The **discriminator** $D$ receives a point and answers with a probability: 1 for "surely from the data set", 0
# for "surely a fake by $G$". It is trained to be right on both kinds.
#
# The **generator** $G$ is trained to make $D$ wrong. It never sees a real sample. All it learns from is how $D$'s
# answer changes when one of its own samples moves a little.

# %%
figures.two_player_diagram()

# %% [markdown]
# Follow the dashed arrows: the verdict on a sample teaches both networks, and they want opposite things from it.
#
# ### The value of the game
#
# One number describes who is winning:
#
# $$\min_G \max_D V(D, G) = \mathbb E_{x \sim \text{data}}\big[\log D(x)\big] + \mathbb E_{z}\big[\log\big(1 - D(G(z))\big)\big].$$
#
# Read it from the inside. Both terms are logarithms of probabilities, so neither is above zero. $D$ pushes $V$
# up: it wants $D(x)$ near 1 for real samples and $D(G(z))$ near 0 for generated ones. $G$ appears in the second
# term only, and pulls it down. Each player prepares for the best reply of the other, which is what *minimax*
# means in the theory of games.
#
# If $G$ ever produces exactly the distribution of the data, no judge can do better than toss a coin. Then
# $D = \tfrac12$ everywhere and $V = -\log 4$. Goodfellow and his co-authors show that this is the optimum of the
# game.
#
# Nobody can solve a minimax problem over networks outright, so the two take turns. In the paper $D$ is updated
# $k$ times for each update of $G$, so that the judge stays sharp. We take $k = 1$, the cheapest choice, and the
# one that the paper uses in its own experiments.
#
# ## 4. The data (15 minutes)
#
# The real samples are points on one period of the sine. Let $x_1$ be uniform on $[0, 2\pi)$, and
# $x_2 = \sin(x_1)$. The points fill a line, and this line is a vanishingly thin part of the plane: a generator
# has to be precise to pass.
#
# ### Exercise {number}: points on a curve
#
# **Write `make_train_data` so that it draws random points on one period of the sine. ({marks} marks)**
#
# | signature | `make_train_data(train_data_length=1024)` |
# |---|---|
# | takes | `train_data_length`, the number n of points, 1024 unless told otherwise |
# | returns | a float32 tensor of shape `(n, 2)`: `x1` in column 0, `x2` in column 1 |
#
# If the draws for `x1` happened to be 0, π/2 and π, the result would be
#
# ```
# tensor([[0.0000, 0.0000],
#         [1.5708, 1.0000],
#         [3.1416, 0.0000]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `torch.rand` is uniform on [0, 1), so it has to be stretched; `torch.randn` draws from a normal distribution,
# which is something else. `torch.stack` joins columns when you say along which `dim`. There is no need to seed:
# the notebook has done that.
#
# </details>

# %% nbgrader={"grade_id": "make_train_data"}
def make_train_data(train_data_length=1024):
    """Draw points on one period of the sine curve.

    Returns a float32 tensor of shape (train_data_length, 2): column 0 holds x1, uniform on [0, 2π),
    drawn from torch's global random numbers; column 1 holds sin(x1).
    """
    ### BEGIN SOLUTION
    x1 = 2 * math.pi * torch.rand(train_data_length)
    return torch.stack((x1, torch.sin(x1)), dim=1)
    ### END SOLUTION

# %% [markdown]
# The check looks at shape and type, at the spread of `x1`, and at whether `x2` is its sine.

# %% nbgrader={"grade_id": "test_make_train_data"}
check("sine_gan.make_train_data")

# %% [markdown]
# ### Exercise {number}: samples with labels
#
# PyTorch's `DataLoader` shuffles a data set and deals it out in batches. By custom a data set holds pairs of a
# sample and a label. Ours has no classes, so each label is a 0 that nobody will read; it keeps the format that
# the rest of PyTorch expects.
#
# **Write `make_train_set` so that it pairs every row of `train_data` with the label 0.0. ({marks} marks)**
#
# | signature | `make_train_set(train_data)` |
# |---|---|
# | takes | `train_data`, a tensor of shape `(n, 2)` |
# | returns | a Python list of n tuples `(sample, label)`: a tensor of shape `(2,)`, and `0.0` |
#
# For `train_data = torch.tensor([[0.0, 0.0], [1.5, 1.0]])` the result is
#
# ```
# [(tensor([0., 0.]), 0.0), (tensor([1.5000, 1.0000]), 0.0)]
# ```
#
# <details>
# <summary>Hint</summary>
#
# A loop over a 2-D tensor walks along its rows. The loader will ask for `len(train_set)` and for `train_set[i]`,
# and again in every epoch. `zip` answers neither question and is used up after one pass. A list can do both.
#
# </details>

# %% nbgrader={"grade_id": "make_train_set"}
def make_train_set(train_data):
    """Pair every sample with a label, as a DataLoader wants it.

    Takes a tensor of shape (n, 2). Returns a Python list of n tuples (sample, label): the sample is a
    tensor of shape (2,), the label the scalar 0.0 (a float, or a float tensor without dimensions).
    """
    ### BEGIN SOLUTION
    return [(sample, 0.0) for sample in train_data]
    ### END SOLUTION

# %% [markdown]
# The check looks at the length and at the pairs, and goes through your list twice.

# %% nbgrader={"grade_id": "test_make_train_set"}
check("sine_gan.make_train_set")

# %% [markdown]
# Now the real data, once and for all. The seed makes them the same on every run.

# %%
torch.manual_seed(seed)
train_data = make_train_data()
train_set = make_train_set(train_data)
train_loader = DataLoader(train_set, batch_size=batch_size, shuffle=True)
figures.real_and_generated(train_data)

# %% [markdown]
# These points are all that your networks will ever learn about the sine. One batch of them:

# %%
real_samples, labels = next(iter(train_loader))
print("samples", tuple(real_samples.shape), "labels", tuple(labels.shape), "batches per epoch", len(train_loader))

# %% [markdown]
# A look at one coordinate alone is often worth a line of code. If `x1` is uniform, the bars below are level, up
# to luck.

# %%
plt.figure(figsize=(6, 1.8))
plt.hist(train_data[:, 0].numpy(), bins=20, color=figures.REAL, rwidth=0.9)
plt.xlabel("x1")
plt.show()

# %% [markdown]
# ## 5. The two networks (15 minutes)
#
# ### Exercise {number}: the discriminator
#
# $D$ is a plain classifier: two numbers in, one probability out. It is made generously large, because a dull
# judge teaches little. It also has **dropout**: at each training step a random 30 % of the hidden units are
# silenced. That keeps $D$ from learning the 1024 real points by heart, which would leave $G$ without a useful
# answer anywhere else.
#
# **Complete `Discriminator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Discriminator()` |
# |---|---|
# | takes | points of shape `(N, 2)` |
# | returns | probabilities of shape `(N, 1)`, each between 0 and 1 |
# | hidden layers | 256, 128 and 64 units; after each ReLU, then dropout with probability 0.3 |
# | last layer | 64 to 1, then a sigmoid |
#
# A new network knows nothing, so five points get five answers near one half, such as
#
# ```
# tensor([[0.5081], [0.4977], [0.5036], [0.4921], [0.5058]])
# ```
#
# <details>
# <summary>Hint</summary>
#
# `nn.Sequential` applies layers in the order in which you list them. Use the module `nn.Dropout`, since a module
# notices when the network is switched to evaluation with `.eval()`. Its argument is the share that is dropped,
# not the share that is kept.
#
# </details>

# %% nbgrader={"grade_id": "discriminator"}
class Discriminator(nn.Module):
    """The probability that a point is real: (N, 2) -> (N, 1), values in (0, 1).

    Linear layers 2 -> 256 -> 128 -> 64 -> 1. After each of the three hidden layers ReLU, then
    Dropout with probability 0.3; after the last layer Sigmoid.
    """

    def __init__(self):
        super().__init__()
        ### BEGIN SOLUTION
        self.model = nn.Sequential(
            nn.Linear(2, 256),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(256, 128),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(128, 64),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(64, 1),
            nn.Sigmoid(),
        )
        ### END SOLUTION

    def forward(self, points):
        ### BEGIN SOLUTION
        return self.model(points)
        ### END SOLUTION

# %% [markdown]
# The check looks at the layers and at what they do in training and in evaluation, with numbers of its own as
# weights.

# %% nbgrader={"grade_id": "test_discriminator"}
check("sine_gan.discriminator")

# %% [markdown]
# ### Exercise {number}: the generator
#
# $G$ can be far smaller: it only has to bend a plane. There is nothing after its last layer, and that matters. A
# sigmoid would fence the samples into [0, 1], a tanh into [-1, 1], while `x1` runs up to 6.28.
#
# **Complete `Generator`, both the layers and the forward pass. ({marks} marks)**
#
# | signature | `Generator()` |
# |---|---|
# | takes | latent samples of shape `(N, 2)` |
# | returns | points of the plane, shape `(N, 2)`, any size |
# | hidden layers | 16 and 32 units; after each ReLU |
# | last layer | 32 to 2, and nothing else |
#
# So `Generator()(torch.zeros(3, 2))` has shape `(3, 2)`, and its three rows are equal: the same $z$ gives the
# same point.
#
# <details>
# <summary>Hint</summary>
#
# Count what goes between the layers. An `nn.Linear` straight after another one adds nothing, as two linear maps
# make one linear map: what must stand between them so that the plane can be bent?
#
# </details>

# %% nbgrader={"grade_id": "generator"}
class Generator(nn.Module):
    """Turns latent samples into points of the plane: (N, 2) -> (N, 2).

    Linear layers 2 -> 16 -> 32 -> 2, ReLU after the two hidden layers, nothing after the last.
    """

    def __init__(self):
        super().__init__()
        ### BEGIN SOLUTION
        self.model = nn.Sequential(
            nn.Linear(2, 16),
            nn.ReLU(),
            nn.Linear(16, 32),
            nn.ReLU(),
            nn.Linear(32, 2),
        )
        ### END SOLUTION

    def forward(self, latent_space_samples):
        ### BEGIN SOLUTION
        return self.model(latent_space_samples)
        ### END SOLUTION

# %% [markdown]
# The check looks at the layers and at the output, which has to be able to leave any box.

# %% nbgrader={"grade_id": "test_generator"}
check("sine_gan.generator")

# %% [markdown]
# How big are they? If your layers are right, this prints 41985 and 658.

# %%
for network in (Discriminator(), Generator()):
    print(type(network).__name__, sum(parameter.numel() for parameter in network.parameters()))

# %% [markdown]
# And what does a generator do before it has learned anything? It puts the whole latent plane somewhere near the
# origin, with a few creases where its ReLUs bend.

# %%
torch.manual_seed(seed)
latent_space_samples = torch.randn(1000, 2)
figures.latent_to_points(latent_space_samples, Generator()(latent_space_samples), "before training")

# %% [markdown]
# Compare that with the first figure of this notebook. Training has to get from here to there.
#
# ## 6. One turn each (25 minutes)
#
# Both players learn with the same loss, the **binary cross-entropy**. For an answer $p$ and a label $y$ that is 0
# or 1,
#
# $$\ell(p, y) = -\,y \log p - (1 - y) \log (1 - p).$$
#
# It is small when $p$ is close to $y$, and grows without limit as $D$ becomes sure of the wrong thing.
# `nn.BCELoss()` computes it and takes the mean over everything it is given.

# %%
loss_function = nn.BCELoss()
for answer in (0.99, 0.5, 0.01):
    print(f"D says {answer}, label 1: loss {loss_function(torch.tensor([answer]), torch.ones(1)):.2f}")

# %% [markdown]
# Note the middle line. A judge that always says one half has the loss $\log 2 \approx 0.69$, whatever the labels
# are. You will meet this number again.
#
# ### Exercise {number}: the discriminator's turn
#
# $D$ sees N real samples, labelled 1, and N generated ones, labelled 0. Its loss is the mean over all 2N,
#
# $$L_D = -\frac{1}{2N} \sum_{i=1}^{N} \Big[ \log D(x_i) + \log\big(1 - D(G(z_i))\big) \Big],$$
#
# which is an estimate of $-\tfrac12 V$. To make it small is to make $V$ large: this is the "max" of minimax.
#
# **Write `discriminator_step`: one update of the discriminator, and of nothing else. ({marks} marks)**
#
# | signature | `discriminator_step(discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator)` |
# |---|---|
# | takes | both networks, `real_samples` and `latent_space_samples` of shape `(N, 2)`, the loss function, D's optimiser |
# | returns | the loss of this step, a scalar tensor or a float |
# | changes | D's weights, once. G keeps its weights and its gradients as they were |
#
# Say that N = 2, and that D answers 0.9 and 0.8 for the real samples, 0.3 and 0.2 for the generated ones. Then
# the loss is
#
# $$-\tfrac14 (\log 0.9 + \log 0.8 + \log 0.7 + \log 0.8) \approx 0.227.$$
#
# <details>
# <summary>Hint</summary>
#
# `torch.cat` puts two batches into one, and does the same for labels. Labels need the shape of D's answers.
# PyTorch adds new gradients to old ones until `zero_grad()` is called. And G isn't being trained here, so nothing
# has to flow back into it: `torch.no_grad()` and `.detach()` are two ways to say so.
#
# </details>

# %% nbgrader={"grade_id": "discriminator_step"}
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    """Update the discriminator once, on N real and N generated samples.

    real_samples and latent_space_samples have shape (N, 2). Real samples are labelled 1, generated
    ones 0; the loss is the mean of loss_function over all 2N samples. The generator stays as it was,
    its gradients too. Returns the loss, a scalar tensor or a float.
    """
    ### BEGIN SOLUTION
    with torch.no_grad():
        generated_samples = generator(latent_space_samples)
    all_samples = torch.cat((real_samples, generated_samples))
    real_labels = torch.ones(len(real_samples), 1)
    generated_labels = torch.zeros(len(generated_samples), 1)
    all_labels = torch.cat((real_labels, generated_labels))

    optimizer_discriminator.zero_grad()
    loss_discriminator = loss_function(discriminator(all_samples), all_labels)
    loss_discriminator.backward()
    optimizer_discriminator.step()
    return loss_discriminator.detach()
    ### END SOLUTION

# %% [markdown]
# The check plays several turns on small networks and compares losses and weights. It also looks whether G was
# left in peace.

# %% nbgrader={"grade_id": "test_discriminator_step"}
check("sine_gan.discriminator_step")

# %% [markdown]
# ### Exercise {number}: the generator's turn
#
# By the formula of section 3, $G$ should make $\log(1 - D(G(z)))$ small. Early in a game that fails. The samples
# are poor, $D$ sees through them, and just there this curve is almost flat: hardly any gradient comes back. The
# paper therefore suggests another loss with the same aim,
#
# $$L_G = -\frac1N \sum_{i=1}^{N} \log D(G(z_i)).$$

# %%
figures.generator_losses()

# %% [markdown]
# Both curves fall as the samples get better, but the second is steepest where $G$ has most to learn. It is called
# the **non-saturating** loss. In code it takes one small lie: give the generated samples the label 1, and use the
# same cross-entropy as before.
#
# **Write `generator_step`: one update of the generator, so that the discriminator takes its samples for real. ({marks}
# marks)**
#
# | signature | `generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator)` |
# |---|---|
# | takes | both networks, `latent_space_samples` of shape `(N, 2)`, the loss function, G's optimiser |
# | returns | the loss of this step, a scalar tensor or a float |
# | changes | G's weights, once. D keeps its weights (what its `.grad` holds doesn't matter) |
#
# Say that N = 2, and that D answers 0.3 and 0.2. Then the loss is
# $-\tfrac12 (\log 0.3 + \log 0.2) \approx 1.407$. G has a long way to go.
#
# <details>
# <summary>Hint</summary>
#
# The gradient has to travel from the loss through D into G, so this time the path must stay open: no `.detach()`,
# no `torch.no_grad()`. Which weights move is decided by the optimiser whose `step()` you call.
#
# </details>

# %% nbgrader={"grade_id": "generator_step"}
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    """Update the generator once, so that the discriminator takes its samples for real ones.

    latent_space_samples has shape (N, 2). The generated samples are labelled 1. The discriminator
    stays as it was (its gradients are free). Returns the loss, a scalar tensor or a float.
    """
    ### BEGIN SOLUTION
    real_labels = torch.ones(len(latent_space_samples), 1)

    optimizer_generator.zero_grad()
    generated_samples = generator(latent_space_samples)
    loss_generator = loss_function(discriminator(generated_samples), real_labels)
    loss_generator.backward()
    optimizer_generator.step()
    return loss_generator.detach()
    ### END SOLUTION

# %% [markdown]
# The check compares losses and G's weights over several turns, and makes sure that D didn't move.

# %% nbgrader={"grade_id": "test_generator_step"}
check("sine_gan.generator_step")

# %% [markdown]
# Before the two play for real, a small experiment. First a function that sets up a new game. It seeds, makes
# fresh networks, and gives each an Adam optimiser of its own, so that every game starts from the same position.

# %%
def new_game():
    """Fresh networks and optimisers: D, G, D's Adam, G's Adam."""
    torch.manual_seed(seed)
    discriminator, generator = Discriminator(), Generator()
    optimizer_discriminator = torch.optim.Adam(discriminator.parameters(), lr=lr)
    optimizer_generator = torch.optim.Adam(generator.parameters(), lr=lr)
    return discriminator, generator, optimizer_discriminator, optimizer_generator

# %% [markdown]
# What happens when only one of the two is allowed to play? Guess first. Below, $D$ has 150 turns in a row while
# $G$ stands still; then they change places.

# %%
D, G, D_adam, G_adam = new_game()
real_samples, latent_space_samples = train_data[:256], torch.randn(256, 2)
for turn in range(1, 301):
    if turn <= 150:
        loss = discriminator_step(D, G, real_samples, latent_space_samples, loss_function, D_adam)
    else:
        loss = generator_step(D, G, latent_space_samples, loss_function, G_adam)
    if turn in (1, 150, 151, 300):
        print(f"turn {turn:3}: {'D' if turn <= 150 else 'G'} plays, loss {float(loss):.2f}")

# %% [markdown]
# Whoever plays alone wins. $D$ starts at about 0.69, the loss of a guesser, and ends near zero: 150 turns are
# enough to see through a generator that stands still. $G$ then starts deep in the grey band of the last figure,
# and wins it all back from a judge that stands still. In a real game both learn at once, and a gain for one is a
# loss for the other. Remember that when you look at the curves of section 7.
#
# ## 7. The game (10 minutes)
#
# ### Exercise {number}: the loop
#
# **Write `train`, which plays `num_epochs` epochs and keeps a record of them. ({marks} marks)**
#
# For each batch of `train_loader`:
#
# 1. draw latent samples from a normal distribution, as many as the batch has real ones;
# 2. let D have its turn, with `discriminator_step`;
# 3. draw latent samples again, just as many;
# 4. let G have its turn, with `generator_step`.
#
# After each epoch, keep what G makes of `fixed_latent`. That is always the same noise, so that any change comes
# from G.
#
# | signature | `train(discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator, num_epochs, fixed_latent)` |
# |---|---|
# | takes | both networks, the loader, the loss function, both optimisers, `num_epochs`, and `fixed_latent` of shape `(M, 2)` |
# | returns | a dict of three lists: `"loss_discriminator"` and `"loss_generator"`, a float for each batch, and `"samples"`, a tensor of shape `(M, 2)` for each epoch, detached |
#
# With ten real samples, batches of four and two epochs, the batches have 4, 4, 2, 4, 4 and 2 samples. Each list
# of losses then has six floats, and `"samples"` has two tensors.
#
# <details>
# <summary>Hint</summary>
#
# The last batch of an epoch may be smaller, so ask the batch for its `len`. `float(...)` turns a scalar tensor
# into a number and lets go of the graph behind it. A kept tensor must not change later: `torch.no_grad()` or
# `.detach()` cut it off, and `.clone()` makes a copy.
#
# </details>

# %% nbgrader={"grade_id": "train"}
def train(
    discriminator,
    generator,
    train_loader,
    loss_function,
    optimizer_discriminator,
    optimizer_generator,
    num_epochs,
    fixed_latent,
):
    """Train both networks by calling discriminator_step and generator_step for every batch.

    Per batch: N(0, 1) latents of shape (len(batch), 2), a discriminator step, fresh latents, a
    generator step. Returns a dict of three lists: "loss_discriminator" and "loss_generator" with a
    float per batch, and "samples" with a detached copy of generator(fixed_latent) after each epoch.
    """
    ### BEGIN SOLUTION
    history = {"loss_discriminator": [], "loss_generator": [], "samples": []}
    for epoch in range(num_epochs):
        for real_samples, _ in train_loader:
            latent_space_samples = torch.randn(len(real_samples), 2)
            loss_discriminator = discriminator_step(
                discriminator,
                generator,
                real_samples,
                latent_space_samples,
                loss_function,
                optimizer_discriminator,
            )
            latent_space_samples = torch.randn(len(real_samples), 2)
            loss_generator = generator_step(
                discriminator, generator, latent_space_samples, loss_function, optimizer_generator
            )
            history["loss_discriminator"].append(float(loss_discriminator))
            history["loss_generator"].append(float(loss_generator))
        with torch.no_grad():
            history["samples"].append(generator(fixed_latent).clone())
    return history
    ### END SOLUTION

# %% [markdown]
# The check plays a short game with steps of its own, with a last batch that is smaller, and counts what your loop
# does.

# %% nbgrader={"grade_id": "test_train"}
check("sine_gan.train")

# %% [markdown]
# Now play. This takes some ten seconds for 115 epochs. Run the cell again, and it starts a new game from the same
# position.

# %%
discriminator, generator, optimizer_discriminator, optimizer_generator = new_game()
fixed_latent = torch.randn(500, 2)
history = train(
    discriminator, generator, train_loader, loss_function,
    optimizer_discriminator, optimizer_generator, num_epochs, fixed_latent,
)
loss_discriminator, loss_generator = history["loss_discriminator"], history["loss_generator"]
print(f"{len(loss_generator)} turns each; last losses: D {loss_discriminator[-1]:.2f}, G {loss_generator[-1]:.2f}")

# %% [markdown]
# ### The losses
#
# In most of machine learning a loss that falls is good news, and one that stays level means that nothing is being
# learned. Look at these:

# %%
figures.loss_curves(loss_discriminator, loss_generator, batches_per_epoch=len(train_loader))

# %% [markdown]
# The thick lines are means over an epoch, the thin ones single batches. After a short scuffle both hover around
# $\log 2$ and swing up and down. Neither falls, and neither should. Each loss is measured against an opponent,
# and the opponent learns too: when $G$ finds a good trick, its loss drops and $D$'s climbs; $D$ then learns to
# see the trick, and they swing back. The dotted line is where a judge can only guess. So the curves show that the
# two are evenly matched. They don't show how well either plays. For that we have to look at the samples.
#
# ### The samples
#
# Here are 1024 new ones, made from noise that the generator has never met.

# %%
generated_samples = generator(torch.randn(1024, 2)).detach()
figures.real_and_generated(train_data, generated_samples)

# %% [markdown]
# One picture at the end hides the way there. The animation shows the 500 samples from `fixed_latent`, epoch by
# epoch. Watch it two or three times, and follow one end of the curve.

# %%
figures.animate(history["samples"], train_data)

# %% [markdown]
# Finally the same dots in two places: in the latent space, and where $G$ put them. The colours tell which stripe
# of the latent plane became which part of the curve.

# %%
figures.latent_to_points(fixed_latent, history["samples"][-1], "after training")

# %% [markdown]
# ## 8. Is it any good? (15 minutes)
#
# "It looks like a sine" is an opinion. A measure lets you compare two runs, and here we can have one, because we
# know the true curve. (With photographs nobody does, which is why judging GANs is a research topic of its own.)
#
# ### Exercise {number}: how far from the curve?
#
# **Write `curve_distance`, which says for each sample how far it is from the curve. ({marks} marks)**
#
# $$d(x_1, x_2) = \lvert x_2 - \sin c \rvert + \lvert x_1 - c \rvert, \qquad c = x_1 \text{ clamped to } [0, 2\pi].$$
#
# The first part is the height above or below the curve. The second is zero unless a sample has run past one of
# its ends.
#
# | signature | `curve_distance(samples)` |
# |---|---|
# | takes | samples of shape `(N, 2)` |
# | returns | distances of shape `(N,)`, none below 0 |
#
# The samples (π/2, 1), (0, 0.5), (-1, 0.5) have the distances 0, 0.5 and 1.5. For the last one c = 0, and it pays
# 0.5 for height and 1 for running out.
#
# <details>
# <summary>Hint</summary>
#
# Take the two columns apart first. Tensors have a method `clamp` with a lower and an upper bound; all else works
# on whole columns, so you need no loop.
#
# </details>

# %% nbgrader={"grade_id": "curve_distance"}
def curve_distance(samples):
    """How far each sample is from the curve: (N, 2) -> (N,).

    abs(x2 - sin(c)) + abs(x1 - c), where c is x1 clamped to [0, 2π].
    """
    ### BEGIN SOLUTION
    x1, x2 = samples[:, 0], samples[:, 1]
    c = x1.clamp(0, 2 * math.pi)
    return (x2 - torch.sin(c)).abs() + (x1 - c).abs()
    ### END SOLUTION

# %% [markdown]
# The check tries points on the curve, off it, and past both ends.

# %% nbgrader={"grade_id": "test_curve_distance"}
check("sine_gan.curve_distance")

# %% [markdown]
# ### Exercise {number}: how much of the curve?
#
# Distance alone is easy to fool. A generator that turns every $z$ into the point (0, 0) sits exactly on the
# curve. Its mean distance is 0, a perfect result, and it has learned one point. GANs really do this; it is called
# **mode collapse**. So we need to ask a second question: how much of the curve is reached at all?
#
# **Write `coverage`, the share of the curve that has a sample close by. ({marks} marks)**
#
# Cut $[0, 2\pi)$ into `bins` equal parts along $x_1$. A part is covered if at least one sample lies in it whose
# curve distance is below `tolerance`.
#
# | signature | `coverage(samples, bins=20, tolerance=0.2)` |
# |---|---|
# | takes | samples of shape `(N, 2)`, `bins`, `tolerance` |
# | returns | covered parts divided by all parts, a Python float |
#
# With `bins=4` each part is π/2 wide. The samples (0.1, 0.1) and (0.2, 0.2) are close, and both in the first
# part; (2.0, 0.9) is close, in the second; (4.0, 2.0) is far from the curve; (7.0, 0.0) is in no part. Two parts
# of four: the coverage is 0.5.
#
# <details>
# <summary>Hint</summary>
#
# Sort out the samples that count before anything else: close ones, inside the interval. Which part one belongs to
# is a division, rounded down. A part counts once however many samples it holds, and a Python `set` keeps no
# doubles, nor does `torch.unique`.
#
# </details>

# %% nbgrader={"grade_id": "coverage"}
def coverage(samples, bins=20, tolerance=0.2):
    """The share of the curve that has a sample close by, a Python float in [0, 1].

    Cut [0, 2π) into `bins` equal parts along x1. A part is covered if it holds a sample whose
    curve_distance is below `tolerance`. Samples with x1 outside [0, 2π) fall in no part.
    """
    ### BEGIN SOLUTION
    x1 = samples[:, 0]
    close = (curve_distance(samples) < tolerance) & (x1 >= 0) & (x1 < 2 * math.pi)
    parts = (x1[close] / (2 * math.pi) * bins).long().clamp(max=bins - 1)
    return len(parts.unique()) / bins
    ### END SOLUTION

# %% [markdown]
# The check tries samples that crowd into one part, that are too far away, and that lie outside the interval, with
# several values of `bins`.

# %% nbgrader={"grade_id": "test_coverage"}
check("sine_gan.coverage")

# %% [markdown]
# ### Why it takes both
#
# Three generators that need no training: one that always says (0, 0), one that throws points anywhere into the
# box around the curve, and the data themselves.

# %%
stuck = torch.zeros(1000, 2)
anywhere = torch.rand(1000, 2) * torch.tensor([2 * math.pi, 2.0]) - torch.tensor([0.0, 1.0])
for name, points in {"stuck": stuck, "anywhere": anywhere, "real data": train_data}.items():
    print(f"{name:10} mean curve distance {curve_distance(points).mean():.2f}   coverage {coverage(points):.2f}")

# %% [markdown]
# The stuck one has a perfect distance and next to no coverage. The careless one covers everything and is far off
# on average. Only the data do well on both.
#
# ### Your generator
#
# Now for your own. There is no pass mark here and nothing to gain or lose; the numbers are for you, and for
# question 4.

# %%
distances = curve_distance(generated_samples)
print(f"mean curve distance: {distances.mean():.3f}   (0 is perfect)")
print(f"coverage: {coverage(generated_samples):.0%} of the curve has a sample within 0.2")
figures.covered_parts(generated_samples, distances)

# %% [markdown]
# The hatched parts are the ones that your generator misses. Don't be surprised to have some: eight games with
# different seeds ended with a coverage between 60 % and 90 %, and a mean distance between 0.09 and 0.30. Your
# numbers may also differ a little from those of a neighbour with the same seed, since the rounding of another
# processor is enough to send a long game down another path.
#
# The last epoch is only one of many. Here are both measures for the samples of `fixed_latent` after each epoch:

# %%
figures.over_epochs(
    coverage=[coverage(samples) for samples in history["samples"]],
    mean_curve_distance=[float(curve_distance(samples).mean()) for samples in history["samples"]],
)

# %% [markdown]
# Compare this with the loss curves. There, the first dozen epochs over, not much seems to happen; here, the
# numbers leap about to the end. The losses tell that the game is balanced, and it takes a measure to tell how
# good the samples are. Look at the far left as well: after one epoch the samples are already near the curve, yet
# they cover hardly any of it. They huddle in one spot close to the origin.
#
# One last look, from the other side of the table. This is what the discriminator now thinks of every point in the
# plane.

# %%
discriminator.eval()  # no dropout, so that each point has one answer
figures.probability_map(discriminator, train_data, generated_samples[:200])
_ = discriminator.train()  # and back

# %% [markdown]
# White means one half: there, $D$ can't decide. Where white runs along the curve, the game is close to a draw.
# Where it's purple, $D$ is convinced that nothing real lives there. Far from all points the colours mean little,
# since nobody ever showed $D$ a sample in those places.
#
# ## 9. Four questions (15 minutes)
#
# Answer in your own words. Two to five sentences each will do, except where the question says otherwise.

# %% [markdown] nbgrader={"grade_id": "question_1_text"}
# **Question 1 ({marks} marks).** What is the difference between a discriminative and a generative model? Answer in one
# sentence.
#
# === BEGIN MARK SCHEME ===
# - 2 marks: a discriminative model learns P(y|x), or says the same in words: it predicts the label of a given
#   sample, it separates classes.
# - 2 marks: a generative model learns P(x), or P(x|y) where there are labels: how the data are distributed.
# - 1 mark: what follows from it, in the same sentence: only the generative model can produce new samples (or: the
#   discriminative one needs only the border).
#
# Half answers: "one classifies, the other creates" without a word about what is learned, 3 in all. Only one of
# the two models described, at most 2. P(y|x) and P(x|y) swapped, at most 1. "Discriminative is supervised,
# generative is unsupervised" misses the point (P(x|y) uses labels), at most 1. Right but in several sentences:
# take 1 off.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_1"}
# === BEGIN SOLUTION ===
# A discriminative model learns P(y|x), the probability of a label for a sample that is already there, while a
# generative model learns how the samples themselves are distributed, P(x), or P(x|y) when there are labels, and
# can therefore produce new ones.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_2_text"}
# **Question 2 ({marks} marks).** How does the minimax principle apply to a GAN?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: there is one value V(D, G) for both players (formula or words); what one gains the other loses.
# - 1 mark: D maximises it, by giving real samples probabilities near 1 and generated ones near 0.
# - 1 mark: G minimises it, by making samples to which D gives high probabilities.
# - 1 mark: how it is played: alternating gradient steps, k of D for each of G (here k = 1), the other network
#   held fixed.
# - 1 mark: where it leads: at the optimum G has the distribution of the data and D answers 1/2 everywhere; or
#   that in practice G minimises -log D(G(z)) instead, and why.
#
# Half answers: "they compete" with no statement of who maximises or minimises what, 1 in all. Both networks said
# to minimise V, or the roles swapped: at most 2. The formula copied without a word of explanation: at most 2.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_2"}
# === BEGIN SOLUTION ===
# Both networks play for the same number, V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))]. D tries to make it as large
# as possible, by answering 1 for real samples and 0 for generated ones; G tries to make it as small as possible,
# by producing samples that D takes for real. So G looks for the minimum over its weights of the maximum that D
# can reach, min over G of max over D of V. In practice the two take turns with a gradient step each, the other
# one held fixed (k = 1 steps of D per step of G here), and G uses the loss -log D(G(z)), whose gradient doesn't
# vanish while the samples are bad. At the optimum G reproduces the distribution of the data, and D can only
# answer 1/2.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_3_text"}
# **Question 3 ({marks} marks).** What does the animation of the samples show?
#
# === BEGIN MARK SCHEME ===
# - 1 mark: what is plotted: the samples that G makes of the same fixed latent points, after each epoch, over the
#   real data.
# - 1 mark: the start: a small shapeless patch or streak near the origin, nothing like a sine.
# - 2 marks: the way: it stretches out along x1 and bends into the curve (1), with detail from the student's own
#   run, such as which part was found first or lost again (1).
# - 1 mark: it never settles: the samples keep moving about the curve, good epochs are followed by worse ones,
#   since D keeps learning too.
#
# Half answers: "the points get closer to the sine" alone, 2 in all. A description of the last frame only, at most
# 1. A student whose animation shows no sine gets full marks for a true description of what is there.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_3"}
# === BEGIN SOLUTION ===
# Each frame shows the points that the generator makes of the same 500 latent samples, over the real data. After
# the first epoch they are a small clump beside the origin. In the next twenty they fan out over far too large an
# area, with no wave in it; then the fan folds into the curve, the left arch first and the trough on the right
# much later. It never comes to rest: near epoch 85 the samples leave the curve altogether and return within ten
# epochs, and the right end keeps swinging up and down. Every time the generator settles, the discriminator learns
# to spot its mistakes, and it has to move again.
# === END SOLUTION ===

# %% [markdown] nbgrader={"grade_id": "question_4_text"}
# **Question 4 ({marks} marks).** Is your model good, and why? Use your own numbers.
#
# === BEGIN MARK SCHEME ===
# - 1 mark: a clear verdict (good, fair, poor; any may be right).
# - 1 mark: the mean curve distance of the student's own run, and what it says.
# - 1 mark: the coverage of the student's own run, and what it says.
# - 1 mark: why it takes both: near samples may all sit in one place, wide ones may lie anywhere.
# - 1 mark: one more piece of evidence or a limit, such as: the losses near log 2 show balance and not quality;
#   the measures swing from epoch to epoch, so the last one is partly luck; which part of the curve is missing;
#   what another seed or more epochs would tell.
#
# The verdict must follow from the numbers; "good" with a coverage of 30 % and no comment loses the first mark.
# Half answers: "it looks like a sine", 1 in all. "Good, because the losses are low" or "because D is at 0.5",
# with no look at the samples, at most 1. Poor results honestly explained earn full marks.
# === END MARK SCHEME ===

# %% [markdown] nbgrader={"grade_id": "question_4"}
# === BEGIN SOLUTION ===
# Fair, but not good. The mean curve distance of 0.30 says that a typical sample is visibly off the curve, and the
# coverage of 65 % says that a third of the curve has no sample within 0.2: the gap runs from about x1 = 2.5 to
# 4.7, where the samples lie above the falling slope. It takes both numbers, because a generator stuck at the
# origin would have distance 0 and coverage 5 %, and one that throws points anywhere would cover everything. The
# losses, close to log 2, can't decide this: they only show that the two networks are evenly matched. And the end
# is partly luck: the coverage was above 90 % a few epochs earlier, so I would keep the best epoch instead of the
# last one.
# === END SOLUTION ===

# %% [markdown]
# ## 10. What do you know now? (5 minutes)
#
# Some more questions without marks, to see for yourself what has stayed. Open the option that you would choose,
# then the others.

# %%
quiz("sine_gan.end")

# %% [markdown]
# ## 11. Free play (as long as you like)
#
# No marks from here on. The two cells below make a playground from the parts that you wrote. Nothing in it
# touches your trained networks or your data.
#
# The first is your generator with another number of latent axes. It gives the first linear layer as many inputs
# as you ask for, and draws whatever numbers are missing.

# %%
class PlayGenerator(Generator):
    """Your generator, fed from a latent space of `latent_dim` axes."""

    def __init__(self, latent_dim):
        super().__init__()
        self.latent_dim = latent_dim
        first = next(layer for layer in self.modules() if isinstance(layer, nn.Linear))
        first.weight = nn.Parameter(torch.randn(first.out_features, latent_dim) / math.sqrt(3 * latent_dim))

    def forward(self, latent):
        wide = torch.randn(len(latent), self.latent_dim)
        wide[:, :2] = latent[:, : self.latent_dim]
        return super().forward(wide)

# %% [markdown]
# The second plays one game and shows how it ends. Its seed, curve, latent dimension and learning rates are yours
# to choose.

# %%
play_epochs = training_length(60)

def play(curve=torch.sin, latent_dim=2, lr_discriminator=lr, lr_generator=lr, seed=seed, epochs=play_epochs):
    """Train on points (x1, curve(x1)), and show the result."""
    torch.manual_seed(seed)
    points = make_train_data()
    points[:, 1] = curve(points[:, 0])
    loader = DataLoader(make_train_set(points), batch_size=batch_size, shuffle=True)
    judge, forger = Discriminator(), PlayGenerator(latent_dim)
    judge_adam = torch.optim.Adam(judge.parameters(), lr=lr_discriminator)
    forger_adam = torch.optim.Adam(forger.parameters(), lr=lr_generator)
    game = train(judge, forger, loader, nn.BCELoss(), judge_adam, forger_adam, epochs, torch.randn(1000, 2))
    title = f"latent dimension {latent_dim}, learning rates {lr_discriminator} and {lr_generator}"
    figures.real_and_generated(points, game["samples"][-1], title)

# %% [markdown]
# **Another curve.** Twice the waves in the same space. Is it harder? Try `torch.cos`, a parabola such as
# `lambda x: (x - 3) ** 2 / 5 - 1`, or two lines at once: `lambda x: torch.randn_like(x).sign()`.

# %%
play(curve=lambda x: torch.sin(2 * x))

# %% [markdown]
# **Another latent space.** A curve has one dimension. Is a single latent number enough to draw it? And what do
# ten numbers buy?

# %%
play(latent_dim=1)

# %% [markdown]
# **Other learning rates.** Here the judge learns ten times slower than the forger. Then turn it round. Which of
# the two mistakes is worse?

# %%
play(lr_discriminator=0.0001, lr_generator=0.001)

# %% [markdown]
# **Other dice.** `play(seed=7)` is the same game with other random numbers. Before you call any change an
# improvement, see how far apart the results of mere luck lie. And if you have ten minutes left, can you find
# settings that reach the whole curve for three seeds in a row? Nobody has promised that they exist.

# %% [markdown]
# ## 12. Your marks
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
#   *Generative Adversarial Nets.* NeurIPS 2014. [arXiv:1406.2661](https://arxiv.org/abs/1406.2661). The value
#   function, the $k$ steps of $D$, the optimum at one half, and the other loss for $G$.
# - D. P. Kingma, J. Ba. *Adam: A Method for Stochastic Optimization.* ICLR 2015.
#   [arXiv:1412.6980](https://arxiv.org/abs/1412.6980).
# - N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov. *Dropout: A Simple Way to Prevent
#   Neural Networks from Overfitting.* JMLR 15, 2014.
# - The sine as a first data set for a GAN goes back to the tutorial [*Generative Adversarial Networks: Build Your
#   First Models*](https://realpython.com/generative-adversarial-networks/) on Real Python, and to a laboratory of
#   the Universidad del Valle de Guatemala that follows it.

"""Right solutions of the pitfalls lab, each written another way: every one gets full marks.

An alternative replaces the whole solution cell of the exercise that its id begins with.
"""

from autograder.course.catalogue import Alternative

ALTERNATIVES = [
    # ---------------------------------------------------------------- xy_game
    Alternative(
        "xy_game.recursion",
        "one step, then the rest of the game",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    x, y = float(x), float(y)
    if steps == 0:
        return [(x, y)]
    next_y = y + lr * x
    next_x = x - lr * next_y
    return [(x, y)] + xy_game(next_x, next_y, steps - 1, lr)
""",
    ),
    Alternative(
        "xy_game.two_lists",
        "a list for each player, zipped at the end",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    xs, ys = [float(x)], [float(y)]
    while len(xs) <= steps:
        ys.append(ys[-1] + float(lr) * xs[-1])
        xs.append(xs[-1] - float(lr) * ys[-1])
    return list(zip(xs, ys))
""",
    ),
    Alternative(
        "xy_game.matrix",
        "a step as a matrix, in double precision",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    lr = float(lr)
    step = torch.tensor([[1 - lr**2, -lr], [lr, 1.0]], dtype=torch.float64)
    position = torch.tensor([float(x), float(y)], dtype=torch.float64)
    path = [tuple(position.tolist())]
    for _ in range(steps):
        position = step @ position
        path.append(tuple(position.tolist()))
    return path
""",
    ),
    Alternative(
        "xy_game.autograd",
        "asks autograd for the slopes",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    x = torch.tensor(float(x), dtype=torch.float64, requires_grad=True)
    y = torch.tensor(float(y), dtype=torch.float64, requires_grad=True)
    path = [(x.item(), y.item())]
    for _ in range(steps):
        (slope,) = torch.autograd.grad(x * y, y)
        with torch.no_grad():
            y += lr * slope
        (slope,) = torch.autograd.grad(x * y, x)
        with torch.no_grad():
            x -= lr * slope
        path.append((x.item(), y.item()))
    return path
""",
    ),
    Alternative(
        "xy_game.two_optimisers",
        "an SGD for each player, in single precision, one of them maximising",
        code="""\
def xy_game(x, y, steps, lr=1.0):
    x, y = (nn.Parameter(torch.tensor(float(start))) for start in (x, y))
    optimizer_x = torch.optim.SGD([x], lr=float(lr))
    optimizer_y = torch.optim.SGD([y], lr=float(lr), maximize=True)
    path = [(x.item(), y.item())]
    for _ in range(steps):
        for optimizer in (optimizer_y, optimizer_x):
            optimizer.zero_grad()
            (x * y).backward()
            optimizer.step()
        path.append((x.item(), y.item()))
    return path
""",
    ),
    Alternative(
        "xy_game.accumulate",
        "itertools.accumulate over a function that makes one step",
        code="""\
from itertools import accumulate


def xy_game(x, y, steps, lr=1.0):
    def step(pair, _):
        y = pair[1] + lr * pair[0]
        return float(pair[0] - lr * y), float(y)

    return list(accumulate(range(steps), step, initial=(float(x), float(y))))
""",
    ),
    # ---------------------------------------------------------------- optimal_discriminator
    Alternative(
        "optimal_discriminator.masked_assignment",
        "one half everywhere, then the quotient where there is any density",
        code="""\
def optimal_discriminator(p_data, p_g):
    answer = torch.full_like(p_data, 0.5)
    some = (p_data > 0) | (p_g > 0)
    answer[some] = p_data[some] / (p_data[some] + p_g[some])
    return answer
""",
    ),
    Alternative(
        "optimal_discriminator.nan_replaced",
        "the quotient, with nan_to_num for 0 / 0",
        code="""\
def optimal_discriminator(p_data, p_g):
    return torch.nan_to_num(p_data / (p_data + p_g), nan=0.5)
""",
    ),
    Alternative(
        "optimal_discriminator.sigmoid_of_log_ratio",
        "the sigmoid of the difference of the logarithms",
        code="""\
def optimal_discriminator(p_data, p_g):
    logits = p_data.log() - p_g.log()
    return torch.sigmoid(torch.where(logits.isnan(), torch.zeros_like(logits), logits))
""",
    ),
    Alternative(
        "optimal_discriminator.softmax",
        "a softmax over the two logarithms",
        code="""\
def optimal_discriminator(p_data, p_g):
    shares = torch.softmax(torch.stack((p_data, p_g), dim=-1).log(), dim=-1)
    return shares[..., 0].nan_to_num(nan=0.5)
""",
    ),
    Alternative(
        "optimal_discriminator.element_by_element",
        "a Python loop over the elements",
        code="""\
def optimal_discriminator(p_data, p_g):
    answers = []
    for a, b in zip(p_data.flatten().tolist(), p_g.flatten().tolist()):
        answers.append(a / (a + b) if a + b > 0 else 0.5)
    return p_data.new_tensor(answers).reshape(p_data.shape)
""",
    ),
    Alternative(
        "optimal_discriminator.masked_fill",
        "one less the share of the generated, filled where that is NaN",
        code="""\
def optimal_discriminator(p_data, p_g):
    share_of_generated = torch.div(p_g, torch.add(p_g, p_data))
    return (1 - share_of_generated).masked_fill(share_of_generated.isnan(), 0.5)
""",
    ),
    # ---------------------------------------------------------------- js_divergence
    Alternative(
        "js_divergence.entropies",
        "the entropy of the mixture less the mean of the entropies",
        code="""\
def js_divergence(p, q):
    mixture = torch.special.entr((p + q) / 2).sum()
    return mixture - (torch.special.entr(p).sum() + torch.special.entr(q).sum()) / 2
""",
    ),
    Alternative(
        "js_divergence.kl_div",
        "F.kl_div with the logarithm of the mixture, which is cut off far below",
        code="""\
def js_divergence(p, q):
    log_middle = ((p + q) / 2).clamp(min=1e-30).log()
    return 0.5 * sum(F.kl_div(log_middle, one, reduction="sum") for one in (p, q))
""",
    ),
    Alternative(
        "js_divergence.masks",
        "sums over the places where there is something to add",
        code="""\
def kl(p, m):
    some = p > 0
    return torch.sum(p[some] * (p[some].log() - m[some].log()))


def js_divergence(p, q):
    m = torch.lerp(p, q, 0.5)
    return torch.stack((kl(p, m), kl(q, m))).mean()
""",
    ),
    Alternative(
        "js_divergence.small_number",
        "a number inside the logarithms that is too small to be seen",
        code="""\
def js_divergence(p, q):
    m = (p + q) / 2
    kl_p = (p * torch.log((p + 1e-12) / (m + 1e-12))).sum()
    kl_q = (q * torch.log((q + 1e-12) / (m + 1e-12))).sum()
    return 0.5 * kl_p + 0.5 * kl_q
""",
    ),
    Alternative(
        "js_divergence.loop",
        "a Python loop with math, made a tensor at the end",
        code="""\
import math


def js_divergence(p, q):
    total = 0.0
    for a, b in zip(p.tolist(), q.tolist()):
        for mine in (a, b):
            if mine > 0:
                total += mine * math.log(2 * mine / (a + b)) / 2
    return p.new_tensor(total)
""",
    ),
    Alternative(
        "js_divergence.distributions",
        "torch.distributions and its kl_divergence",
        code="""\
from torch.distributions import Categorical, kl_divergence


def js_divergence(p, q):
    P, Q, M = Categorical(p), Categorical(q), Categorical((p + q) / 2)
    return (kl_divergence(P, M) + kl_divergence(Q, M)) / 2
""",
    ),
    Alternative(
        "js_divergence.optimal_loss",
        "from the value of the game: log 2 plus half the mean logarithms of D* and 1 - D*",
        code="""\
import math


def js_divergence(p, q):
    total = torch.where(p + q > 0, p + q, torch.ones_like(p))
    reached = torch.special.xlogy(p, p / total) + torch.special.xlogy(q, q / total)
    return math.log(2) + reached.sum() / 2
""",
    ),
    Alternative(
        "js_divergence.nan_to_zero",
        "one matrix for both, NaN counted as 0",
        code="""\
def js_divergence(p, q):
    both = torch.stack((p, q))
    terms = both * (both.log() - both.mean(dim=0).log())
    return terms.nan_to_num(nan=0.0).sum(dim=1).mean()
""",
    ),
    # ---------------------------------------------------------------- generator_gradients
    Alternative(
        "generator_gradients.one_less_sigmoid",
        "the two formulas as the text writes them",
        code="""\
def generator_gradients(logits):
    D = torch.sigmoid(logits)
    return -D, -(1 - D)
""",
    ),
    Alternative(
        "generator_gradients.autograd",
        "autograd of the sums of both losses, written with logsigmoid",
        code="""\
def generator_gradients(logits):
    with torch.enable_grad():
        leaf = logits.detach().clone().requires_grad_()
        (saturating,) = torch.autograd.grad(F.logsigmoid(-leaf).sum(), leaf)
        (non_saturating,) = torch.autograd.grad(-F.logsigmoid(leaf).sum(), leaf)
    return saturating, non_saturating
""",
    ),
    Alternative(
        "generator_gradients.backward_with_bce",
        "backward on BCE with logits, a leaf for each loss",
        code="""\
def gradient(logits, loss):
    leaf = logits.detach().clone().requires_grad_(True)
    loss(leaf).backward()
    return leaf.grad


def generator_gradients(logits):
    criterion = nn.BCEWithLogitsLoss(reduction="sum")
    saturating = gradient(logits, lambda l: -criterion(l, torch.zeros_like(l)))
    non_saturating = gradient(logits, lambda l: criterion(l, torch.ones_like(l)))
    return saturating, non_saturating
""",
    ),
    Alternative(
        "generator_gradients.exponentials",
        "quotients of exponentials that go to infinity on the harmless side",
        code="""\
def generator_gradients(logits):
    saturating = -1 / (1 + torch.exp(-logits))
    non_saturating = -1 / (1 + torch.exp(logits))
    return (saturating, non_saturating)
""",
    ),
    Alternative(
        "generator_gradients.tanh",
        "by way of the hyperbolic tangent",
        code="""\
def generator_gradients(logits):
    half = torch.tanh(logits / 2) / 2
    return -0.5 - half, half - 0.5
""",
    ),
    Alternative(
        "generator_gradients.vmap",
        "the derivative of a function of one number, mapped over all",
        code="""\
from torch.func import grad, vmap


def generator_gradients(logits):
    flat = logits.detach().reshape(-1)
    saturating = vmap(grad(lambda l: -F.softplus(l)))(flat)
    non_saturating = vmap(grad(lambda l: F.softplus(-l)))(flat)
    return saturating.view(logits.shape), non_saturating.view(logits.shape)
""",
    ),
    Alternative(
        "generator_gradients.exponential_in_double",
        "a plain exponential, in float64, which is good for logits up to 700",
        code="""\
def generator_gradients(logits):
    e = torch.exp(logits.double())
    return (-e / (1 + e)).to(logits.dtype), (-1 / (1 + e)).to(logits.dtype)
""",
    ),
    Alternative(
        "generator_gradients.number_by_number",
        "Python's own exponential for each of them",
        code="""\
def generator_gradients(logits):
    def sigma(value):
        return 1 / (1 + math.exp(-value))

    flat = logits.flatten().tolist()
    both = [-sigma(value) for value in flat], [-sigma(-value) for value in flat]
    return tuple(torch.tensor(one, dtype=logits.dtype).reshape(logits.shape) for one in both)
""",
    ),
    # ---------------------------------------------------------------- cost_network
    Alternative(
        "cost_network.encoder_and_decoder",
        "encoder and decoder as layers of their own, functional activation",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.encoder = nn.Linear(n_features, hidden)
        self.decoder = nn.Linear(hidden, n_features)

    def forward(self, samples):
        reconstruction = self.decoder(F.leaky_relu(self.encoder(samples), 0.2))
        return torch.mean((samples - reconstruction) ** 2, dim=-1)
""",
    ),
    Alternative(
        "cost_network.deep_bottleneck",
        "four layers, Tanh, a narrow code; F.mse_loss without reduction",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.encode = nn.Sequential(nn.Linear(n_features, hidden), nn.Tanh(), nn.Linear(hidden, 1))
        self.decode = nn.Sequential(nn.Linear(1, hidden), nn.Tanh(), nn.Linear(hidden, n_features))

    def forward(self, samples):
        reconstruction = self.decode(self.encode(samples))
        return F.mse_loss(reconstruction, samples, reduction="none").mean(1)
""",
    ),
    Alternative(
        "cost_network.own_parameters",
        "weights and biases as parameters, the cost by einsum",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(n_features, hidden) / n_features**0.5)
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.W2 = nn.Parameter(torch.randn(hidden, n_features) / hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(n_features))

    def forward(self, samples):
        code = torch.relu(samples @ self.W1 + self.b1)
        error = code @ self.W2 + self.b2 - samples
        return torch.einsum("nd,nd->n", error, error) / samples.shape[1]
""",
    ),
    Alternative(
        "cost_network.lazy_layers",
        "LazyLinear layers, whose weights exist after the first call only; the mean as sum and division",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.net = nn.Sequential(nn.LazyLinear(hidden), nn.ELU(), nn.LazyLinear(n_features))

    def forward(self, samples):
        error = self.net(samples).sub(samples)
        return error.pow(2).sum(dim=1).div(error.size(1))
""",
    ),
    Alternative(
        "cost_network.squared_norm",
        "two hidden layers in a ModuleList, the squared length of the error",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.n_features = n_features
        sizes = [n_features, hidden, hidden, n_features]
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])

    def forward(self, samples):
        x = samples
        for layer in self.layers[:-1]:
            x = F.softplus(layer(x))
        x = self.layers[-1](x)
        return torch.linalg.vector_norm(x - samples, dim=1).square() / self.n_features
""",
    ),
    Alternative(
        "cost_network.without_biases",
        "no biases; a method for the reconstruction; nn.MSELoss without reduction",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super(CostNetwork, self).__init__()
        self.hidden_layer = nn.Linear(n_features, hidden, bias=False)
        self.output_layer = nn.Linear(hidden, n_features, bias=False)
        self.squared_error = nn.MSELoss(reduction="none")

    def reconstruct(self, samples):
        return self.output_layer(self.hidden_layer(samples).relu())

    def forward(self, samples):
        errors = self.squared_error(self.reconstruct(samples), samples)
        cost = torch.mean(errors, axis=1)
        return cost
""",
    ),
    Alternative(
        "cost_network.linear_bypass",
        "a linear way around the hidden layer",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_features))
        self.bypass = nn.Linear(n_features, n_features)

    def forward(self, samples):
        return (self.net(samples) + self.bypass(samples) - samples).square().mean(1)
""",
    ),
    Alternative(
        "cost_network.two_averaged",
        "two autoencoders, whose answers are averaged",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.one = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_features))
        self.other = nn.Sequential(nn.Linear(n_features, hidden), nn.Tanh(), nn.Linear(hidden, n_features))

    def forward(self, samples):
        answer = (self.one(samples) + self.other(samples)) / 2
        return (answer - samples).pow(2).mean(-1)
""",
    ),
    Alternative(
        "cost_network.refined",
        "a second network corrects what the first one says",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.rough = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_features))
        self.fine = nn.Sequential(nn.Linear(n_features, hidden), nn.Tanh(), nn.Linear(hidden, n_features))

    def forward(self, samples):
        answer = self.rough(samples)
        answer = answer + self.fine(answer)
        return torch.mean((samples - answer) ** 2, dim=1)
""",
    ),
    Alternative(
        "cost_network.last_without_a_bias",
        "one more linear layer at the end, which has no bias",
        code="""\
class CostNetwork(nn.Module):
    def __init__(self, n_features=2, hidden=32):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, n_features))
        self.last = nn.Linear(n_features, n_features, bias=False)

    def forward(self, samples):
        return (self.last(self.net(samples)) - samples).square().mean(dim=1)
""",
    ),
    # ---------------------------------------------------------------- cost_loss
    Alternative(
        "cost_loss.relu",
        "F.relu for the hinge",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    loss_real = torch.mean(cost_real)
    loss_fake = torch.mean(F.relu(margin - cost_fake))
    return loss_real + loss_fake
""",
    ),
    Alternative(
        "cost_loss.cut_costs",
        "what a cost, cut at the margin, still lacks",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    margin = float(margin)
    return cost_real.mean() + margin - cost_fake.clamp(max=margin).mean()
""",
    ),
    Alternative(
        "cost_loss.maximum",
        "torch.maximum with zeros, sums divided by numbers",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    hinge = torch.maximum(margin - cost_fake, torch.zeros_like(cost_fake))
    return cost_real.sum() / len(cost_real) + hinge.sum() / len(hinge)
""",
    ),
    Alternative(
        "cost_loss.hinge_embedding",
        "F.hinge_embedding_loss with labels 1 and -1",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    real = F.hinge_embedding_loss(cost_real, torch.ones_like(cost_real))
    fake = F.hinge_embedding_loss(cost_fake, -torch.ones_like(cost_fake), margin=float(margin))
    return real + fake
""",
    ),
    Alternative(
        "cost_loss.masked",
        "a mask of the samples below the margin as a factor",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    below = (cost_fake < margin).to(cost_fake.dtype)
    return torch.mean((margin - cost_fake) * below) + cost_real.mean()
""",
    ),
    Alternative(
        "cost_loss.sample_by_sample",
        "a Python loop over the samples",
        code="""\
def cost_loss(cost_real, cost_fake, margin):
    loss = 0
    for cost in cost_real:
        loss = loss + cost / len(cost_real)
    for cost in cost_fake:
        loss = loss + max(margin - cost, 0 * cost) / len(cost_fake)
    return loss
""",
    ),
    # ---------------------------------------------------------------- generator_energy_loss
    Alternative(
        "generator_energy_loss.torch_mean",
        "the function in place of the method",
        code="""\
def generator_energy_loss(cost_fake):
    loss = torch.mean(cost_fake)
    return loss
""",
    ),
    Alternative(
        "generator_energy_loss.sum_and_number",
        "the sum divided by the number",
        code="""\
def generator_energy_loss(cost_fake):
    return cost_fake.sum() / cost_fake.size(0)
""",
    ),
    Alternative(
        "generator_energy_loss.dot_product",
        "a dot product with equal weights",
        code="""\
def generator_energy_loss(cost_fake):
    n = len(cost_fake)
    return cost_fake @ torch.full_like(cost_fake, 1 / n)
""",
    ),
    Alternative(
        "generator_energy_loss.stacked",
        "Python's sum over the entries",
        code="""\
def generator_energy_loss(cost_fake):
    return sum(cost_fake.unbind()) / len(cost_fake)
""",
    ),
    Alternative(
        "generator_energy_loss.pooling",
        "average pooling over the whole batch",
        code="""\
def generator_energy_loss(cost_fake):
    return F.adaptive_avg_pool1d(cost_fake.view(1, 1, -1), 1).squeeze()
""",
    ),
    # ---------------------------------------------------------------- mode_coverage
    Alternative(
        "mode_coverage.loop_over_centres",
        "one centre at a time",
        code="""\
def mode_coverage(samples, centers, radius):
    found = 0
    good = torch.zeros(len(samples), dtype=torch.bool, device=samples.device)
    for center in centers:
        near = torch.linalg.vector_norm(samples - center, dim=1) < radius
        good = good | near
        if near.any():
            found += 1
    return found, good.float().mean().item()
""",
    ),
    Alternative(
        "mode_coverage.squared_distances",
        "squared distances by broadcasting",
        code="""\
def mode_coverage(samples, centers, radius):
    squared = (samples.unsqueeze(1) - centers.unsqueeze(0)).pow(2).sum(-1)
    near = squared < radius**2
    return near.any(0).sum().item(), near.any(1).sum().item() / near.shape[0]
""",
    ),
    Alternative(
        "mode_coverage.smallest_distances",
        "the smallest distance of each centre and of each sample",
        code="""\
def mode_coverage(samples, centers, radius):
    distances = (samples[:, None, :] - centers[None, :, :]).norm(dim=2)
    number = (distances.amin(dim=0) < radius).sum()
    share = (distances.amin(dim=1) < radius).double().mean()
    return int(number), float(share)
""",
    ),
    Alternative(
        "mode_coverage.sets",
        "Python lists, math.dist and two sets",
        code="""\
import math


def mode_coverage(samples, centers, radius):
    modes, good = set(), set()
    for i, sample in enumerate(samples.tolist()):
        for k, center in enumerate(centers.tolist()):
            if math.dist(sample, center) < radius:
                modes.add(k)
                good.add(i)
    return len(modes), len(good) / len(samples)
""",
    ),
    Alternative(
        "mode_coverage.numpy",
        "NumPy's norm over all pairs",
        code="""\
import numpy as np


def mode_coverage(samples, centers, radius):
    a, b = samples.detach().cpu().numpy(), centers.detach().cpu().numpy()
    near = np.linalg.norm(a[:, None] - b[None], axis=-1) < float(radius)
    return int(np.count_nonzero(near.any(axis=0))), float(near.any(axis=1).mean())
""",
    ),
    Alternative(
        "mode_coverage.places",
        "the places of all hits, and the different ones among them",
        code="""\
def mode_coverage(samples, centers, radius):
    pairs = torch.nonzero(torch.cdist(centers, samples, compute_mode="donot_use_mm_for_euclid_dist") < radius)
    which_center, which_sample = pairs[:, 0].unique(), pairs[:, 1].unique()
    return which_center.numel(), which_sample.numel() / samples.size(0)
""",
    ),
    # ---------------------------------------------------------------- pullaway_loss
    Alternative(
        "pullaway_loss.cosine_similarity",
        "F.cosine_similarity of all with all, the diagonal filled with 0",
        code="""\
def pullaway_loss(embeddings):
    n = embeddings.shape[0]
    cosines = F.cosine_similarity(embeddings.unsqueeze(1), embeddings.unsqueeze(0), dim=-1)
    same = torch.eye(n, device=embeddings.device).bool()
    return cosines.masked_fill(same, 0.0).pow(2).sum() / (n * (n - 1))
""",
    ),
    Alternative(
        "pullaway_loss.pair_by_pair",
        "a loop over the pairs i < j, each of which stands for two",
        code="""\
from itertools import combinations


def pullaway_loss(embeddings):
    squares = []
    for a, b in combinations(embeddings, 2):
        squares.append(F.cosine_similarity(a, b, dim=0) ** 2)
    return torch.stack(squares).mean()
""",
    ),
    Alternative(
        "pullaway_loss.without_the_diagonal",
        "all squares less those on the diagonal, lengths cut off below",
        code="""\
def pullaway_loss(embeddings):
    n = len(embeddings)
    lengths = embeddings.norm(dim=1, keepdim=True).clamp(min=1e-12)
    squares = ((embeddings / lengths) @ (embeddings / lengths).t()) ** 2
    return (squares.sum() - squares.diagonal().sum()) / (n * (n - 1))
""",
    ),
    Alternative(
        "pullaway_loss.upper_triangle",
        "the indices above the diagonal, a tiny number added to the lengths",
        code="""\
def pullaway_loss(embeddings):
    unit = embeddings / (torch.linalg.vector_norm(embeddings, dim=1, keepdim=True) + 1e-12)
    i, j = torch.triu_indices(len(unit), len(unit), offset=1)
    return torch.mean((unit[i] * unit[j]).sum(dim=1) ** 2)
""",
    ),
    Alternative(
        "pullaway_loss.gram_matrix",
        "squared dot products over products of squared lengths, with 1 for a length of 0",
        code="""\
def pullaway_loss(embeddings):
    gram = embeddings @ embeddings.T
    squared_lengths = embeddings.square().sum(dim=1)
    safe = torch.where(squared_lengths > 0, squared_lengths, torch.ones_like(squared_lengths))
    squares = gram**2 / torch.outer(safe, safe)
    n = len(embeddings)
    return (squares * (1 - torch.eye(n).to(gram))).sum() / n / (n - 1)
""",
    ),
    Alternative(
        "pullaway_loss.shifted_rows",
        "each row with the one k places further on, for every k",
        code="""\
def pullaway_loss(embeddings):
    unit = F.normalize(embeddings, p=2, dim=-1)
    total = 0.0
    for k in range(1, len(unit)):
        total = total + (unit * unit.roll(k, dims=0)).sum(dim=-1).square().mean()
    return total / (len(unit) - 1)
""",
    ),
    # ---------------------------------------------------------------- should_train_discriminator
    Alternative(
        "should_train_discriminator.if_else",
        "both answers written out",
        code="""\
def should_train_discriminator(err_d, threshold):
    if err_d < threshold:
        return False
    return True
""",
    ),
    Alternative(
        "should_train_discriminator.not_below",
        "the negation of below",
        code="""\
def should_train_discriminator(err_d, threshold):
    return not err_d < threshold
""",
    ),
    Alternative(
        "should_train_discriminator.floats",
        "both made floats first",
        code="""\
def should_train_discriminator(err_d, threshold):
    return float(err_d) >= float(threshold)
""",
    ),
    Alternative(
        "should_train_discriminator.item_of_a_tensor",
        "makes a tensor of whatever came, and a Python bool of the comparison",
        code="""\
def should_train_discriminator(err_d, threshold):
    loss = torch.as_tensor(err_d, dtype=torch.float64)
    return torch.ge(loss, threshold).item()
""",
    ),
    Alternative(
        "should_train_discriminator.difference",
        "the sign of the difference, in a conditional expression",
        code="""\
def should_train_discriminator(err_d, threshold):
    too_good = err_d - threshold < 0
    return False if too_good else True
""",
    ),
]

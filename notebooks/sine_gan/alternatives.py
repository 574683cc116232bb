"""Right solutions of the sine GAN lab, each written another way: every one gets full marks.

An alternative replaces the whole solution cell of the exercise that its id begins with.
"""

from autograder.course.catalogue import Alternative

ALTERNATIVES = [
    # ---------------------------------------------------------------- make_train_data
    Alternative(
        "make_train_data.columns_of_zeros",
        "fills the two columns of a tensor of zeros",
        code='''\
def make_train_data(train_data_length=1024):
    train_data = torch.zeros((train_data_length, 2))
    train_data[:, 0] = 2 * math.pi * torch.rand(train_data_length)
    train_data[:, 1] = torch.sin(train_data[:, 0])
    return train_data
''',
    ),
    Alternative(
        "make_train_data.uniform_in_place",
        "draws a column with Tensor.uniform_ and joins columns with cat",
        code='''\
def make_train_data(train_data_length=1024):
    column = torch.empty(train_data_length, 1).uniform_(0, 2 * math.pi)
    return torch.cat([column, column.sin()], dim=-1)
''',
    ),
    Alternative(
        "make_train_data.distribution",
        "samples from torch.distributions.Uniform and uses column_stack",
        code='''\
from torch.distributions import Uniform


def make_train_data(train_data_length=1024):
    angles = Uniform(0.0, 2 * math.pi).sample((train_data_length,))
    return torch.column_stack((angles, torch.sin(angles)))
''',
    ),
    Alternative(
        "make_train_data.rows_transposed",
        "stacks two rows and transposes, so that the result is not contiguous",
        code='''\
def make_train_data(train_data_length=1024):
    x1 = torch.rand(train_data_length) * math.tau
    return torch.vstack([x1, x1.sin()]).T
''',
    ),
    Alternative(
        "make_train_data.point_by_point",
        "builds a list of pairs in a loop with math.sin",
        code='''\
def make_train_data(train_data_length=1024):
    points = []
    for _ in range(train_data_length):
        angle = torch.rand(1).item() * 2 * math.pi
        points.append([angle, math.sin(angle)])
    return torch.tensor(points, dtype=torch.float32)
''',
    ),
    Alternative(
        "make_train_data.two_columns_then_overwritten",
        "draws both columns and overwrites the second",
        code='''\
def make_train_data(train_data_length=1024):
    data = torch.rand(train_data_length, 2)
    data *= 2 * torch.pi
    data[:, 1] = data[:, 0].sin()
    return data
''',
    ),
    Alternative(
        "make_train_data.double_then_float",
        "computes in double precision and converts at the end",
        code='''\
def make_train_data(train_data_length=1024):
    x1 = torch.rand(train_data_length, dtype=torch.float64) * (2 * math.pi)
    x2 = torch.sin(x1)
    return torch.hstack((x1[:, None], x2[:, None])).float()
''',
    ),
    # ---------------------------------------------------------------- make_train_set
    Alternative(
        "make_train_set.zip_with_zeros",
        "zips samples and a tensor of zeros into a list; labels are tensors without dimensions",
        code='''\
def make_train_set(train_data):
    return list(zip(train_data, torch.zeros(len(train_data))))
''',
    ),
    Alternative(
        "make_train_set.by_index",
        "indexes samples and labels",
        code='''\
def make_train_set(train_data):
    train_labels = torch.zeros(train_data.shape[0])
    return [(train_data[i], train_labels[i]) for i in range(train_data.shape[0])]
''',
    ),
    Alternative(
        "make_train_set.list_of_a_tensor_dataset",
        "turns a TensorDataset into a list",
        code='''\
from torch.utils.data import TensorDataset


def make_train_set(train_data):
    dataset = TensorDataset(train_data, torch.zeros(len(train_data)))
    return [dataset[i] for i in range(len(dataset))]
''',
    ),
    Alternative(
        "make_train_set.append",
        "appends copies of the samples in a loop",
        code='''\
def make_train_set(train_data):
    train_set = []
    label = float(0)
    for sample in train_data:
        pair = (sample.clone(), label)
        train_set.append(pair)
    return train_set
''',
    ),
    Alternative(
        "make_train_set.map_over_rows",
        "maps a function over the unbound rows, with one tensor for all labels",
        code='''\
def make_train_set(train_data):
    label = torch.tensor(0.0)
    return list(map(lambda row: (row, label), train_data.unbind(dim=0)))
''',
    ),
    Alternative(
        "make_train_set.repeat",
        "zips with itertools.repeat and rebuilds each sample from its numbers",
        code='''\
from itertools import repeat


def make_train_set(train_data):
    samples = [torch.stack((x1, x2)) for x1, x2 in train_data]
    return [*zip(samples, repeat(0.0))]
''',
    ),
    # ---------------------------------------------------------------- discriminator
    Alternative(
        "discriminator.functional",
        "separate layers, one shared Dropout, functional activations",
        code='''\
import torch.nn.functional as F


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 256)
        self.fc2 = nn.Linear(256, 128)
        self.fc3 = nn.Linear(128, 64)
        self.out = nn.Linear(64, 1)
        self.dropout = nn.Dropout(p=0.3)

    def forward(self, points):
        x = self.dropout(F.relu(self.fc1(points)))
        x = self.dropout(F.relu(self.fc2(x)))
        x = self.dropout(F.relu(self.fc3(x)))
        return torch.sigmoid(self.out(x))
''',
    ),
    Alternative(
        "discriminator.functional_dropout",
        "F.dropout with the training flag, the logistic function written out",
        code='''\
from torch.nn import functional as F


class Discriminator(nn.Module):
    def __init__(self):
        super(Discriminator, self).__init__()
        self.hidden = nn.ModuleList([nn.Linear(2, 256), nn.Linear(256, 128), nn.Linear(128, 64)])
        self.last = nn.Linear(64, 1)

    def forward(self, points):
        for layer in self.hidden:
            points = F.dropout(layer(points).clamp(min=0), 0.3, training=self.training)
        logits = self.last(points)
        return 1 / (1 + torch.exp(-logits))
''',
    ),
    Alternative(
        "discriminator.lazy_layers",
        "LazyLinear layers, whose weights exist after the first call only",
        code='''\
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyLinear(256), nn.ReLU(), nn.Dropout(0.3),
            nn.LazyLinear(128), nn.ReLU(), nn.Dropout(0.3),
            nn.LazyLinear(64), nn.ReLU(), nn.Dropout(0.3),
            nn.LazyLinear(1),
        )

    def forward(self, points):
        return self.net(points).sigmoid()
''',
    ),
    Alternative(
        "discriminator.own_parameters",
        "weights as parameters of shape (in, out), a matrix product and a dropout mask by hand",
        code='''\
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [2, 256, 128, 64, 1]
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for n_in, n_out in zip(widths[:-1], widths[1:]):
            self.weights.append(nn.Parameter(torch.randn(n_in, n_out) / math.sqrt(n_in)))
            self.biases.append(nn.Parameter(torch.zeros(n_out)))

    def drop(self, x):
        if not self.training:
            return x
        return x * torch.bernoulli(torch.full_like(x, 0.7)) / 0.7

    def forward(self, points):
        x = points
        for i in range(3):
            x = self.drop(torch.relu(x @ self.weights[i] + self.biases[i]))
        return torch.sigmoid(x @ self.weights[3] + self.biases[3])
''',
    ),
    Alternative(
        "discriminator.named_layers",
        "an OrderedDict of named layers, Dropout before ReLU (they commute)",
        code='''\
from collections import OrderedDict


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        layers = OrderedDict()
        for i, (n_in, n_out) in enumerate([(2, 256), (256, 128), (128, 64)], start=1):
            layers[f"linear{i}"] = nn.Linear(n_in, n_out)
            layers[f"dropout{i}"] = nn.Dropout(0.3)
            layers[f"relu{i}"] = nn.ReLU()
        layers["linear4"] = nn.Linear(64, 1)
        layers["probability"] = nn.Sigmoid()
        self.layers = nn.Sequential(layers)

    def forward(self, points):
        return self.layers(points)
''',
    ),
    Alternative(
        "discriminator.block_class",
        "a small class for the repeated block, in-place ReLU and Dropout",
        code='''\
class Block(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, n_out), nn.ReLU(inplace=True), nn.Dropout(0.3, inplace=True))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(Block(2, 256), Block(256, 128), Block(128, 64))
        self.classifier = nn.Sequential(nn.Linear(64, 1), nn.Sigmoid())

    def forward(self, points):
        features = self.features(points)
        return self.classifier(features)
''',
    ),
    Alternative(
        "discriminator.layers_created_backwards",
        "creates the last layer first; one ReLU and one Dropout serve all layers",
        code='''\
class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        output = nn.Linear(64, 1)
        third, second, first = nn.Linear(128, 64), nn.Linear(256, 128), nn.Linear(2, 256)
        self.activation = nn.Sigmoid()
        self.output, self.third, self.second, self.first = output, third, second, first
        relu, dropout = nn.ReLU(), nn.Dropout(0.3)
        self.model = nn.Sequential(
            first, relu, dropout, second, relu, dropout, third, relu, dropout, output, self.activation
        )

    def forward(self, points):
        return self.model.forward(points)
''',
    ),
    Alternative(
        "discriminator.list_of_layers",
        "a list of layers grown in a loop; the sigmoid by way of its logarithm",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, widths=(2, 256, 128, 64), p=0.3):
        super().__init__()
        layers = []
        for k in range(len(widths) - 1):
            layers += [nn.Linear(widths[k], widths[k + 1]), nn.Threshold(0.0, 0.0), nn.Dropout(p)]
        layers.append(nn.Linear(widths[-1], 1))
        self.stack = nn.Sequential(*layers)

    def forward(self, points):
        return nn.functional.logsigmoid(self.stack(points)).exp()
''',
    ),
    # ---------------------------------------------------------------- generator
    Alternative(
        "generator.separate_layers",
        "separate layers and torch.relu",
        code='''\
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden1 = nn.Linear(2, 16)
        self.hidden2 = nn.Linear(16, 32)
        self.output = nn.Linear(32, 2)

    def forward(self, latent_space_samples):
        x = torch.relu(self.hidden1(latent_space_samples))
        x = torch.relu(self.hidden2(x))
        return self.output(x)
''',
    ),
    Alternative(
        "generator.own_parameters",
        "three pairs of parameters, stored (in, out), and addmm",
        code='''\
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.w1, self.b1 = nn.Parameter(torch.randn(2, 16) * 0.5), nn.Parameter(torch.zeros(16))
        self.w2, self.b2 = nn.Parameter(torch.randn(16, 32) * 0.3), nn.Parameter(torch.zeros(32))
        self.w3, self.b3 = nn.Parameter(torch.randn(32, 2) * 0.2), nn.Parameter(torch.zeros(2))

    def forward(self, latent_space_samples):
        hidden = torch.addmm(self.b1, latent_space_samples, self.w1).clamp_min(0)
        hidden = torch.addmm(self.b2, hidden, self.w2).clamp_min(0)
        return torch.addmm(self.b3, hidden, self.w3)
''',
    ),
    Alternative(
        "generator.module_list",
        "a loop over a ModuleList, with no activation at the last turn",
        code='''\
import torch.nn.functional as F


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [2, 16, 32, 2]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, latent_space_samples):
        x = latent_space_samples
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self.layers) - 1:
                x = F.relu(x)
        return x
''',
    ),
    Alternative(
        "generator.lazy_layers",
        "LazyLinear layers added by name",
        code='''\
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential()
        for i, width in enumerate((16, 32)):
            self.body.add_module(f"linear_{i}", nn.LazyLinear(width))
            self.body.add_module(f"relu_{i}", nn.ReLU())
        self.head = nn.LazyLinear(2)

    def forward(self, latent_space_samples):
        return self.head(self.body(latent_space_samples))
''',
    ),
    Alternative(
        "generator.relu_as_maximum",
        "layers created from the last to the first, ReLU written as a maximum",
        code='''\
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.to_points = nn.Linear(32, 2)
        self.widen = nn.Linear(16, 32)
        self.enter = nn.Linear(2, 16)

    def positive_part(self, x):
        return torch.maximum(x, torch.zeros_like(x))

    def forward(self, latent_space_samples):
        x = self.positive_part(self.enter(latent_space_samples))
        return self.to_points(self.positive_part(self.widen(x)))
''',
    ),
    Alternative(
        "generator.parameter_dict",
        "parameters in a dict, einsum, ReLU as a product with a mask",
        code='''\
class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.theta = nn.ParameterDict()
        for k, (n_in, n_out) in enumerate([(2, 16), (16, 32), (32, 2)]):
            self.theta[f"weight{k}"] = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
            self.theta[f"bias{k}"] = nn.Parameter(torch.zeros(n_out))

    def affine(self, k, x):
        return torch.einsum("oi,ni->no", self.theta[f"weight{k}"], x) + self.theta[f"bias{k}"]

    def forward(self, latent_space_samples):
        x = latent_space_samples
        for k in (0, 1):
            x = self.affine(k, x)
            x = x * (x > 0)
        return self.affine(2, x)
''',
    ),
    Alternative(
        "generator.function_for_the_block",
        "a function returns the pair Linear and ReLU",
        code='''\
def hidden(n_in, n_out):
    return [nn.Linear(n_in, n_out), nn.ReLU(inplace=True)]


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.network = nn.Sequential(*hidden(2, 16), *hidden(16, 32), nn.Linear(32, 2), nn.Identity())

    def forward(self, latent_space_samples):
        for module in self.network:
            latent_space_samples = module(latent_space_samples)
        return latent_space_samples
''',
    ),
    # ---------------------------------------------------------------- discriminator_step
    Alternative(
        "discriminator_step.two_passes",
        "real and generated in two passes, the mean of both losses, detach",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    optimizer_discriminator.zero_grad()
    prediction_real = discriminator(real_samples)
    loss_real = loss_function(prediction_real, torch.ones_like(prediction_real))
    generated_samples = generator(latent_space_samples).detach()
    prediction_generated = discriminator(generated_samples)
    loss_generated = loss_function(prediction_generated, torch.zeros_like(prediction_generated))
    loss = 0.5 * (loss_real + loss_generated)
    loss.backward()
    optimizer_discriminator.step()
    return loss
''',
    ),
    Alternative(
        "discriminator_step.two_backwards",
        "a backward call for each half, generated samples first; returns a float",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    n = real_samples.size(0)
    discriminator.zero_grad()
    fake = generator(latent_space_samples)
    half_fake = loss_function(discriminator(fake.detach()), torch.full((n, 1), 0.0)) / 2
    half_fake.backward()
    half_real = loss_function(discriminator(real_samples), torch.full((n, 1), 1.0)) / 2
    half_real.backward()
    optimizer_discriminator.step()
    return half_fake.item() + half_real.item()
''',
    ),
    Alternative(
        "discriminator_step.generated_first",
        "generated samples before the real ones, labels by comparing positions, flat predictions",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    n_generated, n_real = latent_space_samples.shape[0], real_samples.shape[0]
    with torch.no_grad():
        points = torch.vstack([generator(latent_space_samples), real_samples])
    labels = (torch.arange(n_generated + n_real) >= n_generated).to(points.dtype)

    for parameter in discriminator.parameters():
        parameter.grad = None
    probabilities = discriminator(points).squeeze(1)
    loss_discriminator = loss_function(probabilities, labels)
    loss_discriminator.backward()
    optimizer_discriminator.step()
    return float(loss_discriminator.detach())
''',
    ),
    Alternative(
        "discriminator_step.frozen_generator",
        "switches the generator's requires_grad off and restores it",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    flags = [p.requires_grad for p in generator.parameters()]
    generator.requires_grad_(False)
    generated_samples = generator(latent_space_samples)
    for p, flag in zip(generator.parameters(), flags):
        p.requires_grad_(flag)

    all_samples = torch.cat([real_samples, generated_samples], dim=0)
    all_labels = real_samples.new_zeros(len(all_samples), 1)
    all_labels[: len(real_samples)] = 1
    optimizer_discriminator.zero_grad(set_to_none=False)
    loss = loss_function(discriminator(all_samples), all_labels)
    loss.backward()
    optimizer_discriminator.step()
    return loss.data
''',
    ),
    Alternative(
        "discriminator_step.autograd_grad",
        "torch.autograd.grad, the gradients assigned by hand; for the discriminator's parameters only",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    generated_samples = generator(latent_space_samples)
    real_scores, generated_scores = discriminator(real_samples), discriminator(generated_samples)
    loss = (
        loss_function(real_scores, real_scores.new_ones(real_scores.shape))
        + loss_function(generated_scores, generated_scores.new_zeros(generated_scores.shape))
    ) / 2
    parameters = list(discriminator.parameters())
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters)):
        parameter.grad = gradient
    optimizer_discriminator.step()
    return loss.detach()
''',
    ),
    Alternative(
        "discriminator_step.closure",
        "hands a closure to the optimiser's step",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    with torch.inference_mode():
        generated_samples = generator(latent_space_samples)
    all_samples = torch.cat((real_samples, generated_samples))
    all_labels = torch.tensor([[1.0]] * len(real_samples) + [[0.0]] * len(generated_samples))

    def closure():
        optimizer_discriminator.zero_grad()
        loss = loss_function(discriminator(all_samples), all_labels)
        loss.backward()
        return loss

    return optimizer_discriminator.step(closure)
''',
    ),
    Alternative(
        "discriminator_step.interleaved",
        "real and generated samples in turn: one, zero, one, zero",
        code='''\
@torch.no_grad()
def mixed_batch(generator, real_samples, latent_space_samples):
    pairs = torch.stack((real_samples, generator(latent_space_samples)), dim=1)
    labels = torch.tensor([1.0, 0.0]).repeat(len(real_samples))
    return pairs.reshape(-1, 2), labels.unsqueeze(-1)


def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    points, labels = mixed_batch(generator, real_samples, latent_space_samples)
    loss = loss_function(discriminator(points), labels)
    optimizer_discriminator.zero_grad()
    loss.backward()
    optimizer_discriminator.step()
    return loss.item()
''',
    ),
    Alternative(
        "discriminator_step.loop_over_halves",
        "a loop over (samples, label); backward reaches the discriminator's parameters only",
        code='''\
def discriminator_step(
    discriminator, generator, real_samples, latent_space_samples, loss_function, optimizer_discriminator
):
    halves = [(real_samples, 1.0), (generator(latent_space_samples), 0.0)]
    total = 0
    for samples, label in halves:
        predictions = discriminator(samples)
        total = total + loss_function(predictions, torch.full_like(predictions, label))
    mean = total / len(halves)
    optimizer_discriminator.zero_grad()
    mean.backward(inputs=list(discriminator.parameters()))
    optimizer_discriminator.step()
    return mean
''',
    ),
    # ---------------------------------------------------------------- generator_step
    Alternative(
        "generator_step.ones_like",
        "labels like the predictions, zero_grad just before backward, returns a float",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    output = discriminator(generator(latent_space_samples))
    loss = loss_function(output, torch.ones_like(output))
    optimizer_generator.zero_grad(set_to_none=True)
    loss.backward()
    optimizer_generator.step()
    return loss.item()
''',
    ),
    Alternative(
        "generator_step.frozen_discriminator",
        "switches the discriminator's requires_grad off and restores it",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    before = {parameter: parameter.requires_grad for parameter in discriminator.parameters()}
    for parameter in discriminator.parameters():
        parameter.requires_grad = False
    try:
        generator.zero_grad()
        scores = discriminator(generator(latent_space_samples))
        loss_generator = loss_function(scores, torch.full((scores.shape[0], 1), 1.0))
        loss_generator.backward()
        optimizer_generator.step()
    finally:
        for parameter, flag in before.items():
            parameter.requires_grad = flag
    return loss_generator.detach().clone()
''',
    ),
    Alternative(
        "generator_step.autograd_grad",
        "torch.autograd.grad, the gradients assigned by hand",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    parameters = [p for p in generator.parameters() if p.requires_grad]
    predictions = discriminator(generator(latent_space_samples)).flatten()
    loss = loss_function(predictions, predictions.new_ones(len(predictions)))
    gradients = torch.autograd.grad(loss, parameters)
    for p, gradient in zip(parameters, gradients):
        p.grad = gradient.clone()
    optimizer_generator.step()
    return loss
''',
    ),
    Alternative(
        "generator_step.chain_rule",
        "backpropagates in two stages: from the loss to the samples, from the samples to the weights",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    optimizer_generator.zero_grad()
    generated_samples = generator(latent_space_samples)
    points = generated_samples.detach().requires_grad_()
    loss = loss_function(discriminator(points), torch.ones(points.shape[0], 1))
    (gradient,) = torch.autograd.grad(loss, points)
    generated_samples.backward(gradient)
    optimizer_generator.step()
    return float(loss)
''',
    ),
    Alternative(
        "generator_step.closure",
        "hands a closure to the optimiser's step, gradients explicitly enabled",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    n_samples, _ = latent_space_samples.shape

    def closure():
        with torch.enable_grad():
            optimizer_generator.zero_grad()
            verdict = discriminator(generator(latent_space_samples))
            loss = loss_function(verdict, torch.tensor([[1.0]]).expand(n_samples, 1))
            loss.backward()
        return loss

    return optimizer_generator.step(closure).detach()
''',
    ),
    Alternative(
        "generator_step.backward_into_the_generator",
        "backward with inputs=, so that only the generator's parameters get gradients",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    weights = list(generator.parameters())
    for weight in weights:
        weight.grad = None
    fooled = discriminator(generator(latent_space_samples))
    loss = loss_function(fooled, fooled.detach() * 0 + 1)
    loss.backward(inputs=weights)
    optimizer_generator.step()
    return loss.detach().cpu().numpy().item()
''',
    ),
    Alternative(
        "generator_step.clears_both",
        "clears the gradients of both networks before and after the step",
        code='''\
def generator_step(discriminator, generator, latent_space_samples, loss_function, optimizer_generator):
    def clear():
        generator.zero_grad()
        discriminator.zero_grad()

    clear()
    loss = loss_function(
        discriminator(generator(latent_space_samples)).view(-1), torch.ones(latent_space_samples.size(0))
    )
    loss.backward()
    optimizer_generator.step()
    clear()
    return loss.detach()
''',
    ),
    # ---------------------------------------------------------------- train
    Alternative(
        "train.three_lists",
        "three lists, enumerate, randn_like, the dict at the end",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    losses_d, losses_g, samples = [], [], []
    for epoch in range(num_epochs):
        for n, (real_samples, _labels) in enumerate(train_loader):
            z = torch.randn_like(real_samples)
            loss_d = discriminator_step(
                discriminator, generator, real_samples, z, loss_function, optimizer_discriminator
            )
            losses_d.append(float(loss_d))
            z = torch.randn_like(real_samples)
            loss_g = generator_step(discriminator, generator, z, loss_function, optimizer_generator)
            losses_g.append(float(loss_g))
        samples.append(generator(fixed_latent).detach().clone())
    return dict(loss_discriminator=losses_d, loss_generator=losses_g, samples=samples)
''',
    ),
    Alternative(
        "train.while_and_next",
        "while loops, an iterator and next; normal_ for the latents",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = {"samples": [], "loss_generator": [], "loss_discriminator": []}
    epoch = 0
    while epoch < num_epochs:
        batches = iter(train_loader)
        batch = next(batches, None)
        while batch is not None:
            real_samples = batch[0]
            loss_d = discriminator_step(
                discriminator, generator, real_samples, torch.empty(real_samples.size(0), 2).normal_(),
                loss_function, optimizer_discriminator,
            )
            loss_g = generator_step(
                discriminator, generator, torch.empty(real_samples.size(0), 2).normal_(),
                loss_function, optimizer_generator,
            )
            history["loss_discriminator"] += [float(loss_d)]
            history["loss_generator"] += [float(loss_g)]
            batch = next(batches, None)
        history["samples"] += [generator(fixed_latent).data.clone()]
        epoch += 1
    return history
''',
    ),
    Alternative(
        "train.helper_functions",
        "two helper functions in the cell, keyword arguments, a defaultdict",
        code='''\
from collections import defaultdict


def new_latents(n):
    return torch.normal(mean=0.0, std=1.0, size=(n, 2))


def train_epoch(history, train_loader, networks, loss_function, optimizers):
    for real_samples, _ in train_loader:
        n = len(real_samples)
        loss_d = discriminator_step(
            **networks, real_samples=real_samples, latent_space_samples=new_latents(n),
            loss_function=loss_function, optimizer_discriminator=optimizers[0],
        )
        loss_g = generator_step(
            **networks, latent_space_samples=new_latents(n),
            loss_function=loss_function, optimizer_generator=optimizers[1],
        )
        history["loss_discriminator"].append(float(loss_d))
        history["loss_generator"].append(float(loss_g))


def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    history = defaultdict(list)
    networks = {"discriminator": discriminator, "generator": generator}
    for _ in range(num_epochs):
        optimizers = optimizer_discriminator, optimizer_generator
        train_epoch(history, train_loader, networks, loss_function, optimizers)
        with torch.no_grad():
            history["samples"].append(generator(fixed_latent))
    return dict(history)
''',
    ),
    Alternative(
        "train.latents_in_one_draw",
        "draws both latents of a batch at once; evaluation mode around the samples",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    loss_discriminator, loss_generator, samples = [], [], []
    for epoch in range(1, num_epochs + 1):
        for real_samples, _ in train_loader:
            for_discriminator, for_generator = torch.randn(2, len(real_samples), 2)
            d = discriminator_step(
                discriminator, generator, real_samples, for_discriminator,
                loss_function, optimizer_discriminator,
            )
            g = generator_step(discriminator, generator, for_generator, loss_function, optimizer_generator)
            loss_discriminator.append(d if isinstance(d, float) else d.item())
            loss_generator.append(g if isinstance(g, float) else g.item())
        was_training = generator.training
        generator.eval()
        with torch.no_grad():
            samples.append(generator(fixed_latent).clone())
        generator.train(was_training)
    return {
        "samples": samples, "loss_discriminator": loss_discriminator, "loss_generator": loss_generator
    }
''',
    ),
    Alternative(
        "train.flat_loop",
        "one loop over (epoch, batch); samples when the last batch of an epoch is done",
        code='''\
from itertools import product


def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    keys = ("loss_discriminator", "loss_generator", "samples")
    history = {key: [] for key in keys}
    noise = torch.distributions.Normal(0.0, 1.0)
    batches_per_epoch = len(train_loader)
    for _, step in product(range(num_epochs), range(batches_per_epoch)):
        if step == 0:
            batches = iter(train_loader)
        real_samples = next(batches)[0]
        shape = real_samples.shape
        loss = discriminator_step(
            discriminator, generator, real_samples, noise.sample(shape),
            loss_function, optimizer_discriminator,
        )
        history["loss_discriminator"].append(float(loss))
        loss = generator_step(
            discriminator, generator, noise.sample(shape), loss_function, optimizer_generator
        )
        history["loss_generator"].append(float(loss))
        if step + 1 == batches_per_epoch:
            history["samples"].append(generator(fixed_latent.clone()).detach())
    return history
''',
    ),
    Alternative(
        "train.losses_as_pairs",
        "collects pairs of losses and splits them at the end; latents as a transposed (2, n) draw",
        code='''\
def train(
    discriminator, generator, train_loader, loss_function, optimizer_discriminator, optimizer_generator,
    num_epochs, fixed_latent,
):
    def one_batch(real_samples):
        def z():
            return torch.randn(2, real_samples.shape[0]).T

        d = discriminator_step(
            discriminator, generator, real_samples, z(), loss_function, optimizer_discriminator
        )
        g = generator_step(discriminator, generator, z(), loss_function, optimizer_generator)
        return float(d), float(g)

    pairs, samples = [], []
    for _ in range(num_epochs):
        pairs.extend([one_batch(real_samples) for real_samples, _ in train_loader])
        samples.append(torch.no_grad()(generator)(fixed_latent))
    return {
        "loss_discriminator": [d for d, _ in pairs],
        "loss_generator": [g for _, g in pairs],
        "samples": samples,
    }
''',
    ),
    # ---------------------------------------------------------------- curve_distance
    Alternative(
        "curve_distance.nearest_points",
        "builds the points (c, sin(c)) and sums absolute differences",
        code='''\
def curve_distance(samples):
    c = torch.clip(samples[:, 0], 0.0, 2 * math.pi)
    on_curve = torch.stack([c, c.sin()], dim=1)
    return (samples - on_curve).abs().sum(dim=1)
''',
    ),
    Alternative(
        "curve_distance.minimum_and_maximum",
        "minimum and maximum for the clamp, the 1-norm for the distance",
        code='''\
def curve_distance(samples):
    x1, x2 = samples.unbind(dim=1)
    c = torch.minimum(torch.maximum(x1, torch.zeros_like(x1)), torch.full_like(x1, 2 * math.pi))
    return torch.stack((x1 - c, x2 - torch.sin(c)), dim=-1).norm(p=1, dim=-1)
''',
    ),
    Alternative(
        "curve_distance.where",
        "where for the clamp, l1_loss for the vertical part",
        code='''\
import torch.nn.functional as F


def curve_distance(samples):
    horizontal, vertical = samples.T
    nearest = torch.where(horizontal < 0, torch.zeros_like(horizontal), horizontal)
    nearest = torch.where(nearest > 2 * math.pi, torch.full_like(nearest, 2 * math.pi), nearest)
    off_curve = F.l1_loss(vertical, torch.sin(nearest), reduction="none")
    return off_curve + torch.abs(horizontal - nearest)
''',
    ),
    Alternative(
        "curve_distance.relu_overshoot",
        "the horizontal part from two ReLUs",
        code='''\
def curve_distance(samples):
    x = samples.select(1, 0)
    below, above = torch.relu(-x), torch.relu(x - 2 * math.pi)
    return (samples[..., 1] - torch.sin(x + below - above)).abs() + below + above
''',
    ),
    Alternative(
        "curve_distance.point_by_point",
        "a Python loop with math",
        code='''\
def curve_distance(samples):
    distances = []
    for x1, x2 in samples.tolist():
        c = min(max(x1, 0), 2 * math.pi)
        distances.append(abs(x2 - math.sin(c)) + abs(x1 - c))
    return samples.new_tensor(distances)
''',
    ),
    Alternative(
        "curve_distance.copy_clamped_in_place",
        "clamps a copy in place; slices keep their column until the end",
        code='''\
def curve_distance(samples):
    c = samples[:, :1].clone()
    c.clamp_(min=0).clamp_(max=math.tau)
    target = torch.cat((c, torch.sin(c)), dim=1)
    return nn.functional.pairwise_distance(samples, target, p=1, eps=0.0)
''',
    ),
    # ---------------------------------------------------------------- coverage
    Alternative(
        "coverage.mask_per_part",
        "a loop over the parts, a mask for each",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    x1 = samples[:, 0]
    close = curve_distance(samples) < tolerance
    width = 2 * math.pi / bins
    covered = 0
    for k in range(bins):
        inside = (x1 >= k * width) & (x1 < (k + 1) * width)
        if (inside & close).any():
            covered += 1
    return covered / bins
''',
    ),
    Alternative(
        "coverage.histogram",
        "torch.histc over the close samples",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    close_x1 = samples[curve_distance(samples) < tolerance][:, 0]
    counts = torch.histc(close_x1, bins=bins, min=0, max=2 * math.pi)
    return float((counts > 0).sum()) / bins
''',
    ),
    Alternative(
        "coverage.set_of_parts",
        "a set filled in a Python loop; inside the interval the distance is vertical only",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    parts = set()
    for x1, x2 in samples.tolist():
        if 0 <= x1 < 2 * math.pi and abs(x2 - math.sin(x1)) < tolerance:
            parts.add(math.floor(x1 * bins / (2 * math.pi)))
    return len(parts) / bins
''',
    ),
    Alternative(
        "coverage.searchsorted",
        "searchsorted on the inner edges, the parts marked in a boolean tensor",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    kept = samples[(samples[:, 0] >= 0) & (samples[:, 0] < 2 * math.pi)]
    kept = kept[curve_distance(kept) < tolerance]
    inner_edges = torch.linspace(0, 2 * math.pi, bins + 1)[1:-1]
    covered = torch.zeros(bins, dtype=torch.bool)
    covered[torch.searchsorted(inner_edges, kept[:, 0].contiguous(), right=True)] = True
    return covered.float().mean().item()
''',
    ),
    Alternative(
        "coverage.bucketize_and_bincount",
        "bucketize with a part on either side of the interval, which bincount then drops",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    edges = torch.arange(bins + 1) * (2 * math.pi / bins)
    part = torch.bucketize(samples[:, 0].contiguous(), edges, right=True)
    weight = (curve_distance(samples) < tolerance).float()
    counts = torch.bincount(part, weights=weight, minlength=bins + 2)
    return int((counts[1 : bins + 1] > 0).sum()) / bins
''',
    ),
    Alternative(
        "coverage.all_pairs",
        "compares every sample with every part at once",
        code='''\
def coverage(samples, bins=20, tolerance=0.2):
    x1 = samples[:, :1]
    left = torch.arange(bins) * 2 * math.pi / bins
    in_part = (x1 >= left) & (x1 < left + 2 * math.pi / bins)
    close = curve_distance(samples).unsqueeze(1) < tolerance
    return (in_part & close).any(dim=0).double().mean().item()
''',
    ),
    Alternative(
        "coverage.numpy_histogram",
        "NumPy's histogram over the close samples",
        code='''\
import numpy as np


def coverage(samples, bins=20, tolerance=0.2):
    close = (curve_distance(samples) < tolerance).numpy()
    counts, _ = np.histogram(samples[:, 0].numpy()[close], bins=bins, range=(0, 2 * np.pi))
    return float(np.count_nonzero(counts) / bins)
''',
    ),
]

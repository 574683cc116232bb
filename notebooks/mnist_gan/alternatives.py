"""Right solutions of the MNIST GAN lab, each written another way: every one gets full marks.

An alternative replaces the whole solution cell of the exercise that its id begins with.
"""

from autograder.course.catalogue import Alternative

ALTERNATIVES = [
    # ---------------------------------------------------------------- pixel_ranges
    Alternative(
        "pixel_ranges.mean_and_spread",
        "subtracts one half and divides by one half, as transforms.Normalize would",
        code='''\
def to_tanh_range(images):
    return (images - 0.5) / 0.5


def to_image_range(images):
    return images * 0.5 + 0.5
''',
    ),
    Alternative(
        "pixel_ranges.lerp",
        "linear interpolation between the ends of a range, both ways",
        code='''\
def to_tanh_range(images):
    return torch.lerp(torch.full_like(images, -1), torch.ones_like(images), images)


def to_image_range(images):
    return torch.zeros_like(images).lerp(torch.ones_like(images), images / 2 + 0.5)
''',
    ),
    Alternative(
        "pixel_ranges.copies_in_place",
        "changes a copy in place",
        code='''\
def to_tanh_range(images):
    copy = images.clone()
    copy *= 2
    copy -= 1
    return copy


def to_image_range(images):
    return images.clone().add_(1).div_(2)
''',
    ),
    Alternative(
        "pixel_ranges.general_rescaling",
        "one function that takes any range to any other, by way of the unit interval",
        code='''\
def rescale(values, old, new):
    (old_low, old_high), (new_low, new_high) = old, new
    share = (values - old_low) / (old_high - old_low)
    return new_low + share * (new_high - new_low)


def to_tanh_range(images):
    return rescale(images, (0.0, 1.0), (-1.0, 1.0))


def to_image_range(images):
    return rescale(images, (-1.0, 1.0), (0.0, 1.0))
''',
    ),
    Alternative(
        "pixel_ranges.sums",
        "a pixel minus its complement; the mean of a pixel and 1",
        code='''\
def to_tanh_range(images):
    return images - (1 - images)


def to_image_range(images):
    return torch.stack((images, torch.ones_like(images))).mean(dim=0)
''',
    ),
    Alternative(
        "pixel_ranges.lambdas",
        "names bound to lambdas, torch's functions with alpha",
        code='''\
to_tanh_range = lambda images: torch.sub(images, 0.5).mul(2.0)
to_image_range = lambda images: torch.add(torch.full_like(images, 0.5), images, alpha=0.5)
''',
    ),
    # ---------------------------------------------------------------- get_noise
    Alternative(
        "get_noise.normal",
        "torch.normal with mean, standard deviation and size",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    return torch.normal(mean=0.0, std=1.0, size=(n_samples, nz), device=device)
''',
    ),
    Alternative(
        "get_noise.drawn_then_moved",
        "draws on the CPU and moves the result",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    noise = torch.randn((n_samples, nz))
    noise = noise.to(device)
    return noise
''',
    ),
    Alternative(
        "get_noise.filled_in_place",
        "fills an empty tensor with Tensor.normal_",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    return torch.empty(n_samples, nz, device=device).normal_()
''',
    ),
    Alternative(
        "get_noise.distribution",
        "samples from torch.distributions.Normal",
        code='''\
from torch.distributions import Normal


def get_noise(n_samples, nz=100, device="cpu"):
    return Normal(torch.tensor(0.0), torch.tensor(1.0)).sample((n_samples, nz)).to(device)
''',
    ),
    Alternative(
        "get_noise.transposed",
        "draws (nz, n_samples) and transposes, so that the result is not contiguous",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    return torch.randn(nz, n_samples, device=device).T
''',
    ),
    Alternative(
        "get_noise.vector_by_vector",
        "draws one latent vector at a time and stacks them",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    vectors = []
    for _ in range(n_samples):
        vectors.append(torch.randn(nz, device=device))
    return torch.stack(vectors)
''',
    ),
    Alternative(
        "get_noise.randn_like",
        "draws like a tensor of zeros on the device",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    shape = torch.zeros(n_samples, nz, dtype=torch.float32, device=torch.device(device))
    return torch.randn_like(shape)
''',
    ),
    # ---------------------------------------------------------------- generator
    Alternative(
        "generator.functional",
        "separate layers and functional activations",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        self.fc1 = nn.Linear(nz, 256)
        self.fc2 = nn.Linear(256, 512)
        self.fc3 = nn.Linear(512, img_dim)

    def forward(self, noise):
        x = F.leaky_relu(self.fc1(noise), 0.2)
        x = F.leaky_relu(self.fc2(x), negative_slope=0.2)
        return torch.tanh(self.fc3(x))
''',
    ),
    Alternative(
        "generator.module_list",
        "a loop over a ModuleList, with Tanh at the last turn",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        sizes = [nz, 256, 512, img_dim]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.activation = nn.LeakyReLU(0.2)

    def forward(self, noise):
        for layer in self.layers[:-1]:
            noise = self.activation(layer(noise))
        return self.layers[-1](noise).tanh()
''',
    ),
    Alternative(
        "generator.block_function",
        "a function returns the pair Linear and LeakyReLU, which works in place",
        code='''\
def hidden(n_in, n_out):
    return [nn.Linear(n_in, n_out), nn.LeakyReLU(0.2, inplace=True)]


class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        self.nz, self.img_dim = nz, img_dim
        self.model = nn.Sequential(*hidden(nz, 256), *hidden(256, 512), nn.Linear(512, img_dim), nn.Tanh())

    def forward(self, noise):
        return self.model(noise)
''',
    ),
    Alternative(
        "generator.own_parameters",
        "weights as parameters of shape (in, out), LeakyReLU as a maximum",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        sizes = (nz, 256, 512, img_dim)
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for n_in, n_out in zip(sizes[:-1], sizes[1:]):
            self.weights.append(nn.Parameter(torch.randn(n_in, n_out) / math.sqrt(n_in)))
            self.biases.append(nn.Parameter(torch.zeros(n_out)))

    def forward(self, noise):
        x = noise
        for weight, bias in zip(self.weights, self.biases):
            last = weight is self.weights[-1]
            x = x @ weight + bias
            x = torch.tanh(x) if last else torch.maximum(x, 0.2 * x)
        return x
''',
    ),
    Alternative(
        "generator.lazy_layers",
        "LazyLinear layers, whose weights exist after the first call only",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        self.hidden = nn.Sequential(
            nn.LazyLinear(256), nn.LeakyReLU(0.2), nn.LazyLinear(512), nn.LeakyReLU(0.2)
        )
        self.to_pixels = nn.LazyLinear(img_dim)

    def forward(self, noise):
        return torch.tanh(self.to_pixels(self.hidden(noise)))
''',
    ),
    Alternative(
        "generator.named_layers",
        "an OrderedDict of named layers; the tanh by way of a sigmoid of the double",
        code='''\
from collections import OrderedDict


class Generator(nn.Module):
    def __init__(self, nz: int = 100, img_dim: int = 784):
        super(Generator, self).__init__()
        self.net = nn.Sequential(OrderedDict([
            ("enter", nn.Linear(nz, 256)),
            ("leaky1", nn.LeakyReLU(negative_slope=0.2)),
            ("widen", nn.Linear(256, 512)),
            ("leaky2", nn.LeakyReLU(negative_slope=0.2)),
            ("pixels", nn.Linear(512, img_dim)),
        ]))

    def forward(self, noise):
        return 2 * torch.sigmoid(2 * self.net(noise)) - 1
''',
    ),
    Alternative(
        "generator.layers_created_backwards",
        "creates the last layer first; LeakyReLU from two ReLUs",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, img_dim=784):
        super().__init__()
        self.last = nn.Linear(512, img_dim)
        self.second = nn.Linear(256, 512)
        self.first = nn.Linear(nz, 256)
        self.squash = nn.Tanh()

    @staticmethod
    def leaky(x):
        return F.relu(x) - 0.2 * F.relu(-x)

    def forward(self, noise):
        hidden = self.leaky(self.second(self.leaky(self.first(noise))))
        return self.squash(self.last(hidden))
''',
    ),
    # ---------------------------------------------------------------- discriminator
    Alternative(
        "discriminator.flatten_layer",
        "nn.Flatten as the first layer",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.model = nn.Sequential(
            nn.Flatten(),
            nn.Linear(img_dim, 512),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(512, 256),
            nn.LeakyReLU(0.2, inplace=True),
            nn.Linear(256, 1),
        )

    def forward(self, images):
        return self.model(images)
''',
    ),
    Alternative(
        "discriminator.functional_and_view",
        "separate layers, functional activations, view with the batch's size",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.fc1 = nn.Linear(img_dim, 512)
        self.fc2 = nn.Linear(512, 256)
        self.fc3 = nn.Linear(256, 1)

    def forward(self, images):
        x = images.view(images.size(0), -1)
        x = F.leaky_relu(self.fc1(x), 0.2)
        x = F.leaky_relu(self.fc2(x), 0.2)
        logits = self.fc3(x)
        return logits
''',
    ),
    Alternative(
        "discriminator.rows_of_img_dim",
        "reshapes to rows of img_dim pixels, which it remembers",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.img_dim = img_dim
        self.features = nn.Sequential(
            nn.Linear(img_dim, 512), nn.LeakyReLU(0.2), nn.Linear(512, 256), nn.LeakyReLU(0.2)
        )
        self.head = nn.Linear(256, 1)

    def forward(self, images):
        return self.head(self.features(images.reshape(-1, self.img_dim)))
''',
    ),
    Alternative(
        "discriminator.conditional_flatten",
        "flattens only what has more than two dimensions",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        leaky = nn.LeakyReLU(0.2)
        self.main = nn.Sequential(
            nn.Linear(img_dim, 512), leaky, nn.Linear(512, 256), leaky, nn.Linear(256, 1)
        )

    def forward(self, images):
        if images.dim() > 2:
            images = torch.flatten(images, start_dim=1)
        return self.main(images)
''',
    ),
    Alternative(
        "discriminator.lazy_layers",
        "LazyLinear layers added by name",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.body = nn.Sequential()
        for i, width in enumerate((512, 256), start=1):
            self.body.add_module(f"linear_{i}", nn.LazyLinear(width))
            self.body.add_module(f"leaky_{i}", nn.LeakyReLU(0.2))
        self.body.add_module("logit", nn.LazyLinear(1))

    def forward(self, images):
        return self.body(images.flatten(start_dim=1))
''',
    ),
    Alternative(
        "discriminator.own_parameters",
        "parameters in a dict, einsum, LeakyReLU with where",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.theta = nn.ParameterDict()
        for k, (n_in, n_out) in enumerate([(img_dim, 512), (512, 256), (256, 1)]):
            self.theta[f"weight{k}"] = nn.Parameter(torch.randn(n_out, n_in) / n_in**0.5)
            self.theta[f"bias{k}"] = nn.Parameter(torch.zeros(n_out))

    def affine(self, k, x):
        return torch.einsum("ni,oi->no", x, self.theta[f"weight{k}"]) + self.theta[f"bias{k}"]

    def forward(self, images):
        x = torch.stack([image.flatten() for image in images])
        for k in range(2):
            x = self.affine(k, x)
            x = torch.where(x >= 0, x, 0.2 * x)
        return self.affine(2, x)
''',
    ),
    Alternative(
        "discriminator.block_class",
        "a small class for the repeated block; the logit unsqueezed from a flat row",
        code='''\
class Block(nn.Sequential):
    def __init__(self, n_in, n_out):
        super().__init__(nn.Linear(n_in, n_out), nn.LeakyReLU(0.2))


class Discriminator(nn.Module):
    def __init__(self, img_dim=784):
        super().__init__()
        self.blocks = nn.ModuleList([Block(img_dim, 512), Block(512, 256)])
        self.classifier = nn.Linear(256, 1)

    def forward(self, images):
        n = images.shape[0]
        features = images.contiguous().view(n, math.prod(images.shape[1:]))
        for block in self.blocks:
            features = block(features)
        return self.classifier(features).squeeze(-1).unsqueeze(-1)
''',
    ),
    # ---------------------------------------------------------------- discriminator_loss
    Alternative(
        "discriminator_loss.criterion",
        "nn.BCEWithLogitsLoss with labels made by torch.ones and torch.zeros",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    criterion = nn.BCEWithLogitsLoss()
    real_label = torch.ones(logits_real.size(0), 1, device=logits_real.device)
    fake_label = torch.zeros(logits_fake.size(0), 1, device=logits_fake.device)
    return criterion(logits_real, real_label) + criterion(logits_fake, fake_label)
''',
    ),
    Alternative(
        "discriminator_loss.softplus",
        "softplus of the logits",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    return F.softplus(-logits_real).mean() + F.softplus(logits_fake).mean()
''',
    ),
    Alternative(
        "discriminator_loss.logsigmoid",
        "log D and log(1 - D) as log-sigmoids",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    log_D = F.logsigmoid(logits_real)
    log_not_D = F.logsigmoid(-logits_fake)
    return -(torch.mean(log_D) + torch.mean(log_not_D))
''',
    ),
    Alternative(
        "discriminator_loss.logaddexp",
        "log(exp(0) + exp(x)) with logaddexp",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    errD_real = torch.logaddexp(-logits_real, torch.zeros_like(logits_real))
    errD_fake = torch.logaddexp(logits_fake, torch.zeros_like(logits_fake))
    return errD_real.sum() / errD_real.numel() + errD_fake.sum() / errD_fake.numel()
''',
    ),
    Alternative(
        "discriminator_loss.stable_formula",
        "the stable formula max(l, 0) - l·y + log(1 + exp(-|l|)) written out",
        code='''\
def bce(logits, label):
    return (logits.clamp(min=0) - logits * label + torch.log1p(torch.exp(-logits.abs()))).mean()


def discriminator_loss(logits_real, logits_fake):
    return bce(logits_real, 1.0) + bce(logits_fake, 0.0)
''',
    ),
    Alternative(
        "discriminator_loss.weighted_pool",
        "all logits in one call, each group weighted by one over its size",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    n, m = len(logits_real), len(logits_fake)
    logits = torch.cat((logits_real, logits_fake)).flatten()
    labels = (torch.arange(n + m, device=logits.device) < n).to(logits.dtype)
    weights = labels / n + (1 - labels) / m
    return F.binary_cross_entropy_with_logits(logits, labels, weight=weights, reduction="sum")
''',
    ),
    Alternative(
        "discriminator_loss.two_classes",
        "cross-entropy of two classes, of which one always has the logit 0",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    loss = 0
    for label, logits in ((1, logits_real), (0, logits_fake)):
        two_logits = torch.cat((torch.zeros_like(logits), logits), dim=1)
        classes = torch.full((len(logits),), label, dtype=torch.long, device=logits.device)
        loss = loss + F.cross_entropy(two_logits, classes)
    return loss
''',
    ),
    Alternative(
        "discriminator_loss.bernoulli",
        "the negative log-likelihood of torch.distributions.Bernoulli",
        code='''\
from torch.distributions import Bernoulli


def discriminator_loss(logits_real, logits_fake):
    log_likelihood_real = Bernoulli(logits=logits_real).log_prob(torch.ones_like(logits_real))
    log_likelihood_fake = Bernoulli(logits=logits_fake).log_prob(torch.zeros_like(logits_fake))
    return -log_likelihood_real.mean() - log_likelihood_fake.mean()
''',
    ),
    Alternative(
        "discriminator_loss.double_precision",
        "the logarithm of a sigmoid in double precision, where exp(100) is no trouble, on the side that "
        "stays small",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    D_real = torch.sigmoid(logits_real.double())
    not_D_fake = torch.sigmoid(-logits_fake.double())
    loss = -D_real.log().mean() - not_D_fake.log().mean()
    return loss.to(logits_real.dtype)
''',
    ),
    Alternative(
        "discriminator_loss.flat_logits",
        "squeezes the logits and compares them with flat labels",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    flat_real, flat_fake = logits_real.reshape(-1), logits_fake.reshape(-1)
    losses = [
        nn.functional.binary_cross_entropy_with_logits(flat_real, flat_real.new_ones(flat_real.shape)),
        nn.functional.binary_cross_entropy_with_logits(flat_fake, flat_fake.new_zeros(flat_fake.shape)),
    ]
    return torch.stack(losses).sum()
''',
    ),
    # ---------------------------------------------------------------- generator_loss
    Alternative(
        "generator_loss.cross_entropy",
        "BCE with logits: label 1, or label 0 and the sign turned",
        code='''\
def generator_loss(logits_fake, saturating=False):
    if saturating:
        return -F.binary_cross_entropy_with_logits(logits_fake, torch.zeros_like(logits_fake))
    return F.binary_cross_entropy_with_logits(logits_fake, torch.ones_like(logits_fake))
''',
    ),
    Alternative(
        "generator_loss.logsigmoid",
        "log-sigmoids, in one expression",
        code='''\
def generator_loss(logits_fake, saturating=False):
    return F.logsigmoid(-logits_fake).mean() if saturating else -F.logsigmoid(logits_fake).mean()
''',
    ),
    Alternative(
        "generator_loss.one_sign",
        "one softplus for both losses, with a sign",
        code='''\
def generator_loss(logits_fake, saturating=False):
    sign = -1 if saturating else 1
    return (sign * F.softplus(-sign * logits_fake)).mean()
''',
    ),
    Alternative(
        "generator_loss.criterion_and_label",
        "nn.BCEWithLogitsLoss, the label from the flag",
        code='''\
def generator_loss(logits_fake, saturating=False):
    label = 0.0 if saturating else 1.0
    labels = torch.full((logits_fake.shape[0], 1), label, device=logits_fake.device)
    loss = nn.BCEWithLogitsLoss()(logits_fake, labels)
    if saturating:
        loss = -loss
    return loss
''',
    ),
    Alternative(
        "generator_loss.stable_formula",
        "log(1 + exp(x)) from its positive part and log1p",
        code='''\
def log_of_one_plus_exp(x):
    return torch.relu(x) + torch.log1p(torch.exp(-torch.abs(x)))


def generator_loss(logits_fake, saturating=False):
    if not saturating:
        return torch.mean(log_of_one_plus_exp(-logits_fake))
    return torch.mean(-log_of_one_plus_exp(logits_fake))
''',
    ),
    Alternative(
        "generator_loss.log_softmax",
        "log D and log(1 - D) as the two columns of a log-softmax",
        code='''\
def generator_loss(logits_fake, saturating=False):
    two_logits = torch.cat([torch.zeros_like(logits_fake), logits_fake], dim=1)
    log_not_D, log_D = F.log_softmax(two_logits, dim=1).unbind(dim=1)
    return log_not_D.mean() if saturating else log_D.neg().mean()
''',
    ),
    Alternative(
        "generator_loss.safe_where",
        "torch.where, with the exponent bounded in the branch that is not taken",
        code='''\
def softplus(x):
    bounded = x.clamp(max=20)
    return torch.where(x > 20, x, torch.log1p(torch.exp(bounded)))


def generator_loss(logits_fake, saturating=False):
    per_image = -softplus(logits_fake) if saturating else softplus(-logits_fake)
    return per_image.sum() / per_image.numel()
''',
    ),
    Alternative(
        "generator_loss.logsumexp",
        "logsumexp over the logit and 0; both losses computed, one returned",
        code='''\
def generator_loss(logits_fake, saturating=False):
    zero = torch.zeros_like(logits_fake)
    losses = {
        False: torch.stack((zero, -logits_fake)).logsumexp(dim=0).mean(),
        True: -torch.stack((zero, logits_fake)).logsumexp(dim=0).mean(),
    }
    return losses[bool(saturating)]
''',
    ),
    # ---------------------------------------------------------------- train_step
    Alternative(
        "train_step.two_backwards",
        "a backward call for the real and another for the generated images, labels written out",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    criterion = nn.BCEWithLogitsLoss()
    n = real.size(0)
    real_label = torch.ones(n, 1, device=real.device)
    fake_label = torch.zeros(n, 1, device=real.device)

    netD.zero_grad()
    output = netD(real)
    errD_real = criterion(output, real_label)
    errD_real.backward()
    D_x = output.sigmoid().mean().item()

    noise = torch.randn(n, nz, device=real.device)
    fake = netG(noise)
    output = netD(fake.detach())
    errD_fake = criterion(output, fake_label)
    errD_fake.backward()
    D_G_z = output.sigmoid().mean().item()
    errD = errD_real + errD_fake
    optimizerD.step()

    netG.zero_grad()
    errG = criterion(netD(fake), real_label)
    errG.backward()
    optimizerG.step()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x, "D_G_z": D_G_z}
''',
    ),
    Alternative(
        "train_step.generated_twice",
        "generates without a graph for the discriminator, and again from the same noise for the generator",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    noise = get_noise(real.shape[0], nz=nz, device=real.device)
    with torch.no_grad():
        fake = netG(noise)

    optimizerD.zero_grad(set_to_none=True)
    logits_fake = netD(fake)
    logits_real = netD(real)
    errD = discriminator_loss(logits_real, logits_fake)
    errD.backward()
    optimizerD.step()

    optimizerG.zero_grad(set_to_none=True)
    errG = generator_loss(netD(netG(noise)))
    errG.backward()
    optimizerG.step()

    probability = lambda logits: float(logits.detach().sigmoid().mean())
    return dict(errD=float(errD.detach()), errG=float(errG.detach()),
                D_x=probability(logits_real), D_G_z=probability(logits_fake))
''',
    ),
    Alternative(
        "train_step.frozen_discriminator",
        "switches the discriminator's requires_grad off in the generator's step and restores it",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    optimizerG.zero_grad(set_to_none=False)
    optimizerD.zero_grad(set_to_none=False)
    fake = netG(get_noise(len(real), nz, real.device))

    logits_real, logits_fake = netD(real), netD(fake.detach())
    errD = discriminator_loss(logits_real, logits_fake)
    errD.backward()
    optimizerD.step()

    flags = [parameter.requires_grad for parameter in netD.parameters()]
    for parameter in netD.parameters():
        parameter.requires_grad = False
    errG = generator_loss(netD(fake), saturating=False)
    errG.backward()
    optimizerG.step()
    for parameter, flag in zip(netD.parameters(), flags):
        parameter.requires_grad = flag

    with torch.no_grad():
        return {
            "errD": errD.item(),
            "errG": errG.item(),
            "D_x": (1 / (1 + torch.exp(-logits_real))).mean().item(),
            "D_G_z": (1 / (1 + torch.exp(-logits_fake))).mean().item(),
        }
''',
    ),
    Alternative(
        "train_step.autograd_grad",
        "torch.autograd.grad, the gradients assigned by hand; nothing to detach or to clear",
        code='''\
def follow(loss, network, optimizer, retain_graph=False):
    parameters = list(network.parameters())
    gradients = torch.autograd.grad(loss, parameters, retain_graph=retain_graph)
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    optimizer.step()


def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(get_noise(len(real), nz, real.device))
    logits_real, logits_fake = netD(real), netD(fake)
    errD = discriminator_loss(logits_real, logits_fake)
    follow(errD, netD, optimizerD, retain_graph=True)
    errG = generator_loss(netD(fake))
    follow(errG, netG, optimizerG)
    names = ("errD", "errG", "D_x", "D_G_z")
    values = (errD, errG, logits_real.sigmoid().mean(), logits_fake.sigmoid().mean())
    return {name: value.item() for name, value in zip(names, values)}
''',
    ),
    Alternative(
        "train_step.not_detached_but_cleared",
        "lets errD reach the generator too, and clears its gradients before its own backward",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    optimizerD.zero_grad()
    fake = netG(get_noise(len(real), nz, real.device))
    logits_real = netD(real)
    logits_fake = netD(fake)
    errD = discriminator_loss(logits_real, logits_fake)
    errD.backward(retain_graph=True)
    optimizerD.step()

    optimizerG.zero_grad()
    errG = generator_loss(netD(fake))
    errG.backward()
    optimizerG.step()
    optimizerD.zero_grad()

    results = {"D_G_z": torch.sigmoid(logits_fake).mean(), "D_x": torch.sigmoid(logits_real).mean()}
    results["errG"], results["errD"] = errG, errD
    return {key: value.detach().cpu().numpy().item() for key, value in results.items()}
''',
    ),
    Alternative(
        "train_step.one_pass",
        "one pass of the discriminator over real and generated rows of pixels, split afterwards",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    n = len(real)
    fake = netG(get_noise(n, nz, real.device))
    rows = torch.cat((real.flatten(1), fake.detach().flatten(1)))
    logits = netD(rows)
    errD = discriminator_loss(*logits.split(n))
    optimizerD.zero_grad()
    errD.backward()
    optimizerD.step()

    errG = generator_loss(netD(fake))
    optimizerG.zero_grad()
    errG.backward(inputs=list(netG.parameters()))
    optimizerG.step()

    D_x, D_G_z = torch.sigmoid(logits.detach()).view(2, n).mean(dim=1).tolist()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x, "D_G_z": D_G_z}
''',
    ),
    Alternative(
        "train_step.closures",
        "hands closures to the optimisers; the probabilities from a pass of their own before the update",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    noise = torch.empty(len(real), nz, device=real.device).normal_()
    fake = netG(noise)
    with torch.no_grad():
        D_x = torch.sigmoid(netD(real)).mean().item()
        D_G_z = torch.sigmoid(netD(fake)).mean().item()

    def closureD():
        optimizerD.zero_grad()
        loss = F.softplus(-netD(real)).mean() + F.softplus(netD(fake.detach())).mean()
        loss.backward()
        return loss

    def closureG():
        optimizerG.zero_grad()
        loss = -F.logsigmoid(netD(fake)).mean()
        loss.backward()
        return loss

    errD = optimizerD.step(closureD).item()
    errG = optimizerG.step(closureG).item()
    return {"errD": errD, "errG": errG, "D_x": D_x, "D_G_z": D_G_z}
''',
    ),
    Alternative(
        "train_step.chain_rule",
        "the generator's gradient in two stages, by way of a leaf that stands for the images",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(get_noise(n_samples=len(real), nz=nz, device=real.device))
    images = fake.detach().clone().requires_grad_()

    optimizerD.zero_grad()
    logits_real, logits_fake = netD(real), netD(images)
    errD = discriminator_loss(logits_real, logits_fake)
    errD.backward()
    optimizerD.step()

    errG = generator_loss(netD(images))
    (gradient,) = torch.autograd.grad(errG, images)
    optimizerG.zero_grad()
    fake.backward(gradient)
    optimizerG.step()
    D_x = torch.sigmoid(logits_real.detach()).mean()
    D_G_z = torch.sigmoid(logits_fake.detach()).mean()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}
''',
    ),
    Alternative(
        "train_step.two_helpers",
        "a function for each network's step, called with the noise as a transposed draw",
        code='''\
def update_discriminator(netD, optimizer, real, fake):
    with torch.enable_grad():
        logits_real, logits_fake = netD(real), netD(fake)
        loss = discriminator_loss(logits_real=logits_real, logits_fake=logits_fake)
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            parameter.grad = None
    loss.backward()
    optimizer.step()
    means = [torch.sigmoid(logits).mean() for logits in (logits_real, logits_fake)]
    return [value.item() for value in (loss, *means)]


def update_generator(netD, optimizer, fake):
    optimizer.zero_grad()
    loss = generator_loss(netD(fake))
    loss.backward()
    optimizer.step()
    return loss.item()


def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(torch.randn(nz, len(real), device=real.device).t())
    errD, D_x, D_G_z = update_discriminator(netD, optimizerD, real, fake.data)
    errG = update_generator(netD, optimizerG, fake)
    return {"errD": errD, "errG": errG, "D_x": D_x, "D_G_z": D_G_z}
''',
    ),
    # ---------------------------------------------------------------- sample_grid
    Alternative(
        "sample_grid.detached",
        "detach, the side by way of a square root, the grid before the range",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    fake = netG(fixed_noise).detach().cpu()
    side = int(fake.shape[1] ** 0.5)
    grid = make_grid(fake.reshape(-1, 1, side, side), nrow=nrow)
    return to_image_range(grid)
''',
    ),
    Alternative(
        "sample_grid.left_to_make_grid",
        "no no_grad of its own: make_grid, which comes last, works without a graph",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    images = to_image_range(netG(fixed_noise))
    side = math.isqrt(images.shape[-1])
    return make_grid(images.reshape(len(images), 1, side, side), nrow=nrow, padding=2)
''',
    ),
    Alternative(
        "sample_grid.evaluation_mode",
        "evaluation mode around the call, and back to what it was; no padding",
        code='''\
@torch.no_grad()
def sample_grid(netG, fixed_noise, nrow=8):
    was_training = netG.training
    netG.eval()
    images = netG(fixed_noise)
    netG.train(was_training)
    n, img_dim = images.shape
    side = round(math.sqrt(img_dim))
    images = to_image_range(images).view(n, 1, side, side)
    return make_grid(images, nrow, padding=0)
''',
    ),
    Alternative(
        "sample_grid.value_range",
        "make_grid's own rescaling with the range of Tanh given, so that nothing is stretched",
        code='''\
import torchvision


def sample_grid(netG, fixed_noise, nrow=8):
    with torch.no_grad():
        rows = netG(fixed_noise)
    side = int(math.sqrt(rows.size(1)))
    return torchvision.utils.make_grid(
        rows.unflatten(1, (1, side, side)), nrow=nrow, padding=1, normalize=True, value_range=(-1, 1)
    )
''',
    ),
    Alternative(
        "sample_grid.permuted",
        "laid out by hand with permute, empty places black, one channel",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    with torch.inference_mode():
        images = to_image_range(netG(fixed_noise))
    n, img_dim = images.shape
    side = math.isqrt(img_dim)
    columns = min(nrow, n)
    rows = -(-n // columns)
    missing = images.new_zeros(rows * columns - n, img_dim)
    cells = torch.cat((images, missing)).view(rows, columns, side, side)
    return cells.permute(0, 2, 1, 3).reshape(1, rows * side, columns * side).clone()
''',
    ),
    Alternative(
        "sample_grid.canvas",
        "images written one by one into a white canvas with a border of one pixel",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    with torch.no_grad():
        images = [to_image_range(row) for row in netG(fixed_noise)]
    side = math.isqrt(len(images[0]))
    columns, rows = min(nrow, len(images)), math.ceil(len(images) / nrow)
    canvas = torch.ones(1, rows * (side + 1) + 1, columns * (side + 1) + 1)
    for k, image in enumerate(images):
        i, j = divmod(k, columns)
        top, left = i * (side + 1) + 1, j * (side + 1) + 1
        canvas[0, top : top + side, left : left + side] = image.view(side, side)
    return canvas
''',
    ),
    Alternative(
        "sample_grid.fold",
        "F.fold puts the images side by side, three equal channels, range written out",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    images = (netG(fixed_noise).detach() + 1) / 2
    side = math.isqrt(images.shape[1])
    columns = min(nrow, len(images))
    rows = math.ceil(len(images) / columns)
    images = F.pad(images, (0, 0, 0, rows * columns - len(images)))
    grid = F.fold(images.T[None], (rows * side, columns * side), kernel_size=side, stride=side)
    return grid[0].expand(3, -1, -1)
''',
    ),
    Alternative(
        "sample_grid.list_of_images",
        "a list of images with three channels handed to make_grid, grey between them",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    with torch.set_grad_enabled(False):
        fake = to_image_range(netG(fixed_noise))
    side = int(math.sqrt(fake.shape[-1]))
    pictures = [image.view(1, side, side).repeat(3, 1, 1) for image in fake]
    return make_grid(pictures, nrow=nrow, padding=3, pad_value=0.5)
''',
    ),
    Alternative(
        "sample_grid.rows_of_images",
        "rows by cat along the width, then cat along the height",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    with torch.no_grad():
        images = netG(fixed_noise)
    side = next(n for n in range(1, images.shape[1] + 1) if n * n == images.shape[1])
    images = to_image_range(images).view(-1, side, side)
    rows = [torch.cat(tuple(chunk), dim=1) for chunk in images.split(nrow)]
    width = rows[0].shape[1]
    rows = [F.pad(row, (0, width - row.shape[1])) for row in rows]
    return torch.cat(rows, dim=0).unsqueeze(0)
''',
    ),
]

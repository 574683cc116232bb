"""Right solutions of the DCGAN lab, each written another way: every one gets full marks.

An alternative replaces the whole solution cell of the exercise that its id begins with.
"""

from autograder.course.catalogue import Alternative

ALTERNATIVES = [
    # ---------------------------------------------------------------- conv_sizes
    Alternative(
        "conv_sizes.floor",
        "true division and math.floor, the dilation of the documentation written out",
        code='''\
import math


def conv_out(n, kernel, stride, padding):
    dilation = 1
    return math.floor((n + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1)


def conv_transpose_out(n, kernel, stride, padding):
    dilation, output_padding = 1, 0
    return (n - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1
''',
    ),
    Alternative(
        "conv_sizes.divmod",
        "divmod, and the size before cropping as a name of its own",
        code='''\
def conv_out(n, kernel, stride, padding):
    moves, _rest = divmod(n + padding * 2 - kernel, stride)
    return moves + 1


def conv_transpose_out(n, kernel, stride, padding):
    stamped = kernel + stride * (n - 1)
    return stamped - padding - padding
''',
    ),
    Alternative(
        "conv_sizes.counting",
        "counts the places of the kernel, and finds where the last stamp ends",
        code='''\
def conv_out(n, kernel, stride, padding):
    first, last = -padding, n + padding - kernel
    return len(range(first, last + 1, stride))


def conv_transpose_out(n, kernel, stride, padding):
    end = max(start + kernel for start in range(0, n * stride, stride))
    return end - 2 * padding
''',
    ),
    Alternative(
        "conv_sizes.asks_pytorch",
        "runs a layer on a device without numbers and reads the shape",
        code='''\
def output_size(layer, n, kernel, stride, padding):
    one_channel = layer(1, 1, kernel, stride=stride, padding=padding, device="meta")
    return one_channel(torch.empty(1, 1, n, device="meta")).shape[-1]


def conv_out(n, kernel, stride, padding):
    return output_size(nn.Conv1d, n, kernel, stride, padding)


def conv_transpose_out(n, kernel, stride, padding):
    return output_size(nn.ConvTranspose1d, n, kernel, stride, padding)
''',
    ),
    Alternative(
        "conv_sizes.step_by_step",
        "cuts off the fraction with int; the transposed size adds up its steps",
        code='''\
def conv_out(n, kernel, stride, padding):
    padded = n + 2 * padding
    steps = (padded - kernel) / stride
    return int(steps) + 1


def conv_transpose_out(n, kernel, stride, padding):
    size = kernel - 2 * padding
    for _ in range(n - 1):
        size += stride
    return size
''',
    ),
    # ---------------------------------------------------------------- weights_init
    Alternative(
        "weights_init.data",
        "writes through .data, isinstance with or",
        code='''\
def weights_init(m):
    if isinstance(m, nn.Conv2d) or isinstance(m, nn.ConvTranspose2d):
        m.weight.data.normal_(0.0, 0.02)
    if isinstance(m, nn.BatchNorm2d):
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)
''',
    ),
    Alternative(
        "weights_init.copies_under_no_grad",
        "scales standard normal numbers and copies them under no_grad; returns the module",
        code='''\
@torch.no_grad()
def weights_init(m):
    if isinstance(m, nn.BatchNorm2d):
        m.weight.copy_(1 + 0.02 * torch.randn_like(m.weight))
        m.bias.zero_()
    elif isinstance(m, (nn.ConvTranspose2d, nn.Conv2d)):
        m.weight.copy_(0.02 * torch.randn(m.weight.shape))
    return m
''',
    ),
    Alternative(
        "weights_init.match",
        "match and case, torch.normal",
        code='''\
def weights_init(m):
    with torch.no_grad():
        match m:
            case nn.Conv2d() | nn.ConvTranspose2d():
                m.weight[...] = torch.normal(0.0, 0.02, size=m.weight.size())
            case nn.BatchNorm2d(weight=weight, bias=bias):
                weight.copy_(torch.normal(1.0, 0.02, size=weight.size()))
                bias.mul_(0)
            case _:
                pass
''',
    ),
    Alternative(
        "weights_init.table",
        "a table of classes and means",
        code='''\
MEANS = {nn.Conv2d: 0.0, nn.ConvTranspose2d: 0.0, nn.BatchNorm2d: 1.0}


def weights_init(m):
    for kind, mean in MEANS.items():
        if isinstance(m, kind):
            nn.init.normal_(m.weight, mean=mean, std=0.02)
            if mean == 1.0:
                nn.init.constant_(m.bias, 0)
            break
''',
    ),
    Alternative(
        "weights_init.single_dispatch",
        "a function for each class, by functools.singledispatch",
        code='''\
from functools import singledispatch


@singledispatch
def weights_init(m):
    """Everything else stays as it is."""


@weights_init.register(nn.Conv2d)
@weights_init.register(nn.ConvTranspose2d)
def _(m):
    torch.nn.init.normal_(m.weight, std=0.02)


@weights_init.register(nn.BatchNorm2d)
def _(m):
    torch.nn.init.normal_(m.weight, std=0.02)
    with torch.no_grad():
        m.weight += 1
        m.bias -= m.bias.clone()
''',
    ),
    Alternative(
        "weights_init.distribution",
        "returns early, draws from torch.distributions",
        code='''\
from torch.distributions import Normal


def weights_init(m):
    convolution = issubclass(type(m), (nn.Conv2d, nn.ConvTranspose2d))
    if not convolution and not isinstance(m, nn.BatchNorm2d):
        return
    normal = Normal(0.0 if convolution else 1.0, 0.02)
    m.weight.data.copy_(normal.sample(m.weight.shape))
    if not convolution:
        torch.nn.init.zeros_(m.bias)
''',
    ),
    # ---------------------------------------------------------------- generator
    Alternative(
        "generator.functional",
        "separate layers, functional activations",
        code='''\
import torch.nn.functional as F


class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        self.conv1 = nn.ConvTranspose2d(nz, ngf * 8, kernel_size=4, stride=1, padding=0, bias=False)
        self.bn1 = nn.BatchNorm2d(ngf * 8)
        self.conv2 = nn.ConvTranspose2d(ngf * 8, ngf * 4, kernel_size=4, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(ngf * 4)
        self.conv3 = nn.ConvTranspose2d(ngf * 4, ngf * 2, kernel_size=4, stride=2, padding=1, bias=False)
        self.bn3 = nn.BatchNorm2d(ngf * 2)
        self.conv4 = nn.ConvTranspose2d(ngf * 2, ngf, kernel_size=4, stride=2, padding=1, bias=False)
        self.bn4 = nn.BatchNorm2d(ngf)
        self.conv5 = nn.ConvTranspose2d(ngf, nc, kernel_size=4, stride=2, padding=1, bias=False)

    def forward(self, noise):
        x = F.relu(self.bn1(self.conv1(noise)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = F.relu(self.bn3(self.conv3(x)))
        x = F.relu(self.bn4(self.conv4(x)))
        return torch.tanh(self.conv5(x))
''',
    ),
    Alternative(
        "generator.module_lists",
        "two lists of layers and a loop, ReLU as a clamp",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super(Generator, self).__init__()
        widths = [nz, ngf * 8, ngf * 4, ngf * 2, ngf, nc]
        self.convolutions, self.norms = nn.ModuleList(), nn.ModuleList()
        for i in range(5):
            stride, padding = (1, 0) if i == 0 else (2, 1)
            self.convolutions.append(
                nn.ConvTranspose2d(widths[i], widths[i + 1], 4, stride, padding, bias=False)
            )
            if i < 4:
                self.norms.append(nn.BatchNorm2d(widths[i + 1]))

    def forward(self, noise):
        x = noise
        for convolution, norm in zip(self.convolutions, self.norms):
            x = norm(convolution(x)).clamp(min=0)
        return self.convolutions[-1](x).tanh()
''',
    ),
    Alternative(
        "generator.block_class",
        "a class for the repeated block, the last layer apart",
        code='''\
class Up(nn.Sequential):
    def __init__(self, n_in, n_out, stride=2, padding=1):
        super().__init__(
            nn.ConvTranspose2d(n_in, n_out, (4, 4), (stride, stride), (padding, padding), bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(),
        )


class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        self.start = Up(nz, 8 * ngf, stride=1, padding=0)
        self.body = nn.Sequential(Up(8 * ngf, 4 * ngf), Up(4 * ngf, 2 * ngf), Up(2 * ngf, ngf))
        self.to_image = nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False)

    def forward(self, noise):
        return torch.tanh(self.to_image(self.body(self.start(noise))))
''',
    ),
    Alternative(
        "generator.lazy_layers",
        "lazy layers, which take their sizes from the first call",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        layers = [nn.LazyConvTranspose2d(8 * ngf, 4, bias=False), nn.LazyBatchNorm2d(), nn.ReLU()]
        for factor in (4, 2, 1):
            layers.append(nn.LazyConvTranspose2d(factor * ngf, 4, stride=2, padding=1, bias=False))
            layers += [nn.LazyBatchNorm2d(), nn.ReLU()]
        layers.append(nn.LazyConvTranspose2d(nc, 4, stride=2, padding=1, bias=False))
        self.layers = nn.Sequential(*layers)

    def forward(self, noise):
        return torch.tanh(self.layers(noise))
''',
    ),
    Alternative(
        "generator.add_module",
        "layers added by name; the noise may come flat too",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        self.nz = nz
        self.net = nn.Sequential()
        n_in = nz
        for i, n_out in enumerate([ngf << 3, ngf << 2, ngf << 1, ngf]):
            settings = dict(stride=2, padding=1) if i else dict(stride=1, padding=0)
            self.net.add_module(f"up{i}", nn.ConvTranspose2d(n_in, n_out, 4, bias=False, **settings))
            self.net.add_module(f"norm{i}", nn.BatchNorm2d(n_out))
            self.net.add_module(f"relu{i}", nn.ReLU(inplace=True))
            n_in = n_out
        self.net.add_module("image", nn.ConvTranspose2d(n_in, nc, 4, 2, 1, bias=False))
        self.net.add_module("tanh", nn.Tanh())

    def forward(self, noise):
        return self.net(noise.reshape(-1, self.nz, 1, 1))
''',
    ),
    Alternative(
        "generator.sequential_itself",
        "a Sequential of its own, created from the image backwards, with the weights of the paper",
        code='''\
from collections import OrderedDict


class Generator(nn.Sequential):
    def __init__(self, nz=100, ngf=64, nc=1):
        reverse = [("tanh", nn.Tanh()), ("conv1", nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False))]
        n_out = ngf
        for i in (2, 3, 4, 5):
            n_in = nz if i == 5 else 2 * n_out
            stride = 1 if i == 5 else 2
            reverse.append((f"relu{i}", nn.ReLU()))
            reverse.append((f"norm{i}", nn.BatchNorm2d(n_out)))
            reverse.append((f"conv{i}", nn.ConvTranspose2d(n_in, n_out, 4, stride, stride - 1, bias=False)))
            n_out = n_in
        super().__init__(OrderedDict(reversed(reverse)))
        self.apply(weights_init)
''',
    ),
    Alternative(
        "generator.nested_function",
        "a nested function for the block, one shared ReLU, Tanh by way of the sigmoid",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()
        relu = nn.ReLU()

        def block(n_in, n_out, *geometry):
            return nn.ConvTranspose2d(n_in, n_out, 4, *geometry, bias=False), nn.BatchNorm2d(n_out), relu

        self.hidden = nn.Sequential(
            *block(nz, ngf * 2**3),
            *block(ngf * 2**3, ngf * 2**2, 2, 1),
            *block(ngf * 2**2, ngf * 2, 2, 1),
            *block(ngf * 2, ngf, 2, 1),
        )
        self.output = nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False)

    def forward(self, noise):
        x = self.output(self.hidden(noise))
        return 2 * torch.sigmoid(2 * x) - 1
''',
    ),
    # ---------------------------------------------------------------- discriminator
    Alternative(
        "discriminator.functional",
        "separate layers, functional activations, view(-1)",
        code='''\
import torch.nn.functional as F


class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super().__init__()
        self.conv1 = nn.Conv2d(nc, ndf, kernel_size=4, stride=2, padding=1, bias=False)
        self.conv2 = nn.Conv2d(ndf, ndf * 2, kernel_size=4, stride=2, padding=1, bias=False)
        self.conv3 = nn.Conv2d(ndf * 2, ndf * 4, kernel_size=4, stride=2, padding=1, bias=False)
        self.conv4 = nn.Conv2d(ndf * 4, ndf * 8, kernel_size=4, stride=2, padding=1, bias=False)
        self.conv5 = nn.Conv2d(ndf * 8, 1, kernel_size=4, stride=1, padding=0, bias=False)
        self.bn2 = nn.BatchNorm2d(ndf * 2)
        self.bn3 = nn.BatchNorm2d(ndf * 4)
        self.bn4 = nn.BatchNorm2d(ndf * 8)

    def forward(self, images):
        x = F.leaky_relu(self.conv1(images), 0.2)
        x = F.leaky_relu(self.bn2(self.conv2(x)), 0.2)
        x = F.leaky_relu(self.bn3(self.conv3(x)), 0.2)
        x = F.leaky_relu(self.bn4(self.conv4(x)), 0.2)
        return torch.sigmoid(self.conv5(x)).view(-1)
''',
    ),
    Alternative(
        "discriminator.module_lists",
        "a loop over lists with an Identity where there is no BatchNorm, LeakyReLU as a maximum",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super(Discriminator, self).__init__()
        widths = [nc] + [ndf * 2**k for k in range(4)]
        self.convolutions = nn.ModuleList(
            nn.Conv2d(a, b, 4, stride=2, padding=1, bias=False) for a, b in zip(widths, widths[1:])
        )
        self.norms = nn.ModuleList(
            [nn.Identity()] + [nn.BatchNorm2d(width) for width in widths[2:]]
        )
        self.verdict = nn.Conv2d(widths[-1], 1, 4, bias=False)

    def forward(self, images):
        x = images
        for convolution, norm in zip(self.convolutions, self.norms):
            x = norm(convolution(x))
            x = torch.maximum(x, 0.2 * x)
        return self.verdict(x).sigmoid()[:, 0, 0, 0]
''',
    ),
    Alternative(
        "discriminator.block_function",
        "a function for the block, reshape to the number of images",
        code='''\
def down(n_in, n_out, norm=True):
    layers = [nn.Conv2d(n_in, n_out, 4, 2, 1, bias=False)]
    if norm:
        layers.append(nn.BatchNorm2d(n_out))
    layers.append(nn.LeakyReLU(0.2))
    return nn.Sequential(*layers)


class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super().__init__()
        self.features = nn.Sequential(
            down(nc, ndf, norm=False), down(ndf, 2 * ndf), down(2 * ndf, 4 * ndf), down(4 * ndf, 8 * ndf)
        )
        self.classifier = nn.Sequential(nn.Conv2d(8 * ndf, 1, 4, 1, 0, bias=False), nn.Sigmoid())

    def forward(self, images):
        return self.classifier(self.features(images)).reshape(len(images))
''',
    ),
    Alternative(
        "discriminator.lazy_layers",
        "lazy layers, the last three dimensions squeezed by name",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super().__init__()
        self.net = nn.Sequential(nn.LazyConv2d(ndf, 4, 2, 1, bias=False), nn.LeakyReLU(0.2))
        for factor in (2, 4, 8):
            self.net.append(nn.LazyConv2d(factor * ndf, 4, 2, 1, bias=False))
            self.net.append(nn.LazyBatchNorm2d())
            self.net.append(nn.LeakyReLU(0.2))
        self.net.append(nn.LazyConv2d(1, 4, bias=False))

    def forward(self, images):
        logits = self.net(images)
        return torch.sigmoid(logits).squeeze((1, 2, 3))
''',
    ),
    Alternative(
        "discriminator.sequential_itself",
        "a Sequential of its own that ends in Flatten(0)",
        code='''\
class Discriminator(nn.Sequential):
    def __init__(self, nc=1, ndf=64):
        layers, n_in = [], nc
        for i, n_out in enumerate((ndf, 2 * ndf, 4 * ndf, 8 * ndf)):
            layers.append(nn.Conv2d(n_in, n_out, 4, 2, 1, bias=False))
            if i > 0:
                layers.append(nn.BatchNorm2d(n_out))
            layers.append(nn.LeakyReLU(0.2, inplace=i % 2 == 0))
            n_in = n_out
        super().__init__(*layers, nn.Conv2d(n_in, 1, 4, bias=False), nn.Sigmoid(), nn.Flatten(0))
''',
    ),
    Alternative(
        "discriminator.created_backwards",
        "the last layer created first; a mean over dimensions of length 1, the sigmoid by its logarithm",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super().__init__()
        geometry = {"kernel_size": 4, "stride": 2, "padding": 1, "bias": False}
        self.last = nn.Conv2d(ndf * 8, 1, kernel_size=4, bias=False)
        self.norm4, self.conv4 = nn.BatchNorm2d(ndf * 8), nn.Conv2d(ndf * 4, ndf * 8, **geometry)
        self.norm3, self.conv3 = nn.BatchNorm2d(ndf * 4), nn.Conv2d(ndf * 2, ndf * 4, **geometry)
        self.norm2, self.conv2 = nn.BatchNorm2d(ndf * 2), nn.Conv2d(ndf, ndf * 2, **geometry)
        self.conv1 = nn.Conv2d(nc, ndf, **geometry)

    @staticmethod
    def leak(x):
        return torch.where(x > 0, x, 0.2 * x)

    def forward(self, images):
        x = self.leak(self.conv1(images))
        for k in (2, 3, 4):
            x = self.leak(getattr(self, f"norm{k}")(getattr(self, f"conv{k}")(x)))
        logits = self.last(x).mean(dim=(1, 2, 3))
        return nn.functional.logsigmoid(logits).exp()
''',
    ),
    Alternative(
        "discriminator.module_dict",
        "a ModuleDict, one LeakyReLU for all layers, the logistic function written out, two squeezes",
        code='''\
class Discriminator(nn.Module):
    def __init__(self, nc=1, ndf=64):
        super().__init__()
        self.layers = nn.ModuleDict()
        channels = nc
        for k in range(4):
            self.layers[f"conv_{k}"] = nn.Conv2d(channels, ndf << k, (4, 4), 2, 1, bias=False)
            channels = ndf << k
            if k:
                self.layers[f"norm_{k}"] = nn.BatchNorm2d(channels)
        self.layers["conv_4"] = nn.Conv2d(channels, 1, (4, 4), bias=False)
        self.act = nn.LeakyReLU(negative_slope=0.2)

    def forward(self, images):
        x = self.act(self.layers["conv_0"](images))
        for k in range(1, 4):
            x = self.act(self.layers[f"norm_{k}"](self.layers[f"conv_{k}"](x)))
        logits = self.layers["conv_4"](x).flatten(start_dim=1).squeeze(1)
        return 1 / (1 + torch.exp(-logits))
''',
    ),
    # ---------------------------------------------------------------- make_labels
    Alternative(
        "make_labels.new_full",
        "new_full",
        code='''\
def make_labels(batch_size, value, like):
    return like.new_full((batch_size,), value)
''',
    ),
    Alternative(
        "make_labels.ones_times_value",
        "ones of the right dtype and device, multiplied",
        code='''\
def make_labels(batch_size, value, like):
    return torch.ones(batch_size).to(like) * value
''',
    ),
    Alternative(
        "make_labels.filled_in_place",
        "an empty tensor, filled in place",
        code='''\
def make_labels(batch_size, value, like):
    labels = torch.empty(batch_size, dtype=like.dtype, device=like.device)
    labels.fill_(value)
    return labels
''',
    ),
    Alternative(
        "make_labels.python_list",
        "a Python list of the value",
        code='''\
def make_labels(batch_size, value, like):
    return torch.tensor([value] * batch_size, dtype=like.dtype, device=like.device)
''',
    ),
    Alternative(
        "make_labels.zeros_plus_value",
        "new_zeros and an addition",
        code='''\
def make_labels(batch_size, value, like):
    labels = like.new_zeros(batch_size)
    return labels + value
''',
    ),
    Alternative(
        "make_labels.expanded_copy",
        "one number, expanded and cloned",
        code='''\
def make_labels(batch_size, value, like):
    number = like.detach().new_tensor(value)
    return number.expand(batch_size).clone()
''',
    ),
    # ---------------------------------------------------------------- discriminator_step
    Alternative(
        "discriminator_step.one_backward",
        "one backward through the sum of both losses, labels by ones_like and zeros_like",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    fake = netG(noise)
    output_real, output_fake = netD(real), netD(fake.detach())
    errD_real = criterion(output_real, torch.ones_like(output_real))
    errD_fake = criterion(output_fake, torch.zeros_like(output_fake))
    errD = errD_real + errD_fake
    optimizerD.zero_grad()
    errD.backward()
    optimizerD.step()
    return {
        "errD_real": errD_real.item(),
        "errD_fake": errD_fake.item(),
        "errD": errD.item(),
        "D_x": output_real.mean().item(),
        "D_G_z1": output_fake.mean().item(),
        "fake": fake,
    }
''',
    ),
    Alternative(
        "discriminator_step.generated_first",
        "the generated images first, netD.zero_grad, one tensor of labels refilled",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    netD.zero_grad()
    fake = netG(noise)
    label = torch.full((noise.size(0),), 0.0, dtype=real.dtype, device=real.device)
    output = netD(fake.detach())
    errD_fake = criterion(output, label)
    errD_fake.backward()
    D_G_z1 = float(output.mean())

    label = label.new_empty(real.size(0)).fill_(1.0)
    output = netD(real).view(-1)
    errD_real = criterion(output, label)
    errD_real.backward()
    D_x = float(output.mean())

    errD = errD_real + errD_fake
    optimizerD.step()
    return dict(
        errD=errD.item(), errD_real=errD_real.item(), errD_fake=errD_fake.item(),
        D_x=D_x, D_G_z1=D_G_z1, fake=fake,
    )
''',
    ),
    Alternative(
        "discriminator_step.loop",
        "a loop over the two batches, gradients set to None by hand",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    for parameter in netD.parameters():
        parameter.grad = None
    fake = netG(noise)
    losses, means = [], []
    for images, value in ((real, 1), (fake.detach(), 0)):
        probabilities = netD(images)
        loss = criterion(probabilities, make_labels(images.shape[0], value, probabilities))
        loss.backward()
        losses.append(loss.item())
        means.append(probabilities.detach().mean().item())
    optimizerD.step()
    return {
        "errD_real": losses[0], "errD_fake": losses[1], "errD": sum(losses),
        "D_x": means[0], "D_G_z1": means[1], "fake": fake,
    }
''',
    ),
    Alternative(
        "discriminator_step.autograd_grad",
        "torch.autograd.grad for the discriminator's parameters, nothing detached",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    fake = netG(noise)
    output_real = netD(real)
    output_fake = netD(fake)
    errD_real = criterion(output_real, output_real.new_ones(len(real)))
    errD_fake = criterion(output_fake, output_fake.new_zeros(len(fake)))
    parameters = list(netD.parameters())
    gradients = torch.autograd.grad(errD_real + errD_fake, parameters, retain_graph=True)
    for parameter, gradient in zip(parameters, gradients):
        parameter.grad = gradient
    optimizerD.step()
    result = {"errD_real": errD_real, "errD_fake": errD_fake, "errD": errD_real + errD_fake}
    result |= {"D_x": output_real.mean(), "D_G_z1": output_fake.mean()}
    return {name: number.item() for name, number in result.items()} | {"fake": fake}
''',
    ),
    Alternative(
        "discriminator_step.backward_inputs",
        "backward with inputs= and the graph kept, so that nothing reaches the generator",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    results = {}
    optimizerD.zero_grad(set_to_none=False)
    results["fake"] = netG(noise)
    weights = [weight for weight in netD.parameters() if weight.requires_grad]

    for images, target, err, mean in (
        (real, 1.0, "errD_real", "D_x"),
        (results["fake"], 0.0, "errD_fake", "D_G_z1"),
    ):
        output = netD(images)
        loss = criterion(output, torch.full_like(output, target))
        loss.backward(inputs=weights, retain_graph=True)
        results[err], results[mean] = float(loss.detach()), output.mean().tolist()

    optimizerD.step()
    results["errD"] = results["errD_real"] + results["errD_fake"]
    return results
''',
    ),
    Alternative(
        "discriminator_step.closure",
        "hands a closure to the optimiser's step",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    fake = netG(noise)
    numbers = {}

    def closure():
        optimizerD.zero_grad()
        p_real, p_fake = netD(real), netD(fake.detach())
        numbers["D_x"], numbers["D_G_z1"] = p_real.mean().item(), p_fake.mean().item()
        loss_real = criterion(p_real, make_labels(len(p_real), 1.0, p_real))
        loss_fake = criterion(p_fake, make_labels(len(p_fake), 0.0, p_fake))
        numbers["errD_real"], numbers["errD_fake"] = loss_real.item(), loss_fake.item()
        loss = loss_real + loss_fake
        loss.backward()
        return loss

    numbers["errD"] = optimizerD.step(closure).item()
    return {**numbers, "fake": fake}
''',
    ),
    Alternative(
        "discriminator_step.gradients_added_by_hand",
        "the gradients of the two halves, taken apart and added",
        code='''\
def half(netD, criterion, images, value):
    output = netD(images)
    loss = criterion(output, make_labels(len(images), value, images))
    gradients = torch.autograd.grad(loss, tuple(netD.parameters()))
    return loss.item(), sum(output.tolist()) / len(output), gradients


def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    fake = netG(noise)
    errD_fake, D_G_z1, from_fake = half(netD, criterion, fake.detach().clone(), 0)
    errD_real, D_x, from_real = half(netD, criterion, real, 1)
    for parameter, one, other in zip(netD.parameters(), from_real, from_fake):
        parameter.grad = one + other
    optimizerD.step()
    names = "errD_real", "errD_fake", "errD", "D_x", "D_G_z1", "fake"
    return dict(zip(names, (errD_real, errD_fake, errD_real + errD_fake, D_x, D_G_z1, fake)))
''',
    ),
    # ---------------------------------------------------------------- generator_step
    Alternative(
        "generator_step.ones_like",
        "labels like the output, netG.zero_grad just before backward",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    output = netD(fake)
    errG = criterion(output, torch.ones_like(output))
    netG.zero_grad()
    errG.backward()
    D_G_z2 = output.detach().mean()
    optimizerG.step()
    return dict(errG=float(errG), D_G_z2=float(D_G_z2))
''',
    ),
    Alternative(
        "generator_step.frozen_discriminator",
        "switches the discriminator's requires_grad off and restores it",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    flags = [parameter.requires_grad for parameter in netD.parameters()]
    netD.requires_grad_(False)
    try:
        optimizerG.zero_grad()
        output = netD(fake)
        label = torch.full((fake.size(0),), 1.0, dtype=output.dtype, device=output.device)
        errG = criterion(output, label)
        errG.backward()
        optimizerG.step()
    finally:
        for parameter, flag in zip(netD.parameters(), flags):
            parameter.requires_grad_(flag)
    return {"D_G_z2": output.mean().item(), "errG": errG.item()}
''',
    ),
    Alternative(
        "generator_step.autograd_grad",
        "torch.autograd.grad for the generator's parameters",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    weights = list(netG.parameters())
    probabilities = netD(fake)
    loss = criterion(probabilities, make_labels(fake.shape[0], 1, fake))
    for weight, gradient in zip(weights, torch.autograd.grad(loss, weights)):
        weight.grad = gradient
    optimizerG.step()
    return {"errG": loss.tolist(), "D_G_z2": probabilities.mean().tolist()}
''',
    ),
    Alternative(
        "generator_step.chain_rule",
        "backpropagates in two stages: from the loss to the images, from the images to the weights",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    optimizerG.zero_grad()
    images = fake.detach().clone().requires_grad_()
    output = netD(images)
    errG = criterion(output, torch.ones_like(output))
    (gradient,) = torch.autograd.grad(errG, images)
    fake.backward(gradient)
    optimizerG.step()
    return {"errG": errG.item(), "D_G_z2": output.mean().item()}
''',
    ),
    Alternative(
        "generator_step.closure",
        "hands a closure to the optimiser's step",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    output = netD(fake)

    def closure():
        optimizerG.zero_grad(set_to_none=True)
        loss = criterion(output, output.new_ones(output.shape))
        loss.backward()
        return loss

    errG = optimizerG.step(closure)
    return {"errG": errG.item(), "D_G_z2": output.sum().item() / len(output)}
''',
    ),
    Alternative(
        "generator_step.backward_inputs",
        "backward with inputs=, so that only the generator's parameters get gradients",
        code='''\
def generator_step(netD, netG, optimizerG, criterion, fake):
    for parameter in netG.parameters():
        parameter.grad = None
    output = netD(fake)
    labels = make_labels(output.numel(), 1.0, output.detach())
    errG = criterion(output, labels)
    errG.backward(inputs=list(netG.parameters()))
    optimizerG.step()
    netG.zero_grad()
    with torch.no_grad():
        return {"errG": errG.item(), "D_G_z2": torch.mean(output).item()}
''',
    ),
    # ---------------------------------------------------------------- snapshot
    Alternative(
        "snapshot.copy",
        "a deep copy in evaluation mode",
        code='''\
import copy


def snapshot(netG, fixed_noise):
    twin = copy.deepcopy(netG).eval()
    return twin(fixed_noise).detach().cpu()
''',
    ),
    Alternative(
        "snapshot.inference_mode",
        "inference mode, the result cloned outside of it, try and finally",
        code='''\
def snapshot(netG, fixed_noise):
    mode = netG.training
    try:
        netG.train(False)
        with torch.inference_mode():
            images = netG(fixed_noise)
    finally:
        netG.train(mode)
    return images.clone().to("cpu")
''',
    ),
    Alternative(
        "snapshot.flags_of_every_module",
        "remembers and restores the flag of every module",
        code='''\
@torch.no_grad()
def snapshot(netG, fixed_noise):
    flags = {module: module.training for module in netG.modules()}
    netG.eval()
    images = netG(fixed_noise)
    for module, flag in flags.items():
        module.training = flag
    return images.cpu()
''',
    ),
    Alternative(
        "snapshot.back_if_it_trained",
        "goes back to training mode only where it was in it; detaches",
        code='''\
def snapshot(netG, fixed_noise):
    training = netG.training
    if training:
        netG.eval()
    images = netG(fixed_noise).detach().clone().cpu()
    if training:
        netG.train()
    return images
''',
    ),
    Alternative(
        "snapshot.context_manager",
        "a context manager for the mode, gradients off by set_grad_enabled",
        code='''\
from contextlib import contextmanager


@contextmanager
def evaluation(network):
    before = network.training
    yield network.eval()
    network.train(before)


def snapshot(netG, fixed_noise):
    with evaluation(netG) as network, torch.set_grad_enabled(False):
        return network(fixed_noise).to(torch.device("cpu"))
''',
    ),
    Alternative(
        "snapshot.image_by_image",
        "one image at a time, joined at the end",
        code='''\
def snapshot(netG, fixed_noise):
    was_training, images = netG.training, []
    netG.eval()
    for z in fixed_noise.split(1):
        with torch.no_grad():
            images.append(netG(z).cpu())
    netG.train(was_training)
    return torch.cat(images)
''',
    ),
]

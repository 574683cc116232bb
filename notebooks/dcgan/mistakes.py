"""Wrong solutions of the DCGAN lab that people really write: each loses marks, and the message names it.

A mistake belongs to the exercise that its id begins with. It is either a few edits of the lab's own
solution cell (text -> replacement, at every occurrence) or a whole cell. Its sentence is shown to a
student whose responses equal those of the mistake.
"""

from autograder.course.catalogue import Mistake

MISTAKES = [
    # ---------------------------------------------------------------- conv_sizes
    Mistake(
        "conv_sizes.float_division",
        "conv_out gives a float, with a fraction where the stride does not divide evenly. "
        "Which of Python's two divisions drops the rest?",
        edits={"// stride": "/ stride"},
    ),
    Mistake(
        "conv_sizes.rounded_up",
        "Where the stride does not divide evenly, conv_out is one too large. "
        "Does a kernel get a place where it no longer fits in?",
        edits={"(n + 2 * padding - kernel) // stride + 1": "-((kernel - n - 2 * padding) // stride) + 1"},
    ),
    Mistake(
        "conv_sizes.no_plus_one",
        "conv_out is one too small everywhere. It counts how often the kernel moves on; "
        "what about the place where it starts?",
        edits={" // stride + 1": " // stride"},
    ),
    Mistake(
        "conv_sizes.parentheses_missing",
        "Only the kernel has been divided by the stride in conv_out. "
        "In which order does Python work out + and //?",
        edits={"(n + 2 * padding - kernel) // stride": "n + 2 * padding - kernel // stride"},
    ),
    Mistake(
        "conv_sizes.padding_on_one_side",
        "The padding counts once, as if it stood on one side only. How many edges does a row have?",
        edits={"2 * padding": "padding"},
    ),
    Mistake(
        "conv_sizes.stride_forgotten",
        "conv_out gives the number of places for stride 1, whatever the stride. "
        "How many rows does the kernel move at a time?",
        edits={" // stride + 1": " + 1"},
    ),
    Mistake(
        "conv_sizes.swapped",
        "Each function gives the size that the other should. Which of the two layers makes an image smaller?",
        edits={
            "    return (n + 2 * padding - kernel) // stride + 1": "    small = (n - 1) * stride",
            "    return (n - 1) * stride - 2 * padding + kernel": (
                "    return (n + 2 * padding - kernel) // stride + 1"
            ),
            "    small = (n - 1) * stride": "    return (n - 1) * stride - 2 * padding + kernel",
        },
    ),
    Mistake(
        "conv_sizes.only_halves_and_doubles",
        "The sizes are n // 2 and 2n, which holds for kernel 4, stride 2 and padding 1. "
        "What do the other three arguments change?",
        edits={
            "(n + 2 * padding - kernel) // stride + 1": "n // 2",
            "(n - 1) * stride - 2 * padding + kernel": "n * 2",
        },
    ),
    Mistake(
        "conv_sizes.transposed_times_stride",
        "conv_transpose_out gives n times the stride, whatever kernel and padding are. "
        "For which kernels is that so?",
        edits={"(n - 1) * stride - 2 * padding + kernel": "n * stride"},
    ),
    Mistake(
        "conv_sizes.transposed_no_minus_one",
        "conv_transpose_out is too large by one stride. "
        "Between n stamps of the kernel, how many steps of the stride are there?",
        edits={"(n - 1) * stride - 2 * padding": "n * stride - 2 * padding"},
    ),
    Mistake(
        "conv_sizes.transposed_padding_added",
        "More padding makes the result of conv_transpose_out larger. "
        "Does a transposed convolution add a border to its output, or cut one off?",
        edits={"* stride - 2 * padding": "* stride + 2 * padding"},
    ),
    Mistake(
        "conv_sizes.transposed_last_one_forgotten",
        "conv_transpose_out is one too small everywhere. "
        "In PyTorch's formula, with its dilation and output_padding, what stands at the very end?",
        edits={"2 * padding + kernel": "2 * padding + (kernel - 1)"},
    ),
    Mistake(
        "conv_sizes.transposed_output_padding",
        "conv_transpose_out is too large by one less than the stride. "
        "What is output_padding unless somebody asks for it?",
        edits={"2 * padding + kernel": "2 * padding + kernel + (stride - 1)"},
    ),
    # ---------------------------------------------------------------- weights_init
    Mistake(
        "weights_init.batchnorm_around_zero",
        "The weights of BatchNorm lie around 0, so nearly nothing passes at the start. "
        "By which number should a scale multiply on average?",
        edits={"nn.init.normal_(m.weight, 1.0, 0.02)": "nn.init.normal_(m.weight, 0.0, 0.02)"},
    ),
    Mistake(
        "weights_init.batchnorm_exactly_one",
        "The weights of BatchNorm are all exactly 1. Around what do they lie, and how far apart?",
        edits={"nn.init.normal_(m.weight, 1.0, 0.02)": "nn.init.ones_(m.weight)"},
    ),
    Mistake(
        "weights_init.batchnorm_forgotten",
        "BatchNorm2d keeps the weight and bias that it had. Which kinds of layer does the docstring name?",
        edits={
            "    elif isinstance(m, nn.BatchNorm2d):\n": "",
            "        nn.init.normal_(m.weight, 1.0, 0.02)\n": "",
            "        nn.init.zeros_(m.bias)\n": "",
        },
    ),
    Mistake(
        "weights_init.batchnorm_bias_kept",
        "The bias of BatchNorm2d is what it was before. What does the docstring ask of it?",
        edits={"        nn.init.zeros_(m.bias)\n": ""},
    ),
    Mistake(
        "weights_init.statistics_reset",
        "The running statistics of BatchNorm2d have been reset. "
        "Are they weights, or something it has measured?",
        edits={
            "        nn.init.zeros_(m.bias)": (
                "        nn.init.zeros_(m.bias)\n        m.reset_running_stats()"
            ),
        },
    ),
    Mistake(
        "weights_init.transposed_forgotten",
        "nn.ConvTranspose2d keeps the weights that it had. "
        "Is it a kind of nn.Conv2d, and which network is made of it?",
        edits={"(nn.Conv2d, nn.ConvTranspose2d)": "nn.Conv2d"},
    ),
    Mistake(
        "weights_init.by_part_of_the_name",
        "What decides is whether a class has Conv or BatchNorm somewhere in its name. "
        "Which other classes have, and what asks for the kind of a module instead?",
        code='''\
def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Conv") != -1:
        m.weight.data.normal_(0.0, 0.02)
    elif classname.find("BatchNorm") != -1:
        m.weight.data.normal_(1.0, 0.02)
        m.bias.data.fill_(0)
''',
    ),
    Mistake(
        "weights_init.exact_class",
        "A class derived from nn.Conv2d is passed over. "
        "What is the difference between asking for a module's type and asking what it is an instance of?",
        edits={
            "isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))": "type(m) in (nn.Conv2d, nn.ConvTranspose2d)",
            "isinstance(m, nn.BatchNorm2d)": "type(m) is nn.BatchNorm2d",
        },
    ),
    Mistake(
        "weights_init.every_convolution",
        "nn.Conv1d has been given new weights too. Which two kinds of convolution does the docstring name?",
        edits={"(nn.Conv2d, nn.ConvTranspose2d)": "nn.modules.conv._ConvNd"},
    ),
    Mistake(
        "weights_init.every_batchnorm",
        "nn.BatchNorm1d has been given new weights too. Which kind of BatchNorm does the docstring name?",
        edits={"nn.BatchNorm2d": "(nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)"},
    ),
    Mistake(
        "weights_init.linear_too",
        "nn.Linear has been given new weights too. "
        "What should happen to a layer that the docstring does not name?",
        edits={"(nn.Conv2d, nn.ConvTranspose2d)": "(nn.Conv2d, nn.ConvTranspose2d, nn.Linear)"},
    ),
    Mistake(
        "weights_init.convolution_bias_cleared",
        "The bias of the convolutions has been set to 0. Which parameter of theirs does the docstring name?",
        edits={
            "        nn.init.normal_(m.weight, 0.0, 0.02)": (
                "        nn.init.normal_(m.weight, 0.0, 0.02)\n"
                "        if m.bias is not None:\n"
                "            nn.init.zeros_(m.bias)"
            ),
        },
    ),
    Mistake(
        "weights_init.ten_times_too_wide",
        "The weights spread ten times too far. Where does the decimal point stand in the docstring?",
        edits={"0.02)": "0.2)"},
    ),
    Mistake(
        "weights_init.variance_for_deviation",
        "The weights spread fifty times too little, over about 0.0004. "
        "Does PyTorch's normal_ take a variance or a standard deviation?",
        edits={"0.02)": "0.02**2)"},
    ),
    Mistake(
        "weights_init.uniform",
        "No weight of a convolution is further than 0.02 from 0. "
        "How does a normal distribution of that width look at its ends?",
        edits={"nn.init.normal_(m.weight, 0.0, 0.02)": "nn.init.uniform_(m.weight, -0.02, 0.02)"},
    ),
    Mistake(
        "weights_init.works_on_copies",
        "The module is what it was before. The new numbers went somewhere else: "
        "what does a name in a function stand for, once something else is assigned to it?",
        code='''\
def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        weight = m.weight
        weight = torch.randn_like(weight) * 0.02
    elif isinstance(m, nn.BatchNorm2d):
        weight, bias = m.weight, m.bias
        weight = 1 + torch.randn_like(weight) * 0.02
        bias = torch.zeros_like(bias)
''',
    ),
    Mistake(
        "weights_init.new_parameters",
        "The module has other parameters now, with the right numbers. "
        "What becomes of an optimiser that was given the old ones?",
        code='''\
def weights_init(m):
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        m.weight = nn.Parameter(0.02 * torch.randn(m.weight.shape))
    elif isinstance(m, nn.BatchNorm2d):
        m.weight = nn.Parameter(1 + 0.02 * torch.randn(m.weight.shape))
        m.bias = nn.Parameter(torch.zeros(m.bias.shape))
''',
    ),
    Mistake(
        "weights_init.left_frozen",
        "The parameters have requires_grad off afterwards. How will they learn?",
        edits={
            "        nn.init.normal_(m.weight, 0.0, 0.02)": (
                "        m.weight.requires_grad = False\n        m.weight.normal_(0.0, 0.02)"
            ),
            "        nn.init.normal_(m.weight, 1.0, 0.02)": (
                "        m.weight.requires_grad = False\n        m.weight.normal_(1.0, 0.02)"
            ),
        },
    ),
    Mistake(
        "weights_init.seeds_inside",
        "Layers of one shape get the very same weights, and so does every run. "
        "What happens to the random generator in here?",
        edits={"    if isinstance": "    torch.manual_seed(2023)\n    if isinstance"},
    ),
    # ---------------------------------------------------------------- generator
    Mistake(
        "generator.no_tanh",
        "The values leave (-1, 1). What keeps the images in the range of the data?",
        edits={"            nn.Tanh(),\n": ""},
    ),
    Mistake(
        "generator.sigmoid",
        "No value is below 0, while the darkest pixels of the data are -1. "
        "Which function has the range (-1, 1)?",
        edits={"nn.Tanh()": "nn.Sigmoid()"},
    ),
    Mistake(
        "generator.bias_everywhere",
        "The layers have a bias. "
        "What would BatchNorm do to a number that is the same for all pixels of a channel?",
        edits={", bias=False)": ")"},
    ),
    Mistake(
        "generator.bias_in_last_layer",
        "The last layer has a bias, the others have none. To how many of the five does the text give one?",
        edits={"nn.ConvTranspose2d(ngf, nc, 4, 2, 1, bias=False)": "nn.ConvTranspose2d(ngf, nc, 4, 2, 1)"},
    ),
    Mistake(
        "generator.no_batchnorm",
        "There is no BatchNorm in the network. What should stand between a convolution and its ReLU?",
        edits={
            "            nn.BatchNorm2d(8 * ngf),\n": "",
            "            nn.BatchNorm2d(4 * ngf),\n": "",
            "            nn.BatchNorm2d(2 * ngf),\n": "",
            "            nn.BatchNorm2d(ngf),\n": "",
        },
    ),
    Mistake(
        "generator.no_batchnorm_at_first",
        "Only three of the four hidden layers have BatchNorm. "
        "Is it the generator that goes without in its first layer, or the other network?",
        edits={"            nn.BatchNorm2d(8 * ngf),\n": ""},
    ),
    Mistake(
        "generator.batchnorm_on_output",
        "There is a BatchNorm before the Tanh too, which gives every batch of images the same mean. "
        "After which layers does the text put one?",
        edits={"            nn.Tanh(),": "            nn.BatchNorm2d(nc),\n            nn.Tanh(),"},
    ),
    Mistake(
        "generator.batchnorm_eps",
        "BatchNorm adds 0.8 to every variance. What is the second argument of nn.BatchNorm2d?",
        edits={
            "nn.BatchNorm2d(8 * ngf)": "nn.BatchNorm2d(8 * ngf, 0.8)",
            "nn.BatchNorm2d(4 * ngf)": "nn.BatchNorm2d(4 * ngf, 0.8)",
            "nn.BatchNorm2d(2 * ngf)": "nn.BatchNorm2d(2 * ngf, 0.8)",
            "nn.BatchNorm2d(ngf)": "nn.BatchNorm2d(ngf, 0.8)",
        },
    ),
    Mistake(
        "generator.relu_before_batchnorm",
        "The ReLU comes before BatchNorm. In which order does the text name the two?",
        edits={
            "            nn.BatchNorm2d(8 * ngf),\n            nn.ReLU(True),\n": (
                "            nn.ReLU(True),\n            nn.BatchNorm2d(8 * ngf),\n"
            ),
            "            nn.BatchNorm2d(4 * ngf),\n            nn.ReLU(True),\n": (
                "            nn.ReLU(True),\n            nn.BatchNorm2d(4 * ngf),\n"
            ),
            "            nn.BatchNorm2d(2 * ngf),\n            nn.ReLU(True),\n": (
                "            nn.ReLU(True),\n            nn.BatchNorm2d(2 * ngf),\n"
            ),
            "            nn.BatchNorm2d(ngf),\n            nn.ReLU(True),\n": (
                "            nn.ReLU(True),\n            nn.BatchNorm2d(ngf),\n"
            ),
        },
    ),
    Mistake(
        "generator.leaky_relu",
        "Negative values pass the hidden layers at a fifth of their size. "
        "Which of the two networks uses the leaky kind?",
        edits={"nn.ReLU(True)": "nn.LeakyReLU(0.2, inplace=True)"},
    ),
    Mistake(
        "generator.relu_before_tanh",
        "No pixel is below 0. What reaches the Tanh, if nothing negative can?",
        edits={"            nn.Tanh(),": "            nn.ReLU(True),\n            nn.Tanh(),"},
    ),
    Mistake(
        "generator.widths_reversed",
        "The number of channels grows from ngf to 8 times ngf. "
        "Where in the network are the images small and deep?",
        edits={
            "8 * ngf": "_8",
            "4 * ngf": "_4",
            "nn.BatchNorm2d(ngf)": "nn.BatchNorm2d(8 * ngf)",
            "nn.ConvTranspose2d(2 * ngf, ngf,": "nn.ConvTranspose2d(4 * ngf, 8 * ngf,",
            "nn.ConvTranspose2d(ngf, nc,": "nn.ConvTranspose2d(8 * ngf, nc,",
            "nn.ConvTranspose2d(_4, 2 * ngf,": "nn.ConvTranspose2d(2 * ngf, 4 * ngf,",
            "nn.BatchNorm2d(2 * ngf)": "nn.BatchNorm2d(4 * ngf)",
            "nn.ConvTranspose2d(_8, _4,": "nn.ConvTranspose2d(ngf, 2 * ngf,",
            "nn.BatchNorm2d(_4)": "nn.BatchNorm2d(2 * ngf)",
            "_8": "ngf",
        },
    ),
    Mistake(
        "generator.layer_missing",
        "The images are 32 pixels wide. How many layers does it take from 1 to 64, and how many are there?",
        edits={
            "            nn.ConvTranspose2d(8 * ngf, 4 * ngf, 4, 2, 1, bias=False),\n"
            "            nn.BatchNorm2d(4 * ngf),\n            nn.ReLU(True),\n": "",
            "nn.ConvTranspose2d(nz, 8 * ngf,": "nn.ConvTranspose2d(nz, 4 * ngf,",
            "            nn.BatchNorm2d(8 * ngf),\n": "            nn.BatchNorm2d(4 * ngf),\n",
        },
    ),
    Mistake(
        "generator.kernel_3",
        "The layers that double the size have kernels of 3 x 3. Which kernel does the text give?",
        edits={", 4, 2, 1, bias=False)": ", 3, 2, 1, output_padding=1, bias=False)"},
    ),
    Mistake(
        "generator.upsampling",
        "The sizes double by copying pixels before an ordinary convolution. "
        "Which layer does both at once, with weights of its own?",
        code='''\
class Generator(nn.Module):
    def __init__(self, nz=100, ngf=64, nc=1):
        super().__init__()

        def up(n_in, n_out):
            return [nn.Upsample(scale_factor=2), nn.Conv2d(n_in, n_out, 3, 1, 1, bias=False)]

        self.main = nn.Sequential(
            nn.ConvTranspose2d(nz, 8 * ngf, 4, 1, 0, bias=False), nn.BatchNorm2d(8 * ngf), nn.ReLU(True),
            *up(8 * ngf, 4 * ngf), nn.BatchNorm2d(4 * ngf), nn.ReLU(True),
            *up(4 * ngf, 2 * ngf), nn.BatchNorm2d(2 * ngf), nn.ReLU(True),
            *up(2 * ngf, ngf), nn.BatchNorm2d(ngf), nn.ReLU(True),
            *up(ngf, nc), nn.Tanh(),
        )

    def forward(self, noise):
        return self.main(noise)
''',
    ),
    Mistake(
        "generator.fixed_ngf",
        "The network is as wide as for ngf = 64, whatever is asked for. Which argument says how wide?",
        edits={"super().__init__()": "super().__init__()\n        ngf = 64"},
    ),
    Mistake(
        "generator.fixed_nc",
        "There is one colour channel, whatever number is asked for. Which argument says how many?",
        edits={"nn.ConvTranspose2d(ngf, nc,": "nn.ConvTranspose2d(ngf, 1,"},
    ),
    Mistake(
        "generator.fixed_nz",
        "The network takes 100 latent numbers and no other count. Which argument says how many?",
        edits={"nn.ConvTranspose2d(nz,": "nn.ConvTranspose2d(100,"},
    ),
    Mistake(
        "generator.squeezed",
        "Dimensions of length 1 have gone from the images. "
        "What is their shape for one image, or for one colour channel?",
        edits={"return self.main(noise)": "return self.main(noise).squeeze()"},
    ),
    # ---------------------------------------------------------------- discriminator
    Mistake(
        "discriminator.no_sigmoid",
        "Some outputs lie below 0 or above 1. What turns a number of any size into a probability?",
        edits={"            nn.Sigmoid(),\n": ""},
    ),
    Mistake(
        "discriminator.softmax",
        "Every output is exactly 1. Over how many numbers does this softmax share out the probability?",
        edits={"nn.Sigmoid()": "nn.Softmax(dim=1)"},
    ),
    Mistake(
        "discriminator.four_dimensions",
        "The output has shape (N, 1, 1, 1). What is left of an image after the last layer, "
        "and which shape do the labels have?",
        edits={".flatten()": ""},
    ),
    Mistake(
        "discriminator.column",
        "The output has shape (N, 1). Which shape will the labels have that it is compared with?",
        edits={".flatten()": ".view(-1, 1)"},
    ),
    Mistake(
        "discriminator.squeezed",
        "For a batch of one image the output has no dimension at all. "
        "Which dimensions does squeeze take away if nobody names any?",
        edits={".flatten()": ".squeeze()"},
    ),
    Mistake(
        "discriminator.bias_everywhere",
        "The layers have a bias. How many of the five does the text give one?",
        edits={", bias=False)": ")"},
    ),
    Mistake(
        "discriminator.bias_in_outer_layers",
        "The first and the last layer, which have no BatchNorm, have a bias. "
        "Does the text make that difference?",
        edits={
            "nn.Conv2d(nc, ndf, 4, 2, 1, bias=False)": "nn.Conv2d(nc, ndf, 4, 2, 1)",
            "nn.Conv2d(8 * ndf, 1, 4, 1, 0, bias=False)": "nn.Conv2d(8 * ndf, 1, 4, 1, 0)",
        },
    ),
    Mistake(
        "discriminator.no_batchnorm",
        "There is no BatchNorm in the network. In which of the five layers does the text put one?",
        edits={
            "            nn.BatchNorm2d(2 * ndf),\n": "",
            "            nn.BatchNorm2d(4 * ndf),\n": "",
            "            nn.BatchNorm2d(8 * ndf),\n": "",
        },
    ),
    Mistake(
        "discriminator.batchnorm_on_first_layer",
        "The first layer has a BatchNorm too. "
        "Which layers does the text leave without, and why the outer ones?",
        edits={
            "nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),": (
                "nn.Conv2d(nc, ndf, 4, 2, 1, bias=False),\n            nn.BatchNorm2d(ndf),"
            ),
        },
    ),
    Mistake(
        "discriminator.batchnorm_on_last_layer",
        "There is a BatchNorm before the Sigmoid, so the mean verdict on any batch comes out near one half. "
        "Which layers does the text leave without?",
        edits={"            nn.Sigmoid(),": "            nn.BatchNorm2d(1),\n            nn.Sigmoid(),"},
    ),
    Mistake(
        "discriminator.batchnorm_eps",
        "BatchNorm adds 0.8 to every variance. What is the second argument of nn.BatchNorm2d?",
        edits={
            "nn.BatchNorm2d(2 * ndf)": "nn.BatchNorm2d(2 * ndf, 0.8)",
            "nn.BatchNorm2d(4 * ndf)": "nn.BatchNorm2d(4 * ndf, 0.8)",
            "nn.BatchNorm2d(8 * ndf)": "nn.BatchNorm2d(8 * ndf, 0.8)",
        },
    ),
    Mistake(
        "discriminator.instance_norm",
        "Every image is normalised by itself, whatever else is in the batch. "
        "Over what does the layer in the text take its mean?",
        edits={"nn.BatchNorm2d(": "nn.InstanceNorm2d("},
    ),
    Mistake(
        "discriminator.activation_before_batchnorm",
        "The activation comes before BatchNorm. In which order does the text name the two?",
        edits={
            "            nn.BatchNorm2d(2 * ndf),\n            nn.LeakyReLU(0.2, inplace=True),\n": (
                "            nn.LeakyReLU(0.2, inplace=True),\n            nn.BatchNorm2d(2 * ndf),\n"
            ),
            "            nn.BatchNorm2d(4 * ndf),\n            nn.LeakyReLU(0.2, inplace=True),\n": (
                "            nn.LeakyReLU(0.2, inplace=True),\n            nn.BatchNorm2d(4 * ndf),\n"
            ),
            "            nn.BatchNorm2d(8 * ndf),\n            nn.LeakyReLU(0.2, inplace=True),\n": (
                "            nn.LeakyReLU(0.2, inplace=True),\n            nn.BatchNorm2d(8 * ndf),\n"
            ),
        },
    ),
    Mistake(
        "discriminator.default_slope",
        "Negative values keep a hundredth of their size. "
        "Which slope does the text give, and what is the default?",
        edits={"nn.LeakyReLU(0.2, inplace=True)": "nn.LeakyReLU(inplace=True)"},
    ),
    Mistake(
        "discriminator.relu",
        "Nothing negative passes the hidden layers, and no gradient goes back through it. "
        "Which of the two networks uses the plain ReLU?",
        edits={"nn.LeakyReLU(0.2, inplace=True)": "nn.ReLU(True)"},
    ),
    Mistake(
        "discriminator.dropout",
        "In training mode the same images give different outputs. Does the text ask for Dropout?",
        edits={
            "nn.LeakyReLU(0.2, inplace=True),": (
                "nn.LeakyReLU(0.2, inplace=True),\n            nn.Dropout2d(0.25),"
            ),
        },
    ),
    Mistake(
        "discriminator.kernel_3",
        "The layers that halve the size have kernels of 3 x 3. Which kernel does the text give?",
        edits={", 4, 2, 1, bias=False)": ", 3, 2, 1, bias=False)"},
    ),
    Mistake(
        "discriminator.last_layer_strides",
        "The last layer leaves 2 x 2 numbers of each image, so there are four outputs for one. "
        "Which stride and padding does the last layer have?",
        edits={"nn.Conv2d(8 * ndf, 1, 4, 1, 0,": "nn.Conv2d(8 * ndf, 1, 4, 2, 1,"},
    ),
    Mistake(
        "discriminator.linear_head",
        "The last layer is a Linear one with a bias. Which kind of layer does the text end in?",
        edits={
            "            nn.Conv2d(8 * ndf, 1, 4, 1, 0, bias=False),\n": (
                "            nn.Flatten(),\n            nn.Linear(8 * ndf * 4 * 4, 1),\n"
            ),
        },
    ),
    Mistake(
        "discriminator.widths_reversed",
        "The number of channels falls from 8 times ndf to ndf. "
        "What should happen to the depth while the images get smaller?",
        edits={
            "nn.Conv2d(nc, ndf,": "nn.Conv2d(nc, _8,",
            "nn.Conv2d(ndf, 2 * ndf,": "nn.Conv2d(_8, _4,",
            "nn.Conv2d(2 * ndf, 4 * ndf,": "nn.Conv2d(_4, _2,",
            "nn.Conv2d(4 * ndf, 8 * ndf,": "nn.Conv2d(_2, ndf,",
            "nn.Conv2d(8 * ndf, 1,": "nn.Conv2d(ndf, 1,",
            "nn.BatchNorm2d(2 * ndf)": "nn.BatchNorm2d(_4)",
            "nn.BatchNorm2d(4 * ndf)": "nn.BatchNorm2d(_2)",
            "nn.BatchNorm2d(8 * ndf)": "nn.BatchNorm2d(ndf)",
            "_8": "8 * ndf",
            "_4": "4 * ndf",
            "_2": "2 * ndf",
        },
    ),
    Mistake(
        "discriminator.fixed_ndf",
        "The network is as wide as for ndf = 64, whatever is asked for. Which argument says how wide?",
        edits={"super().__init__()": "super().__init__()\n        ndf = 64"},
    ),
    Mistake(
        "discriminator.fixed_nc",
        "The network takes one colour channel and no other number. Which argument says how many?",
        edits={"nn.Conv2d(nc,": "nn.Conv2d(1,"},
    ),
    # ---------------------------------------------------------------- make_labels
    Mistake(
        "make_labels.dtype_of_the_value",
        "The dtype follows from the value: a whole number gives int64. Whose dtype does the docstring name?",
        edits={", dtype=like.dtype": ""},
    ),
    Mistake(
        "make_labels.always_float32",
        "The labels are float32, whatever `like` is. Where is its dtype to be found?",
        edits={"dtype=like.dtype": "dtype=torch.float"},
    ),
    Mistake(
        "make_labels.no_device",
        "The labels are on the default device, wherever `like` is. What happens to a loss whose parts "
        "are on two devices?",
        edits={", device=like.device": ""},
    ),
    Mistake(
        "make_labels.always_one",
        "All labels are 1. Which argument says what they should be?",
        edits={"torch.full((batch_size,), value, ": "torch.ones(batch_size, "},
    ),
    Mistake(
        "make_labels.whole_numbers",
        "A value such as 0.9 has lost its fraction. What does int do to a number?",
        edits={"(batch_size,), value,": "(batch_size,), int(value),"},
    ),
    Mistake(
        "make_labels.shape_of_like",
        "The labels have the shape of `like`. What are they to take from it, and what from `batch_size`?",
        edits={
            "torch.full((batch_size,), value, dtype=like.dtype, device=like.device)": (
                "torch.full_like(like, value)"
            ),
        },
    ),
    Mistake(
        "make_labels.length_of_like",
        "There are as many labels as `like` is long. Which argument says how many there should be?",
        edits={"(batch_size,)": "(len(like),)"},
    ),
    Mistake(
        "make_labels.writes_into_like",
        "`like` itself holds the labels now. What does the underscore at the end of a method's name say?",
        edits={
            "torch.full((batch_size,), value, dtype=like.dtype, device=like.device)": "like.fill_(value)",
        },
    ),
    Mistake(
        "make_labels.column",
        "The labels have shape (batch_size, 1). Which shape does the discriminator's output have?",
        edits={"(batch_size,)": "(batch_size, 1)"},
    ),
    Mistake(
        "make_labels.scalar",
        "There is one label for the whole batch. How many does the criterion compare?",
        edits={"torch.full((batch_size,), value, ": "torch.tensor(value, "},
    ),
    # ---------------------------------------------------------------- discriminator_step
    Mistake(
        "discriminator_step.no_detach",
        "The generator's .grad has changed, and its graph is used up. "
        "Where should the way back from the discriminator's loss end?",
        edits={"fake.detach()": "fake"},
    ),
    Mistake(
        "discriminator_step.fake_without_graph",
        "The images that come back have no graph. Who will need to go back through it, in the next step?",
        edits={"    fake = netG(noise)": "    with torch.no_grad():\n        fake = netG(noise)"},
    ),
    Mistake(
        "discriminator_step.generates_twice",
        "The generator ran twice, which its BatchNorm has counted. "
        "How can one batch of images serve both networks?",
        edits={"netD(fake.detach())": "netD(netG(noise).detach())"},
    ),
    Mistake(
        "discriminator_step.no_zero_grad",
        "These are exactly the numbers of an update with gradients left over from an earlier step. "
        "When must .grad be clean, and what does .backward() do to what is already there?",
        edits={"    optimizerD.zero_grad()\n": ""},
    ),
    Mistake(
        "discriminator_step.zero_grad_in_between",
        "The update follows the generated images alone. "
        "What happens to the gradient of the real ones between the two passes?",
        edits={"    fake = netG": "    optimizerD.zero_grad()\n    fake = netG"},
    ),
    Mistake(
        "discriminator_step.two_updates",
        "There is one update for the real images and another for the generated ones. "
        "How often may the weights move between the two passes?",
        edits={"    fake = netG": "    optimizerD.step()\n    optimizerD.zero_grad()\n    fake = netG"},
    ),
    Mistake(
        "discriminator_step.steps_after_each_pass",
        "The optimiser stepped after each pass, the second time with both gradients. "
        "How many updates does one call make?",
        edits={"    fake = netG": "    optimizerD.step()\n    fake = netG"},
    ),
    Mistake(
        "discriminator_step.steps_too_early",
        "The weights moved before the generated images had their say. "
        "Which gradients are there when the optimiser steps?",
        edits={
            "    optimizerD.step()\n": "",
            "    fake = netG": "    optimizerD.step()\n    fake = netG",
        },
    ),
    Mistake(
        "discriminator_step.no_update",
        "The losses are right, but the weights are those from before. "
        "Is a step taken, and what does it find in .grad?",
        edits={"    optimizerD.step()\n": ""},
    ),
    Mistake(
        "discriminator_step.labels_swapped",
        "The discriminator learns to call generated images real. Which images carry the label 1?",
        edits={
            "make_labels(len(output), 1.0,": "make_labels(len(output), real_label,",
            "make_labels(len(output), 0.0,": "make_labels(len(output), 1.0,",
            "real_label": "0.0",
        },
    ),
    Mistake(
        "discriminator_step.all_labels_one",
        "Generated images are labelled 1 too, so there is nothing to tell apart. Which label is theirs?",
        edits={"make_labels(len(output), 0.0,": "make_labels(len(output), 1.0,"},
    ),
    Mistake(
        "discriminator_step.smoothed_labels",
        "The real images carry a label of 0.9. "
        "Which label does the docstring give them?",
        edits={"make_labels(len(output), 1.0,": "make_labels(len(output), 0.9,"},
    ),
    Mistake(
        "discriminator_step.one_pass",
        "Real and generated images went through the discriminator together. "
        "Over which images does BatchNorm then take its mean?",
        code='''\
def discriminator_step(netD, netG, optimizerD, criterion, real, noise):
    optimizerD.zero_grad()
    fake = netG(noise)
    output = netD(torch.cat((real, fake.detach())))
    output_real, output_fake = output[: len(real)], output[len(real) :]
    errD_real = criterion(output_real, make_labels(len(output_real), 1.0, output))
    errD_fake = criterion(output_fake, make_labels(len(output_fake), 0.0, output))
    errD = errD_real + errD_fake
    errD.backward()
    optimizerD.step()
    return {
        "errD_real": errD_real.item(), "errD_fake": errD_fake.item(), "errD": errD.item(),
        "D_x": output_real.mean().item(), "D_G_z1": output_fake.mean().item(), "fake": fake,
    }
''',
    ),
    Mistake(
        "discriminator_step.halved",
        "The loss and the update are half as large as they should be. "
        "Is errD the sum of its two parts, or their mean?",
        edits={
            "errD_real.backward()": "(0.5 * errD_real).backward()",
            "errD_fake.backward()": "(0.5 * errD_fake).backward()",
            "errD = errD_real + errD_fake": "errD = 0.5 * (errD_real + errD_fake)",
        },
    ),
    Mistake(
        "discriminator_step.mean_in_the_dict",
        "The update is right, and errD in the dict is half of it. "
        "Is errD the sum of its two parts, or their mean?",
        edits={"errD = errD_real + errD_fake": "errD = (errD_real + errD_fake) / 2"},
    ),
    Mistake(
        "discriminator_step.own_loss",
        "With another criterion the numbers stay those of binary cross-entropy. Which loss was passed in?",
        edits={"criterion(output": "nn.BCELoss()(output"},
    ),
    Mistake(
        "discriminator_step.sigmoid_twice",
        "The probabilities went through a sigmoid once more. What does the discriminator return already?",
        edits={"netD(real)": "netD(real).sigmoid()", "netD(fake.detach())": "netD(fake.detach()).sigmoid()"},
    ),
    Mistake(
        "discriminator_step.fixed_batch_size",
        "The labels are made for 64 images. How many does the batch hold that was passed in?",
        edits={"make_labels(len(output),": "make_labels(64,"},
    ),
    Mistake(
        "discriminator_step.fresh_noise",
        "The same networks and images give other numbers each time. "
        "Where does chance come in: who draws the noise?",
        edits={"netG(noise)": "netG(torch.randn_like(noise))"},
    ),
    Mistake(
        "discriminator_step.rescales_real",
        "The real images have been doubled and shifted, in the tensor that was passed in. "
        "In which range do they come, and to whom do they belong?",
        edits={"    output = netD(real)": "    real.mul_(2).sub_(1)\n    output = netD(real)"},
    ),
    Mistake(
        "discriminator_step.clears_generator_gradients",
        "The generator's gradients have been cleared. Whose gradients belong to this step?",
        edits={"    optimizerD.zero_grad()\n": "    optimizerD.zero_grad()\n    netG.zero_grad()\n"},
    ),
    Mistake(
        "discriminator_step.discriminator_in_eval",
        "The losses are those of a discriminator in evaluation mode. "
        "Which statistics does BatchNorm use while a network learns?",
        edits={"    optimizerD.zero_grad()\n": "    netD.eval()\n    optimizerD.zero_grad()\n"},
    ),
    Mistake(
        "discriminator_step.generator_left_in_eval",
        "The generator is in evaluation mode afterwards. In which mode did it come, and who sets it back?",
        edits={"    fake = netG(noise)": "    netG.eval()\n    fake = netG(noise)"},
    ),
    Mistake(
        "discriminator_step.generator_evaluated",
        "The generated images are those of evaluation mode. "
        "Which statistics does BatchNorm use while one trains?",
        edits={
            "    fake = netG(noise)": (
                "    was_training = netG.training\n"
                "    netG.eval()\n"
                "    fake = netG(noise)\n"
                "    netG.train(was_training)"
            ),
        },
    ),
    Mistake(
        "discriminator_step.generator_left_frozen",
        "The generator's requires_grad is off afterwards, and the images have no graph. "
        "How will its own step get gradients?",
        edits={"    fake = netG(noise)": "    netG.requires_grad_(False)\n    fake = netG(noise)"},
    ),
    Mistake(
        "discriminator_step.D_x_overwritten",
        "D_x is the mean for the generated images, as D_G_z1 is. "
        "What does `output` hold at the time when D_x is read?",
        edits={
            "    D_x = output.mean().item()\n": "",
            "    D_G_z1 = output.mean().item()\n": "    D_x = D_G_z1 = output.mean().item()\n",
        },
    ),
    Mistake(
        "discriminator_step.probabilities_after_update",
        "D_x and D_G_z1 are those of the updated discriminator. "
        "Before or after the step should they be read?",
        edits={
            "    optimizerD.step()\n": (
                "    optimizerD.step()\n"
                "    with torch.no_grad():\n"
                "        D_x, D_G_z1 = netD(real).mean().item(), netD(fake).mean().item()\n"
            ),
        },
    ),
    Mistake(
        "discriminator_step.numbers_as_tensors",
        "The numbers are right, in tensors. What turns a tensor with one element into a Python number?",
        edits={
            "output.mean().item()": "output.mean().detach()",
            "errD_real.item(), errD_fake.item()": "errD_real.detach(), errD_fake.detach()",
        },
    ),
    Mistake(
        "discriminator_step.returns_tuple",
        "The results come back in a tuple. What does the docstring say holds them?",
        edits={
            "    return {\n": "    return (\n",
            '"errD_real": errD_real, "errD_fake": errD_fake, "errD": errD, ': "errD_real, errD_fake, errD, ",
            '"D_x": D_x, "D_G_z1": D_G_z1, "fake": fake\n    }': "D_x, D_G_z1, fake\n    )",
        },
    ),
    Mistake(
        "discriminator_step.fake_not_returned",
        "The images are not in the dict. What will the generator's step be given?",
        edits={', "fake": fake': ""},
    ),
    # ---------------------------------------------------------------- generator_step
    Mistake(
        "generator_step.detached",
        "The loss is right, but the generator did not move. Through what must the gradient pass to reach it?",
        edits={"netD(fake)": "netD(fake.detach())"},
    ),
    Mistake(
        "generator_step.no_zero_grad",
        "These are exactly the numbers of a step that never clears the gradients of the step before. "
        "What does .backward() do to a .grad that is already there?",
        edits={"    optimizerG.zero_grad()\n": ""},
    ),
    Mistake(
        "generator_step.labels_zero",
        "The generator learns to be found out. "
        "What should the discriminator say of its images, if it does well?",
        edits={"make_labels(len(output), 1.0,": "make_labels(len(output), 0.0,"},
    ),
    Mistake(
        "generator_step.saturating",
        "This is the minimax loss of the theory: labels 0 and the sign turned. "
        "Which label makes the gradient strong while the images are bad?",
        edits={
            "make_labels(len(output), 1.0,": "make_labels(len(output), 0.0,",
            "= criterion(": "= -criterion(",
        },
    ),
    Mistake(
        "generator_step.gradient_ascent",
        "The loss has the opposite sign, and the step goes uphill. "
        "Does an optimiser make a loss smaller or larger?",
        edits={"= criterion(": "= -criterion("},
    ),
    Mistake(
        "generator_step.smoothed_labels",
        "The labels are 0.9. Which label does the docstring name?",
        edits={"make_labels(len(output), 1.0,": "make_labels(len(output), 0.9,"},
    ),
    Mistake(
        "generator_step.own_loss",
        "With another criterion the numbers stay those of binary cross-entropy. Which loss was passed in?",
        edits={"criterion(output": "nn.BCELoss()(output"},
    ),
    Mistake(
        "generator_step.sigmoid_twice",
        "The probabilities went through a sigmoid once more. What does the discriminator return already?",
        edits={"netD(fake)": "torch.sigmoid(netD(fake))"},
    ),
    Mistake(
        "generator_step.moves_discriminator",
        "The discriminator's weights have changed in the generator's step. "
        "Which weights is this step to move?",
        edits={
            "    optimizerG.step()\n": (
                "    optimizerG.step()\n    torch.optim.SGD(netD.parameters(), lr=0.1).step()\n"
            ),
        },
    ),
    Mistake(
        "generator_step.discriminator_left_frozen",
        "The discriminator's requires_grad is off afterwards. How will it learn in its next step?",
        edits={"    output = netD(fake)": "    netD.requires_grad_(False)\n    output = netD(fake)"},
    ),
    Mistake(
        "generator_step.discriminator_left_in_eval",
        "The discriminator is in evaluation mode afterwards. What becomes of its BatchNorm in the next step?",
        edits={"    output = netD(fake)": "    netD.eval()\n    output = netD(fake)"},
    ),
    Mistake(
        "generator_step.discriminator_evaluated",
        "The loss is that of a discriminator in evaluation mode. "
        "Which statistics did its BatchNorm use when it learned to judge these images?",
        edits={
            "    output = netD(fake)": (
                "    was_training = netD.training\n"
                "    netD.eval()\n"
                "    output = netD(fake)\n"
                "    netD.train(was_training)"
            ),
        },
    ),
    Mistake(
        "generator_step.numbers_as_tensors",
        "The numbers are right, in tensors. What turns a tensor with one element into a Python number?",
        edits={"errG.item()": "errG.detach()", "output.mean().item()": "output.mean().detach()"},
    ),
    Mistake(
        "generator_step.other_key",
        "The probability is under D_G_z1. What tells D_G_z1 and D_G_z2 apart?",
        edits={'"D_G_z2"': '"D_G_z1"'},
    ),
    Mistake(
        "generator_step.returns_loss_only",
        "One number comes back. Which two does the docstring name, and what holds them?",
        edits={'{"errG": errG.item(), "D_G_z2": output.mean().item()}': "errG.item()"},
    ),
    # ---------------------------------------------------------------- snapshot
    Mistake(
        "snapshot.left_in_eval",
        "The generator is in evaluation mode afterwards. In which mode did it come, and who sets it back?",
        edits={"    netG.train(was_training)\n": ""},
    ),
    Mistake(
        "snapshot.always_trains",
        "The generator is in training mode afterwards, though it was not before. "
        "How can a function know which mode to go back to?",
        edits={"netG.train(was_training)": "netG.train()"},
    ),
    Mistake(
        "snapshot.no_eval",
        "The images are those of training mode, and BatchNorm's running statistics have moved. "
        "Which mode is a picture to be taken in?",
        edits={"    netG.eval()\n": ""},
    ),
    Mistake(
        "snapshot.copy_in_training_mode",
        "The generator is as it was, but the images are those of training mode. "
        "In which mode is a copy just after it was made?",
        code='''\
from copy import deepcopy


def snapshot(netG, fixed_noise):
    with torch.no_grad():
        return deepcopy(netG)(fixed_noise).cpu()
''',
    ),
    Mistake(
        "snapshot.attached",
        "The images still hang on their graph. What does keeping every graph cost, "
        "and what is needed of the images later?",
        edits={"    with torch.no_grad():\n        images": "    images"},
    ),
    Mistake(
        "snapshot.autograd_left_off",
        "Autograd is switched off afterwards, for the whole notebook. How far should the switch reach?",
        edits={"    with torch.no_grad():\n        images": "    torch.set_grad_enabled(False)\n    images"},
    ),
    Mistake(
        "snapshot.left_frozen",
        "The generator's requires_grad is off afterwards. How will it go on learning after the picture?",
        edits={"    with torch.no_grad():\n        images": "    netG.requires_grad_(False)\n    images"},
    ),
    Mistake(
        "snapshot.fresh_noise",
        "Two pictures of the same generator differ. What lets you follow one image over the epochs?",
        edits={"netG(fixed_noise)": "netG(torch.randn_like(fixed_noise))"},
    ),
    Mistake(
        "snapshot.rescaled",
        "The values have been moved into (0, 1). In which range does the generator make its images, "
        "and what does the docstring ask for?",
        edits={"return images": "return (images + 1) / 2"},
    ),
    Mistake(
        "snapshot.grid",
        "One large picture comes back. Are the images to be put together here, or where they are shown?",
        code='''\
from torchvision.utils import make_grid


def snapshot(netG, fixed_noise):
    was_training = netG.training
    netG.eval()
    with torch.no_grad():
        images = netG(fixed_noise).cpu()
    netG.train(was_training)
    return make_grid(images)
''',
    ),
    Mistake(
        "snapshot.numpy",
        "A NumPy array comes back. Which type do the generator's images have?",
        edits={"return images": "return images.numpy()"},
    ),
]

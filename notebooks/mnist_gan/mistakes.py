"""Wrong solutions of the MNIST GAN lab that people really write: each loses marks, and the message names it.

A mistake belongs to the exercise that its id begins with. It is either a few edits of the lab's own
solution cell (text -> replacement, at every occurrence) or a whole cell. Its sentence is shown to a
student whose responses equal those of the mistake.
"""

from autograder.course.catalogue import Mistake

MISTAKES = [
    # ---------------------------------------------------------------- pixel_ranges
    Mistake(
        "pixel_ranges.only_scaled",
        "Black stays at 0 and white comes out at 2. "
        "The length of the interval is right; where should it start?",
        edits={"2 * images - 1": "2 * images", "(images + 1) / 2": "images / 2"},
    ),
    Mistake(
        "pixel_ranges.only_shifted",
        "The pixels run from -0.5 to 0.5. How long is the interval from -1 to 1?",
        edits={"2 * images - 1": "images - 0.5", "(images + 1) / 2": "images + 0.5"},
    ),
    Mistake(
        "pixel_ranges.bytes",
        "The numbers fit pixels that run from 0 to 255. Which range does the docstring name?",
        edits={"2 * images - 1": "images / 127.5 - 1", "(images + 1) / 2": "(images + 1) * 127.5"},
    ),
    Mistake(
        "pixel_ranges.image_range_to_255",
        "The way back ends at 255. Where did the pixels start out, and where should they arrive?",
        edits={"(images + 1) / 2": "(images + 1) / 2 * 255"},
    ),
    Mistake(
        "pixel_ranges.precedence",
        "On the way back everything has moved up by one half, and nothing has shrunk. "
        "Which does Python work out first, the sum or the quotient?",
        edits={"(images + 1) / 2": "images + 1 / 2"},
    ),
    Mistake(
        "pixel_ranges.swapped",
        "Each function does the other one's work. Which of the two takes pixels in [0, 1]?",
        edits={
            "return 2 * images - 1": "return BACK",
            "return (images + 1) / 2": "return 2 * images - 1",
            "return BACK": "return (images + 1) / 2",
        },
    ),
    Mistake(
        "pixel_ranges.clamped",
        "Values beyond the ends of the range are cut off. What does the docstring say about clamping?",
        edits={
            "2 * images - 1": "(2 * images - 1).clamp(-1, 1)",
            "(images + 1) / 2": "((images + 1) / 2).clamp(0, 1)",
        },
    ),
    Mistake(
        "pixel_ranges.negatives_cut_off",
        "All that was below 0 has become black, and the rest is as it was. "
        "Where should the grey value 0 of Tanh's range end up?",
        edits={"(images + 1) / 2": "images.clamp(0, 1)"},
    ),
    Mistake(
        "pixel_ranges.in_place",
        "The images that were passed in have changed too. Which operations write into their own tensor?",
        code='''\
def to_tanh_range(images):
    images *= 2
    images -= 1
    return images


def to_image_range(images):
    images += 1
    images /= 2
    return images
''',
    ),
    Mistake(
        "pixel_ranges.stretched",
        "The darkest pixel of the batch always comes out as the lower end and the lightest as the upper one. "
        "Should a pixel's value depend on the other pixels?",
        code='''\
def to_tanh_range(images):
    images = (images - images.min()) / (images.max() - images.min())
    return 2 * images - 1


def to_image_range(images):
    return (images - images.min()) / (images.max() - images.min())
''',
    ),
    Mistake(
        "pixel_ranges.standardised",
        "The result has mean 0 and standard deviation 1, whatever came in. "
        "Which two ends does the text ask for?",
        edits={"2 * images - 1": "(images - images.mean()) / images.std()"},
    ),
    Mistake(
        "pixel_ranges.tanh_itself",
        "The pixels went through the function tanh. "
        "Does the text ask for that function here, or for the range of its values?",
        edits={"2 * images - 1": "torch.tanh(images)"},
    ),
    Mistake(
        "pixel_ranges.image_transform",
        "torchvision's Normalize refuses what does not look like an image. "
        "Which shapes should the two functions take?",
        code='''\
from torchvision import transforms


def to_tanh_range(images):
    return transforms.Normalize((0.5,), (0.5,))(images)


def to_image_range(images):
    return transforms.Normalize((-1.0,), (2.0,))(images)
''',
    ),
    # ---------------------------------------------------------------- get_noise
    Mistake(
        "get_noise.uniform",
        "No number is negative, and none is above 1. Which of torch's functions draws from N(0, 1)?",
        edits={"torch.randn(": "torch.rand("},
    ),
    Mistake(
        "get_noise.uniform_around_zero",
        "All numbers lie between -1 and 1, none rarer than another. "
        "What is the shape of a normal distribution?",
        edits={
            "torch.randn(n_samples, nz, device=device)": "2 * torch.rand(n_samples, nz, device=device) - 1",
        },
    ),
    Mistake(
        "get_noise.small_spread",
        "The numbers crowd around 0. Which standard deviation does a standard normal distribution have?",
        edits={"torch.randn(": "0.02 * torch.randn("},
    ),
    Mistake(
        "get_noise.unit_length",
        "Every row has length 1. How long is a row of nz standard normal numbers, roughly?",
        edits={
            "torch.randn(n_samples, nz, device=device)": (
                "F.normalize(torch.randn(n_samples, nz, device=device), dim=1)"
            ),
        },
    ),
    Mistake(
        "get_noise.fixed_size",
        "There are 100 numbers in a row whatever is asked for. Which argument says how many?",
        edits={"torch.randn(n_samples, nz,": "torch.randn(n_samples, 100,"},
    ),
    Mistake(
        "get_noise.fixed_batch_size",
        "There are as many rows as the notebook's batch size, whatever is asked for. "
        "Which argument says how many?",
        edits={"torch.randn(n_samples, nz,": "torch.randn(batch_size, nz,"},
    ),
    Mistake(
        "get_noise.swapped",
        "The shape is (nz, n_samples). Which dimension counts the samples of a batch?",
        edits={"torch.randn(n_samples, nz,": "torch.randn(nz, n_samples,"},
    ),
    Mistake(
        "get_noise.maps",
        "The shape is (n_samples, nz, 1, 1), as convolutions want it. What does a Linear layer take?",
        edits={"torch.randn(n_samples, nz,": "torch.randn(n_samples, nz, 1, 1,"},
    ),
    Mistake(
        "get_noise.device_ignored",
        "The noise lies on the CPU whatever device is asked for. What is the third argument for?",
        edits={", device=device)": ")"},
    ),
    Mistake(
        "get_noise.seeds_inside",
        "Two calls give exactly the same noise. What happens to the random generator inside the function?",
        edits={"    return ": "    torch.manual_seed(2023)\n    return "},
    ),
    Mistake(
        "get_noise.own_generator",
        "Every call starts a random generator of its own, so every call gives the same noise. "
        "Whose random numbers does the docstring ask for?",
        code='''\
def get_noise(n_samples, nz=100, device="cpu"):
    generator = torch.Generator().manual_seed(2023)
    return torch.randn(n_samples, nz, generator=generator).to(device)
''',
    ),
    Mistake(
        "get_noise.numpy_random",
        "torch.manual_seed has no effect on these numbers. Whose random generator do they come from?",
        code='''\
import numpy as np


def get_noise(n_samples, nz=100, device="cpu"):
    noise = np.random.normal(0, 1, (n_samples, nz))
    return torch.tensor(noise, dtype=torch.float32, device=device)
''',
    ),
    Mistake(
        "get_noise.double_precision",
        "The noise is float64. Which dtype will the generator's weights have?",
        edits={"device=device)": "device=device, dtype=torch.float64)"},
    ),
    # ---------------------------------------------------------------- generator
    Mistake(
        "generator.no_tanh",
        "Some pixels leave (-1, 1). What keeps a number of any size inside that interval?",
        edits={"            nn.Tanh(),\n": ""},
    ),
    Mistake(
        "generator.sigmoid",
        "No pixel is negative. In which range are the real images that the discriminator sees?",
        edits={"nn.Tanh()": "nn.Sigmoid()"},
    ),
    Mistake(
        "generator.stretched_sigmoid",
        "The range is right, but the curve rises half as steeply as it should. "
        "Which function does the text name?",
        edits={"nn.Tanh()": "nn.Sigmoid()", "self.main(noise)": "2 * self.main(noise) - 1"},
    ),
    Mistake(
        "generator.clipped",
        "Pixels stop dead at -1 and 1, and get no gradient there. Which smooth function does the text name?",
        edits={"nn.Tanh()": "nn.Hardtanh()"},
    ),
    Mistake(
        "generator.image_range",
        "The pixels lie between 0 and 1, as for a picture on the screen. "
        "In which range are the real images that the discriminator sees?",
        edits={"self.main(noise)": "(self.main(noise) + 1) / 2"},
    ),
    Mistake(
        "generator.leaky_relu_before_tanh",
        "Negative values reach Tanh at a fifth of their size, so black comes out grey. "
        "What stands between the last Linear layer and Tanh?",
        edits={"nn.Linear(512, img_dim),\n": "nn.Linear(512, img_dim),\n            nn.LeakyReLU(0.2),\n"},
    ),
    Mistake(
        "generator.relu",
        "Negative values do not pass the hidden layers at all. Which activation does the text name?",
        edits={"nn.LeakyReLU(0.2)": "nn.ReLU()"},
    ),
    Mistake(
        "generator.default_slope",
        "Negative values pass at a hundredth of their size. Which slope does the text ask for, "
        "and what is the default?",
        edits={"nn.LeakyReLU(0.2)": "nn.LeakyReLU()"},
    ),
    Mistake(
        "generator.no_activations",
        "Before Tanh the network is a straight line in the noise. What makes several layers more than one?",
        edits={"            nn.LeakyReLU(0.2),\n": ""},
    ),
    Mistake(
        "generator.one_activation_missing",
        "The second hidden layer goes straight into the last. "
        "After how many of the layers should a LeakyReLU stand?",
        edits={"nn.LeakyReLU(0.2),\n            nn.Linear(512, img_dim)": "nn.Linear(512, img_dim)"},
    ),
    Mistake(
        "generator.batch_norm",
        "An image depends on the rest of its batch. "
        "Does the text ask for a layer that looks at the whole batch?",
        edits={
            "nn.Linear(nz, 256),\n": "nn.Linear(nz, 256),\n            nn.BatchNorm1d(256),\n",
            "nn.Linear(256, 512),\n": "nn.Linear(256, 512),\n            nn.BatchNorm1d(512),\n",
        },
    ),
    Mistake(
        "generator.dropout",
        "The same noise gives different images in training mode. Does the text ask for Dropout?",
        edits={"nn.LeakyReLU(0.2),\n": "nn.LeakyReLU(0.2),\n            nn.Dropout(0.3),\n"},
    ),
    Mistake(
        "generator.no_bias",
        "The layers have weights and no biases. Which image comes from noise that is all zeros?",
        edits={
            "nn.Linear(nz, 256)": "nn.Linear(nz, 256, bias=False)",
            "nn.Linear(256, 512)": "nn.Linear(256, 512, bias=False)",
            "nn.Linear(512, img_dim)": "nn.Linear(512, img_dim, bias=False)",
        },
    ),
    Mistake(
        "generator.widths_swapped",
        "The hidden layers have 512 and then 256 units. In which order does the text give the widths?",
        edits={
            "nn.Linear(nz, 256)": "nn.Linear(nz, 512)",
            "nn.Linear(256, 512)": "nn.Linear(512, 256)",
            "nn.Linear(512, img_dim)": "nn.Linear(256, img_dim)",
        },
    ),
    Mistake(
        "generator.layer_missing",
        "There are two Linear layers. How many arrows are there in nz -> 256 -> 512 -> img_dim?",
        edits={
            "            nn.Linear(256, 512),\n            nn.LeakyReLU(0.2),\n": "",
            "nn.Linear(512, img_dim)": "nn.Linear(256, img_dim)",
        },
    ),
    Mistake(
        "generator.layer_extra",
        "There are four Linear layers. How many arrows are there in nz -> 256 -> 512 -> img_dim?",
        edits={
            "            nn.Linear(512, img_dim),\n": (
                "            nn.Linear(512, 1024),\n"
                "            nn.LeakyReLU(0.2),\n"
                "            nn.Linear(1024, img_dim),\n"
            ),
        },
    ),
    Mistake(
        "generator.fixed_img_dim",
        "There are 784 pixels whatever is asked for. Which argument says how many?",
        edits={"nn.Linear(512, img_dim)": "nn.Linear(512, 784)"},
    ),
    Mistake(
        "generator.fixed_nz",
        "The first layer takes 100 numbers whatever is asked for. Which argument says how many?",
        edits={"nn.Linear(nz, 256)": "nn.Linear(100, 256)"},
    ),
    Mistake(
        "generator.square_images",
        "The images have four dimensions, with a height and a width. Which shape does the docstring ask for?",
        edits={
            "return self.main(noise)": (
                "images = self.main(noise)\n"
                "        side = math.isqrt(images.shape[1])\n"
                "        return images.view(-1, 1, side, side)"
            ),
        },
    ),
    Mistake(
        "generator.squeezed",
        "A batch of one comes back without its first dimension. Which dimensions does squeeze remove?",
        edits={"self.main(noise)": "self.main(noise).squeeze()"},
    ),
    Mistake(
        "generator.layers_in_a_plain_list",
        "The network has no parameters for an optimiser to find. What kind of list does PyTorch look into?",
        edits={
            "nn.Sequential(\n": "[\n",
            "            nn.Tanh(),\n        )": "            nn.Tanh(),\n        ]",
            "        return self.main(noise)": (
                "        for layer in self.main:\n            noise = layer(noise)\n        return noise"
            ),
        },
    ),
    # ---------------------------------------------------------------- discriminator
    Mistake(
        "discriminator.sigmoid",
        "All outputs lie between 0 and 1. Is a probability asked for here, or a logit?",
        edits={"nn.Linear(256, 1),\n": "nn.Linear(256, 1),\n            nn.Sigmoid(),\n"},
    ),
    Mistake(
        "discriminator.leaky_relu_on_output",
        "Negative logits come out at a fifth of their size. What does the text put after the last layer?",
        edits={"nn.Linear(256, 1),\n": "nn.Linear(256, 1),\n            nn.LeakyReLU(0.2),\n"},
    ),
    Mistake(
        "discriminator.relu",
        "Negative values do not pass the hidden layers at all. Which activation does the text name?",
        edits={"nn.LeakyReLU(0.2)": "nn.ReLU()"},
    ),
    Mistake(
        "discriminator.default_slope",
        "Negative values pass at a hundredth of their size. Which slope does the text ask for, "
        "and what is the default?",
        edits={"nn.LeakyReLU(0.2)": "nn.LeakyReLU()"},
    ),
    Mistake(
        "discriminator.no_activations",
        "The logit is a straight line in the pixels. What makes several layers more than one?",
        edits={"            nn.LeakyReLU(0.2),\n": ""},
    ),
    Mistake(
        "discriminator.dropout",
        "The same images get different logits in training mode. Does the text ask for Dropout?",
        edits={"nn.LeakyReLU(0.2),\n": "nn.LeakyReLU(0.2),\n            nn.Dropout(0.3),\n"},
    ),
    Mistake(
        "discriminator.batch_norm",
        "An image's logit depends on the rest of its batch. "
        "Does the text ask for a layer that looks at the whole batch?",
        edits={"nn.Linear(512, 256),\n": "nn.Linear(512, 256),\n            nn.BatchNorm1d(256),\n"},
    ),
    Mistake(
        "discriminator.no_output_bias",
        "The last layer has no bias. Which logit does it give where the hidden units are all zero?",
        edits={"nn.Linear(256, 1)": "nn.Linear(256, 1, bias=False)"},
    ),
    Mistake(
        "discriminator.widths_swapped",
        "The hidden layers have 256 and then 512 units. In which order does the text give the widths?",
        edits={
            "nn.Linear(img_dim, 512)": "nn.Linear(img_dim, 256)",
            "nn.Linear(512, 256)": "nn.Linear(256, 512)",
            "nn.Linear(256, 1)": "nn.Linear(512, 1)",
        },
    ),
    Mistake(
        "discriminator.layer_missing",
        "There are two Linear layers. How many arrows are there in img_dim -> 512 -> 256 -> 1?",
        edits={
            "            nn.Linear(512, 256),\n            nn.LeakyReLU(0.2),\n": "",
            "nn.Linear(256, 1)": "nn.Linear(512, 1)",
        },
    ),
    Mistake(
        "discriminator.two_outputs",
        "There are two outputs for each image. How many numbers does it take to say how likely real is?",
        edits={"nn.Linear(256, 1)": "nn.Linear(256, 2)"},
    ),
    Mistake(
        "discriminator.fixed_img_dim",
        "The first layer takes 784 pixels whatever is asked for. Which argument says how many?",
        edits={"nn.Linear(img_dim, 512)": "nn.Linear(784, 512)"},
    ),
    Mistake(
        "discriminator.fixed_rows",
        "forward cuts the batch into rows of 784 pixels, whatever size its images have. "
        "Where does one image end and the next begin?",
        edits={"images.flatten(1)": "images.reshape(-1, 784)"},
    ),
    Mistake(
        "discriminator.not_flattened",
        "A batch of images reaches the first layer with its height and width. "
        "Along which dimension does a Linear layer work?",
        edits={"images.flatten(1)": "images"},
    ),
    Mistake(
        "discriminator.batch_flattened",
        "The whole batch has become one long row. From which dimension on should an image be flattened?",
        edits={"images.flatten(1)": "images.flatten()"},
    ),
    Mistake(
        "discriminator.squeezed_input",
        "A batch of one loses its first dimension before it is flattened. "
        "Which dimensions does squeeze remove?",
        edits={"images.flatten(1)": "images.squeeze().flatten(1)"},
    ),
    Mistake(
        "discriminator.images_only",
        "Images with four dimensions are taken, rows of pixels are not. "
        "In which shape does the generator hand over its images?",
        edits={
            "return self.main(images.flatten(1))": (
                "n, channels, height, width = images.shape\n"
                "        return self.main(images.reshape(n, channels * height * width))"
            ),
        },
    ),
    Mistake(
        "discriminator.squeezed",
        "The output has lost its last dimension. Which shape does the docstring ask for?",
        edits={"self.main(images.flatten(1))": "self.main(images.flatten(1)).squeeze()"},
    ),
    # ---------------------------------------------------------------- discriminator_loss
    Mistake(
        "discriminator_loss.log_of_sigmoid",
        "With logits far from 0 the loss is infinite or has no gradient. "
        "What is sigmoid(100) in float32, and what is the logarithm of 1 minus that?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    D_real, D_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -torch.log(D_real).mean() - torch.log(1 - D_fake).mean()
''',
    ),
    Mistake(
        "discriminator_loss.one_half_unstable",
        "The real part holds up to ±100; the generated part becomes infinite. "
        "What is 1 - sigmoid(100) in float32?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    errD_real = -F.logsigmoid(logits_real).mean()
    errD_fake = -torch.log(1 - torch.sigmoid(logits_fake)).mean()
    return errD_real + errD_fake
''',
    ),
    Mistake(
        "discriminator_loss.epsilon",
        "A small number inside the logarithm bounds the loss and takes the gradient away. "
        "What should the loss be at a real logit of -100?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    D_real, D_fake = torch.sigmoid(logits_real), torch.sigmoid(logits_fake)
    return -torch.log(D_real + 1e-8).mean() - torch.log(1 - D_fake + 1e-8).mean()
''',
    ),
    Mistake(
        "discriminator_loss.clamped_logits",
        "Beyond ±20 the loss stays the same and the gradient is 0. Which logits does the docstring speak of?",
        edits={
            "    errD_real = ": (
                "    logits_real = logits_real.clamp(-20, 20)\n"
                "    logits_fake = logits_fake.clamp(-20, 20)\n"
                "    errD_real = "
            ),
        },
    ),
    Mistake(
        "discriminator_loss.overflow",
        "With logits far on the wrong side the loss is infinite. How large is exp(100), "
        "and how large can a float32 be?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    errD_real = torch.log(1 + torch.exp(-logits_real)).mean()
    errD_fake = torch.log(1 + torch.exp(logits_fake)).mean()
    return errD_real + errD_fake
''',
    ),
    Mistake(
        "discriminator_loss.nan_gradient_of_where",
        "The values are right, and the gradient is NaN at large logits. "
        "What does backward do with the branch that torch.where did not take?",
        code='''\
def log_of_one_plus_exp(x):
    return torch.where(x > 20, x, torch.log(1 + torch.exp(x)))


def discriminator_loss(logits_real, logits_fake):
    return log_of_one_plus_exp(-logits_real).mean() + log_of_one_plus_exp(logits_fake).mean()
''',
    ),
    Mistake(
        "discriminator_loss.bce_of_sigmoid",
        "The loss jumps to 100 once the sigmoid has rounded to 1, and far out the gradient is 0. "
        "Which loss works on the logits themselves?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    criterion = nn.BCELoss()
    errD_real = criterion(torch.sigmoid(logits_real), torch.ones_like(logits_real))
    errD_fake = criterion(torch.sigmoid(logits_fake), torch.zeros_like(logits_fake))
    return errD_real + errD_fake
''',
    ),
    Mistake(
        "discriminator_loss.bce_of_logits",
        "This loss wants probabilities, and a logit can be any number. Which of its relatives takes logits?",
        edits={"binary_cross_entropy_with_logits": "binary_cross_entropy"},
    ),
    Mistake(
        "discriminator_loss.sigmoid_twice",
        "The logits went through a sigmoid once more. What does “with logits” say about the input?",
        edits={
            "with_logits(logits_real": "with_logits(torch.sigmoid(logits_real)",
            "with_logits(logits_fake": "with_logits(torch.sigmoid(logits_fake)",
        },
    ),
    Mistake(
        "discriminator_loss.labels_swapped",
        "The loss is small where generated images are called real. Which images carry the label 1?",
        edits={
            "torch.ones_like(logits_real)": "torch.zeros_like(logits_real)",
            "torch.zeros_like(logits_fake)": "torch.ones_like(logits_fake)",
        },
    ),
    Mistake(
        "discriminator_loss.generated_labels_one",
        "Generated images are labelled 1 too, so there is nothing to tell apart. Which label is theirs?",
        edits={"torch.zeros_like(logits_fake)": "torch.ones_like(logits_fake)"},
    ),
    Mistake(
        "discriminator_loss.smoothed_labels",
        "The real images carry a label of 0.9. Does this lab smooth its labels?",
        edits={"torch.ones_like(logits_real)": "torch.full_like(logits_real, 0.9)"},
    ),
    Mistake(
        "discriminator_loss.labels_of_one_size",
        "The labels of the generated images are as many as the real images. What if the two numbers differ?",
        edits={"torch.zeros_like(logits_fake)": "torch.zeros_like(logits_real)"},
    ),
    Mistake(
        "discriminator_loss.flat_labels",
        "The labels have one dimension fewer than the logits. Which shape do the logits have?",
        edits={
            "torch.ones_like(logits_real)": "torch.ones(len(logits_real))",
            "torch.zeros_like(logits_fake)": "torch.zeros(len(logits_fake))",
        },
    ),
    Mistake(
        "discriminator_loss.halved",
        "The loss is half as large as it should be. Is it the sum of the two means, or their average?",
        edits={"return errD_real + errD_fake": "return (errD_real + errD_fake) / 2"},
    ),
    Mistake(
        "discriminator_loss.pooled",
        "This is one mean over all logits. Over which images does each of the two means go?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    logits = torch.cat((logits_real, logits_fake))
    labels = torch.cat((torch.ones_like(logits_real), torch.zeros_like(logits_fake)))
    return F.binary_cross_entropy_with_logits(logits, labels)
''',
    ),
    Mistake(
        "discriminator_loss.pooled_and_doubled",
        "This is right as long as there are as many real images as generated ones. "
        "What weight should each image have when there are not?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    logits = torch.cat((logits_real, logits_fake))
    labels = torch.cat((torch.ones_like(logits_real), torch.zeros_like(logits_fake)))
    return 2 * F.binary_cross_entropy_with_logits(logits, labels)
''',
    ),
    Mistake(
        "discriminator_loss.summed",
        "The loss grows with the number of images. What does the docstring take over each group of logits?",
        edits={
            "_like(logits_real))": '_like(logits_real), reduction="sum")',
            "_like(logits_fake))": '_like(logits_fake), reduction="sum")',
        },
    ),
    Mistake(
        "discriminator_loss.not_averaged",
        "There is one loss for each image. How many numbers can backward start from?",
        edits={
            "_like(logits_real))": '_like(logits_real), reduction="none")',
            "_like(logits_fake))": '_like(logits_fake), reduction="none")',
        },
    ),
    Mistake(
        "discriminator_loss.negative",
        "The loss is below 0, and smallest for the worst discriminator. "
        "Is a logarithm of a probability positive or negative?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    return F.logsigmoid(logits_real).mean() + F.logsigmoid(-logits_fake).mean()
''',
    ),
    Mistake(
        "discriminator_loss.means_of_logits",
        "The loss is a straight line in the logits. Where does the cross-entropy come in?",
        code='''\
def discriminator_loss(logits_real, logits_fake):
    return logits_fake.mean() - logits_real.mean()
''',
    ),
    Mistake(
        "discriminator_loss.generated_detached",
        "The value is right, and no gradient goes back through the generated logits. "
        "From where on should the way back be cut: the images, or the logits?",
        edits={"with_logits(logits_fake": "with_logits(logits_fake.detach()"},
    ),
    Mistake(
        "discriminator_loss.number",
        "The value is right, as a plain Python number. What does backward need to start from?",
        edits={"return errD_real + errD_fake": "return errD_real.item() + errD_fake.item()"},
    ),
    # ---------------------------------------------------------------- generator_loss
    Mistake(
        "generator_loss.label_zero",
        "Without `saturating`, the loss is smallest where the generator is found out. "
        "What should the discriminator say of its images, if it does well?",
        edits={"return F.softplus(-logits_fake).mean()": "return F.softplus(logits_fake).mean()"},
    ),
    Mistake(
        "generator_loss.ascent",
        "Without `saturating`, this is the mean of log D. Should the generator make that smaller?",
        edits={"return F.softplus(-logits_fake).mean()": "return F.logsigmoid(logits_fake).mean()"},
    ),
    Mistake(
        "generator_loss.flag_ignored",
        "The loss is the non-saturating one whatever is asked for. What is the second argument for?",
        edits={"    if saturating:\n        return -F.softplus(logits_fake).mean()\n": ""},
    ),
    Mistake(
        "generator_loss.always_saturating",
        "The loss is the saturating one whatever is asked for. What is the second argument for?",
        edits={"    return F.softplus(-logits_fake).mean()": "    return -F.softplus(logits_fake).mean()"},
    ),
    Mistake(
        "generator_loss.flag_inverted",
        "Each of the two losses comes where the other one is asked for. In which case is the flag True?",
        edits={"if saturating:": "if not saturating:"},
    ),
    Mistake(
        "generator_loss.saturating_sign",
        "With `saturating`, the loss has the opposite sign. "
        "Should log(1 - D) fall or rise while the generator gets better?",
        edits={"-F.softplus(logits_fake)": "F.softplus(logits_fake)"},
    ),
    Mistake(
        "generator_loss.saturating_log_d",
        "With `saturating`, this is the mean of log D. Of what does the docstring take the logarithm?",
        edits={"-F.softplus(logits_fake)": "F.logsigmoid(logits_fake)"},
    ),
    Mistake(
        "generator_loss.one_minus_logit",
        "With `saturating`, 1 minus the logit went into the sigmoid. "
        "Which of the two is to be taken from 1: the logit, or the probability?",
        edits={"-F.softplus(logits_fake)": "F.logsigmoid(1 - logits_fake)"},
    ),
    Mistake(
        "generator_loss.log_of_sigmoid",
        "With logits far from 0 the losses are infinite or have no gradient. "
        "What does a sigmoid of -100, or of 100, round to in float32?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    D_fake = torch.sigmoid(logits_fake)
    if saturating:
        return torch.log(1 - D_fake).mean()
    return -torch.log(D_fake).mean()
''',
    ),
    Mistake(
        "generator_loss.saturating_unstable",
        "The non-saturating loss holds up to ±100; the saturating one becomes infinite. "
        "What is 1 - sigmoid(100) in float32?",
        edits={"-F.softplus(logits_fake)": "torch.log(1 - torch.sigmoid(logits_fake))"},
    ),
    Mistake(
        "generator_loss.epsilon",
        "A small number inside the logarithms bounds both losses and takes the gradient away. "
        "What should the loss be at a logit of -100?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    D_fake = torch.sigmoid(logits_fake)
    if saturating:
        return torch.log(1 - D_fake + 1e-8).mean()
    return -torch.log(D_fake + 1e-8).mean()
''',
    ),
    Mistake(
        "generator_loss.bce_of_sigmoid",
        "The saturating loss jumps to -100 once the sigmoid has rounded to 1, and far out both "
        "gradients are 0. "
        "Which loss works on the logits themselves?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    D_fake = torch.sigmoid(logits_fake)
    if saturating:
        return -F.binary_cross_entropy(D_fake, torch.zeros_like(D_fake))
    return F.binary_cross_entropy(D_fake, torch.ones_like(D_fake))
''',
    ),
    Mistake(
        "generator_loss.clamped_logits",
        "Beyond ±20 the losses stay the same and the gradient is 0. "
        "Which logits does the docstring speak of?",
        edits={"    if saturating:": "    logits_fake = logits_fake.clamp(-20, 20)\n    if saturating:"},
    ),
    Mistake(
        "generator_loss.overflow",
        "With logits far from 0 the losses are infinite. "
        "How large is exp(100), and how large can a float32 be?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    if saturating:
        return -torch.log(1 + torch.exp(logits_fake)).mean()
    return torch.log(1 + torch.exp(-logits_fake)).mean()
''',
    ),
    Mistake(
        "generator_loss.sigmoid_twice",
        "The logits went through a sigmoid once more. How many sigmoids turn a logit into D?",
        edits={"    if saturating:": "    logits_fake = torch.sigmoid(logits_fake)\n    if saturating:"},
    ),
    Mistake(
        "generator_loss.log_of_logits",
        "The logarithm is that of the logits, and of a negative number there is none. "
        "What turns a logit into D?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    if saturating:
        return torch.log(1 - logits_fake).mean()
    return -torch.log(logits_fake).mean()
''',
    ),
    Mistake(
        "generator_loss.log_of_the_mean",
        "The probabilities are averaged first, and the logarithm comes after. "
        "In which order does the docstring put them?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    D_fake = torch.sigmoid(logits_fake).mean()
    if saturating:
        return torch.log(1 - D_fake)
    return -torch.log(D_fake)
''',
    ),
    Mistake(
        "generator_loss.mean_of_logits",
        "The losses are straight lines in the logits. Where does the logarithm of D come in?",
        code='''\
def generator_loss(logits_fake, saturating=False):
    return -logits_fake.mean()
''',
    ),
    Mistake(
        "generator_loss.summed",
        "The losses grow with the number of images. What does the docstring take over the batch?",
        edits={".mean()": ".sum()"},
    ),
    Mistake(
        "generator_loss.not_averaged",
        "There is one loss for each image. How many numbers can backward start from?",
        edits={".mean()": ""},
    ),
    Mistake(
        "generator_loss.detached",
        "The values are right, and no gradient comes back to the logits. "
        "Which network must still hear of this loss?",
        edits={
            "softplus(logits_fake)": "softplus(logits_fake.detach())",
            "softplus(-logits_fake)": "softplus(-logits_fake.detach())",
        },
    ),
    Mistake(
        "generator_loss.number",
        "The values are right, as plain Python numbers. What does backward need to start from?",
        edits={".mean()": ".mean().item()"},
    ),
    # ---------------------------------------------------------------- train_step
    Mistake(
        "train_step.no_zero_grad_discriminator",
        "The discriminator's update carries gradients from before this step's loss. "
        "What did the generator's last backward leave in the discriminator?",
        edits={"    optimizerD.zero_grad()\n": ""},
    ),
    Mistake(
        "train_step.no_zero_grad_generator",
        "The generator's update carries gradients from the step before. "
        "What does .backward() do to a .grad that is already there?",
        edits={"    optimizerG.zero_grad()\n": ""},
    ),
    Mistake(
        "train_step.not_detached",
        "The discriminator's backward ran on through the generator and used up its graph. "
        "Where should the way back from the discriminator's loss end?",
        edits={"netD(fake.detach())": "netD(fake)"},
    ),
    Mistake(
        "train_step.generator_follows_both_losses",
        "The generator's update holds the discriminator's gradient as well as its own. "
        "Where should the way back from errD end, and when is the generator's .grad cleared?",
        edits={
            "netD(fake.detach())": "netD(fake)",
            "    optimizerG.zero_grad()\n": "",
            "    optimizerD.zero_grad()\n": "    optimizerD.zero_grad()\n    optimizerG.zero_grad()\n",
            "errD.backward()": "errD.backward(retain_graph=True)",
        },
    ),
    Mistake(
        "train_step.steps_at_the_end",
        "Both networks are updated after both backward calls, so errG's gradient moves the "
        "discriminator too. "
        "When is errD's gradient the only one in it?",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(get_noise(len(real), nz, real.device))
    optimizerD.zero_grad()
    optimizerG.zero_grad()

    logits_real, logits_fake = netD(real), netD(fake.detach())
    errD = discriminator_loss(logits_real, logits_fake)
    errD.backward()
    errG = generator_loss(netD(fake))
    errG.backward()
    optimizerD.step()
    optimizerG.step()

    D_x, D_G_z = torch.sigmoid(logits_real).mean(), torch.sigmoid(logits_fake).mean()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}
''',
    ),
    Mistake(
        "train_step.old_logits",
        "The generator's backward meets weights that have changed since its logits were computed. "
        "Which discriminator should give the logits for errG?",
        edits={
            "netD(fake.detach())": "netD(fake)",
            "errD.backward()": "errD.backward(retain_graph=True)",
            "generator_loss(netD(fake))": "generator_loss(logits_fake)",
        },
    ),
    Mistake(
        "train_step.generator_first",
        "errG comes from the discriminator before its update. "
        "Which of the two networks does the docstring update first?",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(get_noise(len(real), nz, real.device))
    errG = generator_loss(netD(fake))
    optimizerG.zero_grad()
    errG.backward()
    optimizerG.step()

    logits_real, logits_fake = netD(real), netD(fake.detach())
    errD = discriminator_loss(logits_real, logits_fake)
    optimizerD.zero_grad()
    errD.backward()
    optimizerD.step()

    D_x, D_G_z = torch.sigmoid(logits_real).mean(), torch.sigmoid(logits_fake).mean()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}
''',
    ),
    Mistake(
        "train_step.new_noise",
        "The generator's step draws noise of its own. On which images should both steps work?",
        edits={
            "    errG = generator_loss(netD(fake))": (
                "    fake = netG(get_noise(len(real), nz, real.device))\n"
                "    errG = generator_loss(netD(fake))"
            ),
        },
    ),
    Mistake(
        "train_step.generator_detached",
        "The losses are right, but the generator did not move. Does a gradient get back to it, "
        "and is a step taken while it is there?",
        edits={"generator_loss(netD(fake))": "generator_loss(netD(fake.detach()))"},
    ),
    Mistake(
        "train_step.no_discriminator_update",
        "The discriminator did not move. Is a step taken while its gradient is there?",
        edits={"    optimizerD.step()\n": ""},
    ),
    Mistake(
        "train_step.steps_swapped",
        "Each backward is followed by the other network's step. Which optimiser holds which weights?",
        edits={
            "optimizerD.step()": "OTHER.step()",
            "optimizerG.step()": "optimizerD.step()",
            "OTHER.step()": "optimizerG.step()",
        },
    ),
    Mistake(
        "train_step.discriminator_moves_twice",
        "The discriminator moves in the generator's step too. Which weights should follow errG?",
        edits={"    optimizerG.step()\n": "    optimizerG.step()\n    optimizerD.step()\n"},
    ),
    Mistake(
        "train_step.two_discriminator_updates",
        "The discriminator is updated after the real images and again after the generated ones. "
        "How many updates follow the sum of the two means?",
        code='''\
def train_step(netG, netD, optimizerG, optimizerD, real, nz=100):
    fake = netG(get_noise(len(real), nz, real.device))

    logits_real = netD(real)
    errD_real = F.softplus(-logits_real).mean()
    optimizerD.zero_grad()
    errD_real.backward()
    optimizerD.step()

    logits_fake = netD(fake.detach())
    errD_fake = F.softplus(logits_fake).mean()
    optimizerD.zero_grad()
    errD_fake.backward()
    optimizerD.step()

    errG = generator_loss(netD(fake))
    optimizerG.zero_grad()
    errG.backward()
    optimizerG.step()

    errD = errD_real + errD_fake
    D_x, D_G_z = torch.sigmoid(logits_real).mean(), torch.sigmoid(logits_fake).mean()
    return {"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}
''',
    ),
    Mistake(
        "train_step.halved",
        "errD is half as large as it should be. What does discriminator_loss return already?",
        edits={
            "discriminator_loss(logits_real, logits_fake)": "discriminator_loss(logits_real, logits_fake) / 2",
        },
    ),
    Mistake(
        "train_step.arguments_swapped",
        "The discriminator learns to call generated images real. "
        "In which order does its loss take the logits?",
        edits={
            "discriminator_loss(logits_real, logits_fake)": "discriminator_loss(logits_fake, logits_real)",
        },
    ),
    Mistake(
        "train_step.saturating",
        "The generator follows the saturating loss. Which of the two does generator_loss give by default?",
        edits={"generator_loss(netD(fake))": "generator_loss(netD(fake), saturating=True)"},
    ),
    Mistake(
        "train_step.minus_discriminator_loss",
        "errG is errD with its sign turned, as in the minimax game. "
        "Which function was written for the generator's loss?",
        edits={"generator_loss(netD(fake))": "-discriminator_loss(netD(real), netD(fake))"},
    ),
    Mistake(
        "train_step.scaled_again",
        "The real images were spread out once more, down to -3. In which range does `real` come?",
        edits={"netD(real)": "netD(to_tanh_range(real))"},
    ),
    Mistake(
        "train_step.scaled_in_place",
        "The batch of real images itself has changed. In which range does it come, and who else may need it?",
        edits={"    logits_real, ": "    real.mul_(2).sub_(1)\n    logits_real, "},
    ),
    Mistake(
        "train_step.fixed_nz",
        "The noise has 100 numbers in a row whatever is asked for. Which argument says how many?",
        edits={"get_noise(len(real), nz, real.device)": "get_noise(len(real), device=real.device)"},
    ),
    Mistake(
        "train_step.fixed_batch_size",
        "There are as many generated images as the notebook's batch size says. How many are in this batch?",
        edits={"get_noise(len(real), nz,": "get_noise(batch_size, nz,"},
    ),
    Mistake(
        "train_step.uniform_noise",
        "No latent is negative, and none is above 1. Which function of this lab draws the noise?",
        edits={"get_noise(len(real), nz, real.device)": "torch.rand(len(real), nz, device=real.device)"},
    ),
    Mistake(
        "train_step.reseeds",
        "Every step trains on the same noise. What happens to the random generator in here?",
        edits={"    fake = ": "    torch.manual_seed(2023)\n    fake = "},
    ),
    Mistake(
        "train_step.discriminator_left_frozen",
        "The discriminator's requires_grad is off afterwards. How will it learn in its next step?",
        edits={"    errG = ": "    netD.requires_grad_(False)\n    errG = "},
    ),
    Mistake(
        "train_step.discriminator_left_in_eval",
        "The discriminator is in evaluation mode afterwards. "
        "In which mode did it come, and who sets it back?",
        edits={"    errG = ": "    netD.eval()\n    errG = "},
    ),
    Mistake(
        "train_step.logits_for_probabilities",
        "D_x and D_G_z are means of logits. Between which bounds does a probability lie?",
        edits={
            "torch.sigmoid(logits_real).mean()": "logits_real.mean()",
            "torch.sigmoid(logits_fake).mean()": "logits_fake.mean()",
        },
    ),
    Mistake(
        "train_step.sigmoid_of_the_mean",
        "The logits are averaged first, and the sigmoid comes after. Is that the mean of the probabilities?",
        edits={
            "torch.sigmoid(logits_real).mean()": "torch.sigmoid(logits_real.mean())",
            "torch.sigmoid(logits_fake).mean()": "torch.sigmoid(logits_fake.mean())",
        },
    ),
    Mistake(
        "train_step.share_recognised",
        "D_x and D_G_z count the images that are called real. "
        "Is a share of decisions the same as a mean probability?",
        edits={
            "torch.sigmoid(logits_real).mean()": "(logits_real > 0).float().mean()",
            "torch.sigmoid(logits_fake).mean()": "(logits_fake > 0).float().mean()",
        },
    ),
    Mistake(
        "train_step.probability_after_update",
        "D_G_z comes from the updated discriminator. From before or after its update should it be?",
        edits={
            "    errG = generator_loss(netD(fake))": (
                "    logits_fake = netD(fake)\n    errG = generator_loss(logits_fake)"
            ),
        },
    ),
    Mistake(
        "train_step.tensors",
        "The values are tensors. What turns a tensor with one element into a Python number?",
        edits={".item()": ""},
    ),
    Mistake(
        "train_step.losses_only",
        "Only the two losses come back. Which four entries does the docstring name?",
        edits={', "D_x": D_x.item(), "D_G_z": D_G_z.item()': ""},
    ),
    Mistake(
        "train_step.other_keys",
        "The keys have other names. Which four does the docstring give?",
        edits={'"errD"': '"loss_D"', '"errG"': '"loss_G"', '"D_x"': '"D(x)"', '"D_G_z"': '"D(G(z))"'},
    ),
    Mistake(
        "train_step.losses_swapped",
        "Each loss stands under the other network's key. Which loss goes where?",
        edits={'"errD": errD.item(), "errG": errG.item()': '"errD": errG.item(), "errG": errD.item()'},
    ),
    Mistake(
        "train_step.tuple",
        "Four numbers come back in a tuple. What does the docstring say holds them?",
        edits={
            '{"errD": errD.item(), "errG": errG.item(), "D_x": D_x.item(), "D_G_z": D_G_z.item()}': (
                "errD.item(), errG.item(), D_x.item(), D_G_z.item()"
            ),
        },
    ),
    # ---------------------------------------------------------------- sample_grid
    Mistake(
        "sample_grid.stretched",
        "The darkest pixel of the picture is exactly 0 and the lightest exactly 1. "
        "Do two pictures of one generator stay comparable, if each is stretched?",
        edits={"nrow=nrow)": "nrow=nrow, normalize=True)"},
    ),
    Mistake(
        "sample_grid.tanh_range",
        "Some pixels are negative. "
        "In which range do the generator's images come, and in which are pictures shown?",
        edits={"to_image_range(images)": "images"},
    ),
    Mistake(
        "sample_grid.cut_off",
        "All that was below 0 is black. "
        "What turns the range of Tanh into that of a picture without losing half of it?",
        edits={"to_image_range(images)": "images.clamp(0, 1)"},
    ),
    Mistake(
        "sample_grid.image_range_twice",
        "No pixel of an image is darker than one half. How often were the images brought to [0, 1]?",
        edits={"to_image_range(images)": "to_image_range(to_image_range(images))"},
    ),
    Mistake(
        "sample_grid.attached",
        "The picture still hangs on its graph. What does keeping it cost, and what is needed of it later?",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    images = to_image_range(netG(fixed_noise))
    side = math.isqrt(images.shape[1])
    columns = min(nrow, len(images))
    rows = math.ceil(len(images) / columns)
    missing = torch.zeros(rows * columns - len(images), side * side)
    cells = torch.cat((images, missing)).view(rows, columns, side, side)
    return cells.transpose(1, 2).reshape(1, rows * side, columns * side)
''',
    ),
    Mistake(
        "sample_grid.autograd_left_off",
        "Autograd stays off for the whole notebook. How far does the switch reach, and who turns it back?",
        edits={"    with torch.no_grad():\n        images": "    torch.set_grad_enabled(False)\n    images"},
    ),
    Mistake(
        "sample_grid.left_in_eval",
        "The generator is in evaluation mode afterwards. In which mode did it come, and who sets it back?",
        edits={"    with torch.no_grad():\n": "    netG.eval()\n    with torch.no_grad():\n"},
    ),
    Mistake(
        "sample_grid.always_back_to_training",
        "The generator is in training mode afterwards, also where it came in evaluation mode. "
        "How can the function know which mode it was?",
        edits={
            "    with torch.no_grad():\n": "    netG.eval()\n    with torch.no_grad():\n",
            "    side = ": "    netG.train()\n    side = ",
        },
    ),
    Mistake(
        "sample_grid.fresh_noise",
        "The picture shows other images at each call. What lets you follow one image over the epochs?",
        edits={"netG(fixed_noise)": "netG(torch.randn_like(fixed_noise))"},
    ),
    Mistake(
        "sample_grid.nrow_ignored",
        "There are eight images in a row whatever is asked for. Which argument says how many?",
        edits={", nrow=nrow)": ")"},
    ),
    Mistake(
        "sample_grid.number_of_rows",
        "There are nrow rows, of as many images as fit. Does nrow count the rows, or the images in one?",
        edits={"nrow=nrow)": "nrow=math.ceil(len(images) / nrow))"},
    ),
    Mistake(
        "sample_grid.columns_first",
        "The images run down the columns first. Where does the second image of the batch belong?",
        code='''\
def sample_grid(netG, fixed_noise, nrow=8):
    with torch.no_grad():
        images = to_image_range(netG(fixed_noise))
    side = math.isqrt(images.shape[1])
    columns = min(nrow, len(images))
    rows = math.ceil(len(images) / columns)
    cells = torch.zeros(rows * columns, side, side)
    cells[: len(images)] = images.view(-1, side, side)
    cells = cells.view(columns, rows, side, side)
    return cells.permute(1, 2, 0, 3).reshape(1, rows * side, columns * side)
''',
    ),
    Mistake(
        "sample_grid.fixed_side",
        "This works for images of 28 x 28 and no other size. "
        "How can the side be found from the number of pixels?",
        edits={"    side = math.isqrt(images.shape[1])\n": "", "side, side": "28, 28"},
    ),
    Mistake(
        "sample_grid.batch",
        "A batch of images comes back. What puts them into one picture?",
        edits={
            "make_grid(to_image_range(images).view(-1, 1, side, side), nrow=nrow)": (
                "to_image_range(images).view(-1, 1, side, side)"
            ),
        },
    ),
    Mistake(
        "sample_grid.channels_last",
        "The channels stand last, as Matplotlib wants them. Which order does the docstring ask for?",
        edits={"nrow=nrow)": "nrow=nrow).permute(1, 2, 0)"},
    ),
    Mistake(
        "sample_grid.numpy",
        "This is a NumPy array. Which type do the other functions of this lab hand on?",
        edits={"nrow=nrow)": "nrow=nrow).numpy()"},
    ),
    Mistake(
        "sample_grid.bytes",
        "The pixels are whole numbers up to 255. Which range does the docstring ask for?",
        edits={"nrow=nrow)": "nrow=nrow).mul(255).byte()"},
    ),
]

"""The MLP GAN on digits: exercises, checks and marks. The text and the solutions are in `notebooks/mnist_gan/`."""

from __future__ import annotations

from autograder.labs.mnist_gan import losses, networks, pixels, train_step
from autograder.marking.exercise import GRADIENT, NETWORK, STEPS, Check, Exercise, Lab, Tolerance

NOISE = Tolerance(rtol=0.0, atol=0.012)  # shares, moments of 400 000 numbers
STEP_NOISE = Tolerance(rtol=0.0, atol=0.04)  # the same, of some 50 000

PIXEL_RANGES = Exercise(
    "pixel_ranges",
    pixels.probe_pixel_ranges,
    (
        Check("tanh", 2, "What `to_tanh_range` makes", "Where do 0 and 1 have to go, and where 0.5?"),
        Check("image", 2, "What `to_image_range` makes", "Where do -1 and 1 have to go, and where 0?"),
        Check(
            "input",
            0.5,
            "The images that were passed in",
            "Which operation writes into its input?",
            needs="tanh",
        ),
        Check("form", 0.5, "Shape and dtype of the result", "Does each pixel keep its place?", needs="tanh"),
    ),
    guard="tanh",
    title="to_tanh_range, to_image_range",
    definitions=("to_tanh_range", "to_image_range"),
)
GET_NOISE = Exercise(
    "get_noise",
    pixels.probe_get_noise,
    (
        Check("form", 2, "The noise's dtype and shape", "How many vectors of which length are asked for?"),
        Check(
            "normal",
            2,
            "The noise's distribution",
            "Which function draws, and whose random numbers are they?",
            NOISE,
        ),
        Check(
            "device", 1, "The noise's device", "Which argument says where the noise has to be?", needs="form"
        ),
    ),
    guard="normal",
    title="get_noise",
)
GENERATOR = Exercise(
    "generator",
    networks.probe_generator,
    (
        Check("output", 2, "The generator's output", "How many pixels has an image, and in which range?"),
        Check(
            "layers",
            6,
            "What the generator computes",
            "Which layers, sizes and activations does it have?",
            NETWORK,
        ),
        Check(
            "gradient",
            2,
            "The generator's gradient",
            "Is its output still tied to its weights?",
            GRADIENT,
            "layers",
        ),
    ),
    guard="layers",
    title="Generator",
)
DISCRIMINATOR = Exercise(
    "discriminator",
    networks.probe_discriminator,
    (
        Check(
            "output",
            2,
            "The discriminator's output",
            "How many numbers per image, from which shapes of images?",
        ),
        Check(
            "layers",
            6,
            "What the discriminator computes",
            "Which layers, sizes and activations does it have?",
            NETWORK,
        ),
        Check(
            "gradient",
            2,
            "The discriminator's gradient",
            "Is its output still tied to its weights?",
            GRADIENT,
            "layers",
        ),
    ),
    guard="layers",
    title="Discriminator",
)
DISCRIMINATOR_LOSS = Exercise(
    "discriminator_loss",
    losses.probe_discriminator_loss,
    (
        Check("value", 5, "The loss", "Which logits carry which label, and over how many is each mean?"),
        Check(
            "gradient", 4, "The loss's gradient", "Is the loss still tied to the logits?", GRADIENT, "value"
        ),
        Check(
            "stable",
            6,
            "The loss and its gradient at extreme logits",
            "Which numbers does a float32 sigmoid round to 1?",
            needs="value",
        ),
    ),
    guard="value",
    title="discriminator_loss",
    rounding=True,
)
GENERATOR_LOSS = Exercise(
    "generator_loss",
    losses.probe_generator_loss,
    (
        Check(
            "value",
            4,
            "The non-saturating loss",
            "Which answer does the generator want, and what is its -log?",
        ),
        Check("saturating", 3, "The saturating loss", "What is log(1 - D), and which sign has it?"),
        Check("gradient", 3, "The gradients", "Is the loss still tied to the logits?", GRADIENT, "value"),
        Check(
            "stable",
            5,
            "The losses and their gradients at extreme logits",
            "Which numbers does a float32 sigmoid round to 0 or 1?",
            needs="value",
        ),
    ),
    guard="value",
    title="generator_loss",
    rounding=True,
)
TRAIN_STEP = Exercise(
    "train_step",
    train_step.probe_train_step,
    (
        Check(
            "returned", 1, "What the step returns", "Which keys does the docstring name, and of which type?"
        ),
        Check(
            "losses", 3, "The losses that are returned", "Which netD judges which images, and when?", STEPS
        ),
        Check(
            "probabilities",
            2,
            "D_x and D_G_z",
            "What turns a logit into a probability, and when is it taken?",
            STEPS,
        ),
        Check(
            "discriminator", 3, "netD's weights", "Which gradients did its optimiser use, and when?", STEPS
        ),
        Check(
            "generator",
            3,
            "netG's weights",
            "How does the loss reach them, and which gradients were used?",
            STEPS,
        ),
        Check(
            "noise",
            2,
            "The noise",
            "How many vectors of which length does a step need, and how often?",
            STEP_NOISE,
        ),
        Check("others", 1, "What the step should leave alone", "Which line reaches it?", needs="generator"),
    ),
    guard="others",
    title="train_step",
)
SAMPLE_GRID = Exercise(
    "sample_grid",
    pixels.probe_sample_grid,
    (
        Check(
            "layout",
            1,
            "The picture's layout",
            "Which shape does make_grid expect, and how many images has a row?",
        ),
        Check(
            "pixels",
            2,
            "The images in the picture",
            "In which range are netG's pixels, and in which the picture's?",
        ),
        Check(
            "graph", 1, "The picture's graph", "Does anybody need a gradient of a picture?", needs="pixels"
        ),
        Check(
            "mode", 1, "What the picture should leave alone", "In which mode was netG before?", needs="pixels"
        ),
    ),
    guard="mode",
    title="sample_grid",
)

LAB = Lab(
    name="mnist_gan",
    title="A GAN that draws digits",
    exercises=(
        PIXEL_RANGES,
        GET_NOISE,
        GENERATOR,
        DISCRIMINATOR,
        DISCRIMINATOR_LOSS,
        GENERATOR_LOSS,
        TRAIN_STEP,
        SAMPLE_GRID,
    ),
    questions={f"question_{number}": 5.0 for number in range(1, 5)},
)

"""The sine GAN: exercises, checks and marks. The text and the solutions are in `notebooks/sine_gan/`."""

from __future__ import annotations

from autograder.labs.sine_gan import data, measures, networks, steps, train
from autograder.marking.exercise import GRADIENT, NETWORK, STEPS, Check, Exercise, Lab, Tolerance

DISTANCE = Tolerance(rtol=1e-5, atol=1e-4)  # takes 3.1416 for π, not 3.14
LEVELS = Tolerance(rtol=0.0, atol=2e-3)  # of the discriminator's output with some units dropped
SPREAD = Tolerance(rtol=0.05, atol=0.02)  # mean distance of sorted uniform numbers from their places
LATENTS = Tolerance(rtol=0.0, atol=0.05)  # mean and standard deviation of some 30 000 numbers
SINE_ERROR = Tolerance(rtol=0.05, atol=1e-5)

MAKE_TRAIN_DATA = Exercise(
    "make_train_data",
    data.probe_make_train_data,
    (
        Check(
            "form",
            1,
            "The data's dtype and shape",
            "Is the length an argument, and which dimension are x1 and x2?",
        ),
        Check(
            "uniform",
            2,
            "The distribution of x1",
            "Where do the random numbers come from, and what are their smallest and largest possible values?",
            SPREAD,
        ),
        Check(
            "sine",
            2,
            "x2 as the sine of x1",
            "Which function of which column should stand there?",
            SINE_ERROR,
        ),
    ),
    guard="uniform",
    title="make_train_data",
)
MAKE_TRAIN_SET = Exercise(
    "make_train_set",
    data.probe_make_train_set,
    (
        Check(
            "list",
            2,
            "The set as a list of tuples",
            "What does a DataLoader need to walk through it every epoch?",
        ),
        Check("samples", 2, "The samples", "Is each one a row of train_data, in its order?"),
        Check("labels", 1, "The labels", "What does the docstring say about the second part of a tuple?"),
    ),
    guard="samples",
    title="make_train_set",
)
DISCRIMINATOR = Exercise(
    "discriminator",
    networks.probe_discriminator,
    (
        Check(
            "output",
            2,
            "The discriminator's output",
            "What turns a number into a probability, one per sample?",
        ),
        Check(
            "layers",
            3,
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
        Check(
            "dropout",
            3,
            "What is dropped in training mode",
            "Where does Dropout stand, with which share?",
            LEVELS,
        ),
    ),
    guard="layers",
    title="Discriminator",
)
GENERATOR = Exercise(
    "generator",
    networks.probe_generator,
    (
        Check("output", 2, "The generator's output", "How many numbers is a point of the plane?"),
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
DISCRIMINATOR_STEP = Exercise(
    "discriminator_step",
    steps.probe_discriminator_step,
    (
        Check(
            "loss",
            4,
            "The loss that is returned",
            "Which samples carry which label, and over how many is the mean?",
            STEPS,
        ),
        Check(
            "weights",
            8,
            "The discriminator's weights",
            "Which gradients did the optimiser use, and when?",
            STEPS,
        ),
        Check(
            "others",
            3,
            "What the step should leave alone",
            "Which line reaches it, and how far does the loss's graph go?",
            needs="weights",
        ),
    ),
    guard="others",
    title="discriminator_step",
)
GENERATOR_STEP = Exercise(
    "generator_step",
    steps.probe_generator_step,
    (
        Check(
            "loss",
            4,
            "The loss that is returned",
            "Which answer does the generator want from the discriminator?",
            STEPS,
        ),
        Check(
            "weights",
            8,
            "The generator's weights",
            "How does the loss reach them, and which gradients were used?",
            STEPS,
        ),
        Check(
            "others",
            3,
            "What the step should leave alone",
            "Which line reaches it?",
            needs="weights",
        ),
    ),
    guard="others",
    title="generator_step",
)
TRAIN = Exercise(
    "train",
    train.probe_train,
    (
        Check(
            "order",
            3,
            "The calls of the two steps",
            "What happens for each batch, in which order, with which arguments?",
        ),
        Check(
            "latents",
            3,
            "The latents",
            "How many does a batch need, from which distribution, and how often?",
            LATENTS,
        ),
        Check("history", 2, "The recorded losses", "What does the docstring say about the returned dict?"),
        Check("samples", 2, "The recorded samples", "When, and of which latents, are they taken?", STEPS),
    ),
    guard="latents",
    title="train",
)
CURVE_DISTANCE = Exercise(
    "curve_distance",
    measures.probe_curve_distance,
    (
        Check("form", 1, "The distances' dtype and shape", "Is there one distance for each sample?"),
        Check("distance", 3, "The distances", "What is c, and which two distances are added?", DISTANCE),
        Check(
            "input",
            1,
            "The samples that were passed in",
            "Which operation writes into its input?",
            needs="distance",
        ),
    ),
    guard="input",
    title="curve_distance",
)
COVERAGE = Exercise(
    "coverage",
    measures.probe_coverage,
    (
        Check("share", 3, "The share", "Which samples count, and which part does each fall in?"),
        Check(
            "type",
            1,
            "The type of the share",
            "How does a tensor with one entry become a Python number?",
            needs="share",
        ),
        Check(
            "input",
            1,
            "The samples that were passed in",
            "Which operation writes into its input?",
            needs="share",
        ),
    ),
    guard="input",
    title="coverage",
)

LAB = Lab(
    name="sine_gan",
    title="A GAN that learns a sine curve",
    exercises=(
        MAKE_TRAIN_DATA,
        MAKE_TRAIN_SET,
        DISCRIMINATOR,
        GENERATOR,
        DISCRIMINATOR_STEP,
        GENERATOR_STEP,
        TRAIN,
        CURVE_DISTANCE,
        COVERAGE,
    ),
    questions={f"question_{number}": 5.0 for number in range(1, 5)},
)

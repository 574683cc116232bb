"""The DCGAN: exercises, checks and marks. The text and the solutions are in `notebooks/dcgan/`."""

from __future__ import annotations

from dataclasses import replace

from autograder.labs.dcgan import networks, sizes, snapshot, steps
from autograder.marking.exercise import NETWORK, STEPS, Check, Exercise, Lab, Tolerance

DEEP = NETWORK._replace(rtol=1e-4)  # five layers and batch statistics in float32
FLOW = Tolerance(rtol=2e-3, atol=1e-6, scaled=True)  # a unit may lie on either side of ReLU's kink
DRAWN = Tolerance(
    rtol=0.02, atol=1.5e-3
)  # statistics of some 60 000 numbers, the mean of N(0, 0.02²) among them

CONV_SIZES = Exercise(
    "conv_sizes",
    sizes.probe_conv_sizes,
    (
        Check(
            "conv",
            2,
            "What `conv_out` returns",
            "How many places are there for the kernel, the first one included?",
        ),
        Check(
            "transposed", 2, "What `conv_transpose_out` returns", "How far apart do the inputs' patches lie?"
        ),
        Check(
            "type",
            1,
            "The type of a size",
            "Which division of whole numbers gives a whole number?",
            needs="conv",
        ),
    ),
    guard="conv",
    title="conv_out, conv_transpose_out",
    definitions=("conv_out", "conv_transpose_out"),
)
WEIGHTS_INIT = Exercise(
    "weights_init",
    sizes.probe_weights_init,
    (
        Check(
            "conv",
            2,
            "The weights of an nn.Conv2d",
            "Which distribution, with which deviation, and is the parameter itself kept?",
            DRAWN,
        ),
        Check(
            "transposed",
            2,
            "The weights of an nn.ConvTranspose2d",
            "Which distribution, with which deviation, and is the parameter itself kept?",
            DRAWN,
        ),
        Check(
            "norm", 4, "The parameters of an nn.BatchNorm2d", "Around which number should a scale lie?", DRAWN
        ),
        Check("others", 2, "What should stay as it is", "How is a module recognised?", needs="conv"),
    ),
    guard="others",
    title="weights_init",
)
_NETWORK_CHECKS = (
    Check(
        "layers",
        7,
        "What the {} computes",
        "Which layers, sizes and activations does it have, in which order?",
        DEEP,
    ),
    Check(
        "batchnorm",
        3,
        "What the {} computes in training mode",
        "Where does BatchNorm stand, and where not?",
        DEEP,
        needs="layers",
    ),
    Check(
        "gradient", 2, "The {}'s gradient", "Is its output still tied to its weights?", FLOW, needs="layers"
    ),
)


def _network_checks(network: str, ask: str) -> tuple[Check, ...]:
    output = Check("output", 3, f"The {network}'s output", ask)
    return (output, *(replace(check, what=check.what.format(network)) for check in _NETWORK_CHECKS))


GENERATOR = Exercise(
    "generator",
    networks.probe_generator,
    _network_checks("generator", "How large are its images, and in which range are the pixels?"),
    guard="layers",
    title="Generator",
)
DISCRIMINATOR = Exercise(
    "discriminator",
    networks.probe_discriminator,
    _network_checks("discriminator", "How many numbers does each image get, also when it is alone?"),
    guard="layers",
    title="Discriminator",
)
MAKE_LABELS = Exercise(
    "make_labels",
    sizes.probe_make_labels,
    (
        Check("value", 2, "The labels' values", "Which argument says what every label is?"),
        Check(
            "form",
            1,
            "The labels' shape and dtype",
            "What should be as in `like`, and what not?",
            needs="value",
        ),
        Check(
            "device",
            1,
            "The labels' device",
            "Where does a new tensor lie if nobody says where?",
            needs="value",
        ),
        Check("like", 1, "What is left of `like`", "Which operation writes into its input?", needs="value"),
    ),
    guard="value",
    title="make_labels",
)
DISCRIMINATOR_STEP = Exercise(
    "discriminator_step",
    steps.probe_discriminator_step,
    (
        Check(
            "returned", 1, "What the step returns", "Which keys does the docstring name, and of which type?"
        ),
        Check("losses", 3, "The losses", "Which label belongs to which images, and what is errD?", STEPS),
        Check(
            "probabilities",
            2,
            "D_x and D_G_z1",
            "Of which output is each the mean, and before or after the update?",
            STEPS,
        ),
        Check(
            "weights", 5, "netD's weights", "Which gradients were added up when the optimiser stepped?", STEPS
        ),
        Check(
            "fake",
            2,
            "The generated images",
            "How often is netG asked, and what still hangs on its answer?",
            STEPS,
        ),
        Check("others", 2, "What the step should leave alone", "Which line reaches it?", needs="weights"),
    ),
    guard="others",
    title="discriminator_step",
)
GENERATOR_STEP = Exercise(
    "generator_step",
    steps.probe_generator_step,
    (
        Check(
            "returned", 1, "What the step returns", "Which keys does the docstring name, and of which type?"
        ),
        Check("losses", 2, "The loss", "Which answer does the generator want from netD?", STEPS),
        Check("probabilities", 1, "D_G_z2", "Of which output is it the mean?", STEPS),
        Check(
            "weights",
            4,
            "netG's weights",
            "How does the loss reach them, and which gradients were used?",
            STEPS,
        ),
        Check("others", 2, "What the step should leave alone", "Which line reaches it?", needs="weights"),
    ),
    guard="others",
    title="generator_step",
)
SNAPSHOT = Exercise(
    "snapshot",
    snapshot.probe_snapshot,
    (
        Check(
            "images",
            2,
            "The images",
            "In which mode does netG make them, and are they as it made them?",
            NETWORK,
        ),
        Check(
            "mode",
            1,
            "What the snapshot should leave alone",
            "In which mode was netG before?",
            needs="images",
        ),
        Check("graph", 1, "The images' graph", "Does anybody need a gradient of a snapshot?", needs="images"),
        Check(
            "device", 1, "Where the images are", "Which device do the pictures have to be on?", needs="images"
        ),
    ),
    guard="mode",
    title="snapshot",
)

LAB = Lab(
    name="dcgan",
    title="A GAN of convolutions",
    exercises=(
        CONV_SIZES,
        WEIGHTS_INIT,
        GENERATOR,
        DISCRIMINATOR,
        MAKE_LABELS,
        DISCRIMINATOR_STEP,
        GENERATOR_STEP,
        SNAPSHOT,
    ),
    questions={f"question_{number}": 5.0 for number in range(1, 5)},
)

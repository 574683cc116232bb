"""The pitfalls of GANs: exercises, checks and marks. The text and the solutions are in `notebooks/gan_pitfalls/`."""

from __future__ import annotations

from autograder.labs.gan_pitfalls import autoencoder, energies, game, modes, theory
from autograder.marking.exercise import GRADIENT, STEPS, Check, Exercise, Lab

LOSS_CHECKS = "Is the loss still tied to its input?"

XY_GAME = Exercise(
    "xy_game",
    game.probe_xy_game,
    (
        Check(
            "form",
            2,
            "What the game returns",
            "How many pairs are there after a number of steps, and of what?",
        ),
        Check(
            "path",
            6,
            "The path of the game",
            "Who moves first, in which direction, and what does the other see?",
            STEPS,
        ),
        Check("rate", 2, "The path of the game", "Where does the learning rate enter?", STEPS),
    ),
    guard="path",
    title="xy_game",
)
OPTIMAL_DISCRIMINATOR = Exercise(
    "optimal_discriminator",
    theory.probe_optimal_discriminator,
    (
        Check(
            "value", 3, "The best discriminator's answer", "Which share of the samples at a place is real?"
        ),
        Check("zeros", 1, "The answer", "What becomes of the quotient where a density is 0?", needs="value"),
        Check(
            "form", 1, "The result, and what was passed in", "Which operation changes them?", needs="value"
        ),
    ),
    guard="value",
    title="optimal_discriminator",
)
JS_DIVERGENCE = Exercise(
    "js_divergence",
    theory.probe_js_divergence,
    (
        Check("value", 3, "The divergence", "Which distribution are both compared with, and in which unit?"),
        Check("zeros", 1, "The divergence", "What is 0 times the logarithm of 0?", needs="value"),
        Check(
            "form",
            1,
            "The result, and what was passed in",
            "Is it a tensor without dimensions?",
            needs="value",
        ),
    ),
    guard="value",
    title="js_divergence",
)
GENERATOR_GRADIENTS = Exercise(
    "generator_gradients",
    theory.probe_generator_gradients,
    (
        Check("saturating", 3, "The saturating loss's gradient", "What is the derivative of log(1 - σ(l))?"),
        Check("other", 3, "The non-saturating loss's gradient", "What is the derivative of -log σ(l)?"),
        Check(
            "extreme",
            3,
            "The gradients",
            "Which numbers does a float32 sigmoid round to 0 or 1?",
            needs="saturating",
        ),
        Check("form", 1, "What comes back", "Which two tensors, of which shape?", needs="other"),
    ),
    guard="saturating",
    title="generator_gradients",
    rounding=True,
)
COST_NETWORK = Exercise(
    "cost_network",
    autoencoder.probe_cost_network,
    (
        Check("form", 2, "The costs", "How many numbers per sample, and of which sign?"),
        Check(
            "empty",
            2,
            "The costs with all parameters 0",
            "What does the network rebuild then, and how far is that off?",
        ),
        Check("alone", 1, "The cost of one sample", "Over which dimension is the mean taken?", needs="form"),
        Check(
            "gradient",
            2,
            "The gradient for the samples",
            "Where do the samples enter the cost?",
            GRADIENT,
            "empty",
        ),
        Check(
            "weights",
            2,
            "The gradient for the weights",
            "Is the reconstruction still tied to the layers?",
            needs="form",
        ),
        Check("linear", 1, "The last layer", "Which values can a sample have?", needs="empty"),
    ),
    guard="form",
    title="CostNetwork",
)
COST_LOSS = Exercise(
    "cost_loss",
    energies.probe_cost_loss,
    (
        Check("value", 6, "The loss", "Which costs should fall, which rise, and how far?"),
        Check("gradient", 3, "The loss's gradient", LOSS_CHECKS, GRADIENT, "value"),
        Check(
            "input",
            1,
            "The costs that were passed in",
            "Which operation writes into its input?",
            needs="value",
        ),
    ),
    guard="value",
    title="cost_loss",
)
GENERATOR_ENERGY_LOSS = Exercise(
    "generator_energy_loss",
    energies.probe_generator_energy_loss,
    (
        Check("value", 3, "The loss", "What does the generator want of the costs of its samples?"),
        Check("gradient", 1.5, "The loss's gradient", LOSS_CHECKS, GRADIENT, "value"),
        Check(
            "input",
            0.5,
            "The costs that were passed in",
            "Which operation writes into its input?",
            needs="value",
        ),
    ),
    guard="value",
    title="generator_energy_loss",
)
MODE_COVERAGE = Exercise(
    "mode_coverage",
    modes.probe_mode_coverage,
    (
        Check("centres", 4, "The number of centres that are hit", "When does a centre count?"),
        Check("share", 4, "The share of samples that hit a centre", "How often does a sample count?"),
        Check("form", 2, "What comes back", "Which two Python types are asked for?", needs="centres"),
    ),
    guard="centres",
    title="mode_coverage",
)
PULLAWAY_LOSS = Exercise(
    "pullaway_loss",
    energies.probe_pullaway_loss,
    (
        Check("value", 4, "The loss", "Which pairs count, and what is taken of each?"),
        Check("gradient", 2.5, "The loss's gradient", LOSS_CHECKS, GRADIENT, "value"),
        Check(
            "zeros",
            3,
            "The loss and its gradient",
            "What is the length of a row of zeros divided by?",
            GRADIENT,
            "value",
        ),
        Check("input", 0.5, "The embeddings", "Which operation writes into its input?", needs="value"),
    ),
    guard="value",
    title="pullaway_loss",
)
SHOULD_TRAIN = Exercise(
    "should_train_discriminator",
    game.probe_should_train_discriminator,
    (
        Check("answer", 2, "The decision", "When is the discriminator ahead?"),
        Check(
            "equal", 1, "The decision", "What is said about a loss that equals the threshold?", needs="answer"
        ),
        Check("type", 1, "What comes back", "Which type is asked for?", needs="answer"),
        Check("tensor", 1, "The decision", "May a loss be a tensor?", needs="answer"),
    ),
    guard="answer",
    title="should_train_discriminator",
)

LAB = Lab(
    name="gan_pitfalls",
    title="What goes wrong with GANs",
    exercises=(
        XY_GAME,
        OPTIMAL_DISCRIMINATOR,
        JS_DIVERGENCE,
        GENERATOR_GRADIENTS,
        COST_NETWORK,
        COST_LOSS,
        GENERATOR_ENERGY_LOSS,
        MODE_COVERAGE,
        PULLAWAY_LOSS,
        SHOULD_TRAIN,
    ),
    questions={f"question_{number}": 5.0 for number in range(1, 5)},
)

"""Neural style transfer: exercises, checks and marks. The text and the solutions are in `notebooks/style_transfer/`."""

from __future__ import annotations

from autograder.labs.style_transfer import features, grams, pixels, transfer
from autograder.marking.exercise import GRADIENT, Check, Exercise, Lab, Tolerance

MAPS = Tolerance(rtol=2e-5, atol=2e-6, scaled=True)  # sums over several convolutions, or over all positions

NORMALIZATION = Exercise(
    "normalization",
    pixels.probe_normalization,
    (
        Check(
            "value",
            5,
            "The normalised images",
            "Which dimension do mean and std belong to, and in which order?",
        ),
        Check(
            "form",
            1,
            "Dtype and shape, and what was passed in",
            "Which operation changes them?",
            needs="value",
        ),
        Check("gradient", 1, "The gradient", "Is the result still tied to the image?", GRADIENT, "value"),
        Check("parameters", 1, "The module's parameters", "What does an optimiser train?", needs="value"),
        Check(
            "device",
            2,
            "What `.to(device)` moves",
            "What does a module know of a plain attribute?",
            needs="value",
        ),
    ),
    guard="value",
    title="Normalization",
)
GET_FEATURES = Exercise(
    "get_features",
    features.probe_get_features,
    (
        Check("returned", 2, "What comes back", "Which names were asked for?"),
        Check("maps", 6, "The feature maps", "What has happened to a map since its layer returned it?", MAPS),
        Check("gradient", 3, "The gradient", "Are the maps still tied to the image?", GRADIENT, "maps"),
        Check("stops", 2, "The layers that run", "When is the last wanted map there?", needs="maps"),
        Check("others", 2, "What should be left alone", "Which line reaches it?", needs="maps"),
    ),
    guard="maps",
    title="get_features",
)
CONTENT_LOSS = Exercise(
    "content_loss",
    grams.probe_content_loss,
    (
        Check("value", 4, "The loss", "Of what is the mean taken, and over how many numbers?"),
        Check(
            "gradient", 3, "The loss's gradient", "Is the loss still tied to the features?", GRADIENT, "value"
        ),
        Check("target", 2, "The target's gradient", "What is fixed here, and what moves?", GRADIENT, "value"),
        Check("input", 1, "Features and target", "Which operation writes into its input?", needs="value"),
    ),
    guard="value",
    title="content_loss",
)
GRAM_MATRIX = Exercise(
    "gram_matrix",
    grams.probe_gram_matrix,
    (
        Check(
            "value", 6, "The Gram matrix", "Which products are summed, and what is the sum divided by?", MAPS
        ),
        Check("batch", 4, "The Gram matrices of a batch", "Are images of a batch being mixed?", MAPS),
        Check(
            "gradient", 3, "The gradient", "Are the entries still tied to the features?", GRADIENT, "value"
        ),
        Check("layout", 2, "The Gram matrix", "What does `.view` ask of a tensor's memory?", MAPS, "value"),
    ),
    guard="value",
    title="gram_matrix",
)
STYLE_LOSS = Exercise(
    "style_loss",
    grams.probe_style_loss,
    (
        Check("value", 5, "The loss", "What is the mean of each layer, and what is its weight?", MAPS),
        Check("layers", 2, "The layers that count", "Which of the three dicts says it?", GRADIENT, "value"),
        Check(
            "gradient", 2, "The loss's gradient", "Is the loss still tied to the features?", GRADIENT, "value"
        ),
        Check("input", 1, "What was passed in", "Which line changes it?", needs="value"),
    ),
    guard="value",
    title="style_loss",
)
TV_LOSS = Exercise(
    "tv_loss",
    pixels.probe_tv_loss,
    (
        Check(
            "value",
            5,
            "The loss",
            "Which neighbours are compared, and over how many pairs is each mean?",
            MAPS,
        ),
        Check(
            "gradient", 2, "The loss's gradient", "Is the loss still tied to the image?", GRADIENT, "value"
        ),
        Check(
            "edges",
            2,
            "The loss and its gradient",
            "Which neighbours has a pixel at the edge?",
            GRADIENT,
            "value",
        ),
        Check("input", 1, "The image", "Which operation writes into its input?", needs="value"),
    ),
    guard="value",
    title="tv_loss",
)
RUN_STYLE_TRANSFER = Exercise(
    "run_style_transfer",
    transfer.probe_run_style_transfer,
    (
        Check(
            "form",
            1,
            "What comes back",
            "What has happened to the image when the loop is over?",
            needs="total",
        ),
        Check(
            "total",
            2,
            "The total loss after 60 steps",
            "What does the optimiser move, and by which gradient?",
        ),
        Check(
            "terms",
            2,
            "Each loss alone",
            "Which losses are in the sum, and from which images are their targets?",
        ),
        Check("weights", 1, "The weights", "Where does each weight enter the sum?", needs="terms"),
        Check("start", 1, "The start", "What does the image begin as?", needs="total"),
        Check("steps", 1, "The steps", "What happens once in each step, and how often?", needs="total"),
        Check("range", 1, "The picture's pixels", "What keeps the optimiser in [0, 1]?", needs="total"),
        Check("others", 1, "What should be left alone", "Which line reaches it?", needs="total"),
    ),
    guard="total",
    title="run_style_transfer",
)

LAB = Lab(
    name="style_transfer",
    title="Neural style transfer",
    exercises=(
        NORMALIZATION,
        GET_FEATURES,
        CONTENT_LOSS,
        GRAM_MATRIX,
        STYLE_LOSS,
        TV_LOSS,
        RUN_STYLE_TRANSFER,
    ),
    questions={f"question_{number}": 5.0 for number in range(1, 5)},
)

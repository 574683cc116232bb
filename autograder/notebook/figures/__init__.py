"""The figures of the labs, drawn by code and shown at once in the notebook."""
# ruff: noqa: F401

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, Animation
from autograder.notebook.figures.convolutions import (
    dcgan_networks,
    leaky_slopes,
    over_steps,
    overlaps,
    strides,
)
from autograder.notebook.figures.curves import (
    generator_losses,
    logits,
    loss_and_gradient,
    loss_curves,
    over_epochs,
    probabilities,
)
from autograder.notebook.figures.images import (
    animate_grids,
    flattened,
    grids_over_epochs,
    image_grid,
    pairs,
    pixel_values,
    pixels_and_tanh,
    real_beside_generated,
    slider,
    strip,
)
from autograder.notebook.figures.plane import (
    animate,
    covered_parts,
    latent_to_points,
    probability_map,
    real_and_generated,
    two_kinds_of_model,
    two_player_diagram,
    where_it_ends,
)

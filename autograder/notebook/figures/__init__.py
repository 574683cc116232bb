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
from autograder.notebook.figures.energies import (
    animate_landscape,
    classifier_and_cost,
    costs_over_steps,
    landscapes,
    tug_of_war,
)
from autograder.notebook.figures.features import (
    feature_maps,
    gram_matrices,
    neighbour_differences,
    occurring_together,
    shuffled_maps,
)
from autograder.notebook.figures.game import (
    best_judge,
    divergence_over_shift,
    saddle,
    stalled_and_moving,
    xy_paths,
)
from autograder.notebook.figures.histories import case
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
from autograder.notebook.figures.modes import (
    encoded,
    hits,
    latent_maps,
    modes_over_steps,
    samples_on_ring,
    table_of_runs,
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
from autograder.notebook.figures.resolution import fading_in, pyramid, two_ways_to_grow
from autograder.notebook.figures.style import (
    animate_painting,
    dial,
    loss_race,
    loss_terms,
    photos,
    style_transfer_diagram,
)

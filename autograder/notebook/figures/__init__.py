"""The figures of the labs, drawn by code and shown at once in the notebook."""
# ruff: noqa: F401

from autograder.notebook.figures.canvas import GENERATED, JUDGE, QUIET, REAL, Animation
from autograder.notebook.figures.curves import generator_losses, loss_curves, over_epochs
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

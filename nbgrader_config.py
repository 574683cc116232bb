"""Read by every nbgrader command that runs in this folder."""

from autograder.grading.nbgrader_pipeline import configure

configure(get_config())  # noqa: F821  nbgrader defines it

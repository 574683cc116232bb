"""Read by every nbgrader command that runs in this folder, and by `python -m autograder grade`."""

from autograder.grading.nbgrader_pipeline import configure

c = get_config()  # noqa: F821  nbgrader defines it
configure(c)

c.Room.timeout = 60  # seconds that a cell may take
c.Room.notebook_timeout = 300  # seconds that a notebook may take
c.Room.output_limit = 1_000_000  # bytes of output that are kept of a cell

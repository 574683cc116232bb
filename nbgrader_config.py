"""Read by every nbgrader command that runs in this folder, and by `python -m autograder grade`."""

from autograder.grading.pipeline import configure

c = get_config()  # noqa: F821  nbgrader defines it
configure(c)

c.Room.timeout = 60  # seconds that a cell may take
c.Room.notebook_timeout = 300  # seconds that a notebook may take
c.Room.output_limit = 10_000_000  # bytes of output that are kept of a notebook
c.Room.sandbox = True  # False: student code runs as you, with all that you can reach

c.RoomProvisioner.memory = 2 * 2**30  # bytes, of all processes of a room together
c.RoomProvisioner.processes = 128
c.RoomProvisioner.open_files = 1024  # of each process
c.RoomProvisioner.file_size = 100_000_000  # bytes of each file
c.RoomProvisioner.disk = 200_000_000  # bytes in the notebook's folder

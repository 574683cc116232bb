"""What a room may use: the defaults suit the labs, nbgrader_config.py may set others (`c.RoomProvisioner`)."""

from __future__ import annotations

import resource
from dataclasses import dataclass

MB, GB = 10**6, 2**30


@dataclass(frozen=True)
class Limits:
    """Limits of one room; all sizes in bytes."""

    memory: int = 2 * GB  # of all its processes together, beyond what a warm process holds already
    processes: int = 128  # twice as many with their threads
    open_files: int = 1024  # of each process
    file_size: int = 100 * MB
    disk: int = 200 * MB  # in the notebook's folder; /tmp and /dev/shm get a quarter each

    def apply(self, held: int) -> None:
        """Let the kernel of the operating system hold this process to the limits; `held` bytes are not counted.

        Memory is limited as data (heap and private mappings): torch reserves far more addresses than it uses.
        """
        for what, most in (
            (resource.RLIMIT_DATA, self.memory + held),
            (resource.RLIMIT_NPROC, 2 * self.processes),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(what)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (most, most))

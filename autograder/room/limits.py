"""How much a room may use. The defaults suit the labs; nbgrader_config.py may set others (`c.RoomProvisioner`).

Memory and the number of processes are limits of the whole room: the supervisor counts them. The operating system holds
each process to the other ones, and to twice the number of processes and threads, so that neither can grow in between.
Files that a room writes lie in memory and are not part of `memory`: all of them together have one and a half times
`disk`. Computing time, a kernel's buffers for pipes and sockets, and what a process reads are not counted.
Time and the size of the output are limits of a notebook: see `execution`.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass

MB, GB = 10**6, 2**30


@dataclass(frozen=True)
class Limits:
    """Limits of one room; all sizes in bytes."""

    memory: int = 2 * GB  # of all its processes together, beyond what they have from the fork server
    processes: int = 128  # twice as many with their threads
    open_files: int = 1024  # of each process
    file_size: int = 100 * MB
    disk: int = 200 * MB  # in the notebook's folder; /tmp and /dev/shm get a quarter each

    def apply(self, inherited: int) -> None:
        """Let the operating system hold this process to the limits; `inherited` bytes of memory are not counted.

        Memory is limited as data (heap and private mappings): torch reserves far more addresses than it uses.
        """
        for resource_type, highest in (
            (resource.RLIMIT_DATA, self.memory + inherited),
            (resource.RLIMIT_NPROC, 2 * self.processes),
            (resource.RLIMIT_NOFILE, self.open_files),
            (resource.RLIMIT_FSIZE, self.file_size),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(resource_type)[1]
            allowed = highest if hard == resource.RLIM_INFINITY else min(highest, hard)
            resource.setrlimit(resource_type, (allowed, allowed))

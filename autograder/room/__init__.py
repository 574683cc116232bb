"""Where student code runs: a kernel of its own for each submission, in a sandbox, with limits on everything.

How a room comes to be: `fork_server` has imported what the labs import and forks a `supervisor` for each room; the
supervisor enters the namespaces that `sandbox` has opened, gives up every privilege and starts the kernel, which tries
the escapes of `canaries` before it is used. `provisioner` is how jupyter_client asks for such a kernel, `execution` how
a notebook is run in it.
"""

from __future__ import annotations

import os


def cores() -> int:
    """The number of cores that this process may use: as many rooms run at once unless `--jobs` says otherwise."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

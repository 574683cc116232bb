"""The command `python -m autograder doctor`."""

from __future__ import annotations

import sys

import click


@click.command(short_help="Say what is missing on this machine.")
def doctor() -> None:
    """Say what is missing on this machine (versions, sandbox, disk, memory, key, data) and how to get it.

    Exit status: 0 when nothing essential is missing, 1 when something has to be mended.

    Example: python -m autograder doctor
    """
    from autograder.doctor.doctor import doctor as run

    sys.exit(run())

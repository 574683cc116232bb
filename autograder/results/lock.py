"""The lock of an output folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from autograder.errors import CourseError
from autograder.files.atomic import explained_disk_errors


@contextmanager
def run_lock(out: Path) -> Iterator[None]:
    """One run at a time writes into an output folder. Raises CourseError."""
    lock = FileLock(out / ".lock", timeout=0)
    try:
        with explained_disk_errors(out):
            out.mkdir(parents=True, exist_ok=True)
            lock.acquire()
    except Timeout:
        raise CourseError(
            f"Another run writes into {out}. Wait for its end, or choose another --out."
        ) from None
    except (OSError, NotImplementedError) as error:
        raise CourseError(f"{out} can't be used ({error}). Choose another --out.") from None
    try:
        yield
    finally:
        lock.release()

"""Files that are written whole or not at all, also when the power goes."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from autograder.errors import CourseError

_DISK_AT_FAULT = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
# What FAT and some network drives say of hard links.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}


@contextlib.contextmanager
def written_whole(path: Path, *, replace: bool = True, private: bool = False) -> Iterator[BinaryIO]:
    """A binary file that takes its place at `path` when all of it is written.

    With `replace=False` a file that is there already stays, and FileExistsError is raised. A `private` file can be
    read by its owner only; others get the permissions of a new file. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, partial = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if not private:
            os.chmod(partial, 0o666 & ~_umask())
        if replace:
            os.replace(partial, path)
        else:
            _link(partial, path)
        _synchronise(path.parent)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, whole or not at all; other signs become question marks. Raises OSError."""
    with written_whole(path) as file:
        file.write(text.encode("utf-8", "replace"))


def _link(partial: str, path: Path) -> None:
    """Give the file its name, unless another process was quicker."""
    try:
        os.link(partial, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.replace(partial, path)


def _synchronise(folder: Path) -> None:
    """Let the new name reach the disk too; not every file system lets a folder be synchronised."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    """The permissions that new files don't get; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def explained_disk_errors(folder: Path) -> Iterator[None]:
    """Raise CourseError with a sentence where the disk is full, broken or read-only; other errors pass unchanged."""
    try:
        yield
    except OSError as error:
        if error.errno not in _DISK_AT_FAULT:
            raise
        raise CourseError(
            f"{error.filename or folder} can't be written: {error.strerror}. Mend that and run the command again; "
            "what is finished is kept."
        ) from None

"""Hidden seeds: from a course key that the instructor keeps, for each student and lab another one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from autograder.building.course import CourseError

KEY_FILE = ".course_key"
# What FAT and some network drives say of hard links.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.ENOSYS}


def course_key(root: Path) -> bytes:
    """The course's key; it is made when first needed and should be kept with the gradebook, never handed out.

    Raises CourseError where there is a file that holds none: marks are made from it, so nobody guesses one.
    """
    path = root / KEY_FILE
    try:
        if not os.path.lexists(path):
            _make(path)
        key = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it holds more than letters and digits"
        raise CourseError(f"The course's key {path} can't be used: {said}.") from None
    if not key:
        raise CourseError(
            f"The course's key {path} is empty. Put it back from a copy; where there is none delete the file: "
            "a new one is made, and everything is graded again."
        )
    return key.encode()


def _make(path: Path) -> None:
    """Whole or not at all; where another process was quicker its key stays."""
    text = f"{secrets.token_hex(32)}\n".encode()
    descriptor, partial = tempfile.mkstemp(prefix=f"{KEY_FILE}.", dir=path.parent)  # nobody else may read it
    try:
        _write(descriptor, text)
        os.link(partial, path)
    except FileExistsError:
        pass
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        with contextlib.suppress(FileExistsError):
            _write(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), text)
    finally:
        os.unlink(partial)


def _write(descriptor: int, text: bytes) -> None:
    with open(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def hidden_seed(key: bytes, student: str, lab: str) -> int:
    """A seed in [0, 2**32), by HMAC-SHA256 of student and lab."""
    digest = hmac.new(key, f"{lab}\0{student}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big")

"""Hidden seeds: from a course key that the instructor keeps, for each student and lab another one."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from autograder.errors import CourseError
from autograder.files.atomic import written_whole

KEY_FILE = ".course_key"


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
    """Whole or not at all, for its owner's eyes; where another process was quicker its key stays."""
    path.parent.stat()  # no folder is made for a key
    with contextlib.suppress(FileExistsError), written_whole(path, replace=False, private=True) as file:
        file.write(f"{secrets.token_hex(32)}\n".encode())


def hidden_seed(key: bytes, student: str, lab: str) -> int:
    """A seed in [0, 2**32), by HMAC-SHA256 of student and lab."""
    digest = hmac.new(key, f"{lab}\0{student}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:4], "big")

"""The errors that people meet, each with a sentence that says what to do, and a way to print foreign text safely."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

import click


class CourseError(click.ClickException):
    """An error that the person at the command line can mend; the message says how. The exit status is 2."""

    exit_code = 2


class NeedsAttention(Exception):
    """A submission can't be graded without a person; the message says why."""


class PlainError(ValueError):
    """An error whose message is for students; notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def error_summary(error: BaseException) -> str:
    """An exception in one line, fit for a note: its type, and at most 300 characters of what it says."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def printable(text: str) -> str:
    """Foreign text made safe for a terminal: nothing in it moves the cursor, changes colours or reverses the line."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "?" for sign in text)


def error_line(error: BaseException) -> str:
    """An exception in one line: its type, what it says, and where it was raised."""
    text = f"{type(error).__name__}: {error}".rstrip(".")
    frames = extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) or not frames:  # it names its file and line itself
        return text
    return f"{text} ({Path(frames[-1].filename).name}, line {frames[-1].lineno})"

"""The errors that people meet, each one sentence that says what to do; and how to print what others wrote."""

from __future__ import annotations

import click


class CourseError(click.ClickException):
    """Something that a person at the command line can mend; the message says how. Its command ends with status 2."""

    exit_code = 2


class NeedsAttention(Exception):
    """A submission that only a person can sort out; the message says why."""


class PlainError(ValueError):
    """The message is one for students; notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def printable(text: str) -> str:
    """What others wrote, for a terminal: nothing in it moves the cursor, changes a colour or turns the line round."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "?" for sign in text)

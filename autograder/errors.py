"""What people may get wrong outside the exercises, said in one sentence; and how to print what others wrote."""

from __future__ import annotations


class PlainError(ValueError):
    """The message is one for students; notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def printable(text: str) -> str:
    """What others wrote, for a terminal: nothing in it moves the cursor, changes a colour or turns the line round."""
    return "".join(sign if sign.isprintable() else " " if sign.isspace() else "?" for sign in text)

"""What students may get wrong outside the exercises, said in one sentence that names the fix."""

from __future__ import annotations


class PlainError(ValueError):
    """The message is one for students; notebooks show it without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]

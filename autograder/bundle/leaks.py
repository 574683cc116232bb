"""Searches files for what students must not get: solutions, hidden tests, mark schemes, catalogues, the key.

Secrets are compared as text without blanks, so that another indentation or line length hides nothing: each secret as a
whole, and lines and pairs of lines of it that are long enough to give it away. What the released notebooks hold anyway
is no secret.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from autograder.cells.metadata import grade_id
from autograder.cells.regions import find_marker, regions, without_regions
from autograder.course.catalogue import Rewrite, alternatives, mistakes
from autograder.course.course import Course
from autograder.course.seeds import KEY_FILE
from autograder.labs import lab_names

# Letters without blanks from which on a whole, a line, two lines give a secret away.
_WHOLE, _LINE, _PAIR = 14, 40, 44


class Secrets:
    """The secrets of a course: `pieces` are texts without blanks, each with what it is a piece of."""

    def __init__(self, course: Course) -> None:
        """Read the whole course: all labs, also those that are not handed out."""
        self._released, self._released_lines = "", set[str]()
        self.pieces: dict[str, str] = {}
        secret: list[tuple[str, str]] = []
        for lab in lab_names():
            released, found = _regions(course, lab)
            self._released += _squeezed(released)
            self._released_lines |= set(map(_squeezed, released.splitlines()))
            secret += found
        for description, text in secret:
            self._add(description, text, lines=1)
        for lab in lab_names():
            for alternative in alternatives(course, lab):
                for text in _texts(alternative):
                    self._add(f"alternative {alternative.id} of {lab}", text, lines=2, whole=1)
            for mistake in mistakes(course, lab):
                for text in _texts(mistake):
                    self._add(f"mistake {mistake.id} of {lab}", text, lines=2, whole=2)
        self._add_whole(str(course.root), f"the path {course.root}")
        key = course.root / KEY_FILE
        if key.exists():
            self._add_whole(key.read_text(encoding="ascii", errors="replace"), f"the key in {KEY_FILE}")

    def _add(self, description: str, text: str, *, lines: int, whole: int = 1) -> None:
        """Add the pieces of a text that are long enough and not released anyway.

        These are the whole text, if it has at least `whole` lines, pairs of lines and, with `lines=1`, single lines.
        """
        code = [line for line in map(_squeezed, text.splitlines()) if line and not line.startswith("#")]
        while code and code[0] in self._released_lines:  # the signature and the docstring
            del code[0]
        pieces = ["".join(code)] if len("".join(code)) >= _WHOLE and len(code) >= whole else []
        pieces += [line for line in code if len(line) >= _LINE and lines == 1]
        pieces += [line + following for line, following in pairwise(code) if len(line + following) >= _PAIR]
        for piece in pieces:
            if piece not in self._released:
                self.pieces.setdefault(piece, description)

    def _add_whole(self, text: str, description: str) -> None:
        if len(_squeezed(text)) > 3:
            self.pieces[_squeezed(text)] = description

    def found_in(self, name: str, content: bytes) -> str | None:
        """A description of the first secret that a file holds, or None."""
        text = content.decode("utf-8", "replace")
        readings = [_squeezed(text)]
        if name.endswith((".ipynb", ".json")):
            readings.append(_squeezed("\n".join(_strings(json.loads(text)))))
        for reading in readings:
            if marker := find_marker(reading):
                return f"a marker, {marker}"
            for piece, description in self.pieces.items():
                if piece in reading:
                    return description
        return None


def find_leaks(course: Course, files: dict[str, bytes]) -> list[str]:
    """A sentence for each file that holds a secret."""
    secrets = Secrets(course)
    found = ((name, secrets.found_in(name, content)) for name, content in files.items())
    return [f"{name} holds {description}" for name, description in found if description]


def _regions(course: Course, lab: str) -> tuple[str, list[tuple[str, str]]]:
    """The part of a lab's source that is released, and its secret regions, each with a description."""
    released, secret = [], []
    for cell in json.loads(course.source(lab).read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        name = grade_id(cell) or "a cell"
        for kind, region in regions(text):
            secret.append((f"{lab}: {kind.lower()} of {name}", region))
        released.append(without_regions(text))
    return "\n".join(released), secret


def _texts(rewrite: Rewrite) -> Iterator[str]:
    """The texts of code in a rewrite. Its sentence is no secret: messages to students show it."""
    if rewrite.code:
        yield rewrite.code
    yield from (new for new in rewrite.edits.values() if len(_squeezed(new)) >= _LINE)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _strings(value: Any) -> Iterator[str]:
    """All texts in a value from JSON; lists of lines, as notebooks have them, are joined."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(line, str) for line in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)

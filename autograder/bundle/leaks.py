"""Looks for what students must not get: solutions, hidden tests, mark schemes, catalogues, the key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from autograder.cells.metadata import grade_id
from autograder.cells.regions import find_marker, regions, without_regions
from autograder.course.catalogue import Rewrite, alternatives, mistakes
from autograder.course.course import Course
from autograder.course.seeds import KEY_FILE
from autograder.labs import lab_names

_WHOLE, _LINE, _PAIR = 14, 40, 44  # letters without blanks from which a whole, a line, two lines are telling


class Secrets:
    """What must not be handed out, as pieces of text without blanks, each with what it is."""

    def __init__(self, course: Course) -> None:
        """Reads the whole course: all labs, also those that are not handed out."""
        self._given, self._given_lines = "", set()
        self.pieces: dict[str, str] = {}
        regions: list[tuple[str, str]] = []
        for lab in lab_names():
            given, found = _regions(course, lab)
            self._given += _squeezed(given)
            self._given_lines |= set(map(_squeezed, given.splitlines()))
            regions += found
        for what, text in regions:
            self._add(what, text, lines=1)
        for lab in lab_names():
            for right in alternatives(course, lab):
                for text in _texts(right):
                    self._add(f"alternative {right.id} of {lab}", text, lines=2, whole=1)
            for wrong in mistakes(course, lab):
                for text in _texts(wrong):
                    self._add(f"mistake {wrong.id} of {lab}", text, lines=2, whole=2)
        self._add_whole(str(course.root), f"the path {course.root}")
        key = course.root / KEY_FILE
        if key.exists():
            self._add_whole(key.read_text(encoding="ascii", errors="replace"), f"the key in {KEY_FILE}")

    def _add(self, what: str, text: str, *, lines: int, whole: int = 1) -> None:
        """The whole, if it has at least `whole` lines, and each run of `lines` lines or two that is long enough.

        What students are given anyway is no secret.
        """
        code = [line for line in map(_squeezed, text.splitlines()) if line and not line.startswith("#")]
        while code and code[0] in self._given_lines:  # the signature and the docstring
            del code[0]
        wanted = ["".join(code)] if len("".join(code)) >= _WHOLE and len(code) >= whole else []
        wanted += [line for line in code if len(line) >= _LINE and lines == 1]
        wanted += [one + two for one, two in zip(code, code[1:], strict=False) if len(one + two) >= _PAIR]
        for piece in wanted:
            if piece not in self._given:
                self.pieces.setdefault(piece, what)

    def _add_whole(self, text: str, what: str) -> None:
        if len(_squeezed(text)) > 3:
            self.pieces[_squeezed(text)] = what

    def found_in(self, name: str, content: bytes) -> str | None:
        """What of it a file holds, or None."""
        text = content.decode("utf-8", "replace")
        readable = [_squeezed(text)]
        if name.endswith((".ipynb", ".json")):
            readable.append(_squeezed("\n".join(_strings(json.loads(text)))))
        for one in readable:
            if marker := find_marker(one):
                return f"a marker, {marker}"
            for piece, what in self.pieces.items():
                if piece in one:
                    return what
        return None


def find_leaks(course: Course, files: dict[str, bytes]) -> list[str]:
    """A sentence for each file that holds a secret."""
    secrets = Secrets(course)
    found = ((name, secrets.found_in(name, content)) for name, content in files.items())
    return [f"{name} holds {what}" for name, what in found if what]


def _regions(course: Course, lab: str) -> tuple[str, list[tuple[str, str]]]:
    """What of a lab's source everybody gets, and its secret regions, each with what it is."""
    given, found = [], []
    for cell in json.loads(course.source(lab).read_text(encoding="utf-8"))["cells"]:
        text = "".join(cell["source"])
        name = grade_id(cell) or "a cell"
        for kind, region in regions(text):
            found.append((f"{lab}: {kind.lower()} of {name}", region))
        given.append(without_regions(text))
    return "\n".join(given), found


def _texts(rewrite: Rewrite) -> Iterator[str]:
    """The code of a rewrite. Its sentence is no secret: messages to students show it."""
    if rewrite.code:
        yield rewrite.code
    yield from (new for new in rewrite.edits.values() if len(_squeezed(new)) >= _LINE)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _strings(value: Any) -> Iterator[str]:
    """All texts in JSON; lists of lines, as notebooks keep them, put together."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield "".join(value)
    elif isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)

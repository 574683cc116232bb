"""From the bytes that were handed in to JSON data: other encodings, merges, lost commas, a missing end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from autograder.errors import NeedsAttention

MAX_TOKENS = 5_000_000  # commas and brackets: what a file needs in memory depends on them
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'  # possessive: a hostile text takes no longer than others
# A comma that closes a list, and a place between two values where one is missing.
_COMMAS = re.compile(rf',(?=\s*+[\]}}])|({_STRING}|[}}\]])(?=\s*+["{{\[])|{_STRING}|".*', re.DOTALL)
_NEXT = re.compile(r"[^\s,]")
_OTHER_FORMATS = {
    b"PK\x03\x04": "a ZIP archive",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\x89PNG": "a picture",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}


def decode(raw: bytes, name: str) -> tuple[str, list[str]]:
    """The text of a file, and a note where it is not UTF-8; NeedsAttention where it is something else."""
    start = raw[:200].lstrip().lower()
    for magic, kind in _OTHER_FORMATS.items():
        if start.startswith(magic.lower()):
            raise NeedsAttention(
                f"{name} is not a notebook but {kind}: it is no JSON text. Was another file renamed?"
            )
    if not raw.strip(b"\0 \t\r\n"):
        raise NeedsAttention(f"{name} is not a notebook: it is empty, no JSON text. Ask for it once more.")
    encoding: str = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-8" and error.start >= len(raw) - 3:  # cut off within a character
            return raw[: error.start].decode(encoding), []
        encoding, text = "cp1252", raw.decode("cp1252", "replace")
    return text, [] if encoding == "utf-8" else [
        f"{name} was saved as {encoding}, not as UTF-8; it was read all the same."
    ]


def parse(text: str, name: str) -> tuple[Any, list[str], bool]:
    """Data, notes, and whether the end is missing; NeedsAttention where it is no JSON that can be mended."""
    if sum(map(text.count, ",[{")) > MAX_TOKENS:
        raise NeedsAttention(f"{name} holds millions of entries. Clear its outputs and hand it in again.")
    try:
        return json.loads(text), [], False
    except RecursionError:
        raise NeedsAttention(
            f"{name} is not a notebook: it is nested too deep, no JSON text of one."
        ) from None
    except ValueError:
        pass
    try:
        return _mended(text, name)
    except RecursionError:
        raise NeedsAttention(
            f"{name} is not a notebook: it is nested too deep, no JSON text of one."
        ) from None


def _mended(text: str, name: str) -> tuple[Any, list[str], bool]:
    sides = sides_of_merge(text)
    if sides:
        return _merged(sides, name)
    attempts: tuple[tuple[str, Callable[[str], Any]], ...] = (
        ("held control characters within its texts", _loads),
        ("had commas too many or too few", _with_commas),
        ("had something behind its end, which was left out", _first_value),
    )
    for note, attempt in attempts:
        try:
            return attempt(text), [f"{name} {note}; it was mended."], False
        except ValueError:
            continue
    data = _without_end(text)
    if data is None:
        raise NeedsAttention(f"{name} is not a notebook: it is no JSON text. Was another file renamed?")
    return data, [], True


def _loads(text: str) -> Any:
    """JSON that may hold control characters within its texts."""
    return json.loads(text, strict=False)


def _with_commas(text: str) -> Any:
    return _loads(
        _COMMAS.sub(lambda found: f"{found[0]}," if found[1] else "" if found[0] == "," else found[0], text)
    )


def _first_value(text: str) -> Any:
    start = len(text) - len(text.lstrip())
    return json.JSONDecoder(strict=False).raw_decode(text, start)[0]


def _without_end(text: str) -> dict[str, Any] | None:
    """The whole cells of a notebook that stops in the middle; None where there is none."""
    found = re.search(r'"cells"\s*:\s*\[', text)
    if not found:
        return None
    cells, place, decoder = [], found.end(), json.JSONDecoder(strict=False)
    while True:
        try:
            cell, place = decoder.raw_decode(text, _after_comma(text, place))
        except (ValueError, RecursionError):
            break
        cells.append(cell)
    if '"worksheets"' in text[: found.start()]:
        return {"worksheets": [{"cells": cells}], "metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} if cells else None


def _after_comma(text: str, place: int) -> int:
    """Where the next value begins, or the text ends."""
    found = _NEXT.search(text, place)
    return found.start() if found else len(text)


def sides_of_merge(text: str) -> tuple[str, str] | None:
    """Both sides of a merge that left its markers (<<<<<<<) in a text; None where there is none."""
    kept: dict[str, list[str]] = {"ours": [], "base": [], "theirs": []}
    sides: tuple[str, ...] = ("ours", "theirs")
    found = False
    for line in text.splitlines(keepends=True):
        marker = line[:7]
        if marker == "<<<<<<<":
            sides, found = ("ours",), True
        elif marker == "|||||||" and sides == ("ours",):
            sides = ("base",)
        elif marker == "=======" and sides in (("ours",), ("base",)):
            sides = ("theirs",)
        elif marker == ">>>>>>>" and sides == ("theirs",):
            sides = ("ours", "theirs")
        else:
            for side in sides:
                kept[side].append(line)
    return ("".join(kept["ours"]), "".join(kept["theirs"])) if found else None


def _merged(sides: tuple[str, str], name: str) -> tuple[Any, list[str], bool]:
    """A merge that was never resolved: fine where both sides hold the same cells."""
    try:
        (ours, notes, cut), (theirs, *_) = (parse(side, name) for side in sides)
    except NeedsAttention:
        raise NeedsAttention(
            f"{name} is not a notebook: a merge left its markers (<<<<<<<), no JSON text."
        ) from None
    if _sources(ours) != _sources(theirs):
        raise NeedsAttention(
            f"{name} holds both sides of a merge (<<<<<<<), and their cells differ. Ask which side should count."
        )
    note = f"A merge had left its markers (<<<<<<<) in {name}; both sides hold the same cells."
    return ours, [note, *notes], cut


def _sources(data: Any) -> list[Any]:
    cells = data.get("cells") if isinstance(data, dict) else None
    listed = [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []
    return [(cell.get("cell_type"), "".join(map(str, cell.get("source") or ""))) for cell in listed]

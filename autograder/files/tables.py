"""Tables as text: reading what spreadsheets write, and writing what they may open without harm."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from autograder.errors import CourseError
from autograder.files.atomic import write_text

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_MAX_BYTES = 20_000_000


def read_table(path: Path, *, strip: bool = True) -> list[list[str]]:
    """The rows that hold anything, with blanks around cells removed unless `strip` is False. Raises CourseError.

    The separator may be a comma, a semicolon or a tab, and the encoding UTF-8, UTF-16 or Latin-1.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"{path} can't be read ({error.strerror}). Name a table of students (CSV)."
        ) from None
    if len(raw) > _MAX_BYTES or (b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff"))):
        raise CourseError(f"{path} is no table of text. Save it as CSV.")
    text = _decoded(raw)
    # Where the comma is the decimal sign, spreadsheets separate by semicolons.
    heading = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(",;\t", key=heading.count)
    try:
        rows = [
            [cell.strip() if strip else cell for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise CourseError(f"{path} is no table ({error}). Save it as CSV.") from None
    return [row for row in rows if any(row)]


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "latin-1"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-16", "replace")


def write_table(path: Path, rows: Iterable[Iterable[str]]) -> None:
    """A CSV file, written whole or not at all; no cell of it is a formula. Raises OSError."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([inert(cell) for cell in row] for row in rows)
    write_text(path, text.getvalue())


def inert(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in _FORMULA or (text.lstrip()[:1] in _FORMULA and text.strip()) else text

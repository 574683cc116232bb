"""Mends the text of cells: conflicts of a merge, characters that came with copying, installing of packages, magics."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in, substance
from autograder.cells.metadata import is_locked
from autograder.errors import NeedsAttention
from autograder.intake.damaged_json import sides_of_merge
from autograder.intake.form import Form
from autograder.intake.pieces import Piece

_INSTALL = re.compile(
    r"^([ \t]*)([!%][ \t]*(?:sudo[ \t]+)?(?:\S*python[\d.]*[ \t]+-m[ \t]+)?(?:pip3?|uv|conda|mamba|apt(?:-get)?)\b.*)$",
    re.MULTILINE,
)
# What word processors, mail and web pages put in the place of spaces and quotes.
_LOOKALIKES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": ""}
    | dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2018\u2019\u201a", "'")
)
_MAGIC = re.compile(r"\A\s*(%%[^\n]*)\n")
_HARMLESS_MAGIC = re.compile(r"%%(?:time|capture)\b")  # what is defined under them stays


def clean(pieces: list[Piece], form: Form, notes: list[str]) -> list[Piece]:
    """The pieces with their texts mended. NeedsAttention where both sides of a merge may count."""
    cleaned = []
    for index, piece in enumerate(pieces):
        label = f"The cell {piece.name}" if piece.name in form.named else f"Cell {index + 1}"
        text = _one_side(piece, form.named.get(piece.name or ""), label, notes)
        if piece.is_code:
            text = _without_lookalikes(text, label, notes)
            text = _without_installing(text, label, notes)
            text = _without_magic(text, form.definitions, label, notes)
        cleaned.append(piece.with_text(text))
    return cleaned


def _one_side(piece: Piece, released: NotebookNode | None, label: str, notes: list[str]) -> str:
    """The side of a merge that is filled in; where both are and they differ, a person decides."""
    sides = sides_of_merge(piece.text)
    if sides is None:
        return piece.text
    filled = [side for side in sides if released is None or filled_in(piece.with_text(side).cell, released)]
    students = released is not None and not is_locked(released)
    differ = len(filled) == 2 and substance(filled[0]) != substance(filled[1])
    if differ and (students or (piece.is_code and defined(sides[0]) | defined(sides[1]))):
        raise NeedsAttention(
            f"{label} holds both sides of a merge (<<<<<<<), and they differ. Ask which side should count."
        )
    notes.append(f"{label} held the markers of a merge (<<<<<<<); they were taken out.")
    return (filled or sides)[0].rstrip("\n")


def _without_lookalikes(text: str, label: str, notes: list[str]) -> str:
    plain = text.translate(_LOOKALIKES)
    if plain == text or parsed(text) is not None or parsed(plain) is None:
        return text
    notes.append(
        f"{label} held characters that Python can't read, such as no-break spaces; they were replaced."
    )
    return plain


def _without_installing(text: str, label: str, notes: list[str]) -> str:
    plain, count = _INSTALL.subn(r"\1pass  # not run when graded: \2", text)
    if count:
        notes.append(
            f"{label} installs packages; those lines were left out, since a graded run has no network."
        )
    return plain


def _without_magic(text: str, definitions: frozenset[str], label: str, notes: list[str]) -> str:
    """Under most cell magics nothing gets defined, though the student saw it work before the magic came."""
    found = _MAGIC.match(text)
    if not found or _HARMLESS_MAGIC.match(found[1]) or not defined(text) & definitions:
        return text
    notes.append(
        f"{label} began with {found[1][:40]}, under which nothing is defined; that line was left out."
    )
    return text[found.end() :]

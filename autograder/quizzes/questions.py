"""The questions of a lab, read from its TOML file and looked over when they are loaded."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PARTS = ("start", "end")
LETTERS = "abcd"
QUESTIONS, OPTIONS = (4, 5), (3, 4)  # fewest and most


class QuizFileError(ValueError):
    """A file of questions that can't be used; the message names the place."""


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from, and what there is to say about it."""

    letter: str
    text: str
    reason: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question with its options, exactly one of which is right."""

    text: str
    options: tuple[Option, ...]


def quiz_labs() -> list[str]:
    """The labs that have quizzes, by name."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


@lru_cache
def load_questions(lab: str) -> dict[str, tuple[Question, ...]]:
    """The questions of a lab: "start" and "end" -> questions."""
    return parse_questions((FOLDER / f"{lab}.toml").read_text(encoding="utf-8"), f"{lab}.toml")


def parse_questions(source: str, place: str) -> dict[str, tuple[Question, ...]]:
    """The questions in a TOML text, or QuizFileError with the place of the first fault."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise QuizFileError(f"{place}: {error}") from None
    _require(set(data) == set(PARTS), place, f"holds {sorted(data)} instead of {' and '.join(PARTS)}")
    return {part: _part(data[part], f"{place}, {part}") for part in PARTS}


def _part(entries: Any, place: str) -> tuple[Question, ...]:
    """The questions of one quiz."""
    tables = isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    _require(tables, place, "is not a list of questions")
    fewest, most = QUESTIONS
    _require(fewest <= len(entries) <= most, place, f"has {len(entries)} questions, not {fewest} to {most}")
    return tuple(_question(entry, f"{place}, question {i}") for i, entry in enumerate(entries, start=1))


def _question(entry: dict[str, Any], place: str) -> Question:
    """One question: its text, which option is right, and the options by letter."""
    letters = [key for key in entry if key not in ("question", "right")]
    fewest, most = OPTIONS
    _require(fewest <= len(letters) <= most, place, f"has {len(letters)} options, not {fewest} to {most}")
    _require(
        letters == list(LETTERS[: len(letters)]), place, f"has the options {letters}, not a, b, c in order"
    )
    right = entry.get("right")
    _require(right in letters, place, f"says that {right!r} is right, which is no option")
    options = tuple(_option(letter, entry[letter], letter == right, place) for letter in letters)
    _require(len({option.text for option in options}) == len(options), place, "has the same option twice")
    return Question(_text(entry, "question", place), options)


def _option(letter: str, entry: Any, right: bool, place: str) -> Option:
    """One option, with a reason of its own."""
    place = f"{place}, option {letter}"
    _require(isinstance(entry, dict) and set(entry) == {"text", "reason"}, place, "needs a text and a reason")
    return Option(letter, _text(entry, "text", place), _text(entry, "reason", place), right)


def _text(entry: dict[str, Any], key: str, place: str) -> str:
    """A text on one line, its `code` closed."""
    text = entry.get(key)
    if not isinstance(text, str) or not text.strip():
        raise QuizFileError(f"{place} has no {key}.")
    _require(text.count("`") % 2 == 0, place, f"has an odd number of backticks in its {key}")
    return " ".join(text.split())


def _require(fine: bool, place: str, fault: str) -> None:
    if not fine:
        raise QuizFileError(f"{place} {fault}.")

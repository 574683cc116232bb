"""What a kernel sends while a cell runs: how much of it a notebook would hold, and whether it may hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

# Of these nothing is kept; without "status" nobody would know that a cell is done.
_NOT_KEPT = ("status", "execute_input")
_ERROR_TEXT = 5_000  # characters of each part of an error


class Meter:
    """Counts what is sent, up to a limit for each account."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counted: Counter[Hashable] = Counter()

    def add(self, size: int, account: Hashable) -> tuple[bool, bool]:
        """Whether an account's limit is reached, and whether this is the first time; what has no size always passes."""
        if not size:
            return False, False
        before = self._counted[account]
        self._counted[account] += size
        exceeded = before + size > self.limit
        return exceeded, exceeded and before <= self.limit


def size_of(message: dict[str, Any], shown: Mapping[str, Mapping[int, list[int]]]) -> int:
    """Characters that it would add to the notebook; `shown` are the places of outputs that can be updated.

    What is shown under a name replaces all that was shown under it before, wherever that stands.
    """
    if message["msg_type"] in _NOT_KEPT:
        return 0
    places = shown.get(_display_id(message), {})
    return len(str(message["content"])) * (1 + sum(map(len, places.values())))


def _display_id(message: dict[str, Any]) -> Any:
    return (message["content"].get("transient") or {}).get("display_id")


def is_sound(message: dict[str, Any]) -> bool:
    """Whether what it shows in the place of earlier outputs may stand there; other messages show nothing there."""
    if message["msg_type"] in _NOT_KEPT or not _display_id(message):
        return True
    data, metadata = message["content"]["data"], message["content"]["metadata"]
    return is_output(NotebookNode(output_type="display_data", data=data, metadata=metadata))


def is_output(output: NotebookNode) -> bool:
    """Whether a notebook may hold it."""
    if output.get("output_type") == "stream":  # there may be thousands
        return isinstance(output.get("text"), str) and output.get("name") in ("stdout", "stderr")
    try:
        nbformat.validate(output, ref="output", version=4)
    except nbformat.ValidationError:
        return False
    return True


def shorten_errors(cell: NotebookNode) -> None:
    """An error's text comes with the reply too, past the limit of output."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            output.ename, output.evalue = str(output.ename)[:200], str(output.evalue)[:_ERROR_TEXT]
            output.traceback = [str(line)[:_ERROR_TEXT] for line in list(output.traceback)[-50:]]

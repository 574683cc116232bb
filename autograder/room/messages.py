"""The messages that a kernel sends while a cell runs: how much each adds to the notebook, and whether it is valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

# These add nothing to the notebook and always pass: without "status" nobody would know that a cell is done.
_NOT_KEPT = ("status", "execute_input")
_ERROR_TEXT = 5_000  # characters of each part of an error


class Meter:
    """Adds up the sizes of messages by account, and says when an account has reached the limit."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counted: Counter[Hashable] = Counter()

    def add(self, size: int, account: Hashable) -> tuple[bool, bool]:
        """Whether the account's limit is exceeded, and whether for the first time; a size of 0 never exceeds it."""
        if not size:
            return False, False
        before = self._counted[account]
        self._counted[account] += size
        exceeded = before + size > self.limit
        return exceeded, exceeded and before <= self.limit


def size_of(message: dict[str, Any], displays: Mapping[str, Mapping[int, list[int]]]) -> int:
    """The characters that a message adds to the notebook.

    `displays` are nbclient's outputs that can be updated: display id -> index of the cell -> indices of its outputs. A
    message with a display id replaces each output of that id, wherever it stands, and counts once for each.
    """
    if message["msg_type"] in _NOT_KEPT:
        return 0
    replaced = displays.get(_display_id(message), {})
    return len(str(message["content"])) * (1 + sum(map(len, replaced.values())))


def _display_id(message: dict[str, Any]) -> Any:
    return (message["content"].get("transient") or {}).get("display_id")


def is_sound(message: dict[str, Any]) -> bool:
    """Whether a message that replaces earlier outputs replaces them by a valid one; other messages replace none."""
    if message["msg_type"] in _NOT_KEPT or not _display_id(message):
        return True
    data, metadata = message["content"]["data"], message["content"]["metadata"]
    return is_output({"output_type": "display_data", "data": data, "metadata": metadata})


def is_output(output: Mapping[str, Any]) -> bool:
    """Whether an output is valid in a notebook."""
    if output.get("output_type") == "stream":  # there may be thousands, and the schema is slow
        return isinstance(output.get("text"), str) and output.get("name") in ("stdout", "stderr")
    try:
        nbformat.validate(output, ref="output", version=4)
    except nbformat.ValidationError:
        return False
    return True


def shorten_errors(cell: NotebookNode) -> None:
    """Shorten the texts of a cell's errors: they come with the reply too, which the limit of output does not count."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            output.ename, output.evalue = str(output.ename)[:200], str(output.evalue)[:_ERROR_TEXT]
            output.traceback = [str(line)[:_ERROR_TEXT] for line in list(output.traceback)[-50:]]


def last_response(cell: NotebookNode, mime: str) -> str | None:
    """The last text of that MIME type that a cell shows; "", which is no response, where it shows something else."""
    shown = [output.get("data", {}).get(mime) for output in cell.get("outputs", [])]
    found = [text for text in shown if text is not None]
    return None if not found else found[-1] if isinstance(found[-1], str) else ""

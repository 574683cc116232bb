"""The regions between BEGIN and END in the instructor's cells: solutions, hidden tests, mark schemes.

nbgrader's markers are lines such as `### BEGIN SOLUTION` and `=== END MARK SCHEME ===`.
"""

from __future__ import annotations

import re

SOLUTION, HIDDEN_TESTS, MARK_SCHEME = "SOLUTION", "HIDDEN TESTS", "MARK SCHEME"
KINDS = (SOLUTION, HIDDEN_TESTS, MARK_SCHEME)

# A region that never ends goes on to the end of the cell: rather too much is taken for secret than too little.
_REGION = re.compile(
    rf"^[^\n]*\bBEGIN ({'|'.join(KINDS)})\b[^\n]*(?:\n|\Z)(.*?)(?:^[^\n]*\bEND \1\b[^\n]*\n?|\Z)",
    re.MULTILINE | re.DOTALL,
)
_SOLUTION_MARKER = re.compile(rf"^[ \t]*### (?:BEGIN|END) {SOLUTION}[ \t]*\n?", re.MULTILINE)
_MARKER = re.compile(r"(?:BEGIN|END)\s*(?:SOLUTION|HIDDEN\s*TESTS|MARK\s*SCHEME)")


def regions(source: str) -> list[tuple[str, str]]:
    """The regions of a cell in their order, each as its kind and the text between the markers."""
    return [(kind, content) for kind, content in _REGION.findall(source)]


def without_regions(source: str, kinds: tuple[str, ...] = KINDS) -> str:
    """The cell's text without the regions of these kinds and their markers."""
    return _REGION.sub(lambda region: "" if region[1] in kinds else region[0], source)


def without_solution_markers(source: str) -> str:
    """The cell's text with its solution, but without the two lines that mark it."""
    return _SOLUTION_MARKER.sub("", source)


def find_marker(text: str) -> str | None:
    """The first marker of a region in a text, also in one whose blanks were taken out; None where there is none."""
    found = _MARKER.search(text)
    return found[0] if found else None

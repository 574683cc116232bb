"""What a student may not read: hidden tests, mark schemes, hidden numbers, folders of the grading machine."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.cells.regions import HIDDEN_TESTS, MARK_SCHEME, without_regions
from autograder.marking.verdict import Finding, Mark

_FOLDERS = re.compile(r"(?<![\w./~-])~?(?:/[\w.@+~-]+){1,40}/(?=[\w.@+~-])")
_NUMBERS = re.compile(r"-?\d*\.\d+(?:e[+-]?\d+)?|\d{5,}", re.IGNORECASE)


def without_hidden(source: str) -> str:
    """A cell without its hidden tests and mark scheme; one that never ends goes on to the end of the cell."""
    return without_regions(source, (HIDDEN_TESTS, MARK_SCHEME))


def without_paths(text: str) -> str:
    """File names without the folders that they lie in."""
    return _FOLDERS.sub("…/", text)


def for_student(mark: Mark) -> Mark:
    """A mark whose hidden findings tell no hidden number: an exception raised by student code could."""
    return replace(mark, findings=tuple(map(_told, mark.findings)))


def _told(finding: Finding) -> Finding:
    message = without_paths(finding.message)
    return replace(finding, message=_NUMBERS.sub("…", message) if finding.hidden else message)

"""Removes what a student may not read: hidden tests, mark schemes, hidden numbers, folders of the grading machine."""

from __future__ import annotations

import re
from dataclasses import replace

from autograder.cells.regions import HIDDEN_TESTS, MARK_SCHEME, without_regions
from autograder.marking.verdict import Finding, Mark

_FOLDERS = re.compile(r"(?<![\w./~-])~?(?:/[\w.@+~-]+){1,40}/(?=[\w.@+~-])")
_NUMBERS = re.compile(r"-?\d*\.\d+(?:e[+-]?\d+)?|\d{5,}", re.IGNORECASE)


def without_hidden(source: str) -> str:
    """A cell's source without its hidden tests and mark scheme; a region without an end reaches to the cell's end."""
    return without_regions(source, (HIDDEN_TESTS, MARK_SCHEME))


def without_paths(text: str) -> str:
    """A text in which files are named without their folders."""
    return _FOLDERS.sub("…/", text)


def redacted(mark: Mark) -> Mark:
    """A mark whose hidden findings show no numbers: an exception that student code raised could tell hidden inputs."""
    return replace(mark, findings=tuple(map(_redacted_finding, mark.findings)))


def _redacted_finding(finding: Finding) -> Finding:
    message = without_paths(finding.message)
    return replace(finding, message=_NUMBERS.sub("…", message) if finding.hidden else message)

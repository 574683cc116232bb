"""Every exception of a rule has its reason beside it: in the code and in `pyproject.toml`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
EXCEPTION = re.compile(r"# (?:noq[a]\b|type: ignor[e]\b)")  # so that this line is none itself
EXPLAINED = re.compile(r"# (?:noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z, -]+\]) +(?:# )?\w+")
CODES = re.compile(r'^ *"[A-Z]+\d*",|= \["[A-Z]+\d*"|^\[\[tool\.mypy\.overrides')


def unexplained(lines: list[str]) -> list[str]:
    """The lines of code that leave a rule out and don't say why."""
    return [line for line in lines if EXCEPTION.search(line) and not EXPLAINED.search(line)]


def unexplained_settings(text: str) -> list[str]:
    """The lines of the linter's and the type checker's settings that leave a rule out and don't say why."""
    settings = text.partition("[tool.ruff.lint]")[2].partition("[tool.importlinter]")[0]
    exceptions = [line for line in settings.splitlines() if CODES.search(line) and "select =" not in line]
    assert len(exceptions) > 20
    return [line for line in exceptions if not re.search(r"#.*\w", line)]


def test_every_exception_in_the_code_says_why():
    files = [*(ROOT / "autograder").rglob("*.py"), *(ROOT / "tests").glob("*.py")]
    lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert unexplained(lines) == []


def test_every_exception_in_the_settings_says_why():
    assert unexplained_settings((ROOT / "pyproject.toml").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "comment", ["noqa", "noqa: F401", "type: ignore", "type: ignore[misc]", "noqa: F401  #"]
)
def test_an_exception_without_a_reason_is_found(comment):
    assert unexplained([f"import this  # {comment}"])


@pytest.mark.parametrize("comment", ["noqa: F401  for its poem", "type: ignore[misc]  # for its poem"])
def test_an_exception_with_its_reason_is_none(comment):
    assert not unexplained([f"import this  # {comment}"])


def test_a_setting_without_a_reason_is_found():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    planted = text.replace("ignore = [\n", 'ignore = [\n  "RET",\n', 1)
    assert unexplained_settings(planted) == ['  "RET",']

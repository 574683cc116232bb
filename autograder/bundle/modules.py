"""Which modules of this package a student's notebook uses, and which other packages those need."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import autograder
from autograder.errors import CourseError
from autograder.files.closure import closure, module_file


def used_modules(roots: Iterable[str], rooms: Collection[str]) -> dict[str, Path]:
    """The modules that these import, themselves or through others: name -> file.

    `rooms` are the parts of the package that students may get; CourseError where a module of another one is reached.
    """
    found = closure(roots, without=["autograder.cli"])  # students get a command line of their own
    for name in found:
        room = name.split(".")[1] if "." in name else "__main__"
        if room not in {"__main__", *rooms}:
            raise CourseError(f"Students would get {name}, which is for instructors: {_chain(name, found)}.")
    return {name: module_file(name) for name in sorted(found)}


def public_modules() -> set[str]:
    """The modules that a notebook uses through `from autograder import …`: they are imported by name, when used."""
    return {home for name, module in autograder.HOMES.items() for home in (module, f"{module}.{name}")}


def students_rooms(project: Mapping[str, Any]) -> set[str]:
    """The rooms that `notebook` may import by the layers in pyproject.toml, and itself: no other is for students."""
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    lines = [[room.strip() for room in layer.split("|")] for layer in layers]
    own = next(number for number, line in enumerate(lines) if "notebook" in line)
    return {"notebook", *(room for line in lines[own + 1 :] for room in line)}


def _chain(name: str, found: Mapping[str, str | None]) -> str:
    steps = [name]
    while importer := found[steps[-1]]:
        steps.append(importer)
    return " ← ".join([*steps, "the notebooks"])


def _imports(code: str) -> set[str]:
    """The top-level packages that a piece of code imports by their names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name.split(".")[0] for name in found}


def needed_requirements(modules: Iterable[Path], code: Iterable[str], declared: list[str]) -> list[str]:
    """The declared requirements that files and pieces of code import; CourseError for one that is not declared."""
    texts = [*(path.read_text(encoding="utf-8") for path in modules), *code]
    names = {name for text in texts for name in _imports(text)}
    names -= {"autograder", *sys.stdlib_module_names}
    by_name = {requirement_name(requirement): requirement for requirement in declared}
    distributions, wanted = _distributions(), set()
    for name in names:
        found = {requirement_name(distribution) for distribution in distributions.get(name, [name])} & set(
            by_name
        )
        if not found:
            raise CourseError(
                f"Students' part imports {name}, which pyproject.toml does not list. Add it there."
            )
        wanted |= found
    return [by_name[name] for name in sorted(wanted)]


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Which packages bring which module: it takes long to find out."""
    return packages_distributions()


def requirement_name(requirement: str) -> str:
    """The name in a requirement, as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0]).lower()

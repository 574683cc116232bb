"""Which modules of this package a student's notebook uses, and which other packages those need."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from autograder.errors import CourseError

PACKAGE = Path(__file__).resolve().parents[1]
INSTRUCTORS = (
    *("bench", "building", "bundle", "classreport", "cli", "collect", "course", "doctor", "export"),
    *("feedback", "grading", "intake", "results", "room"),
)


def used_modules(roots: Iterable[str]) -> dict[str, Path]:
    """The modules that these import, and theirs in turn: name -> file. CourseError where it leads to instructors."""
    known = _modules()
    reached_from: dict[str, str] = {}
    waiting = [(root, "the notebooks") for root in roots]
    while waiting:
        name, source = waiting.pop()
        if name not in known or name in reached_from or name == "autograder.cli":
            continue
        reached_from[name] = source
        if name.split(".")[1:2] and name.split(".")[1] in INSTRUCTORS:
            raise CourseError(
                f"Students would get {name}, which is for instructors: {_chain(name, reached_from)}."
            )
        parents = (name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1))
        waiting += [(other, name) for other in (*parents, *_imported(known[name]))]
    return {name: known[name] for name in sorted(reached_from)}


def _modules() -> dict[str, Path]:
    """Every module of this package."""
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _chain(name: str, reached_from: dict[str, str]) -> str:
    steps = [name]
    while steps[-1] in reached_from:
        steps.append(reached_from[steps[-1]])
    return " ← ".join(steps)


@cache
def _imported(path: Path) -> frozenset[str]:
    """Everything that may be a module in a file: what it imports, also late, and names of modules in texts."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    package = path.relative_to(PACKAGE.parent).parent.parts
    return frozenset(imports(tree, package) | {text for text in texts if text.startswith("autograder.")})


def imports(tree: ast.AST, package: tuple[str, ...] = ()) -> set[str]:
    """The names of modules that a piece of code in `package` imports, or may import from them."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *((node.module,) if node.module else ())))
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
    return found


def needed_requirements(modules: Iterable[Path], code: Iterable[str], declared: list[str]) -> list[str]:
    """The declared requirements that files and pieces of code import; CourseError for one that is not declared."""
    names = {
        name.split(".")[0]
        for path in modules
        for name in imports(ast.parse(path.read_text(encoding="utf-8")))
    }
    names |= {name.split(".")[0] for text in code for name in imports(ast.parse(text))}
    names -= {"autograder", *sys.stdlib_module_names}
    by_name = {requirement_name(requirement): requirement for requirement in declared}
    distributions, wanted = _distributions(), set()
    for name in names:
        found = {requirement_name(one) for one in distributions.get(name, [name])} & set(by_name)
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

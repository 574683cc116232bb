"""Which modules of this package a module imports, itself or through others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grimp

PACKAGE = Path(__file__).resolve().parents[1]


def closure(roots: Iterable[str], without: Iterable[str] = ()) -> dict[str, str | None]:
    """Every module that the roots import, at once or late, in the end: module -> the one it was found through.

    A module brings the packages that it lies in. Modules and packages `without` are not entered. Names that are no
    modules of this package are passed over.
    """
    graph, aside = import_graph(), tuple(without)
    found: dict[str, str | None] = {}
    waiting: list[tuple[str, str | None]] = [(root, None) for root in sorted(roots, reverse=True)]
    while waiting:
        name, importer = waiting.pop()
        if name in found or name not in graph.modules or any(_lies_in(name, package) for package in aside):
            continue
        found[name] = importer
        packages = {name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)}
        waiting += [
            (other, name) for other in sorted(packages | graph.find_modules_directly_imported_by(name))
        ]
    return found


def _lies_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@cache
def import_graph() -> grimp.ImportGraph:
    """Who imports whom in this package; made once for a process, in a fraction of a second."""
    return grimp.build_graph(
        PACKAGE.name, cache_dir=None
    )  # a cache would lie in whatever folder is the working one


def module_file(name: str) -> Path:
    """Where the code of a module of this package is."""
    path = PACKAGE.parent.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")

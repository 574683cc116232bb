"""Where a course's files are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.errors import CourseError


@dataclass(frozen=True)
class Course:
    """The folder with `notebooks/`, `source/` and `release/`."""

    root: Path

    @classmethod
    def here(cls) -> Course:
        """The course of the working folder, else the one that this package lies in."""
        for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parents[2]):
            if (folder / "notebooks").is_dir() and (folder / "source").is_dir():
                return cls(folder)
        raise CourseError(
            "No course found: neither this folder nor one above it holds notebooks/ and source/. "
            "Run the command in the course's folder."
        )

    @classmethod
    def of(cls, resources: Mapping[str, Any]) -> Course:
        """The course that a preprocessor of nbgrader is told to use, else the one of the working folder."""
        return resources.get("course") or cls.here()

    def script(self, lab: str) -> Path:
        """The lab as it is written by hand."""
        return self.root / "notebooks" / lab / f"{lab}.py"

    def source(self, lab: str) -> Path:
        """The instructor's notebook, built from the script."""
        return self.root / "source" / lab / f"{lab}.ipynb"

    def release(self, lab: str) -> Path:
        """The student's notebook, made from the source by nbgrader."""
        return self.root / "release" / lab / f"{lab}.ipynb"

    def catalogue(self, lab: str, name: str) -> Path:
        """`mistakes` or `alternatives` of a lab."""
        return self.root / "notebooks" / lab / f"{name}.py"


def chosen_labs(names: Iterable[str]) -> list[str]:
    """These labs, each once, or all where none is named. Raises CourseError where there is no such lab."""
    from autograder.labs import lab_names

    chosen, known = list(dict.fromkeys(names)), lab_names()
    for name in chosen:
        if name not in known:
            raise CourseError(f"There is no lab called {name!r}; there are: {', '.join(known)}.")
    return chosen or known

"""The labs: one package each, with its probes and checks. The solutions are in `notebooks/`, never here."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.resources import files

from autograder.marking.exercise import Lab


def lab_names() -> list[str]:
    """The names of all labs."""
    # A folder without a table may be what Python left of a lab that was removed.
    return sorted(path.name for path in files(__package__).iterdir() if (path / "__init__.py").is_file())


@cache
def get_lab(name: str) -> Lab:
    """The lab of that name; KeyError with the known names if there is none."""
    if name not in lab_names():
        raise KeyError(f"there is no lab called {name!r}; there are: {', '.join(lab_names())}")
    lab: Lab = import_module(f"{__package__}.{name}").LAB
    return lab

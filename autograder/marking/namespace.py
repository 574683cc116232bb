"""The names of a notebook, as a probe looks them up."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any


class NotDefined(Exception):
    """A name that the probe needs is not there."""


class Namespace:
    """The names that a notebook has defined, by reference."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def __getitem__(self, name: str) -> Any:
        try:
            return self.names[name]
        except KeyError:
            raise NotDefined(name) from None

    @contextlib.contextmanager
    def replaced(self, **fakes: Any) -> Iterator[None]:
        """Let other functions of the notebook find these fakes instead of an earlier exercise."""
        missing = object()
        before = {name: self.names.get(name, missing) for name in fakes}
        self.names.update(fakes)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is missing:
                    self.names.pop(name, None)
                else:
                    self.names[name] = value

"""What all pages have in common: Jinja's settings, the style sheet beside this file, and the browser's policy."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# For browsers, on top of the cleaning: no script, no frame, no form, nothing from anywhere.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


@cache
def page_environment(templates: Path, **filters: Callable[..., str]) -> Environment:
    """An environment for the templates in a folder, with these filters; text is escaped unless it is Markup."""
    environment = Environment(
        loader=FileSystemLoader([templates, Path(__file__).parent]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= filters
    return environment

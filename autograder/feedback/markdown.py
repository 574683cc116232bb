"""Markdown as inert HTML: raw HTML in it is cleaned, formulas become MathML, links become text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from autograder.feedback.inert import MAX_TAGS, TOKEN, clean_html, number_of_tags, picture_uri
from autograder.feedback.maths import math_html

MAX_MARKDOWN = 30_000  # characters of a cell; longer ones are shown as they are
_PLACE = re.compile(f"{TOKEN}(\\d+){TOKEN}")


def markdown_html(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Inert HTML of a Markdown text; what can't be rendered is shown as it was written."""
    return _rendered(source) if not attachments else _render(source, attachments)


@lru_cache(maxsize=2048)
def _rendered(source: str) -> Markup:
    """The lab's own texts are the same in every notebook."""
    return _render(source, {})


def _render(source: str, attachments: Mapping[str, Any]) -> Markup:
    source = source.replace(TOKEN, "")
    if len(source) > MAX_MARKDOWN or looks_endless(source):
        return as_written(source)
    renderer = _Renderer(attachments)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # parsers of Markdown raise whatever their recursion or a lexer does
        return as_written(source)
    if number_of_tags(html) > MAX_TAGS:
        return as_written(source)
    # Put in afterwards, between tags only: the cleaning leaves no token in an attribute.
    return Markup(_PLACE.sub(lambda found: renderer.pieces[int(found[1])], clean_html(html)))


def as_written(source: str) -> Markup:
    """The text itself, unrendered."""
    return Markup("<pre>{}</pre>").format(source)


def looks_endless(source: str) -> bool:
    """Whether the parser's patterns would try too many places: each of these is searched for to the end."""
    return any(source.count(sign) > 1_000 for sign in ("\\begin", "\\[", "\\(", "](", "<", "`", "$$"))


class _Renderer(IPythonRenderer):
    """nbconvert's, but with formulas and pictures done here, and nothing to click or fetch."""

    def __init__(self, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.attachments = dict(attachments)
        self.pieces: list[str] = []

    def _put(self, piece: Markup) -> str:
        self.pieces.append(str(piece))
        return f"{TOKEN}{len(self.pieces) - 1}{TOKEN}"

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return self._put(math_html(body, block=True))

    def inline_math(self, body: str) -> str:
        """A formula in the text."""
        return self._put(math_html(body, block=False))

    def latex_environment(self, name: str, body: str) -> str:
        """An environment of LaTeX."""
        return self._put(math_html(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True))

    def block_mermaidjs(self, code: str) -> str:
        """A diagram's text."""
        return str(as_written(code))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """The words of a link, and its address where that says more."""
        plain = str(escape(url))
        return text if plain in text or url.startswith("#") else f"{text} ({plain})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """An attached picture; of one that lies elsewhere the description."""
        name = url.removeprefix("attachment:")
        uri = attached(self.attachments.get(name)) if name != url else url
        shown = str(escape(text or "a picture"))
        return f'<img src="{escape(uri)}" alt="{shown}">' if uri and uri.startswith("data:") else f"[{shown}]"


def attached(bundle: object) -> str | None:
    """A data: address of the first picture in an attachment's bundle of MIME types."""
    if not isinstance(bundle, Mapping):
        return None
    found = (picture_uri(str(mime), encoded) for mime, encoded in bundle.items())
    return next((uri for uri in found if uri), None)

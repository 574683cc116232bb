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

MAX_MARKDOWN = 30_000  # characters; longer texts are shown unrendered
_PLACEHOLDER = re.compile(f"{TOKEN}(\\d+){TOKEN}")


def markdown_html(source: str, attachments: Mapping[str, Any] | None = None) -> Markup:
    """Inert HTML of a Markdown text; one that can't be rendered is shown as it is."""
    return _rendered(source) if not attachments else _render(source, attachments)


@lru_cache(maxsize=2048)
def _rendered(source: str) -> Markup:
    """Inert HTML, cached, because the lab's own texts are the same in every notebook."""
    return _render(source, {})


def _render(source: str, attachments: Mapping[str, Any]) -> Markup:
    source = source.replace(TOKEN, "")
    if len(source) > MAX_MARKDOWN or is_expensive(source):
        return verbatim_html(source)
    renderer = _Renderer(attachments)
    try:
        html = MarkdownWithMath(renderer=renderer).render(source)
    except Exception:  # the parser raises whatever its recursion or a lexer raises
        return verbatim_html(source)
    if number_of_tags(html) > MAX_TAGS:
        return verbatim_html(source)
    # The pieces are put in between tags only: the cleaning leaves no token in an attribute.
    return Markup(_PLACEHOLDER.sub(lambda match: renderer.pieces[int(match[1])], clean_html(html)))


def verbatim_html(source: str) -> Markup:
    """The text itself, unrendered."""
    return Markup("<pre>{}</pre>").format(source)


def is_expensive(source: str) -> bool:
    """Whether parsing would take too long: after each of these signs the parser searches the rest of the text."""
    return any(source.count(sign) > 1_000 for sign in ("\\begin", "\\[", "\\(", "](", "<", "`", "$$"))


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, with our own formulas and pictures and with nothing to click or fetch."""

    def __init__(self, attachments: Mapping[str, Any]) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self.attachments = dict(attachments)
        self.pieces: list[str] = []

    def _placeholder(self, piece: Markup) -> str:
        """Text that survives the cleaning and is replaced by the piece after it."""
        self.pieces.append(str(piece))
        return f"{TOKEN}{len(self.pieces) - 1}{TOKEN}"

    def block_math(self, body: str) -> str:
        """A formula on a line of its own."""
        return self._placeholder(math_html(body, block=True))

    def inline_math(self, body: str) -> str:
        """A formula in the text."""
        return self._placeholder(math_html(body, block=False))

    def latex_environment(self, name: str, body: str) -> str:
        """An environment of LaTeX."""
        return self._placeholder(math_html(f"\\begin{{{name}}}{body}\\end{{{name}}}", block=True))

    def block_mermaidjs(self, code: str) -> str:
        """A diagram, shown as its text."""
        return str(verbatim_html(code))

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """The text of a link, with its address where that says more."""
        plain = str(escape(url))
        return text if plain in text or url.startswith("#") else f"{text} ({plain})"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """An attached picture, or the description of a picture that lies elsewhere."""
        name = url.removeprefix("attachment:")
        uri = attached_picture(self.attachments.get(name)) if name != url else url
        description = str(escape(text or "a picture"))
        if uri and uri.startswith("data:"):
            return f'<img src="{escape(uri)}" alt="{description}">'
        return f"[{description}]"


def attached_picture(bundle: object) -> str | None:
    """The data: address of the first picture in an attachment, which is a bundle of MIME types; None without one."""
    if not isinstance(bundle, Mapping):
        return None
    uris = (picture_uri(str(mime), encoded) for mime, encoded in bundle.items())
    return next((uri for uri in uris if uri), None)

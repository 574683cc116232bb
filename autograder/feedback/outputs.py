"""Turns a cell's outputs into inert HTML, whatever MIME types they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup
from nbconvert.filters.ansi import ansi2html

from autograder.feedback.inert import clean_html, notice_html, number_of_tags, picture_uri, svg_uri
from autograder.feedback.markdown import markdown_html
from autograder.feedback.maths import math_html
from autograder.feedback.secrets import without_paths

MAX_TEXT = 20_000  # characters of a text output
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class OutputBudget:
    """How much of a notebook's output a page shows; a page of a gigabyte would open on no phone."""

    def __init__(self, characters: int = 20_000_000, tags: int = 50_000) -> None:
        self.characters, self.tags = characters, tags

    def allows(self, output: Mapping[str, Any]) -> bool:
        """Whether there is room for an output, which is taken from the budget."""
        texts = list(_texts(output))
        self.characters -= sum(map(len, texts))
        self.tags -= sum(map(number_of_tags, texts))
        return self.characters >= 0 and self.tags >= 0


def _texts(output: Mapping[str, Any]) -> Iterable[str]:
    data = output.get("data")
    values = data.values() if isinstance(data, Mapping) else (output.get("text"), *_traceback(output))
    return (as_text(value) for value in values)


def outputs_html(outputs: Iterable[Mapping[str, Any]], budget: OutputBudget) -> list[Markup]:
    """Inert HTML of each output that has something to show."""
    shown: list[Markup] = []
    for output in outputs:
        if not budget.allows(output):
            notice = notice_html("There is more output than a page can show; the notebook has the rest.")
            return [*shown, notice]
        if html := output_html(output):
            shown.append(html)
    return shown


def output_html(output: Mapping[str, Any]) -> Markup:
    """Inert HTML of one output; "" where there is nothing to show."""
    if output.get("output_type") == "stream":
        kind = "stderr" if output.get("name") == "stderr" else "stdout"
        return Markup('<pre class="{}">{}</pre>').format(kind, ansi(as_text(output.get("text"))))
    if output.get("output_type") == "error":
        lines = _traceback(output) or [f"{as_text(output.get('ename'))}: {as_text(output.get('evalue'))}"]
        return Markup('<pre class="error">{}</pre>').format(ansi(without_paths("\n".join(lines))))
    data = output.get("data")
    return data_html(data) if isinstance(data, Mapping) else Markup("")


def data_html(data: Mapping[str, Any]) -> Markup:
    """Inert HTML of the richest MIME type in a bundle that can be shown; a sentence where there is none."""
    for mime in ("text/html", "image/svg+xml", *PICTURES, "text/markdown", "text/latex", "text/plain"):
        html = _of_type(mime, data[mime]) if mime in data else None
        if html:
            return html
    kinds = ", ".join(sorted(str(mime)[:60] for mime in data))
    if not kinds:
        return Markup("")
    return notice_html(f"This output ({kinds}) needs to run code; a page like this runs none.")


def _of_type(mime: str, value: object) -> Markup | None:
    if mime in PICTURES or mime == "image/svg+xml":
        uri = svg_uri(as_text(value)) if mime == "image/svg+xml" else picture_uri(mime, value)
        return Markup('<img src="{}" alt="a figure">').format(uri) if uri else None
    if mime == "text/html":
        html = clean_html(as_text(value))
        return html if html.striptags().strip() or "<img src" in html else None
    if mime == "text/markdown":
        return markdown_html(as_text(value))
    if mime == "text/latex":
        return math_html(as_text(value).strip().strip("$"), block=True)
    return Markup("<pre>{}</pre>").format(ansi(as_text(value)))


def ansi(written: str) -> Markup:
    """Text with the colours that a terminal would show; of a long text only the beginning."""
    written = _overwritten(written)
    shown = clean_html(ansi2html(written[:MAX_TEXT]))
    more = len(written) - MAX_TEXT
    return shown + (notice_html(f"… and {more} more characters, in the notebook.") if more > 0 else "")


def _overwritten(written: str) -> str:
    """The text that a terminal would show in the end, where progress bars write over their line."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in written.split("\n"))


def as_text(value: object) -> str:
    """A value of a notebook as text; notebooks hold texts or lists of lines, and damaged ones anything."""
    if isinstance(value, list):
        return "".join(map(as_text, value))
    return value if isinstance(value, str) else "" if value is None else str(value)


def _traceback(output: Mapping[str, Any]) -> list[str]:
    lines = output.get("traceback")
    return [as_text(line) for line in lines] if isinstance(lines, list) else []

"""An inert copy of a graded notebook: what nbgrader's formgrader shows runs nothing in an instructor's browser.

The formgrader shows raw HTML as it is, in a page that may do all that its reader may do. So the notebook in
`autograded/` is cleaned before it is written; what was handed in stays as it was, in `submitted/`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.cells.metadata import grade_id, nbgrader_metadata
from autograder.feedback.inert import clean_html, picture_uri, svg_uri
from autograder.feedback.markdown import MAX_MARKDOWN, attached, looks_endless, markdown_html
from autograder.feedback.outputs import PICTURES, data_html, text

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN_TAG = re.compile(
    r"</?(?:b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|kbd|li|mark|ol|p|pre|s|small|span|"
    r"strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\s*/?>",
    re.IGNORECASE,
)
_ENTRIES = {
    "grade": bool,
    "solution": bool,
    "locked": bool,
    "task": bool,
    "points": (int, float),
    "schema_version": int,
}


class Inert(NbGraderPreprocessor):
    """Cleans outputs, Markdown, attachments and metadata of a judged notebook, in place."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Clean all cells; of the notebook's own metadata kernel and verdict stay."""
        kernel = NotebookNode(name="python3", display_name="Python 3", language="python")
        metadata = NotebookNode(kernelspec=kernel, language_info=NotebookNode(name="python"))
        nb.metadata = NotebookNode(
            metadata | {key: nb.metadata[key] for key in ("autograder",) if key in nb.metadata}
        )
        for index, cell in enumerate(nb.cells):
            _clean_cell(cell, index)
        return nb, resources


def _clean_cell(cell: NotebookNode, index: int) -> None:
    kept = _sound_entries(cell)
    cell.metadata = NotebookNode({"nbgrader": kept} if kept else {})
    if not _NAME.fullmatch(str(cell.get("id", "cell"))):
        cell.id = f"cell-{index}"
    attachments = cell.pop("attachments", None)
    if cell.cell_type == "code":
        cell.outputs = [_clean_output(output) for output in cell.get("outputs", [])]
    elif cell.cell_type == "markdown":
        pictures = _pictures(attachments)
        if pictures:
            cell.attachments = pictures
        cell.source = inert_markdown(cell.source, pictures)


def _sound_entries(cell: NotebookNode) -> NotebookNode | None:
    """nbgrader's own metadata of a cell, of the types it should have; None where it has no fit name."""
    name, raw = grade_id(cell), nbgrader_metadata(cell)
    if name is None or not _NAME.fullmatch(name):
        return None
    kept = {key: raw[key] for key, kind in _ENTRIES.items() if isinstance(raw.get(key), kind)}
    words = {key: raw[key] for key in ("cell_type", "checksum") if _NAME.fullmatch(str(raw.get(key, "")))}
    return NotebookNode(kept | words | {"grade_id": name})


def _pictures(attachments: object) -> NotebookNode:
    """Attachments that are pictures, by name."""
    found = NotebookNode()
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        uri = attached(bundle)
        if uri:
            mime, _, encoded = uri.removeprefix("data:").partition(";base64,")
            found[str(name)] = NotebookNode({mime: encoded})
    return found


def _clean_output(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        return new_output(
            "stream", name="stderr" if output.name == "stderr" else "stdout", text=text(output.text)
        )
    if output.output_type == "error":
        lines = [text(line) for line in output.traceback]
        return new_output("error", ename=text(output.ename), evalue=text(output.evalue), traceback=lines)
    data = _clean_data(output.get("data", {}))
    more = (
        {"execution_count": output.get("execution_count")} if output.output_type == "execute_result" else {}
    )
    return new_output(output.output_type, data=data, **more)


def _clean_data(data: Mapping[str, Any]) -> dict[str, str]:
    """The same bundle of MIME types, as far as it is inert; a sentence in place of what needs to run."""
    kept = {mime: data[mime] for mime in PICTURES if mime in data and picture_uri(mime, data[mime])}
    kept |= {mime: text(data[mime]) for mime in ("text/plain", "text/latex") if mime in data}
    if "text/html" in data:
        kept["text/html"] = str(clean_html(text(data["text/html"])))
    elif "text/markdown" in data:
        kept["text/html"] = str(markdown_html(text(data["text/markdown"])))
    elif "image/svg+xml" in data and svg_uri(text(data["image/svg+xml"])):
        kept["text/html"] = str(data_html({"image/svg+xml": data["image/svg+xml"]}))
    return kept or {"text/html": str(data_html(data))}


def inert_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """The text, where it renders to nothing that runs or loads; else the same text as a block of code."""
    if _is_inert(source, attachments or {}):
        return source
    fence = "`" * (3 + max(map(len, re.findall("`+", source)), default=0))
    # A formula may not begin within the block: the renderer looks for those first.
    shown = source.replace("$", "＄").replace("\\begin", "\\ begin").replace("\\[", "\\ [")
    return f"{fence}text\n{shown}\n{fence}"


def _is_inert(source: str, attachments: Mapping[str, Any]) -> bool:
    if len(source) > MAX_MARKDOWN or looks_endless(source):
        return False
    watcher = _Watcher(attachments=dict(attachments))
    try:
        MarkdownWithMath(renderer=watcher).render(source)
    except Exception:  # what can't be rendered here can't be rendered there
        return False
    return watcher.inert


class _Watcher(IPythonRenderer):
    """The formgrader's renderer, noting whether it meets anything but plain tags, web links, attached pictures."""

    inert = True

    def block_html(self, html: str) -> str:
        """Raw HTML between blocks."""
        return self._watch(html)

    def inline_html(self, html: str) -> str:
        """Raw HTML within a text."""
        return self._watch(html)

    def _watch(self, html: str) -> str:
        if re.search(r"<\s*[A-Za-z/!?]", _PLAIN_TAG.sub("", html)):
            self.inert = False
        return ""

    def block_mermaidjs(self, code: str) -> str:
        """A diagram, which the renderer doesn't escape."""
        self.inert = False
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link may lead to the web or within the page."""
        try:
            scheme = urlsplit(url.strip()).scheme.lower()
        except ValueError:
            scheme = "?"
        if scheme not in ("http", "https", "mailto") and not url.startswith("#"):
            self.inert = False
        return ""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture may be an attached one."""
        if url.removeprefix("attachment:") not in self.attachments:
            self.inert = False
        return ""

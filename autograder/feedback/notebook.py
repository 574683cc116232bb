"""Makes a graded notebook inert: in nbgrader's formgrader it runs nothing in an instructor's browser.

The formgrader shows raw HTML as it is, in a page that may do all that its reader may do. So the notebook is cleaned
before it is written into `autograded/`; the one that was handed in stays as it was, in `submitted/`.
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
from autograder.feedback.markdown import MAX_MARKDOWN, attached_picture, is_expensive, markdown_html
from autograder.feedback.outputs import PICTURES, as_text, data_html

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLAIN_TAG = re.compile(
    r"</?(?:b|blockquote|br|center|code|dd|del|details|div|dl|dt|em|h[1-6]|hr|i|kbd|li|mark|ol|p|pre|s|small|span|"
    r"strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul)\s*/?>",
    re.IGNORECASE,
)
_NBGRADER_TYPES: dict[str, type | tuple[type, ...]] = {
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
        """Clean all cells; of the notebook's own metadata only the verdict stays, and a kernel of ours is added."""
        kernel = NotebookNode(name="python3", display_name="Python 3", language="python")
        metadata = NotebookNode(kernelspec=kernel, language_info=NotebookNode(name="python"))
        nb.metadata = NotebookNode(
            metadata | {key: nb.metadata[key] for key in ("autograder",) if key in nb.metadata}
        )
        for index, cell in enumerate(nb.cells):
            _clean_cell(cell, index)
        return nb, resources


def _clean_cell(cell: NotebookNode, index: int) -> None:
    nbgrader = _valid_nbgrader_metadata(cell)
    cell.metadata = NotebookNode({"nbgrader": nbgrader} if nbgrader else {})
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


def _valid_nbgrader_metadata(cell: NotebookNode) -> NotebookNode | None:
    """The fields of a cell's nbgrader metadata that have the right type; None where the grade_id is no plain name."""
    name, raw = grade_id(cell), nbgrader_metadata(cell)
    if name is None or not _NAME.fullmatch(name):
        return None
    kept = {key: raw[key] for key, kind in _NBGRADER_TYPES.items() if isinstance(raw.get(key), kind)}
    words = {key: raw[key] for key in ("cell_type", "checksum") if _NAME.fullmatch(str(raw.get(key, "")))}
    return NotebookNode(kept | words | {"grade_id": name})


def _pictures(attachments: object) -> NotebookNode:
    """The attachments that are pictures, by name."""
    pictures = NotebookNode()
    for name, bundle in attachments.items() if isinstance(attachments, Mapping) else ():
        uri = attached_picture(bundle)
        if uri:
            mime, _, encoded = uri.removeprefix("data:").partition(";base64,")
            pictures[str(name)] = NotebookNode({mime: encoded})
    return pictures


def _clean_output(output: NotebookNode) -> NotebookNode:
    fields: dict[str, Any]
    if output.output_type == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        fields = {"name": name, "text": as_text(output.text)}
    elif output.output_type == "error":
        traceback = [as_text(line) for line in output.traceback]
        fields = {"ename": as_text(output.ename), "evalue": as_text(output.evalue), "traceback": traceback}
    else:
        fields = {"data": _clean_data(output.get("data", {}))}
        if output.output_type == "execute_result":
            fields["execution_count"] = output.get("execution_count")
    clean: NotebookNode = new_output(output.output_type, **fields)
    return clean


def _clean_data(data: Mapping[str, Any]) -> dict[str, str]:
    """The inert part of a bundle of MIME types; a sentence where there is none."""
    kept = {mime: data[mime] for mime in PICTURES if mime in data and picture_uri(mime, data[mime])}
    kept |= {mime: as_text(data[mime]) for mime in ("text/plain", "text/latex") if mime in data}
    if "text/html" in data:
        kept["text/html"] = str(clean_html(as_text(data["text/html"])))
    elif "text/markdown" in data:
        kept["text/html"] = str(markdown_html(as_text(data["text/markdown"])))
    elif "image/svg+xml" in data and svg_uri(as_text(data["image/svg+xml"])):
        kept["text/html"] = str(data_html({"image/svg+xml": data["image/svg+xml"]}))
    return kept or {"text/html": str(data_html(data))}


def inert_markdown(source: str, attachments: Mapping[str, Any] | None = None) -> str:
    """The text itself if it renders to nothing that runs or loads, else the same text as a block of code."""
    if _is_inert(source, attachments or {}):
        return source
    fence = "`" * (3 + max(map(len, re.findall("`+", source)), default=0))
    # No formula may begin within the block: the renderer looks for formulas first.
    shown = source.replace("$", "＄").replace("\\begin", "\\ begin").replace("\\[", "\\ [")
    return f"{fence}text\n{shown}\n{fence}"


def _is_inert(source: str, attachments: Mapping[str, Any]) -> bool:
    if len(source) > MAX_MARKDOWN or is_expensive(source):
        return False
    checker = _InertnessChecker(attachments=dict(attachments))
    try:
        MarkdownWithMath(renderer=checker).render(source)
    except Exception:  # what can't be rendered here can't be rendered there
        return False
    return checker.inert


class _InertnessChecker(IPythonRenderer):
    """The formgrader's renderer, which notes whether there is more than plain tags, web links and attached pictures."""

    inert = True

    def block_html(self, html: str) -> str:
        """Raw HTML between blocks: only plain tags are allowed."""
        return self._check(html)

    def inline_html(self, html: str) -> str:
        """Raw HTML within a text: the same."""
        return self._check(html)

    def _check(self, html: str) -> str:
        if re.search(r"<\s*[A-Za-z/!?]", _PLAIN_TAG.sub("", html)):
            self.inert = False
        return ""

    def block_mermaidjs(self, code: str) -> str:
        """A diagram: the renderer doesn't escape it."""
        self.inert = False
        return ""

    def link(self, text: str, url: str, title: str | None = None) -> str:
        """A link: it may lead to the web or within the page."""
        try:
            scheme = urlsplit(url.strip()).scheme.lower()
        except ValueError:
            scheme = "?"
        if scheme not in ("http", "https", "mailto") and not url.startswith("#"):
            self.inert = False
        return ""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture: it has to be an attached one."""
        if url.removeprefix("attachment:") not in self.attachments:
            self.inert = False
        return ""

"""Reads a notebook that a stranger wrote: whatever is malformed in it is mended or dropped, and said in a note.

Nothing is taken over that grading has no use for, so nbformat, nbconvert and nbgrader only ever see a sound notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from autograder.cells.metadata import grade_id
from autograder.errors import NeedsAttention
from autograder.intake.damaged_json import decode, parse

MAX_BYTES = 200_000_000
MAX_CELLS = 2000
MAX_SHOWN = 10_000_000  # characters of output of a cell
MAX_OUTPUTS = 1000  # of a cell
MAX_SHOWN_TOGETHER = 40_000_000
_SOUND_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MAKE: dict[str, Callable[..., NotebookNode]] = {
    "code": new_code_cell,
    "markdown": new_markdown_cell,
    "raw": new_raw_cell,
}
_MAKE_OUTPUT: Callable[..., NotebookNode] = new_output
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def read_notebook(path: Path) -> tuple[NotebookNode, list[str], bool]:
    """A sound notebook, notes on what was mended, and whether its end is missing; NeedsAttention where it is none."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise NeedsAttention(
            f"{path.name} has more than {MAX_BYTES // 1_000_000} MB. Clear its outputs and hand it in again."
        )
    text, notes = decode(path.read_bytes(), path.name)
    data, more, cut_off = parse(text, path.name)
    notes += more
    try:
        return rebuilt(data, notes), notes, cut_off
    except NeedsAttention:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise NeedsAttention(f"{path.name} is JSON, but not a notebook that can be read: {reason}") from None


def rebuilt(data: Any, notes: list[str]) -> NotebookNode:
    """A new notebook with what is sound in the data; appends to the notes what is not."""
    raw_cells = _raw_cells(data, notes)
    if len(raw_cells) > MAX_CELLS:
        raise NeedsAttention(
            f"The notebook has {len(raw_cells)} cells. Ask for one with fewer than {MAX_CELLS}."
        )
    _note_version(data, notes)
    _note_kernel(data.get("metadata"), notes)
    mended: set[str] = set()
    cells = [_cell(raw, mended) for raw in raw_cells if isinstance(raw, dict)]
    if len(cells) < len(raw_cells):
        mended.add("entries that are no cells were left out")
    _limit_outputs(cells, mended)
    _give_ids(cells, raw_cells)
    notes += [f"The file was mended: {what}." for what in sorted(mended)]
    metadata = {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    notebook: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    nbformat.validate(notebook)
    return notebook


def _raw_cells(data: Any, notes: list[str]) -> list[Any]:
    cells = data.get("cells") if isinstance(data, dict) else None
    if isinstance(cells, list):
        return cells
    sheets = data.get("worksheets") if isinstance(data, dict) else None
    if not isinstance(sheets, list):
        raise NeedsAttention(
            "The file is JSON, but not a notebook that can be read: it has no list of cells."
        )
    notes.append("The notebook was in the old format 3; its outputs were left out.")
    cells = [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells") or []]
    return [_upgraded(cell) if isinstance(cell, dict) else cell for cell in cells]


def _upgraded(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell of format 3 as one of format 4."""
    source = _text(cell.get("input", cell.get("source", "")))
    if cell.get("cell_type") == "heading":
        found = cell.get("level")
        level = found if isinstance(found, int) and found in range(1, 7) else 1
        return {
            "cell_type": "markdown",
            "metadata": cell.get("metadata"),
            "source": f"{'#' * level} {source}",
        }
    kind = "markdown" if cell.get("cell_type") == "html" else cell.get("cell_type")
    return {"cell_type": kind, "metadata": cell.get("metadata"), "source": source}


def _note_version(data: dict[str, Any], notes: list[str]) -> None:
    version = data.get("nbformat")
    if "worksheets" not in data and version != 4:
        notes.append(f"The notebook gave its format as {str(version)[:20]}; it was read as format 4.")


def _note_kernel(metadata: Any, notes: list[str]) -> None:
    spec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    named = [str(spec.get(key) or "") for key in ("language", "name")] if isinstance(spec, dict) else []
    if any(named) and not any("python" in name.lower() or "conda" in name.lower() for name in named):
        notes.append(
            f"The notebook was set to the kernel {(named[1] or named[0])[:40]}; it runs with Python 3."
        )


def _cell(raw: dict[str, Any], mended: set[str]) -> NotebookNode:
    kind = raw.get("cell_type")
    if kind not in _MAKE:
        kind = "code" if "outputs" in raw or "execution_count" in raw else "markdown"
        mended.add("cells without a known type were given one")
    if not isinstance(raw.get("source"), (str, list)):
        mended.add("cells without a text were taken as empty")
    cell = _MAKE[kind](_text(raw.get("source")), metadata=_metadata(raw.get("metadata"), mended))
    if kind == "code":
        outputs = raw.get("outputs")
        listed = outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []
        cell.outputs = [output for output in map(_output, listed) if output]
        if len(cell.outputs) != (len(outputs) if isinstance(outputs, list) else 0):
            mended.add("outputs that can't be read were left out")
        cell.execution_count = _count(raw.get("execution_count"))
    elif attachments := _attachments(raw.get("attachments")):
        cell.attachments = attachments
    return cell


def _text(value: Any) -> str:
    """A text as notebooks hold it, in one piece or by lines, that can be written again."""
    if isinstance(value, list):
        value = "".join(line for line in value if isinstance(line, str))
    text = value if isinstance(value, str) else ""
    return text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _metadata(raw: Any, mended: set[str]) -> NotebookNode:
    """What grading looks at: the grade_id, which `repair` fills up from the release."""
    name = grade_id({"metadata": raw})
    if not isinstance(raw, dict) or (raw.get("nbgrader") is not None and name is None):
        mended.add("metadata of cells that can't be read was left out")
    return NotebookNode({} if name is None else {"nbgrader": NotebookNode(grade_id=_text(name)[:200])})


def _output(raw: Any) -> NotebookNode | None:
    """An output with texts only; None where it is none."""
    kind = raw.get("output_type") if isinstance(raw, dict) else None
    if kind == "stream":
        name = raw.get("name") if raw.get("name") in ("stdout", "stderr") else "stdout"
        return _MAKE_OUTPUT("stream", name=name, text=_text(raw.get("text")))
    if kind == "error":
        lines = raw.get("traceback") if isinstance(raw.get("traceback"), list) else []
        named = {key: _text(raw.get(key)) for key in ("ename", "evalue")}
        return _MAKE_OUTPUT("error", **named, traceback=[_text(line) for line in lines])
    if kind in ("display_data", "execute_result") and isinstance(raw.get("data"), dict):
        data = {mime: _text(value) for mime, value in raw["data"].items() if isinstance(value, (str, list))}
        counted = {"execution_count": _count(raw.get("execution_count"))} if kind == "execute_result" else {}
        return _MAKE_OUTPUT(kind, data, **counted)
    return None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


def _attachments(raw: Any) -> dict[str, dict[str, str]]:
    named = raw if isinstance(raw, dict) else {}
    files = {_text(name): data for name, data in named.items() if isinstance(data, dict)}
    return {name: {mime: _text(value) for mime, value in data.items()} for name, data in files.items()}


def _limit_outputs(cells: list[NotebookNode], mended: set[str]) -> None:
    """Drop outputs that are too large, from the largest on: their cells run anew anyway."""
    sizes = {index: _shown(cell) for index, cell in enumerate(cells) if cell.get("outputs")}
    together = sum(sizes.values())
    for index in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if sizes[index] > MAX_SHOWN or together > MAX_SHOWN_TOGETHER:
            cells[index].outputs = []
            together -= sizes[index]
            mended.add("outputs of many megabytes were left out")


def _shown(cell: NotebookNode) -> int:
    texts = [
        text for output in cell.outputs for text in (output.get("text", ""), *output.get("data", {}).values())
    ]
    return sum(map(len, texts)) + sum(
        len(line) for output in cell.outputs for line in output.get("traceback", [])
    )


def _give_ids(cells: list[NotebookNode], raw_cells: list[Any]) -> None:
    """Keep the ids that are sound and there once, which lead to the release's cells; give the others new ones."""
    taken: set[str] = set()
    for index, (cell, raw) in enumerate(
        zip(cells, (raw for raw in raw_cells if isinstance(raw, dict)), strict=True)
    ):
        wanted = raw.get("id")
        sound = isinstance(wanted, str) and _SOUND_ID.fullmatch(wanted) and wanted not in taken
        cell.id = wanted if sound else f"cell-{index}-{len(taken)}"
        taken.add(cell.id)

"""Cells that were merged into one, and what a student wrote into a cell that is not theirs."""

from __future__ import annotations

import re

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in, words
from autograder.cells.edit import new_cell
from autograder.cells.metadata import grade_id
from autograder.intake.matching import Case


def take_apart(case: Case) -> None:
    """Where cells were merged, get the lab's locked cells out of them again, and what the student wrote beside them."""
    for cell in list(case.notebook.cells):
        name = grade_id(cell)
        elsewhere = {grade_id(other) for other in case.notebook.cells if other is not cell}
        inside = {key: text for key, text in case.locked.items() if key not in elsewhere}
        pieces = _pieces(cell, inside)
        held = [key for key, _ in pieces if key]
        if len(pieces) > 1 and (name not in case.locked or name in held):
            _replace(case, cell, pieces, None if name in case.locked else name)
            case.notes.append(
                f"{_called(case, cell)} held {' and '.join(held)} as well; they were taken apart."
            )


def _called(case: Case, cell: NotebookNode) -> str:
    return f"The cell {grade_id(cell)}" if grade_id(cell) in case.ours else "A cell"


def _pieces(cell: NotebookNode, locked: dict[str, NotebookNode]) -> list[tuple[str | None, str]]:
    """The cell's text cut at the locked texts in it: (grade_id or None, text)."""
    texts = {key: one.source.strip() for key, one in locked.items() if one.source.strip() in cell.source}
    if not texts:
        return [(None, cell.source)]
    cut = re.split(
        "^(" + "|".join(map(re.escape, texts.values())) + ")[ \t]*$", cell.source, flags=re.MULTILINE
    )
    names = {text: key for key, text in texts.items()}
    return [(names.get(piece), piece.strip("\n")) for piece in cut if piece.strip()]


def _replace(case: Case, cell: NotebookNode, pieces: list[tuple[str | None, str]], own: str | None) -> None:
    """Put the pieces in the cell's place; the cell's own grade_id goes to the piece that defines it, else the first."""
    free = [text for key, text in pieces if key is None]
    wanted = set(case.exercises[own].defined) if own in case.exercises else set()
    heir = next((text for text in free if wanted & defined(text)), free[0] if free else None)
    made = []
    for number, (key, text) in enumerate(pieces):
        kind = case.locked[key].cell_type if key else cell.cell_type
        if key is None and cell.cell_type == "code" and parsed(text) is None:
            kind = "markdown"  # prose that was merged with code
        made.append(
            new_cell(kind, text, key or (own if text == heir else None), f"{cell.id[:50]}-part-{number}")
        )
        heir = None if text == heir else heir
    place = case.position(cell)
    case.notebook.cells[place : place + 1] = made


def rescue(case: Case) -> None:
    """What a student wrote into a locked cell in place of its text: a definition, an answer."""
    for cell in list(case.notebook.cells):
        name = grade_id(cell)
        if name not in case.locked or words(cell.source) == words(case.locked[name].source):
            continue
        answer = name.removesuffix("_text") if cell.cell_type == "markdown" else None
        ours = any(set(one.defined) & defined(cell.source) for one in case.lab.exercises)
        if answer in case.lab.questions and cell.source.strip() and not _near(cell, case.locked[name]):
            _rescue_answer(case, cell, answer)
        elif ours:
            own = new_cell("code", cell.source, None, f"{cell.id[:50]}-rescued")
            case.notebook.cells.insert(case.position(cell), own)
            case.notes.append(f"The cell {name} held a definition; it was moved into a cell of its own.")


def _near(cell: NotebookNode, released: NotebookNode) -> bool:
    """Whether a question's text was only touched up."""
    theirs, text = set(words(cell.source)), set(words(released.source))
    return len(theirs & text) > 0.7 * len(theirs | text)


def _rescue_answer(case: Case, cell: NotebookNode, question: str) -> None:
    there = case.present().get(question)
    if there is None or not filled_in(there, case.ours[question]):
        own = new_cell("markdown", cell.source, question, f"{cell.id[:50]}-rescued")
        case.remove([there] if there is not None else [])
    else:
        own = new_cell("markdown", cell.source, None, f"{cell.id[:50]}-rescued")
    case.notebook.cells.insert(case.position(cell) + 1, own)
    case.notes.append(f"What stood in the cell {question}_text was moved behind it.")

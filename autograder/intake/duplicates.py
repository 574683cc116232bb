"""Cells that are there more than once, in halves, or as a stub beside the solution."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.cells.code import defined, parsed
from autograder.cells.compare import filled_in, words
from autograder.cells.metadata import grade_id, set_grade_id
from autograder.intake.matching import Case
from autograder.marking.exercise import Exercise


def join_halves(case: Case) -> None:
    """Put cells that were split together again: JupyterLab gives both halves the same grade_id."""
    for name, released in case.ours.items():
        if name in case.locked:
            continue
        cells = [cell for cell in case.notebook.cells if grade_id(cell) == name]
        joined = cells[:1]
        for cell in cells[1:]:
            beside = case.position(cell) == case.position(joined[-1]) + len(joined)
            if beside and _belong_together(joined, cell, released):
                joined.append(cell)
        if len(joined) > 1:
            joined[0].source = _together([cell.source for cell in joined], released)
            case.remove(joined[1:])
            case.notes.append(f"The cell {name} had been split in {len(joined)}; it was put together again.")


def _together(sources: list[str], released: NotebookNode) -> str:
    """The halves as one text: with a blank line between whole statements, else as they were cut."""
    whole = released.cell_type != "code" or all(parsed(source) is not None for source in sources)
    return ("\n\n" if whole else "\n").join(source.strip("\n") for source in sources)


def _belong_together(first: list[NotebookNode], second: NotebookNode, released: NotebookNode) -> bool:
    sources = [cell.source for cell in (*first, second)]
    if released.cell_type != "code":
        return all(filled_in(cell, released) for cell in (*first, second)) and len(set(sources)) == len(
            sources
        )
    if any(not filled_in(cell, released) for cell in (*first, second)):
        return False
    halves = parsed(second.source) is None or any(parsed(source) is None for source in sources[:-1])
    apart = not defined(second.source) & frozenset().union(*(defined(cell.source) for cell in first))
    return (apart or halves) and parsed(_together(sources, released)) is not None


def drop_duplicates(case: Case) -> None:
    """Of several cells with the same grade_id the first that is filled in counts.

    What a further one defines would undo it and goes; what else a student wrote in it stays, without a grade_id.
    """
    groups: dict[str, list[NotebookNode]] = {}
    for cell in case.notebook.cells:
        if grade_id(cell) in case.ours:
            groups.setdefault(grade_id(cell), []).append(cell)
    for name, cells in groups.items():
        if len(cells) > 1:
            kept = next((cell for cell in cells if filled_in(cell, case.ours[name])), cells[0])
            if name in case.locked:
                kept = next((cell for cell in cells if not filled_in(cell, case.ours[name])), cells[0])
            others = [cell for cell in cells if cell is not kept]
            case.remove([cell for cell in others if not _own_work(case, cell, kept)])
            for cell in others:
                set_grade_id(cell, None)
            kind = "one is kept" if name in case.locked else "the first that is filled in counts"
            case.notes.append(f"The cell {name} is there {len(cells)} times; {kind}.")
    _drop_stubs(case, groups)


def _own_work(case: Case, cell: NotebookNode, kept: NotebookNode) -> bool:
    released = case.ours[grade_id(cell)]
    if (
        grade_id(cell) in case.locked
        or not filled_in(cell, released)
        or words(cell.source) == words(kept.source)
    ):
        return False
    return released.cell_type != "code" or not defined(cell.source) & defined(kept.source)


def _drop_stubs(case: Case, groups: dict[str, list[NotebookNode]]) -> None:
    """An empty copy without metadata would undo the definition when it runs."""
    stubs = [case.ours[name] for name in groups if name in case.exercises]
    for cell in list(case.notebook.cells):
        unmarked = grade_id(cell) not in case.ours and cell.cell_type == "code" and cell.source.strip()
        if unmarked and any(not filled_in(cell, stub) for stub in stubs):
            case.remove([cell])
            case.notes.append("An empty copy of a solution cell was left out.")


def adopt(case: Case) -> None:
    """Where a solution cell is as it was handed out, or gone, a cell elsewhere that defines the same counts."""
    for exercise in case.lab.exercises:
        own = case.present().get(exercise.name)
        if own is not None and (filled_in(own, case.ours[exercise.name]) or not own.source.strip()):
            continue
        found = _elsewhere(case, exercise)
        if not found:
            continue
        if own is not None:
            case.remove([own])
            case.notes.append(
                f"The cell {exercise.name} was as it was handed out; a definition elsewhere counts."
            )
        if len(found) == 1 and grade_id(found[0]) not in case.ours and _only(case, found[0], exercise):
            set_grade_id(found[0], exercise.name)


def _elsewhere(case: Case, exercise: Exercise) -> list[NotebookNode]:
    """For each of the exercise's names the first cell that defines it and is not the exercise's own; all or none."""
    found: list[NotebookNode] = []
    for name in exercise.defined:
        cells = (
            cell
            for cell in case.notebook.cells
            if cell.cell_type == "code"
            and grade_id(cell) != exercise.name
            and grade_id(cell) not in case.locked
            and name in defined(cell.source)
        )
        first = next(cells, None)
        if first is None:
            return []
        found += [] if any(first is cell for cell in found) else [first]
    return found


def _only(case: Case, cell: NotebookNode, exercise: Exercise) -> bool:
    others = {name for one in case.lab.exercises if one is not exercise for name in one.defined}
    return not others & defined(cell.source)

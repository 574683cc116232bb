"""What holds of every repaired notebook, whatever was done to it: random sequences of what editors and students do."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.building.example_class import fill_in
from autograder.cells.metadata import grade_id, is_locked, set_grade_id
from autograder.course.solution import solution_cells
from autograder.errors import NeedsAttention
from autograder.intake.repair import repair
from autograder.labs import get_lab

LABS = ("sine_gan", "mnist_gan")  # the second has exercises with two definitions
Edit = Callable[[list[NotebookNode], int, int], None]


def _delete(cells: list[NotebookNode], index: int, other: int) -> None:
    del cells[index]


def _duplicate(cells: list[NotebookNode], index: int, other: int) -> None:
    cells.insert(other, deepcopy(cells[index]))


def _move(cells: list[NotebookNode], index: int, other: int) -> None:
    cells.insert(other, cells.pop(index))


def _merge(cells: list[NotebookNode], index: int, other: int) -> None:
    if index + 1 < len(cells):
        cells[index].source += "\n\n" + cells.pop(index + 1).source


def _split(cells: list[NotebookNode], index: int, other: int) -> None:
    lines = cells[index].source.split("\n")
    place = other % len(lines)
    second = deepcopy(cells[index])
    cells[index].source, second.source = "\n".join(lines[:place]), "\n".join(lines[place:])
    cells.insert(index + 1, second)


def _retype(cells: list[NotebookNode], index: int, other: int) -> None:
    cell = cells[index]
    cell.cell_type = "code" if cell.cell_type != "code" else ("markdown", "raw")[other % 2]
    for key in ("outputs", "execution_count"):
        cell.pop(key, None)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None


def _strip(cells: list[NotebookNode], index: int, other: int) -> None:
    cells[index].metadata = NotebookNode()


def _strip_all(cells: list[NotebookNode], index: int, other: int) -> None:
    for cell in cells:
        cell.metadata = NotebookNode()


def _rename(cells: list[NotebookNode], index: int, other: int) -> None:
    set_grade_id(cells[index], f"cell-{other}")


def _swap(cells: list[NotebookNode], index: int, other: int) -> None:
    other %= len(cells)
    cells[index].metadata, cells[other].metadata = cells[other].metadata, cells[index].metadata


def _new_id(cells: list[NotebookNode], index: int, other: int) -> None:
    cells[index].id = f"id-{other}"


def _edit_locked(cells: list[NotebookNode], index: int, other: int) -> None:
    locked = [cell for cell in cells if is_locked(cell)]
    if locked:
        locked[index % len(locked)].source += "\n80.0"


EDITS: dict[str, Edit] = {
    function.__name__.lstrip("_"): function
    for function in (
        _delete,
        _duplicate,
        _move,
        _merge,
        _split,
        _retype,
        _strip,
        _strip_all,
        _rename,
        _swap,
        _new_id,
        _edit_locked,
    )
}
NUMBERS = st.integers(0, 10_000)
OWN = st.lists(st.tuples(st.sampled_from(["cell", "prose", "line"]), NUMBERS), max_size=4)
DAMAGE = st.lists(st.tuples(st.sampled_from(sorted(EDITS)), NUMBERS, NUMBERS), max_size=6)


@dataclass(repr=False)  # what Hypothesis tells of a failure stays short
class Notebooks:
    """A lab's notebook: the instructor's, the release, and the release with everything filled in."""

    source: NotebookNode
    release: NotebookNode
    filled: NotebookNode


@pytest.fixture(scope="module")
def notebooks(course) -> Callable[[str], Notebooks]:
    made = {}
    for name in LABS:
        source, release = (nbformat.read(path(name), 4) for path in (course.source, course.release))
        answers = {question: f"The answer to {question}." for question in get_lab(name).questions}
        filled = fill_in(deepcopy(release), solution_cells(course, name) | answers)
        made[name] = Notebooks(source, release, filled)
    return lambda name: made[name]


def _write(cells: list[NotebookNode], own: list[tuple[str, int]]) -> None:
    """What a student wrote besides: cells of their own, and a line more in a code cell that is theirs to change."""
    for number, (kind, where) in enumerate(own):
        if kind == "line":
            free = [cell for cell in cells if cell.cell_type == "code" and not is_locked(cell)]
            free[where % len(free)].source += f"\nown_{number} = {number}"
        else:
            make = new_code_cell if kind == "cell" else new_markdown_cell
            cells.insert(where % (len(cells) + 1), make(f"own_{number} = {number}", id=f"own-{number}"))


@pytest.mark.slow
@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(lab_name=st.sampled_from(LABS), own=OWN, damage=DAMAGE)
def test_whatever_was_done_to_it(notebooks, lab_name, own, damage):
    source, release = notebooks(lab_name).source, notebooks(lab_name).release
    notebook = deepcopy(notebooks(lab_name).filled)
    _write(notebook.cells, own)
    for name, index, other in damage:
        if notebook.cells:
            EDITS[name](notebook.cells, index % len(notebook.cells), other % (len(notebook.cells) + 1))
    before = deepcopy(notebook)
    try:
        repaired = repair(notebook, source, release, get_lab(lab_name)).notebook
    except NeedsAttention:
        return
    assert notebook == before, "the student's own notebook is left alone"
    nbformat.validate(repaired)
    _assert_the_course_s(repaired, source, release, lab_name)
    assert _students_lines(before, release) <= _lines(repaired)
    again = repair(repaired, source, release, get_lab(lab_name)).notebook
    assert again == repaired, "a second repair changes nothing"


def _assert_the_course_s(
    repaired: NotebookNode, source: NotebookNode, release: NotebookNode, lab_name: str
) -> None:
    """Each of the lab's cells once (a solution or the identity may be gone), with the course's text and metadata."""
    lab, names = get_lab(lab_name), [name for cell in repaired.cells if (name := grade_id(cell))]
    full = {grade_id(cell): cell for cell in source.cells}
    released = {name: cell for cell in release.cells if (name := grade_id(cell))}
    assert len(names) == len(set(names)) and set(names) <= set(released)
    assert {name for name in released if is_locked(released[name]) or name in lab.questions} <= set(names)
    for cell in repaired.cells:
        name = grade_id(cell)
        assert name or "nbgrader" not in cell.metadata
        if name:
            assert cell.cell_type == released[name].cell_type
            assert {**cell.metadata.nbgrader, "checksum": 0} == {
                **released[name].metadata.nbgrader,
                "checksum": 0,
            }
            assert not is_locked(cell) or cell.source == full[name].source
    tests = {exercise.test_id for exercise in lab.exercises}
    assert [name for name in names if name not in tests] == [
        name for name in released if name in names and name not in tests
    ]
    for exercise in lab.exercises:
        if exercise.name in names:
            assert names.index(exercise.name) < names.index(exercise.test_id)


def _students_lines(notebook: NotebookNode, release: NotebookNode) -> set[str]:
    """The lines that were not handed out, but those in cells that claim to be locked: what stands there goes."""
    names = {name for cell in release.cells if is_locked(cell) and (name := grade_id(cell))}
    theirs = [cell for cell in notebook.cells if grade_id(cell) not in names]
    return _lines(NotebookNode(cells=theirs)) - _lines(release)


def _lines(notebook: Any) -> set[str]:
    return {line.strip() for cell in notebook.cells for line in cell.source.split("\n")} - {""}

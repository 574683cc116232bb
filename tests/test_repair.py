"""What repair does where several things come together; `test_damage` has the single damages, for all labs."""

from __future__ import annotations

from copy import deepcopy

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.building.example_class import fill_in
from autograder.cells.metadata import grade_id
from autograder.course.solution import solution_cells
from autograder.intake.repair import Repaired, repair
from autograder.labs import get_lab

LAB = get_lab("sine_gan")


@pytest.fixture
def release(course):
    return nbformat.read(course.release(LAB.name), 4)


@pytest.fixture
def filled(course, release):
    return fill_in(deepcopy(release), solution_cells(course, LAB.name) | {"question_1": "My answer."})


@pytest.fixture
def repaired(course, release):
    """Repairs a notebook, and sees that a second repair changes nothing."""

    def run(notebook: NotebookNode) -> Repaired:
        source = nbformat.read(course.source(LAB.name), 4)
        once = repair(notebook, source, release, LAB)
        assert repair(once.notebook, source, release, LAB).notebook == once.notebook
        return once

    return run


def _cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def _place(notebook: NotebookNode, text: str) -> int:
    return next(index for index, cell in enumerate(notebook.cells) if text in cell.source)


def test_tests_and_trials_stay_behind_a_cell_with_all_solutions(filled, release, repaired):
    texts = [_cell(filled, exercise.name).source for exercise in LAB.exercises]
    for exercise in LAB.exercises:
        _cell(filled, exercise.name).source = _cell(release, exercise.name).source
    filled.cells += [
        new_code_cell("\n\n".join(texts)),
        new_code_cell("trial = 1"),
        new_code_cell("trial = 2"),
    ]
    notebook = repaired(filled).notebook
    solutions, trial = _place(notebook, texts[0]), _place(notebook, "trial = 1")
    tests = [notebook.cells.index(_cell(notebook, exercise.test_id)) for exercise in LAB.exercises]
    assert tests == list(range(solutions + 1, trial)) and notebook.cells[trial + 1].source == "trial = 2"


def test_a_solution_among_the_imports_stays_there(filled, release, repaired):
    imports = next(cell for cell in filled.cells if cell.source.startswith("import "))
    place = filled.cells.index(imports)
    text = _cell(filled, "generator").source
    imports.source += f"\n\n{text}"
    _cell(filled, "generator").source = _cell(release, "generator").source
    notebook, notes = repaired(filled).notebook, repaired(filled).notes
    assert notebook.cells[place].source == imports.source and "generator" not in map(grade_id, notebook.cells)
    assert notes[0] == "The cell generator was as it was handed out; a definition elsewhere counts."


def test_a_cell_split_in_three_is_joined(filled, repaired):
    cell = _cell(filled, "generator")
    place, text = filled.cells.index(cell), cell.source
    halves = [deepcopy(cell) for _ in range(3)]
    halves[0].source, halves[1].source, halves[2].source = text, "one = 1", "two = 2"
    filled.cells[place : place + 1] = halves
    found = repaired(filled)
    assert found.notes == ("The cell generator had been split in 3; it was put together again.",)
    assert _cell(found.notebook, "generator").source == f"{text.strip()}\n\none = 1\n\ntwo = 2"


def test_an_answer_merged_with_its_question_is_found_beside_a_copy(filled, release, repaired):
    question, answer = _cell(filled, "question_1_text"), _cell(filled, "question_1")
    question.source += f"\n\n{answer.source}"
    filled.cells.remove(answer)
    filled.cells.append(deepcopy(_cell(release, "question_1_text")))
    assert _cell(repaired(filled).notebook, "question_1").source == "My answer."


def test_the_students_notebook_is_left_alone(filled, repaired):
    filled.cells.reverse()
    before = deepcopy(filled)
    repaired(filled)
    assert filled == before


def test_what_is_put_back_takes_the_place_of_what_cannot_run(filled, repaired):
    """Here the student's version of the imports stays in front of it."""
    imports = next(cell for cell in filled.cells if cell.source.startswith("import "))
    released = imports.source
    imports.source = f"from google.colab import drive\n{released}"
    notebook = repaired(filled).notebook
    place = _place(notebook, "google.colab")
    assert notebook.cells[place + 1].source == released

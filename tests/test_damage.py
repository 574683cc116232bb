"""Damaged notebooks: honest work counts as if nothing had happened, and what can't be mended is told, for all labs."""

from __future__ import annotations

import ast
import json
from copy import deepcopy
from types import SimpleNamespace

import damages_of_cells  # noqa: F401  adds to the catalogue
import nbformat
import pytest
from damages import DAMAGES, QUIET, SAME
from repairing import repair_in_place as repair

from autograder.building.example_class import ANSWER, fill_in
from autograder.cells.code import bound, parsed, read
from autograder.cells.compare import substance
from autograder.cells.metadata import grade_id
from autograder.course.solution import solution_cells
from autograder.errors import NeedsAttention
from autograder.grading.pool import grade_submission
from autograder.intake.read import submitted_notebook as read_submission
from autograder.labs import get_lab
from autograder.results.submission import Submission
from autograder.room.sandbox import problem


@pytest.fixture(scope="session")
def honest(course):
    """Lab name -> the solution as a student would hand it in, as JSON data."""
    made = {}

    def make(lab) -> dict:
        if lab.name not in made:
            cells = {
                name: cell for name, cell in solution_cells(course, lab.name).items() if "setup" not in name
            }
            cells |= {name: f"{ANSWER} {name}" for name in lab.questions}
            cells["identity"] = (
                'student_id_1 = "abcde"\nsignature_1 = "A"\nstudent_id_2 = ""\nsignature_2 = ""'
            )
            notebook = fill_in(nbformat.read(course.release(lab.name), as_version=4), cells)
            made[lab.name] = json.loads(json.dumps(notebook))
        return deepcopy(made[lab.name])

    return make


@pytest.fixture(scope="session")
def read_course(course):
    made = {}

    def notebooks(lab):
        if lab.name not in made:
            made[lab.name] = [nbformat.read(path(lab.name), 4) for path in (course.source, course.release)]
        return deepcopy(made[lab.name])

    return notebooks


@pytest.fixture
def graded_form(read_course, tmp_path):
    """What grading would run of a file's content: (notebook, notes)."""

    def run(raw: bytes, lab):
        folder = tmp_path / "ana" / lab.name
        folder.mkdir(parents=True)
        (folder / f"{lab.name}.ipynb").write_bytes(raw)
        notebook, notes = read_submission(Submission("ana", lab.name, folder))
        source, release = read_course(lab)
        notes += repair(notebook, source, release, lab)
        _assert_sound(notebook, source, release)
        return notebook, notes

    return run


def _assert_sound(notebook, source, release) -> None:
    """Every marked cell is the course's in text and flags, once, and the notebook can be written."""
    nbformat.validate(nbformat.reads(nbformat.writes(notebook), as_version=4))
    marked = {grade_id(cell): cell for cell in notebook.cells if cell.metadata.get("nbgrader")}
    assert len(marked) == sum("nbgrader" in cell.metadata for cell in notebook.cells)
    full = {grade_id(cell): cell for cell in source.cells}
    for released in (cell for cell in release.cells if grade_id(cell)):
        name = grade_id(released)
        if released.metadata.nbgrader.locked:
            assert marked[name].source == full[name].source
        if name in marked:
            assert marked[name].cell_type == released.cell_type
            assert {**marked[name].metadata.nbgrader, "checksum": 0} == {
                **released.metadata.nbgrader,
                "checksum": 0,
            }


def _what_counts(notebook, lab) -> dict:
    """For each exercise what its test would find, had the cells in front of it run; and the answers."""
    counts, latest, known = {}, {}, set()
    tests = {exercise.test_id: exercise for exercise in lab.exercises}
    for cell in notebook.cells:
        if cell.cell_type == "code" and grade_id(cell) not in tests:
            tree = parsed(cell.source)
            for node in tree.body if tree else []:
                if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                    latest[node.name] = substance(ast.unparse(node)), read(ast.unparse(node))
            known |= bound(cell.source) if tree and "google" not in cell.source else set()
        elif grade_id(cell) in tests:
            names = tests[grade_id(cell)].defined
            found = [latest.get(name, ("nothing", set())) for name in names]
            imported = set().union(*(names for _, names in found)) & {"torch", "nn", "math", "F", "make_grid"}
            counts[grade_id(cell)] = [what for what, _ in found], imported - known
    return counts | {
        grade_id(cell): cell.source for cell in notebook.cells if grade_id(cell) in lab.questions
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_damage(name, lab, honest, read_course, graded_form):
    expected, function = DAMAGES[name]
    another = "mnist_gan" if lab.name != "mnist_gan" else "sine_gan"
    raw = honest(lab)
    extra = {"released": json.loads(json.dumps(read_course(lab)[1])), "another": honest(get_lab(another))}
    handed_in = function(raw, SimpleNamespace(**vars(lab), **extra)) or json.dumps(raw).encode()
    if expected not in (SAME, QUIET, "middle"):
        with pytest.raises(NeedsAttention, match=expected):
            graded_form(handed_in, lab)
        return
    wanted = _what_counts(nbformat.from_dict(honest(lab)), lab)
    notebook, notes = graded_form(handed_in, lab)
    found = _what_counts(notebook, lab)
    middle = lab.exercises[len(lab.exercises) // 2].test_id
    lost = {key for key in wanted if wanted[key] != found[key] and not _says_it(key, wanted, found)}
    assert lost == ({middle} if expected == "middle" else set()), notes
    assert bool(notes) == (expected != QUIET) or expected == "middle", notes


def _says_it(key: str, wanted: dict, found: dict) -> bool:
    """Whether an answer is all there, with more behind it."""
    return key.startswith("question_") and found[key].startswith(wanted[key])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "format_3",
        "utf_16",
        "metadata_and_ids_stripped",
        "solutions_in_reverse_order",
        "all_solutions_pasted_in_one_cell",
        "test_merged_with_the_next_solution",
        "imports_of_another_place",
        "everything_pasted_twice",
    ],
)
def test_damaged_notebooks_get_full_marks(name, course, honest, read_course, tmp_path, monkeypatch):
    """From file to verdict, for one lab: nothing is lost on the way."""
    monkeypatch.chdir(course.root)
    lab = get_lab("sine_gan")
    extra = {"released": json.loads(json.dumps(read_course(lab)[1])), "another": honest(get_lab("mnist_gan"))}
    raw = honest(lab)
    handed_in = DAMAGES[name][1](raw, SimpleNamespace(**vars(lab), **extra)) or json.dumps(raw).encode()
    folder = tmp_path / "ana" / lab.name
    folder.mkdir(parents=True)
    (folder / f"{lab.name}.ipynb").write_bytes(handed_in)
    result = grade_submission(course, Submission("ana", lab.name, folder), sandbox=problem() is None)
    assert (result.verdict.status, result.verdict.score) == ("graded", 80.0), result.verdict.notes
    assert result.verdict.notes

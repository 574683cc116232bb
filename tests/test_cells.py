"""What a cell says without running it: its names, its regions, its metadata."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.cells.code import bound, changed, defined, has_scopes, parsed, read
from autograder.cells.compare import filled_in, substance
from autograder.cells.metadata import grade_id, is_graded, is_locked, is_solution, set_grade_id, tags
from autograder.cells.regions import (
    HIDDEN_TESTS,
    MARK_SCHEME,
    find_marker,
    regions,
    without_regions,
    without_solution_markers,
)


@pytest.mark.parametrize(
    ("source", "binds", "reads"),
    [
        ("import numpy as np\nx = np.ones(3)", {"np", "x"}, {"np"}),
        ("def f(a):\n    b = a\n    return b + c", {"f"}, {"c"}),
        ("y = [i for i in z]", {"y"}, {"z"}),
        ("    x = 1", {"x"}, set()),
        ("%time x = a", set(), {"get_ipython"}),
        ("x = !ls", {"x"}, {"get_ipython"}),
        ("help?", set(), {"get_ipython"}),
        ("%%time\nx = a", {"x"}, {"a", "get_ipython"}),
        ("x = (5\n     % a)", {"x"}, {"a"}),
        ("def f():\n    global g\n    g = 1", {"f", "g"}, set()),
    ],
)
def test_names_of_a_cell(source, binds, reads):
    assert has_scopes(source)
    assert bound(source) - {"i"} == binds and read(source) - {"i"} == reads


def test_what_is_no_python_still_defines():
    source = "def f(x):\n    return (\n\nclass G:\n"
    assert parsed(source) is None and not has_scopes(source)
    assert defined(source) == bound(source) == {"f", "G"} and read(source) == set()


def test_what_is_changed_in_place():
    assert changed("a.b.c = 1\nd[0] = 2\ndef f():\n    del e.g\nh = 3") == {"a", "d", "e"}


@pytest.mark.parametrize(
    "source",
    ["%" * 100_000, " " * 150_000 + "=", "a" * 150_000 + "?", "x" * 300_000, "(" * 1000, "%a\n" * 5_000],
    ids=["percent signs", "blanks", "a long name", "a long cell", "brackets", "magics"],
)
def test_hostile_cells_are_read_and_say_nothing(source):
    assert not defined(source) and not bound(source) and read(source) <= {"get_ipython"}


def test_comments_and_layout_are_no_substance():
    assert substance("def f():\n    '''A text.'''\n    return 1  # one") == substance("def f(): return 1")
    released = new_code_cell("def f():\n    raise NotImplementedError")
    assert not filled_in(new_code_cell("def f(): raise NotImplementedError  # later"), released)
    assert filled_in(new_code_cell("def f(): return 1"), released)


CELL = (
    "a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc\n=== BEGIN MARK SCHEME ===\nd\n=== END MARK SCHEME ===\n"
    "### BEGIN HIDDEN TESTS\ne"
)


def test_regions():
    assert regions(CELL) == [("SOLUTION", "b\n"), ("MARK SCHEME", "d\n"), ("HIDDEN TESTS", "e")]
    assert without_regions(CELL) == "a\nc\n"
    assert without_regions(CELL, (HIDDEN_TESTS, MARK_SCHEME)) == (
        "a\n### BEGIN SOLUTION\nb\n### END SOLUTION\nc\n"
    )
    assert without_solution_markers(CELL).startswith("a\nb\nc\n=== BEGIN")
    assert find_marker("x###BEGINHIDDENTESTS") == "BEGINHIDDENTESTS" and find_marker("BEGINNING") is None


@pytest.mark.parametrize(
    "metadata",
    [None, [], "x", {}, {"nbgrader": None}, {"nbgrader": []}, {"nbgrader": {"grade_id": 3}, "tags": "setup"}],
)
def test_metadata_of_any_type_say_nothing(metadata):
    for cell in ({"metadata": metadata}, NotebookNode(metadata=metadata)):
        assert grade_id(cell) is None and tags(cell) == set()
        assert not (is_graded(cell) or is_locked(cell) or is_solution(cell))
    assert grade_id({}) is None


def test_metadata_of_nbgrader():
    entries = {"grade_id": "f", "grade": True, "solution": False, "locked": True}
    cell = NotebookNode(metadata=NotebookNode(nbgrader=entries, tags=["setup", 3]))
    assert (grade_id(cell), is_graded(cell), is_solution(cell), is_locked(cell)) == ("f", True, False, True)
    assert tags(cell) == {"setup"}
    set_grade_id(cell, "g")
    assert cell.metadata.nbgrader == {"grade_id": "g"}
    set_grade_id(cell, None)
    assert "nbgrader" not in cell.metadata

"""Building: the same bytes every time, and faults in the script are told, not built."""

from __future__ import annotations

import json
import math
import shutil

import nbformat
import pytest

from autograder.building.build import write_release, write_source
from autograder.building.example_class import STUDENTS, write_example_class
from autograder.cells.metadata import grade_id
from autograder.course import references
from autograder.course.catalogue import Mistake
from autograder.course.course import Course
from autograder.course.references import live_reference, write_references
from autograder.course.solution import solution_cells
from autograder.errors import CourseError
from autograder.labs import get_lab


@pytest.fixture
def built_references(tmp_path, monkeypatch):
    """References are written here instead of into the package."""
    monkeypatch.setattr(references, "references_file", lambda lab: tmp_path / f"{lab}.json")
    return tmp_path


@pytest.mark.slow
def test_a_rebuild_changes_no_byte(course, lab, scratch_course, built_references):
    assert write_source(scratch_course, lab.name).read_bytes() == course.source(lab.name).read_bytes()
    assert write_release(scratch_course, lab.name).read_bytes() == course.release(lab.name).read_bytes()
    stored = course.root / "autograder" / "references" / f"{lab.name}.json"
    rebuilt = json.loads(write_references(scratch_course, lab.name).read_bytes())
    assert _differences(rebuilt, json.loads(stored.read_bytes())) == []


def _differences(rebuilt: object, stored: object, where: str = "") -> list[str]:
    """Where two files of references differ: in anything but the last digit of a number that is kept with six.

    The answers of mistakes that float32 shows are kept so, and versions of torch and processors round them in two ways.
    """
    if isinstance(rebuilt, dict) and isinstance(stored, dict) and list(rebuilt) == list(stored):
        pairs = [(rebuilt[name], stored[name], f"{where}/{name}") for name in stored]
    elif isinstance(rebuilt, list) and isinstance(stored, list) and len(rebuilt) == len(stored):
        pairs = [
            (one, other, f"{where}/{place}")
            for place, (one, other) in enumerate(zip(rebuilt, stored, strict=True))
        ]
    else:
        close = isinstance(rebuilt, float) and isinstance(stored, float) and _same_digits(rebuilt, stored)
        return [] if close or (type(rebuilt), rebuilt) == (type(stored), stored) else [where]
    return [place for pair in pairs for place in _differences(*pair)]


def _same_digits(rebuilt: float, stored: float) -> bool:
    """Whether two numbers are the same as text, or, where they have six digits, next to each other."""
    if repr(rebuilt) == repr(stored):
        return True
    step = (
        1.001 * 10.0 ** (math.floor(math.log10(abs(stored))) - 5) if stored and math.isfinite(stored) else 0.0
    )
    short = all(float(f"{number:.5e}") == number for number in (rebuilt, stored))
    return short and abs(rebuilt - stored) <= step


@pytest.mark.parametrize(
    ("rebuilt", "same"),
    [
        ("[0.0666338, NaN]", True),
        ("[0.0666339, NaN]", False),
        ("[0.06663371, NaN]", False),
        ("[0.0666337, 1.0]", False),
        ('["0.0666337", NaN]', False),
        ("[0.0666337, NaN, NaN]", False),
    ],
)
def test_rebuilt_references_may_differ_in_a_last_digit_of_float32_only(rebuilt, same):
    assert (_differences(json.loads(rebuilt), json.loads("[0.0666337, NaN]")) == []) is same


def test_the_example_class_is_not_stale(course, tmp_path):
    for path in write_example_class(course, tmp_path):
        committed = course.root / "tests" / "example_class" / path.relative_to(tmp_path)
        assert path.read_bytes() == committed.read_bytes(), committed
    assert len(STUDENTS) == 8


def test_a_changed_script_changes_the_build(course, lab, scratch_course):
    script = scratch_course.script(lab.name)
    script.write_text(
        script.read_text(encoding="utf-8").replace("# # ", "# # Planted: ", 1), encoding="utf-8"
    )
    assert write_source(scratch_course, lab.name).read_bytes() != course.source(lab.name).read_bytes()


def test_cell_ids_are_names_or_hashes(course, lab):
    cells = nbformat.read(course.source(lab.name), as_version=4).cells
    ids = [cell.id for cell in cells]
    assert len(set(ids)) == len(ids)
    for cell in cells:
        name = grade_id(cell)
        assert cell.id == name if name else len(cell.id.split("-")[0]) == 12
        assert "lines_to_next_cell" not in cell.metadata


def test_solution_that_fails_its_own_probe_is_told(scratch_course):
    path = scratch_course.source("sine_gan")
    text = path.read_text(encoding="utf-8").replace(
        "samples[:, 0], samples[:, 1]", "samples[:, 0], samples[:, 7]"
    )
    path.write_text(text, encoding="utf-8")
    lab = get_lab("sine_gan")
    with pytest.raises(CourseError, match="curve_distance fails its own probe: IndexError"):
        live_reference(scratch_course, "sine_gan", lab.exercise("curve_distance"), 1, hard=False)


def test_stale_edit_in_the_catalogue_is_told(course):
    stale = Mistake("generator.stale", "", edits={"no such text": ""})
    with pytest.raises(CourseError, match="generator.stale: the solution does not contain 'no such text'"):
        stale.apply(solution_cells(course, "sine_gan")["generator"])


def test_missing_source_is_told(tmp_path):
    with pytest.raises(CourseError, match="Build it with: python -m autograder build"):
        solution_cells(Course(tmp_path), "sine_gan")


def test_references_hold_no_code(course, lab):
    text = (course.root / "autograder" / "references" / f"{lab.name}.json").read_text(encoding="utf-8")
    assert "def " not in text and "import " not in text
    assert set(json.loads(text)["exercises"]) == {exercise.name for exercise in lab.exercises}


def test_jupytext_keeps_nbgrader_metadata(course, lab, tmp_path):
    """Saved from JupyterLab, a script must keep what nbgrader needs: notebooks/jupytext.toml sees to it."""
    import jupytext

    folder = tmp_path / "notebooks" / lab.name
    folder.mkdir(parents=True)
    shutil.copy(course.root / "notebooks" / "jupytext.toml", tmp_path / "notebooks")
    path = folder / f"{lab.name}.py"
    shutil.copy(course.script(lab.name), path)
    from jupytext.config import load_jupytext_config

    jupytext.write(jupytext.read(path), path, fmt="py:percent", config=load_jupytext_config(str(path)))
    again = path.read_text(encoding="utf-8")
    assert again.count("nbgrader={") == course.script(lab.name).read_text(encoding="utf-8").count(
        "nbgrader={"
    )

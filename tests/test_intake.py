"""Finding, reading and repairing submissions: a clear message for what is broken, and nothing lost."""

from __future__ import annotations

import json
import os
import tempfile
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from calls import calls
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from repairing import repair_in_place as repair

from autograder.building.example_class import ANSWER, fill_in
from autograder.cells.metadata import grade_id
from autograder.course.roster import read_roster
from autograder.course.solution import solution_cells
from autograder.errors import CourseError, NeedsAttention
from autograder.grading.pool import grade_submission
from autograder.intake.find import find_submissions
from autograder.intake.read import submitted_notebook as read_submission
from autograder.labs import get_lab
from autograder.results.fingerprints import _submission_digest
from autograder.results.submission import Submission

LAB = get_lab("sine_gan")


@pytest.fixture
def filled(course):
    """The solution as a student would hand it in."""
    cells = {name: cell for name, cell in solution_cells(course, LAB.name).items() if "setup" not in name}
    return fill_in(nbformat.read(course.release(LAB.name), as_version=4), cells)


@pytest.fixture
def repaired(course, filled):
    """Repairs a notebook and returns (notes, cells by grade_id)."""

    def run(notebook):
        source = nbformat.read(course.source(LAB.name), as_version=4)
        notes = repair(notebook, source, nbformat.read(course.release(LAB.name), as_version=4), LAB)
        nbformat.validate(notebook)
        ids = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
        assert len(ids) == len(set(ids))
        for exercise in LAB.exercises:
            if exercise.name in ids:
                assert ids.index(exercise.name) < ids.index(exercise.test_id)
        return notes, {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)}

    return run


def _cell(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def test_an_honest_notebook_needs_no_repair(filled, repaired):
    notes, _ = repaired(filled)
    assert notes == []


def test_test_cells_come_from_the_course(filled, repaired):
    _cell(filled, "test_generator").source = "80.0"
    _cell(filled, "test_train").metadata.nbgrader.points = 1000
    notes, cells = repaired(filled)
    assert 'respond("sine_gan.generator")' in cells["test_generator"].source
    assert cells["test_train"].metadata.nbgrader.points == 10
    assert notes == ["The cell test_generator was edited; the one that was handed out is used."]


def test_deleted_cells_are_put_back(filled, repaired):
    gone = {"test_generator", "question_2", "question_2_text", "test_coverage"}
    filled.cells = [cell for cell in filled.cells if grade_id(cell) not in gone]
    notes, cells = repaired(filled)
    assert gone <= set(cells)
    assert sum("was missing; it was put back" in note for note in notes) == 4


def test_a_deleted_solution_stays_away(filled, repaired):
    filled.cells = [cell for cell in filled.cells if grade_id(cell) != "generator"]
    notes, cells = repaired(filled)
    assert "generator" not in cells and notes == ["The cell generator is missing."]


@pytest.mark.parametrize("stub_first", [True, False])
def test_of_duplicates_the_first_that_is_filled_in_counts(course, filled, repaired, stub_first):
    stub = _cell(nbformat.read(course.release(LAB.name), as_version=4), "generator")
    other = deepcopy(_cell(filled, "generator"))
    other.source += "\n# a second one"
    wanted = _cell(filled, "generator").source
    place = filled.cells.index(_cell(filled, "generator"))
    filled.cells.insert(place if stub_first else place + 1, stub)
    filled.cells.append(other)
    notes, cells = repaired(filled)
    assert cells["generator"].source == wanted
    assert notes == ["The cell generator is there 3 times; the first that is filled in counts."]


def test_stripped_metadata_is_recognised_by_definitions(filled, repaired):
    for cell in filled.cells:
        if grade_id(cell) in ("generator", "train"):
            cell.metadata = nbformat.NotebookNode()
    notes, cells = repaired(filled)
    assert "class Generator" in cells["generator"].source and "def train" in cells["train"].source
    assert len(notes) == 2


def test_a_definition_in_a_foreign_cell_is_tested_behind_it(filled, repaired):
    """Merged cells: the test goes behind the cell that holds the definition."""
    generator, step = _cell(filled, "generator"), _cell(filled, "generator_step")
    step.source += "\n\n\n" + generator.source
    filled.cells = [cell for cell in filled.cells if cell is not generator]
    repaired(filled)
    places = [grade_id(cell) for cell in filled.cells]
    assert places.index("test_generator") > places.index("generator_step")


def test_a_test_cell_that_was_moved_up_comes_back(filled, repaired):
    test = _cell(filled, "test_coverage")
    filled.cells = [test] + [cell for cell in filled.cells if cell is not test]
    notes, _ = repaired(filled)
    assert notes == ["The cell test_coverage stood before its solution; it was moved behind it."]


def test_a_cell_that_changed_its_type_changes_back(filled, repaired):
    _cell(filled, "test_train").cell_type = "markdown"
    _, cells = repaired(filled)
    assert cells["test_train"].cell_type == "code"


@pytest.mark.parametrize(
    "other", [new_notebook(), new_notebook(cells=[new_code_cell("x = 1"), new_markdown_cell("hi")])]
)
def test_another_notebook_needs_attention(repaired, other):
    with pytest.raises(NeedsAttention, match="not a notebook of the lab sine_gan"):
        repaired(other)


def test_another_labs_notebook_needs_attention(filled, repaired):
    for cell in filled.cells:
        if grade_id(cell) not in (None, "generator", "discriminator"):
            cell.metadata.nbgrader.grade_id = f"other_{cell.metadata.nbgrader.grade_id}"
            cell.source = "x = 1"
    with pytest.raises(NeedsAttention, match="Was another lab handed in"):
        repaired(filled)


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "ana" / LAB.name
    folder.mkdir(parents=True)
    return Submission("ana", LAB.name, folder)


def _write(submission, notebook, name=f"{LAB.name}.ipynb"):
    (submission.folder / name).write_text(nbformat.writes(notebook), encoding="utf-8")


def test_a_renamed_notebook_is_read_with_a_note(submission, filled):
    _write(submission, filled, "final version (2).ipynb")
    _, notes = read_submission(submission)
    assert notes[0] == "The notebook was called final version (2).ipynb, not sine_gan.ipynb."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"An essay.", "no JSON text"),
        (b"", "no JSON text"),
        (b"\xff\xfe\x00PK", "no JSON text"),
        (b"[" * 100_000, "no JSON text"),
        (b"{}", "not a notebook that can be read"),
        (b"[1, 2]", "not a notebook that can be read"),
        (
            b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
            "not a notebook that can be read",
        ),
    ],
)
def test_what_is_no_notebook_is_told(submission, content, reason):
    (submission.folder / f"{LAB.name}.ipynb").write_bytes(content)
    with pytest.raises(NeedsAttention, match=reason):
        read_submission(submission)


def test_an_empty_folder_two_notebooks_and_links_are_told(submission, filled, tmp_path):
    with pytest.raises(NeedsAttention, match="There is no notebook: the folder holds nothing"):
        read_submission(submission)
    _write(submission, filled)
    _write(submission, filled, "copy.ipynb")
    with pytest.raises(NeedsAttention, match="There are 2 notebooks: copy.ipynb, sine_gan.ipynb"):
        read_submission(submission)
    (submission.folder / "copy.ipynb").unlink()
    os.rename(submission.folder / f"{LAB.name}.ipynb", tmp_path / "elsewhere.ipynb")
    (submission.folder / f"{LAB.name}.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    with pytest.raises(NeedsAttention, match="is a link, not a file"):
        read_submission(submission)


def test_metadata_of_any_type_is_survived(submission, filled):
    raw = json.loads(nbformat.writes(filled))
    for index, value in enumerate((None, [], "x", {"grade_id": 3}, {"grade_id": None})):
        raw["cells"][index]["metadata"]["nbgrader"] = value
    (submission.folder / f"{LAB.name}.ipynb").write_text(json.dumps(raw), encoding="utf-8")
    notebook, _ = read_submission(submission)
    assert all(grade_id(cell) is None for cell in notebook.cells[:5])


def test_an_empty_identity_is_a_note_not_a_loss(submission, filled):
    _write(submission, filled)
    _, notes = read_submission(submission)
    assert notes == ["Identity: student_id_1 should have at least 5 characters."]


def test_a_signed_identity_is_no_note(submission, filled):
    identity = next(
        cell for cell in filled.cells if "student_id_1" in cell.source and cell.cell_type == "code"
    )
    identity.source = "student_id_1 = 'abcde'\nsignature_1 = 'Ana'\nstudent_id_2 = ''\nsignature_2 = ''"
    _write(submission, filled)
    assert read_submission(submission)[1] == []


def test_a_missing_folder_and_an_empty_class_are_told(tmp_path):
    with pytest.raises(CourseError, match="There is no folder"):
        find_submissions(tmp_path / "nowhere", [LAB.name])
    (tmp_path / "ana").mkdir()
    with pytest.raises(CourseError, match="is empty: it holds no <student>/sine_gan/sine_gan.ipynb"):
        find_submissions(tmp_path, [LAB.name])


def test_a_name_outside_the_class_needs_attention(tmp_path):
    for student in ("ana", "mallory"):
        (tmp_path / student / LAB.name).mkdir(parents=True)
    (tmp_path / "students.csv").write_text("student_id,name\nana,Ana\n", encoding="utf-8")
    ana, mallory = find_submissions(tmp_path, [LAB.name])
    assert ana.in_class and not mallory.in_class
    with pytest.raises(NeedsAttention, match="mallory is not in students.csv"):
        read_submission(mallory)


@pytest.mark.parametrize("raw", ["id;name\nana;Añ".encode("latin-1"), "\ufeffana\n".encode()])
def test_rosters_as_spreadsheets_write_them(tmp_path, raw):
    (tmp_path / "students.csv").write_bytes(raw)
    assert read_roster(tmp_path / "students.csv") == {"ana"}


def test_metadata_stripped_from_every_cell(filled, repaired):
    """As some services do: tests, answers and definitions are all found again."""
    _cell(filled, "question_3").source = "My answer."
    for cell in filled.cells:
        cell.metadata = nbformat.NotebookNode()
    _, cells = repaired(filled)
    assert cells["question_3"].source == "My answer."
    assert {exercise.name for exercise in LAB.exercises} <= set(cells)


def test_an_empty_copy_without_metadata_does_not_undo_the_solution(course, filled, repaired):
    stub = _cell(nbformat.read(course.release(LAB.name), as_version=4), "train")
    stub.metadata = nbformat.NotebookNode()
    filled.cells.append(stub)
    notes, _ = repaired(filled)
    assert notes == ["An empty copy of a solution cell was left out."]


def _found(tmp_path):
    (submission,) = find_submissions(tmp_path, [LAB.name])
    return read_submission(submission)


@pytest.mark.parametrize("spelling", ["Sine_GAN", "sine gan", "Sine-Gan"])
def test_a_folder_under_another_spelling_is_found(tmp_path, filled, spelling):
    _write(Submission("ana", LAB.name, _folder(tmp_path / "ana" / spelling)), filled)
    assert f"The folder was called {spelling}, not sine_gan." in _found(tmp_path)[1]


def _folder(path):
    path.mkdir(parents=True)
    return path


@pytest.mark.parametrize("name", ["sine_gan.ipynb", "Sine_GAN.zip"])
def test_a_file_in_place_of_the_folder_gets_a_verdict(tmp_path, filled, name):
    (_folder(tmp_path / "ana") / name).write_text("x")
    with pytest.raises(NeedsAttention, match=rf"ana/sine_gan is no folder \(there are: {name}\)"):
        _found(tmp_path)


@pytest.mark.parametrize("target", ["elsewhere", "/", "."])
def test_a_link_in_place_of_a_folder_gets_a_verdict(tmp_path, target):
    (_folder(tmp_path / "ana") / LAB.name).symlink_to(target)
    with pytest.raises(NeedsAttention, match="is a link, not a file"):
        _found(tmp_path)


@pytest.mark.parametrize("second", ["Sine_GAN/", "sine-gan/", "sine_gan.ipynb", "sine_gan.ipynb.txt"])
def test_two_hand_ins_of_a_lab_need_attention(tmp_path, filled, second):
    _write(Submission("ana", LAB.name, _folder(tmp_path / "ana" / LAB.name)), filled)
    (first,) = find_submissions(tmp_path, [LAB.name])
    path = tmp_path / "ana" / second
    _folder(path) if second.endswith("/") else path.write_text("{}")
    (submission,) = find_submissions(tmp_path, [LAB.name])
    with pytest.raises(
        NeedsAttention, match=f"ana handed in sine_gan more than once: .*{second.rstrip('/')}"
    ):
        read_submission(submission)
    assert _submission_digest(first) != _submission_digest(submission)


def test_an_archive_beside_the_folder_is_told(tmp_path, filled):
    _write(Submission("ana", LAB.name, _folder(tmp_path / "ana" / LAB.name)), filled)
    (tmp_path / "ana" / "sine_gan.zip").write_bytes(b"PK")
    (tmp_path / "ana" / "dcgan.ipynb").write_text("{}")
    assert _found(tmp_path)[1][0] == "Beside the folder lies sine_gan.zip, which was not looked at."


def test_a_name_that_is_no_text_gets_a_verdict_that_can_be_written(course, tmp_path, filled):
    """As archives of old systems leave them; what is written of it is UTF-8, and no two students are one."""
    for name in (b"Jos\xe9", b"Jos\xe8", "José".encode(), b"Jos_xe8"):
        _write(Submission("-", LAB.name, _folder(tmp_path / os.fsdecode(name) / LAB.name)), filled)
    submissions = {one.student: one for one in find_submissions(tmp_path, [LAB.name])}
    assert set(submissions) == {"José", "Jos_xe9", "Jos_xe8", "Jos_xe8_"}
    assert read_submission(submissions["José"]) and read_submission(submissions["Jos_xe8"])
    for name in ("Jos_xe9", "Jos_xe8_"):
        result = grade_submission(course, submissions[name])
        assert (
            "is not UTF-8" in result.verdict.notes[0] and f"shows here as {name}" in result.verdict.notes[0]
        )
        json.dumps(result.verdict.to_json(), ensure_ascii=False).encode()


@pytest.mark.parametrize("name", [b"Jos\xe9.ipynb", b"Jos\xe9.txt", b"Jos\xe9"])
def test_notes_about_files_whose_names_are_no_text_can_be_written(submission, filled, name):
    path = submission.folder / os.fsdecode(name)
    path.write_text(nbformat.writes(filled), encoding="utf-8")
    try:
        notes = read_submission(submission)[1]
    except NeedsAttention as reason:
        notes = [str(reason)]
    assert any("Jos?" in note for note in notes) and "".join(notes).encode()


@pytest.fixture
def class_of_two(filled):
    """Two students, in a place that everybody may enter; root, who may read everything, becomes somebody else."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o755)
        for student in ("ana", "ben"):
            _write(Submission(student, LAB.name, _folder(top / student / LAB.name)), filled)
        root = os.geteuid() == 0
        try:
            if root:
                os.seteuid(65534)
            yield top
        finally:
            if root:
                os.seteuid(0)
            for path in (top / "ana", top / "ana" / LAB.name):
                path.chmod(0o755)


def _lock(path):
    """As root, who owns it here; the test goes on as nobody."""
    user = os.geteuid()
    os.seteuid(os.getuid())
    path.chmod(0)
    os.seteuid(user)


@pytest.mark.parametrize("locked", ["ana", "ana/sine_gan", "ana/sine_gan/sine_gan.ipynb"])
def test_what_cannot_be_read_needs_attention_and_the_others_go_on(course, class_of_two, locked):
    _lock(class_of_two / locked)
    ana, ben = find_submissions(class_of_two, [LAB.name])
    assert read_submission(ben)
    result = grade_submission(course, ana)
    assert not result.final and result.verdict.status == "needs_attention"
    (note,) = result.verdict.notes
    assert note.startswith("ana/sine_gan") and "can't be read: Permission denied." in note and "chmod" in note
    assert str(class_of_two) not in note, "students see it"
    assert _submission_digest(ana) != _submission_digest(ben)


def test_a_student_who_cannot_be_read_may_have_handed_in_every_lab(class_of_two):
    _lock(class_of_two / "ana")
    found = find_submissions(class_of_two, [LAB.name, "dcgan"])
    assert [(one.student, one.lab) for one in found] == [
        ("ana", LAB.name),
        ("ana", "dcgan"),
        ("ben", LAB.name),
    ]


def test_a_class_that_cannot_be_read_is_told(class_of_two):
    _lock(class_of_two)
    with pytest.raises(CourseError, match="can't be read: Permission denied"):
        find_submissions(class_of_two, [LAB.name])


@pytest.mark.parametrize("name", ["sine_gan.ipynb.txt", "sine_gan.json", "inner/sine_gan.ipynb"])
def test_a_notebook_under_a_name_that_a_transfer_gave_is_read(tmp_path, submission, filled, name):
    path = submission.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(nbformat.writes(filled), encoding="utf-8")
    assert read_submission(submission)[1][0] == f"The notebook was called {name}, not sine_gan.ipynb."


def test_hidden_files_and_checkpoints_are_no_second_notebook(submission, filled):
    _write(submission, filled)
    _write(submission, filled, "._sine_gan.ipynb")
    _write(Submission("ana", LAB.name, _folder(submission.folder / ".ipynb_checkpoints")), filled)
    _write(Submission("ana", LAB.name, _folder(submission.folder / "__MACOSX")), filled)
    assert read_submission(submission)[1] == ["Identity: student_id_1 should have at least 5 characters."]


def test_a_folder_called_like_a_notebook_is_none(submission):
    _folder(submission.folder / f"{LAB.name}.ipynb")
    with pytest.raises(NeedsAttention, match="There is no notebook: the folder holds sine_gan.ipynb"):
        read_submission(submission)


def test_reading_gives_the_same_twice(submission, filled):
    raw = json.loads(nbformat.writes(filled))
    for cell in raw["cells"]:
        del cell["id"]
    (submission.folder / f"{LAB.name}.ipynb").write_text(json.dumps(raw), encoding="utf-8")
    assert read_submission(submission) == read_submission(submission)


def test_experiments_in_a_copy_of_a_cell_are_kept(filled, repaired):
    copy = deepcopy(_cell(filled, "generator"))
    copy.source, copy.id = "print('an experiment')", "copy"
    filled.cells.append(copy)
    repaired(filled)
    assert filled.cells[-1].source == "print('an experiment')"
    assert "nbgrader" not in filled.cells[-1].metadata


def _refused(submission: Submission) -> None:
    with pytest.raises(NeedsAttention):
        read_submission(submission)


@pytest.mark.slow
@pytest.mark.parametrize(
    "opener", ['"', '"\\\\"', "<<<<<<< a\n", '{"cells": [', '{"cells": [{}', "\n\n\n", ",", '"a" "b"']
)
def test_hostile_text_is_read_quickly(submission, opener):
    """A text that looks damaged everywhere is refused with work that grows as the text does, and no faster."""

    def work(length: int) -> int:
        text = "{" + opener * (length // len(opener))
        (submission.folder / f"{LAB.name}.ipynb").write_text(text, encoding="utf-8")
        return calls(lambda: _refused(submission))

    assert work(1_000_000) < 2.1 * work(500_000) + 1000


def test_example_answers_differ_from_the_stub():
    assert ANSWER != "YOUR ANSWER HERE"

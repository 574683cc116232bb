"""Marks by hand: what a person gives in the formgrader counts everywhere, and only for what it was given for."""

from __future__ import annotations

import csv
import json

import nbformat
import pytest
from fake_pool import LAB, Class, FakePool
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from selectolax.lexbor import LexborHTMLParser

from autograder.export.export import export
from autograder.feedback import page_fingerprint
from autograder.grading import run
from autograder.labs import get_lab
from autograder.results.gradebook import database

QUESTIONS = get_lab(LAB).questions
ANSWERS = {name: f"What I think about {name}." for name in QUESTIONS}
STUDENTS = ("ana", "ben")
SHARES = {"ana": {"generator": 0.0}, "ben": 1.0}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory) -> Class:
    made = Class.make(tmp_path_factory.mktemp("class") / "world", ())
    for student in STUDENTS:
        made.hand_in(student, **ANSWERS, generator="class Generator: ...")
    made.run(SHARES)
    return made


@pytest.fixture
def graded(graded_once, tmp_path, monkeypatch) -> Class:
    world = graded_once.copy(tmp_path / "world")
    monkeypatch.setattr(run, "LocalPool", lambda course, *_: FakePool(course, SHARES))
    return world


def _give_all(world: Class) -> None:
    for question in QUESTIONS:
        world.give("ana", question, manual_score=4.0)


def _in_the_formgrader(world: Class) -> tuple[float, bool]:
    """Marks in the gradebook, and whether nbgrader says that somebody has to read something."""
    with Gradebook(database(world.out)) as gradebook:
        found = gradebook.find_submission(LAB, "ana")
        return found.score, found.needs_manual_grade


def test_marks_by_hand_reach_the_page_at_the_next_run_and_no_other_page_is_written(graded):
    assert graded.grade() == 0 and "not read yet" in graded.totals("ana")
    before = {student: graded.page(student).stat().st_mtime_ns for student in STUDENTS}
    assert graded.grade() == 0
    assert before == {student: graded.page(student).stat().st_mtime_ns for student in STUDENTS}
    _give_all(graded)
    assert graded.grade() == 0
    assert "16 of 20" in graded.totals("ana") and "86 of 100" in graded.totals("ana")
    assert graded.page("ben").stat().st_mtime_ns == before["ben"]


def test_a_page_that_is_gone_is_written_again_and_one_that_cannot_be_is_named(graded, capsys):
    graded.verdict("ana").with_name("page").unlink()
    (graded.out / "autograded" / "ana" / LAB / f"{LAB}.ipynb").write_text("[]")
    _give_all(graded)
    graded.page("ben").unlink()
    assert graded.grade() == 1
    assert "page of ana/sine_gan" in capsys.readouterr().out and graded.row("ana")["total"] == "86"
    assert "Your marks" in graded.page("ben").read_text(encoding="utf-8")


def test_what_makes_pages_inert_reaches_those_that_are_written(graded, monkeypatch):
    """The page and the notebook for the formgrader, as if they had been written by a cleaning with a hole."""
    path = graded.out / "autograded" / "ana" / LAB / f"{LAB}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.outputs = [new_output("display_data", {"text/html": "<script>pwned</script><b>fine</b>"})]
    nbformat.write(notebook, path)
    page = graded.page("ana")
    page.write_text("<script>pwned</script>", encoding="utf-8")
    assert graded.grade() == 0 and "pwned" in page.read_text(encoding="utf-8")
    monkeypatch.setattr(page_fingerprint, "_code", lambda: "mended")
    assert graded.grade() == 0
    for one in (page, path):
        text = one.read_text(encoding="utf-8")
        assert "fine" in text and "pwned" not in text


def test_a_mark_for_another_answer_does_not_count(graded):
    _give_all(graded)
    graded.hand_in(
        "ana", **{**ANSWERS, "question_2": "I have thought again."}, generator="class Generator: ..."
    )
    assert graded.grade() == 0
    assert (graded.row("ana")["manual"], graded.row("ana")["total"]) == ("", "")
    assert "not read yet" in graded.totals("ana") and _in_the_formgrader(graded) == (70.0 + 12.0, True)
    graded.give("ana", "question_2", manual_score=1.0)
    assert graded.grade() == 0
    assert (graded.row("ana")["manual"], graded.row("ana")["total"]) == ("13", "83")


def test_marks_for_the_same_answers_stay(graded):
    """Also in a folder that was graded before answers were noted."""
    _give_all(graded)
    for text in ("again", "and again"):
        graded.hand_in("ana", text, **ANSWERS, generator="class Generator: ...")
        assert graded.grade() == 0
        assert graded.row("ana")["manual"] == "16" and _in_the_formgrader(graded) == (86.0, False)
        graded.verdict("ana").with_name("answers").unlink()


def test_a_correction_counts_until_the_code_changes(graded):
    _give_all(graded)
    graded.give("ana", "test_generator", manual_score=7.5)
    assert graded.grade() == 0 and graded.row("ana")["machine"] == "77.5"
    graded.hand_in("ana", "again", **ANSWERS, generator="class Generator: ...")
    assert graded.grade() == 0 and graded.row("ana")["machine"] == "77.5"
    graded.hand_in("ana", "again", **ANSWERS, generator="class Generator: pass")
    assert (
        graded.grade() == 0 and graded.row("ana")["machine"] == "70" and graded.row("ana")["manual"] == "16"
    )


def test_page_table_and_exports_agree_about_corrections_extra_credit_and_a_penalty(graded, tmp_path, capsys):
    _give_all(graded)
    graded.give("ana", "test_generator", manual_score=7.5)
    graded.give("ana", "test_train", extra_credit=2.0)
    with Gradebook(database(graded.out)) as gradebook:
        gradebook.find_submission_notebook(LAB, LAB, "ana").late_submission_penalty = 5.0
        gradebook.db.commit()
    assert graded.grade() == 0 and "90.5 / 100" in capsys.readouterr().out
    row = graded.row("ana")
    assert (row["machine"], row["manual"], row["late_penalty"], row["total"]) == ("79.5", "16", "5", "90.5")
    totals = graded.totals("ana")
    assert (
        "Exercises79.5 of 80" in totals.replace("Exercises ", "Exercises")
        and "Late−5" in totals.replace(" ", "")
        and "90.5 of 100" in totals
    )
    text = " ".join(
        LexborHTMLParser(graded.page("ana").read_text(encoding="utf-8"))
        .css_first("table.marks")
        .text()
        .split()
    )
    assert "7.5 of 10" in text and "by machine 0" in text and "12 of 10" in text
    export(graded.out, "moodle", tmp_path, roster=None, columns={}, machine_only=False)
    with (tmp_path / f"moodle_{LAB}.csv").open(encoding="utf-8") as file:
        exported = next(one for one in csv.DictReader(file) if one["ID number"] == "ana")
    assert exported["Grade"] == "90.5" and "By machine: 79.5/80" in exported["Feedback comments"]
    with Gradebook(database(graded.out)) as gradebook:
        found = gradebook.find_submission(LAB, "ana")
        assert found.score - found.late_submission_penalty == 90.5  # as `nbgrader export` has it
    assert json.loads(graded.verdict("ana").read_bytes())["score"] == 70.0  # the machine's, and no person's


def test_a_penalty_takes_no_more_than_there_is(graded):
    _give_all(graded)
    with Gradebook(database(graded.out)) as gradebook:
        gradebook.find_submission_notebook(LAB, LAB, "ana").late_submission_penalty = 500.0
        gradebook.db.commit()
    assert graded.grade() == 0 and graded.row("ana")["total"] == "0" and "0 of 100" in graded.totals("ana")


def test_marks_of_a_submission_that_cannot_be_graded_any_more_are_taken_out(graded):
    """Those of the machine; what a person gave is kept for a hand-in with the same answers."""
    _give_all(graded)
    graded.hand_in("ana", "broken", **ANSWERS)
    graded.run({"ana": None})
    assert graded.grade() == 1
    assert (graded.row("ana")["machine"], graded.row("ana")["manual"], graded.row("ana")["total"]) == (
        "",
        "",
        "",
    )
    assert not (graded.out / "autograded" / "ana" / LAB).exists()
    with Gradebook(database(graded.out)) as gradebook:
        grades = gradebook.find_submission_notebook(LAB, LAB, "ana").grades
        assert {one.auto_score for one in grades} == {None}
    assert _in_the_formgrader(graded) == (16.0, True)
    graded.hand_in(
        "ana", "mended", **{**ANSWERS, "question_1": "Another one."}, generator="class Generator: ..."
    )
    assert graded.grade() == 0
    assert _in_the_formgrader(graded) == (82.0, True) and graded.row("ana")["total"] == ""


def test_an_answer_that_was_never_marked_waits_and_one_that_is_empty_does_not(graded):
    graded.hand_in("ana")
    assert graded.grade() == 0 and graded.row("ana")["manual"] == "0" and graded.row("ben")["manual"] == ""

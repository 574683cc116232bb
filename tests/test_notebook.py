"""What a student's notebook shows: banners, the summary, the identity."""

from __future__ import annotations

import subprocess
import sys

import pytest

from autograder.course.solution import solution_names
from autograder.marking.verdict import Finding, Mark
from autograder.notebook import check as checking
from autograder.notebook.banner import mark_html


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(checking, "_earned", {})
    for name in ("NBGRADER_EXECUTION", checking.SEED_VARIABLE):
        monkeypatch.delenv(name, raising=False)


def test_a_check_is_a_plain_float_for_nbgrader_and_a_banner_for_people(course, lab):
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        mark = checking.check(f"{lab.name}.{exercise.name}", names)
        assert repr(mark) == repr(float(exercise.marks))
        assert f"✓ [{exercise.marks:g} marks]" in mark._repr_html_()


def test_running_a_check_again_counts_once(course, lab):
    names = solution_names(course, lab.name)
    first = lab.exercises[0]
    for _ in range(3):
        checking.check(f"{lab.name}.{first.name}", names)
    summary = checking.summarise_marks()
    assert f"Total: {first.marks:g} of {lab.marks:g}" in repr(summary)
    assert "hidden tests" in repr(summary) and "not run" in repr(summary)


def test_the_summary_of_a_finished_lab(course, lab):
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        checking.check(f"{lab.name}.{exercise.name}", names)
    assert f"Total: {lab.marks:g} of {lab.marks:g}" in repr(checking.summarise_marks())


def test_the_summary_before_any_check():
    assert "run the test cells first" in repr(checking.summarise_marks())


def test_the_last_run_counts(course, lab):
    names, first = solution_names(course, lab.name), lab.exercises[0]
    checking.check(f"{lab.name}.{first.name}", names)
    checking.check(f"{lab.name}.{first.name}", {})
    assert f"Total: 0 of {lab.marks:g}" in repr(checking.summarise_marks())


def test_an_unknown_exercise_is_told(lab):
    with pytest.raises(KeyError, match="has no exercise 'nope'"):
        checking.check(f"{lab.name}.nope", {})


def test_messages_are_escaped():
    html = mark_html(Mark(0.0, 5.0, (Finding("x.raised", "<script>alert(1)</script> `a<b`"),)))
    assert "<script>" not in html and "<code>a&lt;b</code>" in html


def test_a_named_mistake_is_said_once():
    findings = tuple(Finding(f"x.{name}", name, mistake="x.m") for name in ("first", "second"))
    html = mark_html(Mark(0.0, 5.0, findings))
    assert "first" in html and "second" not in html


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "student_id_1"),
        ({"student_id_1": "abc", "signature_1": "A"}, "at least 5"),
        ({"student_id_1": "abcde", "signature_1": " "}, "signature_1 is empty"),
        ({"student_id_1": "abcde", "signature_1": "A", "student_id_2": "x"}, "student_id_2"),
        ({"student_id_1": "abcde", "signature_1": "A", "student_id_2": "vwxyz"}, "signature_2 is empty"),
    ],
)
def test_identity_problems(fields, problem):
    assert problem in checking.identity_problem(fields)


def test_identity_of_one_or_two_students():
    one = {"student_id_1": "abcde", "signature_1": "A"}
    assert checking.identity_problem(one) is None
    assert checking.identity_problem(one | {"student_id_2": "vwxyz", "signature_2": "V"}) is None


def test_training_is_short_only_when_graded(monkeypatch, capsys):
    assert checking.training_length(115) == 115
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert checking.training_length(115) == 2 and checking.training_length(1) == 1
    assert "no mark depends on training" in capsys.readouterr().out


def test_in_the_room_the_visible_check_gives_nothing_away(monkeypatch, lab):
    monkeypatch.setenv(checking.SEED_VARIABLE, "1")
    assert checking.check(f"{lab.name}.{lab.exercises[0].name}", {}) is None


def test_graded_without_this_projects_configuration_nobody_gets_marks(monkeypatch, lab):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(RuntimeError, match="nbgrader_config.py"):
        checking.respond(f"{lab.name}.{lab.exercises[0].name}")


@pytest.mark.slow
def test_importing_the_package_is_light():
    """What a notebook imports loads neither matplotlib nor nbgrader before it is used."""
    code = (
        "import sys; from autograder import check, figures, load_images, summarise_marks; "
        "print('matplotlib' in sys.modules, 'nbgrader' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", "False"]

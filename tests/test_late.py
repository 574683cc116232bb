"""Late penalties: a plugin that is configured as nbgrader's documentation has it counts by both ways, everywhere."""

from __future__ import annotations

import csv
import functools
import re
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import commands
import pytest
from fake_pool import LAB, Class, FakePool, totals_on
from nbgrader.api import Gradebook

from autograder.errors import CourseError
from autograder.export.export import export
from autograder.grading import run
from autograder.labs import get_lab
from autograder.results.late import handed_in_at
from autograder.results.manual_grades import database

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "tests" / "example_class"
QUESTIONS = get_lab(LAB).questions
DUE = datetime(2026, 11, 20, 12)  # in UTC, as gradebooks have it
STAMPS = {
    "ana": "2026-11-20 14:30:00.000000 UTC",  # two hours and a half late
    "ben": "2026-11-20 12:00:00.000000 UTC",  # just in time
    "eva": "2026-11-20T14:00:00+01:30",  # half an hour late, in another zone
    "ida": None,  # nobody knows when
}
PENALTIES = {"ana": 2.5, "ben": 0.0, "eva": 0.5, "ida": 0.0}
# The one of the instructor's page, which is nbgrader's own example with marks for parts of hours.
PAGE = ROOT / "autograder" / "grading" / "README.md"
PLUGIN = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1]
BY_NAME = 'c.AssignLatePenalties.plugin_class = "late.SubMarks"\n'
BY_CLASS = "from late import SubMarks\nc.AssignLatePenalties.plugin_class = SubMarks\n"
ZERO = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'


def _configure(world: Class, text: str, plugin: str = PLUGIN, name: str = "late") -> None:
    with (world.course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write(text)
    (world.course.root / f"{name}.py").write_text(plugin, encoding="utf-8")


def _stamp(world: Class, student: str, text: str | None) -> None:
    path = world.submitted / student / LAB / "timestamp.txt"
    path.unlink(missing_ok=True)
    if text is not None:
        path.write_text(f"{text}\n", encoding="ascii")


def _due(folder: Path, when: datetime) -> None:
    """What `nbgrader db assignment add` does to the gradebook in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with Gradebook(database(folder)) as gradebook:
        gradebook.update_or_create_assignment(LAB, duedate=when)


def _read_answers(world: Class, student: str) -> None:
    for question in QUESTIONS:
        world.give(student, question, manual_score=4.0)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory) -> Class:
    made = Class.make(tmp_path_factory.mktemp("class") / "world", tuple(STAMPS))
    for student, text in STAMPS.items():
        made.hand_in(student, **{name: f"What I think about {name}." for name in QUESTIONS})
        _stamp(made, student, text)
    return made


@pytest.fixture
def world(handed_in, tmp_path, monkeypatch) -> Class:
    shares = dict.fromkeys(STAMPS, 1.0)
    monkeypatch.setattr(run, "LocalPool", lambda course, *_: FakePool(course, shares))
    monkeypatch.chdir(tmp_path)  # the plugin is found wherever the command runs
    return handed_in.copy(tmp_path / "world")


def _penalties(world: Class) -> dict[str, float]:
    return {student: float(world.row(student)["late_penalty"]) for student in STAMPS}


@pytest.mark.slow
@pytest.mark.parametrize("configuration", [BY_NAME, BY_CLASS])
def test_page_table_and_every_export_have_the_penalty(world, tmp_path, configuration):
    _configure(world, configuration)
    _due(world.out, DUE)
    assert world.grade() == 0 and _penalties(world) == PENALTIES
    for student in STAMPS:
        _read_answers(world, student)
    assert world.grade() == 0 and _penalties(world) == PENALTIES
    wanted = {student: 96 - penalty for student, penalty in PENALTIES.items()}
    for form in ("csv", "moodle", "canvas"):
        export(world.out, form, tmp_path, roster=None, columns={}, machine_only=False)
    columns = {
        "marks.csv": ("id", f"{LAB} total"),
        f"moodle_{LAB}.csv": ("ID number", "Grade"),
        f"canvas_{LAB}.csv": ("SIS Login ID", LAB),
    }
    for name, (who, mark) in columns.items():
        with (tmp_path / name).open(encoding="utf-8-sig") as file:
            found = {row[who]: row[mark] for row in csv.DictReader(file)}
        assert {student: float(found[student]) for student in STAMPS} == wanted, name
    for student, total in wanted.items():
        assert float(world.row(student)["total"]) == total
        assert f"{total:g} of 100" in world.totals(student)
        assert ("Late" in world.totals(student)) == bool(PENALTIES[student])
    with Gradebook(database(world.out)) as gradebook:
        found = gradebook.assignment_submissions(LAB)
        totals = {work.student.id: work.score - work.late_submission_penalty for work in found}
        assert totals == wanted and gradebook.find_assignment(LAB).duedate == DUE


def test_the_penalty_is_there_as_soon_as_a_submission_is_written(world):
    """The step that both ways share enters it: a run that is cut short later leaves no page without it."""
    _configure(world, BY_NAME)
    _due(world.out, DUE)
    world.run(dict.fromkeys(STAMPS, 1.0))
    assert "Late−2.5" in world.totals("ana").replace(" ", "") and "Late" not in world.totals("ben")


@pytest.mark.slow
def test_a_penalty_follows_the_time_of_the_submission(world):
    """In time instead of late, late again in a second hand-in, and then nobody knows."""
    _configure(world, BY_NAME)
    _due(world.out, DUE)
    world.grade()
    for text, penalty in (
        ("2026-11-20 11:59:59.000000 UTC", 0.0),
        ("2026-11-21 12:00:00.000000 UTC", 24.0),
        (None, 0.0),
    ):
        world.hand_in("ana", f"handed in at {text}")
        _stamp(world, "ana", text)
        assert world.grade() == 0
        assert _penalties(world) == PENALTIES | {"ana": penalty}
        assert ("Late" in world.totals("ana")) == bool(penalty)


def test_what_is_known_later_counts_at_the_next_run(world, monkeypatch):
    """A due date, an extension, another rule: nothing is graded again for it."""
    _configure(world, BY_NAME)
    assert world.grade() == 0 and set(_penalties(world).values()) == {0.0}
    pool = FakePool(world.course, {})
    monkeypatch.setattr(run, "LocalPool", lambda *_: pool)
    _due(world.out, DUE)
    assert world.grade() == 0 and _penalties(world) == PENALTIES
    with Gradebook(database(world.out)) as gradebook:
        gradebook.find_submission(LAB, "ana").extension = timedelta(hours=2)
        gradebook.db.commit()
    assert world.grade() == 0 and _penalties(world) == PENALTIES | {"ana": 0.5}
    assert "Late−0.5" in world.totals("ana").replace(" ", "")
    _due(world.out, DUE + timedelta(days=1))
    assert world.grade() == 0 and set(_penalties(world).values()) == {0.0}
    assert "Late" not in world.totals("ana") and pool.graded == []


def test_the_due_date_of_the_courses_own_gradebook_counts(world):
    """There `nbgrader db assignment add` writes it, when it runs in the course's folder."""
    _configure(world, BY_NAME)
    _due(world.course.root, DUE)
    _due(world.out, DUE + timedelta(days=9))
    assert world.grade() == 0 and _penalties(world) == PENALTIES


def test_nbgraders_own_method_leaves_nothing(world):
    """`zero` takes all that there is, also what a person gives later."""
    _configure(world, ZERO)
    _due(world.out, DUE)
    world.grade()
    _read_answers(world, "ana")
    assert world.grade() == 0
    assert (world.row("ana")["late_penalty"], world.row("ana")["total"]) == ("96", "0")
    assert "0 of 100" in world.totals("ana") and world.row("ben")["late_penalty"] == "0"


def test_without_a_rule_nobody_loses_anything_and_a_persons_penalty_stays(world):
    _due(world.out, DUE)
    assert world.grade() == 0 and set(_penalties(world).values()) == {0.0}
    with Gradebook(database(world.out)) as gradebook:
        gradebook.find_submission_notebook(LAB, LAB, "ana").late_submission_penalty = 3.0
        gradebook.db.commit()
    assert world.grade() == 0 and _penalties(world)["ana"] == 3.0


def test_what_cannot_be_graded_any_more_has_no_penalty(world):
    _configure(world, BY_NAME)
    _due(world.out, DUE)
    world.grade()
    world.hand_in("ana", "broken")
    world.run({"ana": None})
    assert world.grade() == 1 and world.row("ana")["late_penalty"] == "0"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["yesterday", "2026-13-45 12:00:00 UTC", "9" * 200, "0001-01-01 00:00 +0100"]
)
def test_a_time_that_is_none_is_for_a_person(world, text, capsys):
    _configure(world, BY_NAME)
    _due(world.out, DUE)
    _stamp(world, "ana", text)
    assert world.grade() == 1
    assert f"ana/{LAB}/timestamp.txt holds no time" in capsys.readouterr().out
    assert (world.row("ana")["status"], world.row("ana")["machine"]) == ("needs_attention", "80")
    assert world.row("ana")["late_penalty"] == "0" and world.row("eva")["late_penalty"] == "0.5"


def test_a_time_is_read_from_a_plain_file_only(tmp_path):
    folder = tmp_path / "ana" / LAB
    assert handed_in_at(folder) == (None, None)
    folder.mkdir(parents=True)
    (folder / "timestamp.txt").write_text(" \n")
    assert handed_in_at(folder) == (None, None)  # as nbgrader has it
    (folder / "timestamp.txt").unlink()
    (tmp_path / "other").write_text(STAMPS["ana"])
    (folder / "timestamp.txt").symlink_to(tmp_path / "other")
    when, wrong = handed_in_at(folder)
    assert when is None and f"ana/{LAB}/timestamp.txt holds no time" in wrong


def test_a_plugin_that_cannot_be_used_is_a_sentence_before_anything_is_graded(world):
    _configure(world, 'c.AssignLatePenalties.plugin_class = "gone.SubMarks"\n')
    with pytest.raises(CourseError, match="late plugin that nbgrader_config.py names.*gone.SubMarks.*beside"):
        world.grade()
    assert not list(world.out.rglob("verdict.json"))


def test_a_plugin_that_fails_is_named_and_the_others_have_their_penalty(world, capsys):
    fails = PLUGIN.replace(
        "return", "if student_id == 'ana':\n            raise ValueError('no rule')\n        return"
    )
    _configure(world, 'c.AssignLatePenalties.plugin_class = "failing.SubMarks"\n', fails, "failing")
    assert world.grade() == 0
    _due(world.out, DUE)
    assert world.grade() == 1 and _penalties(world) == PENALTIES | {"ana": 0.0}
    assert (
        f"ana/{LAB}: the late plugin of nbgrader_config.py failed (ValueError: no rule)"
        in capsys.readouterr().out
    )


@pytest.mark.slow
def test_nbgraders_way_and_ours_give_the_same_total(tmp_path):
    """One late submission for real: both ways on one course folder, then the marks of a person in both gradebooks."""
    world = Class.make(tmp_path / "world", ())
    root = world.course.root
    _configure(world, BY_NAME)
    world.submitted = root / "submitted"
    shutil.copytree(EXAMPLES / "example_half_done" / LAB, world.submitted / "ana" / LAB)
    _stamp(world, "ana", STAMPS["ana"])
    nbgrader, ours = (
        functools.partial(commands.run, module, cwd=root) for module in ("nbgrader", "autograder")
    )
    grade = ("grade", "--submitted", "submitted", "--out", str(world.out), "--lab", LAB, "--jobs", "1")
    nbgrader("generate_assignment", LAB)
    nbgrader("db", "assignment", "add", LAB, "--duedate=2026-11-20 12:00:00 UTC")
    nbgrader("autograde", LAB)
    ours(*grade)
    there = Class(tmp_path / "world")
    there.out = root
    for way in (world, there):
        _read_answers(way, "ana")
    ours(*grade)
    nbgrader("generate_feedback", LAB)
    nbgrader("export")
    with (root / "grades.csv").open(encoding="utf-8") as file:
        theirs = next(row for row in csv.DictReader(file) if row["assignment"] == LAB)
    row = world.row("ana")
    assert float(row["late_penalty"]) == float(theirs["late_submission_penalty"]) == 2.5
    assert 16 < float(row["total"]) == float(theirs["score"]) < 96
    assert totals_on(root / "feedback" / "ana" / LAB / f"{LAB}.html") == world.totals("ana")

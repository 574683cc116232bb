"""Marks for other systems: what is there and what is not, by name, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_output
from nbgrader.api import Gradebook

from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.course.roster import Person
from autograder.export.command import export as command
from autograder.export.export import _write_moodle, _write_plain
from autograder.export.marks import StudentMark, match_rows
from autograder.files.tables import inert, read_table
from autograder.labs import get_lab
from autograder.marking.verdict import Mark, Verdict
from autograder.results.gradebook import Row, database, register_lab, save_marks
from autograder.results.manual_grades import ManualGrades

LAB, OTHER = "sine_gan", "style_transfer"
ROSTER = (
    "id,name,email,moodle_id,canvas_id,sis_id,login,section\n"
    'ana01,"Gómez, Ana",ana@uni.example,Participant 501,71,S1,ana,A\n'
    "ben02,=cmd|'/c calc'!A1,ben@uni.example,502,,,,B\n"
    "cho03,Cho Ito,cho@uni.example,,,,,B\n"
    "dan04,Dan Nowhere,dan@uni.example,,,,,B\n"
    "fay05,Fay Orr,fay@uni.example,,,,,B\n"
)


def _graded(
    course, out: Path, student: str, lab_name: str, share: float, written: float | None, note=""
) -> None:
    """A submission with this share of the machine's marks, as grading leaves it behind."""
    lab = get_lab(lab_name)
    verdict = Verdict(lab_name, student, lab.marks)
    if note:
        verdict.needs_attention(note)
    verdict.checks = {
        exercise.test_id: Mark(exercise.marks * share, exercise.marks) for exercise in lab.exercises
    }
    notebook = nbformat.read(course.release(lab_name), as_version=4)
    for cell in notebook.cells:
        if grade_id(cell) in verdict.checks:
            score = str(verdict.checks[grade_id(cell)].score)
            cell.outputs = [new_output("execute_result", {"text/plain": score}, execution_count=1)]
        elif grade_id(cell) in lab.questions:
            cell.source = "An answer."
    save_marks(notebook, verdict, out)
    if written is not None:
        with Gradebook(database(out)) as gradebook:
            for question in lab.questions:
                grade = gradebook.find_grade(question, lab_name, lab_name, student)
                grade.manual_score, grade.needs_manual_grade = written, False
            gradebook.db.commit()
    _write_verdict(out, verdict)


def _write_verdict(out: Path, verdict: Verdict) -> None:
    path = out / verdict.student / verdict.lab / "verdict.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(verdict.to_json()), encoding="utf-8")


@pytest.fixture(scope="module")
def grades(tmp_path_factory) -> Path:
    """ana has all marks, ben's written answers wait, cho needs attention, eve is in no roster."""
    course = Course(Path(__file__).resolve().parents[1])
    out = tmp_path_factory.mktemp("grades")
    for lab in (LAB, OTHER):
        register_lab(course, lab, out)
    _graded(course, out, "ana01", LAB, 0.5, 3.5)
    _graded(course, out, "ana01", OTHER, 1.0, 5.0)
    _graded(course, out, "ben02", LAB, 0.25, None)
    _graded(course, out, "eve@uni.example", LAB, 1.0, 0.0)
    _graded(course, out, "fay05", LAB, 1.0, 5.0, "A check that has to fail passed.")
    broken = Verdict(LAB, "cho03", 80.0)
    broken.needs_attention("sine_gan.ipynb is not a notebook.")
    _write_verdict(out, broken)
    (out / "feedback" / "ana01").mkdir(parents=True)
    return out


@pytest.fixture
def run(grades, tmp_path):
    """Runs the command; returns the folder with the files and what was printed."""

    def call(form: str, *more: str, roster: bool = True, expect: int = 1) -> tuple[Path, str]:
        out = tmp_path / "marks"
        arguments = ["--grades", str(grades), "--format", form, "--out-dir", str(out), *more]
        if roster:
            (tmp_path / "students.csv").write_text(ROSTER, encoding="utf-8")
            arguments += ["--roster", str(tmp_path / "students.csv")]
        result = CliRunner(env={"COLUMNS": "200"}).invoke(command, arguments)
        assert result.exit_code == expect, result.output
        return out, result.output

    return call


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_plain_table_has_a_line_for_each_student(run):
    out, _ = run("csv")
    rows = {row["id"]: row for row in _rows(out / "marks.csv")}
    assert list(rows) == ["ana01", "ben02", "cho03", "dan04", "fay05", "eve@uni.example"]
    ana = rows["ana01"]
    kinds = ("status", "machine", "written", "penalty", "total")
    assert [ana[f"{LAB} {what}"] for what in kinds] == ["graded", "40", "14", "", "54"]
    assert ana[f"{OTHER} total"] == "100" and ana["name"] == "Gómez, Ana" and ana["section"] == "A"
    ben = rows["ben02"]
    assert (ben[f"{LAB} machine"], ben[f"{LAB} written"], ben[f"{LAB} total"]) == ("20", "", "")
    assert rows["cho03"][f"{LAB} status"] == "needs_attention" and rows["cho03"][f"{LAB} machine"] == ""
    assert rows["dan04"][f"{LAB} status"] == "" and rows["eve@uni.example"][f"{LAB} total"] == "80"


def test_what_is_missing_is_named(run):
    _, printed = run("csv")
    assert "written answers wait for their marks: ben02" in printed
    assert "need attention: cho03, fay05" in printed and "no submission: dan04" in printed
    assert "2 of 6" in printed and "only the id is known of" not in printed


@pytest.mark.parametrize(
    ("form", "name"), [("moodle", "moodle_sine_gan.csv"), ("canvas", "canvas_sine_gan.csv")]
)
def test_marks_that_are_not_final_are_left_out(run, form, name):
    out, _ = run(form)
    text = (out / name).read_text(encoding="utf-8")
    assert "Ana" in text and not any(
        other in text for other in ("ben", "Cho", "cho", "dan", "Dan", "fay", "cmd")
    )


def test_moodle_finds_its_columns(run):
    out, _ = run("moodle")
    ana, eve = _rows(out / f"moodle_{LAB}.csv")
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(ana)
    assert ana["Identifier"] == "Participant 501" and ana["Email address"] == "ana@uni.example"
    assert (ana["Grade"], ana["Maximum grade"], ana["ID number"]) == ("54", "100", "ana01")
    assert "40/80" in ana["Feedback comments"] and "Written answers: 14/20" in ana["Feedback comments"]
    assert "Generator 5/10" in ana["Feedback comments"]
    assert (eve["Identifier"], eve["Email address"], eve["Grade"]) == ("", "eve@uni.example", "80")


def test_canvas_finds_its_columns(run):
    out, _ = run("canvas", "--column", f"{LAB}=Lab 1 (4711)")
    table = read_table(out / f"canvas_{LAB}.csv")
    assert table[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 1 (4711)"]
    assert table[1] == ["Points Possible", "", "", "", "", "100"]
    assert table[2] == ["Gómez, Ana", "71", "S1", "ana", "A", "54"]
    assert table[3] == ["eve@uni.example", "", "", "eve@uni.example", "", "80"]
    assert read_table(out / f"canvas_{OTHER}.csv")[0][-1] == OTHER


def test_the_machines_marks_alone(run):
    out, printed = run("moodle", "--machine-only")
    marks = {row["ID number"]: row["Grade"] for row in _rows(out / f"moodle_{LAB}.csv")}
    assert marks == {"ana01": "40", "ben02": "20", "eve@uni.example": "80"}
    assert {row["Maximum grade"] for row in _rows(out / f"moodle_{LAB}.csv")} == {"80"}
    assert "wait" not in printed


def test_without_a_roster_the_folder_is_the_id(run):
    out, _ = run("canvas", roster=False)
    logins = [row[3] for row in read_table(out / f"canvas_{LAB}.csv")[2:]]
    assert logins == ["ana01", "eve@uni.example"]


def test_all_marks_there_is_exit_status_0(run, grades, tmp_path):
    for name in ("ben02", "cho03", "fay05"):
        shutil.move(grades / name, tmp_path / name)
    try:
        run("csv", roster=False, expect=0)
    finally:
        for name in ("ben02", "cho03", "fay05"):
            shutil.move(tmp_path / name, grades / name)


def test_formulas_are_inert(run):
    out, _ = run("csv")
    names = [row["name"] for row in _rows(out / "marks.csv")]
    assert "'=cmd|'/c calc'!A1" in names
    for text in ("=1", "+1", "-1", "@x", "\t=1", " =1", "\r=1"):
        assert inert(text) == f"'{text}"
    assert inert("Ana-María") == "Ana-María" and inert("") == ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--column", "sine_gan"], "write it as"),
        (["--column", "no_lab=x"], "no lab called"),
        (["--format", "excel"], "excel"),
    ],
)
def test_wrong_arguments_get_one_sentence(run, arguments, problem):
    assert problem in run("csv", *arguments, expect=2)[1]


def test_a_folder_without_marks(tmp_path):
    (tmp_path / "x").mkdir()
    arguments = ["--grades", str(tmp_path / "x"), "--format", "csv", "--out-dir", str(tmp_path / "out")]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 2 and "holds no marks" in result.output
    assert not list((tmp_path / "x").iterdir()) and not (tmp_path / "out").exists()


@pytest.mark.parametrize("change", [lambda raw: '{"lab": ', lambda raw: json.dumps(raw | {"checks": []})])
def test_a_broken_verdict_is_named(run, grades, change):
    path = grades / "ana01" / LAB / "verdict.json"
    kept = path.read_text()
    path.write_text(change(json.loads(kept)))
    try:
        _, printed = run("csv", expect=2)
        assert f"ana01/{LAB}/verdict.json" in printed.replace("\n", "") and "Grade it again" in printed
    finally:
        path.write_text(kept)


def test_an_exercise_that_the_lab_gained_since_is_no_mark_and_no_crash(run, grades):
    path = grades / "ana01" / LAB / "verdict.json"
    kept = path.read_text()
    raw = json.loads(kept)
    del raw["checks"]["test_generator"]
    path.write_text(json.dumps(raw))
    try:
        out, _ = run("moodle")
        comment = _rows(out / f"moodle_{LAB}.csv")[0]["Feedback comments"]
        assert "Generator not graded" in comment and "Discriminator 5/10" in comment
    finally:
        path.write_text(kept)


def test_a_penalty_for_being_late_is_in_the_mark_and_in_the_comment(tmp_path):
    row = Row(
        Verdict(LAB, "ana", 80.0, checks={"test_train": Mark(10, 10)}), 3.0, 20.0, ManualGrades(penalty=4.5)
    )
    marks = [StudentMark(Person("ana"), row, False)]
    _write_moodle(LAB, marks, tmp_path)
    (line,) = _rows(tmp_path / f"moodle_{LAB}.csv")
    assert line["Grade"] == "8.5" and line["Feedback comments"].endswith("Penalty for being late: 4.5.")
    (line,) = _rows(_write_plain({LAB: marks}, tmp_path))
    assert (line[f"{LAB} penalty"], line[f"{LAB} total"]) == ("4.5", "8.5")


def test_a_place_that_can_not_be_written_gets_one_sentence(run, tmp_path):
    (tmp_path / "file").write_text("")
    assert "can't be written" in run("csv", "--out-dir", str(tmp_path / "file" / "x"), expect=2)[1]


def _class(people: list[str], folders: list[str]) -> dict[str, StudentMark]:
    """The marks by student, where the roster and the folders hold these ids."""
    lab = get_lab(LAB)
    rows = [_row(Verdict(LAB, student, lab.marks, checks={"test_train": Mark(5, 10)})) for student in folders]
    marks = match_rows([Person(student) for student in people], rows, machine_only=False)
    return {mark.person.id: mark for mark in marks}


def _row(verdict: Verdict) -> Row:
    return Row(verdict, 3.0, 20.0, ManualGrades())


@pytest.mark.parametrize(
    ("people", "folders", "marks", "doubtful"),
    [
        (["Ana", "ana"], ["ana", "Ana"], {"Ana": "Ana", "ana": "ana"}, []),
        (["Ana", "ana"], ["ana"], {"ana": "ana", "Ana": None}, []),
        (["JOSÉ"], ["jose"], {"JOSÉ": "jose"}, []),
        (["ana"], ["ana", "Ana"], {"ana": "ana"}, ["Ana"]),
        (["ANA"], ["ana", "Ana"], {}, ["ANA", "ana", "Ana"]),
        (["Ana", "ANA"], ["ana"], {}, ["Ana", "ANA", "ana"]),
        ([], ["ana", "Ana", "ben"], {"ben": "ben"}, ["ana", "Ana"]),
    ],
)
def test_ids_that_differ_only_in_capitals_or_accents(people, folders, marks, doubtful):
    found = _class(people, folders)
    exported = {
        student: mark.row and mark.row.verdict.student
        for student, mark in found.items()
        if student not in doubtful
    }
    assert exported == marks and set(found) == {*marks, *doubtful}
    for student in doubtful:
        assert found[student].mark is None and "capitals or accents" in found[student].missing_reason
    assert all((found[student].mark is None) == (folder is None) for student, folder in marks.items())


@pytest.mark.slow
def test_two_folders_of_one_name_are_both_in_the_table(course, tmp_path):
    (tmp_path / "grades").mkdir()
    register_lab(course, LAB, tmp_path / "grades")
    for student in ("ana", "Ana"):
        _graded(course, tmp_path / "grades", student, LAB, 1.0, 5.0)
    arguments = ["--grades", str(tmp_path / "grades"), "--out-dir", str(tmp_path / "out"), "--format", "csv"]
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command, arguments)
    assert result.exit_code == 1 and "capitals or accents: Ana, ana" in result.output
    assert [row["id"] for row in _rows(tmp_path / "out" / "marks.csv")] == ["Ana", "ana"]


@pytest.mark.slow
def test_nbgraders_own_export_works(grades, tmp_path):
    target = tmp_path / "nbgrader.csv"
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", "export", "--to", str(target)],
        cwd=grades,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    rows = {(row["assignment"], row["student_id"]): row for row in _rows(target)}
    assert float(rows[LAB, "ana01"]["score"]) == 54 and float(rows[LAB, "ana01"]["max_score"]) == 100
    assert float(rows[OTHER, "ana01"]["score"]) == 100

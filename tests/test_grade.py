"""Grading for real: rooms, the grade command, nbgrader's own commands, on whole notebooks."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import commands
import nbformat
import pytest
from click.testing import CliRunner
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.building.example_class import fill_in
from autograder.cells.metadata import grade_id
from autograder.cli import main
from autograder.course.course import Course
from autograder.course.solution import solution_cells
from autograder.grading.pool import LocalPool, grade_submission
from autograder.labs import get_lab, lab_names
from autograder.marking.exercise import Exercise
from autograder.notebook.check import RESPONSE_MIME
from autograder.results.submission import Submission

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
CLASS = ROOT / "tests" / "example_class"
SHORTEST = "sine_gan"  # where one lab is enough
SHORTER = {
    "c.Room.timeout = 60": "c.Room.timeout = 8",
    "notebook_timeout = 300": "notebook_timeout = 120",
    "output_limit = 10_000_000": "output_limit = 1_000_000",
}


def _autograder(*arguments: str, cwd: Path = ROOT, expect: int = 0) -> str:
    return commands.run("autograder", *arguments, cwd=cwd, expect=expect)


def _verdict(out: Path, student: str, lab: str) -> dict:
    return json.loads((out / student / lab / "verdict.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def graded(once) -> tuple[Path, str]:
    """The example class, graded by the command as a shell starts it: (output folder, what was printed)."""

    def grade(folder: Path) -> None:
        command = [sys.executable, "-m", "autograder", "grade", "--submitted", str(CLASS)]
        run = subprocess.run([*command, "--out", folder / "out"], cwd=ROOT, capture_output=True, text=True)
        printed = run.stdout + run.stderr
        assert run.returncode == 1 and "Traceback" not in printed, printed
        (folder / "printed").write_text(printed, encoding="utf-8")

    made = once("example_class", grade)
    return made / "out", (made / "printed").read_text(encoding="utf-8")


def test_the_example_class_shows_the_range(graded, lab):
    out, printed = graded
    scores = {path.name: _verdict(out, path.name, lab.name) for path in sorted(CLASS.iterdir())}
    assert scores["example_complete"]["score"] == scores["example_other_style"]["score"] == 80.0
    assert scores["example_untouched"]["score"] == 0.0
    assert 0 < scores["example_half_done"]["score"] < 80
    for number in ("one", "two", "three"):
        findings = [
            finding
            for check in scores[f"example_mistake_{number}"]["checks"].values()
            for finding in check["findings"]
        ]
        assert findings and all(finding["mistake"] for finding in findings)
    broken = scores["example_not_a_notebook"]
    assert (
        broken["status"] == "needs_attention"
        and broken["checks"] == {}
        and "not a notebook" in broken["notes"][0]
    )
    assert "example_complete" in printed and "grades.csv" in printed and "gradebook.db" in printed


def test_verdicts_have_the_form_of_the_design(graded, lab):
    out, _ = graded
    verdict = _verdict(out, "example_mistake_one", lab.name)
    assert set(verdict) == {"lab", "student", "status", "score", "max_score", "notes", "checks"}
    assert set(verdict["checks"]) == {exercise.test_id for exercise in lab.exercises}
    for check in verdict["checks"].values():
        assert set(check) == {"score", "max_score", "findings"}
        for finding in check["findings"]:
            assert set(finding) == {"id", "message", "hidden", "mistake"}


def test_grades_csv_keeps_machine_and_manual_marks_apart(graded, lab):
    out, _ = graded
    with (out / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student"]: row for row in csv.DictReader(file) if row["lab"] == lab.name}
    assert rows["example_complete"]["machine"] == "80" and rows["example_complete"]["manual"] == ""
    assert rows["example_untouched"]["total"] == "0"
    assert rows["example_not_a_notebook"]["machine"] == ""


def test_manual_marks_reach_grades_csv(graded, tmp_path):
    from nbgrader.api import Gradebook

    out = tmp_path / "grades"
    shutil.copytree(graded[0], out)
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        for lab in map(get_lab, lab_names()):
            waiting = gradebook.find_submission_notebook(lab.name, lab.name, "example_complete").grades
            assert {grade.name for grade in waiting if grade.needs_manual_grade} == set(lab.questions)
            for question in lab.questions:
                grade = gradebook.find_grade(question, lab.name, lab.name, "example_complete")
                grade.manual_score, grade.needs_manual_grade = 4.0, False
        gradebook.db.commit()
    _autograder("grade", "--submitted", str(CLASS), "--out", str(out), expect=1)
    with (out / "grades.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["student"] == "example_complete"]
    assert len(rows) == len(lab_names())
    assert {(row["machine"], row["manual"], row["total"]) for row in rows} == {("80", "16", "96")}


def test_feedback_shows_the_notebook_and_no_hidden_test(graded, lab):
    out, _ = graded
    page = (out / "feedback" / "example_mistake_one" / lab.name / f"{lab.name}.html").read_text(
        encoding="utf-8"
    )
    assert "Your marks" in page and "BEGIN SOLUTION" not in page
    for secret in ("HIDDEN", "MARK SCHEME", "respond(", *RESPONSE_MIME.values()):
        assert secret not in page
    reason = out / "feedback" / "example_not_a_notebook" / lab.name / f"{lab.name}.html"
    assert "not a notebook" in reason.read_text(encoding="utf-8")


def test_the_autograded_notebook_keeps_the_mark_scheme_for_the_formgrader(graded, lab):
    notebook = nbformat.read(
        graded[0] / "autograded" / "example_complete" / lab.name / f"{lab.name}.ipynb", 4
    )
    schemes = [cell for cell in notebook.cells if "BEGIN MARK SCHEME" in cell.source]
    assert len(schemes) == len(lab.questions)


def test_a_second_run_grades_nothing_again(graded, tmp_path, monkeypatch):
    """No verdict is written, and nobody is asked to grade anything."""
    out = tmp_path / "grades"
    shutil.copytree(graded[0], out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("verdict.json")}
    asked = []
    monkeypatch.setattr(LocalPool, "grade", lambda pool, submissions: asked.extend(submissions) or [])
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, ["grade", "--submitted", str(CLASS), "--out", str(out)])
    assert result.exit_code == 1, result.output
    assert asked == [] and len(before) == 8 * len(lab_names())
    assert {path: path.stat().st_mtime_ns for path in out.rglob("verdict.json")} == before


def test_an_interrupted_run_finishes_later(graded, tmp_path):
    out, log = tmp_path / "grades", tmp_path / "log"
    command = ["grade", "--submitted", str(CLASS), "--out", str(out), "--lab", SHORTEST, "--jobs", "1"]
    run = commands.start("autograder", *command, cwd=ROOT, log=log)
    while not list(out.rglob("verdict.json")) and run.is_alive():
        time.sleep(0.2)
    os.kill(run.pid, signal.SIGINT)
    run.join(timeout=60)
    printed = log.read_text(encoding="utf-8")
    assert run.exitcode == 130 and "Traceback" not in printed and "Run it again for the rest" in printed
    finished = {path: path.stat().st_mtime_ns for path in out.rglob("verdict.json")}
    assert 0 < len(finished) < 8
    _autograder("grade", "--submitted", str(CLASS), "--out", str(out), "--lab", SHORTEST, expect=1)
    for student in os.listdir(CLASS):
        assert _verdict(out, student, SHORTEST) == _verdict(graded[0], student, SHORTEST)
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in finished.items())


def test_nbgraders_own_commands_give_the_same_marks(graded, scratch_course, lab):
    """generate_assignment, autograde, generate_feedback and validate, as nbgrader's documentation has them."""
    root = scratch_course.root
    release = scratch_course.release(lab.name).read_bytes()
    commands.run("nbgrader", "generate_assignment", lab.name, cwd=root)
    assert scratch_course.release(lab.name).read_bytes() == release
    students = ["example_complete", "example_mistake_two", "example_untouched"]
    for student in students:
        shutil.copytree(CLASS / student / lab.name, root / "submitted" / student / lab.name)
    commands.run("nbgrader", "autograde", lab.name, cwd=root)
    commands.run("nbgrader", "generate_feedback", lab.name, cwd=root)
    for student in students:
        notebook = nbformat.read(root / "autograded" / student / lab.name / f"{lab.name}.ipynb", 4)
        verdict, same = notebook.metadata.autograder.verdict, _verdict(graded[0], student, lab.name)
        assert {name: check.score for name, check in verdict.checks.items()} == {
            name: check["score"] for name, check in same["checks"].items()
        }
        assert _gradebook_score(root, student, lab.name) == same["score"]
        page = root / "feedback" / student / lab.name / f"{lab.name}.html"
        assert "HIDDEN" not in page.read_text(encoding="utf-8")


def _gradebook_score(root: Path, student: str, lab: str) -> float:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return gradebook.find_submission(lab, student).score


def test_nbgrader_validate(lab):
    assert "Success" in _validated("example_complete", lab.name)


def test_nbgrader_validate_finds_a_mistake():
    assert "VALIDATION FAILED ON 1" in _validated("example_mistake_one", SHORTEST)


def _validated(student: str, lab: str) -> str:
    return commands.run("nbgrader", "validate", str(CLASS / student / lab / f"{lab}.ipynb"), cwd=ROOT)


def test_all_cells_of_the_solution_run(course, lab, tmp_path, monkeypatch):
    """Twice in one kernel, in a folder of its own, without an error or a word on stderr."""
    from nbclient import NotebookClient

    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    notebook = nbformat.read(course.source(lab.name), as_version=4)
    notebook.cells += [NotebookNode(cell, id=f"{cell.id}-again") for cell in notebook.cells]
    for cell in notebook.cells:
        cell.source = re.sub("^batch_size = .*", "batch_size = 100", cell.source, flags=re.MULTILINE)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    streams = [
        one for cell in notebook.cells for one in cell.get("outputs", []) if one.output_type == "stream"
    ]
    assert [one.text for one in streams if one.name == "stderr"] == []


@pytest.fixture(scope="module")
def strict_course(tmp_path_factory) -> Course:
    """A copy of the course with short limits. One key for all: what the judge compares with is made once for a lab."""
    root = tmp_path_factory.mktemp("strict") / "course"
    for name in ("notebooks", "source", "release"):
        shutil.copytree(ROOT / name, root / name)
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    for limit, shorter in SHORTER.items():
        assert limit in config
        config = config.replace(limit, shorter)
    (root / "nbgrader_config.py").write_text(config, encoding="utf-8")
    return Course(root)


@pytest.fixture
def hand_in(strict_course, tmp_path, lab, monkeypatch):
    """Grades a notebook that `change` made of the lab's solution, with short limits: (verdict, graded notebook)."""
    config = strict_course.root / "nbgrader_config.py"
    text = config.read_text(encoding="utf-8")
    monkeypatch.chdir(strict_course.root)

    def run(change, **settings):
        config.write_text(
            text + "".join(f"c.Room.{name} = {value}\n" for name, value in settings.items()), encoding="utf-8"
        )
        cells = solution_cells(strict_course, lab.name)
        cells = {name: cell for name, cell in cells.items() if "setup" not in name}
        notebook = fill_in(nbformat.read(strict_course.release(lab.name), as_version=4), cells)
        by_name = {grade_id(cell): cell for cell in notebook.cells}
        change(notebook, by_name)
        submission = Submission("mallory", lab.name, tmp_path / "submitted" / "mallory" / lab.name)
        submission.folder.mkdir(parents=True)
        (submission.folder / f"{lab.name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8")
        result = grade_submission(strict_course, submission)
        return result.verdict, result.notebook

    yield run
    config.write_text(text, encoding="utf-8")


def _lost(verdict) -> set[str]:
    return {name.removeprefix("test_") for name, mark in verdict.checks.items() if not mark.full}


def _names(exercises) -> set[str]:
    return {exercise.name for exercise in exercises}


def _network(lab, cells) -> tuple[Exercise, NotebookNode]:
    """The lab's last exercise that is a network, and its cell."""
    networks = [one for one in lab.exercises if "(nn.Module)" in cells[one.name].source]
    return networks[-1], cells[networks[-1].name]


def _change_result(cell: NotebookNode, before: str) -> None:
    """Put `before` in front of what the cell's last `return` returns."""
    head, word, result = cell.source.rpartition("        return ")
    assert word
    cell.source = f"{head}        {before}{result}"


def test_a_cell_that_raises_or_hangs_costs_only_itself(hand_in, lab):
    first, last = lab.exercises[0], lab.exercises[-1]

    def change(notebook, cells):
        cells[first.name].source = "1 / 0"
        cells[last.name].source = f"def {last.title}(*arguments, **named):\n    while True:\n        pass"

    verdict, _ = hand_in(change)
    assert _lost(verdict) == _names([first, last])
    notes = " ".join(verdict.notes)
    assert verdict.status == "graded" and "took longer than 8 s and was interrupted" in notes


STUBBORN = (
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass"
)


def test_a_kernel_that_does_not_stop_is_stopped(hand_in, lab):
    middle = len(lab.exercises) // 2

    def change(notebook, cells):
        cells[lab.exercises[middle].name].source = STUBBORN

    verdict, _ = hand_in(change, timeout=4, iopub_timeout=4)
    assert verdict.status == "needs_attention"
    assert _lost(verdict) == _names(lab.exercises[middle:])
    assert any("could not be interrupted" in note or "did not answer" in note for note in verdict.notes)


def test_a_kernel_that_dies_is_told(hand_in, lab):
    middle = len(lab.exercises) // 2

    def change(notebook, cells):
        cells[lab.exercises[middle].name].source = "import os\nos._exit(0)"

    verdict, _ = hand_in(change)
    assert verdict.status == "needs_attention"
    assert _lost(verdict) == _names(lab.exercises[middle:])
    assert "The kernel died in the cell" in " ".join(verdict.notes)


def test_noise_costs_no_marks(hand_in, lab):
    """Warnings, a megabyte of output, another default dtype, autograd switched off, a seed."""

    def change(notebook, cells):
        noise = "import sys, warnings, torch\nprint('x' * 5_000_000)\nprint('careful', file=sys.stderr)\n"
        noise += (
            "warnings.warn('careful')\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)"
        )
        notebook.cells.insert(3, new_code_cell(noise))
        _change_result(_network(lab, cells)[1], "import warnings; warnings.warn('x')\n        return ")

    verdict, graded = hand_in(change)
    assert _lost(verdict) == set() and verdict.status == "graded", verdict.notes
    assert "printed more than 1000000 bytes" in " ".join(verdict.notes)
    assert len(graded) < 8_000_000


def test_results_that_are_nan_earn_nothing_and_are_named(hand_in, lab):
    def change(notebook, cells):
        exercise, cell = _network(lab, cells)
        changed.append(exercise)
        _change_result(cell, "return float('nan') * ")

    changed = []
    verdict, _ = hand_in(change)
    assert _lost(verdict) == _names(changed)
    messages = [finding.message for finding in verdict.checks[changed[0].test_id].findings]
    assert "holds NaN" in " ".join(messages)


FORGERIES = {
    "patched check and respond": """
import autograder, autograder.notebook.check as c
autograder.respond = c.respond = autograder.check = c.check = lambda *_: 10.0
""",
    "patched judge": """
import autograder.marking.judge as j, autograder.marking.probing as p
j.differs = lambda *_: None
p.run_probe = lambda *a, **k: {}
""",
    "patched torch": """
import torch
torch.equal = torch.allclose = lambda *_, **__: True
""",
    "forged response": """
from IPython.display import display
for run in ('public', 'hidden'):
    display({f'application/x-autograder-{run}-response': '{}'}, raw=True)
10.0
""",
    "published references": """
import autograder.marking.stored as s
from autograder.notebook import check as c
c.run_probe = lambda exercise, *_, **__: s.stored_exercise(LAB, exercise.name).reference
""",
}


@pytest.mark.parametrize("trick", FORGERIES)
def test_forged_marks(hand_in, lab, trick):
    """A trick in place of every solution, and edited test cells, earn nothing."""

    def change(notebook, cells):
        for exercise in lab.exercises:
            cells[exercise.name].source = f"LAB = {lab.name!r}{FORGERIES[trick]}".rstrip()
            cells[exercise.test_id].outputs = [
                new_output("execute_result", {"text/plain": "80.0"}, execution_count=1)
            ]
            cells[exercise.test_id].source = "10.0"

    verdict, _ = hand_in(change)
    assert verdict.score == 0.0


def test_odd_submissions_never_stop_the_class(course, tmp_path):
    """Each of these once ended the run, or a submission's verdict, with a traceback."""
    cells = {name: cell for name, cell in solution_cells(course, SHORTEST).items() if "setup" not in name}
    submitted, out = tmp_path / "submitted", tmp_path / "out"

    def hand_in_as(student: str, change=lambda notebook, cells: None) -> Path:
        notebook = fill_in(nbformat.read(course.release(SHORTEST), as_version=4), cells)
        change(notebook, {grade_id(cell): cell for cell in notebook.cells})
        folder = submitted / student / SHORTEST
        folder.mkdir(parents=True)
        (folder / f"{SHORTEST}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return folder

    def kill_the_grader(notebook, cells):
        cells["generator"].source = "import os\nos.kill(os.getppid(), 9)"

    folder = hand_in_as("a file with a latin-1 name")
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))).write_text("x")
    hand_in_as("feedback")
    hand_in_as("widgets", lambda notebook, cells: notebook.metadata.update(widgets=5))
    hand_in_as("surrogate", lambda notebook, cells: notebook.cells[0].update(source="bad \ud800"))
    hand_in_as("killer", kill_the_grader)
    printed = _autograder("grade", "--submitted", str(submitted), "--out", str(out), expect=1)
    verdicts = {path.parts[-3]: json.loads(path.read_text("utf-8")) for path in out.glob("*/*/verdict.json")}
    assert len(verdicts) == 5
    for student in ("a file with a latin-1 name", "feedback_", "surrogate"):
        assert (verdicts[student]["status"], verdicts[student]["score"]) == ("graded", 80.0), printed
    assert verdicts["killer"]["status"] == "needs_attention" and verdicts["killer"]["score"] < 80


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--submitted", "nowhere", "--out", "x"], "There is no folder nowhere"),
        (["--submitted", "empty", "--out", "x"], "The class in empty is empty"),
        (["--submitted", "empty", "--out", "x", "--lab", "nope"], "There is no lab called 'nope'"),
        ([], "Missing option"),
    ],
)
def test_nothing_to_do_is_exit_status_2(tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    assert said in _autograder("grade", *arguments, cwd=tmp_path, expect=2)

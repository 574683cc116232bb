"""Regrades: what was graded stays as it is until somebody has seen what changes and says that it should count."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_pool import LAB, Class, FakePool
from nbgrader.api import Gradebook

from autograder.cells.metadata import grade_id
from autograder.errors import CourseError, NeedsAttention
from autograder.grading import job, run
from autograder.grading.job import Result, unfinished
from autograder.grading.regrade import by_exercise, changes
from autograder.grading.writing import Writer
from autograder.labs import get_lab
from autograder.marking.verdict import Mark, Verdict
from autograder.results import fingerprints
from autograder.results.lock import run_lock
from autograder.results.submission import Submission

STUDENTS = ("ana", "ben", "eva")
BEFORE = {"ana": 1.0, "ben": 0.0, "eva": {"generator": 0.0}}
AFTER = {"ana": {"train": 0.0}, "ben": dict.fromkeys(("generator", "train"), 0.0), "eva": 1.0}


@pytest.fixture(scope="module")
def graded_once(tmp_path_factory) -> Class:
    made = Class.make(tmp_path_factory.mktemp("class") / "world", STUDENTS)
    made.run(BEFORE)
    return made


@pytest.fixture
def graded(graded_once, tmp_path) -> Class:
    """A class that was graded with the checks as they are."""
    return graded_once.copy(tmp_path / "world")


def _change_a_check(world: Class) -> None:
    with world.course.catalogue(LAB, "mistakes").open("a", encoding="utf-8") as file:
        file.write("MISTAKES = MISTAKES[:]\n")
    fingerprints._course_digest.cache_clear()


def _everything(out: Path) -> dict[Path, bytes]:
    """All that counts in an output folder."""
    files = [path for path in out.rglob("*") if path.is_file() and ".pending" not in path.parts]
    return {path: path.read_bytes() for path in files if path.name != "gradebook.db"}


def _gradebook(out: Path) -> dict[str, tuple[float, float]]:
    """Student → marks and what could be had, as nbgrader's formgrader shows them."""
    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as gradebook:
        found = gradebook.assignment_submissions(LAB)
        return {one.student.id: (one.score, one.max_score) for one in found}


def _scores(world: Class) -> dict[str, float]:
    return {name: json.loads(world.verdict(name).read_bytes())["score"] for name in STUDENTS}


def _command(world: Class, *, accept: bool = False, force: bool = False) -> int:
    """The grade command's own way, with the pool that `monkeypatch` put there."""
    choices = run.Choices(1, force=force, sandbox=False, accept=accept)
    return run.grade_class(world.course, world.submitted, world.out, [LAB], choices)


@pytest.fixture
def told(monkeypatch):
    """Let the command grade with a fake pool; returns the function that says what it gives."""

    def tell(shares):
        made = []

        def pool(course, *_):
            made.append(FakePool(course, shares))
            return made[-1]

        monkeypatch.setattr(run, "LocalPool", pool)
        return made

    return tell


def test_nothing_changed_nothing_to_do(graded):
    _, plan = graded.grading()
    assert {one.student for one in plan.finished} == set(STUDENTS)
    assert not (plan.new or plan.outdated or plan.pending)


def test_a_regrade_stays_aside(graded):
    files, marks = _everything(graded.out), _gradebook(graded.out)
    _change_a_check(graded)
    _, plan = graded.grading()
    assert {one.student for one in plan.outdated} == set(STUDENTS) and not plan.new
    graded.run(AFTER)
    assert _everything(graded.out) == files and _gradebook(graded.out) == marks
    _, plan = graded.grading()
    assert {one.student: verdict.score for one, verdict in plan.pending.items()} == {
        "ana": 70.0,
        "ben": 60.0,
        "eva": 80.0,
    }
    assert {one.student: verdict.score for one, verdict in plan.before.items()} == _scores(graded)


def test_a_regrade_leaves_the_gradebooks_cells_alone(graded):
    """A check that gives fewer marks now changes the gradebook too, and that only when it is accepted."""
    source = graded.course.source(LAB)
    text = source.read_text(encoding="utf-8")
    notebook = json.loads(text)
    cell = next(cell for cell in notebook["cells"] if grade_id(cell) == "question_1")
    cell["metadata"]["nbgrader"]["points"] = 2
    source.write_text(json.dumps(notebook), encoding="utf-8")
    fingerprints._course_digest.cache_clear()
    grading, plan, _ = graded.run(AFTER)
    assert _gradebook(graded.out)["ana"] == (80.0, 100.0)
    for submission, verdict in plan.pending.items():
        grading.accept(submission, verdict)
    assert _gradebook(graded.out)["ana"] == (70.0, 97.0)


def test_accepted_marks_count(graded):
    _change_a_check(graded)
    grading, plan, _ = graded.run(AFTER)
    for submission, verdict in plan.pending.items():
        grading.accept(submission, verdict)
    assert _scores(graded) == {"ana": 70.0, "ben": 60.0, "eva": 80.0}
    assert {name: marks for name, (marks, _) in _gradebook(graded.out).items()} == _scores(graded)
    page = (graded.out / "feedback" / "ana" / LAB / f"{LAB}.html").read_text(encoding="utf-8")
    assert "It was told so." in page
    assert json.loads(graded.verdict("ana").with_name("timing.json").read_bytes())["seconds"] == 1.5
    assert not (graded.out / ".pending").exists()
    _, plan = graded.grading()
    assert len(plan.finished) == 3


def test_an_interrupted_regrade_goes_on(graded):
    _change_a_check(graded)
    grading, plan = graded.grading()
    first, _ = next(grading.run(plan, FakePool(graded.course, AFTER)))
    _, _, pool = graded.run(AFTER)
    assert sorted(pool.graded) == sorted(set(STUDENTS) - {first.student})


def test_an_interrupted_acceptance_goes_on(graded, monkeypatch):
    """Wherever it stops, a run later nothing is missing and no mark is a mixture."""
    _change_a_check(graded)
    grading, plan, _ = graded.run(AFTER)
    submission, verdict = next(iter(plan.pending.items()))
    monkeypatch.setattr(Writer, "_write", _power_cut)
    with pytest.raises(KeyboardInterrupt):
        grading.accept(submission, verdict)
    monkeypatch.undo()
    grading, plan, pool = graded.run(AFTER)
    assert pool.graded == [submission.student]
    assert {one.student for one in plan.pending} == set(STUDENTS) - {submission.student}
    for one, verdict in plan.pending.items():
        grading.accept(one, verdict)
    assert _scores(graded) == {"ana": 70.0, "ben": 60.0, "eva": 80.0}


def _power_cut(*_) -> None:
    raise KeyboardInterrupt


def test_a_check_that_changes_twice(graded):
    """Marks of the first regrade that nobody accepted are those of a check that is gone."""
    _change_a_check(graded)
    graded.run(dict.fromkeys(STUDENTS, 0.5))
    _change_a_check(graded)
    _, plan, pool = graded.run(AFTER)
    assert sorted(pool.graded) == list(STUDENTS)
    assert {one.student: verdict.score for one, verdict in plan.pending.items()}["eva"] == 80.0
    assert _scores(graded) == {"ana": 80.0, "ben": 0.0, "eva": 70.0}


def test_a_changed_submission_is_graded_and_written(graded):
    graded.hand_in("ben", "once more")
    _, plan, pool = graded.run({"ben": 0.5})
    assert pool.graded == ["ben"] and not plan.before
    assert _scores(graded)["ben"] == 40.0 and _gradebook(graded.out)["ben"][0] == 40.0


def test_a_new_submission_ends_the_regrade_of_the_old_one(graded):
    _change_a_check(graded)
    graded.run(AFTER)
    graded.hand_in("ben", "once more")
    _, plan, pool = graded.run({"ben": 0.5})
    assert pool.graded == ["ben"] and {one.student for one in plan.pending} == {"ana", "eva"}
    assert not (graded.out / ".pending" / "ben").exists()


def test_the_command_asks_before_marks_change(graded, told, capsys):
    told(AFTER)
    _change_a_check(graded)
    files = _everything(graded.out)
    assert _command(graded) == 1
    printed = capsys.readouterr().out
    now = _everything(graded.out)
    assert {path: now[path] for path in files} == files  # only grades.csv is new, with the old marks
    rows = {line.split()[1]: " ".join(line.split()[2:]) for line in printed.splitlines() if "→" in line}
    assert rows["Generator"] == "1 0 eva 0 → 10"
    assert rows["train"] == "0 1 ana 10 → 0"
    assert rows["discriminator_step"] == "1 0 ben 0 → 15"
    assert "--accept" in printed
    assert _csv(graded.out) == {"ana": "80", "ben": "0", "eva": "70"}

    made = told(AFTER)
    assert _command(graded, accept=True) == 0
    assert made[0].graded == []
    assert _scores(graded) == {"ana": 70.0, "ben": 60.0, "eva": 80.0}
    assert _csv(graded.out) == {"ana": "70", "ben": "60", "eva": "80"}
    assert "nothing is written yet" not in _printed(graded, told, capsys)


def _printed(world: Class, told, capsys) -> str:
    told({})
    capsys.readouterr()
    assert _command(world) == 0
    return capsys.readouterr().out


def _csv(out: Path) -> dict[str, str]:
    with (out / "grades.csv").open(encoding="utf-8") as file:
        return {row["student"]: row["machine"] for row in csv.DictReader(file)}


def test_where_no_mark_changes_nobody_is_asked(graded, told, capsys):
    _change_a_check(graded)
    made = told(BEFORE)
    assert _command(graded) == 0
    assert sorted(made[0].graded) == list(STUDENTS)
    assert "nothing is written yet" not in capsys.readouterr().out
    _, plan = graded.grading()
    assert len(plan.finished) == 3


def test_force_grades_all_again_and_asks(graded, told):
    made = told(AFTER)
    assert _command(graded, force=True) == 1
    assert sorted(made[0].graded) == list(STUDENTS) and _scores(graded)["ana"] == 80.0
    made = told({})  # without --force: what was graded is there, and only to be accepted
    assert _command(graded, accept=True) == 0
    assert made[0].graded == [] and _scores(graded)["ana"] == 70.0


def _verdict(student: str, status: str = "graded", **scores: float) -> Verdict:
    checks = {f"test_{name}": Mark(score, 10.0) for name, score in scores.items()}
    return Verdict(LAB, student, 80.0, status, checks=checks)


def test_who_gains_and_who_loses():
    pairs = [
        (_verdict("ana", generator=10.0, train=0.0), _verdict("ana", generator=0.0, train=10.0)),
        (_verdict("ben", generator=0.0), _verdict("ben", generator=10.0)),
        (_verdict("eva", generator=5.0), _verdict("eva", generator=5.0)),
        (_verdict("ida", "needs_attention"), _verdict("ida", generator=0.0)),
        (_verdict("kim", generator=10.0), _verdict("kim", "needs_attention")),
        (_verdict("leo", gone=10.0), _verdict("leo")),
    ]
    rows = {
        exercise: ([one.student for one in gains], [one.student for one in losses])
        for _, exercise, gains, losses in by_exercise(changes(pairs))
    }
    assert rows == {
        "Generator": (["ben", "ida"], ["ana", "kim"]),
        "train": (["ana"], []),
        "needs_attention → graded": (["ida"], []),
        "graded → needs_attention": ([], ["kim"]),
        "test_gone": ([], ["leo"]),
    }


@pytest.mark.slow
def test_a_check_that_was_changed_for_real(tmp_path):
    """The command, rooms, and a solution that is wrong in the changed course: those who wrote it right lose marks."""
    world = Class.make(tmp_path / "world", ())
    examples = Path(__file__).resolve().parent / "example_class"
    for student in ("example_complete", "example_untouched"):
        place = world.submitted / student / LAB
        place.mkdir(parents=True)
        text = (examples / student / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8")
        (place / f"{LAB}.ipynb").write_text(text, encoding="utf-8")
    assert _grade(world) == 0
    before = _everything(world.out)
    source = world.course.source(LAB)
    text, right = source.read_text(encoding="utf-8"), "c = x1.clamp(0, 2 * math.pi)"
    other = f"{right}; c = c.clamp(max=6)"  # the mistakes' edits find their place as before
    assert text.count(right) == 1
    source.write_text(text.replace(right, other), encoding="utf-8")
    assert _grade(world) == 1
    now = _everything(world.out)
    assert {path: now[path] for path in before} == before
    assert _grade(world, "--accept") == 0
    lost = {student: _lost(world.verdict(student)) for student in ("example_complete", "example_untouched")}
    assert lost["example_complete"] == {"test_curve_distance"}
    assert len(lost["example_untouched"]) == len(get_lab(LAB).exercises)


def _lost(path: Path) -> set[str]:
    """The test cells without full marks."""
    checks = json.loads(path.read_bytes())["checks"]
    return {name for name, check in checks.items() if check["score"] < check["max_score"]}


def _grade(world: Class, *more: str) -> int:
    command = [sys.executable, "-m", "autograder", "grade", "--jobs", "1", "--lab", LAB, *more]
    command += ["--submitted", str(world.submitted), "--out", str(world.out)]
    done = subprocess.run(
        command, cwd=world.course.root, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stdout + done.stderr
    return done.returncode


def test_where_grading_itself_failed_the_next_run_tries_again(graded, monkeypatch):
    graded.hand_in("ana", "again")
    failed = {"ana": lambda one: unfinished(one, "Grading failed with OSError", final=False)}
    with monkeypatch.context() as patched:
        patched.setattr(FakePool, "_result", lambda pool, one: failed[one.student](one))
        assert graded.run(BEFORE)[2].graded == ["ana"]
    assert json.loads(graded.verdict("ana").read_bytes())["status"] == "needs_attention"
    assert graded.run(BEFORE)[2].graded == ["ana"]
    assert json.loads(graded.verdict("ana").read_bytes())["status"] == "graded"
    assert graded.run(BEFORE)[2].graded == []


def _failed(student: str) -> Result:
    folder = Path("submitted", student, LAB)
    return unfinished(Submission(student, LAB, folder), "Grading failed with OSError.", final=False)


def test_where_a_regrade_failed_marks_stay_and_the_next_run_tries_again(graded, told, capsys):
    """Whatever was said to the other changes: nobody is asked whether a failure should count."""
    _change_a_check(graded)
    told({**AFTER, "ana": _failed("ana")})
    assert _command(graded, accept=True) == 1
    printed = capsys.readouterr().out
    assert "ana/sine_gan could not be graded again" in printed and "needs_attention" not in printed
    assert _scores(graded) == {"ana": 80.0, "ben": 60.0, "eva": 80.0}
    assert _gradebook(graded.out)["ana"][0] == 80.0 and _csv(graded.out)["ana"] == "80"
    made = told(AFTER)
    assert _command(graded, accept=True) == 0
    assert made[0].graded == ["ana"] and _scores(graded)["ana"] == 70.0


def test_what_was_graded_before_stays_in_the_table(graded, told, capsys):
    """Another lab's marks, and those of somebody whose folder is gone."""
    other = Verdict("mnist_gan", "zoe", 80.0)
    other.needs_attention("There is no notebook.")
    path = graded.out / "zoe" / "mnist_gan" / "verdict.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(other.to_json()), encoding="utf-8")
    shutil.rmtree(graded.submitted / "eva")
    told({})
    assert _command(graded) == 0
    assert _csv(graded.out) == {"ana": "80", "ben": "0", "eva": "70", "zoe": ""}
    assert "zoe" not in capsys.readouterr().out
    path.write_text("{", encoding="utf-8")
    assert _command(graded) == 1 and "zoe" not in _csv(graded.out)
    assert "zoe/mnist_gan/verdict.json can't be read" in capsys.readouterr().out


def test_a_folder_whose_name_is_no_utf_8_gets_a_verdict(graded, told, capsys):
    strange = os.fsdecode(b"Jos\xe9")
    graded.hand_in("jose")
    (graded.submitted / "jose").rename(graded.submitted / strange)
    told({"Jos_xe9": unfinished(Submission("Jos_xe9", LAB, graded.submitted), f"It was called {strange}.")})
    assert _command(graded) == 1
    raw = json.loads(graded.verdict("Jos_xe9").read_bytes())
    assert (raw["student"], raw["status"]) == ("Jos_xe9", "needs_attention")
    assert "Jos_xe9" in _csv(graded.out) and "Jos_xe9" in capsys.readouterr().out


def test_what_a_student_wrote_moves_nothing_in_the_terminal(graded, told, capsys):
    name, note = "mal\x1b[2Jlory", "The file \x1b]0;pwned\x07 \u202egnp.exe\nana  graded"
    graded.hand_in(name)
    told({name: unfinished(Submission(name, LAB, graded.submitted), note)})
    assert _command(graded) == 1
    _change_a_check(graded)
    told({**AFTER, name: 0.5})
    assert _command(graded) == 1
    printed = capsys.readouterr().out
    assert not set(printed) & {"\x1b", "\x07", "\u202e"} and "mal?[2Jlory" in printed.replace("\n", "")
    assert not any(line.startswith("ana  graded") for line in printed.splitlines())
    assert "\x1b" not in (graded.out / "grades.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("inside", [".", "grades"])
def test_results_do_not_go_among_what_was_handed_in(graded, told, inside):
    told({})
    graded.out = graded.submitted / inside
    before = sorted(graded.submitted.rglob("*"))
    with pytest.raises(CourseError, match="Choose an --out outside it"):
        _command(graded)
    assert sorted(graded.submitted.rglob("*")) == before


def test_one_run_at_a_time(graded, told):
    told({})
    before = _everything(graded.out)
    with run_lock(graded.out), pytest.raises(CourseError, match="Another run writes into"):
        _command(graded, force=True)
    assert before.items() <= _everything(graded.out).items()
    assert _command(graded) == 0


def test_what_was_mended_is_told_where_the_repair_gives_up(graded, monkeypatch):
    def give_up(*_):
        raise NeedsAttention("There are no cells.")

    monkeypatch.setattr(job, "_run", give_up)
    read = job.HandedIn("ana", LAB, "{}", ("The file was cut off.",))
    verdict = job.grade_job(graded.course, read).verdict
    assert verdict.notes == ["The file was cut off.", "There are no cells."]
    assert (verdict.status, verdict.student) == ("needs_attention", "ana")

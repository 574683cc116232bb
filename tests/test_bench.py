"""What measures: parts that add up, and pages that say what was measured, where and when."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.bench import PAGE
from autograder.bench.labs import LINES, LabBench
from autograder.bench.page import commit, digits, figure, measured, table, write_section
from autograder.bench.parts import IDLE, worker_parts, writer_parts
from autograder.bench.training import PAGE as RECOGNITION
from autograder.bench.training import SAMPLES
from autograder.bench.whole_class import SUBMISSIONS, ClassBench
from autograder.cli import main
from autograder.errors import CourseError
from autograder.labs import get_lab, lab_names

ROOT = Path(__file__).resolve().parents[1]
TIMING = {
    "repair": 0.1,
    "room": 2.0,
    "judge": 0.5,
    "inert": 0.1,
    "seconds": 2.9,
    "room start": 0.4,
    "cells": 1.5,
    "gradebook": 0.2,
    "feedback": 0.1,
}


def test_the_parts_of_the_workers_time_add_up():
    for cpu in (0.0, 1.2, 99.0):
        parts = worker_parts([TIMING, TIMING], 10.0, cpu)
        assert sum(parts.values()) == pytest.approx(10.0) and min(parts.values()) >= 0
        assert parts[IDLE] == pytest.approx(10.0 - 2 * 2.9) and parts["judge"] == pytest.approx(1.0)
    assert sum(writer_parts([TIMING, TIMING], 7.0).values()) == pytest.approx(7.0)


def test_a_new_step_of_grading_is_a_part_of_its_own():
    parts = worker_parts([TIMING | {"limitoutput": 0.05}], 5.0)
    assert parts["limitoutput"] == 0.05 and sum(parts.values()) == pytest.approx(5.0)


def test_a_section_of_a_page_is_written_anew_and_the_rest_stays(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Title\n<!-- bench:labs:begin -->\nold\nolder\n<!-- bench:labs:end -->\nafter\n")
    write_section(page, "labs", "new\n")
    assert page.read_text() == "# Title\n<!-- bench:labs:begin -->\nnew\n<!-- bench:labs:end -->\nafter\n"
    with pytest.raises(CourseError, match="bench:class:begin"):
        write_section(page, "class", "new")
    with pytest.raises(CourseError, match="no place for the table"):
        write_section(tmp_path / "none.md", "labs", "new")


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def test_the_commit_that_is_measured_is_named(tmp_path):
    assert commit(tmp_path) == "an unknown commit"
    git(tmp_path, "init")
    (tmp_path / "autograder").mkdir()
    for name in ("code.py", "page.md"):
        (tmp_path / "autograder" / name).write_text("1\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-m", "first")
    (tmp_path / "autograder" / "page.md").write_text("2\n")  # the page that measuring writes
    assert re.fullmatch("commit `[0-9a-f]{10}`", commit(tmp_path))
    (tmp_path / "autograder" / "code.py").write_text("2\n")
    assert commit(tmp_path).endswith("with changes that are in no commit")


def test_figures_have_a_range_where_there_are_several():
    assert [digits(value) for value in (0.12345, 1.2345, 123.45)] == ["0.123", "1.23", "123.5"]
    assert figure([2.0], "s") == "2.00 s" and figure([3.0, 1.0, 2.0], "s") == "2.00 s (1.00–3.00)"
    assert figure([0.5], "") == "0.500"
    assert table(["what", "in all"], [("a", "1 s")]) == "| what | in all |\n| --- | ---: |\n| a | 1 s |"


def find_seconds(bench: LabBench | ClassBench) -> None:
    """A run in which everything took a second, without running anything."""
    names = ["first check", "notebook", "torch", "torch and ours", "lab loop", "bare loop", "peak", "grade"]
    names += ["grade on all cores", "plain", "nothing to do", "needed", "all"]
    if isinstance(bench, LabBench):
        names += [f"{bench.lab}.{exercise.name}" for exercise in get_lab(bench.lab).exercises]
        bench._note_parts(worker_parts([TIMING], 5.0))
    else:
        bench.timings.append([TIMING] * SUBMISSIONS)
    for name in names:
        bench._note(name, 70.0 if name == "grade" else 1.0)


def test_a_lab_has_a_figure_for_each_line_of_the_table(course, tmp_path):
    bench = LabBench("sine_gan", course, tmp_path)
    find_seconds(bench)
    figures = bench.figures()
    assert list(figures) == list(LINES)
    missing = {name for name, shown in figures.items() if not shown}
    assert all("loss" in name or "bare loop" in name for name in missing), missing


def test_the_command_writes_the_page(scratch_course, monkeypatch):
    page = scratch_course.root / PAGE
    page.parent.mkdir(parents=True)
    page.write_text((ROOT / PAGE).read_text(encoding="utf-8"), encoding="utf-8")
    for bench in (LabBench, ClassBench):
        monkeypatch.setattr(bench, "prepare", lambda self: None)
        monkeypatch.setattr(bench, "measures", lambda self: {"all": lambda: find_seconds(self)})
    for options in (["--runs", "2"], ["--lab", "dcgan"]):
        before = page.read_text(encoding="utf-8")
        done = CliRunner().invoke(main, ["bench", *options])
        assert done.exit_code == 0, done.output
        assert (page.read_text(encoding="utf-8") == before) == ("--lab" in options)
    written = page.read_text(encoding="utf-8")
    assert (
        "Measured before" not in written
        and "medians of 2 runs" in written
        and "70.0 s (70.0–70.0)" in written
    )
    assert all(f"`{name}`" in written for name in lab_names())
    check_sums(written[written.index("bench:class:begin") :])


def test_the_tables_of_a_class_add_up(course, tmp_path):
    bench = ClassBench(course, tmp_path)
    find_seconds(bench)
    check_sums(bench.tables())


def check_sums(text: str) -> None:
    """The parts of each table that has a sum add up to it, but for rounding."""
    tables = [part for part in text.split("\n\n") if "| in all |" in part]
    assert len(tables) == 2, "the workers' table and the writer's"
    for lines in tables:
        seconds = [float(found) for found in re.findall(r"^\|[^|]+\| (-?[\d.]+) s \|", lines, re.MULTILINE)]
        assert sum(seconds[:-1]) == pytest.approx(seconds[-1], abs=0.05 * len(seconds))


def section(page: str, name: str) -> str:
    """What a measurement wrote; the test is skipped where the table is older than this way of writing it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    found = re.search(f"<!-- bench:{name}:begin -->\n(.*?)\n<!-- bench:{name}:end -->", text, re.DOTALL)
    assert found, f"{page} has no section {name}"
    if found[1].startswith("Measured before commit"):
        pytest.skip(
            f"{page}: the table of {name} is an older one; `make bench` or `make recognise` renews it"
        )
    return found[1]


_MEASURED = re.compile(
    r"Measured on \d{4}-\d\d-\d\d at commit `[0-9a-f]{7,40}`, on \d+ cores of .+, "
    r"with Python \d[\d.]+ and torch \d\S+; [^.]+\. The load was [\d.]+ when it began\.$",
    re.MULTILINE,
)


@pytest.mark.parametrize("page, name", [(PAGE, "labs"), (PAGE, "class"), (RECOGNITION, "recognition")])
def test_a_measured_table_says_what_was_measured_where_and_when(page, name):
    assert _MEASURED.match(section(page, name))


def test_what_is_measured_is_said_in_this_form(course):
    sentence = measured(course, "1 run of each").replace(" with changes that are in no commit", "")
    assert _MEASURED.match(sentence) or "an unknown commit" in sentence


def test_the_table_of_labs_is_complete():
    heading, _, *rows = section(PAGE, "labs").partition("\n\n")[2].splitlines()
    assert re.findall(r"`(\w+)`", heading) == lab_names()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == list(LINES)


def test_the_tables_of_a_class_on_the_page_add_up():
    check_sums(section(PAGE, "class"))


def test_the_table_of_recognised_digits_is_complete():
    rows = re.findall(r"^\| (\w+) \| \d", section(RECOGNITION, "recognition"), re.MULTILINE)
    assert set(rows) == set(SAMPLES)

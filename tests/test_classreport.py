"""The class report: figures that add up, pairs that are worth a look and no others, a page that is inert."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from inert_pages import active
from selectolax.lexbor import LexborHTMLParser

from autograder.classreport.command import report
from autograder.classreport.costs import lab_report
from autograder.classreport.pairs import near_pairs
from autograder.classreport.reading import GradedSubmission, read_class
from autograder.classreport.report import known_cells, report_html, times
from autograder.classreport.shapes import pieces
from autograder.course.catalogue import mistakes
from autograder.course.solution import solution_cells
from autograder.labs import get_lab
from autograder.marking.verdict import Finding, Mark, Verdict

LAB = get_lab("sine_gan")

UNUSUAL = '''
def curve_distance(samples):
    """Distance to the curve, by looking at many of its points."""
    grid = torch.linspace(0, 6.28, 500)
    nearest = []
    for row in samples.tolist():
        best = float("inf")
        for point in grid.tolist():
            height = abs(row[1] - math.sin(point))
            if height + abs(row[0] - point) < best and not math.isnan(height):
                best = height + abs(row[0] - point)
        nearest.append(min(best, 1e9))
    return torch.tensor(nearest).clamp(min=0.0)
'''
RENAMED = """
def curve_distance(points):
    # my own idea
    xs = torch.linspace(0, 6.3, 800)
    out: list = []
    for p in points.tolist():
        lowest = float("inf")
        for x in xs.tolist():
            dy = abs(p[1] - math.sin(x))
            if dy + abs(p[0] - x) < lowest and not math.isnan(dy):
                lowest = dy + abs(p[0] - x)
        out.append(min(lowest, 1e6))
    return torch.tensor(out).clamp(min=0)
"""


def verdict_of(student: str, **lost: Mark) -> Verdict:
    """Full marks, but for the exercises named."""
    verdict = Verdict(LAB.name, student, LAB.marks)
    for exercise in LAB.exercises:
        verdict.checks[exercise.test_id] = lost.get(exercise.name, Mark(exercise.marks, exercise.marks))
    return verdict


def hand_in(
    grades: Path, verdict: Verdict, cells: dict[str, str] | None = None, timing: dict | None = None
) -> None:
    """What `grade` leaves of a submission."""
    folder = grades / verdict.student / verdict.lab
    folder.mkdir(parents=True)
    (folder / "verdict.json").write_text(json.dumps(verdict.to_json()), encoding="utf-8")
    if timing is not None:
        (folder / "timing.json").write_text(json.dumps(timing), encoding="utf-8")
    if cells is not None:
        marked = [
            {"cell_type": "code", "source": source, "metadata": {"nbgrader": {"grade_id": name}}}
            for name, source in cells.items()
        ]
        path = grades / "autograded" / verdict.student / verdict.lab / f"{verdict.lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps({"cells": marked}), encoding="utf-8")


# ---------------------------------------------------------------- shapes


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f(a, b):\n    c = a * b\n    return c + 1", "def g(x, y):\n    z = x * y\n    return z + 22"),
        ("x = f(1)  # one\ny = 'a'", "z = f(2)\n# two\nw = 'b'"),
        ('def f(a):\n    """Words."""\n    return a.mean()', "def f(a: int) -> float:\n    return a.mean()"),
        (
            "class A(nn.Module):\n    def forward(self, x):\n        self.net = 1\n        return self.net(x)",
            "class B(nn.Module):\n    def forward(me, y):\n        me.body = 2\n        return me.body(y)",
        ),
    ],
    ids=["names and numbers", "comments", "docstring and annotations", "attributes of its own"],
)
def test_what_an_author_may_choose_does_not_show(first, second):
    assert pieces(first) == pieces(second) and pieces(first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f(a):\n    return torch.exp(a).mean()", "def f(a):\n    return torch.log(a).mean()"),
        ("def f(a):\n    return g(a, dim=1)", "def f(a):\n    return g(a, keepdim=1)"),
        ("def f(a):\n    return a + a * a", "def f(a):\n    return a - a * a"),
        ("def f(a):\n    return sum(a) / 2", "def f(a):\n    return max(a) / 2"),
    ],
    ids=["another function", "another argument", "another operator", "another builtin"],
)
def test_what_the_code_does_shows(first, second):
    assert pieces(first) != pieces(second)


def test_code_that_is_no_python_has_a_shape_too():
    broken = "def f(a:\n    return a.mean() + b.sum() - c"
    assert pieces(broken) and pieces(broken) == pieces(broken + "  # words")
    assert pieces("%%time\nx = f(g(h(1)))") == pieces("x = f(g(h(1)))")
    assert pieces("(" * 5000) is not None and pieces("") == frozenset()


# ---------------------------------------------------------------- pairs


def varied(source: str, number: int) -> str:
    """The same in the hand of somebody else: statements of their own among the others."""
    dice = random.Random(number)
    lines = []
    for line in source.splitlines():
        indent = line[: len(line) - len(line.lstrip())]
        if indent and line.strip().startswith(("for", "if", "return", "best", "grid")):
            lines.append(f"{indent}u = {_expression(dice, 4)}")
        lines.append(line)
    return "\n".join(lines)


def _expression(dice: random.Random, depth: int) -> str:
    if not depth:
        return dice.choice(["0", "'a'", "None", "1.5", "True"])
    name = dice.choice(
        [abs, float, round, len, sum, max, min, sorted, list, set, tuple, str, int, bool, hash]
    ).__name__
    return f"{name}({', '.join(_expression(dice, depth - 1) for _ in range(dice.choice([1, 1, 2])))})"


@pytest.fixture(scope="module")
def known(course) -> dict[str, list[str]]:
    return known_cells(course, LAB.name)


@pytest.fixture(scope="module")
def solved(course) -> dict[str, str]:
    return {name: cell for name, cell in solution_cells(course, LAB.name).items() if "setup" not in name}


def test_copies_are_found_under_other_names(known, solved):
    cells = [dict(solved) for _ in range(40)]
    for number, own in enumerate(cells):
        own["coverage"] = varied(solved["coverage"], number)
        own["train"] = varied(solved["train"], 100 + number)
    cells[7]["curve_distance"], cells[23]["curve_distance"] = UNUSUAL, RENAMED
    (pair,) = near_pairs(cells, known)
    assert (pair.first, pair.second) == (7, 23)
    assert [match.exercise for match in pair.matches] == ["curve_distance"] and pair.matches[0].share > 0.95


def test_what_many_wrote_and_what_the_solution_looks_like_is_no_pair(course, known, solved):
    """All the same as the solution; a third of the class with the same way of its own; a catalogue's alternative."""
    cells = [dict(solved) for _ in range(30)]
    assert near_pairs(cells, known) == []
    for own in cells[:10]:
        own |= {
            name: varied(UNUSUAL, place) for place, name in enumerate(("curve_distance", "train", "coverage"))
        }
    assert near_pairs(cells, known) == []
    cells = [dict(solved) for _ in range(30)]
    for name, texts in known.items():
        cells[3][name] = cells[4][name] = texts[-1]
    assert near_pairs(cells, known) == []


def test_the_same_ways_in_several_exercises_add_up(known, solved):
    """Each way is shared by a few; only two share all of them."""
    ways = {
        name: varied(UNUSUAL, number) for number, name in enumerate(("coverage", "train", "generator_step"))
    }
    cells = [
        {name: varied(cell, 50 * at + row) for at, (name, cell) in enumerate(solved.items())}
        for row in range(60)
    ]
    for place, name in enumerate(ways):
        for row in (0, 1, 10 + 2 * place, 11 + 2 * place):
            cells[row][name] = ways[name]
    (pair,) = near_pairs(cells, known)
    assert (pair.first, pair.second) == (0, 1) and len(pair.matches) == 3


def test_short_cells_say_nothing(known, solved):
    cells = [dict(solved) for _ in range(30)]
    for own in cells[:2]:
        own |= dict.fromkeys(("curve_distance", "train", "coverage"), "def f(s):\n    return math.hypot(*s)")
    assert near_pairs(cells, known) == []


def test_few_missing_or_broken_cells_stop_nothing(known, solved):
    assert near_pairs([], known) == [] and near_pairs([{}], known) == []
    assert near_pairs([{}, {"train": "def ("}, dict(solved)], known) == []


def test_the_work_grows_with_the_class_and_not_with_its_pairs(known, solved):
    """Python's own calls are counted, which no other process on the machine changes: a class of 300 takes seconds."""

    def calls(students: int) -> int:
        cells = [{name: varied(cell, row) for name, cell in solved.items()} for row in range(students)]
        for name, texts in known.items():  # cached: what each text costs by itself is not the question
            for text in (*texts, *(own[name] for own in cells)):
                pieces(text)
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        sys.setprofile(count)
        try:
            near_pairs(cells, known)
        finally:
            sys.setprofile(None)
        return counted

    assert calls(60) < 2.5 * calls(30)


# ---------------------------------------------------------------- figures


def test_marks_lost_are_counted_once_and_for_the_mistake_that_has_a_name(course):
    mistake = next(mistake for mistake in mistakes(course, LAB.name) if mistake.exercise == "train")
    named = (Finding("train.losses", "a"), Finding("train.samples", "b", False, mistake.id))
    class_ = [
        GradedSubmission(verdict_of("a", train=Mark(4.0, 10.0, named))),
        GradedSubmission(
            verdict_of(
                "b", train=Mark(0.0, 10.0, named), coverage=Mark(0.0, 5.0, (Finding("coverage.raised", ""),))
            )
        ),
        GradedSubmission(verdict_of("c", generator=Mark(0.0, 10.0, (Finding("generator.not_started", ""),)))),
        GradedSubmission(Verdict(LAB.name, "d", LAB.marks, "needs_attention")),
    ]
    figures = lab_report(LAB, class_, {mistake.id: mistake.note})
    assert [(cost.name, cost.students, cost.lost) for cost in figures.exercises[:3]] == [
        ("train", 2, 16.0),
        ("Generator", 1, 10.0),
        ("coverage", 1, 5.0),
    ]
    assert figures.exercises[0].share == pytest.approx(16 / 30)
    assert [cost.empty for cost in figures.exercises[:3]] == [0, 1, 0]
    assert [(cost.name, cost.description, cost.students, cost.lost) for cost in figures.reasons] == [
        (mistake.id, mistake.note, 2, 16.0),
        ("coverage.raised", "The code stopped with an exception.", 1, 5.0),
    ]
    assert figures.submissions == 4 and figures.marks == [74.0, 65.0, 70.0] and figures.median == 70.0
    assert figures.bins == [0, 0, 0, 0, 0, 0, 0, 0, 2, 1] and sum(figures.bins) == 3


def test_a_check_without_a_name_in_the_catalogue_is_described():
    check = LAB.exercise("train").checks[0]
    lost = Mark(0.0, 10.0, (Finding(f"train.{check.name}", "x"),))
    (cost,) = lab_report(LAB, [GradedSubmission(verdict_of("a", train=lost))], {}).reasons
    assert cost.description == f"{check.what}."


def test_times_are_added_up_where_they_are_known():
    class_ = [
        GradedSubmission(verdict_of(str(s)), {"seconds": s, "room": s - 1, "cells": s - 2, "judge": 0.5})
        for s in (4.0, 9.0, 5.0)
    ]
    found = times([*class_, GradedSubmission(verdict_of("x"))])
    assert (found.count, found.seconds, found.median) == (3, 18.0, 5.0)
    assert found.parts == [("room", 15.0), ("judge", 1.5)]
    assert found.slowest[0] == ("9.0", LAB.name, 9.0)
    assert times([GradedSubmission(verdict_of("x"))]) is None


# ---------------------------------------------------------------- the command


@pytest.fixture
def grades(tmp_path, solved) -> Path:
    """A class of six: one copies, one fails, one breaks."""
    folder = tmp_path / "grades"
    for number, student in enumerate(("ana", "ben", "cai", "dee")):
        cells = solved | {"train": varied(solved["train"], number), "identity": 'student_id_1 = "x"'}
        cells |= {"curve_distance": UNUSUAL} if student == "ana" else {}
        cells |= {"curve_distance": RENAMED, "identity": "student_id_2 = 'ana'"} if student == "dee" else {}
        hand_in(folder, verdict_of(student), cells, {"seconds": 70.0 + number, "room": 60.0, "judge": 5.0})
    lost = Mark(
        0.0, 15.0, (Finding("discriminator_step.weights", "", False, "discriminator_step.no_zero_grad"),)
    )
    hand_in(
        folder,
        verdict_of("eve", discriminator_step=lost),
        {"train": "<script>document.title='PWNED'</script>"},
    )
    broken = Verdict(LAB.name, "fay<b>", LAB.marks)
    broken.needs_attention("There is no notebook: the folder holds <img src=x onerror=alert(1)>.")
    hand_in(folder, broken)
    return folder


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(report, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.output


def test_the_command_writes_an_inert_page_with_everything(grades, course):
    code, printed = run("--grades", grades)
    html = (grades / "report.html").read_text(encoding="utf-8")
    text = " ".join(LexborHTMLParser(html).body.text().split())
    assert code == 0 and str(grades / "report.html") in printed
    policy = LexborHTMLParser(html).css_first("meta[http-equiv]").attributes["content"]
    assert active(html) == [] and policy.startswith("default-src 'none'")
    assert "There is no notebook" in text and "fay<b>" in text
    named = {mistake.id: mistake.note for mistake in mistakes(course, LAB.name)}
    note = named["discriminator_step.no_zero_grad"]
    assert " ".join(note.split()) in text and "Marks by machine of 5 graded submissions of 6" in text
    assert "Time spent grading 4 min 46 s" in text
    assert (
        "ana and dee, sine_gan: curve_distance" in text
        and "named as partners" in text
        and "my own idea" in text
    )
    assert len(LexborHTMLParser(html).css("details.pair")) == 1


def test_out_is_where_the_page_goes(grades, tmp_path):
    target = tmp_path / "new" / "page.html"
    assert run("--grades", grades, "--out", target)[0] == 0
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]
    assert not (grades / "report.html").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x00"])
def test_a_verdict_that_cannot_be_read_is_named_and_stops_nothing(grades, text):
    path = grades / "ana" / LAB.name / "verdict.json"
    path.write_text(text, encoding="utf-8")
    code, printed = run("--grades", grades)
    assert code == 1 and "ana/sine_gan/verdict.json can't be read" in printed and "--force" in printed
    assert "ana/sine_gan/verdict.json" in (grades / "report.html").read_text(encoding="utf-8")


def test_damaged_notebooks_and_times_stop_nothing(grades):
    (grades / "autograded" / "ana" / LAB.name / f"{LAB.name}.ipynb").write_text(
        '{"cells": 5}', encoding="utf-8"
    )
    (grades / "ben" / LAB.name / "timing.json").write_text("[]", encoding="utf-8")
    class_, unreadable = read_class(grades)
    by_student = {submission.verdict.student: submission for submission in class_}
    assert unreadable == [] and by_student["ana"].cells == {} and by_student["ben"].timing == {}
    assert by_student["cai"].cells["train"]


@pytest.mark.parametrize(("make", "problem"), [(False, "There is no folder"), (True, "holds no verdict")])
def test_nothing_to_report_is_exit_status_2(tmp_path, make, problem):
    if make:
        (tmp_path / "grades").mkdir()
    code, printed = run("--grades", tmp_path / "grades")
    assert code == 2 and problem in printed and "Traceback" not in printed


def test_an_accepted_result_counts_and_a_pending_one_does_not(grades):
    """`grade` keeps results of a regrade apart, in a folder whose name begins with a dot."""
    hand_in(grades / ".pending", verdict_of("zoe"))
    assert "zoe" not in {submission.verdict.student for submission in read_class(grades)[0]}


def test_a_class_without_times_or_code_has_a_report(course):
    html = report_html(course, [GradedSubmission(verdict_of("ana"))], [])
    assert "No times were recorded" in html and active(html) == []

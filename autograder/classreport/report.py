"""The report's page: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

import nbformat
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from autograder.cells.metadata import grade_id
from autograder.classreport.costs import BINS, LabReport, lab_report
from autograder.classreport.pairs import Pair, near_pairs
from autograder.classreport.reading import Graded, read_class
from autograder.course.catalogue import alternatives, mistakes, rewritten
from autograder.course.course import Course
from autograder.course.roster import plain
from autograder.course.solution import solution_cells
from autograder.errors import CourseError
from autograder.feedback.page import POLICY
from autograder.files.atomic import write_text
from autograder.intake.identity import read_identity
from autograder.labs import get_lab
from autograder.notebook.banner import number

SHOWN_PAIRS = 50
SHOWN_CELLS = 3  # of a pair
SHOWN_REASONS = 15  # of a lab
SLOWEST = 5
STEPS = ("repair", "room", "judge", "inert", "gradebook", "feedback")  # timing.json also holds parts of these


@dataclass(frozen=True)
class SideBySide:
    """A pair with the cells to compare: (title, share in %, one's source, the other's)."""

    lab: str
    students: tuple[str, str]
    surprise: float
    cells: list[tuple[str, int, str, str]]
    more: int
    partners: bool


@dataclass(frozen=True)
class Times:
    """Seconds that grading took: all together, in the middle, by what it was spent on, the slowest submissions."""

    count: int
    seconds: float
    median: float
    parts: list[tuple[str, float]]
    slowest: list[tuple[str, str, float]]


def write_report(course: Course, grades: Path, out: Path) -> list[str]:
    """Write the report of a graded class; returns a sentence for each verdict that could not be read."""
    graded, unreadable = read_class(grades)
    write_text(out, report_html(course, graded, unreadable))
    return unreadable


def report_html(course: Course, graded: list[Graded], unreadable: list[str]) -> str:
    """The whole page."""
    labs, pairs = [], []
    for name, group in groupby(graded, key=lambda one: one.verdict.lab):
        members, lab = list(group), get_lab(name)
        notes = {mistake.id: mistake.note for mistake in mistakes(course, name)}
        labs.append(lab_report(lab, members, notes))
        found = near_pairs([one.cells for one in members], known_cells(course, name))
        pairs += [_side_by_side(pair, members, name) for pair in found]
    pairs.sort(key=lambda pair: -pair.surprise)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            policy=POLICY,
            labs=labs,
            histograms={report.lab.name: histogram(report) for report in labs},
            reasons=SHOWN_REASONS,
            submissions=len(graded),
            students=len({one.verdict.student for one in graded}),
            attention=[one.verdict for one in graded if one.verdict.status != "graded"],
            unreadable=unreadable,
            times=times(graded),
            pairs=pairs[:SHOWN_PAIRS],
            more_pairs=max(len(pairs) - SHOWN_PAIRS, 0),
        )
    )


def known_cells(course: Course, lab: str) -> dict[str, list[str]]:
    """What people are given or led to: for each exercise the released cell, the solution, and its alternatives."""
    if not course.release(lab).is_file():
        raise CourseError(f"{course.release(lab)} is missing. Build it with: python -m autograder build")
    release = {grade_id(cell): cell.source for cell in nbformat.read(course.release(lab), as_version=4).cells}
    solution = solution_cells(course, lab)
    names = [exercise.name for exercise in get_lab(lab).exercises]
    known = {name: [release.get(name, ""), solution[name]] for name in names}
    for alternative in alternatives(course, lab):
        known[alternative.exercise].append(rewritten(course, lab, alternative)[alternative.exercise])
    return known


def _side_by_side(pair: Pair, members: list[Graded], lab: str) -> SideBySide:
    one, other = members[pair.first], members[pair.second]
    shown = [
        (
            get_lab(lab).exercise(match.exercise).title,
            round(100 * match.share),
            *_sources(match.exercise, one, other),
        )
        for match in pair.matches[:SHOWN_CELLS]
    ]
    students = one.verdict.student, other.verdict.student
    return SideBySide(
        lab, students, pair.surprise, shown, len(pair.matches) - len(shown), _partners(one, other)
    )


def _sources(exercise: str, one: Graded, other: Graded) -> tuple[str, str]:
    return one.cells[exercise], other.cells[exercise]


def _partners(one: Graded, other: Graded) -> bool:
    """Whether one declares in the identity cell to have worked with the other: two may hand in together."""
    return any(plain(b.verdict.student) in _declared(a) for a, b in ((one, other), (other, one)))


def _declared(one: Graded) -> set[str]:
    """Who worked on it; a first student alone is nobody's partner."""
    fields = read_identity([one.cells.get("identity", "")])
    first, second = (plain(fields.get(f"student_id_{place}", "")) for place in (1, 2))
    return {first, second} - {""} if second else set()


def times(graded: list[Graded]) -> Times | None:
    """The seconds that grading took, where they were recorded."""
    known = [one for one in graded if "seconds" in one.timing]
    if not known:
        return None
    seconds = [one.timing["seconds"] for one in known]
    slowest = sorted(known, key=lambda one: -one.timing["seconds"])[:SLOWEST]
    return Times(
        len(known),
        sum(seconds),
        statistics.median(seconds),
        _parts(known),
        [(one.verdict.student, one.verdict.lab, one.timing["seconds"]) for one in slowest],
    )


def _parts(graded: list[Graded]) -> list[tuple[str, float]]:
    """What the seconds were spent on, the most first."""
    spent: Counter[str] = Counter()
    for one in graded:
        spent.update({name: one.timing[name] for name in STEPS if name in one.timing})
    return spent.most_common()


def histogram(report: LabReport) -> Markup:
    """Submissions by tenths of the machine's marks, as bars with their counts."""
    highest, drawn = max(report.bins) or 1, Markup("")
    for place, count in enumerate(report.bins):
        height, left = 90 * count / highest, 20 + 58 * place
        low, high = (number(round(report.lab.marks * edge / BINS, 1)) for edge in (place, place + 1))
        drawn += Markup(
            '<rect x="{}" y="{:.1f}" width="50" height="{:.1f}"><title>{} to {} marks: {}</title></rect>'
            '<text x="{}" y="{:.1f}">{}</text><text class="edge" x="{}" y="124">{}</text>'
        ).format(
            left, 108 - height, height, low, high, count, left + 25, 103 - height, count or "", left - 4, low
        )
    drawn += Markup('<text class="edge" x="596" y="124">{}</text>').format(number(report.lab.marks))
    return Markup(
        '<svg class="histogram" viewBox="0 0 620 130" role="img" aria-label="marks by machine">'
        '<line x1="14" x2="602" y1="108" y2="108"/>{}</svg>'
    ).format(drawn)


def _seconds(value: float) -> str:
    """Seconds as a person says them: 8.2 s, 5 min 12 s, 2 h 5 min."""
    if value < 60:
        return f"{value:.1f} s"
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes} min {seconds} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


@cache
def _environment() -> Environment:
    folders = [Path(__file__).parent, Path(__file__).parents[1] / "feedback"]
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"seconds": _seconds, "number": number}
    return environment

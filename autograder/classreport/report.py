"""The page of the class report: one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import nbformat
from markupsafe import Markup

from autograder.cells.metadata import grade_id
from autograder.classreport.costs import BINS, LabReport, lab_report
from autograder.classreport.pairs import Pair, near_pairs
from autograder.classreport.reading import GradedSubmission, read_class
from autograder.course.catalogue import alternatives, mistakes, rewritten
from autograder.course.course import Course
from autograder.course.roster import plain
from autograder.course.solution import solution_cells
from autograder.errors import CourseError
from autograder.feedback.environment import POLICY, page_environment
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
    """A pair with the cells to compare: (exercise, share in %, source of the first student, of the second)."""

    lab: str
    students: tuple[str, str]
    surprise: float
    cells: list[tuple[str, int, str, str]]
    more: int
    partners: bool


@dataclass(frozen=True)
class Times:
    """The seconds that grading took: in sum, in the median, by step, and for the slowest submissions."""

    count: int
    seconds: float
    median: float
    parts: list[tuple[str, float]]
    slowest: list[tuple[str, str, float]]


def write_report(course: Course, grades: Path, out: Path) -> list[str]:
    """Write the report of a graded class; returns a sentence for each verdict that could not be read."""
    submissions, unreadable = read_class(grades)
    write_text(out, report_html(course, submissions, unreadable))
    return unreadable


def report_html(course: Course, submissions: list[GradedSubmission], unreadable: list[str]) -> str:
    """The whole page; `submissions` are sorted by lab."""
    labs, pairs = [], []
    for name, group in groupby(submissions, key=lambda submission: submission.verdict.lab):
        members = list(group)
        notes = {mistake.id: mistake.note for mistake in mistakes(course, name)}
        labs.append(lab_report(get_lab(name), members, notes))
        found = near_pairs([member.cells for member in members], known_cells(course, name))
        pairs += [_side_by_side(pair, members, name) for pair in found]
    pairs.sort(key=lambda pair: -pair.surprise)
    verdicts = [submission.verdict for submission in submissions]
    return (
        page_environment(Path(__file__).parent, seconds=_seconds, number=number)
        .get_template("report.html.j2")
        .render(
            policy=POLICY,
            labs=labs,
            histograms={report.lab.name: histogram(report) for report in labs},
            reasons=SHOWN_REASONS,
            submissions=len(submissions),
            students=len({verdict.student for verdict in verdicts}),
            attention=[verdict for verdict in verdicts if verdict.status != "graded"],
            unreadable=unreadable,
            times=times(submissions),
            pairs=pairs[:SHOWN_PAIRS],
            more_pairs=max(len(pairs) - SHOWN_PAIRS, 0),
        )
    )


def known_cells(course: Course, lab: str) -> dict[str, list[str]]:
    """The texts that everybody has or is led to, by exercise: the released cell, the solution, its alternatives."""
    if not course.release(lab).is_file():
        raise CourseError(f"{course.release(lab)} is missing. Build it with: python -m autograder build")
    release = {grade_id(cell): cell.source for cell in nbformat.read(course.release(lab), as_version=4).cells}
    solution = solution_cells(course, lab)
    names = [exercise.name for exercise in get_lab(lab).exercises]
    known = {name: [release.get(name, ""), solution[name]] for name in names}
    for alternative in alternatives(course, lab):
        known[alternative.exercise].append(rewritten(course, lab, alternative)[alternative.exercise])
    return known


def _side_by_side(pair: Pair, members: list[GradedSubmission], lab: str) -> SideBySide:
    first, second = members[pair.first], members[pair.second]
    cells = [
        (
            get_lab(lab).exercise(match.exercise).title,
            round(100 * match.share),
            first.cells[match.exercise],
            second.cells[match.exercise],
        )
        for match in pair.matches[:SHOWN_CELLS]
    ]
    students = first.verdict.student, second.verdict.student
    more = len(pair.matches) - len(cells)
    return SideBySide(lab, students, pair.surprise, cells, more, _are_partners(first, second))


def _are_partners(first: GradedSubmission, second: GradedSubmission) -> bool:
    """Whether an identity cell declares that the two worked together, which two students may."""
    return plain(second.verdict.student) in _declared(first) or plain(first.verdict.student) in _declared(
        second
    )


def _declared(submission: GradedSubmission) -> set[str]:
    """Both students of the identity cell; nobody where it names only one."""
    fields = read_identity([submission.cells.get("identity", "")])
    first, second = (plain(fields.get(f"student_id_{position}", "")) for position in (1, 2))
    return {first, second} - {""} if second else set()


def times(submissions: list[GradedSubmission]) -> Times | None:
    """The seconds that grading took, or None where they were not recorded."""
    timed = [submission for submission in submissions if "seconds" in submission.timing]
    if not timed:
        return None
    seconds = [submission.timing["seconds"] for submission in timed]
    slowest = sorted(timed, key=lambda submission: -submission.timing["seconds"])[:SLOWEST]
    return Times(
        len(timed),
        sum(seconds),
        statistics.median(seconds),
        _seconds_by_step(timed),
        [(each.verdict.student, each.verdict.lab, each.timing["seconds"]) for each in slowest],
    )


def _seconds_by_step(submissions: list[GradedSubmission]) -> list[tuple[str, float]]:
    """The seconds that each step took in sum, the longest first."""
    spent: dict[str, float] = defaultdict(float)
    for submission in submissions:
        for step in STEPS:
            if step in submission.timing:
                spent[step] += submission.timing[step]
    return sorted(spent.items(), key=lambda item: -item[1])


def histogram(report: LabReport) -> Markup:
    """The numbers of submissions by tenths of the machine's marks, as an SVG picture of bars."""
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
    """Seconds as people say them: 8.2 s, 5 min 12 s, 2 h 5 min."""
    if value < 60:
        return f"{value:.1f} s"
    minutes, seconds = divmod(round(value), 60)
    return f"{minutes} min {seconds} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"

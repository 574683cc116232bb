"""Properties of the tables and names that learning platforms exchange, tried on generated ones."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from autograder.collect.manifest import Entry, read_manifest, write_manifest
from autograder.collect.naming import read_label, read_timestamp, write_timestamp
from autograder.course.roster import Person, folder_problem, read_people
from autograder.errors import CourseError
from autograder.export.export import _write_canvas, _write_moodle, _write_plain
from autograder.export.marks import match_rows
from autograder.files.tables import inert, read_table, write_table
from autograder.labs import lab_names
from autograder.marking.verdict import Mark, Verdict
from autograder.results.gradebook import Row
from autograder.results.manual_grades import ManualGrades

LAB = "sine_gan"
checked = settings(derandomize=True, deadline=None, database=None, max_examples=100)
# Each example writes its own file again, which takes milliseconds.
with_files = settings(checked, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What a file written as UTF-8 can hold; read_table refuses a zero byte.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
# The signs that matter come often.
formulas = st.builds("{}{}{}".format, st.sampled_from(["", " ", "\u00a0"]), st.sampled_from("=+-@"), texts)
cells = st.one_of(texts, st.text("=+-@'\"\t\r\n ,;a", max_size=6), formulas)


def parsed(path: Path) -> list[list[str]]:
    """The rows of a CSV file, by Python's own reader."""
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet takes a cell for a formula, also where it ignores blanks in front."""
    return cell.strip()[:1] in ("=", "+", "-", "@") and cell.strip() != ""


# ---------------------------------------------------------------- tables


@with_files
@given(st.lists(st.lists(cells, min_size=1, max_size=4), max_size=5))
def test_a_table_that_is_written_is_read_again(tmp_path, rows):
    path = tmp_path / "table.csv"
    write_table(path, [["id", "name"], *rows])
    expected = [[inert(cell).strip() for cell in row] for row in rows]
    assert read_table(path)[1:] == [row for row in expected if any(row)]
    assert read_table(path, strip=False)[1:] == [
        row for row in ([inert(cell) for cell in row] for row in rows) if any(row)
    ]


@with_files
@given(st.lists(st.lists(cells, min_size=1, max_size=4), max_size=5))
def test_no_cell_that_is_written_is_a_formula(tmp_path, rows):
    write_table(tmp_path / "table.csv", rows)
    written = parsed(tmp_path / "table.csv")
    assert not [cell for row in written for cell in row if is_formula(cell)]
    for row, before in zip(written, rows, strict=True):  # and nothing else is changed
        assert [cell.removeprefix("'") if cell not in before else cell for cell in row] == before


@with_files
@given(
    st.one_of(
        st.binary(max_size=60),
        st.builds(lambda mark, rest: mark + rest, st.sampled_from([b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]),
                  st.binary(max_size=30)),
        st.builds(lambda text, encoding: text.encode(encoding, "replace"), st.text(max_size=40),
                  st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-16-be"])),
    )
)  # fmt: skip
@example(raw=b"id\n" + b"x" * 200_000)  # a longer cell than Python's reader takes
def test_bytes_are_rows_or_a_sentence(tmp_path, raw):
    path = tmp_path / "table.csv"
    path.write_bytes(raw)
    try:
        rows = read_table(path)
    except CourseError as error:
        assert str(path) in error.message and error.message.endswith(".")
    else:
        assert all(any(row) and all(cell == cell.strip() for cell in row) for row in rows)


# ---------------------------------------------------------------- the roster

headings = st.sampled_from(
    [
        "id",
        "ID",
        "Name",
        "First name",
        "Surname",
        "Email address",
        "Student",
        "Identifier",
        "SIS User ID",
        "Section",
    ]
)
ids = st.one_of(
    texts, st.sampled_from(["ana", "Ana", "../x", "a/b", "nul", ".x", "é" * 90, "語" * 90, "ana"])
)


@with_files
@given(
    st.lists(st.one_of(headings, cells), min_size=1, max_size=4),
    st.lists(st.lists(st.one_of(ids, cells), max_size=4), max_size=5),
)
def test_a_table_is_a_class_or_a_sentence(tmp_path, heading, rows):
    path = tmp_path / "students.csv"
    write_table(path, [heading, *rows])
    try:
        people = read_people(path)
    except CourseError as error:
        assert str(path) in error.message and error.message.endswith(".")
        return
    assert people and list(people) == [person.id for person in people.values()]
    assert len(people) <= 1 + len(rows)


@with_files
@given(
    st.lists(
        st.sampled_from(["ana", "Ana", "ben", "cho", " ben", "", "a/b", "語" * 90]), min_size=1, max_size=4
    )
)
def test_a_roster_has_each_id_once_or_is_refused(tmp_path, student_ids):
    path = tmp_path / "students.csv"
    write_table(path, [["id", "name"], *([student, "Somebody"] for student in student_ids)])
    expected = [student.strip() for student in student_ids if student]
    safe = all(folder_problem(student) is None for student in expected)
    if safe and expected and len(set(expected)) == len(expected):
        assert list(read_people(path)) == expected
    else:
        with pytest.raises(CourseError):
            read_people(path)


@with_files
@given(ids)
def test_what_may_name_a_folder_is_a_folder_below(tmp_path, student):
    if folder_problem(student) is None:
        folder = tmp_path / "submitted" / student / LAB
        folder.mkdir(parents=True, exist_ok=True)
        assert folder.resolve().parents[1] == (tmp_path / "submitted").resolve()
        assert student in [path.name for path in (tmp_path / "submitted").iterdir()]


# ---------------------------------------------------------------- names in downloads


@checked
@given(
    st.lists(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from([*lab_names(), "x_1_assignsubmission_file_", "a_LATE_12_345_b.ipynb", "inbound"]),
            st.builds("{}+{}+{}+{}".format, *[st.text(max_size=25)] * 4),
        ),
        min_size=1,
        max_size=4,
    ).map(tuple),
    st.booleans(),
)
def test_every_path_has_a_label(path, alone):
    label = read_label(path, lab_names(), alone=alone)
    assert label.system in ("Moodle", "Canvas", "nbgrader", "folder") and label.upload >= 0
    assert not (label.late and label.system != "Canvas")


letters = st.text(st.characters(categories=["Ll", "Lu", "Lo"]), min_size=1, max_size=8)
full_names = st.lists(letters, min_size=1, max_size=3).map(" ".join)
numbers = st.integers(1, 10**9).map(str)
files = st.text("abcXYZ019_- ()ñ", max_size=12).map("{}.ipynb".format)


def nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


@checked
@given(full_names, numbers, files, st.sampled_from(["folder", "older folder", "none"]))
def test_a_name_of_moodles_gives_back_its_parts(name, number, file, layout):
    stem = f"{name}_{number}_assignsubmission_file"
    path = {"folder": (stem, file), "older folder": (f"{stem}_", file), "none": (f"{stem}_{file}",)}[layout]
    label = read_label(("class", *path), lab_names())
    assert (label.system, label.name, label.number, label.file) == ("Moodle", nfc(name), number, nfc(file))


@checked
@given(
    st.text("abcdefgñü0123", min_size=1, max_size=10), st.booleans(), numbers, st.integers(100, 10**17), files
)
def test_a_name_of_canvas_gives_back_its_parts(name, late, user, upload, file):
    label = read_label((f"{name}_{'LATE_' if late else ''}{user}_{upload}_{file}",), lab_names())
    assert (label.system, label.name, label.number) == ("Canvas", nfc(name), user)
    assert (label.upload, label.file, label.late) == (upload, nfc(file), late)


@checked
@given(st.text("abc0XYZ", min_size=1, max_size=8), st.booleans(), st.integers(100, 10**17), files)
def test_an_anonymous_name_of_canvas_gives_back_its_parts(user, late, upload, file):
    label = read_label((f"{'LATE_' if late else ''}anon_{user}_{upload}_{file}",), lab_names())
    assert (label.system, label.name, label.number) == ("Canvas", "", f"anon_{user}")
    assert (label.upload, label.file, label.late) == (upload, nfc(file), late)


@checked
@given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 1, 1)).map(lambda when: when.replace(tzinfo=UTC)))
def test_a_time_of_nbgraders_is_read_again(when):
    assert read_timestamp(write_timestamp(when)) == when


@checked
@given(st.text("0123456789-:+. TUCZ", max_size=40))
def test_a_text_is_a_time_or_none(text):
    when = read_timestamp(text)
    assert when is None or when.utcoffset() is not None


# ---------------------------------------------------------------- the manifest

entries = st.builds(
    Entry,
    student=cells,
    lab=st.sampled_from(lab_names()),
    file=cells,
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    system=st.sampled_from(["Moodle", "Canvas", "nbgrader", "folder"]),
    uploader=cells,
    source=cells,
    when=st.one_of(
        st.just(""), st.datetimes(datetime(1971, 1, 1)).map(lambda when: when.isoformat() + "+00:00")
    ),
    late=st.sampled_from(["", "late", "perhaps late"]),
    upload=st.one_of(st.just(""), st.integers(0, 10**18).map(str)),
    how=st.sampled_from(["name", "identity", "number", "nbgrader"]),
)


@with_files
@given(st.lists(entries, max_size=4))
def test_the_manifest_is_read_as_it_was_written(tmp_path, written):
    write_manifest(tmp_path, written)
    assert Counter(read_manifest(tmp_path)) == Counter(written)
    before = (tmp_path / "collected.csv").read_bytes()
    write_manifest(tmp_path, read_manifest(tmp_path))
    assert (tmp_path / "collected.csv").read_bytes() == before


# ---------------------------------------------------------------- exported marks

students = st.sampled_from(["ana", "Ana", "ANÁ", "ben", "BEN", "=1+1", "-x", "cho@x.edu", "语"])
people_with_names = st.builds(Person, id=students, name=cells, email=cells, moodle_id=numbers, login=cells)


def row(student: str, score: float, manual: float | None) -> Row:
    verdict = Verdict(LAB, student, 80.0, checks={"test_train": Mark(score, 80.0)})
    return Row(verdict, manual, 20.0, ManualGrades())


rows_of_students = st.lists(
    st.builds(
        row, students, st.integers(0, 160).map(lambda half: half / 2), st.sampled_from([None, 0.0, 12.5])
    ),
    unique_by=lambda row: row.verdict.student,
    max_size=6,
)
rosters = st.lists(people_with_names, unique_by=lambda person: person.id, max_size=6)


@checked
@given(rosters, rows_of_students)
def test_everybody_and_every_folder_is_matched_once(people, rows):
    marks = match_rows(people, rows, machine_only=False)
    assert [mark.person for mark in marks[: len(people)]] == people
    matched = [mark.row.verdict.student for mark in marks if mark.row]
    assert sorted(matched) == sorted(row.verdict.student for row in rows)
    folders = {row.verdict.student for row in rows}
    for mark in marks:
        if mark.person.id in folders:
            assert mark.row is not None and mark.row.verdict.student == mark.person.id
        if mark.mark is not None:
            assert mark.row.verdict.student.casefold()[:1] == mark.person.id.casefold()[:1]


@pytest.mark.parametrize("machine_only", [True, False])
@with_files
@given(people=rosters, rows=rows_of_students)
def test_exports_hold_each_final_mark_once_and_no_other(tmp_path, machine_only, people, rows):
    marks = match_rows(people, rows, machine_only=machine_only)
    final = [mark for mark in marks if mark.mark is not None]
    moodle = parsed(_write_moodle(LAB, marks, tmp_path))
    canvas = parsed(_write_canvas(LAB, marks, tmp_path, "Lab 1 (4711)"))
    plain = parsed(_write_plain({LAB: marks}, tmp_path))
    assert [(line[2], float(line[4])) for line in moodle[1:]] == [(inert(m.person.id), m.mark) for m in final]
    assert [float(line[5]) for line in canvas[2:]] == [mark.mark for mark in final]
    assert [line[0] for line in plain[1:]] == [inert(mark.person.id) for mark in marks]
    for table in (moodle, canvas, plain):
        assert not [cell for line in table for cell in line if is_formula(cell)]
        assert len({len(line) for line in table}) == 1

"""Collecting: from downloads of Moodle, Canvas and nbgrader to submitted/, where nothing is lost or overwritten."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_notebook, writes

from autograder.collect import archive, collect
from autograder.collect.command import collect as command
from autograder.collect.manifest import MANIFEST, Entry, read_manifest, write_manifest
from autograder.collect.naming import read_label, read_timestamp, tidy
from autograder.course.roster import read_people
from autograder.intake import notebook as reading
from autograder.labs import lab_names

LAB = "sine_gan"
EVENING = (2026, 11, 20, 21, 30, 0)


def notebook(student: str = "", signature: str = "signed", text: str = "", partner: str = "") -> str:
    """A notebook with an identity cell and some work."""
    identity = f'student_id_1 = "{student}"\nsignature_1 = "{signature}"\nstudent_id_2 = "{partner}"'
    cells = [new_code_cell(identity, id="identity"), new_code_cell(f"# work {text}", id="work")]
    return writes(new_notebook(cells=cells))


def make_zip(path: Path, files: dict[str, str], when: tuple = EVENING) -> Path:
    """A zip with these files, all of the same time."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, when), text)
    return path


@pytest.fixture
def roster(tmp_path) -> Path:
    path = tmp_path / "students.csv"
    path.write_text(
        "id;name;email;moodle_id;canvas_id\n"
        "ana01;Ana María Gómez;ana@uni.example;Participant 501;71\n"
        "ben02;Gómez, Ben;ben@uni.example;502;72\n"
        "twin1;Kim Lee;kim1@uni.example;503;73\n"
        "twin2;Lee Kim;kim2@uni.example;504;74\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def run(tmp_path):
    """Runs the command; returns what was printed and checks the exit status."""

    def call(*sources: Path, expect: int = 0, **options: str | Path | bool) -> str:
        arguments = [str(source) for source in sources]
        options = {"submitted": tmp_path / "submitted", "lab": LAB} | options
        for name, value in options.items():
            arguments += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
        result = CliRunner(env={"COLUMNS": "400"}).invoke(command, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert result.exit_code == expect, result.output
        return result.output

    return call


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: content and time of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def names(tmp_path) -> list[str]:
    return [name for name in tree(tmp_path / "submitted") if name != MANIFEST]


@pytest.mark.parametrize(
    ("path", "system", "name", "number", "file"),
    [
        ("Ana María Gómez_501_assignsubmission_file_/x.ipynb", "Moodle", "Ana María Gómez", "501", "x.ipynb"),
        ("Ana_501_assignsubmission_file/sub/x.ipynb", "Moodle", "Ana", "501", "x.ipynb"),
        ("A-1/Ana_501_assignsubmission_file_x_1.ipynb", "Moodle", "Ana", "501", "x_1.ipynb"),
        ("gomezana_71_9001_sine_gan-2.ipynb", "Canvas", "gomezana", "71", "sine_gan-2.ipynb"),
        ("gomezana_LATE_71_9001_my_lab.ipynb", "Canvas", "gomezana", "71", "my_lab.ipynb"),
        ("LATE_anon_a1B2c_9001_x.ipynb", "Canvas", "", "anon_a1B2c", "x.ipynb"),
        ("ana01+sine_gan+2026-11-20 15:58:23.948203 UTC+aB-_/x.ipynb", "nbgrader", "", "", "x.ipynb"),
        ("class/ana01/sine_gan/x.ipynb", "nbgrader", "", "", "x.ipynb"),
        ("sine_gan_ana01.ipynb", "folder", "ana01", "", "sine_gan_ana01.ipynb"),
        ("ana01/sine_gan (1).ipynb", "folder", "ana01", "", "sine_gan (1).ipynb"),
        ("lab_2026_11_20.ipynb", "folder", "lab_2026_11_20", "", "lab_2026_11_20.ipynb"),
    ],
)
def test_names_of_each_system(path, system, name, number, file):
    label = read_label(tuple(path.split("/")), lab_names())
    assert (label.system, label.name, label.number, label.file) == (system, name, number, file)
    assert label.late == ("LATE" in path)
    if system == "nbgrader":
        assert (label.student, label.lab) == ("ana01", LAB)


@pytest.mark.parametrize("added", ["-1", " (2)", "(2)", "_(3)", "-12"])
def test_second_copies_have_the_name_of_the_first(added):
    assert tidy(f"sine_gan{added}.ipynb") == "sine_gan.ipynb"
    assert tidy("lab-2b.ipynb") == "lab-2b.ipynb"


@pytest.mark.parametrize(("claimed", "owner"), [("12345", "12345"), ("0x" + "f" * 5000, "Ann")])
def test_ids_that_are_no_text(run, tmp_path, claimed, owner):
    text = notebook("x").replace('\\"x\\"', claimed)
    out = run(
        make_zip(tmp_path / "m.zip", {"Ann_1_assignsubmission_file_/x.ipynb": text}), expect=owner == "Ann"
    )
    assert names(tmp_path) == [f"{owner}/sine_gan/sine_gan.ipynb"], out


def test_times_of_nbgrader():
    assert read_timestamp("2026-11-20 15:58:23.948203 UTC").isoformat() == "2026-11-20T15:58:23.948203+00:00"
    assert read_timestamp("2026-11-20 15:58:23.9 +0130").utcoffset().seconds == 5400
    assert read_timestamp("yesterday") is None


@pytest.mark.parametrize(
    "when",
    [
        "2026-11-20 15:58:23 -9999",
        "2026-11-20 15:58:23 -2400",
        "0001-01-01 00:00:00",
        "0001-01-01 00:00:00 +0500",
        "9999-12-31 23:59:59 -0500",
        "0001-01-01 00:00:00+05:00",
    ],
)
def test_a_time_that_can_not_be_is_none(run, tmp_path, when):
    assert read_timestamp(when) is None
    folder = tmp_path / "theirs" / "ana01" / LAB
    folder.mkdir(parents=True)
    (folder / "sine_gan.ipynb").write_text(notebook())
    (folder / "timestamp.txt").write_text(when)
    odd = tmp_path / "theirs" / f"ben02+{LAB}+{when}+r4nd0m"
    odd.mkdir()
    (odd / "sine_gan.ipynb").write_text(notebook("ben_2"))
    run(tmp_path / "theirs", due="2026-11-20")
    assert "ana01/sine_gan/sine_gan.ipynb" in names(tmp_path) and len(names(tmp_path)) == 2


def test_moodle_with_folders(run, roster, tmp_path):
    files = {
        "Ana Maria Gomez_9_assignsubmission_file_/sine_gan.ipynb": notebook(),
        "Somebody Else_502_assignsubmission_file_/report.ipynb": notebook(),
        "Somebody Else_502_assignsubmission_file_/photo.png": "png",
        "Kim Lee_504_assignsubmission_onlinetext_/onlinetext.html": "text",
    }
    out = run(make_zip(tmp_path / "m.zip", files), roster=roster)
    assert names(tmp_path) == ["ana01/sine_gan/sine_gan.ipynb", "ben02/sine_gan/sine_gan.ipynb"]
    assert "No sine_gan from 2 in the roster: twin1, twin2" in out and "2 other files" in out


def test_the_roster_in_the_submitted_folder_is_the_usual_one(run, roster, tmp_path):
    (tmp_path / "submitted").mkdir()
    roster.rename(tmp_path / "submitted" / "students.csv")
    run(make_zip(tmp_path / "m.zip", {"Ana Maria Gomez_9_assignsubmission_file_/x.ipynb": notebook("other")}))
    assert "ana01/sine_gan/sine_gan.ipynb" in names(tmp_path)


def test_moodle_without_folders_unzipped(run, roster, tmp_path):
    folder = tmp_path / "unpacked"
    folder.mkdir()
    (folder / "Group 1-Ben Gómez_9_assignsubmission_file_sine_gan.ipynb").write_text(notebook())
    run(folder, roster=roster)
    assert names(tmp_path) == ["ben02/sine_gan/sine_gan.ipynb"]


def test_canvas_late_and_repeated(run, roster, tmp_path):
    files = {
        "gomezben_72_9001_sine_gan.ipynb": notebook(text="first"),
        "gomezben_72_9005_sine_gan-1.ipynb": notebook(text="second"),
        "gomezben_LATE_72_9009_sine_gan-2.ipynb": notebook(text="third"),
        "gomezanamaria_LATE_99_9003_sine_gan.ipynb": notebook(text="only"),
        "gomezben_72_9005_scratch.ipynb": notebook(text="scratch"),
    }
    out = run(make_zip(tmp_path / "c.zip", files), roster=roster)
    ben = tmp_path / "submitted" / "ben02"
    assert "second" in (ben / LAB / "sine_gan.ipynb").read_text()
    beside = sorted(path.name for path in (ben / "others" / LAB).iterdir())
    assert [name.split("_")[2:-1] for name in beside] == [["upload9001"], ["upload9009", "late"]]
    assert "only" in (tmp_path / "submitted/ana01/sine_gan/sine_gan.ipynb").read_text()
    assert out.count("late") == 2 and "kept beside" in out


def test_nbgraders_exchange(run, tmp_path):
    inbound = tmp_path / "inbound"
    for stamp, text in (("19 10:00:00.0", "early"), ("20 12:00:00.5", "last"), ("21 09:00:00.0", "late")):
        folder = inbound / f"ana01+sine_gan+2026-11-{stamp} UTC+r4nd0m"
        folder.mkdir(parents=True)
        (folder / "sine_gan.ipynb").write_text(notebook("other", text=text))
    other = inbound / "ana01+mnist_gan+2026-11-19 10:00:00.0 UTC"
    other.mkdir()
    (other / "work.ipynb").write_text(notebook())
    out = run(inbound, due="2026-11-20")
    ana = tmp_path / "submitted" / "ana01"
    assert "last" in (ana / LAB / "sine_gan.ipynb").read_text()
    assert (ana / LAB / "timestamp.txt").read_text() == "2026-11-20 12:00:00.500000 UTC\n"
    assert len(list((ana / "others" / LAB).glob("2026-11-*_*.ipynb"))) == 2
    assert len(list((ana / "others" / LAB).glob("2026-11-21_*_late_*.ipynb"))) == 1
    assert "1 of other labs left alone" in out


def test_nbgraders_submitted_layout(run, roster, tmp_path):
    for student in ("ana01", "stranger"):
        folder = tmp_path / "theirs" / student / LAB
        folder.mkdir(parents=True)
        (folder / "sine_gan.ipynb").write_text(notebook(text=student))
        (folder / "timestamp.txt").write_text("2026-11-20 12:00:00.000000 UTC")
    out = run(tmp_path / "theirs", roster=roster, expect=1)
    assert names(tmp_path) == ["ana01/sine_gan/sine_gan.ipynb", "ana01/sine_gan/timestamp.txt"]
    assert "is not in the roster" in out


def test_a_folder_of_notebooks_goes_by_identity(run, tmp_path):
    folder = tmp_path / "mail"
    (folder / "carla").mkdir(parents=True)
    (folder / "a.ipynb").write_text(notebook("student_a", "A"))
    (folder / "b.ipynb").write_text(notebook("student_b", "B"))
    (folder / "carla" / "sine_gan.ipynb").write_text(notebook("x"))
    (folder / "sine_gan.ipynb").write_text(notebook("", "nobody"))
    out = run(folder, expect=1)
    assert names(tmp_path) == [
        f"{name}/sine_gan/sine_gan.ipynb" for name in ("carla", "student_a", "student_b")
    ]
    assert "neither its name nor its identity cell says whose it is" in out


def test_two_who_claim_one_id_are_both_refused(run, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "a.ipynb").write_text(notebook("student_a", "Ann", "1"))
    (folder / "b.ipynb").write_text(notebook("Student_A", "Bob", "2"))
    out = run(folder, expect=1)
    assert out.count("conflict") == 2 and names(tmp_path) == []


def test_an_apostrophe_belongs_to_the_name(run, tmp_path):
    for text in ("old", "new"):
        folder = tmp_path / text
        folder.mkdir()
        (folder / "a.ipynb").write_text(notebook("student_a", "'t Hooft", text))
        os.utime(folder / "a.ipynb", (1_795_000_000 + 60 * (text == "new"),) * 2)
        run(folder)
    assert "new" in (tmp_path / "submitted/student_a/sine_gan/sine_gan.ipynb").read_text()
    [first, _] = read_manifest(tmp_path / "submitted")
    assert first.uploader == "'t hooft"


@pytest.mark.parametrize("text", ["'t Hooft", "=1+1", "'=1+1", "''", "'", "-1", "' -1", "x'", "@a"])
def test_the_manifest_gives_back_what_was_written(tmp_path, text):
    (tmp_path / "x").write_text("")
    entry = Entry("ana01", LAB, "x", "0" * 64, "folder", text, text, "", "", "", text)
    write_manifest(tmp_path, [entry])
    assert read_manifest(tmp_path) == [entry]


def test_one_who_hands_in_twice_is_no_conflict(run, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    for name, second in (("old", 0), ("new", 60)):
        (folder / f"{name}.ipynb").write_text(notebook("student_a", "Ann", name))
        os.utime(folder / f"{name}.ipynb", (1_795_000_000 + second,) * 2)
    run(folder)
    assert "new" in (tmp_path / "submitted/student_a/sine_gan/sine_gan.ipynb").read_text()
    assert len(list((tmp_path / "submitted/student_a/others/sine_gan").iterdir())) == 1


def test_a_later_claim_does_not_displace_a_notebook(run, tmp_path):
    run(make_zip(tmp_path / "1.zip", {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1", "A", "1")}))
    before = tree(tmp_path / "submitted")
    files = {"Eve_2_assignsubmission_file_/x.ipynb": notebook("ann_1", "A", "2")}
    out = run(make_zip(tmp_path / "2.zip", files), expect=1)
    assert "conflict" in out and tree(tmp_path / "submitted") == before


def test_a_name_of_two_roster_lines(run, roster, tmp_path):
    files = {
        "Kim Lee_9_assignsubmission_file_/x.ipynb": notebook("nobody"),
        "Lee Kim_8_assignsubmission_file_/x.ipynb": notebook("twin2"),
    }
    out = run(make_zip(tmp_path / "m.zip", files), roster=roster, expect=1)
    assert names(tmp_path) == ["twin2/sine_gan/sine_gan.ipynb"]
    assert "2 students in the roster: twin1, twin2" in out and "the identity cell decided" in out


def test_the_system_outweighs_the_identity_cell(run, roster, tmp_path):
    files = {
        "Ben Gomez_9_assignsubmission_file_/x.ipynb": notebook("ana01"),
        "Kim Lee_503_assignsubmission_file_/x.ipynb": notebook("twin2", partner="twin1"),
    }
    out = run(make_zip(tmp_path / "m.zip", files), roster=roster, expect=1)
    assert names(tmp_path) == ["ben02/sine_gan/sine_gan.ipynb", "twin1/sine_gan/sine_gan.ipynb"]
    assert "its identity cell says ana01" in out and "says twin2" not in out


def test_twice_changes_nothing(run, roster, tmp_path):
    source = make_zip(
        tmp_path / "c.zip",
        {f"gomezben_72_90{n:02}_sine_gan-{n}.ipynb": notebook(text=str(n)) for n in range(3)},
    )
    first = run(source, roster=roster)
    before = tree(tmp_path / "submitted")
    second = run(source, roster=roster)
    assert tree(tmp_path / "submitted") == before and len(before) == 4
    assert "1 collected" in first and "0 collected" in second and second.count("already there") == 3


def test_dry_run_writes_nothing(run, tmp_path):
    source = make_zip(tmp_path / "m.zip", {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1")})
    out = run(source, dry_run=True)
    assert "1 collected (dry run" in out and not (tmp_path / "submitted").exists()


def test_a_newer_download_replaces_and_keeps_the_earlier_one(run, tmp_path):
    name = "Ann_1_assignsubmission_file_/x.ipynb"
    run(make_zip(tmp_path / "1.zip", {name: notebook("ann_1", text="old")}))
    out = run(make_zip(tmp_path / "2.zip", {name: notebook("ann_1", text="new")}, (2026, 11, 21, 8, 0, 0)))
    ann = tmp_path / "submitted" / "ann_1"
    assert "new" in (ann / LAB / "sine_gan.ipynb").read_text() and "replaces an earlier one" in out
    [old] = (ann / "others" / LAB).iterdir()
    assert "old" in old.read_text() and old.name.startswith("2026-11-20_213000")
    before = tree(tmp_path / "submitted")
    run(tmp_path / "1.zip", tmp_path / "2.zip")
    assert tree(tmp_path / "submitted") == before


@pytest.mark.parametrize("collected", [True, False], ids=["changed by hand", "put there by hand"])
def test_what_a_person_put_there_stays(run, tmp_path, collected):
    name, counts = (
        "Ann_1_assignsubmission_file_/x.ipynb",
        tmp_path / "submitted/ann_1/sine_gan/sine_gan.ipynb",
    )
    if collected:
        run(make_zip(tmp_path / "1.zip", {name: notebook("ann_1", text="old")}))
    counts.parent.mkdir(parents=True, exist_ok=True)
    counts.write_text("mended by hand")
    source = make_zip(tmp_path / "2.zip", {name: notebook("ann_1", text="new")}, (2026, 11, 21, 8, 0, 0))
    out = run(source, expect=1)
    assert counts.read_text() == "mended by hand" and "compare by hand" in out
    assert "new" in next((tmp_path / "submitted/ann_1/others/sine_gan").iterdir()).read_text()


def test_an_interrupted_run_is_taken_up(run, tmp_path, monkeypatch):
    name = "Ann_1_assignsubmission_file_/x.ipynb"
    source = make_zip(tmp_path / "1.zip", {name: notebook("ann_1", text="old")})
    with monkeypatch.context() as patch:
        patch.setattr(collect, "write_manifest", lambda *_: (_ for _ in ()).throw(OSError("power cut")))
        assert "power cut" in run(source, expect=2)
    assert "already there" in run(source)
    run(make_zip(tmp_path / "2.zip", {name: notebook("ann_1", text="new")}, (2026, 11, 21, 8, 0, 0)))
    assert "new" in (tmp_path / "submitted/ann_1/sine_gan/sine_gan.ipynb").read_text()


def test_what_somebody_deleted_is_collected_again(run, tmp_path):
    source = make_zip(tmp_path / "1.zip", {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1")})
    run(source)
    before = {name: content for name, (content, _) in tree(tmp_path / "submitted").items()}
    (tmp_path / "submitted/ann_1/sine_gan/sine_gan.ipynb").unlink()
    run(source)
    assert {name: content for name, (content, _) in tree(tmp_path / "submitted").items()} == before


def test_moodles_worksheet_tells_the_time(run, tmp_path):
    sheet = tmp_path / "Grades.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Status,Grade,Last modified (submission)\n"
        'Participant 501,Ana Gómez,ana@uni.example,Submitted,,"Friday, 20 November 2026, 3:58 PM"\n'
        'Participant 502,Ben Ito,ben@uni.example,Submitted,,"Saturday, 21 November 2026, 9:00 AM"\n',
        encoding="utf-8-sig",
    )
    files = {
        f"X_{number}_assignsubmission_file_/x.ipynb": notebook(text=str(number)) for number in (501, 502)
    }
    source = make_zip(tmp_path / "m.zip", files, (2026, 11, 25, 8, 0, 0))
    out = run(source, roster=sheet, due="2026-11-20T18:00")
    assert "ana@uni.example/sine_gan/timestamp.txt" in names(tmp_path)
    rows = {line.split()[0]: line for line in out.splitlines() if "@" in line}
    assert "late" in rows["ben@uni.example"] and "late" not in rows["ana@uni.example"]


def test_moodles_zip_alone_does_not_tell_the_time(run, tmp_path):
    files = {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1")}
    out = run(make_zip(tmp_path / "m.zip", files, (2026, 11, 25, 8, 0, 0)), due="2026-11-20")
    assert "perhaps late" in out and not (tmp_path / "submitted/ann_1/sine_gan/timestamp.txt").exists()


LATER, LATEST = (2026, 11, 22, 8, 0, 0), (2026, 11, 23, 8, 0, 0)


@pytest.mark.parametrize(
    ("downloads", "counts"),
    [
        ((("old", EVENING), ("new", LATER)), "old"),
        ((("new", LATER), ("old", EVENING)), "old"),
        ((("old", LATER), ("new", LATEST)), "new"),
    ],
    ids=["the newer one perhaps late", "collected the other way round", "both perhaps late"],
)
@pytest.mark.parametrize("together", [True, False])
def test_what_is_perhaps_late_never_decides_unseen(run, tmp_path, downloads, counts, together):
    name = "Ann_1_assignsubmission_file_/x.ipynb"
    zips = [
        make_zip(tmp_path / f"{text}.zip", {name: notebook("ann_1", text=text)}, when)
        for text, when in downloads
    ]
    if not together:
        assert "compare" not in run(zips.pop(0), due="2026-11-20")
    out = run(*zips, due="2026-11-20", expect=1)
    ann = tmp_path / "submitted" / "ann_1"
    assert (
        counts in (ann / LAB / "sine_gan.ipynb").read_text()
        and len(list((ann / "others" / LAB).iterdir())) == 1
    )
    assert "came in time is not known" in out and "nothing in doubt" not in out


def test_a_deadline_that_was_moved_leaves_no_doubt(run, tmp_path):
    name = "Ann_1_assignsubmission_file_/x.ipynb"
    run(make_zip(tmp_path / "1.zip", {name: notebook("ann_1", text="old")}, LATER), due="2026-11-20")
    run(make_zip(tmp_path / "2.zip", {name: notebook("ann_1", text="new")}, LATEST), due="2026-11-25")
    assert "new" in (tmp_path / "submitted/ann_1/sine_gan/sine_gan.ipynb").read_text()


def test_what_is_surely_late_is_no_doubt(run, roster, tmp_path):
    name = "gomezben{}_72_900{}_sine_gan.ipynb"
    files = {name.format("", 1): notebook(text="1"), name.format("_LATE", 2): notebook(text="2")}
    run(make_zip(tmp_path / "c.zip", files, LATER), roster=roster, due="2026-11-20")
    older = {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1", text="old")}
    newer = {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1", text="new")}
    run(make_zip(tmp_path / "1.zip", older), make_zip(tmp_path / "2.zip", newer, LATER))


def test_several_notebooks_in_one_upload(run, tmp_path):
    files = {
        "Ann_1_assignsubmission_file_/sine_gan.ipynb": notebook("ann_1", text="right"),
        "Ann_1_assignsubmission_file_/scratch.ipynb": notebook("ann_1", text="scratch"),
        "Ben_2_assignsubmission_file_/a.ipynb": notebook("ben_2", text="a"),
        "Ben_2_assignsubmission_file_/b.ipynb": notebook("ben_2", text="b"),
        "Cho_3_assignsubmission_file_/mnist_gan.ipynb": notebook("cho_3"),
    }
    out = run(make_zip(tmp_path / "m.zip", files), expect=1)
    assert names(tmp_path) == ["ann_1/sine_gan/sine_gan.ipynb"]
    assert "right" in (tmp_path / "submitted/ann_1/sine_gan/sine_gan.ipynb").read_text()
    assert "keep the one that counts" in out and "called after another lab" in out


def test_a_zip_that_a_student_handed_in(run, tmp_path):
    inner = make_zip(tmp_path / "inner.zip", {"work/sine_gan.ipynb": notebook("ann_1"), "work/x.png": "png"})
    with zipfile.ZipFile(tmp_path / "m.zip", "w") as outer:
        outer.writestr("Ann_1_assignsubmission_file_/my work.zip", inner.read_bytes())
        outer.writestr("Ben_2_assignsubmission_file_/broken.zip", b"no zip at all")
    out = run(tmp_path / "m.zip", expect=1)
    assert names(tmp_path) == ["ann_1/sine_gan/sine_gan.ipynb"] and "broken.zip" in out


GOOD = {"Ann_1_assignsubmission_file_/x.ipynb": notebook("ann_1")}


def _entry(name: str = "x.ipynb", mode: int = 0o644, text: str = "{}"):
    def add(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as file:
            entry = zipfile.ZipInfo(name, EVENING)
            entry.external_attr = mode << 16
            file.writestr(entry, text)

    return add


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("bomb_1_assignsubmission_file_/x.ipynb", bytes(3_000_000))


def _patched(offset: int, value: int):
    """Changes the flags or the method of the last entry, in both of its headers."""

    def change(path: Path) -> None:
        _entry("Zed_1_assignsubmission_file_/x.ipynb")(path)
        raw = bytearray(path.read_bytes())
        central = raw.rfind(b"PK\x01\x02")
        local = struct.unpack_from("<I", raw, central + 42)[0]
        struct.pack_into("<H", raw, central + 8 + offset, value)
        struct.pack_into("<H", raw, local + 6 + offset, value)
        path.write_bytes(raw)

    return change


def _rotten(path: Path) -> None:
    _entry("Zed_1_assignsubmission_file_/x.ipynb", text="x" * 200)(path)
    path.write_bytes(path.read_bytes().replace(b"x" * 200, b"y" * 200))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_entry("../../escaped.ipynb"), "leads out of the zip"),
        (_entry("/tmp/escaped.ipynb"), "leads out of the zip"),
        (_entry("C:\\escaped.ipynb"), "leads out of the zip"),
        (_entry("a/..\\..\\escaped.ipynb"), "leads out of the zip"),
        (_entry("Zed_1_assignsubmission_file_/x.ipynb", stat.S_IFLNK | 0o777, "/etc/passwd"), "a link"),
        (_patched(0, 0x1), "it is encrypted"),
        (_patched(2, 99), "can't be unpacked"),
        (_rotten, "can't be unpacked"),
        (_bomb, "more than 2 MB"),
    ],
    ids=["up", "absolute", "drive", "backslash", "link", "encrypted", "method", "checksum", "bomb"],
)
def test_bad_entries_are_refused_and_the_rest_goes_on(run, tmp_path, monkeypatch, spoil, reason):
    monkeypatch.setattr(archive, "MAX_BYTES", 2_000_000)
    source = make_zip(tmp_path / "m.zip", GOOD)
    spoil(source)
    out = run(source, expect=1)
    assert reason in out and names(tmp_path) == ["ann_1/sine_gan/sine_gan.ipynb"]
    assert not list(tmp_path.parent.rglob("escaped*")) and not Path("/tmp/escaped.ipynb").exists()


def test_what_grading_reads_is_collected():
    assert archive.MAX_BYTES == reading.MAX_BYTES


def test_a_download_has_a_limit_as_a_whole(run, tmp_path, monkeypatch):
    files = {
        f"S{n}_{n}_assignsubmission_file_/x.ipynb": notebook(f"student_{n}", text="z" * 5000)
        for n in range(5)
    }
    source = make_zip(tmp_path / "m.zip", files)
    monkeypatch.setattr(archive, "MAX_TOTAL", 25_000)
    assert "unpacks to more than" in run(source, expect=1)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_zip_gets_one_sentence(run, tmp_path, content):
    (tmp_path / "m.zip").write_bytes(content)
    out = run(tmp_path / "m.zip", expect=2)
    assert out.startswith("Error: ") and out.count("\n") == 1


def test_nothing_to_collect(run, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "There is no notebook for sine_gan" in run(tmp_path / "empty", expect=2)
    assert "There is no" in run(tmp_path / "nowhere", expect=2)
    assert "no lab called" in run(tmp_path / "empty", lab="sine", expect=2)
    for due in ("tomorrow", "0001-01-01", "9999-12-31T23:59-05:00"):
        assert "2026-11-20" in run(tmp_path / "empty", due=due, expect=2)


def test_links_in_a_folder_are_not_followed(run, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    secret = tmp_path / "secret.ipynb"
    secret.write_text(notebook("student_s"))
    (folder / "a.ipynb").symlink_to(secret)
    (folder / "all").symlink_to(tmp_path, target_is_directory=True)
    (folder / "b.ipynb").write_text(notebook("student_b"))
    out = run(folder, expect=1)
    assert names(tmp_path) == ["student_b/sine_gan/sine_gan.ipynb"] and out.count("is a link") == 2


@pytest.mark.parametrize(
    "claimed", ["../../etc", "/root", ".hidden", "a/b/c", "grade\\tbook", "con.x" + "x" * 120, "nul"]
)
def test_an_id_can_not_lead_out_of_the_folder(run, tmp_path, claimed):
    files = {"Ann_1_assignsubmission_file_/x.ipynb": notebook(claimed)}
    run(make_zip(tmp_path / "m.zip", files), expect=1)
    assert names(tmp_path) == ["Ann/sine_gan/sine_gan.ipynb"]


@pytest.mark.parametrize(
    "content", ["no json", "[1, 2]", '{"cells": 3}', '{"cells": [3, {"cell_type": "code"}]}', "[" * 9000]
)
def test_broken_notebooks_are_collected_for_grading_to_judge(run, tmp_path, content):
    run(make_zip(tmp_path / "m.zip", {"Ann Lee_1_assignsubmission_file_/x.ipynb": content}), expect=1)
    assert (tmp_path / "submitted/Ann_Lee/sine_gan/sine_gan.ipynb").read_text() == content


def test_a_name_in_other_letters_and_line_breaks(run, tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "Łukasz\nŻ [bold].ipynb").write_text(notebook("student_l"))
    assert "Łukasz Ż [bold].ipynb" in run(folder)
    before = tree(tmp_path / "submitted")
    run(folder)
    assert tree(tmp_path / "submitted") == before


@pytest.mark.parametrize(
    "text", ["student,lab\nx,y\n", "a,b,c,d,e,f,g,h,i,j,k\n1,2,3,4,5,6,7,,,,11\n", "", "x\0y"]
)
def test_a_broken_manifest_stops_everything(run, tmp_path, text):
    source = make_zip(tmp_path / "m.zip", GOOD)
    run(source)
    (tmp_path / "submitted" / MANIFEST).write_text(text)
    assert "is not as collect wrote it" in run(source, expect=2)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ana01\nben02\n", ["ana01", "ben02"]),
        ("id,name\nana01,Ana\n", ["ana01"]),
        ("Name;ID\nAna;ana01\n", ["ana01"]),
        ("First name,Surname,ID number,Email address\nAna,Gómez,ana01,a@x\n", ["ana01"]),
        (
            'Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"Gómez, Ana",71,,ana,A\n',
            ["ana"],
        ),
    ],
)
def test_rosters_of_many_forms(tmp_path, text, ids):
    path = tmp_path / "students.csv"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "latin-1"):
        path.write_bytes(text.encode(encoding))
        people = read_people(path)
        assert list(people) == ids
    assert "Gómez" not in text or people[ids[0]].name in ("Ana Gómez", "Gómez, Ana")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", "empty"), ("id\na\na\n", "twice"), ("id\n../x\n", "can't be a"), ("id,name\n", "no student")],
)
def test_bad_rosters_get_one_sentence(run, tmp_path, text, problem):
    path = tmp_path / "students.csv"
    path.write_text(text)
    source = make_zip(tmp_path / "m.zip", GOOD)
    assert problem in run(source, roster=path, expect=2)
    assert not (tmp_path / "submitted").exists()

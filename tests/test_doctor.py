"""The doctor: names what is missing and how to get it; only what is essential makes it fail."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.course.course import Course
from autograder.doctor import diagnostics, doctor
from autograder.doctor.command import doctor as command


@pytest.fixture
def course(tmp_path, monkeypatch) -> Course:
    """A course folder with a project file and a key that is private."""
    for name in ("notebooks", "source"):
        (tmp_path / name).mkdir()
    shutil.copy(Path(__file__).resolve().parents[1] / "pyproject.toml", tmp_path)
    (tmp_path / ".course_key").write_text("0" * 64)
    (tmp_path / ".course_key").chmod(0o600)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("autograder.room.sandbox.problem", lambda: None)
    monkeypatch.setenv("AUTOGRADER_CACHE", str(tmp_path / "cache"))
    return Course(tmp_path)


def _signs(course: Course | None) -> dict[str, str]:
    return {finding.what: finding.sign for finding in doctor.examine(course)}


def _finding(course: Course | None, what: str) -> diagnostics.Finding:
    return next(finding for finding in doctor.examine(course) if finding.what == what)


def _run(expect: int) -> str:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(command)
    assert result.exit_code == expect, result.output
    return result.output


def _dependency(course: Course, line: str) -> None:
    path = course.root / "pyproject.toml"
    path.write_text(path.read_text().replace("dependencies = [", f'dependencies = [\n  "{line}",', 1))


def test_a_sound_machine(course):
    signs = _signs(course)
    assert "✗" not in signs.values() and signs["sandbox"] == signs["course key"] == signs["packages"] == "✓"
    assert "Nothing essential is missing." in _run(expect=0)


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        ("no-such-package>=1", "missing", 'pip install "no-such-package>=1"'),
        ("numpy>=99.5", "too old (>=99.5)", 'pip install -U "numpy>=99.5"'),
    ],
)
def test_packages_against_the_project(course, line, problem, remedy):
    _dependency(course, line)
    finding = _finding(course, line.split(">")[0])
    assert (finding.sign, finding.remedy) == ("✗", remedy) and problem in finding.found
    assert f"{remedy}\n" in _run(expect=1)  # whole, on a line of its own


def test_packages_for_other_systems_are_not_missed(course):
    _dependency(course, "no-such-package>=1; sys_platform == 'plan9'")
    assert "no-such-package" not in _signs(course)


def test_extras_are_not_essential(course):
    text = (course.root / "pyproject.toml").read_text()
    text = text.replace(
        "[project.optional-dependencies]", '[project.optional-dependencies]\nstars = ["no-such-package"]'
    )
    (course.root / "pyproject.toml").write_text(text)
    finding = _finding(course, "no-such-package")
    assert finding.sign == "–" and finding.remedy == 'pip install -e ".[stars]"'
    _run(expect=0)


def test_an_old_python(course):
    path = course.root / "pyproject.toml"
    path.write_text(path.read_text().replace('requires-python = ">=3.11"', 'requires-python = ">=3.99"'))
    assert _finding(course, "Python").sign == "✗"


def test_no_sandbox(course, monkeypatch):
    monkeypatch.setattr(
        "autograder.room.sandbox.problem", lambda: "Install bubblewrap: apt-get install bubblewrap"
    )
    assert "✗ sandbox: Install bubblewrap" in _run(expect=1)


@pytest.mark.parametrize(("mode", "sign"), [(0o600, "✓"), (0o400, "✓"), (0o640, "✗"), (0o604, "✗")])
def test_the_key_is_private(course, mode, sign):
    (course.root / ".course_key").chmod(mode)
    finding = _finding(course, "course key")
    assert finding.sign == sign and ("chmod 600" in finding.remedy) == (sign == "✗")


def test_a_key_that_is_missing_or_empty(course):
    (course.root / ".course_key").write_text("")
    assert _finding(course, "course key").sign == "✗"
    (course.root / ".course_key").unlink()
    assert _finding(course, "course key").sign == "–"
    assert not (course.root / ".course_key").exists()


@pytest.mark.parametrize(("free", "sign"), [(0.5, "✗"), (3, "!"), (9, "✓")])
def test_disk(course, monkeypatch, free, sign):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(diagnostics.shutil, "disk_usage", lambda folder: usage(10**12, 0, int(free * 10**9)))
    signs = _signs(course)
    assert signs["disk, this folder"] == signs["disk, temporary files"] == sign


@pytest.mark.parametrize(("memory", "sign"), [(1, "✗"), (3, "!"), (8, "✓"), (None, "–")])
def test_memory(course, monkeypatch, memory, sign):
    monkeypatch.setattr(diagnostics, "_memory_size", lambda: memory and memory * 10**9)
    assert _signs(course)["memory"] == sign


@pytest.mark.parametrize("mode", [0o644, 0o755])
def test_a_cache_that_can_not_be_written(course, monkeypatch, mode):
    (course.root / "a_file").write_text("")
    (course.root / "a_file").chmod(mode)
    monkeypatch.setenv("AUTOGRADER_CACHE", str(course.root / "a_file" / "cache"))
    assert _finding(course, "cache").sign == "!"


def test_a_gpu_that_torch_can_not_use(course, monkeypatch):
    monkeypatch.setattr(diagnostics, "_has_nvidia", lambda: True)
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert _finding(course, "GPU").sign == "!"


def test_data_that_is_there(course, monkeypatch):
    monkeypatch.setattr("autograder.vgg.vgg19.is_here", lambda: True)
    monkeypatch.setattr("autograder.images.mnist.is_here", lambda source: False)
    signs = _signs(course)
    assert (signs["VGG19"], signs["MNIST"]) == ("✓", "–")


def test_outside_a_course(course, monkeypatch):
    signs = _signs(None)
    assert signs["course"] == "!" and signs["packages"] == "✓"


def test_a_look_that_fails_is_a_finding(course, monkeypatch):
    monkeypatch.setattr(diagnostics, "cores", lambda: (_ for _ in ()).throw(OSError("broken machine")))
    assert "OSError: broken machine" in _run(expect=1)

"""The zip for students: nothing secret is in it, it is the same every time, and it works by itself."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from collections.abc import Callable, Iterator
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from pkgutil import iter_modules

import grimp
import nbformat
import pytest
from click.testing import CliRunner

from autograder.building.example_class import fill_in
from autograder.bundle import bundle as bundling
from autograder.bundle.command import bundle as command
from autograder.bundle.leaks import Secrets, find_leaks
from autograder.bundle.modules import needed_requirements, students_rooms
from autograder.course.catalogue import alternatives, rewritten
from autograder.course.course import Course
from autograder.course.solution import solution_cells, solution_names
from autograder.errors import CourseError
from autograder.files import closure
from autograder.labs import get_lab, lab_names
from autograder.marking.exercise import Exercise, Lab
from autograder.notebook.check import check

ROOT = Path(__file__).resolve().parents[1]
SHORTEST = "sine_gan"


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(ROOT)


@pytest.fixture(scope="module")
def files(course) -> dict[str, bytes]:
    """The bundle of all labs."""
    return bundling.bundle_files(course, lab_names())


@pytest.fixture(scope="module")
def secrets(course) -> Secrets:
    return Secrets(course)


def _functions(code: str) -> set[str]:
    """The bodies of all functions and methods in a piece of code, docstrings left out."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found.add("\n".join(ast.dump(statement) for statement in body))
    return found


def _code(files: dict[str, bytes]) -> dict[str, str]:
    """All Python in the bundle, that of notebooks as well."""
    found = {name: content.decode() for name, content in files.items() if name.endswith(".py")}
    for name, content in files.items():
        if name.endswith(".ipynb"):
            for index, cell in enumerate(json.loads(content)["cells"]):
                if cell["cell_type"] == "code":
                    found[f"{name}, cell {index}"] = "".join(cell["source"])
    return found


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory) -> Path:
    """The zip of one lab, as the command writes it."""
    out = tmp_path_factory.mktemp("bundle") / "labs.zip"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        result = CliRunner().invoke(command, ["--out", str(out), SHORTEST])
    assert result.exit_code == 0 and SHORTEST in result.output, result.output
    return out


@pytest.fixture(scope="module")
def one_lab(handed_out) -> dict[str, bytes]:
    """What is in the zip of one lab."""
    with zipfile.ZipFile(handed_out) as archive:
        return {name.removeprefix("labs/"): archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
def test_the_command_writes_the_zip(handed_out, one_lab, tmp_path):
    assert zipfile.ZipFile(handed_out).testzip() is None and [handed_out] == list(handed_out.parent.iterdir())
    assert f"release/{SHORTEST}/{SHORTEST}.ipynb" in one_lab and "autograder/cli.py" in one_lab
    unknown = CliRunner().invoke(command, ["--out", str(tmp_path / "x.zip"), "no_lab"])
    assert unknown.exit_code == 2 and "There is no lab called 'no_lab'" in unknown.output


def test_a_place_that_can_not_be_written_gets_one_sentence(course, one_lab, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(bundling, "bundle_files", lambda *_: one_lab)
    monkeypatch.setattr(bundling, "find_leaks", lambda *_: [])
    with pytest.raises(CourseError, match="can't be written"):
        bundling.write_bundle(course, [SHORTEST], tmp_path / "file" / "labs.zip")


def test_only_what_students_use_is_in_it(files):
    tops = {name.split("/")[0] for name in files}
    assert tops == {"LICENSE", "README.md", "autograder", "pyproject.toml", "release", "requirements.txt"}
    packages = {name.split("/")[1].removesuffix(".py") for name in files if name.startswith("autograder/")}
    rooms = students_rooms(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert packages <= {"__init__", "__main__", "cli", "references", *rooms}
    instructors = (
        "bench building bundle classreport collect course doctor export feedback grading intake results room"
    )
    assert not rooms & set(instructors.split())
    named = [
        name for name in files if re.search(r"mistakes|alternatives|course_key|/source/|extract\.py", name)
    ]
    assert named == [] and "autograder/vgg/NOTICE" in files
    for lab in lab_names():
        assert f"release/{lab}/{lab}.ipynb" in files and f"autograder/references/{lab}.json" in files


@pytest.mark.slow
def test_nothing_secret_is_in_it(course, files):
    assert find_leaks(course, files) == []


def test_no_function_in_it_is_a_solution(course, files):
    """Compared as code, so that blanks, comments and the names of files do not matter."""
    secret: dict[str, str] = {}
    for lab in lab_names():
        cells = {f"solution of {lab}.{name}": cell for name, cell in solution_cells(course, lab).items()}
        for right in alternatives(course, lab):
            cells[f"alternative {right.id} of {lab}"] = rewritten(course, lab, right)[right.exercise]
        for what, cell in cells.items():
            if "setup_" not in what:
                secret |= dict.fromkeys(_functions(cell), what)
    trivial = {body for body in secret if body.count("(") < 12}  # `return self.main(images)` says nothing
    for name, code in _code(files).items():
        for body in _functions(code) - trivial:
            assert body not in secret, f"{name} holds the {secret[body]}"


def _stand_ins(lab: Lab) -> Iterator[tuple[Exercise, str, Callable]]:
    """Functions of a lab's probes that are called like something that students write."""
    package = import_module(f"autograder.labs.{lab.name}")
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        for name, function in vars(import_module(module.name)).items():
            bare = name.strip("_")
            for exercise in lab.exercises if isfunction(function) and len(bare) > 4 else ():
                yield from ((exercise, one, function) for one in exercise.defined if one.endswith(bare))


def test_no_stand_in_earns_full_marks(course):
    """Probes bring fakes of earlier exercises; on a student's disk they must be no answers to these."""
    tried = 0
    for lab in map(get_lab, lab_names()):
        for exercise, defined, function in _stand_ins(lab):
            names = solution_names(course, lab.name)
            names[defined] = function
            tried += 1
            mark = check(f"{lab.name}.{exercise.name}", names)
            assert mark < exercise.marks, f"{function.__module__}.{function.__name__} is a right {defined}"
    assert tried >= 5


def _in_a_notebook(text: str) -> bytes:
    cell = {"cell_type": "code", "source": text.splitlines(keepends=True), "outputs": []}
    return json.dumps({"cells": [cell]}).encode()


def _in_an_output(text: str) -> bytes:
    output = {"output_type": "stream", "text": text.splitlines(keepends=True)}
    return json.dumps({"cells": [{"cell_type": "code", "source": [], "outputs": [output]}]}).encode()


def _in_a_module(text: str) -> bytes:
    return f"def something():\n    '''Docs.'''\n{text}\n".encode()


def _regions(course: Course, lab: str, kind: str) -> list[str]:
    cells = json.loads(course.source(lab).read_text(encoding="utf-8"))["cells"]
    text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return re.findall(
        rf"(?:###|===) BEGIN {kind}[^\n]*\n(.*?)\n[^\n]*(?:###|===) END {kind}", text, re.DOTALL
    )


@pytest.mark.parametrize(
    ("form", "name"), [(_in_a_notebook, "x.ipynb"), (_in_an_output, "x.ipynb"), (_in_a_module, "x.py")]
)
@pytest.mark.parametrize("kind", ["SOLUTION", "HIDDEN TESTS", "MARK SCHEME"])
def test_a_planted_region_is_found(course, secrets, lab, kind, form, name):
    regions = _regions(course, lab.name, kind)
    assert len(regions) >= 4
    for region in regions:
        if len(re.sub(r"\s", "", region)) >= 14:
            assert secrets.found_in(name, form(region)), region
            assert secrets.found_in(name, form(region.replace("    ", "\t"))), region


def test_one_long_line_of_a_solution_is_found(course, secrets, lab):
    given = re.sub(r"\s", "", course.release(lab.name).read_text(encoding="utf-8").replace("\\n", ""))
    regions = "\n".join(_regions(course, lab.name, "SOLUTION")).splitlines()
    lines = [
        line for line in regions if len(re.sub(r"\s", "", line)) >= 48 and not line.strip().startswith("#")
    ]
    lines = [line for line in lines if re.sub(r"\s", "", line) not in given]
    assert lines and all(secrets.found_in("a.py", f"x = 1\n{line}\ny = 2".encode()) for line in lines)


def test_a_planted_catalogue_is_found(course, secrets, lab):
    for name in ("mistakes", "alternatives"):
        assert secrets.found_in("a.py", course.catalogue(lab.name, name).read_bytes())
    for right in alternatives(course, lab.name):
        cell = rewritten(course, lab.name, right)[right.exercise]
        assert secrets.found_in("a.py", cell.encode()), right.id


def test_the_key_and_paths_are_found(course, tmp_path):
    for name in ("notebooks", "source", "release"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".course_key").write_text("5ec2e7" * 10 + "\n")
    files = {"a.toml": b"x = '" + b"5ec2e7" * 10 + b"'", "b.py": f"# {tmp_path}/x".encode(), "c.md": b"fine"}
    assert [leak.split()[0] for leak in find_leaks(Course(tmp_path), files)] == ["a.toml", "b.py"]


@pytest.mark.slow
def test_a_leak_means_no_zip(course, one_lab, tmp_path, monkeypatch):
    solution = solution_cells(course, SHORTEST)["train"]
    monkeypatch.setattr(bundling, "bundle_files", lambda *_: one_lab | {"autograder/x.py": solution.encode()})
    with pytest.raises(CourseError, match=r"autograder/x.py holds sine_gan: solution of train"):
        bundling.write_bundle(course, [SHORTEST], tmp_path / "labs.zip")
    assert not list(tmp_path.iterdir())


def test_references_of_another_day_mean_no_zip(course, one_lab, tmp_path, monkeypatch):
    names = bundling.solution_names(course, SHORTEST)
    monkeypatch.setattr(bundling, "bundle_files", lambda *_: one_lab)
    monkeypatch.setattr(bundling, "find_leaks", lambda *_: [])
    names["curve_distance"] = lambda samples: samples[:, 0]
    monkeypatch.setattr(bundling, "solution_names", lambda *_: names)
    with pytest.raises(CourseError, match="sine_gan.curve_distance fails its visible check"):
        bundling.write_bundle(course, [SHORTEST], tmp_path / "labs.zip")
    assert not list(tmp_path.iterdir())


def test_instructors_modules_are_refused_with_the_way_there(course, monkeypatch):
    graph = grimp.build_graph("autograder", cache_dir=None)
    graph.add_import(importer="autograder.notebook.banner", imported="autograder.course.seeds")
    monkeypatch.setattr(closure, "import_graph", lambda: graph)
    with pytest.raises(
        CourseError, match="course.seeds ← autograder.notebook.banner ← autograder.notebook.check ← the"
    ):
        bundling.bundle_files(course, [SHORTEST])


def test_requirements_are_those_that_are_imported(tmp_path):
    module = tmp_path / "m.py"
    module.write_text("import os, torch\nfrom PIL import Image\nimport autograder.labs\n")
    declared = ["nbgrader>=0.9", "Pillow>=10", "torch>=2.4", "numpy>=1"]
    assert needed_requirements([module], ["import numpy as np"], declared) == [
        "numpy>=1",
        "Pillow>=10",
        "torch>=2.4",
    ]
    with pytest.raises(CourseError, match="imports numpy"):
        needed_requirements([module], ["import numpy as np"], declared[:3])


def test_students_need_no_grading_packages(files):
    requirements = re.search(r"dependencies = (\[.*?\n\])", files["pyproject.toml"].decode(), re.DOTALL)[1]
    names = {re.split("[<>=]", one)[0] for one in json.loads(requirements)}
    assert {"torch", "jupyterlab", "ipykernel", "matplotlib"} <= names
    assert not names & {"nbgrader", "nbclient", "jupytext", "rich"}


def test_the_same_bytes_every_time(course, files, tmp_path):
    first = tmp_path / "a.zip"
    bundling.write_zip(first, files)
    mask = os.umask(0o077)
    try:
        bundling.write_zip(tmp_path / "b.zip", dict(reversed(files.items())))
    finally:
        os.umask(mask)
    assert first.read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(first) as archive:  # the time of writing would show by two seconds at the earliest
        assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    assert bundling.bundle_files(course, lab_names()) == files


def test_one_lab_alone(one_lab):
    names = " ".join(one_lab)
    assert f"labs/{SHORTEST}/" in names and "dcgan" not in names and "style_transfer" not in names


@pytest.fixture(scope="module")
def installed(handed_out, tmp_path_factory) -> tuple[Path, Path]:
    """The bundle of one lab, unpacked and installed where no other copy of the package is: (folder, Python)."""
    folder = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(handed_out) as archive:
        archive.extractall(folder)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
    # The dependencies are those of this environment; its own copy of the package is not on the path.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "--disable-pip-version-check",
        "install",
        "-q",
    ]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", str(folder / "labs")], check=True)
    return folder / "labs", python


def _run(python: Path, *arguments: str, cwd: Path) -> str:
    surroundings = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "AUTOGRADER_SEED")
    }
    surroundings |= {"NBGRADER_EXECUTION": "validate", "JUPYTER_PLATFORM_DIRS": "1"}  # training is cut short
    run = subprocess.run([str(python), *arguments], cwd=cwd, env=surroundings, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(
    notebook, timeout=600, startup_timeout=300, kernel_name="python3", shutdown_kernel="immediate"
).execute()
nbformat.write(notebook, sys.argv[1])
"""


@pytest.mark.slow
def test_it_installs_and_runs_by_itself(course, installed):
    folder, python = installed
    where = _run(python, "-c", "import autograder; print(autograder.__file__)", cwd=folder.parent)
    assert where.startswith(str(python.parents[1]))
    found = (
        "from importlib.util import find_spec as f; print(f('autograder.grading'), f('autograder.building'))"
    )
    assert _run(python, "-c", found, cwd=folder.parent) == "None None\n"
    assert "lab" in _run(python, "-m", "autograder", "--help", cwd=folder)
    _run(python, "-m", "autograder", "lab", "--copy-only", cwd=folder)
    mine = folder / "workspace" / SHORTEST / f"{SHORTEST}.ipynb"
    cells = {name: cell for name, cell in solution_cells(course, SHORTEST).items() if "setup" not in name}
    wrong = cells | {"coverage": "def coverage(samples, bins=20, tolerance=0.2):\n    return 1.0"}
    nbformat.write(fill_in(nbformat.read(mine, as_version=4), wrong), mine)
    _run(python, "-c", EXECUTE, str(mine), cwd=mine.parent)
    shown = {
        cell.id: "".join(map(str, cell.outputs))
        for cell in nbformat.read(mine, as_version=4).cells
        if "outputs" in cell
    }
    for exercise in get_lab(SHORTEST).exercises:
        assert ("✓" in shown[exercise.test_id]) == (exercise.name != "coverage"), exercise.name
    assert "75 of 80" in " ".join(shown.values())
    kept = mine.read_bytes()
    _run(python, "-m", "autograder", "lab", "--copy-only", cwd=folder)
    assert mine.read_bytes() == kept

"""A zip for students: the released labs, what of this package their notebooks use, and how to install it."""

from __future__ import annotations

import ast
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import click

from autograder.bundle.leaks import find_leaks
from autograder.bundle.modules import PACKAGE, needed_requirements, requirement_name, used_modules
from autograder.course.course import Course
from autograder.course.solution import solution_names
from autograder.errors import CourseError
from autograder.files.atomic import written_whole
from autograder.labs import get_lab, lab_names
from autograder.notebook.check import check

TOP = "labs"  # the folder in the zip
_HANDOUT = Path(__file__).parent / "handout"
_JUPYTER = ("click", "ipykernel", "jupyterlab")  # used without being imported
_DATE = (2000, 1, 1, 0, 0, 0)  # the same bytes every time; before 1980 there is no time in a zip


def write_bundle(course: Course, labs: list[str], out: Path) -> None:
    """Write the zip and say what is in it; CourseError, and no zip, where something secret would be."""
    labs = sorted(labs)
    files = bundle_files(course, labs)
    if leaks := find_leaks(course, files):
        said = "\n".join(f"- {leak}" for leak in leaks[:10])
        raise CourseError(
            f"Nothing was written: students would get secrets. Build the labs again, or look there:\n{said}"
        )
    for lab in labs:
        _check_solution(course, lab)
    try:
        size = write_zip(out, files)
    except OSError as error:
        raise CourseError(f"{out} can't be written ({error.strerror}). Name another --out.") from None
    click.echo(f"{out}: {len(files)} files, {size / 1e6:.1f} MB, with {', '.join(labs)}.")


def _check_solution(course: Course, lab: str) -> None:
    """CourseError where the lab's own solution would not pass the visible checks: references of another day."""
    names = solution_names(course, lab)
    for exercise in get_lab(lab).exercises:
        mark = check(f"{lab}.{exercise.name}", names)
        if mark is None or mark < exercise.marks:
            raise CourseError(
                f"Nothing was written: the solution of {lab}.{exercise.name} fails its visible check. "
                f"Build the lab again: python -m autograder build {lab}"
            )


def bundle_files(course: Course, labs: list[str]) -> dict[str, bytes]:
    """What the zip holds, by name below its folder."""
    files: dict[str, bytes] = {}
    code: list[str] = []
    for lab in labs:
        files[f"release/{lab}/{lab}.ipynb"] = content = _read(
            course.release(lab), "python -m autograder build"
        )
        code += _code_cells(json.loads(content))
    project = tomllib.loads(_read(course.root / "pyproject.toml").decode("utf-8"))
    tops = {lab: f"autograder.labs.{lab}" for lab in labs}
    modules = used_modules(["autograder", "autograder.__main__", *tops.values()])
    for path in modules.values():
        files[path.relative_to(PACKAGE.parent).as_posix()] = path.read_bytes()
    files |= _data(project, set(modules), labs)
    files["autograder/cli.py"] = (_HANDOUT / "cli.py").read_bytes()
    declared = project["project"]["dependencies"]
    needed = needed_requirements([*modules.values(), _HANDOUT / "cli.py"], code, declared)
    needed += [one for one in declared if requirement_name(one) in _JUPYTER and one not in needed]
    files["pyproject.toml"] = _pyproject(project, sorted(needed), files)
    files["requirements.txt"] = b"# pip install -r requirements.txt, in this folder\n-e .\n"
    files["LICENSE"] = _read(course.root / "LICENSE")
    files["README.md"] = _readme(project, labs)
    return files


def _read(path: Path, command: str = "git status") -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise CourseError(f"{path} is missing. Look with: {command}") from None


def _code_cells(notebook: dict[str, Any]) -> list[str]:
    """The cells that are Python as they stand."""
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    parsed = []
    for cell in cells:
        try:
            ast.parse(cell)
        except SyntaxError:
            continue  # a magic, or what the student has to complete
        parsed.append(cell)
    return parsed


def _data(project: dict[str, Any], modules: set[str], labs: list[str]) -> dict[str, bytes]:
    """The package's data files beside the modules that go along; those called after a lab only with the lab."""
    left_out = set(lab_names()) - set(labs)
    found = {}
    for pattern in project["tool"]["setuptools"]["package-data"]["autograder"]:
        for path in sorted(PACKAGE.glob(pattern)):
            folder = ".".join(path.relative_to(PACKAGE.parent).parent.parts)
            if path.stem not in left_out and (folder in modules or folder == "autograder.references"):
                found[path.relative_to(PACKAGE.parent).as_posix()] = path.read_bytes()
    return found


def _pyproject(project: dict[str, Any], requirements: list[str], files: dict[str, bytes]) -> bytes:
    about = project["project"]
    data = sorted(
        name.removeprefix("autograder/")
        for name in files
        if name.startswith("autograder/") and not name.endswith(".py")
    )
    lines = [
        "[build-system]",
        f"requires = {json.dumps(project['build-system']['requires'])}",
        f"build-backend = {json.dumps(project['build-system']['build-backend'])}",
        "",
        "[project]",
        f"name = {json.dumps(about['name'])}",
        f"version = {json.dumps(about['version'])}",
        'description = "Graded PyTorch labs: what a student\'s notebooks use"',
        f"requires-python = {json.dumps(about['requires-python'])}",
        f"dependencies = {json.dumps(requirements, indent=2)}",
        "",
        "[tool.setuptools.packages.find]",
        'include = ["autograder*"]',
        "",
        "[tool.setuptools.package-data]",
        f"autograder = {json.dumps(data, indent=2)}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _readme(project: dict[str, Any], labs: list[str]) -> bytes:
    text = (_HANDOUT / "README.md").read_text(encoding="utf-8")
    table = "\n".join(["| lab | |", "|---|---|", *(f"| `{lab}` | {get_lab(lab).title} |" for lab in labs)])
    python = project["project"]["requires-python"].lstrip(">=~ ")
    return text.replace("{labs}", table).replace("{python}", python).encode()


def write_zip(out: Path, files: dict[str, bytes]) -> int:
    """Sorted, with fixed times and rights: the same files give the same bytes. Returns its size."""
    with (
        written_whole(out) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive,
    ):
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{TOP}/{name}", _DATE)
            entry.compress_type, entry.create_system, entry.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o100644 << 16,
            )
            archive.writestr(entry, files[name])
    return out.stat().st_size

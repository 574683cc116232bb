"""Makes a zip for students: the released labs, the part of this package that they use, and how to install it."""

from __future__ import annotations

import ast
import json
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import click

from autograder.bundle.leaks import find_leaks
from autograder.bundle.modules import (
    needed_requirements,
    public_modules,
    requirement_name,
    students_rooms,
    used_modules,
)
from autograder.course.course import Course
from autograder.course.solution import solution_names
from autograder.errors import CourseError
from autograder.files.atomic import written_whole
from autograder.files.closure import PACKAGE
from autograder.labs import get_lab, lab_names
from autograder.notebook.check import check

TOP = "labs"  # the folder in the zip
_HANDOUT = Path(__file__).parent / "handout"
_JUPYTER = ("click", "ipykernel", "jupyterlab")  # used by students, but imported by no module
_DATE = (
    2000,
    1,
    1,
    0,
    0,
    0,
)  # fixed, so that the same files give the same bytes; zips know no time before 1980


def write_bundle(course: Course, labs: list[str], out: Path) -> None:
    """Write the zip and print what is in it. Raises CourseError, and writes nothing, where it would hold a secret."""
    labs = sorted(labs)
    files = bundle_files(course, labs)
    if leaks := find_leaks(course, files):
        listed = "\n".join(f"- {leak}" for leak in leaks[:10])
        raise CourseError(
            f"Nothing was written: students would get secrets. Build the labs again, or look there:\n{listed}"
        )
    for lab in labs:
        _check_solution(course, lab)
    try:
        size = write_zip(out, files)
    except OSError as error:
        raise CourseError(f"{out} can't be written ({error.strerror}). Name another --out.") from None
    click.echo(f"{out}: {len(files)} files, {size / 1e6:.1f} MB, with {', '.join(labs)}.")


def _check_solution(course: Course, lab: str) -> None:
    """Raise CourseError where the lab's own solution fails a visible check, because its references are outdated."""
    names = solution_names(course, lab)
    for exercise in get_lab(lab).exercises:
        mark = check(f"{lab}.{exercise.name}", names)
        if mark is None or mark < exercise.marks:
            raise CourseError(
                f"Nothing was written: the solution of {lab}.{exercise.name} fails its visible check. "
                f"Build the lab again: python -m autograder build {lab}"
            )


def bundle_files(course: Course, labs: list[str]) -> dict[str, bytes]:
    """The contents of the zip's files by their paths below its top folder."""
    files: dict[str, bytes] = {}
    code: list[str] = []
    for lab in labs:
        files[f"release/{lab}/{lab}.ipynb"] = content = _read(
            course.release(lab), "python -m autograder build"
        )
        code += _code_cells(json.loads(content))
    project = tomllib.loads(_read(course.root / "pyproject.toml").decode("utf-8"))
    tops = {lab: f"autograder.labs.{lab}" for lab in labs}
    roots = {"autograder", "autograder.__main__", *public_modules(), *tops.values()}
    modules = used_modules(roots, students_rooms(project))
    for path in modules.values():
        files[path.relative_to(PACKAGE.parent).as_posix()] = path.read_bytes()
    files |= _data(project, set(modules), labs)
    files["autograder/cli.py"] = (_HANDOUT / "cli.py").read_bytes()
    declared = project["project"]["dependencies"]
    required = set(needed_requirements([*modules.values(), _HANDOUT / "cli.py"], code, declared))
    required |= {requirement for requirement in declared if requirement_name(requirement) in _JUPYTER}
    files["pyproject.toml"] = _pyproject(project, sorted(required), files)
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
    """The code cells that can be parsed as Python."""
    sources = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [source for source in sources if _is_python(source)]


def _is_python(source: str) -> bool:
    """Whether code can be parsed; a magic can't, nor can what the student has to complete."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


def _data(project: dict[str, Any], modules: set[str], labs: list[str]) -> dict[str, bytes]:
    """The data files in the folders of these modules; a file that has a lab's name goes only with that lab."""
    left_out = set(lab_names()) - set(labs)
    files = {}
    for pattern in project["tool"]["setuptools"]["package-data"]["autograder"]:
        for path in sorted(PACKAGE.glob(pattern)):
            folder = ".".join(path.relative_to(PACKAGE.parent).parent.parts)
            if path.stem not in left_out and (folder in modules or folder == "autograder.references"):
                files[path.relative_to(PACKAGE.parent).as_posix()] = path.read_bytes()
    return files


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
    """Write the zip, sorted and with fixed times and rights, and return its size in bytes. Raises OSError."""
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

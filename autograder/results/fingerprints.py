"""What a verdict depends on, as digests: a submission is graded again when, and only when, one of them changes."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import platform
import stat
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder.cells.compare import substance
from autograder.course.course import Course
from autograder.course.seeds import course_key
from autograder.files.closure import closure, import_graph, module_file
from autograder.marking.stored import references_file
from autograder.results.paths import Fingerprint
from autograder.results.submission import Submission

_READ_WHOLE = 100_000_000  # bytes; of a larger file size and date count
_MOST_FILES = 2_000
# What grades a submission, what its test cells call, and the room, whose parts start each other as programs.
_GRADING = ("autograder.grading.job", "autograder.notebook.check")
_ROOM = "autograder.room"
_PAGES = "autograder.feedback"  # makes pages of verdicts, and is renewed on its own
PACKAGES = ("torch", "torchvision", "numpy", "ipykernel", "nbclient", "nbgrader")


def fingerprint(course: Course, submission: Submission) -> Fingerprint:
    """The digests of a submission and of all that it is graded with."""
    return Fingerprint(_submission_digest(submission), _course_digest(course, submission.lab))


def _submission_digest(submission: Submission) -> str:
    about = " ".join([submission.student, str(submission.in_class), *submission.others])
    digest = hashlib.sha256(about.encode(errors="surrogateescape"))
    folder = submission.folder
    # Path.is_symlink would raise where a folder can't be read.
    for path in (
        [folder.parent, folder] if any(map(os.path.islink, (folder.parent, folder))) else _below(folder)
    ):
        _add(digest, path, folder)
    return digest.hexdigest()


def _below(folder: Path) -> list[Path]:
    """Everything in a folder, without following links; where there is too much the first by name."""
    found = []
    for place, folders, files in os.walk(folder):
        found += [Path(place, name) for name in sorted(folders + files)]
        if len(found) > _MOST_FILES:
            break
    return sorted(found[:_MOST_FILES])


def _add(digest: hashlib._Hash, path: Path, folder: Path) -> None:
    digest.update(os.fsencode(os.path.relpath(path, folder)) + b"\0")
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            digest.update(os.fsencode(path.readlink()))
        elif stat.S_ISREG(about.st_mode) and about.st_size <= _READ_WHOLE:
            digest.update(path.read_bytes())
        elif not stat.S_ISDIR(about.st_mode):
            digest.update(f"{about.st_mode} {about.st_size} {about.st_mtime_ns}".encode())
    except OSError as error:
        digest.update(type(error).__name__.encode())


@cache
def _course_digest(course: Course, lab: str) -> str:
    """Changes when something changes that the lab's marks or findings depend on; comments and layout don't count."""
    digest = hashlib.sha256(course_key(course.root))
    digest.update(" ".join([platform.python_version(), *(version_of(name) for name in PACKAGES)]).encode())
    for name, text in [*_package_parts(lab), *_course_parts(course, lab)]:
        digest.update(f"{name}\0{text}\0".encode(errors="surrogatepass"))
    return digest.hexdigest()


def _package_parts(lab: str) -> Iterator[tuple[str, str]]:
    """The code that the lab's probes, the judge, repair and the room reach; the room's settings; the references."""
    room = {name for name in import_graph().modules if name.startswith(f"{_ROOM}.")}
    for name in sorted(closure({*_GRADING, *room, f"autograder.labs.{lab}"}, without=[_PAGES])):
        yield name, _meaning(_text(module_file(name)))
    for path in [*sorted(module_file(_ROOM).parent.rglob("*.json")), references_file(lab)]:
        yield path.name, _text(path)


def _course_parts(course: Course, lab: str) -> Iterator[tuple[str, str]]:
    """The lab's code and points as instructors and students have them, its mistakes, the limits and plugins."""
    for path in (course.source(lab), course.release(lab)):
        for number, cell in enumerate(_cells(path)):
            yield f"{path.parent.parent.name}, cell {number}", cell
    # The configuration may name a plugin, which lies beside it.
    for path in (course.catalogue(lab, "mistakes"), *sorted(course.root.glob("*.py"))):
        yield path.name, _meaning(_text(path))


def _cells(path: Path) -> list[str]:
    """What counts of a built notebook: its code, its solution cells, and nbgrader's metadata; no other text."""
    text = _text(path)
    cells = json.loads(text)["cells"] if text else []
    return [
        repr((cell["metadata"], substance("".join(cell["source"])) if cell["cell_type"] == "code" else ""))
        for cell in cells
        if cell["cell_type"] == "code" or "nbgrader" in cell["metadata"]
    ]


def _text(path: Path) -> str:
    """A file's text; nothing where there is no such file."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


@lru_cache(maxsize=512)
def _meaning(code: str) -> str:
    """What Python code does, without comments, docstrings and layout; the text where it is no Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return code
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)


def version_of(package: str) -> str:
    """Its version without the part that names a build for CPU or CUDA: rooms and judge use the CPU."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return "none"

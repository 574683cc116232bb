"""What a verdict depends on, as digests: a submission is graded again when, and only when, one of them changes."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
from collections.abc import Collection
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from autograder.course.course import Course
from autograder.course.seeds import course_key
from autograder.results.paths import Fingerprint
from autograder.results.submission import Submission

_READ_WHOLE = 100_000_000  # bytes; of a larger file size and date count
_MOST_FILES = 2_000
# Parts of the package that change no mark.
_ASIDE = ("bench", "bundle", "classreport", "cli.py", "collect", "doctor", "export", "feedback")
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
    """Changes when the lab, the checks, the limits, the key or the environment change."""
    digest = hashlib.sha256(course_key(course.root))
    digest.update(" ".join([platform.python_version(), *(version_of(name) for name in PACKAGES)]).encode())
    for path in sorted([*package_files(_ASIDE), *course_files(course, lab)]):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def course_files(course: Course, lab: str = "*") -> list[Path]:
    """What grading a lab, or all of them, needs of a course; the key is not among it."""
    parts = (f"notebooks/{lab}/*.py", f"source/{lab}/*.ipynb", f"release/{lab}/*.ipynb", "nbgrader_config.py")
    return sorted(path for part in parts for path in course.root.glob(part))


def package_files(without: Collection[str] = ()) -> list[Path]:
    """The code of this package and the stored references, without these parts of it."""
    package = Path(__file__).resolve().parents[1]
    found = [*package.rglob("*.py"), *package.glob("references/*.json")]
    return sorted(path for path in found if path.relative_to(package).parts[0] not in without)


def version_of(package: str) -> str:
    """Its version without the part that names a build for CPU or CUDA: rooms and judge use the CPU."""
    try:
        return version(package).partition("+")[0]
    except PackageNotFoundError:
        return "none"

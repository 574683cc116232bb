"""What a Dask worker does with a submission: unpack the course once, then grade, one submission at a time."""

from __future__ import annotations

import atexit
import hashlib
import io
import platform
import shutil
import tempfile
import zipfile
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import torch
from distributed import get_worker

from autograder.course.course import Course
from autograder.course.seeds import KEY_FILE, course_key
from autograder.errors import CourseError
from autograder.files.closure import PACKAGE
from autograder.grading.job import Result, grade_job
from autograder.intake.read import HandedIn
from autograder.results.fingerprints import PACKAGES, version_of
from autograder.room.sandbox import problem

# Random numbers and standard output belong to a process as a whole, and the judge uses both.
_ONE_AT_A_TIME = Lock()
_unpacked: dict[str, Course] = {}


class Unfit(CourseError):
    """A worker that can't grade, or might give other marks than this machine; the message says why."""


def pack_course(course: Course) -> bytes:
    """What grading needs of a course as a zip file: the labs, the configuration with its plugins, and the key."""
    course_key(course.root)  # made now, where there is none yet: all workers have the same
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        files = {*_course_files(course), course.root / KEY_FILE}
        for path in sorted(files):
            # Without the date: the same content is the same archive.
            entry = zipfile.ZipInfo(path.relative_to(course.root).as_posix())
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def _course_files(course: Course) -> list[Path]:
    """What grading needs of a course; the key is not among it."""
    parts = (
        "notebooks/*/*.py",
        "source/*/*.ipynb",
        "release/*/*.ipynb",
        "*.py",
    )  # a plugin may lie at the root
    return sorted(path for part in parts for path in course.root.glob(part))


@cache
def environment() -> dict[str, str]:
    """What marks depend on besides the course: versions, and a digest of this package's code."""
    digest = hashlib.sha256()
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.glob("references/*.json")]):
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode() + path.read_bytes())
    found = {
        "Python": platform.python_version(),
        "autograder": f"{version_of('autograder')} {digest.hexdigest()[:8]}",
    }
    return found | {name: version_of(name) for name in ("distributed", *PACKAGES)}


def unfit(wanted: dict[str, str], sandbox: bool) -> str | None:
    """Why this process should not grade for a machine with the environment `wanted`; None where all is well."""
    found = environment()
    differing = [
        f"{name} {found.get(name)} instead of {version}"
        for name, version in wanted.items()
        if found.get(name) != version
    ]
    if differing:
        return (
            f"it has {', '.join(differing)}. Marks have to be the same everywhere: "
            "install there what is installed here."
        )
    return problem() if sandbox else None


def grade_here(archive: bytes, handed_in: dict[str, Any], wanted: dict[str, str], sandbox: bool) -> Result:
    """Grade a submission in this worker. Raises Unfit."""
    with _ONE_AT_A_TIME:
        if reason := unfit(wanted, sandbox):
            raise Unfit(f"The worker {get_worker().address} is not fit: {reason}")
        torch.set_num_threads(1)  # as in the worker processes of one machine
        return grade_job(_course(archive), HandedIn(**handed_in), sandbox=sandbox)


def _course(archive: bytes) -> Course:
    """The course, unpacked where this process has not done so yet; only its user can read it."""
    digest = hashlib.sha256(archive).hexdigest()
    if digest not in _unpacked:
        # When a worker starts, Dask removes the folders of those that have ended, also of those that were killed.
        folder = Path(tempfile.mkdtemp(prefix="course-", dir=get_worker().local_directory))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        with zipfile.ZipFile(io.BytesIO(archive)) as file:
            file.extractall(folder)
        _unpacked[digest] = Course(folder)
    return _unpacked[digest]

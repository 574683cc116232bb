"""The looks that `doctor` takes at a machine; each yields its findings."""

from __future__ import annotations

import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from autograder.course.course import Course
from autograder.course.seeds import KEY_FILE
from autograder.files.cache import cache_folder

GB = 10**9
LEAST_DISK, GOOD_DISK = 1 * GB, 5 * GB
LEAST_MEMORY, GOOD_MEMORY = 2 * GB, 4 * GB  # a room may use 2 GiB


@dataclass(frozen=True)
class Finding:
    """One line: ✓ fine, ! works but could be better, ✗ has to be mended, – not there and not needed."""

    sign: str
    what: str
    found: str
    remedy: str = ""


def _project(course: Course | None) -> dict[str, Any]:
    """pyproject.toml of the course, or what the installed package says of itself."""
    if course and (course.root / "pyproject.toml").is_file():
        return tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [Requirement(text) for text in requires("autograder") or []]
    needed = [str(one) for one in listed if not one.marker or one.marker.evaluate({"extra": ""})]
    return {"requires-python": metadata("autograder")["Requires-Python"], "dependencies": needed}


def python(course: Course | None) -> Iterator[Finding]:
    """Its version against what the course asks for."""
    wanted = _project(course)["requires-python"]
    fits = platform.python_version() in SpecifierSet(wanted)
    remedy = f"Install Python {wanted} and make the environment anew: rm -r .venv && make grade"
    yield Finding(
        "✓" if fits else "✗", "Python", f"{platform.python_version()} ({wanted})", "" if fits else remedy
    )


def packages(course: Course | None) -> Iterator[Finding]:
    """What pyproject.toml lists: there, and new enough."""
    project = _project(course)
    bad = [finding for text in project["dependencies"] if (finding := _package(Requirement(text), "✗"))]
    yield from bad or [Finding("✓", "packages", f"all {len(project['dependencies'])} are there, new enough")]
    for extra, texts in project.get("optional-dependencies", {}).items():
        for text in texts:
            if finding := _package(Requirement(text), "–"):
                yield Finding(
                    "–", finding.what, f"{finding.found}; only for [{extra}]", f'pip install -e ".[{extra}]"'
                )


def _package(wanted: Requirement, sign: str) -> Finding | None:
    """What is wrong with a package, or None."""
    if wanted.marker and not wanted.marker.evaluate():
        return None
    try:
        found = version(wanted.name)
    except PackageNotFoundError:
        return Finding(sign, wanted.name, "missing", f'pip install "{wanted}"')
    if wanted.specifier.contains(Version(found).base_version, prereleases=True):
        return None
    return Finding(sign, wanted.name, f"{found}, too old ({wanted.specifier})", f'pip install -U "{wanted}"')


def sandbox() -> Iterator[Finding]:
    """Whether submissions can be locked in."""
    from autograder.room.sandbox import problem

    trouble = problem()
    yield Finding("✗" if trouble else "✓", "sandbox", "none" if trouble else "works", trouble or "")


def cores() -> Iterator[Finding]:
    """How many this process may use."""
    from autograder.room import cores

    yield Finding("✓", "cores", f"{cores()}: that many submissions are graded at once")


def memory() -> Iterator[Finding]:
    """What there is, or what a container may use."""
    memory = _memory_size()
    if memory is None:
        yield Finding("–", "memory", "not known here")
        return
    sign = "✗" if memory < LEAST_MEMORY else "!" if memory < GOOD_MEMORY else "✓"
    yield Finding(sign, "memory", f"{memory / GB:.0f} GB", "" if sign == "✓" else "Grade with: --jobs 1")


def _memory_size() -> int | None:
    """Bytes of memory, or what a container may use of it."""
    sizes = []
    try:
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError, AttributeError):
        pass  # not on this system, or "max"
    return min(sizes, default=None)


def disk(course: Course | None) -> Iterator[Finding]:
    """Free space where grading writes, and for temporary files."""
    places = {"disk, temporary files": Path(tempfile.gettempdir())}
    places = {"disk, this folder": course.root if course else Path.cwd()} | places
    for what, folder in places.items():
        free = shutil.disk_usage(folder).free
        sign = "✗" if free < LEAST_DISK else "!" if free < GOOD_DISK else "✓"
        if not os.access(folder, os.W_OK):
            yield Finding("✗", what, f"{folder} can't be written to", f"sudo chown $USER {folder}")
            continue
        remedy = "" if sign == "✓" else "Free some space" + (", or set TMPDIR" if "temporary" in what else "")
        yield Finding(sign, what, f"{free / GB:.1f} GB free in {folder}", remedy)


def graphics() -> Iterator[Finding]:
    """A GPU, which students may like and nothing needs."""
    import torch

    if torch.cuda.is_available():
        yield Finding("✓", "GPU", f"{torch.cuda.get_device_name()} (students' training; grading needs none)")
    elif torch.backends.mps.is_available():
        yield Finding("✓", "GPU", "Apple's (students' training; grading needs none)")
    elif _has_nvidia():
        address = "https://pytorch.org/get-started/locally/"
        yield Finding(
            "!", "GPU", "there is one that this torch can't use", f"Install torch with CUDA: {address}"
        )
    else:
        yield Finding("–", "GPU", "none; nothing needs one")


def _has_nvidia() -> bool:
    tool = shutil.which("nvidia-smi")
    return bool(tool) and subprocess.run([tool, "-L"], capture_output=True, timeout=20).returncode == 0


def key(course: Course | None) -> Iterator[Finding]:
    """The course and its key."""
    if course is None:
        yield Finding("!", "course", "none: no notebooks/ and source/ here", "cd to the course's folder")
        return
    path = course.root / KEY_FILE
    if not path.exists():
        yield Finding("–", "course key", f"{KEY_FILE} is made by the first run of grade; keep it then")
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if sys.platform != "win32" and mode & 0o077:
        yield Finding("✗", "course key", f"others can read {path} (mode {mode:o})", f"chmod 600 {path}")
    elif not path.read_bytes().strip():
        yield Finding("✗", "course key", f"{path} is empty", f"Bring it back from a copy, or: rm {path}")
    else:
        yield Finding("✓", "course key", "there, and private")


def caches() -> Iterator[Finding]:
    """Fonts for drawn digits, and the folder that keeps these."""
    import matplotlib

    from autograder.images.glyphs import FACES

    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    if any((fonts / f"{face}.ttf").is_file() for face in FACES):
        yield Finding("✓", "fonts", "matplotlib's are there, for drawn digits")
    else:
        remedy = "pip install --force-reinstall matplotlib"
        yield Finding("✗", "fonts", f"matplotlib's are missing in {fonts}", remedy)
    folder = cache_folder()
    if folder and _is_writable(folder):
        yield Finding("✓", "cache", str(folder))
    else:
        said = f"{folder} can't be written to" if folder else "no home folder"
        yield Finding(
            "!", "cache", f"{said}: digits are drawn anew each time", "export AUTOGRADER_CACHE=/some/folder"
        )


def _is_writable(folder: Path) -> bool:
    """Whether files can be put there, once it has been made."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def data() -> Iterator[Finding]:
    """What labs use if it is there."""
    from autograder.images import mnist
    from autograder.vgg import vgg19

    if vgg19.is_here():
        yield Finding("✓", "VGG19", "there (optional)")
    else:
        call = "python -c 'from autograder import load_vgg; load_vgg(\"vgg19\", download=True)'"
        yield Finding("–", "VGG19", "not there (optional: a part of VGG16 comes with this package)", call)
    if mnist.is_here("mnist"):
        yield Finding("✓", "MNIST", "there (optional)")
    else:
        call = "python -c 'from autograder import load_images; load_images(\"mnist\", download=True)'"
        yield Finding("–", "MNIST", "not there (optional: digits are drawn from fonts)", call)

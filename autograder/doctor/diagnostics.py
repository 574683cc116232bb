"""The checks of a machine that `doctor` runs; each yields its findings."""

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
MIN_DISK, GOOD_DISK = 1 * GB, 5 * GB
MIN_MEMORY, GOOD_MEMORY = 2 * GB, 4 * GB  # a room may use 2 GiB


@dataclass(frozen=True)
class Finding:
    """A line of the report. Its sign: ✓ fine, ! works but could be better, ✗ has to be mended, – absent, not needed."""

    sign: str
    what: str
    found: str
    remedy: str = ""


def _project(course: Course | None) -> dict[str, Any]:
    """The table `project` of the course's pyproject.toml, else the same of the installed package's metadata."""
    if course and (course.root / "pyproject.toml").is_file():
        project: dict[str, Any] = tomllib.loads((course.root / "pyproject.toml").read_text(encoding="utf-8"))
        return dict(project["project"])
    listed = map(Requirement, requires("autograder") or [])
    required = [str(each) for each in listed if not each.marker or each.marker.evaluate({"extra": ""})]
    return {"requires-python": metadata("autograder")["Requires-Python"], "dependencies": required}


def python(course: Course | None) -> Iterator[Finding]:
    """Compare the version of Python with what the course asks for."""
    wanted = _project(course)["requires-python"]
    fits = platform.python_version() in SpecifierSet(wanted)
    remedy = f"Install Python {wanted} and make the environment anew: rm -r .venv && make grade"
    versions = f"{platform.python_version()} ({wanted})"
    yield Finding("✓", "Python", versions) if fits else Finding("✗", "Python", versions, remedy)


def packages(course: Course | None) -> Iterator[Finding]:
    """Check that each package that pyproject.toml lists is there and new enough."""
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
    """A finding with this sign where a package is missing or too old, else None."""
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
    """Check that submissions can be graded in a sandbox."""
    from autograder.room.sandbox import problem

    reason = problem()
    yield Finding("✗", "sandbox", "none", reason) if reason else Finding("✓", "sandbox", "works")


def cores() -> Iterator[Finding]:
    """Tell how many cores this process may use."""
    from autograder.room import cores

    yield Finding("✓", "cores", f"{cores()}: that many submissions are graded at once")


def memory() -> Iterator[Finding]:
    """Check that there is memory enough for rooms."""
    memory = _memory_size()
    if memory is None:
        yield Finding("–", "memory", "not known here")
        return
    sign = "✗" if memory < MIN_MEMORY else "!" if memory < GOOD_MEMORY else "✓"
    yield Finding(sign, "memory", f"{memory / GB:.0f} GB", "" if sign == "✓" else "Grade with: --jobs 1")


def _memory_size() -> int | None:
    """Bytes of memory that there are, or that this container may use; None where that is not known."""
    sizes = []
    try:
        sizes.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    except (OSError, ValueError, AttributeError):
        pass  # not on this system, or "max"
    return min(sizes, default=None)


def disk(course: Course | None) -> Iterator[Finding]:
    """Check the free space where grading writes, and for temporary files."""
    folders = {
        "disk, this folder": course.root if course else Path.cwd(),
        "disk, temporary files": Path(tempfile.gettempdir()),
    }
    for what, folder in folders.items():
        free = shutil.disk_usage(folder).free
        sign = "✗" if free < MIN_DISK else "!" if free < GOOD_DISK else "✓"
        if not os.access(folder, os.W_OK):
            yield Finding("✗", what, f"{folder} can't be written to", f"sudo chown $USER {folder}")
            continue
        remedy = "" if sign == "✓" else "Free some space" + (", or set TMPDIR" if "temporary" in what else "")
        yield Finding(sign, what, f"{free / GB:.1f} GB free in {folder}", remedy)


def graphics() -> Iterator[Finding]:
    """Tell whether there is a GPU; students' training is quicker with one, and nothing needs it."""
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
    if not tool:
        return False
    return subprocess.run([tool, "-L"], capture_output=True, timeout=20).returncode == 0


def key(course: Course | None) -> Iterator[Finding]:
    """Check that there is a course, and that nobody else can read its key."""
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
    """Check the fonts for drawn digits, and the folder in which these are kept."""
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
        reason = f"{folder} can't be written to" if folder else "no home folder"
        remedy = "export AUTOGRADER_CACHE=/some/folder"
        yield Finding("!", "cache", f"{reason}: digits are drawn anew each time", remedy)


def _is_writable(folder: Path) -> bool:
    """Whether files can be written into a folder, which need not exist yet."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)


def data() -> Iterator[Finding]:
    """Tell which data and weights are there that labs use if they can."""
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

"""What `pip install` brings: the package and every data file in it, without the measurements in `bench`."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import autograder

PACKAGE = Path(autograder.__file__).parent
LEFT_OUT = {"__pycache__", "bench"}


def is_packed(path: Path) -> bool:
    """Whether a file of the package belongs in the wheel; pages for developers do not, those for students do."""
    return not LEFT_OUT & set(path.parts) and (path.suffix != ".md" or "handout" in path.parts)


@pytest.mark.slow
def test_the_wheel_holds_the_package_without_its_measurements(tmp_path):
    source = tmp_path / "source"  # setuptools leaves build/ where it works
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE", "autograder"):
        (source / name).symlink_to(PACKAGE.parent / name)
    command = ("wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", tmp_path)
    subprocess.run([sys.executable, "-m", "pip", *command, source], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("autograder/")}
    paths = [path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*") if path.is_file()]
    assert packed == {path.as_posix() for path in paths if is_packed(path)}

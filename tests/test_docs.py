"""The project's pages: their commands work, their links lead somewhere, the map and the tables are complete."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import click
import pytest

from autograder.cli import main
from autograder.course.catalogue import mistakes, rewritten
from autograder.course.solution import solution_names
from autograder.notebook.check import check

ROOT = Path(__file__).resolve().parents[1]
HANDED_OUT = ROOT / "autograder" / "bundle" / "handout" / "README.md"  # a template, for a bundle's own folder
PAGES = [
    page
    for pattern in ("*.md", "autograder/**/*.md", "notebooks/**/*.md", "tests/**/*.md")
    for page in sorted(ROOT.glob(pattern))
    if page != HANDED_OUT
]
SHELL = ("", "sh", "bash", "shell", "console")
_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]*?) -->\n)?^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)", re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """The shell commands of a fenced block; `reason` says why a test can't run them."""

    page: Path
    reason: str | None
    commands: list[str]


class WrongCommand(Exception):
    """A command that nobody could run as it is written."""

    def __init__(self, command: str, why: str) -> None:
        super().__init__(f"`{command}`: {why}")


def names(pages: list[Path]) -> list[str]:
    return [str(page.relative_to(ROOT)) for page in pages]


def each_page(test):
    return pytest.mark.parametrize("page", PAGES, ids=names(PAGES))(test)


@cache
def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, text: str) -> Iterator[Block]:
    for found in _BLOCK.finditer(text):
        if found["language"] in SHELL:
            lines = re.sub(r"\s*\\\n\s*", " ", found["body"]).splitlines()
            commands = [part.strip() for line in lines for part in _without_comment(line).split("&&")]
            yield Block(page, found["reason"], [command for command in commands if command])


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)# .*", "", line)


def inline_commands(text: str) -> list[str]:
    prose = _BLOCK.sub("", text)
    found = (" ".join(command.split()) for command in re.findall(r"`([^`]+)`", prose))
    return [command for command in found if command.startswith(("make ", "python -m autograder"))]


def inspect(command: str) -> bool:
    """Whether it is a command of ours; WrongCommand where its names or options are wrong."""
    words = shlex.split(command)
    if words[0] == "make":
        _inspect_make(command, words[1:])
    elif words[1:3] == ["-m", "autograder"] and Path(words[0]).name in ("python", "python3"):
        _inspect_click(command, words[3:])
    else:
        return False
    return True


def _inspect_make(command: str, targets: list[str]) -> None:
    known = re.findall(r"^([\w-]+):", read(ROOT / "Makefile"), re.MULTILINE)
    if unknown := [target for target in targets if "=" not in target and target not in known]:
        raise WrongCommand(command, f"the Makefile has no {unknown[0]}")


def _inspect_click(command: str, arguments: list[str]) -> None:
    """Parse as the command line would, without running anything."""
    try:
        if not arguments or arguments[0].startswith("-"):
            main.make_context("autograder", arguments, resilient_parsing=True)
            return
        with main.make_context("autograder", arguments[:1]) as context:
            found = main.get_command(context, arguments[0])
            if found is None:
                raise WrongCommand(command, f"there is no command {arguments[0]}")
            if "…" not in arguments:
                found.make_context(arguments[0], arguments[1:], parent=context)
    except click.exceptions.Exit:
        return  # --help and --version
    except click.UsageError as error:
        raise WrongCommand(command, error.format_message()) from None


@each_page
def test_commands_have_the_names_and_options_that_they_are_shown_with(page):
    shown = [command for block in blocks(page, read(page)) for command in block.commands]
    for command in shown:
        inspect(command)
    for command in inline_commands(read(page)):
        alone = len(command.split()) == 4  # `python -m autograder paint` may be the name of a command
        inspect(f"{command} --help" if alone and command.startswith("python") else command)


@pytest.mark.parametrize(
    "command",
    [
        "make gradee",
        "python -m autograder grades --out x",
        "python -m autograder grade --submitted a --output b",
        ".venv/bin/python -m autograder grade --out b",
        "python -m autograder export --grades a --format word --out-dir b",
    ],
)
def test_a_wrong_command_is_seen(command):
    with pytest.raises(WrongCommand):
        inspect(command)


@each_page
def test_what_a_test_does_not_run_says_why(page):
    for block in blocks(page, read(page)):
        foreign = [command for command in block.commands if not inspect(command)]
        makes = [command for command in block.commands if command.startswith("make")]
        assert block.reason or not (foreign or makes), f"say `<!-- not run: why -->` before {block.commands}"
        assert block.reason is None or len(block.reason.split()) > 1, "a reason is a few words"


def test_every_other_block_is_found():
    assert sum(block.reason is None for page in PAGES for block in blocks(page, read(page))) > 5
    text = "<!-- not run: no network -->\n```\nmake x  # why\n```\n\n```sh\nls \\\n  -l && pwd\n```\n```text\nno\n```\n"
    found = list(blocks(ROOT, text))
    assert [block.reason for block in found] == ["no network", None]
    assert [block.commands for block in found] == [["make x"], ["ls -l", "pwd"]]


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> Path:
    """A copy of the course, on the day when the pages' commands are run: with a download and a roster."""
    place = tmp_path_factory.mktemp("day") / "course"
    left_out = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*", "tests", "grades", "workspace")
    shutil.copytree(ROOT, place, ignore=left_out)
    (place / "students.csv").write_text("id,name,email,moodle_id\nana,Ana Gómez,ana@example.org,123456\n")
    with ZipFile(place / "download.zip", "w") as archive:
        notebook = ROOT / "tests" / "example_class" / "example_complete" / "sine_gan" / "sine_gan.ipynb"
        archive.write(notebook, "Ana Gómez_123456_assignsubmission_file/sine_gan.ipynb")
    return place


def unmarked() -> list[str]:
    """The commands that no page marks, once each; the instructor's day comes first, because others build on it."""
    first = ROOT / "autograder" / "grading" / "README.md"
    pages = sorted(PAGES, key=lambda page: page != first)
    found = [block for page in pages for block in blocks(page, read(page)) if block.reason is None]
    return list(dict.fromkeys(command for block in found for command in block.commands))


@pytest.mark.slow
def test_all_other_commands_run_one_after_the_other(day):
    for command in unmarked():
        words = shlex.split(command)
        done = subprocess.run(
            [sys.executable, *words[1:]], cwd=day, capture_output=True, text=True, timeout=600
        )
        # 1 says that somebody has to look: at a written answer, or at what this machine lacks.
        assert done.returncode in (0, 1) and "Traceback" not in done.stderr, f"{command}\n{done.stderr}"
    for made in ("labs.zip", "submitted/collected.csv", "grades/grades.csv", "grades/report.html", "marks"):
        assert (day / made).exists(), made


@each_page
def test_links_lead_somewhere(page):
    for link in _LINK.findall(_BLOCK.sub("", read(page))):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), f"{link} is not there"
        assert not anchor or anchor in map(_anchor, _HEADING.findall(read(target))), (
            f"{link}: no such heading"
        )


def _anchor(heading: str) -> str:
    """As GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_page_can_be_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md" and page.exists():
            seen.add(page)
            links = [link.partition("#")[0] for link in _LINK.findall(read(page)) if "://" not in link]
            waiting += [(page.parent / link).resolve() for link in links if link]
    assert set(PAGES) <= seen


def test_the_readme_is_short():
    assert len(read(ROOT / "README.md").splitlines()) <= 120


def folders(page: Path, pattern: str) -> set[str]:
    """What stands in the first column of the page's tables and looks like this."""
    rows = re.findall(r"^\| ([^|]+) \|", read(page), re.MULTILINE)
    return {name for row in rows for name in re.findall(pattern, row)}


def rooms() -> set[str]:
    return {path.name for path in (ROOT / "autograder").iterdir() if path.is_dir() and path.name[0] != "_"}


def test_the_map_of_the_readme_is_complete():
    mapped = folders(ROOT / "README.md", r"`([\w/]+)/`")
    assert all((ROOT / name).is_dir() for name in mapped), "it names a folder that is not there"
    tracked = {"notebooks", "source", "release", "tests"} | {f"autograder/{room}" for room in rooms()}
    assert tracked <= mapped, "a folder is not in it"


def test_the_table_of_rooms_is_complete():
    mapped = folders(ROOT / "autograder" / "README.md", r"`(\w+)/?`")
    assert rooms() <= mapped


def test_the_picture_of_a_check_shows_what_the_check_says(course):
    """The alternative text of the README's picture is that of the picture; it is made by hand."""
    missed = next(one for one in mistakes(course, "sine_gan") if one.id == "generator_step.no_zero_grad")
    wrong = check(
        "sine_gan.generator_step", solution_names(course, "sine_gan", rewritten(course, "sine_gan", missed))
    )
    right = check("sine_gan.generator_step", solution_names(course, "sine_gan"))
    shown = " ".join(read(ROOT / "README.md").split())
    assert wrong is not None and right is not None
    assert f"{wrong.mark.score:g} of {wrong.mark.max_score:g} marks. {missed.note}" in shown
    assert right.mark.full and f"✓ {right.mark.max_score:g} marks" in shown

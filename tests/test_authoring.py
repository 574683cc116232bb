"""A newcomer's walk through `notebooks/README.md`: the page's own edits and commands, in a copy of the course.

The page tells how `nearest_point` is added to the sine lab. Here its blocks of Python go where it says, its command is
run after each, and what the command says is compared with the page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from autograder.building.script import source_notebook
from autograder.course.built import check_points
from autograder.course.catalogue import mistakes
from autograder.errors import CourseError
from autograder.labs import get_lab

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
TABLE = "autograder/labs/sine_gan/__init__.py"
# In front of what a block of the page goes, by the file that it is for; else at the end.
PLACES = {
    "notebooks/sine_gan/sine_gan.py": "# %% [markdown]\n# ### Why it takes both",
    TABLE: "LAB = Lab(",
    "notebooks/sine_gan/mistakes.py": "]\n",
    "notebooks/sine_gan/alternatives.py": "]\n",
}


class Step(NamedTuple):
    """An edit of the page: this text into that file, after which the build says `told`."""

    file: str
    text: str
    told: str


def steps() -> Iterator[Step]:
    """The edits of the section "Add an exercise", in its order."""
    section = PAGE.partition("## Add an exercise\n")[2].partition("\n## ")[0]
    prose = ""
    found: list[Step] = []
    for part in re.split(r"^(```\w+\n.*?^```$)", section, flags=re.MULTILINE | re.DOTALL):
        body = part.strip("`").partition("\n")[2]
        if part.startswith("```python"):
            found.append(Step(re.findall(r"`([\w/]+\.py)`", prose)[-1], body, ""))
        elif part.startswith("```text"):
            found[-1] = found[-1]._replace(told=body)
        prose = part
    yield from found


def put(course: Path, step: Step) -> None:
    path, before = course / step.file, PLACES.get(step.file)
    text = path.read_text(encoding="utf-8")
    at = text.rindex(before) if before else len(text)
    text = text[:at] + step.text + text[at:]
    if step.file == TABLE:  # the two edits that the page tells in words
        text = text.replace("        COVERAGE,\n", "        COVERAGE,\n        NEAREST_POINT,\n")
        head, weights, tail = text.partition('GENERATOR_STEP = Exercise(\n    "generator_step"')
        text = head + weights + tail.replace('"weights",\n            8,', '"weights",\n            3,', 1)
    path.write_text(text, encoding="utf-8")


SERVER = """
import os, sys
import torch, autograder.building.build, gates
from autograder.cli import main

for line in sys.stdin:
    if os.fork() == 0:
        exec(line.replace("\\0", "\\n"), {"main": main})
    os.wait()
    print("\\0", flush=True)
"""


class Commands:
    """Runs commands in a copy of the course, with the package that lies there.

    Each runs in a process of its own, forked from one that has imported what takes long, but no lab.
    """

    def __init__(self, course: Path) -> None:
        path = f"{course}{os.pathsep}{ROOT / 'tests'}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            cwd=course,
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def command(self, *arguments: str) -> str:
        """What `python -m autograder …` says."""
        return self.python(f"main({list(arguments)!r})")

    def python(self, code: str) -> str:
        """What a piece of code prints."""
        self.process.stdin.write(
            code.replace("\n", "\0") + "\0import os, sys; sys.stdout.flush(); os._exit(0)\n"
        )
        self.process.stdin.flush()
        said = "".join(iter(self.process.stdout.readline, "\0\n"))
        assert "Traceback" not in said, said
        return said


@pytest.fixture
def commands(tmp_path) -> Iterator[Commands]:
    course = tmp_path / "course"
    for name in ("autograder", "notebooks", "source", "release"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__"))
    made = Commands(course)
    yield made
    made.process.kill()
    made.process.communicate()


def changed(course: Path) -> set[str]:
    """The files of the copy that are not as in the course."""
    files = (
        path for folder in ("autograder", "notebooks", "tests") for path in (course / folder).rglob("*.*")
    )
    names = {path.relative_to(course).as_posix() for path in files if path.is_file()}
    return {name for name in names if (course / name).read_bytes() != (ROOT / name).read_bytes()}


JUDGED = """
import json
from pathlib import Path
import gates
from autograder.course.catalogue import alternatives, mistakes
from autograder.course.course import Course
from autograder.labs import get_lab
from autograder.notebook.check import check
from autograder.course.solution import solution_names

course, lab = Course(Path.cwd()), get_lab("sine_gan")
wrong = [mistake for mistake in mistakes(course, lab.name) if mistake.exercise == "nearest_point"]
right = [alternative for alternative in alternatives(course, lab.name) if alternative.exercise == "nearest_point"]
print(json.dumps({
    "entries": [len(wrong), len(right)],
    "accepted": gates.accepted_mistakes(course, lab, wrong, gates.SEEDS),
    "spilled": gates.spilled_mistakes(course, lab, wrong),
    "unnamed": gates.unnamed_mistakes(course, lab, wrong),
    "rejected": gates.rejected(course, lab, right, gates.SEEDS),
    "leaks": gates.leaks(course, lab),
    "marks": [lab.marks, lab.exercise("nearest_point").marks],
    "visible": float(check("sine_gan.nearest_point", solution_names(course, lab.name))),
}))
"""


@pytest.mark.slow
def test_a_newcomer_adds_an_exercise(tmp_path, commands):
    """Five files by hand, a helpful message after each, and an exercise that judges as it should."""
    course = tmp_path / "course"
    edits = list(steps())
    for step in edits:
        put(course, step)
        said = commands.command("build", "sine_gan")
        assert re.sub(r"line \d+", "line …", said) == re.sub(r"line \d+", "line …", step.told), step.file
    made = {"autograder/references/sine_gan.json"}
    assert changed(course) - made == {step.file for step in edits} and len({step.file for step in edits}) == 5

    source = (course / "source" / "sine_gan" / "sine_gan.ipynb").read_text(encoding="utf-8")
    assert "Ten exercises are marked by machine, 80 marks in all" in source
    assert "### Exercise 10: where on the curve?" in source and "that lies nearest. (5 marks)**" in source
    judged = json.loads(commands.python(JUDGED))
    assert (judged.pop("entries"), judged.pop("marks"), judged.pop("visible")) == ([2, 2], [80.0, 5.0], 5.0)
    assert judged == {key: [] for key in ("accepted", "spilled", "unnamed", "rejected", "leaks")}


def test_the_page_has_an_edit_for_each_file():
    files = [step.file for step in steps()]
    assert len(set(files)) == 5 and {*PLACES, "autograder/labs/sine_gan/measures.py"} == set(files)
    assert all(step.told for step in steps())


def test_the_other_messages_of_the_page_are_those_that_one_meets(course, tmp_path):
    """A stale edit, a table that was not built, a question that only the script has."""
    lab = get_lab("sine_gan")
    mistake = next(mistake for mistake in mistakes(course, lab.name) if mistake.id == "coverage.percent")
    with pytest.raises(CourseError) as stale:
        mistake.apply("def coverage(samples): ...")
    coverage = lab.exercise("coverage")
    dearer = replace(coverage, checks=(replace(coverage.checks[0], marks=13), *coverage.checks[1:]))
    changed = replace(lab, exercises=(*lab.exercises[:-1], dearer))
    with pytest.raises(CourseError) as unbuilt:
        check_points(changed, nbformat.read(course.source(lab.name), as_version=4))
    script = tmp_path / "sine_gan.py"
    text = course.script(lab.name).read_text(encoding="utf-8")
    script.write_text(
        f'{text}\n# %% [markdown] nbgrader={{"grade_id": "question_5_text"}}\n# Why?\n', encoding="utf-8"
    )
    with pytest.raises(CourseError) as unknown:
        source_notebook(script, lab)
    for met in (stale, unbuilt, unknown):
        assert f"```text\nError: {met.value.message}\n```" in PAGE

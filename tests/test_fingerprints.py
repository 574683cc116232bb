"""What outdates a graded lab: what its marks depend on, and neither comments nor another lab's code."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from autograder.course.course import Course
from autograder.files import closure
from autograder.results import fingerprints

LAB = "sine_gan"
IMPORTS = "from __future__ import annotations\n"


@pytest.fixture(scope="module")
def before(course) -> str:
    return fingerprints._course_digest(course, LAB)


@pytest.fixture
def digest(course, monkeypatch) -> Callable[..., str]:
    """The lab's digest where a file of the package or of the course reads otherwise."""
    read = fingerprints._text

    def digest(path: str, old: str, new: str) -> str:
        changed = course.root / path
        text = read(changed)
        assert old in text, old
        monkeypatch.setattr(
            fingerprints, "_text", lambda path: text.replace(old, new, 1) if path == changed else read(path)
        )
        return fingerprints._course_digest.__wrapped__(course, LAB)

    return digest


NOTHING = {
    "a comment in a figure": (
        "autograder/notebook/figures/plane.py",
        "import math",
        "import math  # A comment.",
    ),
    "a line of a figure": ("autograder/notebook/figures/plane.py", "import math", "import math, os"),
    "a line of another lab's probe": ("autograder/labs/dcgan/steps.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "another lab's marks": ("autograder/labs/dcgan/__init__.py", "2,", "3,"),
    "a comment in its own probe": ("autograder/labs/sine_gan/steps.py", IMPORTS, f"{IMPORTS}\n# A comment."),
    "a docstring of its own probe": ("autograder/labs/sine_gan/steps.py", '"""', '"""Really: '),
    "the layout of its own probe": ("autograder/labs/sine_gan/steps.py", IMPORTS, f"{IMPORTS}\n\n\n"),
    "a comment in the table": ("autograder/labs/sine_gan/__init__.py", "\nLAB", "\n# A comment.\nLAB"),
    "a line of a page": ("autograder/feedback/page.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a line of the build": ("autograder/building/build.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "another lab's mistakes": ("notebooks/dcgan/mistakes.py", "MISTAKES", "OTHERS"),
    "a comment in a mistake": ("notebooks/sine_gan/mistakes.py", "MISTAKES", "# A comment.\nMISTAKES"),
    "an alternative": ("notebooks/sine_gan/alternatives.py", "ALTERNATIVES", "OTHERS"),
    "the script, before it is built": ("notebooks/sine_gan/sine_gan.py", "math.pi", "3.14"),
    "a comment on a limit": ("nbgrader_config.py", "seconds that a cell may take", "a minute"),
    "the lab's prose": (
        "source/sine_gan/sine_gan.ipynb",
        "You will build a machine that forges",
        "You will forge",
    ),
}
SOMETHING = {
    "a tolerance": ("autograder/labs/sine_gan/__init__.py", "atol=1e-4)", "atol=1e-3)"),
    "a question to students": ("autograder/labs/sine_gan/__init__.py", "Is the length an", "Is it an"),
    "a line of its own probe": ("autograder/labs/sine_gan/steps.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a line of a probe's helper": ("autograder/probes/steps.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a line of the judge": ("autograder/marking/judge.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a sentence of the judge": ("autograder/marking/judge.py", "is missing", "isn't there"),
    "a line of repair": ("autograder/intake/repair.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a line of the room": ("autograder/room/supervisor.py", IMPORTS, f"{IMPORTS}\nimport os"),
    "a setting of the room's kernel": ("autograder/room/kernels/autograder-room/kernel.json", "{", "{ "),
    "a step of grading": ("autograder/grading/pipeline.py", "Judge, ", ""),
    "a mistake's sentence": ("notebooks/sine_gan/mistakes.py", "How long is one full period?", "How long?"),
    "a limit": ("nbgrader_config.py", "c.Room.timeout = 60", "c.Room.timeout = 70"),
    "the solution": ("source/sine_gan/sine_gan.ipynb", "2 * math.pi * torch.rand", "6.28 * torch.rand"),
    "the code that is handed out": ("release/sine_gan/sine_gan.ipynb", "seed = 2023", "seed = 2024"),
    "points": ("source/sine_gan/sine_gan.ipynb", '"points": 5', '"points": 6'),
    "a reference": ("autograder/references/sine_gan.json", "1", "2"),
}


@pytest.mark.parametrize("change", NOTHING)
def test_what_no_mark_depends_on_outdates_nothing(digest, before, change):
    assert digest(*NOTHING[change]) == before


@pytest.mark.parametrize("change", SOMETHING)
def test_what_marks_depend_on_outdates_the_lab(digest, before, change):
    assert digest(*SOMETHING[change]) != before


def test_another_version_or_key_outdates_the_lab(course, before, tmp_path, monkeypatch):
    monkeypatch.setattr(fingerprints, "version_of", lambda package: "2.0")
    assert fingerprints._course_digest.__wrapped__(course, LAB) != before
    monkeypatch.undo()
    for name in ("notebooks", "source", "release", "nbgrader_config.py"):
        (tmp_path / name).symlink_to(course.root / name)
    assert fingerprints._course_digest.__wrapped__(Course(tmp_path), LAB) != before


def test_every_lab_has_a_digest_of_its_own(course, lab, before):
    assert (fingerprints._course_digest(course, lab.name) == before) == (lab.name == LAB)


def test_a_room_that_only_pages_need_is_not_entered():
    found = closure.closure(["autograder.grading.job"], without=["autograder.feedback"])
    assert not any(name.startswith("autograder.feedback") for name in found)
    assert {"autograder.marking.judge", "autograder.intake.repair", "autograder.labs", "autograder"} <= set(
        found
    )


def test_a_closure_says_through_which_module(course):
    found = closure.closure(["autograder.course.references", "no.such.module"])
    assert found["autograder.course.references"] is None and "no.such.module" not in found
    name = "autograder.marking.stimuli"
    while found[name]:
        text = closure.module_file(found[name]).read_text(encoding="utf-8")
        assert name in text or name.rpartition(".")[0] in text or found[name].startswith(f"{name}.")
        name = found[name]
    assert name == "autograder.course.references"


def test_what_a_course_lacks_counts_as_empty(tmp_path):
    """Grading itself says what is missing."""
    assert list(fingerprints._cells(tmp_path / "none.ipynb")) == []
    path = tmp_path / "some.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["text"]}]}))
    assert list(fingerprints._cells(path)) == []

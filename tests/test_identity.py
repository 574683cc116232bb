"""The identity cell: read in one place, the same for collecting, grading and the class report."""

from __future__ import annotations

import json

import pytest

from autograder.classreport import report
from autograder.classreport.reading import GradedSubmission
from autograder.collect.owner import notebook_identity
from autograder.intake.identity import read_identity
from autograder.marking.verdict import Verdict

DECLARED = 'student_id_1 = "{}"\nsignature_1 = "Ana"\nstudent_id_2 = "{}"'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('student_id_1 = "ana01"', "ana01"),
        ("student_id_1 = ' ana01 '", "ana01"),
        ("student_id_1: str = 'ana01'", "ana01"),
        ("%matplotlib inline\nstudent_id_1 = '''ana01'''", "ana01"),
        ("    student_id_1 = me = 'ana01'", "ana01"),
        ("student_id_1 = 12345", "12345"),
        ("student_id_1 = 0x" + "f" * 6000, ""),
        ("student_id_1 = True", None),
        ("student_id_1 = open('x').read()", None),
        ("student_id_1 = 'ana01", None),
        ("def student_id_1():\n    return 'ana01'", None),
        ("student_id_1 = '" + "a" * 300 + "'", "a" * 200),
    ],
)
def test_what_the_cell_says(written, said):
    assert read_identity(["import torch", written]).get("student_id_1") == said
    cells = [
        {"cell_type": "code", "source": [written]},
        {"cell_type": "markdown", "source": "student_id_1 = 'x'"},
    ]
    assert notebook_identity(json.dumps({"cells": cells}).encode()).get("student_id_1") == said


def _partners(one: str, other: str, declared: str) -> bool:
    first = GradedSubmission(Verdict("sine_gan", one, 80.0), {}, {"identity": declared})
    second = GradedSubmission(Verdict("sine_gan", other, 80.0), {}, {"identity": DECLARED.format("", "")})
    found = report._are_partners(first, second)
    assert report._are_partners(second, first) == found
    return found


@pytest.mark.parametrize(
    ("declared", "partners"),
    [
        (DECLARED.format("ana01", "ben02"), True),
        (DECLARED.format("ben02", "ana01"), True),
        (DECLARED.replace('"', "'").format("ana01", "ben02"), True),
        (DECLARED.format("ana01", " BEN02 "), True),
        (DECLARED.format("ana01", "") + '\n# not with "ben02"', False),
        (DECLARED.format("ben02", ""), False),  # ben's own notebook, handed in by ana
        (DECLARED.format("ana01", "cho03"), False),
    ],
)
def test_partners_are_those_who_declare_it(declared, partners):
    assert _partners("ana01", "ben02", declared) == partners

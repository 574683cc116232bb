"""What must hold for every lab: right solutions pass, wrong ones do not, and nobody learns the answers."""

from __future__ import annotations

import json
from dataclasses import replace

import commands
import gates
import pytest

from autograder.course.catalogue import Alternative, Mistake, alternatives, mistakes
from autograder.course.solution import solution_names
from autograder.labs import get_lab
from autograder.marking.exercise import Tolerance
from autograder.marking.judge import judge
from autograder.marking.probing import run_probe
from autograder.marking.response import encode
from autograder.marking.stored import PUBLIC_SEED, stored_exercise
from autograder.marking.verdict import Mark

pytestmark = pytest.mark.slow


def test_marks_add_up_to_the_contract(lab):
    assert lab.marks == 80
    assert sum(lab.questions.values()) == 20
    for exercise in lab.exercises:
        assert exercise.guard in {check.name for check in exercise.checks}


def test_solution_gets_full_marks_whatever_the_seed(course, lab):
    """By a margin: the largest error of float32 is at most a third of what is tolerated."""
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        for seed in range(60):
            error = gates.largest_error(course, lab, exercise, names, seed=seed)
            assert error <= 1 / 3, f"{exercise.name}, seed {seed}: {error:.2f} of the tolerance"


def test_responses_are_far_shorter_than_the_limit_of_output(course, lab):
    """A cut-off response would cost marks that were earned; 1 MB of output is kept."""
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        assert len(encode(run_probe(exercise, names, 1, hard=True))) < 200_000, exercise.name


def test_solution_passes_the_visible_checks(course, lab):
    names = solution_names(course, lab.name)
    for exercise in lab.exercises:
        stored = stored_exercise(lab.name, exercise.name)
        mark = judge(exercise, run_probe(exercise, names, PUBLIC_SEED), stored.reference, stored.mistakes)
        assert mark.full, mark.findings


def test_catalogue_is_large_enough(course, lab):
    assert len(mistakes(course, lab.name)) >= 50
    assert len(alternatives(course, lab.name)) >= 30
    for entries in (mistakes(course, lab.name), alternatives(course, lab.name)):
        assert len({entry.id for entry in entries}) == len(entries)
        assert {entry.exercise for entry in entries} == {exercise.name for exercise in lab.exercises}


def test_every_mistake_loses_marks_in_its_exercise(course, lab):
    assert gates.accepted_mistakes(course, lab, mistakes(course, lab.name), gates.SEEDS) == []


def test_no_mistake_costs_marks_elsewhere(course, lab):
    assert gates.spilled_mistakes(course, lab, mistakes(course, lab.name)) == []


def test_nine_mistakes_in_ten_are_named(course, lab):
    known = mistakes(course, lab.name)
    unnamed = gates.unnamed_mistakes(course, lab, known)
    assert len(unnamed) <= len(known) / 10, unnamed


def test_nine_mistakes_in_ten_are_named_by_the_visible_checks(course, lab):
    known = mistakes(course, lab.name)
    named = 0
    for mistake in known:
        exercise = lab.exercise(mistake.exercise)
        stored = stored_exercise(lab.name, exercise.name)
        names = solution_names(course, lab.name, gates.rewritten(course, lab.name, mistake))
        mark = judge(exercise, run_probe(exercise, names, PUBLIC_SEED), stored.reference, stored.mistakes)
        named += mistake.id in {finding.mistake for finding in mark.findings}
    assert named >= 0.9 * len(known)


def test_every_alternative_gets_full_marks(course, lab):
    assert gates.rejected(course, lab, alternatives(course, lab.name), gates.SEEDS) == []


def test_untouched_release_gets_nothing(course, lab):
    assert set(gates.untouched_marks(course, lab).values()) == {0.0}


def test_release_holds_no_answer(course, lab):
    assert gates.leaks(course, lab) == []


def test_package_holds_no_answer(course, lab):
    """The catalogue and the solutions are outside the package, which students have on their disks."""
    from autograder.course.solution import solution_cells

    package = "\n".join(
        path.read_text(encoding="utf-8") for path in (course.root / "autograder").rglob("*.py")
    )
    for name, cell in solution_cells(course, lab.name).items():
        if not name.startswith("setup_"):
            body = cell.split('"""')[-1].strip()
            assert body not in package, name


@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_marks_do_not_move(course, lab, capability, monkeypatch):
    """20 gradings of the solution and some mistakes: 1 and 2 threads, both default dtypes, other seeds."""
    monkeypatch.setenv("ATEN_CPU_CAPABILITY", capability)
    seen = json.loads(commands.run("twenty_gradings", str(course.root), lab.name, cwd=course.root / "tests"))
    assert len(seen) == 20
    assert all(marks == seen[0] for marks in seen)


class TestGatesFailOnPlantedFaults:
    """Each gate above, on a fault planted for it."""

    lab = get_lab("sine_gan")

    def test_a_judge_that_passes_everything(self, course, monkeypatch):
        monkeypatch.setattr(
            gates.judging, "judge", lambda exercise, *_, **__: Mark(exercise.marks, exercise.marks)
        )
        known = mistakes(course, self.lab.name)[:3]
        accepted = gates.accepted_mistakes(course, self.lab, known, seeds=(1,))
        assert accepted == [f"{mistake.id} (seed 1)" for mistake in known]
        assert set(gates.untouched_marks(course, self.lab).values()) != {0.0}

    def test_a_right_solution_filed_as_a_mistake(self, course):
        planted = Mistake(
            "generator_step.not_one", "", edits={"return loss_generator.detach()": "return loss_generator"}
        )
        assert gates.accepted_mistakes(course, self.lab, [planted], seeds=(1,)) == [f"{planted.id} (seed 1)"]

    def test_a_mistake_filed_as_an_alternative(self, course):
        planted = Alternative("generator.not_one", "", edits={"nn.ReLU()": "nn.LeakyReLU(0.2)"})
        assert gates.rejected(course, self.lab, [planted], seeds=(1,))

    def test_a_mistake_that_reaches_another_exercise(self, course):
        planted = Mistake("coverage.redefines", "", edits={"def coverage": "train = None\n\n\ndef coverage"})
        assert gates.spilled_mistakes(course, self.lab, [planted]) == [
            "coverage.redefines costs marks in train"
        ]

    def test_a_mistake_that_nobody_listed(self, course):
        planted = Mistake("curve_distance.unlisted", "", edits={"(x1 - c).abs()": "7 * (x1 - c).abs()"})
        assert gates.unnamed_mistakes(course, self.lab, [planted]) == [planted.id]

    def test_a_solution_in_the_release(self, scratch_course):
        scratch_course.release("sine_gan").write_bytes(scratch_course.source("sine_gan").read_bytes())
        found = gates.leaks(scratch_course, self.lab)
        assert "HIDDEN" in found and "SOLUTION" in found and len(found) > 10

    def test_a_tolerance_that_honest_numbers_do_not_meet(self, course):
        checks = tuple(
            replace(check, tolerance=Tolerance(0.0, 0.0)) for check in self.lab.exercise("generator").checks
        )
        strict = replace(self.lab.exercise("generator"), checks=checks)
        names = solution_names(course, self.lab.name)
        assert not all(gates.graded(course, self.lab, strict, names, seed=seed).full for seed in range(60))

"""The verdicts of the whole catalogue as JSON lines, and what differs between two such files.

    python tests/catalogue_verdicts.py before.jsonl                     # every mistake and alternative of every lab
    python tests/catalogue_verdicts.py before.jsonl --lab sine_gan      # of one lab
    python tests/catalogue_verdicts.py --compare before.jsonl after.jsonl

A line holds lab, kind ("Mistake" or "Alternative"), id, and the hidden and the visible mark with their findings.
Run it before and after a change that should move no mark, or with two versions of torch.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch

from autograder.course.catalogue import Rewrite, alternatives, mistakes, rewritten
from autograder.course.course import Course
from autograder.course.references import live_mistakes, live_reference
from autograder.course.solution import solution_names
from autograder.labs import get_lab, lab_names
from autograder.marking.judge import judge
from autograder.marking.probing import run_probe
from autograder.marking.response import decode, encode
from autograder.marking.stored import PUBLIC_SEED, stored_exercise
from autograder.marking.verdict import Mark

SEED = 12345  # of the hidden run; any number does, as long as both files are made with it
COLUMNS = ("hidden", "visible")
Verdicts = dict[tuple[str, str, str], list[dict]]


def marks(course: Course, lab_name: str, rewrite: Rewrite) -> tuple[Mark, Mark]:
    """The hidden and the visible mark of one mistake or alternative, as grading and the notebook give them."""
    exercise = get_lab(lab_name).exercise(rewrite.exercise)
    names = solution_names(course, lab_name, rewritten(course, lab_name, rewrite))
    response = decode(encode(run_probe(exercise, names, SEED, hard=True)))
    reference = live_reference(course, lab_name, exercise, SEED, hard=True)
    hidden = judge(exercise, response, reference, hidden=True)
    if not hidden.full:
        theirs = live_mistakes(course, lab_name, exercise, SEED, hard=True)
        hidden = judge(exercise, response, reference, theirs, hidden=True)
    stored = stored_exercise(lab_name, exercise.name)
    visible = judge(exercise, run_probe(exercise, names, PUBLIC_SEED), stored.reference, stored.mistakes)
    return hidden, visible


def lines(labs: list[str]) -> Iterator[str]:
    """A line of JSON for each mistake and each alternative of these labs."""
    course = Course.here()
    for lab_name in labs:
        for rewrite in (*mistakes(course, lab_name), *alternatives(course, lab_name)):
            found = [asdict(mark) for mark in marks(course, lab_name, rewrite)]
            yield json.dumps([lab_name, type(rewrite).__name__, rewrite.id, *found])


def read(path: Path) -> Verdicts:
    """The marks of a file by lab, kind and id."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return {(lab_name, kind, rewrite): found for lab_name, kind, rewrite, *found in rows}
    except (OSError, ValueError) as error:
        sys.exit(f"{path} does not hold verdicts ({error}). Write it with {Path(__file__).name} first.")


def differences(before: Verdicts, after: Verdicts) -> Iterator[str]:
    """One line for each mistake or alternative whose marks, findings or messages differ."""
    for key in sorted(before.keys() | after.keys()):
        name = "{} {} {}".format(*key)
        if key not in after or key not in before:
            yield f"{name}: only {'before' if key in before else 'after'}"
        elif before[key] != after[key]:
            pairs = zip(COLUMNS, before[key], after[key], strict=True)
            yield f"{name}: " + "; ".join(_difference(*pair) for pair in pairs if pair[1] != pair[2])


def _difference(column: str, before: dict, after: dict) -> str:
    if before["score"] != after["score"]:
        return f"{column} {before['score']:g} → {after['score']:g} of {after['max_score']:g}"
    ids = [[(found["id"], found["mistake"]) for found in mark["findings"]] for mark in (before, after)]
    return f"{column} findings {ids[0]} → {ids[1]}" if ids[0] != ids[1] else f"{column} message"


def main() -> int:
    """Write the verdicts, or compare two files; the exit status is 1 where they differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, help="where the verdicts are written")
    parser.add_argument("--lab", action="append", choices=lab_names(), help="only this lab; may be repeated")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("BEFORE", "AFTER"))
    options = parser.parse_args()
    if options.compare:
        before, after = map(read, options.compare)
        found = list(differences(before, after))
        print(*found, f"{len(found)} of {len(before.keys() | after.keys())} verdicts differ.", sep="\n")
        return int(bool(found))
    if not options.out:
        parser.error("name the file to write, or --compare two files")
    torch.set_num_threads(1)
    with options.out.open("w", encoding="utf-8") as out:
        for line in lines(options.lab or list(lab_names())):
            print(line, file=out, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

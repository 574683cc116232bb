"""Finds whose a notebook is: by what the system says, by the notebook's identity cell, and by its name.

With a roster, the first of these decides that is true of a person in it: an id that nbgrader checked, Moodle's or
Canvas's number, the name or id in the path, the identity cell (`student_id_1`). Without a roster: an id that nbgrader
checked, the identity cell, the name in the path, made fit for a folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.collect.naming import Label
from autograder.course.roster import Person, folder_problem, plain
from autograder.intake.identity import read_identity
from autograder.notebook.identity import MIN_ID_LENGTH


@dataclass(frozen=True)
class Owner:
    """A student's id and the evidence for it; or no id, and the reason in `note`.

    `evidence` is "nbgrader", "number", "name" or "identity"; the manifest keeps it in the column `how`.
    """

    id: str = ""
    evidence: str = ""
    note: str = ""


def notebook_identity(content: bytes) -> dict[str, str]:
    """The fields of the identity cell; none where the notebook can't be read, which is for grading to say."""
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return read_identity(sources)


def find_owner(label: Label, identity: dict[str, str], people: dict[str, Person] | None) -> Owner:
    """The owner of a notebook; `people` is the roster, by id."""
    return _in_roster(label, identity, people) if people is not None else _without_roster(label, identity)


def _without_roster(label: Label, identity: dict[str, str]) -> Owner:
    claimed = identity.get("student_id_1", "")
    if label.student:
        problem = folder_problem(label.student)
        note = f"its folder can't name a student: {problem}" if problem else ""
        return Owner("" if problem else label.student, "nbgrader", note)
    if len(claimed) >= MIN_ID_LENGTH and not folder_problem(claimed):
        return Owner(claimed, "identity")
    name = re.sub(r"[^\w.@-]+", "_", label.name).strip("._-")
    if name and not folder_problem(name):
        return Owner(name, "name", "the identity cell names no id that can be used")
    return Owner(note="neither its name nor its identity cell says whose it is")


def _in_roster(label: Label, identity: dict[str, str], people: dict[str, Person]) -> Owner:
    first = _by_identity(identity.get("student_id_1", ""), people)
    partner = _by_identity(identity.get("student_id_2", ""), people)
    found, evidence = _by_label(label, people)
    if len(found) > 1:
        if first is not None and first in found:
            note = f"the name is that of {_ids(found)}; the identity cell decided"
            return Owner(first.id, "identity", note)
        return Owner(note=f"the name is that of {len(found)} students in the roster: {_ids(found)}")
    if found:
        person = found[0]
        if first is not None and person not in (first, partner):
            return Owner(person.id, evidence, f"its identity cell says {first.id}")
        return Owner(person.id, evidence)
    if first:
        return Owner(first.id, "identity")
    name, claimed = label.name or label.file, identity.get("student_id_1")
    cell = f"nor the id {claimed!r} in its identity cell" if claimed else "and its identity cell is empty"
    return Owner(note=f"{name!r} is not in the roster, {cell}")


def _ids(people: Iterable[Person]) -> str:
    return ", ".join(person.id for person in people)


def _by_identity(claimed: str, people: dict[str, Person]) -> Person | None:
    found = [person for person in people.values() if claimed and plain(claimed) in person.names]
    return found[0] if len(found) == 1 else None


def _by_label(label: Label, people: dict[str, Person]) -> tuple[list[Person], str]:
    """The people that a label may mean, and the evidence: the surest one that is true of anybody."""
    everybody = list(people.values())
    number = {"Moodle": "moodle_id", "Canvas": "canvas_id"}.get(label.system)
    if label.student:
        return [person for person in everybody if plain(label.student) in person.names], "nbgrader"
    if number:
        found = [person for person in everybody if label.number and getattr(person, number) == label.number]
        if found:
            return found, "number"
    for is_meant in (_has_same_name, _is_mentioned):
        found = [person for person in everybody if is_meant(label, person)]
        if found:
            return found, "name"
    return [], ""


def _has_same_name(label: Label, person: Person) -> bool:
    """Whether it is the whole name, its parts in any order; Canvas writes it as one word, the last name first."""
    written, real = _words(label.name), _words(person.name)
    if not written or not real:
        return False
    if label.system == "Canvas":
        rotations = ("".join(real[start:] + real[:start]) for start in range(len(real)))
        return "".join(written) in rotations
    return sorted(written) == sorted(real)


def _is_mentioned(label: Label, person: Person) -> bool:
    """Whether an id, an address or the whole name is somewhere in it: "Group 2-Ana Gómez", "sine_gan_ana01"."""
    text = plain(label.name)
    if any(
        re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text) for name in person.names if len(name) > 2
    ):
        return True
    words = _words(person.name)
    return len(words) > 1 and set(words) <= set(_words(label.name))


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(name))

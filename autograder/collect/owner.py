"""Whose a notebook is: by what the system says, then by the notebook's identity cell, then by its name.

With a roster: an id that nbgrader checked, Moodle's or Canvas's number, the name or id in the path, and last the
identity cell (`student_id_1`); each has to be that of one person in the roster. Without one: an id that nbgrader
checked, the identity cell, and last the name in the path, made fit for a folder.
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
    """A student's id and what it was taken from; or no id, and the reason in `note`."""

    id: str = ""
    how: str = ""
    note: str = ""


def notebook_identity(content: bytes) -> dict[str, str]:
    """What the identity cell says; nothing where the notebook can't be read, which grading will say."""
    try:
        cells = json.loads(content.decode("utf-8-sig"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return read_identity(sources)


def find_owner(label: Label, identity: dict[str, str], people: dict[str, Person] | None) -> Owner:
    """Whose the notebook is."""
    return _in_class(label, identity, people) if people is not None else _claimed(label, identity)


def _claimed(label: Label, identity: dict[str, str]) -> Owner:
    """Without a roster."""
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


def _in_class(label: Label, identity: dict[str, str], people: dict[str, Person]) -> Owner:
    theirs = _by_identity(identity.get("student_id_1", ""), people)
    partner = _by_identity(identity.get("student_id_2", ""), people)
    found, how = _by_label(label, people)
    if len(found) > 1:
        tie = [person for person in found if person is theirs]
        if tie:
            return Owner(
                tie[0].id, "identity", f"the name is that of {_ids(found)}; the identity cell decided"
            )
        return Owner(note=f"the name is that of {len(found)} students in the roster: {_ids(found)}")
    if found:
        person = found[0]
        other = theirs is not None and person not in (theirs, partner)
        return Owner(person.id, how, f"its identity cell says {theirs.id}" if other else "")
    if theirs:
        return Owner(theirs.id, "identity")
    name, claimed = label.name or label.file, identity.get("student_id_1")
    said = f"nor the id {claimed!r} in its identity cell" if claimed else "and its identity cell is empty"
    return Owner(note=f"{name!r} is not in the roster, {said}")


def _ids(people: Iterable[Person]) -> str:
    return ", ".join(person.id for person in people)


def _by_identity(claimed: str, people: dict[str, Person]) -> Person | None:
    found = [person for person in people.values() if claimed and plain(claimed) in person.names]
    return found[0] if len(found) == 1 else None


def _by_label(label: Label, people: dict[str, Person]) -> tuple[list[Person], str]:
    """Who may be meant, and by what: the surest way that finds anybody."""
    everybody = list(people.values())
    number = {"Moodle": "moodle_id", "Canvas": "canvas_id"}.get(label.system)
    if label.student:
        return [person for person in everybody if plain(label.student) in person.names], "nbgrader"
    ways = [("name", _same_name), ("name", _mentioned)]
    if number:
        found = [person for person in everybody if label.number and getattr(person, number) == label.number]
        if found:
            return found, "number"
    for how, fits in ways:
        found = [person for person in everybody if fits(label, person)]
        if found:
            return found, how
    return [], ""


def _same_name(label: Label, person: Person) -> bool:
    """The whole name, in any order of its parts; Canvas writes it as one word, the last name first."""
    name, theirs = _words(label.name), _words(person.name)
    if not name or not theirs:
        return False
    if label.system == "Canvas":
        turns = ("".join(theirs[turn:] + theirs[:turn]) for turn in range(len(theirs)))
        return "".join(name) in turns
    return sorted(name) == sorted(theirs)


def _mentioned(label: Label, person: Person) -> bool:
    """An id, an address or the whole name somewhere in the name: "Group 2-Ana Gómez", "sine_gan_ana01"."""
    text = plain(label.name)
    if any(
        re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text) for name in person.names if len(name) > 2
    ):
        return True
    words = _words(person.name)
    return len(words) > 1 and set(words) <= set(_words(label.name))


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", plain(name))

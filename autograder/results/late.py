"""Late penalties: when a submission came, when it was due, and what nbgrader's plugin takes off for being late."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.course.course import Course
from autograder.errors import CourseError, error_summary
from autograder.results.manual_grades import database, open_gradebook

TIMESTAMP = "timestamp.txt"
_LONGEST = 100  # bytes of a time


def handed_in_at(folder: Path) -> tuple[datetime | None, str | None]:
    """When a submission came, in UTC and without a zone, as the gradebook has it; and what is wrong with the file.

    The time is None where the folder has no timestamp.txt, or the file holds no time.
    """
    try:
        found = (folder / TIMESTAMP).lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST:
            raise ValueError("no short text file")
        text = (folder / TIMESTAMP).read_text(encoding="ascii").strip()
        return (parse_utc(text) if text else None), None
    except (FileNotFoundError, NotADirectoryError):
        return None, None
    except (OSError, ValueError, OverflowError, TypeError):
        place = os.path.join(*folder.parts[-2:], TIMESTAMP)
        return None, (
            f"{place} holds no time, so nobody knows whether this came late. Write the time into it, as in "
            "2026-11-20 15:58:23 UTC, or delete the file."
        )


def resources(out: Path, lab: str, student: str) -> dict[str, Any]:
    """What nbgrader's steps want to know about a submission and its gradebook."""
    about = {"notebook": lab, "assignment": lab, "student": student, "db_url": database(out)}
    return {"nbgrader": about, "metadata": {}}


def check_plugin(config: Config) -> None:
    """Raise CourseError where the configuration names a plugin that can't be used, before anything is graded."""
    try:
        AssignLatePenalties(config=config).init_plugin()
    except Exception as error:  # whatever the plugin's module does when it is imported
        raise CourseError(
            f"The late plugin that nbgrader_config.py names can't be used ({error_summary(error)}). For "
            '"late.SubMarks" put late.py, with the class SubMarks, beside nbgrader_config.py.'
        ) from None


def adopt_due_date(course: Course, config: Config, lab: str, out: Path) -> None:
    """Take over the lab's due date from the course's own gradebook, where `nbgrader db assignment add` writes it.

    Where that has none, the output folder's gradebook keeps its own.
    """
    address = config.CourseDirectory.get("db_url") or database(course.root)
    file = address.removeprefix("sqlite:///")
    if address == database(out) or (file != address and not Path(file).is_file()):
        return
    with open_gradebook(address) as gradebook:
        due = gradebook.db.query(Assignment.duedate).filter(Assignment.name == lab).scalar()
    if due is not None:
        with open_gradebook(database(out)) as gradebook:
            gradebook.update_or_create_assignment(lab, duedate=due)


def renew_penalties(course: Course, config: Config, out: Path) -> list[str]:
    """Make the penalties anew of all that was graded into a folder, as `nbgrader autograde --force` would.

    Due dates, extensions, the plugin, and marks that a person gave may have changed since. Without a plugin or method
    in the configuration all penalties stay as they are: a person may have set them. Returns a sentence for each
    submission where the plugin failed; there too the penalty stays.
    """
    if not (config.get("AssignLatePenalties") or config.get("LateSubmissionPlugin")):
        return []
    with open_gradebook(database(out)) as gradebook:
        labs = [assignment.name for assignment in gradebook.assignments]
    for lab in labs:
        adopt_due_date(course, config, lab, out)
    with open_gradebook(database(out)) as gradebook:
        touched = _late_or_penalised(gradebook)
    sentences = (_renew(config, out, lab, student) for lab, student in touched)
    return [sentence for sentence in sentences if sentence]


def _renew(config: Config, out: Path, lab: str, student: str) -> str | None:
    try:
        AssignLatePenalties(config=config).preprocess(NotebookNode(cells=[]), resources(out, lab, student))
    except Exception as error:  # the plugin is the course's own code
        return (
            f"{student}/{lab}: the late plugin of nbgrader_config.py failed ({error_summary(error)}), and the penalty "
            "stays as it was. Mend the plugin and run the command again."
        )
    return None


def _late_or_penalised(gradebook: Gradebook) -> list[tuple[str, str]]:
    """(lab, student) of the graded submissions that came late, or have a penalty."""
    submissions = gradebook.db.query(SubmittedAssignment).join(Assignment).order_by(Assignment.name)
    return [
        (submission.assignment.name, submission.student.id)
        for submission in submissions
        if submission.notebooks and (submission.late_submission_penalty or submission.total_seconds_late > 0)
    ]

"""What a person gave in the formgrader: marks of the written answers, comments, a penalty for being late."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.exc import SAWarning


@dataclass(frozen=True)
class ByHand:
    """`marks` by question, None while one waits for a person; `comments` by grade_id."""

    marks: Mapping[str, float | None] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0


def read_by_hand(db_url: str, lab: str, student: str, questions: Mapping[str, float]) -> ByHand:
    """What the gradebook holds of a submission; nothing where it is not in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # SQLAlchemy's remarks about how nbgrader uses it
        with Gradebook(db_url) as gradebook:
            try:
                notebook = gradebook.find_submission_notebook(lab, lab, student)
            except MissingEntry:
                return ByHand()
            marks = {
                grade.name: None if grade.manual_score is None and grade.auto_score is None else grade.score
                for grade in notebook.grades
                if grade.name in questions
            }
            comments = {comment.name: comment.comment for comment in notebook.comments if comment.comment}
            return ByHand(marks, comments, notebook.late_submission_penalty or 0.0)

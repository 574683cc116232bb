"""Where the results of a class lie; they are written whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.files.atomic import write_text
from autograder.labs import lab_names
from autograder.marking.verdict import Verdict
from autograder.results.submission import Submission

_TAKEN = ("gradebook.db", "grades.csv", "feedback", "autograded")  # names in the output folder
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError)
PENDING = ".pending"  # a regrade's results, until somebody says that they should count


@dataclass(frozen=True)
class ResultPaths:
    """Where the results of a submission lie below the output folder."""

    out: Path

    @property
    def pending(self) -> ResultPaths:
        """The paths of results that nobody has accepted yet."""
        return ResultPaths(self.out / PENDING)

    def verdict(self, submission: Submission | Verdict) -> Path:
        """verdict.json, written last: where it is, the submission is finished."""
        student = f"{submission.student}_" if submission.student in _TAKEN else submission.student
        return self.out / student / submission.lab / "verdict.json"

    def fingerprint(self, submission: Submission) -> Path:
        """What the verdict was made from."""
        return self.verdict(submission).with_name("fingerprint")

    def page(self, submission: Submission | Verdict) -> Path:
        """What the feedback page was made from."""
        return self.verdict(submission).with_name("page")

    def answers(self, submission: Submission | Verdict) -> Path:
        """Digests of what the student wrote, by the cells that carry its marks."""
        return self.verdict(submission).with_name("answers")

    def timing(self, submission: Submission) -> Path:
        """timing.json: the seconds that grading took."""
        return self.verdict(submission).with_name("timing.json")

    def notebook(self, submission: Submission | Verdict) -> Path:
        """The graded notebook, where nbgrader and its formgrader look for it."""
        return self.out / "autograded" / submission.student / submission.lab / f"{submission.lab}.ipynb"

    def read(self, submission: Submission) -> tuple[Verdict, Fingerprint] | None:
        """The verdict that is there, with what it was made from; None where there is none that can be read."""
        try:
            fingerprint = Fingerprint(**json.loads(self.fingerprint(submission).read_text(encoding="utf-8")))
            verdict = Verdict.from_json(json.loads(self.verdict(submission).read_text(encoding="utf-8")))
        except _DAMAGED:
            return None
        return verdict, fingerprint

    def seconds(self, submission: Submission) -> dict[str, float]:
        """What timing.json says; nothing where it can't be read."""
        try:
            raw = json.loads(self.timing(submission).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return raw if isinstance(raw, dict) else {}

    def write(self, submission: Submission, verdict: Verdict, fingerprint: Fingerprint) -> None:
        """Write the verdict, after everything else of the submission."""
        write_text(self.timing(submission), _json(verdict.timing))
        write_text(self.fingerprint(submission), _json(vars(fingerprint)))
        write_text(self.verdict(submission), _json(verdict.to_json()))

    def remove(self, submission: Submission) -> None:
        """Remove the verdict: before anything else of the submission changes."""
        self.verdict(submission).unlink(missing_ok=True)

    def forget(self, submission: Submission) -> None:
        """Remove everything of a submission, the verdict first, and the folders that are empty then."""
        for folder in (self.verdict(submission).parent, self.notebook(submission).parent):
            if folder.is_dir():
                self.remove(submission)
                shutil.rmtree(folder, ignore_errors=True)
                with contextlib.suppress(OSError):
                    os.removedirs(folder.parent)


@dataclass(frozen=True)
class Fingerprint:
    """Digests of what a verdict was made from: the submission; the lab with its checks and the environment."""

    submission: str
    course: str


def read_verdicts(out: Path) -> tuple[dict[Path, Verdict], list[str]]:
    """All verdicts in an output folder by their files, sorted by student and lab; a sentence for each unreadable file.

    Those of labs that the course no longer has are left out.
    """
    found: dict[Path, Verdict] = {}
    unreadable = []
    for path in out.glob("*/*/verdict.json"):
        if path.parts[-3] in _TAKEN or path.parts[-3].startswith("."):
            continue
        try:
            verdict = Verdict.from_json(json.loads(path.read_text(encoding="utf-8")))
        except _DAMAGED as error:
            reason = f"{type(error).__name__}: {error}"[:200]
            unreadable.append(
                f"{path.relative_to(out)} can't be read ({reason}). Grade it again with --force."
            )
            continue
        if verdict.lab in lab_names():
            found[path] = verdict
    in_order = sorted(found, key=lambda path: (found[path].student, found[path].lab))
    return {path: found[path] for path in in_order}, sorted(unreadable)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

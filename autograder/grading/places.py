"""Where the results of a class lie, and how they are written: whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.grading.intake import Submission
from autograder.marking.verdict import Verdict

_TAKEN = ("gradebook.db", "grades.csv", "feedback", "autograded")  # names in the output folder
PENDING = ".pending"  # a regrade's results, until somebody says that they should count


@dataclass(frozen=True)
class Places:
    """Where the results of a submission lie below the output folder."""

    out: Path

    @property
    def pending(self) -> Places:
        """The places of results that nobody has accepted yet."""
        return Places(self.out / PENDING)

    def verdict(self, submission: Submission) -> Path:
        """verdict.json, written last: where it is, the submission is finished."""
        student = f"{submission.student}_" if submission.student in _TAKEN else submission.student
        return self.out / student / submission.lab / "verdict.json"

    def fingerprint(self, submission: Submission) -> Path:
        """What the verdict was made from."""
        return self.verdict(submission).with_name("fingerprint")

    def timing(self, submission: Submission) -> Path:
        """timing.json: the seconds that grading took."""
        return self.verdict(submission).with_name("timing.json")

    def notebook(self, submission: Submission) -> Path:
        """The graded notebook, where nbgrader and its formgrader look for it."""
        return self.out / "autograded" / submission.student / submission.lab / f"{submission.lab}.ipynb"

    def read(self, submission: Submission) -> tuple[Verdict, Fingerprint] | None:
        """The verdict that is there, with what it was made from; None where there is none that can be read."""
        try:
            fingerprint = Fingerprint(**json.loads(self.fingerprint(submission).read_text(encoding="utf-8")))
            verdict = Verdict.from_json(json.loads(self.verdict(submission).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
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
        """The verdict, last of all that is written of a submission."""
        write_whole(self.timing(submission), _json(verdict.timing))
        write_whole(self.fingerprint(submission), _json(vars(fingerprint)))
        write_whole(self.verdict(submission), _json(verdict.to_json()))

    def remove(self, submission: Submission) -> None:
        """The verdict goes before anything of it changes."""
        self.verdict(submission).unlink(missing_ok=True)

    def forget(self, submission: Submission) -> None:
        """Everything of a submission goes, the verdict first, and the folders that are empty then."""
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


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, also when the power goes. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.part")
    with open(partial, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)
    with contextlib.suppress(OSError):  # not every file system lets a folder be synchronised
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

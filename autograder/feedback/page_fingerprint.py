"""What a page was made from, as digests: it is written again when one of them changes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from autograder.marking.verdict import Verdict
from autograder.results.fingerprints import version_of
from autograder.results.manual_grades import ManualGrades

_PACKAGES = ("nh3", "latex2mathml", "pygments", "nbconvert")


@dataclass(frozen=True)
class MadeFrom:
    """Digests of what a page was made from: the code that makes it; the verdict and what was given by hand."""

    code: str
    marks: str

    def to_text(self) -> str:
        """The form of the file beside the verdict."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, path: Path) -> MadeFrom:
        """What a file says; where it can't be read, nothing that is true of any page."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return cls("", "")


def made_from(verdict: Verdict, by_hand: ManualGrades) -> MadeFrom:
    """What the page of a submission is made from now."""
    marks = json.dumps([verdict.to_json(), asdict(by_hand)], sort_keys=True)
    return MadeFrom(_code(), hashlib.sha256(marks.encode(errors="surrogatepass")).hexdigest())


@cache
def _code() -> str:
    digest = hashlib.sha256(" ".join(version_of(name) for name in _PACKAGES).encode())
    here = Path(__file__).parent
    for path in [*sorted(here.glob("*.*")), here.parent / "notebook" / "banner.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()

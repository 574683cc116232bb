"""The fingerprint of a page: digests of what it was made from; when one of them changes, the page is written again."""

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
class PageFingerprint:
    """Two digests: of the code that makes the page; of the verdict and the manual grades."""

    code: str
    marks: str

    def to_text(self) -> str:
        """The fingerprint as the file beside the verdict has it."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def read(cls, path: Path) -> PageFingerprint:
        """The fingerprint in a file; where it can't be read, one that is different from all others."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return cls("", "")


def page_fingerprint(verdict: Verdict, manual_grades: ManualGrades) -> PageFingerprint:
    """The fingerprint of the page that these would make now."""
    marks = json.dumps([verdict.to_json(), asdict(manual_grades)], sort_keys=True)
    return PageFingerprint(_code(), hashlib.sha256(marks.encode(errors="surrogatepass")).hexdigest())


@cache
def _code() -> str:
    digest = hashlib.sha256(" ".join(version_of(name) for name in _PACKAGES).encode())
    folder = Path(__file__).parent
    for path in [*sorted(folder.glob("*.*")), folder.parent / "notebook" / "banner.py"]:
        digest.update(path.read_bytes())
    return digest.hexdigest()

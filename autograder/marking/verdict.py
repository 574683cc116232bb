"""Verdicts: the marks of an exercise and of a submission, and the findings behind them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Finding:
    """One thing that differs. `id` is stable; `mistake` names the catalogue's mistake if the numbers are its."""

    id: str
    message: str
    hidden: bool = False
    mistake: str | None = None


@dataclass(frozen=True)
class Mark:
    """What an exercise earned, and why not more."""

    score: float
    max_score: float
    findings: tuple[Finding, ...] = ()

    @property
    def full(self) -> bool:
        """Whether nothing was lost."""
        return self.score == self.max_score


@dataclass
class Verdict:
    """What a submission earned by machine: `checks` maps test cells to marks."""

    lab: str
    student: str
    max_score: float
    status: str = "graded"
    notes: list[str] = field(default_factory=list)
    checks: dict[str, Mark] = field(default_factory=dict)
    timing: dict[str, float] = field(default_factory=dict, compare=False)  # seconds; not part of verdict.json

    @property
    def score(self) -> float:
        """The machine's marks together."""
        return float(sum(mark.score for mark in self.checks.values()))

    def needs_attention(self, note: str) -> None:
        """A person has to look at this submission."""
        self.status = "needs_attention"
        self.notes.append(note)

    def to_json(self) -> dict[str, Any]:
        """The form of verdict.json."""
        return {
            "lab": self.lab,
            "student": self.student,
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "notes": list(self.notes),
            "checks": {name: asdict(mark) for name, mark in self.checks.items()},
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Verdict:
        """The verdict that `to_json` described."""
        marks = {
            name: Mark(
                mark["score"], mark["max_score"], tuple(Finding(**found) for found in mark["findings"])
            )
            for name, mark in raw["checks"].items()
        }
        return cls(raw["lab"], raw["student"], raw["max_score"], raw["status"], list(raw["notes"]), marks)

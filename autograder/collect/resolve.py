"""One student's notebooks for a lab: the last one in time counts, all others are kept beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.collect.manifest import Entry
from autograder.collect.naming import write_timestamp
from autograder.collect.owner import Owner
from autograder.collect.uploads import STAMP, Upload

DOUBT = "which one came in time is not known, nor which one counts: compare by hand"


@dataclass(frozen=True)
class Line:
    """A line of the report."""

    student: str
    source: str
    when: str
    what: str
    note: str = ""
    attention: bool = False


@dataclass
class Plan:
    """What there is to do, in this order: move, write, and enter in the ledger."""

    moves: list[tuple[Path, Path]] = field(default_factory=list)
    writes: list[tuple[Path, Upload]] = field(default_factory=list)
    stamps: list[tuple[Path, str | None]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def say(self, one: Owned, what: str, problem: str = "") -> None:
        """Add a line about an upload."""
        note = "; ".join(filter(None, (problem, one.owner.note, one.entry.late)))
        attention = bool(problem or one.owner.note)
        when = shown(one.upload.when)
        self.lines.append(Line(one.entry.student, one.upload.source, when, what, note, attention))


@dataclass(frozen=True)
class Owned:
    """An upload whose student is known."""

    upload: Upload
    owner: Owner
    entry: Entry


def resolve(theirs: list[Owned], before: list[Entry], submitted: Path, plan: Plan) -> None:
    """Add to the plan what becomes of one student's uploads; `before` is what was collected of them earlier."""
    student, lab = before[0].student if before else theirs[0].owner.id, theirs[0].entry.lab
    counts = submitted / student / lab / f"{lab}.ipynb"
    theirs = [replace(one, entry=replace(one.entry, student=student)) for one in theirs]
    gone = [entry for entry in before if not (submitted / entry.file).is_file()]
    before = [entry for entry in before if entry not in gone]
    plan.entries = [entry for entry in plan.entries if entry not in gone]
    adopted = _interrupted(theirs, before, counts, submitted)
    plan.entries += adopted
    fresh = _fresh(theirs, before + adopted, plan)
    if fresh:
        _place(fresh, before + adopted, counts, submitted, plan)


def _interrupted(theirs: list[Owned], before: list[Entry], counts: Path, submitted: Path) -> list[Entry]:
    """The entry for a notebook that lies in its place already, because an earlier run did not come to an end."""
    here, known = _sha256(counts), {entry.sha256 for entry in before}
    same = [one.entry for one in theirs if one.entry.sha256 == here and here not in known]
    return [replace(entry, file=_below(counts, submitted)) for entry in same[:1]]


def _fresh(theirs: list[Owned], before: list[Entry], plan: Plan) -> list[Owned]:
    """Those that were not collected yet; of two that are the same the one that came in time, or first."""
    seen, fresh = {entry.sha256 for entry in before}, []
    for one in sorted(theirs, key=lambda one: (bool(one.entry.late), one.entry.rank)):
        if one.entry.sha256 in seen:
            plan.say(one, "already there")
        else:
            seen.add(one.entry.sha256)
            fresh.append(one)
    return fresh


def _place(fresh: list[Owned], before: list[Entry], counts: Path, submitted: Path, plan: Plan) -> None:
    current = next((entry for entry in before if entry.file == _below(counts, submitted)), None)
    best = max([*([current] if current else []), *(one.entry for one in fresh)], key=lambda entry: entry.rank)
    doubtful = _doubtful(current, fresh, best)
    taken = _taken_by_another(counts, current)
    if current and best is not current and not taken:
        aside = _aside(current, submitted)
        plan.moves.append((counts, aside))
        plan.entries[plan.entries.index(current)] = replace(current, file=_below(aside, submitted))
    for one in fresh:
        chosen = one.entry is best and not taken
        target = counts if chosen else _aside(one.entry, submitted)
        plan.writes.append((target, one.upload))
        plan.entries.append(replace(one.entry, file=_below(target, submitted)))
        if chosen:
            stamp = write_timestamp(one.upload.when) if one.upload.exact and one.upload.when else None
            plan.stamps.append((counts.with_name(STAMP), stamp))
        what = ("replaces an earlier one" if current else "collected") if chosen else "kept beside"
        problems = [taken if one.entry is best else "", DOUBT if one.entry in doubtful else ""]
        plan.say(one, what, "; ".join(filter(None, problems)))


def _doubtful(current: Entry | None, fresh: list[Owned], best: Entry) -> list[Entry]:
    """Those of which one counts only because another is perhaps late, the one that counts among them."""
    every = [*([current] if current else []), *(one.entry for one in fresh)]
    rivals = [entry for entry in every if entry is not best and entry.may_outrank(best)]
    return [best, *rivals] if rivals else []


def _taken_by_another(counts: Path, current: Entry | None) -> str:
    """Why what lies in the place of the counting notebook is not to be moved, or ""."""
    folder = counts.parent
    if folder.is_symlink() or folder.parent.is_symlink():
        return f"{folder} is a link"
    there = [path for path in folder.iterdir() if path.suffix.lower() == ".ipynb"] if folder.is_dir() else []
    if not there or there == [counts] and current and _sha256(counts) == current.sha256:
        return ""
    return f"in {folder} lies a notebook that collect did not put there, or that was changed since: compare by hand"


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _aside(entry: Entry, submitted: Path) -> Path:
    """`others/<lab>/`, which nothing grades; the name says when and tells versions apart."""
    when = datetime.fromisoformat(entry.when).strftime("%Y-%m-%d_%H%M%S") if entry.when else "no_date"
    marks = [when, f"upload{entry.upload}" if entry.upload else "", entry.late.replace(" ", "_")]
    name = "_".join(filter(None, [*marks, entry.sha256[:8]]))
    return submitted / entry.student / "others" / entry.lab / f"{name}.ipynb"


def _below(path: Path, submitted: Path) -> str:
    return path.relative_to(submitted).as_posix()


def shown(when: datetime | None) -> str:
    """A time as the report shows it."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M") if when else ""

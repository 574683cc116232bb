"""One student's notebooks for a lab: the last one in time counts, and all others are kept beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.collect.manifest import Entry
from autograder.collect.naming import write_timestamp
from autograder.collect.owner import Owner
from autograder.collect.uploads import TIMESTAMP_FILE, Upload

DOUBT = "which one came in time is not known, nor which one counts: compare by hand"


@dataclass(frozen=True)
class ReportLine:
    """A line of the printed report: what becomes of a notebook, and whether a person has to look at it."""

    student: str
    source: str
    when: str
    outcome: str
    note: str = ""
    attention: bool = False


@dataclass
class Plan:
    """What there is to do, in this order: move files, write notebooks and timestamps, enter all in the manifest."""

    moves: list[tuple[Path, Path]] = field(default_factory=list)
    writes: list[tuple[Path, Upload]] = field(default_factory=list)
    timestamps: list[tuple[Path, str | None]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    lines: list[ReportLine] = field(default_factory=list)

    def report(self, owned: OwnedUpload, outcome: str, problem: str = "") -> None:
        """Add a line about an upload."""
        note = "; ".join(filter(None, (problem, owned.owner.note, owned.entry.late)))
        attention = bool(problem or owned.owner.note)
        when = time_text(owned.upload.when)
        self.lines.append(
            ReportLine(owned.entry.student, owned.upload.source, when, outcome, note, attention)
        )


@dataclass(frozen=True)
class OwnedUpload:
    """An upload whose student is known, with the entry that the manifest will have of it."""

    upload: Upload
    owner: Owner
    entry: Entry


def resolve(uploads: list[OwnedUpload], earlier: list[Entry], submitted: Path, plan: Plan) -> None:
    """Add to the plan what becomes of one student's uploads; `earlier` are the entries of what was collected before."""
    student, lab = earlier[0].student if earlier else uploads[0].owner.id, uploads[0].entry.lab
    target = submitted / student / lab / f"{lab}.ipynb"  # the notebook that counts
    uploads = [replace(owned, entry=replace(owned.entry, student=student)) for owned in uploads]
    deleted = [entry for entry in earlier if not (submitted / entry.file).is_file()]
    earlier = [entry for entry in earlier if entry not in deleted]
    plan.entries = [entry for entry in plan.entries if entry not in deleted]
    interrupted = _interrupted(uploads, earlier, target, submitted)
    plan.entries += interrupted
    new = _new_uploads(uploads, earlier + interrupted, plan)
    if new:
        _place(new, earlier + interrupted, target, submitted, plan)


def _interrupted(
    uploads: list[OwnedUpload], earlier: list[Entry], target: Path, submitted: Path
) -> list[Entry]:
    """The entry for a notebook that is in its place already, because an earlier run was interrupted."""
    present, known = _sha256(target), {entry.sha256 for entry in earlier}
    same = [owned.entry for owned in uploads if owned.entry.sha256 == present and present not in known]
    return [replace(entry, file=_relative(target, submitted)) for entry in same[:1]]


def _new_uploads(uploads: list[OwnedUpload], earlier: list[Entry], plan: Plan) -> list[OwnedUpload]:
    """The uploads that were not collected yet; of two that are the same, the one that came in time, or first."""
    seen, new = {entry.sha256 for entry in earlier}, []
    for owned in sorted(uploads, key=lambda owned: (bool(owned.entry.late), owned.entry.rank)):
        if owned.entry.sha256 in seen:
            plan.report(owned, "already there")
        else:
            seen.add(owned.entry.sha256)
            new.append(owned)
    return new


def _place(
    uploads: list[OwnedUpload], earlier: list[Entry], target: Path, submitted: Path, plan: Plan
) -> None:
    """Put the best notebook at `target` and every other one beside it."""
    current = next((entry for entry in earlier if entry.file == _relative(target, submitted)), None)
    entries = [*([current] if current else []), *(owned.entry for owned in uploads)]
    best = max(entries, key=lambda entry: entry.rank)
    doubtful = _doubtful(entries, best)
    obstacle = _obstacle(target, current)
    if current and best is not current and not obstacle:
        aside = _path_beside(current, submitted)
        plan.moves.append((target, aside))
        plan.entries[plan.entries.index(current)] = replace(current, file=_relative(aside, submitted))
    for owned in uploads:
        counts = owned.entry is best and not obstacle
        path = target if counts else _path_beside(owned.entry, submitted)
        plan.writes.append((path, owned.upload))
        plan.entries.append(replace(owned.entry, file=_relative(path, submitted)))
        if counts:
            plan.timestamps.append((target.with_name(TIMESTAMP_FILE), _timestamp(owned.upload)))
        outcome = ("replaces an earlier one" if current else "collected") if counts else "kept beside"
        problems = [obstacle if owned.entry is best else "", DOUBT if owned.entry in doubtful else ""]
        plan.report(owned, outcome, "; ".join(filter(None, problems)))


def _timestamp(upload: Upload) -> str | None:
    return write_timestamp(upload.when) if upload.exact and upload.when else None


def _doubtful(entries: list[Entry], best: Entry) -> list[Entry]:
    """The entries that would count if they came in time, which is not known, with the one that counts instead."""
    rivals = [entry for entry in entries if entry is not best and entry.may_outrank(best)]
    return [best, *rivals] if rivals else []


def _obstacle(target: Path, current: Entry | None) -> str:
    """Why the file at `target` must not be moved, or "" where it may."""
    folder = target.parent
    if folder.is_symlink() or folder.parent.is_symlink():
        return f"{folder} is a link"
    present = (
        [path for path in folder.iterdir() if path.suffix.lower() == ".ipynb"] if folder.is_dir() else []
    )
    if not present or (present == [target] and current and _sha256(target) == current.sha256):
        return ""
    return f"in {folder} lies a notebook that collect did not put there, or that was changed since: compare by hand"


def _sha256(path: Path) -> str:
    """The digest of a file, or "" where it can't be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _path_beside(entry: Entry, submitted: Path) -> Path:
    """A path in `others/<lab>/`, which nothing grades; the name says when, and tells versions apart."""
    when = datetime.fromisoformat(entry.when).strftime("%Y-%m-%d_%H%M%S") if entry.when else "no_date"
    parts = [when, f"upload{entry.upload}" if entry.upload else "", entry.late.replace(" ", "_")]
    name = "_".join(filter(None, [*parts, entry.sha256[:8]]))
    return submitted / entry.student / "others" / entry.lab / f"{name}.ipynb"


def _relative(path: Path, submitted: Path) -> str:
    return path.relative_to(submitted).as_posix()


def time_text(when: datetime | None) -> str:
    """A time as the report shows it: local, to the minute."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M") if when else ""

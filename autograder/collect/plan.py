"""What collecting would do: which notebook of each student counts, which are kept beside it, what is in doubt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.collect.manifest import PERHAPS, Entry
from autograder.collect.owner import Owner, find_owner
from autograder.collect.resolve import Line, Owned, Plan, resolve, shown
from autograder.collect.uploads import Upload
from autograder.course.roster import Person, plain


def make_plan(
    uploads: list[Upload],
    known: list[Entry],
    people: dict[str, Person] | None,
    submitted: Path,
    lab: str,
    due: datetime | None,
) -> Plan:
    """The plan for one lab. Nothing is written here."""
    plan = Plan(entries=list(known))
    claims: dict[str, list[Owned]] = defaultdict(list)
    for upload in uploads:
        owner = find_owner(upload.label, upload.identity, people)
        if not owner.id:
            plan.lines.append(Line("", upload.source, shown(upload.when), "not collected", owner.note, True))
            continue
        upload = _with_time(upload, people[owner.id]) if people else upload
        claims[plain(owner.id)].append(Owned(upload, owner, _entry(upload, owner, lab, due)))
    for theirs in claims.values():
        before = [one for one in known if one.lab == lab and plain(one.student) == plain(theirs[0].owner.id)]
        accepted = _undisputed(theirs, before, plan)
        if accepted:
            resolve(accepted, before, submitted, plan)
    return plan


def _with_time(upload: Upload, person: Person) -> Upload:
    """With the time of handing in, where Moodle's grading worksheet is the roster."""
    if upload.exact or upload.label.system != "Moodle":
        return upload
    when = read_worksheet_time(person.handed_in)
    return replace(upload, when=when, exact=True) if when else upload


def read_worksheet_time(text: str) -> datetime | None:
    """Moodle's "Friday, 20 November 2026, 3:58 PM" (or ISO), in local time; None for "-"."""
    from dateutil import parser

    try:
        when = parser.parse(text).astimezone() if any(sign.isdigit() for sign in text) else None
        return when if when and 1970 <= when.year < 9999 else None
    except (ValueError, OverflowError):
        return None


def _entry(upload: Upload, owner: Owner, lab: str, due: datetime | None) -> Entry:
    label = upload.label
    timed = upload.exact or label.system == "folder"
    # The systems' zips carry the time of the download; only Canvas says beside it what was late.
    after = bool(due and upload.when and upload.when > due and label.system != "Canvas")
    return Entry(
        student=owner.id,
        lab=lab,
        file="",
        sha256=upload.sha256,
        system=label.system,
        uploader=upload.claim,
        source=upload.source,
        when=upload.when.isoformat(timespec="seconds") if upload.when else "",
        late="late" if label.late or after and timed else PERHAPS if after else "",
        upload=str(label.upload or ""),
        how=owner.how,
    )


def _undisputed(theirs: list[Owned], before: list[Entry], plan: Plan) -> list[Owned]:
    """Without those that only claim an id which somebody else has, or claims as well."""
    sure = {one.upload.claim for one in theirs if one.owner.how != "identity"}
    sure |= {entry.uploader for entry in before}
    claimed = {one.upload.claim for one in theirs if one.owner.how == "identity"}
    if len(sure | claimed) <= 1:
        return theirs
    accepted = []
    for one in theirs:
        if one.owner.how != "identity" or sure == {one.upload.claim}:
            accepted.append(one)
            continue
        others = {other.upload.source for other in theirs if other.upload.claim != one.upload.claim}
        others |= {entry.source for entry in before if entry.uploader != one.upload.claim}
        note = f"the id {one.owner.id} in its identity cell is also that of {', '.join(sorted(others))}"
        plan.lines.append(
            Line(one.owner.id, one.upload.source, shown(one.upload.when), "conflict", note, True)
        )
    return accepted

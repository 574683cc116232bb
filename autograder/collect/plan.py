"""What collecting would do: which notebook of each student counts, which are kept beside it, and what is in doubt."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from autograder.collect.manifest import PERHAPS_LATE, Entry
from autograder.collect.owner import Owner, find_owner
from autograder.collect.resolve import OwnedUpload, Plan, ReportLine, resolve, time_text
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
    """The plan for one lab; `known` are the manifest's entries. Nothing is written here."""
    plan = Plan(entries=list(known))
    by_student: dict[str, list[OwnedUpload]] = defaultdict(list)
    for upload in uploads:
        owner = find_owner(upload.label, upload.identity, people)
        if not owner.id:
            when = time_text(upload.when)
            plan.lines.append(ReportLine("", upload.source, when, "not collected", owner.note, True))
            continue
        upload = _with_time(upload, people[owner.id]) if people else upload
        by_student[plain(owner.id)].append(OwnedUpload(upload, owner, _entry(upload, owner, lab, due)))
    for student, owned_uploads in by_student.items():
        earlier = [entry for entry in known if entry.lab == lab and plain(entry.student) == student]
        accepted = _undisputed(owned_uploads, earlier, plan)
        if accepted:
            resolve(accepted, earlier, submitted, plan)
    return plan


def _with_time(upload: Upload, person: Person) -> Upload:
    """The upload with its time of handing in, where the roster is Moodle's grading worksheet."""
    if upload.exact or upload.label.system != "Moodle":
        return upload
    when = read_worksheet_time(person.handed_in)
    return replace(upload, when=when, exact=True) if when else upload


def read_worksheet_time(text: str) -> datetime | None:
    """The time that Moodle writes as "Friday, 20 November 2026, 3:58 PM" (or ISO), local; None for "-"."""
    from dateutil import parser

    try:
        when = parser.parse(text).astimezone() if any(sign.isdigit() for sign in text) else None
        return when if when and 1970 <= when.year < 9999 else None
    except (ValueError, OverflowError):
        return None


def _entry(upload: Upload, owner: Owner, lab: str, due: datetime | None) -> Entry:
    """The manifest's entry; where the notebook will lie is not known yet."""
    return Entry(
        student=owner.id,
        lab=lab,
        file="",
        sha256=upload.sha256,
        system=upload.label.system,
        uploader=upload.claimant,
        source=upload.source,
        when=upload.when.isoformat(timespec="seconds") if upload.when else "",
        late=_lateness(upload, due),
        upload=str(upload.label.upload or ""),
        how=owner.evidence,
    )


def _lateness(upload: Upload, due: datetime | None) -> str:
    """Whether an upload is late: "late", PERHAPS_LATE or "".

    The zips of Moodle and Canvas carry the time of the download; Canvas says in the name what was late.
    """
    if upload.label.late:
        return "late"
    if not due or not upload.when or upload.when <= due or upload.label.system == "Canvas":
        return ""
    return "late" if upload.exact or upload.label.system == "folder" else PERHAPS_LATE


def _undisputed(uploads: list[OwnedUpload], earlier: list[Entry], plan: Plan) -> list[OwnedUpload]:
    """The uploads of one student id without those that only claim it, where somebody else has or claims it too."""
    certain = {owned.upload.claimant for owned in uploads if owned.owner.evidence != "identity"}
    certain |= {entry.uploader for entry in earlier}
    claimed = {owned.upload.claimant for owned in uploads if owned.owner.evidence == "identity"}
    if len(certain | claimed) <= 1:
        return uploads
    accepted = []
    for owned in uploads:
        upload, owner = owned.upload, owned.owner
        if owner.evidence != "identity" or certain == {upload.claimant}:
            accepted.append(owned)
            continue
        others = {other.upload.source for other in uploads if other.upload.claimant != upload.claimant}
        others |= {entry.source for entry in earlier if entry.uploader != upload.claimant}
        note = f"the id {owner.id} in its identity cell is also that of {', '.join(sorted(others))}"
        when = time_text(upload.when)
        plan.lines.append(ReportLine(owner.id, upload.source, when, "conflict", note, True))
    return accepted

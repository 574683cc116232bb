"""From the files of downloads to uploads: one notebook each, with what is known about whose it is and when it came."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from autograder.collect.archive import Item, Refused, Unreadable, inner_items, read_download
from autograder.collect.naming import Label, read_label, read_timestamp, tidy
from autograder.collect.owner import notebook_identity

STAMP = "timestamp.txt"


@dataclass(frozen=True)
class Upload:
    """A notebook that somebody handed in. `when` is the time of handing in if `exact`, else that of the file."""

    label: Label
    source: str
    sha256: str
    identity: dict[str, str]
    read: Callable[[], bytes]
    when: datetime | None
    exact: bool

    @property
    def claim(self) -> str:
        """Tells two people who give the same id apart."""
        if self.label.system == "folder":
            return " ".join(self.identity.get("signature_1", "").casefold().split())
        return f"{self.label.system} {self.label.uploader}"


@dataclass
class Found:
    """What downloads hold: uploads, what could not be taken and why, and how much was of no interest."""

    uploads: list[Upload] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    other_labs: int = 0
    other_files: int = 0


def find_uploads(sources: list[Path], lab: str, labs: list[str]) -> Found:
    """The uploads for a lab in these downloads."""
    found = Found()
    for source in sources:
        items = []
        for item in read_download(source):
            (found.refused if isinstance(item, Refused) else items).append(item)
        for files in _groups(items, lab, labs, found):
            found.uploads += _chosen(files, lab, labs, found)
    return found


def _groups(items: list[Item], lab: str, labs: list[str], found: Found) -> Iterator[list[tuple[Label, Item]]]:
    """What belongs to one upload: a person's files in a system's download, nbgrader's folder, else a file."""
    notebooks = Counter(item.path[:-1] for item in items if _is(item.name, ".ipynb"))
    stamps = {item.path[:-1]: _stamp(item) for item in items if item.path[-1] == STAMP}
    groups: dict[tuple[str, str, str], list[tuple[Label, Item]]] = {}
    for item in items:
        if not _is(item.name, ".ipynb", ".zip"):
            found.other_files += item.path[-1] != STAMP
            continue
        label = read_label(item.path, labs, alone=notebooks[item.path[:-1]] <= 1)
        if label.lab not in ("", lab):
            found.other_labs += 1
            continue
        if label.system == "nbgrader" and (when := label.when or stamps.get(item.path[:-1])):
            label = Label(**(vars(label) | {"when": when}))
        upload = str(label.when) if label.system == "nbgrader" else ""
        groups.setdefault((label.system, label.uploader, upload), []).append((label, item))
    yield from groups.values()


def _is(name: str, *endings: str) -> bool:
    return name.lower().endswith(endings)


def _stamp(item: Item) -> datetime | None:
    try:
        return read_timestamp(item.read()[:100].decode("ascii", "replace"))
    except Unreadable:
        return None


def _chosen(files: list[tuple[Label, Item]], lab: str, labs: list[str], found: Found) -> list[Upload]:
    """The notebook of an upload that is the lab's; more than one, and none that is called like it, is refused."""
    uploads = []
    for label, item in files:
        for inner in [item] if _is(item.name, ".ipynb") else _unpacked(item, found):
            try:
                uploads.append(_upload(label, item, inner))
            except Unreadable as reason:
                found.refused.append(Refused(item.name, str(reason)))
    named = [upload for upload in uploads if tidy(upload.label.file).lower() == f"{lab}.ipynb"]
    others = [
        upload for upload in uploads if tidy(upload.label.file)[:-6].lower() in labs and upload not in named
    ]
    uploads = named or [upload for upload in uploads if upload not in others]
    found.other_labs += len(others) if uploads else 0
    if named and named[0].label.system == "Canvas":
        return named  # attempts, whose numbers grow: several downloads put together
    if len({upload.sha256 for upload in uploads}) > 1:
        names = ", ".join(upload.source for upload in uploads)
        reason = (
            f"the upload holds {len(uploads)} notebooks ({names}): keep the one that counts, as {lab}.ipynb"
        )
        found.refused.append(Refused(uploads[0].label.uploader, reason))
        return []
    if not uploads and others:
        found.refused.append(Refused(others[0].source, f"it is called after another lab, not {lab}"))
    return uploads[:1]


def _unpacked(item: Item, found: Found) -> list[Item]:
    """The notebooks of a zip that a student handed in."""
    try:
        inner = inner_items(item.read())
    except Unreadable as reason:
        found.refused.append(Refused(item.name, str(reason)))
        return []
    found.refused += [
        Refused(f"{item.name}: {one.name}", one.reason) for one in inner if isinstance(one, Refused)
    ]
    notebooks = [one for one in inner if isinstance(one, Item) and _is(one.name, ".ipynb")]
    if not notebooks:
        found.refused.append(Refused(item.name, "it is a zip without a notebook"))
    return notebooks


def _upload(label: Label, item: Item, inner: Item) -> Upload:
    content = inner.read()
    if inner is not item:
        label = Label(**(vars(label) | {"file": inner.path[-1]}))
    source = item.name if inner is item else f"{item.name}: {inner.name}"
    when, exact = label.when or item.when, label.when is not None
    sha256 = hashlib.sha256(content).hexdigest()
    return Upload(label, source, sha256, notebook_identity(content), inner.read, when, exact)

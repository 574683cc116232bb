"""From the files of downloads to uploads: one notebook each, with what is known about its student and its time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder.collect.archive import DownloadedFile, Refused, Unreadable, inner_files, read_download
from autograder.collect.naming import Label, read_label, read_timestamp, tidy
from autograder.collect.owner import notebook_identity

TIMESTAMP_FILE = "timestamp.txt"


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
    def claimant(self) -> str:
        """A text that tells two people who give the same student id apart."""
        if self.label.system == "folder":
            return " ".join(self.identity.get("signature_1", "").casefold().split())
        return f"{self.label.system} {self.label.uploader}"


@dataclass
class DownloadContents:
    """What downloads hold: uploads, what was refused and why, and how many files were of no interest."""

    uploads: list[Upload] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    other_labs: int = 0
    other_files: int = 0


def find_uploads(sources: list[Path], lab: str, labs: list[str]) -> DownloadContents:
    """The uploads for a lab in these downloads."""
    contents = DownloadContents()
    for source in sources:
        files: list[DownloadedFile] = []
        for file in read_download(source):
            if isinstance(file, Refused):
                contents.refused.append(file)
            else:
                files.append(file)
        for group in _groups(files, lab, labs, contents):
            contents.uploads += _chosen(group, lab, labs, contents)
    return contents


def _groups(
    files: list[DownloadedFile], lab: str, labs: list[str], contents: DownloadContents
) -> Iterator[list[tuple[Label, DownloadedFile]]]:
    """The files of each upload: a person's in a system's download, those of a folder of nbgrader's, or a single one."""
    notebooks = Counter(file.path[:-1] for file in files if _has_suffix(file.name, ".ipynb"))
    times = {file.path[:-1]: _read_time(file) for file in files if file.path[-1] == TIMESTAMP_FILE}
    groups: dict[tuple[str, str, str], list[tuple[Label, DownloadedFile]]] = {}
    for file in files:
        folder = file.path[:-1]
        if not _has_suffix(file.name, ".ipynb", ".zip"):
            contents.other_files += file.path[-1] != TIMESTAMP_FILE
            continue
        label = read_label(file.path, labs, alone=notebooks[folder] <= 1)
        if label.lab not in ("", lab):
            contents.other_labs += 1
            continue
        if label.system == "nbgrader" and (when := label.when or times.get(folder)):
            label = replace(label, when=when)
        upload = str(label.when) if label.system == "nbgrader" else ""
        groups.setdefault((label.system, label.uploader, upload), []).append((label, file))
    yield from groups.values()


def _has_suffix(name: str, *suffixes: str) -> bool:
    return name.lower().endswith(suffixes)


def _read_time(file: DownloadedFile) -> datetime | None:
    try:
        return read_timestamp(file.read()[:100].decode("ascii", "replace"))
    except Unreadable:
        return None


def _chosen(
    group: list[tuple[Label, DownloadedFile]], lab: str, labs: list[str], contents: DownloadContents
) -> list[Upload]:
    """The notebook of an upload that is for the lab.

    The one that has the lab's name is taken, else the only one that has no other lab's name; several are refused.
    Canvas's attempts, which several downloads may hold together, are all taken.
    """
    uploads = _notebooks(group, contents)
    named = [upload for upload in uploads if tidy(upload.label.file).lower() == f"{lab}.ipynb"]
    others = [
        upload for upload in uploads if tidy(upload.label.file)[:-6].lower() in labs and upload not in named
    ]
    uploads = named or [upload for upload in uploads if upload not in others]
    contents.other_labs += len(others) if uploads else 0
    if named and named[0].label.system == "Canvas":
        return named
    if len({upload.sha256 for upload in uploads}) > 1:
        names = ", ".join(upload.source for upload in uploads)
        reason = (
            f"the upload holds {len(uploads)} notebooks ({names}): keep the one that counts, as {lab}.ipynb"
        )
        contents.refused.append(Refused(uploads[0].label.uploader, reason))
        return []
    if not uploads and others:
        contents.refused.append(Refused(others[0].source, f"it is called after another lab, not {lab}"))
    return uploads[:1]


def _notebooks(group: list[tuple[Label, DownloadedFile]], contents: DownloadContents) -> list[Upload]:
    """Every notebook of an upload, those in its zips included."""
    uploads = []
    for label, file in group:
        for notebook in [file] if _has_suffix(file.name, ".ipynb") else _unpacked(file, contents):
            try:
                uploads.append(_upload(label, file, notebook))
            except Unreadable as error:
                contents.refused.append(Refused(file.name, str(error)))
    return uploads


def _unpacked(file: DownloadedFile, contents: DownloadContents) -> list[DownloadedFile]:
    """The notebooks of a zip that a student handed in."""
    try:
        members = inner_files(file.read())
    except Unreadable as error:
        contents.refused.append(Refused(file.name, str(error)))
        return []
    for member in members:
        if isinstance(member, Refused):
            contents.refused.append(Refused(f"{file.name}: {member.name}", member.reason))
    notebooks = [
        member
        for member in members
        if isinstance(member, DownloadedFile) and _has_suffix(member.name, ".ipynb")
    ]
    if not notebooks:
        contents.refused.append(Refused(file.name, "it is a zip without a notebook"))
    return notebooks


def _upload(label: Label, file: DownloadedFile, notebook: DownloadedFile) -> Upload:
    """The upload of a notebook that is `file` itself or lies in it. Raises Unreadable."""
    content = notebook.read()
    source = file.name
    if notebook is not file:
        label, source = replace(label, file=notebook.path[-1]), f"{file.name}: {notebook.name}"
    when, exact = label.when or file.when, label.when is not None
    sha256 = hashlib.sha256(content).hexdigest()
    return Upload(label, source, sha256, notebook_identity(content), notebook.read, when, exact)

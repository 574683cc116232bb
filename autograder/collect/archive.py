"""Reads downloads, zips or folders, and trusts nothing in them: no entry of a zip chooses where it is unpacked to."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.errors import CourseError
from autograder.intake.notebook import MAX_BYTES  # of a notebook: what is collected can be graded too

MAX_TOTAL = 10_000_000_000  # of everything in a download, unpacked
MAX_ENTRIES = 100_000
_JUNK = ("__MACOSX", ".ipynb_checkpoints", "__pycache__")
ZIP_ERRORS = (
    OSError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    MemoryError,
)


@dataclass(frozen=True)
class DownloadedFile:
    """A file of a download: its path in it, when it was changed, and a function that reads it or raises Unreadable."""

    path: tuple[str, ...]
    when: datetime | None
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """The path as messages show it."""
        return "/".join(self.path)


class Unreadable(Exception):
    """A file that can't be taken from a download; the message says why."""


@dataclass(frozen=True)
class Refused:
    """Something in a download that is left alone, and why."""

    name: str
    reason: str


def read_download(source: Path) -> Iterator[DownloadedFile | Refused]:
    """All files of a zip or folder, in the order of their names. Raises CourseError where it is neither."""
    if source.is_dir():
        yield from _folder(source)
        return
    if not source.exists():
        raise CourseError(
            f"There is no {source}. Name the download: a zip, or the folder that it was unpacked to."
        )
    if source.suffix.lower() == ".ipynb":
        yield _file(source, (source.name,))
        return
    try:
        yield from zip_files(source)
    except ZIP_ERRORS as error:
        raise CourseError(
            f"{source} is no zip that can be read ({_error_text(error)}). Download it again."
        ) from None


def zip_files(file: Path | io.BytesIO) -> Iterator[DownloadedFile | Refused]:
    """The files of a zip. Raises one of ZIP_ERRORS where it is none."""
    archive = zipfile.ZipFile(file)  # it stays open as long as somebody holds one of its files
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise zipfile.BadZipFile(f"it holds {len(entries)} entries")
    budget = [MAX_TOTAL]
    for entry in sorted(entries, key=_entry_name):
        if entry.is_dir():
            continue
        path, reason = _entry_path(entry)
        if reason:
            yield Refused(_entry_name(entry), reason)
        elif not _is_junk(path):
            yield DownloadedFile(path, _entry_time(entry), _reader(archive, entry, budget))


def inner_files(content: bytes) -> list[DownloadedFile | Refused]:
    """The files of a zip that lies in a download. Raises Unreadable where it is none."""
    try:
        return list(zip_files(io.BytesIO(content)))
    except ZIP_ERRORS as error:
        raise Unreadable(f"it is no zip that can be read ({_error_text(error)})") from None


def _entry_name(entry: zipfile.ZipInfo) -> str:
    """The name of an entry, read as UTF-8 where that is possible: most zips don't say that it is."""
    if entry.flag_bits & 0x800:
        return entry.orig_filename
    try:
        return entry.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return entry.orig_filename


def _entry_path(entry: zipfile.ZipInfo) -> tuple[tuple[str, ...], str | None]:
    """The path of an entry, and why it is refused, or None."""
    name = _entry_name(entry).replace("\\", "/")
    path = tuple(part for part in name.split("/") if part not in ("", "."))
    if name.startswith("/") or name[1:2] == ":" or ".." in path or "\0" in name or not path:
        return path, "its name leads out of the zip"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return path, "it is a link, not a file"
    if entry.flag_bits & 0x1:
        return path, "it is encrypted"
    return path, None


def _entry_time(entry: zipfile.ZipInfo) -> datetime | None:
    """The local time of an entry; None for 1980, the date of entries that have none."""
    try:
        when = datetime(*entry.date_time)
    except ValueError:
        return None
    return when.astimezone() if when.year > 1980 else None


def _reader(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: list[int]) -> Callable[[], bytes]:
    """A function that unpacks an entry; `budget` holds the bytes that the whole download may still unpack to."""
    fits: list[bool] = []  # whether the file was within the budget when it was read for the first time

    def read() -> bytes:
        # The sizes in a zip may be lies, so it is the unpacking that stops at the limit.
        try:
            with archive.open(entry) as file:
                content = file.read(MAX_BYTES + 1)
        except ZIP_ERRORS as error:
            raise Unreadable(f"it can't be unpacked ({_error_text(error)})") from None
        if not fits:
            budget[0] -= len(content)
            fits.append(budget[0] >= 0)
        if not fits[0]:
            raise Unreadable(f"the download unpacks to more than {MAX_TOTAL // 1_000_000_000} GB")
        return _limited(content)

    return read


def _limited(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise Unreadable(f"it has more than {MAX_BYTES // 1_000_000} MB")
    return content


def _folder(root: Path) -> Iterator[DownloadedFile | Refused]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in [name for name in folders if Path(folder, name).is_symlink()]:
            yield Refused(str(Path(folder, name).relative_to(root)), "it is a link, not a folder")
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _JUNK]
        for name in sorted(names):
            path = Path(folder, name)
            parts = path.relative_to(root).parts
            if path.is_symlink() or not path.is_file():
                yield Refused("/".join(parts), "it is a link, not a file")
            elif not _is_junk(parts):
                yield _file(path, parts)


def _file(path: Path, parts: tuple[str, ...]) -> DownloadedFile:
    def read() -> bytes:
        try:
            with path.open("rb") as file:
                return _limited(file.read(MAX_BYTES + 1))
        except OSError as error:
            raise Unreadable(f"it can't be read ({error.strerror})") from None

    return DownloadedFile(parts, datetime.fromtimestamp(path.stat().st_mtime).astimezone(), read)


def _is_junk(path: tuple[str, ...]) -> bool:
    return path[-1].startswith(".") or any(part in _JUNK for part in path)


def _error_text(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__

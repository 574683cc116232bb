"""What the names in a download say: whose a file is, when it came, and whether it was late.

Moodle     "Ana Gómez_123456_assignsubmission_file/lab.ipynb", with "_" behind it before Moodle 4; the same without
           folders. The number is the participant's in this assignment, the "Identifier" of its grading worksheet.
Canvas     "gomezana_LATE_1234_5678_lab-1.ipynb": last name first, user, upload; "-1" for the second attempt.
nbgrader   "ana+sine_gan+2026-11-20 15:58:23.948203 UTC+aB3…/lab.ipynb" in the exchange's `inbound/`, and
           "ana/sine_gan/lab.ipynb" with timestamp.txt, as collected.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file_?(?P<file>.*)", re.DOTALL)
_CANVAS = re.compile(
    r"(?:(?!LATE_|anon_)(?P<name>[^_].*?)_)?(?P<late>LATE_)?(?P<user>anon_\w+?|\d+)_(?P<upload>\d{3,})_(?P<file>.+)",
    re.DOTALL,
)
_EXCHANGE = re.compile(r"(?P<student>[^+]+)\+(?P<lab>[^+]+)\+(?P<when>[^+]+)(\+.*)?")


@dataclass(frozen=True)
class Label:
    """What a path says of a file.

    `file` is the student's name for it; `name` and `number` are the system's for the student, `uploader` both together;
    `student` is an id that nbgrader checked; `upload` is a number that grows with time.
    """

    system: str
    uploader: str
    file: str
    name: str = ""
    number: str = ""
    upload: int = 0
    student: str = ""
    lab: str = ""
    late: bool = False
    when: datetime | None = None


def read_label(path: tuple[str, ...], labs: list[str], *, alone: bool = True) -> Label:
    """What the path of a file in a download says; `alone` tells whether its folder holds no other notebook."""
    path = tuple(unicodedata.normalize("NFC", part) for part in path)
    for index, part in enumerate(path):
        label = _moodle(part, path[-1]) or _exchange(part, path[-1])
        if label:
            return label
        if index > 0 and part in labs and index < len(path) - 1:
            student = path[index - 1]
            return Label("nbgrader", student, path[-1], student=student, lab=part)
    # The name of a folder may have been chosen by a student; Canvas's name is that of the file.
    return _canvas(path) or _plain(path, labs, alone=alone)


def _moodle(part: str, file: str) -> Label | None:
    match = _MOODLE.fullmatch(part)
    if not match:
        return None
    name, number = match["name"], match["number"]
    return Label("Moodle", f"{name} ({number})", match["file"] or file, name=name, number=number)


def _exchange(part: str, file: str) -> Label | None:
    match = _EXCHANGE.fullmatch(part)
    when = read_timestamp(match["when"]) if match else None
    if not match or not when:
        return None
    student = match["student"]
    return Label("nbgrader", student, file, student=student, lab=match["lab"], when=when)


def _canvas(path: tuple[str, ...]) -> Label | None:
    match = _CANVAS.fullmatch(path[-1])
    if not match or not (match["name"] or match["user"].startswith("anon_")):
        return None
    name, user = match["name"] or "", match["user"]
    uploader = f"{name} ({user})" if name else user
    upload, late = int(match["upload"][:18]), bool(match["late"])
    return Label("Canvas", uploader, match["file"], name=name, number=user, upload=upload, late=late)


def _plain(path: tuple[str, ...], labs: list[str], *, alone: bool) -> Label:
    """The label of a file in a plain folder: its name, or the folder in which it lies alone, may name the student."""
    stem = tidy(path[-1]).rsplit(".", 1)[0]
    for lab in sorted(labs, key=len, reverse=True):
        stem = re.sub(rf"(^|[-_ ]+){re.escape(lab)}(?=$|[-_ .])", "", stem, flags=re.IGNORECASE)
    name = path[-2] if len(path) > 1 and (alone or not stem) else stem
    return Label("folder", "/".join(path), path[-1], name=name.strip("-_ "))


def read_timestamp(text: str) -> datetime | None:
    """The time that nbgrader writes as "2026-11-20 15:58:23.948203 UTC", or with an offset like +0100; else None."""
    words = text.strip().split(" ")
    try:
        when = _zoned(datetime.fromisoformat(" ".join(words[:2])), words[2] if len(words) > 2 else "UTC")
        plausible = 1970 <= when.astimezone(UTC).year < 9999
    except (ValueError, OverflowError):
        return None
    return when if plausible else None


def _zoned(when: datetime, zone: str) -> datetime:
    """The time in its zone. Raises ValueError for an offset of a day or more, OverflowError at the calendar's ends."""
    if when.tzinfo:
        return when
    if re.fullmatch(r"[+-]\d{4}", zone):
        minutes = int(zone[1:3]) * 60 + int(zone[3:])
        return when.replace(tzinfo=timezone(timedelta(minutes=minutes if zone[0] == "+" else -minutes)))
    return when.replace(tzinfo=UTC) if zone in ("UTC", "GMT", "Z") else when.astimezone()


def write_timestamp(when: datetime) -> str:
    """A time as nbgrader writes it into timestamp.txt."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def tidy(file: str) -> str:
    """A notebook's name without what browsers and Canvas add to a second copy: "lab (1).ipynb", "lab-1.ipynb"."""
    return re.sub(r"([-_ ]?\(\d+\)|-\d+)+(?=\.ipynb$)", "", file, flags=re.IGNORECASE)

"""The course's key: whole, kept, never guessed."""

from __future__ import annotations

import errno
import os

import pytest

from autograder.course.seeds import KEY_FILE, course_key
from autograder.errors import CourseError


def test_a_key_is_made_once_and_for_nobody_else_to_read(tmp_path):
    key = course_key(tmp_path)
    assert len(key) == 64 and course_key(tmp_path) == key
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == [KEY_FILE]


@pytest.mark.parametrize("content", [b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_key_is_refused(tmp_path, content):
    (tmp_path / KEY_FILE).write_bytes(content)
    with pytest.raises(CourseError, match=f"The course's key {tmp_path / KEY_FILE} "):
        course_key(tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_key_that_cannot_be_read_or_made_is_told(tmp_path):
    (tmp_path / KEY_FILE).mkdir()
    with pytest.raises(CourseError, match="can't be used: Is a directory"):
        course_key(tmp_path)
    with pytest.raises(CourseError, match="can't be used: No such file"):
        course_key(tmp_path / "nowhere")


def test_a_key_is_never_there_in_part(tmp_path, monkeypatch):
    """Where the disk is full while it is written, none is there, and the next run makes one."""

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(CourseError, match="No space left"):
            course_key(tmp_path)
    assert os.listdir(tmp_path) == [] and course_key(tmp_path)


def test_the_key_of_the_quicker_one_counts(tmp_path, monkeypatch):
    def link(partial, path):
        path.write_text("quicker\n")
        raise FileExistsError(errno.EEXIST, "File exists")

    monkeypatch.setattr(os, "link", link)
    assert course_key(tmp_path) == b"quicker" and os.listdir(tmp_path) == [KEY_FILE]


def test_a_disk_without_hard_links_gets_a_key_too(tmp_path, monkeypatch):
    def link(partial, path):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    assert len(course_key(tmp_path)) == 64 and os.listdir(tmp_path) == [KEY_FILE]
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600

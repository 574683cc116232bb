"""The few calls of Linux that a room needs and Python's `os` lacks before 3.12."""

from __future__ import annotations

import ctypes
import os
import struct

_ANY, _CLONE_NEWUSER = 0, 0x10000000
_PR_SET_DUMPABLE = 4
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND, _MNT_DETACH = 1, 2, 4, 32, 4096, 2
_CAPABILITIES = 64
_libc = ctypes.CDLL(None, use_errno=True)


def _done(result: int, what: str) -> None:
    if result:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


def enter_namespace(descriptor: int) -> None:
    """setns(2): this process (of one thread) joins a namespace; a pid namespace counts for its children."""
    _done(_libc.setns(descriptor, _ANY), "setns")


def make_read_only(path: str) -> None:
    """mount(2): a bound folder can be read from now on, and no longer written."""
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV
    _done(_libc.mount(None, path.encode(), None, flags, None), "mount")


def unmount(path: str) -> None:
    """umount2(2), also where files are still open."""
    _done(_libc.umount2(path.encode(), _MNT_DETACH), "umount")


def drop_privileges() -> None:
    """capabilities(7): none are left, and none can come back by running a program."""
    for capability in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # says EINVAL behind the last one
    _done(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)  # _LINUX_CAPABILITY_VERSION_3, this thread
    _done(_libc.capset(header, nothing), "capset")


def become_nobody(user: int) -> None:
    """Root becomes a user who owns nothing, in a user namespace of its own that allows no further ones."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _done(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self would stay root's
    _done(_libc.unshare(_CLONE_NEWUSER), "unshare")
    for name, text in (("setgroups", "deny"), ("gid_map", f"1000 {user} 1"), ("uid_map", f"1000 {user} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def die_with_parent() -> None:
    """prctl(2): SIGKILL comes when the parent is gone."""
    _done(_libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")

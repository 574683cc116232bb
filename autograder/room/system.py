"""The few system calls of Linux that a room needs and that Python's `os` lacks before 3.12; all raise OSError."""

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


def _check(result: int, call: str) -> None:
    if result:
        error = ctypes.get_errno()
        raise OSError(error, f"{call}: {os.strerror(error)}")


def enter_namespace(descriptor: int) -> None:
    """setns(2): let this process, which has one thread, join a namespace; its children join a pid namespace."""
    _check(_libc.setns(descriptor, _ANY), "setns")


def make_read_only(path: str) -> None:
    """mount(2): make a folder that was mounted by binding read-only."""
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV
    _check(_libc.mount(None, path.encode(), None, flags, None), "mount")


def unmount(path: str) -> None:
    """umount2(2): take a folder away, also where files in it are still open."""
    _check(_libc.umount2(path.encode(), _MNT_DETACH), "umount")


def drop_privileges() -> None:
    """capabilities(7): give up all privileges; running a program brings none back."""
    for capability in range(_CAPABILITIES):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)  # it fails with EINVAL after the last one
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    header, no_capabilities = (
        struct.pack("Ii", 0x20080522, 0),
        bytes(24),
    )  # _LINUX_CAPABILITY_VERSION_3, this thread
    _check(_libc.capset(header, no_capabilities), "capset")


def become_user(user: int) -> None:
    """Turn from root into a user who owns nothing, in a new user namespace in which no further one can be made."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")  # else /proc/self would stay root's
    _check(_libc.unshare(_CLONE_NEWUSER), "unshare")
    for name, text in (("setgroups", "deny"), ("gid_map", f"1000 {user} 1"), ("uid_map", f"1000 {user} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    with open("/proc/sys/user/max_user_namespaces", "w") as file:
        file.write("0")


def die_with_parent() -> None:
    """prctl(2): receive SIGKILL when the parent ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0), "prctl")

"""System calls that a room has no use for answer "not permitted": memory that no limit counts, and rare, risky ones."""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # AUDIT_ARCH_… of linux/audit.h
_DENIED = {  # name: its numbers on x86_64 and aarch64, from asm/unistd.h
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "perf_event_open": (298, 241),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of linux/bpf_common.h
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # of linux/seccomp.h
_X32 = 0x40000000  # where x86_64's second set of numbers begins
_PR_SET_SECCOMP, _FILTER = 22, 2


def deny_system_calls() -> None:
    """seccomp(2), for this process and its children; needs "no new privileges". Raises OSError."""
    machine = platform.machine()
    if machine not in _MACHINES:
        return
    steps = _program(_MACHINES[machine], [both[machine == "aarch64"] for both in _DENIED.values()])
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _program(machine: int, denied: list[int]) -> list[tuple[int, int, int, int]]:
    """A filter: (operation, steps to skip if true, if false, value), ending in "allow" and "refuse"."""
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, len(denied) + 1, 0, _X32)]
    steps += [(_EQUAL, len(denied) - index, 0, number) for index, number in enumerate(denied)]
    return [*steps, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]

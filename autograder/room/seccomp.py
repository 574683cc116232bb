"""Denies a room the system calls that labs have no use for; they fail with "operation not permitted".

Denied are calls that get memory which no limit counts (memfd_create, shmget, the kernel's keys), and rare ones that
have often been ways out of sandboxes (bpf, userfaultfd, io_uring, perf_event_open). All others are allowed: the walls
are the namespaces, the lack of privileges and the limits, and this filter stands behind them.

The filter is written by hand because its table is short; libseccomp would be one more thing to install.
"""

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
    """seccomp(2): deny the calls to this process and its children, which must have no new privileges. Raises OSError.

    On other machines than x86-64 and 64-bit ARM nothing is denied.
    """
    machine = platform.machine()
    if machine not in _MACHINES:
        return
    numbers = [x86_64 if machine == "x86_64" else aarch64 for x86_64, aarch64 in _DENIED.values()]
    instructions = _instructions(_MACHINES[machine], numbers)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *each) for each in instructions))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(instructions), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")


def _instructions(machine: int, denied: list[int]) -> list[tuple[int, int, int, int]]:
    """A filter in BPF: (operation, instructions to skip if true, if false, value), ending in "allow" and "refuse"."""
    header = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0)]
    other_set = (_AT_LEAST, len(denied) + 1, 0, _X32)
    comparisons = [(_EQUAL, len(denied) - index, 0, number) for index, number in enumerate(denied)]
    return [*header, other_set, *comparisons, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]

"""The supervisor of a room: a process that enters the sandbox, starts the kernel there and holds it to its limits.

The fork server forks it, so that the kernel, which it forks in turn, has every import already. It stays outside the
room's process ids, so that student code can neither see nor stop it.

It counts the memory and the number of all processes of the room together, twenty times a second; what one process
may use at most is left to the operating system (`limits`).
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from autograder.room import system
from autograder.room.canaries import escapes
from autograder.room.limits import Limits
from autograder.room.sandbox import FOLDER, HANDED_IN, SOCKETS
from autograder.room.seccomp import deny_system_calls

READY = b"ready"
_POLL_SECONDS = 0.05
_MAX_MESSAGE = 100_000  # bytes
_MAX_DESCRIPTORS = 16


@dataclass
class LaunchRequest:
    """What the grader asks a supervisor for: a kernel with this connection, environment and limits."""

    connection: dict[str, Any]
    environment: dict[str, str]
    limits: dict[str, int]
    hidden_paths: list[str]  # paths that nobody in the room may see
    user: int | None  # where root grades, the id of a user whom nothing belongs to

    def send(self, channel: socket.socket, descriptors: list[int]) -> None:
        """Send it, together with the sandbox's descriptors."""
        socket.send_fds(channel, [json.dumps(vars(self)).encode()], descriptors)

    @classmethod
    def receive(cls, channel: socket.socket) -> tuple[LaunchRequest, list[int]]:
        """Receive a request and the descriptors that came with it."""
        text, descriptors, _, _ = socket.recv_fds(channel, _MAX_MESSAGE, _MAX_DESCRIPTORS)
        return cls(**json.loads(text)), descriptors


def supervise(channel: socket.socket) -> None:
    """Carry out the launch request that comes over the channel, and watch the kernel until it ends.

    Two messages go back: READY, or why the kernel could not be started; at the end, why it ended. A number that comes
    over the channel is a signal for the kernel; when the channel is closed, the room ends.
    """
    inherited = _private_memory("self")
    request, (*namespaces, init) = LaunchRequest.receive(channel)
    inner_user_namespace = namespaces.pop() if request.user is None else None
    limits, (report, reports), (go, goes) = Limits(**request.limits), os.pipe(), os.pipe()
    for descriptor in namespaces:
        system.enter_namespace(descriptor)
    system.unmount(HANDED_IN)
    if request.user is not None:
        _give_folders_to(request.user)
        os.nice(-10)  # a crowd of processes in the room must not keep this one from ending it
    kernel = os.fork()
    if kernel == 0:
        os.close(report)
        os.close(goes)
        _run_kernel(request, limits, inner_user_namespace, reports, go)
    os.close(reports)
    os.close(go)
    if started := os.read(report, _MAX_MESSAGE):
        system.make_read_only(SOCKETS)  # else files there would fill the disk outside
        os.write(goes, b"1")
        channel.send(started)
    end_reason = _watch(kernel, channel, limits, inherited)
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(init, signal.SIGKILL)
    with contextlib.suppress(OSError):
        channel.send(end_reason.encode())


def _give_folders_to(user: int) -> None:
    """Make the room's user the owner of the folders that can be written."""
    for top in (FOLDER, "/tmp", "/dev/shm", SOCKETS):
        os.chown(top, user, user)
    for top in (FOLDER, SOCKETS):  # the others are empty
        for folder, inner, files in os.walk(top):
            for name in inner + files:
                os.lchown(os.path.join(folder, name), user, user)


def _watch(kernel: int, channel: socket.socket, limits: Limits, inherited: int) -> str:
    """Pass signals on until the kernel ends, exceeds a limit, or the grader is gone; returns why."""
    while True:
        if select.select([channel], [], [], _POLL_SECONDS)[0]:
            number = channel.recv(100)
            if not number:
                return "the grader is gone"
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.killpg(kernel, int(number))
        ended, status = os.waitpid(kernel, os.WNOHANG)
        if ended:
            return f"ended with {_exit_text(status)}"
        if exceeded := _exceeded_limit(limits, inherited):
            return exceeded


def _exit_text(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _exceeded_limit(limits: Limits, inherited: int) -> str | None:
    """A sentence about the limit that the room's processes exceed together, or None.

    This process has entered the room's mount namespace, so /proc lists the room's processes only.
    """
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    if len(processes) > limits.processes:
        return f"ended: it had more than {limits.processes} processes"
    upper_bound = sum(_private_memory(process) for process in processes)
    if upper_bound <= limits.memory + inherited:
        return None
    if sum(_proportional_memory(process) for process in processes) > limits.memory:
        return f"ended: it used more than {limits.memory / 2**30:g} GiB of memory"
    return None


def _private_memory(process: str) -> int:
    """Bytes of a process's memory that belong to no file.

    Quick to read, but memory that forked processes share is counted for each of them.
    """
    return _sum_of_kilobytes(f"/proc/{process}/status", ("RssAnon:", "RssShmem:"))


def _proportional_memory(process: str) -> int:
    """The same bytes, with shared memory divided among the processes that share it; takes milliseconds to read."""
    return _sum_of_kilobytes(f"/proc/{process}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


def _sum_of_kilobytes(path: str, names: tuple[str, ...]) -> int:
    """The sum of some lines "name: number kB", in bytes; 0 where the process is gone."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


def _run_kernel(
    request: LaunchRequest, limits: Limits, inner_user_namespace: int | None, reports: int, go: int
) -> NoReturn:
    """In the kernel's process: give up every privilege, then serve until the kernel ends."""
    try:
        os.setsid()
        Path("/proc/self/oom_score_adj").write_text("1000")
        limits.apply(inherited=_sum_of_kilobytes("/proc/self/status", ("VmData:",)))
        if request.user is not None:
            os.nice(10)
            system.become_user(request.user)
        elif inner_user_namespace is not None:
            system.enter_namespace(inner_user_namespace)
        system.die_with_parent()
        _close_all_but(reports, go)
        system.drop_privileges()
        deny_system_calls()
        os.chdir(FOLDER)
        os.environ.clear()
        os.environ.update(request.environment)
        _serve(request, reports, go)
    except BaseException as error:
        os.write(reports, f"{type(error).__name__}: {error}"[:1000].encode())
    finally:
        os._exit(1)


def _serve(request: LaunchRequest, reports: int, go: int) -> None:
    """Start the kernel, report which canaries passed, wait for the word to go, and serve."""
    import numpy
    import torch
    from ipykernel.kernelapp import IPKernelApp

    random.seed()  # else every room would draw the random numbers of the fork server
    numpy.random.seed()
    torch.seed()
    path = Path(SOCKETS) / "connection.json"
    path.write_text(json.dumps(request.connection | {"ip": f"{SOCKETS}/kernel"}))
    sys.argv = ["ipykernel_launcher"]
    app: Any = IPKernelApp.instance()  # traitlets' applications are not typed
    app.initialize(["-f", str(path), "--HistoryManager.hist_file=:memory:"])
    passed = escapes(request.hidden_paths)
    os.write(
        reports, f"a canary passed: student code could {', '.join(passed)}".encode() if passed else READY
    )
    os.read(go, 1)
    os.close(reports)
    os.close(go)
    app.start()
    os._exit(0)


def _close_all_but(*kept: int) -> None:
    """Close every descriptor that comes from outside; standard input and output lead to /dev/null."""
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    last = 2
    for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(last + 1, descriptor)
        last = descriptor

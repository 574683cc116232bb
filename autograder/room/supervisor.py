"""The keeper of a room: a forked warm process that enters the sandbox, starts the kernel and holds it to its limits.

It stays outside the room's process ids, so that student code can neither see nor stop it.
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
from typing import Any

from autograder.room import system
from autograder.room.canaries import escapes
from autograder.room.limits import Limits
from autograder.room.sandbox import FOLDER, HANDED_IN, SOCKETS
from autograder.room.seccomp import deny_system_calls

READY = b"ready"
_POLL_SECONDS = 0.05
_MESSAGE = 100_000


@dataclass
class LaunchRequest:
    """What the grader asks for: a kernel with this connection, environment and limits."""

    connection: dict[str, Any]
    environment: dict[str, str]
    limits: dict[str, int]
    outside: list[str]  # places that nobody in the room may see
    user: int | None  # the id of a user who is nobody else, where root grades

    def send(self, channel: socket.socket, descriptors: list[int]) -> None:
        """Send it, with the sandbox's descriptors."""
        socket.send_fds(channel, [json.dumps(vars(self)).encode()], descriptors)

    @classmethod
    def receive(cls, channel: socket.socket) -> tuple[LaunchRequest, list[int]]:
        """What `send` sent."""
        text, descriptors, _, _ = socket.recv_fds(channel, _MESSAGE, 16)
        return cls(**json.loads(text)), descriptors


def keep(channel: socket.socket) -> None:
    """Carry out the order that comes over the channel; tell there when the kernel is ready and when it has ended.

    A number that comes over the channel is a signal for the kernel. The channel's end is the room's.
    """
    held = _private("self")
    order, (*namespaces, first) = LaunchRequest.receive(channel)
    own_user = namespaces.pop() if order.user is None else None
    limits, ready, go = Limits(**order.limits), os.pipe(), os.pipe()
    for descriptor in namespaces:
        system.enter_namespace(descriptor)
    system.unmount(HANDED_IN)
    if order.user is not None:
        _give(order.user)
        os.nice(-10)  # a crowd of processes in the room must not keep this one from ending it
    kernel = os.fork()
    if kernel == 0:
        os.close(ready[0])
        os.close(go[1])
        _run_kernel(order, limits, own_user, ready[1], go[0])
    os.close(ready[1])
    os.close(go[0])
    if said := os.read(ready[0], _MESSAGE):
        system.make_read_only(SOCKETS)  # else files there would fill the disk outside
        os.write(go[1], b"1")
        channel.send(said)
    said = _watch(kernel, channel, limits, held)
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(first, signal.SIGKILL)
    with contextlib.suppress(OSError):
        channel.send(said.encode())


def _give(user: int) -> None:
    """Let the room's user have what can be written there."""
    for top in (FOLDER, "/tmp", "/dev/shm", SOCKETS):
        os.chown(top, user, user)
    for top in (FOLDER, SOCKETS):  # the others are empty
        for place, inner, files in os.walk(top):
            for name in inner + files:
                os.lchown(os.path.join(place, name), user, user)


def _watch(kernel: int, channel: socket.socket, limits: Limits, held: int) -> str:
    """Pass signals on until the kernel ends, exceeds a limit, or nobody is there any more; returns why."""
    while True:
        if select.select([channel], [], [], _POLL_SECONDS)[0]:
            number = channel.recv(100)
            if not number:
                return "left alone"
            with contextlib.suppress(ProcessLookupError, ValueError):
                os.killpg(kernel, int(number))
        ended, status = os.waitpid(kernel, os.WNOHANG)
        if ended:
            return f"ended with {_how(status)}"
        if exceeded := _exceeded(limits, held):
            return exceeded


def _how(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    return f"exit status {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _exceeded(limits: Limits, held: int) -> str | None:
    """The limit that the room's processes exceed together, in words. /proc is the room's own."""
    processes = [name for name in os.listdir("/proc") if name.isdigit()]
    if len(processes) > limits.processes:
        return f"ended: it had more than {limits.processes} processes"
    rough = sum(_private(process) for process in processes)
    if rough > limits.memory + held and sum(_share(process) for process in processes) > limits.memory:
        return f"ended: it used more than {limits.memory / 2**30:g} GiB of memory"
    return None


def _private(process: str) -> int:
    """Bytes of memory that are no file's; quick to find, but what forked processes share counts for each."""
    return _kilobytes(f"/proc/{process}/status", ("RssAnon:", "RssShmem:"))


def _share(process: str) -> int:
    """The same with shared memory divided among those that share it; takes milliseconds."""
    return _kilobytes(f"/proc/{process}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))


def _kilobytes(path: str, names: tuple[str, ...]) -> int:
    """The sum of some lines "name: number kB", in bytes; 0 where the process is gone."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


def _run_kernel(order: LaunchRequest, limits: Limits, own_user: int | None, ready: int, go: int) -> None:
    """In the kernel's process: give up every privilege, then serve. Does not return."""
    try:
        os.setsid()
        Path("/proc/self/oom_score_adj").write_text("1000")
        limits.apply(held=_kilobytes("/proc/self/status", ("VmData:",)))
        if own_user is None:
            os.nice(10)
            system.become_nobody(order.user)
        else:
            system.enter_namespace(own_user)
        system.die_with_parent()
        _close_all_but(ready, go)
        system.drop_privileges()
        deny_system_calls()
        os.chdir(FOLDER)
        os.environ.clear()
        os.environ.update(order.environment)
        _start_kernel(order, ready, go)
    except BaseException as error:
        os.write(ready, f"{type(error).__name__}: {error}"[:1000].encode())
    finally:
        os._exit(1)


def _start_kernel(order: LaunchRequest, ready: int, go: int) -> None:
    import numpy
    import torch
    from ipykernel.kernelapp import IPKernelApp

    random.seed()  # the warm process's random numbers would be every room's
    numpy.random.seed()
    torch.seed()
    path = Path(SOCKETS) / "connection.json"
    path.write_text(json.dumps(order.connection | {"ip": f"{SOCKETS}/kernel"}))
    sys.argv = ["ipykernel_launcher"]
    app = IPKernelApp.instance()
    app.initialize(["-f", str(path), "--HistoryManager.hist_file=:memory:"])
    passed = escapes(order.outside)
    os.write(ready, f"a canary passed: student code could {', '.join(passed)}".encode() if passed else READY)
    os.read(go, 1)
    os.close(ready)
    os.close(go)
    app.start()
    os._exit(0)


def _close_all_but(*kept: int) -> None:
    """Nothing of the outside stays open; input and output go nowhere."""
    nowhere = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    last = 2
    for descriptor in (*sorted(kept), os.sysconf("SC_OPEN_MAX")):
        os.closerange(last + 1, descriptor)
        last = descriptor

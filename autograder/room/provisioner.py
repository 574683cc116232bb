"""The kernel provisioner of the kernel `autograder-room`: jupyter_client starts that kernel in a sandbox, warm."""

from __future__ import annotations

import os
import secrets
import select
import signal
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Integer

from autograder.files.cache import CACHE_VARIABLE, cache_folder
from autograder.notebook.check import SEED_VARIABLE
from autograder.room.fork_server import ENVIRONMENT, connect
from autograder.room.limits import Limits
from autograder.room.sandbox import CACHE, Sandbox, SandboxError, as_root
from autograder.room.supervisor import READY, LaunchRequest

_START_SECONDS = 120  # the first room waits until the warm process has imported everything
_DEFAULTS = Limits()
_PASSED_ON = (SEED_VARIABLE, "NBGRADER_EXECUTION")  # the only variables of the grader that a room gets


class RoomProvisioner(LocalProvisioner):
    """Starts kernels in a room of their own; the limits are settings."""

    memory = Integer(_DEFAULTS.memory, help="Bytes of memory that a room may use.").tag(config=True)
    processes = Integer(_DEFAULTS.processes, help="Processes that a room may have; with more it ends.").tag(
        config=True
    )
    open_files = Integer(_DEFAULTS.open_files, help="Files that a process may have open.").tag(config=True)
    file_size = Integer(_DEFAULTS.file_size, help="Bytes that a file may have.").tag(config=True)
    disk = Integer(_DEFAULTS.disk, help="Bytes that fit into the notebook's folder.").tag(config=True)

    room: RoomProcess | None = None  # it stays here when it has ended, and says why

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """A warm kernel in a new sandbox with a copy of the folder `cwd`; the command is not used.

        Where one of the paths `unseen` can be seen in it SandboxError is raised.
        """
        if self.parent.transport != "ipc":
            raise SandboxError('A room has no network: its kernel needs the transport "ipc".')
        passed = {name: kwargs["env"][name] for name in _PASSED_ON if name in kwargs["env"]}
        limits = Limits(self.memory, self.processes, self.open_files, self.file_size, self.disk)
        sockets, cache = Path(self.parent.ip).parent, cache_folder()
        connection = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in self.parent.get_connection_info().items()
        }
        environment = ENVIRONMENT | {CACHE_VARIABLE: CACHE} | passed
        unseen = [
            *kwargs.get("unseen", ()),
            os.path.abspath(kwargs["cwd"]),
        ]  # the room has the folder under another name
        order = LaunchRequest(connection, environment, vars(limits), unseen, _new_user())
        self.process = self.room = RoomProcess(Path(kwargs["cwd"]), sockets, cache, limits, order)
        return self.connection_info


def _new_user() -> int | None:
    """An id for each room of its own, so that limits for a user hold for the room; only root can give it."""
    return 2**30 + secrets.randbelow(2**29) if as_root() else None


class RoomProcess:
    """The room's kernel, with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None
    pid = None  # it is that of another pid namespace

    def __init__(
        self, folder: Path, sockets: Path, cache: Path | None, limits: Limits, order: LaunchRequest
    ) -> None:
        """Raises SandboxError where the sandbox or the kernel in it does not start."""
        self.returncode: int | None = None
        self.said = ""  # why the room ended
        self._channel = connect()
        self._sandbox = Sandbox(folder, sockets, cache, limits)
        order.send(self._channel, self._sandbox.descriptors)
        said = self._receive(_START_SECONDS)
        if said != READY.decode():
            self._end(said or "it did not answer")
            raise SandboxError(f"The room was not used: {self.said}.")

    def _receive(self, seconds: float) -> str | None:
        if not select.select([self._channel], [], [], seconds)[0]:
            return None
        try:
            return self._channel.recv(2000).decode(errors="replace")
        except ConnectionError:
            return ""

    def poll(self) -> int | None:
        """None while the kernel runs; when it has ended everything else in the room is ended too."""
        if self.returncode is None and (said := self._receive(0)) is not None:
            self._end(said)
        return self.returncode

    def _end(self, said: str) -> None:
        self.said, self.returncode = said, 1
        self._sandbox.close()
        self._channel.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        deadline = time.monotonic() + (timeout or 3600)
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """A signal for the kernel; SIGKILL ends the whole room."""
        if self.returncode is not None:
            return
        if number == signal.SIGKILL:
            self._end("killed")
            return
        try:
            self._channel.send(str(int(number)).encode())
        except (OSError, ConnectionError):
            self.poll()

    def kill(self) -> None:
        """End the room and every process in it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

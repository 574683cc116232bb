"""The kernel provisioner of the kernel `autograder-room`: how jupyter_client starts a kernel in a sandbox.

jupyter_client's provisioners are the one seam between grading and rooms: with `--no-sandbox` the kernel `python3` is
started by jupyter_client's own LocalProvisioner, and nothing else differs.
"""

from __future__ import annotations

import os
import secrets
import select
import signal
import time
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Integer

from autograder.files.cache import CACHE_VARIABLE, cache_folder
from autograder.notebook.check import SEED_VARIABLE
from autograder.room.fork_server import ENVIRONMENT, connect
from autograder.room.limits import Limits
from autograder.room.sandbox import CACHE, Sandbox, SandboxError, as_root
from autograder.room.supervisor import READY, LaunchRequest

_START_SECONDS = 120  # the first room waits until the fork server has imported everything
_DEFAULTS = Limits()
_PASSED_ON = (SEED_VARIABLE, "NBGRADER_EXECUTION")  # the only variables of the grader that a room gets


class RoomProvisioner(LocalProvisioner):
    """Starts each kernel in a room of its own; the limits are settings."""

    memory = Integer(_DEFAULTS.memory, help="Bytes of memory that a room may use.").tag(config=True)
    processes = Integer(_DEFAULTS.processes, help="Processes that a room may have; with more it ends.").tag(
        config=True
    )
    open_files = Integer(_DEFAULTS.open_files, help="Files that a process may have open.").tag(config=True)
    file_size = Integer(_DEFAULTS.file_size, help="Bytes that a file may have.").tag(config=True)
    disk = Integer(_DEFAULTS.disk, help="Bytes that fit into the notebook's folder.").tag(config=True)

    room: RoomProcess | None = None  # it stays here when it has ended, with the reason

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel in a new sandbox with a copy of the folder `cwd`; the command is not used.

        Raises SandboxError, also where one of the paths `hidden_paths` can be seen in the room.
        """
        manager = self.parent
        assert manager is not None  # jupyter_client sets it
        if manager.transport != "ipc":
            raise SandboxError('A room has no network: its kernel needs the transport "ipc".')
        limits = Limits(self.memory, self.processes, self.open_files, self.file_size, self.disk)
        connection = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in manager.get_connection_info().items()
        }
        passed_on = {name: kwargs["env"][name] for name in _PASSED_ON if name in kwargs["env"]}
        environment = ENVIRONMENT | {CACHE_VARIABLE: CACHE} | passed_on
        folder = Path(kwargs["cwd"])
        # The folder too: the room has it under another name.
        hidden_paths = [*kwargs.get("hidden_paths", ()), os.path.abspath(folder)]
        request = LaunchRequest(connection, environment, vars(limits), hidden_paths, _new_user())
        self.room = RoomProcess(folder, Path(manager.ip).parent, cache_folder(), limits, request)
        self.process = self.room  # type: ignore[assignment]  # it has what jupyter_client uses of Popen
        return self.connection_info


def _new_user() -> int | None:
    """A user id for one room only, so that the limits of a user are those of the room; None unless root grades."""
    return 2**30 + secrets.randbelow(2**29) if as_root() else None


class RoomProcess:
    """The room's kernel, with the part of `subprocess.Popen` that jupyter_client uses."""

    stdin = stdout = stderr = None
    pid = None  # the kernel is in another pid namespace

    def __init__(
        self, folder: Path, sockets: Path, cache: Path | None, limits: Limits, request: LaunchRequest
    ) -> None:
        """Open the sandbox and start the kernel in it. Raises SandboxError where that fails or a canary passes."""
        self.returncode: int | None = None
        self.end_reason = ""
        self._channel = connect()
        self._sandbox = Sandbox(folder, sockets, cache, limits)
        request.send(self._channel, self._sandbox.descriptors)
        report = self._receive(_START_SECONDS)
        if report != READY.decode():
            self._end(report or "it did not answer")
            raise SandboxError(f"The room was not used: {self.end_reason}.")

    def _receive(self, seconds: float) -> str | None:
        """The supervisor's next message, "" where it is gone, None where nothing comes in time."""
        if not select.select([self._channel], [], [], seconds)[0]:
            return None
        try:
            return self._channel.recv(2000).decode(errors="replace")
        except ConnectionError:
            return ""

    def poll(self) -> int | None:
        """None while the kernel runs; when it has ended everything else in the room is ended too."""
        if self.returncode is None and (reason := self._receive(0)) is not None:
            self._end(reason)
        return self.returncode

    def _end(self, reason: str) -> None:
        self.end_reason, self.returncode = reason, 1
        self._sandbox.close()
        self._channel.close()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the kernel has ended; returns 0 where it still runs after `timeout` seconds."""
        deadline = time.monotonic() + (timeout or 3600)
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Send the kernel a signal; SIGKILL ends the whole room."""
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

"""The sandbox of a room: bubblewrap makes the namespaces and keeps them open, and the kernel is started in them.

There are in it: the system, Python and its packages, read-only; a copy of the notebook's folder, in memory; process ids
of its own. There are not: a network, the course, references, other submissions, the gradebook, a home folder.

The supervisor enters the namespaces later, so the kernel can be forked from a process that has imported everything
already; bubblewrap itself could only start a new program.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from autograder.errors import CourseError
from autograder.room.limits import Limits

FOLDER, SOCKETS, HANDED_IN, CACHE = "/room", "/run/sockets", "/handed_in", "/cache"
PACKAGE = Path(__file__).resolve().parents[1]
_NAMESPACES = (
    "ipc",
    "uts",
    "net",
    "pid",
    "mnt",
)  # in the order in which they can be entered; "user" comes last
_NS_GET_USERNS = 0xB701  # ioctl_ns(2)
_SYSTEM_FOLDERS = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/alternatives",
    "/etc/localtime",
    "/etc/fonts",
)
_EMPTY = ("--size", "4096", "--tmpfs")
_INSTALL = "On Debian and Ubuntu: sudo apt-get install bubblewrap"


class SandboxError(CourseError):
    """There is no sandbox to be had; the message says why and what to do."""


@cache
def problem() -> str | None:
    """Why there can be no sandbox on this machine, and what to do about it; None where it works."""
    if not sys.platform.startswith("linux"):
        return f"A sandbox needs Linux with bubblewrap; this is {sys.platform}. Grade in a Linux container or machine."
    if not shutil.which("bwrap"):
        return f"The sandbox needs the program bwrap (bubblewrap). {_INSTALL}"
    options = [*_namespace_options(), "--ro-bind", "/", "/", "--proc", "/proc", *_EMPTY, "/tmp"]
    command = ["bwrap", *options, "true"]
    result = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if result.returncode == 0:
        return None
    error = " ".join(result.stderr.split()) or f"exit status {result.returncode}"
    if "nknown option" in error:
        return f"bubblewrap is too old ({error}); version 0.8 or newer is needed. {_INSTALL}"
    return (
        f"bubblewrap cannot make a sandbox here ({error}). User namespaces have to be allowed: try "
        "`sudo sysctl -w user.max_user_namespaces=15000 kernel.apparmor_restrict_unprivileged_userns=0`, "
        "and in a container the option --security-opt seccomp=unconfined."
    )


def as_root() -> bool:
    """Whether root grades; then each room gets a user of its own, who owns nothing outside of it."""
    return os.geteuid() == 0


def _namespace_options() -> list[str]:
    """bwrap's options for namespaces of the room's own.

    Without root's rights they need a user namespace as well; nobody inside can make a further one.
    """
    options = [f"--unshare-{name}" for name in ("ipc", "pid", "net", "uts", "cgroup-try")]
    if as_root():
        return [*options, "--cap-drop", "ALL"]
    return ["--unshare-user", *options, "--disable-userns", "--uid", "1000", "--gid", "1000"]


@cache
def _system_view() -> tuple[str, ...]:
    """bwrap's options that show the system, Python and its packages, read-only; the references are hidden."""
    options = ["--ro-bind", "/usr", "/usr"]
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            options += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.exists():
            options += ["--ro-bind", str(folder), str(folder)]
    visible = (*_SETTINGS, *_python_folders())
    package, references = str(PACKAGE), str(PACKAGE / "references")
    parents = {str(above) for path in (*visible, package, SOCKETS) for above in Path(path).parents}
    for parent in sorted(parents - {"/", "/tmp"}):  # made by bwrap with rights for everybody
        options += ["--dir", parent]
    for path in visible:
        options += ["--ro-bind-try", path, path]
    return (*options, "--ro-bind", package, package, *_EMPTY, references, "--remount-ro", references)


def _python_folders() -> list[str]:
    """The folders outside /usr in which the interpreter and its packages lie; never a course's folder."""
    candidates = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    candidates += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    folders: list[str] = []
    for folder in sorted({str(Path(path)) for path in candidates}):
        inside = any(Path(folder).is_relative_to(other) for other in ["/usr", *folders])
        if not inside and Path(folder).is_dir() and not (Path(folder) / "notebooks").is_dir():
            folders.append(folder)
    return folders


class Sandbox:
    """A sandbox that is open; `namespaces` are file descriptors in the order in which a process enters them."""

    def __init__(self, folder: Path, sockets: Path, cache: Path | None, limits: Limits) -> None:
        """Open a sandbox with a copy of `folder` in it; `sockets` is the only folder shared with the outside.

        Raises SandboxError.
        """
        info, info_end = os.pipe()
        options = _options_file([*_options(folder, sockets, cache, limits), "--info-fd", str(info_end)])
        # The sandbox ends with its standard input, so with this process too, whatever becomes of that.
        # Nobody reads its errors until it is open or has failed: more than a pipe holds would stop it for good.
        script = (
            f"errors=$(cp -R {HANDED_IN}/. {FOLDER}/ 2>&1) && echo open && exec cat >/dev/null; "
            'printf %s "$errors" | head -c 2000 >&2'
        )
        try:
            self._process = subprocess.Popen(
                ["bwrap", "--args", str(options), "/bin/sh", "-c", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=[info_end, options],
                start_new_session=True,
            )
        except OSError as error:
            raise SandboxError(problem() or f"bwrap did not start: {error}") from None
        finally:
            os.close(info_end)
            os.close(options)
        self._await(info)

    def _await(self, info: int) -> None:
        """Wait until the folder is copied, then open the namespaces of the process whose id bubblewrap writes."""
        with open(info, "rb") as file:
            text = file.read()
        stdout, stderr = self._process.stdout, self._process.stderr
        assert stdout is not None and stderr is not None  # they are pipes
        if stdout.readline() != b"open\n":
            errors = stderr.read().decode(errors="replace")
            self.close()
            raise SandboxError(f"The sandbox could not be made: {' '.join(errors.split())[:300]}")
        pid = json.loads(text)["child-pid"]
        self._init = os.pidfd_open(pid)
        self.namespaces = _open_namespaces(pid)

    @property
    def descriptors(self) -> list[int]:
        """What a supervisor needs: the namespaces, and a handle of the first process, with which all others end."""
        return [*self.namespaces, self._init]

    def close(self) -> None:
        """End every process in the sandbox; its files, which are in memory, go with them."""
        if hasattr(self, "_init"):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            for descriptor in self.descriptors:
                os.close(descriptor)
            del self._init
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._process.wait()


def _options_file(options: list[str]) -> int:
    """A descriptor of a file with the options: on the command line, processes in the room could read them."""
    descriptor = os.memfd_create("options")
    os.write(descriptor, "\0".join(options).encode(errors="surrogateescape"))
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _options(folder: Path, sockets: Path, cache: Path | None, limits: Limits) -> list[str]:
    quarter = ("--size", str(limits.disk // 4), "--tmpfs")
    options = [
        *_namespace_options(),
        "--die-with-parent",
        "--new-session",
        "--hostname",
        "room",
        "--clearenv",
    ]
    options += [*quarter, "/tmp", *_system_view()]  # the package itself may lie below /tmp
    options += ["--proc", "/proc", "--dev", "/dev", *quarter, "/dev/shm", "--remount-ro", "/dev"]
    options += ["--size", str(limits.disk), "--tmpfs", FOLDER]
    options += ["--ro-bind", str(folder), HANDED_IN, "--bind", str(sockets), SOCKETS]
    options += ["--ro-bind", str(cache), CACHE] if cache and cache.is_dir() else []
    return [*options, "--remount-ro", "/", "--chdir", FOLDER]


def _open_namespaces(pid: int) -> list[int]:
    """Open the namespaces of a process, in the order in which they can be entered.

    Where it has a user namespace of its own, the one that owns the others comes first and its own last.
    """
    names = _NAMESPACES if as_root() else (*_NAMESPACES, "user")
    descriptors = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in names]
    if as_root():
        return descriptors
    owner = fcntl.ioctl(descriptors[_NAMESPACES.index("mnt")], _NS_GET_USERNS)
    return [owner, *descriptors]

"""The sandbox of a room: bubblewrap makes the namespaces and keeps them open, a kernel is started in them.

In it: no network, its own process ids, a read-only view of the system, Python and its packages, and the notebook's
folder as a copy in memory. Not in it: the course, references, other submissions, the gradebook, a home.
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
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
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
    """A sandbox can't be had; the message says why and what to do."""


@cache
def problem() -> str | None:
    """Why no sandbox can be had on this machine, with what to do about it; None where all is well."""
    if not sys.platform.startswith("linux"):
        return f"A sandbox needs Linux with bubblewrap; this is {sys.platform}. Grade in a Linux container or machine."
    if not shutil.which("bwrap"):
        return f"The sandbox needs the program bwrap (bubblewrap). {_INSTALL}"
    options = [*_apart(), "--ro-bind", "/", "/", "--proc", "/proc", *_EMPTY, "/tmp"]
    command = ["bwrap", *options, "true"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return None
    said = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
    if "nknown option" in said:
        return f"bubblewrap is too old ({said}); version 0.8 or newer is needed. {_INSTALL}"
    return (
        f"bubblewrap cannot make a sandbox here ({said}). User namespaces have to be allowed: try "
        "`sudo sysctl -w user.max_user_namespaces=15000 kernel.apparmor_restrict_unprivileged_userns=0`, "
        "and in a container the option --security-opt seccomp=unconfined."
    )


def as_root() -> bool:
    """Whether root grades: then a room gets a user of its own, who owns nothing outside."""
    return os.geteuid() == 0


def _apart() -> list[str]:
    """Namespaces of its own. Without root's rights they need a user namespace; nobody inside can make another one."""
    options = [f"--unshare-{name}" for name in ("ipc", "pid", "net", "uts", "cgroup-try")]
    if as_root():
        return [*options, "--cap-drop", "ALL"]
    return ["--unshare-user", *options, "--disable-userns", "--uid", "1000", "--gid", "1000"]


@cache
def _view() -> tuple[str, ...]:
    """Options that show the system, Python and its packages, read-only."""
    options = ["--ro-bind", "/usr", "/usr"]
    for path in map(Path, _SYSTEM):
        if path.is_symlink():
            options += ["--symlink", str(path.readlink()), str(path)]
        elif path.exists():
            options += ["--ro-bind", str(path), str(path)]
    shown = (*_SETTINGS, *_python_folders())
    package, references = str(PACKAGE), str(PACKAGE / "references")
    parents = {str(parent) for path in (*shown, package, SOCKETS) for parent in Path(path).parents}
    for folder in sorted(parents - {"/", "/tmp"}):  # made here, everybody may enter them
        options += ["--dir", folder]
    for path in shown:
        options += ["--ro-bind-try", path, path]
    return (*options, "--ro-bind", package, package, *_EMPTY, references, "--remount-ro", references)


def _python_folders() -> list[str]:
    """Where the interpreter and its packages lie outside /usr; never a course's folder."""
    named = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    named += [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
    folders: list[str] = []
    for folder in sorted({str(Path(path)) for path in named}):
        inside = any(Path(folder).is_relative_to(other) for other in ["/usr", *folders])
        if not inside and Path(folder).is_dir() and not (Path(folder) / "notebooks").is_dir():
            folders.append(folder)
    return folders


class Sandbox:
    """A sandbox that is open; `namespaces` are file descriptors in the order in which a process enters them."""

    def __init__(self, folder: Path, sockets: Path, cache: Path | None, limits: Limits) -> None:
        """A sandbox with a copy of `folder` in it; `sockets` is the one place shared with the outside.

        Raises SandboxError.
        """
        told, tells = os.pipe()
        options = _passed([*_options(folder, sockets, cache, limits), "--info-fd", str(tells)])
        # It ends with its input, so with this process too, whatever becomes of that.
        # Nobody reads what it says until it is open or has failed: more than a pipe holds would stop it for good.
        script = (
            f"said=$(cp -R {HANDED_IN}/. {FOLDER}/ 2>&1) && echo open && exec cat >/dev/null; "
            'printf %s "$said" | head -c 2000 >&2'
        )
        command = ["bwrap", "--args", str(options), "/bin/sh", "-c", script]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        try:
            self._process = subprocess.Popen(
                command, **pipes, pass_fds=[tells, options], start_new_session=True
            )
        except OSError as error:
            raise SandboxError(problem() or f"bwrap did not start: {error}") from None
        finally:
            os.close(tells)
            os.close(options)
        with open(told, "rb") as file:
            text = file.read()
        if self._process.stdout.readline() != b"open\n":
            said = self._process.stderr.read().decode(errors="replace")
            self.close()
            raise SandboxError(f"The sandbox could not be made: {' '.join(said.split())[:300]}")
        self._init = os.pidfd_open(json.loads(text)["child-pid"])
        self.namespaces = _open_namespaces(json.loads(text)["child-pid"])

    @property
    def descriptors(self) -> list[int]:
        """What a keeper needs: the namespaces, and a handle of the first process, with which all others end."""
        return [*self.namespaces, self._init]

    def close(self) -> None:
        """End every process in it; its files go too."""
        if hasattr(self, "_init"):
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._init, signal.SIGKILL)
            for descriptor in self.descriptors:
                os.close(descriptor)
            del self._init
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            pipe.close()
        self._process.wait()


def _passed(options: list[str]) -> int:
    """A file with the options: on the command line, processes in the room could read the grader's paths."""
    descriptor = os.memfd_create("options")
    os.write(descriptor, "\0".join(options).encode(errors="surrogateescape"))
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _options(folder: Path, sockets: Path, cache: Path | None, limits: Limits) -> list[str]:
    limited = ("--size", str(limits.disk // 4), "--tmpfs")
    options = [*_apart(), "--die-with-parent", "--new-session", "--hostname", "room", "--clearenv"]
    options += [*limited, "/tmp", *_view()]  # the package itself may lie below /tmp
    options += ["--proc", "/proc", "--dev", "/dev", *limited, "/dev/shm", "--remount-ro", "/dev"]
    options += ["--size", str(limits.disk), "--tmpfs", FOLDER]
    options += ["--ro-bind", str(folder), HANDED_IN, "--bind", str(sockets), SOCKETS]
    options += ["--ro-bind", str(cache), CACHE] if cache and cache.is_dir() else []
    return [*options, "--remount-ro", "/", "--chdir", FOLDER]


def _open_namespaces(pid: int) -> list[int]:
    """The namespaces of a process. Where it has a user namespace: in front the one that owns them, behind its own."""
    names = _NAMESPACES if as_root() else (*_NAMESPACES, "user")
    opened = [os.open(f"/proc/{pid}/ns/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in names]
    if as_root():
        return opened
    owner = fcntl.ioctl(opened[_NAMESPACES.index("mnt")], _NS_GET_USERNS)
    return [owner, *opened]

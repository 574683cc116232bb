"""The fork server: a process that imports what the labs import once, and forks a supervisor for each room.

It never runs student code, and holds nothing that a room should not see: its environment is empty.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from typing import NoReturn
from unittest import mock

from autograder.files.cache import CACHE_VARIABLE, cache_folder
from autograder.room.supervisor import supervise

# The address at which the fork server listens that this process and its children share.
FORK_SERVER_VARIABLE = "AUTOGRADER_FORK_SERVER"
_MODULES = (
    *("torch", "torch._dynamo", "torch.utils.data", "torchvision", "torchvision.utils", "numpy", "PIL.Image"),
    *("matplotlib.pyplot", "matplotlib_inline.backend_inline", "IPython", "ipykernel.kernelapp", "tqdm.auto"),
    *("autograder.notebook.check", "autograder.notebook.figures", "autograder.notebook.painting"),
    *(
        "autograder.notebook.settings",
        "autograder.images.photos",
        "autograder.images.styles",
        "autograder.vgg",
    ),
    *("autograder.histories", "autograder.quizzes", "autograder.labs"),
)
_START = "import sys, json; settings = json.loads(sys.stdin.readline()); sys.path[:] = settings.pop('path'); "
_START += "from autograder.room.fork_server import serve; serve(**settings)"
ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/tmp",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "CUDA_VISIBLE_DEVICES": "",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


def connect() -> socket.socket:
    """A channel to a new supervisor. The fork server is started when this is called for the first time."""
    for _ in range(2):
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            channel.connect(fork_server_address())
            return channel
        except OSError:
            channel.close()
            os.environ.pop(FORK_SERVER_VARIABLE, None)
    raise RuntimeError("The process that starts the rooms' kernels does not answer.")


def fork_server_address() -> str:
    """The address of the fork server, which is started if need be and then ends with this process."""
    if FORK_SERVER_VARIABLE not in os.environ:
        folder = tempfile.mkdtemp(prefix="fork-server-")
        address = os.environ[FORK_SERVER_VARIABLE] = f"{folder}/socket"
        _start(address)
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return os.environ[FORK_SERVER_VARIABLE]


def _start(address: str) -> None:
    import matplotlib

    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(address)
    listener.listen(64)
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", _START],
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        pass_fds=[listener.fileno()],
        start_new_session=True,
    )
    path = [folder for folder in sys.path if folder]
    folders = {"fonts": matplotlib.get_cachedir(), "cache": str(cache_folder() or "")}
    settings = {"path": path, "listener": listener.fileno(), **folders}
    assert process.stdin is not None  # it is a pipe
    process.stdin.write(json.dumps(settings).encode() + b"\n")
    process.stdin.flush()  # it stays open; when this process ends, the fork server reads its end and ends too
    listener.close()
    atexit.register(process.kill)


def serve(listener: int, fonts: str, cache: str) -> None:
    """Import what the labs import, then fork a supervisor for each channel until the process that started it ends."""
    with mock.patch.dict(os.environ, {"MPLCONFIGDIR": fonts, CACHE_VARIABLE: cache}):
        for name in _MODULES:
            importlib.import_module(name)
        _draw_glyphs()
    gc.freeze()  # else a room's garbage collector would touch, and so copy, all that is there now
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the supervisors
    with socket.socket(fileno=listener) as server:
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            channel, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _supervise(channel)
            channel.close()


def _draw_glyphs() -> None:
    """Draw the digits into the cache folder, which every room can read."""
    from autograder.images.glyphs import load_glyphs

    for size in (28, 64):
        load_glyphs(size=size)


def _supervise(channel: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        supervise(channel)
    except BaseException as error:
        with contextlib.suppress(OSError):
            channel.send(f"failed: {type(error).__name__}: {error}"[:1000].encode())
    finally:
        os._exit(0)

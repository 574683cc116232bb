"""The warm process: it imports what the labs import once, and forks a keeper for each room.

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
from autograder.room.supervisor import keep

# Where the fork server listens that this process and its children share.
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
_START = "import sys, json; order = json.loads(sys.stdin.readline()); sys.path[:] = order.pop('path'); "
_START += "from autograder.room.fork_server import serve; serve(**order)"
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
    """A channel to a new keeper, from this process's warm process, which is started when first needed."""
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
    """The address of the warm process; started here, it ends with this process."""
    if FORK_SERVER_VARIABLE not in os.environ:
        folder = tempfile.mkdtemp(prefix="warm-")
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
    order = {"path": path, "listener": listener.fileno(), **folders}
    process.stdin.write(json.dumps(order).encode() + b"\n")
    process.stdin.flush()  # and it stays open: its end is this process's
    listener.close()
    atexit.register(process.kill)


def serve(listener: int, fonts: str, cache: str) -> None:
    """Import, then fork a keeper for each channel, until the process that started this one is gone."""
    with mock.patch.dict(os.environ, {"MPLCONFIGDIR": fonts, CACHE_VARIABLE: cache}):
        for name in _MODULES:
            importlib.import_module(name)
        _draw_glyphs()
    gc.freeze()  # what is there now is left in place: a room's collector would copy it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    with socket.socket(fileno=listener) as server:
        while sys.stdin not in select.select([server, sys.stdin], [], [])[0]:
            channel, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _keep(channel)
            channel.close()


def _draw_glyphs() -> None:
    """The drawn digits lie in the cache folder then, which every room can read."""
    from autograder.images.glyphs import load_glyphs

    for size in (28, 64):
        load_glyphs(size=size)


def _keep(channel: socket.socket) -> NoReturn:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        keep(channel)
    except BaseException as error:
        with contextlib.suppress(OSError):
            channel.send(f"failed: {type(error).__name__}: {error}"[:1000].encode())
    finally:
        os._exit(0)

"""Commands as processes of their own, forked from one that has imported everything: starting one costs nothing."""

from __future__ import annotations

import atexit
import os
import runpy
import signal
import sys
import tempfile
import threading
from multiprocessing import forkserver, get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from autograder.room.fork_server import fork_server_address

_SERVER = (
    "_forkserver_address",
    "_forkserver_authkey",
)  # where multiprocessing's server listens, and to whom


def run(module: str, *arguments: str, cwd: Path, expect: int = 0) -> str:
    """What `python -m module arguments` prints in the folder `cwd`; its exit status has to be `expect`."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        process = start(module, *arguments, cwd=cwd, log=log)
        process.join()
        printed = log.read_text(encoding="utf-8")
    assert process.exitcode == expect, printed
    assert "Traceback" not in printed, printed
    return printed


def start(module: str, *arguments: str, cwd: Path, log: Path) -> BaseProcess:
    """`python -m module arguments`, begun in the folder `cwd`, in a session of its own; `log` gets what it prints.

    Its workers and rooms come from the servers that this process has started.
    """
    fork_server_address()
    context = get_context("forkserver")
    context.set_forkserver_preload(["autograder.grading.pool", "torch._dynamo"])  # as the pool's own workers
    forkserver.ensure_running()
    server = {name: value for name, value in vars(forkserver._forkserver).items() if name in _SERVER}
    begun = (module, arguments, str(cwd), dict(os.environ), str(log), server)
    process = context.Process(target=_become, args=begun)
    process.start()
    return process


def _become(
    module: str,
    arguments: tuple[str, ...],
    cwd: str,
    environment: dict[str, str],
    log: str,
    server: dict[str, Any],
) -> None:
    vars(forkserver._forkserver).update(server)  # else the command would start another one for its workers
    forkserver._forkserver.ensure_running = lambda: None
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may ignore it
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.chdir(cwd)
    sys.path.insert(0, cwd)  # as `python -m` does
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        # What the interpreter does at its end, in its order; multiprocessing ends its processes without.
        threading._shutdown()
        atexit._run_exitfuncs()

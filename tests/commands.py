"""Commands as processes of their own, forked from one that has imported everything: starting one costs nothing."""

from __future__ import annotations

import atexit
import os
import runpy
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

from autograder.room.fork_server import fork_server_address


def run(module: str, *arguments: str, cwd: Path, expect: int = 0) -> str:
    """What `python -m module arguments` prints in the folder `cwd`; its exit status has to be `expect`.

    The rooms that it starts come from this process's fork server.
    """
    fork_server_address()
    context = get_context("forkserver")
    context.set_forkserver_preload(["autograder.grading.pool", "torch._dynamo"])  # as the pool's own workers
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        process = context.Process(
            target=_become, args=(module, arguments, str(cwd), dict(os.environ), str(log))
        )
        process.start()
        process.join()
        printed = log.read_text(encoding="utf-8")
    assert process.exitcode == expect, printed
    assert "Traceback" not in printed, printed
    return printed


def _become(module: str, arguments: tuple[str, ...], cwd: str, environment: dict[str, str], log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # multiprocessing ends its processes without

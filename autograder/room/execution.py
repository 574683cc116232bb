"""Runs a submission in a room: a kernel of its own, in a sandbox, which only ever produces responses.

Its limits here: a time for each cell and for the notebook, and a size of output. Whatever student code does in it,
the rest of the class goes on.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer

from autograder.cells.metadata import grade_id, is_graded
from autograder.course.course import Course
from autograder.course.seeds import course_key, hidden_seed
from autograder.labs import get_lab
from autograder.notebook.check import SEED_VARIABLE
from autograder.room.canaries import canary_cell, unseen_paths
from autograder.room.cell_dependencies import cells_to_run
from autograder.room.messages import Meter, is_output, is_sound, shorten_errors, size_of
from autograder.room.sandbox import SandboxError, problem

KERNEL, KERNELS = "autograder-room", Path(__file__).parent / "kernels"


class Room(Execute):
    """Runs a repaired notebook; its test cells answer with responses to the public and the hidden seed."""

    timeout = Integer(60, help="Seconds that a cell may take.").tag(config=True)
    notebook_timeout = Integer(300, help="Seconds that the whole notebook may take.").tag(config=True)
    output_limit = Integer(10_000_000, help="Bytes of output that are kept.").tag(config=True)
    run_all = Bool(False, help="Run also the lab's own cells that no mark depends on.").tag(config=True)
    iopub_timeout = Integer(15, help="Seconds to wait for a cell's last output, on a busy machine.").tag(
        config=True
    )
    store_widget_state = Bool(False, help="Nothing reads it.").tag(config=True)
    sandbox = Bool(True, help="Without it student code runs as you, with all that you can reach.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: Any = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run the cells that are needed; what went wrong in the room is noted in the notebook's metadata."""
        marked, self._course = resources["nbgrader"], Course.of(resources)
        self._unseen = list(map(str, resources.get("unseen", ())))
        self._lab, self._key = marked["assignment"], course_key(self._course.root)
        self._seed = hidden_seed(self._key, marked["student"], self._lab)
        self._asked = {exercise.test_id: exercise for exercise in get_lab(self._lab).exercises}
        self._cell_limit = self.timeout
        self._closed, self._meter = False, Meter(self.output_limit)
        self._notes = nb.metadata.setdefault("autograder", NotebookNode()).setdefault("notes", [])
        release = nbformat.read(self._course.release(self._lab), as_version=4)
        self._needed = None if self.run_all else cells_to_run(nb, release)
        handed_in = [list(cell.get("outputs", [])) for cell in nb.cells]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        canary = self._add_canary(nb, marked["student"])
        start, self._started = time.perf_counter(), 0.0
        with tempfile.TemporaryDirectory(prefix="room-") as self._sockets:
            nb, resources = super().preprocess(nb, resources, km)
        taken = time.perf_counter() - start
        resources["room_seconds"] = {"room start": self._started, "cells": taken - self._started}
        self.timeout = self._cell_limit
        nb.metadata.autograder["canary"] = canary | {"outputs": nb.cells.pop().outputs}
        _show_what_was_handed_in(nb, handed_in)
        return nb, resources

    def _add_canary(self, nb: NotebookNode, student: str) -> dict[str, Any]:
        """A last cell, which answers with what must not pass; taken away again when it has run."""
        seed = hidden_seed(self._key, student, f"{self._lab} canary")
        source, exercise = canary_cell(self._lab, seed)
        nb.cells.append(new_code_cell(source))
        if self._needed is not None:
            self._needed.add(len(nb.cells) - 1)
        return {"exercise": exercise.name, "seed": seed}

    def create_kernel_manager(self) -> Any:
        """Channels over local sockets where there are such: nobody else on the machine can listen."""
        if self.sandbox and (reason := problem()):
            raise SandboxError(
                f"{reason} (or grade without a sandbox: --no-sandbox, or c.Room.sandbox = False)"
            )
        self.kernel_name = KERNEL if self.sandbox else "python3"
        manager = super().create_kernel_manager()
        manager.kernel_spec_manager.kernel_dirs.append(str(KERNELS))
        if os.name == "posix":
            manager.transport, manager.ip = "ipc", f"{self._sockets}/kernel"
        return manager

    def start_new_kernel(self, **kwargs: Any) -> None:
        """A kernel with one torch thread, no GPU and the hidden seed: the same marks on every machine."""
        environment = dict(os.environ)
        environment |= {
            SEED_VARIABLE: str(self._seed),
            "NBGRADER_EXECUTION": "autograde",
            "CUDA_VISIBLE_DEVICES": "",
        }
        environment |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        if self.sandbox:
            kwargs["unseen"] = [*unseen_paths(self._course.root), *self._unseen]
        start = time.perf_counter()
        super().start_new_kernel(env=environment, stdout=DEVNULL, stderr=DEVNULL, **kwargs)
        self._started = time.perf_counter() - start
        self._deadline = time.monotonic() + self.notebook_timeout  # a slow start is not the notebook's fault

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run a cell within what is left of the limits; once the room is closed nothing runs any more."""
        wanted = self._needed is None or index in self._needed
        if self._closed or not wanted or cell.cell_type != "code":
            return cell, resources
        left = self._deadline - time.monotonic()
        if left <= 0:
            at_the_end = (
                index == len(self.nb.cells) - 1
            )  # only the canary is left, which is no cell of theirs
            place = "at its end" if at_the_end else f"before {_name(cell, index, within=True)}"
            self._close(f"{self._took_too_long()}; it was stopped {place}.")
            return cell, resources
        self.timeout = max(1, min(self._cell_limit, int(left)))
        try:
            with self._as_it_runs(cell):
                cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            why = f" ({said})" if (said := self._why_ended()) else ""
            name = _name(cell, index, within=True)
            self._close(f"The kernel died in {name}{why}; the cells behind it did not run.")
        except (CellTimeoutError, TimeoutError):
            self._close(f"The kernel did not answer any more in {_name(cell, index, within=True)}.")
        except Exception as error:  # student code can send anything over the kernel's channels
            name = _name(cell, index, within=True)
            self._close(f"What the kernel sent in {name} is no message ({type(error).__name__}).")
        shorten_errors(cell)
        if not self._closed and _timed_out(cell):
            self._after_timeout(cell, index)
        return cell, resources

    @contextmanager
    def _as_it_runs(self, cell: NotebookNode) -> Iterator[None]:
        """A test cell asks by no name that the notebook may have given to something else."""
        source, name = cell.source, grade_id(cell)
        if name in self._asked:
            cell.source = f"__import__('autograder').respond('{self._lab}.{self._asked[name].name}')"
        try:
            yield
        finally:
            cell.source = source

    def _after_timeout(self, cell: NotebookNode, index: int) -> None:
        name = _name(cell, index)
        if time.monotonic() >= self._deadline - 1:
            self._close(f"{self._took_too_long()}; it was stopped in {_name(cell, index, within=True)}.")
        elif not self._answers():
            self._close(
                f"{name} took longer than {self.timeout} s and could not be interrupted; the rest did not run."
            )
        else:
            self._notes.append(f"{name} took longer than {self.timeout} s and was interrupted.")

    def _took_too_long(self) -> str:
        return f"The notebook took longer than {self.notebook_timeout} s"

    def _answers(self) -> bool:
        """Whether the kernel is back at its prompt."""
        try:
            message = self.kc.kernel_info()
            return self.wait_for_reply(message) is not None
        except (DeadKernelError, TimeoutError, RuntimeError):
            return False

    def _why_ended(self) -> str:
        room = getattr(self.km.provisioner, "room", None)
        return room.end_reason if room else ""

    def _close(self, note: str) -> None:
        self._closed = True
        self._notes.append(note)
        self.nb.metadata.autograder["closed"] = True
        # The client's own goodbye would wait for a kernel that does not listen.
        run_sync(self.km.shutdown_kernel)(now=True)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Keep a cell's output up to the limit and let the rest go by: a loop that prints fills no memory."""
        try:
            if self._too_much(size_of(msg, self._display_id_map), cell, cell_index) or not is_sound(msg):
                return None
            output = super().process_message(msg, cell, cell_index)
        except (KeyError, TypeError, AttributeError):
            return None  # student code sent a message that is none
        if output is not None and not is_output(output):
            cell.outputs = [one for one in cell.outputs if one is not output]
            return None
        return output

    def _too_much(self, size: int, cell: NotebookNode, index: int) -> bool:
        """Whether the limit is reached. A cell whose output is the judge's has the whole of it to itself."""
        judged = is_graded(cell) or index == len(self.nb.cells) - 1
        account = index if judged else None
        exceeded, first = self._meter.add(size, account)
        if first:
            self._notes.append(
                f"The notebook printed more than {self.output_limit} bytes; from {_name(cell, index, within=True)} "
                "on the rest is cut off."
            )
        return exceeded


def _name(cell: NotebookNode, index: int, *, within: bool = False) -> str:
    """What a note calls a cell, at its beginning or within it."""
    name = grade_id(cell)
    text = f"The cell {name}" if name else f"Cell {index + 1}"
    return text[0].lower() + text[1:] if within else text


def _timed_out(cell: NotebookNode) -> bool:
    return any(output.get("ename") == "CellTimeoutError" for output in cell.get("outputs", []))


def _show_what_was_handed_in(nb: NotebookNode, handed_in: list[list[NotebookNode]]) -> None:
    """Where a cell ran without an error show the student's own output: here training was cut short.

    Test cells keep the room's: the judge reads them.
    """
    for cell, outputs in zip(nb.cells, handed_in, strict=True):
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        if cell.cell_type == "code" and outputs and not failed and not is_graded(cell):
            cell.outputs = outputs

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
from dataclasses import replace
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
from autograder.labs import get_lab
from autograder.notebook.check import RESPONSE_MIME, SEED_VARIABLE
from autograder.results.record import Canary, Record, Responses, RoomOutcome
from autograder.room.canaries import CANARY_MIME, canary_cell, paths_to_hide
from autograder.room.cell_dependencies import cells_to_run
from autograder.room.messages import Meter, is_output, is_sound, last_response, shorten_errors, size_of
from autograder.room.sandbox import SandboxError, problem

KERNEL, KERNELS = "autograder-room", Path(__file__).parent / "kernels"


class Room(Execute):
    """Runs a repaired notebook; its test cells answer with responses to the public and the hidden seed."""

    timeout = Integer(60, help="Seconds that a cell may take.").tag(config=True)
    notebook_timeout = Integer(300, help="Seconds that the whole notebook may take.").tag(config=True)
    output_limit = Integer(10_000_000, help="Bytes of output that are kept.").tag(config=True)
    run_all = Bool(False, help="Run also the lab's own cells that no mark depends on.").tag(config=True)
    iopub_timeout = Integer(15, help="Seconds to wait for a cell's last output.").tag(config=True)
    store_widget_state = Bool(False, help="Nothing reads it.").tag(config=True)
    sandbox = Bool(True, help="Without it student code runs as you, and reaches all you can.").tag(
        config=True
    )

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: Any = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run the cells that are needed; the outcome goes into the record."""
        self._record = record = Record.of(resources)
        self._tests = {exercise.test_id: exercise for exercise in get_lab(record.lab).exercises}
        self._cell_limit = self.timeout
        self._closed, self._meter = False, Meter(self.output_limit)
        self._notes: list[str] = []
        release = nbformat.read(record.course.release(record.lab), as_version=4)
        self._needed = None if self.run_all else cells_to_run(nb, release)
        handed_in = [list(cell.get("outputs", [])) for cell in nb.cells]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        canary = self._add_canary(nb)
        start, self._started = time.perf_counter(), 0.0
        with tempfile.TemporaryDirectory(prefix="room-") as self._sockets:
            nb, resources = super().preprocess(nb, resources, km)
        outcome = self._outcome(nb, canary, time.perf_counter() - start)
        replace(record, room=outcome).put_into(resources)
        self.timeout = self._cell_limit
        _show_what_was_handed_in(nb, handed_in)
        return nb, resources

    def _outcome(self, nb: NotebookNode, canary: Canary, taken: float) -> RoomOutcome:
        """What the test cells and the canary, which is taken away, answered; `taken` are the seconds of it all."""
        canary = replace(canary, response=last_response(nb.cells.pop(), CANARY_MIME))
        tests = {name: cell for cell in nb.cells if (name := grade_id(cell)) in self._tests and name}
        responses = {
            name: Responses(**{run: last_response(cell, mime) for run, mime in RESPONSE_MIME.items()})
            for name, cell in tests.items()
        }
        seconds = {"room start": self._started, "cells": taken - self._started}
        return RoomOutcome(responses, canary, self._closed, tuple(self._notes), seconds)

    def _add_canary(self, nb: NotebookNode) -> Canary:
        """A last cell, which answers with what must not pass."""
        source, exercise = canary_cell(self._record.lab, self._record.canary_seed)
        nb.cells.append(new_code_cell(source))
        if self._needed is not None:
            self._needed.add(len(nb.cells) - 1)
        return Canary(exercise.name, self._record.canary_seed)

    def create_kernel_manager(self) -> Any:
        """Channels over local sockets where there are such: nobody else on the machine can listen."""
        if self.sandbox and (reason := problem()):
            without = "(or grade without a sandbox: --no-sandbox, or c.Room.sandbox = False)"
            raise SandboxError(f"{reason} {without}")
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
            SEED_VARIABLE: str(self._record.seed),
            "NBGRADER_EXECUTION": "autograde",
            "CUDA_VISIBLE_DEVICES": "",
        }
        environment |= {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
        if self.sandbox:
            kwargs["hidden_paths"] = [
                *paths_to_hide(self._record.course.root),
                *map(str, self._record.hidden_paths),
            ]
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
        source, exercise = cell.source, self._tests.get(grade_id(cell) or "")
        if exercise:
            cell.source = f"__import__('autograder').respond('{self._record.lab}.{exercise.name}')"
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
        # The client's own goodbye would wait for a kernel that does not listen.
        run_sync(self.km.shutdown_kernel)(now=True)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Keep a cell's output up to the limit and let the rest go by: a loop that prints fills no memory."""
        try:
            if self._too_much(size_of(msg, self._display_id_map), cell, cell_index) or not is_sound(msg):
                return None
            output: NotebookNode | None = super().process_message(msg, cell, cell_index)
        except (KeyError, TypeError, AttributeError):
            return None  # student code sent a message that is none
        if output is not None and not is_output(output):
            cell.outputs = [kept for kept in cell.outputs if kept is not output]
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

    Test cells get the judge's.
    """
    for cell, outputs in zip(nb.cells, handed_in, strict=True):
        failed = any(output.output_type == "error" for output in cell.get("outputs", []))
        if cell.cell_type == "code" and outputs and not failed and not is_graded(cell):
            cell.outputs = outputs

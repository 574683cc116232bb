"""The room: a kernel of its own in which a submission runs, and which only ever produces responses.

Its limits: a time for each cell and for the notebook, and a size of output for each cell. Whatever student code
does in it, the rest of the class goes on.
"""

from __future__ import annotations

import os
import tempfile
import time
from subprocess import DEVNULL
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Integer

from autograder.building.course import Course
from autograder.grading.seeds import course_key, hidden_seed
from autograder.notebook.check import SEED_VARIABLE

_POLL_SECONDS = 5


class Room(Execute):
    """Runs a repaired notebook; its test cells answer with responses to the public and the hidden seed."""

    timeout = Integer(60, help="Seconds that a cell may take.").tag(config=True)
    notebook_timeout = Integer(300, help="Seconds that the whole notebook may take.").tag(config=True)
    output_limit = Integer(1_000_000, help="Bytes of output of a cell that are kept.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: Any = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run all cells; what went wrong in the room is noted in the notebook's metadata."""
        marked = resources["nbgrader"]
        self._seed = hidden_seed(course_key(Course.here().root), marked["student"], marked["assignment"])
        self._cell_limit, self._deadline = self.timeout, time.monotonic() + self.notebook_timeout
        self._closed = False
        self._notes = nb.metadata.setdefault("autograder", NotebookNode()).setdefault("notes", [])
        handed_in = [list(cell.get("outputs", [])) for cell in nb.cells]
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        with tempfile.TemporaryDirectory(prefix="room-") as self._sockets:
            nb, resources = super().preprocess(nb, resources, km)
        self.timeout = self._cell_limit
        _show_what_was_handed_in(nb, handed_in)
        return nb, resources

    def create_kernel_manager(self) -> Any:
        """Channels over local sockets where there are such: nobody else on the machine can listen."""
        manager = super().create_kernel_manager()
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
        super().start_new_kernel(env=environment, stdout=DEVNULL, stderr=DEVNULL, **kwargs)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run a cell within what is left of the limits; once the room is closed nothing runs any more."""
        if self._closed or cell.cell_type != "code":
            return cell, resources
        self._bytes = 0
        left = self._deadline - time.monotonic()
        self.timeout = max(1, min(self._cell_limit, int(left)))
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self._close(
                f"The kernel died in {_name(cell, index, within=True)}; the cells behind it did not run."
            )
        except (CellTimeoutError, TimeoutError):
            self._close(f"The kernel did not answer any more in {_name(cell, index, within=True)}.")
        if not self._closed and _timed_out(cell):
            self._after_timeout(cell, index)
        return cell, resources

    def _after_timeout(self, cell: NotebookNode, index: int) -> None:
        name = _name(cell, index)
        if time.monotonic() >= self._deadline - 1:
            self._close(f"The notebook took longer than {self.notebook_timeout} s; it was stopped in {name}.")
        elif not self._answers():
            self._close(
                f"{name} took longer than {self.timeout} s and could not be interrupted; the rest did not run."
            )
        else:
            self._notes.append(f"{name} took longer than {self.timeout} s and was interrupted.")

    def _answers(self) -> bool:
        """Whether the kernel is back at its prompt."""
        try:
            message = self.kc.kernel_info()
            return self.wait_for_reply(message) is not None
        except (DeadKernelError, TimeoutError, RuntimeError):
            return False

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
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error"):
            before, self._bytes = self._bytes, self._bytes + len(str(msg["content"]))
            if self._bytes > self.output_limit:
                if before <= self.output_limit:
                    self._notes.append(
                        f"{_name(cell, cell_index)} printed more than {self.output_limit} bytes; cut off."
                    )
                return None
        try:
            return super().process_message(msg, cell, cell_index)
        except (KeyError, TypeError, AttributeError):
            return None  # student code sent a message that is none


def _name(cell: NotebookNode, index: int, *, within: bool = False) -> str:
    """What a note calls a cell, at its beginning or within it."""
    name = cell.metadata.get("nbgrader", {}).get("grade_id")
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
        if (
            cell.cell_type == "code"
            and outputs
            and not failed
            and not cell.metadata.get("nbgrader", {}).get("grade")
        ):
            cell.outputs = outputs

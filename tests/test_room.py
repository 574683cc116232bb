"""The room: what student code can reach in it, how it ends, and which cells run."""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import subprocess
import threading
import time
import warnings
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from autograder.grading.pool import grade_submission
from autograder.results.record import Record
from autograder.results.submission import Submission
from autograder.room import canaries, execution, sandbox
from autograder.room.canaries import canary_cell, escapes
from autograder.room.cell_dependencies import cells_to_run
from autograder.room.execution import KERNEL, KERNELS, Room
from autograder.room.limits import Limits
from autograder.room.messages import Meter, is_sound, size_of

ROOT = Path(__file__).resolve().parents[1]


def needs_sandbox(test):
    """A test with a real room: it takes a second or more, and is left out where there is no sandbox."""
    missing = pytest.mark.skipif(sandbox.problem() is not None, reason=str(sandbox.problem()))
    return pytest.mark.slow(missing(test))


@pytest.fixture
def room(tmp_path):
    """Runs cells in a room with a folder that holds data.txt; returns the cells' texts and why the room ended."""
    folder, sockets = tmp_path / "folder", tmp_path / "sockets"
    folder.mkdir()
    sockets.mkdir()
    (folder / "data.txt").write_text("handed in")

    def run(*sources: str, timeout: int = 30, **limits: int) -> tuple[list[str], str]:
        manager = AsyncKernelManager(kernel_name=KERNEL, config=Config(RoomProvisioner=limits))
        manager.kernel_spec_manager.kernel_dirs.append(str(KERNELS))
        manager.transport, manager.ip = "ipc", f"{sockets}/kernel"
        notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
        place = {"metadata": {"path": str(folder)}}
        client = NotebookClient(
            notebook, manager, timeout=timeout, allow_errors=True, interrupt_on_timeout=True, resources=place
        )
        with contextlib.suppress(DeadKernelError):
            client.execute(env={**os.environ, "AUTOGRADER_SEED": "5", "SECRET_OF_THE_GRADER": "x"})
        end_reason = manager.provisioner.room.end_reason
        run_sync(manager.shutdown_kernel)(now=True)
        del client, manager
        with warnings.catch_warnings():  # nbclient leaves the channels to a kernel that died open
            warnings.simplefilter("ignore")
            gc.collect()
        return [_text(cell) for cell in notebook.cells], end_reason

    return run


def _text(cell: NotebookNode) -> str:
    return "".join(
        output.get("text") or output.get("ename", "") + output.get("evalue", "") for output in cell.outputs
    )


REACH = {
    "a network": ("import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)", "unreachable"),
    "the course": (f"open({str(ROOT / 'nbgrader_config.py')!r})", "FileNotFoundError"),
    "the solutions": (f"import os; os.listdir({str(ROOT / 'notebooks')!r})", "FileNotFoundError"),
    "a home": ("import os; print(os.path.exists('/home'))", "False"),
    "the grader's environment": (
        "import os; print([open(f'/proc/{p}/environ').read().count('SECRET_OF') for p in (os.getpid(),)], "
        "[name for name in os.environ if 'SECRET' in name])",
        "[0] []",
    ),
    "the grader's processes": (
        "import os; print(sum(p.isdigit() and 'pytest' in open(f'/proc/{p}/cmdline').read() "
        "for p in os.listdir('/proc')))",
        "0\n",
    ),
    "the package": ("import autograder, os; print(os.access(autograder.__file__, os.W_OK))", "False"),
    "references": (
        "import autograder, os; print(os.listdir(os.path.dirname(autograder.__file__) + '/references'))",
        "[]",
    ),
    "the channel's folder": ("open('/run/sockets/file', 'w')", "Read-only file system"),
    "the machine's settings": ("open('/proc/sys/kernel/core_pattern', 'w')", "PermissionError"),
    "another namespace": ("import ctypes; print(ctypes.CDLL(None).unshare(0x10000000))", "-1"),
    "memory that nobody counts": ("import os; os.memfd_create('x')", "PermissionError"),
    "privileges": (
        "print([line[-17:] for line in open('/proc/self/status') if line.startswith(('CapEff', 'CapBnd'))])",
        "['0000000000000000\\n', '0000000000000000\\n']",
    ),
    "a huge file": ("open('big', 'wb').write(bytes(3_000_000))", "File too large"),
    "all of the disk": ("[open(f'{i}', 'wb').write(bytes(1_000_000)) for i in range(9)]", "No space left"),
    "all of the memory": ("import torch; torch.zeros(10**10)", "can't allocate memory"),
}


@needs_sandbox
@pytest.mark.parametrize("what", REACH)
def test_student_code_cannot_reach(room, what):
    source, refusal = REACH[what]
    texts, _ = room(source, "print('still there')", file_size=2_000_000, disk=5_000_000)
    assert refusal in texts[0] and texts[1] == "still there\n"


@needs_sandbox
def test_what_student_code_needs_is_there(room):
    texts, _ = room(
        "print(open('data.txt').read())",
        "open('own.txt', 'w').write('x'); open('/tmp/own.txt', 'w').write('x'); print('written')",
        "import autograder, torch, matplotlib.pyplot as plt; plt.plot([1, 2]); print(torch.ones(3).sum())",
        "from autograder import load_images; print(len(load_images(length=64).images(slice(None))))",
        "import torch, random, numpy; print(torch.initial_seed(), random.random(), numpy.random.rand())",
    )
    assert texts[0] == "handed in\n" and texts[1] == "written\n" and "tensor(3.)" in texts[2]
    assert texts[3] == "64\n"
    again, _ = room(
        "import torch, random, numpy; print(torch.initial_seed(), random.random(), numpy.random.rand())"
    )
    assert not set(again[0].split()) & set(texts[4].split()), "rooms share random numbers"


# Each process stays below the limit; only together are they above it.
BOMBS = {
    "memory": (
        "import os\nfor _ in range(5):\n    os.fork() or (b'x' * 3 * 10**8, __import__('time').sleep(600))",
        "more than 1 GiB of memory",
    ),
    "shared memory": (
        "import mmap\nkept = []\nfor _ in range(5):\n    kept.append(mmap.mmap(-1, 3 * 10**8))\n"
        "    kept[-1].write(b'x' * 3 * 10**8)\n__import__('time').sleep(600)",
        "more than 1 GiB of memory",
    ),
    "exit": ("import os; os._exit(3)", "exit status 3"),
    "segfault": ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
}


@needs_sandbox
@pytest.mark.parametrize("what", BOMBS)
def test_a_room_says_why_it_ended(room, what):
    """The second cell waits for the end, however long a busy machine takes to fill the memory."""
    source, reason = BOMBS[what]
    texts, end_reason = room(
        source, "__import__('time').sleep(600)", "print('later')", timeout=550, memory=2**30
    )
    assert reason in end_reason and texts[2] == ""


@needs_sandbox
def test_processes_are_counted(room):
    crowd = (
        "import os, time\nfor _ in range(99):\n    if os.fork() == 0:\n        time.sleep(600); os._exit(0)"
    )
    _, end_reason = room(crowd, "__import__('time').sleep(600)", timeout=550, processes=40)
    assert "more than 40 processes" in end_reason
    few = crowd.replace("99", "20")
    texts, end_reason = room(few, "print('still there')", processes=40)
    assert texts == ["", "still there\n"] and "processes" not in end_reason


@needs_sandbox
def test_nothing_is_left_when_a_room_ends(room):
    command = f"sleep {600 + os.getpid() / 1e7:.7f}"  # the same of no other process
    texts, _ = room(
        f"import subprocess; print(subprocess.Popen({command.split()}, start_new_session=True).pid)"
    )
    assert texts[0].strip().isdigit()
    given_up = time.monotonic() + 300  # the kernel ends them as soon as it gets to it
    while command in subprocess.run(["ps", "axo", "args"], capture_output=True, text=True).stdout:
        if time.monotonic() > given_up:
            pytest.fail(f"{command} still runs")
        time.sleep(0.2)


@needs_sandbox
def test_an_endless_cell_is_interrupted(room):
    texts, _ = room("while True:\n    pass", "print('back')", timeout=2)
    assert texts[1] == "back\n"


@pytest.fixture
def executed(scratch_course, tmp_path):
    """Runs cells in front of the released lab's, as grading does: (the room, its notebook, the outcome)."""

    def run(*sources: str, **limits: int) -> tuple[Room, NotebookNode]:
        notebook = nbformat.read(scratch_course.release("sine_gan"), as_version=4)
        notebook.cells[:0] = [new_code_cell(source) for source in sources]
        resources = {"metadata": {"path": str(tmp_path)}}
        Record.begin(scratch_course, "ana", "sine_gan").put_into(resources)
        room = Room(**limits)
        notebook, resources = room.preprocess(notebook, resources)
        return room, notebook, Record.of(resources).room

    return run


@needs_sandbox
def test_the_notebooks_time_is_that_of_all_its_cells(executed, monkeypatch):
    """Many cells that each take less than a second can't go on after the notebook's time is over."""
    now = 0.0

    class Clock:
        perf_counter = staticmethod(time.perf_counter)

        @staticmethod
        def monotonic() -> float:
            return now

    run, timeouts = Execute.preprocess_cell, []

    def take_0_8_seconds(room, *arguments):
        nonlocal now
        timeouts.append(room.timeout)
        room.timeout = 60
        result = run(room, *arguments)
        now += 0.8
        return result

    monkeypatch.setattr(execution, "time", Clock)
    monkeypatch.setattr(Execute, "preprocess_cell", take_0_8_seconds)
    _, notebook, outcome = executed(*["print('ran')"] * 12, timeout=30, notebook_timeout=3)
    assert [_text(cell) for cell in notebook.cells[:12]] == ["ran\n"] * 4 + [""] * 8 and outcome.closed
    assert outcome.notes == ("The notebook took longer than 3 s; it was stopped before cell 5.",)
    assert timeouts == [3, 2, 1, 1]  # what is left of the notebook's time, in whole seconds, but one at least


@needs_sandbox
def test_a_folder_that_does_not_fit_is_told_however_many_files_it_holds(tmp_path):
    """What `cp` says of 400 files is more than a pipe holds."""
    for name in ("folder", "sockets"):
        (tmp_path / name).mkdir()
    for number in range(400):
        (tmp_path / "folder" / f"{number:0200}").write_bytes(bytes(5000))
    errors = []

    def try_it() -> None:
        try:
            sandbox.Sandbox(tmp_path / "folder", tmp_path / "sockets", None, Limits(disk=100_000))
        except sandbox.SandboxError as error:
            errors.append(str(error))

    thread = threading.Thread(target=try_it, daemon=True)
    thread.start()
    thread.join(300)
    assert errors and "No space left" in errors[0] and len(errors[0]) < 500


SENDS = """
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent(), metadata={'version': '2.0'})
"""
SHOWN = "{'data': {'text/plain': 'x' * 9_000}, 'metadata': {}, 'transient': {'display_id': 'a'}}"
FLOODS = {
    "updates of what is shown": f"for _ in range(20):\n    send('update_display_data', **{SHOWN})",
    "widgets": "for i in range(20):\n    send('comm_open', comm_id=str(i), target_name='jupyter.widget', "
    "data={'state': {'_model_name': 'x', '_model_module': 'x', 'value': 'x' * 9_000}})",
    "messages to widgets": "for i in range(20):\n    send('comm_msg', comm_id=str(i), "
    "data={'state': {'value': 'x' * 9_000}})",
    "a hundred copies of one output": "for _ in range(100):\n    send('display_data', data={'text/plain': ''}, "
    f"metadata={{}}, transient={{'display_id': 'a'}})\nsend('update_display_data', **{SHOWN})",
}


@needs_sandbox
def test_messages_of_every_kind_count_as_output(executed):
    """What keeps its data in the grader's memory, or multiplies it in the notebook, is cut off too."""
    room, notebook, outcome = executed(*[SENDS + code for code in FLOODS.values()], output_limit=100_000)
    assert any("printed more than 100000 bytes" in note for note in outcome.notes)
    assert room.widget_state == {} and "widgets" not in notebook.metadata
    assert sum(len(str(cell.outputs)) for cell in notebook.cells[: len(FLOODS)]) < 100_000


def _message(kind: str, **content) -> dict:
    return {"msg_type": kind, "content": content}


@pytest.mark.parametrize("kind", ["stream", "comm_open", "comm_msg", "update_display_data", "unheard_of"])
def test_a_message_weighs_what_it_carries(kind):
    assert size_of(_message(kind, data={"state": "x" * 1000}), {}) > 1000
    assert size_of(_message("status", execution_state="idle"), {}) == 0


def test_an_update_weighs_as_often_as_it_is_shown():
    update = _message("update_display_data", data={}, metadata={}, transient={"display_id": "a"})
    alone = size_of(update, {"b": {0: [1]}})
    assert size_of(update, {"a": {0: [0, 1], 3: [2]}}) == 4 * alone


@pytest.mark.parametrize("data", [5, {"text/plain": {}}, {"text/plain": None}])
def test_an_update_that_no_notebook_may_hold_is_not_sound(data):
    shown = {"metadata": {}, "transient": {"display_id": "a"}}
    assert is_sound(_message("update_display_data", data={"text/plain": "x"}, **shown))
    assert not is_sound(_message("update_display_data", data=data, **shown))


def test_the_meter_tells_once_for_each_account():
    meter = Meter(10)
    assert [meter.add(size, None) for size in (10, 1, 1)] == [(False, False), (True, True), (True, False)]
    assert meter.add(10, "test") == (False, False)


def test_escapes_are_noticed_where_there_is_no_room(tmp_path):
    """Outside of a room the attempts of the canaries succeed."""
    (tmp_path / "notebooks").mkdir()
    passed = escapes([str(tmp_path / "notebooks"), str(tmp_path / "source")])
    assert f"see {tmp_path}/notebooks" in passed and f"see {tmp_path}/source" not in passed
    assert "see other processes" in passed and f"write to {ROOT / 'autograder'}" in passed


@pytest.fixture
def show(monkeypatch):
    """Plants a fault: every room shows this place of the machine."""

    def plant(path: str) -> None:
        monkeypatch.setattr(sandbox, "_SETTINGS", (*sandbox._SETTINGS, path))
        sandbox._system_view.cache_clear()

    yield plant
    sandbox._system_view.cache_clear()


@needs_sandbox
def test_a_room_in_which_the_course_can_be_seen_is_not_used(
    executed, scratch_course, tmp_path, monkeypatch, show
):
    """This holds wherever the course lies, and whatever the working folder is."""
    seen = str(scratch_course.root / "notebooks")
    monkeypatch.chdir(tmp_path)
    show(seen)
    with pytest.raises(sandbox.SandboxError, match=f"a canary passed: student code could see {seen}"):
        executed("1")


@needs_sandbox
@pytest.mark.parametrize("seen", ["submitted/ana/sine_gan", "out/gradebook.db"])
def test_a_room_in_which_the_class_can_be_seen_is_not_used(scratch_course, tmp_path, show, seen):
    ana, out = Submission("ana", "sine_gan", tmp_path / "submitted" / "ana" / "sine_gan"), tmp_path / "out"
    ana.folder.mkdir(parents=True)
    shutil.copy(scratch_course.release("sine_gan"), ana.folder)
    out.mkdir()
    (out / "gradebook.db").write_text("")
    assert (
        grade_submission(scratch_course, ana, hidden_paths=(out / "gradebook.db",)).verdict.status == "graded"
    )
    show(str(tmp_path / seen))
    with pytest.raises(
        sandbox.SandboxError, match=f"a canary passed: student code could see {tmp_path / seen}"
    ):
        grade_submission(scratch_course, ana, hidden_paths=(out / "gradebook.db",))


def test_a_package_among_others_has_no_course_around_it(tmp_path, monkeypatch):
    """`pip install` puts it beside packages that have a folder `tests`, which every room can see."""
    for name in ("autograder", "tests", "notebooks"):
        (tmp_path / "site-packages" / name).mkdir(parents=True)
    monkeypatch.setattr(canaries, "PACKAGE", tmp_path / "site-packages" / "autograder")
    monkeypatch.chdir(tmp_path)
    hidden = set(canaries.paths_to_hide(tmp_path / "course"))
    assert not any("site-packages" in path for path in hidden)
    assert {f"{tmp_path}/course/tests", f"{tmp_path}/course/.course_key", f"{tmp_path}/submitted"} <= hidden
    for name in ("source", "release"):
        (tmp_path / "site-packages" / name).mkdir()
    assert f"{tmp_path}/site-packages/source" in set(canaries.paths_to_hide(tmp_path / "course"))


def test_the_canary_may_be_any_exercise(lab):
    chosen = {canary_cell(lab.name, seed)[1].name for seed in range(200)}
    assert chosen == {exercise.name for exercise in lab.exercises}


def test_only_cells_that_marks_depend_on_are_needed(course, lab):
    """Of the release: tests, exercises and settings. A cell that the student changed brings what it uses."""
    release = nbformat.read(course.release(lab.name), as_version=4)
    code = [index for index, cell in enumerate(release.cells) if cell.cell_type == "code"]
    marked = {index for index in code if release.cells[index].metadata.get("nbgrader")}
    needed = cells_to_run(release, release)
    assert marked <= needed and len(needed) < len(code) / 2
    edited = nbformat.from_dict(release)
    own = [index for index in code if index not in needed][-1]
    edited.cells[own].source += "\nmy_own = 1"
    assert own in cells_to_run(edited, release)


def test_a_released_cell_is_needed_where_an_answer_uses_it():
    released = [
        new_code_cell("a = 1"),
        new_code_cell("b = a + 1"),
        new_code_cell("c = [3]"),
        new_code_cell("c[0] = 4"),
    ]
    release = new_notebook(cells=released)
    answers = {"def f():\n    return b": {0, 1}, "d = c": {2, 3}, "def f(a):\n    return a": set(),
               "eval('a')": {0, 1, 2, 3}, "1 +": {0, 1, 2, 3}, "%time x = a": {0, 1, 2, 3}}  # fmt: skip
    for answer, wanted in answers.items():
        notebook = new_notebook(cells=[*released, new_code_cell(answer)])
        assert cells_to_run(notebook, release) == wanted | {4}, answer


def test_as_many_rooms_as_cores_that_may_be_used(tmp_path, monkeypatch):
    """In a container or under `taskset` the machine may have many more."""
    from click.testing import CliRunner

    from autograder.cli import main
    from autograder.grading import run

    jobs = []
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5, 7}, raising=False)
    monkeypatch.setattr(run, "grade_class", lambda *arguments: jobs.append(arguments[-1].jobs) or 0)
    for options in ((), ("--jobs", "5")):
        arguments = ["grade", "--submitted", str(tmp_path), "--out", str(tmp_path), *options]
        CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert jobs == [3, 5]


def test_without_a_sandbox_grade_refuses(tmp_path, monkeypatch):
    """The message says what to install, and that there is --no-sandbox."""
    from click.testing import CliRunner

    from autograder.cli import main

    submitted = tmp_path / "submitted"
    (submitted / "ana" / "sine_gan").mkdir(parents=True)
    (submitted / "ana" / "sine_gan" / "sine_gan.ipynb").write_text("{}")
    monkeypatch.setenv("PATH", str(tmp_path))
    sandbox.problem.cache_clear()
    try:
        arguments = ["grade", "--submitted", str(submitted), "--out", str(tmp_path / "out")]
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 2 and "apt-get install bubblewrap" in result.output
        assert "--no-sandbox" in result.output and not (tmp_path / "out").exists()
    finally:
        sandbox.problem.cache_clear()

"""Hostile submissions in rooms: no mark above the honest one, nothing leaks, nothing and nobody else is touched."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import threading
import time
from pathlib import Path

import hostile_limits  # noqa: F401  adds to the catalogue
import hostile_reach  # noqa: F401  adds to the catalogue
import matplotlib
import nbformat
import pytest
import torch
from hostile import HOSTILE, LAB, Trick
from nbformat.v4 import new_code_cell

from autograder.building.example_class import fill_in
from autograder.cells.metadata import grade_id
from autograder.course.course import Course
from autograder.course.solution import solution_cells
from autograder.files.cache import CACHE_VARIABLE, cache_folder
from autograder.grading.job import unfinished
from autograder.grading.pool import grade_submission
from autograder.grading.run import Grading
from autograder.intake.find import find_submissions
from autograder.labs import get_lab
from autograder.room.fork_server import FORK_SERVER_VARIABLE
from autograder.room.sandbox import problem

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(problem() is not None, reason=f"no sandbox here: {problem()}"),
]
ROOT = Path(__file__).resolve().parents[1]
# Nothing hostile runs where there is no room, whatever is broken.
GUARD = "import os\nif os.getcwd() != '/room' or os.getuid() != 1000:\n    os._exit(1)"
SECRET = "planted" + "-secret-" + "7d1f"
LIMITS = {
    "timeout = 60": "timeout = 2\nc.Room.iopub_timeout = 2",
    "notebook_timeout = 300": "notebook_timeout = 7",
    "output_limit = 10_000_000": "output_limit = 500_000",
    "memory = 2 * 2**30": "memory = 2**30",
    "processes = 128": "processes = 40",
    "disk = 200_000_000": "disk = 40_000_000",
    "file_size = 100_000_000": "file_size = 30_000_000",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A course, a class with a victim, and results, with secrets planted in all of them; short limits."""
    world = tmp_path_factory.mktemp("world")
    before = os.getcwd(), dict(os.environ)
    os.environ["MPLCONFIGDIR"] = matplotlib.get_cachedir()
    os.environ[CACHE_VARIABLE] = str(cache_folder())
    for name in ("notebooks", "source", "release"):
        shutil.copytree(ROOT / name, world / "course" / name)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    for old, new in LIMITS.items():
        assert old in text
        text = text.replace(old, new)
    (world / "course" / "nbgrader_config.py").write_text(text, encoding="utf-8")
    _plant(world)
    os.environ["GRADERS_SECRET"] = SECRET
    os.environ["HOME"] = str(world / "home")
    os.chdir(world / "course")
    HOSTILE["honest"] = Trick("nothing", lambda notebook, cells: None, solved=True, honest=80.0)
    _hand_in(world, "honest", ("", ""))
    verdict = _grade(world)[0]
    assert (verdict.score, verdict.status) == (80.0, "graded"), verdict.notes
    shutil.rmtree(world / "submitted" / "mallory")
    yield world
    os.chdir(before[0])
    warm = os.environ[FORK_SERVER_VARIABLE]
    os.environ.clear()
    os.environ.update(before[1] | {FORK_SERVER_VARIABLE: warm})


def _plant(world: Path) -> None:
    (world / "home").mkdir()
    (world / "home" / "secret.txt").write_text(SECRET)
    (world / "course" / ".course_key").write_text(SECRET + "\n")
    source = world / "course" / "source" / LAB / f"{LAB}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if grade_id(cell) in get_lab(LAB).questions or grade_id(cell) == "coverage":
            cell.source = f"# {SECRET}\n{cell.source}"
    source.write_text(nbformat.writes(notebook), encoding="utf-8")
    with (world / "course" / "notebooks" / LAB / f"{LAB}.py").open("a", encoding="utf-8") as file:
        file.write(f"# {SECRET}\n")
    victim = fill_in(
        nbformat.read(world / "course" / "release" / LAB / f"{LAB}.ipynb", 4), {"question_1": SECRET}
    )
    (world / "submitted" / "victim" / LAB).mkdir(parents=True)
    (world / "submitted" / "victim" / LAB / f"{LAB}.ipynb").write_text(nbformat.writes(victim))
    (world / "out" / "victim" / LAB).mkdir(parents=True)
    (world / "out" / "victim" / LAB / "verdict.json").write_text(json.dumps({"secret": SECRET}))
    (world / "out" / "notes.db").write_text(SECRET)


@pytest.fixture(scope="module")
def listening():
    """Sockets of the host that nobody from a room may reach: (port, abstract name, list of who came)."""
    port, name, came = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX), []
    name.bind(f"\0mallory-{os.getpid()}")
    name.listen()

    def wait(one):
        while True:
            try:
                came.append(one.accept())
            except OSError:
                return

    for one in (port, name):
        threading.Thread(target=wait, args=(one,), daemon=True).start()
    yield port.getsockname()[1], f"mallory-{os.getpid()}", came
    for one in (port, name):
        one.shutdown(socket.SHUT_RDWR)
        one.close()


def _hand_in(world: Path, name: str, listening) -> None:
    trick, course = HOSTILE[name], Course(world / "course")
    cells = {one: cell for one, cell in solution_cells(Course(ROOT), LAB).items() if "setup" not in one}
    notebook = fill_in(nbformat.read(course.release(LAB), as_version=4), cells if trick.solved else {})
    trick.change(notebook, {grade_id(cell): cell for cell in notebook.cells if grade_id(cell)})
    notebook.cells.insert(0, new_code_cell(GUARD))
    for cell in notebook.cells:
        cell.source = cell.source.replace("@WORLD@", str(world)).replace("@PORT@", str(listening[0]))
        cell.source = cell.source.replace("@ABSTRACT@", listening[1])
    folder = world / "submitted" / "mallory" / LAB
    folder.mkdir(parents=True)
    (folder / f"{LAB}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    if trick.beside:
        trick.beside(folder, world)


def _sums(world: Path) -> dict[str, str]:
    """Checksums of all that a submission has no business with."""
    places = [world / "course", world / "submitted" / "victim", world / "out" / "victim", world / "home"]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    files += [Path(module.__file__) for module in (json, torch, nbformat)]
    sums = {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
    strays = [path for place in (world, Path("/tmp")) for path in place.glob("touched-by-mallory*")]
    return sums | {str(path): "stray" for path in strays}


def _in_rooms() -> set[str]:
    """Processes in other process namespaces than this one that descend from this one, or from nobody any more."""
    return {process for process in filter(str.isdigit, os.listdir("/proc")) if _is_ours(process)}


def _about(process: str) -> str:
    return " ".join(Path(f"/proc/{process}/status").read_text().split()[:24])


def _is_ours(process: str) -> bool:
    own = os.readlink("/proc/self/ns/pid")
    try:
        ended = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        if ended or os.readlink(f"/proc/{process}/ns/pid") == own:
            return False
        while process not in (str(os.getpid()), "1"):
            above = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
            orphan = above == "1" and os.readlink(f"/proc/{process}/ns/pid") != own
            process = above
        return orphan or process != "1"
    except OSError:
        return False


def _grade(world: Path) -> tuple:
    """As the command does, in this process: (verdict, graded notebook or "", feedback page)."""
    (submission,) = (one for one in find_submissions(world / "submitted", [LAB]) if one.student == "mallory")
    grading = Grading(Course(world / "course"), world / "out")
    plan = grading.plan([submission], force=True)
    try:
        result = grade_submission(Course(world / "course"), submission)
    except Exception as error:  # as the pool does
        result = unfinished(submission, f"Grading failed with {type(error).__name__}: {error}")
    ((_, verdict),) = grading.run(plan, _Given(result))
    page = world / "out" / "feedback" / "mallory" / LAB / f"{LAB}.html"
    return verdict, result.notebook or "", page.read_text(encoding="utf-8")


class _Given:
    """A pool that has the result already."""

    def __init__(self, result) -> None:
        self.result = result

    def grade(self, submissions):
        return [(submissions[0], self.result)]


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile(name, world, listening):
    trick = HOSTILE[name]
    print(trick.what)
    before, rooms, start = _sums(world), _in_rooms(), time.process_time()
    _hand_in(world, name, listening)
    try:
        verdict, notebook, page = _grade(world)
    finally:
        shutil.rmtree(world / "submitted" / "mallory", ignore_errors=True)
        (world / "submitted" / "mallory" / LAB).unlink(missing_ok=True)
        (world / "submitted" / "mallory").rmdir() if (world / "submitted" / "mallory").exists() else None
    print(verdict.score, verdict.status, verdict.notes)
    assert verdict.score <= trick.honest, verdict.notes
    if trick.most and verdict.status == "graded":
        assert verdict.checks[trick.most[0]].score <= trick.most[1]
    assert not any(
        "Grading failed" in note or "Writing the results failed" in note for note in verdict.notes
    ), verdict.notes
    assert verdict.status == "needs_attention" or not trick.ends, verdict.notes
    assert "breach" not in notebook, [line for line in notebook.splitlines() if "breach" in line][:5]
    texts = (json.dumps(verdict.to_json()), notebook, page)
    for text in texts:
        shown = text.replace("planted-secret-[0-9a-f]+", "").replace(SECRET + "-written", "")
        assert SECRET not in shown and "BEGIN MARK SCHEME" not in page
        assert len(text) < 4_000_000
    assert "<script>" not in page
    assert not listening[2]
    assert _sums(world) == before
    deadline = time.monotonic() + 30
    while (
        not _in_rooms() <= rooms
    ):  # what was killed takes a moment to go, also what other tests kill meanwhile
        assert time.monotonic() < deadline, [_about(process) for process in _in_rooms() - rooms]
        time.sleep(0.1)
    assert time.process_time() - start < 60  # of this process's own work: nothing makes the grader toil

"""Hostile submissions that end, hang or fill whatever they run in, and files that are hard to read."""

from __future__ import annotations

from hostile import called, edited, first
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

# 9. Exits of every kind.

EXITS = {
    "sys_exit": "import sys\nsys.exit(0)",
    "quit": "quit()",
    "raise_interrupt": "raise KeyboardInterrupt",
    "raise_base": "class Away(BaseException):\n    pass\nraise Away",
    "raise_generator_exit": "raise GeneratorExit",
    "hostile_exception": (
        "class Odd(Exception):\n    def __str__(self):\n        raise self\n    __repr__ = __str__\n"
        "    def _render_traceback_(self):\n        raise SystemExit\n"
        "Odd.__name__ = '<script>alert(1)</script>'\nraise Odd"
    ),
    "endless_message": "raise ValueError('x' * 50_000_000)",
}
for name, code in EXITS.items():
    first(f"exit_{name}", f"{name.replace('_', ' ')} in a cell: the rest goes on", code, solved=True)
    called(f"exit_{name}_when_called", f"{name.replace('_', ' ')} while the probe runs", code)
DEATHS = {
    "os_exit": "import os\nos._exit(0)",
    "abort": "import os\nos.abort()",
    "kill_itself": "import os\nos.kill(os.getpid(), 9)",
    "segfault": "import ctypes\nctypes.string_at(0)",
    "stack_overflow": "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
    "another_program": "import os\nos.execv('/bin/sleep', ['sleep', '1000'])",
    "shutdown": "get_ipython().kernel.do_shutdown(True)\nimport os, signal\nos.kill(os.getpid(), signal.SIGTERM)",
    "closed_descriptors": "import os\nos.closerange(0, 1000)",
    "stops_itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
}
for name, code in DEATHS.items():
    first(f"death_by_{name}", f"the kernel ends or is deaf: {name.replace('_', ' ')}", code, ends=True)
called(
    "death_by_os_exit_when_called",
    "the kernel ends while the probe runs",
    "import os\nos._exit(0)",
    ends=True,
)
called(
    "death_by_segfault_when_called",
    "a crash while the probe runs",
    "import ctypes\nctypes.string_at(0)",
    ends=True,
)

# 10. Endless loops and sleeps.

first("loop", "an endless loop that can be interrupted", "while True:\n    pass", solved=True)
first(
    "loop_that_swallows_interrupts",
    "an endless loop that catches everything",
    "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
    ends=True,
)
first(
    "deaf_to_signals",
    "all signals are ignored, then a long sleep",
    """
import signal, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGCHLD):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
while True:
    time.sleep(10**6)
""",
    ends=True,
)
first(
    "loop_in_c",
    "a loop in C that holds the lock and looks at no signal",
    "sum(range(10**14))",
    ends=True,
)
first("sleep", "a long sleep", "import time\ntime.sleep(10**6)", solved=True)
called("sleep_when_called", "a long sleep in every definition", "import time\ntime.sleep(10**6)", ends=True)
first(
    "goodbye_that_takes_for_ever",
    "threads and handlers that keep the process from ending",
    """
import atexit, threading, time
atexit.register(time.sleep, 10**6)
threading.Thread(target=time.sleep, args=(10**6,)).start()
""",
    solved=True,
)
first(
    "clock",
    "clocks that stand still",
    "import time\ntime.time = time.monotonic = time.perf_counter = lambda: 0.0",
    solved=True,
)

# 11. Bombs: memory, processes, threads, files, disk, output. All are bounded to what this machine survives.

first(
    "memory", "memory in one piece and many", "kept = [bytearray(50_000_000) for _ in range(60)]", solved=True
)
first(
    "memory_slowly_touched",
    "memory that a tensor takes",
    "kept = []\nfor _ in range(60):\n    kept.append(torch.ones(12_500_000))",
    solved=True,
)
first(
    "memory_of_children",
    "memory that is spread over children",
    """
import os, time
for _ in range(8):
    if os.fork() == 0:
        kept = bytearray(300_000_000)
        time.sleep(60)
time.sleep(3)
""",
    ends=True,
)
SHARED = """
import mmap, time
kept = []
for _ in range(18):
    kept.append(mmap.mmap(-1, 100_000_000))
    for place in range(0, 100_000_000, 4096):
        kept[-1][place] = 1
time.sleep(1)
print('bre' + 'ach', 'of the limit of memory')
"""
first("memory_shared", "1.8 GB of memory that processes share", SHARED)
first(
    "memory_in_files_without_a_name",
    "1.8 GB in files that lie in memory only",
    """
import os, time
kept = [os.memfd_create(str(number)) for number in range(90)]
for descriptor in kept:
    os.write(descriptor, bytes(20_000_000))
time.sleep(1)
print('bre' + 'ach', 'of the limit of memory')
""",
)
first(
    "memory_in_segments",
    "1.8 GB in segments of shared memory that nobody has attached",
    """
import ctypes, time
libc = ctypes.CDLL(None)
libc.shmat.restype = ctypes.c_void_p
libc.shmdt.argtypes = [ctypes.c_void_p]
for number in range(18):
    segment = libc.shmget(0, ctypes.c_size_t(100_000_000), 0o1600)
    if segment < 0:
        raise MemoryError
    place = libc.shmat(segment, None, 0)
    if place not in (None, 2**64 - 1):
        ctypes.memset(place, 1, 100_000_000)
        libc.shmdt(place)
time.sleep(1)
print('bre' + 'ach', 'of the limit of memory')
""",
)
first(
    "processes",
    "children of children",
    "import os\nfor _ in range(8):\n    os.fork()\nimport time\ntime.sleep(60)",
)
first(
    "processes_that_come_again",
    "a fork bomb in a shell, which starts anew whatever is ended",
    """
import subprocess
bomb = 'b() { if [ "$1" -gt 0 ]; then b $(($1 - 1)) | b $(($1 - 1)) & fi; sleep 5; }; b 6; b 6; b 6'
subprocess.run(['bash', '-c', bomb], timeout=3)
""",
)
first(
    "threads",
    "thousands of threads",
    """
import threading, time
for _ in range(2000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""",
)
first(
    "open_files",
    "as many open files as there may be",
    "kept = []\nwhile True:\n    kept.append(open('/dev/null'))",
)
first(
    "disk",
    "every place that can be written is filled",
    """
import os
for place in ('/room', '/tmp', '/dev/shm'):
    for number in range(100):
        try:
            with open(f'{place}/{number}', 'wb') as file:
                file.write(bytes(10_000_000))
        except OSError as error:
            print(error)
            break
""",
    solved=True,
)
first(
    "inodes",
    "a quarter of a million empty files",
    """
import os
os.makedirs('/tmp/many', exist_ok=True)
try:
    for number in range(250_000):
        os.close(os.open(f'/tmp/many/{number}', os.O_CREAT | os.O_WRONLY))
except OSError as error:
    print(error)
""",
)
first("output_at_once", "200 MB in one print", "print('x' * 200_000_000)", solved=True)
first("output_in_pieces", "a million lines", "for number in range(10**6):\n    print(number)")
first(
    "output_of_pictures",
    "40 displays of 5 MB",
    "from IPython.display import display, HTML\nfor _ in range(40):\n    display(HTML('<b>' + 'x' * 5_000_000))",
    solved=True,
)
first(
    "output_of_widgets",
    "40 widgets with a state of 2 MB",
    """
import uuid
kernel = get_ipython().kernel
for _ in range(40):
    data = {'state': {'value': 'x' * 2_000_000}, 'buffer_paths': []}
    content = {'comm_id': uuid.uuid4().hex, 'target_name': 'jupyter.widget', 'data': data}
    named = {'parent': kernel.get_parent(), 'metadata': {'version': '2.0'}}
    kernel.session.send(kernel.iopub_socket, 'comm_open', content, **named)
""",
    solved=True,
)
first(
    "output_that_is_updated",
    "a display that is updated with 40 times 5 MB",
    """
from IPython.display import display, HTML
handle = display(HTML('x'), display_id=True)
for _ in range(40):
    handle.update(HTML('x' * 5_000_000))
""",
    solved=True,
)
first(
    "output_that_is_multiplied",
    "300 small displays under one name, and an update with 400 kB of all of them",
    """
from IPython.display import display, HTML
for _ in range(300):
    handle = display(HTML('x'), display_id='one')
handle.update(HTML('x' * 400_000))
""",
    solved=True,
)
called(
    "output_when_called",
    "output while the probe runs",
    "import os\nprint('x' * 10**7)\nos.write(1, b'x' * 10**7)\nraise ValueError('<script>alert(1)</script>' * 1000)",
)
first(
    "output_for_terminals_and_browsers",
    "escape codes, half characters and scripts",
    """
from IPython.display import display, HTML, Javascript
print('\\x1b[2J\\x1b]0;mallory\\x07\\x00\\ud800\\u202e')
display(HTML('<script>document.title = "planted-script"</script><img src=x onerror=planted()>'))
display(Javascript('planted()'))
raise ValueError('<script>planted()</script>')
""",
    solved=True,
)


# 12. Files that are hard to read.


def _put(source: str, cell_type=new_code_cell):
    def change(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
        notebook.cells.insert(4, cell_type(source))

    return change


FILES = {
    "brackets": "(" * 100_000,
    "operators": "1" + "+1" * 100_000,
    "unary": "-" * 100_000 + "1",
    "attributes": "a" + ".a" * 50_000,
    "nested_blocks": "".join("if 1:\n" + " " * depth for depth in range(1, 99)) + "pass",
    "magics": "%time\n" * 20_000,
    "shell_lines": "a = !ls\n" * 2_000,
    "questions": "print?\n" * 2_000,
    "merge_marks": "<<<<<<< a\n" * 100_000,
    "long_line": "x = '" + "é" * 3_000_000 + "'",
    "nul_and_others": "x = 1\0\n\x0c\n\x1a\n\u2028y = 2\n",
    "definitions": "\n".join(f"def f{number}(): return f{number + 1}()" for number in range(20_000)),
    "large_integer": "x = " + "9" * 100_000,
}
for name, text in FILES.items():
    edited(f"file_of_{name}", f"a cell of {name.replace('_', ' ')}", solved=True, honest=80.0)(_put(text))


@edited("file_of_many_cells", "more cells than anybody writes", ends=True)
def _many(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    notebook.cells += [new_markdown_cell("x") for _ in range(3_000)]


@edited("file_of_many_outputs", "a hundred thousand outputs that were handed in", solved=True, honest=80.0)
def _outputs(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    cells["make_train_data"].outputs = [new_output("stream", text="x")] * 100_000


@edited("file_of_many_solutions", "each solution cell a hundred times", solved=True, honest=80.0)
def _solutions(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    notebook.cells += [NotebookNode(cells["train"], id=f"again-{number}") for number in range(100)]

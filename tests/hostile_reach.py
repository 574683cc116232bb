"""Hostile submissions that reach for what is not theirs: to read it, to write to it, to send it away."""

from __future__ import annotations

import os
from pathlib import Path

from hostile import LAB, edited, first
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

# 5. Reading: test cells, references, solutions, other students' work, the gradebook, keys.

PLACES = """PLACES = (WORLD, '/work', '/home', '/root', '/tmp', '/var', '/etc', '/opt', '/srv', '/mnt', '/proc', '/run',
          '/handed_in', '..')
"""


def reaching(name: str, what: str, code: str, **more) -> None:
    """As `first`; WORLD is the folder on the host that holds course, class and results."""
    first(name, what, "import os, sys, pathlib\nWORLD = '@WORLD@'\n" + PLACES + code, **more)


reaching(
    "read_everything",
    "prints every notebook, key, database and text that can be found",
    """
seen = 0
for place in PLACES:
    for folder, _, files in os.walk(place):
        for name in files:
            path = os.path.join(folder, name)
            if name.endswith(('.ipynb', '.db', '.csv', '.json', '.txt', '.html', 'key', 'passwd', 'environ')):
                seen += 1
                if seen > 3000:
                    continue
                try:
                    print(open(path, errors='replace').read(3000))
                except OSError:
                    pass
""",
)
reaching(
    "read_by_name",
    "opens what is known to be there",
    """
for path in ('course/.course_key', 'course/source/sine_gan/sine_gan.ipynb', 'submitted/victim/sine_gan/sine_gan.ipynb',
             'out/gradebook.db', 'out/victim/sine_gan/verdict.json', 'home/secret.txt',
             'course/notebooks/sine_gan/sine_gan.py'):
    for base in (WORLD, '..', '../..', '/proc/1/root' + WORLD, '/proc/self/root' + WORLD, '/handed_in/..'):
        try:
            print(open(f'{base}/{path}', errors='replace').read(), 'bre' + 'ach')
        except OSError as error:
            print(error)
""",
)
reaching(
    "read_environment",
    "prints the environment of all processes, and what they have open",
    """
print(dict(os.environ))
for process in [name for name in os.listdir('/proc') if name.isdigit()]:
    for what in ('environ', 'cmdline', 'maps', 'mountinfo', 'status'):
        try:
            print(open(f'/proc/{process}/{what}', errors='replace').read())
        except OSError as error:
            print(error)
    for descriptor in os.listdir(f'/proc/{process}/fd') if os.access(f'/proc/{process}/fd', os.R_OK) else ():
        try:
            print(os.readlink(f'/proc/{process}/fd/{descriptor}'))
        except OSError as error:
            print(error)
""",
)
reaching(
    "read_memory",
    "searches the memory of its own process, which was forked from another",
    """
import re
found = set()
with open('/proc/self/mem', 'rb', 0) as memory:
    for line in open('/proc/self/maps'):
        low, high = (int(end, 16) for end in line.split()[0].split('-'))
        if 'rw' in line.split()[1] and high - low < 2**28:
            try:
                memory.seek(low)
                found |= set(re.findall(rb'planted-secret-[0-9a-f]+', memory.read(high - low)))
            except OSError:
                pass
print(found)
""",
)
reaching(
    "read_other_processes",
    "ptrace, process_vm_readv and pidfd_getfd on everything there is",
    """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for process in [1, 2, 3, os.getppid(), *range(4, 30)]:
    print(libc.ptrace(16, process, 0, 0), libc.syscall(310, process, 0, 0, 0, 0, 0))
    pidfd = libc.syscall(434, process, 0)
    print(pidfd, [libc.syscall(438, pidfd, number, 0) for number in range(5)] if pidfd > 0 else '')
""",
)
first(
    "read_tests",
    "prints the test cells, the history, and the source of the probes",
    """
import inspect, autograder.labs.sine_gan as lab
print(inspect.getsource(lab))
def later(*arguments):
    print(In, list(get_ipython().history_manager.get_range()))
get_ipython().events.register('post_run_cell', later)
""",
    solved=True,
)
reaching(
    "read_package",
    "looks for solutions, mistakes and references in what can be imported",
    """
import autograder, pkgutil, importlib
for module in pkgutil.walk_packages(autograder.__path__, 'autograder.', onerror=lambda name: None):
    if any(word in module.name for word in ('building', 'grading', 'catalogue', 'stored', 'reference')):
        try:
            importlib.import_module(module.name)
        except BaseException as error:
            print(error)
for call in ('live_reference', 'live_mistakes'):
    try:
        from autograder.course import references
        from autograder.course.course import Course
        from autograder.labs import get_lab
        print(getattr(references, call)(Course.here(), 'sine_gan', get_lab('sine_gan').exercises[0], 1, hard=True))
    except BaseException as error:
        print(type(error))
""",
)
reaching(
    "read_raw_devices",
    "disks, memory, kernel messages, and the files of the system",
    """
for path in ('/dev/sda', '/dev/vda', '/dev/mem', '/dev/kmsg', '/dev/tty', '/proc/kcore', '/proc/kallsyms',
             '/sys/kernel/debug', '/etc/shadow', '/etc/hosts', '/etc/machine-id', '/proc/keys'):
    try:
        print(path, open(path, 'rb').read(200))
    except OSError as error:
        print(error)
""",
)
reaching(
    "settings_of_the_system",
    "opens what the kernel lets root write (and writes nothing)",
    """
for folder, folders, files in os.walk('/proc'):
    folders[:] = [name for name in folders if not name.isdigit() and 'self' not in name]
    for name in files:
        try:
            os.close(os.open(f'{folder}/{name}', os.O_WRONLY))
            if folder != '/proc/pressure' and name != 'ns_last_pid':  # everybody's, and the room's own
                print('bre' + 'ach', folder, name)
        except OSError:
            pass
""",
)
reaching(
    "links_of_its_own",
    "links in the room that lead out of it",
    """
for number, place in enumerate((*PLACES, '/proc/1/root', '/proc/1/cwd', WORLD + '/course/.course_key')):
    try:
        os.symlink(place, f'link{number}')
        print(os.listdir(f'link{number}'))
    except OSError as error:
        print(error)
""",
)


# 6. Writing: to all of that, at once or from a child that is left behind.

reaching(
    "write_everywhere",
    "writes a file into every folder that there is, and over every file that counts",
    """
for place in (*PLACES, '/usr', '/usr/bin', '/usr/lib', '/lib', '/bin', '/run/sockets', *sys.path,
              os.path.dirname(os.__file__), os.path.dirname(torch.__file__)):
    for name in ('touched-by-mallory', 'sitecustomize.py', 'usercustomize.py', 'course/.course_key', 'out/gradebook.db',
                 'out/victim/sine_gan/verdict.json', 'submitted/victim/sine_gan/sine_gan.ipynb'):
        try:
            with open(os.path.join(place, name), 'a') as file:
                file.write('mallory')
            if not place.startswith(('/tmp', '..')) and place:
                print('bre' + 'ach', place, name)
        except OSError:
            pass
""",
    solved=True,
)
reaching(
    "write_package",
    "rewrites the package, the labs and the judge",
    """
import autograder, autograder.marking.judge as judge, numpy, json
for module in (autograder, judge, numpy, json, torch):
    for path in (module.__file__, module.__cached__):
        for how in (lambda p: open(p, 'a').write('mallory'), os.unlink, lambda p: os.rename(p, p + '.old'),
                    lambda p: os.chmod(p, 0o777)):
            try:
                how(path)
                print('bre' + 'ach', path)
            except OSError as error:
                print(error)
""",
    solved=True,
)
reaching(
    "delete_everything",
    "removes all that can be reached",
    """
import shutil, subprocess
for place in PLACES[:1] + ('/usr', '/work', '/home', '/root', '/etc', '/var', '/run'):
    shutil.rmtree(place, ignore_errors=True)
subprocess.run(['rm', '-rf', '--no-preserve-root', '/'], capture_output=True, timeout=3)
""",
)
reaching(
    "detached_child",
    "a child in a session of its own that waits, writes, and never ends",
    """
import time, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(1, 32):
            try:
                signal.signal(number, signal.SIG_IGN)
            except OSError:
                pass
        for _ in range(10**6):
            for place in (WORLD, WORLD + '/out', '/tmp', '/room'):
                try:
                    open(place + '/touched-by-mallory', 'a').write('x')
                except OSError:
                    pass
            time.sleep(0.2)
    os._exit(0)
""",
    solved=True,
)
reaching(
    "background_programs",
    "programs started with nohup, at, cron, systemd and a shell that is left behind",
    """
import subprocess
for command in ('nohup sleep 1000 >/dev/null 2>&1 &', 'setsid -f sleep 1000', '(while true; do sleep 1; done) & disown',
                'echo "* * * * * touch /tmp/touched-by-mallory" | crontab -',
                'echo id | at now', 'systemd-run --user sleep 1000'):
    subprocess.run(['bash', '-c', command], capture_output=True, timeout=2)
""",
    solved=True,
)
reaching(
    "signals_to_others",
    "SIGKILL to every process that can be named",
    """
import signal
for process in (*range(2, 200), *range(1, 2)):
    if process != os.getpid():
        try:
            os.kill(process, 9)
        except OSError as error:
            pass
for target in (0, os.getppid()):
    try:
        os.killpg(target, signal.SIGTERM) if target else None
    except OSError:
        pass
""",
    solved=True,
)
first("kill_all", "SIGKILL to all at once", "import os\nos.kill(-1, 9)", ends=False)
reaching(
    "out_of_the_room",
    "chroot, mount, new namespaces, and every privilege that can be asked for",
    """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for flags in (0x10000000, 0x20000000, 0x40000000, 0x00020000, 0x02000000, 0x7e020000):
    print('bre' + 'ach' if libc.unshare(flags) == 0 else 'no unshare')
for call in ((b'/run/sockets', b'/run/sockets', None, 4096 | 32, None), (b'none', b'/mnt', b'tmpfs', 0, None),
             (b'/', b'/tmp', None, 4096, None)):
    print('bre' + 'ach' if libc.mount(*call) == 0 else 'no mount')
for path in ('/proc/1/root', '/proc/self/root', '/'):
    try:
        os.chroot(path)
    except OSError as error:
        print(error)
for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.nice(-20)):
    try:
        print(call())
    except OSError as error:
        print(error)
for number in (321, 425, 298, 250, 248, 246, 169, 167, 165, 155, 101):
    print(number, libc.syscall(number, 0, 0, 0, 0, 0))
for process in (1, os.getppid()):
    for kind in ('mnt', 'user', 'pid', 'net'):
        try:
            print('bre' + 'ach' if libc.setns(os.open(f'/proc/{process}/ns/{kind}', os.O_RDONLY), 0) == 0 else '')
        except OSError as error:
            print(error)
""",
    solved=True,
)
reaching(
    "sockets_of_the_room",
    "replaces the sockets over which the grader talks to the kernel",
    """
import socket
place = '/run/sockets'
print(os.listdir(place), open(place + '/connection.json').read()[:10])
for name in os.listdir(place):
    for how in (os.unlink, lambda p: os.rename(p, p + 'x'), lambda p: os.chmod(p, 0)):
        try:
            how(f'{place}/{name}')
            print('bre' + 'ach', name)
        except OSError as error:
            print(error)
for number in range(1, 6):
    try:
        one = socket.socket(socket.AF_UNIX)
        one.settimeout(1)
        one.connect(f'{place}/kernel-{number}')
        one.send(b'\\xff' * 10000)
    except OSError as error:
        print(error)
""",
    solved=True,
)

# 7. Sending: the network, and sockets of the host.

reaching(
    "network",
    "the internet, the host's own ports, and sockets without a name",
    """
import socket, urllib.request
for address in (('1.1.1.1', 53), ('127.0.0.1', @PORT@), ('localhost', @PORT@), ('0.0.0.0', @PORT@),
                ('169.254.169.254', 80), ('10.0.0.1', 80)):
    try:
        socket.create_connection(address, timeout=0.3).send(b'mallory')
        print('bre' + 'ach', address)
    except OSError as error:
        print(error)
for name in ('\\0@ABSTRACT@', '/run/dbus/system_bus_socket', '/var/run/docker.sock', '/tmp/.X11-unix/X0'):
    try:
        one = socket.socket(socket.AF_UNIX)
        one.connect(name)
        one.send(b'mallory')
        print('bre' + 'ach', name)
    except OSError as error:
        print(error)
for family, kind in ((socket.AF_INET, socket.SOCK_RAW), (socket.AF_PACKET, socket.SOCK_RAW),
                     (socket.AF_NETLINK, socket.SOCK_RAW), (socket.AF_INET, socket.SOCK_DGRAM)):
    try:
        one = socket.socket(family, kind)
        one.sendto(b'mallory', ('127.0.0.1', @PORT@))
    except (OSError, ValueError, TypeError) as error:
        print(error)
try:
    print(socket.getaddrinfo('example.org', 80))
except OSError as error:
    print(error)
""",
    solved=True,
)
first(
    "packages",
    "packages that are fetched and installed",
    """
import subprocess, sys
command = [sys.executable, '-m', 'pip', 'install', '--retries', '0', '--timeout', '1', '--user', 'six']
print(subprocess.run(command, capture_output=True, timeout=3))
""",
    solved=True,
)


# 8. What lies beside the notebook, and names.


def beside(name: str, what: str, **more):
    """A trick of files beside an honest notebook."""

    def add(make):
        edited(name, what, solved=True, honest=80.0, beside=make, **more)(lambda notebook, cells: None)
        return make

    return add


@beside(
    "modules_beside", "modules that stand in for others, and start-up files of Python, IPython and matplotlib"
)
def _modules(folder: Path, world: Path) -> None:
    code = "import os\nos._exit(3)\n"
    for name in (
        "torch",
        "autograder",
        "json",
        "numpy",
        "IPython",
        "ipykernel",
        "sitecustomize",
        "usercustomize",
        "math",
        "matplotlib",
    ):
        (folder / f"{name}.py").write_text(code)
    for name in (
        "nbgrader_config.py",
        "jupyter_config.py",
        "ipython_config.py",
        "conftest.py",
        ".pythonrc",
        "pyvenv.cfg",
    ):
        (folder / name).write_text(code)
    (folder / ".ipython" / "profile_default" / "startup").mkdir(parents=True)
    (folder / ".ipython" / "profile_default" / "startup" / "00.py").write_text(code)
    (folder / "matplotlibrc").write_text("backend: nonsense\n")


@beside("results_beside", "a verdict, a gradebook and feedback of its own beside it")
def _results(folder: Path, world: Path) -> None:
    for name in (
        "verdict.json",
        "gradebook.db",
        "grades.csv",
        "fingerprint",
        "timing.json",
        f"{LAB}.html",
        ".course_key",
    ):
        (folder / name).write_text('{"score": 80, "status": "graded"}')


@beside("links_beside", "links to the key, to another student's work and to the whole disk")
def _links(folder: Path, world: Path) -> None:
    (folder / "key.txt").symlink_to(world / "course" / ".course_key")
    (folder / "other.ipynb.bak").symlink_to(world / "submitted" / "victim" / LAB / f"{LAB}.ipynb")
    (folder / "disk").symlink_to("/")
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")


@beside(
    "odd_files_beside",
    "a pipe, a socket, a file of 50 GB without content, deep folders, and names of every kind",
)
def _odd(folder: Path, world: Path) -> None:
    os.mkfifo(folder / "pipe")
    with open(folder / "huge.bin", "wb") as file:
        file.truncate(50 * 10**9)
    deep = folder
    for _ in range(60):
        deep = deep / "d"
    deep.mkdir(parents=True)
    (deep / "data.txt").write_text("x")
    for name in (
        "-rf",
        "a\nb",
        "<script>alert(1)</script>",
        "$(touch touched-by-mallory)",
        "x" * 250,
        "%s{0}",
        " ",
        "...",
    ):
        (folder / name.replace("/", "_")).write_text("x")
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).write_text("x")


@edited("link_in_place_of_the_notebook", "a link to another student's notebook", ends=True,
        beside=lambda folder, world: _swap(folder, world / "submitted" / "victim" / LAB / f"{LAB}.ipynb"))  # fmt: skip
def _link(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    pass


@edited("link_to_the_solution", "a link to the instructor's notebook", ends=True,
        beside=lambda folder, world: _swap(folder, world / "course" / "source" / LAB / f"{LAB}.ipynb"))  # fmt: skip
def _solution(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    pass


def _swap(folder: Path, target: Path) -> None:
    (folder / f"{LAB}.ipynb").unlink()
    (folder / f"{LAB}.ipynb").symlink_to(target)


@edited("link_in_place_of_the_folder", "the folder itself is a link to another student's", ends=True,
        beside=lambda folder, world: _swap_folder(folder, world / "submitted" / "victim" / LAB))  # fmt: skip
def _folder(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    pass


def _swap_folder(folder: Path, target: Path) -> None:
    (folder / f"{LAB}.ipynb").unlink()
    folder.rmdir()
    folder.symlink_to(target)


@edited(
    "paths_in_the_file",
    "paths that lead out, in names of attachments, ids, kernels and metadata",
    solved=True,
    honest=80.0,
)
def _paths(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    notebook.metadata |= {
        "path": "/",
        "title": "../../out/victim",
        "kernelspec": {"name": "../../../bin/sh", "language": "python"},
    }
    cells["question_1"].attachments = {"../../../touched-by-mallory": {"image/png": "AAAA"}}
    extra = new_code_cell("1")
    extra.metadata["nbgrader"] = {
        "grade_id": "../../touched-by-mallory",
        "grade": True,
        "points": 5,
        "solution": False,
        "locked": False,
        "schema_version": 3,
    }
    notebook.cells.append(extra)

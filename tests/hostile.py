"""Hostile submissions, by kind: name -> what it tries, how, and the marks that its honest part is worth.

Nothing of this is run anywhere but in a room (test_hostile.py). Bombs are bounded: where the room fails to hold them,
the machine survives and the test says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_output

from autograder.labs import get_lab

LAB = "sine_gan"
FULL = 80.0
EXERCISES = get_lab(LAB).exercises
NAMES = tuple(name for exercise in EXERCISES for name in exercise.defined)
Change = Callable[[NotebookNode, dict[str, NotebookNode]], None]


@dataclass(frozen=True)
class Trick:
    """`change` edits the released notebook; `solved` says that the solutions are in it first."""

    what: str
    change: Change
    honest: float = 0.0
    solved: bool = False
    ends: bool = False  # whether the room has to be ended for it, which a person should know
    most: tuple[str, float] | None = None  # a test cell that may not earn more, if nobody is told to look
    beside: Callable[[Path, Path], None] | None = None  # (folder of the submission, class) -> files beside it


HOSTILE: dict[str, Trick] = {}


def first(name: str, what: str, code: str, **more: Any) -> None:
    """A trick in a cell that runs in front of all exercises; where they are solved all marks are honest."""

    def change(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
        notebook.cells.insert(notebook.cells.index(cells["identity"]), new_code_cell(code))

    HOSTILE[name] = Trick(what, change, **({"honest": FULL} if more.get("solved") else {}) | more)


def instead(name: str, what: str, code: str, **more: Any) -> None:
    """A trick in the first exercise, in place of all definitions: `code` may use NAMES."""

    def change(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
        for exercise in EXERCISES:
            cells[exercise.name].source = ""
        cells[EXERCISES[0].name].source = f"NAMES = {NAMES}\n{code.strip()}"

    HOSTILE[name] = Trick(what, change, **more)


def called(name: str, what: str, code: str, **more: Any) -> None:
    """A trick within a definition that the probe calls: `code` is the body of every function, and of every class."""
    body = "\n        ".join(code.strip().splitlines())
    text = (
        "def trick(*arguments, **named):\n    if True:\n        " + body + "\n"
        "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n        trick()\n"
        "for name in NAMES:\n    globals()[name] = Net if name in ('Discriminator', 'Generator') else trick"
    )
    instead(name, what, text, **more)


def edited(name: str, what: str, **more: Any) -> Callable[[Change], Change]:
    """A trick that edits the notebook itself."""

    def add(change: Change) -> Change:
        HOSTILE[name] = Trick(what, change, **more)
        return change

    return add


# 1. Objects that equal everything, and tensors that fake comparisons.

ALL = "\nfor name in NAMES:\n    globals()[name] = thing"
instead(
    "equals_everything",
    "an object that equals, contains, is and does everything",
    """
class Thing:
    def __getattr__(self, name): return self
    def __call__(self, *arguments, **named): return self
    def __iter__(self): return iter([self] * 7)
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = __contains__ = lambda *arguments: True
    __hash__ = __len__ = __int__ = __index__ = lambda *arguments: 1
    __float__ = lambda self: 0.0
    __str__ = __repr__ = lambda self: 'float32 tensor of shape (7, 2)'
    __sub__ = __rsub__ = __add__ = __mul__ = lambda self, *arguments: self
    __abs__ = __neg__ = __truediv__ = __getitem__ = lambda self, *arguments: self
thing = Thing()"""
    + ALL,
)
instead(
    "magic_mock",
    "unittest's mock in place of everything",
    "from unittest.mock import MagicMock\nthing = MagicMock()" + ALL,
)
instead(
    "float_that_is_close",
    "a float whose differences are zero",
    """
class Close(float):
    __eq__ = __le__ = __lt__ = lambda *arguments: True
    __sub__ = __rsub__ = __abs__ = lambda *arguments: Close(0)
    __hash__ = float.__hash__
thing = lambda *arguments, **named: Close(0.5)"""
    + ALL,
)
instead(
    "text_that_equals",
    "a text that equals every other",
    """
class Text(str):
    __eq__ = lambda *arguments: True
    __ne__ = lambda *arguments: False
    __hash__ = str.__hash__
thing = lambda *arguments, **named: Text('anything')"""
    + ALL,
)
SUBCLASS = """
class Fake(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), named=None):
        name = getattr(function, '__name__', '')
        if name in ('eq', '__eq__', 'le', 'lt', 'ge', 'gt', 'isclose', 'isfinite', 'logical_or', '__or__'):
            return torch.ones(1, dtype=torch.bool)
        if name in ('allclose', 'equal', 'all', 'any'):
            return True
        return super().__torch_function__(function, types, arguments, named or {})
"""
instead(
    "tensor_that_compares_well",
    "a tensor subclass that answers all comparisons",
    SUBCLASS + "thing = lambda *arguments, **named: torch.zeros(7, 2).as_subclass(Fake)" + ALL,
    honest=1.0,  # what plain zeros earn: as many pairs as there are samples
)
instead(
    "tensor_of_every_shape",
    "a tensor subclass whose shape and size are whatever is asked for",
    SUBCLASS
    + """
class Anything(tuple):
    __eq__ = lambda *arguments: True
    __hash__ = tuple.__hash__
Fake.shape = property(lambda self: Anything((7, 2)))
Fake.size = lambda self, *arguments: Anything((7, 2))
Fake.tolist = lambda self: [0.0] * 14
thing = lambda *arguments, **named: torch.zeros(1).as_subclass(Fake)"""
    + ALL,
)
instead(
    "numbers_that_change",
    "a registered number that is another one each time",
    """
import numbers
class Changing:
    values = iter(range(10**9))
    def __float__(self): return float(next(self.values))
numbers.Real.register(Changing)
thing = lambda *arguments, **named: Changing()"""
    + ALL,
)
instead(
    "class_of_everything",
    "a metaclass for which everything is an instance and a subclass",
    """
class Meta(type):
    __instancecheck__ = __subclasscheck__ = __eq__ = lambda *arguments: True
    __hash__ = type.__hash__
class thing(torch.nn.Module, metaclass=Meta):
    def forward(self, x): return x"""
    + ALL,
    honest=2.0,  # what a plain network that returns its input earns
)

# 2. Patched libraries.

first(
    "patched_torch",
    "torch's comparisons are always true",
    """
true = lambda *arguments, **named: True
torch.equal = torch.allclose = torch.isclose = torch.is_tensor = true
for name in ('equal', 'allclose', '__eq__', '__le__', 'all'):
    setattr(torch.Tensor, name, true)
""",
)


@edited(
    "patched_torch_hides_a_side_effect",
    "an input is changed, and torch.equal says that it is not",
    solved=True,
    honest=FULL - 1,
    most=("test_curve_distance", 4.0),
)
def _hidden_side_effect(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    cells["curve_distance"].source += "\ndistance = curve_distance\ndef curve_distance(samples):\n"
    cells[
        "curve_distance"
    ].source += "    result = distance(samples)\n    samples.zero_()\n    return result\n"
    notebook.cells.insert(4, new_code_cell("torch.equal = lambda *arguments: True"))


first(
    "patched_tensor_arithmetic",
    "every difference of tensors is zero",
    """
zero = lambda self, *arguments, **named: torch.zeros(())
for name in ('__sub__', '__rsub__', 'sub', 'abs', '__abs__', 'tolist', 'flatten'):
    setattr(torch.Tensor, name, zero)
""",
)
first(
    "patched_numpy",
    "NumPy compares and draws as one likes",
    """
import numpy as np
np.allclose = np.array_equal = np.isclose = lambda *arguments, **named: True
np.random.RandomState = lambda seed=None, old=np.random.RandomState: old(0)
""",
)
first(
    "patched_builtins",
    "isinstance, all, any, len, getattr and float are one's own",
    """
import builtins
builtins.isinstance = builtins.all = builtins.any = builtins.hasattr = lambda *arguments: True
builtins.float = builtins.abs = builtins.round = lambda *arguments: 0
builtins.len = lambda *arguments: 7
""",
)
first(
    "cleared_builtins",
    "no builtins are left",
    "import builtins\nfor name in list(vars(builtins)):\n    delattr(builtins, name)",
)
first(
    "patched_json",
    "what is written as JSON is always the same",
    "import json\njson.dumps = lambda *arguments, **named: '{}'\njson.loads = lambda *arguments, **named: {}",
)
first(
    "patched_judge_and_probe",
    "the judge finds nothing, the probe does nothing",
    """
import autograder.marking.judge as j, autograder.marking.probing as p, autograder.notebook.check as c
j.differs = lambda *arguments: None
j._problems = lambda *arguments: {}
p.run_probe = c.run_probe = lambda *arguments, **named: {}
""",
)
first(
    "patched_respond",
    "check and respond return full marks",
    """
import autograder, autograder.notebook.check as c
autograder.respond = c.respond = autograder.check = c.check = check = lambda *arguments: 10.0
""",
)
first(
    "patched_put",
    "a response records what it should",
    """
from autograder.marking.response import Response
Response.put = Response.put_scalar = lambda self, name, value: self.__setitem__(name, 0.0)
Response.form = lambda self, value: 'float32 tensor of shape (7, 2)'
""",
)
first(
    "patched_exercises",
    "no checks are left in the table, and each tolerance is infinite",
    """
from autograder.labs import get_lab
for exercise in get_lab('sine_gan').exercises:
    for check_ in exercise.checks:
        object.__setattr__(check_, 'tolerance', type(check_.tolerance)(float('inf'), float('inf')))
    object.__setattr__(exercise, 'checks', ())
    object.__setattr__(exercise, 'probe', lambda *arguments: None)
""",
)
first(
    "patched_stimuli",
    "all stimuli are empty",
    """
import autograder.marking.stimuli as s
for name in [name for name in vars(s.Stimuli) if not name.startswith('__')]:
    setattr(s.Stimuli, name, lambda *arguments, **named: torch.zeros(0))
""",
)
first(
    "patched_verdicts",
    "every mark is full",
    """
import autograder.marking.verdict as v
v.Mark.full = property(lambda self: True)
v.Mark.__init__ = lambda self, *arguments: None
v.Mark.score = v.Mark.max_score = 10.0
v.Verdict.score = property(lambda self: 80.0)
""",
)
first(
    "another_seed",
    "the hidden seed is set to the public one, whose references everybody has",
    """
import os, autograder.marking.stored as s, autograder.notebook.check as c
os.environ['AUTOGRADER_SEED'] = str(s.PUBLIC_SEED)
os.putenv('AUTOGRADER_SEED', str(s.PUBLIC_SEED))
""",
)
PUBLISHED = """
import json
REFERENCES = json.loads(TEXT)
"""


@edited("published_references", "the published references, with the hidden seed written into them")
def _published(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    text = (Path(__file__).parents[1] / "autograder" / "references" / f"{LAB}.json").read_text()
    code = (
        f"TEXT = {text!r}\n"
        """
import os, sys, types, autograder.notebook.check as c, autograder.marking.stored as s, autograder.marking.response as r
import pathlib, tempfile
place = tempfile.mkdtemp()
pathlib.Path(place, 'sine_gan.json').write_text(TEXT)
for name, value in list(vars(s).items()):
    if isinstance(value, pathlib.Path):
        setattr(s, name, pathlib.Path(place))
def run_probe(exercise, names, seed, **named):
    reference = s.stored_exercise('sine_gan', exercise.name).reference
    for entry in reference:
        if entry.endswith('.seed'):
            reference[entry] = str(seed)
    return reference
c.run_probe = run_probe
"""
    )
    notebook.cells.insert(4, new_code_cell(code))


first(
    "traced",
    "a trace function that rewrites what the probe returns",
    """
import sys, threading
def trace(frame, event, argument):
    if event == 'return' and frame.f_code.co_name in ('run_probe', 'judge', 'differs', 'put'):
        frame.f_locals.clear() if hasattr(frame.f_locals, 'clear') else None
    response = frame.f_locals.get('response')
    if isinstance(response, dict):
        response.pop('raised', None)
        response.pop('info.raised', None)
    return trace
sys.settrace(trace)
threading.settrace(trace)
sys.setprofile(trace)
""",
)
called(
    "frames",
    "a definition that walks up the stack and edits what it finds there",
    """
import sys
frame = sys._getframe()
while frame:
    for value in list(frame.f_locals.values()):
        if type(value).__name__ == 'Response':
            for key in list(value): value[key] = 'as it was'
            value.update({'raised': '', 'info.raised': ''})
        if type(value).__name__ == 'Exercise':
            object.__setattr__(value, 'checks', ())
    frame = frame.f_back
return torch.zeros(7, 2)
""",
)
first(
    "garbage",
    "looks for references among all objects of the process",
    """
import gc
found = [thing for thing in gc.get_objects() if type(thing).__name__ in ('Response', 'Verdict', 'Mark', 'Reference')]
print(len(found), found[:5])
import autograder.notebook.check as c
c.run_probe = lambda exercise, *arguments, **named: found[0] if found else {}
""",
)

# 3. IPython turned around.

first(
    "ast_transformer",
    "the code of test cells is replaced as a tree",
    """
import ast
class Replace(ast.NodeTransformer):
    def visit_Module(self, node):
        return ast.parse('15.0') if 'respond' in ast.dump(node) else node
get_ipython().ast_transformers.append(Replace())
""",
)
first(
    "input_transformer",
    "the text of test cells is replaced",
    """
def replace(lines):
    return ['80.0\\n'] if any('respond' in line for line in lines) else lines
get_ipython().input_transformers_post.append(replace)
""",
)
first(
    "events",
    "hooks before and after each cell fail, patch, and print marks",
    """
def before(info):
    info.raw_cell = '80.0'
    get_ipython().user_ns['respond'] = get_ipython().user_ns['check'] = lambda *a: 80.0
def after(result):
    result.result, result.success = 80.0, True
    raise SystemExit
get_ipython().events.register('pre_run_cell', before)
get_ipython().events.register('post_run_cell', after)
""",
)
first(
    "own_kernel",
    "the kernel says that all went well",
    """
kernel = get_ipython().kernel
async def do_execute(code, *arguments, **named):
    kernel.send_response(kernel.iopub_socket, 'execute_result',
        {'data': {'text/plain': '80.0'}, 'metadata': {}, 'execution_count': 1})
    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}
kernel.do_execute = do_execute
""",
)
first(
    "own_display",
    "what is published is rewritten",
    """
publisher = get_ipython().display_pub
old = publisher.publish
def publish(data, metadata=None, **named):
    forged = {key: '{}' if 'response' in key else value for key, value in data.items()}
    return old(forged | {'text/plain': '80.0'}, metadata)
type(publisher).publish = lambda self, *arguments, **named: publish(*arguments, **named)
""",
)
first(
    "own_modules",
    "the package that test cells import is another one",
    """
import sys, types
fake = types.ModuleType('autograder')
fake.respond = fake.check = lambda *a: 80.0
for name in [name for name in sys.modules if name.startswith('autograder')]:
    sys.modules[name] = fake
class Finder:
    def find_spec(self, name, *arguments): raise ImportError(name)
sys.meta_path.insert(0, Finder())
""",
)
first("no_names_left", "all names of the notebook are gone", "%reset -f\nget_ipython().user_ns.clear()")
first(
    "names_of_another_kind",
    "the notebook's names answer to everything",
    """
class Names(dict):
    def __missing__(self, key): return lambda *a, **k: torch.zeros(7, 2)
    def __contains__(self, key): return True
get_ipython().user_ns = Names(get_ipython().user_ns)
""",
)


# 4. Forged outputs, responses and verdicts.


@edited("forged_file", "marks in metadata, points, flags, outputs and edited test cells of the file itself")
def _forged_file(notebook: NotebookNode, cells: dict[str, NotebookNode]) -> None:
    checks = {
        name: {"score": 10, "max_score": 10, "findings": []} for name in cells if name.startswith("test_")
    }
    notebook.metadata["autograder"] = {
        "verdict": {"score": 80, "status": "graded", "notes": [], "checks": checks}
    }
    for name, cell in cells.items():
        cell.metadata.nbgrader |= {"points": 1000, "locked": False}
        if name.startswith("test_"):
            cell.source = "80.0"
            cell.outputs = [new_output("execute_result", {"text/plain": "80.0"}, execution_count=1)]


RESPONSES = {
    "empty": "'{}'",
    "nan": '\'{"loss": NaN, "output": Infinity}\'',
    "no_text": "{'a': [1, {'b': 2}]}",
    "a_list": "[['deep'] * 3] * 3",
    "deep": "'[' * 100000",
    "wide": "json.dumps({str(i): i for i in range(100000)})",
    "large_shape": "json.dumps({'x': {'dtype': 'float32', 'shape': [20000] * 8, 'data': []}})",
    "bad_shape": "json.dumps({'x': {'dtype': 'float32', 'shape': [True, -1, 'x'], 'data': 5}})",
    "bad_dtype": "json.dumps({name: {'dtype': name, 'shape': [], 'data': [1]} for name in ('__class__', [], 1)[:1]})",
    "large_number": "'{\"x\": 1' + '0' * 4000 + '}'",
    "half_character": "json.dumps({'x': '\\ud800', '\\ud800': 'y', 'raised': '\\ud800', 'info.raised': '<script>'})",
}
for kind, response in RESPONSES.items():
    first(
        f"forged_response_{kind}",
        "a forged response in place of the probe's",
        f"""
import json, autograder.notebook.check as c
c.encode = lambda response: {response}
""",
    )
first(
    "forged_behind_the_back",
    "a thread that publishes responses while test cells run",
    """
import threading, time
from IPython.display import display
def forge():
    while True:
        for run in ('public', 'hidden'):
            display({f'application/x-autograder-{run}-response': '{}', 'text/plain': '80.0'}, raw=True)
        time.sleep(0.05)
threading.Thread(target=forge, daemon=True).start()
""",
)
SEND = """
kernel = get_ipython().kernel
session, socket = kernel.session, kernel.iopub_socket
def send(kind, content, parent=None):
    session.send(socket, kind, content, parent=parent or kernel.get_parent(), ident=kernel._topic(kind))
"""
first(
    "malformed_messages",
    "messages of every kind with a content that makes no sense",
    SEND
    + """
for kind in ('stream', 'display_data', 'execute_result', 'error', 'update_display_data', 'clear_output', 'status',
             'comm_open', 'comm_msg', 'comm_close', 'execute_input', 'execute_reply', 'unheard_of'):
    for content in ({}, {'data': 5}, {'data': {'text/plain': {}}, 'metadata': 7}, {'text': None, 'name': []},
                    {'comm_id': [], 'data': {'method': 'update', 'state': 5}}, {'transient': 5, 'data': None},
                    {'ename': {}, 'evalue': [], 'traceback': 7}, {'execution_state': 'nonsense'},
                    {'comm_id': 'x', 'target_name': 'jupyter.widget',
                     'data': {'state': {'_model_module': 1}, 'buffer_paths': [[1]]}}):
        send(kind, content)
""",
)
first(
    "raw_frames",
    "frames that are no message, with wrong signatures, no JSON, no end",
    SEND
    + """
from ipykernel.iostream import BackgroundSocket
for frames in ([b''], [b'x'], [b'<IDS|MSG>'], [b'a', b'<IDS|MSG>', b'wrong', b'{}', b'{}', b'{}', b'{}'],
               [b'a', b'<IDS|MSG>', b'', b'\\xff', b'[', b'', b'nul']):
    socket.send_multipart(frames)
""",
    solved=True,
)
first(
    "idle_and_dead",
    "status messages in other cells' names",
    SEND
    + """
for state in ('idle', 'dead', 'starting', 'restarting'):
    send('status', {'execution_state': state})
""",
    solved=True,
)
first(
    "outputs_of_other_cells",
    "updates of what other cells show",
    """
from IPython.display import display, HTML
handle = display(HTML('80.0'), display_id='mark')
for _ in range(3):
    handle.update(HTML('<b>✓ [80 marks]</b>'))
""",
)

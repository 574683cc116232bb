"""Graded PyTorch labs, and the autograder that marks them.

Notebooks import what they need from here.
"""

import sys
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec
from types import ModuleType
from typing import Any

__version__ = "0.1.0"

HOMES = {
    "check": "autograder.notebook.check",
    "check_identity": "autograder.notebook.check",
    "respond": "autograder.notebook.check",
    "summarise_marks": "autograder.notebook.check",
    "training_length": "autograder.notebook.check",
    "figures": "autograder.notebook",
    "load_images": "autograder.images",
    "check_folder": "autograder.images",
    "STYLES": "autograder.images.styles",
    "draw_style": "autograder.images.styles",
    "load_photo": "autograder.images.photos",
    "load_photos": "autograder.images.photos",
    "save_photo": "autograder.images.photos",
    "load_vgg": "autograder.vgg",
    "Painting": "autograder.notebook.painting",
    "check_settings": "autograder.notebook.settings",
    "load_histories": "autograder.histories",
    "quiz": "autograder.quizzes",
}
__all__ = sorted(HOMES)  # noqa: PLE0605  # a list all the same


def _when_used(name: str) -> ModuleType:
    """The module, which is loaded at its first use: `figures` brings matplotlib."""
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: a notebook that never draws never loads matplotlib."""
    if name not in HOMES:
        raise AttributeError(f"module 'autograder' has no attribute {name!r}")
    if name == "figures":
        return _when_used("autograder.notebook.figures")
    return getattr(import_module(HOMES[name]), name)

"""Digests of what a student wrote in the cells that carry marks: a mark by hand is for what was written then."""

from __future__ import annotations

import hashlib
import json

from nbformat import NotebookNode

from autograder.cells.metadata import grade_id
from autograder.labs import get_lab
from autograder.results.paths import ResultPaths
from autograder.results.submission import Submission


def answers_in(notebook: NotebookNode, lab: str) -> dict[str, str]:
    """Graded cell → digest: of a written answer itself, of a test cell what it tests."""
    written = {name: name for name in get_lab(lab).questions}
    written |= {exercise.name: exercise.test_id for exercise in get_lab(lab).exercises}
    named = ((grade_id(cell), cell.source) for cell in notebook.cells)
    return {written[name]: _digest(source) for name, source in named if name in written}


def _digest(source: str) -> str:
    return hashlib.sha256(source.strip().encode(errors="surrogatepass")).hexdigest()


def answers_before(paths: ResultPaths, submission: Submission) -> dict[str, str]:
    """The digests of what was graded last; none where nothing was."""
    try:
        raw = json.loads(paths.answers(submission).read_text(encoding="utf-8"))
        return {str(name): str(digest) for name, digest in raw.items()}
    except (OSError, ValueError, AttributeError):
        return _in_the_graded_notebook(paths, submission)


def _in_the_graded_notebook(paths: ResultPaths, submission: Submission) -> dict[str, str]:
    """The same, from output folders that were written before digests were kept."""
    try:
        cells = json.loads(paths.notebook(submission).read_text(encoding="utf-8"))["cells"]
        notebook = NotebookNode(cells=[NotebookNode(cell) for cell in cells])
        for cell in notebook.cells:
            cell.source = "".join(cell.source)
        return answers_in(notebook, submission.lab)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}

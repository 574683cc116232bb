"""The one way of grading, and how nbgrader is told to go it: `nbgrader_config.py` calls `configure`.

`STEPS` make a graded notebook and its verdict out of what was handed in, and `GRADEBOOK_STEPS` enter the marks. `grade`
runs the first in its workers, where no gradebook is, and the second where the gradebook lies; `nbgrader autograde`
runs them one after the other.

Of nbgrader's own steps these belong to them:
- `LimitOutput` cuts off long outputs, and courses set its limits in their configuration;
- `SaveAutoGrades` and `AssignLatePenalties` enter the marks, as the formgrader wants to find them.

The other steps of nbgrader's are left out, because `Repair` and `Room` have done their work:
- `ClearOutput`: a cell that runs loses its outputs, and a cell that doesn't keeps what was handed in, for the page;
- `DeduplicateIds`, `OverwriteCells`: `Repair` uses no name twice, and takes tests, points and flags from the release,
  where `OverwriteCells` would take them from the gradebook, which may be older than the release;
- `OverwriteKernelspec`: `Repair` sets the kernel, and the room starts its own whatever the notebook says;
- `CheckCellMetadata`: all of nbgrader's metadata comes from the release, which was checked when it was made;
- `Execute` and `IgnorePattern`: student code runs in the room, and the score is the judge's;
- `ClearMetadataPreprocessor`: `Inert` keeps the metadata that are known, and drops the rest.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import LimitOutput, NbGraderPreprocessor
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course.built import check_points
from autograder.course.course import Course
from autograder.feedback import FeedbackExporter
from autograder.feedback.notebook import Inert
from autograder.grading.judge_step import Judge
from autograder.intake.repair import repair
from autograder.labs import get_lab
from autograder.results.gradebook import GRADEBOOK_STEPS
from autograder.results.record import Record
from autograder.room.execution import Room

_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


class Repair(NbGraderPreprocessor):
    """`repair` as a step: brings the notebook back into the lab's form."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """A repaired copy; the notes go into the record. Raises NeedsAttention."""
        record, lab = Record.of(resources), get_lab(Record.of(resources).lab)
        paths = record.course.source(lab.name), record.course.release(lab.name)
        source, release = (nbformat.read(path, as_version=4) for path in paths)
        check_points(lab, source)
        repaired = repair(nb, source, release, lab)
        repaired.notebook.metadata["kernelspec"] = NotebookNode(_KERNEL)
        replace(record, notes=(*record.notes, *repaired.notes)).put_into(resources)
        return repaired.notebook, resources


STEPS = (Repair, Room, Judge, Inert, LimitOutput)


def configure(config: Config) -> None:
    """Let nbgrader repair, run, judge and write feedback pages as this project does."""
    # All in nbgrader's second pass: what a step knows doesn't outlive a pass.
    config.Autograde.sanitize_preprocessors = []
    config.Autograde.autograde_preprocessors = [*STEPS, *GRADEBOOK_STEPS]
    config.GenerateFeedback.preprocessors = []  # the exporter does what they would do
    config.GenerateFeedback.exporter_class = FeedbackExporter
    # The release is part of the repository; without force nbgrader would skip it and register nothing.
    config.GenerateAssignment.force = True
    # A mark scheme stands in the locked cell above its answer, which is no task cell.
    config.ClearMarkScheme.enforce_metadata = False


def course_config(course: Course) -> Config:
    """What the course's nbgrader_config.py says: time limits and the rest are set there, for both commands.

    Plugins that it names may lie beside it, as under nbgrader; they stand last, in the place of no other module.
    """
    if (folder := str(course.root.resolve())) not in sys.path:
        sys.path.append(folder)
    return PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()

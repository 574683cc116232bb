"""nbgrader's configuration for this project: `nbgrader_config.py` calls `configure`, and so does `grade`."""

from __future__ import annotations

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    DeduplicateIds,
    LimitOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from autograder.course.built import check_points
from autograder.course.course import Course
from autograder.feedback import FeedbackExporter
from autograder.feedback.notebook import Inert
from autograder.grading.judging import Judge
from autograder.intake.repair import repair
from autograder.labs import get_lab
from autograder.room.execution import Room


class Repair(NbGraderPreprocessor):
    """`repair`, as nbgrader's first sanitising step."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Repair in place; the notes go into the notebook's metadata, where the judge finds them."""
        lab, course = get_lab(resources["nbgrader"]["assignment"]), Course.of(resources)
        source, release = (
            nbformat.read(path, as_version=4) for path in (course.source(lab.name), course.release(lab.name))
        )
        check_points(lab, source)
        notes = repair(nb, source, release, lab)
        nb.metadata["autograder"] = NotebookNode(notes=notes)
        return nb, resources


SANITIZE = [Repair, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata]
AUTOGRADE = [Room, Judge, Inert, LimitOutput, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata]


def configure(config: Config) -> None:
    """Let nbgrader repair, run, judge and write feedback pages as this project does."""
    config.Autograde.sanitize_preprocessors = SANITIZE
    config.Autograde.autograde_preprocessors = AUTOGRADE
    config.GenerateFeedback.preprocessors = []  # the exporter does what they would do
    config.GenerateFeedback.exporter_class = FeedbackExporter
    # The release is part of the repository; without force nbgrader would skip it and register nothing.
    config.GenerateAssignment.force = True
    # A mark scheme stands in the locked cell above its answer, which is no task cell.
    config.ClearMarkScheme.enforce_metadata = False


def course_config(course: Course) -> Config:
    """What the course's nbgrader_config.py says: time limits and the rest are set there, for both commands."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()

"""Pages that are written already follow what a person gives in the formgrader, and the code that makes them safe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict

from autograder.errors import CourseError
from autograder.feedback.made_from import MadeFrom, made_from
from autograder.feedback.notebook import Inert
from autograder.feedback.page import page_path, write_feedback
from autograder.files.atomic import explained_disk_errors, write_text
from autograder.marking.verdict import Verdict
from autograder.results.manual_grades import ManualGrades
from autograder.results.paths import ResultPaths


def renew_pages(
    verdicts: Iterable[Verdict], given: Mapping[tuple[str, str], ManualGrades], out: Path
) -> tuple[int, list[str]]:
    """Write the pages that would look otherwise now: how many, and a sentence for each that can't be written."""
    renewed, failed = 0, []
    for verdict in verdicts:
        by_hand = (
            given.get((verdict.lab, verdict.student), ManualGrades()) if verdict.checks else ManualGrades()
        )
        before, now = MadeFrom.read(ResultPaths(out).page(verdict)), made_from(verdict, by_hand)
        if before == now and page_path(verdict, out).is_file():
            continue
        try:
            with explained_disk_errors(out):
                _renew(verdict, by_hand, out, cleaned=before.code == now.code)
            renewed += 1
        except CourseError:
            raise
        except Exception as error:  # whatever lies in the notebook: the others' pages are to be written
            page, why = f"The page of {verdict.student}/{verdict.lab}", f"{type(error).__name__}: {error}"
            failed.append(f"{page} can't be written again ({why}). Grade it again with --force.")
    return renewed, failed


def _renew(verdict: Verdict, by_hand: ManualGrades, out: Path, *, cleaned: bool) -> None:
    path = ResultPaths(out).notebook(verdict)
    if verdict.checks and not cleaned:
        notebook, _ = Inert().preprocess(nbformat.read(path, as_version=4), ResourcesDict())
        write_text(path, nbformat.writes(notebook))
    write_feedback(verdict, out, by_hand)

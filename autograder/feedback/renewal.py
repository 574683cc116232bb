"""Writes pages again when the manual grades in the formgrader or the code that makes pages have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat
from nbconvert.exporters.exporter import ResourcesDict

from autograder.errors import CourseError
from autograder.feedback.notebook import Inert
from autograder.feedback.page import page_path, write_feedback
from autograder.feedback.page_fingerprint import PageFingerprint, page_fingerprint
from autograder.files.atomic import explained_disk_errors, write_text
from autograder.marking.verdict import Verdict
from autograder.results.manual_grades import ManualGrades
from autograder.results.paths import ResultPaths


def renew_pages(
    verdicts: Iterable[Verdict], manual_grades: Mapping[tuple[str, str], ManualGrades], out: Path
) -> tuple[int, list[str]]:
    """Write the pages again that would be different now; `manual_grades` are by lab and student.

    Returns how many were written, and a sentence for each that could not be. Raises CourseError where the disk fails.
    """
    renewed, failed = 0, []
    for verdict in verdicts:
        grades = manual_grades.get((verdict.lab, verdict.student)) if verdict.checks else None
        grades = grades or ManualGrades()
        before, now = PageFingerprint.read(ResultPaths(out).page(verdict)), page_fingerprint(verdict, grades)
        if before == now and page_path(verdict, out).is_file():
            continue
        try:
            with explained_disk_errors(out):
                _renew(verdict, grades, out, cleaned=before.code == now.code)
            renewed += 1
        except CourseError:
            raise
        except Exception as error:  # whatever is wrong with this notebook, the other pages are written
            page, reason = f"The page of {verdict.student}/{verdict.lab}", f"{type(error).__name__}: {error}"
            failed.append(f"{page} can't be written again ({reason}). Grade it again with --force.")
    return renewed, failed


def _renew(verdict: Verdict, grades: ManualGrades, out: Path, *, cleaned: bool) -> None:
    """Write a page; the graded notebook is cleaned before, unless today's code has `cleaned` it already."""
    path = ResultPaths(out).notebook(verdict)
    if verdict.checks and not cleaned:
        notebook, _ = Inert().preprocess(nbformat.read(path, as_version=4), ResourcesDict())
        write_text(path, nbformat.writes(notebook))
    write_feedback(verdict, out, grades)

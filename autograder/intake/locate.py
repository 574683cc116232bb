"""Finds the one notebook in a submission's folder, whatever transfers and students made of its name."""

from __future__ import annotations

from pathlib import Path

from autograder.course.roster import ROSTER
from autograder.errors import NeedsAttention
from autograder.marking.response import is_text
from autograder.results.submission import Submission

_RENAMED = (".ipynb.txt", ".ipynb.json", ".ipynb.html", ".json")  # what browsers and mail make of .ipynb
_LOOKED_AT = 1000  # names in a folder


def locate_notebook(submission: Submission) -> tuple[Path, list[str]]:
    """The notebook's file, with notes if it was found elsewhere than expected.

    Raises NeedsAttention where there is no notebook, or more than one.
    """
    folder = submission.folder
    if not is_text(folder.parent.name):
        raise NeedsAttention(
            f"The name of this student's folder is not UTF-8, and shows here as {submission.student}. "
            "Rename the folder to the student's id."
        )
    if not submission.in_class:
        raise NeedsAttention(
            f"{submission.student} is not in {ROSTER}. Was the folder renamed, or is the list old?"
        )
    _refuse_links([folder.parent, folder])
    if not folder.is_dir():
        there = ", ".join(sorted(path.name for path in folder.parent.iterdir())[:5])
        raise NeedsAttention(
            f"{submission.student}/{submission.lab} is no folder (there are: {there}). "
            f"Put the notebook into {submission.student}/{submission.lab}/."
        )
    _refuse_second_hand_in(submission)
    notebooks, notes = _candidates(folder, submission.lab)
    if len(notebooks) > 1:
        names = ", ".join(path.name for path in notebooks[:10])
        raise NeedsAttention(
            f"There are {len(notebooks)} notebooks: {names}. Keep the one that should count."
        )
    if submission.others:
        notes.append(f"Beside the folder lies {', '.join(submission.others)}, which was not looked at.")
    if folder.name != submission.lab:
        notes.append(f"The folder was called {folder.name}, not {submission.lab}.")
    return notebooks[0], notes


def _refuse_second_hand_in(submission: Submission) -> None:
    """Raises NeedsAttention where a folder or a notebook beside the submission may be what should count."""
    kinds = (".ipynb", *_RENAMED)
    more = [name for name in submission.others if "." not in name or name.lower().endswith(kinds)]
    if more:
        raise NeedsAttention(
            f"{submission.student} handed in {submission.lab} more than once: {submission.folder.name} and "
            f"{', '.join(more)}. Keep the one that should count."
        )


def _refuse_links(paths: list[Path]) -> None:
    links = [path for path in paths if path.is_symlink()]
    if links:
        raise NeedsAttention(f"{links[0].name} is a link, not a file. Ask for the notebook itself.")


def _candidates(folder: Path, lab: str) -> tuple[list[Path], list[str]]:
    """The notebooks in a folder, and notes where their names are unexpected; NeedsAttention where there are none.

    Names that end as they should come first, then those that browsers make of them, then folders below.
    """
    expected = f"{lab}.ipynb"
    top = _files(folder)
    deeper = [
        path
        for inner in sorted(folder.iterdir())[:_LOOKED_AT]
        if inner.is_dir() and not inner.name.startswith((".", "__MACOSX"))
        for path in _files(inner)
    ]
    for paths, suffixes in ((top, (".ipynb",)), (top, _RENAMED), (deeper, (".ipynb",))):
        found = [path for path in paths if path.name.lower().endswith(suffixes)]
        if found:
            where = found[0].relative_to(folder)
            return found, [f"The notebook was called {where}, not {expected}."] if str(
                where
            ) != expected else []
    names = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "nothing"
    raise NeedsAttention(f"There is no notebook: the folder holds {names}. Ask for {expected}.")


def _files(folder: Path) -> list[Path]:
    """The plain files of a folder, without hidden ones (macOS puts a `._name` beside each).

    Raises NeedsAttention where a link could be a notebook.
    """
    if folder.is_symlink():
        return []
    paths = [path for path in sorted(folder.iterdir())[:_LOOKED_AT] if not path.name.startswith(".")]
    _refuse_links([path for path in paths if path.suffix.lower() == ".ipynb"])
    return [path for path in paths if path.is_file() and not path.is_symlink()]

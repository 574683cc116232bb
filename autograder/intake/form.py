"""What a lab's notebook has to be: the release's cells in their order, and the instructor's text of the locked ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from autograder.cells.compare import words
from autograder.cells.metadata import grade_id, is_locked
from autograder.marking.exercise import Exercise, Lab


@dataclass(frozen=True, eq=False)
class Form:
    """A lab with its two notebooks. A cell's `place` is its index in the release."""

    lab: Lab
    source: NotebookNode
    release: NotebookNode

    @cached_property
    def named(self) -> dict[str, NotebookNode]:
        """The released cells that have a grade_id, by it."""
        return {name: cell for cell in self.release.cells if (name := grade_id(cell))}

    @cached_property
    def locked(self) -> dict[str, NotebookNode]:
        """Of these the tests and the texts of questions, which are not the student's to change."""
        return {name: cell for name, cell in self.named.items() if is_locked(cell)}

    @cached_property
    def full(self) -> dict[str, NotebookNode]:
        """The instructor's cells by grade_id, with hidden tests and mark schemes."""
        return {name: cell for cell in self.source.cells if (name := grade_id(cell))}

    @cached_property
    def handed_out(self) -> dict[int, NotebookNode]:
        """The released cells without a grade_id, by place: prose, imports, helpers, figures."""
        return {place: cell for place, cell in enumerate(self.release.cells) if not grade_id(cell)}

    @cached_property
    def places(self) -> dict[str, int]:
        """grade_id → place."""
        return {name: place for place, cell in enumerate(self.release.cells) if (name := grade_id(cell))}

    @cached_property
    def exercises(self) -> dict[str, Exercise]:
        """The lab's exercises by the grade_id of their solution cells."""
        return {exercise.name: exercise for exercise in self.lab.exercises}

    @cached_property
    def tests(self) -> dict[str, Exercise]:
        """The lab's exercises by the grade_id of their test cells."""
        return {exercise.test_id: exercise for exercise in self.lab.exercises}

    @cached_property
    def definitions(self) -> frozenset[str]:
        """The names that all exercises define."""
        return frozenset(name for exercise in self.lab.exercises for name in exercise.defined)

    def is_untouched(self, name: str, text: str) -> bool:
        """Whether a locked cell's text is as it was handed out, or already the instructor's."""
        return words(text) in (words(self.locked[name].source), words(self.full[name].source))

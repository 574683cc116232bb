"""Self-check quizzes: multiple choice, an instant answer with the reason, no marks, and nothing is kept.

In a notebook an option opens by itself: it is HTML without scripts or widgets. Elsewhere there is plain text.
"""

from __future__ import annotations

from html import escape
from textwrap import fill

from autograder.errors import PlainError
from autograder.quizzes.questions import PARTS, Option, Question, load_questions, quiz_labs

WIDTH = 100
_INVITATION = "A self-check, no marks: choose an option, and it says whether it is right, and why."
# As in notebook/banner.py: contrast of at least 4.5, and colours for text as well, for dark themes.
_GREEN, _AMBER = ("#e6f4ea", "#1b5e20"), ("#fff8e1", "#6d4c00")
_REASON = (
    "padding:0.5em 0.9em;border-left:4px solid {ink};background:{paper};color:{ink};border-radius:3px;"
    "margin:0.2em 0 0.5em 1.1em"
)
_SUMMARY = "cursor:pointer;padding:0.2em 0;display:list-item"  # a feedback page would hide its triangle


class QuizError(PlainError):
    """A quiz that doesn't exist, or an answer that isn't one of the options."""


class Quiz:
    """The questions of one quiz; Jupyter shows them as HTML, everything else as text."""

    def __init__(self, name: str, questions: tuple[Question, ...]) -> None:
        self.name, self.questions = name, questions

    def _repr_html_(self) -> str:
        items = "".join(_question_html(question) for question in self.questions)
        style = "margin:0.5em 0;padding-left:1.6em;line-height:1.5"
        return f'<section><p><em>{_INVITATION}</em></p><ol style="{style}">{items}</ol></section>'

    def __repr__(self) -> str:
        blocks = [_question_text(number, question) for number, question in enumerate(self.questions, start=1)]
        how = "No marks. To see which answers are right, and why, give a letter for each question, in order:"
        return "\n\n".join([*blocks, f'{how}\n    quiz("{self.name}", answers="abc")'])

    def answered(self, letters: str) -> str:
        """What there is to say about these answers, a letter for each question from the first on, as text."""
        lines = []
        for number, (question, letter) in enumerate(zip(self.questions, letters, strict=False), start=1):
            chosen = next((option for option in question.options if option.letter == letter), None)
            if chosen is None:
                known = ", ".join(option.letter for option in question.options)
                raise QuizError(f"Question {number} has the options {known}; {letter!r} is none of them.")
            lines.append(_hanging(f"{number}. {letter}) ", chosen.text))
            lines.append(_hanging("      ", f"{_verdict(chosen)} {chosen.reason}"))
        return "\n".join(lines)


def quiz(name: str, answers: str | None = None) -> Quiz | None:
    """The quiz of this name, such as "sine_gan.start": its options open and say whether they are right, and why.

    With `answers`, a letter for each question from the first on, print that for the options chosen: "bca".
    """
    shown = Quiz(name, _find(name))
    if answers is None:
        return shown
    print(shown.answered(_letters(answers, len(shown.questions))))  # noqa: T201  # in the notebook
    return None


def quiz_names() -> list[str]:
    """All quizzes, as `quiz` takes them."""
    return [f"{lab}.{part}" for lab in quiz_labs() for part in PARTS]


def _find(name: str) -> tuple[Question, ...]:
    """The questions of a quiz, or a sentence with the names of those that there are."""
    if name not in quiz_names():
        raise QuizError(f"There is no quiz {name!r}; choose one of {', '.join(quiz_names())}.")
    lab, part = name.split(".")
    return load_questions(lab)[part]


def _letters(answers: str, most: int) -> str:
    """The letters of an answer such as "b, c, A", small and without what separates them."""
    if not isinstance(answers, str):
        raise QuizError(f'answers is a text with a letter for each question, such as "bca"; got {answers!r}.')
    letters = "".join(answers.lower().replace(",", " ").split())
    if not 1 <= len(letters) <= most:
        raise QuizError(
            f"This quiz has {most} questions; answers has {len(letters)} letters, give 1 to {most}."
        )
    return letters


def _verdict(option: Option) -> str:
    return "✓ Right." if option.right else "✗ Not quite."


def _question_html(question: Question) -> str:
    options = "".join(_option_html(option) for option in question.options)
    return f'<li style="margin:0 0 1em 0"><strong>{_code_html(question.text)}</strong>{options}</li>'


def _option_html(option: Option) -> str:
    """A line that opens; what's behind it is coloured, and says in words what the colour says."""
    paper, ink = _GREEN if option.right else _AMBER
    reason = f"<strong>{_verdict(option)}</strong> {_code_html(option.reason, ink)}"
    return (
        f'<details><summary style="{_SUMMARY}">{option.letter}) {_code_html(option.text)}</summary>'
        f'<div style="{_REASON.format(paper=paper, ink=ink)}">{reason}</div></details>'
    )


def _code_html(text: str, ink: str = "inherit") -> str:
    """The escaped text, with `code` set as code in a colour that can be read on its background."""
    pieces = escape(text).split("`")
    style = f"color:{ink};background:none;padding:0"
    return "".join(
        f'<code style="{style}">{piece}</code>' if index % 2 else piece for index, piece in enumerate(pieces)
    )


def _question_text(number: int, question: Question) -> str:
    options = [_hanging(f"   {option.letter}) ", option.text) for option in question.options]
    return "\n".join([_hanging(f"{number}. ", question.text), *options])


def _hanging(lead: str, text: str) -> str:
    """The text behind its lead, its further lines indented as far."""
    return fill(text, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False)

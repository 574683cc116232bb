"""The self-check quizzes: their questions, what a notebook shows of them, and where they stand in the labs."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert import HTMLExporter

import autograder
from autograder import quiz
from autograder.quizzes import Quiz, QuizError, quiz_names
from autograder.quizzes.questions import (
    OPTIONS,
    PARTS,
    QUESTIONS,
    Option,
    Question,
    QuizFileError,
    load_questions,
    parse_questions,
    quiz_labs,
)

LABS = ("dcgan", "gan_pitfalls", "mnist_gan", "sine_gan", "style_transfer")
NASTY = Question(
    "Is `a<b` & <script>alert(1)</script>?",
    (
        Option("a", "<b>yes</b>", "`x > y` & <i>so</i>", True),
        Option("b", '"no"', "<img src=x>", False),
        Option("c", "maybe", "perhaps", False),
    ),
)
FILE = """
[[{part}]]
question = "Which?"
right = "b"
a.text = "one"
a.reason = "No."
b.text = "two"
b.reason = "Yes."
c.text = "three"
c.reason = "No."
"""
WHOLE = "".join(4 * FILE.format(part=part) for part in PARTS)


class _Tags(HTMLParser):
    """Counts tags, and complains where one isn't closed in its place."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.counts, self.open, self.text = Counter(), [], ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.counts[tag] += 1
        self.open.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def _texts(questions):
    for question in questions:
        yield question.text
        for option in question.options:
            yield from (option.text, option.reason)


@pytest.fixture(params=quiz_names())
def name(request):
    return request.param


def test_every_lab_has_both():
    assert quiz_labs() == list(LABS)
    assert quiz_names() == [f"{lab}.{part}" for lab in LABS for part in ("start", "end")]
    assert "quiz" in autograder.__all__


def test_questions_options_and_reasons(name):
    questions = quiz(name).questions
    assert QUESTIONS[0] <= len(questions) <= QUESTIONS[1]
    assert len({question.text for question in questions}) == len(questions)
    for question in questions:
        assert OPTIONS[0] <= len(question.options) <= OPTIONS[1]
        assert sum(option.right for option in question.options) == 1
        reasons = {option.reason for option in question.options}
        assert len(reasons) == len(question.options) and min(map(len, reasons)) > 30


def test_texts_are_plain(name):
    """No markup but `code`: `$` and `*` would stand there as they are, or be set as a formula here and there."""
    for text in _texts(quiz(name).questions):
        assert not re.search(r"[$*<>]|https?:|[\U0001f300-\U0001faff]", text), text


def test_the_right_option_can_not_be_told_by_its_place_or_its_length():
    questions = [question for name in quiz_names() for question in quiz(name).questions]
    places = Counter(option.letter for question in questions for option in question.options if option.right)
    assert min(places[letter] for letter in "abc") >= len(questions) / 5
    longest = [max(question.options, key=lambda option: len(option.text)).right for question in questions]
    assert sum(longest) <= len(questions) / 2
    for name in quiz_names():
        rights = {o.letter for question in quiz(name).questions for o in question.options if o.right}
        assert len(rights) > 1


def test_each_option_opens_and_says_whether_it_is_right(name):
    html = quiz(name)._repr_html_()
    tags, questions = _Tags(html), quiz(name).questions
    options = sum(len(question.options) for question in questions)
    assert tags.counts["details"] == tags.counts["summary"] == options and "<details open" not in html
    assert tags.text.count("✓ Right.") == len(questions)
    assert tags.text.count("✗ Not quite.") == options - len(questions)
    for text in _texts(questions):
        assert text.replace("`", "") in tags.text
    assert not tags.counts["script"] and not tags.counts["input"] and not tags.counts["button"]


def test_html_is_escaped():
    html = Quiz("x.start", (NASTY,))._repr_html_()
    tags = _Tags(html)
    assert not {"script", "b", "i", "img"} & set(tags.counts)
    assert "a&lt;b</code>" in html and "&amp; &lt;script&gt;" in html and "x &gt; y</code>" in html


def test_what_opens_can_be_read():
    """As for the banners: dark on light, whatever the theme, with a contrast of at least 4.5."""
    html = Quiz("x.start", (NASTY,))._repr_html_()
    pairs = set(re.findall(r"background:#(\w{6});color:#(\w{6})", html))
    assert len(pairs) == 2
    for paper, ink in pairs:
        light, dark = sorted((_luminance(paper), _luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    parts = (int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_plain_text_has_the_questions_and_no_answers(name):
    shown, text = quiz(name), repr(quiz(name))
    flat = " ".join(text.split())
    for number, question in enumerate(shown.questions, start=1):
        assert f"{number}. {question.text}" in flat
        for option in question.options:
            assert f"{option.letter}) {option.text}" in flat and option.reason not in flat
    assert "✓" not in text and "✗" not in text and max(map(len, text.splitlines())) <= 100
    assert f'quiz("{name}", answers="abc")' in text


def test_answers_are_told_with_their_reasons(name, capsys):
    questions = quiz(name).questions
    for letter in "abc":
        assert quiz(name, letter * len(questions)) is None
        flat = " ".join(capsys.readouterr().out.split())
        for number, question in enumerate(questions, start=1):
            option = next(option for option in question.options if option.letter == letter)
            verdict = "✓ Right." if option.right else "✗ Not quite."
            assert f"{number}. {letter}) {option.text} {verdict} {option.reason}" in flat


def test_answers_may_be_written_loosely_and_be_few(capsys):
    quiz("sine_gan.start", answers=" B, a")
    loose = capsys.readouterr().out
    quiz("sine_gan.start", answers="ba")
    assert capsys.readouterr().out == loose and "3." not in loose


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("x", "Question 1 has the options a, b, c, d; 'x' is none of them."),
        ("ad", "Question 2 has the options a, b, c; 'd' is none of them."),
        ("abcabc", "This quiz has 5 questions; answers has 6 letters, give 1 to 5."),
        ("", "answers has 0 letters"),
        (["a"], "answers is a text with a letter for each question"),
    ],
)
def test_wrong_answers_get_a_sentence(answers, said, capsys):
    with pytest.raises(QuizError, match=re.escape(said)) as caught:
        quiz("sine_gan.start", answers)
    assert capsys.readouterr().out == "" and len(caught.value._render_traceback_()) == 1


@pytest.mark.parametrize("wrong", ["sine_gan", "sine_gan.middle", "nope.start", "../x.end", "", None, ["x"]])
def test_a_wrong_name_gets_a_sentence_with_the_known_ones(wrong):
    with pytest.raises(QuizError) as caught:
        quiz(wrong)
    message = str(caught.value)
    assert repr(wrong) in message and all(name in message for name in quiz_names())
    assert caught.value._render_traceback_() == [f"QuizError: {message}"]


def test_a_file_is_looked_over():
    loaded = parse_questions(WHOLE, "x.toml")
    assert [len(loaded[part]) for part in PARTS] == [4, 4]


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('a.text = "one"', "a.text = one", "x.toml: "),
        ("[[end]]", "[[finish]]", "instead of start and end"),
        ('c.text = "three"\nc.reason = "No."\n', "", "has 2 options, not 3 to 4"),
        ('c.reason = "No."\n', "", "option c needs a text and a reason"),
        ('c.reason = "No."', 'c.reason = " "', "option c has no reason"),
        ('c.reason = "No."', "c.reason = 3", "option c has no reason"),
        ('c.reason = "No."', 'c.reason = "`No."', "odd number of backticks in its reason"),
        ("c.", "d.", "has the options ['a', 'b', 'd'], not a, b, c in order"),
        ('"three"', '"two"', "has the same option twice"),
        ('right = "b"', 'right = "d"', "says that 'd' is right, which is no option"),
        ('right = "b"\n', "", "says that None is right"),
        ('question = "Which?"\n', "", "has no question"),
        ('right = "b"', 'right = "b"\nmarks = 3', "has the options ['marks', 'a', 'b', 'c']"),
    ],
)
def test_a_faulty_file_is_told_with_its_place(was, now, said):
    assert was in WHOLE
    with pytest.raises(QuizFileError, match=re.escape(said)) as caught:
        parse_questions(WHOLE.replace(was, now), "x.toml")
    assert str(caught.value).startswith("x.toml")


@pytest.mark.parametrize("count", [3, 6])
def test_too_few_or_too_many_questions(count):
    with pytest.raises(QuizFileError, match=f"end has {count} questions, not 4 to 5"):
        parse_questions(4 * FILE.format(part="start") + count * FILE.format(part="end"), "x.toml")


def _script(course, lab: str) -> str:
    return (course.root / "notebooks" / lab / f"{lab}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("lab", LABS)
def test_each_quiz_is_called_once_in_its_notebook(course, lab):
    script = _script(course, lab)
    calls = re.findall(r'^quiz\("([\w.]+)"\)$', script, re.MULTILINE)
    assert calls == [f"{lab}.start", f"{lab}.end"] and script.count("quiz(") == 2
    assert re.search(r"^(from autograder import .*|    .*)\bquiz\b", script, re.MULTILINE)
    first, last = script.index(f'quiz("{lab}.start")'), script.index(f'quiz("{lab}.end")')
    assert first < script.index("How this lab works") and last < script.index("\nsummarise_marks()")
    questions = [match.start() for match in re.finditer(r"\*\*Question \d", script)]
    assert questions and last > questions[-1]


@pytest.mark.parametrize("lab", LABS)
def test_the_text_gives_the_number_of_questions(course, lab):
    words = {4: "four", 5: "five"}
    said = re.search(r"Before you begin, (\w+) questions", _script(course, lab))
    assert said is None or said[1] == words[len(load_questions(lab)["start"])]


@pytest.mark.parametrize("lab", LABS)
def test_no_quiz_gives_a_solution_away(course, lab):
    """No line of code of any solution stands in the texts, however it is spaced."""
    blocks = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", _script(course, lab), re.DOTALL)
    lines = {"".join(line.split()) for block in blocks for line in block.splitlines()}
    lines = {line for line in lines if len(line) > 8 and re.search(r"[(=]", line)}
    questions = [question for part in PARTS for question in load_questions(lab)[part]]
    texts = "".join("".join(text.split()) for text in _texts(questions))
    assert len(lines) > 10 and not [line for line in lines if line in texts]


def test_a_feedback_page_keeps_what_opens():
    """nbgrader's feedback pages are made by this exporter; their style sheet makes a plain block of a summary."""
    data = {"text/html": quiz("sine_gan.start")._repr_html_(), "text/plain": repr(quiz("sine_gan.start"))}
    output = nbformat.v4.new_output("execute_result", data=data)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("quiz()", outputs=[output])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    options = sum(len(question.options) for question in quiz("sine_gan.start").questions)
    assert page.count("<details><summary") == page.count("display:list-item") == options
    assert "&lt;details" not in page

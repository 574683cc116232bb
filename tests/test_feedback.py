"""Feedback pages: what they show, what they keep to themselves, and that nothing in them runs."""

from __future__ import annotations

import base64
import logging
import re
import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
import torch
from hostile_outputs import AWAY, HOSTILE, METADATA
from inert_pages import ADDRESSES, active
from nbconvert.filters.markdown_mistune import MarkdownWithMath
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from selectolax.lexbor import LexborHTMLParser

from autograder.building.example_class import fill_in
from autograder.cells.metadata import grade_id
from autograder.course.solution import solution_cells
from autograder.feedback import cells, inert, markdown, maths, page_html, write_feedback
from autograder.feedback.environment import POLICY
from autograder.feedback.figures import finding_figure
from autograder.feedback.inert import _CLEANER as CLEANER
from autograder.feedback.inert import clean_html
from autograder.feedback.maths import math_html
from autograder.feedback.notebook import Inert, inert_markdown
from autograder.feedback.outputs import output_html
from autograder.labs import get_lab, lab_names
from autograder.marking.exercise import PURE
from autograder.marking.judge import differs
from autograder.marking.verdict import Finding, Mark, Verdict
from autograder.notebook.banner import mark_html
from autograder.results.gradebook import database, register_lab, save_marks
from autograder.results.manual_grades import ManualGrades, read_manual_grades

LAB = get_lab("sine_gan")
SECRETS = ("HIDDEN TESTS", "MARK SCHEME", "respond(", "x-autograder")


def graded(
    course, name: str = "sine_gan", lost: dict[str, Mark] | None = None
) -> tuple[NotebookNode, Verdict]:
    """A notebook as it lies in autograded/, with the instructor's test cells, and its verdict."""
    lab = get_lab(name)
    notebook = deepcopy(nbformat.read(course.source(name), as_version=4))
    verdict = Verdict(name, "ana", lab.marks)
    for exercise in lab.exercises:
        full = Mark(exercise.marks, exercise.marks)
        verdict.checks[exercise.test_id] = (lost or {}).get(exercise.name, full)
    notebook.metadata["autograder"] = NotebookNode(verdict=verdict.to_json())
    return fill_in(notebook, solution_cells(course, name)), verdict


def lose(exercise: str, *findings: Finding, score: float = 0.0) -> dict[str, Mark]:
    """An exercise that lost marks."""
    return {exercise: Mark(score, LAB.exercise(exercise).marks, findings)}


def page_of(course, *cells: NotebookNode, by_hand: ManualGrades | None = None, **lost: dict) -> str:
    """The page of a notebook with these cells at its end."""
    notebook, verdict = graded(course, **lost)
    notebook.cells += cells
    return page_html(verdict, notebook, by_hand or ManualGrades())


def pictures(html: str) -> list[bytes]:
    """The pictures that a page holds."""
    sources = (node.attributes["src"] for node in LexborHTMLParser(html).css("img[src]"))
    return [base64.b64decode(source.partition(",")[2]) for source in sources]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_student_shows_is_inert(course, name):
    html = page_of(course, HOSTILE[name])
    assert active(html) == []
    assert html.count("<style>") == 1 and html.count("http-equiv") == 1
    assert len(re.findall('id="found-train"', html)) == 0
    for picture in pictures(html):
        assert not re.search(rb"<script|onload|foreignObject|pwned", picture, re.IGNORECASE)
    assert "The machine found nothing to add" in html


@pytest.mark.parametrize("name", HOSTILE)
def test_a_written_answer_is_inert(course, name):
    """The same in place of an answer, and as the comment that an instructor pasted."""
    cell = HOSTILE[name]
    notebook, verdict = graded(course)
    notebook.cells = [other for other in notebook.cells if grade_id(other) != "question_1"]
    answer = NotebookNode(cell, metadata=NotebookNode(nbgrader={"grade_id": "question_1"}))
    notebook.cells.append(answer)
    html = page_html(verdict, notebook, ManualGrades(comments={"question_1": cell.source}))
    assert active(html) == [] and "Your answer" in html


def test_the_test_of_inertness_sees_what_is_active():
    """Each payload, put into a page as it is, is found: a checker that finds nothing proves nothing."""
    texts = [
        cell.outputs[0].data.get("text/html")
        for cell in HOSTILE.values()
        if cell.get("outputs") and "data" in cell.outputs[0]
    ]
    missed = [text for text in texts if text and not active(f"<html><body>{text}</body></html>")]
    # These are about ids, marks of the cleaning's own, and comments or attributes that never become elements.
    assert len(missed) <= 4, missed


def test_the_notebooks_own_metadata_and_the_students_name_are_inert(course):
    notebook, verdict = graded(course)
    notebook.metadata.update(METADATA)
    verdict.student = "<script>1</script>"
    verdict.notes.append("<img src=x onerror=alert(1)> lies in /home/teacher/course/notes.txt")
    html = page_html(verdict, notebook, ManualGrades())
    assert active(html) == [] and "&lt;script&gt;1" in html
    assert "/home/teacher" not in html and "…/notes.txt" in html


def test_the_policy_allows_nothing_but_pictures_and_style_of_the_page_itself(course):
    policy = LexborHTMLParser(page_of(course)).css_first("meta[http-equiv]").attributes["content"]
    assert policy == POLICY and policy.startswith("default-src 'none'; img-src data:;")
    assert "script" not in policy


def test_findings_are_escaped(course):
    """An exception's text is the student's own."""
    finding = Finding("train.raised", f"`train` stopped with ValueError: <img src={AWAY} onerror=x>", False)
    html = page_of(course, lost=lose("train", finding))
    assert active(html) == [] and "&lt;img" in html


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_the_graded_notebook_is_inert_in_the_formgrader(course, name):
    """nbgrader's own templates show what `Inert` leaves; theirs is the only script."""
    notebook, _ = graded(course)
    notebook.cells = [notebook.cells[0], deepcopy(HOSTILE[name])]
    notebook.metadata.update(METADATA)
    Inert().preprocess(notebook, {})
    html = _formgrader_cells(notebook)
    for node in LexborHTMLParser(html).root.traverse():
        attributes = node.attributes or {}
        assert node.tag not in (
            "script",
            "iframe",
            "object",
            "embed",
            "form",
            "meta",
            "base",
            "link",
            "style",
        )
        assert not [key for key in attributes if key.startswith("on")], node.html
        for value in (value or "" for key, value in attributes.items() if key in ADDRESSES):
            assert not re.match(r"\s*(javascript|data:(?!image))", value, re.IGNORECASE), node.html
            assert AWAY not in value, node.html


def _formgrader_cells(notebook: NotebookNode) -> str:
    """The cells as the formgrader shows them, without its own head."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.template_name = "formgrade"
    config.HTMLExporter.extra_template_basedirs = [handlers.template_path]
    exporter = HTMLExporter(config=config)
    exporter.log.setLevel(logging.CRITICAL)
    named = dict.fromkeys(
        ("assignment_id", "notebook_id", "base_url", "student", "last_name", "first_name"), "x"
    )
    html, _ = exporter.from_notebook_node(notebook, {**named, "index": 0, "total": 1, "submission_id": "x"})
    return html[html.index('id="notebook-container"') - 5 : html.index('<div class="help"')]


def test_what_is_inert_already_stays_as_it_is_for_the_formgrader(course, lab):
    """Texts of the labs, banners, figures: nothing is lost where there is nothing to fear."""
    notebook, verdict = graded(course, lab.name)
    banner = mark_html(Mark(3.0, 5.0, (Finding("x", "a `b` <c>"),)))
    figure = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(9)).decode()
    data = {"text/html": banner, "text/plain": "3.0", "image/png": figure}
    notebook.cells.append(new_code_cell("x", outputs=[new_output("display_data", data)]))
    before = deepcopy(notebook)
    Inert().preprocess(notebook, {})
    nbformat.validate(notebook)
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in before.cells]
    assert notebook.cells[-1].outputs[0].data == data
    assert [grade_id(cell) for cell in notebook.cells] == [grade_id(cell) for cell in before.cells]
    assert Verdict.from_json(notebook.metadata.autograder.verdict) == verdict


def test_an_answer_that_could_run_is_shown_as_text():
    shown = inert_markdown("Here:\n\n<script>x</script>\n````\n$$y")
    fence = "`" * 7  # longer than any in the text
    assert shown.startswith(f"{fence}text\nHere:") and shown.endswith(f"\n{fence}") and "$" not in shown
    assert inert_markdown(shown) == shown


# ---------------------------------------------------------------- what a page keeps to itself


def test_nothing_secret_is_in_the_page(course, lab):
    notebook, verdict = graded(course, lab.name)
    assert all(secret in nbformat.writes(notebook) for secret in SECRETS[:3])
    html = page_html(verdict, notebook, ManualGrades())
    for secret in SECRETS:
        assert secret not in html
    for cell in notebook.cells:
        if "MARK SCHEME" in cell.source:
            scheme = cell.source.partition("BEGIN MARK SCHEME")[2].split("### END")[0].strip().splitlines()
            assert scheme and not any(len(line) > 20 and line[:40] in html for line in scheme)


def test_a_region_that_never_ends_hides_the_rest_and_stops_nothing(course):
    cell = new_code_cell("x = 1\n### BEGIN HIDDEN TESTS\nsecret = 2")
    html = page_of(
        course, cell, new_markdown_cell("a\n### BEGIN MARK SCHEME\nsecret\n### END MARK SCHEME\nb-after")
    )
    assert "secret" not in html and "b-after" in html


def test_a_hidden_finding_tells_no_number_of_the_hidden_run(course):
    message = "`train` stopped with ValueError: 3141592653 0.57721 -1.6e-05 in /srv/course/x.py, size 12"
    html = page_of(course, lost=lose("train", Finding("train.raised", message, True)))
    assert not any(number in html for number in ("3141592653", "57721", "1.6e", "/srv/course"))
    assert "size 12" in html and "a hidden test" in html
    html = page_of(course, lost=lose("train", Finding("train.raised", message, False)))
    assert "0.57721" in html and "a hidden test" not in html


# ---------------------------------------------------------------- what a page shows


def test_every_link_leads_to_one_place_in_the_page(course, lab):
    notebook, verdict = graded(course, lab.name)
    for exercise in lab.exercises[::2]:
        lost = Finding(f"{exercise.name}.x", "Why?")
        verdict.checks[exercise.test_id] = Mark(0.0, exercise.marks, (lost,))
    notebook.cells += deepcopy([cell for cell in notebook.cells if grade_id(cell)])  # all of them twice
    parsed = LexborHTMLParser(page_html(verdict, notebook, ManualGrades()))
    ids = [node.attributes["id"] for node in parsed.css("[id]")]
    links = [node.attributes["href"] for node in parsed.css("a[href]")]
    assert len(ids) == len(set(ids)) and len(links) > len(lab.exercises)
    assert {link.removeprefix("#") for link in links} <= set(ids)


def test_the_exercises_with_most_to_gain_come_first(course):
    lost = lose("coverage", Finding("coverage.a", "First?")) | lose("train", Finding("train.a", "Second?"))
    lost |= lose("generator_step", Finding("generator_step.a", "Third?"), score=10.0)
    lost |= lose("generator", Finding("generator.a", "Fourth?"), score=6.0)
    parsed = LexborHTMLParser(page_of(course, lost=lost))
    steps = [" ".join(node.text().split()) for node in parsed.css("ol.next li")]
    assert [step.split(":")[0] for step in steps] == ["train", "generator_step", "coverage"]
    assert "10 marks to gain. Second?" in steps[0]


def test_traces_of_one_named_mistake_are_said_once(course):
    findings = [Finding(f"train.{name}", f"Trace {name}", False, "train.bug") for name in "ab"]
    html = page_of(course, lost=lose("train", *findings, Finding("train.c", "Trace c")))
    found = LexborHTMLParser(html).css_first("#found-train").text()
    assert "Trace a" in found and "Trace b" not in found and "Trace c" in found


def test_marks_and_comments_of_a_person_are_shown(course, tmp_path):
    notebook, verdict = graded(course, lost=lose("train", Finding("train.a", "Why?")))
    path = tmp_path / "autograded" / "ana" / LAB.name / f"{LAB.name}.ipynb"
    path.parent.mkdir(parents=True)
    for cell in notebook.cells:
        if grade_id(cell) in LAB.questions:
            cell.source = "My answer."
        if grade_id(cell) in verdict.checks:
            score = repr(verdict.checks[grade_id(cell)].score)
            cell.outputs = [new_output("execute_result", {"text/plain": score}, execution_count=None)]
    nbformat.write(notebook, path)
    register_lab(course, LAB.name, tmp_path)
    save_marks(notebook, verdict, tmp_path)
    html = write_feedback(verdict, tmp_path).read_text(encoding="utf-8")
    assert html.count("not read yet") >= 5 and "Total" not in html
    _mark_by_hand(tmp_path)
    assert read_manual_grades(database(tmp_path), LAB.name, "ana")[LAB.name, "ana"].marks["question_2"] == 3.5
    html = write_feedback(verdict, tmp_path).read_text(encoding="utf-8")
    text = " ".join(LexborHTMLParser(html).css_first("#answer-question_2").text().split())
    assert "My answer." in text and "3.5 of 5" in text and "CommentSee x 2 again." in text
    totals = " ".join(LexborHTMLParser(html).css_first(".totals").text().split())
    assert "70 of 80" in totals and "14 of 20" in totals and "84 of 100" in totals


def _mark_by_hand(out: Path) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(database(out)) as gradebook:
        for question in LAB.questions:
            grade = gradebook.find_grade(question, LAB.name, LAB.name, "ana")
            grade.manual_score, grade.needs_manual_grade = 3.5, False
        comment = gradebook.find_comment("question_2", LAB.name, LAB.name, "ana")
        comment.manual_comment = "See $x$ **2** again."
        gradebook.db.commit()


def test_a_submission_without_marks_gets_the_reason(tmp_path):
    verdict = Verdict("sine_gan", "ana", 80.0)
    verdict.needs_attention("sine_gan.ipynb is not a <notebook>.")
    path = write_feedback(verdict, tmp_path)
    html = path.read_text(encoding="utf-8")
    assert path == tmp_path / "feedback" / "ana" / "sine_gan" / "sine_gan.html"
    assert "not a &lt;notebook&gt;" in html and "Your notebook" not in html and active(html) == []
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_nbgraders_own_command_writes_the_same_page(course, tmp_path):
    from nbgrader.converters import GenerateFeedback
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    notebook, verdict = graded(course, lost=lose("train", Finding("train.a", "Why is that?")))
    path = tmp_path / "autograded" / "ana" / LAB.name / f"{LAB.name}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    register_lab(course, LAB.name, tmp_path)
    save_marks(notebook, verdict, tmp_path)
    ours = write_feedback(verdict, tmp_path)
    expected = ours.read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "feedback")
    config = Config()
    config.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"
    config.GenerateFeedback.preprocessors = []
    config.CourseDirectory.root = str(tmp_path)
    config.CourseDirectory.assignment_id = LAB.name
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    converter.log.setLevel(logging.ERROR)
    converter.start()
    assert ours.read_text(encoding="utf-8").rstrip() == expected.rstrip()


@pytest.mark.parametrize(
    ("got", "reference", "shown"),
    [
        (torch.zeros(6, 6), torch.zeros(2, 3, 3), ["expected", "2", "3", "3", "got", "6", "6"]),
        (torch.zeros(()), torch.zeros(2), ["expected", "2", "got", "one number"]),
        (torch.ones(4), torch.tensor([1.0, 1.0, 2.0, 1.0]), ["1 of 4 numbers differ"]),
    ],
)
def test_what_the_judge_says_in_numbers_is_drawn(got, reference, shown):
    """Sentences of `differs` itself: where it words them otherwise, the drawing is gone."""
    figure = finding_figure(f"The output: {differs(got, reference, PURE)}.")
    assert [node.text() for node in LexborHTMLParser(figure).css("text")] == shown
    assert finding_figure("Some outputs lie below 0.") == ""


def test_formulas_are_mathml(course, lab):
    """All formulas of the lab can be converted."""
    notebook, verdict = graded(course, lab.name)
    html = page_html(verdict, notebook, ManualGrades())
    assert "<math" in html and 'class="tex"' not in html
    assert "mathjax" not in html.lower()


@pytest.mark.parametrize("latex", [r"\frac", r"\text{<b>}", "{" * 3000, r"\mystery{x}"])
def test_a_formula_that_cannot_be_converted_is_shown_as_it_is(latex):
    assert math_html(latex, block=False).startswith('<code class="tex">')


def test_progress_bars_show_their_last_state():
    html = output_html(new_output("stream", name="stderr", text="10%\r20%\r100%\nnext\r\n"))
    assert LexborHTMLParser(html).text().strip() == "100%\nnext"


def _shown(*outputs: dict) -> NotebookNode:
    """A cell with these outputs. nbformat's own function would validate each of them."""
    return NotebookNode(new_code_cell("x"), outputs=nbformat.from_dict(list(outputs)))


def _div(count: int) -> dict:
    return {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<div>" * count}}


def _line(text: str) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}


HUGE = {
    "text": lambda: _shown(_line("x" * 3_000_000)),
    "tags": lambda: _shown(_div(500_000)),
    "outputs with tags": lambda: _shown(*[_div(9_000)] * 100),
    "outputs": lambda: _shown(*[_line("y\n")] * 20_000),
    "tags in a short text": lambda: _shown(_div(20_000)),
    "formulas": lambda: new_markdown_cell("$$a" * 9_000 + "\\begin{a}" * 900),
    "formulas in a short text": lambda: new_markdown_cell("$$a" * 9_000),
    "quotes": lambda: new_markdown_cell("> " * 10_000),
    "long text": lambda: new_markdown_cell("x" * 1_000_000),
    "long code": lambda: new_code_cell("((" * 400_000),
}


@pytest.fixture
def parsed_texts(monkeypatch) -> dict[str, list[str]]:
    """The texts that each parser is given whose time grows faster than its text."""
    texts: dict[str, list[str]] = {"html": [], "markdown": [], "python": [], "latex": []}
    parsers = {"python": (cells, "highlight"), "latex": (maths, "convert")}
    for kind, (module, name) in parsers.items():
        real = getattr(module, name)

        def parse(text: str, *arguments, kind=kind, real=real, **options):
            texts[kind].append(text)
            return real(text, *arguments, **options)

        monkeypatch.setattr(module, name, parse)

    class Cleaner:
        def clean(self, text: str) -> str:
            texts["html"].append(text)
            return CLEANER.clean(text)

    class Markdown(MarkdownWithMath):
        def render(self, text: str) -> str:
            texts["markdown"].append(text)
            return super().render(text)

    monkeypatch.setattr(inert, "_CLEANER", Cleaner())
    monkeypatch.setattr(markdown, "MarkdownWithMath", Markdown)
    for cached in (markdown._rendered, maths.math_html, cells.code_html):
        cached.cache_clear()
    yield texts
    for cached in (markdown._rendered, maths.math_html, cells.code_html):
        cached.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("name", HUGE)
def test_a_huge_cell_neither_stops_nor_fills_the_page(course, name, parsed_texts):
    """No parser gets more than it reads in a moment, and the page stays small."""
    html = page_of(course, HUGE[name]())
    assert len(html) < 4_000_000
    most = {kind: max(map(len, texts)) for kind, texts in parsed_texts.items()}
    assert most["markdown"] <= 30_000 and most["python"] <= 30_000 and most["latex"] <= 2_000
    tags = [text.count("<") for text in parsed_texts["html"]]
    assert most["html"] <= 500_000 and max(tags) <= 10_000 and sum(tags) <= 100_000
    openers = ("\\begin", "\\[", "\\(", "](", "<", "`", "$$")
    assert not [text for text in parsed_texts["markdown"] for sign in openers if text.count(sign) > 1_000]


def test_of_a_long_text_the_beginning_is_shown_and_of_too_many_tags_a_sentence():
    html = output_html(new_output("stream", text="begin" + "x" * 30_000))
    assert (
        html.startswith('<pre class="stdout">begin')
        and "10005 more characters" in html
        and len(html) < 21_000
    )
    assert clean_html("<div>" * 9_000).count("<div>") == 9_000
    assert "too much to be shown" in clean_html("<div>" * 60_000)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "text": None},
        {"output_type": "stream", "text": ["a", 5]},
        {"output_type": "error"},
        {"output_type": "error", "traceback": "no list"},
        {"output_type": "display_data"},
        {"output_type": "display_data", "data": []},
        {"output_type": "display_data", "data": 5},
        {
            "output_type": "display_data",
            "data": {"text/html": {"a": 1}, "image/png": 5, "image/svg+xml": None},
        },
        {"output_type": "nothing"},
    ],
)
def test_damaged_outputs_stop_nothing(output):
    assert active(f"<html><body>{output_html(output)}</body></html>") == []


CHROMIUM = shutil.which("chromium")


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium")
@pytest.mark.slow
def test_a_browser_runs_none_of_it(course, tmp_path):
    """All payloads in one page, opened: its title stays, and so does the page."""
    page = tmp_path / "page.html"
    page.write_text(page_of(course, *HOSTILE.values()), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    options += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    command = [
        CHROMIUM,
        *options,
        f"--user-data-dir={tmp_path}/profile",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ]
    dom = subprocess.run([*command, page.as_uri()], capture_output=True, text=True, timeout=120).stdout
    assert LexborHTMLParser(dom).css_first("title").text() == f"{LAB.title}: ana"
    assert "The machine found nothing to add" in dom


def test_all_labs_have_pages(course):
    assert all(
        page_html(verdict, notebook, ManualGrades())
        for notebook, verdict in (graded(course, one) for one in lab_names())
    )

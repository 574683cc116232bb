"""An author's slips: script, table, catalogue and probe have to agree, and a sentence says where they do not."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import nbformat
import pytest

from autograder.building import table
from autograder.building.build import build, write_source
from autograder.building.catalogues import check_catalogue
from autograder.building.responses import check_probes
from autograder.building.script import source_notebook
from autograder.building.table import check_folders, checked_table
from autograder.cells.metadata import grade_id
from autograder.course import catalogue
from autograder.course.built import check_built, check_points
from autograder.course.catalogue import Alternative, Mistake
from autograder.course.solution import solution_names
from autograder.errors import CourseError
from autograder.grading.run import Choices, grade_class
from autograder.labs import get_lab
from autograder.marking.exercise import Check, Exercise, Lab

SINE = get_lab("sine_gan")
COVERAGE = SINE.exercise("coverage")
SOLUTION, TEST = '# %% nbgrader={"grade_id": "coverage"}', '# %% nbgrader={"grade_id": "test_coverage"}'


def _with(exercise: Exercise, lab: Lab = SINE) -> Lab:
    """The lab with another exercise of that name."""
    exercises = (exercise if exercise.name == other.name else other for other in lab.exercises)
    return replace(lab, exercises=tuple(exercises))


def _with_checks(*checks: Check) -> Lab:
    return _with(replace(COVERAGE, checks=checks))


def _more_marks(exercise: Exercise, marks: float) -> Exercise:
    first, *others = exercise.checks
    return replace(exercise, checks=(replace(first, marks=first.marks + marks), *others))


@pytest.fixture
def edited(scratch_course):
    """The notebook of the sine lab after some edits of its script."""

    def edit(edits: dict[str, str], lab: Lab = SINE):
        path = scratch_course.script("sine_gan")
        text = path.read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old in text, old
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
        return source_notebook(path, lab)

    return edit


def _text(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells)


def test_marks_are_written_in_the_table_alone(course):
    """Other marks in the table: points, the marks in the text and the totals follow."""
    notebook = source_notebook(course.script("sine_gan"), _with(_more_marks(COVERAGE, 2.5)))
    cells = {grade_id(cell): cell for cell in notebook.cells}
    assert cells["test_coverage"].metadata["nbgrader"]["points"] == 7.5
    text = _text(notebook)
    assert "a sample close by. (7.5 marks)**" in text
    assert "Nine exercises are marked by machine, 82.5 marks in all, and four written questions" in text


def test_one_mark_is_no_marks(course):
    lab = replace(SINE, questions=SINE.questions | {"question_2": 1.0})
    assert "**Question 2 (1 mark).** How" in _text(source_notebook(course.script("sine_gan"), lab))


def test_scripts_hold_no_points_and_no_hidden_tests(course, lab):
    text = course.script(lab.name).read_text(encoding="utf-8")
    assert not re.search(r'"points"|HIDDEN TESTS|"schema_version"|\(\d+\s+(# )?marks\)', text)


def test_what_the_build_would_fill_in_may_stand_in_the_script(edited, course):
    """As JupyterLab's nbgrader toolbar writes it."""
    whole = '{"grade": true, "grade_id": "test_coverage", "locked": true, "points": 5, "schema_version": 3, '
    whole += '"solution": false, "task": false}'
    hidden = '\n### BEGIN HIDDEN TESTS\nfrom autograder import respond\n\nrespond("sine_gan.coverage")\n'
    visible = 'check("sine_gan.coverage")'
    notebook = edited(
        {
            '{"grade_id": "test_coverage"}': whole,
            visible: f"{visible}{hidden}### END HIDDEN TESTS",
            "close by. ({marks} marks)": "close by. (5 marks)",
        }
    )
    assert notebook == source_notebook(course.script("sine_gan"), SINE)


SLIPS = {
    "an exercise that the table lacks": (
        {TEST: '# %% nbgrader={"grade_id": "nearest_point"}\n\n' + TEST},
        r"notebooks/sine_gan/sine_gan.py has a cell nearest_point, but autograder/labs/sine_gan/__init__.py has no "
        r"exercise of the name nearest_point\. Add it there, or delete the cell",
    ),
    "a question that the table lacks": (
        {"question_4": "question_5"},
        "has a cell question_5_text, but .* has no written question of the name question_5",
    ),
    "an exercise that the notebook lacks": (
        {f"{SOLUTION}\n": "# %%\n", f"{TEST}\n": "# %%\n"},
        "__init__.py has an exercise coverage, but .*sine_gan.py has no cells coverage and test_coverage",
    ),
    "a test cell without its solution cell": (
        {SOLUTION: "# %%"},
        "has no cell with the grade_id coverage. Write it",
    ),
    "a solution cell without its test cell": ({TEST: "# %%"}, "no cell with the grade_id test_coverage"),
    "a question without its answer": ({'{"grade_id": "question_2"}': "{}"}, "the grade_id question_2"),
    "a grade_id twice": (
        {'"test_train"': '"test_generator"'},
        "sine_gan.py has test_generator 2 times. Rename or delete all but one",
    ),
    "another order": (
        {'"generator"': '"x"', '"test_generator"': '"y"', '"discriminator"': '"generator"'}
        | {
            '"test_discriminator"': '"test_generator"',
            '"x"': '"discriminator"',
            '"y"': '"test_discriminator"',
        },
        "has the cell generator where autograder/labs/sine_gan/__init__.py has discriminator",
    ),
    "a test before its solution": (
        {SOLUTION: "# %% X", TEST: SOLUTION, "# %% X": TEST},
        "has the cell test_coverage where .* has coverage. .* each test cell behind its solution cell",
    ),
    "other points than the table": (
        {'{"grade_id": "test_coverage"}': '{"grade_id": "test_coverage", "points": 15}'},
        "test_coverage has 15 points, and the table gives 5: delete `points`",
    ),
    "other flags than the cell needs": (
        {'{"grade_id": "test_coverage"}': '{"grade_id": "test_coverage", "locked": false}'},
        "test_coverage has locked = False, not True: write its grade_id and nothing else",
    ),
    "other marks in the text": (
        {"close by. ({marks} marks)": "close by. (15 marks)"},
        r"the text of coverage says 15 marks, and the table 5: write `\({marks} marks\)`",
    ),
    "no marks in the text": (
        {"close by. ({marks} marks)": "close by. ({mark} marks)"},
        "the text of coverage does not say what it is worth",
    ),
    "other marks in a question": (
        {"**Question 2 ({marks} marks)": "**Question 2 (4 marks)"},
        "the text of question_2 says 4 marks, and the table 5",
    ),
    "marks where no exercise follows": (
        {"## References": "## References ({marks} marks)"},
        "{marks} stands where no exercise follows",
    ),
    "another name than the table's": (
        {"def coverage(": "def share("},
        r"the cell coverage defines share, but the table \(.*\) probes coverage",
    ),
    "a solution cell that is no Python": (
        {"def coverage(samples, bins=20, tolerance=0.2):": "def coverage(samples, bins=20, tolerance=0.2)"},
        r"coverage is no Python: expected ':' \(line 1 of the cell\)",
    ),
    "a solution without its region": (
        {"### BEGIN SOLUTION": "", "### END SOLUTION": ""},
        "make_train_data has no line `### BEGIN SOLUTION`, so nothing in it would be kept from students",
    ),
    "a region that does not end": (
        {
            "    ### END SOLUTION\n\n# %% [markdown]\n# The check looks at the length": "\n# %% [markdown]\n# The check"
        },
        "make_train_set has 1 lines `### BEGIN SOLUTION` and 0 lines `### END SOLUTION`",
    ),
    "a solution without a grade_id": (
        {
            "## References\n": "## References\n\n# %%\ndef more():\n    ### BEGIN SOLUTION\n    ### END SOLUTION\n"
        },
        "the cell that begins with `def more..:` holds a solution but has no grade_id",
    ),
    "a question without a mark scheme": (
        {"=== BEGIN MARK SCHEME ===": "", "=== END MARK SCHEME ===": ""},
        "question_1_text has no line `=== BEGIN MARK SCHEME ===`",
    ),
    "a question as code": (
        {'# %% [markdown] nbgrader={"grade_id": "question_3"}': '# %% nbgrader={"grade_id": "question_3"}'},
        r"question_3 belongs to a written question and has to be `# %% \[markdown\]`",
    ),
    "a test of another exercise": (
        {'check("sine_gan.coverage")': 'check("sine_gan.train")'},
        r'test_coverage has to hold `check\("sine_gan.coverage"\)` and nothing else; the build adds the hidden test',
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_the_script_is_one_sentence(edited, slip):
    edits, message = SLIPS[slip]
    with pytest.raises(CourseError, match=message) as caught:
        edited(edits)
    assert str(caught.value).startswith("sine_gan: ")


def test_a_missing_script_is_told(scratch_course):
    scratch_course.script("sine_gan").unlink()
    with pytest.raises(CourseError, match="notebooks/sine_gan/sine_gan.py is missing: write the lab there"):
        source_notebook(scratch_course.script("sine_gan"), SINE)


def test_a_script_without_a_table_is_told(scratch_course):
    check_folders(scratch_course)
    shutil.copytree(scratch_course.script("sine_gan").parent, scratch_course.root / "notebooks" / "coin")
    (scratch_course.root / "notebooks" / "coin" / "sine_gan.py").rename(scratch_course.script("coin"))
    with pytest.raises(
        CourseError, match="coin: notebooks/coin/coin.py has no table. Write autograder/labs/coin/__init"
    ):
        check_folders(scratch_course)


first, second, third = COVERAGE.checks
TABLES = {
    "another name than its folder": (replace(SINE, name="sine"), "calls the lab 'sine', and its folder says"),
    "an exercise twice": (replace(SINE, exercises=(*SINE.exercises, COVERAGE)), "the table has coverage 2 times"),
    "a name that is none": (
        replace(SINE, exercises=(replace(COVERAGE, name="the share"),)),
        "an exercise is called 'the share'",
    ),
    "nothing that it defines": (_with(replace(COVERAGE, title="")), "coverage needs as `title`, or as `definitions`"),
    "no checks": (_with_checks(), "coverage has no checks"),
    "a check twice": (_with_checks(first, second, third, third), "the exercise coverage in .* has input 2 times"),
    "a check that no entry can be called": (
        _with_checks(first, second, third, replace(third, name="the input")),
        "coverage has a check 'the input'",
    ),
    "no marks": (_with_checks(replace(first, marks=0), second, third), "coverage, check share is worth 0 marks"),
    "marks below 0": (_with_checks(replace(first, marks=-1), second, third), "is worth -1 marks"),
    "a guard that is no check": (
        _with(replace(COVERAGE, guard="others")),
        "coverage has the guard 'others', but its checks are share, type, input",
    ),
    "a need of no check": (
        _with_checks(first, second, replace(third, needs="value")),
        "coverage, check input needs 'value', but there are share, type, input",
    ),
    "needs in a circle": (
        _with_checks(replace(first, needs="input"), second, third),
        "need each other in a circle: share → input → share",
    ),
    "a question by another name": (
        replace(SINE, questions={"essay": 5.0}),
        "a written question is called 'essay', not question_1",
    ),
    "a question without marks": (replace(SINE, questions={"question_1": 0.0}), "question_1 is worth 0.0 marks"),
}  # fmt: skip


@pytest.mark.parametrize("slip", TABLES)
def test_a_slip_in_the_table_is_one_sentence(slip, monkeypatch):
    lab, message = TABLES[slip]
    monkeypatch.setattr(table, "get_lab", lambda name: lab)
    with pytest.raises(CourseError, match=message) as caught:
        checked_table("sine_gan")
    assert "autograder/labs/sine_gan/__init__.py" in str(caught.value) or "the table" in str(caught.value)


def test_a_table_that_can_not_be_imported_is_told(monkeypatch):
    def get_lab(name: str) -> Lab:
        raise AttributeError("module 'measures' has no attribute 'probe_nearest_point'")

    monkeypatch.setattr(table, "get_lab", get_lab)
    message = "__init__.py can't be imported: AttributeError: module 'measures' has no attribute 'probe_nearest_point'"
    with pytest.raises(CourseError, match=message):
        checked_table("sine_gan")


def test_every_lab_agrees(course, lab, scratch_course):
    """Also with what was built: the instructor's notebook does not change by a byte."""
    check_catalogue(course, checked_table(lab.name))
    check_built(course, lab.name)
    assert write_source(scratch_course, lab.name).read_bytes() == course.source(lab.name).read_bytes()


def test_a_table_that_was_changed_and_not_built_stops_grading(course, scratch_course):
    """nbgrader would say of a mark above its points that partial credit can't be greater."""
    source = nbformat.read(course.source("sine_gan"), as_version=4)
    message = (
        "test_coverage has 5 points in the built notebook, and 15 marks in the table. Build the lab again"
    )
    with pytest.raises(CourseError, match=message):
        check_points(_with(_more_marks(COVERAGE, 10)), source)
    path = scratch_course.source("sine_gan")
    path.write_text(
        path.read_text(encoding="utf-8").replace('"points": 15', '"points": 10', 1), encoding="utf-8"
    )
    submitted, out = course.root / "tests" / "example_class", scratch_course.root / "out"
    with pytest.raises(
        CourseError, match="test_discriminator_step has 10 points in the built notebook, and 15 marks"
    ):
        grade_class(scratch_course, submitted, out, ["dcgan", "sine_gan"], Choices(1, sandbox=False))
    assert not out.exists()


CATALOGUES = {
    "a mistake in no exercise": (
        [Mistake("nearest_point.first", "")],
        "mistakes.py has nearest_point.first, but autograder/labs/sine_gan/__init__.py has no exercise nearest_point",
    ),
    "a mistake twice": ([Mistake("train.x", ""), Mistake("train.x", "")], "mistakes.py has train.x 2 times"),
    "an exercise without a mistake": (
        [Mistake(f"{exercise.name}.x", "") for exercise in SINE.exercises[:-1]],
        "mistakes.py has no mistake for the exercise coverage. Write at least one",
    ),
}


@pytest.mark.parametrize("slip", CATALOGUES)
def test_a_slip_in_the_catalogue_is_one_sentence(course, slip, monkeypatch):
    from autograder.building import catalogues

    entries, message = CATALOGUES[slip]
    monkeypatch.setattr(catalogues, "mistakes", lambda *_: tuple(entries))
    with pytest.raises(CourseError, match=message):
        check_catalogue(course, SINE)


def test_an_exercise_without_an_alternative_is_told(course, monkeypatch):
    from autograder.building import catalogues

    monkeypatch.setattr(catalogues, "alternatives", lambda *_: (Alternative("train.x", ""),))
    with pytest.raises(
        CourseError, match="alternatives.py has no alternative for the exercise make_train_data"
    ):
        check_catalogue(course, SINE)


FILES = {
    "MISTAKES = [\n": r"mistakes.py can't be read: SyntaxError: .*line 1",
    "import no_such_module": r"can't be read: ModuleNotFoundError: .*'no_such_module' \(mistakes.py, line 1",
    "ENTRIES = []": "has no list called MISTAKES",
    None: "mistakes.py is missing. Write there a list called MISTAKES",
}


@pytest.mark.parametrize("text", FILES)
def test_a_catalogue_that_can_not_be_read_is_told(tmp_path, text):
    path = tmp_path / "mistakes.py"
    if text is not None:
        path.write_text(text)
    with pytest.raises(CourseError, match=FILES[text]):
        catalogue._read(path, "MISTAKES")


def _probe_of_nothing(lab, stimuli, response) -> None:
    response["share"] = 1.0
    response["extra"] = 1.0


def _probe_without_type(lab, stimuli, response) -> None:
    response["share"] = response["input"] = 1.0


def _probe_of_a_dtype(lab, stimuli, response) -> None:
    response["share"] = response["type"] = response["input"] = str(stimuli.tensor([0.0]).dtype)


def _probe_that_stops(lab, stimuli, response) -> None:
    lab["coverage"](stimuli.normal(4, 2)).shape  # noqa: B018  # stops where there is none


def _probe_of_another(lab, stimuli, response) -> None:
    lab["covered"](stimuli.normal(4, 2))


PROBES = {
    _probe_of_nothing: r"answers 'extra', which belongs to none of its checks \(input, share, type\)",
    _probe_without_type: "answers nothing for the check type, so everybody would get its marks",
    _probe_of_a_dtype: "the solution gets 0 of 5 marks in coverage: The share",
    _probe_that_stops: r"fails its own probe: AttributeError: 'float' .*'shape' \(test_agreement.py, line \d+\)",
    _probe_of_another: "fails its own probe: no cell defines covered",
}


@pytest.mark.parametrize("probe", PROBES)
def test_a_slip_in_a_probe_is_one_sentence(course, probe):
    exercise = replace(COVERAGE, probe=probe)
    with pytest.raises(CourseError, match=PROBES[probe]):
        check_probes(course, replace(SINE, exercises=(exercise,)))


def test_a_solution_that_stops_is_told(course):
    with pytest.raises(
        CourseError, match="the cell coverage can't be run: NameError: name 'nn2' is not defined"
    ):
        solution_names(course, "sine_gan", {"coverage": "class Coverage(nn2.Module):\n    pass"})


def test_nothing_is_written_where_something_is_wrong(edited, scratch_course):
    before = scratch_course.source("sine_gan").read_bytes()
    with pytest.raises(CourseError):
        edited({"# # A GAN": "# # Another GAN", "### END SOLUTION": ""})
    for command in (build, write_source):
        with pytest.raises(CourseError, match="0 lines `### END SOLUTION`"):
            command(scratch_course, "sine_gan")
    assert scratch_course.source("sine_gan").read_bytes() == before

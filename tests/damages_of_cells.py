"""The second half of the catalogue in `damages.py`: cells deleted, moved, merged, split, retyped and edited."""

from __future__ import annotations

import ast
from copy import deepcopy

from damages import QUIET, SAME, _code, _first, _id, _middle, _place, damage, named


def _loose(source: str, cell_type: str = "code") -> dict:
    cell = _code(source) | {"cell_type": cell_type}
    return cell if cell_type == "code" else {key: cell[key] for key in ("cell_type", "metadata", "source")}


def _stub(lab, name: str) -> str:
    return named(lab.released, name)["source"]


# Deleted.


@damage(SAME)
def test_cells_deleted(nb, lab):
    nb["cells"] = [cell for cell in nb["cells"] if not (_id(cell) or "").startswith("test_")]


@damage(SAME)
def question_texts_deleted(nb, lab):
    nb["cells"] = [cell for cell in nb["cells"] if not (_id(cell) or "").endswith("_text")]


@damage(QUIET)
def all_text_deleted(nb, lab):
    nb["cells"] = [cell for cell in nb["cells"] if cell["cell_type"] == "code" or _id(cell)]


@damage(SAME)
def imports_deleted(nb, lab):
    nb["cells"] = [
        cell for cell in nb["cells"] if not cell["source"].lstrip().startswith(("import ", "from "))
    ]


@damage("middle")
def a_solution_deleted(nb, lab):
    nb["cells"].remove(named(nb, _middle(lab).name))


@damage("middle")
def a_solution_emptied(nb, lab):
    named(nb, _middle(lab).name)["source"] = "  \n"


@damage("middle")
def a_solution_never_started(nb, lab):
    named(nb, _middle(lab).name)["source"] = _stub(lab, _middle(lab).name)


# Duplicated.


@damage(SAME)
def everything_pasted_twice(nb, lab):
    nb["cells"] += deepcopy(nb["cells"])


@damage(SAME)
def a_copy_for_safety_left_as_it_was(nb, lab):
    cell = named(nb, _middle(lab).name)
    nb["cells"].insert(_place(nb, cell), deepcopy(cell) | {"source": _stub(lab, _middle(lab).name)})


@damage(SAME)
def a_second_attempt_in_a_copy(nb, lab):
    cell = named(nb, _middle(lab).name)
    worse = "\n".join(f"def {name}(*arguments):\n    return 0" for name in _middle(lab).defined)
    nb["cells"].insert(_place(nb, cell) + 1, deepcopy(cell) | {"source": worse})


@damage(SAME)
def a_copy_with_experiments(nb, lab):
    nb["cells"].append(deepcopy(_first(nb, lab)) | {"source": "print('trying things out')"})


@damage(SAME)
def an_empty_copy_without_metadata(nb, lab):
    nb["cells"].insert(
        _place(nb, named(nb, _middle(lab).test_id)), _loose(_stub(lab, _middle(lab).name) + "  # ?")
    )


# Split.


def _split(nb, lab, line: int) -> None:
    cell = _first(nb, lab)
    lines = cell["source"].split("\n")
    second = deepcopy(cell) | {"source": "\n".join(lines[line:]), "id": "second-half"}
    cell["source"] = "\n".join(lines[:line])
    nb["cells"].insert(_place(nb, cell) + 1, second)


@damage(SAME)
def split_within_a_function(nb, lab):
    _split(nb, lab, len(_first(nb, lab)["source"].split("\n")) - 1)


@damage(SAME)
def split_within_the_signature(nb, lab):
    _first(nb, lab)["source"] = _first(nb, lab)["source"].replace("(", "(\n    ", 1)
    _split(nb, lab, 1)


@damage(SAME)
def split_between_statements(nb, lab):
    cell = _first(nb, lab)
    _split_at = len(cell["source"].rstrip("\n").split("\n"))
    cell["source"] = cell["source"].rstrip("\n") + "\nprint('and a trial')"
    _split(nb, lab, _split_at)


@damage(SAME)
def an_answer_split(nb, lab):
    cell = named(nb, "question_2")
    nb["cells"].insert(_place(nb, cell) + 1, deepcopy(cell) | {"source": "And a second thought."})


# Merged.


def _merge(nb, first, count: int) -> None:
    place = _place(nb, first)
    first["source"] = "\n\n".join(cell["source"] for cell in nb["cells"][place : place + count])
    del nb["cells"][place + 1 : place + count]


@damage(SAME)
def solution_merged_with_its_test(nb, lab):
    exercise = _middle(lab)
    solution, test = named(nb, exercise.name), named(nb, exercise.test_id)
    solution["source"] += "\n\n" + test["source"]
    nb["cells"].remove(test)


@damage(SAME)
def test_merged_with_the_next_solution(nb, lab):
    test, solution = named(nb, lab.exercises[0].test_id), named(nb, lab.exercises[1].name)
    test["source"] += "\n\n" + solution["source"]
    nb["cells"].remove(solution)


@damage(SAME)
def two_solutions_merged(nb, lab):
    one, other = (named(nb, lab.exercises[index].name) for index in (0, 1))
    one["source"] += "\n\n\n" + other["source"]
    nb["cells"].remove(other)


@damage(SAME)
def question_merged_with_its_answer(nb, lab):
    _merge(nb, named(nb, "question_1_text"), 2)


@damage(SAME)
def two_questions_merged(nb, lab):
    _merge(nb, named(nb, "question_1_text"), 4)


@damage(SAME)
def all_code_in_one_cell(nb, lab):
    code = [cell["source"] for cell in nb["cells"] if cell["cell_type"] == "code" and not _magic(cell)]
    answers = [cell for cell in nb["cells"] if (_id(cell) or "").startswith("question_")]
    nb["cells"] = [_loose("\n\n".join(code)), *answers]


def _magic(cell) -> bool:
    return cell["source"].startswith("%")


@damage("stands among prose")
def everything_merged_into_the_title(nb, lab):
    _merge(nb, nb["cells"][0], len(nb["cells"]))


# Retyped.


@damage(SAME)
def solutions_retyped_as_text(nb, lab):
    for exercise in lab.exercises:
        cell = named(nb, exercise.name)
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]


@damage(SAME)
def a_solution_retyped_as_raw_and_stripped(nb, lab):
    cell = named(nb, _middle(lab).name)
    nb["cells"][_place(nb, cell)] = _loose(cell["source"], "raw")


@damage(SAME)
def tests_retyped_as_text(nb, lab):
    for exercise in lab.exercises:
        cell = named(nb, exercise.test_id)
        nb["cells"][_place(nb, cell)] = _loose(cell["source"], "markdown") | {"metadata": cell["metadata"]}


@damage(SAME)
def answers_retyped_as_code(nb, lab):
    for question in lab.questions:
        cell = named(nb, question)
        nb["cells"][_place(nb, cell)] = _code(cell["source"]) | {"metadata": cell["metadata"]}


@damage(SAME)
def imports_retyped_as_raw(nb, lab):
    nb["cells"][1] = _loose(nb["cells"][1]["source"], "raw") | {"id": nb["cells"][1]["id"]}


@damage(SAME)
def a_helper_of_their_own_retyped(nb, lab):
    cell = _first(nb, lab)
    cell["source"] = cell["source"].rstrip() + "\n\n_half = half(2)"
    nb["cells"].insert(_place(nb, cell), _loose("def half(x):\n    return x / 2", "raw"))


# Moved.


@damage(SAME)
def solutions_in_reverse_order(nb, lab):
    places = [_place(nb, named(nb, exercise.name)) for exercise in lab.exercises]
    cells = [nb["cells"][place] for place in places]
    for place, cell in zip(places, reversed(cells), strict=True):
        nb["cells"][place] = cell


@damage(SAME)
def all_cells_in_reverse_order(nb, lab):
    marked = [cell for cell in nb["cells"] if _id(cell) or cell["cell_type"] == "code"]
    nb["cells"] = marked[::-1]


@damage(SAME)
def imports_at_the_end(nb, lab):
    nb["cells"].append(nb["cells"].pop(1))


@damage(SAME)
def a_test_at_the_top(nb, lab):
    nb["cells"].insert(0, nb["cells"].pop(_place(nb, named(nb, _middle(lab).test_id))))


# Written elsewhere.


@damage(SAME)
def solution_pasted_in_another_cell_behind_the_test(nb, lab):
    exercise = _middle(lab)
    cell, test = named(nb, exercise.name), named(nb, exercise.test_id)
    nb["cells"].insert(_place(nb, test) + 1, _loose(cell["source"]))
    cell["source"] = _stub(lab, exercise.name)


@damage(SAME)
def solution_pasted_in_a_cell_above_the_stub(nb, lab):
    cell = named(nb, _middle(lab).name)
    nb["cells"].insert(_place(nb, cell), _loose(cell["source"]))
    cell["source"] = _stub(lab, _middle(lab).name)


@damage(SAME)
def all_solutions_pasted_in_one_cell(nb, lab):
    cells = [named(nb, exercise.name) for exercise in lab.exercises]
    nb["cells"].append(_loose("\n\n\n".join(cell["source"] for cell in cells)))
    for cell in cells:
        cell["source"] = _stub(lab, _id(cell))


@damage(SAME)
def solution_written_into_the_test_cell(nb, lab):
    exercise = _middle(lab)
    cell, test = named(nb, exercise.name), named(nb, exercise.test_id)
    test["source"], cell["source"] = cell["source"], _stub(lab, exercise.name)


@damage(SAME)
def an_answer_written_over_its_question(nb, lab):
    text, answer = named(nb, "question_4_text"), named(nb, "question_4")
    text["source"], answer["source"] = answer["source"], "YOUR ANSWER HERE"


@damage(QUIET)
def a_definition_overridden_behind_its_test(nb, lab):
    exercise = _middle(lab)
    worse = "\n".join(f"def {name}(*arguments):\n    return 0" for name in exercise.defined)
    nb["cells"].insert(_place(nb, named(nb, exercise.test_id)) + 1, _loose(worse))


@damage("several labs")
def two_labs_in_one_notebook(nb, lab):
    nb["cells"] += deepcopy(lab.another["cells"])


@damage("Was another lab handed in")
def another_lab_under_this_name(nb, lab):
    nb["cells"] = deepcopy(lab.another["cells"])


# Edited.


@damage(SAME)
def test_cells_edited(nb, lab):
    named(nb, _middle(lab).test_id)["source"] = "80.0"


@damage(SAME)
def a_cell_magic_above_a_solution(nb, lab):
    _first(nb, lab)["source"] = "%%timeit -n 1\n" + _first(nb, lab)["source"]


@damage(QUIET)
def time_above_a_solution(nb, lab):
    _first(nb, lab)["source"] = "%%time\n" + _first(nb, lab)["source"]


@damage(SAME)
def writefile_above_a_solution(nb, lab):
    _first(nb, lab)["source"] = "\n%%writefile solution.py\n" + _first(nb, lab)["source"]


@damage(SAME)
def packages_installed_within_the_imports(nb, lab):
    nb["cells"][1]["source"] = (
        "!pip install -q torch torchvision\n%pip install tqdm\n" + nb["cells"][1]["source"]
    )


@damage(SAME)
def imports_of_another_place(nb, lab):
    nb["cells"][1]["source"] = "from google.colab import drive\n" + nb["cells"][1]["source"]


@damage(QUIET)
def imports_of_their_own(nb, lab):
    nb["cells"][1]["source"] += "\nimport numpy as np"


@damage(SAME)
def no_break_spaces(nb, lab):
    source = _first(nb, lab)["source"]
    _first(nb, lab)["source"] = source.replace("    ", "\u00a0   ")


@damage(SAME)
def merge_marks_in_a_cell_that_was_a_stub_on_one_side(nb, lab):
    cell = named(nb, _middle(lab).name)
    stub = _stub(lab, _middle(lab).name)
    cell["source"] = f"<<<<<<< local\n{stub}\n=======\n{cell['source']}\n>>>>>>> remote"


@damage("holds both sides of a merge")
def merge_marks_between_two_solutions(nb, lab):
    cell = named(nb, _middle(lab).name)
    other = "\n".join(f"{name} = lambda *arguments: 0" for name in _middle(lab).defined)
    cell["source"] = f"<<<<<<< local\n{other}\n=======\n{cell['source']}\n>>>>>>> remote"


@damage(QUIET)
def other_layout(nb, lab):
    for exercise in lab.exercises:
        cell = named(nb, exercise.name)
        cell["source"] = ast.unparse(ast.parse(cell["source"]))

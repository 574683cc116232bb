"""Honest notebooks, damaged as students, editors and transfers manage it: name -> (what comes of it, function).

A function gets the solution's notebook as JSON data, and the lab; it changes the data in place, or returns the bytes
that are handed in. What comes of it: `SAME` (all that counts is as it was, and a note says what was done), `QUIET` (the
same, and nothing needs saying), a set of exercises that are lost, or a text of the reason why a person has to look.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

SAME, QUIET = "same", "quiet"
Damage = Callable[[dict[str, Any], Any], bytes | None]
DAMAGES: dict[str, tuple[object, Damage]] = {}


def damage(expected: object) -> Callable[[Damage], Damage]:
    """Adds a function to the catalogue under its own name."""

    def add(function: Damage) -> Damage:
        DAMAGES[function.__name__] = expected, function
        return function

    return add


def named(nb: dict[str, Any], name: str) -> dict[str, Any]:
    """The cell with that grade_id."""
    return next(cell for cell in nb["cells"] if _id(cell) == name)


def _id(cell: dict[str, Any]) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _place(nb: dict[str, Any], cell: dict[str, Any]) -> int:
    return next(index for index, one in enumerate(nb["cells"]) if one is cell)


def _first(nb, lab):
    return named(nb, lab.exercises[0].name)


def _middle(lab):
    return lab.exercises[len(lab.exercises) // 2]


def _code(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def _text(nb) -> str:
    return json.dumps(nb, indent=1, ensure_ascii=False)


# The file as it was sent or saved.


@damage(QUIET)
def untouched_by_fate(nb, lab):
    return None


@damage(SAME)
def byte_order_mark(nb, lab):
    return _text(nb).encode("utf-8-sig")


@damage(SAME)
def utf_16(nb, lab):
    return _text(nb).encode("utf-16")


@damage(SAME)
def utf_16_without_a_mark(nb, lab):
    return _text(nb).encode("utf-16-be")


@damage(SAME)
def windows_code_page(nb, lab):
    named(nb, "question_1")["source"] += " Ça dépend."
    return re.sub("[^\x00-\xff]", "?", _text(nb)).encode("cp1252")


@damage(SAME)
def trailing_rubbish(nb, lab):
    return _text(nb).encode() + b"\n-- \nSent from my telephone"


@damage(SAME)
def trailing_zeros(nb, lab):
    return _text(nb).encode() + bytes(4096)


@damage(SAME)
def trailing_commas(nb, lab):
    return re.sub(r"\n(\s*)([\]}])", r",\n\1\2", _text(nb)).replace("[,", "[").encode()


@damage(SAME)
def missing_commas_between_cells(nb, lab):
    return _text(nb).replace("\n  },\n  {\n", "\n  }\n  {\n").encode()


@damage(SAME)
def real_line_ends_within_texts(nb, lab):
    return re.sub(r"(?<!\\)\\n", "\n", _text(nb)).encode()


@damage(SAME)
def cut_off_behind_all_that_counts(nb, lab):
    text = _text(nb)
    return text[: text.rindex('"metadata"') - 40].encode()


@damage(SAME)
def cut_off_within_a_character(nb, lab):
    nb["cells"].append({"cell_type": "markdown", "metadata": {}, "source": "I ♥ GANs"})
    raw = _text(nb).encode()
    return raw[: raw.index("♥".encode()) + 1]


@damage("stops in the middle, behind")
def cut_off_in_the_middle(nb, lab):
    raw = _text(nb).encode()
    return raw[: len(raw) // 2]


@damage("no JSON text")
def cut_off_at_once(nb, lab):
    return _text(nb)[:60].encode()


@damage(SAME)
def merge_that_touched_outputs_only(nb, lab):
    _first(nb, lab)["execution_count"] = 33333
    line = '"execution_count": 33333,'
    marks = f"<<<<<<< HEAD\n{line}\n=======\n{line.replace('3', '4')}\n>>>>>>> main\n"
    return _text(nb).replace(f"   {line}\n", marks).encode()


@damage("both sides of a merge")
def merge_of_two_solutions(nb, lab):
    _first(nb, lab)["source"] = "HERE"
    marks = '<<<<<<< HEAD\n   "source": "x = 1"\n=======\n   "source": "x = 2"\n>>>>>>> main\n'
    return re.sub(
        r'   "source": "HERE",?\n',
        lambda line: marks.replace('"\n', '",\n') if "," in line[0] else marks,
        _text(nb),
    ).encode()


@damage("not a notebook but a web page")
def a_web_page(nb, lab):
    return b"<!DOCTYPE html><html><body>Sign in to GitHub</body></html>"


@damage("not a notebook but a ZIP archive")
def a_zip(nb, lab):
    return b"PK\x03\x04" + bytes(100)


@damage("it is empty")
def an_empty_file(nb, lab):
    return b" \n"


@damage("no list of cells")
def json_of_something_else(nb, lab):
    return json.dumps({"notebook": nb}).encode()


@damage("nested too deep")
def nested_without_end(nb, lab):
    return b'{"cells":' * 100_000


# What the format allows, and what other programs make of it.


@damage(SAME)
def format_3(nb, lab):
    cells = []
    for cell in nb["cells"]:
        old = {"cell_type": cell["cell_type"], "metadata": cell["metadata"]}
        if cell["cell_type"] == "code":
            old |= {
                "input": cell["source"],
                "language": "python",
                "outputs": [],
                "prompt_number": 1,
                "collapsed": False,
            }
        cells.append(old | ({} if cell["cell_type"] == "code" else {"source": cell["source"]}))
    cells[0] = {"cell_type": "heading", "level": 1, "metadata": {}, "source": "A heading"}
    return json.dumps(
        {"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}]}
    ).encode()


@damage(QUIET)
def a_minor_version_of_the_future(nb, lab):
    nb["nbformat_minor"] = 99
    for cell in nb["cells"]:
        cell["novelty"] = {"since": 4.99}


@damage(SAME)
def no_version_at_all(nb, lab):
    del nb["nbformat"], nb["nbformat_minor"], nb["metadata"]


@damage(SAME)
def a_major_version_of_the_future(nb, lab):
    nb["nbformat"] = 5


@damage(QUIET)
def colab(nb, lab):
    for cell in nb["cells"]:
        cell["metadata"] |= {
            "id": cell.pop("id"),
            "outputId": "x",
            "colab": {"base_uri": "https://localhost:8080/"},
        }
    nb["metadata"] |= {"colab": {"provenance": []}, "accelerator": "GPU"}
    nb["nbformat_minor"] = 0


@damage(SAME)
def metadata_and_ids_stripped(nb, lab):
    for cell in nb["cells"]:
        cell["metadata"] = {}
        del cell["id"]


@damage(QUIET)
def texts_as_lists_with_windows_line_ends(nb, lab):
    for cell in nb["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(keepends=True)


@damage(QUIET)
def ids_doubled_and_malformed(nb, lab):
    for index, cell in enumerate(nb["cells"]):
        cell["id"] = ("same", "with a space", 7, "x" * 100)[index % 4]


@damage(SAME)
def keys_missing(nb, lab):
    for cell in nb["cells"]:
        for key in ("outputs", "execution_count", "id"):
            cell.pop(key, None)
        if not cell["metadata"]:
            del cell["metadata"]


@damage(SAME)
def values_of_the_wrong_type(nb, lab):
    nb["metadata"] = ["python"]
    for cell in nb["cells"]:
        if cell["cell_type"] == "code":
            cell |= {"outputs": {"text": "x"}, "execution_count": "five"}
    nb["cells"] += [None, 3, "text", {}, {"cell_type": "code", "source": None, "metadata": None}]


@damage(SAME)
def outputs_malformed(nb, lab):
    outputs = [
        {"output_type": "pyout"},
        {"output_type": "stream", "text": 5, "name": "x"},
        None,
        {"output_type": "error"},
    ]
    _first(nb, lab)["outputs"] = [
        *outputs,
        {"output_type": "display_data", "data": {"text/html": 5, "image/png": ["a"]}},
    ]


@damage(SAME)
def outputs_of_many_megabytes(nb, lab):
    shown = {"output_type": "display_data", "metadata": {}, "data": {"text/html": "x" * 11_000_000}}
    _first(nb, lab)["outputs"] = [shown]


@damage(QUIET)
def widgets(nb, lab):
    view = {
        "application/vnd.jupyter.widget-view+json": {"model_id": "7", "version_major": 2},
        "text/plain": "Box()",
    }
    _first(nb, lab)["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": view}]
    nb["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": 5}}


@damage(SAME)
def another_kernel(nb, lab):
    nb["metadata"] = {
        "kernelspec": {"name": "ir", "language": "R", "display_name": "R"},
        "language_info": {"name": "R"},
    }


@damage(SAME)
def half_a_character(nb, lab):
    nb["cells"][0]["source"] += " \ud83d"
    nb["nbformat"] = "4"


@damage(QUIET)
def nul_characters(nb, lab):
    _first(nb, lab)["source"] += "\n\0"


# Metadata of nbgrader.


@damage(QUIET)
def points_flags_and_schema_edited(nb, lab):
    for cell in nb["cells"]:
        if _id(cell):
            cell["metadata"]["nbgrader"] |= {
                "points": 1000,
                "locked": False,
                "grade": True,
                "schema_version": 1,
            }


@damage(SAME)
def schema_of_another_kind(nb, lab):
    for cell in nb["cells"]:
        if _id(cell):
            cell["metadata"]["nbgrader"] = [cell["metadata"]["nbgrader"]]


@damage(SAME)
def test_cells_renamed(nb, lab):
    for exercise in lab.exercises:
        named(nb, exercise.test_id)["metadata"]["nbgrader"]["grade_id"] = f"cell-{exercise.name}"


@damage(SAME)
def solution_cells_renamed(nb, lab):
    for exercise in lab.exercises[1:]:
        named(nb, exercise.name)["metadata"]["nbgrader"]["grade_id"] = f"my_{exercise.name}"


@damage(SAME)
def grade_ids_of_solutions_swapped(nb, lab):
    one, other = (named(nb, lab.exercises[index].name) for index in (0, 1))
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


@damage(SAME)
def grade_ids_of_tests_swapped(nb, lab):
    one, other = (named(nb, lab.exercises[index].test_id) for index in (0, -1))
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


@damage(SAME)
def grade_ids_of_answers_swapped(nb, lab):
    one, other = named(nb, "question_1"), named(nb, "question_3")
    one["metadata"], other["metadata"] = other["metadata"], one["metadata"]


@damage(QUIET)
def a_graded_cell_of_their_own(nb, lab):
    marked = {
        "grade_id": "bonus",
        "grade": True,
        "points": 100,
        "solution": False,
        "locked": True,
        "schema_version": 3,
    }
    nb["cells"].append(_code("100.0") | {"metadata": {"nbgrader": marked}})

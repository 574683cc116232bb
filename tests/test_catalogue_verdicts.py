"""The comparison of two files of verdicts: every difference is a line, and equal files are silent."""

from __future__ import annotations

import copy
import json

import pytest
from catalogue_verdicts import differences, read

KEY = ("sine_gan", "Mistake", "coverage.fixed_bins")


def _verdicts() -> dict:
    finding = {"id": "coverage.value", "message": "Wrong.", "hidden": True, "mistake": None}
    return {KEY: [{"score": 2.0, "max_score": 5.0, "findings": [dict(finding)]} for _ in range(2)]}


def test_equal_verdicts_do_not_differ():
    assert list(differences(_verdicts(), _verdicts())) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda hidden: hidden.update(score=3.0), "hidden 2 → 3 of 5"),
        (lambda hidden: hidden["findings"][0].update(mistake="coverage.fixed_bins"), "hidden findings"),
        (lambda hidden: hidden["findings"].clear(), "hidden findings"),
        (lambda hidden: hidden["findings"][0].update(message="Other."), "hidden message"),
    ],
)
def test_each_difference_is_one_line(change, words):
    after = _verdicts()
    change(after[KEY][0])
    (line,) = differences(_verdicts(), after)
    assert line.startswith("sine_gan Mistake coverage.fixed_bins: " + words)


def test_a_rewrite_that_only_one_file_has_is_named():
    before = _verdicts()
    after = copy.deepcopy(before) | {("sine_gan", "Alternative", "coverage.loop"): []}
    assert list(differences(before, after)) == ["sine_gan Alternative coverage.loop: only after"]


def test_a_file_without_verdicts_is_named(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    path.write_text(json.dumps(["sine_gan"]), encoding="utf-8")
    with pytest.raises(SystemExit, match=r"verdicts\.jsonl does not hold verdicts .* first"):
        read(path)

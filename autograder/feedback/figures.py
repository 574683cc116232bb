"""Small drawings: marks as a bar, and the counts or shapes that a finding tells of.

A finding is drawn from the sentence that `autograder.marking.judge.differs` writes; a test holds the two together.
"""

from __future__ import annotations

import re

from markupsafe import Markup

_SHARE = re.compile(r"differs in (\d{1,7}) of (\d{1,7}) numbers")
_SHAPES = re.compile(r"expected shape \(([\d, ]*)\), got \(([\d, ]*)\)")
_MAX_AXES = 6


def marks_bar(score: float, max_score: float, width: int = 120) -> Markup:
    """A bar of the marks that were earned."""
    share = min(max(score / max_score, 0.0), 1.0) if max_score else 0.0
    kind = "full" if share == 1 else "some" if share else "none"
    return Markup(
        '<svg class="bar {}" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img" aria-label="{:g} of {:g}">'
        '<rect class="all" width="{}" height="10"/><rect class="earned" width="{:.1f}" height="10"/></svg>'
    ).format(kind, width, score, max_score, width, width * share)


def finding_figure(message: str) -> Markup:
    """A drawing of the shapes or counts in a finding's sentence; "" where there are none."""
    for pattern, draw in ((_SHAPES, _shapes), (_SHARE, _share)):
        if match := pattern.search(message):
            return draw(match[1], match[2])
    return Markup("")


def _share(wrong: str, of: str) -> Markup:
    share = int(wrong) / max(int(of), 1)
    return Markup(
        '<svg class="figure" viewBox="0 0 390 28" role="img" aria-label="{0} of {1} numbers differ">'
        '<rect class="good" width="240" height="10" rx="3"/><rect class="bad" width="{2:.1f}" height="10" rx="3"/>'
        '<text x="0" y="24">{0} of {1} numbers differ</text></svg>'
    ).format(wrong, of, max(240 * min(share, 1.0), 3.0))


def _shapes(expected: str, got: str) -> Markup:
    """Two rows with a box for each axis; boxes that differ from the one above or below are red."""
    rows = [[size.strip() for size in text.split(",") if size.strip()] for text in (expected, got)]
    if max(map(len, rows)) > _MAX_AXES:
        return Markup("")
    drawn = Markup("")
    for index, (name, row, other) in enumerate(zip(("expected", "got"), rows, rows[::-1], strict=True)):
        top = 30 * index
        drawn += Markup('<text x="0" y="{}">{}</text>').format(top + 17, name)
        for axis, size in enumerate(row or ["one number"]):
            same = len(row) == len(other) and size == other[axis] if row else not other
            drawn += _box(70 + 52 * axis, top, size, same, wide=not row)
    return Markup('<svg class="figure" viewBox="0 0 390 58" role="img" aria-label="shapes">{}</svg>').format(
        drawn
    )


def _box(left: int, top: int, size: str, same: bool, *, wide: bool) -> Markup:
    width = 96 if wide else 46
    return Markup(
        '<rect class="{}" x="{}" y="{}" width="{}" height="24" rx="3"/>'
        '<text class="size" x="{}" y="{}">{}</text>'
    ).format("axis good" if same else "axis bad", left, top + 1, width, left + width // 2, top + 17, size)

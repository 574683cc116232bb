"""Marks as HTML, the same in a student's notebook and in a feedback page. All text is escaped."""

from __future__ import annotations

from html import escape

from autograder.marking.verdict import Finding, Mark

# Colours with a contrast of at least 4.5 on their backgrounds; the text is set too, for dark themes.
_GREEN, _AMBER, _RED = ("#e6f4ea", "#1b5e20"), ("#fff8e1", "#6d4c00"), ("#fdecea", "#8e1b14")
_BOX = "padding:0.6em 0.9em;border-left:4px solid {ink};background:{paper};color:{ink};border-radius:3px;margin:0.3em 0"
_CELL = "padding:0.25em 0.9em;text-align:{align};color:inherit"


def number(marks: float) -> str:
    """Marks without needless decimals: 15, 7.5."""
    return f"{marks:g}"


def mark_html(mark: Mark) -> str:
    """A green banner, or what was earned and a message for each finding."""
    if mark.full:
        return _box(_GREEN, f"<strong>✓ [{number(mark.max_score)} marks]</strong>")
    earned = f"<strong>{'◐' if mark.score else '✗'} [{number(mark.score)} of {number(mark.max_score)} marks]</strong>"
    items = "".join(
        f'<li style="margin:0.25em 0">{message_html(finding.message)}</li>'
        for finding in findings_to_show(mark.findings)
    )
    return _box(
        _AMBER if mark.score else _RED, f'{earned}<ul style="margin:0.3em 0 0 1.2em;padding:0">{items}</ul>'
    )


def findings_to_show(findings: tuple[Finding, ...]) -> list[Finding]:
    """The findings without those that follow from an earlier one: of each named mistake only the first is shown."""
    mistakes = [finding.mistake for finding in findings]
    return [
        finding
        for index, finding in enumerate(findings)
        if finding.mistake is None or finding.mistake not in mistakes[:index]
    ]


def message_html(message: str) -> str:
    """A message as HTML, escaped, with its `code` set as code."""
    pieces = escape(message).split("`")
    return "".join(f"<code>{piece}</code>" if index % 2 else piece for index, piece in enumerate(pieces))


def note_html(text: str, good: bool) -> str:
    """A sentence in a green or amber box."""
    return _box(_GREEN if good else _AMBER, escape(text))


def table_html(rows: list[tuple[str, str]], total: tuple[str, str], note: str) -> str:
    """Two columns, a total and a note under them."""
    body = "".join(_row(*row) for row in rows)
    return (
        f'<table style="border-collapse:collapse;margin:0.5em 0">{body}'
        f"{_row(f'<strong>{total[0]}</strong>', f'<strong>{total[1]}</strong>')}</table><p>{escape(note)}</p>"
    )


def _row(left: str, right: str) -> str:
    cells = (
        f'<td style="{_CELL.format(align=align)}">{text}</td>'
        for align, text in (("left", left), ("right", right))
    )
    return f"<tr>{''.join(cells)}</tr>"


def _box(colours: tuple[str, str], inner: str) -> str:
    paper, ink = colours
    return f'<div style="{_BOX.format(paper=paper, ink=ink)}">{inner}</div>'

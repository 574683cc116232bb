"""Finds what is active in a page, by an HTML parser that reads pages as browsers do."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

_TAGS = (
    "html head meta title style body header main section div p h1 h2 h3 h4 h5 h6 dl dt dd ul ol li a code pre span "
    "table thead tbody tr td th details summary svg rect line text img b strong em i br hr blockquote del sub sup "
    "small u math mrow mi mn mo mtext mspace mfrac msqrt msub msup msubsup munder mover munderover mstyle mtable mtr "
    "mtd mpadded mroot center kbd caption figure colgroup col font mark"
)
ALLOWED = set(_TAGS.split())
ADDRESSES = {
    "href",
    "src",
    "srcset",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "srcdoc",
    "ping",
    "cite",
}


def active(html: str) -> list[str]:
    """The elements and attributes of a page that could run, load or send something, or leave their place."""
    found = []
    for node in LexborHTMLParser(html).root.traverse():
        if node.tag.startswith("-") or node.tag == "!doctype":
            continue
        found += [] if node.tag in ALLOWED else [f"<{node.tag}>"]
        for name, value in (node.attributes or {}).items():
            if not _harmless(node.tag, name, value or ""):
                found.append(f"<{node.tag} {name}={value}>")
    return found


def _harmless(tag: str, name: str, value: str) -> bool:
    if name.startswith("on") or "javascript:" in value.lower():
        return False
    if name == "http-equiv":
        return value == "Content-Security-Policy"
    if name == "style":
        return not re.search(r"url|@|position|\\|-\d|expression", value)
    if name in ADDRESSES or name.endswith(":href"):
        inside = tag == "a" and re.fullmatch(r"#[\w-]+", value)
        return bool(inside) or (
            tag == "img" and re.match(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,", value)
        )
    return True

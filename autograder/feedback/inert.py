"""Makes what a student wrote or displayed inert: HTML, SVG and pictures that run nothing and load nothing.

nh3 parses HTML as browsers do and keeps what is allowed here. Nothing in these lists can run code, load
from anywhere, send anything, or lay itself over the rest of the page.
"""

from __future__ import annotations

import base64
import binascii
import re
from xml.etree.ElementTree import Element, tostring

import nh3
from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from markupsafe import Markup

MAX_HTML = 500_000  # characters of an output
MAX_TAGS = 10_000  # of an output: the time for nested tags grows with the square of their number
MAX_PICTURE = 6_000_000  # characters of base64
TOKEN = "\ue000"  # a character of private use, in place of what is put in after the cleaning

_TEXT_TAGS = (
    "a abbr b blockquote br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure "
    "font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strike strong sub summary sup table "
    "tbody td tfoot th thead tr tt u ul var wbr"
)
_DROPPED_WITH_CONTENT = (
    "applet audio button canvas dialog embed fieldset form frame frameset head iframe link marquee math meta "
    "noembed noframes noscript object option plaintext portal script select slot style svg template textarea "
    "title video xmp"
)
_NUMBERS = {"width", "height", "colspan", "rowspan", "start", "border"}
_COLOURS = {"color", "bgcolor"}
_WORDS = {"align", "valign"}
_STYLES = {
    "background", "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left",
    "border-radius", "border-right", "border-spacing", "border-style", "border-top", "border-width", "color", "display",
    "font", "font-family", "font-size", "font-style", "font-weight", "height", "line-height", "list-style-type",
    "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-height", "max-width", "min-width",
    "overflow", "overflow-x", "overflow-y", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "text-align", "text-decoration", "vertical-align", "white-space", "width",
}  # fmt: skip
# Values may hold no function but a colour's, so never url(), and no negative length.
_COLOUR_FUNCTION = re.compile(r"(?:rgb|hsl)a?\([\d.,%\s]*\)", re.IGNORECASE)
_NOT_PLAIN = re.compile(r"[^\w#.%,'\"\s!-]|-(?![a-z])", re.IGNORECASE)
_DATA_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/=\s]+)")
_SIGNATURES = {"png": b"\x89PNG", "jpeg": b"\xff\xd8", "gif": b"GIF8", "webp": b"RIFF"}
_ANSI_COLOURS = "black red green yellow blue magenta cyan white"
_HIGHLIGHTED = (
    "bp c c1 ch cm cp cpf cs dl err esc fm g gd ge gh gi gl go gp gr gs gt gu hll il k kc kd kn kp kr kt l ld m "
    "mb mf mh mi mo n na nb nc nd ne nf ni nl nn no nt nv nx o ow p pm py s s1 s2 sa sb sc sd se sh si sr ss sx "
    "vc vg vi vm w x"
)
_ANSI = {"ansi-bold", "ansi-italic", "ansi-underline"} | {
    f"ansi-{colour}{bright}-{where}"
    for colour in _ANSI_COLOURS.split()
    for bright in ("", "-intense")
    for where in ("fg", "bg")
}
_CLASSES = {"span": _ANSI | set(_HIGHLIGHTED.split()), "div": {"highlight"}, "table": {"dataframe"}}


def clean_html(text: str) -> Markup:
    """The inert part of some HTML; a sentence in place of HTML that is too long."""
    if len(text) > MAX_HTML or number_of_tags(text) > MAX_TAGS:
        return notice_html(f"This is HTML of {len(text)} characters, too much to be shown here.")
    return Markup(_CLEANER.clean(text))


def number_of_tags(text: str) -> int:
    """An upper bound of the number of tags in a text."""
    return text.count("<")


def notice_html(sentence: str) -> Markup:
    """A sentence in place of something that is not shown."""
    return Markup('<p class="notice">{}</p>').format(sentence)


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value that an allowed attribute may have, or None."""
    if TOKEN in value:
        return None
    if name == "style":
        return _style(value)
    if (tag, name) == ("img", "src"):
        picture = _DATA_PICTURE.fullmatch(value.strip())
        return picture_uri(f"image/{picture[1]}", picture[2]) if picture else None
    if name in _NUMBERS:
        return value if re.fullmatch(r"\d{1,5}%?", value) else None
    if name in _COLOURS:
        return value if re.fullmatch(r"#?\w{1,20}", value) else None
    if name in _WORDS:
        return value if re.fullmatch(r"[a-z]{1,10}", value, re.IGNORECASE) else None
    return value


def _style(text: str) -> str | None:
    kept = []
    for declaration in text.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name.lower() in _STYLES and not _NOT_PLAIN.search(_COLOUR_FUNCTION.sub("", value)):
            kept.append(f"{name}:{value}")
    return ";".join(kept) or None


_CLEANER = nh3.Cleaner(
    tags=set(_TEXT_TAGS.split()),
    clean_content_tags=set(_DROPPED_WITH_CONTENT.split()),
    attributes={
        "*": {"style", "title"},
        "img": {"src", "alt", "width", "height"},
        "table": {"border", "align", "width", "bgcolor"},
        "td": {"colspan", "rowspan", "align", "valign", "width", "bgcolor"},
        "th": {"colspan", "rowspan", "align", "valign", "width", "bgcolor"},
        "tr": {"align", "valign", "bgcolor"},
        "div": {"align"},
        "p": {"align"},
        "font": {"color"},
        "ol": {"start"},
        "details": {"open"},
    },
    attribute_filter=_attribute,
    allowed_classes=_CLASSES,
    url_schemes={"data"},
    link_rel=None,
)


def picture_uri(mime: str, encoded: object) -> str | None:
    """The data: address of a PNG, JPEG, GIF or WebP in base64; None where it is no such picture, or too large."""
    kind = mime.removeprefix("image/")
    if kind not in _SIGNATURES or not isinstance(encoded, str) or len(encoded) > MAX_PICTURE:
        return None
    try:
        raw = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not raw.startswith(_SIGNATURES[kind]):
        return None
    return f"data:{mime};base64,{base64.b64encode(raw).decode()}"


_SVG_DROPPED = {
    "script", "foreignobject", "iframe", "object", "embed", "audio", "video", "handler", "listener",
    "set", "animate", "animatemotion", "animatetransform", "a", "metadata",
}  # fmt: skip
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|image\(|\\", re.IGNORECASE)


def svg_uri(text: object) -> str | None:
    """The data: address of an SVG picture without scripts, links and what it would load; None where it is none.

    In an <img> it could run nothing anyway; it is cleaned because readers can open a picture by itself.
    """
    if not isinstance(text, str) or len(text) > MAX_PICTURE:
        return None
    try:
        root = ElementTree.fromstring(text.strip())
    except (ElementTree.ParseError, DefusedXmlException, ValueError, RecursionError):
        return None
    if _local(root.tag) != "svg":
        return None
    _clean_svg(root)
    return f"data:image/svg+xml;base64,{base64.b64encode(tostring(root)).decode()}"


def _clean_svg(root: Element) -> None:
    """Remove elements and attributes that are not inert, in place."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for name, value in list(element.attrib.items()):
            if not _svg_attribute(_local(name), value):
                del element.attrib[name]
        if _local(element.tag) == "style" and _OUTSIDE.search("".join(element.itertext())):
            element.text = ""
        for child in list(element):
            if _local(child.tag) in _SVG_DROPPED:
                element.remove(child)
        waiting += list(element)


def _svg_attribute(name: str, value: str) -> bool:
    if name.startswith("on") or _OUTSIDE.search(value):
        return False
    return (
        name not in ("href", "src") or value.startswith("#") or bool(_DATA_PICTURE.fullmatch(value.strip()))
    )


def _local(name: object) -> str:
    """A name without its namespace, in lower case; "" for comments."""
    return name.rsplit("}", 1)[-1].lower() if isinstance(name, str) else ""

"""Turns formulas into MathML, which browsers show by themselves: nothing is loaded and nothing runs."""

from __future__ import annotations

import re
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError, fromstring, tostring

from latex2mathml.converter import convert
from markupsafe import Markup, escape

MAX_LATEX = 2_000
_NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"
_ELEMENTS = (
    "math mrow mi mn mo mtext mspace ms mfrac msqrt mroot mstyle mpadded mphantom msub msup msubsup munder mover "
    "munderover mmultiscripts mprescripts none mtable mtr mtd menclose"
)
_ATTRIBUTES = (
    "display displaystyle stretchy fence form lspace rspace mathvariant minsize maxsize linethickness accent "
    "movablelimits columnalign columnspacing rowspacing width notation scriptlevel separator linebreak symmetric"
)
_KNOWN, _KNOWN_ATTRIBUTES = set(_ELEMENTS.split()), set(_ATTRIBUTES.split())
_FUNCTIONS = {"log", "ln", "exp", "sin", "cos", "tan", "tanh", "max", "min", "lim", "det", "dim", "ker", "Pr"}
_VALUE = re.compile(r"[\w.%+ -]{0,60}")
# Commands that the converter takes for another character, or does not know.
_REPLACED = {r"\\sim(?![a-zA-Z])": "∼ ", r"\\lVert(?![a-zA-Z])": "‖ ", r"\\rVert(?![a-zA-Z])": "‖ "}


@lru_cache(maxsize=4096)
def math_html(latex: str, *, block: bool) -> Markup:
    """MathML of a formula; the formula itself, as code, where it can't be converted."""
    mathml = _convert(latex, block) if len(latex) <= MAX_LATEX else None
    if mathml is None:
        return Markup('<code class="tex">{}</code>').format(escape(latex.strip()))
    return Markup('<span class="formula">{}</span>').format(Markup(mathml)) if block else Markup(mathml)


def _convert(latex: str, block: bool) -> str | None:
    for pattern, replacement in _REPLACED.items():
        latex = re.sub(pattern, replacement, latex)
    try:
        # The converter does not escape what it quotes, so its result is parsed as XML and built anew.
        root = _rebuilt(fromstring(convert(latex, display="block" if block else "inline")))
    except ParseError:
        return None
    except Exception:  # the converter's exceptions have no common base class
        return None
    return tostring(root, encoding="unicode", short_empty_elements=False)


def _rebuilt(element: Element) -> Element:
    """A copy of an element of MathML with the allowed attributes. Raises ValueError where an element is unknown."""
    name = element.tag.removeprefix(_NAMESPACE)
    if name not in _KNOWN or "\\" in (element.text or ""):
        raise ValueError(name)
    kept = {
        key: value
        for key, value in element.attrib.items()
        if key in _KNOWN_ATTRIBUTES and _VALUE.fullmatch(value)
    }
    copy = Element(name, kept)
    copy.text, copy.tail = element.text, element.tail
    for child in element:
        copy.append(_rebuilt(child))
        if child.tag == f"{_NAMESPACE}mi" and child.text in _FUNCTIONS:
            copy.append(Element("mo", {"rspace": "0.17em"}))  # log D, not logD
            copy[-1].text = "\u2061"  # function application, invisible
    return copy

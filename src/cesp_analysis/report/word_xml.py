"""Pieces of a Word document: elements, runs, paragraphs, fields. Text stays text."""

from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

TWIPS = 20  # of a point
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"


def el(name: str, /, *inside: Any, **attributes: str | int) -> Any:
    """An element of WordprocessingML with attributes (`val=…`) and what is inside it."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    made.extend(inside)
    return made


def run(
    text: str, style: str = "", half_points: int = 0, raised: bool = False, bold: bool = False
) -> Any:
    """A run of text; `half_points`: its size, if it is not the style's."""
    settings = []
    if style:
        settings.append(el("rStyle", val=style))
    if bold:
        settings += [el("b"), el("bCs")]
    if half_points:
        settings += [el("sz", val=half_points), el("szCs", val=half_points)]
    if raised:
        settings.append(el("vertAlign", val="superscript"))
    said = el("t")
    said.text = text
    said.set(_PRESERVE, "preserve")
    return el("r", *([el("rPr", *settings)] if settings else []), said)


def line_break() -> Any:
    """A new line in a paragraph."""
    return el("r", el("br"))


def paragraph(style: str, *inside: Any) -> Any:
    """A paragraph in a style, of runs or text."""
    runs = [run(one) if isinstance(one, str) else one for one in inside]
    return el("p", el("pPr", el("pStyle", val=style)), *runs)


def field(instruction: str, shown: str) -> list[Any]:
    """A field that shows a text until somebody updates it."""
    told = el("instrText")
    told.text = f" {instruction} "
    told.set(_PRESERVE, "preserve")
    return [
        el("r", el("fldChar", fldCharType="begin")),
        el("r", told),
        el("r", el("fldChar", fldCharType="separate")),
        run(shown),
        el("r", el("fldChar", fldCharType="end")),
    ]


def bookmarked(number: int, name: str, *inside: Any) -> list[Any]:
    """What is inside, as a place that links lead to."""
    begin = el("bookmarkStart", id=number, name=name)
    return [begin, *inside, el("bookmarkEnd", id=number)]


def link(name: str, text: str, half_points: int = 0) -> Any:
    """A link to a bookmark."""
    return el("hyperlink", run(text, "Hyperlink", half_points), anchor=name, history="1")

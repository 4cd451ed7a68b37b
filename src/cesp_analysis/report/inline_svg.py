"""A figure's SVG inside the page: its own names, the page's colours, few bytes."""

import hashlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

from lxml import etree
from markupsafe import Markup

from cesp_analysis.errors import CespError
from cesp_analysis.figures.palette import PALETTE
from cesp_analysis.whole_files import existing

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_COLOUR = re.compile(r"((?:fill|stroke): ?)(#[0-9a-f]{6})")
_LONG = re.compile(r"-?\d+\.\d{3,}")
_AROUND = re.compile(r"\s*([MLCQZz])\s*")  # commands of a path need no space about them
_PLACES = ("d", "x", "y", "points", "x1", "x2", "y1", "y2", "width", "height")
_VARIABLES = {pair[0]: f"var(--fig-{name})" for name, pair in PALETTE.items()}
"""Colours of figures → the page's variables, so that a figure follows the dark mode."""


def inline_svg(path: Path, anchor: str, alt: str) -> Markup:
    """A figure's SVG for use inside a page: its ids made unique, its description first.

    Places are rounded to a hundredth of a point, which no screen or printer shows. Raises
    CespError: the figure is gone, or is none.
    """
    parser = etree.XMLParser(
        remove_comments=True, remove_blank_text=True, resolve_entities=False, no_network=True
    )
    try:
        root = etree.parse(str(existing(path)), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise CespError(
            f"{path}: is no SVG ({error.msg}); run the study again (cesp run DIR)"
        ) from None
    for name in ("metadata", "title", "desc"):  # the page has words of its own
        for element in root.findall(f"{{{_SVG}}}{name}"):
            root.remove(element)
    names = _short_names(anchor, _referenced(root))
    for element in root.iter():
        _rounded(element)
        _own_names(element, names)
    classes = _classes(root, anchor)
    for style in root.iter(f"{{{_SVG}}}style"):
        style.text = (style.text or "").replace("*{", f"#{anchor}-svg *{{") + classes
        classes = ""
    for name in ("width", "height"):
        root.attrib.pop(name, None)
    wide = root.get("viewBox", "0 0 504 0").split()[2]
    root.set("style", f"--wide: {float(wide):g}")
    title = etree.Element(f"{{{_SVG}}}title", id=f"{anchor}-title")
    title.text = alt
    root.insert(0, title)
    root.set("id", f"{anchor}-svg")
    root.set("role", "img")
    root.set("aria-labelledby", f"{anchor}-title")
    etree.cleanup_namespaces(root)
    text = etree.tostring(root, encoding="unicode", with_tail=False)
    return Markup(_COLOUR.sub(lambda found: found[1] + _VARIABLES.get(found[2], found[2]), text))


def _referenced(root: Any) -> list[str]:
    """Ids that the figure itself uses, in order; matplotlib gives every group one."""
    used = dict[str, None]()
    for element in root.iter():
        for key, value in element.attrib.items():
            if key in ("href", f"{{{_XLINK}}}href"):
                used |= {value[1:]: None}
            used |= dict.fromkeys(_REFERENCE.findall(value))
    return list(used)


def _rounded(element: Any) -> None:
    """Places to a hundredth of a point, in the figure's own drawing alone, not in its markers.

    Glyphs and markers are scaled where they are used: their own lines stay as they are.
    """
    if element.getparent() is not None and element.getparent().tag == f"{{{_SVG}}}defs":
        return
    for key in _PLACES:
        if (value := element.get(key)) is not None:
            short = _LONG.sub(_hundredth, value)
            element.set(key, _AROUND.sub(r"\1", short).strip() if key == "d" else short)


def _hundredth(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _short_names(anchor: str, named: list[str]) -> dict[str, str]:
    """Id → one that no other figure of the page has, short since marks refer to it by thousands."""
    whose = hashlib.sha256(anchor.encode()).hexdigest()[:8]
    return {name: f"f{whose}-{at}" for at, name in enumerate(named)}


def _own_names(element: Any, names: dict[str, str]) -> None:
    """An element's id and its references by their short names; an id to which nothing refers
    goes."""
    for key, value in list(element.attrib.items()):
        if key == "id" and value not in names:
            del element.attrib[key]
        elif key == "id":
            element.set(key, names[value])
        elif key in ("href", f"{{{_XLINK}}}href") and value.startswith("#"):
            element.set(key, f"#{names[value[1:]]}")
        elif "url(#" in value:
            element.set(key, _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", value))


def _classes(root: Any, anchor: str) -> str:
    """The figure's style sheet: each style that several elements share becomes a class."""
    styles = Counter(element.get("style") for element in root.iter() if element.get("style"))
    names = {style: f"s{at}" for at, style in enumerate(s for s in styles if styles[s] > 1)}
    for element in root.iter():
        if (style := element.get("style")) in names:
            del element.attrib["style"]
            element.set("class", names[style])
    return "".join(f"#{anchor}-svg .{name} {{{style}}}" for style, name in names.items())

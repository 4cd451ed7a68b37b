"""The content tree as one self-contained HTML page: no network, no script, figures inside."""

import re
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree
from markupsafe import Markup

from cesp_analysis.figures.palette import PALETTE

_HERE = Path(__file__).parent
_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_COLOUR = re.compile(r"((?:fill|stroke): ?)(#[0-9a-f]{6})")
_IN_BRACKETS = re.compile(r"(\([^()]+ to [^()]+\))")
_VARIABLES = {pair[0]: f"var(--fig-{name})" for name, pair in PALETTE.items()}
"""Colours of figures → the page's variables, so that a figure follows the dark mode."""


def render_html(report: dict[str, Any], results: Path) -> str:
    """The page (results/report/index.html) of a report in its JSON form.

    `results`: the folder that figures' paths are relative to.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["breakable"] = breakable
    environment.filters["interval_whole"] = interval_whole
    page = environment.get_template("report.html.j2")
    css = Markup((_HERE / "report.css").read_text(encoding="utf-8"))
    return page.render(
        report=report,
        css=css,
        colours={kind: _colours(at) for at, kind in enumerate(("light", "dark"))},
        contents=_contents(report["blocks"]),
        inline=lambda block: inline_svg(results / block["svg"], block["id"], block["alt"]),
        header_rows=header_rows,
    )


def breakable(text: str) -> Markup:
    """Text that may break after a slash, as in paths; copied, it is as it was."""
    return Markup("/<wbr>").join(text.split("/"))


def interval_whole(text: str) -> Markup:
    """Text whose interval in brackets, '(1 to 2)', stays on one line; otherwise as breakable."""
    parts = _IN_BRACKETS.split(text)  # every second one is an interval
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(part) if at % 2 else breakable(part)
        for at, part in enumerate(parts)
    )


def header_rows(columns: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Spanners above the columns: [{title, span}], neighbours of one spanner joined."""
    joined: list[dict[str, Any]] = []
    for column in columns:
        if joined and column["spanner"] and joined[-1]["title"] == column["spanner"]:
            joined[-1]["span"] += 1
        else:
            joined.append({"title": column["spanner"], "span": 1})
    return joined if any(part["title"] for part in joined) else []


def inline_svg(path: Path, anchor: str, alt: str) -> Markup:
    """A figure's SVG for use inside a page: its ids made unique, its description first."""
    parser = etree.XMLParser(remove_comments=True, resolve_entities=False, no_network=True)
    root = etree.parse(str(path), parser).getroot()
    for name in ("metadata", "title", "desc"):  # the page has words of its own
        for element in root.findall(f"{{{_SVG}}}{name}"):
            root.remove(element)
    for element in root.iter():
        _own_names(element, anchor)
    for style in root.iter(f"{{{_SVG}}}style"):
        style.text = (style.text or "").replace("*{", f"#{anchor}-svg *{{")
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


def _colours(scheme: int) -> Markup:
    """The figures' colours as CSS variables, for the light (0) or the dark (1) page."""
    return Markup(" ".join(f"--fig-{name}: {pair[scheme]};" for name, pair in PALETTE.items()))


def _own_names(element: Any, anchor: str) -> None:
    """Prefix an element's id and its references, so that two figures can share a page."""
    for key, value in list(element.attrib.items()):
        if key == "id":
            element.set(key, f"{anchor}-{value}")
        elif key in ("href", f"{{{_XLINK}}}href") and value.startswith("#"):
            element.set(key, f"#{anchor}-{value[1:]}")
        elif "url(#" in value:
            element.set(key, _REFERENCE.sub(rf"url(#{anchor}-\1)", value))


def _contents(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Headings for the table of contents: sections with their parts."""
    entries: list[dict[str, Any]] = []
    for block in blocks:
        if block["kind"] == "heading" and block["level"] == 1:
            entries.append({"text": block["text"], "anchor": block["anchor"], "parts": []})
        elif block["kind"] == "heading" and entries:
            entries[-1]["parts"].append(block)
    return entries

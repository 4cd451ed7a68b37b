"""The content tree as one self-contained HTML page: no network, figures inside."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from cesp_analysis.figures.palette import PALETTE
from cesp_analysis.report.blocks import anchor_of
from cesp_analysis.report.inline_svg import inline_svg
from cesp_analysis.report.texts import above_pages, before_contents, clean, interval_parts

_HERE = Path(__file__).parent


def render_html(report: dict[str, Any], results: Path) -> str:
    """The page (results/report/index.html) of a report in its JSON form.

    `results`: the folder that figures' paths are relative to.
    """
    report = clean(report)
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["breakable"] = breakable
    environment.filters["anchor"] = anchor_of
    environment.filters["quotes"] = quotes_as_they_are
    environment.filters["interval_whole"] = interval_whole
    page = environment.get_template("report.html.j2")
    script = _script(report["blocks"])
    css = Markup((_HERE / "report.css").read_text(encoding="utf-8"))
    front = before_contents(report["blocks"])
    return page.render(
        report=report,
        head=above_pages(report),
        css=css,
        script=script,
        script_hash=_hash(script),
        colours={kind: _colours(at) for at, kind in enumerate(("light", "dark"))},
        contents=_contents(report["blocks"]),
        front=front,
        main=report["blocks"][len(front) :],
        inline=lambda block: inline_svg(results / block["svg"], block["id"], block["alt"]),
        header_rows=header_rows,
    )


def _script(blocks: list[dict[str, Any]]) -> Markup:
    """The script that sorts and filters, if there is a table for it; blank: the page has none."""
    sortable = any(block.get("sortable") for block in blocks)
    return Markup((_HERE / "report.js").read_text(encoding="utf-8") if sortable else "")


def _hash(script: str) -> str:
    """By what the page's own script may run, and no other (Content Security Policy)."""
    return f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}"


def breakable(text: str) -> Markup:
    """Text that may break after a slash, as in paths; copied, it is as it was."""
    return Markup("/<wbr>").join(text.split("/"))


def quotes_as_they_are(text: str) -> Markup:
    """Escaped text for the inside of an element, where quotes need no escape: JSON is full of
    them, and each would take five letters."""
    return Markup(str(escape(text)).replace("&#34;", '"').replace("&#39;", "'"))


def interval_whole(text: str) -> Markup:
    """Text whose interval in brackets, '(1 to 2)', stays on one line; otherwise as breakable."""
    return Markup("").join(
        Markup('<span class="whole">{}</span>').format(part) if whole else breakable(part)
        for part, whole in interval_parts(text)
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


def _colours(scheme: int) -> Markup:
    """The figures' colours as CSS variables, for the light (0) or the dark (1) page."""
    return Markup(" ".join(f"--fig-{name}: {pair[scheme]};" for name, pair in PALETTE.items()))


def _contents(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Headings for the table of contents: sections with their parts."""
    entries: list[dict[str, Any]] = []
    for block in blocks:
        if block["kind"] == "heading" and block["level"] == 1:
            entries.append({"text": block["text"], "anchor": block["anchor"], "parts": []})
        elif block["kind"] == "heading" and entries:
            entries[-1]["parts"].append(block)
    return entries

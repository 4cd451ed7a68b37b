"""The step `pdf`: the content tree as a tagged PDF, by Typst; row headers join its tags after."""

import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from cesp_analysis.errors import CespError
from cesp_analysis.report.blocks import anchor_of
from cesp_analysis.report.paged import Part, Run, parts_of, runs
from cesp_analysis.report.paged_table import PADDING, Layout, header_rows
from cesp_analysis.report.pdf_tags import has_unknown_letters, with_row_headers
from cesp_analysis.report.read import read_report
from cesp_analysis.report.texts import (
    above_pages,
    before_contents,
    breakable,
    clean,
    interval_parts,
)
from cesp_analysis.whole_files import replaced

_TEMPLATE = Path(__file__).with_name("report.typ")
_ROUNDED = 0.01  # ems: widths are in hundredths of a point, and a word of that width does not break
_LINE = 40.0  # ems of a line of prose: a longer word has to break


def pdf(report: Path, results: Path, out: Path) -> None:
    """Print report.json as a tagged PDF (exported as PDF/UA-1, not validated)."""
    content, unknown = render_pdf(read_report(report), results)
    with replaced(out) as part:
        part.write_bytes(content)
    if unknown:
        print(
            f"{out}: no font here has some of its letters; signs of their scripts stand for them"
            " (the text can be copied and searched), and the HTML page shows them"
        )


def render_pdf(report: dict[str, Any], results: Path) -> tuple[bytes, bool]:
    """The PDF of a report in its JSON form, and whether it has letters that no font shows.

    The fonts are Typst's own and matplotlib's, the same on every machine; only a report with
    letters that these lack is set anew with the machine's fonts. `results`: the folder that
    figures' paths are relative to. Raises CespError: a figure is missing, Typst refuses.
    """
    told = json.dumps(_prepared(clean(report), results), ensure_ascii=False)
    made = _compiled(told, results, own_fonts=True)
    unknown = has_unknown_letters(made)
    if unknown:
        made = _compiled(told, results, own_fonts=False)
        unknown = has_unknown_letters(made)
    return with_row_headers(made), unknown


def _compiled(told: str, results: Path, own_fonts: bool) -> bytes:
    # Any: its stub takes the fonts for what is compiled
    fonts: Any = typst.Fonts(include_system_fonts=not own_fonts, font_paths=[_fonts()])
    try:
        made = typst.compile(
            _TEMPLATE.read_bytes(),
            root=str(results.resolve()),
            font_paths=fonts,
            sys_inputs={"report": told},
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise CespError(f"{_TEMPLATE.name}: {error}; run the study again (cesp run DIR)") from None
    assert isinstance(made, bytes)
    return made


def _fonts() -> str:
    """The folder of the font that figures are drawn with."""
    found = find_spec("matplotlib")
    assert found is not None and found.submodule_search_locations
    return str(Path(found.submodule_search_locations[0], "mpl-data", "fonts", "ttf"))


def _prepared(report: dict[str, Any], results: Path) -> dict[str, Any]:
    """What the template prints."""
    language, _, region = report["language"].partition("-")
    front = before_contents(report["blocks"])
    return {
        "title": breakable(report["title"], _LINE / 2),
        "subtitle": breakable(report["subtitle"], _LINE),
        "banner": report["banner"],
        "head": above_pages(report),
        "lang": language.lower(),
        "region": region or None,
        "contents": any(block["kind"] == "heading" for block in report["blocks"]),
        "front": [_prose(block) for block in front],
        "runs": [_run(run, results) for run in runs(report["blocks"][len(front) :], 1.0)],
    }


def _run(run: Run, results: Path) -> dict[str, Any]:
    blocks = []
    for block, layout in run.blocks:
        if layout is not None:
            blocks.append(_table(block, layout))
        elif block["kind"] == "source":
            blocks.append(_source(block))
        elif block["kind"] == "figure":
            blocks.append(_figure(block, parts_of(results / block["svg"])))
        else:
            blocks.append(_prose(block))
    return {"across": run.across, "blocks": blocks}


def _prose(block: dict[str, Any]) -> dict[str, Any]:
    """A block of prose whose longest words may break."""
    said = {name: block[name] for name in ("text", "title") if name in block}
    room = _LINE / 2 if block["kind"] == "heading" else _LINE
    broken: dict[str, Any] = {name: breakable(text, room) for name, text in said.items()}
    if "items" in block:
        broken["items"] = [breakable(text, _LINE) for text in block["items"]]
    if "links" in block:
        broken["links"] = [_prose(one | {"kind": "link"}) for one in block["links"]]
    if "points" in block:
        broken["points"] = [_prose(one | {"kind": "point"}) for one in block["points"]]
    return block | broken


def _source(block: dict[str, Any]) -> dict[str, Any]:
    """A source whose paths and commands may break."""
    facts = [
        {"label": breakable(fact["label"], _LINE / 2), "text": breakable(fact["text"], _LINE)}
        for fact in block["facts"]
    ]
    return {name: block[name] for name in ("kind", "anchor", "short")} | {
        "name": breakable(block["name"], _LINE),
        "facts": facts,
    }


def _where_from(source: str) -> dict[str, str]:
    """The link to a source; none for ''."""
    return {"source": source, "place": anchor_of(source) if source else ""}


def _figure(block: dict[str, Any], parts: list[Part]) -> dict[str, Any]:
    named, many = [], len(parts)
    for at, part in enumerate(parts, 1):
        more = f"Part {at} of {many} of the figure that is described at part 1."
        alt = f"Part {at} of {many}. {block['alt']}" if at == 1 else more
        entire = part.height / (part.bottom - part.top)
        where = {"above": part.top * entire, "entire": entire}
        named.append(asdict(part) | where | {"whole": many == 1, "alt": alt})
    caption = breakable(block["caption"], _LINE)
    kept = {name: block[name] for name in ("kind", "alt")}
    own = {"svg": "/" + block["svg"], "parts": named, "caption": caption}
    return kept | own | _where_from(block["source"])


def _table(table: dict[str, Any], layout: Layout) -> dict[str, Any]:
    room = [(width - PADDING) / layout.size + _ROUNDED for width in layout.widths]
    rows: list[dict[str, Any]] = []
    for group in table["groups"]:
        rows += [{"group": breakable(group["title"], _LINE)}] if group["title"] else []
        for row in group["rows"]:
            cells = [
                _cell(text, column["align"], layout.whole, within)
                for text, column, within in zip(
                    row["cells"], table["columns"], room[1:], strict=True
                )
            ]
            stub, under = breakable(row["stub"], room[0]), breakable(row["under"], room[0])
            marks = row["marks"].split()
            place = _where_from(row["source"])["place"]
            rows.append(
                {"stub": stub, "marks": marks, "under": under, "cells": cells, "place": place}
            )
    return {
        "kind": "table",
        "caption": breakable(table["caption"], _LINE),
        "widths": layout.widths,
        "size": layout.size,
        "together": layout.together,
        "start": layout.start,
        "split": len(rows) < 3,
        "align": [column["align"] for column in table["columns"]],
        "head": _head(table, room),
        "rows": rows,
        "notes": [note | {"text": breakable(note["text"], _LINE)} for note in table["notes"]],
        "csv": Path(table["csv"]).name if table["csv"] else "",
        **_where_from(table["source"]),
    }


def _cell(text: str, align: str, whole: bool, room: float) -> Any:
    """A cell's text; in parts if an interval of it must not break."""
    if whole and align in ("wrap", "phrase"):
        return interval_parts(text)
    return breakable(text, room)


def _head(table: dict[str, Any], room: list[float]) -> list[list[dict[str, Any]]]:
    """The header's rows: spanners, if there are any, above the columns that they span."""
    columns, above = table["columns"], header_rows(table["columns"])

    def head(text: str, align: str, within: float, over: int = 1, down: int = 1) -> dict[str, Any]:
        size = {"colspan": over, "rowspan": down, "last": over == 1 and (down == 2 or not above)}
        return {"text": breakable(text, within), "align": align, **size}

    own = [
        head(column["header"], column["align"], within)
        for column, within in zip(columns, room[1:], strict=True)
    ]
    stub = head(table["stub"], "left", room[0])
    if not above:
        return [[stub, *own]]
    first, second, at = [stub | {"rowspan": 2, "last": True}], [], 0
    for title, over in above:
        under = [one | {"last": True} for one in own[at : at + over]]
        if title:
            spanning = head(title, columns[at]["align"], sum(room[at + 1 : at + 1 + over]), over)
            first.append(spanning | {"last": False})
            second += under
        else:
            first.append(under[0] | {"rowspan": 2})
        at += over
    return [first, second]

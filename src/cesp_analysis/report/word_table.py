"""A table of the content tree as a real Word table: header rows that repeat, rows that hold."""

from collections.abc import Mapping
from typing import Any

from cesp_analysis.report.paged_table import PADDING, Layout, header_rows
from cesp_analysis.report.texts import interval_parts
from cesp_analysis.report.word_xml import TWIPS, el, line_break, link, paragraph, run

_TIED = "\u00a0"
"""The space at which no line ends."""
_SMALLER = 0.88  # of the small print under a row header


def word_table(table: dict[str, Any], layout: Layout, places: Mapping[str, str]) -> Any:
    """The table in its layout, without caption and notes. `places`: source → its bookmark."""
    widths = [round(width * TWIPS) for width in layout.widths]
    size = round(layout.size * 2)
    made = el("tbl", _settings(table, sum(widths)), el("tblGrid", *_grid(widths)))
    made.extend(_heads(table, widths, size))
    for group in table["groups"]:
        if group["title"]:
            title = paragraph("Tablegroup", run(group["title"], half_points=size))
            made.append(_row([_cell(sum(widths), [title], span=len(widths), fill="F4F5F7")]))
        for row in group["rows"]:
            made.append(_body_row(row, table["columns"], widths, layout, places))
    return made


def _settings(table: dict[str, Any], width: int) -> Any:
    line: dict[str, str | int] = {"val": "single", "space": 0}
    side: dict[str, str | int] = {"w": round(PADDING / 2 * TWIPS), "type": "dxa"}
    thick = {**line, "sz": 8, "color": "1B1F24"}
    return el(
        "tblPr",
        el("tblW", w=width, type="dxa"),
        el(
            "tblBorders",
            el("top", **thick),
            el("bottom", **thick),
            el("insideH", **line, sz=4, color="D0D7DE"),
        ),
        el("tblLayout", type="fixed"),
        el("tblCellMar", el("left", **side), el("right", **side)),
        el("tblLook", val="02A0", firstRow=1, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1),
        el("tblCaption", val=table["caption"]),
    )


def _grid(widths: list[int]) -> list[Any]:
    return [el("gridCol", w=width) for width in widths]


def _heads(table: dict[str, Any], widths: list[int], size: int) -> list[Any]:
    columns, above = table["columns"], header_rows(table["columns"])

    def head(text: str, style: str, width: int, span: int = 1, merge: str = "") -> Any:
        said = [paragraph(style, *([run(text, half_points=size)] if text else []))]
        return _cell(width, said, span=span, merge=merge, foot=True)

    styles = ["Tablehead" if one["align"] == "left" else "Tableheadnumber" for one in columns]
    own = [
        head(column["header"], style, width)
        for column, style, width in zip(columns, styles, widths[1:], strict=True)
    ]
    if not above:
        return [_row([head(table["stub"], "Tablehead", widths[0]), *own], header=True)]
    first = [head(table["stub"], "Tablehead", widths[0], merge="restart")]
    second, at = [head("", "Tablehead", widths[0], merge="continue")], 0
    for title, over in above:
        width = sum(widths[at + 1 : at + 1 + over])
        if title:
            first.append(head(title, "Tablespanner", width, span=over))
            second += own[at : at + over]
        else:
            first.append(head(columns[at]["header"], styles[at], width, merge="restart"))
            second.append(head("", styles[at], width, merge="continue"))
        at += over
    return [_row(first, header=True), _row(second, header=True)]


def _body_row(
    row: dict[str, Any],
    columns: list[dict[str, str]],
    widths: list[int],
    layout: Layout,
    places: Mapping[str, str],
) -> Any:
    size = round(layout.size * 2)
    said = [run(row["stub"], half_points=size)]
    if marks := row["marks"].split():
        said.append(run(",".join(marks), half_points=size, raised=True))
    if row["under"]:
        small = round(layout.size * 2 * _SMALLER)
        place = places.get(row["source"])
        said.append(line_break())
        said.append(
            link(place, row["under"], small) if place else run(row["under"], "Small", small)
        )
    cells = [_cell(widths[0], [paragraph("Tabletext", *said)])]
    for text, column, width in zip(row["cells"], columns, widths[1:], strict=True):
        style = "Tabletext" if column["align"] == "left" else "Tablenumber"
        tied = _tied(text) if layout.whole and column["align"] in ("wrap", "phrase") else text
        inside = [run(tied, half_points=size)] if tied else []
        cells.append(_cell(width, [paragraph(style, *inside)]))
    return _row(cells)


def _tied(text: str) -> str:
    """The text with intervals in brackets held together."""
    return "".join(
        part.replace(" ", _TIED) if whole else part for part, whole in interval_parts(text)
    )


def _row(cells: list[Any], header: bool = False) -> Any:
    settings = [el("cantSplit"), *([el("tblHeader")] if header else [])]
    return el("tr", el("trPr", *settings), *cells)


def _cell(
    width: int,
    paragraphs: list[Any],
    span: int = 1,
    merge: str = "",
    fill: str = "",
    foot: bool = False,
) -> Any:
    settings = [el("tcW", w=width, type="dxa")]
    if span > 1:
        settings.append(el("gridSpan", val=span))
    if merge:
        settings.append(el("vMerge", val=merge))
    if foot:
        line = el("bottom", val="single", sz=6, space=0, color="1B1F24")
        settings.append(el("tcBorders", line))
    if fill:
        settings.append(el("shd", val="clear", color="auto", fill=fill))
    if foot:
        settings.append(el("vAlign", val="bottom"))
    return el("tc", el("tcPr", *settings), *paragraphs)

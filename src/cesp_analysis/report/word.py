"""The step `word`: the content tree as a Word file with real tables, captions and links."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.shared import Pt

from cesp_analysis.report.paged import runs
from cesp_analysis.report.paged_table import Layout
from cesp_analysis.report.read import read_report
from cesp_analysis.report.texts import above_pages, before_contents, clean
from cesp_analysis.report.word_base import empty_document, packed
from cesp_analysis.report.word_file import File
from cesp_analysis.report.word_picture import picture
from cesp_analysis.report.word_table import word_table
from cesp_analysis.report.word_xml import bookmarked, el, field, link, paragraph, run
from cesp_analysis.whole_files import replaced

_BROAD = 1.18
"""How much broader the file's face (Arial) is than the PDF's: its columns need as much more."""
_SOURCES = 100_000
"""From where bookmarks of sources are numbered: no report has as many headings."""
_SHORT, _LONG = Pt(595.3), Pt(841.9)  # A4
_SIDE, _TOP, _BOTTOM = Pt(56.6), Pt(62), Pt(56)


def word(report: Path, results: Path, out: Path) -> None:
    """Write report.json as a Word file."""
    content = render_word(read_report(report), results)
    with replaced(out) as part:
        part.write_bytes(content)


def render_word(report: dict[str, Any], results: Path) -> bytes:
    """The Word file of a report in its JSON form.

    `results`: the folder that figures' paths are relative to. Raises CespError: a figure is gone.
    """
    report = clean(report)
    named = [block["name"] for block in report["blocks"] if block["kind"] == "source"]
    places = {name: f"_From{at:08d}" for at, name in enumerate(named, 1)}
    file = File(empty_document(), results, report["banner"], places)
    file.anchors = _bookmarks(report["blocks"])
    file.document.core_properties.title = report["title"]
    file.document.core_properties.language = report["language"]
    _speak(file.document, report["language"])
    _head_and_foot(file.document, above_pages(report))
    file.add(paragraph("Title", report["title"]))
    if report["subtitle"]:
        file.add(paragraph("Subtitle", report["subtitle"]))
    front = before_contents(report["blocks"])
    for block in front:
        _add(file, block, None)
    file.add(*_contents(report["blocks"]))
    divided = runs(report["blocks"][len(front) :], _BROAD)
    if divided and divided[0].across:  # title and contents stand upright
        _turn(file, across=False, last=False)
    for at, pages in enumerate(divided):
        for block, layout in pages.blocks:
            _add(file, block, layout)
        _turn(file, pages.across, last=at == len(divided) - 1)
    return packed(file.document)


def _add(file: File, block: dict[str, Any], layout: Layout | None) -> None:
    kind = block["kind"]
    if kind == "heading":
        file.headings += 1
        name = _bookmark(file.headings)
        text = bookmarked(file.headings, name, run(block["text"]))
        file.add(paragraph(f"Heading{block['level']}", *text))
    elif kind == "paragraph":
        made = paragraph("Normal", block["text"])
        if block["text"].endswith(":"):  # it leads to what comes next
            made[0].append(el("keepNext"))
        file.add(made)
    elif kind == "bullets":
        file.add(*(paragraph("Bulleted", text) for text in block["items"]))
    elif kind == "callout":
        style = block["tone"].capitalize()
        file.add(paragraph(f"{style}title", block["title"]))
        file.add(paragraph(f"{style}text", block["text"]))
    elif kind == "source":
        file.add(*_source(file, block))
    elif kind == "see":
        file.add(paragraph("Normal", *_ways(file, block["links"])))
    elif kind == "points":
        file.add(*(paragraph("Bulleted", *_point(file, one)) for one in block["points"]))
    elif layout is not None:
        made = word_table(block, layout, file.places)
        file.add(_caption(file, "Table", block["caption"]), made)
        file.add(*_below(file, block))
    else:
        picture(file, block)
        file.add(_caption(file, "Figure", block["caption"]))
        if block["source"]:
            file.add(paragraph("Tableend", *_where_from(file, block)))


def _source(file: File, block: dict[str, Any]) -> Iterator[Any]:
    """A source's name, to which tables and estimates lead, and its facts, a line each."""
    place = file.places[block["name"]]
    number = _SOURCES + list(file.places).index(block["name"])
    yield paragraph("Sourcename", *bookmarked(number, place, run(block["name"])))
    for fact in block["facts"]:
        yield paragraph("Tablenote", f"{fact['label']}: {fact['text']}")
    if block["short"]:
        yield paragraph("Tablenote", f"{block['short']}.")


def _where_from(file: File, block: dict[str, Any]) -> list[Any]:
    """The link to what a table or figure was made by."""
    return [link(file.places[block["source"]], f"Where from: {block['source']}")]


def _caption(file: File, kind: str, text: str) -> Any:
    """A caption with a number that Word keeps, and the banner."""
    file.numbers[kind] += 1
    counted = field(f"SEQ {kind} \\* ARABIC", str(file.numbers[kind]))
    mark = [run(" "), run(file.banner, "Mark")] if file.banner else []
    return paragraph(f"{kind}caption", f"{kind} ", *counted, f". {text}", *mark)


def _below(file: File, table: dict[str, Any]) -> Iterator[Any]:
    """A table's notes, where its numbers stand in full, where they are from; an empty line if there
    is none of these."""
    lines: list[list[Any]] = []
    for note in table["notes"]:
        mark = [run(note["mark"], raised=True), run(" ")] if note["mark"] else []
        lines.append([*mark, note["text"]])
    full = [f"{Path(table['csv']).name} holds these numbers in full. "] if table["csv"] else []
    from_where = _where_from(file, table) if table["source"] else []
    lines += [[*full, *from_where]] if full or from_where else []
    *first, last = lines or [[]]
    yield from (paragraph("Tablenote", *line) for line in first)
    yield paragraph("Tableend", *last)


def _contents(blocks: list[dict[str, Any]]) -> Iterator[Any]:
    """The list of contents: a field that Word can update, filled with links to the headings."""
    headings = [block for block in blocks if block["kind"] == "heading"]
    if not headings:
        return
    yield paragraph("TOCHeading", "Contents")
    begin, told, separate, _, end = field('TOC \\o "1-2" \\n \\h \\z \\u', "")
    for at, block in enumerate(headings, 1):
        before = [begin, told, separate] if at == 1 else []
        after = [end] if at == len(headings) else []
        entry = link(_bookmark(at), block["text"])
        yield paragraph(f"TOC{block['level']}", *before, entry, *after)


def _ways(file: File, links: list[dict[str, str]]) -> Iterator[Any]:
    """Links to headings, with a dot between them."""
    for at, one in enumerate(links):
        yield " · " if at else "See: "
        yield link(file.anchors[one["anchor"]], one["text"])


def _point(file: File, point: dict[str, Any]) -> Iterator[Any]:
    """A point in its line: title, text, links."""
    yield run(f"{point['title']}.", bold=True)
    yield f" {point['text']}{' ' if point['links'] else ''}"
    yield from _ways(file, point["links"])


def _bookmarks(blocks: list[dict[str, Any]]) -> dict[str, str]:
    """A heading's anchor → its bookmark."""
    headings = (block for block in blocks if block["kind"] == "heading")
    return {block["anchor"]: _bookmark(at) for at, block in enumerate(headings, 1)}


def _bookmark(number: int) -> str:
    return f"_Toc{number:08d}"


def _speak(document: Document, language: str) -> None:
    """Say in which language the document is."""
    (defaults,) = document.styles.element.xpath("./w:docDefaults/w:rPrDefault/w:rPr")
    defaults.append(el("lang", val=language))


def _head_and_foot(document: Document, banner: str) -> None:
    """The banner and who may read it above every page, its number below."""
    section = document.sections[0]
    for part, content in (
        (section.header, [paragraph("Header", *([banner] if banner else []))]),
        (
            section.footer,
            [paragraph("Footer", *field("PAGE", "1"), " / ", *field("NUMPAGES", "1"))],
        ),
    ):
        part.is_linked_to_previous = False
        for old in list(part._element):
            part._element.remove(old)
        part._element.extend(content)


def _turn(file: File, across: bool, last: bool) -> None:
    """End pages of one direction: the document's last settings, or those of a section before."""
    section = file.document.sections[-1]
    if not last:
        file.document.add_section()
        section = file.document.sections[-2]
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (_LONG, _SHORT) if across else (_SHORT, _LONG)
    section.left_margin = section.right_margin = _SIDE
    section.top_margin, section.bottom_margin = _TOP, _BOTTOM
    section.header_distance = section.footer_distance = Pt(28)

"""The Word file: real tables whose heads repeat, captions, descriptions, links, no metadata."""

from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from lxml import etree

import printed_report as printed
from cesp_analysis.report.blocks import Column, Group, Heading, Paragraph, Row, Table
from cesp_analysis.report.word import render_word
from printed_report import BANNER, report

W = {"w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return render_word(report(), printed.figures(tmp_path))


@pytest.fixture
def document(content: bytes) -> Any:
    return Document(BytesIO(content))


def found(document: Any, path: str) -> list[Any]:
    return list(etree.ElementBase.xpath(document.element.body, path, namespaces=W))


def test_headings_stand_in_order_with_their_levels(document: Any) -> None:
    styled = [
        (p.style.name.lower(), p.text)
        for p in document.paragraphs
        if p.style.name.lower().startswith("heading")
    ]
    assert styled == [("heading 1", "One"), ("heading 2", "Part"), ("heading 1", "Two")]


def test_the_contents_link_to_every_heading(document: Any) -> None:
    links = found(document, ".//w:hyperlink/@w:anchor[starts-with(., '_Toc')]")
    places = found(document, ".//w:p[w:pPr/w:pStyle[starts-with(@w:val, 'Heading')]]"
                   "/w:bookmarkStart/@w:name")  # fmt: skip
    assert links[:3] == places and len(set(places)) == 3
    of_headings = [link for link in links[3:] if link.startswith("_Toc")]
    assert of_headings == places  # where more is said; the others lead to where numbers come from
    kinds = found(document, ".//w:fldChar/@w:fldCharType")
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == 4


def test_tables_figures_and_estimates_link_to_what_made_them(document: Any) -> None:
    links = document.element.body.xpath(".//w:hyperlink[starts-with(@w:anchor, '_From')]")
    anchor = f"{{{links[0].nsmap['w']}}}anchor"
    said = [("".join(one.xpath(".//w:t/text()")), one.get(anchor)) for one in links]
    places = {
        one.xpath("string(.//w:t)"): one.xpath("string(w:bookmarkStart/@w:name)")
        for one in document.element.body.xpath(".//w:p[w:pPr/w:pStyle[@w:val='Sourcename']]")
    }
    assert said == [
        ("its/id", places["fit its"]),
        ("Where from: count", places["count"]),
        ("Where from: count", places["count"]),
    ]
    numbers = found(document, ".//w:bookmarkStart/@w:id")
    assert len(numbers) == len(set(numbers))


def test_a_table_is_one_with_heads_that_repeat(document: Any) -> None:
    (table,) = document.tables
    rows = table._tbl.findall("w:tr", W)
    heads = [row.find("w:trPr/w:tblHeader", W) is not None for row in rows]
    assert heads == [True, True, False, False, False, False]
    assert all(row.find("w:trPr/w:cantSplit", W) is not None for row in rows)
    assert [cell.text for cell in table.rows[1].cells] == ["Outcome", "n", "Mean (interval)", "Why"]
    assert table.rows[0].cells[1].text == table.rows[0].cells[2].text == "North"
    assert [cell.text for cell in table.rows[3].cells] == [
        "Wellbeinga", "112", "24.5 (23.1\u00a0to\u00a025.9)", "x"
    ]  # fmt: skip
    assert table._tbl.find("w:tblPr/w:tblCaption", W).get(f"{{{W['w']}}}val") == (
        "A <table> of #numbers"
    )


def test_widths_of_columns_and_cells_agree(document: Any) -> None:
    (table,) = found(document, "./w:tbl")
    grid = [int(width) for width in table.xpath("w:tblGrid/w:gridCol/@w:w")]
    for row in table.findall("w:tr", W):
        widths = [int(width) for width in row.xpath("w:tc/w:tcPr/w:tcW/@w:w")]
        assert sum(widths) == sum(grid) <= 595.3 * 20 - 2 * 56.6 * 20


def test_captions_are_numbered_by_word_and_bear_the_banner(document: Any) -> None:
    captions = [
        p for p in document.paragraphs if p.style.name in ("Table caption", "Figure caption")
    ]
    numbered = [p.text for p in captions if p.text.startswith(("Table ", "Figure "))]
    assert numbered == [
        f"Table 1. A <table> of #numbers {BANNER}",
        f"Figure 1. A figure {BANNER}",
        f"Figure 2. A tall one {BANNER}",
    ]
    told = [text.strip() for text in found(document, ".//w:instrText/text()")]
    assert told[1:] == ["SEQ Table \\* ARABIC", "SEQ Figure \\* ARABIC", "SEQ Figure \\* ARABIC"]


def test_figures_are_described_and_a_tall_one_is_whole_in_parts(document: Any) -> None:
    low, *tall = document.inline_shapes
    assert low._inline.docPr.get("descr") == "What it shows"
    said = [part._inline.docPr.get("descr") for part in tall]
    assert len(tall) == 3 and said[0] == "Part 1 of 3. A long list"
    assert said[1:] == ["Part 2 of 3 of the figure above.", "Part 3 of 3 of the figure above."]
    windows = [part._inline.xpath(".//a:srcRect")[0] for part in tall]
    tops, bottoms = ([int(one.get(side)) for one in windows] for side in "tb")
    assert tops[0] == bottoms[-1] == 0
    for above, below in zip(bottoms[:-1], tops[1:], strict=True):
        assert below < 100_000 - above, "parts overlap"
    numbers = found(document, ".//*[local-name()='docPr']/@id")
    assert len(numbers) == len(set(numbers)) == 4


def test_every_page_says_what_it_is_and_its_number(document: Any) -> None:
    for section in document.sections:
        assert section.header.paragraphs[0].text == BANNER
        assert "NUMPAGES" in section.footer._element.xml


def test_a_wide_table_stands_on_pages_across_with_its_heading(tmp_path: Path) -> None:
    columns = tuple(Column(f"Column {number}") for number in range(9))
    row = Row("A row", ("123,456.78 to 1",) * 9)
    wide = Table("w", "Wide", "Row", columns, (Group("", (row,)),))
    blocks = Paragraph("before"), Heading(1, "Wide", "w1"), wide, Paragraph("after")
    document = Document(BytesIO(render_word(report(*blocks), tmp_path)))
    sizes = [(round(s.page_width.pt), round(s.page_height.pt)) for s in document.sections]
    assert sizes == [(595, 842), (842, 595), (595, 842)]
    bodies: list[list[str]] = [[]]
    for element in document.element.body:
        bodies[-1] += element.xpath(".//w:t/text()")
        if element.xpath("./w:pPr/w:sectPr"):
            bodies.append([])
    assert "before" in bodies[0] and bodies[1][0] == "Wide" and bodies[2] == ["after"]


def test_a_sentence_that_leads_to_what_comes_next_is_kept_with_it(tmp_path: Path) -> None:
    tree = report(Paragraph("A sentence."), Paragraph("As follows:"), Paragraph("More."))
    document = Document(BytesIO(render_word(tree, tmp_path)))
    kept = [p.text for p in document.paragraphs if p.paragraph_format.keep_with_next]
    assert "As follows:" in kept and not {"A sentence.", "More."} & set(kept)


def test_nobody_else_left_a_trace(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as file:
        names = file.namelist()
        core = file.read("docProps/core.xml").decode()
        assert {info.date_time for info in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[0] == "[Content_Types].xml"
    assert not [n for n in names if "thumbnail" in n or "app.xml" in n or "customXml" in n]
    assert "The title" in core and "en-GB" in core
    for word in ("creator", "created", "modified", "lastModifiedBy", "python"):
        assert word not in core


def test_every_style_that_is_used_is_there(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as file:
        parts = {name: etree.fromstring(file.read(name)) for name in file.namelist()
                 if name.startswith("word/") and name.endswith(".xml")}  # fmt: skip
    there = set(parts["word/styles.xml"].xpath("//w:style/@w:styleId", namespaces=W))
    used = {
        style
        for name, part in parts.items()
        for style in part.xpath(
            "//w:pStyle/@w:val | //w:rStyle/@w:val | //w:basedOn/@w:val | //w:next/@w:val",
            namespaces=W,
        )
        if name != "word/numbering.xml" or style == "Bulleted"
    }
    assert used <= there, used - there

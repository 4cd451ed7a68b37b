"""The PDF: tags, row headers, descriptions, repeated heads, pages on which nothing is cut."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Dictionary, Name, Pdf
from pypdf import PageObject, PdfReader

import pdf_words
import printed_report as printed
from cesp_analysis.report.blocks import Column, Figure, Group, Heading, Paragraph, Row, Table
from cesp_analysis.report.pdf import render_pdf
from cesp_analysis.report.pdf_tags import with_row_headers
from printed_report import BANNER, bare, report

MARGIN = 56.6


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return render_pdf(report(), printed.figures(tmp_path))[0]


@pytest.fixture
def opened(content: bytes) -> Iterator[Pdf]:
    with Pdf.open(BytesIO(content)) as pdf:
        yield pdf


def elements(of: Any) -> Iterator[Any]:
    """The elements of a tag tree in reading order."""
    kids = of.get("/K", [])
    for kid in [kids] if isinstance(kids, Dictionary) else list(kids):
        if isinstance(kid, Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def of_kind(pdf: Pdf, *kinds: str) -> list[Any]:
    return [one for one in elements(pdf.Root.StructTreeRoot) if str(one.S) in kinds]


def of_table(cell: Any) -> dict[str, Any]:
    """A cell's attributes as of a table."""
    (found,) = [one for one in cell.get("/A", []) if str(one.O) == "/Table"]
    return {str(key): value for key, value in found.items()}


def test_it_says_what_it_is(opened: Pdf) -> None:
    assert opened.Root.MarkInfo.Marked and str(opened.Root.Lang) == "en-GB"
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    with opened.open_metadata() as told:
        assert told["pdfuaid:part"] == "1" and told["dc:title"] == "The title"
        assert "xmp:CreateDate" not in told and "xmp:ModifyDate" not in told
    assert "/CreationDate" not in opened.docinfo and "/ModDate" not in opened.docinfo


def test_headings_figures_lists_and_contents_are_tagged_in_order(opened: Pdf) -> None:
    kinds = ("/Title", "/H1", "/H1", "/H2", "/L", "/Table", "/Figure", "/TOC")
    found = [str(one.S) for one in of_kind(opened, *kinds)]
    assert [kind for kind in found if kind != "/TOC"] == [
        "/Title", "/H1", "/H1", "/H2", "/L", "/Table", "/Figure", "/H1", "/L", *["/Figure"] * 3
    ]  # fmt: skip
    assert found[1:3] == ["/H1", "/TOC"], "the list of contents has a heading"
    described = [str(one.Alt) for one in of_kind(opened, "/Figure") if "/Alt" in one]
    assert described[:2] == ["What it shows", "Part 1 of 3. A long list"]
    assert len(described) == 4


def test_rows_and_groups_head_their_cells(opened: Pdf) -> None:
    (body,) = of_kind(opened, "/TBody")
    first_group, wellbeing, second_group, loneliness = [
        [one for one in elements(row) if str(one.S) in ("/TH", "/TD")] for row in body.K
    ]
    for group, row in ((first_group, wellbeing), (second_group, loneliness)):
        (title,) = group
        assert title.S == Name.TH and of_table(title)["/Scope"] == Name.Row
        head, *cells = row
        assert head.S == Name.TH and of_table(head)["/Scope"] == Name.Row
        assert bytes(title.ID) in [bytes(one) for one in of_table(head)["/Headers"]]
        assert len(cells) == 3
        for cell in cells:
            headers = [bytes(one) for one in of_table(cell)["/Headers"]]
            assert cell.S == Name.TD and bytes(head.ID) in headers
            assert len(headers) >= 2, "its column's, too"


def test_every_header_that_a_cell_names_is_there(opened: Pdf) -> None:
    names = list(opened.Root.StructTreeRoot.IDTree.Names)
    keys = [bytes(key) for key in names[::2]]
    assert keys == sorted(set(keys))
    for key, element in zip(keys, names[1::2], strict=True):
        assert bytes(element.ID) == key
    named = {
        bytes(header)
        for cell in of_kind(opened, "/TH", "/TD")
        for header in of_table(cell).get("/Headers", [])
    }
    assert named and named <= set(keys)


def test_row_headers_change_nothing_that_is_seen(content: bytes) -> None:
    """A PDF without tables keeps its tags; one with them its pages' content."""
    plain = render_pdf(report(Heading(1, "A", "a"), Paragraph("b")), Path())[0]
    with Pdf.open(BytesIO(plain)) as one, Pdf.open(BytesIO(with_row_headers(plain))) as other:
        assert [page.Contents.read_bytes() for page in one.pages] == [
            page.Contents.read_bytes() for page in other.pages
        ]
        assert len(of_kind(one, "/H1", "/P")) == len(of_kind(other, "/H1", "/P")) > 1


def test_a_long_table_is_one_whose_heads_stand_on_every_page() -> None:
    rows = tuple(Row(f"row {number}", (f"{number}.5",)) for number in range(150))
    table = Table("l", "Long", "Row", (Column("The head"),), (Group("A group", rows),))
    content = render_pdf(report(table), Path())[0]
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    assert len(pages) >= 3
    assert all("The head" in page and BANNER in page for page in pages if ".5" in page)
    with Pdf.open(BytesIO(content)) as pdf:
        assert len(of_kind(pdf, "/Table")) == 1
        assert len(of_kind(pdf, "/TH")) == 2 + 1 + 150
        assert len(of_kind(pdf, "/TD")) == 150


def places(content: bytes) -> Iterator[tuple[float, float]]:
    """(where it begins, its page's width) of every text."""
    for page in PdfReader(BytesIO(content)).pages:
        found: list[float] = []

        def note(text: str, cm: Any, tm: Any, font: Any, size: float, held: Any = found) -> None:
            if text.strip():
                held.append(cm[4] + tm[4])

        page.extract_text(visitor_text=note)
        width = float(page.mediabox.width)
        yield from ((at, width) for at in found)


@pytest.mark.parametrize("columns", [3, 12, 20, 60])
def test_no_column_begins_outside_the_page(columns: int) -> None:
    cells = ("1,234.56 (1,000.1 to 2,000.2)",) * columns
    table = Table(
        "w", "Wide", "Row", tuple(Column("Column") for _ in cells), (Group("", (Row("r", cells),)),)
    )
    for begins, width in places(render_pdf(report(table), Path())[0]):
        assert MARGIN - 1 <= begins <= width - MARGIN


def test_a_heading_goes_with_its_wide_table() -> None:
    columns = tuple(Column(f"Column {number}") for number in range(9))
    row = Row("A row", ("123,456.78 to 123",) * 9)
    wide = Table("w", "The table", "Row", columns, (Group("", (row,)),))
    blocks = Paragraph("before"), Heading(1, "Heading of it", "w1"), wide, Paragraph("after")
    pages = PdfReader(BytesIO(render_pdf(report(*blocks), Path())[0])).pages
    across = [page.mediabox.width > page.mediabox.height for page in pages]
    assert across == [False, True, False]
    said = [page.extract_text() for page in pages]
    assert "before" in said[0] and "Heading of it" in said[1] and "The table" in said[1]
    assert "after" in said[2]


def test_a_sentence_that_leads_to_what_comes_next_ends_no_page() -> None:
    """Wherever it would stand: before tables whose first rows are all that a page has room for."""
    rows = tuple(Row(f"row {n}", ("1",)) for n in range(8))
    table = Table("t", "The table", "Row", (Column("n"),), (Group("", rows),))
    ends = set[bool]()
    for n in range(24, 36):
        filler = [Paragraph(f"Filler {i}") for i in range(n)]
        tree = report(*filler, Paragraph("As follows:"), table)
        said = [
            page.extract_text() for page in PdfReader(BytesIO(render_pdf(tree, Path())[0])).pages
        ]
        (led,) = (text for text in said if "As follows:" in text)
        assert "The table" in led
        ends.add(led is not said[0])
    assert ends == {False, True}, "it stood near the end of a page"


def test_no_page_is_empty_before_a_wide_table() -> None:
    """A table without notes that ends where its page does: what stands below it is nothing."""
    letters = "W" * 300
    columns = (Column(letters), Column("n", "left"), Column("Mean", "wrap", "A spanner"))
    row = Row(letters, (letters, "1", "24.5 (23.1 to 25.9)"))
    full = Table("l", letters, letters[:60], columns, (Group(letters, (row,)),))
    words = ("A very long label of an outcome " * 10)[:300].strip()
    columns = (Column(words), *columns[1:])
    row = Row(words, (words, "1", "24.5 (23.1 to 25.9)"))
    first = Table("f", words, words[:60], columns, (Group(words, (row,)),))
    cells = ("1,234.56 (1,000.1 to 2,000.2)",) * 6
    wide = Table("w", "c", "s", tuple(Column("Column") for _ in cells),
                 (Group("", (Row("r", cells),)),))  # fmt: skip
    before, sources = printed.BLOCKS[:6], printed.BLOCKS[-2:]
    blocks = (*before, Heading(1, letters, "w1"), first, full, wide, *sources)
    tree = report(*blocks, banner=BANNER)
    pages = PdfReader(BytesIO(render_pdf(tree, Path())[0])).pages
    for page in pages:
        assert len(page.extract_text().replace(BANNER, "").split()) > 3, "more than its number"


def drawn_on(page: PageObject) -> int:
    """How many lines of drawings a page holds; texts have none."""
    content = page.get_contents()
    return 0 if content is None else content.get_data().count(b" l\n")


@pytest.mark.parametrize("height", ["low", "tall"])
def test_a_figure_its_caption_and_its_source_stand_on_one_page(tmp_path: Path, height: str) -> None:
    """However far down the page it begins; of one in parts the last."""
    folder = printed.figures(tmp_path)
    parts = f"figures/{height}.svg", f"figures/{height}.png"
    drawn = Figure("f", "What it shows", "Alt", *parts, source="count")
    for lines in range(22, 34):
        blocks = *(Paragraph("A line"),) * lines, drawn, *printed.BLOCKS[-2:]
        pages = PdfReader(BytesIO(render_pdf(report(*blocks), folder)[0])).pages
        (page,) = [page for page in pages if "What it shows" in page.extract_text()]
        assert "Where from" in page.extract_text() and drawn_on(page), lines


def test_what_reads_long_reports_reads_the_letters_that_pypdf_reads(content: bytes) -> None:
    """A figure's, a wide table's and a source's too, page by page."""
    said = [bare(page.extract_text()) for page in PdfReader(BytesIO(content)).pages]
    assert [bare("".join(runs)) for runs in pdf_words.pages(content)] == said
    assert len(said) > 3 and min(map(len, said)) > len(bare(BANNER))


def test_every_page_bears_the_banner_and_its_number(content: bytes) -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    for number, page in enumerate(pages, 1):
        assert BANNER in page and f"{number} / {len(pages)}" in page

"""The page: well formed, self-contained, accessible tables, the same bytes twice."""

import re
from pathlib import Path

import pytest
from lxml import etree, html

from cesp_analysis.figures.flow import flow
from cesp_analysis.figures.flow_boxes import FlowBox
from cesp_analysis.figures.forest import ForestRow, forest
from cesp_analysis.figures.palette import PALETTE
from cesp_analysis.figures.style import save
from cesp_analysis.report.blocks import (
    Bullets,
    Callout,
    Column,
    Fact,
    Figure,
    Group,
    Heading,
    Note,
    Paragraph,
    Report,
    Row,
    Source,
    Table,
    anchor_of,
    as_dict,
)
from cesp_analysis.report.html import interval_whole, render_html
from cesp_analysis.report.inline_svg import inline_svg

SVG = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt"
 height="9pt" viewBox="0 0 9 9"><metadata>x</metadata><defs><style>*{stroke-linejoin: round}</style>
<clipPath id="p1"><rect/></clipPath></defs><g id="axes_1" clip-path="url(#p1)">
<use xlink:href="#p1" style="fill: #ffffff"/></g></svg>"""

TABLE = Table(
    id="t",
    caption="A <table>",
    stub="Row",
    columns=(
        Column("n", "right", "North"),
        Column("Mean", "right", "North"),
        Column("Why", "left"),
    ),
    groups=(
        Group("First", (Row("a", ("1", "2.0", "x"), "a"),)),
        Group("", (Row("b", ("3", "4.0", "y"), "a b"),)),
    ),
    notes=(Note("General."), Note("About a.", "a"), Note("About b.", "b")),
    csv="tables/t.csv",
)
BLOCKS = (
    Heading(1, "One", "one"),
    Paragraph("5 < 6 & <script>alert(1)</script>"),
    Heading(2, "Part", "part"),
    Bullets(("first", "second")),
    Callout("caution", "Beware", "of this"),
    TABLE,
    Figure("f1", "A figure", "What it shows", "figures/f.svg", "figures/f.png"),
    Figure("f2", "Again", "The same", "figures/f.svg", "figures/f.png"),
)


@pytest.fixture
def page(tmp_path: Path) -> str:
    """A page with one block of each kind."""
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "f.svg").write_text(SVG, encoding="utf-8")
    report = as_dict(Report("Title", "Sub", "SYNTHETIC", "en-GB", blocks=BLOCKS))
    first, second = render_html(report, tmp_path), render_html(report, tmp_path)
    assert first == second
    return first


def test_text_is_text(page: str) -> None:
    assert "<script>" not in page
    tree = html.fromstring(page)
    assert tree.findtext(".//main/p") == "5 < 6 & <script>alert(1)</script>"
    assert tree.get("lang") == "en-GB" and tree.findtext(".//title") == "Title"


def test_ids_are_unique_and_links_lead_to_them(page: str) -> None:
    tree = html.fromstring(page)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    inner = [link[1:] for link in tree.xpath("//@href") if link.startswith("#")]
    assert inner and set(inner) <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_nothing_comes_from_outside(page: str) -> None:
    tree = html.fromstring(page)
    assert tree.xpath("//script|//link|//img|//iframe") == []
    (policy,) = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert "default-src 'none'" in policy and "script-src" not in policy
    places = [place for place in tree.xpath("//@href|//@src") if not place.startswith("#")]
    assert places and all(place.startswith("../") for place in places)
    assert "@import" not in page


def test_tables_say_what_heads_what(page: str) -> None:
    (table,) = html.fromstring(page).xpath("//table")
    assert table.findtext("caption/span").startswith("A <table>")
    assert table.xpath(".//thead//th/@scope") == ["col", "colgroup", "col", "col", "col"]
    assert table.xpath(".//tbody//th/@scope") == ["rowgroup", "row", "row"]
    assert len(table.xpath("./tbody")) == 2
    cells = [len(row.xpath("td")) for row in table.xpath(".//tbody/tr[th/@scope='row']")]
    assert cells == [3, 3]
    assert [len(row.xpath(".//sup/a")) for row in table.xpath(".//tbody/tr[td]")] == [1, 2]
    (region,) = html.fromstring(page).xpath("//div[@role='group'][.//table]")
    assert region.get("tabindex") == "0" and region.get("aria-labelledby") == "t-caption"


def test_figures_are_described_and_follow_the_page(page: str) -> None:
    first, second = html.fromstring(page).xpath("//figure")
    for figure, alt in ((first, "What it shows"), (second, "The same")):
        (svg,) = figure.xpath(".//*[local-name()='svg']")
        assert svg.get("role") == "img" and svg.get("width") is None
        assert svg[0].tag.endswith("title") and svg[0].text == alt
    assert "fill: var(--fig-paper)" in page and "<metadata" not in page


@pytest.mark.parametrize("scheme", [0, 1])
def test_every_colour_of_a_figure_has_a_partner_in_the_dark(page: str, scheme: int) -> None:
    for name, pair in PALETTE.items():
        assert page.count(f"--fig-{name}: {pair[scheme]};") == 2 - scheme, name
    named = [pair[0] for pair in PALETTE.values()]
    assert len(named) == len(set(named))


def test_no_drawn_figure_keeps_a_colour_of_its_own(tmp_path: Path) -> None:
    row = ForestRow("Outcome", "points", "Model", "12 months", 1.0, 0.0, 2.0, "", 1.0)
    gone = ForestRow("Other", "points", "Model", "12 months", None, None, None, "refused")
    boxes = (FlowBox("a", "In", "n", "North", 5, (("left", 1),)), FlowBox("b", "Out", "n", "N", 4))
    for at, figure in enumerate((forest([row, gone]), flow(boxes))):
        save(figure, tmp_path / f"{at}.svg", tmp_path / f"{at}.png", "SYNTHETIC")
        svg = inline_svg(tmp_path / f"{at}.svg", "f", "What it shows")
        assert "var(--fig-ink)" in svg
        assert re.findall(r"(?:fill|stroke): ?#[0-9a-f]+", svg) == []


def test_the_banner_is_on_the_page_and_on_every_table_and_figure(page: str) -> None:
    tree = html.fromstring(page)
    for where in ("//aside[@class='banner']", "//caption//strong", "//figcaption/strong"):
        assert {element.text for element in tree.xpath(where)} == {"SYNTHETIC"}, where
    assert len(tree.xpath("//caption//strong|//figcaption/strong")) == 3


def test_a_study_that_is_not_synthetic_has_no_banner(tmp_path: Path) -> None:
    report = as_dict(Report("T", "", "", "en", blocks=(Heading(1, "One", "one"), TABLE)))
    page = render_html(report, tmp_path)
    assert "<strong" not in page and 'class="banner"' not in page


def test_it_is_well_formed(page: str) -> None:
    errors = etree.HTMLParser(recover=False)
    etree.fromstring(re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL), errors)
    serious = [entry for entry in errors.error_log if "Tag" not in entry.message]
    assert serious == []


def test_an_interval_in_brackets_stays_on_one_line_and_is_text() -> None:
    said = interval_whole("a/b 12 (9.1 to 15.2), <i> (9 or 10)")
    assert said == ('a/<wbr>b 12 <span class="whole">(9.1 to 15.2)</span>, &lt;i&gt; (9 or 10)')
    assert interval_whole("12") == "12"


def test_what_is_wider_than_the_page_says_so(page: str) -> None:
    """A shade stays at the edge; paper, which moves with what is shown, covers it at the end."""
    tree = html.fromstring(page)
    wide = tree.xpath("//table | //figure/*//*[local-name()='svg' and @role='img']")
    assert wide and all(one.getparent().get("class") == "scroll" for one in wide)
    (rule,) = re.findall(r"^\.scroll \{ (.*?)\}$", page, re.MULTILINE | re.DOTALL)
    assert rule.count("var(--paper)") == 2 and rule.count("% local") == 2
    assert rule.count("var(--shade)") == 2 and rule.count("% scroll") == 2
    assert page.count("--shade: #") == 2
    assert "mix-blend-mode: multiply" in page and "mix-blend-mode: lighten" in page


def test_what_a_step_was_told_is_folded_and_stays_text(tmp_path: Path) -> None:
    """Quotes stand as they are, markup does not; nothing else of the page holds it."""
    hostile = 'SPEC = {"label":"</pre><script>alert(1)</script>\' onload=x"}'
    source = Source("fit a", anchor_of("fit a"), (Fact("Seed", "1"),), hostile, "short")
    page = render_html(as_dict(Report("T", "", "", "en", blocks=(source,))), tmp_path)
    tree = html.fromstring(page)
    (folded,) = tree.xpath("//details/pre/text()")
    assert folded == hostile and not tree.xpath("//script") and "&#34;" not in page
    assert tree.xpath("//div[@id='from-fit-a']//dt/text()") == ["Seed"]
    assert "short" not in tree.xpath("//main")[0].text_content()

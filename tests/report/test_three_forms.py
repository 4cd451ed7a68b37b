"""One content tree, three forms: the same strings in the page, the Word file and the PDF."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from lxml import html
from pikepdf import Pdf, parse_content_stream
from pypdf import PdfReader

import printed_report as printed
from cesp_analysis.cli import main
from cesp_analysis.errors import CespError
from cesp_analysis.report import pdf as pdf_step
from cesp_analysis.report.blocks import Column, Group, Heading, Paragraph, Row, Table
from cesp_analysis.report.html import render_html
from cesp_analysis.report.pdf import render_pdf
from cesp_analysis.report.word import render_word
from cesp_analysis.whole_files import write_json
from printed_report import bare, lost, report

NUMBER = re.compile(r"−?\d[\d,.]*\d|\d")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    return printed.figures(tmp_path / "results")


def of_page(tree: dict[str, Any], results: Path) -> str:
    page = html.fromstring(render_html(tree, results))
    return "".join(page.xpath("//header//text() | //main//text()[not(ancestor::*[@role='img'])]"))


def of_word(tree: dict[str, Any], results: Path) -> str:
    document = Document(BytesIO(render_word(tree, results)))
    paragraphs = document.element.body.xpath(".//w:p")
    return "\n".join("".join(one.xpath(".//w:t/text()")) for one in paragraphs)


def of_pdf(tree: dict[str, Any], results: Path) -> str:
    pages = PdfReader(BytesIO(render_pdf(tree, results)[0])).pages
    return "\n".join(page.extract_text() for page in pages)


FORMS = {"page": of_page, "word": of_word, "pdf": of_pdf}
every_form = pytest.mark.parametrize("shown", FORMS.values(), ids=FORMS)
Shown = Callable[[dict[str, Any], Path], str]


@every_form
def test_every_text_stands_in_its_order(shown: Shown, results: Path) -> None:
    assert lost(shown(report(), results), report()) == []


@every_form
def test_a_number_that_differs_is_found(shown: Shown, results: Path) -> None:
    """The comparison above can fail: one digit of one cell is another."""
    other = report()
    other["blocks"][6]["groups"][0]["rows"][0]["cells"][0] = "113"
    assert "113" in lost(shown(report(), results), other)


@every_form
def test_no_number_comes_from_elsewhere(shown: Shown, results: Path) -> None:
    """But for those of pages, captions and a figure's axes."""
    said = set(NUMBER.findall(" ".join(printed.texts(report()))))
    found = set(NUMBER.findall(shown(report(), results)))
    assert {"112", "1,034", "−0.57", "25.9", "220"} <= found
    assert {number for number in found - said if len(number) > 1} == set()


@every_form
def test_what_looks_like_markup_is_text(shown: Shown, results: Path) -> None:
    hostile = [
        '<img src=x onerror="alert(1)">',
        "#import \"@preview/x:1.0.0\": *; #panic() $x^2$ *b* _i_ `r` \\u{41} // gone",
        '=HYPERLINK("http://x","y")',
        "]]></w:t><w:br/>&lt;&amp;",
        "{{ 7 * 7 }} {% raw %}",
        "a -- b ... \"quoted\" 'so' @label <label>",
    ]  # fmt: skip
    rows = tuple(Row(text, (text,), "a", text) for text in hostile)
    table = Table("h", hostile[0], hostile[1], (Column(hostile[2]),), (Group(hostile[3], rows),))
    tree = report(Heading(1, hostile[1], "h1"), *map(Paragraph, hostile), table)
    assert lost(shown(tree, results), tree) == []


@pytest.mark.parametrize("shown", [of_word, of_pdf])
def test_letters_that_no_file_may_hold_are_shown_as_such(shown: Shown, results: Path) -> None:
    tree = report(Paragraph("one\x0btwo\ud800three\nfour"))
    assert "one\ufffdtwo\ufffdthreefour" in bare(shown(tree, results))


@every_form
@pytest.mark.parametrize("letter", ["W", "wide ", "汉"])
def test_a_label_of_300_letters_is_whole(shown: Shown, results: Path, letter: str) -> None:
    label = (letter * 300)[:300].strip()
    table = Table("l", label, label, (Column(label), Column("n", "left")),
                  (Group(label, (Row(label, (label, label)),)),))  # fmt: skip
    tree = report(Heading(1, label, "l1"), Paragraph(label), table)
    assert lost(shown(tree, results), tree) == []


@every_form
@pytest.mark.parametrize("label", ["Ευεξία", "Благополучие", "é\u0301"])
def test_another_script_is_kept(shown: Shown, results: Path, label: str) -> None:
    assert label in bare(shown(report(Paragraph(label)), results))


@pytest.mark.parametrize(
    ("label", "unknown"), [("健康", True), ("कल्याण", False), ("שלום", False), ("رفاه", False)]
)
def test_the_pdf_keeps_letters_that_its_fonts_join_or_lack(
    results: Path, label: str, unknown: bool
) -> None:
    """Where a sign stands for several letters, a PDF says beside it which they are (ActualText);
    pypdf does not read that."""
    content, lacks = render_pdf(report(Paragraph(label)), results)
    pages = PdfReader(BytesIO(content)).pages
    said = [page.extract_text() for page in pages]
    with Pdf.open(BytesIO(content)) as pdf:
        for page in pdf.pages:
            for operands, operator in parse_content_stream(page):
                if str(operator) == "BDC" and "/ActualText" in operands[1]:
                    said.append(str(operands[1].ActualText))
    assert set(label) <= set("".join(said))
    assert unknown or not lacks  # of the first, a machine may have a font


def test_the_step_says_that_letters_have_no_font(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = results / "report.pdf"
    write_json(report(Paragraph("\U0010fffd")), results / "report.json")  # no font has it
    pdf_step.pdf(results / "report.json", results, out)
    assert "no font here has some of its letters" in capsys.readouterr().out
    write_json(report(Paragraph("Wellbeing")), results / "report.json")
    pdf_step.pdf(results / "report.json", results, out)
    assert capsys.readouterr().out == ""


@every_form
def test_a_report_without_tables_figures_or_banner(shown: Shown, results: Path) -> None:
    tree = report(Heading(1, "Alone", "a"), Paragraph("Nothing else."), banner="")
    assert lost(shown(tree, results), tree) == []
    assert "SYNTHETIC" not in shown(tree, results)
    empty = report(Paragraph("No heading."))
    assert lost(shown(empty, results), empty) == []


@every_form
def test_60_columns_and_no_rows_are_whole(shown: Shown, results: Path) -> None:
    columns = tuple(Column(f"c{number}") for number in range(60))
    wide = Table("w", "Wide", "row", columns, (Group("", (Row("r", ("1,234.5",) * 60),)),))
    none = Table("e", "Empty", "row", columns[:2], (Group("", ()),))
    tree = report(wide, none)
    said = bare(shown(tree, results))
    assert lost(shown(tree, results), tree) == [] and said.count("1,234.5") == 60


@pytest.mark.parametrize("ending", ["svg", "png"])
@pytest.mark.parametrize("render", [render_html, render_word, render_pdf])
def test_a_missing_figure_is_named(
    render: Callable[[dict[str, Any], Path], Any], ending: str, results: Path
) -> None:
    (results / "figures" / f"tall.{ending}").unlink()
    if render is not render_word and ending == "png":
        render(report(), results)  # they show SVG alone
        return
    with pytest.raises(CespError, match=rf"figures/tall\.{ending}: .*; run the study first"):
        render(report(), results)


@pytest.mark.parametrize("step", ["render", "word", "pdf"])
@pytest.mark.parametrize(("form", "said"), [(None, "older than 2"), (1, "1"), (99, "99")])
def test_a_report_of_another_version_is_one_clear_line(
    step: str, form: int | None, said: str, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = report() | {"form": form}
    write_json({k: v for k, v in tree.items() if v is not None}, results / "report.json")
    where = ["--report", str(results / "report.json"), "--results", str(results)]
    assert main([step, *where, "--out", str(results / "out")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(
        f"report.json: another version of the program made it (its form is {said}, here it is"
        " 2): run the study (cesp run DIR) to make the results again"
    )


@pytest.mark.parametrize("step", ["word", "pdf"])
def test_the_same_bytes_from_any_folder_at_any_time(
    step: str, tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_json(report(), results / "report.json")
    other = printed.figures(tmp_path / "other place")
    write_json(report(), other / "report.json")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    where = ["--report", "results/report.json", "--results", "results", "--out", "one"]
    assert main([step, *where]) == 0
    monkeypatch.chdir(other)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    report_of_other = str(other / "report.json")
    where = ["--report", report_of_other, "--results", str(other), "--out", "two"]
    assert main([step, *where]) == 0
    first, second = (tmp_path / "one").read_bytes(), (other / "two").read_bytes()
    assert first == second
    assert str(tmp_path).encode() not in first


@pytest.mark.parametrize("step", ["render", "word", "pdf"])
@pytest.mark.parametrize("text", ["study: {id: x}\n", "[1]\n"])
def test_what_is_no_report_is_said_in_one_line(
    step: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "config.yaml"
    own.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    assert main([step, "--report", str(own), "--results", str(tmp_path), "--out", str(out)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith(f"{own}: is no ") and not out.exists()

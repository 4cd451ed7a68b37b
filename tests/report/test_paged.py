"""Layout on paper: widths, directions of pages, parts of tall figures."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.errors import CespError
from cesp_analysis.report.blocks import Column, Figure, Group, Heading, Paragraph, Row, Table
from cesp_analysis.report.paged import TALLEST, TWICE, parts_of, runs
from cesp_analysis.report.paged_table import ACROSS, PADDING, UPRIGHT, header_rows, laid_out
from cesp_analysis.report.texts import BREAK, breakable, ems, interval_parts, printable, words
from printed_report import report


def table(*cells: str, align: Any = "right", header: str = "h", stub: str = "row") -> Any:
    made = Table("t", "c", "s", tuple(Column(header, align) for _ in cells),
                 (Group("", (Row(stub, cells),)),))  # fmt: skip
    return report(made)["blocks"][0]


@pytest.mark.parametrize("columns", [1, 5, 8, 12, 18, 30, 90])
@pytest.mark.parametrize("align", ["left", "right", "wrap", "phrase"])
def test_nothing_is_wider_than_its_page(columns: int, align: Any) -> None:
    layout = laid_out(table(*["123.45 (1.2 to 3.4)"] * columns, align=align))
    assert sum(layout.widths) <= (ACROSS if layout.across else UPRIGHT) + 0.5  # rounded widths
    assert len(layout.widths) == columns + 1
    if layout.whole:
        text = "(1.2 to 3.4)" if align != "right" else "123.45 (1.2 to 3.4)"
        room = min(layout.widths[1:]) - PADDING
        assert room >= (0 if align == "left" else ems(text) * layout.size * 0.999)


def test_the_first_layout_that_holds_is_taken() -> None:
    tried = [laid_out(table(*["1,234,567.8"] * columns)) for columns in range(1, 40)]
    seen = [(one.whole, one.across, one.size) for one in tried]
    order = [(True, False, 8.5), (True, False, 7.5), (True, True, 8.5), (True, True, 7.5),
             (True, True, 6.5), (False, True, 6.5)]  # fmt: skip
    assert list(dict.fromkeys(seen)) == order


def test_a_broader_face_needs_more_room() -> None:
    narrow, broad = (laid_out(table("1,234,567.8"), stretch) for stretch in (1.0, 1.2))
    assert broad.widths[1] - PADDING == pytest.approx((narrow.widths[1] - PADDING) * 1.2, abs=0.02)


def test_long_prose_takes_what_numbers_leave() -> None:
    made = Table("t", "c", "s", (Column("n"), Column("why", "left")),
                 (Group("", (Row("row", ("12", "word " * 60)),)),))  # fmt: skip
    _, number, prose = laid_out(report(made)["blocks"][0]).widths
    assert prose > 300 > 30 > number


def test_spanners_stand_above_their_neighbours_alone() -> None:
    columns = [{"spanner": spanner} for spanner in ("", "", "a", "a", "b", "", "a")]
    assert header_rows(columns) == [("", 1), ("", 1), ("a", 2), ("b", 1), ("", 1), ("a", 1)]
    assert header_rows(columns[:2]) == []


def test_headings_go_to_the_pages_of_what_they_head() -> None:
    wide = Table("w", "c", "s", tuple(Column("Column") for _ in range(12)),
                 (Group("", (Row("r", ("1,234,567.8",) * 12),)),))  # fmt: skip
    blocks = report(Heading(1, "A", "a"), wide, wide, Paragraph("p"), Heading(1, "B", "b"),
                    Heading(2, "C", "c"), wide)["blocks"]  # fmt: skip
    found = [(run.across, [block["kind"] for block, _ in run.blocks]) for run in runs(blocks, 1)]
    assert found == [
        (True, ["heading", "table", "table"]),
        (False, ["paragraph"]),
        (True, ["heading", "heading", "table"]),
    ]


def svg(folder: Path, width: float, height: float) -> Path:
    path = folder / "f.svg"
    path.write_text(f'<svg width="1pt" viewBox="0 0 {width} {height}">', "utf-8")
    return path


@pytest.mark.parametrize(
    ("width", "height", "parts"),
    [(400, 300, 1), (900, 300, 1), (480, 800, 1), (480, 900, 2), (480, 2425, 5), (240, 2425, 5)],
)
def test_a_figure_is_whole_in_its_parts(
    tmp_path: Path, width: float, height: float, parts: int
) -> None:
    found = parts_of(svg(tmp_path, width, height))
    assert len(found) == parts
    assert found[0].top == 0 and found[-1].bottom == 1
    for one in found:
        assert one.width <= UPRIGHT + 0.01 and one.height <= TALLEST + 0.01
        shown = (one.bottom - one.top) * height
        assert one.width / width == pytest.approx(one.height / shown)  # not distorted
        assert one.width / width >= 0.5
    for above, below in pairwise(found):
        assert (above.bottom - below.top) * height * found[0].width / width == pytest.approx(TWICE)


def test_a_figure_that_does_not_say_its_size_is_named(tmp_path: Path) -> None:
    (tmp_path / "f.svg").write_text("<svg>", "utf-8")
    with pytest.raises(CespError, match=r"f\.svg: does not say how large it is"):
        parts_of(tmp_path / "f.svg")
    with pytest.raises(CespError, match=r"gone\.svg: .*run the study first"):
        parts_of(tmp_path / "gone.svg")


def test_words_break_only_where_they_have_to() -> None:
    assert breakable("short words", 50) == "short words"
    broken = breakable("short " + "x" * 30, 10)
    assert broken.replace(BREAK, "") == "short " + "x" * 30
    assert broken.startswith("short ") and broken.count(BREAK) == 29
    assert breakable("e\u0301" * 30, 5).count("e" + BREAK) == 0, "a mark stays with its letter"
    assert breakable("did_all/well/12m", 6) == f"did_all/{BREAK}well/{BREAK}12m"
    assert words("a path/to/it") == ["a", "path/", "to/", "it"]
    assert interval_parts("5 (1 to 2), (x)") == [
        ("5 ", False),
        ("(1 to 2)", True),
        (", (x)", False),
    ]


def test_letters_have_about_the_width_of_type() -> None:
    """Libertinus Serif's and Arial's digits are 0.465 and 0.556 em wide."""
    assert ems("0123456789") == pytest.approx(10 * 0.52)
    assert ems("健康") == 2 and ems("e\u0301\u200b") == ems("e") and ems("W") > ems("i")


def test_what_no_file_may_hold_is_replaced() -> None:
    assert (
        printable("a\x00b\x1fc\ud800\ufffe d\te\nf\x7f")
        == "a\ufffdb\ufffdc\ufffd\ufffd d e f\ufffd"
    )
    assert printable("Ünïcode 健康 😀") == "Ünïcode 健康 😀"


def test_the_small_print_of_a_row_has_room() -> None:
    narrow = laid_out(table("1", stub="All"))
    made = Table(
        "t", "c", "s", (Column("h"),), (Group("", (Row("All", ("1",), "", "word " * 9),)),)
    )
    assert laid_out(report(made)["blocks"][0]).widths[0] > 4 * narrow.widths[0]


def test_a_figure_has_no_layout_of_a_table() -> None:
    blocks = report(Figure("f", "c", "a", "f.svg", "f.png"))["blocks"]
    assert [layout for run in runs(blocks, 1) for _, layout in run.blocks] == [None]

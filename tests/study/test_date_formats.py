"""Formats of one list may not read a cell as different days."""

from datetime import date, datetime, timedelta
from itertools import combinations, permutations
from typing import Any

import pandas as pd
import pytest

from cesp_analysis.cells import dates_in
from cesp_analysis.study.date_formats import read_differently
from cesp_analysis.study.questions import faulty_formats


@pytest.mark.parametrize(
    ("formats", "pairs"),
    [
        (["%d.%m.%Y", "%m.%d.%Y"], 1),
        (["%d.%m.%y", "%y.%m.%d"], 1),
        (["%d.%m.%y", "%m.%d.%y"], 1),
        (["%Y-%m-%d", "%Y-%d-%m"], 1),
        (["%d%m%Y", "%Y%m%d"], 0),  # 20031105 is 20 March 1105 to one: no study's
        (["%Y%m%d", "%d%m%y"], 0),  # 050311 is no day of the year 503, nor 200324 of 2003
        (["%d%m%y", "%Y%m%d"], 0),
        (["%d%m%y", "%Y.%m.%d"], 0),
        (["%d/%m/%Y", "%d/%m/%y", "%m/%d/%Y", "%m/%d/%y"], 2),
        (["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"], 1),
        (["excel", "excel_1904"], 1),
        (["%y%m%d", "excel"], 1),  # 040201 is 1 February 2004, and a spreadsheet's 40201
        (["%d%m%y", "excel"], 1),
        (["%d%m%Y", "excel"], 0),  # 4112024 lacks a digit, and no study is of that serial number
        (["%d%m%Y", "%m%d%Y"], 1),
        (["%d%m%Y", "%d%m%y"], 0),
        (["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "excel"], 0),
        (["%d/%m/%Y", "%d/%m/%y"], 0),
        (["%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y%m%d"], 0),
        (["%d %b %Y", "%d %B %Y"], 0),  # May is both, and one day
        (["%d/%m/%Y", "%d/%m/%Y"], 0),
        (["%d/%m/%Y"], 0),
        ([], 0),
    ],
)
def test_which_pairs_read_a_cell_differently(formats: list[str], pairs: int) -> None:
    found = list(read_differently(formats))
    assert len(found) == pairs
    assert all(first != second for *_, first, second in found)


def test_the_cell_and_both_days_are_told() -> None:
    (found,) = read_differently(["%d.%m.%Y", "%m.%d.%Y"])
    assert found[2:] == ("08.12.2018", date(2018, 12, 8), date(2018, 8, 12))


def test_a_format_that_is_none_does_not_hide_two_that_are() -> None:
    said = list(faulty_formats("at", ["%d.%m.%Y", "dmy", "%m.%d.%Y"]))
    assert [line.split(" ")[1] for line in said] == ["'dmy'", "'%d.%m.%Y'"]


@pytest.mark.parametrize("formats", [("%d%m%Y", "%Y%m%d"), ("%d%m%y", "%Y%m%d")])
def test_the_reader_takes_what_the_rule_takes_for_the_day(formats: tuple[str, str]) -> None:
    """Whichever format stands first, each cell is the day that was written."""
    days = [
        date(2003 + year, 1 + (5 * year) % 12, day) for year in range(28) for day in range(1, 29)
    ]
    for written in formats:
        cells = pd.Series([day.strftime(written) for day in days])
        for order in (formats, formats[::-1]):
            assert dates_in(cells, order).dt.date.tolist() == days


def test_a_single_format_reads_any_year() -> None:
    """It is listed as outside the period, not as no date."""
    cells = pd.Series(["0203-01-05", "9999-12-31"])
    assert dates_in(cells, ["%Y-%m-%d"]).dt.year.tolist() == [203, 9999]
    assert dates_in(cells, ["%d.%m.%Y", "%Y-%m-%d"]).dt.year.tolist() == [203, 9999]


@pytest.mark.parametrize(
    ("written", "whole", "short"),
    [
        ("%d%m%Y", "01112024", "1112024"),  # not 11 January
        ("%d%m%Y", "03012024", "3012024"),  # not 30 January
        ("%m%d%Y", "01112024", "1112024"),
        ("%Y%m%d", "20241101", "2024111"),
        ("%d%m%y", "011124", "11124"),
        ("%y%m%d", "030405", "30405"),
        ("%m%y", "0124", "124"),
        ("%Y%j", "2024009", "20249"),
        ("%d%m%Y%H%M", "011120240905", "11120240905"),
        ("%d%m%Y %H:%M", "01112024 9:05", "1112024 9:05"),
        ("%d%m %Y", "0111 2024", "111 2024"),
        ("on %d%m%Y", "On 01112024", "On 1112024"),
        ("%%%d%m%Y", "%01112024", "%1112024"),
    ],
)
def test_parts_in_a_row_need_all_their_digits(written: str, whole: str, short: str) -> None:
    found = dates_in(pd.Series([whole, short]), [written])
    assert found.notna().tolist() == [True, False]
    assert found[0].date() == datetime.strptime(whole, written).date()


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("%d/%m/%Y", "1/2/2024"),
        ("%d/%m/%Y %H%M", "1/2/2024 930"),  # in a row are parts of the time alone
        ("%d%b%Y", "1Feb2024"),
        ("%Y%m%d", "20240201"),
    ],
)
def test_where_a_part_ends_is_known(written: str, cell: str) -> None:
    assert dates_in(pd.Series([cell]), [written])[0].date() == date(2024, 2, 1)


def test_a_near_year_goes_before_a_far_one() -> None:
    cells = pd.Series(["20031105", "20032004"])
    assert dates_in(cells, ["%d%m%Y", "%Y%m%d"]).dt.strftime("%Y-%m-%d").tolist() == [
        "2003-11-05", "2004-03-20",
    ]  # fmt: skip


def test_a_few_days_show_what_any_day_shows() -> None:
    """Formats without separators, whose parts may be cut otherwise."""
    formats = [
        "".join(parts) for year in ("%Y", "%y") for parts in permutations(("%d", "%m", year))
    ]
    days = [date(2000, 1, 1) + timedelta(7 * week) for week in range(1_600)]
    cells = {written: pd.Series([day.strftime(written) for day in days]) for written in formats}
    for one, other in combinations(formats, 2):
        both = pd.concat([cells[one], cells[other]], ignore_index=True)
        first, second = (in_practice(both, written) for written in (one, other))
        shown = bool((first.notna() & second.notna() & (first != second)).any())
        assert bool(list(read_differently([one, other]))) == shown, (one, other)


def in_practice(cells: "pd.Series[Any]", written: str) -> "pd.Series[Any]":
    """Days of years that a study may have, as the reader reads them."""
    days = dates_in(cells, [written])
    return days.where(days.dt.year.between(1800, 2199))

"""What the attack finds by looking: a file is changed in one place, and one line says so."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import left_in
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.withheld import WITHHELD

HOW = Disclosure(threshold=10, sizes_to=5)
KNOWN = "fuwtv37xuw2ej63o"
ACCOUNT = (
    "table,column,done,cells,few,along,rows_left\n"
    "tables/dictionary,,stays,0,0,0,0\n"
    "tables/flow,n,counts,3,0,0,0\n"
    "tables/flow,step,shown,3,0,0,0\n"
    "tables/means,n,sizes,3,0,0,0\n"
)


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def found(path: Path, table: str, *rows: dict[str, Any], **more: Any) -> list[str]:
    """What stands in a table of these rows, whose other cells are empty, and may not."""
    columns = [*more.get("first", ()), *TABLES[table].contract.columns(), WITHHELD]
    columns = [name for name in columns if name not in more.get("without", ())]
    lines = [",".join(str(row.get(name, "")) for name in columns) for row in rows]
    put(path, "\n".join([",".join(columns), *lines]) + "\n")
    return list(left_in.faults(path, f"tables/{table}", TABLES[table], HOW))


def test_each_table_that_was_released_and_is_not_there_is_named_once(tmp_path: Path) -> None:
    put(tmp_path / "released.csv", ACCOUNT)
    put(tmp_path / "tables/means.csv", "n\n")
    assert list(left_in.lacking(tmp_path)) == [
        "tables/flow.csv: there is no such file, but released.csv says that it was released"
    ]
    put(tmp_path / "tables/flow.csv", "n\n")
    assert list(left_in.lacking(tmp_path)) == []


@pytest.mark.parametrize("account", [b"table,column\n", b"", b"table,column,done\n\xe9,,\n"])
def test_an_account_that_nobody_can_read_is_said(account: bytes, tmp_path: Path) -> None:
    put(tmp_path / "released.csv", account)
    assert list(left_in.lacking(tmp_path)) == ["released.csv: is not what the step release wrote"]


@pytest.mark.parametrize(
    ("content", "text"), [("é".encode(), True), (b"", True), ("é".encode("latin-1"), False)]
)
def test_text_is_what_can_be_read_as_utf_8(content: bytes, text: bool, tmp_path: Path) -> None:
    assert left_in.is_text(put(tmp_path / "a.csv", content)) is text


def in_figure(folder: Path, name: str, text: str) -> list[str]:
    path = put(folder / f"{name}.csv", text)
    return list(left_in.of_figure(path, f"figures/{name}", HOW))


def test_a_figure_of_single_people_is_named_and_not_read(tmp_path: Path) -> None:
    assert in_figure(tmp_path, "trajectories_person", "n\n3\n") == [
        "figures/trajectories_person.csv: is of no figure that may leave; remove it"
    ]


def test_small_numbers_of_people_behind_a_figure_are_named(tmp_path: Path) -> None:
    """10 is not small, nobody may be told, a score of 9 counts no people."""
    text = "n,score,people\n10,9,0\n9,2,10\n12,3,1\n<10,,[c]\n"
    assert in_figure(tmp_path, "means_person", text) == [
        "figures/means_person.csv, line 3, n: tells a number of people: 9",
        "figures/means_person.csv, line 4, people: tells a number of people: 1",
    ]


def test_a_pseudonym_behind_a_figure_is_named(tmp_path: Path) -> None:
    text = f"panel,x\nnorth,1\n{KNOWN},2\n{KNOWN}s,3\n"
    assert in_figure(tmp_path, "means_person", text) == [
        "figures/means_person.csv, line 3, panel: holds a pseudonym"
    ]


def test_cells_beyond_the_columns_are_named_and_lacking_ones_are_none(tmp_path: Path) -> None:
    """Nobody looks at what stands there, so nothing may."""
    text = f"x,n\n1\n1,12,{KNOWN}\n1,12\n"
    assert in_figure(tmp_path, "means_person", text) == [
        "figures/means_person.csv, line 3: has more cells than there are columns"
    ]


PLAIN = {"outcome": "score", "n_units": 130, "n_obs": 130, "ci_low": 1.6, "ci_high": 5.3}
"""An estimate as it may leave."""


def test_an_estimate_as_it_may_leave_is_no_fault(tmp_path: Path) -> None:
    assert found(tmp_path / "a.csv", "estimates", PLAIN, PLAIN) == []


def test_columns_more_or_fewer_than_a_table_has_are_named(tmp_path: Path) -> None:
    own = found(tmp_path / "a.csv", "estimates", PLAIN, first=("id", "born"))
    assert own == ["tables/estimates.csv: has columns that may not leave: id, born"]
    own = found(tmp_path / "a.csv", "estimates", PLAIN, without=("study", WITHHELD))
    assert own == ["tables/estimates.csv: lacks columns of a released table: study, withheld"]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"reason": "9 people left"}, "reason: tells a number of people: '9 people left'"),
        ({"warnings": "13 people left"}, "warnings: tells a number of people: '13 people left'"),
        ({"n_units": 128}, "n_units: is not rounded, and tells how many"),
        ({"n_obs": 133.0}, "n_obs: is not rounded, and tells how many"),
        ({"method": KNOWN}, "method: holds a pseudonym"),
        ({"ci_low": 1.56, "ci_high": 5.31}, "ci_low: its width tells of how many it is"),
    ],
)
def test_what_may_not_stand_in_a_row_is_named_with_its_line(
    cells: dict[str, Any], said: str, tmp_path: Path
) -> None:
    own = found(tmp_path / "a.csv", "estimates", PLAIN, PLAIN | cells)
    assert own == [f"tables/estimates.csv, line 3, {said}"]


def test_a_row_with_more_cells_than_columns_is_named(tmp_path: Path) -> None:
    cells = {WITHHELD: f",{KNOWN}"}
    own = found(tmp_path / "a.csv", "estimates", PLAIN, PLAIN | cells)
    assert own == ["tables/estimates.csv, line 3: has more cells than there are columns"]


def test_what_is_to_be_left_empty_is_named(tmp_path: Path) -> None:
    own = found(tmp_path / "a.csv", "identities", {"identity": "sum"}, {"one": 0.5})
    assert own == ["tables/identities.csv, line 3: holds what is to be left empty"]


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"n_units": "130", "n_obs": ""}, []),
        ({"n_units": "128", "n_obs": "130"}, ["n_units"]),
        ({"n_clusters": "12", "cluster_level": "neighbourhood"}, []),
        ({"n_clusters": "128", "cluster_level": "person"}, ["n_clusters"]),
        ({"n_clusters": "130", "cluster_level": "respondent"}, []),
        ({"n_clusters": "", "cluster_level": "person"}, []),
        ({"cluster_level": "person"}, []),
        ({"n_clusters_treated": "61", "cluster_level": "respondent"}, ["n_clusters_treated"]),
    ],
)
def test_sizes_that_are_not_rounded_are_found(cells: dict[str, str], named: list[str]) -> None:
    """Clusters of one person each are as many as people."""
    assert list(left_in._exact(TABLES["estimates"], cells, HOW)) == named


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"value": "0.5", "ci_low": "0.4", "icc": "0.1", WITHHELD: ""}, []),
        ({"value": "0.5", WITHHELD: "numerator few 10"}, []),
        ({"value": "", WITHHELD: "value along | numerator few 10"}, []),
        ({"ci_low": "0.4", WITHHELD: "value along"}, ["ci_low"]),
        ({"exact_low": "0.4", "icc": "0.1", WITHHELD: "numerator few 10 | value along"},
         ["exact_low", "icc"]),
        ({"deff": "1.2", WITHHELD: "value along"}, ["deff"]),
    ],
)  # fmt: skip
def test_a_share_that_is_withheld_is_told_by_nothing_beside_it(
    cells: dict[str, str], named: list[str]
) -> None:
    assert list(left_in._telling(TABLES["rates"], cells)) == named


def test_shares_of_other_parts_may_stand_beside_one_that_is_withheld() -> None:
    row = {"floor": "", "ceiling": "0.20", WITHHELD: "floor along"}
    assert list(left_in._telling(TABLES["measurability"], row)) == []


@pytest.mark.parametrize(
    ("n", "low", "high", "named"),
    [
        ("100", "0.1", "8.1", []),  # 100 × 0.1 / 4 = 2.5 values, half of the 5 that are needed
        ("100", "0.1", "8.3", ["ci_low"]),  # 2.4
        ("100", "0", "8.1", ["ci_low"]),  # of 0 no place is known: that of the other end
        ("100", "-8.1", "-0.1", []),
        ("100", "10", "90", []),  # the place of the last digit is 10: 25 values
        ("100", "11", "91", []),  # 2.5
        ("100", "11", "93", ["ci_low"]),
        ("100", "11.0", "20", ["ci_low"]),  # the finer of the two ends
        ("100", "5.0", "5.0", []),  # no width
        ("", "0.1", "8.3", []),
        ("100", "", "8.3", []),
        ("100", "0.1", "", []),
    ],
)
def test_an_interval_tells_of_how_many_it_is_by_its_digits(
    n: str, low: str, high: str, named: list[str]
) -> None:
    row = {"n_units": n, "ci_low": low, "ci_high": high}
    assert list(left_in._narrow(TABLES["estimates"], row, HOW)) == named


def test_the_ends_of_events_a_month_have_two_digits_whatever_their_number() -> None:
    row = {"recruited": "10", "per_month": "1.2", "ci_low": "0.62", "ci_high": "2.1"}
    assert list(left_in._narrow(TABLES["projection"], row, HOW)) == []


def test_each_interval_is_measured_by_the_size_that_it_rests_on() -> None:
    """3 of the 20 of the retest are few values; of the 100 of the row they would not be."""
    row = {"n": "", "retest_n": "20", "sem": "3.0", "sem_low": "1.0", "sem_high": "3.0"}
    assert list(left_in._narrow(TABLES["measurability"], row, HOW)) == ["sem_low"]
    wide = row | {"sem_low": "1", "sem_high": "3"}
    assert list(left_in._narrow(TABLES["measurability"], wide, HOW)) == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [("3.4", 0.1), ("-3.45", 0.01), ("120", 10.0), ("-1200", 100.0), ("7", 1.0), ("105", 1.0),
     ("0", 0.0), ("-0", 0.0), ("0.0", 0.1), ("10.0", 0.1)],
)  # fmt: skip
def test_the_place_of_the_last_digit_that_a_number_says(text: str, unit: float) -> None:
    assert left_in._unit(text) == pytest.approx(unit, rel=1e-12)

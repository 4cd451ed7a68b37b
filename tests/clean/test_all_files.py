"""All files of a study cleaned together: the register first, and what no entry reads."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.clean import _cleaned, _in_order, clean, lacking
from cesp_analysis.schemas import DataProblems, Events, Ledger, Raw, Records, Visits
from cleaned_parts import entry, listed, raw, spec, values

SITES = [
    {"name": "north", "label": "North End", "arm": "intervention"},
    {"name": "south", "label": "South End", "arm": "control"},
]
ARMS = {"intervention": "New service", "control": "As usual"}
REGISTER: dict[str, Any] = {"path": "people.csv", "unit": "id", "lists_people": True,
                            "one_row_per": "unit", "site": {"column": "at"}}  # fmt: skip


def test_the_register_is_cleaned_first_wherever_config_names_it() -> None:
    """Files keep config's order; sites and arms are read by name and by label."""
    files = {
        "days": entry(unit="id", arm={"column": "arm"}, variables={"s": {}}),
        "people": entry(**REGISTER),
        "log": entry(level="other", unit="no", variables={"whom": {"type": "id"}}),
        "of": entry(level="other", unit="no", variables={"whom": {"type": "id"}}),
    }
    told = raw(no=["1", "2"], whom=["P1", "P8"])
    tables = {
        "days": raw(id=["P1", "P9", "P2"], s=["1"] * 3,
                      arm=["New service", "control", "control"]),
        "people": raw(id=["P1", "P2", "P3"], at=["North End", "south", "West"]),
        "log": told, "of": told,
    }  # fmt: skip
    how = spec(files, sites=SITES, arms=ARMS, of_alters={"of": ["whom"]})
    found = _cleaned(tables, how)
    assert list(found) == list(files)
    assert values(found["people"].records["site"]) == ["north", "south"]
    assert values(found["days"].records["arm"]) == ["intervention", "control"]
    assert values(found["days"].ledger["reason"]) == [None, "unknown_person", None]
    assert [row[:4] for row in listed(found["log"].problems)] == [(3, "whom", "unlinked_id", "P8")]
    assert found["of"].problems.empty


def test_without_a_register_everybody_is_somebody() -> None:
    found = _cleaned(
        {"v": raw(id=["P9"], s=["1"])}, spec({"v": entry(unit="id", variables={"s": {}})})
    )
    assert len(found["v"].records) == 1 and found["v"].problems.empty


def test_only_the_file_of_invitations_may_hold_equal_rows_without_an_id() -> None:
    table = raw({"same_as": {3: 2}}, area=["n1", "n1"])
    files = {name: entry(level="other") for name in ("sent", "other")}
    found = _cleaned(dict.fromkeys(files, table), spec(files, invitations="sent"))
    assert {name: [row[2] for row in listed(one.problems)] for name, one in found.items()} == {
        "sent": [], "other": ["exact_duplicate"],
    }  # fmt: skip


def test_a_row_that_no_entry_reads_is_listed_with_the_first_of_its_file() -> None:
    """Its line stands in the ledger with that reason; the others keep theirs."""
    table = raw(id=["a", "b", "c"], kind=["x", "y", "z"], s=["1", "?", "3"])
    how: dict[str, Any] = {"unit": "id", "variables": {"s": {}}}
    files = {kind: entry(rows={"kind": [kind]}, **how) for kind in "xy"}
    found = _cleaned(dict.fromkeys("xy", table), spec(files))
    assert listed(found["x"].problems) == [(4, "", "unclaimed_record", "4", "set aside")]
    assert values(found["x"].ledger["reason"]) == [None, "other_rows", "unclaimed_record"]
    assert values(found["y"].ledger["reason"]) == ["other_rows", None, "other_rows"]
    assert [row[:3] for row in listed(found["y"].problems)] == [(3, "s", "not_a_number")]


def test_what_config_asks_for_and_a_file_lacks_is_told_of_every_file() -> None:
    long = {"question": "item", "answer": "said"}
    one = entry(path="one.csv", unit="id", rows={"kind": ["x"]})
    two = entry(path="two.csv", unit="id", long_format=long, variables={"s": {}})
    tables = {
        "one": raw(id=["a"], kind=["y"]),
        "two": raw(id=["a"], item=["s"], said=["1"], s=["2"]),
    }
    first, second = lacking(tables, tables, spec({"one": one, "two": two}))
    assert first.startswith("one.csv: kind: no row holds 'x'")
    assert second.startswith("two.csv: 's' is a column, and a question")


def test_categories_are_written_in_the_order_of_the_alphabet() -> None:
    table = pd.DataFrame({
        "site": pd.Categorical(["south", "north"], ["south", "west", "north"]),
        "time": pd.Series(["t2", "t1"], dtype="str"), "s": [1.0, 2.0],
    })  # fmt: skip
    found = _in_order(table)
    assert found["site"].cat.categories.tolist() == ["north", "south"]
    assert values(found["site"]) == ["south", "north"] and found["time"].dtype == "str"


def test_the_step_writes_records_and_what_became_of_each(tmp_path: Path) -> None:
    """One visit of P1 in its window and one outside, one of nobody; P2 withdrew."""
    dated = {"type": "date", "format": "%Y-%m-%d"}
    files = {
        "days": entry(unit="id", time={"by": "window"}, variables={"s": {}},
                      date={"column": "day", "format": "%Y-%m-%d"}),
        "people": entry(**REGISTER, variables={"start": dated, "left": dated}),
    }  # fmt: skip
    left = {"label": "Left", "kind": "withdrawal", "file": "people", "date": "left"}
    windows: dict[str, Any] = {"windows": {"before": (0, 9)}, "positions": {"before": 0}}
    since = {"visits": {"since": "start"}, "time_days": 1.0}
    how = spec(files, sites=SITES, events={"left": left}, **windows, **since)
    days = raw(id=["P1", "P1", "P9"], day=["2024-01-02", "2024-02-02", "2024-01-01"], s=["1"] * 3)
    people = raw(id=["P1", "P2"], at=["north", "south"], start=["2024-01-01"] * 2,
                 left=["", "2024-01-05"])  # fmt: skip
    made = {name: tmp_path / name for name in ("ledger", "problems", "visits", "events")}
    paths = {name: path.with_suffix(".parquet") for name, path in made.items()}
    for name, table in {"days": days, "people": people}.items():
        contracts.write(table, tmp_path / f"{name}.parquet", Raw)
    clean(how.model_dump_json(), tmp_path, tmp_path / "out", **paths)
    said = {name: contracts.read(paths[name], table) for name, table in (
        ("ledger", Ledger), ("problems", DataProblems), ("visits", Visits), ("events", Events),
    )}  # fmt: skip
    aside = ["outside_windows", "unknown_person"]
    assert values(said["ledger"]["reason"]) == [None, *aside, None, None]
    assert sorted(said["problems"]["kind"]) == aside
    assert values(said["visits"]["elapsed"]) == [1, 32]
    assert values(said["events"]["unit"]) == ["P2"] and values(said["events"]["elapsed"]) == [4]
    held = {name: contracts.read(tmp_path / "out" / f"{name}.parquet", Records) for name in files}
    assert values(held["days"]["time"]) == ["before"]
    assert values(held["people"]["unit"]) == ["P1", "P2"]

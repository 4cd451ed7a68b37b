"""The record of process: every record is in a row, and a month's number beside its people."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.integration.context import ContextEvent
from cesp_analysis.integration.tables import ProcessEvents
from cesp_analysis.integration.timeline import (
    by_month,
    context_rows,
    meetings,
    process_events,
    waves,
)

CONTACTS = pd.DataFrame(
    {
        "unit": ["p1", "p1", "p2", "p1", "p3", "p4"],
        "date": ["2023-02-01", "2023-02-28", "2023-02-03", "2024-02-01", None, "2023-02-09"],
        "site": ["here"] * 5 + ["there"],
    }
)


def test_contacts_by_month_and_site() -> None:
    rows = list(by_month("contacts", CONTACTS, "Contacts kept", "contacts"))
    told = [(r["site"], r["date"], r["until"], r["number"], r["people"]) for r in rows]
    assert told == [
        ("here", None, None, 1, 1), ("here", "2023-02-01", "2023-02-28", 3, 2),
        ("here", "2024-02-01", "2024-02-29", 1, 1), ("there", "2023-02-01", "2023-02-28", 1, 1),
    ]  # fmt: skip
    assert rows[0]["label"] == "Contacts kept, without a date"
    assert sum(row["number"] for row in rows) == len(CONTACTS)


def test_sites_of_people_where_records_do_not_say_them() -> None:
    site_of = {"p1": "here", "p2": "there"}
    rows = by_month("fidelity", CONTACTS.drop(columns="site"), "Ratings", "ratings", site_of)
    found = {(row["site"], row["date"]): row["number"] for row in rows}
    assert found[("there", "2023-02-01")] == 1 and found[(None, None)] == 1


def test_meetings_of_a_day_are_one_row() -> None:
    met = pd.DataFrame(
        {
            "site": ["here", "here", "here", None],
            "date": ["2023-01-05", "2023-01-05", None, "2023-03-01"],
            "panel": ["c", "c", "c", "x"],
            "came": [4.0, 5.0, 3.0, None],
        }
    )
    rows = list(meetings(met, "panel", {"c": "Community panel"}, "came"))
    assert [(r["date"], r["label"], r["number"]) for r in rows] == [
        ("2023-03-01", "x", None), (None, "Community panel, without a date", 3),
        ("2023-01-05", "Community panel (2 meetings)", 9),
    ]  # fmt: skip


def test_waves_count_those_without_a_day_too() -> None:
    asked = pd.DataFrame(
        {"unit": ["a", "b", "c"], "time": ["w1"] * 3, "site": ["here"] * 3,
         "date": ["2022-10-09", "2022-09-01", None]}
    )  # fmt: skip
    (row,) = waves(asked, {"w1": "Wave 1"})
    assert (row["date"], row["until"], row["number"]) == ("2022-09-01", "2022-10-09", 3)


def test_one_table_in_the_order_of_days(tmp_path: Path) -> None:
    rows = [
        *by_month("contacts", CONTACTS, "Contacts kept", "contacts"),
        *context_rows([ContextEvent("2023-02-01", "", "Flood")]),
    ]
    table = process_events(rows, ("here", "there"))
    assert table["kind"].tolist() == ["contacts"] * 2 + ["context"] + ["contacts"] * 2
    assert table["site"].tolist()[:2] == ["here", "there"] and table["date"].isna().iloc[-1]
    path = tmp_path / "process.csv"
    contracts.write(table, path, ProcessEvents)
    assert len(contracts.read(path, ProcessEvents)) == len(rows)

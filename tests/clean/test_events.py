"""Events of hand-made records: in whom one occurred, when, and what contradicts it."""

from dataclasses import replace
from typing import Any

import pandas as pd

from cesp_analysis.clean.events import with_events
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.parts import unopened_in
from cesp_analysis.clean.visits import Calendar
from cesp_analysis.declared.files import RawFile
from cleaned_parts import NO_PROBLEMS, entry, listed, part, records, spec, values

DATED = {"type": "date", "format": "%Y-%m-%d"}
PEOPLE: dict[str, Any] = {
    "unit": "id", "lists_people": True, "one_row_per": "unit", "path": "people.csv",
    "variables": {
        "died": {"type": "category", "values": ["yes", "no"], "column": "dead"},
        "day": {**DATED, "column": "on"}, "left": DATED,
        "why": {"type": "category", "values": ["ill", "away"]},
        "whither": {"type": "category", "values": ["north", "south"]},
    },
}  # fmt: skip
DEATH = {"label": "Died", "kind": "death", "file": "people", "date": "day"}
LEFT = {"label": "Left", "kind": "withdrawal", "file": "people", "date": "left", "reason": "why"}
MOVED = {"label": "Moved", "kind": "transfer", "file": "people", "date": "left", "to": "whither"}


def people(units: list[str], problems: pd.DataFrame = NO_PROBLEMS, **columns: Any) -> Cleaned:
    held = records(units, site="north")
    plain = dict.fromkeys(PEOPLE["variables"])
    text = {name: pd.Series(cells, dtype="str", index=range(len(units)))
            for name, cells in (plain | columns).items()}  # fmt: skip
    return part(held.assign(**text), "people", problems)


def happened(
    parts: dict[str, Cleaned], starts: dict[str, str] | None = None, days: float | None = 1.0,
    files: dict[str, RawFile] | None = None, **events: Any,
) -> tuple[dict[str, Cleaned], pd.DataFrame]:  # fmt: skip
    how = spec((files or {}) | {"people": entry(**PEOPLE)}, events=events)
    since = Calendar(pd.Series(starts or {}, dtype="str"), days)
    return with_events(parts, how, since)


def told(found: pd.DataFrame, *columns: str) -> list[list[Any]]:
    return [values(row) for _, row in found[list(columns)].iterrows()]


def test_without_events_their_table_is_empty_text() -> None:
    parts = {"people": people(["a"])}
    found, events = happened(parts)
    assert found == parts and events.empty
    assert {str(dtype) for dtype in events.dtypes} == {"str"} and next(iter(events)) == "event"


def test_events_of_all_kinds_stand_below_each_other_in_configs_order() -> None:
    held = people(
        ["b", "a"], left=[None, "2024-03-01"], day=["2024-02-01", None], why=[None, "ill"]
    )
    _, events = happened({"people": held}, left=LEFT | {"reason": None}, died=DEATH)
    assert events.index.tolist() == [0, 1]
    assert told(events, "event", "kind", "unit", "date") == [
        ["left", "withdrawal", "a", "2024-03-01"], ["died", "death", "b", "2024-02-01"],
    ]  # fmt: skip
    assert values(events["reason"]) == values(events["to"]) == [None, None]


def test_a_date_a_reason_or_a_date_that_cannot_be_read_says_that_it_happened() -> None:
    """A date of another column that cannot be read says nothing of it, nor does another fault."""
    faults = NO_PROBLEMS.copy()
    for line, column, kind in ((4, "left", "not_a_date"), (5, "on", "not_a_date"),
                               (6, "left", "respelled")):  # fmt: skip
        faults.loc[len(faults)] = ["people.csv", line, column, kind, "x", "set to missing"]
    held = people(
        list("abcdef"), faults.astype(NO_PROBLEMS.dtypes.to_dict()),
        left=["2024-03-01", *[None] * 5], why=[None, "ill", "away", None, None, None],
    )  # fmt: skip
    found, events = happened({"people": held}, left=LEFT)
    assert told(events, "unit", "date", "reason") == [
        ["a", "2024-03-01", None], ["b", None, "ill"], ["c", None, "away"],
    ]  # fmt: skip
    added = [row for row in listed(found["people"].problems) if row[2] == "undated_event"]
    assert added == [(3, "left", "undated_event", "b", "counted, without a date")]
    assert list(found["people"].problems["line"]) == [3, 4, 5, 6]


def test_a_blank_condition_is_listed_only_where_it_is_false_of_somebody() -> None:
    line = (3, "dead", "event_not_known", "b", "counted as not having happened")
    for other, died, said in (("no", ["a"], [line]), ("yes", ["a", "c"], []), (None, ["a"], [])):
        held = people(["a", "b", "c"], died=["yes", None, other])
        found, events = happened({"people": held}, died=DEATH | {"where": "died == 'yes'"})
        assert values(events["unit"]) == died
        added = [row for row in listed(found["people"].problems) if row[2] != "undated_event"]
        assert added == said


def test_a_date_whose_condition_does_not_hold_is_listed_where_it_dates_nothing_else() -> None:
    held = people(["a", "b", "c"], died=["yes", "no", None], day=["2024-02-01"] * 3)
    died = DEATH | {"where": "died == 'yes'"}
    found, events = happened({"people": held}, died=died)
    assert values(events["unit"]) == ["a"]
    added = [row for row in listed(found["people"].problems) if row[2] == "date_without_event"]
    said = "counted as not having happened"
    assert added == [(line, "on", "date_without_event", "2024-02-01", said) for line in (3, 4)]
    other = LEFT | {"date": "day", "where": "died == 'no'", "reason": None}
    found, _ = happened({"people": held}, died=died, left=other)
    assert "date_without_event" not in set(found["people"].problems["kind"])


def test_who_died_by_a_condition_and_without_a_date_is_listed() -> None:
    """One whose date cannot be read is listed as that already."""
    faults = NO_PROBLEMS.copy()
    faults.loc[0] = ["people.csv", 4, "on", "not_a_date", "x", "set to missing"]
    held = people(
        ["a", "b", "c", "d"], faults.astype(NO_PROBLEMS.dtypes.to_dict()),
        died=["yes", "yes", "yes", "no"], day=["2024-02-01", None, None, None],
    )  # fmt: skip
    found, events = happened({"people": held}, died=DEATH | {"where": "died == 'yes'"})
    assert values(events["unit"]) == ["a", "b", "c"]
    added = [row for row in listed(found["people"].problems) if row[2] == "undated_event"]
    assert added == [(3, "on", "undated_event", "b", "counted, without a date")]


def test_a_blank_reason_without_a_date_says_that_nothing_ended() -> None:
    """One answer says which of several events it was: with a date beside it a blank is listed, of
    one event alone (a flag) also without."""
    held = people(list("abcd"), why=["ill", "away", None, None], left=["2024-03-01"] * 3 + [None])
    ill, away = (LEFT | {"where": f"why == '{word}'", "reason": None} for word in ("ill", "away"))
    for events, lines in (({"ill": ill, "away": away}, [4, 4]), ({"ill": ill}, [4, 5])):
        parts, found = happened({"people": held}, **events)
        assert len(found) == len(events)
        listed_as = parts["people"].problems.query("kind == 'event_not_known'")
        assert list(listed_as["line"]) == lines


def test_an_event_before_the_start_loses_its_date_and_one_on_that_day_does_not() -> None:
    held = people(["a", "b", "c"], day=["2024-01-09", "2024-01-10", "2024-01-24"])
    starts = dict.fromkeys("abc", "2024-01-10")
    found, events = happened({"people": held}, starts, days=7.0, died=DEATH)
    assert told(events, "unit", "date", "elapsed") == [
        ["a", None, None], ["b", "2024-01-10", 0], ["c", "2024-01-24", 2],
    ]  # fmt: skip
    assert listed(found["people"].problems) == [
        (2, "on", "event_before_start", "2024-01-09", "set to missing")
    ]


def test_of_a_persons_events_the_earliest_counts_and_of_one_day_the_first_written() -> None:
    """Forty people with three lines each: more than a sort that mixes equal ones leaves alone."""
    units = [f"P{i:02}" for i in range(40)] * 3
    days = ["2024-03-02"] * 40 + ["2024-03-01"] * 80
    why = ["away"] * 40 + ["ill"] * 40 + ["away"] * 40
    held = people([*units, "Q", "Q"], left=[*days, None, "2024-05-01"], why=[*why, "ill", "away"])
    _, events = happened({"people": held}, left=LEFT)
    assert events["unit"].tolist() == [*units[:40], "Q"]
    assert events["date"].tolist() == ["2024-03-01"] * 40 + ["2024-05-01"]
    assert events["reason"].tolist() == ["ill"] * 40 + ["away"]


def test_a_wide_file_tells_of_an_event_in_its_rows_without_a_time() -> None:
    held = people(["a", "a", "b"], left=["2024-03-01", "2023-01-01", None])
    rows = held.records.assign(line=[2, 2, 3], time=pd.Series([None, "after", None], dtype="str"))
    wide = Cleaned(rows, held.ledger, held.problems)
    _, events = happened({"people": wide}, left=LEFT)
    assert told(events, "unit", "date") == [["a", "2024-03-01"]]
    timed = Cleaned(rows.assign(time="after", line=[2, 3, 4]), held.ledger, held.problems)
    _, events = happened({"people": timed}, left=LEFT)
    assert told(events, "unit", "date") == [["a", "2023-01-01"]]  # each row is a record


def test_who_withdraws_or_moves_after_dying_is_listed_and_on_that_day_is_not() -> None:
    """Of two deaths the earlier counts; who died undated, or not, is no contradiction."""
    dates = ["2024-02-02", "2024-02-01", "2024-02-03", "2024-02-02", None]
    held = people(list("abcde"), left=dates, why=["ill"] * 5,
                  day=["2024-02-01", "2024-02-01", None, None, "2024-01-01"])  # fmt: skip
    register = records(["a", "d"], site="north")
    again = {"day": pd.Series(["2024-03-01", "2024-02-01"], dtype="str")}
    parts = {"people": held, "log": part(register.assign(**again), "log")}
    files = {"log": entry(path="log.csv", unit="id", variables={"day": DATED})}
    found, _ = happened(
        parts, files=files, left=LEFT, gone=LEFT | {"date": None}, died=DEATH,
        buried=DEATH | {"file": "log"},
    )  # fmt: skip
    added = [row for row in listed(found["people"].problems) if row[2] != "undated_event"]
    assert added == [
        (2, "left", "event_after_death", "2024-02-02", "counted as it is dated"),
        (5, "left", "event_after_death", "2024-02-02", "counted as it is dated"),
    ]
    assert found["log"].problems.empty


VISITS: dict[str, Any] = {"path": "visits.csv", "unit": "id", "time": {"column": "when"},
                          "date": {"column": "seen"}}  # fmt: skip


def visits(**columns: Any) -> Cleaned:
    seen = ["2024-02-01", "2024-02-02", None, "2024-02-02", "2024-02-03"]
    held = {"time": "after", "date": seen} | columns
    return part(records(["a", "a", "a", "b", "c"], **held), "visits")


def after_withdrawal(
    visited: Cleaned, rule: str = "keep", **how: Any
) -> tuple[Cleaned, list[tuple[Any, ...]]]:
    """What becomes of records of people of whom a withdrew on 1 February, c undated."""
    held = people(["a", "b", "c"], left=["2024-02-01", None, None], why=["ill", None, "ill"])
    found, _ = happened(
        {"people": held, "visits": visited}, files={"visits": entry(**VISITS | how)},
        left=LEFT | {"afterwards": rule},
    )  # fmt: skip
    return found["visits"], listed(found["visits"].problems)


def test_a_record_dated_after_a_withdrawal_is_listed_and_one_of_that_day_is_not() -> None:
    found, said = after_withdrawal(visits())
    assert said == [(3, "seen", "after_withdrawal", "2024-02-02", "kept")]
    assert found.records["line"].tolist() == [2, 3, 4, 5, 6]


def test_it_is_set_aside_if_config_says_so() -> None:
    found, said = after_withdrawal(visits(), "set_aside")
    assert said == [(3, "seen", "after_withdrawal", "2024-02-02", "set aside")]
    assert found.records["line"].tolist() == [2, 4, 5, 6]
    assert values(found.ledger["reason"]) == [None, "after_withdrawal", None, None, None]


def test_a_row_of_several_times_or_of_the_register_cannot_be_set_aside() -> None:
    wide = visits(line=[2, 3, 3, 4, 5], date=["2024-02-01", *["2024-02-02"] * 4])
    for how in ({"time": None}, {"lists_people": True}):
        found, said = after_withdrawal(wide, "set_aside", **how)
        assert said == [(3, "seen", "after_withdrawal", "2024-02-02", "kept")]
        assert len(found.records) == 5
    once = visits(line=[2, 3, 4, 5, 6])
    found, _ = after_withdrawal(once, "set_aside", time=None)
    assert found.records["line"].tolist() == [2, 4, 5, 6]


def test_respondents_and_undated_files_are_held_against_no_event() -> None:
    assert after_withdrawal(visits(), level="respondent")[1] == []
    assert after_withdrawal(visits(), date=None)[1] == []


def elsewhere(visited: Cleaned, **how: Any) -> list[tuple[Any, ...]]:
    """What is said of records at other sites; b moved south on 2 February, c undated."""
    held = people(["a", "b", "c"], left=[None, "2024-02-02", None],
                  whither=[None, "south", "south"])  # fmt: skip
    files = {"visits": entry(**VISITS | {"site": {"column": "at"}} | how)}
    found, _ = happened({"people": held, "visits": visited}, files=files, moved=MOVED)
    return listed(found["visits"].problems)


def test_a_record_at_another_site_is_listed_unless_the_person_had_moved_there() -> None:
    seen = [
        "2024-02-01",
        "2024-02-02",
        "2024-02-03",
        None,
        "2024-02-01",
        "2024-02-03",
        "2024-02-03",
    ]
    held = part(records(
        ["b", "b", "b", "b", "c", "a", "z"], time="after", date=seen,
        site=["south", "south", "west", "south", "south", None, "south"],
    ), "visits")  # fmt: skip
    action = "the register's site counts"
    assert elsewhere(held) == [
        (2, "at", "other_site", "south", action), (4, "at", "other_site", "west", action),
    ]  # fmt: skip
    assert elsewhere(held, site={"constant": "south"}) == elsewhere(held, site=None) == []
    assert elsewhere(held, lists_people=True) == elsewhere(held, level="respondent") == []


def test_a_row_of_several_times_at_another_site_is_listed_once() -> None:
    held = part(records(["a", "a"], line=[2, 2], time=["before", "after"], site="south"), "visits")
    assert [row[0] for row in elsewhere(held)] == [2]


def test_rows_of_other_forms_are_not_listed() -> None:
    """Of a project in events most rows are those of others: 85 of 88 were listed."""
    held = people(list("abcd"), died=["yes", None, None, "no"])
    held = replace(held, unopened={"died": frozenset({2, 4})})
    died = DEATH | {"where": "died == 'yes'", "date": None}
    found, events = happened({"people": held}, died=died)
    assert values(events["unit"]) == ["a"]
    problems = found["people"].problems.query("kind == 'event_not_known'")
    assert list(problems["line"]) == [3]  # its form was opened, and does not say it
    asked = died | {"where": "died == 'yes' and why != 'ill'"}
    found, _ = happened({"people": held}, died=asked)
    assert 4 in set(found["people"].problems["line"])  # of the other column no form is known


def test_lines_in_which_a_form_holds_nothing() -> None:
    raw = pd.DataFrame({
        "line": [2, 3, 4, 5], "dead": ["1", "", "", ""], "on": ["", "", "2024-02-01", ""],
        "exit_complete": ["2", "", "0", "0"], "left": ["", "", "", ""],
    }).astype({"line": "int64"})  # fmt: skip
    raw.attrs = {
        "forms": {"dead": "exit", "on": "exit", "exit_complete": "exit", "left": "away"},
        "field_kinds": {"dead": "yesno", "on": "text", "exit_complete": "status", "left": "text"},
    }
    file = entry(**PEOPLE)
    own = unopened_in(raw, file, ["died", "day", "left", "why"])
    assert own == {"died": frozenset({3, 5}), "day": frozenset({3, 5})}  # 'left' has no status

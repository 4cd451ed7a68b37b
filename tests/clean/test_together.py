"""Records of several files held against each other, and which problems stop a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.clean.check import CheckSpec, check
from cesp_analysis.clean.directions import _score, _signs
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.members import members_agree
from cesp_analysis.clean.near_places import near_places
from cesp_analysis.clean.order import dates_in_order, neighbourhoods_agree, register_agrees
from cesp_analysis.clean.two_files import apart_in_files
from cesp_analysis.clean.visits import calendar, in_windows
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import DataProblems, Ledger, ProblemCounts
from cleaned_parts import NO_PROBLEMS, entry, listed, part, records, spec, values

# ------------------------------------------------------------------ what stops a run


def checked(folder: Path, problems: list[tuple[Any, ...]], ledger: Any = (), **how: Any) -> Any:
    """The counts by kind, or the lines of the message."""
    table = pd.DataFrame(problems, columns=list(DataProblems.columns()))
    table = table.astype(NO_PROBLEMS.dtypes.to_dict())
    account = pd.DataFrame(ledger, columns=list(Ledger.columns()))
    words = dict.fromkeys(("file", "status", "reason"), "category")
    contracts.write(table, folder / "problems.csv", DataProblems)
    account = account.astype({"line": "int64", "unit": "str"} | words)
    contracts.write(account, folder / "ledger.parquet", Ledger)
    (folder / "counts.csv").unlink(missing_ok=True)
    given = CheckSpec(paths={"a": "a.csv", "b": "b.csv"}, **how).model_dump_json()
    try:
        check(given, folder / "problems.csv", folder / "ledger.parquet", folder / "counts.csv")
    except CespError as error:
        assert not (folder / "counts.csv").exists()
        return [line.replace(folder.as_posix() + "/", "") for line in error.problems]
    found = contracts.read(folder / "counts.csv", ProblemCounts)
    return [tuple(values(row)) for _, row in found.iterrows()]


FOUND = [
    ("b.csv", 7, "x", "respelled", "A", "read as 'a'"),
    ("b.csv", 3, "", "hidden_row", "3", "read like the others"),
    ("a.csv", 5, "y", "respelled", "B", "read as 'b'"),
    ("b.csv", 9, "x", "respelled", "A", "read as 'a'"),
]


def test_problems_are_counted_by_file_column_and_kind_with_their_first_line(tmp_path: Path) -> None:
    assert checked(tmp_path, FOUND) == [
        ("a.csv", "y", "respelled", 1, 5),
        ("b.csv", None, "hidden_row", 1, 3),
        ("b.csv", "x", "respelled", 2, 7),
    ]
    assert checked(tmp_path, []) == []


def test_what_stops_is_told_with_its_place_its_number_and_its_first_value(tmp_path: Path) -> None:
    where = "a declared value written differently (case, spaces)"
    assert checked(tmp_path, FOUND, stop_on=["respelled", "hidden_row"]) == [
        f"a.csv: y: {where}; 1 record, first on line 5: 'B'; correct the source, or take respelled"
        " out of problems.stop_on",
        "b.csv: a row that the sheet hides, e.g. by a filter: is it meant?; 1 record, first on"
        " line 3: '3'; correct the source, or take hidden_row out of problems.stop_on",
        f"b.csv: x: {where}; 2 records, first on line 7: 'A' (problems.csv lists each); correct the"
        " source, or take respelled out of problems.stop_on",
    ]


def test_a_problem_without_a_value_is_told_without_one(tmp_path: Path) -> None:
    (line,) = checked(tmp_path, [("a.csv", 2, "id", "blank_id", None, "set aside")],
                      stop_on=["blank_id"])  # fmt: skip
    assert "; 1 record, first on line 2: ''; " in line


def test_which_kinds_stop(tmp_path: Path) -> None:
    """One record of them is enough."""
    cases: list[tuple[str, dict[str, Any], bool]] = [
        ("misread_column", {}, True),
        ("date_order", {}, True),
        ("date_order", {"only_listed": ["date_order"]}, False),
        ("conflicting_duplicate", {}, False),
        ("conflicting_duplicate", {"conflicts": ["a.csv"]}, True),
        ("conflicting_duplicate", {"conflicts": ["b.csv"]}, False),
        ("out_of_range", {"conflicts": ["a.csv"]}, False),
    ]
    for kind, how, stops in cases:
        found = checked(tmp_path, [("a.csv", 2, "x", kind, "v", "done")], **how)
        assert isinstance(found[0], str) == stops, (kind, how)


def test_a_few_slips_stop_nothing_and_one_more_does(tmp_path: Path) -> None:
    for kind in ("one_id_two_sites", "one_id_two_files"):
        found = [("a.csv", line, "id", kind, "v", "set aside") for line in (2, 3, 4)]
        assert checked(tmp_path, found) == [("a.csv", "id", kind, 3, 2)]
        more = [*found, ("a.csv", 9, "id", kind, "v", "set aside")]
        (line,) = checked(tmp_path, more)
        assert line.endswith(f"or write problems: {{only_listed: [{kind}]}}")
        assert checked(tmp_path, more, only_listed=[kind]) == [("a.csv", "id", kind, 4, 2)]


def test_what_is_wrong_with_a_whole_column_is_told_in_its_own_words(tmp_path: Path) -> None:
    found = [("a.csv", 0, "x", "misread_column", "3 of 5", "the run stops")]
    assert checked(tmp_path, found) == [
        "a.csv: x: most cells cannot be read as config.yaml declares the column; 3 of 5; correct"
        " how config.yaml declares it (type, format, decimal, values), or the source"
    ]


def kept_and_not(file: str, *reasons: str | None) -> list[tuple[Any, ...]]:
    return [
        (file, line, "u", "set aside" if why else "kept", why)
        for line, why in enumerate(reasons, start=2)
    ]


def test_files_of_which_nothing_could_be_placed_are_told(tmp_path: Path) -> None:
    whole = kept_and_not("a", "blank_id", "undeclared_site", "undeclared_site", "exact_duplicate")
    some = kept_and_not("b", "blank_id", None)
    (line,) = checked(tmp_path, [], whole + some)
    assert line.startswith("a.csv: none of its records could be placed (2 × a site that")
    assert "; 1 × a record without an id);" in line and "correct files.a in" in line
    assert checked(tmp_path, [], kept_and_not("a", "left_out", "blank_record")) == []
    both = whole + kept_and_not("b", "unknown_person")
    assert [line[:5] for line in checked(tmp_path, [], both)] == ["a.csv", "b.csv"]
    assert [line[:5] for line in checked(tmp_path, [], both[::-1])] == ["b.csv", "a.csv"]
    (line,) = checked(tmp_path, [], both, register_of_people="b")
    assert line.startswith("b.csv: none")


def test_a_register_of_which_most_could_not_be_placed_is_told(tmp_path: Path) -> None:
    others = kept_and_not("b", *["unknown_person"] * 9, None)  # of other files nothing is asked
    said = "a.csv: 3 of 5 people could not be placed (3 × a record without an id); "
    cases: list[tuple[list[str | None], bool]] = [
        (["blank_id"] * 3 + [None] * 2, True),
        (["blank_id"] * 3 + [None], False),  # four people: may be slips
        (["blank_id"] * 3 + [None] * 3, False),  # half
        (["blank_id"] * 2 + ["left_out"] * 2 + [None], False),  # who was left out is no slip
    ]
    for reasons, stops in cases:
        ledger = kept_and_not("a", *reasons) + others
        found = checked(tmp_path, [], ledger, register_of_people="a")
        assert checked(tmp_path, [], ledger) == []
        assert [line[: len(said)] for line in found] == [said] * stops, reasons


# ------------------------------------------------------------------ one person, several records


def test_dates_before_a_persons_first_are_set_to_missing_and_listed() -> None:
    days = ["2024-01-05", "2024-01-05", "2024-01-04", "2024-01-03", None, "2023-01-01"]
    units = ["a", "a", "a", "b", "a", "a"]
    times = ["before", "after", "after", "after", "after", None]
    file = entry(unit="id", date={"column": "day"}, time={"column": "when"})
    how = spec({"f": file}, first_time="before")
    held = part(records(units, time=times, date=days))
    found = dates_in_order({"f": held}, how)["f"]
    assert values(found.records["date"]) == [*days[:2], None, *days[3:]]
    assert listed(found.problems) == [
        (4, "day", "date_before_baseline", "2024-01-04", "set to missing")
    ]


@pytest.mark.parametrize(("early", "swapped"), [(2, False), (3, True)])
def test_times_seem_swapped_once_most_of_five_later_dates_are_too_early(
    early: int, swapped: bool
) -> None:
    """A later record without a date, or of a person without a first one, says nothing."""
    units = ["a"] * 7 + ["z"]
    days = [
        "2024-02-01",
        *["2024-01-01"] * early,
        *["2024-03-01"] * (5 - early),
        None,
        "2024-01-01",
    ]
    held = part(records(units, time=["before", *["after"] * 7], date=days))
    file = entry(unit="id", date={"column": "day"}, time={"column": "when"})
    found = dates_in_order({"f": held}, spec({"f": file}, first_time="before"))["f"]
    told = [row for row in listed(found.problems) if row[2] == "times_swapped"]
    said = (0, "day", "times_swapped", "3 of 5 later dates", "the run stops")
    assert told == ([said] if swapped else [])


def test_the_registers_first_record_says_where_a_person_is() -> None:
    held = records(
        ["a", "b", "a", "b", "a"], site=["north", "south", "south", "south", "north"],
        neighbourhood=["n1", None, "n1", "n2", None], arm=["control"] * 4 + ["intervention"],
    )  # fmt: skip
    file = entry(unit="id", lists_people=True, site={"column": "at"}, arm={"constant": "control"},
                 neighbourhood={"column": "near"})  # fmt: skip
    found = register_agrees(
        {"f": part(held), "g": part(held)},
        spec({"f": file, "g": entry(unit="id", site={"column": "at"})}),
    )
    counts = "the first record counts"
    assert listed(found["f"].problems) == [
        (4, "at", "register_contradicts", "a", counts),
        (5, "near", "register_contradicts", "b", counts),
        (6, "near", "register_contradicts", "a", counts),
    ]
    assert listed(found["g"].problems) == []


def test_another_neighbourhood_than_the_registers_is_listed_beside_what_was() -> None:
    people = entry(unit="id", lists_people=True)
    other = entry(unit="id", neighbourhood={"column": "near"})
    constant = entry(unit="id", neighbourhood={"constant": "n9"})
    whole = entry(unit="id", level="respondent", neighbourhood={"column": "near"})
    held = records(["a", "b", "c", "a"], neighbourhood=["n2", "n1", "n3", None])
    was = NO_PROBLEMS.copy()
    was.loc[0] = ["f.csv", 2, "z", "hidden_row", "2", "read"]
    files = {"p": people, "f": other, "g": constant, "h": whole}
    parts = {
        "p": part(records(["a", "b", "c"], neighbourhood=["n1", "n1", None])),
        "f": part(held, problems=was.astype(NO_PROBLEMS.dtypes.to_dict())),
        "g": part(held), "h": part(held),
    }  # fmt: skip
    found = neighbourhoods_agree(parts, spec(files))
    assert listed(found["f"].problems) == [
        (2, "near", "other_neighbourhood", "n2", "the register's neighbourhood counts"),
        (2, "z", "hidden_row", "2", "read"),
    ]
    assert found["g"].problems.empty and found["h"].problems.empty
    assert list(neighbourhoods_agree({"f": parts["f"]}, spec({"f": other}))["f"].problems["kind"]) \
        == ["hidden_row"]  # fmt: skip


def survey(**how: Any) -> Any:
    return entry(**({"level": "respondent", "unit": "id", "site": {"column": "at"}} | how))


def test_an_answer_that_cannot_change_or_fall_is_held_against_the_last_one_known() -> None:
    one = records(["a", "b", "c"], time="w1", site=["north", "north", "south"])
    two = records(["a", "b", "d"], time="w2", site=["south", None, "south"])
    three = records(["a", "b", "a"], time=["w3", "w3", "w3"], site=["south", "south", "south"])
    ages = ([30.0, 40.0, 50.0], [31.0, np.nan, 20.0], [30.5, 39.0, 32.0])
    kinds = (["low", "high", "low"], ["high", "low", "low"], ["high", None, "low"])
    parts = {
        name: part(held.assign(age=age, band=band), name)
        for name, held, age, band in zip("xyz", (three, two, one), ages[::-1], kinds, strict=True)
    }
    variables = {"age": {"column": "years"}, "old": {}}
    labels = {"band": {"source": "old", "cuts": [50], "labels": ["low", "high"]}}
    files = {
        name: survey(path=f"{name}.csv", variables=variables, derived=labels) for name in "xyz"
    }
    members = {"constant": [], "rising": ["age", "band"]}
    how = spec(files, times=("w1", "w2", "w3"), members=members)
    found = members_agree(parts, how)
    kept = "kept as it is; the records count as one respondent's"
    assert {name: listed(one.problems) for name, one in found.items()} == {
        "z": [], "y": [(2, "at", "two_sites", "south, before: north", kept)],
        "x": [(2, "band", "fell_back", "low, before: high", kept),
              (2, "years", "fell_back", "30.5, before: 31", kept),
              (3, "at", "two_sites", "south, before: north", kept),
              (3, "years", "fell_back", "39, before: 40", kept)],
    }  # fmt: skip


def test_a_name_that_another_file_of_the_site_writes_otherwise_is_listed_once() -> None:
    near = {"neighbourhood": {"column": "near"}}
    files = {name: entry(path=f"{name}.csv", unit="id", **near) for name in "abc"}
    parts = {
        "a": part(records(list("pqrs"), site=["north"] * 3 + ["south"],
                          neighbourhood=["Old Town", "Old Town", "old town", "X"]), "a"),
        "b": part(records(list("pqr"), site=["north", "north", "north"],
                          neighbourhood=["Docks", "OLD  TOWN", "OLD  TOWN"]), "b"),
        "c": part(records(list("pq"), site=["north", None], neighbourhood=["x", "docks"]), "c"),
    }  # fmt: skip
    found = near_places(parts, spec(files))
    said = "kept as another one than 'Old Town' (line 2 of a.csv; 2 such here): values: of its" \
        " column can write both in one way"  # fmt: skip
    assert {name: listed(one.problems) for name, one in found.items()} == {
        "a": [], "b": [(3, "near", "near_word", "OLD  TOWN", said)], "c": [],
    }  # fmt: skip


# ------------------------------------------------------------------ one id in two files


def of_files(**held: pd.DataFrame) -> dict[str, Cleaned]:
    return {name: part(one, name) for name, one in held.items()}


def apart(parts: dict[str, Cleaned], **how: Any) -> dict[str, list[tuple[Any, ...]]]:
    """File → (line, kind, what is said) of what was set aside; the ledger says the same."""
    files = {
        name: survey(path=f"{name}.csv", variables={"s": {}, "t": {}}, **how) for name in parts
    }
    found = apart_in_files(parts, files)
    told = {}
    for name, one in found.items():
        told[name] = [(row[0], row[2], row[3]) for row in listed(one.problems)]
        assert all(row[1] == "id" and row[4] == "set aside" for row in listed(one.problems))
        aside = one.ledger[one.ledger["status"] == "set aside"]
        reasons = zip(aside["line"], aside["reason"], strict=True)
        assert list(reasons) == [(line, kind) for line, kind, _ in told[name]]
        kept = one.ledger.loc[one.ledger["status"] == "kept", "line"]
        assert one.records["line"].tolist() == kept.tolist()
        assert one.records.index.tolist() == list(range(len(kept)))
    return told


def waves(units: list[str], s: list[Any], t: float = 1.0, **how: Any) -> pd.DataFrame:
    return records(units, **({"time": "w1"} | how)).assign(s=s, t=t)


def test_a_copy_a_silent_and_a_differing_record_of_another_file_are_set_aside() -> None:
    one = waves(["a", "b", "c", "d"], [1.0, np.nan, 3.0, 4.0]).assign(t=[1.0, np.nan, 1.0, 1.0])
    two = waves(["z", "d", "c", "b", "a"], [9.0, 5.0, np.nan, 2.0, 1.0])
    two["t"] = [1.0, 2.0, np.nan, 1.0, 1.0]
    assert apart(of_files(one=one, two=two)) == {
        "one": [(3, "empty_duplicate", "answers on line 5 of two.csv")],
        "two": [
            (3, "one_id_two_files", "another s, t than on line 5 of one.csv"),
            (4, "empty_duplicate", "answers on line 4 of one.csv"),
            (6, "exact_duplicate", "as on line 2 of one.csv"),
        ],
    }


def test_records_of_one_file_or_of_other_waves_do_not_stand_in_two_files() -> None:
    one = waves(["a", "a", "b"], [1.0, 2.0, 3.0])
    two = waves(["b", "c"], [1.0, 1.0], time=["w2", None])
    assert apart(of_files(one=one, two=two)) == {"one": [], "two": []}
    wide = waves(["b"], [4.0]).assign(line=2)
    both = pd.concat([wide, wide.assign(time="w2")], ignore_index=True).astype(
        wide.dtypes.to_dict()
    )
    assert apart_in_files(of_files(one=one, two=both), {"one": survey(), "two": survey()})[
        "two"
    ].problems.empty


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("keep_first", {"one": [], "two": [(2, "one_id_two_sites", "south here, north on line 2"
                                            " of one.csv")]}),
        ("keep_last", {"one": [(2, "one_id_two_sites", "north here, south on line 2 of two.csv")],
                       "two": []}),
        ("keep_neither", {
            "one": [(2, "one_id_two_sites", "north here, south on line 2 of two.csv")],
            "two": [(2, "one_id_two_sites", "south here, north on line 2 of one.csv")]}),
    ],
)  # fmt: skip
def test_the_rule_says_which_of_two_sites_files_counts(rule: str, told: dict[str, Any]) -> None:
    one, two = waves(["a"], [1.0], site="north"), waves(["a"], [np.nan], t=np.nan, site="south")
    assert apart(of_files(one=one, two=two), duplicates=rule) == told


# ------------------------------------------------------------------ visits, instruments' scores


def test_a_day_is_counted_from_the_persons_start_in_the_studys_unit() -> None:
    file = entry(unit="id", date={"column": "day"}, time={"by": "window"}, variables={"s": {}})
    people = entry(unit="id", lists_people=True, variables={"start": {"type": "date"}})
    held = {
        "p": part(records(["a", "b"]).assign(start=["1999-12-25", None]), "p"),
        "v": part(records(["a", "a", "a", "b"], date=["2000-01-08", "2000-01-22", "1999-12-25",
                                                      "2000-01-08"]).assign(s=1.0), "v"),
    }  # fmt: skip
    how = spec(
        {"p": people, "v": file}, time_days=7.0, visits={"since": "start"},
        windows={"before": (0, 1), "after": (2, 4)}, positions={"before": 0, "after": 2},
    )  # fmt: skip
    found, seen = in_windows(held, how, calendar(held, how))
    assert values(seen["elapsed"]) == [2, 4, 0, None]
    assert values(seen["time"]) == ["after", "after", "before", None]
    assert seen["place"].tolist() == ["within"] * 3 + ["undated"]
    assert seen["status"].tolist() == ["kept", "set aside", "kept", "set aside"]
    assert values(found["v"].records["time"]) == ["after", "before"]
    assert listed(found["v"].problems) == [
        (3, "day", "other_visit", "2000-01-22", "set aside"),
        (5, "day", "undated_visit", "2000-01-08", "set aside"),
    ]
    assert values(found["v"].ledger["reason"]) == [None, "other_visit", None, "undated_visit"]
    assert found["v"].ledger["status"].tolist() == ["kept", "set aside", "kept", "set aside"]


def test_without_visits_there_is_no_list_of_them() -> None:
    people = entry(unit="id", lists_people=True, variables={"s": {}})
    held = {"p": part(records(["a"]).assign(s=1.0), "p")}
    how = spec({"p": people}, first_time="before", time_days=1.0)
    _, seen = in_windows(held, how, calendar(held, how))
    assert seen.empty and "elapsed" in seen
    assert {str(dtype) for dtype in seen.dtypes} == {"str"}


def test_a_score_is_the_mean_of_the_answered_items_in_their_sds_one_way_round() -> None:
    answers = np.array([[1.0, 9.0, 5.0], [3.0, 7.0, 5.0], [5.0, 5.0, 5.0],
                        [np.nan, 7.0, np.nan], [np.nan] * 3])  # fmt: skip
    sds = [np.sqrt(8 / 3), np.sqrt(2.0)]
    expected = [
        (-2 / sds[0] - 2 / sds[1]) / 3, 0, (2 / sds[0] + 2 / sds[1]) / 3, 0.0, np.nan,
    ]  # fmt: skip
    found = _score(answers, np.array([1.0, -1.0, 1.0]))
    assert found == pytest.approx(expected, nan_ok=True)
    signs = _signs(np.array([[1.0, -0.5], [-0.5, 1.0]]))
    assert sorted(signs) == [-1.0, 1.0]
    assert set(_signs(np.eye(2) + 0.5)) in ({1.0}, {-1.0})

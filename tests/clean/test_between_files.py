"""Records of several files held against each other: each rule at its boundary."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.clean.clean import _linked_ids
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.members import members_agree
from cesp_analysis.clean.near_places import near_places
from cesp_analysis.clean.order import dates_in_order, neighbourhoods_agree, waves_in_order
from cesp_analysis.clean.two_files import apart_in_files
from cleaned_parts import entry, listed, part, records, spec

# ------------------------------------------------------------------ one id in two files

SURVEY: dict[str, Any] = {"level": "respondent", "unit": "id"}


def asked(units: list[str], s: list[Any], **how: Any) -> pd.DataFrame:
    return records(units, **({"time": "w1"} | how)).assign(s=s)


def apart(rule: str = "keep_first", /, **held: pd.DataFrame) -> dict[str, list[tuple[Any, ...]]]:
    """File → line, kind and what is said of each record that another file stands against."""
    how = SURVEY | {"variables": {"s": {}}, "duplicates": rule}
    files = {name: entry(path=f"{name}.csv", **how) for name in held}
    parts = {name: part(one, name) for name, one in held.items()}
    found = apart_in_files(parts, files)
    for name, one in found.items():
        assert list(one.records) == list(held[name])
    return {
        name: [(row[0], row[2], row[3]) for row in listed(one.problems)]
        for name, one in found.items()
    }


def test_an_id_that_one_file_has_twice_is_left_to_that_file() -> None:
    one = asked(["a", "a", "b"], [np.nan, 1.0, 3.0])
    for rule in ("keep_first", "keep_last", "keep_neither"):
        assert apart(rule, one=one, two=asked(["c"], [1.0])) == {"one": [], "two": []}, rule
        # nor does it matter that the other file has another id twice
        told = apart(rule, one=one, two=asked(["b", "c", "c"], [3.0, 1.0, np.nan]))
        copy = [(2, "exact_duplicate", "as on line 4 of one.csv")]
        assert told == {"one": [], "two": copy}, rule


def test_a_wave_that_is_not_said_is_no_wave_that_two_files_share() -> None:
    nothing = {"one": [], "two": []}
    held = asked(["a"], [1.0], time=None)
    assert apart(one=held, two=asked(["a"], [2.0], time=None)) == nothing


def test_only_two_sites_that_are_both_said_are_two_sites() -> None:
    for here, there, names in (
        (None, "north", "site, s"), ("north", None, "site, s"), ("north", "north", "s"),
    ):  # fmt: skip
        one, two = asked(["a"], [1.0], site=there), asked(["a"], [2.0], site=here)
        said = [(2, "one_id_two_files", f"another {names} than on line 2 of one.csv")]
        assert apart(one=one, two=two) == {"one": [], "two": said}


def test_a_silent_record_that_names_another_place_is_an_answer() -> None:
    full = asked(["a", "z"], [1.0, 5.0], neighbourhood=["n1", "n9"], site="north")
    for place, kind in (
        ("n1", "empty_duplicate"), (None, "empty_duplicate"), ("n2", "one_id_two_files"),
    ):  # fmt: skip
        silent = asked(["a"], [np.nan], neighbourhood=place, site="north")
        told = apart(one=full, two=silent)
        assert told["one"] == [] and [row[:2] for row in told["two"]] == [(2, kind)], place


def test_silent_records_are_held_against_the_one_that_answers() -> None:
    silent = asked(["a"], [np.nan], site="north")
    told = apart(one=silent, two=silent.assign(weight=2.0), three=asked(["b", "a"], [1.0, 2.0]))
    line = [(2, "empty_duplicate", "answers on line 3 of three.csv")]
    # the second is no copy: its weight differs
    assert told == {"one": line, "two": line, "three": []}


def test_how_it_was_answered_makes_no_difference_between_copies() -> None:
    one = asked(["a"], [1.0]).assign(answering_mode="web", questionnaire_version="1")
    two = one.assign(answering_mode="paper", line=7)
    assert apart(one=one, two=two)["two"] == [(7, "exact_duplicate", "as on line 2 of one.csv")]


@pytest.mark.parametrize(
    ("many", "said"), [(5, "v0, v1, v2, v3, v4"), (7, "v0, v1, v2, v3, v4 and 2 more")]
)
def test_at_most_five_columns_in_which_two_records_differ_are_named(many: int, said: str) -> None:
    one = asked(["a"], [1.0]).assign(**{f"v{i}": 1.0 for i in range(many)})
    told = apart(one=one, two=one.assign(**{f"v{i}": 2.0 for i in range(many)}))
    assert told["two"] == [(2, "one_id_two_files", f"another {said} than on line 2 of one.csv")]


def test_of_three_files_the_rule_keeps_the_first_the_last_or_none() -> None:
    held = {name: asked(["a"], [s]) for name, s in (("x", 1.0), ("y", 2.0), ("z", 3.0))}

    def against(rule: str) -> dict[str, str]:
        told = apart(rule, **held)
        return {name: rows[0][2][-5:] for name, rows in told.items() if rows}

    assert against("keep_first") == {"y": "x.csv", "z": "x.csv"}
    assert against("keep_last") == {"x": "z.csv", "y": "z.csv"}
    assert against("keep_neither") == {"x": "z.csv", "y": "x.csv", "z": "x.csv"}


def test_files_of_people_or_without_ids_are_no_part_of_it() -> None:
    held = asked(["a"], [1.0])
    parts = {name: part(held, name) for name in ("one", "two", "three")}
    files = {"one": entry(**SURVEY), "two": entry(unit="id"), "three": entry(level="respondent")}
    assert apart_in_files(parts, files) is parts


# ------------------------------------------------------------------ members of a panel


def test_a_variable_that_a_file_does_not_ask_is_held_against_the_waves_that_do() -> None:
    held = {
        "x": records(["a", "b"], time="w1").assign(sex=["f", "m"], age=[30.0, 40.0]),
        "y": records(["a", "b"], time="w2"),
        "z": records(["a", "b"], time="w3").assign(sex=["m", "m"], age=[30.0, 39.0]),
        "n": records(["a"], time="w3").assign(sex="f", age=1.0),
        "p": records(["a"], time="w3").assign(sex="f", age=1.0),
    }
    variables = {"sex": {"type": "category", "values": ["f", "m"]}, "age": {}}
    files = {name: entry(**SURVEY, variables=variables) for name in "xz"}
    files |= {"y": entry(**SURVEY), "n": entry(level="respondent", variables=variables)}
    files["p"] = entry(unit="id", variables=variables)
    members = {"constant": ["sex", "height"], "rising": ["age"]}
    how = spec(files, times=("w1", "w2", "w3"), members=members)
    found = members_agree({name: part(one, name) for name, one in held.items()}, how)
    told = {name: [row[:4] for row in listed(one.problems)] for name, one in found.items()}
    assert told == {
        "x": [], "y": [], "n": [], "p": [],
        "z": [(2, "sex", "not_constant", "m, before: f"),
              (3, "age", "fell_back", "39, before: 40")],
    }  # fmt: skip


def test_a_category_falls_in_the_order_that_config_lists() -> None:
    bands = {"type": "category", "values": {"1": "young", "2": "old"}}
    files = {name: entry(**SURVEY, variables={"band": bands}) for name in "xy"}
    one = records(["a", "b", "c"], time="w1").assign(band=["young", "old", "old"])
    two = records(["a", "b", "c"], time="w2").assign(band=["old", "young", "old"])
    how = spec(files, times=("w1", "w2"), members={"rising": ["band"]})
    found = members_agree({"x": part(one, "x"), "y": part(two, "y")}, how)
    assert [row[:4] for row in listed(found["y"].problems)] == [
        (3, "band", "fell_back", "young, before: old")
    ]


# ------------------------------------------------------------------ names of places


def near(files: dict[str, Any], **held: pd.DataFrame) -> dict[str, list[tuple[Any, ...]]]:
    entries = {name: entry(path=f"{name}.csv", **SURVEY, **how) for name, how in files.items()}
    parts = {name: part(one, name) for name, one in held.items()}
    found = near_places(parts, spec(entries))
    return {name: [(row[0], row[1], row[4].partition("):")[0]) for row in listed(one.problems)]
            for name, one in found.items()}  # fmt: skip


def test_names_of_no_site_are_held_against_each_other() -> None:
    one = records(["a", "b"], link_worker="Jo Day")
    two = records(["c", "d"], link_worker=["Kim", "jo day"])
    files = {
        "one": {"link_worker": {"constant": "Jo Day"}},
        "two": {"link_worker": {"column": "w"}},
    }
    said = "kept as another one than 'Jo Day' (line 2 of one.csv; 1 such here"
    assert near(files, one=one, two=two) == {"one": [], "two": [(3, "w", said)]}
    # the constant is no column: what differs from the more frequent is listed without one
    more = records(list("cdef"), link_worker="jo day")
    said = "kept as another one than 'jo day' (line 2 of two.csv; 2 such here"
    assert near(files, one=one, two=more) == {"one": [(2, "", said)], "two": []}


def test_a_name_that_the_site_has_nowhere_is_not_what_others_are_held_against() -> None:
    """Categories of a file hold the names of all its sites."""
    kinds = {"site": "category", "neighbourhood": "category"}
    a = records(["p", "q"], site=["north", "south"], neighbourhood=["Docks", "OLD TOWN"])
    b = records(["p", "q"], site="north", neighbourhood="Old Town")
    c = records(["p"], site="north", neighbourhood="old town")
    files = {name: {"neighbourhood": {"column": "near"}} for name in "abc"}
    told = near(files, a=a.astype(kinds), b=b.astype(kinds), c=c.astype(kinds))
    said = "kept as another one than 'Old Town' (line 2 of b.csv; 1 such here"
    assert told == {"a": [], "b": [], "c": [(2, "near", said)]}


# ------------------------------------------------------------------ dates in order


def test_times_are_swapped_if_more_than_half_of_five_or_more_later_dates_are_early() -> None:
    file = entry(unit="id", date={"column": "day"}, time={"column": "when"})
    other = entry(level="respondent", unit="id", date={"column": "day"})
    how = spec({"f": file, "g": other}, first_time="before")
    for early, late, swapped in ((4, 0, False), (3, 2, True), (3, 3, False)):
        days = ["2024-02-01", *["2024-01-01"] * early, *["2024-02-01"] * late]
        held = records(["a"] * len(days), time=["before", *["after"] * (early + late)], date=days)
        parts = {"f": part(held), "g": part(held)}
        found = dates_in_order(parts, how)
        kinds = [row[2] for row in listed(found["f"].problems)]
        assert kinds == ["times_swapped"] * swapped + ["date_before_baseline"] * early
        assert found["g"] is parts["g"]


def waves(*days: list[str], level: str = "respondent") -> list[list[tuple[Any, ...]]]:
    """Of a file a wave, answered on these days: what is listed."""
    names = [f"w{at}" for at, _ in enumerate(days)]
    parts = {name: part(records(list("abcdefgh")[: len(own)], time=name, date=own), name)
             for name, own in zip(names, days, strict=True)}  # fmt: skip
    files = {name: entry(path=f"{name}.csv", level=level, date={"column": "day"}) for name in names}
    files["undated"] = entry(level=level)
    parts["undated"] = part(records(["z"], time=names[-1]))
    found = waves_in_order(parts, spec(files, times=("none", *names)))
    assert found["undated"].problems.empty
    return [listed(found[name].problems) for name in names]


def test_a_wave_answered_before_the_one_before_is_listed_in_its_own_file() -> None:
    march, may = [f"2024-03-0{i}" for i in range(1, 6)], [f"2024-05-0{i}" for i in range(1, 6)]
    said = "half of w1 by 2024-03-03, of w0 by 2024-05-03"
    line = (0, "day", "times_swapped", said, "the run stops")
    assert waves(may, march, may) == [[], [line], []]
    assert waves(may, march[:4], may) == waves(may, may, may) == [[], [], []]  # few, or as early
    assert waves(may, march, may, level="person") == [[], [], []]


def test_a_neighbourhood_is_held_against_the_registers_if_both_are_said() -> None:
    people = entry(unit="id", lists_people=True, neighbourhood={"column": "at"})
    held = records(["a", "b", "c"], neighbourhood=["n1", None, "n3"])
    other = records(["a", "b", "c", "d"], neighbourhood=["n1", "n2", None, "n4"])
    near = {"unit": "id", "neighbourhood": {"column": "near"}}
    files = {"g": entry(**near), "f": entry(**near), "p": people}
    parts = {"p": part(held), "f": part(other), "g": part(records(["d"], neighbourhood="n5"))}
    found = neighbourhoods_agree(parts, spec(files))
    assert all(found[name] is parts[name] for name in "fgp")


# ------------------------------------------------------------------ ids of people


def test_an_id_of_nobody_is_listed_unless_it_is_of_no_register() -> None:
    held = records(["1", "2", "3"], who=pd.Series(["P1", "P9", None], dtype="str"))
    variables = {"who": {"type": "id", "column": "whom"}, "s": {}}
    file = entry(level="other", unit="no", variables=variables)
    before = part(held)
    found = _linked_ids(before, file, {"P1"}, ())
    assert listed(found.problems) == [(3, "whom", "unlinked_id", "P9", "kept")]
    same: list[Cleaned] = [
        _linked_ids(before, file, {"P1"}, ("who",)),
        _linked_ids(before, file, None, ()),
        _linked_ids(before, entry(level="other", variables={"s": {}}), {"P1"}, ()),
    ]
    assert all(one is before for one in same)

"""Panel members: one site, a sex that stays, an age that does not fall."""

from pathlib import Path
from typing import Any

import pytest

from small_study import Study
from survey_study import survey

BANDS = ("18-34", "35-49", "50-64", "65+")


def wave(changes: dict[int, tuple[str, str, str, str]], drop: tuple[int, ...] = ()) -> str:
    """Six respondents: id, site, sex, band, age; `changes`: number → what another wave says."""
    rows = []
    for i in range(6):
        own = changes.get(i, (("north", "south")[i % 2], "fm"[i % 2], BANDS[i % 4], str(30 + i)))
        if i not in drop:
            site, sex, band, age = own
            rows.append(f"r{i},{site},n{i % 2},{sex},{band},{age},{1 + i % 4}\n")
    return "id,site,near,sex,band,age,trust\n" + "".join(rows)


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Three waves; sex is constant, band and age rise."""
    made = survey(tmp_path)
    made.config["waves"]["w3"] = {"label": "Third", "position": 24}
    made.config["forms"]["asked"] = {
        "variables": {
            "trust": {"range": [1, 4]},
            "sex": {"type": "category", "values": {"f": "female", "m": "male"}},
            "band": {"type": "category", "values": list(BANDS)},
            "years": {"column": "age", "range": [16, 110]},
        }
    }
    made.config["outcomes"].pop("chatting")
    common = {k: v for k, v in made.config["files"]["one"].items() if k not in ("mode", "version")}
    made.config["files"] = {
        name: {**common, "path": f"data/raw/{name}.csv", "time": {"constant": f"w{n}"}}
        for n, name in enumerate(("one", "two", "three"), 1)
    }
    made.config["surveys"] = {"members": {"constant": ["sex"], "rising": ["band", "years"]}}
    ends = {"one": "\n", "two": "", "three": "\n\n"}  # three exports: their bytes differ
    made.files = {f"{name}.csv": wave({}) + end for name, end in ends.items()}
    return made


def listed(study: Study) -> list[tuple[Any, ...]]:
    result = study.run("check")
    assert result.status == 0, result.shown
    found = result.problems()
    assert set(found["action"]) <= {"kept as it is; the records count as one respondent's"}
    return [tuple(row) for row in found[["file", "line", "column", "kind", "value"]].to_numpy()]


def test_members_who_stay_as_they_were_are_not_listed(study: Study) -> None:
    study.files["three.csv"] = wave({1: ("south", "m", "50-64", "33")})  # older
    assert listed(study) == []


def test_another_site_is_listed_in_the_later_wave(study: Study) -> None:
    study.files["two.csv"] = wave({2: ("south", "f", "50-64", "32")})
    assert listed(study) == [
        ("data/raw/two.csv", 4, "site", "two_sites", "south, before: north"),
        ("data/raw/three.csv", 4, "site", "two_sites", "north, before: south"),
    ]


def test_another_sex_is_listed_with_both(study: Study) -> None:
    study.files["three.csv"] = wave({0: ("north", "m", "18-34", "30")})
    assert listed(study) == [
        ("data/raw/three.csv", 2, "sex", "not_constant", "male, before: female")
    ]


def test_who_grows_younger_is_listed_by_band_and_by_years(study: Study) -> None:
    study.files["three.csv"] = wave({3: ("south", "m", "35-49", "29")})
    assert listed(study) == [
        ("data/raw/three.csv", 5, "age", "fell_back", "29, before: 33"),
        ("data/raw/three.csv", 5, "band", "fell_back", "35-49, before: 65+"),
    ]


@pytest.mark.parametrize("kind", ["two_sites", "not_constant", "fell_back"])
def test_a_member_who_changed_stops_the_run_if_config_says_so(study: Study, kind: str) -> None:
    study.files["three.csv"] = wave({3: ("north", "f", "35-49", "29")})
    study.config["problems"] = {"stop_on": [kind]}
    result = study.run("check")
    assert result.status == 1
    assert any("data/raw/three.csv: " in line and kind in line for line in result.lines)


def test_a_wave_without_the_member_or_the_answer_is_passed_over(study: Study) -> None:
    study.files["two.csv"] = wave({3: ("south", "", "", "")}, drop=(0,))
    study.files["three.csv"] = wave(
        {0: ("north", "m", "18-34", "30"), 3: ("south", "f", "18-34", "33")}
    )
    assert [row[1:] for row in listed(study)] == [
        (2, "sex", "not_constant", "male, before: female"),
        (5, "band", "fell_back", "18-34, before: 65+"),
        (5, "sex", "not_constant", "female, before: male"),
    ]


def test_nothing_is_asked_of_respondents_without_ids(study: Study) -> None:
    del study.config["surveys"]
    for file in study.config["files"].values():
        file.pop("unit")
    study.files["two.csv"] = wave({2: ("south", "m", "18-34", "20")})
    assert listed(study) == []


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"constant": ["sexx"]}, "surveys.members.constant: no variable of respondents is called"),
        ({"rising": ["when"]}, "surveys.members.rising: 'when' has no order"),
        ({"constant": ["sex"], "rising": ["sex"]}, "'sex' is both constant and rising"),
    ],
)
def test_a_mistake_is_named(study: Study, members: dict[str, Any], message: str) -> None:
    study.config["surveys"]["members"] = members
    study.config["forms"]["asked"]["variables"]["when"] = {
        "type": "date",
        "column": "age",
        "format": "%Y",
    }
    result = study.run("check")
    assert result.status == 1 and message in result.shown


def numbered_from_1(study: Study, n: int) -> None:
    """In the second wave n respondents of south have the ids of north's first ones."""
    first, *rows = wave({}).splitlines()
    more = [f"r{2 * i},south,n1,f,18-34,40,2" for i in range(n)]
    study.files["two.csv"] = "\n".join([first, *rows, *more]) + "\n"


def test_ids_that_two_sites_share_in_a_wave_stop_beyond_a_few(study: Study) -> None:
    study.files["one.csv"] = wave({}, drop=tuple(range(5)))
    study.files["three.csv"] = study.files["one.csv"] + "\n"
    numbered_from_1(study, 3)
    result = study.run("check")
    assert result.status == 0
    told = result.problems().query("kind == 'one_id_two_sites'")
    assert told["line"].tolist() == [8, 9, 10] and set(told["action"]) == {"set aside"}
    assert told["value"].tolist() == [f"south here, north on line {n}" for n in (2, 4, 6)]
    aside = result.ledger().query("status == 'set aside'")
    assert aside["reason"].tolist() == ["one_id_two_sites"] * 3
    rows = [f"q{i},{site},n1,f,18-34,40,2" for site in ("north", "south") for i in range(4)]
    study.files["two.csv"] += "\n".join(rows) + "\n"
    (line,) = study.run("check").lines
    assert line.startswith(
        "data/raw/two.csv: id: a second respondent's record of the same id and wave, in another"
        " site; 7 records, first on line 8: 'south here, north on line 2'"
    )
    assert "if each site numbers its respondents from 1, make the ids differ" in line
    assert line.endswith("or write problems: {only_listed: [one_id_two_sites]}")
    study.config["problems"] = {"only_listed": ["one_id_two_sites"]}
    assert study.run("check").status == 0


@pytest.mark.parametrize(
    ("rule", "lines", "said"),
    [
        ("keep_first", [8], ["south here, north on line 2"]),
        ("keep_last", [2], ["north here, south on line 8"]),
        ("keep_neither", [2, 8], ["north here, south on line 8", "south here, north on line 2"]),
    ],
)
def test_the_declared_rule_says_which_of_two_sites_counts(
    study: Study, rule: str, lines: list[int], said: list[str]
) -> None:
    study.files["one.csv"] = wave({}, drop=tuple(range(5)))
    study.files["three.csv"] = study.files["one.csv"] + "\n"
    numbered_from_1(study, 1)
    study.config["files"]["two"]["duplicates"] = rule
    told = study.run("check").problems().query("kind == 'one_id_two_sites'")
    assert (told["line"].tolist(), told["value"].tolist()) == (lines, said)


def files_of_sites(study: Study, n: int, second: str = "south") -> None:
    """The first wave in two files, one a site, whose first n ids are the same."""
    first, *_ = wave({}).splitlines()
    ids = ([f"p{i}" for i in range(8)], [f"{'p' if i < n else 'q'}{i}" for i in range(8)])
    for name, site, own in zip(("one", "two"), ("north", second), ids, strict=True):
        rows = [f"{unit},{site},{site},f,18-34,40,2" for unit in own]
        study.files[f"{name}.csv"] = "\n".join([first, *rows]) + "\n"
    study.config["files"]["two"]["time"] = {"constant": "w1"}
    study.files["three.csv"] = wave({}, drop=tuple(range(5)))


def test_ids_that_the_files_of_two_sites_share_are_two_people(study: Study) -> None:
    files_of_sites(study, 3)
    result = study.run("panel")
    assert (result.status, result.shown) == (0, "")
    told = result.problems()
    assert set(told["kind"]) == {"one_id_two_sites"}
    assert told["file"].unique().tolist() == ["data/raw/two.csv"]
    assert told["line"].tolist() == [2, 3, 4] and set(told["action"]) == {"set aside"}
    assert told["value"][0] == "south here, north on line 2 of data/raw/one.csv"
    aside = result.ledger().query("status == 'set aside'")
    assert aside["file"].tolist() == ["two"] * 3
    assert aside["reason"].tolist() == ["one_id_two_sites"] * 3
    panel = result.panel().query("time == 'w1'")
    assert panel[["unit", "time"]].duplicated().sum() == 0
    assert panel["site"].value_counts().to_dict() == {"north": 8, "south": 5}
    files_of_sites(study, 4)
    (line,) = study.run("panel").lines
    assert line.startswith(
        "data/raw/two.csv: id: a second respondent's record of the same id and wave, in another"
        " site; 4 records, first on line 2: 'south here, north on line 2 of data/raw/one.csv'"
    )
    assert "if each site numbers its respondents from 1, make the ids differ" in line


def two_modes(study: Study, *rows: str) -> None:
    """The first wave on paper (six respondents) and on the web (these rows)."""
    first, *_ = wave({}).splitlines()
    study.files["two.csv"] = "\n".join([first, *rows]) + "\n"
    study.files["three.csv"] = wave({}, drop=tuple(range(5)))
    study.config["files"]["two"] |= {"time": {"constant": "w1"}, "mode": {"constant": "web"}}
    study.config["files"]["one"] |= {"mode": {"constant": "paper"}}


COPY, OTHER, SILENT = (
    "r0,north,n0,f,18-34,30,1",
    "r1,south,n1,f,35-49,31,4",
    "r2,north,n0,,,,",
)


def test_an_id_of_two_files_and_one_site_counts_once(study: Study) -> None:
    two_modes(study, COPY, OTHER, SILENT, "w1,north,n0,f,18-34,30,1")
    result = study.run("panel")
    assert (result.status, result.shown) == (0, "")
    told = result.problems()
    assert set(told["file"]) == {"data/raw/two.csv"} and set(told["action"]) == {"set aside"}
    assert told[["line", "kind", "value"]].to_numpy().tolist() == [
        [2, "exact_duplicate", "as on line 2 of data/raw/one.csv"],
        [3, "one_id_two_files", "another trust, sex than on line 3 of data/raw/one.csv"],
        [4, "empty_duplicate", "answers on line 4 of data/raw/one.csv"],
    ]
    aside = result.ledger().query("status == 'set aside'")
    assert aside["reason"].tolist() == ["exact_duplicate", "one_id_two_files", "empty_duplicate"]
    panel = result.panel().query("time == 'w1' and outcome == 'trusting'")
    assert sorted(panel["unit"]) == [f"r{i}" for i in range(6)] + ["w1"]


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ("keep_last", [("one", 3)]),
        ("keep_neither", [("one", 3), ("two", 2)]),
    ],
)
def test_duplicates_of_the_later_file_says_which_of_two_counts(
    study: Study, rule: str, places: list[tuple[str, int]]
) -> None:
    two_modes(study, OTHER)
    study.config["files"]["two"]["duplicates"] = rule
    result = study.run("panel")
    assert (result.status, result.shown) == (0, "")
    aside = result.ledger().query("status == 'set aside'")
    assert list(zip(aside["file"], aside["line"], strict=True)) == places


def test_who_stands_in_two_files_stops_where_config_says_so_or_beyond_a_few(study: Study) -> None:
    two_modes(study, OTHER)
    study.config["files"]["two"]["duplicates"] = "stop"
    (line,) = study.run("check").lines
    assert line == (
        "data/raw/two.csv: id: a record of an id and wave that another file has too, with other"
        " answers; 1 record, first on line 2: 'another trust, sex than on line 3 of"
        " data/raw/one.csv'; correct the source, or choose another rule than duplicates: stop"
    )
    two_modes(study, *(f"r{i},north,n9,f,18-34,50,2" for i in (0, 2, 4)), OTHER)
    study.config["files"]["two"]["duplicates"] = "keep_first"
    (line,) = study.run("check").lines
    assert "; 4 records, first on line 2" in line and "numbers its respondents from 1" in line
    study.config["problems"] = {"only_listed": ["one_id_two_files"]}
    assert study.run("panel").status == 0


def test_two_records_in_one_site_are_a_conflict_as_before(study: Study) -> None:
    study.files["one.csv"] = wave({}, drop=tuple(range(5)))
    study.files["three.csv"] = study.files["one.csv"] + "\n"
    study.files["two.csv"] += "r0,north,n1,f,18-34,40,2\n"
    assert set(study.run("check").problems()["kind"]) == {"conflicting_duplicate"}


def test_a_neighbourhood_that_another_wave_writes_otherwise_is_told_once(study: Study) -> None:
    study.files["two.csv"] = wave({}).replace(",n0,", ",N 0,").replace(",n1,", ", n1 ,")
    study.files["three.csv"] = wave({}).replace(",n0,", ",n  0,")
    result = study.run("check")
    assert (result.status, result.shown) == (0, "")
    found = result.problems()
    assert found[["file", "line", "column", "kind", "value"]].to_numpy().tolist() == [
        ["data/raw/three.csv", 2, "near", "near_word", "n  0"]
    ]
    assert found["action"][0] == (
        "kept as another one than 'N 0' (line 2 of data/raw/two.csv; 3 such here): values: of its"
        " column can write both in one way"
    )
    study.config["files"]["three"]["neighbourhood"] = {
        "column": "near", "values": {"n  0": "N 0", "n1": "n1"},
    }  # fmt: skip
    assert result.problems().size and study.run("check").problems().empty


def test_neighbourhoods_of_two_sites_may_be_called_alike(study: Study) -> None:
    study.files["two.csv"] = wave({}, drop=(1, 3, 5)).replace("north,n0", "north,N1")
    assert listed(study) == []

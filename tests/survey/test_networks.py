"""Whom respondents named: scores, the table of sites and waves, ties that cannot be."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.beside_tables import NetworkTable
from cesp_analysis.survey.networks import Answers, scored
from cesp_analysis.survey.ties_aside import Aside
from network_records import TIES, WAVE, study
from small_study import Study


def values(folder: Path, outcome: str) -> dict[str, float]:
    panel = contracts.read(folder / "data/processed/panel.parquet", Panel)
    own = panel[panel["outcome"] == outcome]
    assert set(own["time"]) == {"w1"}
    return dict(zip(own["unit"].astype(str), own["value"], strict=True))


def test_scores_are_outcomes_of_the_panel(tmp_path: Path) -> None:
    ran = study(tmp_path).run("panel")
    assert (ran.status, ran.shown) == (0, "")
    degree = values(tmp_path, "degree")
    assert [degree[f"R{i}"] for i in (1, 2, 3, 4, 5, 6, 7, 9)] == [2, 2, 1, 1, 0, 1, 1, 1]
    assert np.isnan(degree["R8"])
    isolate = values(tmp_path, "isolate")
    assert [one for one, value in isolate.items() if value == 1] == ["R5"]
    assert np.isnan(isolate["R8"])
    assert values(tmp_path, "organisations")["R2"] == 1
    reach = values(tmp_path, "reach")
    assert [reach[f"R{i}"] for i in range(1, 6)] == [0.5, 0.5, 0.5, 0.25, 0.25]
    assert reach["R6"] == 0 and reach["R7"] == reach["R9"] == 0.5 and np.isnan(reach["R8"])


def test_the_table_counts_by_hand(tmp_path: Path) -> None:
    study(tmp_path).run("panel")
    table = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    north, south = table.to_dict("records")
    assert (north["site"], north["wave"], south["site"]) == ("north", "w1", "south")
    assert (north["respondents"], north["asked"], north["ties"]) == (5, 5, 6)
    assert north["mean_degree"] == 1.2 and north["sd_degree"] == pytest.approx(0.7**0.5)
    assert (north["isolates"], north["with_organisation"]) == (1, 0.4)
    assert (north["groups"], north["components"], north["largest_component"]) == (2, 2, 3)
    assert (south["respondents"], south["asked"], south["isolates"]) == (4, 3, 0)
    assert (south["components"], south["largest_component"]) == (2, 2)
    assert "share of residents who were asked" in str(north["warnings"])


def test_of_few_respondents_their_number_stands_alone(tmp_path: Path) -> None:
    made = study(tmp_path)
    made.config["surveys"] = {"minimum": 4}
    made.run("panel")
    table = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    north, south = table.to_dict("records")
    assert north["mean_degree"] == 1.2
    assert (south["asked"], south["warnings"]) == (3, "not shown: fewer than 4 answers")
    hidden = set(south) - {"site", "wave", "respondents", "asked", "ties_aside", "warnings"}
    assert len(hidden) == 10 and all(pd.isna(south[name]) for name in hidden)


def test_without_an_answered_variable_who_named_nobody_is_an_isolate(tmp_path: Path) -> None:
    made = study(tmp_path)
    del made.config["networks"]["answered"]
    assert made.run("panel").status == 0
    assert values(tmp_path, "isolate")["R8"] == 1


def nothing(ties: pd.DataFrame) -> Aside:
    return Aside(ties[:0], np.zeros(0, dtype=bool), ties[:0])


def test_names_and_order_do_not_matter() -> None:
    people = pd.DataFrame(
        {"unit": [f"R{i}" for i in range(60)], "time": "w", "site": "n", "asked": True,
         "answered": True}
    )  # fmt: skip
    rng = np.random.default_rng(1)
    ties = pd.DataFrame(
        {"unit": [f"R{i}" for i in rng.integers(0, 60, 50)], "time": "w", "kind": "group",
         "alter": [f"g{i}" for i in rng.integers(0, 25, 50)]}
    ).drop_duplicates(["unit", "alter"])  # fmt: skip
    first = scored(Answers(people, ties, None, nothing(ties))).set_index("unit")["network.reach"]
    turned = people.sample(frac=1, random_state=2).reset_index(drop=True)
    again = scored(
        Answers(turned, ties.assign(alter="x" + ties["alter"])[::-1], None, nothing(ties))
    ).set_index("unit")["network.reach"]
    assert again[first.index].to_numpy() == pytest.approx(first.to_numpy())
    size = reached(people["unit"].tolist(), ties)
    assert (first * 59 + 1).round().astype(int).to_dict() == size


def reached(units: list[str], ties: pd.DataFrame) -> dict[str, int]:
    """How many respondents each is joined to, itself among them: by closing a matrix."""
    groups = sorted(set(ties["alter"]))
    member = np.zeros((len(units), len(groups)), dtype=bool)
    for unit, alter in zip(ties["unit"], ties["alter"], strict=True):
        member[units.index(unit), groups.index(alter)] = True
    joined = (member.astype(int) @ member.T.astype(int) > 0) | np.eye(len(units), dtype=bool)
    for _ in units:
        joined = joined.astype(int) @ joined.astype(int) > 0
    return dict(zip(units, joined.sum(axis=1).tolist(), strict=True))


def test_density_is_the_share_of_pairs_that_know_each_other(tmp_path: Path) -> None:
    made = study(tmp_path, known={"file": "pairs", "one": "first", "other": "second"})
    made.files["pairs.csv"] = "who,first,second\nR1,choir,aunt\n"
    made.config["files"]["pairs"] = {
        "path": "data/raw/pairs.csv", "level": "other", "unit": "who", "time": {"constant": "w1"},
        "one_row_per": "any", "variables": {"first": {"type": "id"}, "second": {"type": "id"}},
    }  # fmt: skip
    made.config["outcomes"]["density"] = made.config["outcomes"]["degree"] | {
        "score": "network.density",
        "label": "density",
    }
    assert made.run("panel").shown == ""
    density = values(tmp_path, "density")
    assert (density["R1"], density["R2"]) == (1, 0) and np.isnan(density["R3"])
    made.files["pairs.csv"] += "R2,choir,nobody\nR1,aunt,choir\nR2,choir,choir\n"
    shown = made.run("panel").shown
    assert "line 3: ties that join somebody whom the respondent did not name" in shown
    assert "line 4: ties that stand a second time; the first is of 'R1' at w1" in shown
    assert "line 5: ties that join somebody to themselves" in shown


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("R77,choir,group\n", "are of nobody who answered that wave; the first is of 'R77' at w1"),
        ("R1,,group\n", "name nobody"),
        ("R1,R1,person\n", "tie a respondent to the respondent's own id"),
        ("R1,choir,organisation\n", "name somebody a second time in one wave"),
        ("R1,uncle,\n", "do not say whether it is a person, a group or an organisation"),
    ],
)
def test_ties_that_cannot_be(tmp_path: Path, row: str, words: str) -> None:
    ran = study(tmp_path, TIES + row).run("panel")
    assert ran.status == 1
    assert ran.shown.startswith("data/raw/ties.csv: line 11: ties that ") and words in ran.shown
    assert "Traceback" not in ran.shown


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    ran = study(tmp_path, TIES + "R77,choir,group\nR1,,group\nR78,choir,group\n").run("panel")
    assert len(ran.shown.strip().splitlines()) == 2
    assert "(2 such ties)" in ran.shown


def test_ties_of_a_respondent_whose_record_was_set_aside_are_not_counted(tmp_path: Path) -> None:
    made = study(tmp_path / "some", ties=TIES + "R10,choir,group\nR10,club,group\n")
    made.files["w1.csv"] = WAVE + "R10,Elsewhere,1,2\n"
    whole = study(tmp_path / "whole")
    assert [made.run("panel").shown, whole.run("panel").shown] == ["", ""]
    some, all_ = (
        pd.read_csv(tmp_path / name / "results/tables/networks.csv") for name in ("some", "whole")
    )
    assert set(some.pop("ties_aside")) == {2} and set(all_.pop("ties_aside")) == {0}
    told = some.pop("warnings").str.replace(all_.pop("warnings")[0], "", regex=False)
    aside = "2 ties of this wave, at all sites, not counted: of respondents whose record was set"
    assert set(told) == {f" | {aside} aside or left out"}
    pd.testing.assert_frame_equal(some, all_)


def one_id_in_two_sites(folder: Path, *, sites: bool) -> Study:
    """R1 of North and another R1 of South, who named the club; South has a file of its own."""
    made = study(folder, known={"file": "pairs", "one": "first", "other": "second"})
    first, *rows = WAVE.splitlines()
    for site in ("North", "South"):
        own = [row for row in rows if f",{site}," in row]
        own += ["R1,South,1,2"] if site == "South" else []
        made.files[f"{site}.csv"] = "\n".join([first, *own]) + "\n"
        made.config["files"][site.lower()] = made.config["files"]["w1"] | {
            "path": f"data/raw/{site}.csv"
        }
    del made.config["files"]["w1"], made.files["w1.csv"]
    where = {row.split(",")[0]: row.split(",")[1] for row in rows}
    head, *ties = TIES.splitlines()
    ties = [f"{row},{where[row[:2]]}" for row in ties] + ["R1,club,group,South"]
    made.files["ties.csv"] = "\n".join([f"{head},place", *ties]) + "\n"
    made.files["pairs.csv"] = "who,first,second,place\nR1,choir,aunt,North\nR1,club,club2,South\n"
    made.files["ties.csv"] += "R1,club2,group,South\n"
    ties_file = made.config["files"]["ties"]
    ties_file |= {"site": {"column": "place"}} if sites else {"ignored": ["place"]}
    made.config["files"]["pairs"] = ties_file | {
        "path": "data/raw/pairs.csv",
        "variables": {"first": {"type": "id"}, "second": {"type": "id"}},
        "site": None,
        "ignored": ["place"],
    }
    return made


def test_ties_of_another_site_than_the_respondents_are_not_counted(tmp_path: Path) -> None:
    assert one_id_in_two_sites(tmp_path, sites=True).run("panel").shown == ""
    degree = values(tmp_path, "degree")
    assert (degree["R1"], degree["R7"]) == (2, 1)
    table = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    assert table["ties"].tolist() == [6, 3] and table["ties_aside"].tolist() == [2, 2]
    told = "2 ties of this wave, at all sites, not counted: of another site than the respondent of"
    assert table["warnings"].str.contains(told, regex=False).all()


def test_ties_that_may_be_two_peoples_are_told(tmp_path: Path) -> None:
    assert one_id_in_two_sites(tmp_path, sites=False).run("panel").shown == ""
    assert values(tmp_path, "degree")["R1"] == 4
    table = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    assert table["ties_aside"].tolist() == [0, 0]
    told = "one id of two respondents in different sites (one_id_two_sites): its ties may be two"
    assert table["warnings"].str.contains(told, regex=False).all()


@pytest.mark.parametrize("pseudonyms", [True, False])
@pytest.mark.parametrize(
    "chosen",
    [
        {"left_out": {"id": ["R3"]}},
        {"left_out": {"trust": ["3"]}},
        {"rows": {"trust": ["0", "1", "2"]}},
    ],
)
def test_ties_of_respondents_who_are_left_out_are_not_counted(
    tmp_path: Path, chosen: dict[str, Any], pseudonyms: bool
) -> None:
    made = study(tmp_path)
    made.config["study"]["pseudonyms"] = pseudonyms
    made.files["w1.csv"] = WAVE.replace("R7,South,1,3", "R7,South,1,2")
    made.config["files"]["w1"] |= chosen
    assert made.run("panel").shown == ""
    table = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    assert table["ties"].tolist() == [5, 3] and table["ties_aside"].tolist() == [1, 1]


def test_ties_of_a_record_that_was_taken_out_can_be_left_out(tmp_path: Path) -> None:
    made = study(tmp_path, TIES + "R77,choir,group\n")
    (line,) = made.run("panel").lines
    assert line.endswith("or leave them out (left_out) if the respondent's record was taken out of"
                         " the wave's file on purpose")  # fmt: skip
    made.config["files"]["ties"]["left_out"] = {"who": ["R77"]}
    assert made.run("panel").shown == ""


def test_an_exact_copy_is_set_aside_as_in_every_file(tmp_path: Path) -> None:
    assert study(tmp_path, TIES + "R1,choir,group\n").run("panel").status == 0
    assert values(tmp_path, "degree")["R1"] == 2


def reach_in_a_model(config: dict[str, Any]) -> None:
    config["outcomes"]["degree"].update(score="network.reach")
    config["models"] = {"m": {"kind": "survey", "outcomes": ["degree"]}}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda c: c["networks"].update(asked=["w9"]), "networks.asked: 'w9' is no wave"),
        (lambda c: c["networks"].update(ties="tie"), "networks.ties: no file is called 'tie'"),
        (lambda c: c["networks"].update(alter="nam"), "no variable is called 'nam'"),
        (lambda c: c["networks"].update(answered="no"), "networks.answered: no file of respond"),
        (lambda c: c["files"]["ties"].update(one_row_per="unit"), "ties.one_row_per: any"),
        (lambda c: c["files"]["ties"].update(level="respondent"), "files.ties.level is respondent"),
        (lambda c: c["files"]["ties"].pop("unit"), "files.ties.unit must name"),
        (lambda c: c["files"]["ties"].pop("time"), "files.ties.time must say"),
        (
            lambda c: c["files"]["ties"]["variables"]["what"].update(values=["a"]),
            "values recoded to person, group, organisation",
        ),
        (lambda c: c["outcomes"]["degree"].pop("times"), "outcomes.degree.times: the ties were"),
        (
            lambda c: c["outcomes"]["degree"].update(level="person", times=["before"]),
            "write level: respondent",
        ),
        (lambda c: c.pop("networks"), "outcomes.degree.score: needs a section networks"),
        (
            lambda c: c["outcomes"]["degree"].update(score="network.degrees"),
            "did you mean 'network.degree'",
        ),
        (reach_in_a_model, "models.m.outcomes: 'degree' is network.reach, whose value respondents"),
    ],
)  # fmt: skip
def test_config_that_does_not_fit(tmp_path: Path, change: Any, line: str) -> None:
    made = study(tmp_path)
    change(made.config)
    ran = made.run("panel")
    assert ran.status == 1 and line in ran.shown


@pytest.mark.parametrize("kind", ["text", "number", "category"])
def test_who_is_named_must_be_an_id(tmp_path: Path, kind: str) -> None:
    made = study(tmp_path, known={"file": "ties", "one": "named", "other": "named"})
    entry = {"type": kind} | ({"values": ["choir", "aunt"]} if kind == "category" else {})
    made.config["files"]["ties"]["variables"]["named"] = entry
    wrong = f"files.ties.variables.named is of type {kind}; write type: id, so that names leave"
    told = made.run("panel").lines
    for place in ("alter", "known.one", "known.other"):
        assert any(f"networks.{place}: {wrong}" in line for line in told)
    assert any("known.other: 'named' is networks.known.one too" in line for line in told)


def test_alter_and_kind_are_two_variables(tmp_path: Path) -> None:
    told = study(tmp_path, alter="what").run("panel").lines
    assert len(told) == 2
    assert any("networks.alter: files.ties.variables.what is of type category" in x for x in told)
    assert any("networks.kind: 'what' is networks.alter too" in line for line in told)


def test_a_wave_that_is_none_is_told_once(tmp_path: Path) -> None:
    (line,) = study(tmp_path, asked=["w1", "w9"]).run("panel").lines
    assert line == "config.yaml: networks.asked: 'w9' is no wave (declared: w1, w2)"


def test_names_of_people_leave_as_pseudonyms(tmp_path: Path) -> None:
    made = study(tmp_path)
    made.config["study"]["pseudonyms"] = True
    assert made.run("panel").shown == ""
    done = (tmp_path / "data/processed").rglob("*")
    written = b"".join(path.read_bytes() for path in done if path.is_file())
    kept = contracts.read(tmp_path / "results/tables/networks.csv", NetworkTable)
    assert kept["largest_component"].tolist() == [3, 2]
    assert b"aunt" not in written

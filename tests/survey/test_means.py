"""Weighted means and proportions against R's survey, closed forms, invariances."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.surveys import SeveralAnswers, SurveyDesign
from cesp_analysis.models.survey_domain import kish_n, proportion_interval
from cesp_analysis.numbers import NOT_SHOWN
from cesp_analysis.survey.answers import MeansSpec, Measure, answers_of
from cesp_analysis.survey.apart import apart
from cesp_analysis.survey.composition import composition_rows, population_shares
from cesp_analysis.survey.mean_cells import drawn_of
from cesp_analysis.survey.means import described, in_order
from cesp_analysis.survey.neighbourhood_changes import change_rows
from cesp_analysis.survey.neighbourhoods import neighbourhood_rows, places_of

REFERENCE = Path(__file__).parents[1] / "reference"
KNOWN = json.loads((REFERENCE / "survey_means.json").read_text(encoding="utf-8"))
WAVES, SITES = ("w1", "w2", "w3"), ("north", "south")
Row = dict[str, Any]


def spec(**changed: Any) -> MeansSpec:
    told: dict[str, Any] = {
        "outcomes": {
            "score": Measure(label="Score", unit="points", type="continuous"),
            "level": Measure(label="Level", unit="points", type="ordinal"),
            "member": Measure(label="Member", unit="proportion", type="binary"),
        },
        "covariates": ("sex", "age"),
        "sites": SITES,
        "waves": WAVES,
        "ci_level": 0.95,
    }
    return MeansSpec(**(told | changed))


def records() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "survey_means.csv", dtype={"id": "str"})


def panel(rows: pd.DataFrame, outcomes: tuple[str, ...] = ("score", "level", "member")) -> Any:
    """The respondents as the panel has them: one row an outcome, respondent and wave."""
    parts = [
        pd.DataFrame(
            {
                "study": "x",
                "level": "respondent",
                "unit": rows["id"],
                "site": rows["site"],
                "arm": np.where(rows["site"] == rows["site"].min(), "intervention", "control"),
                "neighbourhood": rows["near"],
                "link_worker": None,
                "time": rows["wave"],
                "outcome": name,
                "value": rows[name],
                "weight": rows["weight"],
                **{c: rows[c] for c in ("sex", "age", "district") if c in rows},
                **{c: rows[c] for c in rows if c.startswith("margin_")},
            }
        )
        for name in outcomes
    ]
    table = pd.concat(parts, ignore_index=True)
    text = [n for n in table if n not in ("value", "weight", "margin_weight")]
    return table.astype({name: "category" for name in text if name in table})


def rows_of(rows: pd.DataFrame, how: MeansSpec) -> list[Row]:
    table = panel(rows, tuple(how.outcomes))
    drawn = drawn_of(table, how)
    answers, parts = answers_of(table, drawn.records, how), apart(drawn)
    return [
        row for own in answers for row in in_order(described(one.of(own), one) for one in parts)
    ]


def raked() -> pd.DataFrame:
    """The respondents with R's raked weights and the cells that they were raked to."""
    rows = records()
    cell = rows["site"] + "/" + rows["wave"] + "/"
    return rows.assign(
        weight=KNOWN["weights"],
        margin_1=cell + rows["sex"],
        margin_2=cell + rows["age"],
        margin_weight=1.0,
    )


def key_of(row: Row) -> str:
    ends = f"/{row['category']}" if row["category"] else ""
    if row["since"]:
        return f"{row['site']}/{row['wave']}/since/{row['since']}/{row['outcome']}{ends}"
    return f"{row['site']}/{row['wave']}/{row['outcome']}{ends}"


@pytest.mark.parametrize("weights", ["plain", "raked"])
def test_estimates_intervals_df_and_deff_are_those_of_r(weights: str) -> None:
    """R rakes to 1e-12, and its logit intervals come from a fit that stops at 1e-8 of a deviance:
    1e-7 of a bound and 1e-7 of what is raked, else rounding of 300 terms."""
    respondents = raked() if weights == "raked" else records()
    found = {key_of(row): row for row in rows_of(respondents, spec(minimum=2))}
    assert len(KNOWN[weights]) == 66
    for key, said in KNOWN[weights].items():
        row, names = found[key], {"se": "std_error", "low": "ci_low", "high": "ci_high"}
        for name, value in said.items():
            close = 1e-7 if weights == "raked" or name in ("low", "high") else 1e-10
            assert row[names.get(name, name)] == pytest.approx(value, rel=close), (key, name)


@pytest.mark.parametrize("weights", ["plain", "raked"])
def test_all_neighbourhoods_have_the_clustered_interval_of_r_beside_their_own(weights: str) -> None:
    """R's, as in the test above, stand in columns of their own; the row's own interval is that of
    respondents drawn within neighbourhoods, which R has too."""
    respondents = raked() if weights == "raked" else records()
    everything = SurveyDesign(neighbourhoods="all")
    told = spec(design=everything, minimum=2)
    found = {key_of(row): row for row in rows_of(respondents, told)}
    names = {"se": "clustered_std_error", "low": "clustered_ci_low", "high": "clustered_ci_high"}
    names |= {"df": "clustered_df"}
    compared = 0
    for key, said in KNOWN[weights].items():
        row = found[key]
        assert row["estimate"] == pytest.approx(said["estimate"], rel=1e-7)
        assert row["df"] > row["clustered_df"] and "respondents in" in row["method"]
        for name in set(said) & set(names):
            close = 1e-7 if weights == "raked" or name in ("low", "high") else 1e-10
            assert row[names[name]] == pytest.approx(said[name], rel=close), (key, name)
            compared += 1
    assert compared >= 4 * 60
    sampled = rows_of(respondents, spec())
    assert not any(name.startswith("clustered") for row in sampled for name in row)


def test_a_clustered_interval_that_is_not_known_says_why() -> None:
    rows = records().query("site != 'south' or near == 's1'")
    found = rows_of(rows, spec(design=SurveyDesign(neighbourhoods="all"), minimum=2))
    for row in found:
        if (row["reason"] or "").startswith(NOT_SHOWN):  # a code that one respondent gave
            continue
        assert row["std_error"] is not None or "nobody or everybody" in row["method"]
        alone = row["site"] == "south"
        assert (row.get("clustered_ci_low") is None) == alone
        assert ("one neighbourhood" in (row["clustered_reason"] or "")) == alone


def test_a_neighbourhood_is_described_by_itself() -> None:
    rows, how = records(), spec()
    table = panel(rows)
    drawn = drawn_of(table, how)
    answers, near = next(answers_of(table, drawn.records, how)), places_of(drawn.records, how)
    found = {
        row["group"]: row
        for row in neighbourhood_rows(answers, drawn.weight, near, spec(minimum=2))
        if row["wave"] == "w2"
    }
    for name, said in KNOWN["near"].items():
        names = {"se": "std_error", "low": "ci_low", "high": "ci_high"}
        for part, value in said.items():
            assert found[name][names.get(part, part)] == pytest.approx(value, rel=1e-9)
    few = list(neighbourhood_rows(answers, drawn.weight, near, spec(minimum=8)))
    hidden = [row for row in few if row["n"] < 8]
    assert hidden and all("estimate" not in row for row in hidden)
    assert {row["reason"] for row in hidden} == {"not shown: fewer than 8 answers"}
    one = {key: at[:1] for key, at in near.items()}
    (row, *_) = neighbourhood_rows(answers, drawn.weight, one, spec(minimum=1))
    assert (row["n"], row["reason"]) == (1, "not shown: fewer than 2 answers")


def test_composition_is_the_weighted_share_and_margins_have_no_error() -> None:
    how = spec()
    for rows, fitted in ((records(), False), (raked(), True)):
        drawn = drawn_of(panel(rows), how)
        equal = np.ones(len(rows))
        found = list(composition_rows(apart(drawn), equal, {}))
        old = {
            f"{r['site']}/{r['wave']}": r
            for r in found
            if (r["variable"], r["category"]) == ("age", "old")
        }
        for cell, share in KNOWN["shares"].items():
            wanted = 0.3 if fitted else share
            assert old[cell]["weighted"] == pytest.approx(wanted, rel=1e-7)
            assert (old[cell]["reason"] is not None) is fitted
        for row in found:
            same = [r for r in found if all(r[k] == row[k] for k in ("site", "wave", "variable"))]
            assert sum(r["weighted"] for r in same) == pytest.approx(1)
            assert sum(r["n"] for r in same) == row["known"] == row["respondents"]
            assert row["by_design"] == pytest.approx(row["unweighted"], rel=1e-12)


def test_shares_of_a_crossed_margin_are_summed() -> None:
    cells = {"f × old": 0.2, "m × old": 0.1, "f × young": 0.3, "m × young": 0.4, "not known": None}
    rows = [
        {"site": "a", "wave": "w1", "variable": "sex × age", "category": k, "share_population": v}
        for k, v in cells.items()
    ]
    assert population_shares(rows) == pytest.approx(
        {
            ("a", "w1", "sex", "f"): 0.5,
            ("a", "w1", "sex", "m"): 0.5,
            ("a", "w1", "age", "old"): 0.3,
            ("a", "w1", "age", "young"): 0.7,
        }
    )


def test_order_ids_and_names_do_not_matter() -> None:
    plain = rows_of(records(), spec())
    shuffled = records().sample(frac=1, random_state=3)
    again = {key_of(row): row for row in rows_of(shuffled, spec())}
    new = records()
    new["id"] = "x" + new["id"].str[::-1]
    new["site"] = new["site"].map({"north": "alpha", "south": "beta"})
    renamed = rows_of(new, spec(sites=("alpha", "beta")))
    for row, other in zip(plain, renamed, strict=True):
        for name in ("estimate", "std_error", "ci_low", "df", "deff", "n"):
            # sums in another order: rounding of 300 terms
            if row.get(name) is not None:  # a change has no deff
                assert again[key_of(row)][name] == pytest.approx(row[name], rel=1e-10)
                assert other[name] == pytest.approx(row[name], rel=1e-10)


def test_equal_weights_without_neighbourhoods_are_a_t_interval() -> None:
    """Closed form: mean, SD over root n times root of n/(n-1) by (n-1)/n; deff is 1."""
    rows = records().assign(near=None, weight=2.0)
    rows = rows[rows["site"] == "north"]
    how = spec(sites=("north",), waves=("w1",))
    row = rows_of(rows[rows["wave"] == "w1"], how)[0]
    values = rows.loc[rows["wave"] == "w1", "score"].dropna()
    n_all = int((rows["wave"] == "w1").sum())
    n = len(values)
    about = values.std(ddof=1) * np.sqrt((n - 1) / n) / np.sqrt(n)
    assert row["estimate"] == pytest.approx(values.mean(), rel=1e-12)
    assert row["std_error"] == pytest.approx(about * np.sqrt(n_all / (n_all - 1)), rel=1e-12)
    assert row["df"] == n - 1


def test_a_binary_change_is_the_difference_of_the_proportions() -> None:
    found = {key_of(row): row for row in rows_of(records(), spec())}
    before, after = found["north/w1/member"], found["north/w3/member"]
    change = found["north/w3/since/w1/member"]
    assert change["estimate"] == pytest.approx(after["estimate"] - before["estimate"], rel=1e-12)
    assert change["n"] == before["n"] + after["n"]


def test_categories_sum_to_one_and_cumulate() -> None:
    found = {key_of(row): row["estimate"] for row in rows_of(records(), spec()) if not row["since"]}
    shares = [found[f"south/w2/level/{k}"] for k in (1, 2, 3, 4)]
    assert sum(shares) == pytest.approx(1)
    for k in (2, 3, 4):
        assert found[f"south/w2/level/at least {k}"] == pytest.approx(sum(shares[k - 1 :]))


def test_a_category_that_nobody_chose_is_there_with_its_words() -> None:
    how = spec(
        categories={"level": {"1": "no", "2": "hardly", "3": "some", "4": "much", "5": "all"}}
    )
    found = {key_of(row): row for row in rows_of(records(), how) if not row["since"]}
    none = found["north/w1/level/5"]
    assert none["label"] == "Level: all" and found["north/w1/level/at least 2"]["label"] == (
        "Level: hardly to all"
    )
    assert none["estimate"] == 0 and none["ci_low"] == 0 and none["std_error"] is None
    own = records().query("site == 'north' and wave == 'w1' and level == level")
    n = own["weight"].sum() ** 2 / (own["weight"] ** 2).sum()
    assert none["ci_high"] == pytest.approx(1 - 0.025 ** (1 / n), rel=1e-12)  # Clopper-Pearson
    assert "nobody or everybody" in none["method"]


def test_the_ends_of_a_proportion() -> None:
    assert proportion_interval(0.0, 0.0, 9, 0.95, 18).high == pytest.approx(1 - 0.025 ** (1 / 18))
    assert proportion_interval(1.0, 0.0, 9, 0.95, 18).low == pytest.approx(0.025 ** (1 / 18))
    said = proportion_interval(0.4, 0.0, 9, 0.95, 18)
    assert said.low is None and said.reason == "no interval: the sampling units do not differ"
    assert kish_n(np.full(7, 3.0)) == pytest.approx(7)


def test_a_lone_neighbourhood_has_a_mean_and_no_interval() -> None:
    rows = records().query("site != 'south' or near == 's1'")
    for lone, told in (("stop", "no interval: one neighbourhood"), ("adjust", "no interval: one")):
        how = spec(design=SurveyDesign(lone_neighbourhood=lone), minimum=2)
        found = {key_of(row): row for row in rows_of(rows, how)}
        row = found["south/w1/score"]
        assert row["estimate"] is not None and row.get("std_error") is None
        assert row["reason"].startswith(told)
        assert found["north/w1/score"]["std_error"] > 0


def test_boxes_of_one_question_name_it() -> None:
    groups = SeveralAnswers(label="What for", outcomes=("member", "other"))
    how = spec(several_answers={"what": groups})
    found = rows_of(records(), how)
    assert {row["question"] for row in found if row["outcome"] == "member"} == {"what"}
    assert {row["question"] for row in found if row["outcome"] == "score"} == {None}


def test_a_wave_that_does_not_ask_an_outcome_has_no_row() -> None:
    asked = {"score": Measure(label="Score", unit="points", times=("w1", "w3"))}
    found = [row for row in rows_of(records(), spec(outcomes=asked)) if row["site"] == "north"]
    assert [(row["wave"], row["since"]) for row in found] == [
        ("w1", None), ("w3", None), ("w3", "w1")
    ]  # fmt: skip


def test_a_value_that_respondents_share_has_no_interval_anywhere() -> None:
    for design in (SurveyDesign(), SurveyDesign(neighbourhoods="all")):
        how = spec(design=design, minimum=2)
        shared = how.outcomes["score"].model_copy(update={"shared": True})
        how = how.model_copy(update={"outcomes": {"score": shared}})
        table = panel(records(), ("score",))
        drawn = drawn_of(table, how)
        (answers,) = answers_of(table, drawn.records, how)
        near = places_of(drawn.records, how)
        unit = np.asarray(drawn.records["unit"].cat.codes)
        rows = [
            *described(answers, *apart(drawn)),
            *neighbourhood_rows(answers, drawn.weight, near, how),
            *change_rows(answers, drawn.weight, unit, near, how),
        ]
        plain = {key_of(row): row["estimate"] for row in rows_of(records(), spec(design=design))}
        told = [row for row in rows if row.get("estimate") is not None]
        assert len(told) > 20
        for row in told:
            assert row["reason"].startswith("no interval: respondents share the value")
            assert all(row.get(f"{end}") is None for end in ("std_error", "ci_low", "shrunken"))
            assert row.get("clustered_ci_low") is None
            if row.get("of") == "site":
                assert row["estimate"] == plain[key_of(row)]


def test_few_answers_are_not_shown_of_whomever_they_are() -> None:
    rows = records()
    north = rows["site"] == "north"
    alone = rows[north & (rows["wave"] == "w2")].index
    rows = rows.drop(alone[4:])  # four respondents of a site in a wave
    far = rows["near"].isin(["n0", "n1"])
    rows = rows.assign(district=np.where(far, "far", "near"))
    rows = rows.drop(rows[far & (rows["wave"] == "w1")].index[1:])  # one in a stratum in a wave
    told = rows_of(rows, spec(design=SurveyDesign(strata="district")))
    shown = [row for row in told if row["estimate"] is not None]
    assert shown and all(row["n"] >= 10 for row in shown)
    few = {
        key_of(row | {"site": row["group"]}): row
        for row in told
        if (row["reason"] or "").startswith("not shown")
    }
    assert few["far/w1/score"]["n"] == 1 and few["north/w2/score"]["n"] == 4
    assert few["far/w1/score"]["reason"] == "not shown: fewer than 10 answers"
    assert few["near/w1/score"]["reason"].startswith("not shown: with the total")  # one less other
    assert "north/w2/since/w1/score" in few and "north/w3/since/w2/score" in few
    assert "north/w3/since/w1/score" not in few
    drawn = drawn_of(panel(rows), spec())
    who = list(composition_rows(apart(drawn), drawn.weight, {}))
    hidden = [row for row in who if (row["site"], row["wave"]) == ("north", "w2")]
    assert hidden and all((row["n"], row["known"]) == (None, 4) for row in hidden)
    assert all(row.get("weighted") is None and row["by_design"] is None for row in hidden)
    assert all(row["weighted"] is not None for row in who if row not in hidden)


def test_a_category_of_few_is_not_shown_nor_the_next_smallest() -> None:
    rows = records()
    inside = (rows["site"] == "north") & (rows["wave"] == "w1")
    own = rows[inside & (rows["age"] == "old")].index
    rows = rows.drop(own[3:])  # three old respondents
    drawn = drawn_of(panel(rows), spec())
    who = list(composition_rows(apart(drawn), drawn.weight, {}))
    here = {
        row["category"]: row
        for row in who
        if (row["site"], row["wave"], row["variable"]) == ("north", "w1", "age")
    }
    assert here["old"]["reason"] == "not shown: fewer than 10 respondents"
    told = sorted(row["n"] for row in here.values() if row["n"] is not None)
    gone = [row for row in here.values() if row["n"] is None]
    assert len(gone) == 2 and len(told) == len(here) - 2
    assert all(row.get("weighted") is None and row["by_design"] is None for row in gone)


def test_nobody_answered_is_said() -> None:
    rows = records()
    rows.loc[rows["wave"] == "w2", "score"] = np.nan
    found = {key_of(row): row for row in rows_of(rows, spec())}
    assert found["north/w2/score"]["reason"] == "no estimate: nobody answered"
    assert found["north/w2/score"]["n"] == 0 and found["north/w2/score"]["respondents"] > 0
    assert "north/w2/since/w1/score" not in found and "north/w3/since/w1/score" in found


def test_sites_that_are_taken_one_by_one_have_the_same_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Margins, strata, both ways of drawing: as from all records at once, in the same order."""
    everywhere = raked()
    everywhere["district"] = np.where(everywhere["near"].isin(["n0", "n1"]), "far", "near")
    for rows in (everywhere, everywhere.drop(columns=[c for c in everywhere if "margin" in c])):
        for design in (SurveyDesign(strata="district"), SurveyDesign(neighbourhoods="all")):
            how = spec(design=design)
            drawn = drawn_of(panel(rows), how)
            assert len(apart(drawn)) == 1
            whole = rows_of(rows, how)
            who = list(composition_rows(apart(drawn), drawn.weight, {}))
            with monkeypatch.context() as few:
                few.setattr("cesp_analysis.survey.apart.MANY", 1)
                assert [part.drawn.sample.n for part in apart(drawn)] == [
                    int((drawn.records["site"] == site).sum()) for site in SITES
                ]
                same_rows(rows_of(rows, how), whole)
                same_rows(list(composition_rows(apart(drawn), drawn.weight, {})), who)


def same_rows(found: list[Row], whole: list[Row]) -> None:
    assert len(found) == len(whole) > 20
    for row, own in zip(found, whole, strict=True):
        numbers = [name for name, value in own.items() if isinstance(value, float)]
        assert {n: row[n] for n in numbers} == pytest.approx({n: own[n] for n in numbers})
        assert {**row, **{n: own[n] for n in numbers}} == own


def test_sites_that_share_a_stratum_stay_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers in one site and later in another is a unit of the first one's stratum."""
    monkeypatch.setattr("cesp_analysis.survey.apart.MANY", 1)
    rows = records().assign(near=None)
    assert len(apart(drawn_of(panel(rows), spec()))) == 2
    north, south = ((rows["site"] == site) & (rows["wave"] == wave) for site, wave in
                    (("north", "w1"), ("south", "w2")))  # fmt: skip
    rows.loc[rows[south].index[0], "id"] = rows[north]["id"].iloc[0]
    assert len(apart(drawn_of(panel(rows), spec()))) == 1

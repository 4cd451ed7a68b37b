"""Figures of many sites: what stands together, and that it is what one would count anew."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.design import MOST_SITES, Place
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.means import mean_values
from cesp_analysis.figures.many_sites import (
    counts_of,
    means_of,
    not_drawn,
    people_of,
    shares_of,
    survey_of,
    together,
)
from cesp_analysis.withheld import Withheld

LEVEL = 0.9


def words(sites: int, starts: dict[str, str] | None = None) -> Wording:
    """A study of that many sites, every second one of the intervention."""
    return Wording.model_validate(
        {
            "study": {"id": "x", "title": "X", "about": "x", "synthetic": True, "seed": 1},
            "banner": "",
            "arms": {"intervention": "New", "control": "Usual"},
            "sites": [
                Place(name=f"s{n}", label=f"S{n}", arm="intervention" if n % 2 else "control")
                for n in range(sites)
            ],
            "starts": starts or {},
            "outcomes": {},
            "models": {},
            "files": {},
        }
    )


def test_few_sites_stay_sites():
    own = words(MOST_SITES)
    assert together(own) == (own, {})
    assert not_drawn("neighbourhoods", own) == ""


def test_many_sites_are_groups_by_arm_and_start():
    starts = {f"s{n}": "6 months" if n < 8 else "12 months" for n in range(1, MOST_SITES + 2, 2)}
    grouped, of = together(words(MOST_SITES + 1, starts))
    labels = [site.label for site in grouped.sites]
    assert labels == ["Usual", "New, from 6 months", "New, from 12 months"]
    assert grouped.together == MOST_SITES + 1
    assert grouped.group(of["s1"]) == "New, from 6 months"
    assert grouped.arm(of["s11"]) == "intervention"
    assert grouped.arm(of["s0"]) == "control"
    assert "survey_means.csv has them" in not_drawn("neighbourhoods", words(MOST_SITES + 1))


def panel(rng: np.random.Generator) -> pd.DataFrame:
    """Answers of people of three sites, of which two stand together."""
    n = 60
    return pd.DataFrame(
        {
            "level": "person", "outcome": "y", "arm": "intervention", "time": "t1",
            "group": rng.choice(["a", "b", "c"], n, p=[0.6, 0.35, 0.05]),
            "value": rng.normal(size=n),
        }
    )  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_means_of_sites_give_those_of_all_their_people(seed):
    people = panel(np.random.default_rng(seed))
    by_site = mean_values(people, LEVEL, "m")
    of = {"a": "both", "b": "both", "c": "alone"}
    found = means_of(by_site, of, LEVEL)
    anew = mean_values(people.assign(group=people["group"].map(of)), LEVEL, "m")
    for name in ("n", "mean", "sd", "df", "std_error", "ci_low", "ci_high"):
        own, other = (t.sort_values("group")[name].to_numpy(float) for t in (found, anew))
        np.testing.assert_allclose(own, other, rtol=1e-12)


def test_a_site_whose_numbers_are_withheld_is_out_of_a_mean():
    by_site = mean_values(panel(np.random.default_rng(1)), LEVEL, "m").astype({"n": "object"})
    kept = by_site["group"] != "b"
    by_site.loc[~kept, "n"] = Withheld("<10")
    of = dict.fromkeys("abc", "all")
    found, without = means_of(by_site, of, LEVEL), means_of(by_site[kept], of, LEVEL)
    assert found["mean"].tolist() == without["mean"].tolist()


def test_counts_are_added_up_and_a_withheld_part_withholds_the_sum():
    table = pd.DataFrame(
        {"step": ["x", "x", "y", "y", "y"], "group": ["a", "b", "a", "b", "c"],
         "n": [1, 2, 3, Withheld("<5"), 4]}
    )  # fmt: skip
    found = counts_of("n")(table, {"a": "all", "b": "all", "c": "other"}, LEVEL)
    assert found["step"].tolist() == ["x", "y", "y"]
    assert found["group"].tolist() == ["all", "all", "other"]
    assert found["n"].tolist()[0] == 3
    assert isinstance(found["n"].tolist()[1], Withheld)
    assert found["n"].tolist()[2] == 4


def test_the_mean_of_sites_has_an_interval_by_how_they_differ():
    values = [0.2, 0.5, 0.8, np.nan]
    table = pd.DataFrame(
        {"of": "site", "site": list("abcd"), "group": list("abcd"), "wave": "w", "since": None,
         "outcome": "y", "question": None, "category": None, "label": "Y", "measure": "mean",
         "unit": "points", "ci_level": LEVEL, "estimate": values, "n": [10, 20, 30, 0],
         "respondents": [10, 20, 30, 5], "reason": ["", "", "", "nobody"],
         "ci_low": np.nan, "ci_high": np.nan}
    )  # fmt: skip
    row = survey_of(table, dict.fromkeys("abcd", "all"), LEVEL).iloc[0]
    assert row["estimate"] == pytest.approx(0.5)
    assert (row["n"], row["respondents"]) == (60, 65)
    # t quantile 0.95 on 2 df is 2.919986; SD of 0.2, 0.5, 0.8 is 0.3
    assert row["ci_high"] - row["estimate"] == pytest.approx(2.919986 * 0.3 / np.sqrt(3), rel=1e-6)


def test_people_and_shares_keep_their_numbers():
    people = pd.DataFrame({"site": ["a", "b"], "value": [1.0, 2.0]})
    assert people_of(people, {"a": "x", "b": "x"}, LEVEL)["site"].tolist() == ["x", "x"]
    table = pd.DataFrame(
        {"site": ["a", "b"], "wave": "w", "variable": "v", "category": "c", "known": [4, 6],
         "respondents": [5, 6], "unweighted": [0.2, 0.4], "by_design": [0.1, 0.3],
         "mean": np.nan, "sd": np.nan, "weighted": [0.1, 0.3], "population": [np.nan, np.nan]}
    )  # fmt: skip
    row = shares_of(table, {"a": "x", "b": "x"}, LEVEL).iloc[0]
    assert (row["known"], row["by_design"]) == (10, pytest.approx(0.2))
    assert np.isnan(row["population"])

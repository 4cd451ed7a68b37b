"""Two or three of what is taken as independent on one side: each kind's row says so, and where an
estimate is decided by few of them, why."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import staggered
from cesp_analysis.models.lost_variance import shown_in_words
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.welch_words import HELD, few_by_welch, few_in_groups
from small_panel import model, panel_of

FEW = "one of the groups compared has"
WITH = {"design": "change", "covariates": ["age"]}
KINDS: list[dict[str, Any]] = [
    {"kind": "dr_did", **WITH},
    {"kind": "weighted_did", "method": "overlap", **WITH},
    {"kind": "weighted_did", "method": "entropy", **WITH},
]
STARTS = {"a": 2, "b": 3, "c": 0}
AT = ["overall", "by_start", "group_time"]


def few(row: Estimate) -> list[str]:
    return [warning for warning in row.warnings if FEW in warning]


def told(n: int, noun: str) -> str:
    return (
        f"{FEW} {n} {noun}: their variance is hardly known, and with so few in one group and 20 to"
        f" 100 {noun} in the other 95% intervals held the truth in {HELD[n]} of simulated studies"
    )


def kept(panel: pd.DataFrame, treated: int) -> pd.DataFrame:
    """The panel with so many people of the intervention arm."""
    names = panel.loc[panel["arm"] == "intervention", "unit"].unique()[treated:]
    return panel[~panel["unit"].isin(names)].reset_index(drop=True)


def in_neighbourhoods(panel: pd.DataFrame, treated: int) -> pd.DataFrame:
    """The panel with so many neighbourhoods in the intervention arm."""
    number = panel["neighbourhood"].astype(str).str[1:].astype(int)
    arm = (panel["arm"] == "intervention").to_numpy()
    names = np.where(arm, [f"n{one % treated}" for one in number], panel["neighbourhood"])
    return panel.assign(neighbourhood=pd.Categorical(names))


@pytest.mark.parametrize("settings", KINDS, ids=lambda s: " ".join(map(str, s.values())))
def test_kinds_that_balance_say_how_few_a_side_has(settings: dict[str, Any]) -> None:
    (row,) = model(**settings).fit(kept(panel_of(), 3)).estimates
    assert few(row) == [told(3, "people")]
    (row,) = model(**settings, cluster="person").fit(kept(panel_of(), 3)).estimates
    assert few(row) == [told(3, "people")]
    by = model(**settings, cluster="neighbourhood")
    for n in (2, 3):
        (row,) = by.fit(in_neighbourhoods(panel_of(), n)).estimates
        assert few(row) == [told(n, "neighbourhoods")]
    (row,) = by.fit(panel_of()).estimates
    assert row.status == "estimated" and not few(row)


@pytest.mark.parametrize("n", [2, 3])
def test_welch_says_whom_it_compares(n: int) -> None:
    (row,) = model(kind="did", design="change").fit(kept(panel_of(), n)).estimates
    assert few(row) == [told(n, "people")]
    (row,) = model(kind="did", design="cross_sections").fit(kept(panel_of(), n)).estimates
    assert few(row) == [told(n, "records")]


def rollout(*sizes: int, clusters: int = 6) -> pd.DataFrame:
    """Sites a, b and c of so many people each, at three times, in so many neighbourhoods each."""
    site = np.repeat(list(STARTS), sizes)
    y = np.random.default_rng(3).normal(size=(len(site), 3))
    panel = staggered.panel_of(y, site, STARTS)
    near = panel["unit"].astype(str).str[1:].astype(int) % clusters
    names = panel["site"].astype(str) + near.astype(str)
    return panel.assign(neighbourhood=pd.Categorical(names))


def rows_of(panel: pd.DataFrame, **settings: Any) -> dict[str, Estimate]:
    fitted = staggered.model(STARTS, 3, effects=AT, draws=199, **settings).fit(panel)
    return staggered.by_name(fitted.estimates)


def test_each_row_of_group_time_says_it_of_the_comparisons_that_it_rests_on() -> None:
    rows = rows_of(rollout(2, 20, 20), cluster="person")
    for name, row in rows.items():
        of_a = name == "" or name.startswith("from_t2")
        assert few(row) == ([told(2, "people")] if of_a else []), name
    for name, row in rows_of(rollout(20, 20, 20), cluster="person").items():
        assert row.status == "estimated" and not few(row), name


def test_group_time_counts_clusters_and_not_their_people() -> None:
    for row in rows_of(rollout(12, 12, 12, clusters=3), cluster="neighbourhood").values():
        assert few(row) == [told(3, "neighbourhoods")]
    for row in rows_of(rollout(12, 12, 12, clusters=4), cluster="neighbourhood").values():
        assert row.status == "estimated" and not few(row)


def test_different_people_are_counted_at_each_time() -> None:
    panel = staggered.records_of(rollout(12, 12, 12))
    late = (panel["site"] == "a") & (panel["time"] == "t3")
    panel = panel[~late | (panel.groupby(late).cumcount() < 2)].reset_index(drop=True)
    rows = rows_of(panel, cluster="person", design="cross_sections")
    assert few(rows["from_t2/t3"]) == [told(2, "people")]
    assert not few(rows["from_t2/t2"])


def test_a_unit_at_two_places_counts_in_each() -> None:
    groups, units = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 1, 2, 3, 4])
    assert few_in_groups(groups, units, "site") == (told(2, "sites"),)
    assert few_in_groups(groups, None, "record") == (told(3, "records"),)
    assert not few_by_welch([0, 4, 20], "link_worker") and not few_by_welch([], "person")


def sized() -> Iterator[Any]:
    """Models without weights of arms in which one neighbourhood holds nearly all."""
    near = np.r_[np.repeat([0, 1, 2], [80, 2, 2]), 10 + np.repeat(np.arange(6), 8)]
    n = len(near)
    d = panel_of(2 * n, sites=True)
    arm = d.groupby("unit", observed=True)["arm"].first()
    place = pd.Series(-1, index=arm.index)
    treated, control = arm.index[arm == "intervention"], arm.index[arm == "control"]
    place[treated[: (near < 10).sum()]] = near[near < 10]
    place[control[: (near >= 10).sum()]] = near[near >= 10]
    code = d["unit"].map(place).astype(int)
    d = d.assign(neighbourhood=pd.Categorical("n" + code.astype(str)))[code >= 0]
    for settings in KINDS:
        (row,) = model(**settings, cluster="neighbourhood").fit(d.reset_index(drop=True)).estimates
        yield row


def test_a_large_neighbourhood_is_not_said_to_have_a_large_weight() -> None:
    for row in sized():
        assert row.status == "not_estimable"
        assert "this estimate by their size or their weights" in str(row.reason)
        assert "look at the weights" not in str(row.reason)
    for shown in (2.5, 0.2):
        with pytest.raises(NotEstimable, match=r"by their size or their weights.*look at which"):
            shown_in_words(shown, 9)

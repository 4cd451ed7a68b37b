"""Clusters whose names differ between times: each kind that takes them as clusters warns."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from small_panel import model, panel_of

SAID = "write each in one way"
BY_CLUSTER: list[dict[str, Any]] = [
    {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "neighbourhood"},
    {"kind": "glm", "design": "cross_sections", "family": "poisson", "covariance": "CR2",
     "cluster": "neighbourhood"},
    {"kind": "mixed", "random": ["neighbourhood"]},
]  # fmt: skip


def respondents(renamed: bool) -> pd.DataFrame:
    """Other people at each time; with two neighbourhoods written otherwise at the later one."""
    panel = panel_of(people=160)
    panel["unit"] = pd.Categorical(panel["unit"].astype(str) + panel["time"].astype(str))
    panel["level"] = pd.Categorical(["respondent"] * len(panel))
    near = panel["neighbourhood"].astype(str)
    if renamed:
        other = (panel["time"] == "t1") & near.isin(["n0", "s0"])
        near = near.where(~other, near.str.upper())
    panel["neighbourhood"] = pd.Categorical(near)
    return panel


@pytest.mark.parametrize("asked", BY_CLUSTER)
def test_names_seen_at_one_time_only_are_listed(asked: dict[str, Any]) -> None:
    spec = model(**asked, level="respondent")
    for renamed in (True, False):
        (row, *_) = spec.fit(respondents(renamed)).estimates
        said = [text for text in row.warnings if SAID in text]
        assert len(said) == renamed
        if renamed:
            assert "n0 and s0 only at the first, N0 and S0 only later" in said[0]


def test_models_without_these_clusters_say_nothing() -> None:
    spec = model(kind="did", design="cross_sections", level="respondent")
    (row,) = spec.fit(respondents(True)).estimates
    assert not any(SAID in text for text in row.warnings)


def test_a_person_in_another_neighbourhood_later_is_counted() -> None:
    panel = panel_of()
    near = panel["neighbourhood"].astype(str)
    later = (panel["time"] == "t1") & panel["unit"].isin(["p001", "p003"])
    spec = model(kind="mixed", random=["neighbourhood"])
    panel["neighbourhood"] = pd.Categorical(np.where(later, "n9", near))
    (row, *_) = spec.fit(panel).estimates
    assert any(text.startswith("2 people have another neighbourhood") for text in row.warnings)

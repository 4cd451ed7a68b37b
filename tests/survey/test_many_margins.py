"""Margins of many sites: taken site by site and wave by wave, they are what the whole gives."""

import numpy as np
import pytest

from cesp_analysis.models import survey_margins
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_margins import residual_of_margins


def sample(known: bool, by_design: bool) -> Sample:
    """Respondents of twelve sites and waves with two margins; some whose category is not known."""
    rng = np.random.default_rng(7)
    n, groups = 600, 12
    group = rng.integers(groups, size=n)
    first, second = rng.integers(4, size=n), rng.integers(3, size=n)
    there = tuple((rng.random(n) > 0.1).astype(np.intp) for _ in range(2))
    if known:  # who has no known category is a cell of the margin's own
        first, second = np.where(there[0] == 1, first, 4), np.where(there[1] == 1, second, 3)
    codes = [np.unique(group * 10 + own, return_inverse=True)[1] for own in (first, second)]
    return Sample(
        strata=group,
        psu=np.arange(n),
        weight=rng.uniform(0.5, 2, n),
        margins=tuple(codes),
        margin_weight=rng.uniform(0.5, 2, n) if by_design else None,
        margin_known=there if known else (),
        margin_group=group,
    )


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("by_design", [False, True])
def test_group_by_group_is_the_whole(monkeypatch, known, by_design):
    influence = np.random.default_rng(1).normal(size=(600, 3))
    whole = residual_of_margins(influence, sample(known, by_design))
    monkeypatch.setattr(survey_margins, "MANY_CELLS", 5)
    apart = residual_of_margins(influence, sample(known, by_design))
    np.testing.assert_allclose(apart, whole, atol=1e-11)
    assert np.abs(whole - influence).max() > 0.1  # margins explain something


def test_influence_of_one_site_stays_there(monkeypatch):
    own = sample(known=False, by_design=False)
    influence = np.where(own.margin_group == 3, 1.0, 0.0)[:, None] * np.arange(600)[:, None]
    whole = residual_of_margins(influence, own)
    monkeypatch.setattr(survey_margins, "MANY_CELLS", 5)
    apart = residual_of_margins(influence, sample(known=False, by_design=False))
    np.testing.assert_allclose(apart, whole, atol=1e-9)
    assert not apart[own.margin_group != 3].any()

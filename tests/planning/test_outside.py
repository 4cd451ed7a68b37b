"""What this study cannot tell: published pairs, declared laws, and what must be declared."""

from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.declared.planning import support_of
from cesp_analysis.errors import CespError
from cesp_analysis.planning.outside import (
    Beta,
    Fixed,
    Lognormal,
    declared_draws,
    in_words,
    law_of,
    published,
    site_pairs,
)
from cesp_analysis.streams import stream

HEADER = "rho,cac,period_months,cluster_type,source\n"


@pytest.mark.parametrize(
    ("structure", "median_icc"), [("decay", 0.05), ("block_exchangeable", 0.059)]
)
def test_pairs_are_those_of_the_table(structure: str, median_icc: float) -> None:
    """16 rows of Kasza 2023, Table 5, each fit by itself."""
    pairs = published(structure).pairs
    assert len(pairs) == 16
    assert np.median([pair.rho for pair in pairs]) == pytest.approx(median_icc)
    assert [pair.cluster_type for pair in pairs].count("UK general practice") == 4


def test_pairs_are_drawn_as_pairs_and_equally_often() -> None:
    prior = published("decay")
    made = site_pairs(prior, "decay", 2, 100, stream(1, "pairs"))
    true = {(pair.rho, pair.cac) for pair in prior.pairs}
    assert set(zip(made.icc.tolist(), made.cac.tolist(), strict=True)) == true
    assert set(np.bincount(made.pair)) == {6, 7}
    assert made.said.endswith("16 pairs, 16 as published") and made.left_out == ()
    other = site_pairs(prior, "decay", 2, 100, stream(1, "pairs"))
    assert np.array_equal(made.icc, other.icc)


def test_medians_of_draws_are_those_of_the_pairs() -> None:
    """Whatever number of draws the pairs do not divide."""
    pairs = published("decay").pairs
    middle = np.median([(pair.rho, pair.cac) for pair in pairs], axis=0)
    for draws in (1000, 1006, 2005):
        made = site_pairs(published("decay"), "decay", 2, draws, stream(9, "odd"))
        found = np.median([made.icc, made.cac], axis=1)
        if draws % 2 == 0:
            assert found == pytest.approx(middle)
        assert np.ptp(np.bincount(made.pair)) <= 1


def test_mean_of_products_is_not_the_product_of_means() -> None:
    """The spread of a site's shock over the pairs: median .115 of an SD (methods 0.3)."""
    made = site_pairs(published("decay"), "decay", 2, 1600, stream(2, "pairs"))
    shock = 2 * np.sqrt(made.icc * (1 - made.cac))
    assert np.median(shock) == pytest.approx(0.115, abs=0.001)
    assert 2 * np.sqrt(np.median(made.icc) * (1 - np.median(made.cac))) == pytest.approx(
        0.138, abs=0.001
    )


def test_a_pair_that_the_structure_cannot_have_is_left_out_and_said(tmp_path: Path) -> None:
    own = tmp_path / "pairs.csv"
    own.write_text(HEADER + ".05,-.3,,,A\n.04,.8,6,,B\n")
    prior = published("block_exchangeable", own)
    made = site_pairs(prior, "block_exchangeable", 2, 10, stream(3, "own"), 12.0)
    assert set(made.icc) == {0.04} and made.cac == pytest.approx(0.64)
    assert made.left_out == (
        "A: an autocorrelation of -0.3 is none of the structure block_exchangeable",
    )
    assert "1 pair left out" in made.said
    assert len(set(site_pairs(prior, "decay", 2, 10, stream(3, "own")).cac)) == 2
    assert len(set(site_pairs(prior, "block_exchangeable", 1, 10, stream(3, "own")).icc)) == 2
    assert set(site_pairs(prior, "exchangeable", 2, 10, stream(3, "own")).cac) == {1.0}
    own.write_text(HEADER + ".05,-.3,,,A\n")
    with pytest.raises(CespError, match="no pair fits a trial of 3 periods: A: "):
        site_pairs(published("block_exchangeable", own), "block_exchangeable", 3, 9, stream(3, "x"))


def test_each_pair_keeps_its_own_period(tmp_path: Path) -> None:
    """Dated ones are over the study's gap, one below 0 and those of a study whose unit of time has
    no length over their own; an undated one spoils no other."""
    own = tmp_path / "pairs.csv"
    own.write_text(HEADER + ".02,.8,3,,A\n.03,.9,,,B\n.04,-.3,6,,C\n")
    for gap, dated, months in ((12.0, 0.8**4, 12.0), (None, 0.8, 3.0)):
        made = site_pairs(published("decay", own), "decay", 2, 30, stream(3, "own"), gap)
        found = dict(zip(made.icc.tolist(), zip(made.cac, made.months, strict=True), strict=True))
        assert found[0.02] == pytest.approx((dated, months))
        assert found[0.03] == pytest.approx((0.9, np.nan), nan_ok=True)
        assert found[0.04] == pytest.approx((-0.3, 6.0))


def test_declared_laws_have_their_mean_and_sd() -> None:
    rng = stream(4, "declared")
    assert set(declared_draws(Fixed(0.03), 5, rng)) == {0.03}
    beta = declared_draws(Beta(0.05, 0.03), 200_000, rng)
    assert beta.mean() == pytest.approx(0.05, abs=3e-4) and beta.std() == pytest.approx(
        0.03, rel=0.01
    )
    for law in (Beta(-0.2, 0.3, -1, 1), Beta(0.4, 0.2, 0, 2), Lognormal(6, 4)):
        drawn = declared_draws(law, 400_000, rng)
        # the lognormal's SD has a Monte Carlo error of 1%: its kurtosis is 40
        assert drawn.mean() == pytest.approx(law.mean, abs=0.01 * law.sd)
        assert drawn.std() == pytest.approx(law.sd, rel=0.03)
        low, high = (law.low, law.high) if isinstance(law, Beta) else (0, np.inf)
        assert (drawn > low).all() and (drawn < high).all()


def test_the_law_of_a_number_stays_where_the_number_can_be() -> None:
    own = [
        in_words(law_of(value, sd, *support_of(name, value, kind, "decay")))
        for name, value, sd, kind in (
            ("sd", 5, 4, "continuous"), ("size_cv", 0.4, 0.2, "continuous"),
            ("retention", 0.9, 0.05, "binary"), ("cac", 0.8, 0.1, "count"),
            ("correlation", -0.1, 0.1, "count"), ("control", 3, 2, "count"),
            ("control", 0.3, 0.1, "binary"), ("icc", 0.05, 0, "binary"),
        )
    ]  # fmt: skip
    assert own == [
        "lognormal law", "beta law from 0 to 2", "beta law", "beta law", "beta law from -1 to 1",
        "lognormal law", "beta law", "held",
    ]  # fmt: skip
    ends = declared_draws(Beta(0.5, 0.499), 20_000, stream(6, "ends"))
    assert (ends > 0).all() and (ends < 1).all(), "rounding puts none of them on an end"


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Beta(1.2, 0.1), "the mean of a beta law lies between 0 and 1, not at 1.2"),
        (Beta(0.5, 0.5), "a beta law of mean 0.5 has an SD below 0.5, not 0.5"),
        (Beta(0.5, 0), "has an SD below 0.5, not 0"),
        (Lognormal(-1, 1), "has a mean and an SD above 0, not -1 and 1"),
    ],
)
def test_laws_that_cannot_be(declared: Beta | Lognormal, said: str) -> None:
    with pytest.raises(CespError, match=said):
        declared_draws(declared, 9, stream(5, "wrong"))

"""What regression of draws says beside the closed forms, and what one price is worth to know."""

import numpy as np
import pytest
from scipy.stats import norm

from cesp_analysis.declared.economics import Information, Varied
from cesp_analysis.economics.amounts import GAIN
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.informed import information_rows
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.learnt import Price, drawn_of, multiples_of, prices_of
from cesp_analysis.models.prior import Pair, Prior
from evaluated_study import answers, framed, people, spec

HOW = spec(
    thresholds=(20_000, 30_000),
    information=Information(incidence=100, years=2, source="x", sizes=(50, 500)),
    tornado={
        "hour": Varied(label="Hour", of="intervention.hourly", low=0.8, high=1.2, holds=0.95),
        "night": Varied(label="Night", of="services.night", low=0.5, high=1.5),
        "indirect": Varied(
            label="Indirect", of="intervention.indirect", low=0.5, high=2, holds=0.9
        ),
    },
    indirect=1.0,
)
FRAME = framed(HOW, people(answers(40)))
DATA = data_of(FRAME, FRAME.table)
LAW = Law(np.array([-100.0, 0.01]), np.array([[9000.0, 0.5], [0.5, 4e-4]]), np.inf)
PRIOR = Prior("two pairs", (Pair(0.02, 0.8, 12.0, "towns", "a"), Pair(0.05, 0.6, 12.0, "", "b")))
PRICE = Price("hour", "intervention.time", 900.0, 0.2)


def costs(**ends: float) -> list[dict[str, object]]:
    """Rows of the tornado: NAME_low, NAME_high → incremental cost."""
    return [
        {"scenario": f"tornado {name.replace('_', ': ')}", "approach": GAIN, "quantity": "cost",
         "estimate": value}
        for name, value in ends.items()
    ]  # fmt: skip


def worth(law=LAW, prior=None, prices=(PRICE,)):
    rows = information_rows(HOW, GAIN, law, [DATA], prior, prices)
    return {(row["of"], row["threshold"], row.get("size")): row for row in rows}


def test_only_parameters_with_a_probability_have_a_law() -> None:
    ends = {"hour_low": 80.0, "hour_high": 120.0, "night_low": 0.0, "night_high": 9.0}
    rows = costs(**ends, indirect_low=60.0, indirect_high=120.0)
    hour, indirect = prices_of(HOW, rows, GAIN)
    assert (hour.name, hour.service, indirect.service) == ("hour", *["intervention.time"] * 2)
    assert hour.slope == pytest.approx(100.0)  # £ that all of the link workers' time costs
    assert hour.sd == pytest.approx(0.2 / norm.ppf(0.975))
    # (1 + 0.5) / 2 to (1 + 2) / 2 of the time
    assert indirect.slope == pytest.approx(60 / 0.75)
    assert indirect.sd == pytest.approx(0.375 / norm.ppf(0.95))
    assert prices_of(HOW, costs(hour_low=80.0), GAIN) == []


def test_a_price_is_worth_what_its_draws_say() -> None:
    row = worth()["tornado hour", 20_000.0, None]
    multiple = np.random.default_rng(1).gamma(25, 1 / 25, 400_000)
    benefit = 300 - 900 * (multiple - multiple.mean())
    by_draws = np.maximum(-benefit, 0).mean()
    assert row["regressed"] == pytest.approx(by_draws, abs=4 * row["regressed_error"])
    spread = 900 * 0.2
    z = 300 / spread
    assert row["per_person"] == pytest.approx(spread * (norm.pdf(z) - z * norm.sf(z)))
    assert row["service"] == "intervention.time" and row["shocks"] == "no"


@pytest.mark.parametrize("prior", [None, PRIOR])
def test_regression_and_closed_form_agree_of_normal_laws(prior: Prior | None) -> None:
    found = worth(prior=prior, prices=(Price("hour", "x", 900.0, 0.05),))
    assert {key[0] for key in found} == {"all", "cost", "qaly", "tornado hour", "trial"}
    for key, row in found.items():
        apart = abs(row["regressed"] - row["per_person"])
        slack = 0.03 * row["per_person"] if prior is not None and key[0] == "trial" else 0.5
        assert apart < 4 * row["regressed_error"] + slack, key


def test_no_part_is_worth_more_than_all() -> None:
    found = worth(prior=PRIOR)
    for (_, threshold, _), row in found.items():
        whole = found["all", threshold, None]
        assert row["per_person"] <= whole["per_person"]
        assert row["regressed"] <= whole["regressed"] + 4 * row["regressed_error"]


def test_draws_have_the_laws_mean_and_covariance_and_the_samples_shape() -> None:
    own = np.random.default_rng(1).gamma(1.0, 1.0, (1000, 2)) * [300.0, 0.05]
    drawn = drawn_of(Law(LAW.point, LAW.cov, np.inf, own), 3)
    assert drawn.mean(axis=0) == pytest.approx(LAW.point)
    assert np.cov(drawn.T) == pytest.approx(LAW.cov, rel=1e-9)
    away = (drawn - drawn.mean(axis=0)) / drawn.std(axis=0)
    assert (away**3).mean(axis=0).min() > 1  # skewed as the samples are
    few = drawn_of(Law(LAW.point, LAW.cov, np.inf, own[:199]), 3)  # one of 200 samples failed
    away = (few - few.mean(axis=0)) / few.std(axis=0)
    assert len(few) == 199 and (away**3).mean(axis=0).min() > 1
    normal = drawn_of(Law(LAW.point, LAW.cov, np.inf, None), 3)
    assert len(normal) == 5000 and np.cov(normal.T) == pytest.approx(LAW.cov, rel=1e-9)


def test_multiples_have_a_mean_of_1_and_are_never_negative() -> None:
    drawn = multiples_of([PRICE, Price("b", "x", 1.0, 0.6)], 100_000, 1)
    assert drawn.min() >= 0
    assert drawn.mean(axis=0) == pytest.approx([1, 1], abs=0.01)
    assert drawn.std(axis=0) == pytest.approx([0.2, 0.6], rel=0.02)

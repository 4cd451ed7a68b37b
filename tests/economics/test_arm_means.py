"""Mean utilities, QALYs and costs of each arm, beside numbers counted by hand."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cesp_analysis import contracts
from cesp_analysis.economics.arm_means import imputed_means, observed_means
from cesp_analysis.economics.frame import UTILITY
from cesp_analysis.economics.tables import ArmMeans, Economics
from costed_study import costed, run
from evaluated_study import TIMES, answers, framed, people, spec

OF_ARMS = ("cost_intervention", "cost_control", "qaly_intervention", "qaly_control")
FOUND = answers(6)
FOUND[UTILITY][0, 1] = np.nan
FOUND[UTILITY][6:11, 2] = np.nan
FRAME = framed(spec(), people(FOUND))


def rows() -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """(quantity, value set, time, arm) → its row, of a base case and two others."""
    base = SimpleNamespace(scenario="base", value_set="England", frame=FRAME)
    others = [
        SimpleNamespace(scenario="perspective wide", value_set="England", frame=None),
        SimpleNamespace(scenario="value set uk", value_set="UK", frame=FRAME),
    ]
    cases: Any = SimpleNamespace(base=base, varied=others)
    made = list(observed_means(cases, TIMES, 0.95))
    found = {(r["quantity"], r["value_set"], r["time"], r["arm"]): r for r in made}
    assert len(found) == len(made)
    return found


def test_utilities_are_of_who_answered() -> None:
    row = rows()["utility", "England", "6m", "intervention"]
    own = FOUND[UTILITY][1:6, 1]
    assert (row["people"], row["n"]) == (6, 5)
    assert row["mean"] == pytest.approx(own.mean()) and row["sd"] == pytest.approx(own.std(ddof=1))
    ends = stats.t.interval(0.95, 4, own.mean(), stats.sem(own))
    assert (row["ci_low"], row["ci_high"]) == pytest.approx(ends)


def test_of_one_person_there_is_no_spread() -> None:
    row = rows()["utility", "England", "12m", "control"]
    assert row["n"] == 1 and row["mean"] == FOUND[UTILITY][11, 2]
    assert not row.keys() & {"sd", "ci_low", "ci_high"}


def test_qalys_are_of_whom_all_utilities_are_known() -> None:
    """Straight lines between three utilities half a year apart."""
    row = rows()["qaly", "England", "follow_up", "intervention"]
    own = FOUND[UTILITY][1:6] @ [0.25, 0.5, 0.25]
    assert row["n"] == 5 and row["mean"] == pytest.approx(own.mean())


def test_every_value_set_has_its_rows_and_perspectives_have_none() -> None:
    assert {key[1] for key in rows()} == {"England", "UK"}


def test_imputed_means_are_pooled_by_rubin() -> None:
    """Two sets of eight people an arm: within 2/7, between .02 by hand."""
    treated = np.repeat([True, False], 8)
    first, second = (np.repeat([one, one + 1, 5.0], [4, 4, 8]) for one in (1.0, 1.2))
    sets: Any = [SimpleNamespace(treated=treated, cost=one, qaly=one) for one in (first, second)]
    found = {one.quantity.name: (one, own) for one, own in imputed_means(sets, 0.95)}
    one, own = found["cost_intervention"]
    assert own.tolist() == treated.tolist() and one.n_units == 8
    assert one.estimate == pytest.approx(1.6)
    assert one.std_error == pytest.approx((2 / 7 / 8 + 1.5 * 0.02) ** 0.5)
    assert found["qaly_control"][0].reason


def test_an_arm_of_one_has_no_mean() -> None:
    own = np.arange(1.0, 8.0)
    sets: Any = [SimpleNamespace(treated=own < 2, cost=own, qaly=own)] * 2
    found = {one.quantity.name: one for one, _ in imputed_means(sets, 0.95)}
    assert found["cost_intervention"].reason == "1 person: no interval"
    assert found["cost_control"].estimate == 4.5


def test_the_step_writes_them_and_the_means_of_imputed_sets(tmp_path: Path) -> None:
    assert run(costed(tmp_path)).status == 0
    table = contracts.read(tmp_path / "results/tables/economics_means.csv", ArmMeans)
    assert table["quantity"].value_counts().to_dict() == {"utility": 4, "qaly": 2}
    rows = contracts.read(tmp_path / "results/tables/economics.csv", Economics)
    own = rows[rows["quantity"].isin(OF_ARMS)]
    assert set(own["missing_data"]) == {"complete", "imputed"}
    means = own[own["missing_data"] == "imputed"].set_index("quantity")["estimate"]
    known = table[table["quantity"] == "qaly"].set_index("arm")["mean"]
    assert means["qaly_control"] == pytest.approx(known["control"])  # nobody is missing

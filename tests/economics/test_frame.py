"""The frame of people: weights of utilities and costs, deaths, withdrawals, dates."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute, Quantity, Totals
from cesp_analysis.economics.amounts import GAIN
from cesp_analysis.economics.data import complete_of, data_of, regressions
from cesp_analysis.economics.frame import COST, QALYS, UTILITY
from cesp_analysis.economics.imputing import imputations_of, observed_of, sets_of
from evaluated_study import DEATH, TIMES, WITHDRAWN, answers, framed, no_visits, people, spec

WHOLE = answers(10)


def events(event, kind, **when):
    return pd.DataFrame(
        {
            "event": [event],
            "kind": [kind],
            "unit": ["p0"],
            "date": [when.get("date")],
            "elapsed": [when.get("elapsed", np.nan)],
        }
    )


def visits(**days):
    rows = [
        {"unit": "p0", "time": time, "date": str(np.datetime64("2024-01-01") + day),
         "status": "kept"}
        for time, day in days.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def dated(**days):
    return visits(**{time: days[name] for time, name in zip(TIMES, ("a", "b", "c"), strict=True)
                     if name in days})  # fmt: skip


def of(frame, name):
    return [one.name for one in frame.equations.columns].index(name)


def test_trapezoids_over_a_year_undiscounted():
    frame = framed(spec(), people(WHOLE))
    data = data_of(frame, frame.table)
    u, c = WHOLE[UTILITY], WHOLE[COST]
    assert data.qaly == pytest.approx(u @ [0.25, 0.5, 0.25])
    assert data.cost == pytest.approx(c[:, 1:].sum(axis=1))
    assert frame.years == pytest.approx(1.0) and frame.cost_ratio == pytest.approx(2.0)
    assert data.base_cost == pytest.approx(c[:, 0])


def test_the_start_must_not_count_as_half_a_year_of_costs_where_they_are_left_out():
    frame = framed(spec(baseline_costs=False), people(WHOLE))
    assert frame.costs_before == ()
    data = data_of(frame, frame.table)
    assert regressions(data, GAIN).cost == pytest.approx(data.cost)


def test_costs_before_that_are_left_out_need_not_be_known():
    """Nobody was asked what he cost before: imputed all the same, where they do not enter."""
    blank = answers(30, lost=0.2)
    blank[COST][:, 0] = np.nan
    frame = framed(spec(baseline_costs=False), people(blank))
    assert f"{COST}@before" not in [one.name for one in frame.equations.columns]
    made = imputations_of(frame, 5, 3, "x")
    assert not made.refused and np.isfinite(sets_of(frame, made)[0].cost).all()
    assert imputations_of(framed(spec(), people(blank)), 5, 3, "x").refused


@pytest.mark.parametrize("method", ["norm", "pmm"])
def test_costs_foretell_others_by_their_logarithms_and_count_as_they_are(method):
    lost = answers(30, lost=0.2)
    lost[COST][0, 0] = -50.0  # saved
    frame = framed(spec(missing=BootImpute(method=method)), people(lost))
    recipe = frame.equations.recipe
    asked = recipe.asked(f"{UTILITY}@6m")
    assert {f"log {COST}@{time}" for time in TIMES} < set(asked)
    assert not {f"{COST}@{time}" for time in TIMES} & set(asked)
    made = imputations_of(frame, 5, 3, "x")
    whole = dict(zip(recipe.names, made.completed(4).T, strict=True))
    for time in TIMES:
        cost, known = whole[f"{COST}@{time}"], frame.table[:, of(frame, f"{COST}@{time}")]
        expected = np.log1p(np.abs(cost) / np.nanmedian(np.abs(known))) * np.sign(cost)
        assert whole[f"log {COST}@{time}"] == pytest.approx(expected)
    data = sets_of(frame, made)[4]
    assert data.cost == pytest.approx(whole[f"{COST}@6m"] + whole[f"{COST}@12m"])
    assert data.base_cost == pytest.approx(whole[f"{COST}@before"]) and not data.names


def test_costs_that_nobody_has_have_no_logarithm():
    none = answers(30, lost=0.2)
    none[COST][:, 0], none[COST][:, 1] = np.nan, 0.0
    assert [one.name for one in framed(spec(), people(none)).equations.passive] == ["log cost@12m"]


def test_beyond_a_year_is_discounted():
    how = spec(discount=0.1)
    times = tuple(
        one.model_copy(update={"position": place})
        for one, place in zip(how.times, (0.0, 12.0, 24.0), strict=True)
    )
    frame = framed(how.model_copy(update={"times": times}), people(WHOLE))
    data = data_of(frame, frame.table)
    assert frame.years == pytest.approx(1 + 1 / 1.1)
    assert data.cost == pytest.approx(WHOLE[COST] @ [0, 1, 1 / 1.1])
    assert data.qaly == pytest.approx(WHOLE[UTILITY] @ [0.5, 0.5 + 0.5 / 1.1, 0.5 / 1.1])
    assert frame.cost_ratio == pytest.approx(1 + 1 / 1.1)


def test_after_a_death_nothing_counts_and_the_gain_lacks_the_whole_duration():
    """p0 dies after 9 months: utility falls to 0 from the 6th, costs of the period they died in
    count, baseline utility is taken off for the whole year: to die is to lose what was."""
    found = {name: values.copy() for name, values in WHOLE.items()}
    found[UTILITY][0, 2] = np.nan
    frame = framed(spec(DEATH), people(found), events("died", "death", elapsed=9.0))
    u = found[UTILITY][0]
    data = data_of(frame, np.nan_to_num(frame.table, nan=99.0))
    assert frame.qaly[0, of(frame, f"{UTILITY}@12m")] == 0
    assert data.qaly[0] == pytest.approx(u[0] * 0.25 + u[1] * (0.25 + 0.125))
    assert data.cost[0] == pytest.approx(found[COST][0, 1:].sum())
    gain = regressions(data, GAIN).qaly[0]
    assert gain == pytest.approx(data.qaly[0] - u[0])
    known = complete_of(frame, observed_of(frame))
    assert known.n == 20  # the dead are known


def test_costs_of_periods_that_begin_after_a_death_are_none():
    found = {name: values.copy() for name, values in WHOLE.items()}
    for values in found.values():
        values[0, 1:] = np.nan
    found[COST][0, 1] = 50.0
    frame = framed(spec(DEATH), people(found), events("died", "death", elapsed=3.0))
    assert frame.cost[0, of(frame, f"{COST}@12m")] == 0
    assert frame.cost[1, of(frame, f"{COST}@12m")] == 1
    data = data_of(frame, np.nan_to_num(frame.table, nan=99.0))
    assert data.cost[0] == 50.0
    assert data.qaly[0] == pytest.approx(found[UTILITY][0, 0] * 0.125)
    known = complete_of(frame, observed_of(frame))
    assert 0 in known.rows


def test_an_imputed_cost_of_the_period_of_a_death_counts_by_the_share_lived():
    """p0 dies 3 of 6 months into the second period, of which the cost is not known; an answer that
    there is counts as it is. A year later what was lived is discounted."""
    found = {name: values.copy() for name, values in WHOLE.items()}
    for values in found.values():
        values[0, 2] = np.nan
    dead = events("died", "death", elapsed=9.0)
    frame = framed(spec(DEATH), people(found), dead)
    assert frame.cost[0, of(frame, f"{COST}@12m")] == pytest.approx(0.5)
    assert frame.cost[1, of(frame, f"{COST}@12m")] == 1
    data = data_of(frame, np.nan_to_num(frame.table, nan=100.0))
    assert data.cost[0] == pytest.approx(found[COST][0, 1] + 50.0)
    assert 0 not in complete_of(frame, observed_of(frame)).rows
    how = spec(DEATH, discount=0.1)
    times = tuple(
        one.model_copy(update={"position": place})
        for one, place in zip(how.times, (0.0, 12.0, 24.0), strict=True)
    )
    later = framed(
        how.model_copy(update={"times": times}),
        people(found),
        events("died", "death", elapsed=15.0),
    )
    assert later.cost[0, of(later, f"{COST}@6m")] == 1  # of the first year
    assert later.cost[0, of(later, f"{COST}@12m")] == pytest.approx(0.25 / 1.1)


def test_given_totals_of_the_dead_are_as_given_and_imputed_ones_by_the_share_lived():
    found = {name: values.copy() for name, values in WHOLE.items()}
    found[QALYS] = found[UTILITY].copy()
    how = spec(
        DEATH,
        costs=Totals(label="Costs", variable="cost"),
        qalys=Quantity(label="QALYs", variable="qaly"),
    )
    dead = events("died", "death", elapsed=9.0)
    for lost, share in ((False, 1.0), (True, 0.75)):
        for name in (COST, QALYS):
            found[name][0, 2] = np.nan if lost else 0.4
        frame = framed(how, people(found), dead)
        assert frame.cost[0].max() == frame.qaly[0].max() == pytest.approx(share)
        assert frame.cost[1].max() == frame.qaly[1].max() == 1


def test_a_death_by_its_date_counts_from_the_first_visit():
    frame = framed(
        spec(DEATH), people(WHOLE), events("died", "death", date="2024-09-30"), dated(a=0, b=182)
    )
    end = 273 / 365.25
    at = 182 / 365.25
    u = WHOLE[UTILITY][0]
    expected = (u[0] + u[1]) / 2 * at + u[1] / 2 * (end - at)
    data = data_of(frame, np.nan_to_num(frame.table, nan=99.0))
    assert data.qaly[0] == pytest.approx(expected, rel=1e-9)


def test_who_withdrew_is_imputed_not_dead():
    found = {name: values.copy() for name, values in WHOLE.items()}
    for values in found.values():
        values[0, 2] = np.nan
    frame = framed(spec(WITHDRAWN), people(found), events("left", "withdrawal", elapsed=8.0))
    assert frame.qaly[0, of(frame, f"{UTILITY}@12m")] == pytest.approx(0.25)
    assert 0 not in complete_of(frame, observed_of(frame)).rows


def test_answers_stand_at_their_dates_and_the_area_is_never_longer_than_the_year():
    frame = framed(spec(), people(WHOLE), None, dated(a=0, b=250))
    at = 250 / 365.25
    weights = frame.qaly[0, [of(frame, f"{UTILITY}@{time}") for time in TIMES]]
    assert weights == pytest.approx([at / 2, 0.5, (1 - at) / 2])
    late = framed(spec(), people(WHOLE), None, dated(a=0, b=400))  # the last not answered
    weights = late.qaly[0, [of(late, f"{UTILITY}@{time}") for time in TIMES]]
    assert weights.sum() == pytest.approx(1.0) and (weights >= 0).all()
    assert framed(spec(), people(WHOLE)).qaly[1].sum() == pytest.approx(1.0)


def test_costs_and_qalys_as_the_study_has_them():
    how = spec(
        costs=Totals(label="Costs", variable="c"), qalys=Quantity(label="QALYs", variable="q")
    )
    last = np.full((20, 3), np.nan)
    last[:, 2] = np.arange(20.0)
    found = {UTILITY: WHOLE[UTILITY], QALYS: last / 30, COST: last * 10}
    frame = framed(how, people(found), None, no_visits())
    names = [one.name for one in frame.equations.columns]
    assert set(names) == {f"{UTILITY}@before", f"{QALYS}@12m", f"{COST}@12m", "age"}
    data = data_of(frame, frame.table)
    assert data.qaly == pytest.approx(np.arange(20) / 30)
    assert data.cost == pytest.approx(np.arange(20) * 10)
    assert data.base_cost is None and frame.costs_before == ()
    assert data.utility == pytest.approx(WHOLE[UTILITY][:, 0])


def test_covariates_of_one_value_are_left_out_of_the_design():
    varied = framed(spec(adjusted=("age",)), people(WHOLE))
    assert varied.covariates == ("age",)
    alike = framed(spec(adjusted=("age",)), people(WHOLE, ages=np.full(20, 60.0)))
    assert alike.covariates == ()

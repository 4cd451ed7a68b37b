"""Rows of an evaluation: of how many people each is, and whose costs are none."""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.declared.economics import BootImpute
from cesp_analysis.economics.amounts import ADJUSTED
from cesp_analysis.economics.by_log import Shape, log_row, nothing_before, shape_of
from cesp_analysis.economics.cases import Case, Cases
from cesp_analysis.economics.data import Data, complete_of, data_of
from cesp_analysis.economics.estimated import COST_ALONE, refused
from cesp_analysis.economics.evaluated import _complete
from cesp_analysis.economics.gamma_cost import form_of, modelled_cost
from cesp_analysis.economics.imputing import known_of, observed_of
from cesp_analysis.economics.rows import smaller_arm
from cesp_analysis.economics.two_regressions import WeightedSum, regressed
from evaluated_study import answers, evaluated, framed, people, spec

GAMMA = Shape("gamma", True)


@pytest.mark.parametrize(
    ("name", "treated", "n"),
    [("cost", (0, 30), 0), ("cost", (30, 0), 0), ("inmb", (12, 30), 12), ("cost", (0, 0), 0),
     ("cost_control", (0, 30), 30), ("qaly_intervention", (30, 0), 30)],
)  # fmt: skip
def test_an_empty_arm_is_the_smaller_one(name: str, treated: tuple[int, int], n: int) -> None:
    arms = np.repeat([True, False], treated)
    one = refused(WeightedSum(name, None, 1.0, 0.0), 0, len(arms), "why")
    assert smaller_arm(one, arms) == n


def test_who_costs_nothing_is_a_number_beside_the_method() -> None:
    found = answers(30)
    found["cost"][:3] = 0
    frame = framed(spec(), people(found))
    kind, one = log_row([complete_of(frame, observed_of(frame))], 0.95, shape_of(frame))
    assert (kind, one.quantity) == ("gamma", COST_ALONE)
    assert one.zeros == pytest.approx(3 / 60) and "without" not in one.method


def test_who_is_complete_but_for_what_was_before_is_in_what_is_not_adjusted() -> None:
    found = answers(30)
    found["cost"][:8, 0] = np.nan  # of the intervention arm
    found["cost"][50:53, 2] = np.nan
    how = spec()
    frame = framed(how, people(found))
    rows = list(_complete(how, Case("base", "nhs", "England", "utility", frame)))
    sizes = {(row["approach"], row["model"], row["quantity"]): row for row in rows}
    for (approach, _, quantity), row in sizes.items():
        if not quantity.startswith(("cost_", "qaly_")):
            n = 57 if approach == "unadjusted" else 49
            assert (row["n_obs"], row["n_units"]) == (n, n)
    plain = sizes["unadjusted", "net_benefit", "cost"]
    cost = found["cost"][:, 1:].sum(axis=1)
    assert plain["estimate"] == pytest.approx(cost[:30].mean() - np.nanmean(cost[30:]))
    assert sizes["unadjusted", "net_benefit", "cost_intervention"]["n_units"] == 30
    assert sizes["gain", "net_benefit", "cost"]["n_smaller_arm"] == 22
    assert known_of(frame) == 57


def test_what_is_known_of_nobody_is_named_with_its_number() -> None:
    """Costs of before are blank in the intervention arm; costs and QALYs are known of everybody."""
    found = answers(30)
    found["cost"][:30, 0] = np.nan
    frame = framed(spec(), people(found))
    rows = list(_complete(spec(), Case("base", "nhs", "England", "utility", frame)))
    reasons = {row["reason"] for row in rows if row["approach"] != "unadjusted"}
    assert reasons == {
        "costs, QALYs, utility at the start and costs at the start are known of 0 people of the"
        " intervention arm (costs at the start alone of 0 of 30): two are needed"
    }
    assert all(row["estimate"] is not None for row in rows if row["approach"] == "unadjusted")


def test_two_people_of_an_arm_have_neither_interval_nor_curve() -> None:
    """Through the whole evaluation, one follow-up of somebody else imputed."""
    found = answers(30)
    for values in found.values():
        values[3, 2] = np.nan
    who = people({name: values[[3, 4, *range(30, 60)]] for name, values in found.items()})
    who.once["arm"] = ["intervention"] * 2 + ["control"] * 30
    who.once["site"] = ["here"] * 2 + ["there"] * 30
    how = spec(missing=BootImpute(replicates=200, sets=5))
    base = Case("base", "nhs", "England", "utility", framed(how, who))
    made = evaluated(how, Cases(base, (), (), lambda *_: base))
    own = [row for row in made.rows if row["missing_data"] != "complete"]
    assert own and not made.curve and not made.plane
    assert all(row["estimate"] is None and row["reason"] for row in own if row["n_units"] == 32)


def test_who_costs_nothing_is_told_where_there_is_no_model_too() -> None:
    found = answers(30)
    found["cost"][40:] = 0
    found["cost"][:30, 1:] = 0  # nobody of the intervention costs anything
    frame = framed(spec(), people(found))
    kind, one = log_row([complete_of(frame, observed_of(frame))], 0.95, shape_of(frame))
    assert kind == "two_part" and "the intervention arm are 0" in one.reason
    assert one.zeros == pytest.approx(50 / 60)


def test_an_arm_with_a_shared_cost_has_its_two_parts() -> None:
    """A third of people had nothing but, in the intervention arm, the share of what all share."""
    found = answers(60)
    found["cost"][::3, 1:] = 0
    found["cost"][:60, 1] += 50
    found["cost"][60::2, 1:] = 0
    frame = framed(spec(), people(found))
    kind, one = log_row([complete_of(frame, observed_of(frame))], 0.95, shape_of(frame))
    assert kind == "two_part" and one.estimate is not None and "everybody has one" in one.method
    assert one.zeros == pytest.approx(40 / 120)


def test_two_parts_or_one_is_decided_by_known_costs_alone() -> None:
    """Of 50 people whose costs are known 12 have none, more than a fifth; of all 60 it hangs on
    what the ten others are imputed."""
    found = answers(30)
    found["cost"][::5, 1:] = 0
    found["cost"][[1, 2, 3, 4, 6, 7, 8, 9, 11, 12], 2] = np.nan
    frame = framed(spec(), people(found))
    assert shape_of(frame).form == "two parts"
    filled = data_of(frame, np.nan_to_num(frame.table, nan=900.0))
    assert (filled.cost == 0).mean() == 0.2 and form_of(filled.cost) == "gamma"
    assert log_row([filled] * 2, 0.95, shape_of(frame))[0] == "two_part"
    assert not shape_of(frame).apart  # everybody's costs before are known, and are some
    found["cost"][1:6, 0] = 0
    assert shape_of(framed(spec(), people(found))).apart
    found["cost"][1:3, 0] = np.nan  # whatever they are imputed
    assert not shape_of(framed(spec(), people(found))).apart
    found["cost"][:, 2] = np.nan
    assert shape_of(framed(spec(), people(found))).form == "gamma"


def complete(found: dict[str, np.ndarray]) -> Data:
    frame = framed(spec(), people(found))
    return complete_of(frame, observed_of(frame))


def test_costs_before_enter_a_log_link_as_their_logarithm_beside_utility() -> None:
    data = complete(answers(40))
    assert data.base_cost is not None
    logs = np.log(data.base_cost)
    x = np.column_stack([np.ones(80), data.treated, data.utility, logs])
    _, one = log_row([data], 0.95, GAMMA)
    known = modelled_cost(data.cost, x, 1)
    assert one.estimate == pytest.approx(known.delta, rel=1e-8)
    assert one.std_error == pytest.approx(known.std_error, rel=1e-8)
    assert one.method.endswith(
        "adjusted for utility at baseline and the logarithm of costs before (none: as the lowest),"
        " where linear estimates have them in £"
    )
    pence = replace(data, cost=100 * data.cost, base_cost=100 * data.base_cost)
    assert log_row([pence], 0.95, GAMMA)[1].estimate == pytest.approx(100 * known.delta, rel=1e-7)


@pytest.mark.parametrize("none", [0, 1, 4, 5, 12])
def test_no_costs_before_are_the_lowest_and_of_five_by_themselves(none: int) -> None:
    found = answers(40)
    found["cost"][::5, 0][:none] = 0
    data = complete(found)
    assert data.base_cost is not None and nothing_before(data) == none
    lowest = data.base_cost[data.base_cost > 0].min()
    columns = [np.ones(80), data.treated, data.utility, np.log(np.fmax(data.base_cost, lowest))]
    columns += [data.base_cost == 0] if none >= 5 else []
    known = modelled_cost(data.cost, np.column_stack(columns).astype(float), 1)
    _, one = log_row([data], 0.95, GAMMA)
    assert one.estimate == pytest.approx(known.delta, rel=1e-8)
    assert ("whether there were any" in one.method) == (none >= 5)
    other = complete(found | {"cost": np.where(found["cost"] == 0, 50.0, found["cost"])})
    _, pooled = log_row([data, other], 0.95, GAMMA)  # of imputed sets the same columns in all
    assert pooled.estimate is not None and "whether" not in pooled.method


def test_what_is_the_same_for_everybody_is_named() -> None:
    """Not as a column by its number; in every model alike."""
    data = complete(answers(30))
    alike = replace(data, utility=np.full(60, 0.7))
    said = "utility at baseline: the same for everybody, so that nothing is adjusted for it"
    assert regressed(alike, ADJUSTED, "HC2") == said
    assert log_row([alike], 0.95, GAMMA)[1].reason == said
    twice = np.column_stack([data.utility, 2 * data.utility])
    own = replace(data, covariates=twice, names=("age", "sex[male]"))
    assert regressed(own, ADJUSTED, "HC2") == (
        "sex (male) and utility at baseline: a sum of what else is adjusted for"
    )


def test_covariates_left_out_are_said_beside_every_estimate_of_complete_people() -> None:
    how = spec(adjusted=("age",), missing=BootImpute(replicates=200, sets=5))
    frame = framed(how, people(answers(30), ages=np.full(60, 50.0)))
    assert not frame.covariates  # the same for all people: there is no column
    ages = np.where(np.arange(60) < 5, 50.0, 60.0)
    found = answers(30)
    found["cost"][:5, 2] = np.nan
    frame = framed(how, people(found, ages=ages))
    for row in _complete(how, Case("base", "nhs", "England", "utility", frame)):
        told = "left out: age" in (row["warnings"] or "")
        assert told == (row["approach"] != "unadjusted"), row["model"]


def test_without_costs_before_utility_alone() -> None:
    data = replace(complete(answers(30)), equal_cost=None, base_cost=None)
    _, one = log_row([data], 0.95, GAMMA)
    assert one.method.endswith("; adjusted for utility at baseline")
    _, same = log_row([replace(data, base_cost=np.zeros(60))], 0.95, GAMMA)
    assert same.estimate == pytest.approx(one.estimate)

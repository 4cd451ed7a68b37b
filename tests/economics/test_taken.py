"""What the intervention took, apart from the services that are imputed."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute, Departure, Quantity, Varied
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME, Perspective
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.delivered import NOBODY_MET
from cesp_analysis.economics.frame import COST, OWN_COST
from cesp_analysis.economics.imputing import departed, imputations_of, known_of
from cesp_analysis.economics.repriced import rises_of
from cesp_analysis.economics.two_regressions import regressed
from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.equations import groups_of
from cesp_analysis.panel.sources import Sources
from evaluated_study import DEATH, TIMES, answers, evaluated, no_events, no_visits, people, spec

N = 80
WHO = replace(people(answers(N // 2)), answers={})
TREATED = np.arange(N) < N // 2
LOST = np.arange(N) % 4 == 0
TOOK = 300.0
NHS = Perspective(label="NHS", sectors=("nhs", "intervention"))


def table(unknown=(), gp=True, seed=2):
    """GP 10 to 60 £ a time, a bed of nothing; contacts of 100 and 150 £, 25 of a site's share a
    time; of the LOST the GP is not known later (gp), of others the time of link workers."""
    rng = np.random.default_rng(seed)
    rows = []
    for at, unit in enumerate(WHO.units):
        for k, time in enumerate(TIMES):
            given = (0.0, 100.0, 150.0)[k] if TREATED[at] else 0.0
            own = (
                ("gp", "nhs", np.nan if gp and LOST[at] and k else 10.0 * rng.integers(1, 7)),
                ("bed", "nhs", 0.0),
                (OWN_TIME, "intervention", np.nan if k and at in unknown else given),
                (OWN_SHARE, "intervention", 25.0 if TREATED[at] and k else 0.0),
            )
            rows += [
                {
                    "unit": unit,
                    "time": time,
                    "service": name,
                    "sector": sector,
                    "cost": cost,
                    "known_part": np.nan,
                    "rows": 1,
                    "rows_unknown": int(np.isnan(cost)),
                }
                for name, sector, cost in own
            ]
    return pd.DataFrame(rows)


def known():
    utility = answers(N // 2)["utility"]
    rows = [
        {"unit": f"p{at}", "time": time, "utility": utility[at, k]}
        for at in range(N)
        for k, time in enumerate(TIMES)
    ]  # fmt: skip
    found = pd.DataFrame(rows).astype({"unit": "category", "time": "category"})
    scores = pd.DataFrame({name: [] for name in ("unit", "time", "score", "value")})
    scores = scores.astype({"unit": "category", "time": "category"})
    return Sources.of({"visits": "person"}, {"visits": found}, scores, list(TIMES))


def asked(**own):
    given = {
        "utility": Quantity(label="England", variable="utility"),
        "perspectives": {"nhs": NHS},
        "missing": BootImpute(replicates=200, sets=10),
    } | own
    return spec(**given)


def made(how, costs):
    return cases_of(how, WHO, known(), costs, (no_events(), no_visits()))


def cost_rows(how, costs, approach="adjusted"):
    found = evaluated(how, made(how, costs))
    return {
        (row["scenario"], row["missing_data"]): row
        for row in found.rows
        if row["quantity"] == "cost" and row["approach"] == approach
        and row["model"] in ("joint", "net_benefit") and not row["scenario"].startswith("subgroup")
    }  # fmt: skip


def test_what_the_intervention_took_is_added_to_imputed_services():
    """No column holds it; of the lost it is known, whatever of their services is not."""
    base = made(asked(), table()).base.frame
    assert base.took == pytest.approx(np.where(TREATED, TOOK, 0.0))
    assert {one.name.partition("@")[0] for one in base.equations.columns} == {
        "utility",
        COST,
        "age",
    }
    assert np.nanmax(base.table[:, [c.name == "cost@6m" for c in base.equations.columns]]) == 60.0
    assert known_of(base) == N - LOST.sum()
    zeros = np.nan_to_num(base.table)
    assert data_of(base, zeros).cost[LOST & TREATED] == pytest.approx(TOOK)


def test_a_known_difference_is_not_imputed():
    """The lost had no contact at all: half of what the others took would be added if it were. What
    is estimated of services alone, and what is of time alone (3/4 of 250 £ but for what is adjusted
    for), are the difference: to the last pound in imputed sets, whose columns are alike; of samples
    but for which people they hold."""
    costs = table()
    lost = set(np.array(WHO.units)[LOST])
    costs.loc[costs["unit"].isin(lost) & (costs["service"] == OWN_TIME), "cost"] = 0.0
    costs.loc[costs["service"] == OWN_SHARE, "cost"] = 0.0
    rows = cost_rows(asked(), costs)
    services = costs.assign(cost=costs["cost"].mask(costs["service"] == OWN_TIME, 0.0))
    without = cost_rows(asked(), services)
    base = made(asked(), costs).base.frame
    whole = data_of(base, imputations_of(base, 2, 1, "x").completed(0))
    alone = regressed(replace(whole, cost=base.took), "adjusted", "HC2").known["cost"].estimate
    took = base.took[TREATED]
    assert took.mean() == pytest.approx(250.0 * 0.75)
    samples = took.std() / np.sqrt(len(took) * 200)  # of a mean over 200 samples
    for way, error in (("imputed", 1e-6), ("boot_impute", 4 * samples)):
        apart = rows["base", way]["estimate"] - without["base", way]["estimate"]
        assert apart == pytest.approx(alone, abs=error)
        none = without["base", way]
        assert none["ci_low"] < 0 < none["ci_high"]  # services cost the arms alike


def test_a_multiplier_of_imputed_costs_leaves_what_the_intervention_took():
    own = {"cost": {"intervention": 2.0}}
    how = asked(departures={"dear": Departure(label="D", utility={}, **own)})
    cases = made(how, table())
    whole = imputations_of(cases.base.frame, 3, 1, "x").completed(0)
    (dear,) = cases.varied
    frame = dear.frame
    moved = departed(whole, frame, np.arange(N), dear.departing)
    before, after = (data_of(frame, one).cost - frame.took for one in (whole, moved))
    assert after[TREATED & LOST] == pytest.approx(2 * before[TREATED & LOST])
    assert after[~(TREATED & LOST)] == pytest.approx(before[~(TREATED & LOST)])


@pytest.mark.parametrize(
    ("of", "rises"), [("intervention.hourly", 250.0), ("intervention.shared", 50.0)]
)
def test_a_price_of_the_intervention_moves_what_it_took_and_nothing_else(of, rises):
    """Of the lost too: to the last pound, not by a mean."""
    how = asked(tornado={"x": Varied(label="X", of=of, low=1.0, high=2.0)})
    cost = {
        scenario: row["estimate"]
        for (scenario, way), row in cost_rows(how, table()).items()
        if way == "imputed"
    }
    assert cost["tornado x: low"] == pytest.approx(cost["base"], abs=1e-9)
    assert cost["tornado x: high"] - cost["base"] == pytest.approx(rises, abs=1e-6)


def test_perspectives_with_and_without_the_intervention_share_its_tables():
    others = {"services": Perspective(label="S", sectors=("nhs",)),
              "own": Perspective(label="O", sectors=("intervention",))}  # fmt: skip
    how = asked(perspectives={"nhs": NHS} | others)
    cases = made(how, table())
    services, own = cases.varied
    assert services.filled is own.filled is cases.base.frame
    assert not services.frame.took.any() and own.frame.took.max() == TOOK
    assert data_of(own.frame, own.frame.table).cost == pytest.approx(np.where(TREATED, TOOK, 0.0))
    cost = {s: r["estimate"] for (s, way), r in cost_rows(how, table()).items() if way == "imputed"}
    assert cost["base"] - cost["perspective services"] == pytest.approx(TOOK)


def test_time_that_is_not_known_is_imputed_by_itself():
    """Of three treated people, whose services are known: matched within their arm; the share of
    their site is added."""
    how = asked(
        tornado={"x": Varied(label="X", of="intervention.hourly", low=1.0, high=2.0)},
        perspectives={"nhs": NHS, "services": Perspective(label="S", sectors=("nhs",))},
    )
    cases = made(how, table(unknown=(1, 2, 3), gp=False))
    base = cases.base.frame
    names = [one.name for one in base.equations.columns]
    assert [name for name in names if name.startswith(OWN_COST)] == [
        f"{OWN_COST}@6m", f"{OWN_COST}@12m"
    ]  # fmt: skip
    assert known_of(base) == N - 3 and known_of(cases.varied[0].frame) == N
    data = data_of(base, imputations_of(base, 2, 1, "x").completed(0))
    assert data.cost[1:4] - base.table[1:4][
        :, [names.index("cost@6m"), names.index("cost@12m")]
    ].sum(axis=1) == pytest.approx(TOOK)
    rows = cost_rows(how, table(unknown=(1, 2, 3), gp=False))
    cost = {s: r["estimate"] for (s, way), r in rows.items() if way == "imputed"}
    assert cost["tornado x: high"] - cost["base"] == pytest.approx(250.0, abs=1e-6)


def with_a_bed():
    """A bed of 500 £ before 6 months of two of the lost, of whom the GP is not known; nobody else's
    costs as much."""
    costs = table()
    two = np.isin(np.arange(N), [0, 4])
    bed = costs["unit"].isin(WHO.units[two]) & (costs["service"] == "bed") & (costs["time"] == "6m")
    costs.loc[bed, "cost"] = 500.0
    return costs, two


def test_of_costs_known_in_part_the_rest_is_imputed():
    """A GP's 10 to 60 £, beside the bed that is known."""
    costs, two = with_a_bed()
    frame = made(asked(), costs).base.frame
    names = [one.name for one in frame.equations.columns]
    sets = imputations_of(frame, 5, 1, "x")
    for number in range(sets.m):
        values = sets.completed(number)[:, names.index("cost@6m")]
        gp = values - np.where(two, 500.0, 0.0)
        assert (gp[TREATED & LOST] % 10 == 0).all() and gp.min() >= 10 and gp.max() <= 60
        assert frame.equations.in_parts.keys() >= {"cost@6m"}


def test_in_bootstrap_samples_too():
    """Everybody's costs of a sample: below those of the bed and the dearest GP, never less."""
    costs, two = with_a_bed()
    frame = made(asked(), costs).base.frame
    at = [one.name for one in frame.equations.columns].index("cost@6m")
    groups = groups_of(frame.equations.people, frame.equations.asked)
    rows = np.stack([np.sort(np.random.default_rng(b).permutation(N)) for b in range(3)])
    rows[:, 1] = 0  # one with a bed, twice; treated as well
    made_of = impute_resampled(frame.table, frame.equations.recipe, rows, 2, 1, groups)
    seen = 0
    for one in made_of.completed():
        values = one.tables[:, :, :, at]
        people = rows[one.numbers][:, None, :]
        gp = values - np.where(two[people], 500.0, 0.0)
        assert gp.min() >= 10 and gp.max() <= 60
        seen += len(one.numbers)
    assert seen == 3


def test_a_multiplier_of_imputed_costs_leaves_what_is_known():
    twice = Departure(label="D", utility={}, cost={"intervention": 2.0})
    how = asked(departures={"dear": twice})
    costs, two = with_a_bed()
    (dear,) = made(how, costs).varied
    frame = dear.frame
    at = [one.name for one in frame.equations.columns].index("cost@6m")
    whole = imputations_of(frame, 2, 1, "x").completed(0)
    moved = departed(whole, frame, np.arange(N), dear.departing)
    gp, twice = (values[two, at] - 500.0 for values in (whole, moved))
    assert (gp > 0).all() and twice == pytest.approx(2 * gp)


def test_a_contact_of_unknown_length_takes_as_long_as_others():
    """Everybody's contacts before 6 months are two of £50; of one person two of three are known, of
    another none of four."""
    costs = table(unknown=(1, 2), gp=False)
    time = (costs["service"] == OWN_TIME) & (costs["time"] == "6m")
    costs.loc[time, "rows"] = 2
    for unit, some, rows, unknown in (("p1", 140.0, 3, 1), ("p2", np.nan, 4, 4)):
        own = time & (costs["unit"] == unit)
        costs.loc[own, ["known_part", "rows", "rows_unknown"]] = [some, rows, unknown]
    frame = made(asked(), costs).base.frame
    at = [one.name for one in frame.equations.columns].index(f"{OWN_COST}@6m")
    sets = imputations_of(frame, 20, 1, "x")
    found = np.array([sets.completed(number)[[1, 2], at] for number in range(20)])
    # an hour at twice its cost: £140 that are known and the contact as it was drawn; four of them
    assert (rises_of(frame, sets, {OWN_TIME: 2.0})[:, [1, 2], at] == found).all()
    assert {*found[:, 0]} <= {140.0 + 50.0, 140.0 + 70.0}  # of his own the mean is £70
    assert {*found[:, 1]} <= {4 * 50.0, 4 * 70.0}


def test_what_somebody_cost_who_died_is_given_to_nobody_who_lived():
    """A GP of £11 before 12 months of somebody who died a month into that half year: it counts,
    and is nobody else's. Before 6 months all lived, and each contact is as long as of others."""
    costs = table(unknown=(2,))
    one = WHO.units[1]
    gp = (costs["unit"] == one) & (costs["service"] == "gp") & (costs["time"] == "12m")
    costs.loc[gp, "cost"] = 11.0
    died = pd.DataFrame(
        {"event": ["died"], "kind": ["death"], "unit": [one], "date": [None], "elapsed": [7.0]}
    )
    how = spec(DEATH, perspectives={"nhs": NHS})
    for events in (died, no_events()):
        frame = cases_of(how, WHO, known(), costs, (events, no_visits())).base.frame
        given = {cells.column: cells.values for cells in imputations_of(frame, 50, 3, "x").cells}
        assert (given["cost@12m"] == 11.0).any() == (events is not died)
    there = cases_of(how, WHO, known(), costs, (died, no_visits())).base.frame.equations.not_models
    assert {*there} == {"cost@12m"}
    assert np.flatnonzero(there["cost@12m"]).tolist() == [1]


@pytest.mark.parametrize("blank", [0, 1])
def test_what_is_known_before_a_death_counts_as_it_is_and_the_rest_by_the_share_lived(blank):
    """Beds of £500 of somebody who died after 9 of 12 months, one of five of a length that is not
    known, of whom the GP is not known: half of a GP's 10 to 60 £ beside them."""
    costs = table()
    one = WHO.units[0]
    bed = (costs["unit"] == one) & (costs["service"] == "bed") & (costs["time"] == "12m")
    costs.loc[bed, "cost"] = np.nan if blank else 500.0
    costs.loc[bed, ["known_part", "rows", "rows_unknown"]] = [500.0 - 100 * blank, 5, blank]
    died = pd.DataFrame(
        {"event": ["died"], "kind": ["death"], "unit": [one], "date": [None], "elapsed": [9.0]}
    )
    how = spec(DEATH, perspectives={"nhs": NHS})
    frame = cases_of(how, WHO, known(), costs, (died, no_visits())).base.frame
    at = [column.name for column in frame.equations.columns].index("cost@12m")
    assert frame.equations.in_parts["cost@12m"].not_drawn[0] == 500.0
    sets = imputations_of(frame, 4, 1, "x")
    for number in range(4):
        whole = sets.completed(number)
        gp = whole[0, at] - 500.0
        assert 10 <= gp <= 60
        before = whole[0, [c.name for c in frame.equations.columns].index("cost@6m")]
        assert data_of(frame, whole).cost[0] - frame.took[0] == pytest.approx(
            before + 500.0 + gp / 2
        )


def test_an_arm_that_met_nobody_is_told():
    """Beside every row of costs and net benefit; not where the time of one person is not known."""
    costs = table(gp=False)
    time = costs["service"] == OWN_TIME
    costs.loc[time, "cost"] = 0.0
    rows = evaluated(asked(), made(asked(), costs)).rows
    told = {row["quantity"]: NOBODY_MET in (row["warnings"] or "") for row in rows}
    assert told["cost"] and told["inmb"] and not told["qaly"]
    assert made(asked(), table()).said == ()
    costs.loc[time & (costs["unit"] == "p1"), "cost"] = np.nan
    assert made(asked(), costs).said == ()

"""What a price moves: invariants of the tornado's bars, with services lacking and without."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute, Quantity, Varied
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME, Perspective
from cesp_analysis.economics.cases import cases_of
from cesp_analysis.economics.evaluated import imputed_sets
from cesp_analysis.economics.imputing import imputations_of
from cesp_analysis.economics.repriced import rises_of
from cesp_analysis.economics.sources import scaled
from cesp_analysis.panel.sources import Sources
from evaluated_study import DEATH, TIMES, answers, evaluated, no_events, no_visits, people, spec

N = 120
WHO = replace(people(answers(N // 2)), answers={})
UNITS = list(WHO.units)
TREATED = np.arange(N) < N // 2
NOBODYS = [3, 17, 64, 99]
"""Of these people no service is known later."""
SERVICES = {"gp": "nhs", "bed": "nhs", "nurse": "nhs"}
BY = {"gp": 2.0, "bed": 2.0, "nurse": 2.0, OWN_TIME: 2.0, OWN_SHARE: 2.0}


def costs(gaps=0.15):
    """A GP of £10 to £60, a bed of £100 or £1,100, a nurse of £7 or £14, £80 to £200 of link
    workers' time, a site's £25; gaps: a service's share of later cells that nobody knows, and of
    whom all are unknown."""
    rng, rows = np.random.default_rng(3), []
    for at, unit in enumerate(UNITS):
        for k, time in enumerate(TIMES):
            own = {
                "gp": 10.0 * rng.integers(1, 7),
                "bed": 100.0 + 1000.0 * (rng.random() < 0.1),
                "nurse": 7.0 * rng.integers(1, 3),
                OWN_TIME: float(rng.integers(80, 201)) if TREATED[at] and k else 0.0,
                OWN_SHARE: 25.0 if TREATED[at] and k else 0.0,
            }
            for name, cost in own.items():
                none = rng.random() < gaps or (gaps > 0 and at in NOBODYS)
                lacks = bool(k) and none and name in (*SERVICES, OWN_TIME)
                lacks &= name != OWN_TIME or TREATED[at]
                rows.append(
                    {
                        "unit": unit,
                        "time": time,
                        "service": name,
                        "sector": SERVICES.get(name, "intervention"),
                        "cost": np.nan if lacks else cost,
                        "known_part": np.nan,
                        "rows": 1,
                        "rows_unknown": int(lacks),
                    }
                )
    return pd.DataFrame(rows)


def asked(**bars):
    made = {
        name: Varied(label=name, of=of, low=low, high=high)
        for name, (of, low, high) in bars.items()
    }
    return spec(
        DEATH,
        utility=Quantity(label="England", variable="utility"),
        perspectives={"nhs": Perspective(label="NHS", sectors=("nhs", "intervention"))},
        missing=BootImpute(replicates=200, sets=5),
        tornado=made,
    )


def known():
    utility = answers(N // 2, lost=0.1)["utility"]
    found = pd.DataFrame(
        [
            {"unit": f"p{at}", "time": time, "utility": utility[at, k]}
            for at in range(N)
            for k, time in enumerate(TIMES)
        ]
    ).astype({"unit": "category", "time": "category"})
    scores = pd.DataFrame({name: [] for name in ("unit", "time", "score", "value")})
    scores = scores.astype({"unit": "category", "time": "category"})
    return Sources.of({"visits": "person"}, {"visits": found}, scores, list(TIMES))


def dead():
    """One of whom nothing is known died after 9 of 12 months."""
    row = {"event": ["died"], "kind": ["death"], "unit": [UNITS[3]], "date": [None]}
    return pd.DataFrame(row | {"elapsed": [9.0]})


def made(how, table, events=None):
    dated = (no_events() if events is None else events, no_visits())
    return cases_of(how, WHO, known(), table, dated)


def sets_at(cases, by):
    """The imputed sets of a study at multiples of prices, all by the base case's draws."""
    filled = {}
    imputed_sets(asked(), cases.base, filled)
    sets, reason, _ = imputed_sets(asked(), cases.again("x", by, 0.035), filled)
    assert not reason and len(filled) == 1
    return sets


def totals(sets):
    return np.array([one.cost for one in sets]), np.array([one.base_cost for one in sets])


def test_a_multiple_of_one_is_the_base_case_to_the_byte():
    bars = {"gp": ("services.gp", 1.0, 2.0), "hour": ("intervention.hourly", 1.0, 2.0)}
    how = asked(**bars)
    rows = {}
    for row in evaluated(how, made(how, costs())).rows:
        if row["missing_data"] == "imputed" and row["model"] == "net_benefit":
            rows.setdefault(row["scenario"], []).append(
                {k: v for k, v in row.items() if k not in ("scenario", "service")}
            )
    base = [row for row in rows["base"] if row["approach"] != "unadjusted"]
    assert len(base) > 4
    for name in bars:
        assert rows[f"tornado {name}: low"] == base
        assert rows[f"tornado {name}: high"] != base


@pytest.mark.parametrize("events", [None, dead()])
def test_all_services_at_a_multiple_are_everybodys_costs_at_it(events):
    """Known, imputed, those of a death's period and what the intervention took."""
    cases = made(asked(), costs(), events)
    base, twice = sets_at(cases, {}), sets_at(cases, BY)
    for one, other in zip(totals(base), totals(twice), strict=True):
        assert other == pytest.approx(2 * one, rel=1e-12) and one.min() > 0
    for one, other in zip(base, twice, strict=True):
        assert other.qaly.tolist() == one.qaly.tolist()
        assert other.equal_cost.tolist() == one.equal_cost.tolist()


@pytest.mark.parametrize("events", [None, dead()])
def test_bars_of_services_apart_add_up(events):
    cases = made(asked(), costs(), events)
    at = [totals(sets_at(cases, by)) for by in ({}, {"gp": 1.7}, {"bed": 0.4})]
    both = totals(sets_at(cases, {"gp": 1.7, "bed": 0.4}))
    for base, gp, bed, all_of_it in zip(*at, both, strict=True):
        assert (gp - base) + (bed - base) == pytest.approx(all_of_it - base, abs=1e-9)
        assert (gp > base).all() and (bed < base).all()


def test_of_what_is_all_known_a_bar_is_the_costs_reckoned_anew():
    """A study without gaps, its table of costs at the other price."""
    table = costs(gaps=0.0)
    for by in ({"gp": 3.0}, {OWN_TIME: 0.5}, {OWN_SHARE: 4.0}):
        varied = totals(sets_at(made(asked(), table), by))
        anew = totals(sets_at(made(asked(), scaled(table, by)), {}))
        for one, other in zip(varied, anew, strict=True):
            assert one == pytest.approx(other, rel=1e-12)


def test_who_lacks_all_services_moves_with_the_donors_parts():
    """Set by set and person by person: twice a GP's £10 to £60 more, of the bed £100 or £1,100; of
    whom the GP alone is known, exactly what it cost."""
    table = costs()
    frame = made(asked(), table).base.frame
    names = [one.name for one in frame.equations.columns]
    sets = imputations_of(frame, 6, 1, "x")
    at = names.index("cost@6m")
    gp, bed, nurse = (
        rises_of(frame, sets, {name: 2.0})[:, :, at] for name in ("gp", "bed", "nurse")
    )
    assert {*gp[:, NOBODYS].ravel()} <= {10.0 * n for n in range(1, 7)}
    assert {*bed.ravel()} == {100.0, 1100.0} and {*nurse.ravel()} == {7.0, 14.0}
    assert np.ptp(gp[:, NOBODYS], axis=0).max() > 0  # draws are not the arm's mean
    own = table[(table["service"] == "gp") & (table["time"] == "6m")]["cost"].to_numpy()
    told = np.isfinite(own)
    assert told.sum() > 80 and (gp[:, told] == own[told]).all()
    whole = np.array([sets.completed(number)[:, at] for number in range(6)])
    assert gp + bed + nurse == pytest.approx(whole, rel=1e-12)

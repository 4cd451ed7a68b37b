"""Perspectives, value sets, departures and varied prices: which table each has."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.economics import BootImpute, Departure, Quantity, Totals, Varied
from cesp_analysis.declared.resources import OWN_SHARE, OWN_TIME, Perspective
from cesp_analysis.economics.cases import AS_GIVEN, cases_of, parts_of
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.evaluated import imputed_sets
from cesp_analysis.economics.frame import COST, UTILITY
from cesp_analysis.economics.imputation_rows import imputation_rows
from cesp_analysis.economics.imputing import imputations_of, known_of
from cesp_analysis.economics.repriced import rises_of
from cesp_analysis.economics.sources import answers_of, costs_of, placed, scaled
from cesp_analysis.economics.varied import changed, tornado_cases
from cesp_analysis.panel.sources import Sources
from evaluated_study import TIMES, answers, evaluated, no_events, no_visits, people, spec

N = 20
WHO = replace(people(answers(N // 2)), answers={})
UNITS = list(WHO.units)
SERVICES = {"gp": "nhs", "bed": "nhs", "care_home": "council", OWN_TIME: "intervention"}


def costs(units=UNITS, **unknown):
    """A row for each person, time and service; unknown: service → people of whom it is not."""
    rows = [
        {"unit": unit, "time": time, "service": name, "sector": sector,
         "cost": np.nan if unit in unknown.get(name, ()) else 10.0 * (at + 1) + k,
         "known_part": np.nan, "rows": 1, "rows_unknown": int(unit in unknown.get(name, ()))}
        for unit in units
        for k, time in enumerate(TIMES)
        for at, (name, sector) in enumerate(SERVICES.items())
    ]  # fmt: skip
    return pd.DataFrame(rows)


def known(utility=None):
    utility = answers(N // 2)["utility"] if utility is None else utility
    rows = [
        {"unit": f"p{at}", "time": time, "utility": utility[at, k], "other": utility[at, k] / 2,
         "cost": 5.0 + at + k, "qaly": 0.5 + at / 100}
        for at in range(len(utility))
        for k, time in enumerate(TIMES)
    ]  # fmt: skip
    table = pd.DataFrame(rows).astype({"unit": "category", "time": "category"})
    scores = pd.DataFrame({name: [] for name in ("unit", "time", "score", "value")})
    scores = scores.astype({"unit": "category", "time": "category"})
    return Sources.of({"visits": "person"}, {"visits": table}, scores, list(TIMES))


def asked(**own):
    given = {
        "utility": Quantity(label="England", variable="utility"),
        "perspectives": {
            "nhs": Perspective(label="NHS", sectors=("nhs", "intervention")),
            "public": Perspective(label="Public", sectors=("nhs", "council", "intervention")),
        },
    } | own
    return spec(**given)


def made(how, table=None):
    return cases_of(how, WHO, known(), table, (no_events(), no_visits()))


def test_a_service_that_is_not_known_counts_in_its_perspectives_alone():
    """Of two people the care home is not known: their costs to the public are not, but to the NHS
    they are."""
    table = costs(care_home=UNITS[:2])
    nhs, council = (costs_of(table, sectors, WHO) for sectors in (("nhs",), ("nhs", "council")))
    assert np.isfinite(nhs).all() and nhs[0].tolist() == [30.0, 32.0, 34.0]
    assert np.isnan(council[:2]).all() and np.isfinite(council[2:]).all()


def test_what_a_perspective_counts_more_is_a_column_beside_the_base_cases():
    """What the public alone pays: of two not known."""
    cases = made(asked(), costs(care_home=UNITS[:2]))
    assert [case.scenario for case in cases.varied] == ["perspective public"]
    base, public = cases.base.frame, cases.varied[0].frame
    assert variables(base) == {UTILITY, COST, "age"}
    assert variables(public) == {UTILITY, COST, "cost council", "age"}
    assert cases.varied[0].given is base
    assert (known_of(base), known_of(public)) == (N, N - 2)
    nhs, whole = (data_of(frame, frame.table) for frame in (base, public))
    assert nhs.cost == pytest.approx(np.full(N, 73.0 + 76.0))
    assert np.isnan(whole.cost[:2]).all() and whole.cost[2:] - nhs.cost[2:] == pytest.approx(63.0)
    assert whole.base_cost[2:] - nhs.base_cost[2:] == pytest.approx(30.0)
    assert whole.equal_cost == pytest.approx(nhs.base_cost)


def variables(frame):
    return {one.name.partition("@")[0] for one in frame.equations.columns}


def test_a_perspective_of_a_part_has_that_part_as_a_column():
    how = asked(
        perspectives={
            "public": Perspective(label="Public", sectors=("nhs", "council", "intervention")),
            "council": Perspective(label="Council", sectors=("council", "intervention")),
            "same": Perspective(label="Same", sectors=("council", "intervention", "nhs")),
        }
    )
    base, council, same = (lambda made: (made.base, *made.varied))(made(how, costs()))
    assert variables(council.frame) == {UTILITY, COST, "cost council", "age"}
    data = data_of(council.frame, council.frame.table)
    assert data.cost == pytest.approx(np.full(N, 73.0 - 33.0 + 76.0 - 36.0 - 3.0 + 3.0 + 66.0))
    assert data.equal_cost == pytest.approx(data_of(base.frame, base.frame.table).base_cost)
    assert same.frame is base.frame and same.given is None


def test_a_part_of_costs_is_imputed_by_the_donors_of_the_whole():
    """Each person's two parts, of perspectives that share the main one's services out between them,
    are together what they cost, in each set; and no part is dearer than the whole."""
    who = replace(people(answers(35)), answers={})
    how = asked(
        missing=BootImpute(replicates=200, sets=5),
        perspectives={
            "public": Perspective(label="Public", sectors=("nhs", "council", "intervention")),
            "council": Perspective(label="Council", sectors=("council",)),
            "nhs": Perspective(label="NHS", sectors=("nhs", "intervention")),
        },
    )
    table = lossy(6, 0.1, list(who.units))
    dated = (no_events(), no_visits())
    found = cases_of(how, who, known(answers(35)["utility"]), table, dated)
    filled = {}
    whole, council, nhs = (
        imputed_sets(how, case, filled)[0] for case in (found.base, *found.varied)
    )
    assert np.isnan(found.base.frame.table).any(axis=1).sum() > 20
    for one, first, second in zip(whole, council, nhs, strict=True):
        assert first.cost + second.cost == pytest.approx(one.cost, rel=1e-12)
        assert (first.cost <= one.cost + 1e-9).all() and (first.cost >= 0).all()
        assert first.base_cost + second.base_cost == pytest.approx(one.base_cost, rel=1e-12)
        assert (first.qaly == one.qaly).all()
    rows = list(imputation_rows((found.base, *found.varied), filled))
    shared = [row for row in rows if row["variable"] == "cost council"]
    assert {(row["method"], row["predictors"]) for row in shared} == {
        ("pmm", f"the donors of costs at {time}") for time in TIMES[1:]
    }
    assert all(row["n_imputed"] == row["n_missing"] > 0 for row in shared)


def test_beside_a_shared_part_what_is_counted_besides_is_imputed_by_itself():
    who = replace(people(answers(35)), answers={})
    how = asked(
        missing=BootImpute(replicates=200, sets=5),
        perspectives={
            "nhs": Perspective(label="NHS", sectors=("nhs", "intervention")),
            "other": Perspective(label="Other", sectors=("council", "intervention")),
            "both": Perspective(label="Both", sectors=("council", "nhs", "intervention")),
        },
    )
    table = lossy(6, 0.1, list(who.units))
    dated = (no_events(), no_visits())
    found = cases_of(how, who, known(answers(35)["utility"]), table, dated)
    filled = {}
    nhs, other, both = (imputed_sets(how, case, filled)[0] for case in (found.base, *found.varied))
    took = found.base.frame.took
    for one, two, three in zip(nhs, other, both, strict=True):
        assert one.cost + two.cost - took == pytest.approx(three.cost, rel=1e-12)


def lossy(seed, share, units=UNITS):
    table = costs(units)
    rng = np.random.default_rng(seed)
    table["cost"] *= rng.gamma(2.0, 0.5, len(table))
    table.loc[(rng.random(len(table)) < share) & (table["time"] != TIMES[0]), "cost"] = np.nan
    return table


FURTHER = {
    "public": Perspective(label="Public", sectors=("nhs", "council", "intervention")),
    "council": Perspective(label="Council", sectors=("council",)),
}


def test_the_base_case_is_the_same_whichever_perspectives_are_declared_beside_it():
    """Every row of it, to the last digit, bootstrap samples too; and each other perspective's."""
    main = {"nhs": Perspective(label="NHS", sectors=("nhs", "intervention"))}
    lost = answers(35, lost=0.15)["utility"]
    who = replace(people(answers(35)), answers={})

    def rows(*names):
        more = {name: FURTHER[name] for name in names}
        how = asked(missing=BootImpute(replicates=200, sets=5), perspectives=main | more)
        table = lossy(6, 0.03, list(who.units))
        cases = cases_of(how, who, known(lost), table, (no_events(), no_visits()))
        found = evaluated(how, cases)
        own = {scenario: [] for scenario in ("base", *(f"perspective {name}" for name in names))}
        for row in found.rows:
            own[row["scenario"]].append(row)
        return own, found

    (alone, first), (both, second), (one, _) = rows(), rows("public", "council"), rows("council")
    assert alone["base"] == both["base"] == one["base"]
    assert any(
        row["missing_data"] == "boot_impute" and row["status"] == "estimated"
        for row in alone["base"]
    )
    assert both["perspective council"] == one["perspective council"]
    assert first.plane == second.plane and first.known == second.known


def test_a_perspective_that_nobody_answered_for_is_refused_alone():
    how = asked(missing=BootImpute(replicates=200, sets=5))
    table = lossy(6, 0.05)
    later = (table["service"] == "care_home") & (table["time"] == TIMES[2])
    table.loc[later, "cost"] = np.nan
    found = evaluated(how, made(how, table))
    imputed = [row for row in found.rows if row["missing_data"] == "imputed"]
    for row in imputed:
        assert (row["status"] == "estimated") == (row["scenario"] == "base")
    (reason,) = {row["reason"] for row in imputed if row["scenario"] != "base"}
    assert reason.startswith("costs of council at 12m (") and "nobody answered it" in reason


def test_qalys_do_not_differ_by_perspective_or_price():
    """With a fifth of utilities and some of council's costs lost, to the last digit."""
    tornado = {"gp": Varied(label="GP", of="services.gp", low=0.5, high=2)}
    how = asked(missing=BootImpute(replicates=200, sets=5), tornado=tornado)
    table = costs(care_home=UNITS[3:6])
    table["cost"] *= np.random.default_rng(6).gamma(2.0, 0.5, len(table))
    lost = answers(N // 2, lost=0.2)["utility"]
    found = cases_of(how, WHO, known(lost), table, (no_events(), no_visits()))
    rows = evaluated(how, found).rows
    own = {
        (r["scenario"], r["approach"]): [r[k] for k in ("estimate", "std_error", "df", "ci_low")]
        for r in rows
        if r["quantity"] == "qaly" and r["missing_data"] == "imputed"
    }
    for approach in ("gain", "adjusted"):
        for scenario in ("perspective public", "tornado gp: low", "tornado gp: high"):
            assert own[scenario, approach] == own["base", approach]


@pytest.mark.parametrize(
    ("own", "counted", "shared", "more"),
    [
        (("y", "x"), [COST], (), {}),
        (("x", "z", "y"), [COST, "cost z"], (), {"cost z": ("z",)}),
        (("y",), ["cost y"], ("cost y",), {"cost y": ("y",)}),
        (("y", "z"), ["cost y", "cost z"], ("cost y",), {"cost y": ("y",), "cost z": ("z",)}),
        (("z",), ["cost z"], (), {"cost z": ("z",)}),
        ((), [], (), {}),
    ],
)
def test_parts_of_costs_are_what_the_main_perspective_lacks(own, counted, shared, more):
    assert parts_of(own, ("x", "y")) == (counted, shared, more)


def test_rows_of_strangers_and_of_other_times_are_left_out():
    rows = pd.DataFrame({"unit": ["p1", "zz", "p1"], "time": ["6m", "6m", "later"], "x": [3, 4, 5]})
    found = placed(rows, "x", WHO)
    assert found[1, 1] == 3 and np.isfinite(found).sum() == 1


def test_a_price_multiplied_changes_its_service_alone():
    table = scaled(costs(), {"gp": 2.0})
    assert costs_of(table, ("nhs",), WHO)[0, 0] == 10 * 2 + 20
    assert costs_of(table, ("council",), WHO)[0, 0] == 30


def test_a_price_varies_where_costs_before_are_left_out():
    table = costs()
    table.loc[table["time"] == TIMES[0], "cost"] = np.nan
    bar = Varied(label="GP", of="services.gp", low=1, high=2)
    how = asked(baseline_costs=False, tornado={"gp": bar})
    found = made(how, table)
    low, high = tornado_cases(how, found)
    frame = found.base.frame
    sets = imputations_of(frame, 2, 1, "x")
    columns = [one.name for one in frame.equations.columns]
    for case, moved in ((low, {}), (high, {"cost@6m": {11.0}, "cost@12m": {12.0}})):
        for rise in rises_of(frame, sets, case.by):
            own = {name: set(rise[:, at]) for at, name in enumerate(columns) if rise[:, at].any()}
            assert own == moved


def test_value_sets_and_departures():
    how = asked(
        value_sets={"half": Quantity(label="Half", variable="other")},
        departures={"worse": Departure(label="W", utility={"intervention": 0.9}, cost={})},
    )
    cases = made(how, costs())
    names = [case.scenario for case in cases.varied]
    assert names == ["perspective public", "value set half", "departure worse"]
    _, half, worse = cases.varied
    whole = data_of(cases.base.frame, cases.base.frame.table).qaly
    assert data_of(half.frame, half.frame.table).qaly == pytest.approx(whole / 2)
    assert worse.frame is cases.base.frame
    assert worse.departing.utility == (1.0, 0.9) and worse.departing.cost == (1.0, 1.0)


def test_another_label_of_a_value_set_is_the_same_estimate():
    """Of imputed tables too, whose random numbers go by what is valued, not by its name."""
    gaps = answers(N // 2, lost=0.1)["utility"]

    def estimates(label):
        sets = {"other": Quantity(label=f"{label} 2", variable="other")}
        how = asked(utility=Quantity(label=label, variable="utility"), value_sets=sets,
                    missing=BootImpute(replicates=200, sets=5))  # fmt: skip
        found = cases_of(how, WHO, known(gaps), costs(), (no_events(), no_visits()))
        tables, cases = {}, (found.base, found.varied[-1])
        for case in cases:
            sets_made, reason, _ = imputed_sets(how, case, tables)
            assert not reason and case.value_set.startswith(label)
            yield sets_made[0].qaly

    for one, other in zip(estimates("England"), estimates("EQ-5D (England)"), strict=True):
        assert one.tolist() == other.tolist()


def test_costs_and_qalys_as_they_are_given():
    how = asked(
        costs=Totals(label="Costs", variable="cost"),
        qalys=Quantity(label="QALYs", variable="qaly"),
        perspectives={},
    )
    cases = made(how)
    assert cases.base.perspective == AS_GIVEN
    data = data_of(cases.base.frame, cases.base.frame.table)
    assert data.cost.tolist() == [5.0 + at + 2 for at in range(N)]
    assert data.qaly == pytest.approx([0.5 + at / 100 for at in range(N)])
    assert answers_of(how.economics.costs, known(), WHO)[3].tolist() == [8.0, 9.0, 10.0]


@pytest.mark.parametrize(
    ("of", "value", "expected"),
    [
        ("services.gp", 1.5, {"gp": 1.5}),
        ("intervention.hourly", 2.0, {OWN_TIME: 2.0}),
        ("intervention.shared", 0.5, {OWN_SHARE: 0.5}),
        ("intervention.indirect", 1.0, {OWN_TIME: 2 / 1.25}),
        ("discount", 0.015, {}),
    ],
)
def test_what_a_bar_of_the_tornado_changes(of, value, expected):
    how = asked().model_copy(update={"indirect": 0.25})
    by, rate = changed(Varied(label="x", of=of, low=0, high=2), value, how)
    assert by == pytest.approx(expected)
    assert rate == (value if of == "discount" else 0.035)


def test_bars_are_the_base_case_with_one_thing_changed():
    how = asked(tornado={"gp": Varied(label="GP", of="services.gp", low=0.5, high=2)})
    cases = made(how, costs())
    low, high = tornado_cases(how, cases)
    assert (low.scenario, high.scenario) == ("tornado gp: low", "tornado gp: high")
    base = data_of(cases.base.frame, cases.base.frame.table).cost
    expected = 11.0 + 12.0  # of a GP after the start
    for case, times in ((low, 0.5), (high, 2.0)):
        found = data_of(case.frame, case.frame.table).cost
        assert found - base == pytest.approx((times - 1) * expected * np.ones(N))


@pytest.mark.parametrize("sites", [True, False])
def test_curves_say_what_the_rows_say_and_shocks_are_of_sites(sites):
    """All ways of missing data at the declared thresholds; no shock where there is no site."""
    more = {} if sites else {"sites": ()}
    how = asked(
        missing=BootImpute(replicates=200, sets=5), thresholds=(20_000.0, 30_000.0),
        perspectives={"nhs": Perspective(label="NHS", sectors=("nhs",))}, **more,
    )  # fmt: skip
    table = costs()
    table["cost"] *= np.random.default_rng(6).gamma(2.0, 0.5, len(table))
    found = evaluated(how, made(how, table))
    rows = {
        (row["missing_data"], row["approach"], row["threshold"]): row
        for row in found.rows
        if row["quantity"] == "inmb" and row["model"] in ("joint", "net_benefit")
        and row["missing_data"] != "complete"
    }  # fmt: skip
    assert len(rows) == 2 * 2 * 2
    at = {(r["missing_data"], r["approach"], r["threshold"]): r for r in found.curve}
    for key, row in rows.items():
        assert at[key]["inmb"] == pytest.approx(row["estimate"], rel=1e-9)
        assert (at[key]["probability"] > 0.5) == (row["estimate"] > 0)
    for row in found.curve:
        assert ("shock_sd" in row) == sites
    assert {row["shocks"] for row in found.information if row["of"] == "all"} == {
        "yes" if sites else "no"
    }
    assert {row["approach"] for row in found.quadrants} == {"gain", "adjusted"}

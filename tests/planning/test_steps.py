"""The steps `learn`, `size`, `worth`: they write what the functions below them answer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.declared.planning import PARAMETERS
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.economics.tables import NetBenefitKnown
from cesp_analysis.errors import CespError
from cesp_analysis.planning import tables
from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.assumed import assumptions
from cesp_analysis.planning.known import error_of_median
from cesp_analysis.planning.layouts import stepped_wedge
from cesp_analysis.planning.learn import _draws as draws_of
from cesp_analysis.planning.learn import _row as row_of
from cesp_analysis.planning.learn import learn, learnt
from cesp_analysis.planning.learn_spec import LearnSpec
from cesp_analysis.planning.outside import published
from cesp_analysis.planning.power import power
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.size import size, sized
from cesp_analysis.planning.size_spec import SizeSpec
from cesp_analysis.planning.worth_of_designs import worth_of_designs
from cesp_analysis.schemas import Panel

KNOWN: dict[str, Any] = {
    "control": "study", "sd": "study", "correlation": "study", "retention": "study",
    "icc_link_worker": "study", "icc_neighbourhood": "study", "icc": "published",
    "cac": "published",
}  # fmt: skip


def asked(**other: Any) -> LearnSpec:
    return LearnSpec.model_validate(
        {
            "outcome": "y", "type": "continuous", "first": "t0", "last": "t1", "months": 12.0,
            "difference": 2.0, "known": KNOWN, "draws": 4000, "periods": 2, "individual": True,
            "intervention": ("a",), "seed": 3,
        }
        | other
    )  # fmt: skip


def people(n: int = 400, seed: int = 5) -> pd.DataFrame:
    """Two sites of n people, SD 10 before and 8 after within sites, correlation .6, 30% lost."""
    rng = np.random.default_rng(seed)
    first = 10 * rng.standard_normal(2 * n)
    last = 8 * (0.6 * first / 10 + 0.8 * rng.standard_normal(2 * n))
    site = np.repeat(["a", "b"], n)
    last = last + np.where(site == "a", 5.0, 0.0)
    last[rng.random(2 * n) < 0.3] = np.nan
    worker = np.where(site == "a", np.char.mod("w%d", np.arange(2 * n) % 8), None)  # type: ignore[call-overload]
    return pd.DataFrame({
        "site": site, "arm": np.where(site == "a", "intervention", "control"),
        "link_worker": worker, "first": first, "last": last,
        "neighbourhood": np.char.add(site, np.char.mod("%d", np.arange(2 * n) % 10)),
    })  # fmt: skip


def middle(found: Any) -> float:
    assert found.told.draws is not None
    return float(np.median(found.told.draws))


def test_the_study_tells_its_spread_correlation_and_retention() -> None:
    found = learnt(asked(), people())
    icc = found["icc"].told.draws
    sd = found["sd"].told.draws
    assert icc is not None and sd is not None
    within = sd * np.sqrt(1 - icc)
    # 560 people followed: SE of SD 3%, of the correlation .03, of retention .016; three of each
    assert np.median(within) == approx(8, rel=0.09)
    assert middle(found["correlation"]) == approx(0.6, abs=0.09)
    assert middle(found["retention"]) == approx(0.7, abs=0.05)
    assert [found[name].origin for name in ("sd", "icc", "size_cv")] == [
        "study", "published", "assumed",
    ]  # fmt: skip
    assert found["sd"].clusters == 2 and found["icc_link_worker"].clusters == 8
    pairs = {round(pair.rho, 9) for pair in published("decay").pairs}
    assert {round(one, 9) for one in icc} <= pairs, "what two sites cannot tell is published"


def test_neighbourhoods_may_stand_for_locations() -> None:
    found = learnt(asked(known=KNOWN | {"icc": "neighbourhoods"}), people())
    assert found["icc"] is found["icc_neighbourhood"] and found["icc"].clusters == 20
    assert middle(found["sd"]) == approx(8, rel=0.09), "people's SD within sites holds theirs"


def test_an_autocorrelation_is_that_over_the_design_s_period_where_pairs_say_theirs() -> None:
    wedge = {"w": DESIGNS["wedge"] | {"months": 6.0}}
    as_it_stands = sizes(drawn(), designs=wedge)["power"].iloc[0]
    assert as_it_stands == sizes(drawn(), designs={"w": DESIGNS["wedge"]})["power"].iloc[0]
    over_half = sizes(drawn().assign(cac_months=12.0, cac=0.81), designs=wedge)["power"].iloc[0]
    assert over_half == approx(as_it_stands), "√.81 = .9"


def test_an_undated_pair_spoils_no_dated_one(tmp_path: Path) -> None:
    """Of 3 months' pairs a design of 3 months has theirs, whatever the study's gap."""
    own = tmp_path / "pairs.csv"
    header = "rho,cac,period_months,cluster_type,source\n"
    own.write_text(header + ".02,.8,3,,A\n.03,.7,,,B\n", encoding="utf-8")
    wedge = TrialDesign.model_validate(DESIGNS["wedge"] | {"months": 3.0})
    for gap in (12.0, None):
        how = asked(known=KNOWN | HELD, months=gap)
        found = learnt(how, people(60), own)
        known = draws_of(how, found)
        drawn = assumptions(wedge, known, "decay").values
        assert set(np.round(drawn["cac"][drawn["icc"] == 0.02], 9)) == {0.8}
        assert set(np.round(drawn["cac"][drawn["icc"] == 0.03], 9)) == {0.7}
        assert row_of("cac", found["cac"])["months"] is None, "they are not all over the same"


def test_what_is_declared_is_held_or_has_its_law() -> None:
    own = KNOWN | {
        "sd": {"value": 9, "sd": 0, "source": "s"},
        "icc": {"value": 0.05, "sd": 0.02, "source": "t"},
        "cac": {"value": 0.8, "sd": 0.0, "source": "u"},
    }  # fmt: skip
    found = learnt(asked(known=own), people(30))
    assert set(np.asarray(found["sd"].told.draws)) == {9.0}, "declared is of all locations"
    icc = np.asarray(found["icc"].told.draws)
    assert (icc.mean(), icc.std()) == approx((0.05, 0.02), rel=0.06) and (icc > 0).all()
    assert found["icc"].source == "t"


def test_an_arm_in_which_nobody_answered_at_the_start_tells_no_retention() -> None:
    one = people(60).query("arm == 'intervention'")
    known = KNOWN | {"icc": {"value": 0.05, "source": "s"}}
    both = learnt(asked(known=known, arms=("control", "intervention")), one)["retention"].told
    assert both.draws is None and both.reason == "1 of the 2 arms had nobody to follow"
    assert learnt(asked(known=known, arms=("intervention",)), one)["retention"].told.method == (
        f"beta posterior, Jeffreys' prior ({one['last'].notna().sum()} of 60)"
    )


def test_months_that_move_no_autocorrelation_are_said() -> None:
    own = {"wedge": DESIGNS["wedge"] | {"months": 6.0}}
    said = "months move those alone that say it"
    assert sizes(drawn(), designs=own)["warnings"].str.contains(said).all()
    assert (
        not sizes(drawn().assign(cac_months=12.0), designs=own)["warnings"].str.contains(said).any()
    )
    assert not sizes(drawn())["warnings"].str.contains(said).any()


def test_an_assurance_that_no_size_has_is_said() -> None:
    """A true difference of 1 with an SD of 1.2 is a benefit in 80% of draws."""
    post = {"post": DESIGNS["post"] | {"locations": [100_000]}}
    may_be = drawn(difference=1.2)
    most = (may_be["difference"] > 0).mean()
    (row,) = sizes(may_be, designs=post, assurance=0.85, difference_sd=1.2).to_dict("records")
    assert row["assurance"] == approx(most, abs=0.01) and row["difference_sd"] == 1.2
    assert f"assurance is {most:.0%} at most, however large the trial" in row["warnings"]
    (row,) = sizes(may_be, designs=post, assurance=0.7).to_dict("records")
    assert "however large" not in row["warnings"]


def test_a_study_that_tells_nothing_says_so_for_each(tmp_path: Path) -> None:
    few = people(200).groupby("site").head(1)
    with pytest.raises(CespError) as raised:
        draws_of(asked(), learnt(asked(), few))
    (line,) = str(raised.value).splitlines()
    assert line.startswith("config.yaml: planning.known.sd: this study does not tell it (")
    assert line.endswith("write {value, sd, source}")


def test_what_few_locations_need_is_said_and_what_no_number_gives() -> None:
    few = {"before": DESIGNS["before"] | {"locations": [4], "people": [25]}}
    row = sizes(drawn(), designs=few).iloc[0]
    assert row["reason"] == "" and 1.5 < row["df"] < 2 and row["needed"] > 4  # sizes differ
    assert "few locations" in row["warnings"]
    more = {"before": DESIGNS["before"] | {"locations": [60], "people": [25]}}
    assert row["needed"] == sizes(drawn(), designs=more).iloc[0]["needed"]
    tiny = sizes(drawn(), designs=DESIGNS, difference=1e-4)
    assert tiny["needed"].isna().all()
    assert (
        tiny["warnings"]
        .str.contains("no number of locations, up to 100,000, has the power asked for")
        .all()
    )


def binary_people(control: float, n: int = 200) -> pd.DataFrame:
    own = people(n)
    rng = np.random.default_rng(7)
    for time in ("first", "last"):
        there = own[time].notna()
        own[time] = np.where(there, rng.random(len(own)) < control, np.nan)
    return own


def test_a_level_that_is_not_known_or_cannot_be_is_what_is_named() -> None:
    def told(own: pd.DataFrame, **other: Any) -> list[str]:
        how = asked(**other)
        with pytest.raises(CespError) as raised:
            draws_of(how, learnt(how, own))
        return list(raised.value.problems)

    nobody = binary_people(0.3)
    nobody.loc[nobody["arm"] == "control", "last"] = np.nan
    shares = {"type": "binary", "difference": 0.1, "known": KNOWN | HELD}
    (line,) = told(nobody, **shares)
    assert "planning.known.control: this study does not tell it (nobody of the control" in line
    (line,) = told(binary_people(0.3), **shares | {"difference": 0.75})
    assert line.startswith("config.yaml: planning.difference: a control arm at ")
    assert line.endswith("plan for a smaller difference")
    sd = {"sd": {"value": 2.0, "source": "s"}}
    counts = {"type": "count", "difference": 3.0, "sign": -1, "known": KNOWN | HELD | sd}
    (line,) = told(binary_people(0.9), **counts)
    assert line.startswith("config.yaml: planning.difference: "), "also where the SD is declared"
    control = {"control": {"value": 5.0, "sd": 4.0, "source": "s"}}
    (line,) = told(nobody, **counts | {"difference": 0.01, "known": KNOWN | HELD | control})
    assert "planning.known.sd: this study does not tell it (the control arm's last" in line


HELD: dict[str, Any] = {
    name: {"value": value, "source": "s"}
    for name, value in (("retention", 0.7), ("correlation", 0.4), ("icc_link_worker", 0.03))
}


def test_uncertain_numbers_leave_no_draw_without_an_answer() -> None:
    """With normal laws a sixth of these would lie below 0, and all of the plan be not known."""
    uncertain = {
        name: {"value": value, "sd": sd, "source": "s"}
        for name, value, sd in (("size_cv", 0.4, 0.3), ("sd", 5.0, 5.0), ("correlation", 0.3, 0.3))
    }
    how = asked(known=KNOWN | uncertain)
    known = draws_of(how, learnt(how, people(60)))
    assert (known["size_cv"] > 0).all() and (known["sd"] > 0).all()
    own = {"wedge": DESIGNS["wedge"], "people": DESIGNS["people"], "before": DESIGNS["before"]}
    assert set(sizes(known, designs=own)["reaches"]) <= {"both", "power", "assurance", "neither"}


def test_a_detectable_share_that_cannot_be_is_warned_of() -> None:
    post = {"post": DESIGNS["post"] | {"locations": [6, 400]}}
    high = drawn().assign(control=0.9, sd=0.3)
    few, many = sizes(high, designs=post, difference=0.05, level="binary", change=0.05)["warnings"]
    assert "no difference that can be is found with the power asked for: from 0.9 in" in few
    assert "no difference that can be" not in many
    few, _ = sizes(high, designs=post, difference=0.05, level="binary", change=-0.05)["warnings"]
    assert "no difference that can be" not in few, "below .9 there is room"


def test_counts_that_vary_less_than_chance_are_warned_of() -> None:
    post = {"post": DESIGNS["post"]}
    few = drawn().assign(control=5.0, sd=1.5)
    warned = sizes(few, designs=post, level="count", change=-1.0)["warnings"]
    assert warned.str.contains("counts vary less than chance has them").all()
    assert (
        not sizes(few.assign(sd=4.0), designs=post, level="count", change=-1.0)["warnings"]
        .str.contains("counts vary")
        .any()
    )
    assert not sizes(few, designs=post)["warnings"].str.contains("counts vary").any()


def test_the_step_writes_the_same_bytes_twice(tmp_path: Path) -> None:
    own = people(40).reset_index(names="unit")
    rows = own.melt(
        ["unit", "site", "arm", "link_worker", "neighbourhood"], ["first", "last"], "time", "value"
    ).assign(study="s", level="person", outcome="y", weight=1.0)
    rows["time"] = rows["time"].map({"first": "t0", "last": "t1"})
    rows["unit"] = rows["unit"].astype(str)
    contracts.write(rows[list(Panel.columns())], tmp_path / "panel.parquet", Panel)
    written = []
    for again in range(2):
        out, known = tmp_path / f"{again}.parquet", tmp_path / f"{again}.csv"
        learn(asked().model_dump_json(), tmp_path / "panel.parquet", out, known)
        written.append((out.read_bytes(), known.read_bytes()))
    assert written[0] == written[1]
    table = contracts.read(tmp_path / "0.csv", tables.PlanningKnown)
    assert list(table["parameter"]) == [name for name in PARAMETERS if name != "control"]


MIDDLE = {
    "sd": 4.7, "correlation": 0.44, "retention": 0.65, "icc": 0.05, "cac": 0.9,
    "icc_link_worker": 0.03, "icc_neighbourhood": 0.02, "size_cv": 0.4, "difference": 1.0,
}  # fmt: skip
DESIGNS: dict[str, Any] = {
    "post": {"label": "P", "kind": "parallel_post", "locations": [20, 100], "people": [25]},
    "before": {"label": "B", "kind": "parallel_baseline", "locations": [60], "people": [25, 50]},
    "wedge": {"label": "W", "kind": "stepped_wedge", "sampling": "cross_section",
              "locations": [24], "people": [15]},
    "people": {"label": "I", "kind": "individual", "locations": [12], "people": [80]},
}  # fmt: skip
COSTS = {"fixed": 1000, "location": 100, "person": 1, "survey": 10, "assessment": 2, "source": "s"}


def drawn(n: int = 300, **spread: float) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    columns = {
        name: value + spread.get(name, 0.0) * rng.standard_normal(n)
        for name, value in MIDDLE.items()
    }
    return pd.DataFrame(
        {"draw": np.arange(1, n + 1), "control": np.nan, "cac_months": np.nan} | columns
    )


def sizes(known: pd.DataFrame, **other: Any) -> pd.DataFrame:
    how = SizeSpec.model_validate(
        {
            "alpha": 0.05, "power": 0.8, "assurance": 0.7, "locations_at_most": 200,
            "structure": "decay", "designs": DESIGNS, "costs": COSTS, "difference": 1.0,
        }
        | other
    )  # fmt: skip
    return pd.DataFrame(sized(how, known)).set_index(["design", "locations", "people"])


def test_sizes_are_answered_as_their_design_is() -> None:
    table = sizes(drawn())
    own = {name: MIDDLE[name] for name in ("sd", "icc", "cac", "retention", "size_cv")}
    cohort = Scenarios.of(**own, iac=0.44, locations=60, people=25, effect=1.0)
    assert table.loc[("before", 60, 25), "power"] == approx(
        float(adjusted(cohort, "people").power[0])
    )
    wedge = Model(stepped_wedge(4), "adjusted", "decay", "cross_section", "best", fits_blocks=True)
    one = Scenarios.of(**own | {"retention": 1.0}, iac=0.44, locations=24, people=15, effect=1.0)
    found = answer(wedge, one, "kenward_roger")
    assert table.loc[("wedge", 24, 15), "power"] == approx(float(found.power[0]))
    assert table["assurance"].to_numpy() == approx(table["power"].to_numpy()), (
        "nothing is uncertain"
    )


def test_needed_locations_are_the_fewest_that_reach_power() -> None:
    table = sizes(drawn())
    for key in (("post", 20, 25), ("before", 60, 25)):
        needed = int(float(table["needed"][key]))
        grid = {key[0]: DESIGNS[key[0]] | {"locations": [needed - 2, needed], "people": [25]}}
        found = sizes(drawn(), designs=grid)["power"].to_numpy()
        assert found[0] < 0.8 <= found[1]
    ceiling = table.loc[("post", 20, 25), "ceiling"]
    more = {"post": DESIGNS["post"] | {"locations": [20], "people": [100_000]}}
    assert sizes(drawn(), designs=more)["power"].iloc[0] == approx(ceiling, abs=1e-3)


def test_people_have_a_number_of_locations_and_people_that_power_needs() -> None:
    own = {"locations": [6], "people": [60]}
    differs = {"people": DESIGNS["people"] | own | {"effect_sd": 0.5}}
    for designs in ({"people": DESIGNS["people"] | own}, differs):
        (row,) = sizes(drawn(), designs=designs, power=0.9).to_dict("records")
        for name, at, step in (("needed", "locations", 1), ("people_needed", "people", 2)):
            few, enough = (
                sizes(drawn(), designs={"people": designs["people"] | {at: [n]}}, power=0.9)
                for n in (int(row[name]) - step, int(row[name]))
            )
            assert few["power"].iloc[0] < 0.9 <= enough["power"].iloc[0]
    # with nobody to draw by chance six locations' own differences are left: t on 5 df
    assert row["ceiling"] == approx(float(power(1 / (0.5 / 6**0.5), 5, 0.05)), abs=1e-4)
    three = {"people": differs["people"] | {"locations": [3]}}
    (row,) = sizes(drawn(), designs=three, power=0.9).to_dict("records")
    assert row["ceiling"] < 0.9 and np.isnan(row["people_needed"]) and row["needed"] > 3


def test_a_long_wait_is_told_in_tenths(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = {"post": DESIGNS["post"] | {"locations": list(range(20, 60, 2)), "people": [10, 20]}}
    sizes(drawn(), designs=grid)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr("cesp_analysis.planning.size.MANY", 12_000)
    monkeypatch.setattr("cesp_analysis.planning.assurance.AT_ONCE", 600)
    sizes(drawn(), designs=grid)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "post: 4 of 40 sizes, 300 draws each" and len(lines) == 10
    assert lines[-1] == "post: 40 of 40 sizes, 300 draws each"


def test_the_error_of_a_median_is_that_of_repeated_draws() -> None:
    rng = np.random.default_rng(3)
    many = rng.gamma(2.0, 1.0, (400, 1000))
    said = np.mean([error_of_median(one) for one in many])  # type: ignore[list-item]
    assert said == approx(np.median(many, axis=1).std(), rel=0.1)
    assert error_of_median(np.ones(9)) is None and error_of_median(None) is None


def test_uncertainty_costs_assurance_and_the_cheapest_reaches_both() -> None:
    table = sizes(drawn(correlation=0.15, sd=0.6))
    good = table[table["power"] > 0.85]
    assert (good["assurance"] < good["power"]).all()
    assert (table["power_low"] <= table["power"]).all() and (
        table["power"] <= table["power_high"]
    ).all()
    (best,) = table[table["cheapest"] == "yes"].to_dict("records")
    both = table[table["reaches"] == "both"]
    assert best["reaches"] == "both" and best["cost"] == both["cost"].min()
    front = table[table["front"] == "yes"]
    for _, row in table.iterrows():
        beaten = (table["cost"] <= row["cost"]) & (table["assurance"] > row["assurance"])
        if row["front"] == "yes":
            assert not beaten.any()
    assert len(front) >= 2


def test_cost_is_of_locations_people_and_surveys() -> None:
    cost = sizes(drawn()).loc[("before", 60, 25), "cost"]
    assert cost == 1000 + 60 * (100 + 2 * 10) + 60 * 25 * (1 + 2 * 2)


def test_a_trial_s_evidence_is_worth_less_the_later_it_comes(tmp_path: Path) -> None:
    contracts.write(drawn(), tmp_path / "draws.parquet", tables.PlanningDraws)
    how = {"alpha": 0.05, "power": 0.8, "assurance": 0.7, "locations_at_most": None,
           "structure": "decay", "designs": DESIGNS, "costs": COSTS, "difference": 1.0,
           }  # fmt: skip
    size(json.dumps(how), tmp_path / "draws.parquet", tmp_path / "planning.csv")
    prior = pd.DataFrame({
        "approach": "gain", "pair": [0, 1], "threshold": 20_000.0, "expected": 100.0,
        "std_error": 300.0, "shock_sd": [200.0, 900.0], "among": 5000.0,
    })  # fmt: skip
    contracts.write(prior, tmp_path / "prior.parquet", NetBenefitKnown)
    found = []
    for delay in (0.0, 2.0):
        own = {"alpha": 0.05, "structure": "decay", "designs": DESIGNS,
               "incidence": 1000, "years": 5, "delay": delay, "discount": 0.0}  # fmt: skip
        worth_of_designs(
            json.dumps(own), tmp_path / "draws.parquet", tmp_path / "planning.csv",
            tmp_path / "prior.parquet", tmp_path / "worth.csv",
        )  # fmt: skip
        found.append(contracts.read(tmp_path / "worth.csv", tables.PlanningWorth))
    now, later = (one.set_index(["design", "locations", "people"]) for one in found)
    value = now.loc[("before", 60, 25)]
    assert value["population"] == approx(5 * 1000 * value["per_person"])
    assert value["net"] == approx(value["population"] - value["cost"])
    assert later.loc[("before", 60, 25), "population"] == approx(value["population"] * 3 / 5)
    more = now.loc[("before", 60, 50)]
    assert more["per_person"] > value["per_person"] and more["alone"] > value["alone"]
    post = now.loc[("post", 100, 25)]
    assert np.isnan(post["net"]) and "from the start" in post["reason"]
    wedge = now.loc[("wedge", 24, 15)]
    assert np.isnan(wedge["net"]) and "change sides" in wedge["reason"]


def there(path: Path, control: list[int], intervention: list[int]) -> str:
    """A file of locations of these sizes."""
    own = [("control", n) for n in control] + [("intervention", n) for n in intervention]
    lines = [f"L{at},{arm},{n}" for at, (arm, n) in enumerate(own)]
    path.write_text("\n".join(["location,arm,people", *lines, ""]), encoding="utf-8")
    return str(path)


BOTH = {"label": "T", "kind": "parallel_baseline", "analysed": "repeated_measures"}


def test_what_a_trial_in_locations_that_there_are_is_worth_is_of_their_sizes(
    tmp_path: Path,
) -> None:
    """Six of 35 people each are as the grid has them; of very unlike ones the variance of an arm is
    Σ m (1 + (m - 1) icc) / (Σ m)², m the people who answer."""
    designs = {
        "even": BOTH | {"sizes": there(tmp_path / "even.csv", [35] * 3, [35] * 3)},
        "odd": BOTH | {"sizes": there(tmp_path / "odd.csv", [3, 4, 190], [3, 4, 6])},
        "grid": BOTH | {"locations": [6], "people": [35]},
    }
    how = {"alpha": 0.05, "power": 0.8, "assurance": 0.7, "locations_at_most": None,
           "structure": "decay", "designs": designs, "costs": COSTS, "difference": 1.0}  # fmt: skip
    contracts.write(drawn().assign(size_cv=0.0), tmp_path / "draws", tables.PlanningDraws)
    size(json.dumps(how), tmp_path / "draws", tmp_path / "planning.csv")
    net = pd.DataFrame({
        "approach": "gain", "pair": [0, 1], "threshold": 20_000.0, "expected": 100.0,
        "std_error": 300.0, "shock_sd": [200.0, 900.0], "among": 5000.0,
    })  # fmt: skip
    contracts.write(net, tmp_path / "prior.parquet", NetBenefitKnown)
    own = {"alpha": 0.05, "structure": "decay", "designs": designs, "incidence": 1000, "years": 5,
           "delay": 0.0, "discount": 0.0}  # fmt: skip
    files = [tmp_path / name for name in ("draws", "planning.csv", "prior.parquet", "worth.csv")]
    worth_of_designs(json.dumps(own), *files)
    found = contracts.read(tmp_path / "worth.csv", tables.PlanningWorth).set_index("design")
    assert found.loc["even", "alone"] == approx(found.loc["grid", "alone"])
    arms = [MIDDLE["retention"] * np.array(sizes) for sizes in ([3, 4, 190], [3, 4, 6])]
    of_arms = [(m * (1 + (m - 1) * MIDDLE["icc"])).sum() / m.sum() ** 2 for m in arms]
    assert found.loc["odd", "alone"] == approx(4 / sum(of_arms))
    assert found.loc["odd", "per_person"] < found.loc["even", "per_person"]
    planned = contracts.read(tmp_path / "planning.csv", tables.Planning).set_index("design")
    assert planned.loc[["even", "odd"], "needed"].isna().all()
    assert planned["warnings"].str.contains("power is that of these very locations").tolist() == [
        True, True, False,
    ]  # fmt: skip


def test_assurance_of_locations_that_there_are_is_over_the_differences_that_may_be(
    tmp_path: Path,
) -> None:
    """Where they are alike it is that of as many locations of this size."""
    designs = {
        "even": BOTH | {"sizes": there(tmp_path / "even.csv", [35] * 12, [35] * 12)},
        "grid": BOTH | {"locations": [24], "people": [35]},
    }
    may_be = drawn(difference=0.5).assign(size_cv=0.0)
    even, grid = sizes(may_be, designs=designs)["assurance"]
    assert even == approx(grid) and even < sizes(drawn(), designs=designs)["assurance"].iloc[0]

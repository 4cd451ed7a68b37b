"""Tasks of every kind of design: drawn, analysed and gathered, beside their formula."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.planning import tables
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.parting import APART
from cesp_analysis.planning.performance import Tally
from cesp_analysis.planning.plasmode import Pool, pool_of
from cesp_analysis.planning.simulate_trials import (
    KEYS,
    blocks_of,
    dealt,
    gather_trials,
    performance_row,
    simulate_trials,
)
from cesp_analysis.planning.size import sized
from cesp_analysis.planning.size_spec import SizeSpec
from cesp_analysis.planning.specs import size, trials
from cesp_analysis.planning.tasks import NOT_ITS, TrialsSpec, tasks
from cesp_analysis.planning.wedge_trials import Wedge
from cesp_analysis.schemas import Panel
from cesp_analysis.study.read import read_study
from small_panel import panel_of

ROOT = Path(__file__).resolve().parents[2]
MIDDLE = {
    "sd": 10.0, "correlation": 0.6, "retention": 0.85, "icc": 0.04, "cac": 0.8, "size_cv": 0.0,
    "icc_link_worker": 0.05,
}  # fmt: skip
PEOPLE = {"label": "People", "kind": "individual", "locations": [6, 12], "people": [80]}


def held(**known: float) -> pd.DataFrame:
    """What is known, as draws that are all the same."""
    own = {"control": np.nan, "cac_months": np.nan} | MIDDLE | known
    return pd.DataFrame({name: [value] for name, value in own.items()})


def spec(designs: dict[str, Any], analyses: tuple[str, ...], **other: Any) -> TrialsSpec:
    return TrialsSpec.model_validate(
        {
            "designs": designs, "structure": "decay", "alpha": 0.05, "difference": 2.0,
            "seed": 1,
            "trials": {"analyses": analyses, "monte_carlo_error": 0.012, "most": 4000},
        }
        | other
    )  # fmt: skip


def gathered(
    how: TrialsSpec, pool: Pool | str | None = None, **known: float
) -> list[dict[str, Any]]:
    """The rows of all tasks, made in two parts."""
    draws = held(**known)
    blocks = pd.DataFrame([r for part in (1, 0) for r in blocks_of(how, draws, part, 2, pool)])
    found = []
    for task in tasks(how, draws, pool):
        own = blocks
        for name in KEYS:
            own = own[own[name] == getattr(task, name)]
        found.append(performance_row(how, task, own.sort_values("block")))
    return found


def test_allocated_people_are_simulated_beside_their_formula() -> None:
    how = spec({"people": PEOPLE}, ("mixed_kenward_roger", "gee_cr2"))
    rows = gathered(how)
    assert len(rows) == 5, "what cannot be is said once"
    refused = [row for row in rows if row["analysis"] == "gee_cr2"]
    assert all("not of this design" in row["reason"] and row["trials"] == 0 for row in refused)
    for row in (row for row in rows if row["analysis"] != "gee_cr2"):
        assert row["reason"] == "" and row["failed"] == 0
        assert abs(row["found"] - row["formula"]) < APART + 3 * row["found_mcse"]
        assert row["truth"] == "difference" or row["formula"] == 0.05
    fields = {name: np.array([value]) for name, value in MIDDLE.items()} | {
        "iac": np.array([0.6]), "locations": np.array([6.0]), "people": np.array([80.0]),
    }  # fmt: skip
    planned = OfPeople(20, 0.05, 2.0)(fields).power[0]
    assert rows[0]["formula"] == approx(planned, abs=1e-12) and 0.3 < planned < 0.95


def test_an_analysis_that_finds_what_is_not_there_is_warned_of() -> None:
    """Eight steps of the same people whose periods fade; and where they do not."""
    long = {"label": "L", "kind": "stepped_wedge", "steps": 8, "locations": [24], "people": [20]}
    known = {"icc": 0.1, "cac": 0.9, "correlation": 0.5, "retention": 1.0}
    for structure, warned in (("decay", True), ("block_exchangeable", False)):
        how = spec({"long": long}, ("mixed_kenward_roger",), structure=structure)
        there, none = gathered(how, **known)
        assert ("false alarms in 1" in none["warnings"]) == warned == (none["found"] > 0.08)
        assert "false alarms" not in there["warnings"]
        assert abs(there["found"] - there["formula"]) < APART + 3 * there["found_mcse"]


def test_analyses_that_nobody_chose_are_left_where_they_are_not_the_design_s() -> None:
    analyses = ("mixed_kenward_roger", "location_means_t")
    chosen, default = (
        list(tasks(spec({"people": PEOPLE}, analyses, chosen=on), held())) for on in (True, False)
    )
    assert [task.reason for task in chosen if task.reason] == [NOT_ITS]
    assert [task.analysis for task in default] == ["mixed_kenward_roger"] * 4
    again = list(tasks(spec({"wedge": WEDGE}, analyses, chosen=False), held(), skewed(300)))
    assert {task.analysis for task in again} == {"mixed_kenward_roger"}, "nor of people drawn again"


def test_allocated_people_without_a_known_worker_icc_say_so() -> None:
    how = spec({"people": PEOPLE}, ("mixed_satterthwaite",))
    missing = held(icc_link_worker=float("nan"))
    assert {task.reason for task in tasks(how, missing)} == {
        "planning.known.icc_link_worker is not known; write {value, sd, source}"
    }


def test_others_each_time_are_simulated_without_a_correlation_of_people() -> None:
    """As they are planned: a number that they do not need may be unknown, and is not drawn."""
    designs = {
        name: one | {"sampling": "cross_section"}
        for name, one in (("wedge", WEDGE), ("before", COHORT))
    }
    how = spec(designs, ("mixed_kenward_roger", "location_means_t"), chosen=False)
    unknown, other = (
        list(tasks(how, held(correlation=value, icc_link_worker=np.nan)))
        for value in (float("nan"), 0.6)
    )
    assert [task.reason for task in unknown] == [""] * 6
    assert [task.formula for task in unknown] == [task.formula for task in other]
    (same,) = {
        task.reason for task in tasks(spec({"wedge": WEDGE}, ("z",)), held(correlation=np.nan))
    }
    assert same == "planning.known.correlation is not known; write {value, sd, source}"


def test_trials_are_drawn_at_what_their_design_is_planned_at() -> None:
    """The power of the middle of what is drawn, over the design's own months: not the middle of
    powers."""
    design = WEDGE | {"months": 3.0, "sampling": "cross_section"}
    draws = pd.concat([held(cac=cac, cac_months=12.0) for cac in 20 * (0.2, 0.9)])
    how = spec({"wedge": design}, ("mixed_kenward_roger",))
    task = next(iter(tasks(how, draws)))
    assert isinstance(task.planned, Wedge)
    assert task.planned.cac == approx((0.2**0.25 + 0.9**0.25) / 2)
    planned = SizeSpec.model_validate(
        how.model_dump(include={"alpha", "structure", "difference"})
        | {"designs": {"wedge": design}, "power": 0.8, "assurance": 0.8}
        | {"locations_at_most": None, "costs": None}
    )
    (row,) = sized(planned, draws.assign(difference=2.0))
    (same,) = sized(planned, held(cac=task.planned.cac).assign(difference=2.0).loc[40 * [0]])
    assert row["power"] == approx(same["power"])


MEANS = {"label": "Post", "kind": "parallel_post", "locations": [20], "people": [20]}
COHORT = {"label": "Before", "kind": "parallel_baseline", "locations": [20], "people": [20]}
WEDGE = {"label": "Wedge", "kind": "stepped_wedge", "locations": [16], "people": [10]}
ANALYSES = ("mixed_satterthwaite", "location_means_t", "gee_cr2")


def skewed(n: int) -> Pool:
    rng = np.random.default_rng(3)
    own = rng.standard_gamma(1.5, n)
    first, last = 8 * own + rng.normal(size=n), 6 * own + 5 * rng.standard_gamma(1.5, n)
    last[: n // 6] = np.nan
    return pool_of(first, last, np.where(np.arange(n) % 2, "A", "B"))


def test_the_studys_people_are_drawn_again_beside_normal_ones() -> None:
    how, pool = spec({"post": MEANS, "before": COHORT}, ANALYSES), skewed(300)
    known = {"correlation": pool.correlation, "retention": pool.retention}
    rows = gathered(how, pool, **known)
    assert len(rows) == 2 * 2 * 2 * 3
    for row in (row for row in rows if row["drawn"] == "study"):
        assert row["reason"] == ""
        assert row["method"].endswith("; people of this study, drawn again")
        assert abs(row["found"] - row["formula"]) < 0.05
    assert [row for row in rows if row["drawn"] == "normal"] == gathered(how, **known)


def test_shares_are_drawn_before_and_after() -> None:
    """Power is near the formula's; a cohort of which 15% are lost."""
    known = {"control": 0.3, "sd": 0.47, "size_cv": 0.3}
    designs = {
        "before": COHORT | {"locations": [40]},
        "others": COHORT | {"locations": [40], "sampling": "cross_section"},
    }
    how = spec(designs, ("location_means_t", "gee_cr2"), type="binary", difference=0.12)
    rows = gathered(how, **known)
    assert len(rows) == 8 and all(row["trials"] > 0 for row in rows)
    assert {row["drawn"] for row in rows} == {"share"}
    for row in rows:
        assert abs(row["found"] - row["formula"]) < 0.04, row


WHOLE = {
    "wedge": WEDGE | {"locations": [32]},
    "stairs": WEDGE | {"locations": [32], "observed": [1, 1]},
    "batches": WEDGE | {"locations": [32], "steps": 2, "batches": 2, "sampling": "cross_section"},
    "crossover": COHORT | {"kind": "crossover", "locations": [24]},
    "change": COHORT | {"kind": "before_after", "locations": [40]},
    "both": COHORT | {"analysed": "repeated_measures", "locations": [40]},
    "others": COHORT | {"sampling": "cross_section", "locations": [40]},
    "people": PEOPLE | {"locations": [12]},
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("binary", {"control": 0.3, "sd": 0.47, "retention": 1.0}),
        ("count", {"control": 3.0, "sd": 3.0, "correlation": 0.4, "retention": 1.0}),
    ],
)
def test_shares_and_counts_of_every_design_are_simulated(
    kind: str, known: dict[str, float]
) -> None:
    """Power near the formula's, which takes both arms' variance as the mean of the two and periods
    as alike as their model has them: within .05 and 3 Monte Carlo errors of 0.012."""
    how = spec(
        WHOLE, ("mixed_kenward_roger",), type=kind, difference=0.12 if kind == "binary" else 0.75,
        structure="block_exchangeable",
    )  # fmt: skip
    rows = gathered(how, **known)
    assert [row["design"] for row in rows if row["truth"] == "none"] == [*WHOLE]
    drawn = "share" if kind == "binary" else "count"
    for row in rows:
        assert row["reason"] == "" and row["failed"] == 0 and row["drawn"] == drawn, row
        assert abs(row["found"] - row["formula"]) < 0.05 + 3 * row["found_mcse"], row
        assert abs(row["bias"]) < 4 * row["bias_mcse"]
        assert "as numbers" in row["method"] and "Kenward-Roger" in row["method"]


def test_counts_that_follow_people_more_than_chance_allows_say_so() -> None:
    """A person's counts of mean 3 and SD 3 correlate by .66 at most."""
    how = spec({"change": WHOLE["change"]}, ("z",), type="count", difference=0.75)
    rows = gathered(how, control=3.0, sd=3.0, correlation=0.9, retention=1.0)
    assert all("a person's counts correlate by 0.6" in row["warnings"] for row in rows)


def test_a_label_and_other_people_draw_no_trial_again() -> None:
    study = read_study(ROOT)
    wedge = {"label": "Other words", "people": [*study.planning.designs["wedge"].people, 99, 3]}
    renamed = read_study(ROOT, {"planning": {"designs": {"wedge": wedge}}})
    assert trials(renamed) == trials(study) and size(renamed) != size(study)


def test_parts_share_the_work_and_repeat_little_of_it() -> None:
    """No task of many is made by two parts; one that is most of all is shared by all."""
    how = spec({"post": MEANS, "before": COHORT, "wedge": WEDGE}, ANALYSES, chosen=False)
    every = list(tasks(how, held()))
    most = [task.most_blocks(how.trials) for task in every]
    for parts in (1, 2, 4):
        whose = dealt(every, how, parts)
        made = [
            sum(n for n, own in zip(most, whose, strict=True) if part in own)
            for part in range(parts)
        ]
        assert [len(own) for own in whose] == [1] * len(every)
        assert max(made) - min(made) <= max(most), "alike to one task"
    long = how.model_copy(update={"trials": how.trials.model_copy(update={"most": 10**6,
                                  "monte_carlo_error": 0.001})})  # fmt: skip
    (one,) = dealt(every[:1], long, 4)
    assert sorted(one) == [0, 1, 2, 3]


def test_no_scenario_has_more_blocks_than_a_half_needs() -> None:
    how = spec({"wedge": WEDGE}, ("mixed_kenward_roger",))
    task = next(iter(tasks(how, held())))
    half = Tally(1000, 0, 0, 0, 0, 0, 0, 500)
    assert task.blocks(half, how.trials) == task.most_blocks(how.trials)
    assert task.blocks(replace(half, failed=600, rejected=200), how.trials) <= task.most_blocks(
        how.trials
    )
    assert task.most_blocks(how.trials) * task.block_size >= 0.25 / 0.012**2


def test_designs_of_several_periods_are_not_drawn_from_the_study() -> None:
    rows = gathered(spec({"wedge": WEDGE}, ("location_means_t",)), skewed(300))
    said = {row["reason"] for row in rows if row["drawn"] == "study"}
    assert len(said) == 1
    assert said.pop().startswith("people of the study are drawn again for allocated locations")


def test_a_study_of_few_people_gives_its_reason_for_each_design() -> None:
    how = spec({"post": MEANS}, ANALYSES)
    rows = gathered(how, "12 people have both answers")
    assert [row["reason"] for row in rows if row["drawn"] == "study"] == (
        ["12 people have both answers"] * 3
    )


def test_the_steps_draw_the_panels_people(tmp_path: Path) -> None:
    """Parts of the same table, whatever their number."""
    people = {"outcome": "y", "first": "t0", "last": "t1"}
    how = spec({"before": COHORT}, ANALYSES[:2], people=people).model_dump_json(
        exclude_defaults=True
    )
    contracts.write(panel_of(60), tmp_path / "panel.parquet", Panel)
    draws = tmp_path / "draws.parquet"
    own = held(sd=3.0).assign(draw=1, icc_neighbourhood=np.nan, difference=2.0)
    contracts.write(own[list(tables.PlanningDraws.columns())], draws, tables.PlanningDraws)
    found = []
    for parts in (1, 3):
        made = [tmp_path / f"{part}-of-{parts}.parquet" for part in range(1, parts + 1)]
        for path in made:
            simulate_trials(how, draws, path.stem, path, tmp_path / "panel.parquet")
        out = tmp_path / f"{parts}.csv"
        gather_trials(how, draws, made, out, tmp_path / "panel.parquet")
        found.append(out.read_bytes())
    assert found[0] == found[1] and found[0].count(b",study,") == 4
    with pytest.raises(ValueError, match="need its panel"):
        simulate_trials(how, draws, "1-of-1", tmp_path / "none.parquet")
    contracts.write(panel_of(20), tmp_path / "few.parquet", Panel)
    simulate_trials(how, draws, "1-of-1", made[0], tmp_path / "few.parquet")
    said = contracts.read(made[0], tables.PlanningBlocks)
    assert set(said["reason"]) == {"", "20 people have both answers; trials drawn from them need 30"
                                   " or more"}  # fmt: skip


POST = {"label": "P", "kind": "parallel_post", "locations": [60], "people": [20]}
OF_ANALYSES = ("location_means_t", "permutation", "mixed_kenward_roger", "gee_cr2")


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"kind": "parallel_baseline"},
        {"kind": "parallel_baseline", "sampling": "cross_section"},
    ],
)
def test_the_formula_is_of_the_analysis_beside_it_where_sizes_differ(other: dict[str, Any]) -> None:
    """What weighs locations, or people, alike finds less than a mixed model. Within .01 and 3 Monte
    Carlo errors, but for means of a cohort's few people, which vary more than t has it: .02."""
    how = spec({"a": POST | other}, OF_ANALYSES, difference=0.9)
    known = {"sd": 4.0, "icc": 0.05, "correlation": 0.5, "retention": 1.0, "size_cv": 0.8}
    rows = {row["analysis"]: row for row in gathered(how, **known) if row["truth"] == "difference"}
    for analysis, row in rows.items():
        means = analysis in ("location_means_t", "permutation")
        rough = 0.02 if means and other and "sampling" not in other else 0.01
        assert abs(row["found"] - row["formula"]) < rough + 3 * row["found_mcse"], analysis
        assert "the formula is that of" not in row["warnings"]
    gap = rows["mixed_kenward_roger"]["formula"] - rows["location_means_t"]["formula"]
    assert gap > (0.01 if "sampling" in other else 0.04)


def test_shares_have_the_formula_of_their_analysis_too() -> None:
    how = spec({"a": POST}, OF_ANALYSES, type="binary", difference=0.12)
    known = {"control": 0.4, "sd": 0.49, "icc": 0.05, "retention": 1.0, "size_cv": 0.8}
    for row in gathered(how, **known):
        assert abs(row["found"] - row["formula"]) < 0.01 + 3 * row["found_mcse"] + 0.01
    found = {(row["analysis"], row["truth"]): row["formula"] for row in gathered(how, **known)}
    assert found["gee_cr2", "difference"] < found["mixed_kenward_roger", "difference"] - 0.03


def test_relabelling_few_locations_promises_the_level_that_it_has() -> None:
    how = spec({"a": POST | {"locations": [8]}}, ("permutation",), difference=4.0)
    rows = {row["truth"]: row for row in gathered(how, sd=4.0)}
    assert rows["none"]["formula"] == approx(2 / 70)
    assert abs(rows["none"]["found"] - 2 / 70) < 3 * rows["none"]["found_mcse"]


def test_trials_of_the_studys_people_have_the_formula_of_their_correlation() -> None:
    """Not of one that is declared."""
    rng = np.random.default_rng(4)
    first = rng.normal(size=200)
    pool = pool_of(first, 0.2 * first + rng.normal(size=200), ["a", "b"] * 100)
    how = spec({"a": POST | {"kind": "parallel_baseline"}}, ("mixed_kenward_roger",))
    told = {
        (task.drawn, round(task.formula, 6))
        for task in tasks(how, held(correlation=0.9), pool)
        if task.truth == "difference"
    }
    as_known = tasks(how, held(correlation=pool.correlation, retention=1.0), None)
    assert ("study", round(next(iter(as_known)).formula, 6)) in told
    assert len({power for _, power in told}) == 2

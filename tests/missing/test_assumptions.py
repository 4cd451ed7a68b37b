"""Rows of the sensitivity analysis: groups, extremes and references by hand and by brute force."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.declared.missing_sensitivity import Delta, Pattern, PatternShift
from cesp_analysis.missing.analysed import Analysis, analysis_of
from cesp_analysis.missing.assumptions import (
    at_random,
    by_deltas,
    by_extremes,
    by_likelihood,
    by_patterns,
    by_reference,
)
from cesp_analysis.missing.deltas import STILL, size_of
from cesp_analysis.missing.linear_estimate import LOST
from cesp_analysis.missing.lost_groups import first_events, group_of
from cesp_analysis.missing.normal_profiles import likeliest
from cesp_analysis.missing.pushed import Pushed, pushed_of, scenarios_of
from cesp_analysis.missing.reference_based import Strategy, filled
from cesp_analysis.missing.reference_rows import (
    ONE_ROW_A_PERSON,
    HowMany,
    Referred,
    jackknifed,
    referred,
    rubin,
)
from cesp_analysis.missing.sensitivity_words import Places
from cesp_analysis.missing.sets import Sets, Values
from cesp_analysis.missing.tipping import shifted
from cesp_analysis.missing.tipping_rows import tipping_rows
from pushed_panel import CASES, analysis, gapped, imputed_model, sets_of
from small_panel import panel_of

NAMES = Places("North", "South")
LIMIT = 0.05


def known_of(own: Analysis, m: int = 5) -> Referred:
    """Profiles, and m draws of them, no more."""
    return referred(own, 1, HowMany(m, LIMIT, m))


def pushed(own: Analysis, patterns: dict[str, Pattern] | None = None, events: Any = None) -> Pushed:
    """The row at the last time."""
    size = size_of(own.spec.context.outcomes["y"], None, own.answers)
    assert not isinstance(size, str)
    scenarios = scenarios_of(patterns or {}, size, own.answers, np.arange(3.0), events)
    return next(
        one for one in pushed_of(own, NAMES, size, scenarios, LIMIT) if one.estimate == "m/y/t2"
    )


def happened(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["event", "unit", "elapsed", "reason"])
    return frame.assign(reason=frame["reason"].replace("", None))


def test_a_gap_belongs_to_the_first_event_before_it() -> None:
    answers = analysis("Welch").answers
    who = {name: at for at, name in enumerate(answers.people)}
    events = happened(
        ("left", "p001", 0.5, "ill"), ("moved", "p001", 0.2, ""), ("left", "p002", 1.0, ""),
        ("left", "p003", float("nan"), "ill"), ("left", "nobody", 0.0, ""),
    )  # fmt: skip
    seen = answers.observed.copy()
    seen[who["p003"]] = [1.0, np.nan, np.nan]
    names, reasons = first_events(replace(answers, observed=seen), events, np.arange(3.0))
    assert names[who["p001"]].tolist() == ["no_event", "moved", "moved"]
    assert names[who["p002"]].tolist() == ["no_event", "left", "left"]  # on the last day it was due
    assert names[who["p003"]].tolist() == ["no_event", "left", "left"]  # undated: after the last
    assert reasons[who["p003"]].tolist() == ["", "ill", "ill"]


def test_groups_are_apart_by_reason_and_arm() -> None:
    answers = analysis("Welch").answers
    lost = [answers.people[at] for at in np.flatnonzero(answers.gaps[:, 2])]
    reason = {name: "ill" if at % 2 else "busy" for at, name in enumerate(lost)}
    events = happened(*(("left", name, 1.5, reason[name]) for name in lost[:-2]))
    shift = {"event": "left", "worse": 1.0}

    def marks(**settings: Any) -> Any:
        one = PatternShift.model_validate(shift | settings)
        return group_of(one, answers, events, np.arange(3.0))

    assert marks()[:, 2].sum() == len(lost) - 2 and not marks()[:, :2].any()
    assert marks(event="no_event")[:, 2].sum() == 2
    parts = [marks(reasons=["ill"]), marks(reasons=["busy"])]
    assert np.array_equal(parts[0] | parts[1], marks()) and not (parts[0] & parts[1]).any()
    assert (answers.arm[marks(arm="control").any(axis=1)] == 0).all()


def test_a_pattern_by_hand() -> None:
    """Means move by the shares of the groups' gaps in each arm."""
    own = analysis("Welch")
    answers = own.answers
    lost = [answers.people[at] for at in np.flatnonzero(answers.gaps[:, 2])]
    events = happened(*(("left", name, 1.5, "") for name in lost[::2]))
    shifts = (
        PatternShift(event="left", worse=2),
        PatternShift(event="no_event", worse=-0.5, unit="sd", arm="control"),
    )
    one = pushed(own, {"p": Pattern(label="Worse", shifts=shifts)}, events)
    (row,) = by_patterns(one, {"left": "Left"})
    start = one.at(0, 0).estimate
    by = np.zeros(len(answers.people))
    by[[answers.people.index(name) for name in lost[::2]]] = -2
    sd = np.nanstd(answers.observed[:, 0], ddof=1)
    others = [answers.people.index(name) for name in lost[1::2]]
    by[[at for at in others if answers.arm[at] == 0]] = 0.5 * sd
    moved = by[answers.arm == 1].mean() - by[answers.arm == 0].mean()
    assert start is not None
    assert row["estimate"] == pytest.approx(start + moved, rel=1e-10)
    direct = own.pooled(answers.filled + one.scenarios[0].by, ["m/y/t2"])["m/y/t2"]
    assert row["std_error"] == pytest.approx(direct.std_error, rel=1e-10)
    assert f"Left ({len(lost[::2])} answers) 2.00 points lower" in row["sentence"]


def test_deltas_are_worse_by_the_outcomes_direction() -> None:
    for direction, sign in (("higher_is_better", -1), ("lower_is_better", 1), ("neither", -1)):
        one = pushed(analysis("Welch", direction=direction))
        rows = list(by_deltas(one))
        assert not isinstance(one.size, str)
        half = sign * 0.5 * one.size.sd  # no mid: half an SD
        assert [(row["shift_intervention"], row["shift_control"]) for row in rows] == [
            (half, 0), (0, half), (half, half),
        ]  # fmt: skip
        direct = one.analysis.spec
        assert direct is not None and rows[0]["estimate"] == one.at(half, 0).estimate


def test_sizes_of_shifts() -> None:
    from cesp_analysis.declared.outcomes import Mid

    own = analysis("Welch", mid=Mid(value=2.0, source="x"))
    outcome, sd = own.spec.context.outcomes["y"], np.nanstd(own.answers.observed[:, 0], ddof=1)
    size = size_of(outcome, None, own.answers)
    assert (
        not isinstance(size, str) and size.step == 2 and size.most == 2 * np.ceil(sd)
    )  # 2 SD in MIDs
    declared = Delta(step=0.5, most=3, unit="mid")
    size = size_of(outcome, declared, own.answers)
    assert not isinstance(size, str) and (size.step, size.most) == (1.0, 6.0)
    same = replace(own.answers, observed=np.full_like(own.answers.observed, 3.0))
    assert size_of(outcome, None, same) == STILL


def binary(case: str = "Welch") -> tuple[Analysis, pd.DataFrame]:
    """A yes or no, whose sets are draws of it."""
    panel = gapped(baseline=False)
    value = (panel["value"] > 20).astype(float).where(panel["value"].notna())
    panel = panel.assign(value=value)
    made = sets_of(panel)
    cells = made.outcomes["all", "y"]
    yes = Values(cells.units, cells.times, (cells.values > 20).astype(float))
    spec = imputed_model({"type": "binary"}, **CASES[case])
    return analysis_of(panel, spec, "y", Sets(5, {("all", "y"): yes}, {}, {})), panel


def test_worst_and_best_case_by_hand() -> None:
    own, _ = binary()
    seen, arm = own.answers.observed, own.answers.arm
    for row in by_extremes(pushed(own)):
        here, there = (int(part) for part in row["variant"].split("_"))
        full = np.where(np.isnan(seen[:, 2]), np.where(arm == 1, here, there), seen[:, 2])
        change = full - seen[:, 0]
        by_hand = change[arm == 1].mean() - change[arm == 0].mean()
        parts = [change[arm == group] for group in (0, 1)]
        error = np.sqrt(sum(part.var(ddof=1) / len(part) for part in parts))
        assert [row["estimate"], row["std_error"]] == pytest.approx([by_hand, error], rel=1e-10)
        assert "sampling alone" in row["variance_is"]
    rows = {row["variant"]: row["estimate"] for row in by_extremes(pushed(own))}
    assert min(rows, key=rows.__getitem__) == "0_1" and max(rows, key=rows.__getitem__) == "1_0"


def test_a_scale_has_no_worst_case_and_a_yes_or_no_no_profile() -> None:
    assert not list(by_extremes(pushed(analysis("Welch"))))
    own, _ = binary()
    known = known_of(own)
    for row in by_reference(pushed(own), ("jump_to_reference",), known):
        assert row["status"] == "not_estimable" and row["estimate"] is None
        assert "type is binary" in row["reason"]


def brute(own: Analysis, strategy: Strategy, estimate: str, clusters: bool) -> tuple[float, float]:
    """Conditional means and the jackknife by refitting profiles and the kind itself."""
    answers, kind = own.answers, own.spec
    codes = answers.unit_of("neighbourhood") if clusters else np.arange(len(answers.people))

    def at(keep: Any) -> float:
        y, arm = answers.observed[keep], answers.arm[keep]
        profiles = [likeliest(y[arm == group]) for group in (0, 1)]
        full = np.full_like(answers.observed, np.nan)
        rows = np.flatnonzero(keep)
        for group, how in ((0, "missing_at_random"), (1, strategy)):
            made = filled(y[arm == group], profiles[group], profiles[0], how)  # type: ignore[arg-type]
            full[rows[arm == group]] = made
        model: Any = kind
        found = {row.estimate_id: row for row in model.fit(answers.panel(0, full)).estimates}
        value = found[estimate].estimate
        assert value is not None
        return float(value)

    whole = at(np.ones(len(codes), dtype=bool))
    left = np.array([at(codes != unit) for unit in range(codes.max() + 1)])
    n = len(left)
    return whole, float(np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2)))


@pytest.mark.parametrize("case", ["Welch", "covariate and clusters", "ANCOVA", "ANCOVA, clusters"])
@pytest.mark.parametrize("strategy", ["jump_to_reference", "copy_increments", "copy_reference"])
def test_the_jackknife_is_that_of_refitting_everything(case: str, strategy: Strategy) -> None:
    """Baselines with gaps too; profiles, design and model anew without each person or cluster."""
    own, clusters = analysis(case), "clusters" in case
    known = known_of(own)
    assert known.units == ("neighbourhoods" if clusters else "people")
    found, n = jackknifed(own, "m/y/t2", strategy, known)
    estimate, error = brute(own, strategy, "m/y/t2", clusters)
    assert n == (8 if clusters else 48)
    # two optimisers of each profile: 1e-7 of a parameter
    assert [found.estimate, found.std_error] == pytest.approx([estimate, error], rel=1e-6)


def test_nothing_missing_is_the_model_itself() -> None:
    panel = panel_of(48, 3, 3)
    own = analysis_of(panel, imputed_model(**CASES["Welch"]), "y", Sets(4, {}, {}, {}))
    row = own.rows["m/y/t2"]
    known = known_of(own, 4)
    for strategy in ("jump_to_reference", "copy_reference"):
        found, _ = jackknifed(own, "m/y/t2", strategy, known)  # type: ignore[arg-type]
        drawn, m = rubin(own, "m/y/t2", strategy, known)  # type: ignore[arg-type]
        assert m == 4 and drawn.monte_carlo == 0
        assert found.estimate == pytest.approx(row.estimate, rel=1e-12)
        assert [drawn.estimate, drawn.std_error] == pytest.approx(
            [row.estimate, row.std_error], rel=1e-12
        )


def test_rubins_error_is_the_larger_one_and_each_row_says_which() -> None:
    """Not at random: there the two variances are of the same thing."""
    one = pushed(analysis("Welch"))
    rows = list(by_reference(one, ("jump_to_reference",), known_of(one.analysis, 200)))
    assert [(row["assumption"], row["variance"]) for row in rows] == [
        ("at_random_alone", "jackknife"), ("at_random_alone", "Rubin"),
        ("jump_to_reference", "jackknife"), ("jump_to_reference", "Rubin"),
    ]  # fmt: skip
    assert rows[1]["std_error"] == pytest.approx(rows[0]["std_error"], rel=0.1)
    assert rows[3]["std_error"] > 1.05 * rows[2]["std_error"]
    assert "frequentist" in rows[2]["variance_is"] and "anchored" in rows[3]["variance_is"]
    assert [row["m"] for row in rows] == [None, 200, None, 200]
    assert "North" in rows[2]["sentence"] and "South's change" in rows[2]["sentence"]


def test_draws_are_made_until_the_monte_carlo_error_is_small() -> None:
    own = analysis("Welch")
    found, m = rubin(own, "m/y/t2", "jump_to_reference", referred(own, 1, HowMany(5, 0.1, 400)))
    assert m is not None and 5 < m < 400
    assert found.monte_carlo is not None and 0 < found.share <= 0.1
    at_once, same = rubin(own, "m/y/t2", "jump_to_reference", referred(own, 1, HowMany(m, 0.1, m)))
    assert same == m and at_once.estimate == found.estimate  # the first draws stay as they are
    assert at_once.monte_carlo == found.monte_carlo


def test_a_row_warns_of_a_large_monte_carlo_error() -> None:
    one = pushed(analysis("Welch"))
    rows = list(by_reference(one, ("jump_to_reference",), known_of(one.analysis)))
    assert "above 0.05 (missing_data.imputation.monte_carlo)" in rows[3]["warnings"]
    assert "Monte Carlo" not in rows[2]["warnings"] and rows[2]["monte_carlo"] is None
    rows = list(by_reference(one, (), referred(one.analysis, 1, HowMany(5, 0.05, 2000))))
    assert "Monte Carlo" not in rows[1]["warnings"] and rows[1]["m"] > 5


def test_a_covariate_with_gaps_has_no_more_sets_than_were_imputed() -> None:
    own = analysis("covariate", ages=True)
    found, m = rubin(own, "m/y/t2", "copy_reference", referred(own, 1, HowMany(5, 0.001, 2000)))
    assert m == 5 and not found.reason


def test_a_shift_of_nobody_warns() -> None:
    own = analysis("Welch")
    shifts = (PatternShift(event="left", worse=1), PatternShift(event="no_event", worse=1))
    one = pushed(own, {"p": Pattern(label="Worse", shifts=shifts)}, happened())
    (row,) = by_patterns(one, {"left": "Left"})
    assert "the shift of Left moves nobody" in row["warnings"]
    assert "no event before moves nobody" not in row["warnings"]
    answers = own.answers
    none = answers.gaps & (answers.arm == 0)[:, None]  # at the intervention nothing was imputed
    one = replace(one, analysis=replace(own, answers=replace(answers, gaps=none)), parts=None)
    warned = [row["warnings"] for row in by_deltas(one)]
    assert warned[0] is not None and "those at North moves nobody" in warned[0]
    assert "moves nobody" not in f"{warned[1]} {warned[2]}"


def test_an_estimate_that_is_none_keeps_all_its_rows() -> None:
    """Each assumption, with the model's own reason; and no map."""
    own = analysis("Welch")
    row = own.rows["m/y/t2"].not_estimable("the control arm holds nobody")
    own = replace(own, rows=own.rows | {"m/y/t2": row})
    shifts = (PatternShift(event="left", worse=1),)
    one = pushed(own, {"p": Pattern(label="Worse", shifts=shifts)}, happened())
    rows = [
        *at_random(one, own.on_answers["m/y/t2"]),
        *by_reference(one, ("jump_to_reference",), known_of(own)),
        *by_deltas(one),
        *by_patterns(one, {"left": "Left"}),
    ]
    assert [row["assumption"] for row in rows] == [
        "complete_records", "missing_at_random", "at_random_alone", "at_random_alone",
        "jump_to_reference", "jump_to_reference", "delta", "delta", "delta", "pattern",
    ]  # fmt: skip
    assert rows[0]["status"] == "estimated"  # those who answered are described all the same
    assert {(row["status"], row["reason"]) for row in rows[1:]} == {
        ("not_estimable", "the control arm holds nobody")
    }
    assert tipping_rows(one, 5) == ([], [], "the control arm holds nobody")


def test_an_estimate_without_a_map_says_why() -> None:
    """Answers far below 0 are none that a gamma model takes."""
    panel = gapped()
    spec = imputed_model(kind="glm", family="gamma", design="panel", cluster="person")
    own = analysis_of(panel, spec, "y", sets_of(panel, 2))
    one = pushed(own)
    assert not isinstance(one.size, str)
    far = replace(one, size=replace(one.size, most=40.0))
    grid, points, why = tipping_rows(far, 5)
    assert (grid, points) == ([], []) and why
    _, row = at_random(far, own.on_answers["m/y/t2"], why)
    assert row["status"] == "estimated" and f"no tipping map: {why}" in row["warnings"]


def test_an_outcome_that_bears_no_shift_keeps_its_rows() -> None:
    own, _ = binary()
    one = replace(pushed(own), size=STILL, parts=None)
    pattern = Pattern(label="Worse", shifts=(PatternShift(event="left", worse=1),))
    none = scenarios_of({"p": pattern}, STILL, own.answers, np.arange(3.0), happened())
    rows = [*by_deltas(one), *by_patterns(replace(one, scenarios=none), {"left": "Left"})]
    assert [row["variant"] for row in rows] == ["intervention", "control", "both", "p"]
    assert {(row["status"], row["reason"]) for row in rows} == {("not_estimable", STILL)}


def test_what_has_no_reference_based_row_says_why() -> None:
    own = analysis("person effects")
    found, _ = jackknifed(own, "m/y/t2", "copy_reference", known_of(own))
    assert found.reason == ONE_ROW_A_PERSON
    mixed = imputed_model(kind="mixed", random=["person"])
    panel = gapped()
    own = analysis_of(panel, mixed, "y", sets_of(panel, m=2))
    assert not own.linear and "which kind mixed is not" in known_of(own).reason
    few = gapped().assign(neighbourhood=gapped()["site"])
    few["neighbourhood"] = pd.Categorical(
        np.where(few["unit"].astype(str) < "p024", "a", "b") + few["site"].astype(str)
    )
    spec = imputed_model(**CASES["clusters"])
    own = analysis_of(few, spec, "y", sets_of(few))
    few_units = known_of(own)
    found, n = jackknifed(own, "m/y/t2", "copy_reference", few_units)
    assert "an arm has 2 of what the jackknife leaves out" in found.reason and n == 0
    drawn, m = rubin(own, "m/y/t2", "copy_reference", few_units)  # leaves nobody out
    assert m == 5 and drawn.estimate is not None


def test_times_that_nobody_answered_together_have_no_row() -> None:
    """Draws would take their covariance from the prior alone: neither way has an answer."""
    panel = gapped()
    number = panel["unit"].astype(str).str[1:].astype(int)
    time = panel["time"].astype(str)
    first_half = number % 4 < 2
    apart = (time == "t1") & first_half | (time == "t2") & ~first_half
    panel["value"] = panel["value"].mask(apart)
    own = analysis_of(panel, imputed_model(**CASES["Welch"]), "y", sets_of(panel))
    known = known_of(own)
    for how in (jackknifed, rubin):
        found = how(own, "m/y/t2", "copy_reference", known)[0]
        assert found.reason.startswith("the answers do not hold means and covariances")


def test_a_cluster_without_which_nothing_is_determined() -> None:
    """One neighbourhood alone holds anybody of another age."""
    panel = gapped()
    panel["age"] = np.where(panel["neighbourhood"] == "n0", panel["age"], 40.0)
    own = analysis_of(panel, imputed_model(**CASES["covariate and clusters"]), "y", sets_of(panel))
    found, n = jackknifed(own, "m/y/t2", "copy_reference", known_of(own))
    assert (found.reason, n) == (LOST, 0)


def test_a_model_by_likelihood_stands_beside_the_same_question_alone() -> None:
    one = pushed(analysis("Welch"))
    row = {
        "outcome": "y", "time": "t2", "estimand": one.row.estimand, "model": "mixed",
        "analysis_set": one.row.analysis_set,
        "status": "estimated", "reason": None, "estimate": 1.0, "std_error": 0.5, "df": 20.0,
        "ci_low": 0.0, "ci_high": 2.0, "n_units": 48, "method": "REML", "warnings": None,
    }  # fmt: skip
    others = [row, row | {"time": "t1"}, row | {"estimand": "difference at equal baseline"}]
    (found,) = by_likelihood(one, others)
    assert (found["estimate"], found["variance"], found["n_imputed"]) == (1.0, "model", None)
    others = [
        row | {"model": "plain", "estimand": "difference at equal baseline"},
        row | {"model": "fewer", "analysis_set": "without_contaminated_controls"},
        row | {"model": "refused", "status": "refused", "reason": "why", "estimate": None},
        row, row | {"model": "second"},
    ]  # fmt: skip
    (found,) = by_likelihood(one, others)
    assert found["variant"] == "mixed"  # the first that answers this question, not the first
    (found,) = by_likelihood(one, others[:3])
    assert (found["variant"], found["reason"]) == ("refused", "why")


def test_numbers_in_warnings_are_said_to_be_the_first_set_s() -> None:
    own = pushed(analysis("ANCOVA"))  # its bracket has the first set's numbers
    rows = list(by_reference(own, ("copy_reference",), known_of(own.analysis)))
    told = [text for row in rows for text in row["warnings"].split(" | ")]
    bracket = [text for text in told if "On the same people" in text]
    assert len(bracket) == len(rows) == 4
    assert all(text.startswith("in the first imputed set, as imputed: ") for text in bracket)


@pytest.mark.parametrize(
    ("kind", "strategy", "takes"),
    [
        ("withdrawal", "treatment_policy", True),
        ("death", "while_on_treatment", True),
        ("withdrawal", "while_on_treatment", False),
        ("withdrawal", "hypothetical", False),
        ("death", "composite", False),
    ],
)
def test_a_model_by_likelihood_takes_all_answers_as_they_are(
    kind: Any, strategy: Any, takes: bool
) -> None:
    own = analysis("Welch")
    event = HandledEvent(kind=kind, label="E", strategy=strategy)
    context = own.spec.context.model_copy(
        update={"handlings": {"y": Handling(name="h", events={"e": event})}}
    )
    one = pushed(replace(own, spec=own.spec.model_copy(update={"study": context})))
    row = {
        "outcome": "y", "time": "t2", "estimand": one.row.estimand, "model": "mixed",
        "analysis_set": one.row.analysis_set, "status": "estimated", "reason": None,
        "estimate": 1.0, "std_error": 0.5, "df": 20.0, "ci_low": 0.0, "ci_high": 2.0,
        "n_units": 48, "method": "REML", "warnings": None,
    }  # fmt: skip
    (found,) = by_likelihood(one, [row])
    assert (found["estimate"] == 1.0) is takes
    assert takes or "put values in their place" in found["reason"]
    assert ("count as if they were missing" in found["sentence"]) is (kind == "death")


def test_other_kinds_are_fitted_point_by_point() -> None:
    """A mixed model: its plane is coarse, and said to be."""
    panel = gapped()
    own = analysis_of(panel, imputed_model(kind="mixed", random=["person"]), "y", sets_of(panel, 2))
    one = pushed(own)
    assert one.plane is None
    grid, points, why = tipping_rows(one, 21)
    assert why == ""
    assert len(grid) == 25 and len(points) == 4 and "5 by 5" in grid[0]["computed"]
    centre = next(row for row in grid if row["shift_intervention"] == 0 == row["shift_control"])
    assert centre["estimate"] == pytest.approx(one.at(0.0, 0.0).estimate, rel=1e-12)


def test_the_centre_of_a_coarse_map_is_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere the map is of its first sets alone; what it says as imputed is of all."""
    monkeypatch.setattr("cesp_analysis.missing.tipping.COARSE_SETS", 2)
    panel = gapped()
    own = analysis_of(panel, imputed_model(kind="mixed", random=["person"]), "y", sets_of(panel, 6))
    one = pushed(own)
    grid, points, _ = tipping_rows(one, 21)
    centre = next(row for row in grid if row["shift_intervention"] == 0 == row["shift_control"])
    _, row = at_random(one, own.on_answers["m/y/t2"])
    for name in ("estimate", "std_error", "df", "ci_low", "ci_high"):
        assert centre[name] == pytest.approx(row[name], rel=1e-12)
    inside = row["ci_low"] <= 0 <= row["ci_high"]
    assert {row["held"] for row in points} == {"yes" if inside else "no"}
    corner = next(row for row in grid if row["shift_intervention"] > 0 < row["shift_control"])
    shift = corner["shift_intervention"]
    assert corner["shift_control"] == shift
    filled = shifted(own, shift, shift)[:2]
    expected = own.pooled(filled, ["m/y/t2"])["m/y/t2"].estimate
    assert corner["estimate"] == pytest.approx(expected, rel=1e-9)

"""The bracket: the identity on random people, R's lm and t.test, designs in which one end is right,
the rows of a study, its sentences and its checks."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.analysis_sets import OBSERVED, WITHOUT
from cesp_analysis.declared.design import Moment, Place
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.few_sites import bracket_words as words
from cesp_analysis.few_sites import identities
from cesp_analysis.few_sites.adjustment import adjustment
from cesp_analysis.few_sites.bracket import FLAG, brackets
from cesp_analysis.few_sites.bracket_row import Row
from cesp_analysis.few_sites.identities import Checked, check_bracket, check_means, check_mixed
from cesp_analysis.few_sites.two_ends import TwoEnds, two_ends
from cesp_analysis.models.ancova import Ancova
from cesp_analysis.models.did import Did
from cesp_analysis.models.dr_did import DrDid
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.spec import Context, ModelSpec
from cesp_analysis.models.weighted_did import WeightedDid
from test_benchmarks import script

ROOT = Path(__file__).resolve().parents[2]
R = json.loads((ROOT / "tests/reference/bracket.json").read_text(encoding="utf-8"))
TIMES = ("before", "after", "late")
Rng = np.random.Generator


def numbers(ends: TwoEnds) -> tuple[Inference, Inference, float]:
    """Both ends and their difference by the identity, where there are all three."""
    assert not isinstance(ends.did, str) and not isinstance(ends.ancova, str)
    assert ends.difference is not None
    return ends.did, ends.ancova, ends.difference


def people(rng: Rng, n: int = 60, gap: float = -1.0) -> pd.DataFrame:
    """A panel of two sites and three times, a covariate, neighbourhoods; some answers missing."""
    arm = np.repeat([0, 1], n // 2)
    first = rng.normal(10 + gap * arm, 2)
    age = rng.normal(50 + arm, 10)
    rows = []
    for k, time in enumerate(TIMES):
        value = first if k == 0 else 5 + 0.5 * first + arm + rng.normal(0, 1.5, n)
        value = np.where(rng.random(n) < 0.1 * (k > 0), np.nan, value)
        rows.append(
            pd.DataFrame(
                {
                    "study": "s", "level": "person", "unit": [f"p{i}" for i in range(n)],
                    "site": np.where(arm == 1, "north", "south"),
                    "arm": np.where(arm == 1, "intervention", "control"),
                    "neighbourhood": [f"n{i % 5}" for i in range(n)], "link_worker": None,
                    "time": time, "outcome": "score", "value": value, "weight": 1.0, "age": age,
                }
            )
        )  # fmt: skip
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    return pd.concat(rows, ignore_index=True).astype(dict.fromkeys((*coded, "outcome"), "category"))


def context(**changes: Any) -> Context:
    """The study that the panel is of."""
    return Context(
        study="s",
        model="did",
        ci_level=0.95,
        arms={"control": "Usual", "intervention": "New"},
        sites=(
            Place(name="north", label="North", arm="intervention"),
            Place(name="south", label="South", arm="control"),
        ),
        times=tuple(Moment(name=t, label=t, position=6.0 * k) for k, t in enumerate(TIMES)),
        outcomes={
            "score": Outcome(
                label="Score", variable="score", unit="points", direction="neither", role="primary"
            )
        },
        covariates={"age": Covariate(label="Age", variable="age")},
    ).model_copy(update=changes)


def models(told: Context) -> dict[str, ModelSpec]:
    """A model of each kind that the bracket is beside."""
    one = ("score",)
    return {
        "did": Did(kind="did", design="change", outcomes=one, study=told),
        "at_baseline": Ancova(kind="ancova", outcomes=one, study=told),
        "doubly": DrDid(
            kind="dr_did", design="change", outcomes=one, covariates=("age",), study=told
        ),
    }


def rows_of(panel: pd.DataFrame, told: Context) -> dict[tuple[str, str, str], Row]:
    """(time, analysis set, estimator) → row."""
    rows, _ = brackets(models(told), panel)
    return {(row.time, row.analysis_set, row.estimator): row for row in rows}


@pytest.mark.parametrize("seed", range(12))
def test_the_ends_differ_by_slope_and_gap(seed: int) -> None:
    """DiD - ANCOVA = (b - 1) * gap on any people, whatever the scale; 1e-10 of the outcome."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 200))
    arm = np.concatenate([[0.0, 0, 1, 1], rng.integers(0, 2, n)])
    scale, shift = 10 ** rng.uniform(-3, 3), rng.normal(0, 100)
    before = scale * (rng.normal(size=n + 4) + rng.normal() * arm + shift)
    after = scale * (rng.normal(-1, 2) * before / scale + rng.standard_t(3, n + 4) + arm)
    ends = two_ends(before, after, arm)
    did, ancova, difference = numbers(ends)
    size = max(np.abs(before).max(), np.abs(after).max())
    assert did.estimate - ancova.estimate == approx(difference, abs=1e-10 * size)
    moved = two_ends(2 * before + 5, 2 * after + 5, arm)
    assert moved.difference == approx(2 * difference, rel=1e-6, abs=1e-9 * size)
    assert moved.gap_in_sd == approx(ends.gap_in_sd, abs=1e-8)


def test_the_ends_agree_with_r() -> None:
    """t.test, lm and clubSandwich; the mixed model's other number with lmerTest and pbkrtest."""
    data = pd.read_csv(ROOT / "tests/reference/people.csv")
    before, after = data["baseline"].to_numpy(), data["follow_up"].to_numpy()
    arm = (data["site"] == "intervention").to_numpy(dtype=float)
    ends = two_ends(before, after, arm)
    did, ancova, _ = numbers(ends)
    assert (ends.gap, ends.sd, ends.slope) == approx((R["gap"], R["sd"], R["slope"]), rel=1e-9)
    for found, name in ((did, "did"), (ancova, "ancova")):
        told = R[name]["estimate"], R[name]["std_error"], R[name]["df"]
        assert (found.estimate, found.std_error, found.df) == approx(told, rel=1e-8)
    means = check_means(before, after, arm)
    assert (means.one, means.other) == approx((R["by_regression"],) * 2, rel=1e-9)
    estimate, error, df = check_mixed(before, after, arm)
    assert error.other == approx(R["t_test"]["std_error"], rel=1e-9)
    assert df.other == approx(R["t_test"]["df"], rel=1e-9)
    # lme4 stops where its criterion is flat: 1e-6
    assert (estimate.one, error.one, df.one) == approx(
        (R["mixed"]["estimate"], R["mixed"]["std_error"], R["mixed"]["df"]), rel=1e-6
    )


def test_the_trap_of_one_site_against_one() -> None:
    """Published values for these data: gap .429, slope .598, DiD 2.495 below ANCOVA 2.667."""
    rng = np.random.default_rng(20240501)
    arm = np.repeat([0.0, 1.0], 60)
    before = rng.normal(50, 10, 120)
    after = 0.5 * before + 25 + rng.normal(0, 8, 120) + 2 * arm
    ends = two_ends(before, after, arm)
    did, ancova, _ = numbers(ends)
    assert (ends.gap, ends.slope) == approx((0.429, 0.598), abs=5e-4)
    assert (did.estimate, ancova.estimate) == approx((2.4946, 2.667), abs=5e-4)


def test_a_shock_to_a_site_is_in_the_ends_as_the_sentence_says() -> None:
    """3 points on everybody of a site: at the later time in both ends, at the first by 1 and b."""
    rng = np.random.default_rng(8)
    arm = np.repeat([0.0, 1.0], 30)
    before = rng.normal(10 - arm, 2)
    after = 5 + 0.4 * before + rng.normal(0, 1, 60)
    ends = two_ends(before, after, arm)
    did, ancova, _ = numbers(ends)
    for early, late in ((3.0, 0.0), (0.0, 3.0)):
        shaken = two_ends(before + early * arm, after + late * arm, arm)
        change, equal, _ = numbers(shaken)
        assert ends.slope is not None
        assert change.estimate - did.estimate == approx(late - early)
        assert equal.estimate - ancova.estimate == approx(late - ends.slope * early)
    assert "at the first time is in DiD as a whole and in ANCOVA b times" in words.NO_INTERVAL
    assert "at the later time is in both ends" in words.NO_INTERVAL


def test_each_end_is_right_where_its_assumption_holds() -> None:
    """300 studies a design, Monte Carlo errors of .01: one of three is right, others are far off.

    What is told of a common mean alone is DiD's bias where that is how people came to the site.
    """
    made = script("bracket_simulation")
    found = {name: made.row(name, 300)[1:] for name in made.DESIGNS}
    right = {"sites differ lastingly": 0, "referred because they did badly": 1}
    right["a covariate drives the change"] = 2
    for name, (means, errors) in found.items():
        bias = means[:3] - made.EFFECT
        assert abs(bias[right[name]]) < 4 * errors[right[name]]
        assert abs(bias).max() > 8 * errors.max()
    means, errors = found["referred because they did badly"]
    assert means[0] - made.EFFECT == approx(means[3], abs=4 * float(np.hypot(*errors[[0, 3]])))


def test_a_mixed_model_at_the_boundary_is_not_compared() -> None:
    """Answers that repel each other: no variance between people, another standard error."""
    rng = np.random.default_rng(3)
    before = rng.normal(size=40)
    after = -0.7 * before + rng.normal(0, 0.7, 40)
    checks = check_mixed(before, after, np.repeat([0.0, 1.0], 20))
    assert {check.about("person", "y", "late").status for check in checks} == {"not applicable"}
    assert "variance between people" in str(checks[0].reason)


def test_each_estimate_is_placed_by_its_number() -> None:
    """Upper and lower of the two ends; the third below, between or above them."""
    seen: set[str] = set()
    for seed in range(30):
        panel = people(np.random.default_rng(seed), gap=-1 + 2 * (seed % 2))
        found = rows_of(panel, context())
        for time in TIMES[1:]:
            own = {name: found[time, OBSERVED, name] for name in words.ENDS}
            made = {name: row.estimate or 0.0 for name, row in own.items()}
            low, high = sorted(("did", "ancova"), key=made.__getitem__)
            third = made["doubly_robust"]
            where = "above both" if third > made[high] else "between"
            where = "below both" if third < made[low] else where
            assert (own[low].place, own[high].place) == ("lower", "upper")
            assert own["doubly_robust"].place == where
            seen |= {high, where}
    assert seen == {"did", "ancova", "above both", "between", "below both"}


Off = Callable[[Any], Any]


def _error(found: Any) -> Any:
    return found[0] * (1 + 1e-5), found[1]


def _df(found: Any) -> Any:
    return found[0], found[1] * (1 + 1e-5)


def _coef(found: Any) -> Any:
    return replace(found, coef=found.coef + 1e-5)


def _balanced(found: Any) -> Any:
    shifted = replace(found.influence, estimate=found.influence.estimate + 1e-5)
    return replace(found, influence=shifted)


@pytest.mark.parametrize(
    ("name", "off", "failed"),
    [
        ("judged", _error, ["standard error"]),
        ("judged", _df, ["df"]),
        ("fit_nested", _coef, ["estimate"]),
        ("fitted", _coef, ["DiD by regression", "estimate"]),
        ("weighted_change", _balanced, ["entropy"]),
    ],
)
def test_a_wrong_number_fails_its_check(
    name: str, off: Off, failed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off by 1e-5, of a number or of an outcome near 10: more than rounding and iteration leave."""
    right = getattr(identities, name)
    monkeypatch.setattr(identities, name, lambda *given: off(right(*given)))
    told = context()
    rows = brackets(models(told), people(np.random.default_rng(1)))[1]
    wrong = [row.identity for row in rows if row.status == "failed" and row.time == "late"]
    assert len(wrong) == len(failed)
    for identity, part in zip(wrong, failed, strict=True):
        assert part in identity


def test_a_wrong_end_fails_the_bracket() -> None:
    """Off by 1e-5 where the largest answer is about 20."""
    rng = np.random.default_rng(3)
    arm = np.repeat([0.0, 1.0], 20)
    before = rng.normal(10, 2, 40)
    ends = two_ends(before, 5 + 0.5 * before + rng.normal(0, 1, 40), arm)
    did, _, _ = numbers(ends)
    assert check_bracket(ends, 20).about("person", "y", "late").status == "held"
    wrong = replace(ends, did=replace(did, estimate=did.estimate + 1e-5))
    assert check_bracket(wrong, 20).about("person", "y", "late").status == "failed"


def test_a_check_can_fail() -> None:
    """Numbers apart by more than rounding, and a fit without an answer."""
    found = Checked("a = b", 1.0, 1.1, 1e-9).about("person", "score", "late")
    assert found.status == "failed" and "differ by -0.1" in str(found.reason)
    lost = Checked("a = b", reason="no answer", failed=True).about("person", "score", "late")
    assert (lost.status, lost.reason) == ("failed", "no answer")


def test_rows_agree_with_the_models() -> None:
    """The same people, unweighted: the models' own rows, HC2."""
    panel, told = people(np.random.default_rng(1)), context()
    found = rows_of(panel, told)
    for name, kind in (("did", "did"), ("at_baseline", "ancova"), ("doubly", "doubly_robust")):
        own: dict[str, Estimate] = {
            str(row.time): row
            for row in models(told)[name].fit(panel).estimates  # type: ignore[attr-defined]
        }
        for time in TIMES[1:]:
            row, one = found[time, OBSERVED, kind], own[time]
            assert row.n_obs == one.n_units
            assert (row.estimate, row.ci_low, row.ci_high) == approx(
                (one.estimate, one.ci_low, one.ci_high), rel=1e-9
            )
    did, ancova = (found["late", OBSERVED, name] for name in ("did", "ancova"))
    assert did.holds == words.ONE_IS_TRUE and did.place != ancova.place
    assert did.common_mean == did.difference and "started" in str(did.threat)
    assert (did.n_intervention or 0) + (did.n_control or 0) == did.n_obs
    _, checks = brackets(models(told), panel)
    assert {check.status for check in checks} == {"held"} and len(checks) == 12


@pytest.mark.parametrize(
    ("in_sd", "told"),
    [(0.0, False), (0.098, False), (-0.098, False), (0.102, True), (-0.102, True)],
)
def test_a_gap_of_more_than_a_tenth_of_an_sd_is_a_threat(in_sd: float, told: bool) -> None:
    """Austin (2009), Stat Med 28:3083: up to 0.1 SD arms count as alike."""
    panel = people(np.random.default_rng(4))
    first = (panel["time"] == "before").to_numpy()
    later = panel[(panel["time"] == "late") & panel["value"].notna()]["unit"]
    own = first & panel["unit"].isin(later).to_numpy()
    arms = [own & (panel["arm"] == arm).to_numpy() for arm in ("control", "intervention")]
    for rows in arms:  # means made equal among those who answer late
        panel.loc[rows, "value"] -= panel.loc[rows, "value"].mean() - 10
    sd = rows_of(panel, context())["late", OBSERVED, "did"].baseline_sd
    assert sd is not None
    panel.loc[arms[1], "value"] += in_sd * sd
    row = rows_of(panel, context())["late", OBSERVED, "did"]
    assert row.gap_in_sd == approx(in_sd, abs=1e-9)
    assert (row.threat is not None, row.common_mean is not None) == (told, told)


def test_chance_takes_the_threat_away_but_not_between_two_places() -> None:
    panel = people(np.random.default_rng(1))
    lot = rows_of(panel, context(randomised=True, sites=()))["late", OBSERVED, "did"]
    assert (lot.threat, lot.holds) == (None, words.CHANCE)
    assert lot.assumption == words.BY_CHANCE["did"]
    _constant(panel)  # nothing to adjust for: chance made the arms alike all the same
    for name, said in words.BY_CHANCE.items():
        found = rows_of(panel, context(randomised=True, sites=()))["late", OBSERVED, name]
        assert found.assumption == said and found.holds is None
    panel = people(np.random.default_rng(1))
    two = rows_of(panel, context(randomised=True))["late", OBSERVED, "did"]
    assert two.threat and two.holds == words.ONE_IS_TRUE


def test_a_slope_of_one_or_more_is_no_bracket() -> None:
    panel = people(np.random.default_rng(1))
    start = panel[panel["time"] == "before"].set_index("unit")["value"]
    late = (panel["time"] == "late").to_numpy()
    panel.loc[late, "value"] += panel.loc[late, "unit"].astype(str).map(start).to_numpy(dtype=float)
    row = rows_of(panel, context())["late", OBSERVED, "did"]
    assert row.slope is not None and row.slope > 1 and row.holds == words.SLOPE_TOO_STEEP


def test_ends_that_are_the_same_have_no_upper_one() -> None:
    """A slope of 1 but for rounding: neither is above, and the two are no bracket."""
    panel = people(np.random.default_rng(1))
    start = panel[panel["time"] == "before"].set_index("unit")["value"]
    late = (panel["time"] == "late").to_numpy()
    own = panel.loc[late, "unit"].astype(str)
    north = (panel.loc[late, "arm"] == "intervention").to_numpy(dtype=float)
    noise = np.tile([0.5, -0.5], 30)[: late.sum()]
    first = own.map(start).to_numpy(dtype=float)
    for side in (0, 1):  # noise without a slope on the first answer
        rows = north == side
        centred = first[rows] - first[rows].mean()
        noise[rows] -= noise[rows].mean()
        noise[rows] -= centred * (noise[rows] @ centred) / (centred @ centred)
    panel.loc[late, "value"] = first + north + noise
    found = rows_of(panel, context())
    for name in ("did", "ancova"):
        row = found["late", OBSERVED, name]
        assert row.place is None and row.holds == words.SLOPE_TOO_STEEP
        assert row.estimate == approx(1)


def test_contaminated_controls_are_left_out_beside_all() -> None:
    """Those who are contaminated, or of whom it is not known; where nobody is, a row says so."""
    panel = people(np.random.default_rng(1))
    order = panel["unit"].astype(str).str[1:].astype(int)
    control = panel["arm"] == "control"
    said = np.where(control & (order < 6), "yes", np.where(control & (order == 6), None, "no"))
    flagged = panel.assign(**{FLAG: pd.Categorical(said, categories=["yes", "no"])})
    found = rows_of(flagged, context())
    row = found["late", WITHOUT, "did"]
    by_hand = panel[~(control & (order <= 6))]
    wide = by_hand.pivot(index="unit", columns="time", values="value").dropna(
        subset=["before", "late"]
    )
    arm = by_hand.drop_duplicates("unit").set_index("unit")["arm"][wide.index]
    change = (wide["late"] - wide["before"]).groupby(arm, observed=True).mean()
    assert row.estimate == approx(change["intervention"] - change["control"], rel=1e-12)
    assert (
        words.SELECTED in row.warnings
        and words.SELECTED not in found["late", OBSERVED, "did"].warnings
    )
    nobody = panel.assign(**{FLAG: pd.Categorical(["no"] * len(panel), categories=["yes", "no"])})
    said = {key: row for key, row in rows_of(nobody, context()).items() if key[1] != OBSERVED}
    assert {key[2] for key in said} == {"bracket"}
    assert {row.reason for row in said.values()} == {words.NOBODY}
    unknown = panel.assign(**{FLAG: pd.Categorical([None] * len(panel), categories=["yes", "no"])})
    found = rows_of(unknown, context())
    assert {r.status for k, r in found.items() if k[1] == WITHOUT} == {"not_estimable"}


def _constant(panel: pd.DataFrame) -> None:
    panel.loc[panel["time"] == "before", "value"] = 10.0


def _nobody(panel: pd.DataFrame) -> None:
    panel.loc[(panel["time"] == "late") & (panel["arm"] == "control"), "value"] = np.nan


@pytest.mark.parametrize(
    ("spoil", "estimator", "reason"),
    [
        (_constant, "ancova", "nothing to adjust for"),
        (_nobody, "bracket", "control arm holds nobody"),
    ],
)
def test_what_has_no_answer_says_why(
    spoil: Callable[[pd.DataFrame], None], estimator: str, reason: str
) -> None:
    panel = people(np.random.default_rng(1))
    spoil(panel)
    row = rows_of(panel, context())["late", OBSERVED, estimator]
    assert row.status == "not_estimable" and reason in str(row.reason)
    assert row.estimate is None and row.threat is None


def test_covariates_are_those_of_a_declared_model() -> None:
    told = context()
    by_regression = Did(
        kind="did", design="change", outcomes=("score",), covariates=("age",), study=told
    )
    dose = by_regression.model_copy(update={"dose": "age"})
    assert adjustment({"dose": dose}, "score") is None
    weighted = WeightedDid(
        kind="weighted_did", design="change", method="entropy", outcomes=("score",),
        covariates=("age",), study=told,
    )  # fmt: skip
    balancing = {"doubly": models(told)["doubly"], "weighted": weighted}
    chosen = adjustment({"did": by_regression, **models(told)}, "score")
    assert chosen is not None and chosen.model == "doubly"
    elsewhere = adjustment({"other": models(told)["doubly"]}, "another")
    assert elsewhere is not None and elsewhere.model == "other"
    for kind in ("doubly", "weighted"):  # each before regression, wherever it stands
        chosen = adjustment({"regressed": by_regression, kind: balancing[kind]}, "score")
        assert chosen is not None and chosen.model == kind
    regressed = by_regression.model_copy(update={"outcomes": ("another",)})
    chosen = adjustment({"doubly": balancing["doubly"], "regressed": regressed}, "another")
    assert chosen is not None and chosen.model == "regressed"  # the outcome's own before that
    panel = people(np.random.default_rng(1))
    rows, _ = brackets({"did": models(told)["did"]}, panel)
    third = next(row for row in rows if row.estimator == "doubly_robust")
    assert (third.status, third.reason) == ("not_estimable", words.NO_COVARIATES)


def test_respondents_and_outcomes_without_baseline_have_none() -> None:
    panel, told = people(np.random.default_rng(1)), context()
    asked = told.outcomes["score"].model_copy(update={"times": ("after", "late")})
    late = told.model_copy(update={"outcomes": {"score": asked}})
    rows, _ = brackets(models(late), panel)
    assert {row.reason for row in rows} == {words.NO_BASELINE.format(first="before")}
    survey = Did(
        kind="did", design="cross_sections", level="respondent", outcomes=("score",), study=told
    )
    rows, checks = brackets({"survey": survey}, panel)
    assert [(row.status, row.reason) for row in rows] == [("not_available", words.OTHER_PEOPLE)] * 2
    assert checks == []

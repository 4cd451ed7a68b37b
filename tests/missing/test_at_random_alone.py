"""Missing at random by the reference-based rows' own engine: closed forms of two times.

With two times and the second one missing, the likelihood's mean of the second answers is that of
those there plus the slope of the second on the first, times how far their first mean lies from
everybody's (Anderson 1957, JASA 52:200-3). The slope is that of those with both answers, by REML
too: the means leave the conditional part's likelihood as it is.
"""

from dataclasses import replace

import numpy as np
import pytest

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.analysed import Analysis, analysis_of
from cesp_analysis.missing.profile_times import ALIKE, NOBODY, profile_times
from cesp_analysis.missing.reference_rows import HowMany, Referred, jackknifed, referred, rubin
from cesp_analysis.missing.sets import Sets
from pushed_panel import CASES, analysis, gapped, imputed_model, sets_of

ALONE = "missing_at_random"


def monotone() -> Analysis:
    """The second of three times is nobody's: two are left, the last of them with gaps."""
    panel = gapped(baseline=False)
    panel["value"] = panel["value"].mask(panel["time"].astype(str) == "t1")
    return analysis_of(panel, imputed_model(**CASES["Welch"]), "y", sets_of_last(panel))


def sets_of_last(panel: "object") -> Sets:
    """Sets in which the second time stays a gap, as `impute` leaves what nobody answered."""
    made = sets_of(panel)  # type: ignore[arg-type]
    cells = made.outcomes["all", "y"]
    kept = cells.times == "t2"
    own = replace(
        cells, units=cells.units[kept], times=cells.times[kept], values=cells.values[:, kept]
    )
    return Sets(made.m, {("all", "y"): own}, {}, {})


def anderson(first: Floats, last: Floats, arm: Codes) -> float:
    """Difference in mean change."""
    changes = []
    for group in (0, 1):
        x, y = first[arm == group], last[arm == group]
        seen = np.isfinite(y)
        slope = np.cov(x[seen], y[seen])[0, 1] / x[seen].var(ddof=1)
        changes.append(y[seen].mean() + slope * (x.mean() - x[seen].mean()) - x.mean())
    return float(changes[1] - changes[0])


def known_of(own: Analysis, m: int = 5) -> Referred:
    return referred(own, 1, HowMany(m, 0.05, m))


def test_conditional_means_are_andersons_and_so_is_their_jackknife() -> None:
    own = monotone()
    first, last, arm = own.answers.observed[:, 0], own.answers.observed[:, 2], own.answers.arm
    found, n = jackknifed(own, "m/y/t2", ALONE, known_of(own))
    # an optimiser finds the slope to some 1e-7
    assert found.estimate == pytest.approx(anderson(first, last, arm), rel=1e-6)
    keep = ~np.eye(len(arm), dtype=bool)
    left = np.array([anderson(first[one], last[one], arm[one]) for one in keep])
    error = np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2))
    assert n == 48 and found.std_error == pytest.approx(error, rel=1e-6)


def test_draws_are_andersons_on_average() -> None:
    """The posterior's slope has its mean there too; their variance is the jackknife's."""
    own = monotone()
    observed = own.answers.observed
    found, m = rubin(own, "m/y/t2", ALONE, known_of(own, 2000))
    assert m == 2000 and found.monte_carlo is not None
    by_hand = anderson(observed[:, 0], observed[:, 2], own.answers.arm)
    assert found.estimate == pytest.approx(by_hand, abs=4 * found.monte_carlo)
    other, _ = jackknifed(own, "m/y/t2", ALONE, known_of(own))
    # two estimates of one variance from 48 people, each some 10% off
    assert found.std_error == pytest.approx(other.std_error, rel=0.15)


def test_the_other_strategies_do_without_the_time_too() -> None:
    """The same numbers as of a study that never had it."""
    own, panel = monotone(), gapped(baseline=False)
    panel["value"] = panel["value"].mask(panel["time"].astype(str) == "t1")
    two = panel[panel["time"].astype(str) != "t1"].copy()
    two["time"] = two["time"].astype(str).astype("category")
    spec = imputed_model(**CASES["Welch"])
    times = tuple(one for one in spec.context.times if one.name != "t1")
    spec = spec.model_copy(update={"study": spec.context.model_copy(update={"times": times})})
    never = analysis_of(two, spec, "y", sets_of_last(panel))
    known, of_two = known_of(own, 50), known_of(never, 50)
    assert known.without(own.spec.moments()).endswith(f"({NOBODY}).")
    assert of_two.without(never.spec.moments()) == ""
    for strategy in ("jump_to_reference", "copy_increments", "copy_reference"):
        for how in (jackknifed, rubin):
            one, other = how(own, "m/y/t2", strategy, known), how(never, "m/y/t2", strategy, of_two)  # type: ignore[arg-type]
            assert one[0].reason == "" and one[0].estimate == pytest.approx(
                other[0].estimate, rel=1e-12
            )
            assert one[0].std_error == pytest.approx(other[0].std_error, rel=1e-12)


def test_a_row_of_a_time_that_profiles_do_not_hold_says_so() -> None:
    """Two people answered at an arm's second time: that row has none, the last one its own."""
    panel = gapped()
    units = panel["unit"].astype(str)
    few = units.isin(["p001", "p005"]) | (units.str[1:].astype(int) % 2 == 0)
    panel["value"] = panel["value"].mask((panel["time"].astype(str) == "t1") & ~few)
    own = analysis_of(panel, imputed_model(**CASES["Welch"]), "y", sets_of(panel))
    known = known_of(own)
    said = "an arm has 2 of the 5 answers that means and covariances need"
    for how in (jackknifed, rubin):
        assert how(own, "m/y/t1", "jump_to_reference", known)[0].reason == (
            f"means and covariances do not hold this time: {said}"
        )
        assert how(own, "m/y/t2", "jump_to_reference", known)[0].reason == ""


def test_which_times_are_left_out() -> None:
    """Fewest first; a shorter profile needs fewer answers; the reference time always stays."""
    y = np.arange(80.0).reshape(20, 4) ** 1.5
    arm = np.repeat([0, 1], 10)
    assert profile_times(y, arm, 0).left == {}
    y[:6, 1], y[5:10, 2] = np.nan, np.nan  # 4 and 5 of the 6 that four times need
    made = profile_times(y, arm, 0)
    assert made.kept.tolist() == [0, 2, 3]  # three times need 5
    assert list(made.left) == [1] and "has 4 of the 6 answers" in made.left[1]
    y[10:, 3] = 7.0
    assert profile_times(y, arm, 0).left[3] == ALIKE
    y[:] = np.nan
    assert profile_times(y, arm, 2).kept.tolist() == [2]


def test_a_left_out_time_keeps_its_answers() -> None:
    made = profile_times(analysis("Welch").answers.observed, analysis("Welch").answers.arm, 0)
    assert made.kept.tolist() == [0, 1, 2] and made.left == {}
    y = np.array([[1.0, 2, np.nan], [3.0, np.nan, 5]] * 4)
    less = profile_times(y, np.array([0, 0, 0, 0, 1, 1, 1, 1]), 0)
    filled = np.arange(8.0 * len(less.kept)).reshape(8, len(less.kept))
    whole = less.whole(y, filled)
    assert np.array_equal(whole[:, less.kept], filled)
    gone = [at for at in range(3) if at not in less.kept]
    assert np.array_equal(whole[:, gone], y[:, gone], equal_nan=True)

"""Many replicates at once: the same answers as one at a time, drawn clusters too, and refusals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models import nested_many
from cesp_analysis.models.nested import CollinearColumns, ZeroResidualVariance, fit_nested
from cesp_analysis.models.nested_df import judged, judged_many
from cesp_analysis.models.nested_many import fit_nested_many
from nested_data import a1, a1_in_levels, case05, generated, three

SAME = 1e-8  # both end where the slope in a log ratio is below 1e-9; seen: 7e-9, mostly 1e-10
Case = tuple[np.ndarray, np.ndarray, list[np.ndarray]]


def outcomes(case: Case, r: int, seed: int = 1) -> np.ndarray:
    """r outcomes of a design; the standard deviation of each level is 0, .2, .5 or 1."""
    rng = np.random.default_rng(seed)
    y = rng.normal(0, 1, (r, len(case[0])))
    for codes in case[2]:
        size = rng.choice([0, 0.2, 0.5, 1], (r, 1))
        y += rng.normal(0, 1, (r, int(codes.max()) + 2))[:, codes] * size
    return y


def partially_nested() -> Case:
    """Neighbourhoods' effects in one arm only."""
    y, x, (person, near) = generated()
    return y, x, [person, np.where(x[:, 1] > 0, near, -1)]


def without_levels() -> Case:
    """A1 without random effects."""
    y, x, _ = a1()
    return y, x, []


def same(many: Any, at: int, one: Any, rule: Any) -> None:
    """Everything that a fit says, and standard error and df of its second coefficient."""
    assert many.criterion[at] == approx(one.criterion, rel=1e-12)
    assert many.coef[at] == approx(one.coef, rel=SAME, abs=SAME)
    assert many.cov[at] == approx(one.cov, rel=SAME, abs=SAME)
    assert many.variances[at] == approx(np.array(one.variances), rel=SAME, abs=SAME)
    assert many.residual_variances[at] == approx(np.array(one.residual_variances), rel=SAME)
    assert tuple(many.at_boundary[at]) == one.at_boundary
    contrast = np.eye(len(one.coef))[1]
    for which in ("expected", "observed") if rule == "kenward_roger" else ("observed",):
        errors, df = judged_many(many, contrast, rule, which)
        assert (errors[at], df[at]) == approx(judged(one, contrast, rule, which), rel=SAME)


DESIGNS: dict[str, tuple[Callable[[], Case], dict[str, Any]]] = {
    "one level": (case05, {}),
    "person": (a1_in_levels, {}),
    "two levels": (generated, {}),
    "three levels": (three, {}),
    "maximum likelihood": (three, {"method": "ML"}),
    "one arm only": (partially_nested, {}),
    "no level": (without_levels, {}),
    "classes": (a1_in_levels, {"classes": (a1()[1][:, 2] > 1).astype(int)}),
    "weights": (generated, {"weight": 0.5 + np.arange(504) % 7 / 3}),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_same_as_one_at_a_time(name: str) -> None:
    made, settings = DESIGNS[name]
    case = made()
    y = outcomes(case, 12)
    many = fit_nested_many(y, *case[1:], **settings)
    assert many.failed == {}
    rule = "satterthwaite" if settings.get("method") == "ML" else "kenward_roger"
    for at, own in enumerate(y):
        same(many, at, fit_nested(own, *case[1:], **settings), rule)


def test_variances_at_zero_did_occur() -> None:
    case = three()
    zero = fit_nested_many(outcomes(case, 40), *case[1:]).at_boundary
    assert (zero.any(axis=0) & ~zero.all(axis=0)).all()  # at each level, both


def redrawn(case: Case, drawn: np.ndarray) -> tuple[np.ndarray, Case]:
    """Which rows a draw of outermost groups holds, and the data: each copy has codes of its own."""
    y, x, groups = case
    rows, codes = list[np.ndarray](), [list[np.ndarray]() for _ in groups]
    copies = 0
    for group, often in enumerate(drawn.astype(int)):
        here = np.flatnonzero(groups[-1] == group)
        for _ in range(often):
            rows.append(here)
            for level, own in enumerate(groups):
                codes[level].append(own[here] + 10_000 * copies)
            copies += 1
    kept = np.concatenate(rows)
    return kept, (y[kept], x[kept], [np.concatenate(own) for own in codes])


@pytest.mark.parametrize("name", ["one level", "two levels", "three levels", "weights", "classes"])
@pytest.mark.parametrize("outcome", ["one", "each its own"])
def test_a_draw_of_clusters_is_a_fit_to_their_copies(name: str, outcome: str) -> None:
    made, settings = DESIGNS[name]
    y, x, groups = made()
    groups[-1] = np.unique(groups[-1], return_inverse=True)[1]
    rng, count = np.random.default_rng(6), int(groups[-1].max()) + 1
    drawn = rng.multinomial(count, np.full(count, 1 / count), 8).astype(float)
    ys = outcomes((y, x, groups), 8) if outcome != "one" else np.tile(y, (8, 1))
    many = fit_nested_many(ys if outcome != "one" else y, x, groups, **settings, drawn=drawn)
    assert many.failed == {}
    for at in range(8):
        rows, copied = redrawn((ys[at], x, groups), drawn[at])
        own = {what: part[rows] for what, part in settings.items()}
        one = fit_nested(*copied, **own)
        assert many.n_obs[at] == one.n_obs == len(rows)
        same(many, at, one, "kenward_roger")


def test_slices_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    case = generated()
    y = outcomes(case, 7)
    whole = fit_nested_many(y, *case[1:])
    monkeypatch.setattr(nested_many, "_NUMBERS", 20_000)
    parts = fit_nested_many(y, *case[1:])
    assert parts.coef == approx(whole.coef, rel=SAME)
    assert parts.information.expected == approx(whole.information.expected, rel=1e-7)
    assert parts.at_boundary.shape == whole.at_boundary.shape == (7, 2)


def test_a_replicate_without_an_answer_says_why_and_leaves_the_others_alone() -> None:
    case = generated()
    y = outcomes(case, 4)
    y[2] = case[1] @ np.arange(7.0)
    many = fit_nested_many(y, *case[1:])
    assert list(many.failed) == [2] and isinstance(many.failed[2], ZeroResidualVariance)
    errors, df = judged_many(many, np.eye(7)[1], "kenward_roger", "expected")
    for part in (many.coef[2], many.criterion[2:3], errors[2:3], df[2:3]):
        assert np.isnan(part).all()
    for at in (0, 1, 3):
        same(many, at, fit_nested(y[at], *case[1:]), "kenward_roger")


def test_a_draw_that_holds_one_arm_cannot_be_fitted() -> None:
    y, x, groups = case05()
    treated = np.unique(groups[0][x[:, 1] == 1])
    drawn = np.ones((3, 10))
    drawn[1] = np.isin(np.arange(10), treated) * 2
    many = fit_nested_many(y, x, groups, drawn=drawn)
    assert list(many.failed) == [1] and "cannot tell the columns" in str(many.failed[1])
    every = fit_nested_many(y, x, groups, drawn=drawn[[1, 1]])
    assert list(every.failed) == [0, 1] and np.isnan(every.coef).all()


def test_what_does_not_go_together_is_said() -> None:
    y, x, groups = case05()
    with pytest.raises(ValueError, match="outermost group for each row"):
        fit_nested_many(y, x, [], drawn=np.ones((2, 10)))
    with pytest.raises(ValueError, match="a column for each outermost group"):
        fit_nested_many(y, x, groups, drawn=np.ones((2, 9)))
    with pytest.raises(ValueError, match="3 outcomes do not go with 2 draws"):
        fit_nested_many(np.tile(y, (3, 1)), x, groups, drawn=np.ones((2, 10)))
    with pytest.raises(CollinearColumns):
        fit_nested_many(y, x[:, [0, 1, 1]], groups)
    with pytest.raises(ValueError, match="finite"):
        fit_nested_many(np.append(y[1:], np.nan), x, groups)

"""The locations and people that power asks for move with the draws as their errors say."""

import numpy as np
import pytest

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.designed import answer_of
from cesp_analysis.planning.needed_error import PARTS, errors_of_needed, middles
from cesp_analysis.planning.uncertain import Uncertain, crossed

DESIGN = {"label": "P", "kind": "parallel_post", "locations": [40], "people": [20]}
SIZES = {"locations": np.array([40.0, 80.0]), "people": np.array([20.0, 50.0])}
HELD = {"icc": 0.03, "cac": 1.0, "retention": 1.0, "size_cv": 0.0, "icc_link_worker": 0.05}


def drawn(seed: int, draws: int = 2000, **held: float) -> Uncertain:
    rng = np.random.default_rng(seed)
    own = {name: np.full(draws, value) for name, value in (HELD | held).items()}
    return Uncertain(own | {"sd": rng.normal(10, 1, draws), "iac": rng.normal(0.5, 0.05, draws)})


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({}, "needed"), ({}, "people_needed"),
        ({"kind": "parallel_baseline"}, "needed"),
        ({"kind": "individual", "people": [80]}, "needed"),
        ({"kind": "stepped_wedge", "sampling": "cross_section"}, "people_needed"),
    ],
)  # fmt: skip
def test_errors_are_what_other_draws_move_the_numbers_by(
    more: dict[str, object], asked: str
) -> None:
    """The SD over 60 sets of draws, whose own error is 9%, beside the mean of 60 errors of 20 parts
    each (2%): within 30%. The first set's is, to first order, what roots of its parts give: within
    6% of a cohort in 10 or 18 locations, whose df move with their number, else 2%."""
    own = answer_of(TrialDesign.model_validate(DESIGN | more), "block_exchangeable", 0.05, 3.0)
    sets = [drawn(seed) for seed in range(60)]
    ask = getattr(own, asked)

    def of(middle: list[dict[str, np.ndarray]]) -> np.ndarray:
        fields = [crossed(SIZES, one) for one in middle]
        together = {name: np.concatenate([one[name] for one in fields]) for name in fields[0]}
        return np.asarray(ask(together, 0.8, whole=False)).reshape(60, 2, -1)

    spread = of([one.middle() for one in sets])[..., 0].std(axis=0, ddof=1)
    errors = of([middles(one) for one in sets]).std(axis=2, ddof=1) / PARTS**0.5
    found = errors_of_needed(own, sets[0], SIZES, 0.8)[f"{asked}_mcse"]
    np.testing.assert_allclose(found, errors[0], rtol=0.06)
    assert (spread > 0).all()
    np.testing.assert_allclose(errors.mean(0), spread, rtol=0.3)


def test_of_many_locations_it_is_the_medians_own_error() -> None:
    """Locations go with the SD's square: 2 / 10 times 1.2533 / root n of a normal law's median."""
    own = answer_of(TrialDesign.model_validate(DESIGN), "block_exchangeable", 0.05, 0.6)
    made, sizes = drawn(1, 20_000), {name: value[:1] for name, value in SIZES.items()}
    needed = own.needed(made.middle() | sizes, 0.8, whole=False)
    (error,) = errors_of_needed(own, made, sizes, 0.8)["needed_mcse"]
    # an SD of 20 parts has an error of 16%
    assert error == pytest.approx(needed[0] * 0.2 * 1.2533 / 20_000**0.5, rel=0.5)


@pytest.mark.parametrize("draws", [200, 2000])
def test_what_is_held_or_published_has_no_error(draws: int) -> None:
    """Pairs are drawn equally often, however few draws there are: 16 pairs of 200."""
    held, pairs = drawn(1, draws), np.resize([*np.linspace(0.02, 0.05, 16)], draws)
    held = Uncertain(held.values | {"sd": np.full(draws, 10.0), "icc": pairs})
    own = answer_of(TrialDesign.model_validate(DESIGN), "block_exchangeable", 0.05, 3.0)
    own_middles = middles(held, ("icc",))["icc"]
    assert (own_middles == np.median(pairs)).all() and len(own_middles) == PARTS
    found = errors_of_needed(own, held, SIZES, 0.8, ("icc",))
    held_too = Uncertain(held.values | {"iac": np.full(draws, 0.5)})
    for error in (*found.values(), *errors_of_needed(own, held_too, SIZES, 0.8, ("icc",)).values()):
        assert (error == 0).all(), "not rounding: nothing moves"


def test_what_no_number_gives_has_none() -> None:
    own = answer_of(TrialDesign.model_validate(DESIGN), "block_exchangeable", 0.05, 3.0)
    sizes = {"locations": np.array([6.0]), "people": np.array([20.0])}
    found = errors_of_needed(own, drawn(1, icc=0.2), sizes, 0.8)
    assert np.isnan(found["people_needed_mcse"]).all() and np.isfinite(found["needed_mcse"]).all()


def test_designs_are_answered_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each as it is alone, with no root for each part."""
    own = answer_of(TrialDesign.model_validate(DESIGN), "block_exchangeable", 0.05, 3.0)
    sizes = {"locations": np.full(5, 40.0), "people": np.arange(20.0, 70.0, 10.0)}
    whole = errors_of_needed(own, drawn(1), sizes, 0.8)
    monkeypatch.setattr("cesp_analysis.planning.needed_error.AT_ONCE", 2 * PARTS)
    asked: list[int] = []
    monkeypatch.setattr(
        type(own), "needed",
        lambda self, fields, *_, **__: (asked.append(len(fields["icc"])), fields["locations"])[1],
    )  # fmt: skip
    again = errors_of_needed(own, drawn(1), sizes, 0.8)["people_needed_mcse"]
    assert again == pytest.approx(whole["people_needed_mcse"]) and asked == [2, 2, 1]

"""Totals, limits and replicates of a few respondents, by hand; what is said of replicates."""

from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.declared.surveys import SurveyDesign, Trim
from cesp_analysis.errors import CespError
from cesp_analysis.survey.bounded import bounded
from cesp_analysis.survey.cells import Cells, Target
from cesp_analysis.survey.groups import Group
from cesp_analysis.survey.margin_lines import Declared
from cesp_analysis.survey.margins import Margin, read_margins
from cesp_analysis.survey.quantities import Quantity
from cesp_analysis.survey.raking import raked
from cesp_analysis.survey.replicate import ReplicateSpec, _few, _warnings, replicate
from cesp_analysis.survey.replicate_weights import bootstrap
from cesp_analysis.survey.replicated import Sums, _among, sums_of
from cesp_analysis.survey.weighted import Weighted, faults_of, weighted
from generated_survey import DECLARED, margins_text


def group(base: list[float], codes: list[int], people: list[float], unknown: bool = False) -> Group:
    """The respondents of one site and wave, and one margin."""
    target = Target(np.array(codes), np.array(people), unknown)
    n, labels = len(base), tuple(f"c{k}" for k in range(len(people)))
    return Group(("a", "w1"), np.arange(n), np.array(base), (target,), (labels,), sum(people), ())


def test_a_category_that_a_replicate_leaves_empty_gives_its_people_to_the_others() -> None:
    target = Target(np.array([0, 1, 2]), np.array([50.0, 30.0, 20.0]))
    base = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0], [4.0, 0.0, 1.0]])
    expected = [[50, 30, 20], [62.5, 37.5, 0], [500 / 7, 0, 200 / 7]]
    assert target.totals(base, 100.0) == approx(np.array(expected))


def test_those_whose_category_is_not_known_keep_the_share_of_their_base_weights() -> None:
    """In each replicate their own; of the rest a category without anybody has none."""
    target = Target(np.array([0, 1, 2]), np.array([60.0, 40.0, 0.0]), unknown=True)
    base = np.array([[1.0, 2.0, 1.0], [3.0, 2.0, 5.0], [1.0, 0.0, 4.0], [1.0, 1.0, 0.0]])
    expected = [[45, 30, 25], [30, 20, 50], [20, 0, 80], [60, 40, 0]]
    assert target.totals(base, 100.0) == approx(np.array(expected))


def test_the_worst_miss_is_a_share_of_what_the_category_must_sum_to() -> None:
    one = Target(np.array([0, 0, 1]), np.array([60.0, 40.0]))
    other = Target(np.array([0, 1, 1]), np.array([20.0, 80.0]))
    cells = Cells.made([one, other])
    base = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])
    met = np.array([[20.0, 40.0, 40.0], [20.0, 80.0, 0.0]])
    assert cells.miss(base, met[:, _order(cells)], 100.0) == approx([0, 0])
    off = np.array([[25.0, 40.0, 40.0], [20.0, 60.0, 0.0]])
    # 25 for 20; in the second nobody is left of a category, and 60 stand for 80
    assert cells.miss(base, off[:, _order(cells)], 100.0) == approx([0.25, 0.25])


def _order(cells: Cells) -> np.ndarray:
    """Which respondent each cell is of, where each has one."""
    return np.argsort(cells.of)


@pytest.mark.parametrize(("low", "high"), [(0.5, 1.2), (0.8, 1.5)])
def test_a_weight_that_comes_to_a_limit_by_itself_is_not_trimmed(low: float, high: float) -> None:
    """Of 100 people 4 respondents: 30, 30, 20 and 20, 1.2 and 0.8 times the mean."""
    own = group([1.0] * 4, [0, 0, 1, 1], [60.0, 40.0])
    found = weighted(own, "post_stratify", Trim(low=low, high=high))
    assert found.weights == approx([30, 30, 20, 20]) and found.limits.tolist() == [0] * 4


@pytest.mark.parametrize("method", ["rake", "calibrate"])
def test_weights_at_a_limit_are_marked_on_the_side_on_which_they_are(method: Any) -> None:
    """Base weights 1, 1 and 4 of a category of 60: 10, 10, 40; at the most 1.5 times the mean 20
    leaves 30, and the others share what is left."""
    own = group([1.0, 1.0, 4.0, 1.0, 1.0], [0, 0, 0, 1, 1], [60.0, 40.0])
    top = weighted(own, method, Trim(low=0, high=1.5))
    assert top.weights == approx([15, 15, 30, 20, 20], rel=1e-8)
    assert top.limits.tolist() == [0, 0, 1, 0, 0] and top.converged
    bottom = weighted(own, method, Trim(low=0.6, high=10))
    assert bottom.weights == approx([12, 12, 36, 20, 20], rel=1e-8)
    assert bottom.limits.tolist() == [-1, -1, 0, 0, 0]
    assert not faults_of(own, top, method, Trim(low=0, high=1.5))


def test_calibration_within_limits_moves_weights_by_what_their_base_is() -> None:
    """Linear, two margins, by the equations: w = d (1 + a + b x) between the limits."""
    one = Target(np.zeros(4, dtype=int), np.array([40.0]))
    x = Target(np.array([0, 0, 1, 1]), np.array([10.0, 30.0]))
    base = np.array([4.0, 2.0, 3.0, 1.0])
    own = Group(("a", "w1"), np.arange(4), base, (one, x), (("c",), ("n", "y")), 40.0, ())
    found = weighted(own, "calibrate", Trim(low=0.3, high=2))
    # 10 and 30 by base: 6.67, 3.33; 22.5, 7.5. At the most 20, at the least 3: 20 and 10
    assert found.weights == approx([20 / 3, 10 / 3, 20, 10], rel=1e-7)
    assert found.limits.tolist() == [0, 0, 1, 0]


@pytest.mark.parametrize(("miss", "converged"), [(0.0, True), (1e-6, True), (1.01e-6, False)])
def test_a_margin_is_met_to_a_millionth(miss: float, converged: bool) -> None:
    found = Weighted(np.ones(1), np.zeros(1, dtype=int), 1, miss)
    assert found.converged == converged


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"low": 0.1, "high": 1.5}, "1 respondent of c0 must stand for 60 people, 1.8 times the"
         " mean weight each, but high is 1.5"),
        ({"low": 0.7, "high": 9}, "2 respondents of c1 must stand for 40 people, 0.6 times the"
         " mean weight each, but low is 0.7"),
    ],
)  # fmt: skip
def test_the_category_that_cannot_stand_for_its_people_is_named(
    limits: dict[str, float], said: str
) -> None:
    own = group([1.0] * 3, [0, 1, 1], [60.0, 40.0])
    trim = Trim(**limits)
    (told,) = faults_of(own, weighted(own, "rake", trim), "rake", trim)
    assert told.startswith(f"config.yaml: surveys.weights: a in w1: trim: {said}")


def test_a_replicate_holds_the_categories_of_those_it_has() -> None:
    codes, people = np.array([0, 1, 2, 2]), np.array([50.0, 30.0, 0.0])
    unknown, known = Target(codes, people, unknown=True), Target(codes, people)
    every = np.ones(4, dtype=bool)
    (own,), whole = _among([unknown], every)
    assert own.codes.tolist() == [0, 1, 2, 2] and own.unknown and whole
    (own,), whole = _among([unknown], np.array([True, False, True, False]))
    assert (own.codes.tolist(), own.people.tolist()) == ([0, 1], [50, 0])
    assert own.unknown and not whole
    (own,), whole = _among([unknown], np.array([True, True, False, False]))
    assert own.people.tolist() == [50, 30] and not own.unknown and not whole
    (own,), whole = _among([known], np.array([False, True, True, True]))
    assert own.people.tolist() == [30, 0] and not own.unknown and not whole


def test_replicates_whose_limits_cannot_hold_are_counted() -> None:
    """Without the second unit one respondent must stand for 60 of 100, the mean being 100 / 3."""
    own = group([1.0] * 4, [0, 0, 1, 1], [60.0, 40.0])
    factor, psu = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 1.0]]), np.array([0, 1, 2, 2])
    values = np.array([[1.0], [2.0], [3.0], [4.0]])
    found = sums_of(own, psu, factor, values, "rake", Trim(low=0.1, high=1.3))
    assert (found.lost, found.missed) == (0, 1) and found.sums[0] == approx([230.0])
    free = sums_of(own, psu, factor, values, "rake", None)
    assert (free.lost, free.missed) == (0, 0) and free.sums[:, 0] == approx([230, 200])
    gone = sums_of(own, psu, np.array([[1.0, 1.0, 0.0]]), values, "rake", Trim(low=0.1, high=9))
    assert (gone.lost, gone.missed) == (1, 0) and gone.sums[0] == approx([150.0])


def test_one_margin_is_raked_in_one_sweep_and_two_in_several() -> None:
    one = Target(np.array([0, 0, 1, 1]), np.array([60.0, 40.0]))
    other = Target(np.array([0, 1, 1, 0]), np.array([30.0, 70.0]))
    base = np.array([[1.0, 2.0, 3.0, 4.0]])
    alone = Cells.made([one])
    assert raked(alone, alone.sums(base[0])[None], 100.0).steps == 1
    both = Cells.made([one, other])
    found = raked(both, both.sums(base[0])[None], 100.0)
    weights = base[0] * found.factor[0][both.of]
    assert found.steps > 1 and found.miss[0] < 1e-9
    assert weights[:2].sum() == approx(60) and weights[[0, 3]].sum() == approx(30)
    # raking keeps the odds ratio of the base weights
    assert weights[0] * weights[2] / weights[1] / weights[3] == approx(3 / 8)


def test_weights_that_meet_the_margins_as_they_came_take_one_step() -> None:
    own = group([15.0, 15.0, 20.0, 20.0], [0, 0, 1, 1], [30.0, 40.0])
    cells = Cells.made(own.targets)
    for linear in (True, False):
        found = bounded(cells, own.base, 70.0, 5.0, 30.0, linear)
        assert (found.steps, found.miss) == (1, 0) and found.weights == approx(own.base)
    assert weighted(own, "calibrate", None).steps == 1
    assert weighted(group([1.0] * 4, [0, 0, 1, 1], [30.0, 40.0]), "calibrate", None).steps == 1


def test_the_bootstrap_draws_units_of_each_stratum_and_leaves_a_lone_one() -> None:
    made = bootstrap(np.array([0, 0, 1, 2, 2, 2]), 400, np.random.default_rng(1))
    assert made.factor.shape == (400, 6) and made.scale == approx(np.full(400, 1 / 399))
    assert set(made.factor[:, 0]) == {0.0, 2.0}  # one of two is drawn, and counts twice
    assert (made.factor[:, 0] + made.factor[:, 1] == 2).all()
    assert (made.factor[:, 2] == 1).all()
    assert set(made.factor[:, 3]) == {0.0, 1.5, 3.0}
    assert made.factor[:, 3:].sum(axis=1) == approx(np.full(400, 3))
    # two drawn of three: none of a unit in 4 of 9 draws; four Monte Carlo errors of 400 draws
    assert (made.factor[:, 3] == 0).mean() == approx(4 / 9, abs=0.1)


def sums(lost: int, missed: int) -> Sums:
    return Sums(np.zeros((1, 1)), lost, missed)


def test_replicates_that_lack_a_category_or_miss_a_margin_are_said() -> None:
    assert list(_warnings([sums(0, 0)], 12)) == list(_warnings([], 12)) == []
    (lost,) = _warnings([sums(3, 0)], 12)
    assert lost == (
        "in 3 of 12 replicates a margin's category has nobody: there the other categories share its"
        " people"
    )
    (missed,) = _warnings([sums(0, 1), sums(0, 4)], 12)
    assert missed == (
        "in up to 4 of 12 replicates of a site and wave that it compares weights miss a margin by"
        " more than 1%: trust the linearised standard error"
    )
    assert len(list(_warnings([sums(1, 0), sums(0, 1)], 1))) == 2


@pytest.mark.parametrize(
    ("fewest", "minimum", "few"),
    [(0, 10, ""), (1, 10, "10"), (9, 10, "10"), (10, 10, ""), (1, 1, "2"), (2, 1, "")],
)
def test_a_quantity_of_few_answers_is_not_shown(fewest: int, minimum: int, few: str) -> None:
    how = ReplicateSpec(
        method="rake", declared=DECLARED, replicates="jackknife", design=SurveyDesign(),
        outcomes={}, minimum=minimum,
    )  # fmt: skip
    one = Quantity({}, np.zeros(1), np.zeros(1), np.zeros(1, dtype=bool), (), fewest)
    assert _few(one, how) == (f"not shown: fewer than {few} answers" if few else "")


def test_replicates_stop_where_the_margins_changed_since_the_run_began(tmp_path: Any) -> None:
    path = tmp_path / "margins.csv"
    path.write_text(margins_text(), encoding="utf-8")
    told = f'{{"{path.as_posix()}":"{"0" * 64}"}}'
    with pytest.raises(CespError, match=r"margins\.csv: has changed since the run began"):
        replicate("{}", tmp_path / "none", [path], tmp_path / "out.csv", told)


def margins_of(folder: Any, *lines: str, sites: tuple[str, ...] = ("north",)) -> list[Margin]:
    path = folder / "margins.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    declared = Declared(sites=sites, waves=("w1", "w2"), covariates={"sex": ("f", "m"), "age": ()})
    return list(read_margins([path], declared))


def test_a_study_of_one_site_needs_no_column_of_sites(tmp_path: Any) -> None:
    lines = ("wave,sex,population", "w1,f,30", "w1,m,20", "w2,f,31", "w2,m,20")
    (found,) = margins_of(tmp_path, *lines)
    assert found.total(("north", "w1")) == 50 and found.total(("north", "w2")) == 51
    with pytest.raises(CespError) as told:
        margins_of(tmp_path, *lines, sites=("north", "south"))
    (problem,) = told.value.problems
    assert problem.endswith(
        "line 1: has no column site, but the study has north and south; say whose it is"
    )


GAP = ["site,wave,variable,category,population"] + [
    f"{site},{wave},{variable},{word},{n}"
    for site in ("north", "south")
    for wave in ("w1", "w2")
    for variable, word, n in (
        ("sex", "f", 50),
        ("sex", "m", 50),
        ("age", "u", 60),
        ("age", "o", 40),
    )
]


def test_a_line_that_no_place_has_people_of_is_not_asked_for(tmp_path: Any) -> None:
    lines = ["south,w2,age,o,10" if line == "south,w2,age,o,40" else line for line in GAP]
    nobody = [f"{s},{w},age,z,0" for s, w in (("north", "w1"), ("north", "w2"), ("south", "w1"))]
    with pytest.raises(CespError) as told:
        margins_of(tmp_path, *lines, *nobody, sites=("north", "south"))
    (problem,) = told.value.problems
    assert "line 16: age of south in w2 sums to 70, but sex to 100" in problem


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("south,w2,age,o,40", None),
         "{}: no line for age o of south in w2, which north in w1 has; add it. Without it age of"
         " south in w2 sums to 60, but sex to 100 ({}): more than 1% apart"),
        (("south,w2,age,o,40", "south,w2,age,o,0"),
         "{}: line 17: population 0 for age o, which north in w1 has people of; write how many it"
         " has. Without it age of south in w2 sums to 60, but sex to 100 ({}): more than 1% apart"),
        (("south,w2,age,o,40", "south,w2,age,o,10"),
         "{}: line 16: age of south in w2 sums to 70, but sex to 100 ({}): more than 1% apart, so"
         " that a line is missing or 0, or they count different people; add the line, or take both"
         " from one population"),
    ],
)  # fmt: skip
def test_a_line_that_another_place_has_is_named_where_totals_are_apart(
    tmp_path: Any, change: tuple[str, str | None], said: str
) -> None:
    old, new = change
    lines = [new if line == old else line for line in GAP]
    with pytest.raises(CespError) as told:
        margins_of(tmp_path, *[one for one in lines if one], sites=("north", "south"))
    path = (tmp_path / "margins.csv").as_posix()
    assert list(told.value.problems) == [said.format(path, path)]

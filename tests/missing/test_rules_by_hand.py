"""Rules of imputation on a few people: screening, matching, groups, intervals of values."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.missing.after_events import after_events, dates_of
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.chance import Streams
from cesp_analysis.missing.equations import About, Equations, _covariate
from cesp_analysis.missing.grouped import renumbered
from cesp_analysis.missing.impute import _Run
from cesp_analysis.missing.imputed_values import _observed, _width, edges_of, value_rows
from cesp_analysis.missing.made_sets import imputed_in
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.modes import mode
from cesp_analysis.missing.normal_profiles import drawn_profiles
from cesp_analysis.missing.people import people_of
from cesp_analysis.missing.recipe import Column, Recipe, indicators
from cesp_analysis.missing.screening import (
    combined,
    constant,
    correlations,
    like_ids,
    separates,
    standardised,
    strongest,
    varying,
)
from cesp_analysis.missing.together import blocks
from gap_tables import recipe_of

NO = np.nan


def test_columns_are_standardised_over_those_who_answered() -> None:
    raw = np.array([[-1.0, 7.0, 5.0, 1e9], [1.0, 7.0, NO, 1e9 + 2], [NO, NO, 9.0, 1e9 + 4]])
    found = standardised(raw)
    assert found.centre == approx([0, 7, 7, 1e9 + 2])
    assert found.scale == approx([1, 1, 2, np.sqrt(8 / 3)])
    z = [[-1, 0, -1, -np.sqrt(1.5)], [1, 0, 0, 0], [0, 0, 1, np.sqrt(1.5)]]
    assert found.z == approx(np.array(z))
    assert constant(found).tolist() == [False, True, False, False]


def test_correlations_are_over_those_who_have_both_and_none_of_what_does_not_vary() -> None:
    rng = np.random.default_rng(1)
    raw = rng.normal(size=(30, 4))
    raw[:, 2] = 3.0
    raw[:8, 1], raw[5:20, 3] = NO, NO
    found = correlations(standardised(raw))
    for i, j in ((0, 1), (0, 3), (1, 3)):
        both = np.isfinite(raw[:, i]) & np.isfinite(raw[:, j])
        assert found[i, j] == approx(np.corrcoef(raw[both][:, [i, j]].T)[0, 1])
    assert (found[2] == 0).all() and (found[:, 2] == 0).all()
    assert found[[0, 1, 3], [0, 1, 3]] == approx(np.ones(3))


def test_a_column_varies_where_two_of_the_people_differ_at_all() -> None:
    raw = np.array([[1.0, 1.0, 4.0], [1.1, 1.0, NO], [1.1, 1.0, NO], [90.0, 5.0, 7.0]])
    columns, among = standardised(raw), np.arange(3)
    assert varying(columns, np.arange(4), among).tolist() == [True, True, True]
    assert varying(columns, np.arange(3), among).tolist() == [True, False, False]
    assert varying(columns, np.array([1, 2]), among).tolist() == [False, False, False]


@pytest.mark.parametrize(
    ("n", "possible", "ids"), [(21, 29, True), (21, 30, False), (21, 31, False), (2, 2, False)]
)
def test_numbers_are_ids_where_chance_would_repeat_more_than_seven(
    n: int, possible: int, ids: bool
) -> None:
    """21 numbers coincide 210 / R times of R that are possible: 7.2, 7 and 6.8 times."""
    numbers = np.array([*range(1, n), possible], dtype=float)
    assert like_ids(standardised(numbers[:, None])).tolist() == [ids]
    assert like_ids(standardised(10 * numbers[:, None] + 3)).tolist() == [ids]
    twice = np.append(numbers, 1.0)
    assert like_ids(standardised(twice[:, None])).tolist() == [False]


def test_a_sum_of_others_is_found_whoever_answered() -> None:
    """Among those who answered the total it varies less than in all."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(40, 3))
    raw = np.column_stack([x, x[:, 0] - 2 * x[:, 1]])
    columns = standardised(raw)
    rows = np.flatnonzero(np.abs(raw[:, 3]) < 1.5)
    among = np.arange(3)
    assert (columns.z[rows, 3] ** 2).sum() < len(rows)
    assert combined(columns, rows, 3, among, 1e-6).tolist() == [True, True, False]
    other = standardised(np.column_stack([x, raw[:, 3] + rng.normal(size=40)]))
    assert not combined(other, rows, 3, among, 1e-6).any()


def test_a_column_that_parts_two_values_without_overlap_is_told() -> None:
    raw = np.array([[0, 1.0, 5.0, 1.0], [0, 2.0, 7.0, 1.0], [1, 3.0, 6.0, NO], [1, 4.0, 9.0, NO]])
    columns = standardised(raw)
    assert separates(columns, np.arange(4), 0, np.arange(1, 4)).tolist() == [True, False, False]


@pytest.mark.parametrize(
    ("people", "kept", "stay"),
    [(9, [], [1, 2, 4]), (9, [0, 3], [0, 3, 1]), (7, [0, 3, 5], [0, 3]), (30, [], range(6)),
     (8, [0, 2, 3], [0, 2, 3])],
)  # fmt: skip
def test_a_predictor_needs_three_people_and_kept_ones_come_first(
    people: int, kept: list[int], stay: Any
) -> None:
    strength = np.array([0.1, 0.9, 0.5, 0.2, 0.4, 0.0])
    held = np.isin(np.arange(6), kept)
    found = strongest(strength, people, held)
    assert set(np.flatnonzero(found)) == set(stay)


def test_clusters_are_numbered_anew_and_nobodys_stays() -> None:
    assert renumbered(np.array([7, -1, 3, 7, 9])).tolist() == [1, -1, 0, 1, 2]


def test_the_same_name_in_two_sites_is_two_neighbourhoods_and_blank_is_none() -> None:
    rows = [("a", "north", "x", "l"), ("b", "south", "x", "l"), ("c", "north", "x", None),
            ("d", "north", None, "k"), ("e", "south", "y", "l")]  # fmt: skip
    panel = pd.DataFrame(rows, columns=["unit", "site", "neighbourhood", "link_worker"]).assign(
        level="person", outcome="y", time="t0", value=[1.0, 2, 3, NO, 5]
    )
    people = people_of(panel, ("t0", "t1"), ["y"])
    near, worker = people.codes("neighbourhood"), people.codes("link_worker")
    assert near[0] == near[2] != near[1] and near[3] == -1 and len(set(near)) == 4
    assert worker[0] == worker[1] == worker[4] != worker[3] and worker[2] == -1
    assert people.n == 5 and people.words("neighbourhood").tolist() == ["x", "x", "x", "", "y"]
    assert people.answers["y"] == approx(
        np.array([[1, NO], [2, NO], [3, NO], [NO, NO], [5, NO]]), nan_ok=True
    )


@pytest.mark.parametrize(
    ("numbers", "width"),
    [(1, 1), (14, 1), (15, 1), (28, 1), (29, 2), (41, 2), (43, 4), (45, 3), (47, 3), (49, 3)],
)
def test_an_interval_of_whole_numbers_leaves_the_last_as_full_as_can_be(
    numbers: int, width: int
) -> None:
    """As wide as fourteen of them would be, or by one less: of 49 by fours the last had one."""
    assert _width(numbers) == width


def test_whole_numbers_lie_in_the_middle_of_their_intervals() -> None:
    few = edges_of(np.array([1.0, 3.0]), np.array([2.0, 5.0]))
    assert few.tolist() == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    # 41 numbers by twos, the last with one; imputed beyond them on either side
    many = edges_of(np.array([0.0, 40.0]), np.array([-1.2, 43.0]))
    assert many.tolist() == list(np.arange(-2.5, 44, 2.0))
    wide = edges_of(np.array([0.0, 28.0]), np.array([3.0]))
    assert wide.tolist() == list(np.arange(-0.5, 30, 2.0))


def test_the_highest_answer_is_the_last_of_its_interval() -> None:
    edges = edges_of(np.array([0.5, 7.5]), np.array([7.6]))
    assert len(edges) == 16 and edges[0] == 0.5 and edges[14] > 7.5
    assert np.histogram([7.5, 7.6], edges)[0][-2:].tolist() == [1, 1]
    assert edges_of(np.array([0.5]), np.array([0.5])).tolist()[0] == 0.5


def test_values_outside_those_answered_are_counted_by_site_and_time() -> None:
    observed = pd.DataFrame({"group": "n", "time": "t", "unit": list("abc"), "value": [1.0, 2, 4]})
    imputed = pd.DataFrame({"group": "n", "time": "t", "unit": list("dede"), "set": [1, 1, 2, 2],
                            "value": [1.0, 5.0, 4.0, 0.0]})  # fmt: skip
    rows = list(value_rows({"outcome": "y"}, observed, imputed))
    told = {row["source"]: row for row in rows}
    assert (told["observed"]["n"], told["observed"]["sets"], told["observed"]["outside"]) == (
        3,
        1,
        0,
    )
    assert (told["imputed"]["n"], told["imputed"]["sets"], told["imputed"]["outside"]) == (
        2,
        2,
        0.5,
    )
    assert told["imputed"]["mean"] == 2.5
    assert told["imputed"]["sd"] == approx(np.std([1, 5, 4, 0], ddof=1))
    shares = {(row["low"], row["share"]) for row in rows if row["source"] == "imputed"}
    assert shares == {(-0.5, 0.25), (0.5, 0.25), (1.5, 0), (2.5, 0), (3.5, 0.25), (4.5, 0.25)}
    (alone,) = {row["sd"] for row in value_rows({}, observed[:1], imputed[:1])}
    assert alone is None


def test_answers_that_an_event_sets_aside_are_of_their_handling_and_outcome() -> None:
    rows = [(unit, "t1", outcome, 1.0) for unit in "abc" for outcome in ("y", "z")]
    people = pd.DataFrame(rows, columns=["unit", "time", "outcome", "value"])
    people.loc[people["unit"] == "c", "value"] = NO
    aside = pd.DataFrame([("h", "y", "a", "t1"), ("other", "y", "b", "t1"), ("h", "z", "b", "t1")],
                         columns=["handling", "outcome", "unit", "time"])  # fmt: skip
    found = {(h, o): _observed(people, aside, h, o)["unit"].tolist()
             for h in ("h", "other") for o in ("y", "z")}  # fmt: skip
    assert found == {("h", "y"): ["b"], ("h", "z"): ["a"], ("other", "y"): ["a"],
                     ("other", "z"): ["a", "b"]}  # fmt: skip


def test_columns_that_make_each_other_up_stand_where_the_first_of_them_was() -> None:
    order: Any = [SimpleNamespace(column=SimpleNamespace(name=name)) for name in "abcde"]
    linked = {"d": frozenset("b"), "e": frozenset("d"), "c": frozenset("x"), "a": frozenset()}
    found = [[one.column.name for one in own] for own in blocks(order, linked)]
    assert found == [["a"], ["b", "d", "e"], ["c"]]
    later = {"a": frozenset("e"), "c": frozenset("d")}
    found = [[one.column.name for one in own] for own in blocks(order, later)]
    assert found == [["a", "e"], ["b"], ["c", "d"]]


def test_a_variable_with_categories_is_where_its_indicators_are() -> None:
    recipe = Recipe(
        (Column("a", "norm"), Column("b", "nominal"), Column("c", None)),
        passive=tuple(indicators("b", ["u", "v", "w"])),
    )
    assert [list(recipe.places(name)) for name in "abc"] == [[0], [3, 4], [2]]


@pytest.mark.parametrize(
    ("n", "gaps", "few"), [(9, 5, True), (9, 4, False), (5, 0, False), (4, 0, True)]
)
def test_a_profile_of_three_times_needs_five_people_at_each(n: int, gaps: int, few: bool) -> None:
    y = np.random.default_rng(3).normal(size=(n, 3))
    y[:gaps, 1] = NO
    found = drawn_profiles(np.vstack([y, [[NO] * 3]]), [np.random.default_rng(1)], rounds=2)
    assert (found == "too few people for means and covariances of 3 times") == few
    if not isinstance(found, str):
        assert found.mean.shape == (1, 3) and found.cov.shape == (1, 3, 3)


def test_answers_that_are_all_the_same_have_no_profile() -> None:
    y = np.random.default_rng(3).normal(size=(9, 2))
    y[:, 1] = 4
    assert drawn_profiles(y, [np.random.default_rng(1)]) == (
        "all answers at one of the times are the same"
    )


def test_a_chain_that_has_arrived_does_not_wait_for_others() -> None:
    """Modes of exp(x) - c x at log c: the first starts there, the second far away."""
    c = np.array([[2.0], [5.0]])

    def run(own: np.ndarray, start: np.ndarray) -> np.ndarray:
        return mode(
            start,
            lambda x: (own * x - np.exp(x)).sum(axis=1),
            lambda x: (own - np.exp(x), np.exp(x)[:, :, None]),
        )[0]

    near = np.array([[np.log(2.0) + 1e-5]])
    both = run(c, np.vstack([near, [[-1.0]]]))
    once = near + (2 - np.exp(near)) / np.exp(near)  # one step of Newton's, which leaves 5e-11
    assert both[0, 0] == run(c[:1], near)[0, 0] == approx(once[0, 0], abs=1e-14)
    assert both[1, 0] == approx(np.log(5), abs=1e-6)


def draws(answered: list[float], asked: float, donors: int) -> set[int]:
    """Who is taken for somebody, over many draws."""
    streams: Streams = [np.random.default_rng(seed) for seed in range(200)]
    rows = np.repeat([answered], len(streams), axis=0)
    found = matched(rows, np.full((len(streams), 1), asked), donors, streams)
    return set(found[:, 0].tolist())


def test_one_of_the_nearest_is_taken() -> None:
    assert draws([5.0, 1.0, 2.0, 9.0, 2.5], 2.1, 1) == {2}
    assert draws([5.0, 1.0, 2.0, 9.0, 2.5], 2.1, 3) == {1, 2, 4}
    assert draws([5.0, 1.0, 2.0, 9.0, 2.5], 100.0, 2) == {0, 3}
    assert draws([5.0, 1.0], 2.0, 2) == {0, 1}


@pytest.mark.parametrize(("n", "many"), [(8, True), (9, False)])
def test_a_category_for_every_few_people_is_an_id_and_the_models_own_are_kept(
    n: int, many: bool
) -> None:
    """Of 8 people three categories are too many, of 9 they are not; two are a yes or no."""
    panel = pd.DataFrame({"unit": [f"p{k}" for k in range(n)], "age": np.arange(n) * 1.0}).assign(
        level="person", outcome="y", time="t0", value=1.0, site="n",
        three=pd.Categorical(["a", "b", "c"] * 3)[:n], one=pd.Categorical(["x"] * n),
        two=pd.Categorical((["u", "v", None] * 3)[:n]),
    )  # fmt: skip
    share: Any = SimpleNamespace(covariates=("three", "age"))
    asked: Any = SimpleNamespace(imputation=SimpleNamespace(method="norm", donors=5))
    made = Equations(people_of(panel, ("t0",), ["y"]), share, asked)
    for name in ("three", "two", "age", "one"):
        _covariate(made, name)
    names = [column.name for column in made.columns]
    own = [] if many else ["three[b]", "three[c]"]
    assert names == [*own, "two", "age", "one[x]"] and made.keep == [*own, "age"]
    assert [note.column for note in made.notes] == (["three"] if many else [])
    kinds = {name: made.about[name].kind for name in ("two", "age")}
    assert kinds == {"two": "auxiliary", "age": "covariate"}
    assert made.table[:3, names.index("two")] == approx([0, 1, NO], nan_ok=True)


def test_two_clusters_have_a_random_intercept_and_one_has_none() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=30)
    y = np.column_stack([x, np.where(np.arange(30) < 6, NO, x + rng.normal(size=30))])
    recipe = recipe_of((None, "two_level"))
    without = impute(y, recipe, 2, 1).completed(0)
    for count in (2, 1):
        made = impute(y, recipe, 2, 1, clusters=np.arange(30) % count)
        told = [note.text for note in made.warnings if "fewer than two clusters" in note.text]
        assert bool(told) == np.array_equal(made.completed(0), without) == (count == 1)


def test_sets_that_are_added_are_those_that_would_have_been_made_at_once() -> None:
    panel = pd.DataFrame({"unit": [f"p{k}" for k in range(20)], "age": np.arange(20) * 1.0}).assign(
        level="person", outcome="y", time="t0", value=np.where(np.arange(20) % 4, 1.5, NO),
        site=["n", "s"] * 10, arm=["intervention", "control"] * 10,
    )  # fmt: skip
    panel["value"] *= np.random.default_rng(2).normal(size=20)
    imputation = SimpleNamespace(method="norm", donors=5, iterations=2, within="arm")
    asked: Any = SimpleNamespace(imputation=imputation, seed=3, sites=())
    handling = SimpleNamespace(name="h")
    share: Any = SimpleNamespace(covariates=("age",), cluster="", handling=handling)

    def run(*counts: int) -> Any:
        made = Equations(people_of(panel, ("t0",), ["y"]), share, asked)
        _covariate(made, "age")
        made.add("y@t0", made.people.answers["y"][:, 0], "norm", About("y", "outcome"), True)
        own = _Run(made, asked)
        for m in counts:
            own.extend(m)
        return own.made[0]

    added, at_once = run(2, 5), run(5)
    assert added.m == at_once.m == 5
    tables = [added.completed(number) for number in range(5)]
    for number, table in enumerate(tables):
        assert np.array_equal(table, at_once.completed(number))
    assert len({table.sum() for table in tables}) == 5


def test_a_column_that_was_refused_has_no_imputed_cells() -> None:
    equations: Any = SimpleNamespace(wanted={"y@t0": np.ones(4, dtype=bool)}, passive=[])
    made: Any = SimpleNamespace(cells=(), m=5)
    rows, values = imputed_in(equations, made, "y@t0")
    assert rows.shape == (0,) and values.shape == (5, 0)


def test_what_the_dead_answered_undated_is_from_before_and_of_others_by_the_times_order() -> None:
    """An event at 2 months, an answer at 3 months of which no day is known."""
    people, times = pd.Index(["a"]), (("t0", 0.0, 0.0), ("t1", 3.0, 3.0), ("t2", 6.0, 6.0))
    visits = pd.DataFrame([("a", "t0", "2024-01-01")], columns=["unit", "time", "date"])
    gone = {}
    for kind in ("death", "withdrawal"):
        events = pd.DataFrame({"event": ["x"], "unit": ["a"], "date": ["2024-03-01"],
                               "elapsed": [2.0], "kind": [kind]})  # fmt: skip
        found = dates_of(people, times, visits.assign(status="kept"), events, ("x",))
        how = HandledEvent.model_validate(
            {"kind": kind, "label": "X", "strategy": "while_on_treatment"}
        )
        answered = np.array([[True, True, False]])
        after = after_events(Handling(name="h", events={"x": how}), found, answered, True)
        gone[kind] = after.gone[0].tolist()
    assert gone == {"death": [False, False, True], "withdrawal": [False, True, True]}


def test_of_two_records_of_a_time_the_earliest_dates_it() -> None:
    people, times = pd.Index(["a", "b"]), (("t0", 0.0, 0.0), ("t1", 3.0, 3.0))
    rows = [("b", "t1", "2024-04-01", "kept"), ("a", "t1", "2024-05-01", "kept"),
            ("a", "t1", "2024-04-02", "kept"), ("a", "t1", "2024-03-01", "missed"),
            ("a", "t1", "2024-06-01", "kept"), ("z", "t1", "2024-01-01", "kept")]  # fmt: skip
    visits = pd.DataFrame(rows, columns=["unit", "time", "date", "status"])
    events = pd.DataFrame(columns=["event", "unit", "date", "elapsed", "kind"])
    found = dates_of(people, times, visits, events, ()).visits
    known = np.datetime64("2024-04-02").astype(int)
    assert found == approx(np.array([[NO, known], [NO, known - 1]]), nan_ok=True)

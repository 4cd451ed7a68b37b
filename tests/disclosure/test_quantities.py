"""Whom each cell counts, what must add up to what, and between what a number then lies."""

from typing import Any

import pytest

from cesp_analysis.disclosure.bounds import UNBOUNDED, Range, parts_of, solved
from cesp_analysis.disclosure.first_times import first_wave, with_first_wave
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.quantities import (
    Cell,
    Equation,
    Key,
    all_equations,
    came_equations,
    cells_of,
    equations_of,
    flow_equations,
    key_in,
    key_of,
    with_level,
)
from cesp_analysis.models.tables import Means


def key(*pairs: tuple[str, str], **names: str) -> Key:
    return frozenset({*pairs, *names.items()})


@pytest.mark.parametrize(
    ("row", "level", "wave"),
    [
        ({}, "person", ""),
        ({"time": "t1"}, "person", ""),  # people at two times are the same
        ({"level": "person", "wave": "w1"}, "person", ""),
        ({"wave": "w1"}, "respondent", "w1"),
        ({"wave": "", "time": "w2"}, "respondent", "w2"),
        ({"level": "respondent", "time": "w2"}, "respondent", "w2"),
        ({"level": "respondent", "wave": "w1", "time": "w2"}, "respondent", "w1"),
        ({"level": "respondent", "first wave": "w1"}, "respondent", "w1"),
        ({"level": "respondent"}, "respondent", ""),
        ({"level": "", "wave": "w1"}, "respondent", "w1"),
    ],
)
def test_respondents_are_told_apart_by_wave_and_people_are_not(
    row: dict[str, Any], level: str, wave: str
) -> None:
    found = with_level(row)
    assert (found["level"], found["wave"]) == (level, wave)


def test_a_row_without_a_wave_is_of_the_first() -> None:
    missing = [{"level": "person", "time": "t0"}, {"level": "respondent", "time": "w1"},
               {"level": "respondent", "time": "w2"}]  # fmt: skip
    assert first_wave(missing) == "w1" and first_wave(missing[:1]) == ""
    (row,) = with_first_wave([{"level": "respondent"}], "w1")
    assert with_level(row)["wave"] == "w1"


def test_conditions_are_filled_in_and_those_without_a_value_left_out() -> None:
    conditions = {"of": "{level}", "site": "{group}", "answer {outcome}": "known"}
    assert key_of(conditions, {"group": "a", "outcome": "score"}) == key(
        ("answer score", "known"), of="person", site="a"
    )
    assert key_of(conditions, {"group": "", "outcome": "score"}) == key(
        ("answer score", "known"), of="person"
    )


def test_a_column_that_is_apart_counts_others_than_any_table_does() -> None:
    row = {"group": "a"}
    assert key_in("t", "n", {"site": "{group}"}, row, []) == key(site="a")
    assert key_in("t", "n", {"site": "{group}"}, row, [("t", "m"), ("u", "n")]) == key(site="a")
    assert key_in("t", "n", {"site": "{group}"}, row, [("t", "n")]) == key(
        ("as in", "t n"), site="a"
    )


def test_cells_that_count_people_are_exact_or_sizes() -> None:
    leaving = Leaving(
        Means, counts={"n": {"site": "{group}"}}, sizes="m k",
        sized={"m": {"site": "{group}", "sex": "known"}}, sized_where=("since", ""),
    )  # fmt: skip
    rows = [{"group": "a", "n": 40, "m": 38, "since": ""},
            {"group": "b", "n": None, "m": 12, "since": ""},
            {"group": "c", "n": 30, "m": 25, "since": "w1"},  # a sum over waves
            {"group": "d", "n": 0, "m": None, "since": ""}]  # fmt: skip
    assert list(cells_of("t", leaving, rows)) == [
        Cell("t", 0, "n", key(site="a"), True),
        Cell("t", 0, "m", key(site="a", sex="known"), False),
        Cell("t", 1, "m", key(site="b", sex="known"), False),
        Cell("t", 2, "n", key(site="c"), True),
        Cell("t", 3, "n", key(site="d"), True),
    ]


A = key(site="a")


def test_two_values_with_a_rest_are_each_looked_at_with_the_others_together() -> None:
    """Two sites of a region may be all of its people, or not: there is a rest."""
    north, south = key(site="a", part="n"), key(site="a", part="s")
    rest = key(("rest of part", "yes"), site="a")
    assert list(equations_of([A, south, north])) == [
        Equation(A, (north, south, rest)),
        Equation(A, (north, key(("not", "part n"), site="a"))),
        Equation(A, (south, key(("not", "part s"), site="a"))),
    ]


def test_one_value_and_its_rest_are_two_parts() -> None:
    north = key(site="a", part="n")
    assert list(equations_of([A, north])) == [
        Equation(A, (north, key(("rest of part", "yes"), site="a")))
    ]


def test_known_and_not_known_are_all() -> None:
    known, not_known = key(site="a", sex="known"), key(site="a", sex="not known")
    assert list(equations_of([A, known, not_known])) == [Equation(A, (known, not_known))]
    (alone,) = equations_of([A, known])
    assert alone.parts == (known, key(("rest of sex", "yes"), site="a"))


@pytest.mark.parametrize("name", ["value of sex", "mode"])
def test_conditions_of_which_every_value_is_told_leave_no_rest(name: str) -> None:
    parts = tuple(key((name, value), site="a") for value in "xyz")
    first, *others = equations_of([*parts, A])
    assert first == Equation(A, parts) and len(others) == 3


def test_each_condition_splits_a_whole_by_itself_in_a_fixed_order() -> None:
    by_sex = [key(("value of sex", value), site="a") for value in "fm"]
    by_mode = [key(("mode", value), site="a") for value in "pw"]
    other = key(site="b")
    made = list(equations_of([*by_sex, other, *by_mode, A]))
    assert made == [Equation(A, tuple(by_mode)), Equation(A, tuple(by_sex))]


def test_wholes_follow_one_another_by_name() -> None:
    """On every machine the same."""
    sites = [key(site=name) for name in "dcbae"]
    known = [site | {("sex", value)} for site in sites for value in ("known", "not known")]
    assert [one.whole for one in equations_of([*known, *sites])] == sorted(sites, key=sorted)


FLOW_ROW = {"part": "follow_up", "after": "", "reason": "", "group": "a", "status": "reached"}


def step(name: str, **cells: str) -> dict[str, str]:
    return FLOW_ROW | {"step": name} | cells


def of_flow(name: str, status: str = "reached", reason: str = "", **cells: str) -> Key:
    own = {"flow": "follow_up", "of": "person", "site": "a", "step": name, "status": status}
    return frozenset((own | cells | ({"reason": reason} if reason else {})).items())


def test_who_reached_a_step_and_who_did_not_are_those_of_the_step_before() -> None:
    rows = [step("asked"), step("came", after="asked"),
            step("came", after="asked", status="not reached", reason="ill")]  # fmt: skip
    assert list(flow_equations(rows)) == [
        Equation(of_flow("asked"), (of_flow("came"), of_flow("came", "not reached", "ill")))
    ]


def test_who_came_back_is_added_to_the_step_before() -> None:
    rows = [step("asked"), step("came", after="asked"),
            step("came", after="asked", status="back", reason="from t1")]  # fmt: skip
    assert list(flow_equations(rows)) == [
        Equation(of_flow("asked"), (of_flow("came"),), (of_flow("came", "back", "from t1"),))
    ]


def test_several_reasons_are_each_looked_at_with_the_others_together() -> None:
    reasons = [
        step("came", after="asked", status="not reached", reason=why) for why in ("ill", "x")
    ]
    whole, *others = flow_equations([step("asked"), step("came", after="asked"), *reasons])
    assert len(whole.parts) == 3 and len(others) == 3
    assert all(one.whole == of_flow("asked") and len(one.parts) == 2 for one in others)


def test_who_was_invited_to_a_wave_reached_it_or_did_not() -> None:
    rows = [step("w1", status="invited"), step("w1"), step("w1", status="not reached")]
    assert list(flow_equations(rows)) == [
        Equation(of_flow("w1", "invited"), (of_flow("w1"), of_flow("w1", "not reached")))
    ]


def test_steps_of_another_site_or_without_who_reached_them_are_not_joined() -> None:
    assert list(flow_equations([step("asked", group="b"), step("came", after="asked")])) == []
    away = step("came", after="asked", status="not reached")
    assert list(flow_equations([step("asked"), away])) == []
    twice = [step("asked", reason="x"), step("asked", reason="y"), step("came", after="asked")]
    assert list(flow_equations(twice)) == []


@pytest.mark.parametrize(
    ("cells", "all_of_the_site"),
    [
        ({"part": "recruitment"}, True),
        ({"part": "allocation"}, True),
        ({"part": "received"}, False),
        ({"part": "recruitment", "status": "not reached"}, False),
        ({"part": "recruitment", "group": ""}, False),
    ],
)
def test_who_was_recruited_is_everybody_of_the_site(
    cells: dict[str, str], all_of_the_site: bool
) -> None:
    rows = [step("last", **cells)]
    last = of_flow("last", flow=cells["part"])
    everybody = Equation(key(of="person", site="a"), (last,))
    assert list(flow_equations(rows)) == ([everybody] if all_of_the_site else [])


def test_the_last_step_of_recruitment_counts() -> None:
    rows = [step(name, part="recruitment") for name in ("asked", "consented")]
    last = of_flow("consented", flow="recruitment")
    assert list(flow_equations(rows)) == [Equation(key(of="person", site="a"), (last,))]


ASKED = [{"level": "person", "outcome": "score", "time": "t1"},
         {"level": "respondent", "outcome": "views", "time": "w1"}]  # fmt: skip


def test_who_came_is_who_answered_the_one_outcome() -> None:
    """Not: who did not come, who came to a survey, or a step that is no time."""
    flow = [step("t1"), step("t1", status="not reached"), step("t1", part="survey"), step("seen")]
    answered = key(("answer score t1", "known"), of="person", site="a")
    assert list(came_equations(flow, ASKED)) == [Equation(of_flow("t1"), (answered,))]
    assert list(came_equations(flow, [])) == []
    more = {"level": "person", "outcome": "mood", "time": "t1"}
    assert list(came_equations(flow, [*ASKED, more])) == []


def test_equations_of_the_flow_stand_beside_those_of_the_other_tables() -> None:
    """Cells of the flow, and numbers that no other cell tells of, are no parts of a whole."""
    flow, missing = [step("t0"), step("t1", after="t0")], ASKED
    known = key(of="person", site="a", sex="known")
    by_itself = key(("cell", "t 1 n"), of="person", site="a")
    keys = [key(of="person", site="a"), known, by_itself, of_flow("t0"), of_flow("t1")]
    leaving = Leaving(Means)
    tables: Any = {"tables/flow": (leaving, flow), "tables/missing": (leaving, missing)}
    answered = key(("answer score t1", "known"), of="person", site="a")
    rest = key(("rest of sex", "yes"), of="person", site="a")
    assert list(all_equations(tables, keys)) == [
        Equation(key(of="person", site="a"), (known, rest)),
        Equation(of_flow("t0"), (of_flow("t1"),)),
        Equation(of_flow("t1"), (answered,)),
    ]
    assert len(list(all_equations({}, keys))) == 1
    assert len(list(all_equations({"tables/flow": (leaving, flow)}, keys))) == 2


K = [key(who=str(at)) for at in range(8)]


def test_lots_share_no_unknown_number() -> None:
    one, two = Equation(K[0], (K[1],)), Equation(K[1], (K[2],))
    assert parts_of([one, two], set()) == [[one, two]]
    assert parts_of([one, two], {K[1]}) == [[one], [two]]
    assert parts_of([], set()) == []


def test_an_equation_that_joins_two_lots_makes_them_one() -> None:
    """What comes later to either lands in it, and what is in a third stays there."""
    first, second, third = (Equation(K[at], (K[at + 1],)) for at in (0, 2, 4))
    joins = Equation(K[1], (K[3],))
    with_second, with_third = Equation(K[2], (K[6],)), Equation(K[5], (K[7],))
    made = parts_of([first, second, third, joins, with_second, with_third], set())
    assert made == [[first, second, joins, with_second], [third, with_third]]


def test_an_equation_that_joins_three_lots_makes_them_one() -> None:
    apart = [Equation(K[at], (K[at + 1],)) for at in (0, 2, 4)]
    joins, last = Equation(K[0], (K[2], K[4])), Equation(K[5], (K[7],))
    (lot,) = parts_of([*apart, joins, last], set())
    assert lot == [*apart, joins, last]


TOLD = {K[0]: Range(10, 14), K[1]: Range(1, 9), K[2]: Range(4, UNBOUNDED)}


@pytest.mark.parametrize(("asked", "ends"), [(0, (10, 14)), (1, (1, 9)), (2, (4, 13)), (3, (0, 9))])
def test_a_number_of_one_equation_lies_between_what_the_others_leave(
    asked: int, ends: tuple[float, float]
) -> None:
    """10 to 14 = (1 to 9) + (4 or more); of the fourth nothing is told."""
    parts = (K[1], K[2]) if asked < 3 else (K[1], K[2], K[3])
    found = solved([Equation(K[0], parts)], TOLD, [K[asked]])
    assert found == {K[asked]: Range(*ends)}


def test_two_wholes_of_the_same_parts_are_taken_together() -> None:
    """a + b = c + d, of which c is 20 and d 15, b 5 to 7: a is 28 to 30."""
    told = {K[1]: Range(5, 7), K[2]: Range(20, 20), K[3]: Range(15, 15)}
    equation = Equation(K[0], (K[2], K[3]), (K[1],))
    assert solved([equation], told, [K[0]]) == {K[0]: Range(28, 30)}
    told[K[0]] = Range(29, 40)
    assert solved([equation], told, [K[1]]) == {K[1]: Range(5, 6)}
    assert solved([equation], told | {K[2]: Range(0, 90)}, [K[2]]) == {K[2]: Range(19, 32)}


def test_several_equations_are_solved_at_once() -> None:
    """a = b + c and b = d + e: of 40, with c of 4 and d of 16, e is 20."""
    lot = [Equation(K[0], (K[1], K[2])), Equation(K[1], (K[3], K[4]))]
    told = {K[0]: Range(40, 40), K[2]: Range(4, 6), K[3]: Range(16, 16)}
    found = solved(lot, told, [K[4], K[1]])
    assert found == {K[4]: Range(18, 20), K[1]: Range(34, 36)}
    assert solved(lot, {}, [K[1]]) == {K[1]: Range(0, UNBOUNDED)}


def test_halves_are_no_people() -> None:
    """2 a = b of 5 to 8, so a is 3 or 4."""
    lot = [Equation(K[0], (K[1], K[2])), Equation(K[1], (K[2],))]
    assert solved(lot, {K[0]: Range(5, 8)}, [K[1]]) == {K[1]: Range(3, 4)}


@pytest.mark.parametrize("n", [1, 2])
def test_numbers_that_fit_nothing_are_an_error(n: int) -> None:
    told = {K[0]: Range(10, 10), K[1]: Range(11, 12)}
    with pytest.raises(ValueError, match="no numbers fit what is released of"):
        solved([Equation(K[0], (K[1], K[2]))] * n, told, [K[2]])


def test_a_single_value_that_fits_is_no_error() -> None:
    told = {K[0]: Range(10, 10), K[1]: Range(10, 12)}
    assert solved([Equation(K[0], (K[1], K[2]))], told, [K[2]]) == {K[2]: Range(0, 0)}

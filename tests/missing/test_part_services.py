"""What foretells a service that is lacking: other services, a person's own rows; not the dead."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike
from scipy import special

from cesp_analysis.disclosure.equations import whole_equations
from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.in_parts import Parts
from cesp_analysis.missing.leaving_out import CUT
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Passive, Recipe


def parts_of(services: np.ndarray, lacks: np.ndarray) -> Parts:
    names = tuple(f"s{number}" for number in range(services.shape[1]))
    each, whole = np.where(lacks, np.nan, services), lacks.all(axis=1)
    return Parts(names, np.where(lacks, 0.0, services), lacks.astype(float), each, whole)


def recipe_of(parts: Parts, usual: float = 1000.0, more: tuple[str, ...] = ("x",)) -> Recipe:
    log = Passive("log", ("cost",), lambda v: np.log1p(v[..., 0] / usual), stands_in=True)
    columns = (*(Column(name) for name in more), Column("cost", "pmm"))
    return Recipe(columns, (log,), in_parts={"cost": parts})


def beside_noise(n: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x; services A, ten times B, and C, dear and of no use; A is lacking by what B is."""
    rng = np.random.default_rng([21, seed])
    x, frail = rng.normal(size=(2, n))
    b = 60 * np.exp(0.7 * frail)
    services = np.column_stack([10 * b, b, 3000 * rng.gamma(0.7, 1 / 0.7, n)])
    lacks = np.zeros((n, 3), dtype=bool)
    lacks[:, 0] = rng.random(n) < special.expit(-0.8 + frail)
    return x, services, lacks


def table_of(x: np.ndarray, services: np.ndarray, lacks: np.ndarray) -> np.ndarray:
    return np.column_stack([x, np.where(lacks.any(axis=1), np.nan, services.sum(axis=1))])


def test_a_service_that_tells_another_foretells_it_beside_dear_ones() -> None:
    """What is drawn of A goes with ten times B; by what B and C cost together it would not. In
    pence it is the same hundredfold."""
    x, services, lacks = beside_noise(200, 1)
    found = []
    for unit in (1.0, 100.0):
        own = services * unit
        made = impute(table_of(x, own, lacks), recipe_of(parts_of(own, lacks), 1000 * unit), 5, 3)
        (cells,) = made.cells
        assert cells.parts is not None
        found.append(cells.parts / unit)
    truth = np.log(services[cells.rows, 0])
    for one in found[0]:
        assert np.corrcoef(np.log(one[:, 0]), truth)[0, 1] > 0.9
    assert found[1] == pytest.approx(found[0], rel=1e-9)


def test_as_many_services_as_those_who_know_it_can_bear_the_strongest_first() -> None:
    rng = np.random.default_rng(5)
    services = rng.gamma(1.0, 100.0, (60, 12))
    services[:, 3] = services[:, 0] * (1 + 0.1 * rng.random(60))  # tells it best
    services[4:, 5] = 0.0  # of whom only four used it: nothing
    services[:, 7] = services[:, 3]  # the same again
    lacks = np.zeros((60, 12), dtype=bool)
    lacks[30:, 0] = True
    lacks[:5] = False
    recipe = recipe_of(parts_of(services, lacks))
    table = table_of(rng.normal(size=60), services, lacks)
    (target,) = planned(table, recipe, None).targets
    (lacking,) = target.lacking_parts
    chosen = [int(one.places[0]) for one in lacking.services]
    assert chosen[0] in (3, 7) and len({3, 7} & {*chosen}) == 1 and 5 not in chosen
    # thirty people bear ten predictors: x, the rest of the total, eight services
    assert len(lacking.known) == 30 and len(chosen) == 8
    warnings = [text for name, text in planned(table, recipe, None).warnings if name == "cost"]
    (cut,) = [text for text in warnings if CUT in text]
    assert cut.startswith("of s0, of which it is the sum, more columns were to predict it")
    row = {"predictors": "service s1", "n_predictors": 10, "warnings": cut}
    how: Any = None  # their number tells how many know it, and does not leave
    assert whole_equations([row], how)[0]["n_predictors"] is None
    fewer = recipe_of(parts_of(services[:, :4], lacks[:, :4]))  # four have room
    few = planned(table_of(table[:, 0], services[:, :4], lacks[:, :4]), fewer, None)
    assert not any(CUT in text for _, text in few.warnings)


def test_a_service_lacking_by_another_is_as_if_it_were_a_column_of_its_own() -> None:
    """A is lacking by what B is, C is dear. Mean cost of 100 people, of 40 studies: as of services
    that are columns of their own, within 3 Monte Carlo errors; by what the rest costs together it
    is farther off, by more than 3. It is too low by more than 3, of which matching cannot be rid:
    those who lack A lie beyond all donors. £101 (error 12); as columns £96: 0.9 errors between both
    (of 5); by the rest together £232: 15 errors farther off (of 9)."""
    off, apart, together = [], [], []
    for number in range(40):
        rng = np.random.default_rng([22, number])
        x, frail = rng.normal(size=(2, 100))
        mean = np.array([600.0, 60.0]) * np.exp(0.7 * frail + 0.2 * x)[:, None]
        services = np.column_stack(
            [mean * rng.gamma(4, 0.25, (100, 2)), 600 * rng.gamma(0.7, 1 / 0.7, 100)]
        )
        lacks = np.zeros((100, 3), dtype=bool)
        lacks[:, 0] = rng.random(100) < special.expit(
            -0.8 + 2 * (np.log(services[:, 1]) - 4) / 0.85
        )
        truth, table = services.sum(axis=1).mean(), table_of(x, services, lacks)
        made = impute(table, recipe_of(parts_of(services, lacks)), 5, number)
        off.append(np.mean([made.completed(i)[:, 1].mean() for i in range(5)]) - truth)
        columns = (Column("x"), Column("b"), Column("c"), Column("a", "pmm"))
        alone = np.column_stack([x, np.log1p(services[:, 1:] / [60, 600]), services[:, 0]])
        alone[lacks[:, 0], 3] = np.nan
        rest = np.log1p(services[:, 1:].sum(axis=1) / 660)
        joined = np.column_stack([x, rest, alone[:, 3]])
        for one, kept, to in (
            (alone, columns, apart),
            (joined, (*columns[:2], columns[3]), together),
        ):
            sets = impute(one, Recipe(kept), 5, number)
            whole = [sets.completed(i)[:, -1] + services[:, 1:].sum(axis=1) for i in range(5)]
            to.append(np.mean(whole) - truth)
    assert abs(errors(np.subtract(off, apart))) < 3
    assert errors(np.subtract(off, together)) > 3 and errors(off) < -3


def errors(values: ArrayLike) -> float:
    """The mean of studies in its Monte Carlo errors."""
    values = np.asarray(values)
    return float(values.mean() / (values.std(ddof=1) / np.sqrt(len(values))))


def rows_of(n: int, seed: int) -> tuple[Parts, np.ndarray, np.ndarray]:
    """Contacts of n people, dear of who is frail, who leave more of them blank; as parts of a total
    of one service, what they cost, and of whom some is not known."""
    rng = np.random.default_rng([13, seed])
    frail, count = rng.normal(size=n), 1 + rng.poisson(4, n)
    rows = [
        50 * np.exp(0.5 * f + 0.25 * rng.normal(size=k)) for f, k in zip(frail, count, strict=True)
    ]
    blank = [
        rng.random(len(r)) < special.expit(-2 + 1.5 * f) for f, r in zip(frail, rows, strict=True)
    ]
    known = [r[~b] for r, b in zip(rows, blank, strict=True)]
    parts = Parts(
        names=("contacts",),
        known=np.array([[r.sum()] for r in known]),
        lacks=np.array([[float(b.sum())] for b in blank]),
        each=np.array([[r.mean() if len(r) else np.nan] for r in known]),
        whole=np.zeros(n, dtype=bool),
    )
    return parts, np.array([r.sum() for r in rows]), np.array([b.any() for b in blank])


def test_rows_of_which_a_persons_others_are_known_are_as_those() -> None:
    """To the last pound, in sets and samples; of whom none is known another's mean, for each."""
    parts, cost, some = rows_of(400, 1)
    table = np.column_stack([np.arange(400) % 7, np.where(some, np.nan, cost)])
    recipe = recipe_of(parts, 200.0)
    own = some & np.isfinite(parts.each[:, 0])
    none = some & ~own
    assert own.sum() > 20 and none.sum() > 2
    right = parts.known[:, 0] + parts.lacks[:, 0] * np.nan_to_num(parts.each[:, 0])
    made = impute(table, recipe, 3, 5)
    for number in range(3):
        done = made.completed(number)[:, 1]
        assert done[own] == pytest.approx(right[own], rel=1e-12)
        given = done[none] / parts.lacks[none, 0]
        assert np.isclose(given[:, None], parts.each[:, 0][None], rtol=1e-9).any(axis=1).all()
    rows = np.random.default_rng(4).integers(400, size=(3, 400))
    for one in impute_resampled(table, recipe, rows, 2, 9).completed():
        for number, tables in zip(one.numbers, one.tables, strict=True):
            here = own[rows[number]]
            assert tables[:, here, 1] == pytest.approx(
                np.broadcast_to(right[rows[number]][here], (2, here.sum())), rel=1e-9
            )


def test_where_everybody_knows_some_rows_nothing_is_drawn() -> None:
    parts, cost, some = rows_of(80, 2)
    known = np.isfinite(parts.each[:, 0])
    parts, cost, some = parts.of(np.flatnonzero(known)), cost[known], some[known]
    table = np.column_stack([np.arange(len(cost)) % 7, np.where(some, np.nan, cost)])
    made = impute(table, recipe_of(parts, 200.0), 2, 5)
    first, second = (made.completed(number)[:, 1] for number in (0, 1))
    assert (first == second).all() and first[some] == pytest.approx(parts.usual[some, 0])
    rows = np.random.default_rng(4).integers(len(cost), size=(3, len(cost)))
    for one in impute_resampled(table, recipe_of(parts, 200.0), rows, 2, 9).completed():
        assert one.tables[:, 0, :, 1] == pytest.approx(one.tables[:, 1, :, 1])


def test_who_is_frail_leaves_more_blank() -> None:
    """Mean of 100 people's contacts (£260), of 60 studies: those that nobody knows as the person's
    own, right of whom a contact is known (within 3 Monte Carlo errors); what is left is of whom
    none is: too low by more than 3. As others' mean contact all are lower still. £0.3 too low of
    the first (error 0.5), £8.5 with the second (9 errors), £32 as others' (27 errors below)."""
    own, off, others = [], [], []
    for number in range(60):
        parts, cost, some = rows_of(100, number)
        table = np.column_stack([np.arange(100) % 7, np.where(some, np.nan, cost)])
        made = impute(table, recipe_of(parts, 250.0), 2, number)
        each = np.mean([made.completed(i)[:, 1] for i in (0, 1)], axis=0) - cost
        own.append(np.where(np.isfinite(parts.each[:, 0]), each, 0.0).mean())
        off.append(each.mean())
        mean = np.nanmean(parts.each)
        others.append((parts.known + parts.lacks * mean).mean() - cost.mean())
    assert abs(errors(own)) < 3
    assert errors(np.subtract(off, others)) > 3 and errors(np.subtract(off, own)) < -3


@pytest.mark.parametrize("in_parts", [True, False])
def test_people_who_are_no_model_keep_their_answer_and_give_it_to_nobody(in_parts: bool) -> None:
    """In samples too; of a total that is drawn whole nothing changes, whatever it is."""
    x, services, lacks = beside_noise(120, 4)
    lacks[::9] = True
    if not in_parts:
        lacks = np.repeat(lacks.any(axis=1)[:, None], 3, axis=1)
    dead = ~lacks.any(axis=1) & (np.arange(120) % 4 == 0)
    rows = np.random.default_rng(4).integers(120, size=(4, 120))
    found = []
    for factor in (1.0, 0.01):
        own = np.where(dead[:, None], factor * services, services)
        table = table_of(x, own, lacks)
        recipe = replace(recipe_of(parts_of(own, lacks)), not_models={"cost": dead})
        made = impute(table, recipe, 4, 5)
        assert made.completed(0)[dead, 1] == pytest.approx(own[dead].sum(axis=1))
        draws = [cells.values for cells in made.cells]
        for one in impute_resampled(table, recipe, rows, 2, 5).completed():
            for number, tables in zip(one.numbers, one.tables, strict=True):
                draws.append(tables[:, np.isnan(table[rows[number], 1]), 1])
        assert len(draws) == 5 and not any(np.isin(d, own[dead].sum(axis=1)).any() for d in draws)
        found.append(draws)
    if not in_parts:  # else their services say what is usual of one
        for one, other in zip(*found, strict=True):
            assert one == pytest.approx(other, rel=1e-9)


@pytest.mark.parametrize("in_parts", [True, False])
def test_that_the_dead_are_not_counted_is_said(in_parts: bool) -> None:
    """Four living and three dead know it: too few; twelve and three: few."""
    x, services, lacks = beside_noise(40, 4)
    for living, words in ((4, "too few to impute it from (5 are needed)"), (12, "fewer than 10")):
        lacks[:] = np.arange(3)[None] == 0 if in_parts else True
        lacks[: living + 3] = False
        dead = (np.arange(40) >= living) & (np.arange(40) < living + 3)
        recipe = replace(recipe_of(parts_of(services, lacks)), not_models={"cost": dead})
        plan = planned(table_of(x, services, lacks), recipe, None)
        said = [text for _, text in (*plan.refused, *plan.warnings, *plan.weighty)]
        (one,) = [text for text in said if words in text]
        assert f"{living} " in one and "12 more" not in one
        assert one.endswith(
            "; 3 more died within its period and are not counted: what they gave is no model of who"
            " lived"
        )
        alone = planned(table_of(x, services, lacks), replace(recipe, not_models={}), None)
        assert not any("died" in text for _, text in (*alone.refused, *alone.warnings))


def test_that_a_sample_has_too_few_beside_the_dead_is_said() -> None:
    x, services, lacks = beside_noise(40, 4)
    lacks[:] = (np.arange(40) >= 15)[:, None]
    dead = (np.arange(40) >= 8) & (np.arange(40) < 15)
    table, rows = table_of(x, services, lacks), np.full((1, 40), 39)
    rows[0, :11] = np.arange(4, 15)  # four living, seven dead
    for others, more in (({"cost": dead}, ", not counting who died within its period"), ({}, None)):
        recipe = replace(recipe_of(parts_of(services, lacks)), not_models=others)
        failed = impute_resampled(table, recipe, rows, 2, 1).failed
        assert [one.reason for one in failed] == (
            [] if more is None else [f"fewer than 5 different people answered cost{more}"]
        )


def test_the_dead_are_no_model_of_the_living() -> None:
    """A fifth die, evenly within the period, and cost by the share they lived; of a quarter of the
    living nothing is known. Mean cost of the lost, of 40 studies of 200: as of the living, within 3
    Monte Carlo errors; the dead as donors make it an eighth less, since they are a quarter of the
    donors (.2 of .2 + .8 · .75) and cost half: within 3 errors, and more than 3 from nothing. £20
    of £1,067 too low (error 22) without them, £142 with them: £121 more (error 13), an eighth is
    £133."""
    off, before, eighth = [], [], []
    for number in range(40):
        rng = np.random.default_rng([31, number])
        x = rng.normal(size=200)
        cost = 1000 * np.exp(0.3 * x) * rng.gamma(4, 0.25, 200)
        dead = rng.random(200) < 0.2
        lost = ~dead & (rng.random(200) < 0.25)
        paid = np.where(dead, cost * rng.random(200), cost)
        table = np.column_stack([x, np.where(lost, np.nan, paid)])
        for others, to in (({"cost": dead}, off), ({}, before)):
            recipe = Recipe((Column("x"), Column("cost", "pmm")), not_models=others)
            made = impute(table, recipe, 2, number)
            to.append(
                np.mean([made.completed(i)[lost, 1].mean() for i in (0, 1)]) - cost[lost].mean()
            )
        eighth.append(cost[lost].mean() / 8)
    less = np.subtract(before, off)
    assert abs(errors(off)) < 3 and abs(errors(less + eighth)) < 3 and errors(less) < -3

"""What services tell as predictors: kept while parts are drawn, and never out of step with them."""

import numpy as np
import pytest

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.draws import rounds
from cesp_analysis.missing.in_parts import Parts, Service
from cesp_analysis.missing.matched_parts import only_of
from cesp_analysis.missing.plan import planned
from cesp_analysis.missing.recipe import Column, Passive, Recipe

PEOPLE, TIMES = 120, 2


def of(services: int = 4, doubled: bool = False) -> tuple[np.ndarray, Recipe]:
    """Totals of two times, a tenth of cells lacking, some people's all; doubled: each service has
    two parts."""
    rng = np.random.default_rng(8)
    x, frail = rng.normal(size=(2, PEOPLE))
    names = tuple(f"s{k // 2 if doubled else k}" for k in range(services))
    table, parts = [x], {}
    for time in range(TIMES):
        own = np.exp(frail)[:, None] * rng.gamma(2.0, 50.0, (PEOPLE, services))
        lacks = rng.random(own.shape) < 0.1
        lacks[time::15] = True
        each, whole = np.where(lacks, np.nan, own), lacks.all(axis=1)
        parts[f"y{time}"] = Parts(
            names, np.where(lacks, 0.0, own), lacks.astype(float), each, whole
        )
        table.append(np.where(lacks.any(axis=1), np.nan, own.sum(axis=1)))
    logs = tuple(
        Passive(f"log {n}", (n,), lambda v: np.log1p(v[..., 0] / 100), stands_in=True)
        for n in parts
    )
    columns = (Column("x"), *(Column(n, "pmm") for n in parts))
    return np.column_stack(table), Recipe(columns, logs, iterations=3, in_parts=parts)


def chains_of(table: np.ndarray, recipe: Recipe) -> Chains:
    streams = tuple(np.random.default_rng([5, number]) for number in range(3))
    return Chains(planned(table, recipe, None), recipe, streams)


def in_step(chains: Chains) -> int:
    """How many are kept; each is what it would be if it were reckoned anew, to the last digit."""
    number = 0
    for now in chains.parts.values():
        for service, values in now.told.values():
            every = np.stack(list(now.parts), axis=-1)
            assert (service.of(every) == values).all()
            number += 1
    return number


@pytest.mark.parametrize(("services", "doubled"), [(4, False), (8, True)])
def test_what_a_service_tells_is_of_its_parts_as_they_are(services: int, doubled: bool) -> None:
    """After each draw of a total; of whom nothing was known too."""
    chains = chains_of(*of(services, doubled))
    assert any(not lacking.parts for one in chains.targets for lacking in one.lacking_parts)
    found = [in_step(chains) for _ in rounds(chains, 3)]
    assert found[-1] == TIMES * 4


def test_who_is_not_drawn_again_has_what_services_told_before() -> None:
    """Of some people with gaps the rest stays, parts and what they tell."""
    chains = chains_of(*of())
    drawn = [*rounds(chains, 1)]
    (one, _), some = drawn[0], np.array([0, 3])
    now = chains.parts[one.column.name]
    before, told = now.parts.copy(), [values.copy() for _, values in now.told.values()]
    rows = np.broadcast_to(one.gaps, (3, len(one.gaps)))
    with only_of(chains, one, some):
        now.put_all(rows, 2.0 * now.at(rows))
    others = np.setdiff1d(np.arange(PEOPLE), one.gaps[some])
    assert (now.parts[:, :, others] == before[:, :, others]).all()
    assert (now.parts[:, :, one.gaps[some]] == 2.0 * before[:, :, one.gaps[some]]).all()
    assert in_step(chains) == len(chains.parts) * 4
    for values, old in zip([v for _, v in now.told.values()], told, strict=True):
        assert (values[:, others] == old[:, others]).all()


@pytest.mark.parametrize("services", [4, 8])
def test_of_everybody_a_service_is_reckoned_once(
    services: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then of those alone whose part was drawn, however many other services it foretells: the work
    grows with the cells that are lacking, not with pairs of services."""
    table, recipe = of(services)
    targets = planned(table, recipe, None).targets
    counted = []
    reckoned = Service.of_cost

    def of_cost(self: Service, cost: np.ndarray) -> np.ndarray:
        counted.append(cost.size)
        return reckoned(self, cost)

    chains = chains_of(table, recipe)
    monkeypatch.setattr(Service, "of_cost", of_cost)
    list(rounds(chains, 3))
    each = [len(lacking.gaps) for one in targets for lacking in one.lacking_parts
            if lacking.parts]  # fmt: skip
    everybody = TIMES * services * PEOPLE
    assert 3 * everybody < sum(counted) <= 3 * (everybody + 3 * sum(each))


def test_what_is_drawn_hangs_on_no_batch() -> None:
    """Of sets, and of samples, whose chains have rows of their own, filled up with nobody's."""
    table, recipe = of(8)
    rows = np.random.default_rng(3).integers(PEOPLE, size=(3, PEOPLE))
    made = impute_resampled(table, recipe, rows, 2, 7)
    (together,) = made.completed(made.batches(3))
    for one, tables in zip(made.completed(made.batches(1)), together.tables, strict=True):
        assert (one.tables[0] == tables).all()
    own = impute(table, recipe, 3, 7)
    at_once = impute(table, recipe, 3, 7, batch=1)
    for cells, other in zip(own.cells, at_once.cells, strict=True):
        assert (cells.values == other.values).all()

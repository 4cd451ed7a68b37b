"""The step `cost`: what people used and what the intervention took, each at its price."""

from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arrays import Floats
from cesp_analysis.clean.copied import copied_lines, copies_are
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.economics import tables, use_tables
from cesp_analysis.economics.ahead import faults_ahead, sources_of
from cesp_analysis.economics.aside import Aside, listed_rows, said_of
from cesp_analysis.economics.by_minutes import NO_LINES
from cesp_analysis.economics.cost_rows import described
from cesp_analysis.economics.cost_spec import CostSpec, beside_of
from cesp_analysis.economics.cube import Cube, cube_of
from cesp_analysis.economics.like_codes import like_codes
from cesp_analysis.economics.price_rows import by_default_index, like_factors, price_table
from cesp_analysis.economics.priced import priced_of
from cesp_analysis.economics.prices import listed
from cesp_analysis.economics.qalys import cost_weights
from cesp_analysis.economics.resource_use import resource_use
from cesp_analysis.given import hold
from cesp_analysis.schemas import Events, Panel, Visits


def cost(
    spec: str,
    records: Path,
    panel: Path,
    visits: Path,
    events: Path,
    problems: Path,
    ledger: Path,
    scores: list[Path],
    out: Path,
    table: Path,
    prices: Path,
    exceptions: Path,
    use: Path,
    unit_costs: Path | None = None,
    index: Path | None = None,
    checksums: str = "",
) -> None:
    """Price what each person used between the times, and what the intervention took.

    What stops an evaluation is told with what is wrong with use and prices (`scores`: for that
    alone). `events`, `visits`: until when people lived; `problems`: which dates and services
    cleaning took away; `ledger`: which rows it took for copies. `table`: where use and costs by arm
    go; `prices`: where the prices that were used go; `exceptions`: where rows go that count
    otherwise than they stand; `use`: where all rows of use go, each with its cost; `unit_costs`,
    `index`: the study's own files (`checksums`: see given.py).
    """
    hold(checksums)
    how = CostSpec.model_validate_json(spec)
    priced = priced_of(how.economics, *listed(unit_costs, index))
    people = contracts.read(panel, Panel)
    people = people[people["level"] == "person"].drop_duplicates("unit")
    found = sources_of(how.ahead, records, scores)
    units = pd.Index(people["unit"].astype("object"))
    seen = contracts.read(visits, Visits)
    ahead = faults_ahead(how.ahead, found, seen, units)
    beside = beside_of(how, units, seen, contracts.read(events, Events), problems, found)
    made, aside, rows = cube_of(how, priced, records, people, beside, ahead)
    aside += [Aside("config.yaml: events", why, NO_LINES) for why in beside.said]
    aside += like_codes(rows, how)
    aside += [
        Aside(how.copied[name], copies_are(name, "row"), lines)
        for name, lines in copied_lines(ledger, how.copied).items()
    ]
    aside += by_default_index(how.economics, priced, str(unit_costs))
    aside += like_factors(index)
    arms = people["arm"].astype("str").to_numpy()
    each = resource_use(rows, made, how.economics, priced, aside)
    contracts.write(with_known_parts(_long(made), each), out, tables.Costs)
    contracts.write(each, use, use_tables.ResourceUse)
    said = said_of(aside, made.names[0])
    shown = described(made, arms, how.economics.perspectives, said, _factors(how))
    contracts.write(shown, table, tables.CostTable)
    contracts.write(listed_rows(aside), exceptions, use_tables.CostExceptions)
    contracts.write(price_table(how.economics, priced), prices, tables.UnitCosts)


def _factors(how: CostSpec) -> Floats:
    """Of discount (t,): 1 of before the study, of later times as in an evaluation."""
    years = [months * DAYS_IN["months"] / DAYS_IN["years"] for months in how.times.values()]
    return np.append(1.0, cost_weights(years, how.economics.discount)[1:])


def with_known_parts(costs: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Costs with how many rows each is of, and what is known of those that are not; rows:
    ResourceUse."""
    key = ["unit", "time", "service"]
    own = rows[rows["counts"] == "yes"].astype(dict.fromkeys(key, "object"))
    own = own.assign(unknown=own["cost"].isna())
    sums = own.groupby(key).agg(
        known_part=("cost", "sum"), rows=("cost", "size"), rows_unknown=("unknown", "sum")
    )
    found = costs.merge(sums, how="left", left_on=key, right_index=True)
    whole = found[["rows", "rows_unknown"]].fillna(0).astype("int64")
    some = found["cost"].isna() & (whole["rows"] > whole["rows_unknown"])
    return found.assign(known_part=found["known_part"].where(some), **whole)


def _long(made: Cube) -> pd.DataFrame:
    n, t, s = made.cost.shape
    return pd.DataFrame(
        {
            "unit": np.repeat(made.units.to_numpy(), t * s),
            "time": np.tile(np.repeat(made.times, s), n),
            "service": np.tile(made.names, n * t),
            "sector": np.tile(made.sectors, n * t),
            "amount": made.amount.ravel(),
            "months": made.months.ravel(),
            "cost": made.cost.ravel(),
        }
    )

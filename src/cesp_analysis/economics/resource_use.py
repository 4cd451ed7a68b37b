"""The long table of use: each raw row or cell, what it is taken for, and what it costs.

Sums of the rows that count are what the evaluation is made of: Costs of services and of link
workers' time (what a site shares is nobody's use, and has no rows).
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from cesp_analysis.declared.resources import OWN_TIME
from cesp_analysis.economics.aside import Aside
from cesp_analysis.economics.by_minutes import HOURS
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.cube import Cube
from cesp_analysis.economics.delivered import with_work
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.use_tables import ResourceUse
from cesp_analysis.economics.used import placed_rows

CONTACT = "contact"
AFTER_DEATH = "of a time that began after the person's death: not counted"
NOT_PRICED = "of a service without a price (economics.use.not_priced): not counted"
NOT_HELD = "no contact that costs time (economics.intervention.counted)"
BESIDE = "blank beside another answer of the same person and time, which counts"


def resource_use(
    rows: pd.DataFrame,
    made: Cube,
    how: Costed,
    priced: Priced,
    said: Iterable[Aside],
) -> pd.DataFrame:
    """ResourceUse by person, time and service; rows: use_rows.LISTED; said: what counts otherwise
    than it stands."""
    table = rows.reset_index(drop=True)
    person, time = placed_rows(table, made.units, made.times)
    service = pd.Index(made.names).get_indexer(pd.Index(table["service"].astype("object")))
    own = table["counts"].to_numpy(dtype=bool)
    dead = (person >= 0) & (time >= 0) & ~made.begun[person, time]
    counts = own & ~dead
    months = np.where(counts, made.months[person, time, service], np.nan)
    scale = np.where(counts, made.lengths[time] / months, np.nan)
    table = table.merge(_prices(how, priced), on="service", how="left", validate="many_to_one")
    quantity = table["quantity"].to_numpy(dtype=float)
    cost = quantity * table["unit_cost"].to_numpy(dtype=float) * scale
    table = table.assign(
        answer=_answers(table["contacts"].to_numpy(dtype=float)),
        months=months,
        scale=scale,
        cost=np.where(counts, cost, np.nan),
        counts=np.where(counts, "yes", "no"),
    )
    table["what"] = _words(table, own & dead, list(said))
    known = [np.where(at < 0, len(table) + 1, at) for at in (person, time, service)]
    places = table.assign(person=known[0], at=known[1], of=known[2])
    order = places.sort_values(["person", "at", "of", "source", "line"], kind="stable").index
    return table.loc[order][list(ResourceUse.columns())].reset_index(drop=True)


def _prices(how: Costed, priced: Priced) -> pd.DataFrame:
    """service, what its amounts count, what its price is of, £ of one."""
    rows = [
        (
            name,
            CONTACT if one.per == "minutes" else priced.services[name].price.unit,
            priced.services[name].price.unit,
            priced.value(name),
        )
        for name, one in how.services.items()
    ]
    if (own := how.intervention) is not None and priced.hour is not None:
        rows.append((OWN_TIME, CONTACT, HOURS, with_work(priced.hour.value, own)))
    return pd.DataFrame(rows, columns=["service", "counted_in", "price_unit", "unit_cost"])


def _answers(contacts: np.ndarray) -> np.ndarray:
    """Used, none, or missing: 0 and blank are told apart in words too."""
    some = np.where(contacts == 0, "none", "used")
    return np.where(np.isnan(contacts), "missing", some)


def _words(table: pd.DataFrame, dead: np.ndarray, said: Sequence[Aside]) -> list[str | None]:
    """What becomes of each row that counts otherwise than it stands, as cost_exceptions.csv has it;
    None of the others. dead (r,): of a time after the person's death."""
    found: dict[tuple[str, int], list[Aside]] = {}
    for one in said:
        for line in one.lines.tolist():
            found.setdefault((one.path, line), []).append(one)
    places = zip(table["source"], table["line"], table["service"], strict=True)
    own = [
        dict.fromkeys(o.why for o in found.get((path, line), ()) if o.service in ("", service))
        for path, line, service in places
    ]
    rest = _otherwise(table, dead)
    return [" | ".join(words) or other for words, other in zip(own, rest, strict=True)]


def _otherwise(table: pd.DataFrame, dead: np.ndarray) -> list[str | None]:
    """What is said of a row that does not count and that is no exception."""
    contact, gone = (table["service"] == OWN_TIME).to_numpy(), (table["counts"] == "no").to_numpy()
    beside = gone & table["contacts"].isna().to_numpy() & table["unit_cost"].notna().to_numpy()
    unpriced = gone & table["unit_cost"].isna().to_numpy()
    fates = [
        (dead, AFTER_DEATH),
        (gone & contact, NOT_HELD),
        (beside, BESIDE),
        (unpriced, NOT_PRICED),
    ]
    found = np.full(len(table), None, dtype=object)
    for which, words in reversed(fates):
        found[which] = words
    return list(found)

"""The prices of a study as a table: as published, by what factor, as used."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cesp_analysis.declared.resources import INTERVENTION, OWN_TIME
from cesp_analysis.economics import tables
from cesp_analysis.economics.aside import Aside
from cesp_analysis.economics.by_minutes import NO_LINES
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.price_index import read_index
from cesp_analysis.economics.priced import Priced
from cesp_analysis.economics.prices import DEFAULT_INDEX, SOCIAL, Brought

FACTORS = (0.9, 1.2)
"""Least and largest of what prices of a year are over those of the year before, where changes are
written so in place of percent."""


def price_table(how: Costed, priced: Priced) -> pd.DataFrame:
    """UnitCosts: services, an hour of the intervention, what its sites share."""
    rows = [
        _row(name, how.services[name].label, how.services[name].sector, row, how)
        for name, row in priced.services.items()
    ]
    if (own := how.intervention) is not None and priced.hour is not None:
        hour = priced.hour
        rows.append(
            {
                "service": OWN_TIME, "label": f"{own.label}: an hour", "sector": INTERVENTION,
                "item": own.hourly.unit_cost or "", "unit": "hour", "published": hour.published,
                "price_year": hour.price_year, "factor": hour.factor, "value": hour.value,
                "qualifications": _yes(hour.row is not None and hour.row.qualified),
                "placeholder": _yes(hour.placeholder),
                "source": own.hourly.source, "note": hour.how,
            }
        )  # fmt: skip
        for name, one in own.shared.items():
            value = priced.shared[name]
            rows.append(
                {
                    "service": f"intervention.{name}", "label": one.label, "sector": INTERVENTION,
                    "item": "", "unit": "site", "published": one.cost,
                    "price_year": one.price_year, "factor": value / one.cost if one.cost else 1.0,
                    "value": value, "qualifications": "no", "placeholder": _yes(one.placeholder),
                    "source": one.source,
                    "note": f"shared by {one.people or 'the people of the study there'}",
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=list(tables.UnitCosts.columns()))


def by_default_index(how: Costed, priced: Priced, path: str) -> Iterator[Aside]:
    """What is said of services of social care whose price, of the study's own file at path, names
    no index and is brought to another year by that of the NHS."""
    for name, row in priced.services.items():
        sector, price = how.services[name].sector.lower(), row.price
        social = any(word in sector for word in SOCIAL) and "nhs" not in sector
        if social and price.unsaid and price.year != how.price_year:
            why = (
                f"{price.item} says no index: brought from {price.year} to {how.price_year} by"
                f" {DEFAULT_INDEX}, of the NHS; prices of social care have risen otherwise: write"
                " pss, or an index of your own, into its column index"
            )
            yield Aside(path, why, NO_LINES, service=name)


def like_factors(path: Path | None) -> Iterator[Aside]:
    """A question for each index of the study's own file all of whose changes are numbers such as
    factors of a year are (FACTORS): percent may be such too, and are taken as they stand."""
    for index, changes in (read_index(path) if path else {}).items():
        if all(FACTORS[0] <= change <= FACTORS[1] for change in changes.values()):
            why = (
                f"the changes of {index} are all from {FACTORS[0]:g} to {FACTORS[1]:g}, taken to be"
                " percent since the year before: are they factors? Then write 3.4 for 1.034; if"
                " they are percent, let them stand"
            )
            yield Aside(str(path), why, NO_LINES)


def _row(name: str, label: str, sector: str, row: Brought, how: Costed) -> dict[str, object]:
    price = row.price
    note = [price.note] if price.note else []
    if price.unsaid and price.year != how.price_year:
        note.append(f"index left blank: {price.index}")
    return {
        "service": name, "label": label, "sector": sector, "item": price.item, "unit": price.unit,
        "published": row.published, "price_year": price.year,
        "factor": row.factor, "value": row.value, "qualifications": _yes(row.qualified),
        "placeholder": _yes(price.placeholder), "source": price.source,
        "note": "; ".join(note) or None,
    }  # fmt: skip


def _yes(it: bool) -> str:
    return "yes" if it else "no"

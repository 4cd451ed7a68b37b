"""The prices of a study: each service's and an hour's, in its price year, and their table."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.declared.resources import INTERVENTION, OWN_TIME, Service
from cesp_analysis.economics import tables
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.delivered import Hour, hour_of
from cesp_analysis.economics.prices import (
    DEFAULT_INDEX,
    Brought,
    Changes,
    Price,
    brought,
    inflated,
)


@dataclass(frozen=True)
class Priced:
    """Each service's price, and an hour's; faults: a line for each that there is not."""

    services: dict[str, Brought]
    hour: Hour | None
    shared: dict[str, float]
    faults: tuple[str, ...] = ()

    def value(self, service: str) -> float:
        """£ of one unit of a service; NaN where it has no price."""
        return self.services[service].value if service in self.services else math.nan


def priced_of(how: Costed, listed: list[Price], changes: Changes) -> Priced:
    """All prices in the study's year, and why others have none."""
    faults, services = [], {}
    hour, shared = None, {}
    for name, service in how.services.items():
        try:
            row = brought(service.unit_cost, listed, changes, how.price_year, how.qualifications)
            services[name] = row
            faults += list(_by_minutes(name, service, row))
        except ValueError as error:
            faults.append(f"config.yaml: economics.services.{name}: {error}")
    if (own := how.intervention) is not None:
        try:
            hour = hour_of(own.hourly, listed, changes, how.price_year, how.qualifications)
        except ValueError as error:
            faults.append(f"config.yaml: economics.intervention.hourly: {error}")
        for name, one in own.shared.items():
            try:
                shared[name] = inflated(
                    one.cost, one.price_year, changes, how.price_year, DEFAULT_INDEX
                )
            except ValueError as error:
                faults.append(f"config.yaml: economics.intervention.shared.{name}: {error}")
    return Priced(services, hour, shared, tuple(faults))


def _by_minutes(name: str, service: Service, row: Brought) -> Iterator[str]:
    if service.per == "minutes" and row.price.unit not in ("hour", "minute"):
        yield (
            f"config.yaml: economics.services.{name}: per: minutes, but {service.unit_cost} is a"
            f" price of one {row.price.unit}; name an item by the hour, or write per: amount"
        )


def price_table(how: Costed, priced: Priced) -> pd.DataFrame:
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


def _row(name: str, label: str, sector: str, row: Brought, how: Costed) -> dict[str, object]:
    price = row.price
    return {
        "service": name, "label": label, "sector": sector, "item": price.item, "unit": price.unit,
        "published": row.published, "price_year": price.year,
        "factor": row.factor, "value": row.value, "qualifications": _yes(row.qualified),
        "placeholder": _yes(price.placeholder), "source": price.source, "note": price.note or None,
    }  # fmt: skip


def _yes(it: bool) -> str:
    return "yes" if it else "no"

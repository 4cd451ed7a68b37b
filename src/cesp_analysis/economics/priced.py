"""The prices of a study: each service's and an hour's, in its price year, or why there are none."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.declared.resources import Service
from cesp_analysis.economics.costed import Costed
from cesp_analysis.economics.hourly import Hour, hour_of
from cesp_analysis.economics.price_index import Changes, OfIndex, Unreached, changes_of, inflated
from cesp_analysis.economics.prices import (
    Brought,
    Price,
    brought,
    chosen,
    merged,
    prices_without_fault,
    shipped,
)
from cesp_analysis.errors import CespError


@dataclass(frozen=True)
class Priced:
    """Each service's price, and an hour's; faults: a line for each that there is not; of_index: the
    lines among them that hang on the study's year and its index alone."""

    services: dict[str, Brought]
    hour: Hour | None
    shared: dict[str, float]
    faults: tuple[str, ...] = ()
    of_index: tuple[str, ...] = ()

    def value(self, service: str) -> float:
        """£ of one unit of a service; NaN where it has no price."""
        return self.services[service].value if service in self.services else math.nan

    def all_shared(self, how: Costed) -> bool:
        """Whether all that the intervention's sites share has a price."""
        return how.intervention is not None and {*how.intervention.shared} <= {*self.shared}


def priced_of(how: Costed, listed: list[Price], changes: Changes) -> Priced:
    """All prices in the study's year, and why others have none."""
    faults: list[str] = []
    services: dict[str, Brought] = {}
    wrong: dict[str, ValueError] = {}
    hour, shared = None, {}
    for name, service in how.services.items():
        try:
            price = chosen(service.unit_cost, listed, how.price_year)
            faults += list(_by_minutes(name, service, price))
            services[name] = brought(
                service.unit_cost, listed, changes, how.price_year, how.qualifications
            )
        except ValueError as error:
            wrong[f"services.{name}"] = error
    if (own := how.intervention) is not None:
        try:
            hour = hour_of(own.hourly, listed, changes, how.price_year, how.qualifications)
        except ValueError as error:
            wrong["intervention.hourly"] = error
        for name, one in own.shared.items():
            try:
                shared[name] = inflated(
                    one.cost, one.price_year, changes, how.price_year, one.index
                )
            except ValueError as error:
                wrong[f"intervention.shared.{name}"] = error
    of_index: dict[str, ValueError] = {
        place: error for place, error in wrong.items() if isinstance(error, OfIndex)
    }
    return Priced(services, hour, shared, (*_told(wrong), *faults), (*_told(of_index),))


def sound(unit_costs: Path | None, index: Path | None) -> tuple[list[Price], Changes]:
    """Items in which nothing is wrong, of the study's own file and those shipped, and changes of
    indices: none beside an index in which something is; no item beside a file that is no such
    table."""
    try:
        mine, faulty = prices_without_fault(unit_costs) if unit_costs else ([], frozenset[str]())
    except CespError:  # told where files are read
        return [], {}
    prices = [one for one in merged(mine, shipped()) if one.item not in faulty]
    try:
        return prices, changes_of(index)
    except CespError:
        return prices, {}


def lacking(how: Costed, listed: list[Price]) -> Iterator[str]:
    """A line for each item that no file of prices has, whatever its index reaches."""
    asked = {f"services.{name}": one.unit_cost for name, one in how.services.items()}
    if how.intervention is not None and how.intervention.hourly.unit_cost is not None:
        asked["intervention.hourly"] = how.intervention.hourly.unit_cost
    wrong: dict[str, ValueError] = {}
    for place, item in asked.items():
        try:
            chosen(item, listed, how.price_year)
        except ValueError as error:
            wrong[place] = error
    yield from _told(wrong)


def _told(wrong: dict[str, ValueError]) -> Iterator[str]:
    """A line for each price that there is not (place in the section → why); one line for all that
    an index leaves behind at the same year."""
    behind: dict[tuple[str, str], list[str]] = {}
    for place, error in wrong.items():
        if isinstance(error, Unreached):
            behind.setdefault((error.index, error.lacks[0]), []).append(place)
    for place, error in wrong.items():
        together = [place]
        if isinstance(error, Unreached):
            together = behind[error.index, error.lacks[0]]
        if isinstance(error, Unreached) and len(together) > 1:
            if place == together[0]:
                others = [one for name in together if isinstance(one := wrong[name], Unreached)]
                lacks = sorted({year for one in others for year in one.lacks})
                line = error.told(f"{len(together)} prices ({', '.join(together)})", lacks)
                yield f"config.yaml: economics.price_year: {line}"
        else:
            yield f"config.yaml: economics.{place}: {error}"


def _by_minutes(name: str, service: Service, price: Price) -> Iterator[str]:
    if service.per == "minutes" and price.unit not in ("hour", "minute"):
        yield (
            f"config.yaml: economics.services.{name}: per: minutes, but {service.unit_cost} is a"
            f" price of one {price.unit}; name an item by the hour (its unit: hour, or minute), or"
            " write per: amount"
        )

"""What is said where minutes stand in the data or the study file and costs do not go by them."""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.resources import Service
from cesp_analysis.economics.aside import Aside
from cesp_analysis.numbers import counted

HOURS, MINUTES = "hour", "minute"
NO_LINES = np.zeros(0, dtype=int)


def of_minutes(
    name: str, service: Service, unit: str, amount: Floats, minutes: Floats, path: str
) -> Iterator[Aside]:
    """One for each way in which a price by the amount passes over minutes, or one by the hour has
    none; amount, minutes (r,): of the service's rows at path; unit: of its price, '' of none."""
    given, used = np.isfinite(minutes), np.nan_to_num(amount) > 0
    for path_of, why in _ways(service, unit, int((given & used).sum()), int((~given & used).sum())):
        yield Aside(path_of or path, f"{name}: {why}", NO_LINES, service=name)


def _ways(service: Service, unit: str, given: int, lacking: int) -> Iterator[tuple[str, str]]:
    """The file ('': that of the rows) and what is said; given, lacking: rows with some use, with
    minutes and without."""
    each = service.minutes_each
    if service.per == "amount":
        by_time = unit in (HOURS, MINUTES)
        why = f"{service.unit_cost} is a price of one {unit}, times the amount"
        remedy = "; if that counts contacts, write per: minutes" if by_time else ""
        if given:
            yield "", f"minutes of {counted(given, 'row')} do not count: {why}{remedy}"
        if each is not None:
            yield "config.yaml", f"minutes_each ({each:g}) does not count: {why}{remedy}"
    elif lacking and each is not None:
        yield "", f"{counted(lacking, 'row')} without minutes: taken to last {each:g} minutes each"
    elif lacking:
        yield (
            "",
            f"{counted(lacking, 'row')} without minutes: what they cost is not known"
            " (minutes_each says how long a contact takes)",
        )

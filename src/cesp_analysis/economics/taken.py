"""What the intervention took of each person, kept apart from the services that were used.

It is known of nearly everybody, and is what the arms differ by: where a service is not known, the
services are imputed, and what the intervention took is added to them afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.resources import INTERVENTION, OWN_SHARE, OWN_TIME
from cesp_analysis.economics.costs_in_parts import CostColumns
from cesp_analysis.economics.frame import OWN_COST
from cesp_analysis.economics.sources import (
    costs_of,
    known_contacts_of,
    known_parts_of,
    placed,
)
from cesp_analysis.missing.people import People


@dataclass(frozen=True)
class Taken:
    """£ (n, t) before each time: time of link workers, NaN where it is not known, and what a site
    shares; 0 after a death. unknown (n, t): whose time is not known; none: whether
    link workers' time of everybody is known and nothing."""

    time: Floats
    share: Floats
    unknown: Bools
    none: bool


def services_of(table: pd.DataFrame) -> pd.DataFrame:
    """Costs without what the intervention took: 0 in its rows, so that whoever has rows keeps
    them."""
    own = table["service"].isin([OWN_TIME, OWN_SHARE])
    return table.assign(cost=table["cost"].mask(own, 0.0))


def sectors_in(table: pd.DataFrame, sectors: Sequence[str]) -> list[str]:
    """Those of the sectors that pay for a service."""
    return [one for one in sectors if named_in(table, [one])]


def named_in(table: pd.DataFrame, sectors: Sequence[str]) -> list[str]:
    """The services that these sectors pay for, what the intervention took not among them."""
    own = table["sector"].isin(sectors) & ~table["service"].isin([OWN_TIME, OWN_SHARE])
    return [*dict.fromkeys(table.loc[own, "service"].astype("str"))]


def taken_of(table: pd.DataFrame, people: People) -> Taken:
    """What the intervention took, of the table of costs; of a death's later times there is none."""
    time, share = (
        placed(table[table["service"] == name], "cost", people) for name in (OWN_TIME, OWN_SHARE)
    )
    unknown = np.isnan(time) & np.isfinite(share)
    own = np.where(unknown, np.nan, np.nan_to_num(time))
    none = bool((table["service"] == OWN_TIME).any()) and not own.any()
    return Taken(own, np.nan_to_num(share), np.asarray(unknown), none)


def columns_in(
    table: pd.DataFrame, columns: Mapping[str, Sequence[str]], own: bool, people: People
) -> CostColumns:
    """columns: name → sectors, of services; own: whether what the intervention took counts. Time
    that is not known of somebody is a column of its own, imputed like others."""
    services, taken = services_of(table), taken_of(table, people)
    found = {name: costs_of(services, of, people) for name, of in columns.items()}
    in_parts = {
        name: known_parts_of(table, names, people)
        for name, of in columns.items()
        if (names := named_in(table, of))
    }
    if not own:
        return CostColumns(found, in_parts, np.zeros(taken.share.shape))
    if not taken.unknown.any():
        return CostColumns(found, in_parts, taken.time + taken.share)
    in_parts[OWN_COST] = known_contacts_of(table, OWN_TIME, people)
    return CostColumns(found | {OWN_COST: taken.time}, in_parts, taken.share)


def own_counts(sectors: Sequence[str]) -> bool:
    """Whether a perspective of these sectors counts what the intervention took."""
    return INTERVENTION in sectors

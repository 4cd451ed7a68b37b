"""Ties that are not counted, since they are of nobody whose record counts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.two_places import KIND


@dataclass(frozen=True)
class Aside:
    """Ties (unit, time, site, alter) that are not counted: `recordless` (n,) says which of them,
    because of that respondent's record of the wave none is left; the others are of another site
    than the respondent of their id. `doubted`: ids (unit, time) with ties that do not say their
    site, of which another site's respondent was set aside."""

    ties: pd.DataFrame
    recordless: "np.ndarray[Any, Any]"
    doubted: pd.DataFrame

    def count(self, wave: str) -> int:
        """Ties of a wave, at all sites, that are not counted."""
        return int((self.ties["time"] == wave).sum())

    def said(self, wave: str) -> Iterator[str]:
        """What must be said of a wave, at all sites."""
        of_wave = (self.ties["time"] == wave).to_numpy()
        if n := int((of_wave & self.recordless).sum()):
            yield (
                f"{_ties(n)} of this wave, at all sites, not counted: of respondents whose record"
                " was set aside or left out"
            )
        if n := int((of_wave & ~self.recordless).sum()):
            yield (
                f"{_ties(n)} of this wave, at all sites, not counted: of another site than the"
                " respondent of their id"
            )
        if n := int((self.doubted["time"] == wave).sum()):
            ids, their = ("one id", "its") if n == 1 else (f"{n:,} ids", "their")
            yield (
                f"{ids} of two respondents in different sites ({KIND}): {their} ties may be two"
                " people's, for the file of ties does not say their site (site:)"
            )


def _ties(n: int) -> str:
    return "1 tie" if n == 1 else f"{n:,} ties"


def without_strangers(
    ties: pd.DataFrame, people: pd.DataFrame, records: pd.DataFrame
) -> tuple[pd.DataFrame, Aside]:
    """The ties that count, and what is known of the others.

    ties: unit, time, site ('' where not said); people: unit, time, site, file; records: what became
    of the respondents' records (Ledger).
    """
    by = ["unit", "time"]
    gone = set(records.loc[records["status"] == "set aside", "unit"].dropna())
    own = people.drop_duplicates(by).set_index(by)
    key = pd.MultiIndex.from_frame(ties[by])
    there = key.isin(own.index)
    recordless = np.asarray(ties["unit"].isin(gone)) & ~there
    site = own["site"].reindex(key).to_numpy()
    said = np.asarray(ties["site"] != "")
    elsewhere = there & said & pd.notna(site) & (ties["site"].to_numpy() != site)
    out = recordless | elsewhere
    shared = _shared(people, records)
    doubted = ties.loc[~out & ~said & key.isin(shared), by].drop_duplicates()
    return ties[~out], Aside(ties[out], recordless[out], doubted)


def _shared(people: pd.DataFrame, records: pd.DataFrame) -> pd.MultiIndex:
    """Ids and waves of which a record was set aside as of another site; where one file has several
    waves, all of its that the id answered in."""
    lost = records.loc[records["reason"] == KIND, ["unit", "file"]].astype("str")
    waves = people[["file", "time"]].drop_duplicates()
    return pd.MultiIndex.from_frame(lost.merge(waves, on="file")[["unit", "time"]])


def of_others(
    pairs: pd.DataFrame, aside: pd.DataFrame, ties: pd.DataFrame
) -> "np.ndarray[Any, Any]":
    """Which pairs (n,) join somebody whom only ties that are not counted name."""
    found = np.zeros(len(pairs), dtype=bool)
    by = ["unit", "time", "alter"]
    kept, gone = (pd.MultiIndex.from_frame(table[by]) for table in (ties, aside))
    for end in ("one", "other"):
        key = pd.MultiIndex.from_frame(pairs[["unit", "time", end]])
        found |= key.isin(gone) & ~key.isin(kept)
    return found

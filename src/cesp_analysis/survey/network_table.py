"""Networks of respondents, described by site and wave."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.models.hidden import fewer
from cesp_analysis.survey.beside_tables import NetworkTable
from cesp_analysis.survey.ties_aside import Aside

REACH_DEPENDS = (
    "largest_component and reach grow with the share of residents who were asked: compare them only"
    " between samples that are alike in that"
)
FEW = 2  # respondents without whom there is no other to reach, and no spread


def table_of(
    found: pd.DataFrame,
    ties: pd.DataFrame,
    sites: Sequence[str],
    waves: Sequence[str],
    aside: Aside,
    minimum: int = FEW,
) -> pd.DataFrame:
    """The NetworkTable of scores; `found` as `networks.scored` gives them; minimum: with fewer
    answers their number stands alone."""
    rows = [
        row
        | {
            "ties_aside": aside.count(row["wave"]),
            "warnings": " | ".join([*row["warnings"], *aside.said(row["wave"])]) or None,
        }
        for row in _rows(found, ties, sites, waves, max(minimum, FEW))
    ]
    return pd.DataFrame(rows, columns=list(NetworkTable.columns())).astype(
        {"site": "category", "wave": "category"}
    )


def _rows(
    found: pd.DataFrame,
    ties: pd.DataFrame,
    sites: Sequence[str],
    waves: Sequence[str],
    least: int,
) -> Iterator[dict[str, Any]]:
    named = _by_wave(ties, waves)
    for site in sites or (None,):
        for wave in waves:
            here = found[found["time"] == wave]
            here = here if site is None else here[here["site"] == site]
            if 0 < (n := int(here["asked"].sum())) < least:
                told = {"site": site, "wave": wave, "respondents": len(here), "asked": n}
                yield told | {"warnings": [fewer(least, "answers")]}
            elif len(here):
                yield _row(here, *named[wave], site, wave)


def _by_wave(
    ties: pd.DataFrame, waves: Sequence[str]
) -> dict[str, tuple[pd.DataFrame, dict[Any, np.ndarray]]]:
    """Wave → its ties, and respondent → the places of theirs: every site asks for its own."""
    found = {}
    for wave in waves:
        own = ties[ties["time"] == wave]
        places: Any = own.groupby(own["unit"].astype("object").to_numpy()).indices
        found[wave] = own, places
    return found


def _row(
    here: pd.DataFrame,
    ties: pd.DataFrame,
    places: dict[Any, np.ndarray],
    site: str | None,
    wave: str,
) -> dict[str, Any]:
    asked = here[here["asked"]]
    units = asked["unit"].astype("object").unique()
    at = [places[unit] for unit in units if unit in places]
    named = ties.iloc[np.sort(np.concatenate(at)) if at else []]
    n, degree = len(asked), asked["network.degree"].to_numpy()
    part = asked["part"].to_numpy()
    largest = int(np.bincount(part).max()) if n else 0
    isolates = int((degree == 0).sum())
    said = [] if n else ["nobody answered the question"]
    said += [REACH_DEPENDS] if n >= FEW else []
    bodies = named.loc[named["kind"] != "person", ["kind", "alter"]].drop_duplicates()
    return {
        "site": site,
        "wave": wave,
        "respondents": len(here),
        "asked": n,
        "ties": len(named),
        "mean_degree": degree.mean() if n else np.nan,
        "sd_degree": degree.std(ddof=1) if n >= FEW else np.nan,
        "isolates": isolates,
        "share_isolates": isolates / n if n else np.nan,
        "with_organisation": (asked["network.organisations"] > 0).mean() if n else np.nan,
        "groups": len(bodies),
        "components": len(np.unique(part)) if n else 0,
        "largest_component": largest,
        "share_largest": largest / n if n else np.nan,
        "warnings": said,
    }

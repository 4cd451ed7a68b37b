"""How alike people of one neighbourhood or of one link worker are in a candidate."""

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.cluster_icc import cluster_icc

TWO_SITES = "not estimable from two sites"


def alike(own: Candidate, how: MeasureSpec) -> Row:
    """The columns of Measurability from icc_neighbourhood to icc_site."""
    return {
        **_within(own, "neighbourhood", own.first, how),
        **_within(own, "link_worker", own.last, how),
        "icc_site": of_sites(how.sites),
    }


def of_sites(sites: int) -> str:
    """Why the study tells no correlation of people within sites."""
    if sites == 0:
        return "the study has no sites"
    if sites == 1:
        return "not estimable from one site"
    if sites == 2:
        return TWO_SITES
    return f"not estimated here; {sites} sites: a mixed model with random: [site] tells it"


def _within(own: Candidate, column: str, time: str | None, how: MeasureSpec) -> Row:
    """Correlation within clusters, differences between sites left out."""
    plural = f"{column}s"
    if time is None:
        return {f"{column}_method": "nobody has a value"}
    known = np.isfinite(own.values) & (own.time == time)
    known &= own.rows[column].notna().to_numpy()
    if not known.any():
        noun = column.replace("_", " ")
        return {plural: 0, f"{column}_method": f"no {noun} is known of anybody with a value"}
    names = own.rows[column].astype("str").to_numpy()[known]
    sites = own.group[known]
    nested = np.char.add(np.char.add(sites.astype(str), "\t"), names.astype(str))
    found = cluster_icc(own.values[known], nested, sites, how.ci_level)
    told = [found.method if found.value is not None else None, found.reason]
    return {
        f"icc_{column}": found.value,
        f"icc_{column}_low": found.low,
        f"icc_{column}_high": found.high,
        plural: found.clusters,
        f"{column}_method": "; ".join(part for part in told if part) or None,
    }

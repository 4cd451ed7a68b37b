"""People who are complete, drawn again and again: two equations together, and costs by a log."""

from collections.abc import Iterator, Sequence

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.bootstrap import Units, bootstrapped, units_of
from cesp_analysis.economics.bootstrap_intervals import percentile
from cesp_analysis.economics.data import Data, regressions
from cesp_analysis.economics.estimated import Estimated, left_out, refused
from cesp_analysis.economics.monte_carlo import of_percentiles
from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.economics.two_regressions import ARM, Regressed, WeightedSum, regressed
from cesp_analysis.models.refusals import NotEstimable

SITES = "sites"


def joint_rows(
    data: Data,
    approach: str,
    asked: Sequence[WeightedSum],
    samples: int,
    seed: int,
    cluster: str,
    level: float,
) -> list[Estimated]:
    """Each quantity of complete people of the base case, with percentile intervals of samples.

    Where a regression of them has no standard error (as many columns as people) neither has this:
    samples of people that a line fits exactly hardly differ.
    """
    if isinstance(whole := regressed(data, approach, "HC2"), str):
        return [refused(one, data.n, data.n, whole) for one in asked]
    made = regressions(data, approach)
    try:
        units = drawn_units(data.sites, data.treated, data.clusters, data.site_names)
        system = prepared(made.cost, made.qaly, made.cost_x, ARM)
    except NotEstimable as error:
        return [refused(one, data.n, data.n, str(error)) for one in asked]
    draws = bootstrapped(lambda block: replicated(system, block), units, samples, seed)
    words = f"{drawn_words(cluster)} within {drawn_place(data.sites)}"
    clusters = sum(units.counts) if cluster else None
    said = (*units.warnings, *left_out(data, approach))
    return list(_rows(whole, draws, asked, (words, clusters, said), data.n, level))


def drawn_units(
    sites: Codes, treated: np.ndarray, clusters: Codes, site_names: Sequence[str]
) -> Units:
    """What is drawn within each site and arm, sites by their names; NotEstimable where nothing can
    be."""
    strata, within = sites * 2 + treated, drawn_place(sites) == SITES
    names = []
    for code in np.unique(strata):
        own = f" of site {site_names[code // 2]}" if site_names[code // 2] else " of no site"
        arm = "intervention" if code % 2 else "control"
        names.append(f"the {arm} arm{own if within else ''}")
    return units_of(strata, None if (clusters < 0).all() else clusters, names)


def drawn_place(sites: Codes) -> str:
    """Within what is drawn, in words: sites, where there are any to tell apart; else arms."""
    return SITES if len(np.unique(sites)) > 1 else "arms"


def drawn_words(cluster: str) -> str:
    """What is drawn, in words."""
    return f"{cluster.replace('_', ' ')}s as a whole" if cluster else "people"


def _rows(
    whole: Regressed,
    draws: Floats,
    asked: Sequence[WeightedSum],
    drawn: tuple[str, int | None, tuple[str, ...]],
    n: int,
    level: float,
) -> Iterator[Estimated]:
    """drawn: what, in words; how many clusters; warnings."""
    words, clusters, warnings = drawn
    for one in asked:
        if why := whole.why_not(one):
            yield refused(one, n, n, why)
            continue
        weights = np.array(one.weights)
        own = draws @ weights
        try:
            found = percentile(own, level)
        except NotEstimable as why:
            yield refused(one, n, n, str(why))
            continue
        method = f"two equations together; {found.method}, of {words}"
        error = float(np.nanstd(own, ddof=1))
        yield Estimated(
            one, float(whole.point @ weights), error, None, (found.low, found.high), method, n, n,
            clusters, warnings, of_ends=of_percentiles(own, level),
        )  # fmt: skip

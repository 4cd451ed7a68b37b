"""People who are complete, drawn again and again: two equations together, and costs by a log."""

from collections.abc import Iterator, Sequence

import numpy as np

from cesp_analysis.economics import bivariate
from cesp_analysis.economics.bootstrap import few_units, percentile, units_of, weights
from cesp_analysis.economics.data import Data, regressions
from cesp_analysis.economics.estimated import Estimated, Quantity, refused, regressed
from cesp_analysis.models.cluster_sums import Floats

JOINT = "two equations together, bootstrap of {drawn} within sites ({n:,} samples), percentiles"


def joint_rows(
    data: Data,
    approach: str,
    asked: Sequence[Quantity],
    samples: int,
    seed: int,
    cluster: str,
    level: float,
) -> tuple[list[Estimated], Floats]:
    """Each quantity of complete people with percentile intervals; and the draws (B, 2).

    Where a regression of them has no standard error (as many columns as people) neither has this:
    samples of people that a line fits exactly hardly differ.
    """
    units = units_of(data.sites * 2 + data.treated, data.clusters)
    if units.smallest < 2 or len(np.unique(data.treated)) < 2:
        text = "an arm of a site has one unit or none of whom all is known: nothing can be drawn"
        return [refused(one, data.n, data.n, text) for one in asked], np.empty((0, 2))
    if isinstance(reason := regressed(data, approach, "HC2"), str):
        return [refused(one, data.n, data.n, reason) for one in asked], np.empty((0, 2))
    made = regressions(data, approach)
    columns, together = bivariate.arranged(made.cost, made.qaly, made.cost_x, made.qaly_x)
    point = bivariate.weighted(columns, together, np.ones((1, data.n))).effects[0]
    parts = [bivariate.weighted(columns, together, w) for w in weights(units, samples, seed)]
    draws = np.concatenate([one.effects for one in parts])
    lost = int(sum(one.singular.sum() for one in parts))
    words = "people" if not cluster else f"each {cluster.replace('_', ' ')} as a whole"
    method = JOINT.format(drawn=words, n=samples)
    said = tuple(filter(None, [few_units(units, _noun(cluster)), _lost(lost, samples)]))
    clusters = len(units.stratum) if cluster else None
    return list(_rows(point, draws, asked, level, method, said, data.n, clusters)), draws


def _rows(
    point: Floats,
    draws: Floats,
    asked: Sequence[Quantity],
    level: float,
    method: str,
    said: tuple[str, ...],
    n: int,
    clusters: int | None,
) -> Iterator[Estimated]:
    for one in asked:
        own = draws @ np.array([one.of_cost, one.of_qaly])
        estimate = float(point @ np.array([one.of_cost, one.of_qaly]))
        if not np.isfinite(estimate):
            yield refused(one, n, n, "columns of the regression say the same thing twice")
            continue
        low, high = percentile(own[:, None], level)
        error = float(np.nanstd(own, ddof=1))
        interval = float(low[0]), float(high[0])
        yield Estimated(one, estimate, error, None, interval, method, n, n, clusters, said)


def _lost(lost: int, samples: int) -> str:
    return f"{lost:,} of {samples:,} samples gave no estimate" if lost else ""


def _noun(cluster: str) -> str:
    return f"{cluster.replace('_', ' ')}s and people without one" if cluster else "people"

"""From a roll-out to the rows of kind `group_time`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.answers import Answers
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.group_time_data import Rollout, compared, rollout_of
from cesp_analysis.models.group_time_engine import effect_of
from cesp_analysis.models.group_time_joint import Found, Known, Made, diagnostics_of, with_joint
from cesp_analysis.models.group_time_plan import NEVER, Average, Cell, averages_of, began, cells_of
from cesp_analysis.models.group_time_sums import (
    OneCluster,
    Parts,
    averaged,
    drawn_shares,
    inferred_by_clusters,
)
from cesp_analysis.models.group_time_words import (
    NO_START,
    composed,
    estimator,
    no_clusters,
    one_cluster,
)
from cesp_analysis.models.link_worker_words import sharing_of
from cesp_analysis.models.lost_variance import refuse_one_weight
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.rows import Compared, asked_for, inferred
from cesp_analysis.models.two_sites import caution
from cesp_analysis.models.weighting_words import fault_words

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime


def fitted(spec: "GroupTime", answers: Answers, outcome: str) -> Fit:
    """The rows of one outcome."""
    frame = frame_of(answers, spec, outcome)
    rollout = rollout_of(spec, frame)
    found = {cell: _effect(spec, rollout, cell) for cell in cells_of(spec)}
    made = [_row(spec, rollout, found, outcome, one) for one in averages_of(spec)]
    rows, values = with_joint(spec, outcome, made)
    return Fit(tuple(rows), (), diagnostics_of(spec, found, made, values))


def _effect(spec: "GroupTime", rollout: Rollout, cell: Cell) -> Known | str:
    not_yet = spec.anticipation if spec.comparison == "not_yet_treated" else None
    units, sides = rollout.sides(cell, not_yet)
    if reason := compared(spec, cell, sides):
        return reason
    after = np.zeros(len(sides.y)) if sides.after is None else sides.after
    try:
        refuse_one_weight(sides.sampling, np.asarray(2 * after + sides.treated, dtype=np.intp))
        effect = effect_of(sides, spec.adjustment)
    except NotEstimable as error:
        names = rollout.frame.covariate_names
        return fault_words(error, names, [began(spec, cell.group), "those compared"] * 2)
    clusters = int(rollout.cluster.max()) + 1
    own = rollout.cluster[units]
    parts = Parts(
        effect.estimate,
        np.bincount(own, effect.pull, clusters).astype(float),
        np.bincount(own, minlength=clusters) > 0,
        float(np.abs(sides.y).max()),
        effect.parts.squares(own, clusters),
        effect.parts.variance,
    )
    site = rollout.site[units]
    treated = int(sides.treated.sum())
    return Known(
        parts,
        rollout.records(units, cell),
        np.unique(site[sides.treated]),
        np.unique(site[~sides.treated]),
        (treated, len(units) - treated),
    )


def _row(spec: "GroupTime", rollout: Rollout, found: Found, outcome: str, average: Average) -> Made:
    row = _asked(spec, outcome, average)
    there = {cell: one for cell in average.cells if isinstance(one := found[cell], Known)}
    row = _described(spec, rollout, row, average, there)
    if why := no_clusters(spec, rollout.frame):
        return Made(row.refused(why), average)
    if not there:
        reasons = dict.fromkeys(str(found[cell]) for cell in average.cells)
        return Made(row.not_estimable("; ".join(reasons) or NO_START), average)
    parts = _averaged(spec, rollout, there)
    strata, share = _strata(rollout)
    try:
        shown, scaled = inferred_by_clusters(parts, strata, share)
    except OneCluster as error:
        return Made(row.refused(one_cluster(spec, error.group)), average)
    except NotEstimable as error:
        return Made(row.not_estimable(str(error)), average)
    method = f"{estimator(spec)}; {shown.method}; clusters: {spec.cluster}"
    row = inferred(row, shown, method, int(shown.n_clusters or 0), spec.cluster)
    return Made(row, average, scaled, parts)


def _averaged(spec: "GroupTime", rollout: Rollout, there: dict[Cell, Known]) -> Parts:
    """The average of the cells, each weighed by its group."""
    masses = np.array([rollout.mass(cell.group) for cell in there])
    parts = averaged([one.parts for one in there.values()], masses / masses.sum())
    if spec.group_sizes == "fixed":
        return parts
    return _with_shares(rollout, there, parts)


def _with_shares(rollout: Rollout, there: dict[Cell, Known], parts: Parts) -> Parts:
    groups = [cell.group for cell in there]
    effects = np.array([one.parts.estimate for one in there.values()])
    each = drawn_shares(rollout.group, groups, effects, rollout.sampling)
    clusters = len(parts.part)
    return replace(parts, part=parts.part + np.bincount(rollout.cluster, each, clusters))


def _strata(rollout: Rollout) -> tuple[Codes, Floats]:
    """The start (c,) of each cluster and its weight (c,); clusters across starts: one stratum."""
    clusters = int(rollout.cluster.max()) + 1
    start = np.zeros(clusters, dtype=np.intp)
    start[rollout.cluster] = rollout.group
    if np.any(start[rollout.cluster] != rollout.group):
        start[:] = NEVER
    return start, np.bincount(rollout.cluster, rollout.sampling, clusters).astype(float)


def _asked(spec: "GroupTime", outcome: str, average: Average) -> Estimate:
    """The row without numbers."""
    said = "people who answered both times" if spec.design == "panel" else "complete records"
    compared = Compared(average.estimand, average.contrast)
    row = asked_for(spec, outcome, average.time, said, compared).row
    name = "/".join(filter(None, (spec.context.model, outcome, average.tail)))
    return replace(row, estimate_id=name)


def _described(
    spec: "GroupTime", rollout: Rollout, row: Estimate, average: Average, there: dict[Cell, Known]
) -> Estimate:
    """The row with the records, people and sites that it rests on, and what to keep in mind."""
    frame, own = rollout.frame, np.zeros(rollout.frame.n, dtype=bool)
    for one in there.values():
        own[one.records] = True
    treated = others = None
    if spec.context.sites:
        treated = _different([one.treated for one in there.values()])
        others = _different([one.others for one in there.values()])
    person = frame.codes["person"][own]
    shared = spec.level == "person" and there
    return replace(
        row,
        n_obs=int(own.sum()),
        n_units=len(np.unique(person)),
        n_sites_treated=treated,
        n_sites_control=others,
        warnings=(
            *(caution(treated, others, spec.cluster == "site") if there else ()),
            *frame.left_out,
            *rollout.said,
            *composed(spec, average, there),
            *(sharing_of(spec, row.estimand).said(frame.rows(own)) if shared else ()),
        ),
    )


def _different(codes: Sequence[Codes]) -> int:
    """How many different sites there are in several lists of them."""
    return len(np.unique(np.concatenate(codes))) if codes else 0

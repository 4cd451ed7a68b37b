"""From a roll-out to the rows of kind `group_time`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes
from cesp_analysis.models.answers import Answers
from cesp_analysis.models.frame import frame_of
from cesp_analysis.models.group_time_data import Rollout, compared, rollout_of, sides_of
from cesp_analysis.models.group_time_engine import Sides, effect_of
from cesp_analysis.models.group_time_joint import (
    Behind,
    Found,
    Known,
    Lost,
    Made,
    diagnostics_of,
    with_joint,
)
from cesp_analysis.models.group_time_plan import (
    Average,
    Cell,
    averages_of,
    began,
    cells_of,
    unheld,
)
from cesp_analysis.models.group_time_sums import (
    OneCluster,
    Parts,
    averaged,
    drawn_shares,
    inferred_by_clusters,
)
from cesp_analysis.models.group_time_words import (
    NO_START,
    cells_named,
    composed,
    estimator,
    narrow,
    no_clusters,
    one_cluster,
    parts_needed,
    same_of_sides,
    uneven_sides,
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
    found = {cell: _effect(spec, rollout, outcome, cell) for cell in cells_of(spec)}
    made = [_row(spec, rollout, found, outcome, one) for one in averages_of(spec)]
    rows, values = with_joint(spec, outcome, made)
    return Fit(tuple(rows), (), diagnostics_of(spec, found, made, values))


def _effect(spec: "GroupTime", rollout: Rollout, outcome: str, cell: Cell) -> Known | Lost:
    """A group-time effect, if a row of it alone would have an estimate."""
    not_yet = spec.anticipation if spec.comparison == "not_yet_treated" else None
    units, sides = rollout.sides(cell, not_yet)
    behind = _behind(spec, rollout, cell, units, sides)
    if reason := compared(spec, rollout.frame, cell, sides):
        why = unheld(spec, outcome, cell)
        nobody = "" if rollout.mass(cell.group) else "nobody there has a value at any time"
        return Lost(behind, reason, unheld=why or nobody)
    after = np.zeros(len(sides.y)) if sides.after is None else sides.after
    try:
        refuse_one_weight(sides.sampling, np.asarray(2 * after + sides.treated, dtype=np.intp))
        effect = effect_of(sides, spec.adjustment)
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
        inferred_by_clusters(parts, rollout.strata)
    except OneCluster as error:
        return Lost(behind, one_cluster(spec, error.group), refused=True)
    except NotEstimable as error:
        names = rollout.frame.covariate_names
        cells = [began(spec, cell.group), "those compared"] * 2
        return Lost(behind, fault_words(error, names, cells))
    return Known(behind, parts)


def _behind(spec: "GroupTime", rollout: Rollout, cell: Cell, units: Codes, sides: Sides) -> Behind:
    site, treated = rollout.site[units], int(sides.treated.sum())
    return Behind(
        rollout.records(units, cell),
        np.unique(site[sides.treated]),
        np.unique(site[~sides.treated]),
        (treated, len(units) - treated),
        {
            who if sides.after is None else f"{who}, {when}": units[rows]
            for who, when, rows in sides_of(spec, cell, sides)
        },
        tuple(same_of_sides(spec, cell, sides)),
    )


def _row(spec: "GroupTime", rollout: Rollout, found: Found, outcome: str, average: Average) -> Made:
    """A row, of all its cells that the study file holds: one of them without an estimate leaves the
    row none, as in every kind an average of times."""
    row = _asked(spec, outcome, average)
    there = {cell: one for cell in average.cells if isinstance(one := found[cell], Known)}
    lost = {cell: one for cell in average.cells if isinstance(one := found[cell], Lost)}
    needed = {cell: one for cell, one in lost.items() if not one.unheld}
    without = {cell: one for cell, one in lost.items() if there and one.unheld}
    own = {cell: found[cell].behind for cell in average.cells if cell not in without}
    row = _described(spec, rollout, row, average, own, without)
    if why := no_clusters(spec, rollout.frame):
        return Made(row.refused(why), average)
    if reasons := dict.fromkeys(one.reason for one in needed.values() if one.refused):
        return Made(row.refused("; ".join(reasons)), average)
    if not there:
        every = dict.fromkeys(one.reason for one in (needed or lost).values())
        return Made(row.not_estimable("; ".join(every) or NO_START), average)
    if needed:
        return Made(row.not_estimable(parts_needed(spec, needed)), average)
    parts = _averaged(spec, rollout, there)
    try:
        shown, scaled = inferred_by_clusters(parts, rollout.strata)
    except NotEstimable as error:
        return Made(row.not_estimable(str(error)), average)
    method = f"{estimator(spec)}; {shown.method}; clusters: {spec.cluster}"
    row = inferred(row, shown, method, int(shown.n_clusters or 0), spec.cluster)
    said = narrow(spec, rollout.cluster, [one.behind for one in there.values()])
    return Made(replace(row, warnings=(*row.warnings, *said)), average, scaled, parts)


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


def _asked(spec: "GroupTime", outcome: str, average: Average) -> Estimate:
    """The row without numbers."""
    said = "people who answered both times" if spec.design == "panel" else "complete records"
    compared = Compared(average.estimand, average.contrast, "changes")
    row = asked_for(spec, outcome, average.time, said, compared).row
    name = "/".join(filter(None, (spec.context.model, outcome, average.tail)))
    return replace(row, estimate_id=name)


def _described(
    spec: "GroupTime",
    rollout: Rollout,
    row: Estimate,
    average: Average,
    of: dict[Cell, Behind],
    without: dict[Cell, Lost],
) -> Estimate:
    """The row with the records, people and sites that it rests on, and what to keep in mind."""
    frame, own = rollout.frame, np.zeros(rollout.frame.n, dtype=bool)
    for one in of.values():
        own[one.records] = True
    treated = others = None
    if spec.context.sites:
        treated = _different([one.treated for one in of.values()])
        others = _different([one.others for one in of.values()])
    person = frame.codes["person"][own]
    shared = spec.level == "person" and of
    less = f", without {cells_named(spec, without)}" if without else ""
    return replace(
        row,
        contrast=row.contrast + less,
        n_obs=int(own.sum()),
        n_units=len(np.unique(person)),
        n_sites_treated=treated,
        n_sites_control=others,
        warnings=(
            *(caution(treated, others, spec.cluster == "site") if of else ()),
            *frame.left_out,
            *rollout.said,
            *composed(spec, average, of, without),
            *(sharing_of(spec, "changes").said(frame.rows(own)) if shared else ()),
            *uneven_sides(spec, rollout.sampling, of.values()),
        ),
    )


def _different(codes: Sequence[Codes]) -> int:
    """How many different sites there are in several lists of them."""
    return len(np.unique(np.concatenate(codes))) if codes else 0

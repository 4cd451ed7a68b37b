"""DiD, ANCOVA and doubly robust side by side for each outcome of people, and what joins them.

All from the people who answered both times, unweighted, without covariates but for the third; the
intervals take people as independent. Rows with intervals for clusters are the models' own.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.analysis_sets import OBSERVED, WITHOUT
from cesp_analysis.declared.design import Moment
from cesp_analysis.few_sites import bracket_words as words
from cesp_analysis.few_sites.adjustment import Adjustment, adjustment, doubly_robust
from cesp_analysis.few_sites.bracket_row import Row
from cesp_analysis.few_sites.identities import (
    BALANCE,
    ROUNDING,
    Checked,
    Identity,
    check_balance,
    check_bracket,
    check_means,
    check_mixed,
)
from cesp_analysis.few_sites.two_ends import TwoEnds, two_ends
from cesp_analysis.models.analysis_sets import FLAG, contaminated
from cesp_analysis.models.did import Did
from cesp_analysis.models.did_design import both_times, enough
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.rows import numbers_of
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.spec import Context, ModelSpec
from cesp_analysis.models.two_sites import caution, sites_in

if TYPE_CHECKING:
    import pandas as pd


def brackets(
    models: Mapping[str, ModelSpec], panel: "pd.DataFrame"
) -> tuple[list[Row], list[Identity]]:
    """Rows and checks of every outcome that a model analyses, at each later time."""
    rows: list[Row] = []
    checks: list[Identity] = []
    for level in ("person", "respondent"):
        own = {name: spec for name, spec in models.items() if spec.level == level}
        for outcome in _outcomes(own.values(), panel):
            context = next(s.context for s in own.values() if outcome in s.context.outcomes)
            part = panel[(panel["level"] == level) & (panel["outcome"] == outcome)]
            chosen = adjustment(own, outcome) if level == "person" else None
            for time in _later(context, outcome):
                empty = _empty(context, level, outcome, time)
                if level == "respondent":
                    rows.append(empty.without(words.OTHER_PEOPLE, "not_available"))
                    continue
                made, checked = _at(empty, context, part, time, chosen)
                rows += made
                checks += [check.about(level, outcome, time.name) for check in checked]
    return rows, checks


def _outcomes(specs: Collection[ModelSpec], panel: "pd.DataFrame") -> list[str]:
    """The outcomes that any of the models analyses, in the panel's order."""
    used = {name for spec in specs for name in spec.outcomes}
    return [name for name in panel["outcome"].cat.categories if name in used]


def _later(context: Context, outcome: str) -> list[Moment]:
    """The times after the first at which the outcome is asked."""
    asked = context.outcomes[outcome].times
    return [m for m in context.times[1:] if asked is None or m.name in asked]


def _empty(context: Context, level: str, outcome: str, time: Moment) -> Row:
    entry = context.outcomes[outcome]
    return Row(
        level=level,
        outcome=outcome,
        role=entry.role,
        time=time.name,
        analysis_set=OBSERVED,
        unit=entry.unit,
        ci_level=context.ci_level,
    )


def _at(
    empty: Row, context: Context, panel: "pd.DataFrame", time: Moment, chosen: Adjustment | None
) -> tuple[list[Row], list[Checked]]:
    """The rows of one outcome and time, with and without contaminated controls; the checks."""
    first = context.times[0]
    asked = context.outcomes[empty.outcome].times
    if asked is not None and first.name not in asked:
        return [empty.without(words.NO_BASELINE.format(first=first.label))], []
    rows, checks = _of_set(empty, context, panel, time, chosen)
    if FLAG in panel:
        fewer = replace(empty, analysis_set=WITHOUT)
        yes, unknown = contaminated(panel)
        if not (yes | unknown).any():
            rows.append(fewer.without(words.NOBODY, "not_available"))
            return rows, checks
        fewer = replace(fewer, warnings=(words.SELECTED,))
        rows += _of_set(fewer, context, panel[~(yes | unknown)], time, chosen)[0]
    return rows, checks


def _of_set(
    empty: Row, context: Context, panel: "pd.DataFrame", time: Moment, chosen: Adjustment | None
) -> tuple[list[Row], list[Checked]]:
    """Both ends, and the third estimate, from one analysis set; of all, what was checked too."""
    spec = Did(kind="did", design="change", outcomes=(empty.outcome,), study=context)
    frame = frame_of(panel, spec, empty.outcome, [context.times[0], time], at_each=True)
    early, late = both_times(spec, frame, time)
    try:
        enough(early)
    except NotEstimable as error:
        return [empty.without(str(error))], []
    ends = two_ends(early.y, late.y, early.arm)
    row = _joined(_counted(empty, early, context), ends, context)
    assumed = words.BY_CHANCE if context.chance_made_alike() else words.ASSUMES
    size = float(max(np.abs(early.y).max(), np.abs(late.y).max()))
    low_high = sorted(e.estimate for e in (ends.did, ends.ancova) if not isinstance(e, str))
    if len(low_high) == 2 and low_high[1] - low_high[0] <= ROUNDING * size:
        low_high = []  # the same number: neither is the upper one
    rows = [
        _end(row, "did", ends.did, low_high, "change score", assumed),
        _end(row, "ancova", ends.ancova, low_high, "adjusted for baseline", assumed),
    ]
    third = doubly_robust(chosen, context, panel, empty.outcome, time)
    if isinstance(third, str):
        rows.append(_end(row, "doubly_robust", third, low_high, "", assumed))
    else:
        row = _counted(row, third.sample.frame, context)
        row = replace(row, warnings=(*row.warnings, *third.warnings))
        rows.append(_end(row, "doubly_robust", third.found, low_high, third.words, assumed))
    if empty.analysis_set != OBSERVED:
        return rows, []
    checks = [check_bracket(ends, size), check_means(early.y, late.y, early.arm)]
    checks += check_mixed(early.y, late.y, early.arm)
    last = (
        Checked(BALANCE, reason=third)
        if isinstance(third, str)
        else check_balance(third.sample, third.weighted)
    )
    return rows, [*checks, last]


def _counted(row: Row, people: Frame, context: Context) -> Row:
    """The row with the people it rests on, and what an interval of them leaves out."""
    cautions = caution(*sites_in(people, len(context.sites)))
    kept = [said for said in row.warnings if said not in cautions]
    return replace(
        row,
        n_obs=people.n,
        n_intervention=people.count_in_arm("person", 1),
        n_control=people.count_in_arm("person", 0),
        n_clusters=people.n,
        cluster_level="person",
        warnings=(*cautions, *kept, *people.left_out),
    )


def _joined(row: Row, ends: TwoEnds, context: Context) -> Row:
    """The row with what joins the ends: gap, slope, their difference, when they bracket."""
    by_chance, outcome = context.chance_made_alike(), context.outcomes[row.outcome]
    row = replace(row, baseline_gap=ends.gap, baseline_sd=ends.sd, gap_in_sd=ends.gap_in_sd)
    if ends.slope is None or ends.difference is None or ends.gap_in_sd is None:
        return row
    row = replace(row, slope=ends.slope, difference=ends.difference)
    row = replace(row, holds=words.holds(ends.slope, by_chance))
    if by_chance or isinstance(ends.did, str) or abs(ends.gap_in_sd) <= words.TELLING:
        return row
    said = words.threat(
        ends.gap, ends.gap_in_sd, ends.difference, ends.did.estimate, outcome.unit,
        outcome.decimals,
    )  # fmt: skip
    return replace(row, common_mean=ends.difference, threat=said)


def _end(
    row: Row,
    name: words.Estimator,
    found: Inference | str,
    ends: list[float],
    how: str,
    assumed: Mapping[str, str],
) -> Row:
    """The row of one estimator, what it assumes, and where it stands to the two ends."""
    row = replace(row, estimator=name, assumption=assumed[name])
    if isinstance(found, str):
        return row.without(found)
    return replace(
        row,
        **numbers_of(found, row.ci_level),
        place=_place(found.estimate, ends),
        method=f"{words.ENDS[name]} ({how}), unweighted; {found.method}",
    )


def _place(estimate: float, ends: list[float]) -> str | None:
    """Where an estimate stands to the ends; None where there are not two different ones."""
    if len(ends) < 2:
        return None
    low, high = ends
    if estimate in ends:
        return "upper" if estimate == high else "lower"
    if low < estimate < high:
        return "between"
    return "above both" if estimate > high else "below both"

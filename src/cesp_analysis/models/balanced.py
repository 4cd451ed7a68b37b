"""From a panel to the rows of the kinds that balance covariates: `weighted_did`, `dr_did`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import alike, same_values
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.balance import Group, balance_of, known, weights_of
from cesp_analysis.models.check import Balanced, Check, cluster_of
from cesp_analysis.models.did_design import enough, people_behind, repeated
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.influence import infer_clusters, infer_records
from cesp_analysis.models.lost_variance import refuse_one_weight
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.rows import Asked, asked_for, change_to, inferred, without_data
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighted_means import Weighted
from cesp_analysis.models.weighting_words import (
    BALANCED,
    OVERLAP,
    SAMPLED,
    exploding,
    fault_words,
    still_apart,
)
from cesp_analysis.models.welch_words import few_in_groups

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.dr_did import DrDid
    from cesp_analysis.models.weighted_did import WeightedDid


@dataclass(frozen=True)
class Sample:
    """Who is compared: y is people's changes, or answers of cross-sections.

    frame: n rows; after (n,): 1 at the later time (changes: 0); x (n, p): what is balanced, with
    names; sampling (n,): weights of the panel, or ones.
    """

    frame: Frame
    after: np.ndarray
    x: np.ndarray
    names: tuple[str, ...]
    sampling: np.ndarray

    @property
    def arms(self) -> list[Group]:
        """The two arms."""
        arm = self.frame.arm
        return [Group("intervention arm", arm == 1), Group("control arm", arm == 0)]

    def both_times(self, reference: str, time: str) -> list[Group]:
        """The two arms of cross-sections, each with the records of both times."""
        said = f"{reference} and {time} together"
        return [Group(f"{arm.name}, {said}", arm.rows) for arm in self.arms]

    def cells(self, reference: str, time: str) -> list[Group]:
        """Both arms at both times."""
        found = []
        for arm in self.arms:
            for moment, code in ((reference, 0), (time, 1)):
                found.append(Group(f"{arm.name}, {moment}", arm.rows & (self.after == code)))
        return found


@dataclass(frozen=True)
class Found:
    """What a kind found: the estimate, which groups were weighted, which compared, its words."""

    weighted: Weighted
    groups: list[Group]
    compared: list[tuple[Group, Group]]
    estimator: str
    warnings: tuple[str, ...] = ()


Estimator = Callable[[Sample, Moment], Found]


def fit_by_time(
    spec: "WeightedDid | DrDid", panel: "pd.DataFrame", who: str, estimated: Estimator
) -> Fit:
    """One estimate an outcome and later time, with its weights and balance in the diagnostics.

    who: those for whom the effect is, 'those like the intervention arm's (ATT)'.
    """
    estimand = f"difference in mean change among {who}"
    estimates: list[Estimate] = []
    diagnostics: dict[str, Any] = {}
    checks: list[Check] = []
    said = "people who answered both times" if spec.design == "change" else "complete records"
    answers = answers_of(panel, spec)
    for outcome in spec.outcomes:
        frame = frame_of(answers, spec, outcome)
        asked = [
            asked_for(spec, outcome, moment, said, change_to(spec, moment, estimand))
            for moment in spec.moments()
            if moment != spec.reference_time()
        ]
        own = partial(people_behind, spec, answers, outcome) if spec.design == "change" else None
        rows = without_data(spec, asked, frame, own)
        of_times: dict[str, Any] = {}
        for one in asked:
            if one.time and one.time.name not in rows:
                row, known_of_it, made = _estimate(spec, answers, one, who, estimated)
                rows[one.time.name] = row
                checks += made
                if known_of_it:
                    of_times[one.time.name] = known_of_it
        estimates += [rows[one.time.name] for one in asked if one.time]
        diagnostics[outcome] = of_times
    return Fit(tuple(estimates), (), diagnostics, tuple(checks))


def _estimate(
    spec: "WeightedDid | DrDid",
    answers: Answers,
    asked: Asked,
    who: str,
    estimated: Estimator,
) -> tuple[Estimate, dict[str, Any], list[Check]]:
    time = cast("Moment", asked.time)
    sample = sample_of(spec, answers, asked.row.outcome, time)
    frame, row = sample.frame, asked.describe(sample.frame)
    try:
        enough(frame)
        refuse_one_weight(sample.sampling, frame.cells)
        noun = "person" if spec.level == "person" else "respondent"
        if spec.cluster and (why := refusal(frame, spec.cluster, "clustering", noun)):
            return row.refused(why), {}, []
        found = estimated(sample, time)
        influence = found.weighted.influence
        if spec.cluster:
            shown = infer_clusters(influence, frame.codes[spec.cluster], frame.arm)
        else:
            shown = infer_records(influence)
    except NotEstimable as error:
        cells = [cell.name for cell in sample.cells(spec.reference_time().label, time.label)]
        return row.not_estimable(fault_words(error, sample.names, cells)), {}, []
    method = f"{found.estimator} among {who}; {shown.method}"
    method += f"; clusters: {spec.cluster}" if spec.cluster else ""
    level: str = spec.cluster or ("record" if frame.n > frame.count("person") else spec.level)
    row = inferred(row, shown, method, shown.n_clusters or frame.n, level)
    row, diagnostics = _with_balance(spec, row, sample, found, time)
    return row, diagnostics, [_check(spec, row, sample, found.weighted, time)]


def _check(
    spec: "WeightedDid | DrDid", row: Estimate, sample: Sample, weighted: Weighted, time: Moment
) -> Check:
    """The weighted records, for residuals and exports; the one coefficient is the estimate."""
    frame = sample.frame
    groups = (
        sample.arms
        if spec.design == "change"
        else sample.cells(spec.reference_time().label, time.label)
    )
    names = tuple(group.name for group in groups)
    return Check(
        place=(row.outcome, time.name),
        y=frame.y,
        x=np.zeros((frame.n, 0)),
        names=(),
        frame=frame,
        contrasts={row.estimate_id: np.ones(1)},
        cluster=cluster_of(frame, spec.cluster),
        engine=Balanced(weighted, sample.sampling / sample.sampling.mean(), names),
        of_change=spec.design == "change",
    )


def _with_balance(
    spec: "WeightedDid | DrDid", row: Estimate, sample: Sample, found: Found, time: Moment
) -> tuple[Estimate, dict[str, Any]]:
    """The row with what is to be said of weights and balance, and their numbers."""
    weights = weights_of(found.groups, found.weighted.weight)
    balances = {
        f"{one.name} / {other.name}": balance_of(
            one, other, sample.x, sample.names, sample.sampling, found.weighted.weight
        )
        for one, other in found.compared
    }
    said = [*row.warnings, *([BALANCED] if row.n_sites_treated else []), *found.warnings]
    given = weights_of(found.groups, sample.sampling)
    least = spec.largest_share, spec.least_effective
    for name, group in weights.items():
        look = SAMPLED if spec.weighted and exploding({name: given[name]}, *least) else OVERLAP
        said += exploding({name: group}, *least, look)
    for compared, balance in balances.items():
        said += still_apart(compared.replace(" / ", " and "), balance)
    cells = sample.frame.cells if spec.design != "change" else sample.frame.arm.astype(np.intp)
    units = sample.frame.codes[spec.cluster] if spec.cluster else None
    said += () if spec.cluster else repeated(sample.frame)
    level = spec.level if row.cluster_level == "person" else str(row.cluster_level)
    said += few_in_groups(cells, units, level)
    if spec.design == "change":
        said += alike(sample.frame.y, sample.frame.arm, "change")
    else:
        said += same_values(spec, sample.frame, time)
    diagnostics = {
        "level": spec.level,
        "std_error_large_sample": found.weighted.influence.large_sample_error,
        "weights": {name: known(group) for name, group in weights.items()},
        "balance": {
            compared: {name: known(one) for name, one in balance.items()}
            for compared, balance in balances.items()
        },
    }
    return replace(row, warnings=tuple(said)), diagnostics


def sample_of(
    spec: "WeightedDid | DrDid", panel: "pd.DataFrame | Answers", outcome: str, time: Moment
) -> Sample:
    """Who is compared at a time. Everybody counts to the arm, site and neighbourhood that they had
    at the reference time; a person's weight is that of the later time, as in kind did."""
    reference, change = spec.reference_time(), spec.design == "change"
    frame = frame_of(panel, spec, outcome, [reference, time], at_each=change)
    order = [moment.name for moment in spec.moments()]
    after = frame.time == order.index(time.name)
    if change:
        before = np.flatnonzero(~after)
        later = np.flatnonzero(after)
        _, i, j = np.intersect1d(
            frame.codes["person"][before], frame.codes["person"][later], return_indices=True
        )
        rows, last = frame.rows(before[i]), frame.rows(later[j])
        frame = replace(rows, y=last.y - rows.y, weight=last.weight)
        after = np.zeros(frame.n, dtype=bool)
    sampling = frame.weight if spec.weighted else np.ones(frame.n)
    x, names = frame.covariates, frame.covariate_names
    if getattr(spec, "balance", "means") != "means":
        x, names = _with_squares(x, names)
    return Sample(frame, after.astype(float), x, names, sampling)


def _with_squares(x: np.ndarray, names: tuple[str, ...]) -> tuple[np.ndarray, tuple[str, ...]]:
    """The covariates, and the squares of those that are numbers (not 0/1), about their means."""
    numbers = [i for i, value in enumerate(x.T) if not np.isin(value, (0, 1)).all()]
    squares = (x[:, numbers] - x[:, numbers].mean(axis=0)) ** 2
    return np.column_stack([x, squares]), (*names, *(f"{names[i]} squared" for i in numbers))

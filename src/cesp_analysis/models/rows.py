"""From a request to a row of estimates.csv: what was asked, of whom, and what came of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.link_worker_words import Sharing, sharing_of
from cesp_analysis.models.renamed import apart
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.student import t_interval, t_p_value
from cesp_analysis.models.two_sites import caution, sites_in
from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.models.sandwich import Inference


@dataclass(frozen=True)
class Asked:
    """One estimate that a model was asked for: its empty row, and the time it speaks of.

    clusters: the levels below sites that the model takes as clusters; order: its times; reference:
    the one that others are compared with; late: on sites where the intervention began later;
    sharing: what its interval holds of people who share a link worker.
    """

    row: Estimate
    time: Moment | None
    sites_declared: int
    at_site: bool
    sharing: Sharing
    clusters: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    reference: str = ""
    late: tuple[str, ...] = ()

    def describe(self, frame: Frame) -> Estimate:
        """The row with the records, people and sites that it rests on."""
        treated, control = sites_in(frame, self.sites_declared)
        return replace(
            self.row,
            n_obs=frame.n,
            n_units=frame.count("person"),
            n_sites_treated=treated,
            n_sites_control=control,
            warnings=(
                *caution(treated, control, self.at_site),
                *self.late,
                *frame.left_out,
                *filter(None, self._apart(frame)),
                *(self.sharing.said(frame) if self.row.level == "person" else ()),
            ),
        )

    def _apart(self, frame: Frame) -> Iterator[str]:
        """What is said of levels of clusters whose names differ between the times compared."""
        if self.reference in self.order:
            known = self.time is not None and self.time.name in self.order
            at = self.order.index(self.time.name) if self.time and known else None
            first, respondents = self.order.index(self.reference), self.row.level == "respondent"
            for level in self.clusters:
                yield apart(frame, level, respondents, first, at)


@dataclass(frozen=True)
class Compared:
    """What an estimate is, in words: estimand, and what of the arms is compared (after their names
    in the contrast: 'change from Baseline to 8 months').

    of: what of people is compared, whose likeness within link workers widens the interval.
    """

    estimand: str
    what: str
    of: Literal["changes", "outcomes", "outcomes at equal baseline"]


def change_to(
    spec: ModelSpec, time: Moment, estimand: str = "difference in mean change"
) -> Compared:
    """Change from the reference time to another."""
    what = f"change from {spec.reference_time().label} to {time.label}"
    return Compared(estimand, what, "changes")


def asked_for(
    spec: ModelSpec,
    outcome: str,
    time: Moment | None,
    missing_data: str,
    compared: Compared,
) -> Asked:
    """The empty row of one estimate; `time` None: an effect that speaks of no one time."""
    context = spec.context
    arms = f"{context.arms['intervention']} − {context.arms['control']}"
    reference = spec.reference_time()
    row = Estimate(
        estimate_id="/".join([context.model, outcome, *([time.name] if time else [])]),
        study=context.study,
        model=context.model,
        kind=spec.kind,
        level=spec.level,
        outcome=outcome,
        time=time.name if time else None,
        estimand=compared.estimand,
        contrast=f"{arms}, {compared.what}",
        unit=context.outcomes[outcome].unit,
        ci_level=context.ci_level,
        analysis_set=spec.analysis_set,
        missing_data=missing_data,
    )
    levels = spec.levels()
    return Asked(
        row,
        time,
        len(context.sites),
        "site" in spec.independent(),
        sharing_of(spec, compared.of),
        clusters=tuple(one for one in ("neighbourhood", "link_worker") if one in levels),
        order=tuple(moment.name for moment in spec.moments()),
        reference=reference.name,
        late=not_begun(spec, time),
    )


def not_begun(spec: ModelSpec, time: Moment | None) -> tuple[str, ...]:
    """A sentence on intervention sites where it began after a time (None: after one of several),
    of a row that counts them all as having it."""
    reference = spec.reference_time().position
    later = [moment for moment in spec.moments() if moment.position > reference]
    if not (at := time or next(iter(later), None)):
        return ()
    started = spec.context.started
    late = [position for position in started.values() if position > at.position]
    every = sum(site.arm == "intervention" for site in spec.context.sites)
    if not late or at.position <= reference:
        return ()
    return (
        f"{len(late)} of {every} intervention sites had not begun by {at.label}, and this row"
        " counts them as if they had; kind group_time does not",
    )


def later_average(spec: ModelSpec, outcome: str) -> tuple[Moment, list[Moment]] | None:
    """The average of all times after the reference as a moment of its own, and those times.

    They are those at which the outcome is asked and that some file feeds. None where the spec does
    not ask for it, or there is just one such time.
    """
    reference, context = spec.reference_time(), spec.context
    asked = context.outcomes[outcome].times or [moment.name for moment in spec.moments()]
    there = set(asked) - set(context.without_file)
    later = [moment for moment in spec.moments() if moment.position > reference.position]
    later = [moment for moment in later if moment.name in there]
    if not getattr(spec, "average", False) or len(later) < 2:
        return None
    words = f"the average of {listed([moment.label for moment in later])}"
    return Moment(name="average_of_times", label=words, position=later[-1].position), later


def as_average(asked: Asked) -> Asked:
    """A request at the moment that `later_average` gives: it speaks of no one time."""
    estimand = f"{asked.row.estimand}, average of later times"
    return replace(asked, row=replace(asked.row, time=None, estimand=estimand))


def without_parts(
    row: Estimate, later: list[Moment], rows: Mapping[str, Estimate]
) -> Estimate | None:
    """The row of an average of times, one of which has no estimate; None if all have.

    Where one is refused, so is the average, for the same reason: it is a mistake of design too.
    """
    parts = [rows[time.name] for time in later]
    if reasons := dict.fromkeys(str(one.reason) for one in parts if one.status == "refused"):
        return row.refused("; ".join(reasons))
    gone = [time.label for time in later if rows[time.name].status != "estimated"]
    if not gone:
        return None
    return row.not_estimable(f"the average needs estimates at {listed(gone)}, which are not there")


def numbers_of(found: "Inference", ci_level: float) -> dict[str, Any]:
    """Estimate, standard error, df and interval, by the names of a row's columns."""
    low, high = t_interval(found.estimate, found.std_error, found.df, ci_level)
    own = {"estimate": found.estimate, "std_error": found.std_error, "df": found.df}
    return own | {"ci_low": low, "ci_high": high}


def inferred(row: Estimate, found: "Inference", method: str, clusters: int, level: str) -> Estimate:
    """The row with its estimate, interval and p-value from Student's t."""
    return replace(
        row,
        **numbers_of(found, row.ci_level),
        p_value=t_p_value(found.estimate, found.std_error, found.df),
        n_clusters=clusters,
        cluster_level=level,
        method=method,
    )


def without_data(
    spec: ModelSpec,
    asked: list[Asked],
    frame: Frame,
    own: Callable[[Moment], Frame] | None = None,
) -> dict[str, Estimate]:
    """Rows of times at which an arm has nobody: not estimable, by the time's name.

    If that is so at the reference time, nothing is estimable. `own`: the records that an estimate
    of a time would rest on, where those are not all of the frame.
    """
    order = {moment.name: index for index, moment in enumerate(spec.moments())}
    reference = spec.reference_time()
    rows: dict[str, Estimate] = {}
    for one in asked:
        for moment in (reference, one.time):
            arm = frame.absent_at(order[moment.name]) if moment else None
            if one.time and moment and arm and one.time.name not in rows:
                left = f" ({'; '.join(frame.left_out)})" if frame.left_out else ""
                what = needed(spec, frame)
                reason = f"the {arm} arm holds nobody with {what} at {moment.label}{left}"
                described = one.describe(own(one.time) if own else frame)
                rows[one.time.name] = described.not_estimable(reason)
    return rows


def needed(spec: ModelSpec, frame: Frame) -> str:
    """What a record must hold to enter, in words; covariates where some lack them."""
    return "a value and every covariate" if spec.covariates and frame.left_out else "a value"


def as_asked(spec: ModelSpec, fitted: Fit) -> Fit:
    """What a model found, without rows of times at which the study does not ask the outcome: no
    answer is missing there, so that no row says that nothing could be estimated."""
    asked = {name: outcome.times for name, outcome in spec.context.outcomes.items()}
    kept = tuple(
        row
        for row in fitted.estimates
        if row.time is None or row.time in (asked[row.outcome] or (row.time,))
    )
    return replace(fitted, estimates=kept)

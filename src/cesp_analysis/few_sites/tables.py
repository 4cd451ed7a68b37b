"""The tables of what few sites can tell that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.columns import Table, number, text, whole
from cesp_analysis.declared.analysis_sets import WHOSE_RECORDS


class Ladder(Table):
    """Per estimate every way of dealing with few sites: what it says, or why it cannot."""

    key: ClassVar = ("rung_id",)
    rung_id: ClassVar = text("estimate_id and rung")
    estimate_id: ClassVar = text("the row of estimates.csv")
    model: ClassVar = text("the model's entry in config.yaml")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    role: ClassVar = text("of the outcome: primary, secondary, negative_control")
    time: ClassVar = text("time or wave it speaks of; blank if it holds for all", blank=True)
    rung: ClassVar = text(
        "sampling; LEVEL/cr2, wild_bootstrap, relabelling, donald_lang, mixed_kenward_roger;"
        " clusters: why there are none;"
        " shock_…: with shocks to a site; breakdown_…; bounded_variation; parallel_trends;"
        " pre_period_bound_…"
    )
    status: ClassVar = text("estimated, refused, not_estimable or not_available (at this level)")
    reason: ClassVar = text("why there is no answer", blank=True)
    cluster_level: ClassVar = text("what is taken as independent", blank=True)
    estimate: ClassVar = number("in `unit`")
    std_error: ClassVar = number("standard error, in `unit`")
    df: ClassVar = number("degrees of freedom")
    ci_low: ClassVar = number("interval: of draws, the effects not rejected")
    ci_high: ClassVar = number("interval: of draws, the effects not rejected")
    ci_level: ClassVar = number("level of the interval")
    p_value: ClassVar = number("two-sided; printed on no page")
    smallest_p: ClassVar = number("the smallest p-value that draws can give; blank for a t")
    draws: ClassVar = whole("draws: all of them, or at random")
    n_clusters_treated: ClassVar = whole("clusters of the intervention arm")
    n_clusters_control: ClassVar = whole("clusters of the control arm")
    shock: ClassVar = number("SD of the difference of site shocks, or the shock that breaks")
    shock_in_sd: ClassVar = number("the same in SDs of the outcome within sites")
    shock_in_prior: ClassVar = number("the same in SDs of the prior's median pair")
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("how it was made", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class ShockCurve(Table):
    """Per estimate its intervals against the size of a shock to a site."""

    estimate_id: ClassVar = text("the row of estimates.csv")
    model: ClassVar = text("the model's entry in config.yaml")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave", blank=True)
    estimate: ClassVar = number("intervention − control, as in estimates.csv", blank=False)
    shock: ClassVar = number("in the outcome's unit", blank=False)
    ci_low_shock: ClassVar = number("interval if the shock's SD is `shock`", blank=False)
    ci_high_shock: ClassVar = number("interval if the shock's SD is `shock`", blank=False)
    bounded_low: ClassVar = number("interval if trends differ by `shock` at most", blank=False)
    bounded_high: ClassVar = number("interval if trends differ by `shock` at most", blank=False)
    mark: ClassVar = text("what this size of shock is; blank: a point of the curve", blank=True)


class Bracket(Table):
    """DiD, ANCOVA and doubly robust side by side, and what joins the first two."""

    key: ClassVar = ("level", "outcome", "time", "analysis_set", "estimator")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    role: ClassVar = text("of the outcome: primary, secondary, negative_control")
    time: ClassVar = text("later time or wave")
    analysis_set: ClassVar = text(WHOSE_RECORDS)
    estimator: ClassVar = text("did, ancova, doubly_robust; bracket: why there is none of them")
    status: ClassVar = text("estimated, not_estimable or not_available")
    reason: ClassVar = text("why there is no estimate", blank=True)
    assumption: ClassVar = text("what must be true for the estimate to be right", blank=True)
    estimate: ClassVar = number("intervention − control, in `unit`")
    std_error: ClassVar = number("standard error, in `unit`; people independent")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    place: ClassVar = text(
        "of DiD and ANCOVA: upper, lower; of the third: between, above both, below both; blank:"
        " the two are the same, or there are not two",
        blank=True,
    )
    baseline_gap: ClassVar = number("intervention − control at baseline, in `unit`")
    baseline_sd: ClassVar = number("SD at baseline within arms, pooled, of those with both answers")
    gap_in_sd: ClassVar = number("the gap in SDs")
    slope: ClassVar = number("b: of the later answer on the first within arms")
    difference: ClassVar = number("(b − 1) × gap, which is DiD − ANCOVA")
    common_mean: ClassVar = number(
        "DiD that regression to a common mean alone would give, (1 − b) × (control − intervention"
        " at baseline): the difference again; blank up to a gap of 0.1 SD"
    )
    holds: ClassVar = text("when DiD and ANCOVA bracket the effect", blank=True)
    threat: ClassVar = text("what regression to a common mean would do, in words", blank=True)
    n_obs: ClassVar = whole("changes: people with both answers (and the covariates)")
    n_intervention: ClassVar = whole("of them in the intervention arm")
    n_control: ClassVar = whole("of them in the control arm")
    n_clusters: ClassVar = whole("clusters at `cluster_level`")
    cluster_level: ClassVar = text("what is taken as independent", blank=True)
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("estimator, covariance, degrees of freedom", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class Identities(Table):
    """Numbers of the bracket that must be the same, computed in two ways."""

    key: ClassVar = ("identity", "level", "outcome", "time")
    identity: ClassVar = text("which numbers")
    level: ClassVar = text("person")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("later time")
    status: ClassVar = text("held, not applicable or failed (a warning)")
    reason: ClassVar = text("why it is not applicable, or how it failed", blank=True)
    one: ClassVar = number("the one way")
    other: ClassVar = number("the other way")
    tolerance: ClassVar = number("how far rounding may take them apart")

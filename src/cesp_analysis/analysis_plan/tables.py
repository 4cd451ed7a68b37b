"""The tables of the analysis plan that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.columns import Table, number, text, whole
from cesp_analysis.declared.analysis_sets import WHOSE_RECORDS


class Estimands(Table):
    """Each declared estimand by its attributes (ICH E9(R1)), and which estimates answer it."""

    key: ClassVar = ("estimand",)
    estimand: ClassVar = text("its name in config.yaml")
    label: ClassVar = text("how it is called")
    population: ClassVar = text("of whom the effect is")
    treatment: ClassVar = text("what is compared with what")
    outcome: ClassVar = text("the variable: outcome")
    time: ClassVar = text("the variable: time or wave")
    intercurrent_events: ClassVar = text("each with its strategy, separated by ' | '", blank=True)
    summary_measure: ClassVar = text("what summarises the difference")
    models: ClassVar = text("models that target it, separated by ' | '", blank=True)
    estimates: ClassVar = text("estimate_ids that answer it, separated by ' | '", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class Planned(Table):
    """Per estimate what was declared of it: its estimand, its family, whether beforehand."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("the row of estimates.csv")
    estimand: ClassVar = text("the row of estimands.csv that it answers", blank=True)
    role: ClassVar = text("confirmatory or exploratory")
    family: ClassVar = text("the confirmatory family it belongs to", blank=True)
    family_size: ClassVar = whole("how many estimates the family declares")
    p_value: ClassVar = number("of estimates.csv; printed on no page")
    p_holm: ClassVar = number("adjusted within the family by Holm; printed on no page")
    ci_low_family: ClassVar = number("interval that holds with all others of the family at once")
    ci_high_family: ClassVar = number("interval that holds with all others of the family at once")
    ci_level_family: ClassVar = number("its own level (Bonferroni)")
    method: ClassVar = text("how p_holm and the interval were made", blank=True)
    standing: ClassVar = text(
        "of its analysis: pre-specified (as first locked: after data had been received), or when it"
        " was added or changed; blank: nothing is locked",
        blank=True,
    )
    family_standing: ClassVar = text(
        "of its place in the family, and of the family's others; blank: in none, or nothing locked",
        blank=True,
    )
    estimand_standing: ClassVar = text(
        "of the estimand, and of its model's targeting it; blank: none, or nothing is locked",
        blank=True,
    )


class PlanLocks(Table):
    """When the analysis plan was locked, and amended."""

    key: ClassVar = ("date", "sha256")
    date: ClassVar = text("when")
    reason: ClassVar = text("why it was amended; blank: the first lock", blank=True)
    sha256: ClassVar = text(
        "of the plan's canonical form, its date, its reason and the lock before"
    )
    received: ClassVar = text(
        "day on which data had been received, if the lock is later; blank: it is not, or no day is"
        " known",
        blank=True,
    )
    not_held: ClassVar = text(
        "what a lock of an earlier version of the pipeline does not hold, so that a change of it"
        " goes unseen; blank: nothing",
        blank=True,
    )


class PlanChanges(Table):
    """What differs between the analysis plan as it was locked and later ones, field by field."""

    since: ClassVar = text("date of the lock that it differs from")
    date: ClassVar = text("date of the amendment; blank: the plan as it is now", blank=True)
    reason: ClassVar = text("why it was amended", blank=True)
    section: ClassVar = text("section of config.yaml; design: arms, sites, times and the like")
    entry: ClassVar = text("entry of the section")
    field: ClassVar = text("setting of the entry; blank: the entry as a whole", blank=True)
    change: ClassVar = text("added, removed or changed")
    before: ClassVar = text("as it was locked", blank=True)
    after: ClassVar = text("as it was afterwards", blank=True)


class SpecificationCurve(Table):
    """The same question in every way that the analysis plan declares."""

    key: ClassVar = ("specification",)
    specification: ClassVar = text("model/covariates/analysis set/outcome/time")
    model: ClassVar = text("the model whose settings were taken")
    kind: ClassVar = text("model kind")
    covariates: ClassVar = text("the choice of covariates; own: the model's")
    adjusted_for: ClassVar = text("the covariates", blank=True)
    analysis_set: ClassVar = text(WHOSE_RECORDS)
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave it speaks of")
    estimand: ClassVar = text("what is estimated")
    status: ClassVar = text("estimated, refused or not_estimable")
    reason: ClassVar = text("why there is no estimate", blank=True)
    estimate: ClassVar = number("in `unit`")
    std_error: ClassVar = number("standard error, in `unit`")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    ci_low_shock: ClassVar = number("interval that also holds shocks to a site")
    ci_high_shock: ClassVar = number("interval that also holds shocks to a site")
    n_units: ClassVar = whole("people or respondents")
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("estimator, covariance, degrees of freedom", blank=True)
    standing: ClassVar = text(
        "pre-specified (as first locked: after data had been received), or when the way was added"
        " or changed; blank: nothing is locked",
        blank=True,
    )
    withdrawn: ClassVar = whole("ways of the curve as it was locked that it has no more, in all")
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)

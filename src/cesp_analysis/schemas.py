"""The tables that pass between steps, in the order in which they are made."""

from typing import ClassVar

from cesp_analysis.contracts import Table, category, count, number, text, whole
from cesp_analysis.study.analysis_sets import SETS

_SET = f"whose records entered: {', '.join(SETS)} (all_recruited, of respondents: all)"


class Raw(Table):
    """A raw file as text: one row a record, one column a raw column; absent cells are blank."""

    key: ClassVar = ("line",)
    open: ClassVar = True
    line: ClassVar = count("line of the raw file (CSV), sheet row (XLSX), record + 1 (SPSS)")


class Described(Table):
    """What the columns of raw files seem to hold, for who writes config.yaml."""

    key: ClassVar = ("file", "column")
    file: ClassVar = text("the file's name")
    column: ClassVar = text("raw column")
    label: ClassVar = text("what the file says of it", blank=True)
    type: ClassVar = text("number, whole number, date and its format, category, text, empty")
    records: ClassVar = count("records of the file")
    missing: ClassVar = count("blank, or with a code that the file declares missing")
    distinct: ClassVar = count("different answers")
    values: ClassVar = text("labels, range or categories", blank=True)
    remark: ClassVar = text("what looks odd", blank=True)


class Corrections(Table):
    """Cells of raw files that were corrected by CORRECTIONS.yaml."""

    key: ClassVar = ("file", "line", "column")
    file: ClassVar = text("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    column: ClassVar = text("raw column")
    was: ClassVar = text("what the raw file holds", blank=True)
    now: ClassVar = text("what is used instead", blank=True)
    why: ClassVar = text("why")


class Records(Table):
    """A cleaned file: one row a record and time, its variables and items beside it."""

    open: ClassVar = True
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person or respondent; for other files the line")
    time: ClassVar = category("time or wave; blank where the record belongs to none", blank=True)
    date: ClassVar = text("date of collection, YYYY-MM-DD", blank=True)
    site: ClassVar = category("site", blank=True)
    arm: ClassVar = category("arm", blank=True, allowed=("intervention", "control"))
    neighbourhood: ClassVar = category("neighbourhood within the site", blank=True)
    link_worker: ClassVar = category("link worker", blank=True)
    weight: ClassVar = number("design weight; 1 where none is declared")


class Ledger(Table):
    """Every raw record, and what became of it."""

    key: ClassVar = ("file", "line")
    file: ClassVar = category("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person or respondent", blank=True)
    status: ClassVar = category("kept or set aside", allowed=("kept", "set aside"))
    reason: ClassVar = category("why it was set aside; blank for kept records", blank=True)


class Visits(Table):
    """Every visit of a person that a file with dates and times holds, when it was, and whether
    it counts."""

    key: ClassVar = ("file", "line")
    file: ClassVar = category("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person")
    time: ClassVar = category("time; blank: outside all windows", blank=True)
    date: ClassVar = text("YYYY-MM-DD", blank=True)
    elapsed: ClassVar = number("since the person's start, in the study's unit of time")
    place: ClassVar = category(
        "early, within or late in the time's window; outside all windows; undated: the date or the"
        " person's start is not known",
        allowed=("early", "within", "late", "outside", "undated", "no window"),
    )
    status: ClassVar = category("kept or set aside", allowed=("kept", "set aside"))


class Events(Table):
    """Deaths, withdrawals and transfers of people, once a person and event."""

    key: ClassVar = ("event", "unit")
    event: ClassVar = category("the event's name in config.yaml")
    kind: ClassVar = category("kind", allowed=("death", "withdrawal", "transfer"))
    unit: ClassVar = text("id of the person")
    date: ClassVar = text("YYYY-MM-DD", blank=True)
    elapsed: ClassVar = number("since the person's start, in the study's unit of time")
    reason: ClassVar = text("why", blank=True)
    to: ClassVar = text("transfer: where to", blank=True)


class DataProblems(Table):
    """Every problem found in the raw data: where it is, what it is, what was done."""

    file: ClassVar = text("path of the raw file")
    line: ClassVar = count("line of the raw file; 0 for the file as a whole")
    column: ClassVar = text("raw column", blank=True)
    kind: ClassVar = text("kind of problem")
    value: ClassVar = text("the raw value", blank=True)
    action: ClassVar = text("what was done")


class Scores(Table):
    """Instrument scores: one row a person or respondent, time, and score."""

    key: ClassVar = ("level", "unit", "time", "score")
    level: ClassVar = category("person or respondent", allowed=("person", "respondent"))
    unit: ClassVar = text("id")
    time: ClassVar = category("time or wave")
    score: ClassVar = category("instrument.score")
    value: ClassVar = number("the score; blank if too few items were answered")
    answered: ClassVar = count("items answered")
    items: ClassVar = count("items of the score")
    prorated: ClassVar = count("1 if missing items were made up by the person's mean")


MARGIN = "margin_"
"""How the panel's columns begin that say what a respondent is in each margin of the weights."""
MARGIN_WEIGHT = "margin_weight"
"""The panel's column of how much a record counts where influence is made residual of the margins:
by its design weight, or alike (surveys.weights.residuals)."""
CELL_NOT_KNOWN = "(category not known)"
"""The cell of respondents whose category of a margin is not known: no part of the population."""


class Panel(Table):
    """All outcomes in one long table; the declared covariates stand beside them.

    Of weighted surveys margin_1, margin_2 … (site / wave / category of that margin) and
    margin_weight too: no covariates.
    """

    key: ClassVar = ("level", "unit", "time", "outcome")
    open: ClassVar = True
    study: ClassVar = category("short name of the study")
    level: ClassVar = category("whose answer", allowed=("person", "respondent"))
    unit: ClassVar = category("id of the person or respondent")
    site: ClassVar = category("site", blank=True)
    arm: ClassVar = category("arm", allowed=("intervention", "control"))
    neighbourhood: ClassVar = category("neighbourhood", blank=True)
    link_worker: ClassVar = category("link worker", blank=True)
    time: ClassVar = category("time (person) or wave (respondent)")
    outcome: ClassVar = category("outcome")
    value: ClassVar = number("value in the outcome's unit; blank if missing")
    weight: ClassVar = number("weight; 1 if none is declared; blank if it is missing")


class Estimates(Table):
    """One row an estimate; the same columns for every model."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("readable path, stable from run to run")
    study: ClassVar = text("short name of the study")
    model: ClassVar = text("the model's entry in config.yaml")
    kind: ClassVar = text("model kind")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave it speaks of; blank if it holds for all", blank=True)
    estimand: ClassVar = text("what is estimated", blank=True)
    contrast: ClassVar = text("what is compared with what")
    analysis_set: ClassVar = text(_SET)
    missing_data: ClassVar = text("how missing answers were dealt with")
    status: ClassVar = text("estimated, refused or not_estimable")
    reason: ClassVar = text("why there is no estimate", blank=True)
    estimate: ClassVar = number("in `unit`")
    std_error: ClassVar = number("standard error, in `unit`")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    ci_low_shock: ClassVar = number("interval with site shocks of the size of `shock_prior`")
    ci_high_shock: ClassVar = number("interval with site shocks of the size of `shock_prior`")
    shock_prior: ClassVar = text("where the size of site shocks comes from", blank=True)
    baseline_slope: ClassVar = number(
        "the model's slope on the outcome at the reference time; blank: it does not adjust for it"
    )
    p_value: ClassVar = number("two-sided, by `method`; printed on no page")
    n_obs: ClassVar = whole("observations: records, or changes where each is a person's change")
    n_units: ClassVar = whole("people or respondents")
    n_clusters: ClassVar = whole("clusters at `cluster_level`")
    cluster_level: ClassVar = text("what is taken as independent", blank=True)
    n_sites_treated: ClassVar = whole("intervention sites")
    n_sites_control: ClassVar = whole("control sites")
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("estimator, covariance, degrees of freedom", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


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
    analysis_set: ClassVar = text(_SET)
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


class Standardised(Table):
    """Estimates in units of an SD, and each interval beside the minimally important difference."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("the estimate's; observed/… for differences before any model")
    model: ClassVar = text("the model's entry in config.yaml; blank: observed", blank=True)
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave it speaks of; blank if it holds for all", blank=True)
    contrast: ClassVar = text("what is compared with what")
    unit: ClassVar = text("unit of estimate, ci_low, ci_high, sd and mid")
    estimate: ClassVar = number("the estimate, in `unit`")
    ci_low: ClassVar = number("its interval from sampling error alone")
    ci_high: ClassVar = number("its interval from sampling error alone")
    ci_level: ClassVar = number("level of all its intervals")
    ci_low_shock: ClassVar = number("the interval that also holds shocks to a site; blank: none")
    ci_high_shock: ClassVar = number("the interval that also holds shocks to a site; blank: none")
    effect: ClassVar = number("the estimate in SDs, corrected for small samples")
    effect_low: ClassVar = number("interval of the effect in SDs, from sampling error alone")
    effect_high: ClassVar = number("interval of the effect in SDs, from sampling error alone")
    sd: ClassVar = number("the SD, of values within arms, pooled")
    sd_time: ClassVar = text("the time whose values it is of", blank=True)
    sd_n: ClassVar = whole("people or respondents with a value then")
    method: ClassVar = text("how effect and interval were made", blank=True)
    reason: ClassVar = text("why there is no effect in SDs", blank=True)
    mid: ClassVar = number("minimally important difference, if one is declared")
    reading: ClassVar = text("what ci_low to ci_high says of it", blank=True)
    reading_shock: ClassVar = text("what ci_low_shock to ci_high_shock says of it", blank=True)
    caution: ClassVar = text("what the interval does not hold, separated by ' | '", blank=True)


class GradesTable(Table):
    """The grade of evidence that was published for each estimate's design, or why there is none."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("the row of estimates.csv")
    model: ClassVar = text("the model's entry in config.yaml")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave it speaks of; blank if it holds for all", blank=True)
    design: ClassVar = text("the design in words")
    randomised: ClassVar = text("yes or no: whether chance allocated the intervention")
    n_sites_treated: ClassVar = whole("intervention sites; blank: the study has no sites")
    n_sites_control: ClassVar = whole("control sites; blank: the study has no sites")
    measures_before: ClassVar = count("of the model's times up to its reference, with both arms")
    measures_after: ClassVar = count("of the model's times after its reference, with both arms")
    grade: ClassVar = text("in the source's words, or 'no published grade'")
    published_design: ClassVar = text("the source's row, quoted; blank: none", blank=True)
    source: ClassVar = text("who published the grade; blank: none", blank=True)
    reason: ClassVar = text("why there is no grade; blank: there is one", blank=True)


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
    analysis_set: ClassVar = text(_SET)
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


class Means(Table):
    """Means by site (or arm) and time, observed or predicted by a model."""

    model: ClassVar = text("the model that predicts; blank for observed means", blank=True)
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    group: ClassVar = text("site, or arm where there are no sites")
    arm: ClassVar = text("arm")
    time: ClassVar = text("time or wave")
    model_time: ClassVar = text(
        "the time whose model it is of, beside the reference; blank: one model of all times",
        blank=True,
    )
    mean: ClassVar = number("mean, in the outcome's unit")
    std_error: ClassVar = number("standard error")
    df: ClassVar = number("degrees of freedom")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    sd: ClassVar = number("standard deviation; blank for predicted means")
    n: ClassVar = count("records")
    method: ClassVar = text("how the interval was made")
    reason: ClassVar = text(
        "why the mean is not shown: fewer respondents than surveys.minimum", blank=True
    )


class SubsetsTable(Table):
    """The intervention arm by dose or fidelity: described, never compared with control."""

    key: ClassVar = ("subsets", "subset", "outcome", "time")
    subsets: ClassVar = text("the entry of `subsets:` in config.yaml")
    label: ClassVar = text("how it is called")
    subset: ClassVar = text("the subset; Not known: of whom it is not known")
    people: ClassVar = count("people of the intervention arm in the subset")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time")
    n: ClassVar = count("people with a value then")
    mean: ClassVar = number("their mean, in the outcome's unit; blank below `minimum`")
    sd: ClassVar = number("standard deviation; blank below `minimum`")
    n_change: ClassVar = whole(
        "people with a value at the first time too; blank: not asked at both"
    )
    mean_change: ClassVar = number("their mean change since the first time; blank below `minimum`")
    sd_change: ClassVar = number("standard deviation of their changes; blank below `minimum`")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval of the mean change from sampling error alone")
    ci_high: ClassVar = number("interval of the mean change from sampling error alone")
    minimum: ClassVar = count("with fewer people than this, their number stands alone")
    method: ClassVar = text("how the interval was made")


class Balance(Table):
    """How alike two groups are in each covariate, before and after weighting."""

    key: ClassVar = ("model", "outcome", "time", "one", "other", "covariate")
    model: ClassVar = text("the model's entry in config.yaml")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome: who is weighted are those who have it")
    time: ClassVar = text("later time of the change")
    one: ClassVar = text(
        "group that is compared, such as the intervention arm; of cross-sections with times"
    )
    other: ClassVar = text("group that it is compared with")
    covariate: ClassVar = text("covariate, with its category")
    mean_one_before: ClassVar = number("mean in `one`, before weighting")
    mean_other_before: ClassVar = number("mean in `other`, before weighting")
    difference_before: ClassVar = number("difference over the pooled SD before weighting")
    ratio_before: ClassVar = number("variance of `one` over `other`; blank for categories")
    mean_one_after: ClassVar = number("weighted mean in `one`")
    mean_other_after: ClassVar = number("weighted mean in `other`")
    difference_after: ClassVar = number("weighted difference over the pooled SD before weighting")
    ratio_after: ClassVar = number("weighted variance of `one` over `other`; blank for categories")
    n_one: ClassVar = whole("records in `one`")
    n_other: ClassVar = whole("records in `other`")
    count_one: ClassVar = whole("of these, of the category; blank for numbers")
    count_other: ClassVar = whole("of these, of the category; blank for numbers")
    reason: ClassVar = text(
        "why no number is shown: of respondents none is of what fewer than surveys.minimum have",
        blank=True,
    )


class GroupWeights(Table):
    """How much is left of each group after weighting."""

    key: ClassVar = ("model", "outcome", "time", "group")
    model: ClassVar = text("the model's entry in config.yaml")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("later time of the change")
    group: ClassVar = text("arm; of cross-sections, arm and time, or arm and both times together")
    n: ClassVar = count("records")
    effective: ClassVar = number("effective sample size (Kish): equally weighted records")
    largest_share: ClassVar = number("largest part of the group's weight that one record has")


class Residuals(Table):
    """Every record that a model was fitted to, beside what the model says of it."""

    equation: ClassVar = category("outcome, or outcome/time where each time has its own equation")
    outcome: ClassVar = category("outcome")
    unit: ClassVar = category("id of the person or respondent")
    arm: ClassVar = category("arm", allowed=("intervention", "control"))
    fitted: ClassVar = number("predicted by the fixed part, in the outcome's unit", blank=False)
    residual: ClassVar = number("outcome less fitted", blank=False)
    standardised: ClassVar = number("residual over its standard error; how: see diagnostics.json")
    conditional: ClassVar = number("residual given random effects, over its standard deviation")
    leverage: ClassVar = number("weight of the record in its own fitted value", blank=False)
    expected: ClassVar = category(
        "what standardised residuals are if the model is right: normal, or centred at 0 alone",
        allowed=("normal", "centred"),
    )


class Influence(Table):
    """What a model says without each person, neighbourhood, …: one row an equation and unit."""

    key: ClassVar = ("equation", "level", "unit")
    equation: ClassVar = category("outcome, or outcome/time where each time has its own equation")
    outcome: ClassVar = category("outcome")
    estimate_id: ClassVar = category("the estimate whose change is given")
    level: ClassVar = category("what is left out: person, neighbourhood, …")
    unit: ClassVar = text("its id")
    cook: ClassVar = number("Cook's distance; blank: not determined without it")
    change: ClassVar = number("of the estimate without it, in the estimate's unit")
    estimate: ClassVar = number("the estimate from all")
    std_error: ClassVar = number("its standard error")
    effect: ClassVar = number("predicted random effect; blank where the level has none")


class PublishedNumbers(Table):
    """Published numbers beside ours."""

    key: ClassVar = ("quantity",)
    quantity: ClassVar = text("what is compared: model/outcome/path, or table/row/column")
    published: ClassVar = number("published value", blank=False)
    ours: ClassVar = number("our value")
    tolerance: ClassVar = number("largest difference that still agrees", blank=False)
    tolerance_is: ClassVar = text("relative or absolute")
    agrees: ClassVar = text("yes or no")
    source: ClassVar = text("where it was published, and how the digits were computed")
    reason: ClassVar = text("why this tolerance")


class ProblemCounts(Table):
    """How many data problems of each kind there are in each column."""

    file: ClassVar = text("path of the raw file")
    column: ClassVar = text("raw column; blank: the record as a whole", blank=True)
    kind: ClassVar = text("kind of problem")
    records: ClassVar = count("how many")
    first_line: ClassVar = count("line of the first")


class Account(Table):
    """Per entry of `files:`: how many records were kept, and how many set aside for which reason.

    A file's records = the sum of `raw` over its entries.
    """

    file: ClassVar = text("the file's name in config.yaml")
    path: ClassVar = text("path of the raw file")
    status: ClassVar = text(
        "kept; set aside; or other entry: another entry of the file keeps the record or counts it"
    )
    reason: ClassVar = text("why this entry did not keep them", blank=True)
    records: ClassVar = count("records of the raw file")
    raw: ClassVar = count("of these, raw records not counted in another entry of the file")


class Flow(Table):
    """How many people reached each step, and how many of the step before did not, and why.

    reached = reached before - not reached + entered (or back). Of respondents, in each wave:
    reached = invited - not reached + entered.
    """

    key: ClassVar = ("step", "group", "status", "reason")
    part: ClassVar = text(
        "recruitment; allocation; received: what people got, who has less is followed all the"
        " same; follow_up: the times; survey: the waves of respondents"
    )
    step: ClassVar = text("name of the step")
    label: ClassVar = text("the step in words")
    after: ClassVar = text("the step it follows from; blank: none", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    status: ClassVar = text(
        "reached; not reached; entered or back: of those who reached it, not at the step before;"
        " of them: of those who reached it, who did what the reason says; invited: of a survey"
    )
    reason: ClassVar = text(
        "why not reached, from where entered or back, what they did; blank: reached, invited", True
    )
    n: ClassVar = count("people")


class Linking(Table):
    """Per file with ids of people: records that link to the register, people without a record.

    Every record of the file is linked, unlinked or blank."""

    file: ClassVar = text("the file's name in config.yaml")
    variable: ClassVar = text(
        "the variable that holds the ids; blank: the record's own", blank=True
    )
    linked: ClassVar = count("records of somebody in the register")
    kept: ClassVar = count("of these, that were not set aside for another reason")
    people: ClassVar = count("different people among them")
    without: ClassVar = count("people in the register without such a record")
    unlinked: ClassVar = count("records with an id that is nobody's")
    unlinked_ids: ClassVar = count("different ids among them")
    blank: ClassVar = count("records without an id")


class VisitCounts(Table):
    """When people were seen: visits by where in their time's window they lie; their moments."""

    time: ClassVar = text("time; blank: outside all windows", blank=True)
    file: ClassVar = text("the file's name in config.yaml")
    group: ClassVar = text("site, or arm where there are no sites", blank=True)
    visits: ClassVar = count("records")
    early: ClassVar = count("of these, before the window of their time")
    within: ClassVar = count("within it")
    late: ClassVar = count("after it")
    outside: ClassVar = count("in no time's window")
    undated: ClassVar = count("no date, or a person without a start")
    no_window: ClassVar = count("of a time for which no window is declared")
    kept: ClassVar = count("that count")
    first: ClassVar = number("earliest moment of those that count, since the person's start")
    median: ClassVar = number("median moment")
    last: ClassVar = number("latest moment")


class EventCounts(Table):
    """Deaths, withdrawals and transfers by group, reason and the last time before them."""

    event: ClassVar = text("the event's name in config.yaml")
    group: ClassVar = text("site, or arm where there are no sites", blank=True)
    after: ClassVar = text(
        "the last time whose position had come; blank: before the first, or not known", blank=True
    )
    reason: ClassVar = text("why", blank=True)
    to: ClassVar = text("transfer: where to", blank=True)
    n: ClassVar = count("people")


class Missing(Table):
    """How many values are expected and missing, by group and time.

    Rows of outcomes (item blank); of people's instruments (outcome and item blank: the whole
    questionnaire) and their items (outcome blank). Items of surveys: completeness.csv.
    """

    key: ClassVar = ("level", "outcome", "instrument", "item", "group", "time")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome; blank: of an instrument or item", blank=True)
    instrument: ClassVar = text("instrument; blank: an outcome read from a variable", blank=True)
    item: ClassVar = text("code of the item; blank: of an outcome, or the instrument", blank=True)
    label: ClassVar = text("title of the instrument, label of the item", blank=True)
    group: ClassVar = text("site, or arm where there are no sites")
    time: ClassVar = text("time or wave")
    n_expected: ClassVar = count("people in the study, or respondents of the wave")
    n_returned: ClassVar = whole(
        "of people whose answer an instrument asks: with a record of that time in a file that holds"
        " it, filled in or not; blank: of others"
    )
    n_missing: ClassVar = count(
        "of those expected, without a value; instruments: without an answer to any item"
    )


class Baseline(Table):
    """Who was in the study, by group: covariates, and outcomes at the first time; no tests."""

    key: ClassVar = ("level", "weighted", "variable", "category", "group")
    level: ClassVar = text("person or respondent")
    variable: ClassVar = text("covariate or outcome")
    category: ClassVar = text("category; blank for numbers", blank=True)
    group: ClassVar = text("site, or arm where there are no sites")
    n: ClassVar = count("with a value")
    n_missing: ClassVar = count("without a value")
    mean: ClassVar = number("mean; blank for categories")
    sd: ClassVar = number("standard deviation; blank for categories")
    count: ClassVar = whole("in this category; blank for numbers")
    weighted: ClassVar = text("yes: by respondents' weights; no: as they answered")
    q1: ClassVar = number("first quartile; blank for categories")
    median: ClassVar = number("median")
    q3: ClassVar = number("third quartile")
    share: ClassVar = number("of those with a value, in this category; blank for numbers")
    difference: ClassVar = number(
        "standardised difference between the arms, of the variable as a whole: of numbers, and of 0"
        " and 1, intervention less control; of categories a distance, without a sign"
    )
    reason: ClassVar = text(
        "why there is no difference, or why a number is not shown: of respondents none is of what"
        " fewer than surveys.minimum have",
        blank=True,
    )


class Answered(Table):
    """Per instrument score and time: how many were scored, prorated, or had too few answers."""

    level: ClassVar = text("person or respondent")
    score: ClassVar = text("instrument.score")
    time: ClassVar = text("time or wave")
    records: ClassVar = count("questionnaires returned")
    scored: ClassVar = count("with a score")
    prorated: ClassVar = count("of these, with items made up by the person's mean")
    incomplete: ClassVar = count("of these, with items missing that the score does without")
    partly: ClassVar = count("without a score although some items were answered")
    mean: ClassVar = number("mean score")
    sd: ClassVar = number("standard deviation")


class Dictionary(Table):
    """Raw column → variable → outcome or covariate; also columns that nothing uses."""

    file: ClassVar = text("the file's name in config.yaml")
    raw_column: ClassVar = text("column of the raw file; blank for derived variables", blank=True)
    variable: ClassVar = text("how the study calls it; blank if unused", blank=True)
    meaning: ClassVar = text("label, expression or item", blank=True)
    values: ClassVar = text("range, codes or format", blank=True)
    used_as: ClassVar = text("outcomes and covariates read from it", blank=True)
    type: ClassVar = text("what its cells seem to be; blank for derived variables", blank=True)
    missing: ClassVar = whole("cells that are blank, or with a code that the file declares missing")
    distinct: ClassVar = whole("different answers; blank where they stay in the raw file")
    holds: ClassVar = text("labels, range or categories found", blank=True)
    remark: ClassVar = text("what looks odd", blank=True)

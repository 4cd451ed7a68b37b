"""What steps after the models make of them: tables that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


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
        "why the mean, or its interval, is not shown: fewer respondents than surveys.minimum, or a"
        " predicted mean that is one person's answer",
        blank=True,
    )

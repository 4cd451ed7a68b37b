"""The tables of imputation that pass between steps, in the order they are made.

handling: what intercurrent events make of answers (`study.handling`), by its short name; models
with the same handling share their sets. set: 1 to m.
"""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole
from cesp_analysis.missing.sensitivity_words import ASSUMPTIONS

NO_CHAINS = (
    "Nothing was imputed in rounds: there are no chains. Who is lost stays lost, so that one pass"
    " through the times is enough and nothing has to settle."
)
"""What is said where Traces has one round alone."""
_NAMES = list(ASSUMPTIONS)
_HANDLING = "what intercurrent events make of answers, by its short name"


class Imputed(Table):
    """What was imputed in outcomes of people; all else stands in the panel, or in Handled."""

    key: ClassVar = ("handling", "set", "outcome", "unit", "time")
    handling: ClassVar = category(_HANDLING)
    set: ClassVar = count("number of the imputed set, from 1")
    unit: ClassVar = category("id of the person")
    time: ClassVar = category("time")
    outcome: ClassVar = category("outcome")
    value: ClassVar = number("the imputed value, in the outcome's unit", blank=False)


class ImputedCovariates(Table):
    """What was imputed in covariates of people; of categories, their place from 0 on."""

    key: ClassVar = ("handling", "set", "covariate", "unit")
    handling: ClassVar = category(_HANDLING)
    set: ClassVar = count("number of the imputed set, from 1")
    unit: ClassVar = category("id of the person")
    covariate: ClassVar = category("covariate")
    category: ClassVar = category("the imputed category; blank: a number was imputed", blank=True)
    value: ClassVar = number("the imputed number, or the category's place", blank=False)


class Handled(Table):
    """Answers that intercurrent events change before anything is imputed: all those after one."""

    key: ClassVar = ("handling", "outcome", "unit", "time")
    handling: ClassVar = category(_HANDLING)
    unit: ClassVar = category("id of the person")
    time: ClassVar = category("time")
    outcome: ClassVar = category("outcome")
    event: ClassVar = category("the event, as config calls it")
    strategy: ClassVar = category("how it is dealt with")
    answered: ClassVar = number("what stood in the panel")
    value: ClassVar = number("what counts instead: blank, or the value that config declares")


class Traces(Table):
    """Mean and SD of what was imputed in a column, in each round of each chain."""

    key: ClassVar = ("handling", "group", "column", "iteration", "set")
    handling: ClassVar = category(_HANDLING)
    group: ClassVar = category("arm or site in which the equations are apart")
    column: ClassVar = category("outcome@time, outcome@time.item, or covariate")
    iteration: ClassVar = count("round of the chained equations, from 1")
    set: ClassVar = count("number of the imputed set, from 1")
    mean: ClassVar = number("mean of the imputed cells", blank=False)
    sd: ClassVar = number("their standard deviation", blank=False)


class ImputationTable(Table):
    """imputation.csv: each variable of the equations: what was missing, and how it was imputed."""

    key: ClassVar = ("handling", "group", "variable", "time", "item")
    handling: ClassVar = text(_HANDLING)
    events: ClassVar = text("what is done about each intercurrent event", blank=True)
    group: ClassVar = text("arm or site in which the equations are apart")
    variable: ClassVar = text("outcome or covariate")
    kind: ClassVar = text("outcome, covariate, auxiliary or interaction")
    time: ClassVar = text("time; blank: a covariate", blank=True)
    item: ClassVar = text("item of the instrument; blank: imputed as a whole", blank=True)
    n_people: ClassVar = count("people of the group")
    n_answered: ClassVar = count("of them with an answer that counts")
    n_not_there: ClassVar = count("of them for whom there is none to impute, after an event")
    n_missing: ClassVar = count("of them whose answer is missing")
    n_imputed: ClassVar = count("of these with an imputed value")
    method: ClassVar = text(
        "norm, two_level, pmm, logistic, ordered, nominal; scored, product: made; blank: none", True
    )
    predictors: ClassVar = text("columns of its equation, separated by ' | '", blank=True)
    r_hat: ClassVar = number("potential scale reduction of the chains' means; near 1: they agree")
    drift: ClassVar = number(
        "chains' mean in the last round less that in the first kept one, in Monte Carlo errors"
    )
    drift_limit: ClassVar = number(
        "size of drift that chance does not make, of all columns at once"
    )
    reason: ClassVar = text("why gaps stay", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)
    repeated: ClassVar = text("those of them that estimates of the variable repeat", blank=True)


class ImputedValues(Table):
    """imputed_values.csv: what people answered, and what was imputed for others, beside each other.

    One row an interval of values: of the people of a site at a time, by source. What is said of the
    source as a whole (n to outside) is the same in each of its rows.
    """

    key: ClassVar = ("handling", "outcome", "group", "time", "source", "low")
    handling: ClassVar = text(_HANDLING)
    outcome: ClassVar = text("outcome")
    group: ClassVar = text("site, or arm where there are no sites")
    time: ClassVar = text("time")
    source: ClassVar = text("observed, or imputed")
    n: ClassVar = count("people")
    sets: ClassVar = count("imputed sets; 1: observed")
    mean: ClassVar = number("mean of their values, in all sets")
    sd: ClassVar = number("standard deviation of their values, in all sets")
    outside: ClassVar = number("share of values below the lowest or above the highest answer")
    low: ClassVar = number("from this value", blank=False)
    high: ClassVar = number("up to this one, itself only in the last interval", blank=False)
    share: ClassVar = number("of the source's values in the interval; blank: nobody")


class ImputationSets(Table):
    """imputation_sets.csv: the estimates that decide how many sets are made, at each number."""

    key: ClassVar = ("estimate_id", "m")
    estimate_id: ClassVar = text("the row of estimates.csv: of a primary outcome")
    m: ClassVar = count("sets tried")
    monte_carlo: ClassVar = number("Monte Carlo error of the pooled estimate, in its unit")
    share: ClassVar = number("that over the pooled standard error")
    limit: ClassVar = number("largest share, as declared", blank=False)
    needed: ClassVar = whole("sets that would hold it")
    met: ClassVar = text("yes, no, or blank: there is no pooled estimate", blank=True)
    reason: ClassVar = text("why there is no pooled estimate, or what was done", blank=True)


class Fmi(Table):
    """fmi.csv: of each estimate of an imputed model, how much of it the missing answers take."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("the row of estimates.csv")
    model: ClassVar = text("the model's entry in config.yaml")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time it speaks of; blank if it holds for all", blank=True)
    handling: ClassVar = text(_HANDLING)
    m: ClassVar = count("imputed sets")
    within: ClassVar = number("mean squared standard error of the sets", blank=False)
    between: ClassVar = number("variance of the sets' estimates", blank=False)
    fraction: ClassVar = number("lambda: share of the variance that comes from imputing", False)
    fmi: ClassVar = number("fraction of missing information", blank=False)
    df: ClassVar = number("Barnard and Rubin's degrees of freedom; blank: normal")
    df_complete: ClassVar = number("those of the sets' analyses; blank: normal")
    monte_carlo: ClassVar = number("Monte Carlo error of the estimate, in its unit", blank=False)
    share: ClassVar = number("that over the standard error", blank=False)


class SensitivityTable(Table):
    """sensitivity.csv: each estimate under each assumption on the answers that nobody gave."""

    key: ClassVar = ("estimate_id", "assumption", "variant", "variance")
    estimate_id: ClassVar = text("the imputed model's row of estimates.csv")
    model: ClassVar = text("the model's entry in config.yaml")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time it speaks of; blank if it holds for all", blank=True)
    assumption: ClassVar = text(" or ".join([", ".join(_NAMES[:-1]), _NAMES[-1]]))
    variant: ClassVar = text("which of them, where there are several", blank=True)
    label: ClassVar = text("how figures call it")
    sentence: ClassVar = text("what it assumes, in one sentence")
    descriptive: ClassVar = text("yes: a description, which answers for nobody who is lost; no")
    variance: ClassVar = text("Rubin, jackknife or model: which variance the error is")
    variance_is: ClassVar = text("what that variance means")
    shift_intervention: ClassVar = number("added to what the intervention misses; blank: by groups")
    shift_control: ClassVar = number("added to what the control misses; blank: by groups")
    status: ClassVar = text("estimated, not_estimable, or refused as the model's own row is")
    reason: ClassVar = text("why there is no estimate", blank=True)
    estimate: ClassVar = number("in `unit`")
    std_error: ClassVar = number("standard error, in `unit`")
    df: ClassVar = number("degrees of freedom of the interval; blank: normal")
    ci_low: ClassVar = number("interval from sampling error (and imputing) alone")
    ci_high: ClassVar = number("interval from sampling error (and imputing) alone")
    ci_level: ClassVar = number("level of the interval")
    unit: ClassVar = text("unit of the estimate")
    n_units: ClassVar = whole("people who enter")
    n_imputed: ClassVar = whole("of them with an imputed answer; blank: nothing is imputed")
    m: ClassVar = whole("imputed sets; blank: none")
    monte_carlo: ClassVar = number(
        "Monte Carlo error of the estimate, from so many sets and no more, in `unit`; blank:"
        " nothing is drawn"
    )
    method: ClassVar = text("how it was made", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class Tipping(Table):
    """tipping.csv: each estimate where what the sites miss is shifted from what was imputed."""

    key: ClassVar = ("estimate_id", "shift_intervention", "shift_control")
    estimate_id: ClassVar = text("the imputed model's row of estimates.csv")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time it speaks of; blank if it holds for all", blank=True)
    unit: ClassVar = text("unit of shifts and estimate")
    shift_intervention: ClassVar = number("added to what the intervention misses", blank=False)
    shift_control: ClassVar = number("added to what the control misses", blank=False)
    estimate: ClassVar = number("pooled", blank=False)
    std_error: ClassVar = number("Rubin's", blank=False)
    df: ClassVar = number("degrees of freedom; blank: normal")
    ci_low: ClassVar = number("its interval", blank=False)
    ci_high: ClassVar = number("its interval", blank=False)
    ci_level: ClassVar = number("level of the interval", blank=False)
    none: ClassVar = number("no difference: 0, or 1 of a ratio", blank=False)
    holds_none: ClassVar = text("whether the interval holds no difference: yes, no")
    sd: ClassVar = number("SD of the answers at the reference time, in `unit`", blank=False)
    computed: ClassVar = text("exactly, from six fits of each set; or point by point, and of whom")


class TippingPoints(Table):
    """tipping_points.csv: the smallest shift of what is missing that changes what is read."""

    key: ClassVar = ("estimate_id", "of", "along")
    estimate_id: ClassVar = text("the imputed model's row of estimates.csv")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time it speaks of; blank if it holds for all", blank=True)
    of: ClassVar = text("what the interval holds or not: none (no difference) or mid")
    value: ClassVar = number("that, in `unit`", blank=False)
    along: ClassVar = text("whose missing answers: intervention, control, both, opposite (ways)")
    held: ClassVar = text("whether the interval holds it where nothing is shifted: yes, no")
    shift_intervention: ClassVar = number("where that changes; blank: nowhere within `searched`")
    shift_control: ClassVar = number("where that changes; blank: nowhere within `searched`")
    in_sd: ClassVar = number("size of the shift in SDs of the answers at the reference time")
    searched: ClassVar = number("how far was looked, either way, in `unit`", blank=False)
    unit: ClassVar = text("unit")
    computed: ClassVar = text("exactly; or between points")
    sentence: ClassVar = text("the same in words")

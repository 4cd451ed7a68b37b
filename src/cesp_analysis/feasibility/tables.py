"""The tables of feasibility that pass between steps, in the order they are made."""

from typing import ClassVar

from cesp_analysis.columns import Table, count, number, text, whole


class RatesTable(Table):
    """rates.csv: each rate over all, by site and by link worker; a row without a rate says why."""

    key: ClassVar = ("rate", "time", "part", "of", "group")
    rate: ClassVar = text("feasibility.rates of config.yaml; completeness: of questionnaires")
    label: ClassVar = text("how it is called")
    time: ClassVar = text("time; blank: the rate has none", blank=True)
    part: ClassVar = text("value of values_of; instrument, or instrument.item", blank=True)
    part_label: ClassVar = text("how that is called", blank=True)
    of: ClassVar = text("all, site (arm where there are no sites) or link_worker")
    group: ClassVar = text("which of them; blank: all", blank=True)
    kind: ClassVar = text("proportion, per_month or per_person_month")
    numerator: ClassVar = count("events, or those who are counted")
    denominator: ClassVar = whole("of whom they are a part; blank: events a month")
    exposure: ClassVar = number("months, or months of people's follow-up; blank: proportions")
    exposure_is: ClassVar = text("what the exposure is", blank=True)
    value: ClassVar = number("the share, or events a month")
    ci_low: ClassVar = number("Wilson's interval of a share; Garwood's of events a month")
    ci_high: ClassVar = number("Wilson's interval of a share; Garwood's of events a month")
    exact_low: ClassVar = number("Clopper-Pearson's interval of a share")
    exact_high: ClassVar = number("Clopper-Pearson's interval of a share")
    ci_level: ClassVar = number("level of all intervals")
    not_known: ClassVar = whole("of how many it is not known whether they count; blank: of none")
    least: ClassVar = number("the value if all that is not known makes it small")
    most: ClassVar = number("the value if all that is not known makes it large")
    people: ClassVar = whole("whose rows the denominator counts; blank: one row a person")
    person_deff: ClassVar = number("how many rows are worth one, as those of one person are alike")
    icc: ClassVar = number("intraclass correlation of people with one link worker")
    link_workers: ClassVar = whole("link workers with somebody in the denominator")
    cluster_size: ClassVar = number("people a link worker: sum of squares over sum")
    deff: ClassVar = number("1 + (cluster_size - 1) icc, an icc below 0 as 0; at least person_deff")
    effective_n: ClassVar = number("denominator over deff")
    deff_low: ClassVar = number("Wilson's interval at effective_n")
    deff_high: ClassVar = number("Wilson's interval at effective_n")
    deff_note: ClassVar = text("what must be said of the design effect, separated by ' | '", True)
    numerator_is: ClassVar = text("who or what is counted")
    denominator_is: ClassVar = text("of whom or what; blank: events a month", blank=True)
    method: ClassVar = text("how the intervals were made", blank=True)
    status: ClassVar = text("estimated, not_estimable (nobody below, or nothing known) or refused")
    reason: ClassVar = text("why there is no rate", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class RecruitmentTable(Table):
    """recruitment.csv: people taken in month by month, and how many more are to be expected."""

    key: ClassVar = ("group", "month", "observed")
    group: ClassVar = text("site, or arm; blank: all", blank=True)
    month: ClassVar = text("YYYY-MM")
    observed: ClassVar = text("yes: what came; no: what is to be expected")
    last_day: ClassVar = text("last day of the month that counts, YYYY-MM-DD")
    months: ClassVar = number("which part of the month counts")
    new: ClassVar = whole("people of the month; blank: ahead")
    total: ClassVar = number("people until the end of the month; ahead: the median to be expected")
    low: ClassVar = number("ahead: the prediction interval of the total")
    high: ClassVar = number("ahead: the prediction interval of the total")
    planned: ClassVar = number("how many there would be by a steady way to the target")
    left_out: ClassVar = count("people of the group on other days or on none: in no month")


class ProjectionTable(Table):
    """projection.csv: people taken in, against the target, and when it would be reached."""

    key: ClassVar = ("group",)
    group: ClassVar = text("site, or arm; blank: all", blank=True)
    opened: ClassVar = text("first day")
    closed: ClassVar = text("last day of which the data tell")
    recruited: ClassVar = count("people from the first day to the last")
    months: ClassVar = number("months between them")
    per_month: ClassVar = number("people a month; blank: of none it is known when they came")
    ci_low: ClassVar = number("Garwood's interval")
    ci_high: ClassVar = number("Garwood's interval")
    ci_level: ClassVar = number("level of all intervals")
    target: ClassVar = whole("how many there were to be; blank: none is declared")
    target_by: ClassVar = text("by when", blank=True)
    expected: ClassVar = number("median of the total by then, at the rate observed")
    expected_low: ClassVar = number("its prediction interval")
    expected_high: ClassVar = number("its prediction interval")
    probability: ClassVar = number("that the target is reached by then, at the rate observed")
    reached: ClassVar = text("day on which it is reached: as it was, or the median", blank=True)
    reached_low: ClassVar = text("the earlier end of its prediction interval", blank=True)
    reached_high: ClassVar = text("the later end; blank: not before 2200", blank=True)
    dispersion: ClassVar = number("variance of monthly counts over that of a Poisson process")
    method: ClassVar = text("how the projection was made; blank: none was", blank=True)
    reason: ClassVar = text("why there is none", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class Progression(Table):
    """progression.csv: the decision table; its last row is over all criteria."""

    key: ClassVar = ("criterion",)
    criterion: ClassVar = text("feasibility.progression of config.yaml; overall: the worst of all")
    label: ClassVar = text("how it is called")
    kind: ClassVar = text("proportion, per_month, per_person_month, mean, qualitative or overall")
    measure: ClassVar = text("what is judged", blank=True)
    better: ClassVar = text("higher or lower; blank: people judge", blank=True)
    red: ClassVar = number("red up to here (better lower: from here)")
    green: ClassVar = number("green from here (better lower: up to here)")
    rationale: ClassVar = text("why these limits", blank=True)
    numerator: ClassVar = whole("events, or those who are counted; of a mean: none")
    denominator: ClassVar = whole("of whom; of a mean: values")
    exposure: ClassVar = number("months; blank: none")
    value: ClassVar = number("the share, events a month, or mean")
    ci_low: ClassVar = number("its interval")
    ci_high: ClassVar = number("its interval")
    ci_level: ClassVar = number("level of the interval")
    zone: ClassVar = text("red, amber, green or not assessed; of overall: the worst of all shown")
    not_known: ClassVar = whole("of how many it is not known whether they count; blank: of none")
    value_worst: ClassVar = number("the value if all that is not known counts against")
    value_best: ClassVar = number("the value if all that is not known counts for")
    zone_worst: ClassVar = text("the zone of value_worst; blank: nothing is not known", blank=True)
    zone_best: ClassVar = text("the zone of value_best; blank: nothing is not known", blank=True)
    split: ClassVar = text(
        "amber of a share: better than red (by more than chance at alpha) or like red", blank=True
    )
    deff_split: ClassVar = text("the same at effective_n", blank=True)
    p_value: ClassVar = number("Lewis's test of a share at the red limit: one-sided, exact")
    deff_p_value: ClassVar = number("the same at effective_n")
    prob_red: ClassVar = number("posterior probability of the zone")
    prob_amber: ClassVar = number("posterior probability of the zone")
    prob_green: ClassVar = number("posterior probability of the zone")
    effective_n: ClassVar = number("denominator over the design effect of link workers")
    deff_note: ClassVar = text("what must be said of the design effect, separated by ' | '", True)
    deff_red: ClassVar = number("posterior probability of red at effective_n")
    deff_amber: ClassVar = number("posterior probability of amber at effective_n")
    deff_green: ClassVar = number("posterior probability of green at effective_n")
    alpha: ClassVar = number("of Lewis's test, one-sided")
    power: ClassVar = number("of Lewis's test, at the green limit")
    n_plain: ClassVar = whole("people that Lewis's test needs, without correction for continuity")
    n_corrected: ClassVar = whole("the same with it: the number that is held against")
    worth: ClassVar = number(
        "as how many independent people the rows below the line count; blank: one row a person"
    )
    enough: ClassVar = text("whether there are as many: yes, no; blank: no share", True)
    deff_enough: ClassVar = text("whether effective_n is as large", blank=True)
    evidence: ClassVar = text("what a judgement rests on", blank=True)
    linked: ClassVar = text("qualitative evidence beside it, counted", blank=True)
    justification: ClassVar = text("reasons to go on, change or stop, in free text", blank=True)
    judged_by: ClassVar = text("who judged", blank=True)
    judged_on: ClassVar = text("when", blank=True)
    standing: ClassVar = text(
        "of the criterion: pre-specified (as first locked: after data had been received), or when"
        " it was added or changed; blank: nothing is locked",
        blank=True,
    )
    method: ClassVar = text("how zone and probabilities were made", blank=True)
    reason: ClassVar = text("why it is not assessed; of overall: which zones there are", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class SampleSize(Table):
    """sample_size.csv: whether the study is as large as is asked of a pilot, rule by rule."""

    key: ClassVar = ("rule", "of")
    rule: ClassVar = text("what for")
    of: ClassVar = text("outcome or criterion that it is asked of; blank: the study", blank=True)
    label: ClassVar = text("how that is called", blank=True)
    needed: ClassVar = number("how many people; of a share of the main trial: that share of it")
    found: ClassVar = whole("how many there are")
    worth: ClassVar = number(
        "of rows: as how many independent people they count; blank: one row a person"
    )
    enough: ClassVar = text("yes, no, or not assessed")
    effective_n: ClassVar = number("found over the design effect of link workers; blank: none")
    deff_enough: ClassVar = text("whether effective_n is enough: yes, no", blank=True)
    source: ClassVar = text("whose rule")
    reason: ClassVar = text("why it is not assessed", blank=True)

"""The tables of measurability: can the difference be measured, and by which outcome."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


class Items(Table):
    """items.csv: how each item of a candidate was answered, by site and time.

    Answers as given; its correlation with the rest of the scale is of items as they enter the
    score (reversed where the instrument says so, counted where it counts).
    """

    key: ClassVar = ("outcome", "item", "site", "time")
    outcome: ClassVar = text("candidate outcome")
    item: ClassVar = text("instrument.item")
    label: ClassVar = text("what it asks about, in a few words", blank=True)
    site: ClassVar = text("site (or arm); blank: all together", blank=True)
    time: ClassVar = text("time or wave")
    records: ClassVar = count("questionnaires that came back, in which it could be answered")
    n: ClassVar = count("of these, with an answer")
    missing: ClassVar = number("share without an answer; blank: no questionnaire came back")
    mean: ClassVar = number("mean answer")
    sd: ClassVar = number("standard deviation of answers")
    categories: ClassVar = count("different answers")
    lowest: ClassVar = number("lowest possible answer")
    highest: ClassVar = number("highest possible answer")
    floor: ClassVar = number("share of answers that are the lowest possible")
    ceiling: ClassVar = number("share of answers that are the highest possible")
    rest_n: ClassVar = count("complete answers to the score's items")
    rest_correlation: ClassVar = number(
        "correlation with the sum of the score's other items, of complete answers"
    )
    reason: ClassVar = text("why there is no correlation", blank=True)


class Cells(Table):
    """measurability_cells.csv: each candidate's values by site and time."""

    key: ClassVar = ("outcome", "site", "time")
    outcome: ClassVar = text("candidate outcome")
    site: ClassVar = text("site (or arm)")
    time: ClassVar = text("time or wave")
    expected: ClassVar = count(
        "people in the study, those who died or withdrew too; or respondents of the wave"
    )
    n: ClassVar = count("of these, with a value")
    missing: ClassVar = number("share without a value; blank: nobody was expected")
    mean: ClassVar = number("mean")
    sd: ClassVar = number("standard deviation")
    floor: ClassVar = number("share of values that are the lowest possible; blank: not known")
    ceiling: ClassVar = number("share of values that are the highest possible; blank: not known")


class Distributions(Table):
    """distributions.csv: how the values of each candidate lie, first time, all sites together."""

    key: ClassVar = ("outcome", "low", "high")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("candidate outcome")
    time: ClassVar = text("time or wave")
    low: ClassVar = number("from this value on", blank=False)
    high: ClassVar = number("up to this value, which the last bin holds too", blank=False)
    n: ClassVar = count("values")
    share: ClassVar = number("of all values", blank=False)
    extreme: ClassVar = category(
        "the bin that is the lowest or highest possible value alone; blank: neither",
        blank=True,
        allowed=("floor", "ceiling"),
    )
    flag: ClassVar = category("yes: more lie there than the study's limit", allowed=("yes", "no"))


class Measurability(Table):
    """measurability.csv: one row a candidate outcome.

    Scale statistics are of the first time (or wave) and of all sites together, unweighted, unless
    said otherwise. Reliability and the smallest detectable change are of this sample.
    """

    key: ClassVar = ("outcome",)
    outcome: ClassVar = text("outcome's name in config.yaml")
    level: ClassVar = text("person or respondent")
    unit: ClassVar = text("unit of its values")
    direction: ClassVar = text("which change is an improvement")
    score: ClassVar = text("instrument.score; blank: a variable", blank=True)
    items: ClassVar = whole("items of the score; blank: a variable")
    time: ClassVar = text("the first time or wave with values", blank=True)
    last_time: ClassVar = text("the last time or wave with values", blank=True)
    ci_level: ClassVar = number("level of each interval here but that of rmsea", blank=False)

    expected: ClassVar = count(
        "values expected over all sites and times: of everybody in the study, those who died or"
        " withdrew too"
    )
    missing_n: ClassVar = count("of these, missing")
    missing: ClassVar = number("missing_n over expected")
    missing_last: ClassVar = number("the share missing at the last time, all sites together")
    missing_worst: ClassVar = number("the largest share missing of a site and time")
    missing_where: ClassVar = text("site and time of missing_worst", blank=True)
    missing_cells: ClassVar = text(
        "'site time missing/expected' for each, separated by ' | '", True
    )
    item_answers: ClassVar = whole("answers to items expected of questionnaires that came back")
    item_missing_n: ClassVar = whole("of these, missing")
    item_missing: ClassVar = number("item_missing_n over item_answers")
    item_missing_worst: ClassVar = number("the largest share missing of an item, site and time")
    item_missing_where: ClassVar = text("item, site and time of item_missing_worst", blank=True)

    n: ClassVar = count("values at the first time")
    mean: ClassVar = number("mean")
    sd: ClassVar = number("standard deviation")
    skew: ClassVar = number("skewness (adjusted Fisher-Pearson, G1)")
    minimum: ClassVar = number("smallest value")
    q1: ClassVar = number("lower quartile")
    median: ClassVar = number("median")
    q3: ClassVar = number("upper quartile")
    maximum: ClassVar = number("largest value")
    lowest: ClassVar = number("lowest possible value; blank: not known")
    highest: ClassVar = number("highest possible value; blank: not known")
    floor: ClassVar = number("share at the lowest possible value")
    ceiling: ClassVar = number("share at the highest possible value")
    extreme_flag: ClassVar = text("floor, ceiling or both: a larger share than the limit", True)
    no_room: ClassVar = number("share at the end from which nobody can improve")
    no_room_worst: ClassVar = number("the largest such share of a site and time")
    no_room_where: ClassVar = text("site and time of no_room_worst", blank=True)
    distribution_reason: ClassVar = text("why there are no such numbers", blank=True)

    complete: ClassVar = whole("complete answers to the items, first time")
    alpha: ClassVar = number("Cronbach's alpha")
    alpha_low: ClassVar = number("Feldt's interval")
    alpha_high: ClassVar = number("Feldt's interval")
    omega: ClassVar = number("omega total of one factor")
    omega_low: ClassVar = number("interval")
    omega_high: ClassVar = number("interval")
    reliability_method: ClassVar = text("how alpha, omega and their intervals were made", True)
    against: ClassVar = text("items that run against the rest, separated by ' | '", blank=True)
    reliability: ClassVar = text("'not applicable' and why, or what must be said", blank=True)
    factors: ClassVar = whole("factors that parallel analysis keeps")
    explained: ClassVar = number("share of the items' variance that one factor holds")
    srmr: ClassVar = number("root mean square of what one factor leaves of correlations")
    rmsea: ClassVar = number("error of approximation of one factor, by maximum likelihood")
    rmsea_low: ClassVar = number("its 90% interval, whatever ci_level is")
    rmsea_high: ClassVar = number("its 90% interval, whatever ci_level is")
    dimensionality: ClassVar = text("how it was examined, or why not", blank=True)

    retest_n: ClassVar = whole("stable people with both values")
    retest_days: ClassVar = number("median days between")
    retest_icc: ClassVar = number("ICC(A,1): agreement of single values")
    retest_icc_low: ClassVar = number("interval")
    retest_icc_high: ClassVar = number("interval")
    sem: ClassVar = number("standard error of measurement (agreement)")
    sem_low: ClassVar = number("interval")
    sem_high: ClassVar = number("interval")
    mdc95_person: ClassVar = number("smallest detectable change of a person, 95%")
    mdc95_person_low: ClassVar = number("interval")
    mdc95_person_high: ClassVar = number("interval")
    mdc95_group: ClassVar = number("the same of the mean of a group of group_n people")
    mdc95_group_low: ClassVar = number("interval")
    mdc95_group_high: ClassVar = number("interval")
    group_n: ClassVar = whole("people in that group: both values over time, intervention arm")
    loa_mean: ClassVar = number("mean second value less first")
    loa_mean_low: ClassVar = number("interval")
    loa_mean_high: ClassVar = number("interval")
    loa_low: ClassVar = number("lower limit of agreement")
    loa_low_low: ClassVar = number("interval")
    loa_low_high: ClassVar = number("interval")
    loa_high: ClassVar = number("upper limit of agreement")
    loa_high_low: ClassVar = number("interval")
    loa_high_high: ClassVar = number("interval")
    retest_method: ClassVar = text("how", blank=True)
    retest: ClassVar = text("why there are no such numbers, or what must be said", blank=True)

    pairs: ClassVar = whole("people with the first and last value")
    correlation: ClassVar = number("of first and last value, within sites")
    correlation_low: ClassVar = number("interval")
    correlation_high: ClassVar = number("interval")
    sd_within: ClassVar = number("SD at the first time within sites, pooled")
    sd_df: ClassVar = whole("its degrees of freedom")
    sd_upper: ClassVar = number("its upper limit (Browne), for planning")
    sd_confidence: ClassVar = number("one-sided level of sd_upper")
    changed_n: ClassVar = whole("intervention arm: people with the first and last value")
    effect_size: ClassVar = number("their mean change over their SD at the first time")
    effect_size_low: ClassVar = number("interval")
    effect_size_high: ClassVar = number("interval")
    srm: ClassVar = number("their mean change over the SD of their changes")
    srm_low: ClassVar = number("interval")
    srm_high: ClassVar = number("interval")
    guyatt: ClassVar = number("the difference to plan for over the SD of change in stable people")
    guyatt_low: ClassVar = number("interval")
    guyatt_high: ClassVar = number("interval")
    change_method: ClassVar = text("how", blank=True)
    change: ClassVar = text("why numbers of change are blank, or what must be said", blank=True)

    mid_known: ClassVar = count("1 if a minimally important difference is declared, else 0")
    mid: ClassVar = number("minimally important difference")
    mid_source: ClassVar = text("who says so", blank=True)
    estimate_id: ClassVar = text("the row of estimates.csv that speaks for the outcome", blank=True)
    estimate: ClassVar = number("its estimate")
    ci_low: ClassVar = number("its interval from sampling error alone")
    ci_high: ClassVar = number("its interval from sampling error alone")
    ci_low_shock: ClassVar = number("its interval that also allows for shocks to a site")
    ci_high_shock: ClassVar = number("its interval that also allows for shocks to a site")
    mid_class: ClassVar = text("how ci_low to ci_high lies to none and the MID", blank=True)
    mid_class_shock: ClassVar = text("how ci_low_shock to ci_high_shock does", blank=True)
    mid_reason: ClassVar = text("why there is no class", blank=True)

    icc_neighbourhood: ClassVar = number("correlation within neighbourhoods, first time")
    icc_neighbourhood_low: ClassVar = number("interval")
    icc_neighbourhood_high: ClassVar = number("interval")
    neighbourhoods: ClassVar = whole("neighbourhoods with values")
    neighbourhood_method: ClassVar = text("how, or why not", blank=True)
    icc_link_worker: ClassVar = number("correlation within link workers, last time")
    icc_link_worker_low: ClassVar = number("interval")
    icc_link_worker_high: ClassVar = number("interval")
    link_workers: ClassVar = whole("link workers with values")
    link_worker_method: ClassVar = text("how, or why not", blank=True)
    icc_site: ClassVar = text("why the study tells no correlation within sites")

    effect: ClassVar = number("the difference to plan for")
    effect_source: ClassVar = text("who says so", blank=True)
    design_effect: ClassVar = number("of locations, by their size and correlation")
    baseline_factor: ClassVar = number("what baseline values leave of the variance")
    locations: ClassVar = whole("locations in both arms together, with sd_within")
    people: ClassVar = whole("people to recruit in both arms together, with sd_within")
    locations_upper: ClassVar = whole("the same with sd_upper")
    people_upper: ClassVar = whole("the same with sd_upper")
    sample_size: ClassVar = text("inputs and formula, or why there is none", blank=True)

    rank: ClassVar = whole("place among the candidates of its level; equals share it")
    rank_score: ClassVar = number("weights: weights met over all weights")
    criteria: ClassVar = text(
        "each criterion: met, not met (of which value), not known; separated by ' | '", True
    )
    criteria_why: ClassVar = text("why each limit, as declared; separated by ' | '", blank=True)
    ranking: ClassVar = text("how candidates were ranked", blank=True)
    declared: ClassVar = text(
        "of candidates and ranking: pre-specified (as first locked: after data had been received),"
        " or when they were added or changed; blank: nothing is locked",
        blank=True,
    )
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)

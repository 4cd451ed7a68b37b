"""The tables of planning."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole

LAWS = ("normal", "share", "count", "study")
"""What simulated people's answers are drawn as."""


class PlanningDraws(Table):
    """Draws of what the definitive trial rests on, as uncertain as it is."""

    key: ClassVar = ("draw",)
    draw: ClassVar = count("number of the draw")
    control: ClassVar = number("share, or mean count, of the control arm; blank: of others")
    sd: ClassVar = number("SD of the outcome of one person at one time", blank=False)
    correlation: ClassVar = number("of one person's answers at two times, within a location")
    retention: ClassVar = number("share who answer at the end", blank=False)
    icc: ClassVar = number("within-period intraclass correlation of locations", blank=False)
    cac: ClassVar = number("autocorrelation of a location's effects, one period apart", blank=False)
    cac_months: ClassVar = number("months of that period; blank: whatever the design's are")
    icc_link_worker: ClassVar = number("intraclass correlation of link workers, in their arm")
    icc_neighbourhood: ClassVar = number("intraclass correlation of neighbourhoods, within sites")
    size_cv: ClassVar = number("coefficient of variation of the locations' sizes", blank=False)
    difference: ClassVar = number("true difference", blank=False)


class PlanningKnown(Table):
    """What is known of each parameter of the definitive trial, and from where."""

    key: ClassVar = ("parameter",)
    parameter: ClassVar = category("parameter")
    origin: ClassVar = category("from where", allowed=("study", "published", "assumed"))
    n: ClassVar = whole("people, or pairs of published values, that tell it")
    clusters: ClassVar = whole("clusters that tell it")
    median: ClassVar = number("median of the draws: what power is computed at")
    median_mcse: ClassVar = number(
        "its Monte Carlo standard error; blank: pairs drawn equally often, or held"
    )
    months: ClassVar = number("of cac: months of the period; blank: whatever the design's are")
    low: ClassVar = number("lower end of the middle 95% of the draws")
    high: ClassVar = number("upper end")
    method: ClassVar = text("how", blank=True)
    source: ClassVar = text("whose number; blank: this study's", blank=True)
    reason: ClassVar = text("why it is not known", blank=True)


class Planning(Table):
    """What each design of each size promises: power, assurance, cost."""

    key: ClassVar = ("design", "locations", "people")
    design: ClassVar = category("design")
    kind: ClassVar = category("kind of design")
    locations: ClassVar = count("locations in all; of kind individual: where people are")
    people: ClassVar = count("people asked in a location and period")
    periods: ClassVar = count("periods in which people are asked")
    recruited: ClassVar = count("people in all")
    assessments: ClassVar = count("times that somebody is asked, in all")
    difference: ClassVar = number("to be found", blank=False)
    difference_sd: ClassVar = number("of the true one about it, for assurance; 0: it is held")
    std_error: ClassVar = number("of the difference, at the medians")
    df: ClassVar = number("degrees of freedom")
    power: ClassVar = number("at the medians")
    power_normal: ClassVar = number("the same without degrees of freedom: too high with few")
    detectable: ClassVar = number("difference found with the declared power")
    assurance: ClassVar = number("mean power over the draws")
    assurance_mcse: ClassVar = number("its Monte Carlo standard error")
    power_low: ClassVar = number("lower end of the middle 80% of power over the draws")
    power_high: ClassVar = number("upper end")
    cost: ClassVar = number("of the trial, £")
    reaches: ClassVar = category(
        "what reaches its target", allowed=("both", "power", "assurance", "neither", "not_known")
    )
    front: ClassVar = category(
        "yes: no other design of the table has as much assurance for less", blank=True
    )
    cheapest: ClassVar = category("yes: the cheapest that reaches both", blank=True)
    needed: ClassVar = whole("locations that power asks for with so many people; blank: none will")
    people_needed: ClassVar = whole(
        "people of a location and period that power asks for with so many locations; blank: none"
        " will, the ceiling lies below"
    )
    needed_mcse: ClassVar = number(
        "Monte Carlo standard error of needed before it is rounded, from the draws' medians; blank:"
        " medians of some of the draws ask for what no number gives"
    )
    people_needed_mcse: ClassVar = number("the same of people_needed")
    ceiling: ClassVar = number("power with so many people that locations alone limit it")
    method: ClassVar = text("how", blank=True)
    reason: ClassVar = text("why there is no answer", blank=True)
    warnings: ClassVar = text("what must be known", blank=True)


class PlanningWorth(Table):
    """What each planned trial's evidence on net benefit is worth, beside its cost."""

    key: ClassVar = ("approach", "design", "locations", "people")
    approach: ClassVar = category("as in economics.csv")
    design: ClassVar = category("design")
    locations: ClassVar = count("locations in all")
    people: ClassVar = count("people asked in a location and period")
    threshold: ClassVar = number("£ a QALY", blank=False)
    alone: ClassVar = number("people who would tell as much, allocated one by one: median")
    per_person: ClassVar = number("£ for one person for whom the decision is made")
    per_person_mcse: ClassVar = number("its Monte Carlo standard error")
    population: ClassVar = number("£ for all for whom it is in time")
    cost: ClassVar = number("of the trial, £")
    net: ClassVar = number("£ that its evidence is worth above its cost")
    best: ClassVar = category("yes: of its design the size with the highest net worth", blank=True)
    reason: ClassVar = text("why there is no answer", blank=True)


class PlanningTrials(Table):
    """Simulated trials of a design beside what formulas promise."""

    key: ClassVar = ("design", "locations", "people", "analysis", "truth", "drawn")
    design: ClassVar = category("design")
    locations: ClassVar = count("locations in all")
    people: ClassVar = count("people asked in a location and period")
    analysis: ClassVar = category("how each trial is analysed")
    truth: ClassVar = category(
        "what is true: the difference to be found, or none", allowed=("difference", "none")
    )
    drawn: ClassVar = category(
        "what answers are: normal, shares, counts, those of the study's people drawn again",
        allowed=LAWS,
    )
    difference: ClassVar = number("the true difference", blank=False)
    trials: ClassVar = count("trials")
    failed: ClassVar = count("of which without an answer")
    found: ClassVar = number(
        "share in which the interval lies apart from 0: power, or false alarms"
    )
    found_mcse: ClassVar = number("its Monte Carlo standard error")
    formula: ClassVar = number("the same by formula")
    bias: ClassVar = number("mean estimate less the truth")
    bias_mcse: ClassVar = number("its Monte Carlo standard error")
    empirical_se: ClassVar = number("SD of the estimates")
    empirical_se_mcse: ClassVar = number("its Monte Carlo standard error")
    model_se: ClassVar = number("root of the mean squared standard error")
    model_se_mcse: ClassVar = number("its Monte Carlo standard error")
    relative_error: ClassVar = number("model_se over empirical_se, less 1: below 0 too sure")
    relative_error_mcse: ClassVar = number("its Monte Carlo standard error")
    coverage: ClassVar = number("share of intervals that hold the truth")
    coverage_mcse: ClassVar = number("its Monte Carlo standard error")
    method: ClassVar = text("how", blank=True)
    reason: ClassVar = text("why there is no answer", blank=True)
    warnings: ClassVar = text("what must be known", blank=True)


class PlanningBlocks(Table):
    """Simulated trials added up by block: what jobs that share them hand over."""

    key: ClassVar = ("design", "locations", "people", "analysis", "truth", "drawn", "block")
    design: ClassVar = category("design")
    locations: ClassVar = count("locations in all")
    people: ClassVar = count("people asked in a location and period")
    analysis: ClassVar = category("how each trial is analysed")
    truth: ClassVar = category("what is true", allowed=("difference", "none"))
    drawn: ClassVar = category(
        "what answers are: normal, shares, counts, those of the study's people drawn again",
        allowed=LAWS,
    )
    block: ClassVar = count("number of the block")
    asked: ClassVar = count("blocks that the Monte Carlo error asks for")
    n: ClassVar = number("trials")
    failed: ClassVar = number("without an answer")
    error: ClassVar = number("sum of estimates less the truth")
    square: ClassVar = number("sum of its squares")
    variance: ClassVar = number("sum of squared standard errors")
    variance_square: ClassVar = number("sum of their squares")
    covered: ClassVar = number("intervals that hold the truth")
    rejected: ClassVar = number("intervals apart from 0")
    reason: ClassVar = text("why there is no answer", blank=True)

"""The tables of economics."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


class Costs(Table):
    """What each person used before each time, and what it cost in prices of the study's year."""

    key: ClassVar = ("unit", "time", "service")
    unit: ClassVar = text("id of the person")
    time: ClassVar = category("time: what lies between it and the one before; the first: before it")
    service: ClassVar = category("service; intervention.time and intervention.shared: its own")
    sector: ClassVar = category("who pays")
    amount: ClassVar = number("in the unit of the price, within the months that were asked about")
    months: ClassVar = number("months that were asked about")
    cost: ClassVar = number(
        "£ of the whole time between: amount × price × its length / months; blank: not known, or"
        " the time began after the person's death"
    )
    known_part: ClassVar = number(
        "£ of the raw rows that are known (resource_use.csv), where some are and cost is blank for"
        " others"
    )
    rows: ClassVar = count("raw rows that count")
    rows_unknown: ClassVar = count("of them, of which nobody knows what they cost")


class UnitCosts(Table):
    """The price of each service, as published and in the study's price year."""

    key: ClassVar = ("service",)
    service: ClassVar = text("service")
    label: ClassVar = text("how tables call it")
    sector: ClassVar = text("who pays")
    item: ClassVar = text("item of the unit costs; blank: made of pay, or as the study says")
    unit: ClassVar = text("what the price is of")
    published: ClassVar = number("£ as published, or made of pay", blank=False)
    price_year: ClassVar = text("of the published figure")
    factor: ClassVar = number("by which prices rose to the study's year", blank=False)
    value: ClassVar = number("£ used", blank=False)
    qualifications: ClassVar = text("yes: with what training of the staff once cost")
    placeholder: ClassVar = text("yes: nobody has said so yet")
    source: ClassVar = text("where the figure is from")
    note: ClassVar = text("what must be known of it", blank=True)


class CostTable(Table):
    """Use and costs by arm, time and service, of those of whom they are known; of times that began
    after a person's death none. Costs are discounted, as all that is analysed is; amounts are
    not."""

    key: ClassVar = ("of", "name", "arm", "time")
    of: ClassVar = category("service, or perspective: the sum of its sectors")
    name: ClassVar = text("service or perspective")
    arm: ClassVar = category("arm", allowed=("intervention", "control"))
    time: ClassVar = text("time; follow_up: all later times together")
    people: ClassVar = count("people of the arm")
    n: ClassVar = count("of whom it is known")
    users: ClassVar = count(
        "with any: who used the service, whatever its price; of a perspective, and of what a site"
        " shares, who cost anything"
    )
    amount: ClassVar = number("mean amount within the months that were asked about")
    discount_factor: ClassVar = number("of costs of this time; follow_up: each time has its own")
    mean: ClassVar = number("mean cost, £")
    sd: ClassVar = number("standard deviation")
    median: ClassVar = number("median")
    highest: ClassVar = number("the dearest person")
    warnings: ClassVar = text("what must be known", blank=True)


class Economics(Table):
    """Incremental costs, QALYs and net benefit, each by perspective, value set and method."""

    key: ClassVar = (
        "scenario", "perspective", "value_set", "missing_data", "approach", "model", "quantity",
        "threshold",
    )  # fmt: skip
    scenario: ClassVar = text("base, or the name of what is varied")
    service: ClassVar = text("whose price alone is varied, as costs.csv calls it", blank=True)
    perspective: ClassVar = text("whose costs count")
    value_set: ClassVar = text("by which states of health were valued")
    missing_data: ClassVar = category(
        "boot_impute: bootstrap first, then impute; imputed: Rubin's rules; complete: who has all",
        allowed=("boot_impute", "imputed", "complete"),
    )
    approach: ClassVar = category(
        "gain: over baseline; adjusted: at equal baseline; unadjusted",
        allowed=("gain", "adjusted", "unadjusted"),
    )
    model: ClassVar = category(
        "joint: both equations linear, together; gamma: costs by a log link; two_part: any, and how"
        " much; net_benefit: cost and QALYs each by a linear regression of its own, net benefit"
        " of both with their covariance (of one arm: a mean)",
        allowed=("joint", "gamma", "two_part", "net_benefit"),
    )
    quantity: ClassVar = category(
        "cost, qaly: intervention less control; inmb: incremental net monetary benefit; means of an"
        " arm: cost_intervention, cost_control, qaly_intervention, qaly_control",
    )
    threshold: ClassVar = number("£ a QALY")
    status: ClassVar = category("estimated, or why not", allowed=("estimated", "not_estimable"))
    reason: ClassVar = text("why there is no estimate", blank=True)
    estimate: ClassVar = number("£ or QALYs a person over the follow-up")
    std_error: ClassVar = number("sampling error alone")
    df: ClassVar = number("degrees of freedom")
    ci_low: ClassVar = number("sampling error alone")
    ci_high: ClassVar = number("sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    monte_carlo: ClassVar = number("Monte Carlo error of the estimate: by what other draws move it")
    monte_carlo_end: ClassVar = number("the same of the ends of the interval, of the one with more")
    n_obs: ClassVar = count("people with costs and QALYs known")
    n_units: ClassVar = count("people in the analysis")
    n_smaller_arm: ClassVar = count("of them in the arm of fewer")
    zeros: ClassVar = number("share of people without any cost, of costs by a log link")
    n_zeros: ClassVar = whole("how many they are; of imputed sets their mean, rounded up")
    n_clusters: ClassVar = whole("clusters")
    cluster_level: ClassVar = text("what is drawn as a whole", blank=True)
    unit: ClassVar = text("£ or QALYs")
    method: ClassVar = text("how it was made; blank where it was not", blank=True)
    warnings: ClassVar = text("what must be known of it", blank=True)


class ArmMeans(Table):
    """Mean utilities and QALYs by arm and time, of those of whom they are known."""

    key: ClassVar = ("quantity", "value_set", "arm", "time")
    quantity: ClassVar = category("utility, or QALYs", allowed=("utility", "qaly"))
    value_set: ClassVar = text("by which states of health were valued")
    arm: ClassVar = category("arm", allowed=("intervention", "control"))
    time: ClassVar = text("time; follow_up: from the first to the last")
    people: ClassVar = count("people of the arm")
    n: ClassVar = count("of whom it is known; who has died has no utility")
    mean: ClassVar = number("mean")
    sd: ClassVar = number("standard deviation")
    ci_low: ClassVar = number("of the mean, people taken one by one")
    ci_high: ClassVar = number("of the mean, people taken one by one")
    ci_level: ClassVar = number("level of the interval")


class Acceptability(Table):
    """The probability that net benefit is above 0, by threshold."""

    key: ClassVar = ("perspective", "value_set", "missing_data", "approach", "threshold")
    perspective: ClassVar = text("whose costs count")
    value_set: ClassVar = text("by which states of health were valued")
    missing_data: ClassVar = category("as in economics.csv")
    approach: ClassVar = category("as in economics.csv")
    threshold: ClassVar = number("£ a QALY", blank=False)
    inmb: ClassVar = number("incremental net monetary benefit, £ a person")
    probability: ClassVar = number("that net benefit is above 0, by sampling error alone")
    monte_carlo: ClassVar = number("Monte Carlo error of this probability, of bootstrap samples")
    frontier: ClassVar = text("the arm of higher expected net benefit")
    frontier_probability: ClassVar = number("that this arm is the better one")
    low: ClassVar = number(
        "probability if the estimate holds a shock of shock_sd that favoured the intervention"
    )
    high: ClassVar = number("probability if it holds one that favoured the control")
    with_shock: ClassVar = number("probability with sampling error and shocks to sites")
    flip: ClassVar = number(
        "£ a person: the shock to sites that would turn the decision, if it favoured its arm"
    )
    flip_probability: ClassVar = number("that a shock so large, or larger, did")
    shock_sd: ClassVar = number(
        "£ a person: the median of the SDs of shocks that the prior expects"
    )


class Information(Table):
    """What more evidence would be worth: to know all, to know a part, to have a trial of a size."""

    key: ClassVar = ("approach", "of", "threshold", "size")
    approach: ClassVar = category("as in economics.csv")
    of: ClassVar = text(
        "all: perfect information; cost, qaly: of one of the two, as sampled; tornado NAME: of that"
        " parameter of cost; trial: of a trial"
    )
    service: ClassVar = text("whose cost that parameter multiplies", blank=True)
    threshold: ClassVar = number("£ a QALY", blank=False)
    size: ClassVar = whole("people an arm of the trial")
    per_person: ClassVar = number("£ for one person for whom the decision is made")
    regressed: ClassVar = number("the same by regression of draws; of all, by draws alone")
    regressed_error: ClassVar = number("its standard error")
    population: ClassVar = number("£ for all of them")
    cost: ClassVar = number("£ that the trial costs")
    net: ClassVar = number("£ that it is worth above its cost")
    people: ClassVar = number("people for whom the decision is made, discounted")
    shocks: ClassVar = text(
        "yes: shocks to sites are part of what is not known; of a part alone they never are"
    )


class NetBenefitKnown(Table):
    """What is known of net benefit when a trial is planned: one row for each pair of the prior."""

    key: ClassVar = ("approach", "pair")
    approach: ClassVar = category("as in economics.csv")
    pair: ClassVar = count("number of the prior's pair of correlations; 0 alone: there is none")
    threshold: ClassVar = number("£ a QALY", blank=False)
    expected: ClassVar = number("£ a person, intervention less control", blank=False)
    std_error: ClassVar = number("of it, by sampling", blank=False)
    shock_sd: ClassVar = number("SD of shocks to sites in it, £ a person", blank=False)
    among: ClassVar = number("SD of people's net benefit within sites, £", blank=False)


class Plane(Table):
    """Draws of incremental cost and QALYs, and the ellipse around them."""

    key: ClassVar = ("approach", "part", "place")
    approach: ClassVar = category("as in economics.csv")
    part: ClassVar = category("draw, ellipse, or estimate", allowed=("draw", "ellipse", "estimate"))
    place: ClassVar = count("number of the draw, or along the ellipse")
    cost: ClassVar = number("£ a person, intervention less control", blank=False)
    qaly: ClassVar = number("QALYs a person", blank=False)


class Quadrants(Table):
    """Shares of the plane's quadrants, and what can be said of a cost per QALY."""

    key: ClassVar = ("approach",)
    approach: ClassVar = category("as in economics.csv")
    dearer_gains: ClassVar = number("probability: dearer, gains QALYs", blank=False)
    cheaper_gains: ClassVar = number("probability: cheaper, gains QALYs", blank=False)
    cheaper_loses: ClassVar = number("probability: cheaper, loses QALYs", blank=False)
    dearer_loses: ClassVar = number("probability: dearer, loses QALYs", blank=False)
    ratio: ClassVar = number("£ a QALY, only where it can mean one thing")
    ratio_low: ClassVar = number("its interval (Fieller)")
    ratio_high: ClassVar = number("its interval (Fieller)")
    kind: ClassVar = category("per_qaly_gained, per_qaly_lost, dominates, dominated, straddles")
    said: ClassVar = text("in words")

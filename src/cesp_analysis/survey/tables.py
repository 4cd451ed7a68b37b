"""The tables of the community surveys that pass between steps, in the order they are made."""

from typing import ClassVar

from cesp_analysis.contracts import Table, category, count, number, text, whole


class SurveyWeights(Table):
    """weights.csv: the weight of every respondent in every wave."""

    key: ClassVar = ("unit", "wave")
    unit: ClassVar = text("id of the respondent")
    wave: ClassVar = category("wave")
    site: ClassVar = category("site")
    design_weight: ClassVar = number("weight by design, as the file has it", blank=False)
    weight: ClassVar = number("weight that meets the margins", blank=False)
    trimmed: ClassVar = category(
        "whether the weight is held at a limit", allowed=("no", "low", "high")
    )


class Weighting(Table):
    """weighting.csv: how the respondents of one site and wave were weighted, and what it costs."""

    key: ClassVar = ("site", "wave")
    site: ClassVar = category("site")
    wave: ClassVar = category("wave")
    method: ClassVar = text("how")
    n: ClassVar = count("respondents")
    sum_design: ClassVar = number("sum of the design weights", blank=False)
    population: ClassVar = number("sum of the weights: the population of the margins", blank=False)
    deff_design: ClassVar = number("Kish's design effect of the design weights", blank=False)
    deff: ClassVar = number(
        "Kish's design effect of the weights: n times the sum of their squares over the square of"
        " their sum",
        blank=False,
    )
    effective_n: ClassVar = number("n over deff", blank=False)
    smallest: ClassVar = number("smallest weight over the mean weight", blank=False)
    largest: ClassVar = number("largest weight over the mean weight", blank=False)
    smallest_weight: ClassVar = number("smallest weight", blank=False)
    largest_weight: ClassVar = number("largest weight", blank=False)
    trimmed: ClassVar = count("weights held at a limit")
    iterations: ClassVar = count("sweeps of raking, or steps of calibration")
    largest_miss: ClassVar = number(
        "by how much the worst category misses its population, as a share of it", blank=False
    )
    converged: ClassVar = category("whether every margin is met", allowed=("yes", "no"))
    warnings: ClassVar = text("what must be said of it", blank=True)


class Margins(Table):
    """margins.csv: who answered, by design weights and by final weights, beside the population."""

    key: ClassVar = ("site", "wave", "variable", "category")
    site: ClassVar = category("site")
    wave: ClassVar = category("wave")
    variable: ClassVar = text("the margin's covariate, or covariates crossed")
    category: ClassVar = text("its category; 'not known' for respondents without one")
    respondents: ClassVar = count("respondents")
    share_design: ClassVar = number("share by design weights", blank=False)
    share_weighted: ClassVar = number("share by final weights", blank=False)
    share_population: ClassVar = number("share in the population; blank if it is not known")
    population: ClassVar = number("people, as the margins' file says; blank if it is not known")


class ReplicateErrors(Table):
    """replicates.csv: standard errors by replicate weights beside the linearised ones."""

    key: ClassVar = ("outcome", "quantity", "site", "wave")
    outcome: ClassVar = text("outcome")
    quantity: ClassVar = category(
        "weighted mean of a site and wave, or difference in differences of the arms since the first"
        " wave at which the outcome is asked",
        allowed=("mean", "difference in differences"),
    )
    site: ClassVar = category("site; blank for a difference in differences", blank=True)
    wave: ClassVar = category("wave")
    n: ClassVar = count("respondents with a value that it rests on")
    status: ClassVar = category("status", allowed=("estimated", "not_estimable"))
    estimate: ClassVar = number("weighted estimate in the outcome's unit")
    replicate_se: ClassVar = number("standard error by replicates, each calibrated anew")
    linearised_se: ClassVar = number("standard error by Taylor linearisation")
    df: ClassVar = whole("sampling units less strata")
    units: ClassVar = count("sampling units that have a respondent")
    replicates: ClassVar = count("replicates")
    method: ClassVar = text("how")
    reason: ClassVar = text("why there is no standard error", blank=True)
    warnings: ClassVar = text("what must be said of it", blank=True)


class NetworkTable(Table):
    """networks.csv: whom the respondents of one site and wave named."""

    key: ClassVar = ("site", "wave")
    site: ClassVar = category("site; blank where the study has none", blank=True)
    wave: ClassVar = category("wave")
    respondents: ClassVar = count("respondents of the wave")
    asked: ClassVar = count("of them those who answered the question, isolates included")
    ties: ClassVar = count("people, groups and organisations named, by each who named them")
    mean_degree: ClassVar = number("ties over asked; unweighted")
    sd_degree: ClassVar = number("standard deviation of the ties of a respondent")
    isolates: ClassVar = count("asked and named nobody")
    share_isolates: ClassVar = number("isolates over asked; unweighted")
    with_organisation: ClassVar = number("share of those asked who named an organisation")
    groups: ClassVar = count("different groups and organisations that were named")
    components: ClassVar = count(
        "parts that are not joined to each other, of the network of respondents and those they"
        " named; isolates are parts"
    )
    largest_component: ClassVar = count("respondents in the part that holds most of them")
    share_largest: ClassVar = number("largest_component over asked")
    warnings: ClassVar = text("what must be said of it", blank=True)

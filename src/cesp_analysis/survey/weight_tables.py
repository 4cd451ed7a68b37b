"""The tables of weights to margins and replicate weights that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


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
    """weighting.csv: how the respondents of one site and wave were weighted, and what it costs.

    Of fewer than surveys.minimum respondents no number of their weights is told."""

    key: ClassVar = ("site", "wave")
    site: ClassVar = category("site")
    wave: ClassVar = category("wave")
    method: ClassVar = text("how")
    n: ClassVar = count("respondents")
    sum_design: ClassVar = number("sum of the design weights")
    population: ClassVar = number("sum of the weights: the population of the margins", blank=False)
    deff_design: ClassVar = number("Kish's design effect of the design weights")
    deff: ClassVar = number(
        "Kish's design effect of the weights: n times the sum of their squares over the square of"
        " their sum"
    )
    effective_n: ClassVar = number("n over deff")
    smallest: ClassVar = number("smallest weight over the mean weight")
    largest: ClassVar = number("largest weight over the mean weight")
    smallest_weight: ClassVar = number("smallest weight")
    largest_weight: ClassVar = number("largest weight")
    trimmed: ClassVar = whole("weights held at a limit")
    iterations: ClassVar = count("sweeps of raking, or steps of calibration")
    largest_miss: ClassVar = number(
        "by how much the worst category misses its population, as a share of it", blank=False
    )
    converged: ClassVar = category("whether every margin is met", allowed=("yes", "no"))
    warnings: ClassVar = text("what must be said of it, separated by ' | '", blank=True)


class Margins(Table):
    """margins.csv: who answered, by design weights and by final weights, beside the population."""

    key: ClassVar = ("site", "wave", "variable", "category")
    site: ClassVar = category("site")
    wave: ClassVar = category("wave")
    variable: ClassVar = text("the margin's covariate, or covariates crossed")
    category: ClassVar = text("its category; 'not known' for respondents without one")
    respondents: ClassVar = whole("respondents; blank below surveys.minimum, see reason")
    share_design: ClassVar = number(
        "share by design weights of those whose category is known; 'not known': of all"
    )
    share_weighted: ClassVar = number(
        "share by final weights of those whose category is known; 'not known': of all"
    )
    share_population: ClassVar = number("share in the population; blank if it is not known")
    population: ClassVar = number("people, as the margins' file says; blank if it is not known")
    reason: ClassVar = text("why the respondents are not shown", blank=True)


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
    df: ClassVar = whole(
        "sampling units less strata, of those who answered in the waves compared; a regression of"
        " more waves (kind survey) counts those of all its waves"
    )
    units: ClassVar = count("sampling units that have a respondent")
    replicates: ClassVar = count("replicates")
    method: ClassVar = text("how")
    reason: ClassVar = text("why there is no standard error", blank=True)
    warnings: ClassVar = text("what must be said of it", blank=True)

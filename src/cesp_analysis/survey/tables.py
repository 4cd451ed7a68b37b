"""The tables of the community surveys that pass between steps, in the order they are made."""

from typing import ClassVar

from cesp_analysis.contracts import Table, category, count, number, text


class Crosswalk(Table):
    """How each file of a survey asks each question: the raw column, and what is done to codes."""

    key: ClassVar = ("file", "question")
    wave: ClassVar = text("wave; blank: the file's rows say it", blank=True)
    file: ClassVar = text("the file's name in config.yaml")
    version: ClassVar = text("version of the questionnaire, where the whole file has one", True)
    question: ClassVar = text("variable, or instrument.item")
    label: ClassVar = text("the question in words", blank=True)
    raw_column: ClassVar = text("column of the raw file; blank: not asked", blank=True)
    recode: ClassVar = text(
        "what is done to its codes: pairs of raw and study's code, reversed, not asked; blank:"
        " nothing",
        blank=True,
    )


class WaveRecords(Table):
    """Who answered in which wave, how, and which version of the questionnaire."""

    key: ClassVar = ("wave", "site", "file", "mode", "version")
    wave: ClassVar = text("wave")
    site: ClassVar = text("site, or arm where there are no sites", blank=True)
    file: ClassVar = text("the file's name in config.yaml")
    mode: ClassVar = text("paper, web, face_to_face, telephone; blank: not said", blank=True)
    version: ClassVar = text("version of the questionnaire; blank: not said", blank=True)
    respondents: ClassVar = count("respondents")


class Completeness(Table):
    """How completely each question was answered, by wave and site.

    respondents = asked + not_asked; asked = answered + no_answer + unusable.
    """

    key: ClassVar = ("wave", "site", "question")
    wave: ClassVar = text("wave")
    site: ClassVar = text("site, or arm where there are no sites", blank=True)
    question: ClassVar = text("variable, or instrument.item")
    label: ClassVar = text("the question in words", blank=True)
    respondents: ClassVar = count("respondents of the wave")
    asked: ClassVar = count("of these, in a file that asks the question")
    answered: ClassVar = count("of those asked, with an answer that counts")
    no_answer: ClassVar = count("of those asked: blank, or a code for no answer")
    unusable: ClassVar = count("of those asked: out of range, or a code that is not declared")
    not_asked: ClassVar = count("of the respondents, in a file that does not ask it")


class Dispositions(Table):
    """What became of each invitation, and whether the interviews are the records of the survey."""

    key: ClassVar = ("wave", "site")
    wave: ClassVar = text("wave")
    site: ClassVar = text("site, or arm where there are no sites", blank=True)
    invited: ClassVar = count("rows of the frame")
    complete: ClassVar = count("I: complete interviews")
    partial: ClassVar = count("P: partial interviews")
    refusal: ClassVar = count("R: refusals and break-offs")
    non_contact: ClassVar = count("NC: eligible, not reached")
    other: ClassVar = count("O: eligible, no interview for another reason")
    unknown_household: ClassVar = count("UH: not known whether anybody lives there")
    unknown_other: ClassVar = count("UO: not known whether eligible, for another reason")
    not_eligible: ClassVar = count("known not to be eligible")
    uncoded: ClassVar = count("without a code; they count among unknown_other in the rates")
    eligible: ClassVar = number("e: share of those of unknown eligibility that count as eligible")
    eligible_by: ClassVar = text("where e comes from", blank=True)
    records: ClassVar = count("respondents in the survey's files")
    difference: ClassVar = count("records less complete and partial interviews")
    remark: ClassVar = text("what the difference may be", blank=True)


class Response(Table):
    """Rates of response, cooperation, refusal and contact by AAPOR's standard definitions."""

    key: ClassVar = ("wave", "site", "rate")
    wave: ClassVar = text("wave")
    site: ClassVar = text("site, or arm where there are no sites", blank=True)
    rate: ClassVar = text("AAPOR's name: RR1 to RR6, COOP1 to 4, REF1 to 3, CON1 to 3")
    formula: ClassVar = text("AAPOR's formula")
    numerator: ClassVar = number("cases above the line")
    denominator: ClassVar = number("cases below the line; no whole number where e is in it")
    value: ClassVar = number("the rate; blank: nobody is below the line")
    ci_low: ClassVar = number("interval")
    ci_high: ClassVar = number("interval")
    ci_level: ClassVar = number("level of the interval")
    method: ClassVar = text("how the interval was made", blank=True)
    reason: ClassVar = text("why there is no rate or no interval", blank=True)


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

"""The tables of the community surveys that pass between steps, in the order they are made."""

from typing import ClassVar

from cesp_analysis.columns import Table, count, number, text, whole


class Crosswalk(Table):
    """How each file of a survey asks each question: the raw column, and what is done to codes."""

    key: ClassVar = ("file", "question")
    wave: ClassVar = text("wave; blank: the file's rows say it", blank=True)
    file: ClassVar = text("the file's name in config.yaml")
    version: ClassVar = text("version of the questionnaire; those that occur, of several", True)
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
    aside: ClassVar = count(
        "rows of the whole frame that were set aside, such as those without a wave or site:"
        " they are in no row here and in no rate"
    )
    aside_why: ClassVar = text("why they were", blank=True)


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


class SurveyMeans(Table):
    """Weighted means and proportions of respondents' answers, with design-based intervals.

    A description: nothing is compared between sites.
    """

    key: ClassVar = ("of", "site", "group", "wave", "since", "outcome", "category")
    of: ClassVar = text("site; stratum (surveys.strata) or neighbourhood within it")
    site: ClassVar = text("site, or arm where there are no sites")
    group: ClassVar = text("the site, stratum or neighbourhood")
    wave: ClassVar = text("wave")
    since: ClassVar = text("of a change: the earlier wave; blank: no change", blank=True)
    outcome: ClassVar = text("outcome")
    question: ClassVar = text("the question with several answers that it is a box of", blank=True)
    category: ClassVar = text(
        "of an ordinal outcome: a code, or 'at least' a code; blank: the outcome itself", blank=True
    )
    label: ClassVar = text("the outcome, with its category in words")
    measure: ClassVar = text("mean or proportion")
    estimate: ClassVar = number("in `unit`; a change: wave − since")
    std_error: ClassVar = number("linearised")
    df: ClassVar = number("sampling units less strata, of those with an answer")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    n: ClassVar = count("respondents with an answer (of a change: in both waves together)")
    respondents: ClassVar = count("respondents there")
    effective_n: ClassVar = number("n over deff")
    deff: ClassVar = number(
        "variance over that of as many answers drawn at random with replacement"
    )
    psus: ClassVar = whole("sampling units with an answer")
    strata: ClassVar = whole("strata with an answer")
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("how estimate and interval were made", blank=True)
    reason: ClassVar = text("why there is no estimate or no interval", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)
    clustered_std_error: ClassVar = number(
        "of sites, where neighbourhoods: all: with neighbourhoods as clusters, for others like them"
    )
    clustered_df: ClassVar = number("neighbourhoods less strata, of those with an answer")
    clustered_ci_low: ClassVar = number("interval with neighbourhoods as clusters")
    clustered_ci_high: ClassVar = number("interval with neighbourhoods as clusters")
    clustered_reason: ClassVar = text("why there is no clustered interval", blank=True)


class NeighbourhoodChanges(Table):
    """neighbourhoods.csv: how each neighbourhood changed, by itself and drawn to its site's mean.

    A description of these neighbourhoods: nothing is compared between sites.
    """

    key: ClassVar = ("site", "neighbourhood", "since", "wave", "outcome", "category")
    site: ClassVar = text("site, or arm where there are no sites")
    neighbourhood: ClassVar = text("neighbourhood")
    since: ClassVar = text("earlier wave")
    wave: ClassVar = text("later wave")
    outcome: ClassVar = text("outcome")
    category: ClassVar = text("of an ordinal outcome, as in survey_means.csv", blank=True)
    label: ClassVar = text("the outcome, with its category in words")
    unit: ClassVar = text("unit of the change")
    n_before: ClassVar = count("respondents with an answer in the earlier wave")
    n: ClassVar = count("respondents with an answer in the later wave")
    panel: ClassVar = count("of these, in both")
    estimate: ClassVar = number("weighted mean of the later wave less the earlier")
    std_error: ClassVar = number("respondents as drawn within the neighbourhood")
    df: ClassVar = number("Welch's degrees of freedom")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the intervals")
    site_change: ClassVar = number("mean change of the site's neighbourhoods")
    between_sd: ClassVar = number("SD of their true changes (Paule and Mandel), 0 at least")
    reliability: ClassVar = number(
        "share of the change's distance from site_change that is kept: Morris (1983), 1 - (k - 3)"
        " / (k - 1) x se² / (between_sd² + se²) of k neighbourhoods, 2 / (k - 1) at the least"
    )
    shrunken: ClassVar = number("the change drawn to site_change")
    shrunken_low: ClassVar = number("interval of the shrunken change")
    shrunken_high: ClassVar = number("interval of the shrunken change")
    reason: ClassVar = text("why there is no change or no interval", blank=True)


class Composition(Table):
    """Who answered: each covariate of respondents by site and wave, unweighted and weighted."""

    key: ClassVar = ("site", "wave", "variable", "category")
    site: ClassVar = text("site, or arm where there are no sites")
    wave: ClassVar = text("wave")
    variable: ClassVar = text("covariate of respondents")
    category: ClassVar = text("its category; blank: a number, of which it is the mean", blank=True)
    n: ClassVar = whole(
        "respondents of the category; of a number: those with one; blank below surveys.minimum, or"
        " where it would tell of a category below"
    )
    known: ClassVar = count("respondents of whom the covariate is known")
    respondents: ClassVar = count("respondents of the site and wave")
    unweighted: ClassVar = number("share of those known; blank of a number")
    mean: ClassVar = number("of a number, its mean over those known, unweighted")
    sd: ClassVar = number("of a number, its standard deviation over those known")
    by_design: ClassVar = number("share or mean by design weights")
    weighted: ClassVar = number("share or mean by final weights")
    population: ClassVar = number("share in the population, where a margin tells it")
    ci_low: ClassVar = number("interval of the weighted share or mean")
    ci_high: ClassVar = number("interval of the weighted share or mean")
    ci_level: ClassVar = number("level of the interval")
    reason: ClassVar = text("why there is no share or no interval", blank=True)

"""Places in the flow, contamination, missing answers, descriptions: tables between steps."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole


class Crossed(Table):
    """Who used what the other arm offers, or moved to the other arm: a row a person and time."""

    key: ClassVar = ("level", "kind", "unit", "time")
    level: ClassVar = category("person or respondent", allowed=("person", "respondent"))
    kind: ClassVar = category(
        "used what the intervention offers; people who moved to a site of the other arm;"
        " respondents who moved here from one",
        allowed=("used", "moved", "moved_here"),
    )
    unit: ClassVar = text("id of the person or respondent")
    group: ClassVar = text("site, or arm where there are no sites")
    time: ClassVar = text("time or wave; blank: at any time, without a date", blank=True)
    now: ClassVar = category(
        "yes, no (since the last time; respondents: in the wave); blank: not known",
        blank=True,
        allowed=("yes", "no"),
    )
    ever: ClassVar = category(
        "yes, no, until this time; blank: not known", blank=True, allowed=("yes", "no")
    )


class Contamination(Table):
    """How many of a group used what the other arm offers, or moved across, by time or wave.

    n = known + unknown, at each time and until then.
    """

    key: ClassVar = ("level", "kind", "group", "time")
    level: ClassVar = text("person or respondent")
    kind: ClassVar = text(
        "used what the intervention offers; moved, to the other arm; moved_here, from it"
    )
    label: ClassVar = text("what they did")
    group: ClassVar = text("site, or arm where there are no sites")
    arm: ClassVar = text("the group's arm")
    time: ClassVar = text("time or wave; blank: at any time, without a date", blank=True)
    n: ClassVar = count("people recruited in the group; respondents of the wave")
    known: ClassVar = count("of these, of whom it is known at this time")
    now: ClassVar = count("of these, who did, since the time before; respondents: in the wave")
    unknown: ClassVar = count("of n, of whom it is not known at this time")
    ever: ClassVar = count("of n, who did at this time or before it")
    ever_unknown: ClassVar = count("of n, of whom it is not known whether they did until now")


class FlowPlaces(Table):
    """Where everybody was at each step: one row a person (or record of nobody) and step."""

    key: ClassVar = ("step", "subject")
    step: ClassVar = category("name of the step")
    subject: ClassVar = text("id of the person; of a record of nobody in the register: file/line")
    unit: ClassVar = text("id of the person in the register; blank: nobody's record", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    status: ClassVar = category(
        "reached; entered or back: reached, but not at the step before; not reached: at the step"
        " before, not here; gone: left at an earlier step; not yet: comes in later; not asked: the"
        " step is of another arm",
        allowed=("reached", "entered", "back", "not reached", "gone", "not yet", "not asked"),
    )
    reason: ClassVar = text("why not reached or gone, or from where entered or back", blank=True)


class FlowChecks(Table):
    """What is odd in the flow: counted and said, and the rest goes on."""

    key: ClassVar = ("step", "group", "kind", "said")
    step: ClassVar = text("name of the step; blank: of no step", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    kind: ClassVar = text("kind of oddity")
    n: ClassVar = count("people or records")
    said: ClassVar = text("the same in a sentence, and the table and filter that name them")


class MissingPatterns(Table):
    """When people gave an outcome's answer and when not, all times together: n people of a group.

    The counts of a group's patterns add up to its people.
    """

    key: ClassVar = ("outcome", "group", "pattern")
    outcome: ClassVar = text("outcome of people")
    group: ClassVar = text("site, or arm where there are no sites")
    times: ClassVar = text("the outcome's times in order, joined by commas")
    pattern: ClassVar = text(
        "at each of them, joined by commas: answered; no answer; withdrew, died: no answer, and"
        " withdrawn or dead by then (until the end of the time's window)"
    )
    n: ClassVar = count("people")
    of: ClassVar = count("people of the group")
    share: ClassVar = number("n / of", blank=False)
    answered: ClassVar = count("times with an answer")
    monotone: ClassVar = category(
        "yes: no answer follows a time without one", allowed=("yes", "no")
    )


class MissingPredictors(Table):
    """How those without an outcome's answer at a time differ from those with one.

    The dead are set aside. One row an outcome, time and what is compared: covariates, sites (of
    more than a dozen: arms), and at later times the outcomes at the first. No tests.
    """

    key: ClassVar = ("outcome", "time", "variable", "category")
    outcome: ClassVar = text("whose answers are missing")
    time: ClassVar = text("when")
    variable: ClassVar = text("covariate; site or arm; outcome at the first time")
    category: ClassVar = text("category; blank for numbers", blank=True)
    scale: ClassVar = text("number, or share (of 0 and 1)")
    died: ClassVar = count("set aside: died by then")
    answered: ClassVar = count("with an answer, and a value to compare")
    answered_mean: ClassVar = number("their mean or share")
    answered_sd: ClassVar = number("their standard deviation; blank for shares")
    unanswered: ClassVar = count("without an answer, with a value to compare")
    unanswered_mean: ClassVar = number("their mean or share")
    unanswered_sd: ClassVar = number("their standard deviation; blank for shares")
    difference: ClassVar = number("standardised: without an answer less with one, in SDs")
    difference_low: ClassVar = number("lower end of its interval")
    difference_high: ClassVar = number("upper end")
    difference_reason: ClassVar = text("why there is none, or no interval", blank=True)
    model_n: ClassVar = whole("people in the model: with a value of everything in it")
    model_events: ClassVar = whole("of these, without an answer")
    average: ClassVar = number(
        "from the model: average difference in the probability of no answer; by one SD of a number,"
        " by a category instead of the reference"
    )
    average_low: ClassVar = number("lower end of its interval")
    average_high: ClassVar = number("upper end")
    model_reason: ClassVar = text("why there is none", blank=True)


class SubsetsTable(Table):
    """The intervention arm by dose or fidelity: described, never compared with control."""

    key: ClassVar = ("subsets", "subset", "outcome", "time")
    subsets: ClassVar = text("the entry of `subsets:` in config.yaml")
    label: ClassVar = text("how it is called")
    subset: ClassVar = text("the subset; Not known: of whom it is not known")
    people: ClassVar = count("people of the intervention arm in the subset")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time")
    n: ClassVar = count("people with a value then")
    mean: ClassVar = number("their mean, in the outcome's unit; blank below `minimum`")
    sd: ClassVar = number("standard deviation; blank below `minimum`")
    n_change: ClassVar = whole(
        "people with a value at the first time too; blank: not asked at both"
    )
    mean_change: ClassVar = number("their mean change since the first time; blank below `minimum`")
    sd_change: ClassVar = number("standard deviation of their changes; blank below `minimum`")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval of the mean change from sampling error alone")
    ci_high: ClassVar = number("interval of the mean change from sampling error alone")
    minimum: ClassVar = count("with fewer people than this, their number stands alone")
    method: ClassVar = text("how the interval was made")


class Missing(Table):
    """How many values are expected and missing, by group and time.

    Rows of outcomes (item blank); of people's instruments (outcome and item blank: the whole
    questionnaire) and their items (outcome blank). Items of surveys: completeness.csv.
    """

    key: ClassVar = ("level", "outcome", "instrument", "item", "group", "time")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome; blank: of an instrument or item", blank=True)
    instrument: ClassVar = text("instrument; blank: an outcome read from a variable", blank=True)
    item: ClassVar = text("code of the item; blank: of an outcome, or the instrument", blank=True)
    label: ClassVar = text("title of the instrument, label of the item", blank=True)
    group: ClassVar = text("site, or arm where there are no sites")
    time: ClassVar = text("time or wave")
    n_expected: ClassVar = count("people in the study, or respondents of the wave")
    n_returned: ClassVar = whole(
        "of people whose answer an instrument asks: with a record of that time in a file that holds"
        " it, filled in or not; blank: of others"
    )
    n_missing: ClassVar = count(
        "of those expected, without a value; instruments: without an answer to any item"
    )


class Baseline(Table):
    """Who was in the study, by group: covariates, and outcomes at the first time; no tests."""

    key: ClassVar = ("level", "weighted", "variable", "category", "group")
    level: ClassVar = text("person or respondent")
    variable: ClassVar = text("covariate or outcome")
    category: ClassVar = text("category; blank for numbers", blank=True)
    group: ClassVar = text("site, or arm where there are no sites")
    n: ClassVar = count("with a value")
    n_missing: ClassVar = count("without a value")
    mean: ClassVar = number("mean; blank for categories")
    sd: ClassVar = number("standard deviation; blank for categories")
    count: ClassVar = whole("in this category; blank for numbers")
    weighted: ClassVar = text("yes: by respondents' weights; no: as they answered")
    q1: ClassVar = number("first quartile; blank for categories")
    median: ClassVar = number("median")
    q3: ClassVar = number("third quartile")
    share: ClassVar = number("of those with a value, in this category; blank for numbers")
    difference: ClassVar = number(
        "standardised difference between the arms, of the variable as a whole: of numbers, and of 0"
        " and 1, intervention less control; of categories a distance, without a sign"
    )
    reason: ClassVar = text(
        "why there is no difference, or why a number is not shown: of respondents none is of what"
        " fewer than surveys.minimum have",
        blank=True,
    )

"""The tables of flow, contamination and missing answers that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.contracts import Table, category, count, number, text, whole


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

    The dead are set aside. One row an outcome, time and what is compared: covariates, sites, and at
    later times the outcomes at the first. No tests.
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

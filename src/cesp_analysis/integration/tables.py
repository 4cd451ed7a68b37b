"""The tables in which interviews meet the numbers: joint display, time line, theory of change."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole
from cesp_analysis.declared.coded_files import ROLES, VALENCES
from cesp_analysis.declared.feasibility import ZONES
from cesp_analysis.declared.integration import INFERRED
from cesp_analysis.declared.theory import NODE_KINDS

DIRECTIONS = ("better", "worse", "unclear")
COMPARED = ("agree", "discord", "unclear", "not compared")
TO_BE_WRITTEN = "to be written"
EVENTS = ("contacts", "panel", "fidelity", "context", "wave")


class JointDisplay(Table):
    """joint_display.csv: one row for each construct, what each source says of it side by side.

    excerpts = positive + negative + mixed + neutral + not_said + of_control + of_unknown.
    """

    key: ClassVar = ("construct",)
    construct: ClassVar = text("integration.constructs of config.yaml, or a word of excerpts alone")
    label: ClassVar = text("how it is called")
    declared: ClassVar = category("no: excerpts alone have it", allowed=("yes", "no"))
    outcome: ClassVar = text("outcome of people", blank=True)
    estimate_id: ClassVar = text("the row of estimates.csv", blank=True)
    time: ClassVar = text("the time that it speaks of", blank=True)
    estimate: ClassVar = number("in `unit`")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_low_shock: ClassVar = number("interval with site shocks")
    ci_high_shock: ClassVar = number("interval with site shocks")
    ci_level: ClassVar = number("level of the intervals")
    unit: ClassVar = text("unit of the estimate", blank=True)
    shock_breaks: ClassVar = number(
        "shock to the estimated difference that undoes what the interval says: the interval's end"
        " nearest to no difference; 0 where it holds none"
    )
    direction: ClassVar = category(
        "where the sampling interval lies: better or worse by the outcome's direction; unclear: it"
        " holds no difference, or no direction is better",
        blank=True,
        allowed=DIRECTIONS,
    )
    reason: ClassVar = text("why there is no estimate", blank=True)
    survey_outcome: ClassVar = text("outcome of respondents", blank=True)
    survey_estimate_id: ClassVar = text("the row of estimates.csv", blank=True)
    survey_time: ClassVar = text("the wave that it speaks of", blank=True)
    survey_estimate: ClassVar = number("in `survey_unit`")
    survey_ci_low: ClassVar = number("interval from sampling error alone")
    survey_ci_high: ClassVar = number("interval from sampling error alone")
    survey_ci_low_shock: ClassVar = number("interval with site shocks")
    survey_ci_high_shock: ClassVar = number("interval with site shocks")
    survey_unit: ClassVar = text("unit of the survey's estimate", blank=True)
    survey_direction: ClassVar = category("as direction", blank=True, allowed=DIRECTIONS)
    survey_reason: ClassVar = text("why there is no estimate of the survey", blank=True)
    criterion: ClassVar = text("progression criterion", blank=True)
    light: ClassVar = text("its zone: red, amber, green or not assessed", blank=True)
    excerpts: ClassVar = count("excerpts that speak to it, each once")
    interviews: ClassVar = count("interviews that they are of")
    themes: ClassVar = text("themes with excerpts and interviews, separated by ' | '", blank=True)
    positive: ClassVar = count("excerpts of interviews at no control site that are positive")
    negative: ClassVar = count("of these negative")
    mixed: ClassVar = count("of these mixed, or coded in several ways")
    neutral: ClassVar = count("of these neutral")
    not_said: ClassVar = count("of these without a valence")
    of_control: ClassVar = count("excerpts of interviews at control sites: not compared")
    of_unknown: ClassVar = count(
        "excerpts of interviews whose site is not known, where a site is a control: not compared"
    )
    spoke: ClassVar = count(
        "interviews at no control site with an excerpt that has a valence: of these is majority"
    )
    majority: ClassVar = text(
        "the valence of more than half of the excerpts with one, at no control site, and of their"
        " interviews; none: no such; blank: fewer than three interviews",
        blank=True,
    )
    compared: ClassVar = category("direction beside majority", allowed=COMPARED)
    survey_compared: ClassVar = category("survey_direction beside majority", allowed=COMPARED)
    cleared: ClassVar = count("excerpts that may be quoted")
    inference: ClassVar = category(
        "what people inferred, or to be written; blank: config.yaml does not declare the construct",
        blank=True,
        allowed=(*INFERRED, TO_BE_WRITTEN),
    )
    inference_text: ClassVar = text("in their words", blank=True)
    names_somebody: ClassVar = category(
        "whether the pseudonym of an interview stands in inference_text, author, or the word of"
        " excerpts alone for a construct; in whatever case",
        allowed=("yes", "no"),
    )
    author: ClassVar = text("who wrote it", blank=True)
    date: ClassVar = text("when, YYYY-MM-DD", blank=True)
    flags: ClassVar = text("what is to be looked at, separated by ' | '", blank=True)


class JointThemes(Table):
    """One row for each theme of a construct."""

    key: ClassVar = ("construct", "theme")
    construct: ClassVar = text("construct")
    theme: ClassVar = text("theme")
    excerpts: ClassVar = count("excerpts that have both, each once")
    interviews: ClassVar = count("interviews that they are of")


class JointQuotes(Table):
    """Up to two quotes of a construct, whole, and cleared for quotation."""

    key: ClassVar = ("construct", "excerpt")
    construct: ClassVar = text("construct")
    excerpt: ClassVar = text("id of the excerpt")
    interview: ClassVar = text("pseudonym")
    site: ClassVar = text("site", blank=True)
    role: ClassVar = category("role of the speaker", blank=True, allowed=ROLES)
    theme: ClassVar = text("its themes, separated by ' | '")
    valence: ClassVar = category("how it is meant", blank=True, allowed=VALENCES)
    text: ClassVar = text("what was said, whole")
    of_control: ClassVar = category(
        "whether it is of a control site", allowed=("yes", "no", "not known")
    )
    names_somebody: ClassVar = category(
        "whether the pseudonym of an interview stands in it, in its themes or in the word of"
        " excerpts alone for a construct; in whatever case",
        allowed=("yes", "no"),
    )


class ProcessEvents(Table):
    """process.csv: what was done and what happened, by day or month, at each site."""

    key: ClassVar = ("kind", "site", "date", "until", "label")
    date: ClassVar = text("first day, YYYY-MM-DD; blank: not known", blank=True)
    until: ClassVar = text("last day of what number counts; blank: one day", blank=True)
    site: ClassVar = text("site; blank: all, or not known", blank=True)
    kind: ClassVar = category("what it is", allowed=EVENTS)
    label: ClassVar = text("in words")
    score: ClassVar = number(
        "fidelity: mean of the ratings of number that have a score, each the mean of its"
        " components, 0 to 1, whoever rated; blank: none has one"
    )
    number: ClassVar = whole("how many; blank: none is counted")
    counted: ClassVar = text("what number counts", blank=True)
    people: ClassVar = whole("different people whom number is of; blank: not of people's records")


class TheoryNodes(Table):
    """One row for each box of the theory of change, with its place in the drawing."""

    key: ClassVar = ("node",)
    node: ClassVar = text("integration.nodes of config.yaml")
    label: ClassVar = text("how it is called")
    node_kind: ClassVar = category("what it is", allowed=NODE_KINDS)
    layer: ClassVar = count("column, from 0 at the left")
    place: ClassVar = number("row, from 0 at the top; halves where layers are centred", blank=False)


class TheoryLinks(Table):
    """One row for each piece of evidence of a link, or one that says that there is none."""

    key: ClassVar = ("link", "nth")
    link: ClassVar = text("integration.links of config.yaml")
    nth: ClassVar = count("which piece of evidence, from 1; 0: none is named")
    from_node: ClassVar = text("the node that it leaves")
    to_node: ClassVar = text("the node that it leads to")
    feedback: ClassVar = category("whether it leads back", allowed=("yes", "no"))
    through: ClassVar = text("its rows in the columns that it passes, by spaces", blank=True)
    evidence: ClassVar = category(
        "what is named", blank=True, allowed=("estimate", "criterion", "construct")
    )
    of: ClassVar = text(
        "its name: the row of estimates.csv, the criterion, the construct", blank=True
    )
    of_label: ClassVar = text("how a criterion or construct is called", blank=True)
    outcome: ClassVar = text("outcome of an estimate", blank=True)
    time: ClassVar = text("time or wave of an estimate", blank=True)
    there: ClassVar = category("whether there is something to look at", allowed=("yes", "no"))
    estimate: ClassVar = number("in `unit`")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_low_shock: ClassVar = number("interval with site shocks")
    ci_high_shock: ClassVar = number("interval with site shocks")
    unit: ClassVar = text("unit of the estimate", blank=True)
    light: ClassVar = category("zone of a criterion", blank=True, allowed=(*ZONES, "not assessed"))
    themes: ClassVar = whole("themes of a construct")
    excerpts: ClassVar = whole("its excerpts")
    interviews: ClassVar = whole("interviews that these are of")
    reason: ClassVar = text("why there is nothing", blank=True)

"""The tables that pass between steps, in the order in which they are made."""

from typing import ClassVar

from cesp_analysis.columns import Table, category, count, number, text, whole
from cesp_analysis.declared.analysis_sets import WHOSE_RECORDS


class Raw(Table):
    """A raw file as text: one row a record, one column a raw column; absent cells are blank."""

    key: ClassVar = ("line",)
    open: ClassVar = True
    line: ClassVar = count("line of the raw file (CSV), sheet row (XLSX), record + 1 (SPSS)")


class Described(Table):
    """What the columns of raw files seem to hold, for who writes config.yaml."""

    key: ClassVar = ("file", "column")
    file: ClassVar = text("the file's name")
    column: ClassVar = text("raw column")
    label: ClassVar = text("what the file says of it", blank=True)
    type: ClassVar = text("number, whole number, date and its format, category, text, empty")
    records: ClassVar = count("records of the file")
    missing: ClassVar = count("blank, or with a code that the file declares missing")
    distinct: ClassVar = count("different answers")
    values: ClassVar = text("labels, range or categories", blank=True)
    remark: ClassVar = text("what looks odd", blank=True)


class Corrections(Table):
    """Cells of raw files that were corrected by CORRECTIONS.yaml."""

    key: ClassVar = ("file", "line", "column")
    file: ClassVar = text("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    column: ClassVar = text("raw column")
    was: ClassVar = text("what the raw file holds", blank=True)
    now: ClassVar = text("what is used instead", blank=True)
    why: ClassVar = text("why")


class Records(Table):
    """A cleaned file: one row a record and time, its variables and items beside it."""

    open: ClassVar = True
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person or respondent; for other files the line")
    time: ClassVar = category("time or wave; blank where the record belongs to none", blank=True)
    date: ClassVar = text("date of collection, YYYY-MM-DD", blank=True)
    site: ClassVar = category("site", blank=True)
    arm: ClassVar = category("arm", blank=True, allowed=("intervention", "control"))
    neighbourhood: ClassVar = category("neighbourhood within the site", blank=True)
    link_worker: ClassVar = category("link worker", blank=True)
    weight: ClassVar = number("design weight; 1 where none is declared")


class Ledger(Table):
    """Every raw record, and what became of it."""

    key: ClassVar = ("file", "line")
    file: ClassVar = category("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person or respondent", blank=True)
    status: ClassVar = category("kept or set aside", allowed=("kept", "set aside"))
    reason: ClassVar = category("why it was set aside; blank for kept records", blank=True)


class Visits(Table):
    """Every visit of a person that a file with dates and times holds, when it was, and whether
    it counts."""

    key: ClassVar = ("file", "line")
    file: ClassVar = category("the file's name in config.yaml")
    line: ClassVar = count("line of the raw file")
    unit: ClassVar = text("id of the person")
    time: ClassVar = category("time; blank: outside all windows", blank=True)
    date: ClassVar = text("YYYY-MM-DD", blank=True)
    elapsed: ClassVar = number("since the person's start, in the study's unit of time")
    place: ClassVar = category(
        "early, within or late in the time's window; outside all windows; undated: the date or the"
        " person's start is not known",
        allowed=("early", "within", "late", "outside", "undated", "no window"),
    )
    status: ClassVar = category("kept or set aside", allowed=("kept", "set aside"))


class Events(Table):
    """Deaths, withdrawals and transfers of people, once a person and event."""

    key: ClassVar = ("event", "unit")
    event: ClassVar = category("the event's name in config.yaml")
    kind: ClassVar = category("kind", allowed=("death", "withdrawal", "transfer"))
    unit: ClassVar = text("id of the person")
    date: ClassVar = text("YYYY-MM-DD", blank=True)
    elapsed: ClassVar = number("since the person's start, in the study's unit of time")
    reason: ClassVar = text("why", blank=True)
    to: ClassVar = text("transfer: where to", blank=True)


class DataProblems(Table):
    """Every problem found in the raw data: where it is, what it is, what was done."""

    file: ClassVar = text("path of the raw file")
    line: ClassVar = count("line of the raw file; 0 for the file as a whole")
    column: ClassVar = text("raw column", blank=True)
    kind: ClassVar = text("kind of problem")
    value: ClassVar = text("the raw value", blank=True)
    action: ClassVar = text("what was done")


class Scores(Table):
    """Instrument scores: one row a person or respondent, time, and score."""

    key: ClassVar = ("level", "unit", "time", "score")
    level: ClassVar = category("person or respondent", allowed=("person", "respondent"))
    unit: ClassVar = text("id")
    time: ClassVar = category("time or wave")
    score: ClassVar = category("instrument.score")
    value: ClassVar = number("the score; blank if too few items were answered")
    answered: ClassVar = count("items answered")
    items: ClassVar = count("items of the score")
    prorated: ClassVar = count("1 if missing items were made up by the person's mean")


MARGIN = "margin_"
"""How the panel's columns begin that say what a respondent is in each margin of the weights."""
MARGIN_WEIGHT = "margin_weight"
"""The panel's column of how much a record counts where influence is made residual of the margins:
by its design weight, or alike (surveys.weights.residuals)."""
CELL_NOT_KNOWN = "(category not known)"
"""The cell of respondents whose category of a margin is not known: no part of the population."""


class Panel(Table):
    """All outcomes in one long table; the declared covariates stand beside them.

    Of weighted surveys margin_1, margin_2 … (site / wave / category of that margin) and
    margin_weight too: no covariates.
    """

    key: ClassVar = ("level", "unit", "time", "outcome")
    open: ClassVar = True
    study: ClassVar = category("short name of the study")
    level: ClassVar = category("whose answer", allowed=("person", "respondent"))
    unit: ClassVar = category("id of the person or respondent")
    site: ClassVar = category("site", blank=True)
    arm: ClassVar = category("arm", allowed=("intervention", "control"))
    neighbourhood: ClassVar = category("neighbourhood", blank=True)
    link_worker: ClassVar = category("link worker", blank=True)
    time: ClassVar = category("time (person) or wave (respondent)")
    outcome: ClassVar = category("outcome")
    value: ClassVar = number("value in the outcome's unit; blank if missing")
    weight: ClassVar = number("weight; 1 if none is declared; blank if it is missing")


class Estimates(Table):
    """One row an estimate; the same columns for every model."""

    key: ClassVar = ("estimate_id",)
    estimate_id: ClassVar = text("readable path, stable from run to run")
    study: ClassVar = text("short name of the study")
    model: ClassVar = text("the model's entry in config.yaml")
    kind: ClassVar = text("model kind")
    level: ClassVar = text("person or respondent")
    outcome: ClassVar = text("outcome")
    time: ClassVar = text("time or wave it speaks of; blank if it holds for all", blank=True)
    estimand: ClassVar = text("what is estimated", blank=True)
    contrast: ClassVar = text("what is compared with what")
    analysis_set: ClassVar = text(WHOSE_RECORDS)
    missing_data: ClassVar = text("how missing answers were dealt with")
    status: ClassVar = text("estimated, refused or not_estimable")
    reason: ClassVar = text("why there is no estimate", blank=True)
    estimate: ClassVar = number("in `unit`")
    std_error: ClassVar = number("standard error, in `unit`")
    df: ClassVar = number("degrees of freedom of the interval")
    ci_low: ClassVar = number("interval from sampling error alone")
    ci_high: ClassVar = number("interval from sampling error alone")
    ci_level: ClassVar = number("level of the interval")
    ci_low_joint: ClassVar = number("interval that holds together with others of its model")
    ci_high_joint: ClassVar = number("interval that holds together with others of its model")
    ci_low_shock: ClassVar = number("interval with site shocks of the size of `shock_prior`")
    ci_high_shock: ClassVar = number("interval with site shocks of the size of `shock_prior`")
    shock_prior: ClassVar = text("where the size of site shocks comes from", blank=True)
    baseline_slope: ClassVar = number(
        "the model's slope on the outcome at the reference time; blank: it does not adjust for it"
    )
    p_value: ClassVar = number("two-sided, by `method`; printed on no page")
    n_obs: ClassVar = whole("observations: records, or changes where each is a person's change")
    n_units: ClassVar = whole("people or respondents")
    n_clusters: ClassVar = whole("clusters at `cluster_level`")
    cluster_level: ClassVar = text("what is taken as independent", blank=True)
    n_sites_treated: ClassVar = whole("intervention sites")
    n_sites_control: ClassVar = whole("control sites")
    unit: ClassVar = text("unit of the estimate")
    method: ClassVar = text("estimator, covariance, degrees of freedom", blank=True)
    warnings: ClassVar = text("what to keep in mind, separated by ' | '", blank=True)


class ProblemCounts(Table):
    """How many data problems of each kind there are in each column."""

    file: ClassVar = text("path of the raw file")
    column: ClassVar = text("raw column; blank: the record as a whole", blank=True)
    kind: ClassVar = text("kind of problem")
    records: ClassVar = count("how many")
    first_line: ClassVar = count("line of the first")

"""What became of records and columns: tables that pass between steps, in order."""

from typing import ClassVar

from cesp_analysis.columns import Table, count, number, text, whole


class Account(Table):
    """Per entry of `files:`: how many records were kept, and how many set aside for which reason.

    A file's records = the sum of `raw` over its entries.
    """

    file: ClassVar = text("the file's name in config.yaml")
    path: ClassVar = text("path of the raw file")
    status: ClassVar = text(
        "kept; set aside; or other entry: another entry of the file keeps the record or counts it"
    )
    reason: ClassVar = text("why this entry did not keep them", blank=True)
    records: ClassVar = count("records of the raw file")
    raw: ClassVar = count("of these, raw records not counted in another entry of the file")


class Flow(Table):
    """How many people reached each step, and how many of the step before did not, and why.

    reached = reached before - not reached + entered (or back). Of respondents, in each wave:
    reached = invited - not reached + entered.
    """

    key: ClassVar = ("step", "group", "status", "reason")
    part: ClassVar = text(
        "recruitment; allocation; received: what people got, who has less is followed all the"
        " same; follow_up: the times; survey: the waves of respondents"
    )
    step: ClassVar = text("name of the step")
    label: ClassVar = text("the step in words")
    after: ClassVar = text("the step it follows from; blank: none", blank=True)
    group: ClassVar = text("site, or arm where there are no sites; blank: not known", blank=True)
    status: ClassVar = text(
        "reached; not reached; entered or back: of those who reached it, not at the step before;"
        " of them: of those who reached it, who did what the reason says; invited: of a survey"
    )
    reason: ClassVar = text(
        "why not reached, from where entered or back, what they did; blank: reached, invited", True
    )
    n: ClassVar = count("people")


class Linking(Table):
    """Per file with ids of people: records that link to the register, people without a record.

    Every record of the file is linked, unlinked or blank."""

    file: ClassVar = text("the file's name in config.yaml")
    variable: ClassVar = text(
        "the variable that holds the ids; blank: the record's own", blank=True
    )
    linked: ClassVar = count("records of somebody in the register")
    kept: ClassVar = count("of these, that were not set aside for another reason")
    people: ClassVar = count("different people among them")
    without: ClassVar = count("people in the register without such a record")
    unlinked: ClassVar = count("records with an id that is nobody's")
    unlinked_ids: ClassVar = count("different ids among them")
    blank: ClassVar = count("records without an id")


class VisitCounts(Table):
    """When people were seen: visits by where in their time's window they lie; their moments."""

    time: ClassVar = text("time; blank: outside all windows", blank=True)
    file: ClassVar = text("the file's name in config.yaml")
    group: ClassVar = text("site, or arm where there are no sites", blank=True)
    visits: ClassVar = count("records")
    early: ClassVar = count("of these, before the window of their time")
    within: ClassVar = count("within it")
    late: ClassVar = count("after it")
    outside: ClassVar = count("in no time's window")
    undated: ClassVar = count("no date, or a person without a start")
    no_window: ClassVar = count("of a time for which no window is declared")
    kept: ClassVar = count("that count")
    first: ClassVar = number("earliest moment of those that count, since the person's start")
    median: ClassVar = number("median moment")
    last: ClassVar = number("latest moment")


class EventCounts(Table):
    """Deaths, withdrawals and transfers by group, reason and the last time before them."""

    event: ClassVar = text("the event's name in config.yaml")
    group: ClassVar = text("site, or arm where there are no sites", blank=True)
    after: ClassVar = text(
        "the last time whose position had come; blank: before the first, or not known", blank=True
    )
    reason: ClassVar = text("why", blank=True)
    to: ClassVar = text("transfer: where to", blank=True)
    n: ClassVar = count("people")


class Answered(Table):
    """Per instrument score and time: how many were scored, prorated, or had too few answers."""

    level: ClassVar = text("person or respondent")
    score: ClassVar = text("instrument.score")
    time: ClassVar = text("time or wave")
    records: ClassVar = count("questionnaires returned")
    scored: ClassVar = count("with a score")
    prorated: ClassVar = count("of these, with items made up by the person's mean")
    incomplete: ClassVar = count("of these, with items missing that the score does without")
    partly: ClassVar = count("without a score although some items were answered")
    mean: ClassVar = number("mean score")
    sd: ClassVar = number("standard deviation")


class Dictionary(Table):
    """Raw column → variable → outcome or covariate; also columns that nothing uses."""

    file: ClassVar = text("the file's name in config.yaml")
    raw_column: ClassVar = text("column of the raw file; blank for derived variables", blank=True)
    variable: ClassVar = text("how the study calls it; blank if unused", blank=True)
    meaning: ClassVar = text("label, expression or item", blank=True)
    values: ClassVar = text("range, codes or format", blank=True)
    used_as: ClassVar = text("outcomes and covariates read from it", blank=True)
    type: ClassVar = text("what its cells seem to be; blank for derived variables", blank=True)
    missing: ClassVar = whole("cells that are blank, or with a code that the file declares missing")
    distinct: ClassVar = whole("different answers; blank where they stay in the raw file")
    holds: ClassVar = text("labels, range or categories found", blank=True)
    remark: ClassVar = text("what looks odd", blank=True)

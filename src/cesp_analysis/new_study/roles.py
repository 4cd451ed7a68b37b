"""Which columns look like id, site, time, date, weight: by their names and by what they hold."""

import re

from cesp_analysis.new_study.event_names import event_of_file, events_told
from cesp_analysis.new_study.moments import SPELT, DraftMoment, moment_in
from cesp_analysis.new_study.occasions import occasions_in
from cesp_analysis.new_study.persons import names_others
from cesp_analysis.new_study.tables import Column, Table, plain

_MANY = 30  # different answers beyond which a column names no site, time or arm
_ID = re.compile(
    r"(^|_)([a-z]{0,4}id|urn|uid|key|uuid|index|case_?no|participant|subject|respondent|person"
    r"|patient|client|teilnehmer(in)?|proband(in)?|(study|record|member|tn|vp|pat)(?=_?(no|nr|num)))"
    r"(_?(id|no|nr|num|number|nummer|code|kennung))?$"
)
_NAMES = {
    "site": re.compile(
        r"(^|_)(site|centre|center|town|borough|clinic|practice|data_access_group)"
        r"(_?(id|name|code))?$"
    ),
    "neighbourhood": re.compile(r"neighbou?rhood|(^|_)(ward|lsoa|msoa|locality)(_|$)"),
    "link_worker": re.compile(r"link_?worker|navigator"),
    "weight": re.compile(r"^((design|survey|sampling|sample|final|p)_?)?(weights?|wgt|wt)$"),
    "time": re.compile(
        r"^(study_)?(time(_?point)?|waves?|event|visit|period|round|occasion|phase|session)(_name)?$"
        r"|_(period|wave|visit|event)$|^redcap_event_name$|^year$"
    ),
    "arm": re.compile(
        r"^(study_)?(arm|group|treatment|treat|allocation|allocated\w*|randomi[sz]\w*|condition)$"
    ),
}
_WIDE = re.compile(
    r"^(.+?)[._ -](pre|post|baseline|follow_?up|[tw]\d|\d{1,2}_?(?:months?|m|weeks?|w|years?|y)"
    rf"|(?:{SPELT})_?(?:months?|weeks?|years?))$"
)
_DATES = re.compile(r"date$|^date|visit|complet|submit|record|interview|answered")
_UPLOADED = re.compile(r"(^|_)submission_?(time|date)$")
"""When a form reached the server (KoBo, ODK, SurveyCTO): days after the visit, if the telephone had
no network. What that itself wrote down says it better:"""
_BEGUN = (re.compile(r"(^|_)today$"), re.compile(r"(^|_)start(_?time)?$"))


def roles_of(table: Table) -> dict[str, str]:
    """Role → the column that looks most like it; roles that nothing looks like are absent."""
    found: dict[str, str] = {}
    if time := occasions_in(table, ids_of(table)):
        found["time"] = time
    for role, pattern in _NAMES.items():
        for column in table.columns.values():
            fits = bool(pattern.search(column.slug)) and _fits(role, column, table)
            if fits and column.name not in found.values():
                found.setdefault(role, column.name)
    if date := next(iter(dates_of(table)), None):
        found["date"] = date
    return found


def dates_of(table: Table) -> list[str]:
    """Columns that say when a row was collected, the likeliest first; not when somebody died,
    withdrew or moved."""
    if event_of_file(table.name):
        return []
    dates = [
        column
        for column in table.columns.values()
        if column.found.kind == "date"
        and not column.personal
        and not events_told(column.slug, column.label.split(" | ")[0])
    ]
    named = [column for column in dates if _DATES.search(column.slug)]
    exact = [column for column in named if re.fullmatch(r"(\w*visit_?)?date", column.slug)]
    uploads = [column for column in dates if is_upload(column.name)]
    begun = [c for began in _BEGUN for c in dates if uploads and began.search(c.slug)]
    named = [column for column in named if column not in uploads]
    ordered = [*exact, *begun, *named, *uploads, *dates]
    return list(dict.fromkeys(column.name for column in ordered))


def is_upload(column: str) -> bool:
    """Whether a column says when a form was uploaded, which may be long after it was filled in."""
    return bool(_UPLOADED.search(plain(column)))


def ids_of(table: Table) -> list[str]:
    """Columns that could be ids of what a row is about, the likeliest first."""
    if table.fields:  # a REDCap project begins with its record's id
        first = table.fields[0].column
        return [first] if first in table.columns else []
    named = [
        column
        for column in table.columns.values()
        if is_named_as_id(column) and column.found.kind not in ("empty", "number", "date")
    ]
    full = [column for column in named if len(column.found.answers) >= 0.95 * table.records]
    return [c.name for c in sorted(full, key=lambda c: not unique(c))]


def is_named_as_id(column: Column) -> bool:
    """Whether a column's name says that it holds ids."""
    return bool(_ID.search(column.slug))


def unique(column: Column) -> bool:
    """Whether next to no answer stands twice."""
    answers = column.found.answers
    return bool(len(answers)) and answers.nunique() >= 0.95 * len(answers)


def long_format_of(table: Table) -> tuple[str, str] | None:
    """The columns of question and answer, if each row looks like one answer."""
    by_slug = {column.slug: column for column in table.columns.values()}
    questions = [s for s in by_slug if re.fullmatch(r"(item|question|variable|measure)(_\w+)?", s)]
    answers = [s for s in by_slug if re.fullmatch(r"(answer|value|score|response)s?", s)]
    if not questions or not answers or len(by_slug) > 12:
        return None
    words = by_slug[questions[0]].found.answers
    often = len(words) >= 3 * max(words.nunique(), 1)
    return (by_slug[questions[0]].name, by_slug[answers[0]].name) if often else None


def wide_groups(table: Table) -> dict[str, dict[str, DraftMoment]]:
    """Stem → column → moment, of numbers that look like one question at several times.

    bdi.pre and bdi.2m are bdi at pre and 2m.
    """
    groups: dict[str, dict[str, DraftMoment]] = {}
    for column in table.columns.values():
        match = _WIDE.match(column.name.lower())
        moment = moment_in(match[2]) if match else None
        if match and moment and column.found.kind in ("number", "whole number"):
            groups.setdefault(match[1], {})[column.name] = moment
    return {
        stem: group
        for stem, group in groups.items()
        if len({moment.name for moment in group.values()}) == len(group) > 1
    }


def _fits(role: str, column: Column, table: Table) -> bool:
    """Whether what a column holds can be what its name says."""
    found = column.found
    if role == "weight":
        return found.kind == "number" and found.known().min() > 0 and _near_one(column)
    if role == "link_worker":
        return found.kind in ("category", "text")
    if role in ("arm", "time") and names_others(column):  # the draft would write their names
        return False
    few = 0 < found.answers.nunique() <= _MANY and found.kind != "date"
    repeated = found.answers.nunique() < max(len(found.answers), 2)
    if role == "arm":
        return few and 1 < found.answers.nunique() <= 4 and repeated
    return few and found.kind != "number" and (repeated or table.records < 20)


def _near_one(column: Column) -> bool:
    """Weights of a survey are about one on average; weights of bodies are not."""
    return 0.3 < float(column.found.known().mean()) < 3

"""What a draft cannot tell, as questions to the person who finishes it."""

from collections.abc import Iterator, Sequence

from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.platforms import PARENT, parent_doubts, unfinished_doubts
from cesp_analysis.new_study.register import copied_rows, rows_again
from cesp_analysis.new_study.roles import ids_of, unique
from cesp_analysis.new_study.tables import Table

QUESTIONS = {
    "arms": "The labels stand in tables. One group alone, compared with nobody: leave out control"
    " and models, and give the file that lists people arm: {constant: intervention}. If chance"
    " decided who is in which arm, write randomised: true under study.",
    "sites": "Which site is the intervention, which the control?",
    "no times": "When did people answer? No file's name says it, and no column was known for one of"
    " times (by its name, or by words such as baseline or 6 months). Write times:"
    " {baseline: {label: Baseline, position: 0}, …}, and under files: which file or column belongs"
    " to which. When?",
    "no people": "No file was found that lists the people. If one does, write level: person and"
    " lists_people: true; if rows are respondents of a survey, level: respondent. Whose are the"
    " rows?",
    "alone": "Are these people who are followed? If they are respondents of a survey, write level:"
    " respondent, without lists_people. Which?",
    "flow": "Where the flow of people begins. Steps before it (referred, eligible, consented) come"
    " first, if a file says who passed them.",
    "outcomes": "Which outcomes are primary (role: primary), and what change matters (mid: {value:"
    " …, source: …})? Questions that are no questionnaire: {label: …, variable: …, unit: …,"
    " direction: …}, of respondents with level: respondent. Covariates, if models adjust for some,"
    " have a section of their own: covariates: {NAME: {label: …, variable: …}}. Which?",
    "models": "The plainest model of the design. Is it the one of your protocol?",
}
"""On sections of the study file."""


def doubts_of(entry: Entry, since: Sequence[str] = ()) -> Iterator[str]:
    """Questions on whose the rows are; `since`: the register's dates."""
    columns = entry.table.columns
    if entry.doubt:
        yield entry.doubt
    yield from entry.asked
    others = [n for n in ids_of(entry.table) if n != entry.unit and unique(columns[n])]
    if entry.lists_people and not entry.roles.keys() & {"site", "arm"}:
        yield "Where does it say the site or arm of each person? Write site: or arm: below. Where?"
    if entry.level == "person" and not entry.lists_people and not entry.timed:
        if entry.one_row_per == "any":
            yield "Many rows a person at no particular time: right?"
            yield from _windows(entry, since)
        else:
            yield "At which time were these answers given? Write time: {constant: …}. Which?"
    if number := copies_in(entry):
        rows = "1 row repeats" if number == 1 else f"{number} rows repeat"
        yield (
            f"{rows} another one cell by cell. Is each the same row twice (write copies:"
            " set_aside), or a row of its own, e.g. a contact (copies: keep)? Until one of them is"
            " written they are set aside, and costs and contacts say so. Which?"
        )
    if entry.level == "respondent" and "site" not in entry.roles:
        yield "At which site did they live? Write site: {constant: …} or {column: …}. Which?"
    if entry.table.file.nul_bytes == "drop":
        yield "The file holds NUL bytes, which are dropped: is it undamaged?"
    yield from unfinished_doubts(entry.table)
    yield from parent_doubts(entry.table)
    if entry.level == "other" and entry.link:
        yield "Whose rows are these? They have their own ids; participant names the person: right?"
    elif entry.level == "other" and PARENT not in columns:
        yield "Whose rows are these? Nobody's that are followed or surveyed, as it seems: right?"
    if entry.link and entry.link.unsure:
        yield (
            f"The numbers in {entry.link.column} lie among the register's ids, which are called"
            " otherwise there. Are they the same people?"
        )
    if entry.link and entry.link.loosely:
        yield (
            f"{entry.link.loosely} ids in {entry.link.column} are in the register only if leading"
            " zeros and capitals do not count. A run takes them for other people, unless study:"
            " says id_form: {case: ignore, zeros: ignore}. Are they the same people?"
        )
    if entry.unit and others:
        yield f"{entry.unit} is taken for the id; or is it {' or '.join(others)}?"
    if entry.long_format:
        question, answer = entry.long_format
        yield (
            f"Each row looks like one answer ({question}: {answer}). Which questions are wanted?"
            " Declare them as instruments: or variables: by what that column calls them. Right?"
        )
    if parted := [c.name for c in columns.values() if c.found.thousands and not c.found.commas]:
        yield (
            f"A comma stands before three digits in {', '.join(parted)}: does it part thousands, or"
            " stand before decimals? As it is, such answers are no numbers to a run. Which?"
        )
    commas = [c.name for c in entry.table.columns.values() if c.found.commas]
    if commas and not decimal_comma(entry.table):
        yield (
            f"Decimal commas stand beside points in {', '.join(commas)}. Are both meant? A CSV has"
            ' one mark, decimal: "." or ","; in other files decimal: "," lets both count. Which?'
        )


def _windows(entry: Entry, since: Sequence[str]) -> Iterator[str]:
    """Whether dates say to which time a row belongs."""
    if "date" in entry.roles and "time" not in entry.roles:
        start = " or ".join(since) or "DATE"
        yield (
            f"Or are they visits, each at the time in whose window its {entry.roles['date']} lies?"
            " Then write here time: {by: window} without one_row_per; visits: {since:"
            f" {start}}}; and times: {{NAME: {{label: …, position: …, window: [from, to]}}}}."
            " Which?"
        )


def decimal_comma(table: Table) -> bool:
    """Whether all numbers with decimals in a table have a comma: of a sheet those that are written
    as text, as true numbers have no mark."""
    numbers = [
        c.found for c in table.columns.values() if c.found.kind in ("number", "whole number")
    ]
    with_commas = [found for found in numbers if found.commas]
    if table.file.kind_of_file() == "xlsx":
        return bool(with_commas) and not table.text_points
    points = [found for found in numbers if found.kind == "number" and not found.commas]
    return bool(with_commas) and not points and all(found.commas_only for found in with_commas)


def duplicates_in(entry: Entry) -> int:
    """Rows that repeat the unit and time of another, where each should stand once."""
    if entry.unit is None or entry.one_row_per == "any" or entry.rows or entry.long_format:
        return 0
    return rows_again(entry.table, entry.unit, entry.roles.get("time"))


def copies_in(entry: Entry) -> int:
    """Rows that repeat another cell by cell, where a person may have many: use of services,
    contacts."""
    if entry.unit is None or entry.level != "person" or entry.one_row_per != "any":
        return 0
    return copied_rows(entry.table)

"""What survey platforms write that is no answer, and answers that look like none."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from cesp_analysis.new_study.tables import Column, Table, slug

PARENT = "_parent_index"
"""KoBo's column of the row, in another sheet, to which a row belongs."""
NOT_TICKED = "Not ticked"
_PREVIEWS = ["1", "Survey Preview", "2", "Survey Test"]
"""What Qualtrics' column Status says of answers that are none."""
_SUBMITTED = {"limesurvey": ("submitdate", "date_submitted"), "qualtrics": ("finished",)}
"""The column by which a platform says that somebody came to the end."""
_SYSTEM = {
    "limesurvey": {
        "seed", "lastpage", "last_page", "startlanguage", "start_language", "startdate",
        "date_started", "datestamp", "date_last_action", "submitdate", "date_submitted", "ipaddr",
        "ip_address", "refurl", "referrer_url", "interviewtime", "total_time",
    },
    "kobo": {
        "start", "end", "version", "status", "validation_status", "submission_time",
        "submitted_by", "tags", "notes",
    },
}  # fmt: skip
"""What a platform writes of its own: when, with which version, from which random number."""
_PHONE = ("start", "end")
"""What a telephone writes into KoBo's forms; all else of KoBo's own begins with a line."""
_UNFINISHED = ("0", "false", "no", "falsch", "nein", "faux", "falso")
"""What Qualtrics' column Finished says of those who did not."""


def previews_in(table: Table) -> dict[str, list[str]]:
    """Rows of Qualtrics that are previews or tests."""
    if table.platform != "qualtrics":
        return {}
    status = next((c for c in table.columns.values() if slug(c.name) == "status"), None)
    status = status or next(
        (c for c in table.columns.values() if c.label.startswith("Status")), None
    )
    if status is None:
        return {}
    return {status.name: _PREVIEWS}


def unfinished_doubts(table: Table) -> Iterator[str]:
    """Whether answers that nobody submitted count."""
    for column in table.columns.values():
        if not _says(column, _SUBMITTED.get(table.platform, ())):
            continue
        answers = column.found.answers
        written = sorted({word for word in answers if word.casefold() in _UNFINISHED})
        blank = table.records - len(answers)
        words, many = (written, int(answers.isin(written).sum())) if written else ([""], blank)
        if many:
            listed = ", ".join(f'"{word}"' for word in words)
            yield (
                f"{many} of {table.records:,} were not finished (column {column.name}). As it is"
                f" they count like the others; left_out: {{{column.name}: [{listed}]}} leaves them"
                " out. Do they count?"
            )


def _says(column: Column, names: Collection[str]) -> bool:
    return column.slug in names or slug(column.label.split(" | ")[0]) in names


def system_in(table: Table) -> list[str]:
    """The columns in which a platform wrote of the form, not of who filled it in: KoBo's _status,
    but not a question called status."""
    names = _SYSTEM.get(table.platform, set())
    own = [c.name for c in table.columns.values() if _says(c, names)]
    return [n for n in own if table.platform != "kobo" or n.startswith("_") or n in _PHONE]


def parent_doubts(table: Table) -> Iterator[str]:
    """Whose the rows of a repeated group are."""
    if PARENT in table.columns:
        yield (
            f"Each row belongs to a row of another sheet ({PARENT} holds that one's _index), and"
            " several may belong to one: they are no respondents of their own, and nothing counts"
            " them. Right?"
        )


def ticked_only(column: Column) -> str | None:
    """The code that the file declares missing in a box of which else only ticks are known.

    JISC writes 0 where a box is not ticked and declares 0 missing: then all who are known ticked.
    """
    labels = [code for code in column.codes if code not in column.declared]
    alone = len(column.declared) == 1 and len(labels) == 1
    return column.declared[0] if alone and set(column.found.answers) <= set(labels) else None


def as_code(code: str) -> int | str:
    """A code as YAML has it: a whole number, or the text."""
    whole = code.removeprefix("-").isdecimal() and str(int(code)) == code
    return int(code) if whole else code


def bound_elsewhere(
    table: Table, answers: Sequence[str], variables: Mapping[str, Mapping[str, Any]]
) -> str:
    """A question where a code would become an answer in columns of which nothing else says that it
    is none: items of a questionnaire, and what is not declared. Blank: there are none."""
    own = {str(told.get("column", name)) for name, told in variables.items()}
    others = [
        name
        for name, column in table.columns.items()
        if name not in own and set(column.declared) & set(answers)
    ]
    if not others:
        return ""
    codes = ", ".join(answers)
    return (
        f"{codes}, which the file declares missing, seems to mean 'not ticked' in some columns."
        f" answers: [{codes}] says so of the whole file, {', '.join(others[:8])} among it, where it"
        " may be no answer: make it blank there first, or leave the boxes out. Which?"
    )


def unticked_in(columns: Sequence[Column]) -> list[str]:
    """The codes that mean 'not ticked' in any of the columns."""
    found = {code for column in columns if (code := ticked_only(column)) is not None}
    return sorted(found)

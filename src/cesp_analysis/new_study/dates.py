"""Which dates an entry's rows hold, and which of them says when a row was collected."""

from collections.abc import Iterator
from dataclasses import replace

from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.roles import dates_of, is_upload

_AS_FULL = 0.9  # of the rows that the fullest date has: a likelier one that has fewer stands behind


def filled_in(entry: Entry, column: str) -> int:
    """In how many of the rows that an entry reads a column holds anything."""
    at = entry.table.columns[column].found.answers.index
    for name, words in entry.rows.items():
        cells = entry.table.columns[name].found.answers.reindex(at).fillna("")
        at = at[cells.isin(words).to_numpy()]
    return len(at)


def dates_in(entry: Entry) -> list[str]:
    """Dates that may say when a row was collected, the likeliest first: of its forms, and of the
    rows that it reads."""
    columns = entry.table.columns
    own = [n for n in dates_of(entry.table) if not entry.forms or columns[n].form in entry.forms]
    return [name for name in own if filled_in(entry, name)]


def date_doubts(entry: Entry, date: str) -> Iterator[str]:
    """Questions on the date that was taken: the others, and a form that was uploaded later."""
    if dates := [name for name in dates_in(entry) if name != date]:
        yield f"Or was the row collected on {' or '.join(dates)}?"
    if is_upload(date):
        yield (
            f"{date} says when a form reached the server, which may be days after it was filled in"
            " (of that speak today or start). Was the row collected on that day?"
        )


def with_fullest_date(entry: Entry) -> Entry:
    """The same entry, its date the likeliest of those that nearly as many rows have as any: a day
    of enrolment, written down at the first event alone, dates no other."""
    if "date" not in entry.roles:
        return entry
    roles = {role: column for role, column in entry.roles.items() if role != "date"}
    filled = {name: filled_in(entry, name) for name in dates_in(entry)}
    full = [name for name, n in filled.items() if n >= _AS_FULL * max(filled.values())]
    return replace(entry, roles=roles | ({"date": full[0]} if full else {}))

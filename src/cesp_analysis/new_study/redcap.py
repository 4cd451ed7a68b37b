"""What entries of `files:` a REDCap export becomes: its events are times, its forms say what a row
holds."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from cesp_analysis.intake.redcap import REPEAT
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.links import Link
from cesp_analysis.new_study.listing import listing_doubt, listing_words
from cesp_analysis.new_study.moments import EVENT, words_as_moments
from cesp_analysis.new_study.roles import dates_of, is_named_as_id
from cesp_analysis.new_study.tables import Column, Table, slug


def answers_of(table: Table, unit: str, roles: dict[str, str], rows: dict[str, list[str]]) -> Entry:
    """The answers of people at the times that a column says."""
    name = table.name if table.name != "people" else "answers"
    own = {role: column for role, column in roles.items() if role not in ("site", "arm")}
    return Entry(
        name, table, "person", own, unit, rows=rows, moments=words_as_moments(table, roles["time"])
    )


def of_project(table: Table, unit: str, roles: dict[str, str]) -> Iterator[Entry]:
    """A project's people, their answers at each event, and its repeating forms."""
    base = {REPEAT: [""]} if REPEAT in table.columns else {}
    own = {role: column for role, column in roles.items() if role not in ("time", "date")}
    rows, doubt = dict(base), ""
    if EVENT in table.columns:
        events = listing_words(table, unit, EVENT, roles)
        rows, doubt = {EVENT: events} | base, listing_doubt(table, unit, EVENT, events)
    yield Entry("people", table, "person", own, unit, True, "unit", rows, doubt=doubt)
    if EVENT in table.columns:
        yield answers_of(table, unit, roles | {"time": EVENT}, base)
    yield from _of_repeating(table, unit)


def of_people_elsewhere(table: Table, link: Link) -> Iterator[Entry]:
    """A project whose people another file lists: their answers at each event, and each repeating
    form. None if its rows cannot be told apart, or do not say whose they are."""
    carried = {} if link.in_every_row else _carried(table, link.column)
    if link.unsure or carried is None or not {EVENT, REPEAT} & set(table.columns):
        return
    moments = words_as_moments(table, EVENT) if EVENT in table.columns else {}
    time = {"time": EVENT} if moments else {}
    repeating = _repeating(table)
    forms = tuple(form for form in _forms(table) if form not in repeating)
    rows = {} if forms or REPEAT not in table.columns else {REPEAT: [""]}
    yield Entry(
        table.name, table, "person", time | _date(table, forms), link.column, rows=rows,
        forms=forms, moments=moments, link=link, carried=carried,
    )  # fmt: skip
    for entry in _of_repeating(table, link.column):
        yield replace(entry, link=link, carried=carried)


def _of_repeating(table: Table, unit: str) -> Iterator[Entry]:
    """Each form that a person may have several times, at its event and on its day."""
    moments = words_as_moments(table, EVENT) if EVENT in table.columns else {}
    time = {"time": EVENT} if moments else {}
    for form in _repeating(table):
        own = (form,) if table.fields else ()
        date = _date(table, own) if own else {}
        yield Entry(
            slug(form) or "form", table, "person", time | date, unit, one_row_per="any",
            rows={} if own else {REPEAT: [form]}, forms=own, moments=moments,
        )  # fmt: skip


def _repeating(table: Table) -> list[str]:
    if REPEAT not in table.columns:
        return []
    return [str(form) for form in table.columns[REPEAT].found.answers.unique()]


def _forms(table: Table) -> list[str]:
    """The dictionary's forms that hold more than who somebody is."""
    ids = {table.fields[0].column} if table.fields else set()
    told = [
        field.form
        for field in table.fields
        if field.column in table.columns
        and field.column not in ids
        and field.kind != "status"
        and not (field.identifier or _tells_whose(table.columns[field.column]))
    ]
    return [form for form in dict.fromkeys(told) if f"{form}_complete" in table.columns]


def _tells_whose(column: Column) -> bool:
    return column.personal or is_named_as_id(column)


def _date(table: Table, forms: tuple[str, ...]) -> dict[str, str]:
    """The likeliest date of the forms that an entry reads."""
    dates = [name for name in dates_of(table) if not forms or table.columns[name].form in forms]
    return {"date": dates[0]} if dates else {}


def _carried(table: Table, column: str) -> dict[str, str] | None:
    """The column of ids → that of the record's id, if each record has one id in one of its rows;
    None if not."""
    record = table.fields[0].column if table.fields else next(iter(table.columns))
    said, of = table.columns[column].found.answers, table.columns[record].found.answers
    pairs = pd.DataFrame({"said": said, "of": of}).dropna().drop_duplicates()
    whole = len(of) == table.records and set(pairs["of"]) == set(of)
    return {column: record} if whole and not pairs["of"].duplicated().any() else None

"""Columns that have no role become variables; those that may tell who somebody is do not."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cesp_analysis.declared.expressions import FUNCTIONS
from cesp_analysis.intake.finding_days import SERIAL
from cesp_analysis.intake.personal import counts_days
from cesp_analysis.intake.profile import beyond_labels
from cesp_analysis.new_study.categories import in_order
from cesp_analysis.new_study.coded import WHOSE
from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.event_names import events_told
from cesp_analysis.new_study.free_text import is_labelled, is_text
from cesp_analysis.new_study.moments import DraftMoment
from cesp_analysis.new_study.no_answers import (
    asked_of,
    by_size,
    maybe_none,
    no_answer_in,
)
from cesp_analysis.new_study.persons import names_others
from cesp_analysis.new_study.platforms import (
    NOT_TICKED,
    as_code,
    system_in,
    ticked_only,
    unticked_in,
)
from cesp_analysis.new_study.questionnaires import Match
from cesp_analysis.new_study.roles import ids_of, is_named_as_id
from cesp_analysis.new_study.tables import Column, Table, slug
from cesp_analysis.new_study.ways import format_of, two_orders, ways_of
from cesp_analysis.study.questions import RECORD_COLUMNS
from cesp_analysis.usual_codes import says_no_answer

_MOST = 40  # variables that are written out; others are listed in a comment
_LABEL = 80  # characters of a label


@dataclass
class Declared:
    """What a table's columns are declared as. answers: codes that the file declares missing and
    that seem to be answers; notes: variable, or '' → comments."""

    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)


def declared(
    table: Table,
    columns: list[str],
    matches: list[Match],
    missing: list[str],
    wide: dict[str, dict[str, DraftMoment]],
    link: str | None = None,
) -> Declared:
    """Variables of the columns that are no items; what else a person should know of them.

    `missing`: codes of no answer that hold for the whole file; `wide`: questions with a column a
    time; `link`: a column of the register's ids, where rows have ids of their own.
    """
    items = {column for match in matches for column in match.columns}
    left = [table.columns[name] for name in columns if name not in items]
    marked = {field.column for field in table.fields if field.identifier}
    own = [c.name for c in left if c.personal or c.name in marked or _is_id(c, table)]
    others = [c.name for c in left if c.name not in own and names_others(c)]
    found = Declared(ignored=[*own, *others])
    if link is not None:
        found.variables["participant"] = {
            "type": "id", "column": link, "label": "The person in the register"
        }  # fmt: skip
    system = _system(table)
    written_by_it = {*system_in(table)} - {*found.ignored}
    by_platform = [c.name for c in left if c.name in written_by_it]
    usable = [c for c in left if c.name not in (*found.ignored, *system)]
    fit = [column for column in usable if not is_text(column)]
    other = [column for column in usable if is_text(column)]
    for stem, group in wide.items():
        if set(group) <= {column.name for column in fit}:
            name = _name(stem, found.variables)
            times = {moment.name: column for column, moment in group.items()}
            codes = {code for column in group for code in no_answer_in(table.columns[column])}
            own_codes = [as_code(code) for code in by_size(codes - set(missing))]
            found.variables[name] = {"columns": times}
            found.notes[name] = [f"Do {', '.join(group)} hold one question at these times?"]
            if own_codes:
                found.variables[name]["missing"] = own_codes
                found.notes[name].append(f"Does {', '.join(map(str, own_codes))} mean: no answer?")
            fit = [column for column in fit if column.name not in group]
    written, left_over = _written(fit)
    found.answers = unticked_in(written)
    for column in written:
        name = _name(column.name, found.variables)
        found.variables[name] = dict(_variable(name, column, missing, found.answers))
        if notes := list(_notes(column, missing)):
            found.notes[name] = notes
    found.notes[""] = [
        *_of_others(others),
        *_listed("Written by the platform, not declared", by_platform),
        *_listed("Free text or empty, not declared: it stays in the raw file", _names_of(other)),
        *_repeated([column for column in other if column.found.kind == "category"]),
        *_listed("Not declared (a long list); declare what you need", _names_of(left_over)),
    ]
    return found


def _written(fit: list[Column]) -> tuple[list[Column], list[Column]]:
    """The columns of a long list that are written out, and the others: what tells of deaths,
    withdrawals and moves is among the first."""
    telling = [c for c in fit if events_told(c.slug, _label(c))]
    chosen = {c.name for c in [*telling, *(c for c in fit if c not in telling)][:_MOST]}
    return [c for c in fit if c.name in chosen], [c for c in fit if c.name not in chosen]


def _variable(
    name: str, column: Column, missing: list[str], answers: list[str]
) -> Iterator[tuple[str, Any]]:
    found = column.found
    category = found.kind == "category" or is_labelled(column)
    if category:
        yield "type", "category"
    elif found.kind == "date" or counts_days(found, column.name):
        yield "type", "date"
    if column.name != name:
        yield "column", column.name
    if label := _label(column):
        yield "label", label
    if len(found.ways) == 1:
        yield "format", format_of(found.ways[0])
    elif counts_days(found, column.name):
        yield "format", SERIAL
    if category and (unticked := ticked_only(column)) is not None:
        yield "values", {unticked: NOT_TICKED} | _values(column, missing)
    elif category:
        yield "values", _values(column, missing)
    again = [code for code in column.declared if code in answers and ticked_only(column) is None]
    if own := [code for code in no_answer_in(column) if code not in missing] + again:
        yield "missing", [as_code(code) for code in own]


def _label(column: Column) -> str:
    text = " ".join(column.label.split(" | ")[0].split())
    return text if len(text) <= _LABEL else text[: _LABEL - 1] + "…"


def _values(column: Column, missing: list[str]) -> Any:
    """The words, each spelling once, in order; of codes with labels, what they mean. Without those
    of no answer."""
    if is_labelled(column):
        none = no_answer_in(column)
        none += [c for c, label in column.codes.items() if c in missing and says_no_answer(label)]
        codes = {code: label for code, label in column.codes.items() if code not in none}
        labels = list(codes.values())
        apart = len(set(labels)) == len(labels) and all(labels)
        return codes if apart else {code: code for code in codes}
    words: dict[str, str] = {}
    for word in column.found.words():
        if word not in no_answer_in(column):
            words.setdefault(word.casefold(), word)
    return in_order(list(words.values()))


def _system(table: Table) -> list[str]:
    """The platform's own columns, and whether REDCap's forms were finished."""
    status = [field.column for field in table.fields if field.kind == "status"]
    redcap = [name for name in table.columns if name.startswith("redcap_")]
    return [*status, *redcap, *system_in(table)]


def _is_id(column: Column, table: Table) -> bool:
    text = column.found.kind in ("text", "category")
    named = is_named_as_id(column) or bool(WHOSE.match(column.slug))
    return column.name in ids_of(table) or (text and named)


def _notes(column: Column, missing: list[str]) -> Iterator[str]:
    found = column.found
    if counts_days(found, column.name):
        yield f"Are these numbers, {found.span()}, dates, as Excel counts days (format: excel)?"
    elif found.kind in ("number", "whole number") and not is_labelled(column):
        kind = "whole numbers" if found.kind == "whole number" else "numbers"
        yield f"{kind}, {found.span()}"
        yield from beyond_labels(found, column.codes)
    if (unticked := ticked_only(column)) is not None:
        yield f"Does {unticked}, which the file declares missing, mean: not ticked?"
    if own := [code for code in no_answer_in(column) if code not in missing]:
        yield asked_of(own, [column])
    yield from maybe_none(column, missing)
    if any(SERIAL in formats for formats in found.ways):
        yield "Some are numbers, as Excel counts days. Are they dates too (format: excel)?"
    if len(found.ways) > 1:
        yield f"How are these dates written, {ways_of(found)}? Add it to the line below. Which?"
    yield from two_orders(found)
    if number := len(found.misfits()):
        said = "1 answer is" if number == 1 else f"{number} answers are"
        yield f"{said} no {found.kind}"


def _name(column: str, taken: dict[str, Any]) -> str:
    base = slug(column) or "column"
    base = f"{base[:34]}_value" if base in RECORD_COLUMNS or base in FUNCTIONS else base
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{slug(base[:36])}_{number}"
    return name


def _of_others(names: list[str]) -> Iterator[str]:
    """A question on columns that may name staff, carers or others; their words are not written."""
    if names:
        yield (
            f"{', '.join(names)} may name staff, carers or other people, so ignored. Is it the link"
            f" worker? Then write, in place of ignored, link_worker: {{column: {flow(names[0])}}},"
            " of which a pseudonym leaves the raw folder; of people's rows it needs the file that"
            " lists people to say link_worker, too, or feasibility: {link_workers: {file: …}} to"
            " name this entry. If no name stands there: type: category, with its words as values."
            " Which?"
        )


def _repeated(columns: list[Column]) -> Iterator[str]:
    """A question on text of which few different answers stand there."""
    if columns:
        names = ", ".join(_names_of(columns))
        yield (
            f"{names}: few different answers, yet free text, as it seems"
            " (by name, label or length), which may hold names. If they answer a closed question,"
            " declare a category with its values. Do they?"
        )


def _names_of(columns: list[Column]) -> list[str]:
    return [column.name for column in columns]


def _listed(what: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"{what}: {', '.join(names)}"

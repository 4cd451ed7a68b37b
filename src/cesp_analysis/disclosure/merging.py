"""Rows of a table put together before it leaves: reasons in people's words, single events."""

from collections.abc import Callable, Iterable
from functools import partial

from cesp_analysis.columns import Row
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.declared.wording import NO_ANSWER, NOT_KNOWN
from cesp_analysis.numbers import NOT_SHOWN

OTHER_REASONS = "other reasons"
_OWN = ("", NO_ANSWER, NOT_KNOWN, OTHER_REASONS)
"""Reasons in the program's words."""


Prepared = Callable[[list[Row], Disclosure], list[Row]]


def only(**wanted: Iterable[str]) -> Prepared:
    """Rows whose columns hold one of the wanted values."""
    return partial(_only, {name: frozenset(values) for name, values in wanted.items()})


def _only(wanted: dict[str, frozenset[str]], rows: list[Row], how: Disclosure) -> list[Row]:
    return [row for row in rows if all(row[name] in own for name, own in wanted.items())]


def summed(rows: list[Row], by: tuple[str, ...], numbers: tuple[str, ...]) -> list[Row]:
    """Rows that agree in `by`, as one: the first, with the sums of `numbers`."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        if key in found:
            own = found[key]
            found[key] = own | {name: own[name] + row[name] for name in numbers}
        else:
            found[key] = row
    return list(found.values())


def flow_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """The flow with reasons in people's own words only where they are cleared and many gave them;
    the others of a step and group are one row."""
    told = [
        row
        if row["status"] != "not reached"
        or row["part"] == "survey"
        or row["reason"] in _OWN
        or (row["reason"] in how.cleared and row["n"] >= how.threshold)
        else row | {"reason": OTHER_REASONS}
        for row in rows
    ]
    return summed(told, ("step", "group", "status", "reason"), ("n",))


def event_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Events by group alone: when, why and whither tell who somebody is."""
    bare = [row | {"after": "", "reason": "", "to": ""} for row in rows]
    return summed(bare, ("event", "group"), ("n",))


def rate_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Rates over all and by site; not of link workers, nor how completely items are filled in."""
    return [
        row for row in rows if row["of"] in ("all", "site", "arm") and row["rate"] != "completeness"
    ]


def outcome_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Missing values of outcomes; of single questions they stay inside."""
    return [row for row in rows if row["outcome"] and not row["item"]]


def alike_rows(rows: list[Row], how: Disclosure) -> list[Row]:
    """Balance of covariates, without numbers of one of which few people of a group have a category:
    a difference over its spread would tell how many."""
    counts: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        counts.setdefault(_covariate(row), []).append(row)
    few = {
        key
        for key, own in counts.items()
        if any(how.small(count) for group in ("one", "other") for count in _counts(own, group))
    }
    return [row | _NOTHING if _covariate(row) in few else row for row in rows]


_NOTHING = {
    **dict.fromkeys(("difference_before", "ratio_before", "difference_after", "ratio_after")),
    "reason": f"{NOT_SHOWN}: few of a group have it, or have it not",
}


def _covariate(row: Row) -> tuple[str, ...]:
    """Which estimate's groups, and which covariate: 'sex' of 'sex[female]'."""
    names = ("model", "outcome", "time", "one", "other")
    return (*(row[name] for name in names), row["covariate"].partition("[")[0])


def _counts(rows: list[Row], group: str) -> list[int]:
    """How many of a group have each category of a covariate, and the one that is the rest; of a
    number how many there are."""
    whole = [row[f"n_{group}"] for row in rows if row[f"n_{group}"] is not None][:1]
    counts = [row[f"count_{group}"] for row in rows if row[f"count_{group}"] is not None]
    if not whole or len(counts) < len(rows):
        return whole
    return [*counts, whole[0] - sum(counts)]

"""Places of people counted: the rows of flow.csv, and whether they follow from one another."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.describe.flow_steps import Steps, received_key
from cesp_analysis.describe.record_tables import Flow

_KEYS = ("step", "group", "status", "reason")
IN = ("reached", "entered", "back")
"""Statuses of who is at a step."""


@dataclass(frozen=True)
class Told:
    """A step as the table tells it: its part of the flow, its label, the step it follows from."""

    part: str
    label: str
    after: str = ""


def in_order(how: Steps) -> dict[str, Told]:
    """The steps, then the times, each with the step from whose people it follows."""
    told: dict[str, Told] = {}
    last: dict[str, str] = {}
    for name, step in how.steps.items():
        chain = step.file if step.file in how.apart else ""
        if step.rows:
            key = received_key(step)
            told[name] = Told("received", step.label, last.get(key, last.get(chain, "")))
            last[key] = name
        else:
            part = "allocation" if step.allocation else "recruitment"
            told[name] = Told(part, step.label, last.get(chain, ""))
            last = {c: at for c, at in last.items() if c in how.apart or not c} | {chain: name}
    before = last.get("", "")
    for moment in how.times:
        told[moment.name] = Told("follow_up", moment.label, before)
        before = moment.name
    return told


def counted(
    places: pd.DataFrame, steps: Mapping[str, Told], groups: Sequence[str]
) -> Iterator[Row]:
    """The rows of Flow of each step: who reached it, and why others did not, by group, in their
    order."""
    table = places.assign(group=places["group"].fillna(""), reason=places["reason"].fillna(""))
    found: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    for (step, group, status, reason), n in sizes(table, list(_KEYS)).items():
        found.setdefault((step, group), {})[status, reason] = n
    named = [*groups, *sorted({group for _, group in found} - set(groups))]
    for step, told in steps.items():
        for group in named:
            own = found.get((step, group), {})
            if own and _of_this_group(group, own, told.part == "received"):
                inside = sum(n for (status, _), n in own.items() if status in IN)
                yield row(step, told, group, "reached", "", inside)
                for status in ("not reached", "entered", "back"):
                    reasons = {why: n for (kind, why), n in own.items() if kind == status}
                    for why in sorted(reasons):
                        yield row(step, told, group, status, why, reasons[why])


def sizes(table: pd.DataFrame, keys: list[str]) -> dict[tuple[str, ...], int]:
    """How many rows there are of each combination of `keys`."""
    counts = table.groupby(keys, observed=True, sort=False).size()
    cells = counts.reset_index(name="n").itertuples(index=False, name=None)
    return {tuple(str(part) for part in key): int(n) for *key, n in cells}


def _of_this_group(group: str, own: Mapping[tuple[str, str], int], received: bool) -> bool:
    """Whether a step is told of a group: of a site once somebody has come there; what people
    received, and of those of no known site, while somebody is asked."""
    there = {status for status, _ in own}
    if group and not received:
        return there != {"not yet"}
    return bool(there & {*IN, "not reached"})


def row(step: str, told: Told, group: str, status: str, reason: str, n: int) -> Row:
    """A row of Flow."""
    values = (told.part, step, told.label, told.after or None, group or None)
    return dict(zip(Flow.columns(), (*values, status, reason or None, n), strict=True))


def unbalanced(flow: pd.DataFrame) -> list[str]:
    """A line for each step and group whose counts do not follow from those of the step before:
    reached = reached there − not reached + entered or back. A first step has none before it."""
    cells = flow.assign(group=flow["group"].fillna(""), after=flow["after"].fillna(""))
    sums = cells.groupby(["step", "group", "status"], observed=True)["n"].sum().to_dict()
    found = []
    for step, label, after, group in dict.fromkeys(
        zip(cells["step"], cells["label"], cells["after"], cells["group"], strict=True)
    ):
        here = {status: sums.get((step, group, status), 0) for status in _COUNTED}
        came = here["entered"] + here["back"]
        before = sums.get((after, group, "invited" if after == step else "reached"), 0)
        if after and here["reached"] != before - here["not reached"] + came:
            found.append(
                f"{label}, {group or 'site not known'}: {here['reached']} reached it, but"
                f" {before} before less {here['not reached']} and {came} more are"
                f" {before - here['not reached'] + came}"
            )
    return found


_COUNTED = ("reached", "not reached", "entered", "back")

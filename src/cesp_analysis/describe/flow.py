"""The step `flow`: how many people reached each step, and why others did not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.describe.groups import by_group
from cesp_analysis.schemas import Events, Flow, Panel, Records
from cesp_analysis.study.base import Frozen
from cesp_analysis.study.design import Moment
from cesp_analysis.study.wording import NO_ANSWER


class FlowFile(Frozen):
    """A step counted from the rows of a file."""

    label: str
    file: str
    where: str | None = None
    reason: str | None = None


class FlowSpec(Frozen):
    """The declared steps, then the times of individual data."""

    steps: dict[str, FlowFile] = {}
    times: tuple[Moment, ...] = ()
    ends: dict[str, str] = {}
    windows: dict[str, tuple[float, float]] = {}


def flow(spec: str, records: Path, events: Path, panel: Path, out: Path) -> None:
    """Count people at each declared step, then those with any outcome at each time."""
    how = FlowSpec.model_validate_json(spec)
    table = by_group(contracts.read(panel, Panel))
    people = table[table["level"] == "person"]
    groups = "site" if bool(table["site"].notna().any()) else "arm"
    of_unit = people.drop_duplicates("unit").set_index("unit")["group"].astype("str")
    order = {moment.name: place for place, moment in enumerate(how.times)}
    ended = contracts.read(events, Events) if how.ends else None
    observed = sorted(_observed(how, people, ended), key=lambda row: order[row["step"]])
    rows = [*_declared(how, records, groups, of_unit), *observed]
    contracts.write(pd.DataFrame(rows, columns=list(Flow.columns())), out, Flow)


def _declared(
    how: FlowSpec, records: Path, groups: str, of_unit: "pd.Series[str]"
) -> Iterator[dict[str, Any]]:
    """Steps of the same file follow from one another: who failed one is asked nothing more.

    `of_unit`: person → group, for files that do not say it themselves; who is not among the people,
    as nobody is before allocation, is counted in a group without a name.
    """
    so_far: dict[str, pd.DataFrame] = {}
    for step, entry in how.steps.items():
        table = so_far.get(entry.file)
        if table is None:
            table = contracts.read(records / f"{entry.file}.parquet", Records)
            table = table[table["time"].isna()] if table["time"].isna().any() else table
            own = table[groups].astype("str")
            known = own.fillna(table["unit"].map(of_unit)).fillna("")
            table = table.assign(**{groups: known})
        passed = pd.Series(True, index=table.index)
        if entry.where is not None:
            passed = evaluated(table, entry.where) == 1.0
        for group, part in table.groupby(groups, observed=True):
            reached = passed[part.index]
            yield _row(step, entry.label, str(group), "reached", None, int(reached.sum()))
            if entry.reason is not None:
                reasons = part.loc[~reached, entry.reason].astype("str").fillna("no reason given")
                for reason, n in reasons.value_counts(sort=False).sort_index().items():
                    yield _row(step, entry.label, str(group), "not reached", str(reason), int(n))
        so_far[entry.file] = table[passed]


def _observed(
    how: FlowSpec, people: pd.DataFrame, ended: pd.DataFrame | None
) -> Iterator[dict[str, Any]]:
    """People with an outcome at each time, beside those of the time before.

    Before the first time stands everybody: so the counts of each step follow from the last. Who has
    no answer any more because of a death or withdrawal until then is counted under that.
    """
    answered = people[people["value"].notna()]
    for group, part in people.groupby("group", observed=True):
        own = answered[answered["group"] == group]
        before, last = set(part["unit"]), ""
        for moment in how.times:
            seen = set(own.loc[own["time"] == moment.name, "unit"])
            about = (moment.name, moment.label, str(group))
            yield _row(*about, "reached", None, len(seen))
            later = [m.name for m in how.times[how.times.index(moment) + 1 :]]
            again = set(own.loc[own["time"].isin(later), "unit"])
            why = _why_gone(before - seen, again, moment, how, ended)
            for reason, n in why.items():
                yield _row(*about, "not reached", reason, n)
            if back := len(seen - before):
                yield _row(*about, "back", f"no answer that counted at {last}", back)
            before, last = seen, moment.label


def _why_gone(
    gone: set[str], back: set[str], moment: Moment, how: FlowSpec, ended: pd.DataFrame | None
) -> dict[str, int]:
    """Why people have no answer at a time → how many: their first event until then, with its reason
    (one whose moment is not known is taken to have come); else not known.

    `back`: who answers later again; no event ended their follow-up.
    """
    counts: dict[str, int] = {}
    left = len(gone)
    if ended is not None:
        due = how.windows.get(moment.name, (moment.position, moment.position))[1]
        due_then = ended["elapsed"].isna() | (ended["elapsed"] <= due)
        own = due_then & ended["unit"].isin(gone - back) & ended["event"].isin(list(how.ends))
        first = ended[own].sort_values("elapsed", kind="stable").drop_duplicates("unit")
        left -= len(first)
        for event, label in how.ends.items():
            said = first.loc[first["event"] == event, "reason"].astype("str").fillna("")
            for reason, n in said.value_counts(sort=False).sort_index().items():
                counts[f"{label}: {reason}" if reason else label] = int(n)
    return counts | ({NO_ANSWER: left} if left else {})


def _row(
    step: str, label: str, group: str, status: str, reason: str | None, n: int
) -> dict[str, Any]:
    values = (step, label, group or None, status, reason, n)
    return dict(zip(Flow.columns(), values, strict=True))

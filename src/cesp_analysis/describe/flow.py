"""The step `flow`: how many people reached each step, and why others did not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.derive import expression
from cesp_analysis.describe.groups import by_group
from cesp_analysis.schemas import Flow, Panel, Records
from cesp_analysis.study.base import Frozen
from cesp_analysis.study.design import Moment


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


def flow(spec: str, records: Path, panel: Path, out: Path) -> None:
    """Count people at each declared step, then those with any outcome at each time."""
    how = FlowSpec.model_validate_json(spec)
    table = by_group(contracts.read(panel, Panel))
    people = table[table["level"] == "person"]
    groups = "site" if bool(table["site"].notna().any()) else "arm"
    of_unit = people.drop_duplicates("unit").set_index("unit")["group"].astype("str")
    rows = [*_declared(how, records, groups, of_unit), *_observed(how, people)]
    contracts.write(pd.DataFrame(rows, columns=list(Flow.columns())), out, Flow)


def _declared(
    how: FlowSpec, records: Path, groups: str, of_unit: "pd.Series[str]"
) -> Iterator[dict[str, Any]]:
    """Steps of the same file follow from one another: who failed one is asked nothing more.

    `of_unit`: person → group, for files that do not say it themselves.
    """
    so_far: dict[str, pd.DataFrame] = {}
    for step, entry in how.steps.items():
        table = so_far.get(entry.file)
        if table is None:
            table = contracts.read(records / f"{entry.file}.parquet", Records)
            table = table[table["time"].isna()] if table["time"].isna().any() else table
            own = table[groups].astype("str")
            table = table.assign(**{groups: own.fillna(table["unit"].map(of_unit))})
        passed = pd.Series(True, index=table.index)
        if entry.where is not None:
            passed = expression(table, entry.where) == 1.0
        for group, part in table.groupby(groups, observed=True):
            reached = passed[part.index]
            yield _row(step, entry.label, str(group), "", int(reached.sum()))
            if entry.reason is not None:
                reasons = part.loc[~reached, entry.reason].astype("str").fillna("no reason given")
                for reason, n in reasons.value_counts(sort=False).sort_index().items():
                    yield _row(step, entry.label, str(group), str(reason), int(n))
        so_far[entry.file] = table[passed]


def _observed(how: FlowSpec, people: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """People with an outcome at each time; others were lost or their records set aside."""
    for moment in how.times:
        part = people[people["time"] == moment.name]
        seen = part.groupby(["group", "unit"], observed=True)["value"].count().reset_index()
        for group, units in seen.groupby("group", observed=True):
            n = int((units["value"] > 0).sum())
            yield _row(moment.name, moment.label, str(group), "", n)
            if len(units) > n:
                yield _row(
                    moment.name, moment.label, str(group), "no answer that counts", len(units) - n
                )


def _row(step: str, label: str, group: str, reason: str, n: int) -> dict[str, Any]:
    return {"step": step, "label": label, "group": group, "reason": reason or None, "n": n}

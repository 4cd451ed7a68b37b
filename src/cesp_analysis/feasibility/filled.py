"""How completely people's questionnaires are filled in: whole, and item by item."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cesp_analysis.feasibility.counts import Tables, clusters_of
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.feasibility.spec import Questionnaire

RATE, LABEL = "completeness", "Completeness"
Row = dict[str, Any]


def questionnaires(tables: Tables) -> list[Row]:
    """Rows of rates.csv: each instrument whole and each item, at each time, over all and by site;
    instruments by link worker too."""
    rows: list[Row] = []
    for name, told in tables.how.questionnaires.items():
        table = _asked(told, name, tables)
        for moment in tables.how.times:
            own = table[table["time"] == moment.name]
            if len(own):
                rows += _rows(name, told, moment.name, own, tables)
    return rows


def _asked(told: Questionnaire, name: str, tables: Tables) -> pd.DataFrame:
    """A row a person and time: group, worker, and whether each item has an answer."""
    columns = [f"{name}.{item}" for item in told.items]
    parts = []
    for file in told.files:
        table = tables.records(file)
        answered = pd.DataFrame(
            {c: table[c].notna() if c in table else False for c in columns}, index=table.index
        )
        own = answered.assign(unit=table["unit"].astype("object"), time=table["time"].astype("str"))
        parts.append(own)
    whole = pd.concat(parts).groupby(["unit", "time"], sort=True)[columns].any().reset_index()
    people = tables.people.reindex(whole["unit"])
    return whole.assign(
        group=people["group"].fillna("").to_numpy(), worker=people["worker"].fillna("").to_numpy()
    )


def _rows(
    name: str, told: Questionnaire, time: str, own: pd.DataFrame, tables: Tables
) -> Iterator[Row]:
    how = tables.how
    columns = [f"{name}.{item}" for item in told.items]
    at = f"people with a record of {name} at {how.at(time)}"
    whole = {name: (f"{name}: all items", own[columns].all(axis=1), "all items answered")}
    items = {
        column: (f"{name}: {label}", own[column], "the item answered")
        for column, label in zip(columns, told.items.values(), strict=True)
    }
    for part, (label, answered, what) in (whole | items).items():
        for of, group in _groups(tables, own, workers=part == name):
            column = {"all": "", "link_worker": "worker"}.get(of, "group")
            mine = own[own[column] == group] if column else own
            yes = mine[answered[mine.index]]
            clusters, alone = clusters_of(yes, mine)
            clustered = tuple(clusters) if part == name and of != "link_worker" else ()
            share = Share(len(yes), len(mine), clusters=clustered, alone=alone)
            yield {
                "rate": RATE, "label": LABEL, "time": time, "part": part, "part_label": label,
                "of": of, "group": group or None,
                **share_row(share, how.ci_level, how.link_workers.icc),
                "numerator_is": f"people with {what}", "denominator_is": at,
            }  # fmt: skip


def _groups(tables: Tables, own: pd.DataFrame, workers: bool) -> Iterator[tuple[str, str]]:
    yield "all", ""
    for group in tables.how.groups:
        yield tables.how.of, group
    if workers and bool((own["worker"] != "").any()):
        for name in tables.workers():
            yield "link_worker", name

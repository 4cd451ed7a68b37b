"""How completely people's questionnaires are filled in: whole, and item by item."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.feasibility.elements import (
    Element,
    clusters_of,
    groups_of,
    itself,
    parted,
)
from cesp_analysis.feasibility.read_once import Tables
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.feasibility.spec import Questionnaire

RATE, LABEL = "completeness", "Completeness"


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
    """A row a person and time, and whether each item has an answer."""
    columns = [f"{name}.{item}" for item in told.items]
    parts = []
    for file in told.files:
        table = tables.records(file)
        answered = pd.DataFrame(
            {c: table[c].notna() if c in table else False for c in columns}, index=table.index
        )
        own = answered.assign(unit=table["unit"].astype("object"), time=table["time"].astype("str"))
        parts.append(own)
    return pd.concat(parts).groupby(["unit", "time"], sort=True)[columns].any().reset_index()


def _rows(
    name: str, told: Questionnaire, time: str, own: pd.DataFrame, tables: Tables
) -> Iterator[Row]:
    how = tables.how
    columns = [f"{name}.{item}" for item in told.items]
    at = f"people with a record of {name} at {how.at(time)}"
    people = [tables.element(unit) for unit in own["unit"]]
    answered = own[columns].to_numpy(dtype=bool)
    labels = [f"{name}: {label}" for label in told.items.values()]
    parts = [(name, f"{name}: all items", answered.all(axis=1), "all items answered")]
    everybody = parted(people, itself)
    parts += [
        (column, label, answered[:, j], "the item answered")
        for j, (column, label) in enumerate(zip(columns, labels, strict=True))
    ]
    yes = parted([people[at] for at in np.flatnonzero(parts[0][2])], itself)
    found, codes = _codes(people)
    below = np.bincount(codes, minlength=len(found))
    alone = np.bincount(codes, [one.worker == "" for one in people], len(found)).astype(int)
    for part, label, has, what in parts:
        above = np.bincount(codes[has], minlength=len(found))
        for of, group in groups_of(tables, people, workers=part == name):
            if part == name:
                whole = yes.of(of, group), everybody.of(of, group)
                clusters, single = clusters_of(*whole)
                clustered = tuple(clusters) if of != "link_worker" else ()
                share = Share(len(whole[0]), len(whole[1]), clusters=clustered, alone=single)
            else:
                here = slice(None) if of == "all" else _place(found, group)
                events, n, single = (int(one[here].sum()) for one in (above, below, alone))
                share = Share(events, n, alone=single)
            yield {
                "rate": RATE, "label": LABEL, "time": time, "part": part, "part_label": label,
                "of": of, "group": group or None,
                **share_row(share, how.ci_level, how.link_workers.icc),
                "numerator_is": f"people with {what}", "denominator_is": at,
            }  # fmt: skip


def _codes(people: list[Element]) -> tuple[dict[str, int], np.ndarray]:
    """Each site (or arm) with its code, and the code (n,) of each person's."""
    found: dict[str, int] = {}
    codes = [found.setdefault(one.group, len(found)) for one in people]
    return found, np.array(codes, dtype=np.intp)


def _place(found: dict[str, int], group: str) -> slice:
    """Where a group's count stands; nowhere, if nobody is in it."""
    at = found.get(group)
    return slice(0) if at is None else slice(at, at + 1)

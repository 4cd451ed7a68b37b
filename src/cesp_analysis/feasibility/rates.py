"""The step `rates`: shares and events a month with intervals, over all, by site and link worker;
people taken in over time, against the target."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.feasibility.counts import Counted, Tables, clusters_of, each
from cesp_analysis.feasibility.filled import questionnaires
from cesp_analysis.feasibility.monthly import a_month, a_person_month
from cesp_analysis.feasibility.recruitment import recruited
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.feasibility.spec import RatesSpec
from cesp_analysis.feasibility.tables import ProjectionTable, RatesTable, RecruitmentTable
from cesp_analysis.feasibility.words import said_of
from cesp_analysis.study.feasibility import Rate

Row = dict[str, Any]


def rates(
    spec: str,
    records: Path,
    panel: Path,
    visits: Path,
    events: Path,
    out: Path,
    recruitment: Path,
    projection: Path,
) -> None:
    """Make the declared rates and those of questionnaires; count people taken in by month."""
    how = RatesSpec.model_validate_json(spec)
    tables = Tables(how, records, panel, visits, events)
    rows = [row for name, rate in how.rates.items() for row in _rows(name, rate, tables)]
    rows += questionnaires(tables)
    contracts.write(pd.DataFrame(rows, columns=list(RatesTable.columns())), out, RatesTable)
    over_time, ahead = recruited(tables)
    contracts.write(
        pd.DataFrame(over_time, columns=list(RecruitmentTable.columns())),
        recruitment,
        RecruitmentTable,
    )
    contracts.write(
        pd.DataFrame(ahead, columns=list(ProjectionTable.columns())), projection, ProjectionTable
    )


def _rows(name: str, rate: Rate, tables: Tables) -> Iterator[Row]:
    how = tables.how
    for time in each(rate.times):
        about = {"rate": name, "label": rate.label, "time": time or None}
        counted = tables.count(rate.numerator, time, rate.arm)
        told = said_of(rate.numerator, time, rate.arm, how)
        if rate.per == "month":
            yield from a_month(about, rate, counted, told, tables)
        elif rate.per == "person_month":
            yield from a_person_month(about, rate, counted, told, tables)
        else:
            assert rate.denominator is not None
            below = tables.count(rate.denominator, time, rate.arm)
            words = told, said_of(rate.denominator, time, rate.arm, how)
            for part, above in _parts(rate, counted, below, time, tables):
                mine = words if part is None else (f"{words[0]}: {part}", words[1])
                own = about | {"part": part, "part_label": part}
                yield from _shares(own, above, below, mine, tables, rate.arm)


def _parts(
    rate: Rate, counted: Counted, below: Counted, time: str, tables: Tables
) -> Iterator[tuple[str | None, Counted]]:
    """The numerator; of a rate with values_of one for each value, and for those of none."""
    if rate.values_of is None:
        yield None, counted
        return
    if rate.denominator is not None and rate.denominator.time is not None:
        value = below.rows["unit"].map(tables.values(rate.values_of, time))
    else:
        value = below.rows[rate.values_of]
    held = value.astype("object").where(value.notna(), NOT_SAID)
    for part in (*tables.how.values[rate.values_of], NOT_SAID):
        own = below.rows[held == part]
        if part != NOT_SAID or len(own):
            yield part, Counted(own, below.space, frozenset())


NOT_SAID = "not said"


def _shares(
    about: Row,
    above: Counted,
    below: Counted,
    words: tuple[str, str],
    tables: Tables,
    arm: str | None,
) -> Iterator[Row]:
    """One row over all, one a site or arm, one a link worker (where anybody has one)."""
    how = tables.how
    if above.space == below.space:  # who they are is said once, by the denominator
        who = below.rows.set_index("key")[["group", "worker"]]
        inside = above.rows["key"].isin(who.index)
        rows = above.rows.assign(
            group=above.rows["key"].map(who["group"]).where(inside, above.rows["group"]),
            worker=above.rows["key"].map(who["worker"]).where(inside, above.rows["worker"]),
        )
        above = Counted(rows, above.space, above.unknown & frozenset(who.index))
    for of, group in groups_of(tables, below, above, arm):
        column = {"all": "", "link_worker": "worker"}.get(of, "group")
        part, total = above.of(column, group), below.of(column, group)
        outside = None
        if above.space == below.space:
            outside = int((~part["key"].isin(set(total["key"]))).sum())
        keys = set(total["key"])
        clusters, alone = clusters_of(part, total)
        found = Share(
            events=len(part),
            n=len(total),
            outside=outside,
            unknown=sum(key in keys for key in above.unknown),
            clusters=tuple(clusters) if of != "link_worker" else (),
            alone=alone,
        )
        row = share_row(found, how.ci_level, how.link_workers.icc)
        yield about | {"of": of, "group": group or None} | row | {
            "numerator_is": words[0], "denominator_is": words[1],
        }  # fmt: skip


def groups_of(
    tables: Tables, below: Counted, above: Counted, arm: str | None
) -> Iterator[tuple[str, str]]:
    """(of, group): all, each site or arm, each link worker where anybody has one."""
    how = tables.how
    yield "all", ""
    for group in how.groups:
        if arm is None or how.arms.get(group) == arm:
            yield how.of, group
    if any(bool((counted.rows["worker"] != "").any()) for counted in (below, above)):
        own = {name for counted in (below, above) for name in counted.rows["worker"] if name}
        for name in dict.fromkeys([*tables.workers(), *sorted(own)]):
            yield "link_worker", name

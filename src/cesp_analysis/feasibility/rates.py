"""The step `rates`: shares and events a month with intervals, over all, by site and link worker;
people taken in over time, against the target."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.feasibility import NOT_SAID, Rate
from cesp_analysis.feasibility.counted import Counted, none
from cesp_analysis.feasibility.elements import clusters_of, elements, groups_of, itself, parted
from cesp_analysis.feasibility.filled import questionnaires
from cesp_analysis.feasibility.monthly import a_month, a_person_month
from cesp_analysis.feasibility.not_known import bounds_of_share, without_rate
from cesp_analysis.feasibility.notes import said_of_counts
from cesp_analysis.feasibility.read_once import Tables
from cesp_analysis.feasibility.recruitment import recruited
from cesp_analysis.feasibility.shares import Share, share_row
from cesp_analysis.feasibility.spec import RatesSpec
from cesp_analysis.feasibility.tables import ProjectionTable, RatesTable, RecruitmentTable
from cesp_analysis.feasibility.words import said_of


def rates(
    spec: str,
    records: Path,
    panel: Path,
    visits: Path,
    events: Path,
    out: Path,
    recruitment: Path,
    projection: Path,
    places: Path | None = None,
) -> None:
    """Make the declared rates and those of questionnaires; count people taken in by month.

    `places`: where everybody was in the flow (FlowPlaces), needed where a rate counts a step.
    """
    how = RatesSpec.model_validate_json(spec)
    tables = Tables(how, records, panel, visits, events, places)
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
    for time in rate.times or ("",):
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
    # also of those of whom it is not known whether they count: it may be known what they are
    everybody = pd.concat([below.rows, below.unknown])
    if rate.denominator is not None and rate.denominator.time is not None:
        value = everybody["unit"].map(tables.values(rate.values_of, time))
    else:
        value = everybody[rate.values_of]
    held = value.astype("object").where(value.notna(), NOT_SAID)
    for part in (*tables.how.values[rate.values_of], NOT_SAID):
        own = everybody[held == part]
        if part != NOT_SAID or len(own):
            unsaid = everybody[held == NOT_SAID] if part != NOT_SAID else none()
            yield part, Counted(own, below.space, unsaid)


def _persons(below: Counted, of: str, group: str, events: set[str]) -> tuple[tuple[int, int], ...]:
    """(events, rows) of each person, where one may have several rows; a row of nobody who is known
    stands for itself."""
    if not below.space.startswith("rows of "):
        return ()
    rows = below.of(of, group)
    named = rows["unit"].notna() & (rows["unit"] != "")
    unit = rows["unit"].where(named, "\n" + rows["key"].astype("object"))
    if not unit.duplicated().any():
        return ()
    own = rows["key"].isin(events).groupby(unit.to_numpy()).agg(["sum", "size"])
    return tuple((int(x), int(n)) for x, n in own.to_numpy())


def _shares(
    about: Row,
    above: Counted,
    below: Counted,
    words: tuple[str, str],
    tables: Tables,
    arm: str | None,
) -> Iterator[Row]:
    """One row over all, one a site or arm, one a link worker (where anybody has one)."""
    how, same = tables.how, above.space == below.space
    people = elements(below.rows)
    who = {one.key: one for one in people}
    # of the same people or rows: where they belong is said once, by the denominator
    events = [who.get(one.key, one) if same else one for one in elements(above.rows)]
    if same:  # nobody is counted above of whom it is not known whether they count below
        open_ones = below.every["unknown"]
        events = [one for one in events if one.key not in open_ones]
    happened, everybody = parted(events, itself), parted(people, itself)
    for of, group in groups_of(tables, [*people, *events], arm):
        part, total = happened.of(of, group), everybody.of(of, group)
        keys = {one.key for one in total}
        clusters, alone = clusters_of(part, total)
        found = Share(
            events=len(part),
            n=len(total),
            outside=sum(one.key not in keys for one in part) if same else None,
            unknown=len(keys & above.every["unknown"])
            if same
            else len(above.keys(of, group, "unknown")),
            clusters=tuple(clusters) if of != "link_worker" else (),
            alone=alone,
            persons=_persons(below, of, group, {one.key for one in part}) if same else (),
            said=tuple(said_of_counts(above, below, of, group)),
        )
        row = share_row(found, how.ci_level, how.link_workers.icc)
        if row["status"] == "estimated":
            bounds = bounds_of_share(above, below, of, group, ({one.key for one in part}, keys))
            if bounds:
                said = " | ".join(filter(None, [row["warnings"], *bounds.said])) or None
                row |= {"warnings": said}
                row = without_rate(row) if bounds.nothing else row | bounds.row()
        if row["status"] == "not_estimable" and not len(total):
            row["reason"] += f": {words[1]}"
        yield about | {"of": of, "group": group or None} | row | {
            "numerator_is": words[0], "denominator_is": words[1],
        }  # fmt: skip

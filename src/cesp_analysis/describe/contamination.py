"""The step `contamination`: who used what the other arm offers, or moved across, by time and wave.

The control is a neighbouring place: its people can use the intervention's organisation, and people
move. Counted here; what models do about it is their analysis set and estimand.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment
from cesp_analysis.declared.estimands import Asked
from cesp_analysis.describe.tables import Contamination, Crossed
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import Events, Panel, Records


class ContaminationSpec(Frozen):
    """Where it is said; times and waves; groups → their arm.

    `once`: the undated question, of files of people; `over_time`, `respondents`: by time, by wave;
    `moved_here`: the respondents' category that says from where they came; `transfers`: events that
    move people; `files`: of each level; `until`: time → the last moment that counts for it.
    """

    labels: dict[str, str] = {}
    once: Asked | None = None
    over_time: Asked | None = None
    respondents: Asked | None = None
    moved_here: str | None = None
    transfers: tuple[str, ...] = ()
    files: dict[str, tuple[str, ...]] = {}
    times: tuple[Moment, ...] = ()
    waves: tuple[Moment, ...] = ()
    groups: dict[str, str] = {}
    until: dict[str, float] = {}


def contamination(
    spec: str, records: Path, events: Path, panel: Path, out: Path, crossed: Path
) -> None:
    """Count by time and group; `crossed` names each person and time (Crossed)."""
    how = ContaminationSpec.model_validate_json(spec)
    table = by_group(contracts.read(panel, Panel, beyond=()))
    people = table[table["level"] == "person"].drop_duplicates("unit")[["unit", "group"]]
    files = {level: [_read(records, name, how) for name in own] for level, own in how.files.items()}
    parts = [
        *_of_people(how, people.astype("object"), files.get("person", [])),
        *_moved(how, people.astype("object"), contracts.read(events, Events)),
        *_of_respondents(how, files.get("respondent", [])),
    ]
    made = pd.concat(parts) if parts else pd.DataFrame(columns=list(Crossed.columns()))
    made = made[list(Crossed.columns())]
    made = made.astype("object").where(made.notna(), None)
    contracts.write(made.reset_index(drop=True), crossed, Crossed)
    rows = list(counts(made, how))
    contracts.write(pd.DataFrame(rows, columns=list(Contamination.columns())), out, Contamination)


def _read(records: Path, name: str, how: ContaminationSpec) -> pd.DataFrame:
    asked = [how.once, how.over_time, how.respondents]
    wanted = {entry.variable for entry in asked if entry} | {how.moved_here or ""}
    table = contracts.read(records / f"{name}.parquet", Records, beyond=wanted)
    column = "site" if bool(table["site"].notna().any()) else "arm"
    return table.assign(group=table[column].astype("object"))


def _of_people(
    how: ContaminationSpec, people: pd.DataFrame, files: list[pd.DataFrame]
) -> Iterator[pd.DataFrame]:
    """Control people: what they said without a date, then at each time."""
    control = people[people["group"].map(how.groups) == "control"]
    told = {"level": "person", "kind": "used"}
    if how.once:
        said = _answers(how.once, files, timed=False).drop_duplicates("unit")
        now = control["unit"].map(said.set_index("unit")["now"])
        yield control.assign(time=None, now=now, ever=now, **told)
    if how.over_time:
        said = _answers(how.over_time, files, timed=True)
        by = said.set_index(["unit", "time"])["now"].to_dict()
        before: pd.Series[Any] = pd.Series("no", index=control.index, dtype="object")
        for moment in how.times:
            now = control["unit"].map(lambda unit, at=moment.name: by.get((unit, at)))
            asked = moment.name in _asked(how.over_time.variable, files)
            before = until(before, now) if asked else before
            if asked:
                yield control.assign(time=moment.name, now=now, ever=before, **told)


def until(before: "pd.Series[Any]", now: "pd.Series[Any]") -> "pd.Series[Any]":
    """Whether somebody ever did: yes once, yes for ever; no only if no each time; else blank."""
    yes = (before == "yes") | (now == "yes")
    no = (before == "no") & (now == "no")
    told: pd.Series[Any] = pd.Series(None, index=now.index, dtype="object")
    return told.mask(no, "no").mask(yes, "yes")


def _asked(variable: str, files: list[pd.DataFrame]) -> set[str]:
    """The times and waves of files that ask it, whether anybody answered or not."""
    return {str(time) for table in files if variable in table for time in table["time"].dropna()}


def _answers(asked: Asked, files: list[pd.DataFrame], timed: bool) -> pd.DataFrame:
    """unit, time, group, now (yes, no) wherever it was answered; of several answers a yes."""
    parts = []
    for table in files:
        if asked.variable in table:
            own = table[table["time"].notna() == timed]
            values = own[asked.variable]
            words = values.map("{:g}".format) if values.dtype == "float64" else values
            known = values.notna().to_numpy()
            now = words.astype("object").isin(asked.values).map({True: "yes", False: "no"})
            parts.append(own[["unit", "time", "group"]].assign(now=now)[known])
    empty = pd.DataFrame({name: [] for name in ("unit", "time", "group", "now")}, dtype="object")
    found = pd.concat([part.astype("object") for part in parts]) if parts else empty
    return found.sort_values("now", ascending=False, kind="stable").drop_duplicates(
        ["unit", "time"]
    )


def _moved(
    how: ContaminationSpec, people: pd.DataFrame, events: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Transfers to a site of the other arm, until each time; everybody's are known."""
    if not how.transfers or not len(people):
        return
    went = events[events["event"].isin(list(how.transfers)) & events["to"].isin(list(how.groups))]
    group = went["unit"].map(people.set_index("unit")["group"])
    across = group.map(how.groups) != went["to"].astype("object").map(how.groups)
    went = went[group.notna() & across].drop_duplicates("unit")
    when = people["unit"].map(went.set_index("unit")["elapsed"])
    moved = people["unit"].isin(set(went["unit"]))
    undated = moved & when.isna()
    told = {"level": "person", "kind": "moved"}
    if undated.any():
        words = undated.map({True: "yes", False: "no"})
        yield people.assign(time=None, now=words, ever=words, **told)
    before: pd.Series[Any] = pd.Series(False, index=people.index)
    for moment in how.times:
        by = moved & (when <= how.until.get(moment.name, moment.position))
        now, ever = (by & ~before), by
        yield people.assign(time=moment.name, now=_words(now), ever=_words(ever), **told)
        before = by


def _words(flags: "pd.Series[Any]") -> "pd.Series[Any]":
    return flags.map({True: "yes", False: "no"})


def _of_respondents(how: ContaminationSpec, files: list[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Control respondents who used it, and respondents who came from a site of the other arm."""
    if not files:
        return
    columns = ["unit", "time", "group"]
    everybody = pd.concat([table[columns].astype("object") for table in files])
    everybody = everybody.drop_duplicates(["unit", "time"])
    if how.respondents:
        control = everybody[everybody["group"].map(how.groups) == "control"]
        said = _answers(how.respondents, files, timed=True)
        asked = _asked(how.respondents.variable, files)
        yield _by_wave(control, said[["unit", "time", "now"]], "used", how, asked)
    if how.moved_here:
        from_where = [
            table[[*columns, how.moved_here]].astype("object")
            for table in files
            if how.moved_here in table
        ]
        own = pd.concat(from_where).drop_duplicates(["unit", "time"])
        there = own[how.moved_here].map(how.groups)
        across = there.notna() & (there != own["group"].map(how.groups))
        own = own.assign(now=_words(across).where(own[how.moved_here].notna()))
        asked = _asked(how.moved_here, files)
        yield _by_wave(everybody, own[["unit", "time", "now"]], "moved_here", how, asked)


def _by_wave(
    units: pd.DataFrame, said: pd.DataFrame, kind: str, how: ContaminationSpec, asked: set[str]
) -> pd.DataFrame:
    """Respondents of each wave that asked; ever: a panel member's earlier waves count too, as in
    `until`."""
    table = units.merge(said, on=["unit", "time"], how="left")
    order = {wave.name: place for place, wave in enumerate(how.waves)}
    table = table[table["time"].isin(asked)]
    table = table.sort_values("time", key=lambda names: names.map(order), kind="stable")
    yes = (table["now"] == "yes").groupby(table["unit"]).cummax()
    no = (table["now"] == "no").groupby(table["unit"]).cummin()
    ever = pd.Series(None, index=table.index, dtype="object").mask(no, "no").mask(yes, "yes")
    return table.assign(level="respondent", kind=kind, ever=ever)


def counts(made: pd.DataFrame, how: ContaminationSpec) -> Iterator[Row]:
    """The rows of Contamination, by level, kind and group, in order of time."""
    moments = ["", *(moment.name for moment in (*how.times, *how.waves))]
    keys = ["level", "kind", "group", "time"]
    cells = dict(iter(made.assign(time=made["time"].fillna("")).groupby(keys, sort=False)))
    for level in ("person", "respondent"):
        for kind in ("used", "moved", "moved_here"):
            for group in how.groups:
                for time in moments:
                    own = cells.get((level, kind, group, time))
                    if own is not None:
                        about: Row = {"level": level, "kind": kind, "label": how.labels[kind]}
                        about |= {"group": group, "arm": how.groups[group], "time": time or None}
                        yield about | _numbers(own)


def _numbers(own: pd.DataFrame) -> Row:
    known, told = own["now"].notna(), own["ever"].notna()
    return {
        "n": len(own),
        "known": int(known.sum()),
        "now": int((own["now"] == "yes").sum()),
        "unknown": int((~known).sum()),
        "ever": int((own["ever"] == "yes").sum()),
        "ever_unknown": int((~told).sum()),
    }

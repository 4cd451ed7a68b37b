"""The step `follow_up`: when people were seen, and what ended or moved their follow-up."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.clean.visits import PLACES
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Moment
from cesp_analysis.describe.record_tables import EventCounts, VisitCounts
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import Events, Panel, Visits


class FollowUpSpec(Frozen):
    """The times of people; files and events in config's order."""

    times: tuple[Moment, ...] = ()
    files: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def follow_up(
    spec: str, visits: Path, events: Path, panel: Path, out: Path, event_counts: Path
) -> None:
    """Count visits by where in their window they lie, and events by reason and time, by group."""
    how = FollowUpSpec.model_validate_json(spec)
    table = by_group(contracts.read(panel, Panel))
    people = table[table["level"] == "person"].drop_duplicates("unit")
    groups = list(people["group"].cat.categories) if len(people) else []
    of_unit = people.set_index("unit")["group"].astype("str")
    seen = contracts.read(visits, Visits)
    contracts.write(_visits(seen, of_unit, groups, how), out, VisitCounts)
    occurred = contracts.read(events, Events)
    contracts.write(_events(occurred, of_unit, groups, how), event_counts, EventCounts)


def _visits(
    seen: pd.DataFrame, of_unit: "pd.Series[str]", groups: list[str], how: FollowUpSpec
) -> pd.DataFrame:
    """One row a time, file and group; the moments are those of visits that count."""
    seen = seen.assign(
        file=pd.Categorical(seen["file"].astype("str"), how.files),
        group=pd.Categorical(seen["unit"].map(of_unit).astype("str"), groups),
        time=pd.Categorical(seen["time"].astype("str").fillna(""), [*_names(how), ""]),
    )
    rows = []
    for (time, file, group), part in seen.groupby(["time", "file", "group"], observed=True):
        kept = part.loc[part["status"] == "kept", "elapsed"].astype("float64")
        rows.append(
            {
                "time": time,
                "file": file,
                "group": group,
                "visits": len(part),
                **{
                    place.replace(" ", "_"): int((part["place"] == place).sum()) for place in PLACES
                },
                "kept": int((part["status"] == "kept").sum()),
                "first": kept.min(),
                "median": kept.median(),
                "last": kept.max(),
            }
        )
    table = pd.DataFrame(rows, columns=list(VisitCounts.columns()))
    return table.assign(time=_blank(table["time"]))


def _events(
    occurred: pd.DataFrame, of_unit: "pd.Series[str]", groups: list[str], how: FollowUpSpec
) -> pd.DataFrame:
    """One row an event, group, reason, place and last time before it."""
    table = occurred.assign(
        event=pd.Categorical(occurred["event"].astype("str"), how.events),
        group=pd.Categorical(occurred["unit"].map(of_unit).astype("str"), groups),
        after=pd.Categorical(_last_time(occurred["elapsed"], how), ["", *_names(how)]),
        reason=occurred["reason"].astype("str").fillna(""),
        to=occurred["to"].astype("str").fillna(""),
    )
    keys = ["event", "group", "after", "reason", "to"]
    counts = table.groupby(keys, observed=True).size().rename("n").reset_index()
    return counts.assign(**{name: _blank(counts[name]) for name in keys[2:]})


def _blank(words: "pd.Series[Any]") -> "pd.Series[Any]":
    text = words.astype("str")
    return text.where(text != "")


def _last_time(elapsed: "pd.Series[float]", how: FollowUpSpec) -> "pd.Series[str]":
    """The last time whose position had come; blank: before the first, or not known."""
    last = pd.Series("", index=elapsed.index, dtype="str")
    for moment in how.times:
        last = last.mask(elapsed.astype("float64") >= moment.position, moment.name)
    return last


def _names(how: FollowUpSpec) -> list[str]:
    return [moment.name for moment in how.times]

"""The record of process: what was delivered and what happened, on one time line by site.

Counts stand in a column of their own beside how many different people they are of, so that a
released form can withhold small ones.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.integration.context import ContextEvent
from cesp_analysis.integration.tables import EVENTS, ProcessEvents
from cesp_analysis.interviews.counted import as_words

NO_DATE = "without a date"


def process_events(rows: Iterable[Row], sites: Sequence[str]) -> pd.DataFrame:
    """The table (ProcessEvents) of rows made below: by day, then kind, then site in config's
    order; those without a date last."""
    place = {site: at for at, site in enumerate(sites)}
    ordered = sorted(
        rows,
        key=lambda row: (
            row["date"] is None, row["date"] or "", EVENTS.index(row["kind"]),
            place.get(row["site"] or "", -1), row["site"] or "", row["label"],
        ),
    )  # fmt: skip
    return pd.DataFrame(ordered, columns=list(ProcessEvents.columns()))


def by_month(
    kind: str,
    records: pd.DataFrame,
    label: str,
    counted: str,
    site_of: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """Records of people (columns unit, date and, without site_of, site), such as contacts that were
    kept or ratings: how many in each month at each site, and of how many people; where they have a
    score, its mean.

    site_of: unit → site, where records do not say it. Those without a date are a row without one.
    """
    table = _dated(records, site_of)
    for (site, month), own in _groups(table, "site", "month"):
        first, last = (f"{month}-01", _last_day(month)) if month else (None, None)
        yield _row(
            kind, site, first, last, label if month else f"{label}, {NO_DATE}",
            number=len(own), counted=counted, people=own["unit"].nunique(),
        ) | {"score": own["score"].mean()}  # fmt: skip


def _dated(records: pd.DataFrame, site_of: Mapping[str, str] | None) -> pd.DataFrame:
    """unit, site, date, month as text, blank where they are not known; score, NaN where it is
    not."""
    score = records["score"].to_numpy(dtype=float) if "score" in records else float("nan")
    unit, date = (as_words(records[name]) for name in ("unit", "date"))
    site = as_words(records["site"] if site_of is None else unit.map(site_of))
    made = pd.DataFrame({"unit": unit, "site": site, "date": date, "month": date.str[:7]})
    return made.assign(score=score)


def _groups(table: pd.DataFrame, *by: str) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    for key, own in table.groupby(list(by), sort=True):
        yield tuple(map(str, key)) if isinstance(key, tuple) else (str(key),), own


def _last_day(month: str) -> str:
    year, number = int(month[:4]), int(month[5:7])
    return f"{month}-{monthrange(year, number)[1]:02d}"


def meetings(
    records: pd.DataFrame, panel: str, labels: Mapping[str, str], attended: str | None
) -> Iterator[Row]:
    """Meetings of panels (columns site, date, `panel` and, if it is named, `attended`): each day on
    which one met, with how many came; two of one panel on one day are one row."""
    own = pd.DataFrame({name: as_words(records[name]) for name in ("site", "date", panel)})
    own[panel] = own[panel].map(lambda word: labels.get(word, word))
    own["came"] = records[attended].to_numpy(dtype=float) if attended else float("nan")
    for (site, date, word), met in _groups(own, "site", "date", panel):
        said = word + ("" if date else f", {NO_DATE}")
        said += f" ({len(met)} meetings)" if len(met) > 1 else ""
        came = met["came"].sum(min_count=len(met))  # of one of which it is not known: not known
        known = came if came == came else None
        yield _row(
            "panel", site, date or None, None, said, number=known,
            counted="people who came" if attended else None,
        )  # fmt: skip


def waves(records: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[Row]:
    """Survey waves (columns unit, time, site, date of respondents' records): from the first day to
    the last on which somebody answered, and how many did, whether or not their day is known."""
    own = pd.DataFrame({name: as_words(records[name]) for name in ("unit", "time", "site", "date")})
    for (time, site), part in _groups(own[own["time"] != ""], "time", "site"):
        days = sorted(set(part["date"]) - {""})
        n = part["unit"].nunique()
        yield _row(
            "wave", site, days[0] if days else None, days[-1] if len(days) > 1 else None,
            labels.get(time, time) + ("" if days else f", {NO_DATE}"),
            number=n, counted="respondents", people=n,
        )  # fmt: skip


def context_rows(events: Iterable[ContextEvent]) -> Iterator[Row]:
    """What happened around the study."""
    for event in events:
        yield _row("context", event.site, event.date, None, event.label)


def _row(
    kind: str,
    site: str,
    date: str | None,
    until: str | None,
    label: str,
    number: float | None = None,
    counted: str | None = None,
    people: int | None = None,
) -> Row:
    return {
        "date": date, "until": until, "site": site or None, "kind": kind, "label": label,
        "number": number, "counted": counted, "people": people, "score": None,
    }  # fmt: skip

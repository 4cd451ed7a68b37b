"""What the intervention cost for each person: time of link workers, and what a site shares.

Time with a person and the work beside it (indirect, supervision) at the cost of an hour; costs of a
site (training, community panels) are divided by the people who share them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.resources import Delivered
from cesp_analysis.errors import on_lines
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.numbers import counted

TIME, SHARED = "time", "shared"


@dataclass(frozen=True)
class Given:
    """£ (n, t) of link workers' time and of what sites share, before each time; NaN: not known.

    hours (n,): with the person, known ones. said: what was left out.
    """

    time: Floats
    shared: Floats
    hours: Floats
    said: tuple[str, ...]


def contacts_of(rows: pd.DataFrame, how: Delivered) -> pd.DataFrame:
    """unit, minutes, day of the contacts that cost time."""
    counts = evaluated(rows, how.counted) if how.counted else pd.Series(1.0, index=rows.index)
    own = rows[counts == 1]
    dates = own["date"].astype("object").where(own["date"].notna(), None)
    days = pd.to_datetime(dates, format="%Y-%m-%d") - pd.Timestamp(2000, 1, 1)
    return pd.DataFrame(
        {
            "unit": own["unit"].astype("object"),
            "minutes": own[how.minutes].astype("float64"),
            "day": days.dt.days.astype("float64"),
        }
    )


def negative_contacts(rows: pd.DataFrame, how: Delivered, path: str) -> Iterator[str]:
    """A line if contacts took less than no time."""
    bad = rows[rows[how.minutes].astype("float64") < 0]
    if len(bad):
        yield (
            f"{on_lines(path, bad['line'])}: {how.minutes} is negative; correct it"
            " (data/raw/CORRECTIONS.yaml), or give the variable a range from 0 on"
        )


def given(
    contacts: pd.DataFrame,
    how: Delivered,
    hour: float,
    shares: Floats,
    units: "pd.Index[str]",
    treated: np.ndarray,
    starts: Floats,
    ends: Floats,
    path: str,
) -> Given:
    """Costs of each person before each time.

    hour: £ of one; shares (n,): £ of what its site shares; treated (n,): of the intervention
    arm; starts (n,): day on which a person's time begins; ends (t,): days after it of each time,
    the first 0; path: the raw file. A contact without a date, or no more than how.lead_days before
    the start, counts in the first period; one earlier than that, or after the last time, in none.
    """
    person = units.get_indexer(pd.Index(contacts["unit"]))
    ours = person >= 0
    ours[ours] = treated[person[ours]]
    own, person = contacts[ours], person[ours]
    since = own["day"].to_numpy(dtype=float) - starts[person]
    late, stray = since > ends[-1], since < -how.lead_days
    counts = ~(late | stray)
    period = np.searchsorted(ends[1:], np.where(np.isnan(since), 0.0, since), side="left") + 1
    period = np.minimum(period, len(ends) - 1)
    hours = np.zeros((len(units), len(ends)))
    np.add.at(hours, (person[counts], period[counts]), own["minutes"].to_numpy()[counts] / 60)
    rate = hour * (1 + how.indirect) * (1 + how.supervision)
    share = np.append(0.0, np.diff(ends)) / ends[-1]
    return Given(
        time=np.where(treated[:, None], hours * rate, 0.0),
        shared=np.where(treated[:, None], shares[:, None] * share, 0.0),
        hours=hours.sum(axis=1),
        said=tuple(_said(int((~ours).sum()), since, own, late, how, path)),
    )


def _said(
    others: int, since: Floats, own: pd.DataFrame, late: np.ndarray, how: Delivered, path: str
) -> Iterator[str]:
    """What is said of contacts that do not count as others do."""
    stray = since < -how.lead_days
    days = counted(how.lead_days, "day")
    for of, what in (
        (others, "of people who are not of the intervention arm: not counted"),
        (late, "after the last time: not counted, as are costs of services then"),
        ((since < 0) & ~stray, f"up to {days} before a person's start: in the first period"),
        (
            stray,
            f"more than {days} before a person's start: not counted, as of another time, though"
            f" delivered contacts (contacts.csv) hold them (correct the dates in {path},"
            " or set intervention.lead_days)",
        ),
        (np.isnan(since), "without a date, or of a person without a start: in the first period"),
        (
            own["minutes"].isna() & ~(late | stray),
            "without minutes: what these people's time cost is not known",
        ),
    ):
        if n := int(np.sum(of)):
            yield f"{counted(n, 'contact')} {what}"

"""What the intervention cost for each person: time of link workers, and what a site shares.

Time with a person and the work beside it (indirect, supervision) at the cost of an hour; costs of a
site (training, community panels) are divided by the people who share them.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.resources import OWN_TIME, Delivered
from cesp_analysis.economics.aside import Aside, Fate, asides
from cesp_analysis.economics.by_minutes import NO_LINES
from cesp_analysis.fidelity.people import days_of
from cesp_analysis.numbers import counted

NOBODY_MET = (
    "nobody of the intervention arm has a contact with a link worker that counts and took time, so"
    " that delivery costs none: see whether its people are the study's, and cost_exceptions.csv"
)


@dataclass(frozen=True)
class Given:
    """£ (n, t) of link workers' time and of what sites share, before each time; NaN: not known.

    hours (n,): with the person, known ones; period (c,): of which time's costs each contact is
    part, -1: of none. said: contacts that do not count as others do.
    """

    time: Floats
    shared: Floats
    hours: Floats
    period: Codes
    said: tuple[Aside, ...]


@dataclass(frozen=True)
class Whose:
    """Of n people: shares, £ of what their site shares; treated, of the intervention arm; starts,
    died: the day on which their time begins, and on which they died (NaN: not, or not known)."""

    units: "pd.Index[str]"
    shares: Floats
    treated: np.ndarray
    starts: Floats
    died: Floats


def contacts_of(rows: pd.DataFrame, how: Delivered, misdated: Collection[int]) -> pd.DataFrame:
    """line, unit, minutes, day of the contacts that cost time; misdated: of a day outside the
    study's period, which cleaning has taken from these lines; untold: whether they count hangs on
    an answer that is blank."""
    counts = evaluated(rows, how.counted) if how.counted else pd.Series(1.0, index=rows.index)
    own = rows[counts != 0]
    return pd.DataFrame(
        {
            "line": own["line"],
            "unit": own["unit"].astype("object"),
            "minutes": own[how.minutes].astype("float64"),
            "day": days_of(own["date"]),
            "misdated": own["line"].isin([*misdated]),
            "untold": counts[own.index].isna(),
        }
    )


def given(
    contacts: pd.DataFrame, how: Delivered, hour: float, whose: Whose, ends: Floats, path: str
) -> Given:
    """Costs of each person before each time.

    contacts: see contacts_of; hour: £ of one; ends (t,): days after a person's start of each time;
    path: the raw file. A contact without a date, or before the first time but no more than
    how.lead_days before the start, counts in the first period; one earlier than that, after the
    last time, after the person's death, outside the study's period, or of which an answer that it
    hangs on is blank (untold), in none.
    """
    person = whose.units.get_indexer(pd.Index(contacts["unit"]))
    ours = person >= 0
    ours[ours] = whose.treated[person[ours]]
    own, person = contacts[ours], person[ours]
    day = own["day"].to_numpy(dtype=float)
    since = day - whose.starts[person]
    out = _left_out(since, day > whose.died[person], own, ends, how)
    counts = ~np.any([which for which, _ in out], axis=0)
    period = np.searchsorted(ends[1:], np.where(np.isnan(since), 0.0, since), side="left") + 1
    period = np.minimum(period, len(ends) - 1)
    hours = np.zeros((len(whose.units), len(ends)))
    np.add.at(hours, (person[counts], period[counts]), own["minutes"].to_numpy()[counts] / 60)
    rate = with_work(hour, how)
    share = np.append(0.0, np.diff(ends)) / (ends[-1] - ends[0])
    treated = whose.treated[:, None]
    placed = np.full(len(contacts), -1)
    placed[ours] = np.where(counts, period, -1)
    strangers = "of people who are not of the intervention arm: not counted"
    said = [*asides(path, contacts["line"], [(~ours, strangers)], "contact", OWN_TIME)]
    fates = [*out, *_otherwise(since, counts, own, ends[0], how)]
    said += asides(path, own["line"], fates, "contact", OWN_TIME)
    if whose.treated.any() and not (own["minutes"].to_numpy()[counts] != 0).any():
        said.append(Aside(path, NOBODY_MET, NO_LINES, service=OWN_TIME))
    return Given(
        time=np.where(treated, hours * rate, 0.0),
        shared=np.where(treated, whose.shares[:, None] * share, 0.0),
        hours=hours.sum(axis=1),
        period=placed,
        said=tuple(said),
    )


def with_work(hour: float, how: Delivered) -> float:
    """£ of an hour with a person, with the work beside it."""
    return hour * (1 + how.indirect) * (1 + how.supervision)


def _left_out(
    since: Floats, dead: np.ndarray, own: pd.DataFrame, ends: Floats, how: Delivered
) -> list[Fate]:
    """Contacts (c,) that cost nothing, and why; since: days from the start of their people; dead:
    whether these had died."""
    misdated, untold = (own[name].to_numpy(dtype=bool) for name in ("misdated", "untold"))
    return [
        (
            untold,
            f"of which nobody knows whether they count ({how.counted}: an answer is blank): not"
            " counted",
        ),
        (
            misdated,
            "dated outside the study's period (impossible_date in data_problems.csv): not counted;"
            " correct the dates (data/raw/CORRECTIONS.yaml)",
        ),
        (
            dead,
            "after the person's death: not counted; correct these dates, or that of the death"
            " (data/raw/CORRECTIONS.yaml)",
        ),
        (
            ~dead & (since > ends[-1]),
            "after the last time: not counted, as are costs of services then",
        ),
        (
            since < -how.lead_days,
            f"more than {counted(how.lead_days, 'day')} before a person's start: not counted, as of"
            " another time, though delivered contacts (contacts.csv) hold them (correct the dates,"
            " or set intervention.lead_days)",
        ),
    ]


def _otherwise(
    since: Floats, counts: np.ndarray, own: pd.DataFrame, first: float, how: Delivered
) -> list[Fate]:
    """Contacts (c,) that count, otherwise than the rest; counts (c,): whether one does; first:
    days from a start to the first time."""
    days = counted(how.lead_days, "day")
    return [
        (counts & (since < 0), f"up to {days} before a person's start: in the first period"),
        (
            counts & (since >= 0) & (since < first),
            "between a person's start and the first time: in the first period",
        ),
        (
            counts & np.isnan(since),
            "without a date, or of a person without a start: in the first period",
        ),
        (
            counts & own["minutes"].isna().to_numpy(),
            "without minutes: what these people's time cost is not known",
        ),
    ]

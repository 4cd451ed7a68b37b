"""People taken in month by month, against the target, and how many are to be expected ahead."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cesp_analysis.columns import Row
from cesp_analysis.declared.feasibility import Recruitment
from cesp_analysis.feasibility.monthly import span, when
from cesp_analysis.feasibility.months import Month, day_after, length, months_in
from cesp_analysis.feasibility.projection import at_most, dispersion, quantile, wait
from cesp_analysis.feasibility.read_once import Tables
from cesp_analysis.intervals import garwood
from cesp_analysis.numbers import counted as in_words

METHOD = (
    "negative binomial prediction (Poisson process, Jeffreys' prior); the wait for the target: beta"
    " prime"
)
LONGEST = 60
"""Months ahead that are listed at most: a projection further ahead says nothing."""


@dataclass(frozen=True)
class Intake:
    """The days on which people came to a site, from its first day to its last that is known;
    undated: how many came, nobody knows when; before, after: on other days."""

    group: str
    first: date
    last: date
    days: tuple[date, ...]
    undated: int = 0
    before: int = 0
    after: int = 0

    @property
    def untold(self) -> bool:
        """Whether people came, and of none it is known when: their rate cannot be told."""
        return bool(self.undated and not self.days)

    @property
    def months(self) -> list[Month]:
        """The calendar months between them."""
        return months_in(self.first, self.last)

    def until(self, day: date) -> int:
        """How many had come by a day."""
        return sum(came <= day for came in self.days)


def recruited(tables: Tables) -> tuple[list[Row], list[Row]]:
    """The rows of recruitment.csv and projection.csv; none if no recruitment is declared."""
    told, how = tables.how.recruitment, tables.how
    if told is None:
        return [], []
    over_time: list[Row] = []
    ahead: list[Row] = []
    for group in ("", *how.groups):
        target = told.target if not group else told.sites.get(group)
        own = _intake(group, told, tables)
        over_time += monthly(own, target, date.fromisoformat(told.by), how.ci_level)
        ahead.append(projected(own, target, date.fromisoformat(told.by), how.ci_level))
    return over_time, ahead


def _intake(group: str, told: Recruitment, tables: Tables) -> Intake:
    how = tables.how
    rate = how.rates[told.rate]
    assert how.period is not None
    first, last = span(how.period, group)
    counted = tables.count(rate.numerator, "", rate.arm).of(how.of if group else "all", group)
    told_days = when(rate, counted).tolist()
    days = [day for day in told_days if first <= day <= last]
    return Intake(
        group,
        date.fromisoformat(first),
        date.fromisoformat(last),
        tuple(sorted(date.fromisoformat(day) for day in days)),
        undated=told_days.count(""),
        before=sum("" < day < first for day in told_days),
        after=sum(day > last for day in told_days),
    )


def monthly(own: Intake, target: int | None, by: date, level: float) -> list[Row]:
    """A row a month: what came, then what is to be expected until the target's day."""
    rows, total = [], 0
    whole = length(own.first, by)
    for month in own.months:
        new = own.until(month.last) - total
        total += new
        rows.append(
            _month(own, month, "yes") | {
                "new": new, "total": total, "planned": _planned(own, month.last, target, whole),
            }
        )  # fmt: skip
    if target is None or by <= own.last or own.untold:
        return rows
    tail, passed, exposure = (1 - level) / 2, 0.0, length(own.first, own.last)
    for month in months_in(day_after_last(own), by)[:LONGEST]:
        passed += month.part
        low, middle, high = (
            total + quantile(share, total, exposure, passed) for share in (tail, 0.5, 1 - tail)
        )
        rows.append(
            _month(own, month, "no") | {
                "total": middle, "low": low, "high": high,
                "planned": _planned(own, month.last, target, whole),
            }
        )  # fmt: skip
    return rows


def day_after_last(own: Intake) -> date:
    """The first day ahead."""
    return date.fromordinal(own.last.toordinal() + 1)


def _month(own: Intake, month: Month, observed: str) -> Row:
    return {
        "group": own.group or None, "month": month.name, "observed": observed,
        "last_day": month.last.isoformat(), "months": month.part,
        "left_out": own.undated + own.before + own.after,
    }  # fmt: skip


def _planned(own: Intake, day: date, target: int | None, whole: float) -> float | None:
    """How many there would be by a day, were the target reached at a steady pace."""
    if target is None or not whole > 0:
        return None
    return target * min(1.0, length(own.first, day) / whole)


def projected(own: Intake, target: int | None, by: date, level: float) -> Row:
    """The row of projection.csv."""
    events, months = len(own.days), length(own.first, own.last)
    low, high = garwood(events, months, level)
    row: Row = {
        "group": own.group or None, "opened": own.first.isoformat(), "closed": own.last.isoformat(),
        "recruited": events, "months": months, "per_month": events / months, "ci_low": low,
        "ci_high": high, "ci_level": level, "method": METHOD,
    }  # fmt: skip
    if own.untold:
        who = in_words(own.undated, "person", "people")
        row |= dict.fromkeys(("per_month", "ci_low", "ci_high", "method"))
        row["reason"] = f"no rate and no projection: of {who} it is not known when they came"
        row["warnings"] = " | ".join(_on_other_days(own)) or None
        return row if target is None else row | {"target": target, "target_by": by.isoformat()}
    said = []
    spread = dispersion(
        [own.until(m.last) - own.until(_eve(m.first)) for m in own.months],
        [m.part for m in own.months],
    )
    if own.undated:
        said.append(
            f"{in_words(own.undated, 'person', 'people')} without a date not counted: there are so"
            " many more than the numbers and the projection say"
        )
    said += _on_other_days(own)
    if spread is not None:
        row["dispersion"] = spread[0]
        if spread[1]:
            said.append(
                f"months differ more than a Poisson process has it (variance {spread[0]:.1f} times"
                " as large): all intervals are too narrow"
            )
    if target is None:
        return row | {"reason": "no target is declared", "warnings": " | ".join(said) or None}
    row |= {"target": target, "target_by": by.isoformat()}
    row |= _ahead(own, target, by, level)
    return row | {"warnings": " | ".join(said) or None}


def _on_other_days(own: Intake) -> list[str]:
    """What must be said of people who came before the first day or after the last."""
    others = ((own.before, "before", own.first), (own.after, "after", own.last))
    return [
        f"{in_words(n, 'person', 'people')} taken in {when} {day} not counted, neither in the"
        " numbers nor in the projection: correct the day, or feasibility.period"
        for n, when, day in others
        if n
    ]


def _eve(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _ahead(own: Intake, target: int, by: date, level: float) -> Row:
    """What is to be expected by the target's day, and when the target is reached."""
    events, months = len(own.days), length(own.first, own.last)
    tail, row = (1 - level) / 2, dict[str, Any]()
    if by > own.last:
        left = length(day_after_last(own), by)
        names = ("expected_low", "expected", "expected_high")
        for name, share in zip(names, (tail, 0.5, 1 - tail), strict=True):
            row[name] = events + quantile(share, events, months, left)
        row["probability"] = 1 - at_most(target - events - 1, events, months, left)
    if events >= target:
        return row | {"reached": own.days[target - 1].isoformat(), "reason": "reached"}
    if by <= own.last:
        row["reason"] = (
            f"the day of the target has passed: {own.until(by)} of {target} had come by then; the"
            " days on which it would be reached suppose that more are taken in at the same rate"
        )
    names = ("reached_low", "reached", "reached_high")
    for name, share in zip(names, (tail, 0.5, 1 - tail), strict=True):
        day = day_after(own.last, wait(share, target - events, events, months))
        row[name] = day.isoformat() if day else None
    return row

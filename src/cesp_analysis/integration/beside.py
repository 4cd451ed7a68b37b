"""Which estimate stands for a construct, and where its interval lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.errors import CespError, no_such

NO_MODEL = "no model estimates it"
IN_NO_UNIT = "no estimate is in its unit (a ratio alone?); name one under estimate"
BREAKS = "breakdown_interval"
"""The rung of the ladder that says from which size of shock on an interval holds no difference."""


@dataclass(frozen=True)
class Numbers:
    """What the joint display reads of the numbers.

    estimates: Estimates; ladder: Ladder, or None; outcomes: as declared; foremost: outcome → models
    that speak for it before others, models: all in config's order; moments: times and waves in
    order.
    """

    estimates: pd.DataFrame
    outcomes: Mapping[str, Outcome]
    foremost: Mapping[str, Sequence[str]]
    models: Sequence[str]
    moments: Sequence[str]
    ladder: pd.DataFrame | None = None

    def by_id(self) -> dict[str, Row]:
        """estimate_id → its row, cells that are blank None."""
        return {row["estimate_id"]: row for row in plain_rows(self.estimates)}

    def shock_breaks(self) -> dict[str, float]:
        """estimate_id → the shock to the estimated difference that undoes what its interval
        says, in its unit."""
        if self.ladder is None:
            return {}
        rows = plain_rows(self.ladder[self.ladder["rung"] == BREAKS])
        return {row["estimate_id"]: row["shock"] for row in rows if row["shock"] is not None}


@dataclass(frozen=True)
class Side:
    """One source of numbers of a construct: the row of estimates.csv ({}: none), why there is no
    estimate, and the direction: better, worse, unclear; '': there is none."""

    row: Row
    direction: str = ""
    reason: str = ""


def plain_rows(table: pd.DataFrame) -> list[Row]:
    """Rows with None for blank cells."""
    own = table.astype("object")
    rows = own.where(own.notna(), None).to_dict("records")
    return [{str(name): cell for name, cell in row.items()} for row in rows]


def sides_of(
    numbers: Numbers, asked: Mapping[str, tuple[str | None, str | None]]
) -> dict[str, Side]:
    """Of each construct its estimate.

    CespError with a line for each estimate_id that is named and not there, or of another outcome.
    """
    by_id, faults, found = numbers.by_id(), list[str](), dict[str, Side]()
    for name, (outcome, wanted) in asked.items():
        if outcome is None:
            found[name] = Side({})
        elif wanted is None:
            rows = [row for row in by_id.values() if row["outcome"] == outcome]
            reason = IN_NO_UNIT if rows else NO_MODEL
            foremost = _foremost(numbers, by_id, outcome)
            found[name] = _side(foremost, numbers.outcomes[outcome], reason)
        elif fault := _not_of(wanted, outcome, by_id):
            faults.append(f"config.yaml: integration.constructs.{name}: {fault}")
        else:
            found[name] = _side(by_id[wanted], numbers.outcomes[outcome])
    if faults:
        raise CespError(faults)
    return found


def _not_of(wanted: str, outcome: str, by_id: Mapping[str, Row]) -> str:
    if wanted not in by_id:
        own = [name for name, row in by_id.items() if row["outcome"] == outcome]
        return no_such("estimate", wanted, own or list(by_id), "in estimates.csv")
    if by_id[wanted]["outcome"] != outcome:
        return (
            f"estimate '{wanted}' is of {by_id[wanted]['outcome']}, not of {outcome}; name one of"
            " that outcome"
        )
    return ""


def _foremost(numbers: Numbers, by_id: Mapping[str, Row], outcome: str) -> Row:
    """The row of the outcome's first model that has one, at the last time: its main one, whose id
    has no more parts than model/outcome/time; {}: there is none."""
    own = [row for row in by_id.values() if row["outcome"] == outcome]
    for model in dict.fromkeys([*numbers.foremost.get(outcome, ()), *numbers.models]):
        main = [row for row in own if row["model"] == model and _in_unit(row, numbers)]
        main = [row for row in main if row["estimate_id"].count("/") <= 2]
        if main:
            return max(main, key=lambda row: _place(row["time"], numbers.moments))
    return {}


def _in_unit(row: Row, numbers: Numbers) -> bool:
    """Whether an estimate is in its outcome's unit: no ratio, no probability of a category."""
    return bool(row["unit"] == numbers.outcomes[row["outcome"]].unit)


def _place(time: str | None, moments: Sequence[str]) -> int:
    return moments.index(time) if time in moments else -1


def _side(row: Row, outcome: Outcome, reason: str = NO_MODEL) -> Side:
    if not row:
        return Side({}, "", reason)
    if row["status"] != "estimated" or row["estimate"] is None:
        return Side(row, "", row["reason"] or row["status"])
    return Side(row, direction_of(row, outcome))


def direction_of(row: Row, outcome: Outcome) -> str:
    """better or worse where the interval from sampling error alone lies apart from no difference,
    by the outcome's direction; else unclear."""
    none = 1.0 if row["unit"] == "ratio" else 0.0
    low, high = row["ci_low"], row["ci_high"]
    if low is None or high is None or outcome.direction == "neither" or low <= none <= high:
        return "unclear"
    if row["unit"] not in (outcome.unit, "ratio"):
        return "unclear"  # of a category, or another scale, on which more need not be better
    return "better" if (low > none) == (outcome.direction == "higher_is_better") else "worse"

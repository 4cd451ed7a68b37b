"""What happens to people over time: from when it is counted, when answers count, what ends it."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen

DAYS_IN: dict[str, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12, "years": 365.25}
"""Calendar unit → its days; a study that counts time by the calendar has one as time_unit."""

EventKind = Literal["death", "withdrawal", "transfer"]
BY_KIND: dict[str, str] = {
    "death": "after_death",
    "withdrawal": "after_withdrawal",
    "transfer": "",
}
"""Kind of event → the data problem of a record after it; after a transfer records are none."""


class VisitRules(Frozen):
    """Which answer counts for which time, by when it was given."""

    since: str | None = Field(
        default=None,
        description="A date variable of the register from which time is counted, e.g."
        " recruited_date; by default the date of the person's record at the first time.",
    )
    outside: Literal["keep", "set_aside"] = Field(
        default="keep", description="Answers outside their time's window; they are counted anyway."
    )
    several: Literal["nearest", "first", "last"] = Field(
        default="nearest",
        description="Files with time: {by: window}: which of several visits in one window counts,"
        " also where they stand in several files that hold the same outcome; nearest to the time's"
        " position, of two as near the first. A visit without an answer counts if there is no"
        " other.",
    )


class Event(Frozen):
    """Something dated that ends a person's follow-up, or moves it to another site."""

    label: str = Field(description="How tables call it.")
    kind: EventKind = Field(description="death, withdrawal, or transfer to another site.")
    file: str = Field(description="The file of level person that holds it, as files: calls it.")
    date: str | None = Field(
        default=None,
        description="Its date: a variable of that file. A blank one means that it did not occur;"
        " with `where`, that it is not known when.",
    )
    where: str | None = Field(
        default=None,
        description="A condition on the file's variables: in whom it occurred. Where it is not"
        " known (a blank), it is listed and counts as not; unless it is false of nobody: then a"
        " blank says that it did not occur.",
    )
    reason: str | None = Field(default=None, description="The variable that says why.")
    to: str | None = Field(
        default=None,
        description="Transfer: the variable that says where to; its codes are sites, or other words"
        " for places outside the study.",
    )
    afterwards: Literal["keep", "set_aside"] = Field(
        default="keep",
        description="Records of the person with a later date; they are listed anyway (not after a"
        " transfer).",
    )


def years_between(first: float, last: float, unit: str) -> float | None:
    """Years from one place on the time axis to another; None of a unit without a length."""
    days = days_in(unit)
    return None if days is None else (last - first) * days / DAYS_IN["years"]


def days_in(unit: str) -> float | None:
    """Days of the study's unit of time; None if that is no unit of the calendar."""
    return DAYS_IN.get(unit)

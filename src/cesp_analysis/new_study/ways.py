"""The ways in which a column's dates may be written, as a draft has them and asks about them."""

from collections.abc import Iterator
from typing import Any

from cesp_analysis.intake.finding import Finding
from cesp_analysis.new_study.commented import flow
from cesp_analysis.study.date_formats import read_differently


def two_orders(found: Finding) -> Iterator[str]:
    """What to ask where some dates fit one format alone, and others another that would read them
    as other days."""
    for one, other, *_ in (pair for own in found.ways for pair in read_differently(own)):
        yield f"Some are written as {one} alone, others as {other}: which day does a date mean?"


def format_of(formats: tuple[str, ...]) -> Any:
    """One format as text, several as a list; of those that read a cell as different days, which a
    study file may not list together, the first alone."""
    others = {other for _, other, *_ in read_differently(formats)}
    stay = [one for one in formats if one not in others]
    return stay[0] if len(stay) == 1 else stay


def ways_of(found: Finding) -> str:
    """The ways between which a person must decide, as config has them."""
    return " or ".join(f"format: {flow(format_of(formats))}" for formats in found.ways)

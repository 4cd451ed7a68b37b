"""Tipping points of an imputed estimate, as the short form of missing data tells them."""

from cesp_analysis.columns import Row
from cesp_analysis.missing.sensitivity_words import Places, places_of
from cesp_analysis.missing.tipping_words import TippingPoint, shift_words
from cesp_analysis.numbers import fixed
from cesp_analysis.report.results import Results


def shifts(results: Results, own: Row) -> list[Row]:
    """Tipping points of an estimate to and from no difference, in all directions searched."""
    key = own["estimate_id"], "none"
    return [row for row in results.tipping_points if (row["estimate_id"], row["of"]) == key]


def smallest_shift(results: Results, own: Row) -> str:
    """The smallest of the shifts at which the interval says something else."""
    points = shifts(results, own)
    if not points:
        return ""
    there = [row for row in points if row["in_sd"] is not None]
    decimals = results.words.outcomes[own["outcome"]].decimals
    if not there:
        far = f"{fixed(points[0]['searched'], decimals)} {points[0]['unit']}"
        return f" No shift of what is missing by up to {far} changes what it says."
    row = min(there, key=lambda one: one["in_sd"])
    places: Places = places_of(results.words.sites, results.words.arms)
    words = shift_words(point_of(row), row["in_sd"], row["unit"], decimals, places)
    return f" The smallest shift found that changes what it says: if {words}."


def point_of(row: Row) -> TippingPoint:
    """A row of tipping_points.csv."""
    shift = row["shift_control"] if row["along"] == "control" else row["shift_intervention"]
    return TippingPoint(row["value"], row["along"], row["held"] == "yes", shift, row["searched"])

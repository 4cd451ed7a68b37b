"""A share of rows of which one person may have several, e.g. of meetings those that were kept.

People are the independent ones: the variance of the ratio of their sums is linearised (Cochran
1977, Sampling Techniques, eq. 6.13), and Wilson's interval is that of as many rows as they are
worth, with Student's t on people - 1 df in place of the normal quantile (Korn & Graubard 1998,
Survey Methodology 24:193-201, of intervals at an effective number).
"""

from collections.abc import Sequence
from math import fsum
from typing import Any

from cesp_analysis.feasibility.clustering import Cluster
from cesp_analysis.intervals import wilson_at

METHOD = "Wilson at the effective number of rows: people independent, t on people - 1 df"
ONE_PERSON = "all rows are of one person"


def by_person(persons: Sequence[Cluster], level: float) -> dict[str, Any]:
    """The interval of a share of rows, with its design effect; persons: (events, rows) of each.

    None of one person.
    """
    from cesp_analysis.models.student import t_quantile

    people, n = len(persons), sum(rows for _, rows in persons)
    events = sum(own for own, _ in persons)
    if people < 2:
        return {"people": people, "reason": f"{ONE_PERSON}: no interval"}
    # times n these are whole numbers, and exactly 0 where everybody is alike
    residuals = [(own * n - events * rows) / n for own, rows in persons]
    deff = deff_of_people(residuals, n, events / n * (1 - events / n))
    low, high = wilson_at(events / deff, n / deff, t_quantile(0.5 + level / 2, people - 1))
    return {
        "people": people, "person_deff": deff, "ci_low": low, "ci_high": high, "method": METHOD,
    }  # fmt: skip


def deff_of_people(
    residuals: Sequence[float], rows: int, variance: float, rounding: float = 0.0
) -> float:
    """How many rows are worth one: the linearised variance of their mean over that of as many
    independent rows, at least 1.

    residuals: of each of two or more people the sum of their rows' deviations from the mean;
    variance: of a row; rounding: what is no deviation. Where all people are alike, rows are worth
    no more than their people.
    """
    people = len(residuals)
    if all(abs(own) <= rounding for own in residuals):
        return rows / people
    squares = fsum(own * own for own in residuals)
    return max(1.0, people / (people - 1) * squares / (variance * rows))

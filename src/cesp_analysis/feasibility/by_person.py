"""A share of rows of which one person may have several, e.g. of meetings those that were kept.

People are the independent ones: the variance of the ratio of their sums is linearised (Cochran
1977, Sampling Techniques, eq. 6.13), and Wilson's interval is that of as many rows as they are
worth, with Student's t on people - 1 df in place of the normal quantile (Korn & Graubard 1998,
Survey Methodology 24:193-201, of intervals at an effective number).
"""

from collections.abc import Sequence
from typing import Any

from cesp_analysis.feasibility.clustering import Cluster
from cesp_analysis.feasibility.intervals import wilson_at

METHOD = "Wilson at the effective number of rows: people independent, t on people - 1 df"


def by_person(persons: Sequence[Cluster], level: float) -> dict[str, Any]:
    """The interval of a share of rows, with its design effect; persons: (events, rows) of each.

    Rows that all say the same are worth no more than their people. None of one person.
    """
    from cesp_analysis.models.student import t_quantile

    people, n = len(persons), sum(rows for _, rows in persons)
    events = sum(own for own, _ in persons)
    if people < 2:
        return {"people": people, "reason": "all rows are of one person: no interval"}
    share = events / n
    squares = sum((own - share * rows) ** 2 for own, rows in persons)
    simple = share * (1 - share) * n
    deff = people / (people - 1) * squares / simple if squares > 0 else n / people
    deff = max(deff, 1.0)
    low, high = wilson_at(events / deff, n / deff, t_quantile(0.5 + level / 2, people - 1))
    return {
        "people": people, "person_deff": deff, "ci_low": low, "ci_high": high, "method": METHOD,
    }  # fmt: skip

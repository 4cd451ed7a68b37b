"""Sums of amounts (costs, minutes, contacts) that would tell one person's."""

from collections.abc import Callable, Iterable, Sequence

from cesp_analysis.disclosure.leaving import Row

Contributions = Callable[[Row], Sequence[float]]
"""A row of a table with a sum → what each person adds to it."""


def dominated(amounts: Iterable[float], largest_share: float) -> bool:
    """Whether one person makes up more than `largest_share` of a sum: the (1, k) rule of
    dominance. Of nobody's amounts, or of amounts that are all nought, nobody does.

    Source: Hundepool and others (2012), Statistical Disclosure Control, section 4.2.
    """
    sizes = [abs(amount) for amount in amounts]
    return max(sizes, default=0.0) > largest_share * sum(sizes)


def of_contacts(people: Sequence[Row]) -> Contributions:
    """What each person of a group adds to the contacts, or minutes, of contacts.csv.

    people: the rows of dose.csv.
    """

    def amounts(row: Row) -> list[float]:
        own = [p for p in people if row["of"] == "all" or p["site"] == row["group"]]
        named = row["quantity"] if row["quantity"] in ("contacts", "minutes") else "contacts"
        return [float(person[named]) for person in own if person[named] is not None]

    return amounts

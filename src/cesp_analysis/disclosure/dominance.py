"""Sums of amounts (costs, minutes, contacts) that would tell one person's."""

from collections.abc import Callable, Iterable, Sequence

from cesp_analysis.columns import Row

Contributions = Callable[[Row, str], Sequence[float]]
"""A row of a table and a column that holds a sum → what each person adds to it."""


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

    def amounts(row: Row, column: str = "") -> list[float]:
        own = [p for p in people if row["of"] == "all" or p["site"] == row["group"]]
        named = row["quantity"] if row["quantity"] in ("contacts", "minutes") else "contacts"
        return [float(person[named]) for person in own if person[named] is not None]

    return amounts


def of_costs(row: Row, column: str) -> list[float]:
    """What the dearest person of a row of costs.csv adds to the sum that a mean tells, to the sum
    of squares that an SD does, and each of the other users, taken as alike: they add less."""
    power = 2 if column == "sd" else 1
    highest, whole = row["highest"] ** power, row["mean"] * row["n"]
    if power == 2:
        whole = row["mean"] * whole + (row["n"] - 1) * row["sd"] ** 2
    others = row["users"] - 1
    return [highest, *[(whole - highest) / others] * others]

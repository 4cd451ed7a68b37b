"""What an hour of a link worker costs, where no figure is published.

Made of pay, on-costs, overheads and hours (micro-costing; Drummond et al. 2015, ch. 7), or of a
declared proxy.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cesp_analysis.declared.resources import Hourly
from cesp_analysis.economics.price_index import Changes, inflated
from cesp_analysis.economics.prices import Brought, Price, brought, chosen

USUAL = (10.0, 150.0)
"""£ between which an hour of any staff costs: a minimum wage without on-costs, and a consultant's
(PSSRU Unit Costs 2023 and 2024, tables of staff)."""


@dataclass(frozen=True)
class Hour:
    """What an hour costs: £ of the price year that its parts are of, by what factor prices rose to
    the study's year, and how it was made; row: of a proxy, the item."""

    published: float
    price_year: str
    factor: float
    how: str
    placeholder: bool
    row: Brought | None

    @property
    def value(self) -> float:
        """£ of the study's price year."""
        return self.published * self.factor

    @property
    def odd(self) -> str:
        """That it is dearer or cheaper than an hour of anybody's; '' where it is not."""
        low, high = USUAL
        if low <= self.value <= high:
            return ""
        return (
            f"an hour costs £{self.value:,.2f} ({self.how}), outside £{low:g} to £{high:g}, which"
            " hours of staff cost: see pay (a year's, in £), hours (a year's) and shares"
            " (economics.intervention.hourly)"
        )


def hour_of(
    how: Hourly, prices: Sequence[Price], changes: Changes, year: str, qualified: bool
) -> Hour:
    """The cost of an hour; ValueError where an item or an index is lacking."""
    if how.unit_cost is not None:
        unit = chosen(how.unit_cost, prices, year).unit
        if unit not in ("hour", "minute"):
            raise ValueError(
                f"{how.unit_cost} is by {unit}; a proxy must be of an hour: name such an item"
            )
        row = brought(how.unit_cost, prices, changes, year, qualified)
        whole = row.published * (60 if row.price.unit == "minute" else 1)
        told = f"as {row.price.label} (proxy)"
        return Hour(whole, row.price.year, row.factor, told, how.placeholder, row)
    assert how.salary is not None and how.hours is not None and how.price_year is not None
    whole = how.salary * (1 + how.on_costs) * (1 + how.overheads) / how.hours
    factor = inflated(1.0, how.price_year, changes, year, how.index)
    told = (
        f"pay {how.salary:,.0f} a year with on-costs of {how.on_costs:.1%} and overheads of"
        f" {how.overheads:.1%}, over {how.hours:,.0f} hours"
    )
    return Hour(whole, how.price_year, factor, told, how.placeholder, None)

"""What of the section is priced, without the words that tables alone say."""

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.resources import Delivered, PriceYear, Service, Use


class Costed(Frozen):
    """The section's prices, services and the intervention; perspectives: name → sectors."""

    price_year: PriceYear
    discount: float = 0.0
    qualifications: bool = False
    use: Use | None = None
    services: dict[Name, Service] = {}
    intervention: Delivered | None = None
    perspectives: dict[Name, tuple[Name, ...]] = {}

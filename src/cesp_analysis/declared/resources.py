"""What people used, what it costs, and whose costs count."""

import re
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from cesp_analysis.declared.base import Frozen, Name


def is_price_year(word: str) -> bool:
    """Whether it is a financial year, as the sources of unit costs have it: 2023/24."""
    return bool(re.fullmatch(r"[0-9]{4}/[0-9]{2}", word)) and word == following(word, 0)


def following(year: str, by: int = 1) -> str:
    """The financial year so many years after one: 2019/20 → 2020/21."""
    first = int(year[:4]) + by
    return f"{first}/{(first + 1) % 100:02d}"


def _price_year(word: object) -> str:
    """Before it is asked whether it is text: 2023 without quotes is no year of prices either."""
    if word is None:
        raise ValueError("is empty; write a financial year like 2023/24")
    if not isinstance(word, str) or not is_price_year(word):
        raise ValueError(f"must be a financial year like 2023/24, not '{word}'")
    return word


def _share(value: object) -> object:
    """Before it is asked whether it is a number."""
    if isinstance(value, int | float) and value > 1:
        raise ValueError(f"is a share, at most 1: write {value / 100:g} for {value:g}%")
    return value


Share = Annotated[float, BeforeValidator(_share), Field(ge=0)]
PriceYear = Annotated[str, BeforeValidator(_price_year)]
OWN_TIME, OWN_SHARE = "intervention.time", "intervention.shared"
"""What the intervention's own cost is made of: time of link workers, what a site shares."""
INTERVENTION = "intervention"
"""The sector of what the intervention itself costs."""


class Use(Frozen):
    """A file with one row for each person, time and service."""

    file: Name = Field(description="The file (level: person, one_row_per: any, with a time).")
    service: Name = Field(description="Its variable that names the service.")
    amount: Name = Field(description="Its variable with how much of it: contacts, hours, nights.")
    minutes: Name | None = Field(
        default=None, description="Its variable with the minutes of each contact, if it was asked."
    )
    recall: Name | None = Field(
        default=None,
        description="Its variable with the months that a service was asked about; by default the"
        " time since the last time of the study (at the first time: as long as to the second).",
    )
    setting: Name | None = Field(
        default=None,
        description="Its variable that says where a service was given (home, surgery, telephone):"
        " for the table of use; it moves no cost.",
    )
    not_listed: Literal["missing", "none"] = Field(
        default="missing",
        description="A service that a person's rows at a time do not list: not known, or not used"
        " (none; not known all the same where one of the rows names no declared service).",
    )
    not_priced: dict[str, str] = Field(
        default_factory=dict,
        description="Values of `service` that have no price here → why, e.g. a yes or no of what"
        " others count.",
    )


class Service(Frozen):
    """One service, and how it is priced."""

    label: str = Field(description="How tables call it.")
    unit_cost: str = Field(
        min_length=1, description="The item of the unit costs that it is priced by."
    )
    sector: Name = Field(description="Who pays: a word that perspectives name, e.g. nhs.")
    setting: str | None = Field(
        default=None,
        min_length=1,
        description="Where it is given, e.g. home or hospital: for the table of use, where the file"
        " does not say (use.setting); it moves no cost.",
    )
    variable: Name | None = Field(
        default=None,
        description="Of exports with a column a service: the variable with how much of it, in"
        " place of rows of `use`.",
    )
    months: float | None = Field(
        default=None,
        gt=0,
        description="The months that it was asked about, the same of everybody (of rows of `use`,"
        " where these have no `recall`, or a blank one); by default the time since the last time of"
        " the study.",
    )
    per: Literal["amount", "minutes"] = Field(
        default="amount",
        description="What the unit cost is of: the amount itself, or amount × minutes, of an item"
        " whose unit is an hour or a minute.",
    )
    minutes_each: float | None = Field(
        default=None, gt=0, description="per: minutes, where the file says none of a contact."
    )
    most: float | None = Field(
        default=None,
        gt=0,
        description="The dearest that one person's use between two times can be: what lies above"
        " it stops the run (pence for pounds, hours for contacts).",
    )


class Hourly(Frozen):
    """What an hour of a link worker costs: no figure is published, so it is made up of parts."""

    salary: float | None = Field(default=None, gt=0, description="A year's gross pay, £.")
    on_costs: Share = Field(
        default=0.0, description="Employer's contributions, as a share of the pay."
    )
    overheads: Share = Field(
        default=0.0, description="Management, premises, as a share of pay with on-costs."
    )
    hours: float | None = Field(
        default=None, gt=0, description="Working hours a year, without leave and sickness."
    )
    price_year: PriceYear | None = Field(default=None, description="Of the salary.")
    index: str = Field(
        default="nhscii", description="By which index the salary is brought to the study's year."
    )
    unit_cost: str | None = Field(
        default=None, description="In place of all these: an item of the unit costs as a proxy."
    )
    source: str = Field(min_length=1, description="Where these figures are from.")
    placeholder: bool = Field(
        default=False, description="true: nobody has said so yet; the report says it."
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        parts = (self.salary, self.hours, self.price_year)
        if self.unit_cost is None and None in parts:
            raise ValueError("say salary, hours and price_year, or unit_cost in place of them")
        more = {"on_costs": self.on_costs, "overheads": self.overheads, "index": self.index}
        idle = [name for name, one in more.items() if one != type(self).model_fields[name].default]
        if self.unit_cost is not None and any(part is not None for part in parts):
            raise ValueError("it has a unit_cost and parts of a salary; leave one of them out")
        if self.unit_cost is not None and idle:
            raise ValueError(
                f"{', '.join(idle)} would do nothing beside unit_cost, a whole price with an index"
                " of its own; leave out what is not meant"
            )
        return self


class Shared(Frozen):
    """A cost of the intervention at a site, which all people there share: training, panels."""

    label: str = Field(description="How tables call it.")
    cost: float = Field(ge=0, description="£ at each site of the intervention, in all.")
    price_year: PriceYear = Field(description="Of the figure.")
    index: str = Field(
        default="nhscii", description="By which index it is brought to the study's year."
    )
    people: int | None = Field(
        default=None,
        ge=1,
        description="How many people share it at a site, studied or not; by default those of the"
        " study, which makes it dear where the service reaches more.",
    )
    source: str = Field(min_length=1, description="Where the figure is from.")
    placeholder: bool = Field(default=False, description="true: nobody has said so yet.")


class Delivered(Frozen):
    """What the intervention costs: time with people, the work beside it, what a site shares."""

    label: str = Field(default="Intervention", description="How tables call it.")
    file: Name = Field(description="The file with one row a contact with a link worker, dated.")
    minutes: Name = Field(description="Its variable with the minutes of a contact.")
    setting: Name | None = Field(
        default=None,
        description="Its variable that says where or how a contact was (in person, telephone): for"
        " the table of use; it moves no cost.",
    )
    counted: str | None = Field(
        default=None,
        description="Which contacts cost time: a condition on its variables; by default all.",
    )
    lead_days: int = Field(
        default=90,
        ge=0,
        description="Contacts up to so many days before a person's start (a first call before the"
        " first questionnaire) are of this intervention and cost in the first period; earlier ones"
        " are of another time, or misdated: they cost nothing here, and are counted in the warnings"
        " of costs.csv.",
    )
    indirect: float = Field(
        default=0.0, ge=0, description="Minutes of other work for a minute with people."
    )
    supervision: Share = Field(
        default=0.0, description="Supervision and support, as a share of the time's cost."
    )
    hourly: Hourly
    shared: dict[Name, Shared] = Field(default_factory=dict)
    most: float | None = Field(
        default=None, gt=0, description="The dearest that it can be for one person, £."
    )


class Perspective(Frozen):
    """Whose costs count."""

    label: str = Field(description="How tables call it, e.g. NHS and personal social services.")
    sectors: tuple[Name, ...] = Field(
        min_length=1, description="Sectors of services; `intervention` is the intervention's own."
    )

"""Figures from outside: what somebody else publishes of the sites and of places like them."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from cesp_analysis.declared.base import Frozen, Name

Period = Annotated[
    str,
    BeforeValidator(lambda word: str(word) if type(word) is int else word),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
]
"""A year, YYYY-MM or YYYY-MM-DD: text that sorts as it should."""


class ExternalColumns(Frozen):
    """What the columns of the file are called."""

    authority: str = Field(default="authority", description="Which place a line is of.")
    period: str = Field(default="period", description="Its year or date (YYYY-MM-DD).")
    series: str = Field(default="series", description="Which figure it is.")
    value: str = Field(default="value", description="The figure.")
    source: str | None = Field(
        default=None, description="Where the line's figure comes from, if the file says so."
    )


class Series(Frozen):
    """One series of the file."""

    label: str = Field(description="How tables and figures call it.")
    unit: str = Field(default="", description="Its unit.")
    written: str | None = Field(
        default=None, description="What the file calls it, where that is another word."
    )
    decimals: int = Field(default=1, ge=0, le=6, description="Decimals in tables.")


class External(Frozen):
    """One CSV file of figures by authority and period, beside the study's own data."""

    path: str = Field(description="The CSV, relative to the study's folder; UTF-8.")
    columns: ExternalColumns = ExternalColumns()
    source: str = Field(description="Who publishes it: printed beside every number from it.")
    authorities: dict[Name, str] = Field(
        min_length=1, description="Site → what the file calls the authority that it is in."
    )
    series: dict[Name, Series] = Field(min_length=1, description="The series that are read.")
    before: Period = Field(
        description="The last period before the intervention: divergences are taken up to it."
    )
    after: Period | None = Field(
        default=None,
        description="The period after it that the relabelling compares with `before`; by default"
        " none.",
    )
    over: int = Field(
        default=1,
        ge=1,
        description="Over how many periods changes are taken: as many as lie between the times"
        " that models compare.",
    )

"""A study's own value sets: tables that give each state of an instrument a value."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen


class ValueSet(Frozen):
    """One CSV table of states and values, by age and sex if it has them (a mapping)."""

    instrument: str = Field(
        description="Whose states: the digits of its items (optional ones left out), in order."
    )
    path: str = Field(description="The CSV, relative to the study's folder, e.g. in data/raw.")
    label: str = Field(description="How tables of answers call the score that it yields.")
    source: str = Field(description="Who published it: paper, DOI, and where the file is from.")
    state: str = Field(default="state", description="Its column of states: 11221.")
    value: str = Field(default="value", description="Its column of values.")
    age: str | None = Field(default=None, description="Its column of ages or age bands, if any.")
    sex: str | None = Field(default=None, description="Its column of sexes, if any.")
    age_variable: str | None = Field(
        default=None, description="The covariate, or variable, that holds the age in years."
    )
    sex_variable: str | None = Field(
        default=None, description="The covariate, or variable, that holds the sex."
    )
    ages: dict[str, tuple[float, float | None]] = Field(
        default_factory=dict,
        description="Age band as the table writes it → first and last year of age (null: no last);"
        " 18-34, 75+ and 40 are read without.",
    )
    sexes: dict[str, str] = Field(
        default_factory=dict,
        description="Sex as the table writes it → category of sex_variable, where they differ.",
    )
    range: tuple[float, float] = Field(
        default=(-1.0, 1.0), description="Lowest and highest value; others are faults of the table."
    )

"""How well, how much and by whom the intervention was delivered: fidelity, dose, panels."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name


class Levels(Frozen):
    """From which fidelity on delivery counts as moderate and as high; below moderate it is low."""

    moderate: float = Field(gt=0, lt=1, description="Moderate from this fidelity on.")
    high: float = Field(gt=0, le=1, description="High from this fidelity on.")


class CutOffs(Levels):
    """From which fidelity on delivery counts as moderate and as high; below moderate it is low."""

    rationale: str = Field(
        min_length=1,
        description="Why these. No published cut-off was found for Connecting People, so the report"
        " prints this sentence.",
    )


class Periods(Frozen):
    """Parts of the time since a person's start, in which ratings are described apart."""

    cuts: tuple[float, ...] = Field(
        min_length=1,
        description="In the study's unit of time since a person's start (visits.since, or the"
        " answers at the first time); a rating on a cut belongs to the later period.",
    )
    labels: tuple[str, ...] = Field(description="One more label than cuts.")


class Rated(Frozen):
    """What the step `fidelity` reads of the section: all but what only the report says."""

    file: Name = Field(
        description="The file (level: person, one_row_per: any, with a date) with one row a rating."
    )
    source: Name = Field(description="Its variable that says who rated: a source.")
    rater: Name | None = Field(
        default=None, description="Its variable that names the rater, who tells pairs of raters."
    )
    sources: dict[str, str] = Field(
        min_length=1, description="Each source's value of that variable → how tables call it."
    )
    components: tuple[Name, ...] = Field(
        min_length=1, description="Its variables that hold the components, each from 0 to 1."
    )
    steps: tuple[float, ...] = Field(
        min_length=2,
        description="The values that a component can have, in order, e.g. [0, 0.5, 1]: the"
        " categories of kappa.",
    )
    minimum_components: int | None = Field(
        default=None,
        ge=1,
        description="An overall score needs so many components; by default all of them.",
    )
    cut_offs: Levels
    weights: Literal["linear", "quadratic"] = Field(
        default="quadratic", description="Of weighted kappa: how much a step of difference counts."
    )
    paired_within: int = Field(
        default=31,
        ge=0,
        description="Two ratings of a person within so many days are of one occasion, so that their"
        " raters can be compared.",
    )
    periods: Periods | None = None
    minimum: int = Field(
        default=5, ge=2, description="With fewer people than this, their number stands alone."
    )


class Fidelity(Rated):
    """Ratings of how the intervention was delivered to people of the intervention arm.

    A person's fidelity on a component is the mean of the sources that rated it, each source being
    the mean of its ratings of the person; the overall score is the mean of the components.
    """

    cut_offs: CutOffs


class DoseResponse(Frozen):
    """Which changes are set beside dose and fidelity: exploratory, and no causal effect."""

    outcomes: tuple[str, ...] = Field(min_length=1, description="Outcomes of people.")
    times: tuple[str, ...] | None = Field(
        default=None, min_length=1, description="Later times; by default all of them."
    )


class Dose(Frozen):
    """Contacts of people with their link worker."""

    file: Name = Field(
        description="The file (level: person, one_row_per: any, with a date) with one row a contact"
        " that was offered."
    )
    attended: str | None = Field(
        default=None,
        description="Which contacts were kept: a condition on its variables; by default all.",
    )
    minutes: Name | None = Field(default=None, description="Its variable with the minutes.")
    response: DoseResponse | None = None
    minimum: int = Field(
        default=5, ge=2, description="With fewer people than this, their number stands alone."
    )


class Activity(Frozen):
    """Meetings of panels of local people and of partners: a record of process, no outcome."""

    file: Name = Field(
        description="The file (level: other, with site and date) with one row a meeting."
    )
    panel: Name = Field(description="Its variable that says which panel met.")
    panels: dict[str, str] = Field(
        min_length=1, description="Each panel's value of that variable → how tables call it."
    )
    invited: Name | None = Field(default=None, description="Its variable: how many were invited.")
    attended: Name | None = Field(default=None, description="Its variable: how many came.")
    agreed: Name | None = Field(default=None, description="Its variable: actions agreed.")
    done: Name | None = Field(default=None, description="Its variable: actions done of these.")
    by: Literal["year", "half_year", "quarter"] = Field(
        default="year", description="The parts of calendar time that stand beside the whole."
    )

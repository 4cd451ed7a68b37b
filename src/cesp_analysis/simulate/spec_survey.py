"""The parts of a simulated study's specification that are about the community surveys."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from cesp_analysis.simulate.spec_delivery import Residents
from cesp_analysis.simulate.spec_parts import Share, Spec, Trait

Disposition = Literal[
    "complete",
    "partial",
    "refusal",
    "non_contact",
    "other",
    "unknown_household",
    "unknown_other",
    "not_eligible",
]


class AgeBand(Spec):
    """Share of the population and of those who answer; their ratio is the design weight."""

    population: Share
    sample: Share
    general: float = 0.0


class Wave(Spec):
    """One wave of the community survey and its file.

    interviewed: site → share of those who would have answered on paper and were interviewed;
    reversed: item → its column in this wave, which has the lowest code for the highest.
    """

    name: str
    file: str
    first: date
    days: int
    respondents: dict[str, int]
    missing_code: int | None = None
    sheet: str = ""
    questionnaire: str
    interviewed: dict[str, Share] = {}
    reversed: dict[str, str] = {}


class Invitations(Spec):
    """The sampling frame: how many were invited, and what became of those who did not answer.

    invited: site → wave → addresses; rest: site → wave → disposition → share of those without a
    complete answer; spread: SD of the log number of them between neighbourhoods.
    """

    file: str
    prefix: str
    invited: dict[str, dict[str, int]]
    spread: float = Field(ge=0)
    rest: dict[str, dict[str, dict[Disposition, Share]]]

    @model_validator(mode="after")
    def _rest_has_no_complete(self) -> Self:
        for site, waves in self.rest.items():
            for wave, shares in waves.items():
                if "complete" in shares or abs(sum(shares.values()) - 1) > 1e-9:
                    raise ValueError(f"{site}, {wave}: shares of the others must have sum 1")
        return self


class Population(Spec):
    """Whom the survey speaks of: adults by age band and sex, and by tenure, of each site.

    adults: site → number, the same at all waves; women: age band → share; tenure: site → wave →
    tenure → share; sex_groups: sex → the category of the margin; words: site, wave → how the
    margins write it.
    """

    age_sex_file: str
    tenure_file: str
    adults: dict[str, int]
    sex_groups: dict[str, str]
    women: dict[str, Share]
    tenure: dict[str, dict[str, dict[str, Share]]]
    words: dict[str, str]


class Naming(Spec):
    """How many a respondent names: gamma-Poisson, at most `most`; ratio: TRUE rate ratio."""

    mean: float = Field(gt=0)
    shape: float = Field(gt=0)
    most: int
    general: float = 0.0
    ratio: dict[str, float] = {}  # at a wave, intervention


class Group(Spec):
    """A group that respondents name: where it meets, and whether it is an organisation."""

    site: str = ""  # blank: everywhere
    organisation: bool
    drawn: float = Field(gt=0)  # how often it is named, relative to others


class Ties(Spec):
    """Whom respondents turn to (codes, not names), and the groups that they belong to."""

    file: str
    waves: tuple[str, ...]
    people: Naming
    groups: Naming
    near: Share  # of the people named: live in the neighbourhood
    known: int  # people of a neighbourhood who may be named
    relations: dict[str, float]
    contact: dict[str, float]
    named_groups: dict[str, Group]


class Measure(Spec):
    """An annual figure: a level of each authority, a common trend, a random walk of its own.

    value = mean + trend * (year - first) + between * u[authority] + sum of annual steps (SD `step`)
    + a sampling error (SD `error`). Two authorities' changes over k years differ with
    SD step * sqrt(2 k), but for the sampling errors.
    """

    mean: float
    between: float = Field(ge=0)
    trend: float
    step: float = Field(ge=0)
    error: float = Field(ge=0)


class Authorities(Spec):
    """Figures of local authorities from outside: annual, the sites' among many others'."""

    file: str
    years: tuple[int, int]
    names: tuple[str, ...]
    measures: dict[str, Measure]


class Survey(Spec):
    """Respondents: who they are, how many come back, what is true of them."""

    prefix: str
    panel: Share
    weight_sd: float
    age_bands: dict[str, AgeBand]
    sex: dict[str, float]
    tenure: dict[str, float]
    mode: dict[str, float]
    interview: str  # the mode of those interviewed
    item_missing: Share
    instruments: tuple[str, ...]
    traits: dict[str, Trait]
    waves: tuple[Wave, ...]
    invitations: Invitations
    population: Population
    ties: Ties
    residents: Residents

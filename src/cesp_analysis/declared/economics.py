"""Cost-effectiveness: costs, QALYs, missing answers, thresholds, decisions."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.resources import Delivered, Perspective, PriceYear, Service, Use

NotNegative = Annotated[float, Field(ge=0)]
Arm = Literal["intervention", "control"]
LEAST = 1_000
"""£ a QALY below which a threshold was written in thousands."""


def _pounds(value: float) -> float:
    if 0 < value < LEAST:
        raise ValueError(f"is £ a QALY: write {1000 * value:.0f} for {value:g} thousand")
    return value


Threshold = Annotated[float, Field(ge=0), AfterValidator(_pounds)]
OWN_QUANTITIES = ("utility", "cost", "qalys")
"""What the table that is imputed calls people's utilities, costs and QALYs: no other column's."""


class Quantity(Frozen):
    """Where a number of people is: a score of an instrument, or a variable."""

    label: str = Field(description="How tables call it; of a utility, with its value set.")
    score: str | None = Field(default=None, description="instrument.score, e.g. eq5d_5l.uk_2026.")
    variable: Name | None = Field(default=None, description="A variable of a file of people.")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.score is None) == (self.variable is None):
            raise ValueError("say score or variable, one of them")
        return self


class Totals(Quantity):
    """Where people's total costs are, of the whole follow-up."""

    most: float | None = Field(
        default=None,
        gt=0,
        description="The dearest that one person's total can be: what lies above it stops the run"
        " (pence for pounds).",
    )


class BootImpute(Frozen):
    """How people's table is imputed, and how bootstrap samples are drawn and completed."""

    replicates: int = Field(default=1000, ge=200, description="Bootstrap samples.")
    imputations: int = Field(default=2, ge=2, description="Completed tables of each.")
    sets: int = Field(default=50, ge=5, description="Imputed sets, for Rubin's rules.")
    method: Literal["norm", "pmm"] = Field(
        default="norm",
        description="How utilities and other numbers of the evaluation are imputed, whatever"
        " missing_data.imputation.method is: norm (Bayesian linear regression; how many imputed"
        " utilities cannot be is said), or pmm (values that others had; biased with few people)."
        " Costs are always imputed by pmm, and foretell others by their logarithms.",
    )
    parts: int = Field(
        default=2,
        ge=1,
        le=1000,
        description="Jobs that share the bootstrap samples, which are the same however many: on a"
        " cluster as many as nodes.",
    )


class Departure(Frozen):
    """Not missing at random: imputed values of an arm, of times after the first, are multiplied
    (Leurent 2018)."""

    label: str = Field(description="How tables call it.")
    utility: dict[Arm, NotNegative] = Field(
        default_factory=dict, description="Arm → by what imputed utilities are multiplied."
    )
    cost: dict[Arm, NotNegative] = Field(
        default_factory=dict, description="Arm → by what imputed costs are multiplied."
    )


class Varied(Frozen):
    """A bar of the tornado: one parameter at its low and its high value."""

    label: str = Field(description="How the figure calls it.")
    of: str = Field(
        description="services.NAME (its unit cost), intervention.hourly, intervention.indirect,"
        " intervention.shared, discount."
    )
    low: float = Field(ge=0, description="In place of the value in use; of prices a multiple.")
    high: float = Field(ge=0, description="The same.")
    holds: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="With which probability it lies between low and high, where that is known:"
        " then what it would be worth to know it is told; by default they are ends to try.",
    )


class Information(Frozen):
    """Whom a decision concerns: what better evidence is worth in all."""

    incidence: float = Field(gt=0, description="People a year for whom the decision is made.")
    years: float = Field(gt=0, description="For how many years it stands.")
    threshold: Threshold | None = Field(
        default=None,
        description="£ a QALY of the curve by sample size; by default the first.",
    )
    sizes: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        default=(50, 100, 200, 300, 400, 500, 750, 1000, 1500, 2000, 3000, 5000),
        min_length=1,
        description="People an arm of a further trial.",
    )
    trial_fixed: float = Field(default=0.0, ge=0, description="Cost of a further trial, £.")
    trial_per_person: float = Field(default=0.0, ge=0, description="And for each person in it, £.")
    source: str = Field(min_length=1, description="Where these figures are from.")


class Economics(Frozen):
    """An economic evaluation beside the study: costs, QALYs, net benefit, decisions."""

    price_year: PriceYear = Field(description="To which prices are brought.")
    qualifications: bool = Field(
        default=False, description="Unit costs with what training of the staff once cost."
    )
    unit_costs: str | None = Field(
        default=None,
        description="A CSV of the study's own (item, unit, price_year, cost, source; index: by"
        " which a price is brought to price_year, blank: nhscii, that of the NHS; of social care"
        " write pss); its items come before those that are shipped.",
    )
    index: str | None = Field(
        default=None,
        description="A CSV of price changes (index, year, change, source), change in percent (3.4,"
        " not 1.034); an index that it names comes whole in place of a shipped one of this name.",
    )
    use: Use | None = None
    services: dict[Name, Service] = Field(default_factory=dict)
    intervention: Delivered | None = None
    perspectives: dict[Name, Perspective] = Field(
        default_factory=dict, description="The first is the main one."
    )
    costs: Totals | None = Field(
        default=None,
        description="Total costs of each person as the study has them, in place of services: one"
        " number of the whole follow-up, which stands at the last time. Values at a time between"
        " stop the run; those at the first time are not used, and warnings say so.",
    )
    baseline_costs: bool = Field(
        default=True,
        description="Costs before the study enter the analysis, and what is imputed, where there"
        " are any: of services; totals (`costs`) have none.",
    )
    utility: Quantity = Field(description="Utilities: at the first time, and at later ones.")
    value_sets: dict[Name, Quantity] = Field(
        default_factory=dict, description="Other value sets, as sensitivity."
    )
    qalys: Quantity | None = Field(
        default=None,
        description="QALYs as the study has them, in place of later utilities: of the whole"
        " follow-up, at the last time, as `costs`.",
    )
    discount: float = Field(
        default=0.035, ge=0, lt=1, description="A year, of costs and QALYs after the first year."
    )
    thresholds: tuple[Threshold, ...] = Field(
        default=(20_000, 25_000, 30_000, 35_000),
        min_length=1,
        description="£ a QALY. NICE's were 20,000 to 30,000 and are 25,000 to 35,000 since 2026.",
    )
    curve_to: Threshold = Field(
        default=50_000, gt=0, description="How far the acceptability curve goes, £ a QALY."
    )
    covariates: tuple[str, ...] = Field(
        default=(), description="Covariates of people, of both equations and of imputation."
    )
    auxiliaries: tuple[str, ...] = Field(
        default=(),
        description="Outcomes and covariates that imputation sees as well. Of"
        " missing_data.imputation its iterations, donors and within hold here too; its method (here"
        " missing.method), its auxiliaries, items and interactions, which are of the models'"
        " outcomes, do not.",
    )
    covariance: Literal["classical", "HC2"] = Field(
        default="HC2",
        description="Of regressions without a cluster; with one it is CR2 (as in the models).",
    )
    cluster: Literal["link_worker", "neighbourhood"] | None = Field(
        default=None,
        description="What is drawn as a whole, and allowed for: as in the models of effects."
        " People without a link worker are drawn by themselves.",
    )
    missing: BootImpute = BootImpute()
    departures: dict[Name, Departure] = Field(default_factory=dict)
    tornado: dict[Name, Varied] = Field(default_factory=dict)
    subgroups: tuple[str, ...] = Field(
        default=(),
        description="Covariates with categories, in each of which net benefit is shown. They"
        " foretell what is imputed, so that the base case's imputed answers, and its estimates with"
        " them, are others than without them; no estimate is adjusted for them (covariates).",
    )
    information: Information | None = None
    wellby: float | None = Field(
        default=None,
        gt=0,
        description="£ of a point of life satisfaction for a year (HM Treasury 2021: 13,000 in 2019"
        " prices), never added to QALYs.",
    )
    wellby_price_year: PriceYear | None = Field(
        default=None,
        description="Of the figure, which is brought to price_year as costs are; of a calendar year"
        " the financial year that begins in it.",
    )
    wellby_index: str = Field(
        default="nhscii",
        description="By which index (economics.index, or a shipped one); HM Treasury's guidance"
        " takes the GDP deflator and the growth of real income per head: an index of your own.",
    )
    wellby_source: str = Field(default="", description="Whose figure.")
    life_satisfaction: str | None = Field(
        default=None, description="The outcome of life satisfaction that it is of."
    )

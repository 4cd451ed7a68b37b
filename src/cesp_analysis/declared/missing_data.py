"""How missing answers of people are imputed: what a study declares of it."""

from typing import Literal

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.missing_sensitivity import Sensitivity


class Imputation(Frozen):
    """Multiple imputation by chained equations, for the models that say missing_data: imputed."""

    sets: int = Field(
        default=50,
        json_schema_extra={"minimum": 2},
        description="Imputed sets to begin with: 2 or more. More are made until monte_carlo holds.",
    )
    most: int = Field(
        default=500,
        json_schema_extra={"minimum": 2},
        description="No more sets than so many; where monte_carlo does not hold then, a warning"
        " says so.",
    )
    monte_carlo: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="Largest Monte Carlo error of a pooled estimate of a primary outcome, as a"
        " share of its standard error: its distance from infinitely many sets."
        " Another seed differs by some 1.4 times that.",
    )
    iterations: int = Field(
        default=10,
        ge=1,
        le=200,
        description="Rounds of the chained equations; where gaps nest, one is enough and is taken.",
    )
    within: Literal["arm", "site"] = Field(
        default="arm", description="The equations are apart in each arm, or in each site."
    )
    method: Literal["norm", "pmm"] = Field(
        default="norm",
        description="For scales: norm (Bayesian linear regression; values may lie between or beyond"
        " those of the scale, which is right for means), pmm (values that were observed; biased"
        " with few people). Yes or no: logistic; ordinal: proportional odds; counts, amounts: pmm.",
    )
    donors: int = Field(default=5, ge=1, le=50, description="pmm: how many answers it draws from.")
    items: tuple[Name, ...] = Field(
        default=(),
        description="Outcomes that are an instrument's score, imputed item by item and scored"
        " afterwards, in place of the instrument's rule for missing items.",
    )
    auxiliaries: tuple[Name, ...] = Field(
        default=(),
        description="Covariates and outcomes that help to predict, beside what the models hold;"
        " of outcomes all times.",
    )
    interactions: tuple[tuple[Name, ...], ...] = Field(
        default=(),
        description="Products in the equations: [age, wellbeing]; of outcomes at each time. The"
        " equations are apart within arms, so that products with the arm are there.",
    )


class MissingData(Frozen):
    """Missing answers of people: multiple imputation."""

    imputation: Imputation = Imputation()
    sensitivity: Sensitivity | None = Field(
        default=None,
        description="How far the answer is pushed where those who are lost may differ; {} takes all"
        " defaults.",
    )

"""What was declared beforehand: confirmatory families of estimates, a specification curve."""

from pydantic import Field

from cesp_analysis.declared.base import Frozen, Name


class Family(Frozen):
    """Estimates that are tested together: their p-values are adjusted by Holm's method."""

    label: str = Field(description="How tables call it.")
    estimates: tuple[str, ...] = Field(
        min_length=1,
        description="estimate_ids as estimates.csv has them: model/outcome/time; model/outcome of"
        " an effect that holds at all times.",
    )


class SpecificationCurve(Frozen):
    """The same question answered in every way that was thought defensible beforehand."""

    outcomes: tuple[str, ...] = Field(min_length=1, description="Names of outcomes.")
    times: tuple[str, ...] = Field(
        min_length=1, description="Times or waves, after the one they are compared with."
    )
    models: tuple[str, ...] = Field(
        min_length=1, description="Models whose settings are taken, but for the axes below."
    )
    covariates: dict[Name, tuple[str, ...]] = Field(
        default_factory=dict,
        description="Name → covariates, [] for none; by default each model's own.",
    )
    analysis_sets: tuple[str, ...] = Field(
        default=(), description="Analysis sets; by default each model's own."
    )


class AnalysisPlan(Frozen):
    """What was declared in advance. Estimates in no family are exploratory."""

    families: dict[Name, Family] = Field(
        default_factory=dict, description="Confirmatory families of estimates."
    )
    specification_curve: SpecificationCurve | None = None

"""How the community surveys were drawn, weighted and answered."""

from typing import Literal

from pydantic import Field, field_validator

from cesp_analysis.declared.base import Frozen, Name

Lone = Literal["stop", "adjust", "certainty", "average"]


class Trim(Frozen):
    """How far a weight may lie from the mean weight of its site and wave."""

    low: float = Field(default=0.0, ge=0, lt=1, description="Least, as a multiple of the mean.")
    high: float = Field(gt=1, description="Largest, as a multiple of the mean.")


class Weights(Frozen):
    """How respondents are weighted to the population of their site and wave."""

    method: Literal["post_stratify", "rake", "calibrate"] = Field(
        description="post_stratify: one margin, whose cells cross all its covariates; rake: several"
        " margins in turn; calibrate: several margins at once, linear (some weights may be"
        " negative, which stops the run)."
    )
    margins: tuple[str, ...] = Field(
        min_length=1,
        description="CSV files of population counts. Columns: site (may be left out where the study"
        " has one), wave (left out: the same for all), one or more respondent covariates,"
        " population; or variable, category, population for margins of one covariate each.",
    )
    trim: Trim | None = Field(
        default=None,
        description="Limits of the weights, within which the margins are met; the run stops if"
        " no weights do both.",
    )
    residuals: Literal["by_design_weight", "alike"] = Field(
        default="by_design_weight",
        description="How records count in the regression on the margins whose residuals make the"
        " linearised error: by their design weights (Deville & Sarndal 1992), or alike, as R's rake"
        " has it. With rake alone; it matters where design weights differ and go with the answer.",
    )
    replicates: Literal["none", "jackknife", "bootstrap"] = Field(
        default="none",
        description="Replicate weights by neighbourhood, each calibrated anew, beside the"
        " linearised standard error: jackknife (one a neighbourhood) or bootstrap (Rao & Wu).",
    )
    draws: int = Field(
        default=500, ge=100, le=10_000, description="Replicates of the bootstrap, at least 100."
    )


class Response(Frozen):
    """The sampling frame: who was invited, and what became of each (AAPOR)."""

    file: Name = Field(description="The file whose rows are invitations, each with site and wave.")
    disposition: Name = Field(
        description="Its variable with AAPOR's codes: complete, partial, refusal, non_contact,"
        " other, unknown_household, unknown_other, not_eligible."
    )
    eligible: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="AAPOR's e: the share of those of unknown eligibility that were eligible; by"
        " default as among those whose eligibility is known (CASRO).",
    )


class SeveralAnswers(Frozen):
    """A question with several boxes to tick: each box is an outcome of its own, 1 where ticked."""

    label: str = Field(description="The question, as tables and figures call it.")
    outcomes: tuple[str, ...] = Field(
        min_length=2, description="Its boxes: outcomes of respondents with type: binary."
    )


class Members(Frozen):
    """What must hold of panel members, respondents whose id answers in several waves."""

    constant: tuple[Name, ...] = Field(
        default=(),
        description="Variables that cannot change from wave to wave, e.g. sex; a change is listed"
        " (not_constant).",
    )
    rising: tuple[Name, ...] = Field(
        default=(),
        description="Variables that cannot fall, e.g. age or age_band: numbers, or categories in"
        " the order of their values; a fall is listed (fell_back).",
    )


class SurveyDesign(Frozen):
    """How respondents were drawn: what a model of theirs is told."""

    neighbourhoods: Literal["sampled", "all"] = Field(
        default="sampled",
        description="sampled: neighbourhoods stand for others like them, so they are the clusters;"
        " all: these are all there are, so they are strata and respondents the units, for a"
        " statement about these communities alone.",
    )
    strata: Name | None = Field(
        default=None,
        description="A respondent covariate: the strata within a site from which neighbourhoods"
        " were drawn. Sites are strata in any case.",
    )
    lone_neighbourhood: Lone = Field(
        default="stop",
        description="A stratum with one sampled neighbourhood has no variance of its own. stop: no"
        " standard error; adjust: it is centred on the mean of all; certainty: it counts as drawn"
        " for certain; average: it gets the mean variance of the other strata.",
    )


class Surveys(SurveyDesign):
    """The community surveys: a sample of residents in each site and wave."""

    weights: Weights | None = Field(
        default=None, description="By default the design weights as the files have them."
    )
    response: Response | None = None
    members: Members = Members()
    categories: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Ordinal outcome → its codes in words, e.g. {1: Not at all, 2: Somewhat}.",
    )
    several_answers: dict[Name, SeveralAnswers] = Field(
        default_factory=dict, description="Questions with several boxes to tick."
    )
    minimum: int = Field(
        default=10,
        ge=1,
        description="With fewer answers, their number stands alone: of a neighbourhood, a stratum"
        " or a whole site in a wave. A category of fewer respondents is left out. Where a total"
        " would tell the part left out, the next smallest goes with it.",
    )

    @field_validator("categories", mode="before")
    @classmethod
    def _codes_as_text(cls, entries: object) -> object:
        if not isinstance(entries, dict):
            return entries
        return {
            name: {str(code): label for code, label in codes.items()}
            if isinstance(codes, dict)
            else codes
            for name, codes in entries.items()
        }


DISPOSITIONS = (
    "complete", "partial", "refusal", "non_contact", "other", "unknown_household",
    "unknown_other", "not_eligible",
)  # fmt: skip
"""What may become of an invitation."""

"""What every model's entry in config.yaml has in common, and the context it is fitted in."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from cesp_analysis.declared.analysis_sets import ALL_RECRUITED, SETS
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.design import Level, Moment, Place, Site, Time, chance_made_alike
from cesp_analysis.declared.handling import Handling
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.declared.surveys import SurveyDesign

Cluster = Literal["person", "link_worker", "neighbourhood", "site"]
ArmsAt = Literal["time_and_reference", "time", "neither"]


class Context(Frozen):
    """The part of the study that one model sees: nothing that it does not use."""

    study: str
    model: str = Field(description="the model's name in config.yaml")
    ci_level: float
    arms: dict[str, str] = Field(description="arm → label")
    sites: tuple[Place, ...] = ()
    times: tuple[Moment, ...] = Field(description="in order; waves for respondents")
    time_unit: str = Field(default="months", description="unit of the times' positions")
    outcomes: dict[str, Outcome]
    covariates: dict[str, Covariate] = Field(default_factory=dict)
    contamination: str = Field(default="", description="what contaminated controls did")
    randomised: bool = False
    without_file: tuple[str, ...] = Field(
        default=(), description="times that no file feeds yet: no average holds them"
    )
    surveys: SurveyDesign | None = Field(default=None, description="how respondents were drawn")
    started: dict[str, float] = Field(
        default_factory=dict,
        description="site → the position in time at which the intervention began there, where that"
        " is not the first time after baseline",
    )
    seed: int | None = Field(default=None, description="of models that draw random numbers")
    handlings: dict[str, Handling] = Field(
        default_factory=dict,
        description="of imputed models: outcome → what becomes of answers after events",
    )
    sets: int | None = Field(default=None, description="of imputed models: sets asked for at least")
    monte_carlo: float | None = Field(
        default=None,
        description="of imputed models: largest Monte Carlo error of a primary outcome's estimate,"
        " as a share of its standard error",
    )

    def chance_made_alike(self) -> bool:
        """Whether arms differ at baseline by chance alone."""
        return chance_made_alike(self.randomised, self.sites, self.arms)


class ModelSpec(Frozen):
    """The settings that every model kind has."""

    seeded: ClassVar[bool] = False
    """Whether a model of this kind draws random numbers."""
    by_likelihood: ClassVar[bool] = False
    """Whether one likelihood holds all answers of all times, those of people who lack some too:
    missing at random is in it."""
    linear: ClassVar[bool] = False
    """Whether its estimates are linear in the answers: six fits of a set then give all
    tipping points."""
    balances: ClassVar[bool] = False
    """Whether it weighs records to balance covariates: `balance` reads its diagnostics."""

    kind: str
    label: str = Field(default="", description="How tables call the model; by default its name.")
    level: Level = Field(default="person", description="Whose answers: person or respondent.")
    outcomes: tuple[str, ...] = Field(min_length=1, description="Names of outcomes.")
    covariates: tuple[str, ...] = Field(default=(), description="Names of covariates.")
    times: tuple[str, ...] | None = Field(
        default=None, description="Times (or waves) that enter; by default all."
    )
    reference: str | None = Field(
        default=None, description="The time that others are compared with; by default the first."
    )
    weighted: bool = Field(default=False, description="true: use the weights of the panel.")
    estimand: str | tuple[str, ...] | None = Field(
        default=None, description="Which of estimands it targets; a name, or a list of names."
    )
    analysis_set: str = Field(
        default=ALL_RECRUITED,
        json_schema_extra={"enum": list(SETS)},
        description="Whose records enter. all_recruited: of people all who were recruited, analysed"
        " where they were; observed: only those with a value at the time (of a model of several"
        " times, at each); without_contaminated_controls: see contamination.",
    )
    missing_data: Literal["imputed"] | None = Field(
        default=None,
        description="imputed: fitted to each of the sets of multiple imputation (missing_data:) and"
        " pooled, people only; by default the kind takes the answers that there are.",
    )
    study: Context | None = Field(
        default=None, description="Filled in when the study is read; not written by hand."
    )

    @property
    def context(self) -> Context:
        """The resolved context; a spec that was not resolved cannot be fitted."""
        if self.study is None:
            raise ValueError("this model's spec was not resolved: read it with read_study")
        return self.study

    def faults(self) -> Iterator[str]:
        """What does not fit together in this entry, a line each: place within it, fact, remedy."""
        yield from ()

    def misfit(self, outcome: Outcome) -> str | None:
        """Why an outcome is of no type that this model is for, with the remedy; None if it is."""
        return None

    def further_outcomes(self) -> dict[str, str]:
        """Setting → outcome that it names, beside those that are analysed."""
        return {}

    def estimate_tails(self) -> tuple[str, ...]:
        """What follows model/outcome in the names of the estimates of a kind that tells of more
        than times; nothing of others."""
        return ()

    def times_together(self) -> bool:
        """Whether one fit holds several times, so that people may enter who lack one of them."""
        return self.by_likelihood

    def arms_at(self) -> ArmsAt:
        """At which times its row of a time compares the arms: then and at the reference time, then
        alone, or neither. Where an arm holds one person at such a time, the row has no estimate."""
        return "time_and_reference"

    def levels(self) -> tuple[str, ...]:
        """The levels whose units it takes as clusters or gives random effects; none: people (or
        respondents) are independent, and nothing else is asked of a level."""
        return ()

    def independent(self) -> tuple[str, ...]:
        """The levels above people whose units its intervals take as independent, so that what
        happens to a whole unit between two times is in them: clusters, and not the intercepts that
        drop out of a change."""
        return tuple(level for level in self.levels() if level != "person")

    def mean_of_arm(self) -> str:
        """The mean of an arm that its estimates are near to, as a noun; '' of none."""
        return "unweighted mean" if self.weighted or self.balances else "mean"

    def weights_are_precisions(self) -> bool:
        """Whether a weight says how sure a record is, and not how many people it stands for."""
        return False

    def without_rows(self) -> str:
        """The setting, as config.yaml writes it, for which no equation with its rows is kept; blank
        where there is none."""
        return ""

    def no_means(self) -> str:
        """Why a fit holds no means of sites (or arms) by time; blank: it does (`Fit.means`)."""
        return "it estimates differences alone"

    def targets(self) -> tuple[str, ...]:
        """The estimands that it targets."""
        return as_tuple(self.estimand) if self.estimand else ()

    def moments(self) -> tuple[Moment, ...]:
        """The times that enter, in the study's order."""
        wanted = self.times or tuple(moment.name for moment in self.context.times)
        return tuple(moment for moment in self.context.times if moment.name in wanted)

    def reference_time(self) -> Moment:
        """The time that others are compared with."""
        moments = self.moments()
        return next((m for m in moments if m.name == self.reference), moments[0])

    def adjusts_for_baseline(self, outcome: str) -> bool:
        """Whether one of its covariates is the outcome itself at the study's first time."""
        source, first = self.context.outcomes[outcome].source, self.context.times[0].name
        named = [self.context.covariates[name] for name in self.covariates]
        return any(one.source == source and one.measured in (None, first) for one in named)


def resolved_json(spec: ModelSpec) -> str:
    """The spec as one line of JSON: what a job receives, in the words of config.yaml; the estimand
    that it targets changes no number, and no job is told."""
    return spec.model_dump_json(exclude_defaults=True, exclude={"estimand"})


def as_tuple(value: Any) -> tuple[Any, ...]:
    """A single name where a list is allowed."""
    return (value,) if isinstance(value, str) else tuple(value)


def begun_at(sites: Mapping[str, Site], times: Mapping[str, Time]) -> dict[str, float]:
    """Site → the position in time by which the intervention began there, where that is declared."""
    return {
        name: times[begun].position
        for name, site in sites.items()
        if (begun := site.started) is not None and begun in times
    }

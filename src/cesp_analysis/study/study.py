"""The study file: config.yaml as frozen types."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from cesp_analysis.declared.analysis_plan import AnalysisPlan
from cesp_analysis.declared.analysis_sets import WITHOUT
from cesp_analysis.declared.base import Frozen, Name
from cesp_analysis.declared.delivery import Activity, Dose, Fidelity
from cesp_analysis.declared.design import Arm, ArmName, Identity, Moment, Place, Site, Time
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.declared.economics import Economics
from cesp_analysis.declared.estimands import Contamination, Estimand
from cesp_analysis.declared.external import External
from cesp_analysis.declared.feasibility import Feasibility
from cesp_analysis.declared.fed import without_file
from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.declared.files import Form, RawFile
from cesp_analysis.declared.flow import FlowStep
from cesp_analysis.declared.follow_up import Event, VisitRules
from cesp_analysis.declared.handling import Handling, handling_of
from cesp_analysis.declared.instruments import OwnInstrument
from cesp_analysis.declared.integration import Integration
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.declared.measurement import Measurement
from cesp_analysis.declared.missing_data import MissingData
from cesp_analysis.declared.networks import Networks
from cesp_analysis.declared.outcomes import Covariate, Outcome
from cesp_analysis.declared.planning import Planning
from cesp_analysis.declared.published import Published
from cesp_analysis.declared.stops import Problems
from cesp_analysis.declared.subsets import Subsets
from cesp_analysis.declared.surveys import SurveyDesign, Surveys
from cesp_analysis.declared.value_sets import ValueSet
from cesp_analysis.models.kinds import any_kind
from cesp_analysis.models.spec import Context, ModelSpec, begun_at

if TYPE_CHECKING:
    AnyModel = ModelSpec
else:
    AnyModel = any_kind()


class Study(Frozen):
    """Everything that config.yaml may hold. A section that a study does not need is absent."""

    format: Literal[1] | None = Field(
        default=None,
        description="Of this file: a version of the program that cannot read it says so. A file"
        " that names none is read as format 1.",
    )
    study: Identity
    arms: dict[ArmName, Arm]
    sites: dict[Name, Site] = Field(default_factory=dict)
    time_unit: str = Field(default="months", description="Unit of the positions of times, waves.")
    times: dict[Name, Time] = Field(default_factory=dict, description="Times of individual data.")
    waves: dict[Name, Time] = Field(default_factory=dict, description="Waves of the surveys.")
    forms: dict[Name, Form] = Field(default_factory=dict)
    files: dict[Name, RawFile] = Field(min_length=1)
    instruments: dict[Name, OwnInstrument] = Field(default_factory=dict)
    value_sets: dict[Name, ValueSet] = Field(default_factory=dict)
    visits: VisitRules = VisitRules()
    events: dict[Name, Event] = Field(
        default_factory=dict, description="Deaths, withdrawals and transfers, each dated."
    )
    flow: dict[Name, FlowStep] = Field(default_factory=dict)
    covariates: dict[Name, Covariate] = Field(default_factory=dict)
    outcomes: dict[Name, Outcome]
    models: dict[Name, AnyModel] = Field(
        default_factory=dict,
        description="The analyses; at least one where groups are compared over times,"
        " none for one alone.",
    )
    estimands: dict[Name, Estimand] = Field(
        default_factory=dict, description="What is to be estimated; models name theirs."
    )
    contamination: Contamination | None = None
    subsets: dict[Name, Subsets] = Field(
        default_factory=dict,
        description="Dose or fidelity: the intervention arm in subsets, described, not compared.",
    )
    fidelity: Fidelity | None = Field(
        default=None, description="Ratings of how the intervention was delivered."
    )
    dose: Dose | None = Field(default=None, description="Contacts of people with link workers.")
    activity: Activity | None = Field(
        default=None, description="Meetings of panels: a record of process."
    )
    analysis_plan: AnalysisPlan = AnalysisPlan()
    few_sites: FewSites = FewSites()
    surveys: Surveys = Surveys()
    networks: Networks | None = None
    external: dict[Name, External] = Field(
        default_factory=dict,
        description="Figures from outside, by authority and period, as context.",
    )
    missing_data: MissingData = MissingData()
    measurement: Measurement | None = None
    feasibility: Feasibility | None = None
    economics: Economics | None = None
    planning: Planning | None = None
    interviews: Interviews | None = Field(
        default=None, description="Interviews that were coded, in whatever program."
    )
    integration: Integration | None = Field(
        default=None, description="Interviews, outcomes and surveys side by side; theory of change."
    )
    disclosure: Disclosure = Disclosure()
    checklists: dict[str, dict[str, str]] = Field(
        default_factory=dict,
        description="Items of reporting checklists (CONSORT, TREND, STROBE, TIDieR, CHEERS, GRAMMS,"
        " SRQR, COREQ)"
        ' that the study fills itself: {TREND: {"4.1": "what the report is to say"}}. What is'
        " written here stands in place of what a rule would say.",
    )
    problems: Problems = Problems()
    published: Published | None = None

    def moments(self, level: str) -> tuple[Moment, ...]:
        """The times of people, or the waves of respondents, in order."""
        named = self.times if level == "person" else self.waves
        return tuple(
            Moment(name=name, label=time.label, position=time.position)
            for name, time in named.items()
        )

    def windows(self) -> dict[str, tuple[float, float]]:
        """Time → from when to when an answer counts as given then, where that is declared."""
        return {name: time.window for name, time in self.times.items() if time.window}

    def places(self) -> tuple[Place, ...]:
        """The sites, in order."""
        return tuple(
            Place(name=name, label=site.label, arm=site.arm)
            for name, site in self.sites.items()
            if site.arm != "undecided"
        )

    def context_of(self, name: str, model: ModelSpec) -> Context:
        """The part of the study that one model sees."""
        outcomes = (*model.outcomes, *model.further_outcomes().values())
        return Context(
            study=self.study.id,
            model=name,
            ci_level=self.study.ci_level,
            randomised=self.study.randomised,
            arms={name: arm.label for name, arm in self.arms.items()},
            sites=self.places(),
            times=self.moments(model.level),
            time_unit=self.time_unit,
            outcomes={n: self.outcomes[n] for n in outcomes},
            covariates={n: self.covariates[n] for n in model.covariates},
            contamination=self._contaminated(model),
            without_file=self.without_file(model.level),
            started=begun_at(self.sites, {**self.waves, **self.times}),
            seed=self.study.seed if model.seeded else None,
            surveys=self.survey_design() if model.level == "respondent" else None,
            handlings=self.handlings(name, model) if model.missing_data else {},
            sets=self.missing_data.imputation.sets if model.missing_data else None,
            monte_carlo=self.missing_data.imputation.monte_carlo if model.missing_data else None,
        )

    def handlings(self, name: str, model: ModelSpec) -> dict[str, Handling]:
        """Outcome of a model, by its name in config → what becomes of answers after events."""
        targets = model.targets() or self.models[name].targets()
        asked = {self.estimands[one].variable.outcome: self.estimands[one] for one in targets}
        outcomes = (*model.outcomes, *model.further_outcomes().values())
        return {one: handling_of(self.events, asked.get(one)) for one in outcomes}

    def imputed(self) -> list[str]:
        """The models that are fitted to imputed sets."""
        return [name for name, model in self.models.items() if model.missing_data]

    def survey_design(self) -> SurveyDesign | None:
        """How respondents were drawn, where anything of it is declared."""
        own = set(SurveyDesign.model_fields)
        told = self.surveys.model_dump(include=own, exclude_defaults=True)
        return SurveyDesign(**told) if told else None

    def followed_up(self) -> bool:
        """Whether anybody is asked at a second time, or a second survey is made."""
        return max(len(self.times), len(self.waves)) > 1

    def without_file(self, level: str) -> tuple[str, ...]:
        """The times (or waves) of a level that no file feeds yet."""
        files = {name: file.with_form(self.forms) for name, file in self.files.items()}
        return without_file(self.times if level == "person" else self.waves, files, level)

    def _contaminated(self, model: ModelSpec) -> str:
        """What contaminated controls did, of a model that leaves them out."""
        without = model.analysis_set == WITHOUT
        return self.contamination.label if self.contamination and without else ""

    def resolved(self) -> "Study":
        """The same study with forms written out and each model told its context."""
        return self.model_copy(
            update={
                "files": {n: f.with_form(self.forms) for n, f in self.files.items()},
                "models": {
                    n: m.model_copy(update={"study": self.context_of(n, m), "label": m.label or n})
                    for n, m in self.models.items()
                },
            }
        )

    def weighing(self) -> list[str]:
        """The models that weigh records to balance covariates."""
        return [name for name, model in self.models.items() if model.balances]

    def predicting(self, level: str) -> list[str]:
        """The models of a level that predict means."""
        of_level = {n: model for n, model in self.models.items() if model.level == level}
        return [name for name, model in of_level.items() if not model.no_means()]

    def curve_level(self) -> str:
        """Whose answers the specification curve is about; blank if none is declared."""
        curve = self.analysis_plan.specification_curve
        return self.outcomes[curve.outcomes[0]].level if curve else ""

    def further_formats(self) -> list[str]:
        """Figure formats besides svg and png."""
        return [ending for ending in self.study.figure_formats if ending not in ("svg", "png")]

    def prior_files(self) -> list[str]:
        """The study's own file of pairs, if one is declared."""
        return [self.few_sites.prior] if self.few_sites.prior else []

    def raw_paths(self) -> list[str]:
        """Every raw file that is read, each once."""
        own = [
            path
            for file in self.files.values()
            for path in (file.path, *file.companions().values())
        ]
        return list(dict.fromkeys(own))

    def received_paths(self) -> list[str]:
        """Every file that came from outside: the raw ones, and those of coded interviews."""
        coded = self.interviews.paths() if self.interviews else []
        return list(dict.fromkeys([*self.raw_paths(), *coded]))

    def banner(self) -> str:
        """What every page, table and figure of a synthetic study says."""
        return "SYNTHETIC DATA: not results of a study" if self.study.synthetic else ""

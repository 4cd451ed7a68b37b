"""The results that the report is written from: the study's words and its tables."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cesp_analysis.analysis_plan.tables import (
    Estimands,
    PlanChanges,
    PlanLocks,
    Planned,
    SpecificationCurve,
)
from cesp_analysis.checklists.tables import Checklists
from cesp_analysis.contracts import Table, read_json, rows
from cesp_analysis.describe.record_tables import (
    Account,
    Answered,
    Dictionary,
    EventCounts,
    Flow,
    Linking,
    VisitCounts,
)
from cesp_analysis.describe.tables import (
    Baseline,
    Contamination,
    FlowChecks,
    Means,
    Missing,
    MissingPatterns,
    MissingPredictors,
    SubsetsTable,
)
from cesp_analysis.disclosure.tables import TABLES
from cesp_analysis.errors import CespError
from cesp_analysis.feasibility.tables import (
    Progression,
    ProjectionTable,
    RatesTable,
    SampleSize,
)
from cesp_analysis.few_sites.tables import Bracket, Identities, Ladder
from cesp_analysis.fidelity.tables import (
    ActivityTable,
    ContactsTable,
    DoseResponseTable,
    FidelityAgreement,
    FidelityTable,
)
from cesp_analysis.intake.sources import Source, read_sources
from cesp_analysis.measurement.tables import Cells, Items, Measurability
from cesp_analysis.missing.tables import (
    Fmi,
    ImputationSets,
    ImputationTable,
    ImputedValues,
    SensitivityTable,
    TippingPoints,
)
from cesp_analysis.models.tables import (
    Balance,
    GradesTable,
    GroupWeights,
    PublishedNumbers,
    Standardised,
)
from cesp_analysis.numbers import in_words
from cesp_analysis.provenance.entries import name_of
from cesp_analysis.provenance.record import RECORD, WITHIN, Record, read_record
from cesp_analysis.report.figure_data import lines_of
from cesp_analysis.schemas import Corrections, DataProblems, Estimates
from cesp_analysis.study.wording import Wording
from cesp_analysis.survey.beside_tables import Agreement, Divergences, NetworkTable
from cesp_analysis.survey.tables import (
    Composition,
    Crosswalk,
    Dispositions,
    Response,
    SurveyMeans,
    WaveRecords,
)
from cesp_analysis.survey.weight_tables import ReplicateErrors, Weighting
from cesp_analysis.withheld import NotReleased, Withheld

Row = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """`folder` is the study's results folder; each table is read when a section asks for it."""

    words: Wording
    folder: Path
    sources_file: Path

    @cached_property
    def account(self) -> list[Row]:
        """What became of raw records."""
        return self._table("account", Account)

    @cached_property
    def problems(self) -> list[Row]:
        """Every data problem."""
        return self._table("data_problems", DataProblems)

    @cached_property
    def corrections(self) -> list[Row]:
        """Cells that CORRECTIONS.yaml changed."""
        return self._table("corrections", Corrections)

    @cached_property
    def dictionary(self) -> list[Row]:
        """Every raw column."""
        return self._table("dictionary", Dictionary)

    @cached_property
    def answered(self) -> list[Row]:
        """How well instruments were filled in."""
        return self._table("answered", Answered)

    @cached_property
    def flow(self) -> list[Row]:
        """People at each step."""
        return self._table("flow", Flow)

    @cached_property
    def visits(self) -> list[Row]:
        """When people were seen."""
        return self._table("visits", VisitCounts)

    @cached_property
    def events(self) -> list[Row]:
        """Deaths, withdrawals and transfers."""
        return self._table("events", EventCounts)

    @cached_property
    def linking(self) -> list[Row]:
        """Which records link to the register."""
        return self._table("linking", Linking)

    @cached_property
    def flow_checks(self) -> list[Row]:
        """What is odd in the flow."""
        return self._table("flow_checks", FlowChecks)

    @cached_property
    def contamination(self) -> list[Row]:
        """Who crossed to the other arm, by time and wave."""
        return self._table("contamination", Contamination)

    @cached_property
    def baseline(self) -> list[Row]:
        """Who was in the study."""
        return self._table("baseline", Baseline)

    @cached_property
    def missing(self) -> list[Row]:
        """Expected and missing values."""
        return self._table("missing", Missing)

    @cached_property
    def imputation(self) -> list[Row]:
        """What was imputed, and how."""
        return self._table("imputation", ImputationTable)

    @cached_property
    def imputation_sets(self) -> list[Row]:
        """The estimates that decide how many sets are made."""
        return self._table("imputation_sets", ImputationSets)

    @cached_property
    def imputed_values(self) -> list[Row]:
        """What was imputed beside what people answered."""
        return self._table("imputed_values", ImputedValues)

    @cached_property
    def fmi(self) -> list[Row]:
        """What the missing answers take of each imputed estimate."""
        return self._table("fmi", Fmi)

    @cached_property
    def missing_patterns(self) -> list[Row]:
        """When people answered and when not."""
        return self._table("missing_patterns", MissingPatterns)

    @cached_property
    def missing_predictors(self) -> list[Row]:
        """How those without an answer differ from those with one."""
        return self._table("missing_predictors", MissingPredictors)

    @cached_property
    def means(self) -> list[Row]:
        """Observed means."""
        return self._table("means", Means)

    @cached_property
    def changes(self) -> list[Row]:
        """Observed mean changes of people."""
        return self._table("changes", Means)

    @cached_property
    def subsets(self) -> list[Row]:
        """The intervention arm by dose or fidelity; empty if no subsets are declared."""
        return self._table("subsets", SubsetsTable) if self.words.subsets else []

    @cached_property
    def estimates(self) -> list[Row]:
        """All estimates."""
        return self._table("estimates", Estimates)

    @cached_property
    def agreement(self) -> list[Row]:
        """Design-based beside model-based change; empty if no models can be compared."""
        return self._table("agreement", Agreement) if self.words.agreement else []

    @cached_property
    def sensitivity(self) -> list[Row]:
        """Imputed estimates under other assumptions; empty if none is declared."""
        return self._table("sensitivity", SensitivityTable) if self.words.sensitivity else []

    @cached_property
    def tipping_points(self) -> list[Row]:
        """The smallest shifts of missing answers that change what is read."""
        return self._table("tipping_points", TippingPoints) if self.words.sensitivity else []

    @cached_property
    def standardised(self) -> list[Row]:
        """Estimates in SDs, and what they say of important differences."""
        return self._table("standardised", Standardised)

    @cached_property
    def grades(self) -> list[Row]:
        """The published grade of each estimate's design."""
        return self._table("grades", GradesTable)

    @cached_property
    def ladder(self) -> list[Row]:
        """Every rung of the ladder for few sites."""
        return self._table("ladder", Ladder)

    @cached_property
    def bracket(self) -> list[Row]:
        """DiD, ANCOVA and doubly robust side by side."""
        return self._table("bracket", Bracket)

    @cached_property
    def identities(self) -> list[Row]:
        """Numbers of the bracket that must be the same."""
        return self._table("identities", Identities)

    @cached_property
    def estimands(self) -> list[Row]:
        """Declared estimands."""
        return self._table("estimands", Estimands)

    @cached_property
    def planned(self) -> dict[str, Row]:
        """estimate_id → what was declared of it."""
        return {row["estimate_id"]: row for row in self._table("planned", Planned)}

    @cached_property
    def locks(self) -> list[Row]:
        """When the analysis plan was locked and amended."""
        return self._table("plan_locks", PlanLocks)

    @cached_property
    def plan_changes(self) -> list[Row]:
        """What differs between the plan as it was locked and later ones."""
        return self._table("plan_changes", PlanChanges)

    @property
    def changed_since_lock(self) -> list[Row]:
        """What differs now from the last lock."""
        return [row for row in self.plan_changes if not row["date"]]

    @cached_property
    def specification_curve(self) -> list[Row]:
        """Every declared way to answer; empty if no curve is declared."""
        if not self.words.curve:
            return []
        return self._table("specification_curve", SpecificationCurve)

    @cached_property
    def published(self) -> list[Row]:
        """Published numbers beside ours; empty if the study declares none."""
        return self._table("published", PublishedNumbers) if self.words.published else []

    @cached_property
    def balance(self) -> list[Row]:
        """Covariates before and after weighting; empty if no model weighs."""
        return self._table("balance", Balance) if self.words.weighing() else []

    @cached_property
    def balance_weights(self) -> list[Row]:
        """Effective sample sizes; empty if no model weighs."""
        return self._table("balance_weights", GroupWeights) if self.words.weighing() else []

    @cached_property
    def survey_waves(self) -> list[Row]:
        """Who answered in which wave, and how."""
        return self._table("survey_waves", WaveRecords) if self.words.surveys else []

    @cached_property
    def crosswalk(self) -> list[Row]:
        """How each wave asks each question."""
        return self._table("crosswalk", Crosswalk) if self.words.surveys else []

    @cached_property
    def dispositions(self) -> list[Row]:
        """What became of invitations; empty if no frame is declared."""
        known = self.words.surveys and self.words.surveys.response
        return self._table("dispositions", Dispositions) if known else []

    @cached_property
    def response(self) -> list[Row]:
        """Response rates; empty if no frame is declared."""
        known = self.words.surveys and self.words.surveys.response
        return self._table("response", Response) if known else []

    @cached_property
    def weighting(self) -> list[Row]:
        """How respondents were weighted; empty if the weights are those of the files."""
        known = self.words.surveys and self.words.surveys.weights
        return self._table("weighting", Weighting) if known else []

    @cached_property
    def replicates(self) -> list[Row]:
        """Standard errors by replicates; empty if the study asks for none."""
        known = self.words.surveys and self.words.surveys.replicates
        return self._table("replicates", ReplicateErrors) if known else []

    @cached_property
    def composition(self) -> list[Row]:
        """Who answered; empty without outcomes of respondents."""
        known = "respondent" in self.words.levels()
        return self._table("composition", Composition) if known else []

    @cached_property
    def survey_means(self) -> list[Row]:
        """What respondents answered; empty without outcomes of theirs."""
        known = "respondent" in self.words.levels()
        return self._table("survey_means", SurveyMeans) if known else []

    @cached_property
    def networks(self) -> list[Row]:
        """Whom respondents named; empty if the study did not ask."""
        return self._table("networks", NetworkTable) if self.words.networks else []

    @cached_property
    def divergences(self) -> list[Row]:
        """How far sites drifted apart in figures from outside; empty if there are none."""
        return self._table("divergences", Divergences) if self.words.external else []

    @cached_property
    def measurability(self) -> list[Row]:
        """How well candidates can be measured; empty if the study declares none."""
        return self._table("measurability", Measurability) if self.words.measurability else []

    @cached_property
    def items(self) -> list[Row]:
        """How the candidates' items were answered."""
        return self._table("items", Items) if self.words.measurability else []

    @cached_property
    def measurability_cells(self) -> list[Row]:
        """The candidates' values by site and time."""
        return self._table("measurability_cells", Cells) if self.words.measurability else []

    @cached_property
    def rates(self) -> list[Row]:
        """Feasibility rates; empty if none are declared."""
        return self._feasible("rates", RatesTable)

    @cached_property
    def projection(self) -> list[Row]:
        """People taken in against the target; empty if no target is declared."""
        return self._feasible("projection", ProjectionTable)

    @cached_property
    def progression(self) -> list[Row]:
        """The decision table; empty if no criteria are declared."""
        return self._feasible("progression", Progression)

    @cached_property
    def sample_size(self) -> list[Row]:
        """Rules about the size of a pilot; empty if no criteria are declared."""
        return self._feasible("sample_size", SampleSize)

    @cached_property
    def fidelity(self) -> list[Row]:
        """Fidelity of the intervention arm; empty if none was rated."""
        return self._table("fidelity", FidelityTable) if self.words.delivery.fidelity else []

    @cached_property
    def fidelity_agreement(self) -> list[Row]:
        """How alike raters were; empty if fidelity was not rated."""
        known = self.words.delivery.fidelity
        return self._table("fidelity_agreement", FidelityAgreement) if known else []

    @cached_property
    def contacts(self) -> list[Row]:
        """Contacts with link workers; empty if they are not on record."""
        return self._table("contacts", ContactsTable) if self.words.delivery.dose else []

    @cached_property
    def dose_response(self) -> list[Row]:
        """Change by dose and fidelity; empty if the study does not ask for it."""
        known = self.words.delivery.response
        return self._table("dose_response", DoseResponseTable) if known else []

    @cached_property
    def activity(self) -> list[Row]:
        """Meetings of panels; empty if they are not on record."""
        return self._table("activity", ActivityTable) if self.words.delivery.activity else []

    @cached_property
    def record(self) -> Record:
        """What made each of the results."""
        return read_record(self.folder / RECORD)

    def made_by(self, path: str) -> str:
        """The entry of what made a file (path relative to the results folder); of one that the team
        alone has (a model's estimates), of what made it there."""
        places = dict.fromkeys((self.record.folder, WITHIN))
        job = next(filter(None, (self.record.maker_of(f"{at}/{path}") for at in places)), None)
        if job is None:
            record = self.folder / RECORD
            raise CespError(f"{record}: does not say what made {path}; run snakemake")
        return name_of(job)

    @cached_property
    def checklists(self) -> list[Row]:
        """Items of reporting checklists; empty if none applies."""
        return self._table("checklists", Checklists) if self.words.checklists else []

    @cached_property
    def sources(self) -> dict[str, Source]:
        """Where the raw files came from."""
        return read_sources(self.sources_file)

    def predicted(self, model: str) -> list[Row]:
        """The means that a model predicts."""
        return list(rows(self.folder / "models" / model / "means.csv", Means))

    @property
    def public(self) -> bool:
        """Whether this is of what leaves the team."""
        return self.words.disclosure is not None

    def rounded(self, number: Any) -> str:
        """How many people in words; of a number that is rounded outside the team 'about 205'."""
        near = self.public and not isinstance(number, Withheld) and number
        return f"about {in_words(number)}" if near else in_words(number)

    def part(self, number: Any, whole: Any) -> str:
        """'43 of 108'; of a withheld whole 'some of the'."""
        of = "the" if isinstance(whole, Withheld) else in_words(whole)
        return f"{self.rounded(number)} of {of}"

    def leaves(self, table: str) -> bool:
        """Whether a table may be read by who reads this report."""
        return not self.public or table in TABLES

    def diagnostics(self, model: str) -> dict[str, Any]:
        """What a model says of its own fit: outcome → quantity; it stays inside the team."""
        if self.public:
            raise NotReleased
        path = self.folder / "models" / model / "diagnostics.json"
        return dict(read_json(path)[model])

    def figure(self, name: str) -> dict[str, Any]:
        """What `draw` said of a figure; `rows`: the lines of its data, their head first."""
        path = self.folder / "figures" / f"{name}.json"
        about = dict(read_json(path))
        if "csv" not in about:
            raise CespError(
                f"{path}: another version of the program made it (it names no data): run snakemake"
                " to make the results again"
            )
        return about | {"rows": lines_of(self.folder / "figures" / about["csv"])}

    def _feasible(self, name: str, contract: type[Table]) -> list[Row]:
        return self._table(name, contract) if name in self.words.feasibility else []

    def _table(self, name: str, contract: type[Table]) -> list[Row]:
        if not self.leaves(name):
            raise NotReleased
        return list(rows(self.folder / "tables" / f"{name}.csv", contract))

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
from cesp_analysis.columns import Row
from cesp_analysis.contracts import rows
from cesp_analysis.declared.source_list import Source, read_sources
from cesp_analysis.declared.wording import Wording
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
    Means,
    PublishedNumbers,
    Standardised,
)
from cesp_analysis.numbers import in_words
from cesp_analysis.provenance.entries import name_of
from cesp_analysis.provenance.record import RECORD, WITHIN, Record, read_record
from cesp_analysis.report.figure_data import lines_of
from cesp_analysis.report.room_tables import RoomTables
from cesp_analysis.report.tables_read import Read, feasible
from cesp_analysis.schemas import Corrections, DataProblems, Estimates
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
from cesp_analysis.whole_files import read_json
from cesp_analysis.withheld import NotReleased, Withheld


@dataclass(frozen=True)
class Results(RoomTables):
    """`folder` is the study's results folder; each table is read when a section asks for it, and
    is empty where the study has none."""

    words: Wording
    folder: Path
    sources_file: Path

    account = Read(Account)
    problems = Read(DataProblems, file="data_problems")
    corrections = Read(Corrections)
    dictionary = Read(Dictionary)
    answered = Read(Answered)
    flow = Read(Flow)
    visits = Read(VisitCounts)
    events = Read(EventCounts)
    linking = Read(Linking)
    flow_checks = Read(FlowChecks)
    contamination = Read(Contamination)
    baseline = Read(Baseline)
    missing = Read(Missing)
    imputation = Read(ImputationTable, lambda words: words.imputed)
    imputation_sets = Read(ImputationSets, lambda words: words.imputed)
    imputed_values = Read(ImputedValues, lambda words: words.imputed)
    fmi = Read(Fmi, lambda words: words.imputed)
    missing_patterns = Read(MissingPatterns)
    missing_predictors = Read(MissingPredictors)
    means = Read(Means)
    changes = Read(Means)
    subsets = Read(SubsetsTable, lambda words: words.subsets)
    estimates = Read(Estimates)
    agreement = Read(Agreement, lambda words: words.agreement)
    sensitivity = Read(SensitivityTable, lambda words: words.sensitivity)
    tipping_points = Read(TippingPoints, lambda words: words.sensitivity)
    standardised = Read(Standardised)
    grades = Read(GradesTable)
    ladder = Read(Ladder)
    bracket = Read(Bracket)
    identities = Read(Identities)
    estimands = Read(Estimands)
    locks = Read(PlanLocks, file="plan_locks")
    plan_changes = Read(PlanChanges)
    specification_curve = Read(SpecificationCurve, lambda words: words.curve)
    published = Read(PublishedNumbers, lambda words: words.published)
    balance = Read(Balance, lambda words: words.weighing())
    balance_weights = Read(GroupWeights, lambda words: words.weighing())
    survey_waves = Read(WaveRecords, lambda words: words.surveys)
    crosswalk = Read(Crosswalk, lambda words: words.surveys)
    dispositions = Read(Dispositions, lambda words: words.surveys and words.surveys.response)
    response = Read(Response, lambda words: words.surveys and words.surveys.response)
    weighting = Read(Weighting, lambda words: words.surveys and words.surveys.weights)
    replicates = Read(ReplicateErrors, lambda words: words.surveys and words.surveys.replicates)
    composition = Read(Composition, lambda words: "respondent" in words.levels())
    survey_means = Read(SurveyMeans, lambda words: "respondent" in words.levels())
    networks = Read(NetworkTable, lambda words: words.networks)
    divergences = Read(Divergences, lambda words: words.external)
    measurability = Read(Measurability, lambda words: words.measurability)
    items = Read(Items, lambda words: words.measurability)
    measurability_cells = Read(Cells, lambda words: words.measurability)
    rates = Read(RatesTable, feasible("rates"))
    projection = Read(ProjectionTable, feasible("projection"))
    progression = Read(Progression, feasible("progression"))
    sample_size = Read(SampleSize, feasible("sample_size"))
    fidelity = Read(FidelityTable, lambda words: words.delivery.fidelity)
    fidelity_agreement = Read(FidelityAgreement, lambda words: words.delivery.fidelity)
    contacts = Read(ContactsTable, lambda words: words.delivery.dose)
    dose_response = Read(DoseResponseTable, lambda words: words.delivery.response)
    activity = Read(ActivityTable, lambda words: words.delivery.activity)
    checklists = Read(Checklists, lambda words: words.checklists)

    @cached_property
    def planned(self) -> dict[str, Row]:
        """estimate_id → what was declared of it."""
        found = rows(self.place_of("planned"), Planned)
        return {row["estimate_id"]: row for row in found}

    @property
    def changed_since_lock(self) -> list[Row]:
        """What differs now from the last lock."""
        return [row for row in self.plan_changes if not row["date"]]

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
            raise CespError(
                f"{record}: does not say what made {path}; run the study (cesp run DIR)"
            )
        return name_of(job)

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
                f"{path}: another version of the program made it (it names no data):"
                " run the study (cesp run DIR) to make the results again"
            )
        return about | {"rows": lines_of(self.folder / "figures" / about["csv"])}

    def place_of(self, table: str) -> Path:
        """The file of a table; NotReleased if who reads this report may not read it."""
        if not self.leaves(table):
            raise NotReleased
        return self.folder / "tables" / f"{table}.csv"

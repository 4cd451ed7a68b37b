"""The figures of a study: from the tables of results to a drawing, its caption and its alt text."""

from collections.abc import Sequence

from cesp_analysis.analysis_plan.tables import SpecificationCurve
from cesp_analysis.describe.record_tables import Flow
from cesp_analysis.describe.tables import Missing
from cesp_analysis.feasibility.tables import RecruitmentTable
from cesp_analysis.few_sites.tables import Bracket, ShockCurve
from cesp_analysis.fidelity.tables import DoseTable, FidelityTable
from cesp_analysis.figures.kind import Kind
from cesp_analysis.figures.of_answers import (
    draw_contacts,
    draw_distributions,
    draw_fidelity,
    draw_flow,
    draw_means,
    draw_raincloud,
    draw_recruitment,
    draw_reliability,
    draw_trajectories,
)
from cesp_analysis.figures.of_missing import (
    draw_assumptions,
    draw_fmi,
    draw_imputed_values,
    draw_missing_items,
    draw_missingness,
    draw_tipping,
    draw_traces,
)
from cesp_analysis.figures.of_models import (
    draw_balance,
    draw_bracket,
    draw_event_study,
    draw_forest,
    draw_predicted,
    draw_shock,
    draw_specification_curve,
)
from cesp_analysis.figures.of_surveys import (
    draw_completeness,
    draw_composition,
    draw_external,
    draw_neighbourhood_changes,
    draw_neighbourhoods,
    draw_survey_answers,
    draw_survey_waves,
)
from cesp_analysis.figures.room_kinds import ROOM_KINDS
from cesp_analysis.measurement.tables import Distributions, Measurability
from cesp_analysis.missing.tables import Fmi, ImputedValues, SensitivityTable, Tipping, Traces
from cesp_analysis.models.tables import Balance, Means
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.survey.beside_tables import ExternalTable
from cesp_analysis.survey.tables import Completeness, Composition, NeighbourhoodChanges, SurveyMeans

KINDS: dict[str, Kind] = {
    "flow": Kind("results/tables/flow.csv", Flow, ("person", "respondent"), draw_flow),
    "recruitment": Kind(
        "results/tables/recruitment.csv", RecruitmentTable, ("person",), draw_recruitment
    ),
    "missingness": Kind(
        "results/tables/missing.csv", Missing, ("person", "respondent"), draw_missingness
    ),
    "missing_items": Kind("results/tables/missing.csv", Missing, ("person",), draw_missing_items),
    "traces": Kind("data/processed/traces.parquet", Traces, ("person",), draw_traces),
    "imputed_values": Kind(
        "results/tables/imputed_values.csv", ImputedValues, ("person",), draw_imputed_values
    ),
    "fmi": Kind("results/tables/fmi.csv", Fmi, ("person",), draw_fmi),
    "means": Kind("results/tables/means.csv", Means, ("person", "respondent"), draw_means),
    "trajectories": Kind("data/processed/panel.parquet", Panel, ("person",), draw_trajectories),
    "predicted": Kind(
        "results/tables/means.csv",
        Means,
        ("person", "respondent"),
        draw_predicted,
        beside="means.csv",
    ),
    "raincloud": Kind("data/processed/panel.parquet", Panel, ("person",), draw_raincloud),
    "bracket": Kind("results/tables/bracket.csv", Bracket, ("person",), draw_bracket),
    "balance": Kind("results/tables/balance.csv", Balance, ("person", "respondent"), draw_balance),
    "shock": Kind(
        "results/tables/shock_curve.csv", ShockCurve, ("person", "respondent"), draw_shock
    ),
    "specification_curve": Kind(
        "results/tables/specification_curve.csv",
        SpecificationCurve,
        ("person", "respondent"),
        draw_specification_curve,
    ),
    "completeness": Kind(
        "results/tables/completeness.csv", Completeness, ("respondent",), draw_completeness
    ),
    "composition": Kind(
        "results/tables/composition.csv", Composition, ("respondent",), draw_composition
    ),
    "survey_waves": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), draw_survey_waves
    ),
    "survey_answers": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), draw_survey_answers
    ),
    "neighbourhoods": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), draw_neighbourhoods
    ),
    "neighbourhood_changes": Kind(
        "results/tables/neighbourhoods.csv",
        NeighbourhoodChanges,
        ("respondent",),
        draw_neighbourhood_changes,
    ),
    "assumptions": Kind(
        "results/tables/sensitivity.csv", SensitivityTable, ("person",), draw_assumptions
    ),
    "tipping": Kind("results/tables/tipping.csv", Tipping, ("person",), draw_tipping),
    "forest": Kind(
        "results/tables/estimates.csv", Estimates, ("person", "respondent"), draw_forest
    ),
    "event_study": Kind(
        "results/tables/estimates.csv", Estimates, ("person", "respondent"), draw_event_study
    ),
    "distributions": Kind(
        "results/tables/distributions.csv",
        Distributions,
        ("person", "respondent"),
        draw_distributions,
    ),
    "reliability": Kind(
        "results/tables/measurability.csv",
        Measurability,
        ("person", "respondent"),
        draw_reliability,
    ),
    "fidelity": Kind("results/tables/fidelity.csv", FidelityTable, ("person",), draw_fidelity),
    "contacts": Kind("results/tables/dose.csv", DoseTable, ("person",), draw_contacts),
    "external": Kind("results/tables/external.csv", ExternalTable, ("respondent",), draw_external),
    **ROOM_KINDS,
}


NAMES = f"({'|'.join(KINDS)})_[a-z0-9]+"
"""What a figure's name is like, as a regular expression: kind_level."""


def figures_of(
    levels: list[str],
    estimates: bool = True,
    sites: bool = True,
    weighed: Sequence[str] = (),
    curve: str = "",
    predicting: Sequence[str] = (),
    nothing: Sequence[str] = (),
) -> list[str]:
    """The names of a study's figures: kind_level.

    `estimates`: whether it has any to draw; `sites`: whether people belong to sites, to which
    something may happen; `weighed`: levels of models that weigh; `curve`: the specification
    curve's, blank if none is declared; `predicting`: levels of models that predict means;
    `nothing`: kinds, or figures (kind_level), that have nothing to draw.
    """
    without = {
        *([] if estimates else [Estimates, Bracket, ShockCurve]),
        *([] if sites else [ShockCurve]),
    }
    return [
        f"{name}_{level}"
        for name, kind in KINDS.items()
        for level in kind.levels
        if level in levels
        and not {name, f"{name}_{level}"} & set(nothing)
        and (name != "flow" or level == levels[0])  # once a study, respondents beside people
        and kind.contract not in without
        and (level in weighed or kind.contract is not Balance)
        and (level in predicting or not kind.beside)
        and (level == curve or kind.contract is not SpecificationCurve)
    ]


def beside(figure: str, predicting: Sequence[str], not_made: Sequence[str] = ()) -> list[str]:
    """The files that a figure is drawn from beside its table.

    `predicting`: the models of its level that predict means; `not_made`: tables that the study does
    not have.
    """
    own = KINDS[kind_of(figure)[0]]
    of_models = [f"results/models/{model}/{own.beside}" for model in predicting if own.beside]
    there = own.under is not None and own.under[0] not in not_made
    return of_models + ([own.under[0]] if own.under and there else [])


def kind_of(figure: str) -> tuple[str, str]:
    """Kind and level of a figure's name."""
    kind, _, level = figure.rpartition("_")
    return kind, level

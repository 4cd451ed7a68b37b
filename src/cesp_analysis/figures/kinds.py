"""The figures of a study: from the tables of results to a drawing, its caption and its alt text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cesp_analysis.contracts import Table
from cesp_analysis.feasibility.tables import RecruitmentTable
from cesp_analysis.few_sites.words import ShockWords, shock_words
from cesp_analysis.fidelity.tables import DoseTable, FidelityTable
from cesp_analysis.measurement.tables import Distributions, Measurability
from cesp_analysis.missing.tables import Fmi, ImputedValues, SensitivityTable, Tipping, Traces
from cesp_analysis.models.two_sites import CAUTIONS, SAMPLING_ONLY
from cesp_analysis.numbers import OTHER_DECIMALS
from cesp_analysis.schemas import (
    Balance,
    Bracket,
    Estimates,
    Flow,
    Means,
    Missing,
    Panel,
    ShockCurve,
    SpecificationCurve,
)
from cesp_analysis.survey.tables import (
    Completeness,
    Composition,
    ExternalTable,
    NeighbourhoodChanges,
    SurveyMeans,
)

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.study.wording import Wording

Drawn = tuple[Any, str, str, Any]
"""The matplotlib figure, its caption, its alt text, and what it was drawn from: records, a frame,
or None if the places of its marks have to be read off it (`figures/behind.py`)."""


MEANS = ["outcome_label", "unit", "group", "time_label", "mean", "ci_low", "ci_high", "n"]
MISSING = ["outcome_label", "group_label", "time_label", "n_expected", "n_missing"]
OUTSIDE = ["label", "unit", "authority", "period", "value"]
"""Columns of frames that are drawn."""


@dataclass(frozen=True)
class Kind:
    """A kind of figure: the table it is drawn from, for whose answers, and the function.

    beside: which file of each model that predicts means it is drawn from too; blank for none.
    """

    table: str
    contract: type[Table]
    levels: tuple[str, ...]
    draw: "Callable[[pd.DataFrame, Wording, str], Drawn]"
    beside: str = ""


def _flow(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.flow import alt_text, flow
    from cesp_analysis.figures.flow_boxes import boxes_of

    boxes = boxes_of(table, words)
    beside = " Beside it the community surveys." if any(b.part == "survey" for b in boxes) else ""
    by = "; nobody was randomised" if words.sites and not words.study.randomised else ""
    caption = f"Flow of people through the study{by}.{beside}"
    return flow(boxes), caption, alt_text(boxes), boxes


def _means(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.means import alt_text, means

    frame = _labelled(table[table["level"] == level], words)
    caption = (
        f"Observed means, unweighted, with {words.interval()}s that take answers as independent"
        " of each other; before any model."
    )
    known = f"{words.interval()}, answers taken as independent"
    return means(frame, known), caption, alt_text(frame), frame[MEANS]


def _trajectories(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.trajectories import alt_text, trajectories

    primary = [n for n, o in words.outcomes.items() if o.level == level and o.role == "primary"]
    chosen = primary or [n for n, o in words.outcomes.items() if o.level == level][:1]
    rows = (table["level"] == level) & table["outcome"].isin(chosen)
    table = table.loc[rows, list(Panel.columns())]
    column = "site" if words.sites else "arm"
    frame = _labelled(table.assign(group=table[column].astype("str")), words)
    frame = frame.rename(columns={"unit_id": "person"})
    seed = words.study.seed
    caption = "Each line is one person; the thick line is the mean of all who answered."
    return trajectories(frame, seed=seed), caption, alt_text(frame, seed=seed), None


def _when(entry: Mapping[Any, Any], wave: str) -> str:
    """The time of an estimate; of a survey also of whom it is, where a wave has several."""
    if entry["kind"] != "survey":
        return wave
    return wave + str(entry["contrast"]).rpartition(f" to {wave}")[2]


def _forest(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.forest import ForestRow, alt_text, forest

    rows = []
    for entry in table[table["level"] == level].to_dict("records"):
        outcome = words.outcomes[entry["outcome"]]
        estimated, same = entry["status"] == "estimated", entry["unit"] == outcome.unit
        moment = entry["time"] if isinstance(entry["time"], str) else ""
        untimed = "average of times" if "average" in entry["estimand"] else "all times"
        rows.append(
            ForestRow(
                outcome_label=outcome.label,
                unit=entry["unit"],
                model_label=words.models[entry["model"]].label,
                contrast=_when(entry, words.moment(moment).label) if moment else untimed,
                estimate=entry["estimate"] if estimated else None,
                ci_low=entry["ci_low"] if estimated else None,
                ci_high=entry["ci_high"] if estimated else None,
                ci_low_shock=_known(entry["ci_low_shock"]),
                ci_high_shock=_known(entry["ci_high_shock"]),
                status="" if estimated else entry["status"].replace("_", " "),
                mid=outcome.mid.value if outcome.mid and same else None,
                decimals=outcome.decimals if same else OTHER_DECIMALS,
                ratio=entry["unit"] == "ratio",
            )
        )
    order = [outcome.label for outcome in words.outcomes.values()]
    rows.sort(key=lambda row: order.index(row.outcome_label))
    made = table[(table["level"] == level) & (table["status"] == "estimated")]
    said = [str(warnings) for warnings in made["warnings"].fillna("")]
    cautions = [s for s in CAUTIONS if said and all(s in warnings for warnings in said)]
    some = any(s in warnings for s in CAUTIONS for warnings in said) and not cautions
    if some:
        cautions = ["What an interval holds differs from model to model: see the tables' notes."]
    alone = "" if some else " The intervals know sampling error alone."
    if made["ci_low_shock"].notna().any():
        alone = (
            "" if some else " Thick: sampling error alone."
        ) + f" Thin: with shocks to a site as large as {_shocks(words).ones} (see Few sites)."
        if any(row.ci_low is not None and row.ci_low_shock is None for row in rows):
            alone += " Of rows without a thin line ladder.csv says why."
        cautions = [f"Of the thick lines: {sentence}" for sentence in cautions]
    own = {outcome.label: outcome.unit for outcome in words.outcomes.values()}
    apart = any(row.unit != own[row.outcome_label] for row in rows)
    scale = ", or what the heading names" * apart
    drawn = any(row.mid and row.estimate is not None for row in rows)
    mid = " Dotted: the minimally important difference, either way." * drawn
    caption = f"Estimated differences (intervention − control{scale}).{alone}{mid}"
    return forest(rows, words.interval(), cautions=cautions), caption, alt_text(rows), rows


def _shocks(words: "Wording") -> ShockWords:
    return shock_words(words.own_prior)


def _known(value: float) -> float | None:
    return None if value != value else value


def _shock(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.shock import alt_text, shock
    from cesp_analysis.figures.shock_panels import shock_panels

    panels = shock_panels(table, words, level)
    called = _shocks(words)
    caption = f"What a shock to a site, as large as {called.ones} or larger, does to the intervals."
    return shock(panels, words.interval(), called), caption, alt_text(panels, called), panels


def _bracket(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.few_sites.bracket_words import OF_WHOM
    from cesp_analysis.figures.bracket import alt_text, bracket
    from cesp_analysis.figures.bracket_panels import bracket_panels

    panels = bracket_panels(table, words, level)
    caption = f"DiD, ANCOVA and doubly robust of {OF_WHOM}, side by side: primary outcomes."
    return bracket(panels, words.interval()), caption, alt_text(panels), panels


def _raincloud(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.raincloud import alt_text, raincloud
    from cesp_analysis.figures.raincloud_panels import rain_panels

    panels = rain_panels(table, words, level)
    caption = "Changes of people since the first time, before any model: primary outcomes."
    return raincloud(panels, words.study.seed), caption, alt_text(panels), None


def _specification_curve(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.analysis_plan.words import since_locked
    from cesp_analysis.figures.curve_panels import curve_panels
    from cesp_analysis.figures.specification_curve import alt_text, specification_curve

    panels = curve_panels(table, words, level)
    own = table[table["level"] == level]
    told = [str(said) if isinstance(said, str) else "" for said in own["standing"]]
    caption = "Specification curve: every way to answer that the analysis plan declares, no other."
    gone = int(own["withdrawn"].max()) if len(own) else 0
    caption += f" {since_locked(told, gone) or 'All were declared when the plan was locked.'}"
    return (
        specification_curve(panels, words.interval()),
        caption,
        alt_text(panels),
        [replace(panel, choices=()) for panel in panels],
    )


def _recruitment(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.recruitment import alt_text, recruitment, recruitment_panels

    panels = recruitment_panels(table, words.group)
    caption = "People taken in over time, against the target."
    return recruitment(panels, words.interval()), caption, alt_text(panels), panels


def _external(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.external import alt_text, external, external_panels

    labels = {site.name: (site.label, site.arm) for site in words.sites}
    panels = external_panels(table, labels)
    said = "; ".join(dict.fromkeys(map(str, table["source"])))
    caption = f"Figures from outside, as context. Source: {said}."
    return external(panels), caption, alt_text(panels), table[OUTSIDE]


def _balance(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.love import SMALL, LoveRow, alt_text, love

    own = table[(table["level"] == level) & table["difference_before"].notna()]
    rows = []
    for (model, covariate), group in own.groupby(["model", "covariate"], sort=False):
        largest = [
            float(group[name].iloc[group[name].abs().to_numpy().argmax()])
            for name in ("difference_before", "difference_after")
        ]
        label = words.covariate(str(covariate))
        rows.append(LoveRow(words.models[str(model)].label, label, *largest))
    said = (
        "Hollow circles: before weighting; squares: after. Differences are divided by the pooled SD"
        f" before weighting; dotted lines: {SMALL:g} SD, either way. Of several outcomes, times or"
        " groups, each covariate's largest. Covariates that nobody measured may differ all the"
        " same, and balance does not remove a site shock."
    )
    caption = "Balance of covariates before and after weighting."
    return love(rows, said), caption, alt_text(rows), rows


def _predicted(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.predicted import alt_text, predicted
    from cesp_analysis.figures.predicted_panels import predicted_panels

    panels, caption = predicted_panels(table, words, level)
    times = [moment.label for moment in words.moments(level)]
    return predicted(panels, times, words.interval()), caption, alt_text(panels), panels


def _missingness(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.missingness import alt_text, missingness

    own = table[(table["level"] == level) & table["outcome"].notna()]
    frame = _labelled(own, words).rename(columns={"group": "group_label"})
    return missingness(frame), "Where values are missing.", alt_text(frame), frame[MISSING]


def _missing_items(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.missing_items import (
        CAPTION,
        RETURNED,
        items_alt_text,
        items_frame,
    )
    from cesp_analysis.figures.missingness import missingness

    frame = items_frame(table, words)
    return missingness(frame, RETURNED), CAPTION, items_alt_text(frame), frame[MISSING]


def _traces(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.traces import alt_text, lines_of, shown, traced, traces

    found = traced(table, words)
    labels = shown(found, words)
    caption = "Imputation: chains by variable."
    return traces(found, labels), caption, alt_text(found, labels), lines_of(found, labels)


def _imputed_values(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.imputed_values import alt_text, compared, imputed_values

    panels = compared(table, words)
    caption = "Imputation: what was imputed beside what people answered."
    return imputed_values(panels), caption, alt_text(panels), panels


def _fmi(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.fmi import alt_text, fmi, fmi_rows

    rows = fmi_rows(table, words)
    caption = "Imputation: what the missing answers take of each estimate."
    return fmi(rows), caption, alt_text(rows), rows


def _survey_waves(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.means import alt_text, means
    from cesp_analysis.figures.survey_panels import waves_frame

    frame = _labelled(waves_frame(table, words), words)
    caption = (
        "Community surveys: weighted means and proportions of each site by wave. The intervals know"
        " how respondents were drawn, and sampling error alone."
    )
    return means(frame, f"{words.interval()}, design-based"), caption, alt_text(frame), frame[MEANS]


def _survey_answers(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.stacked import alt_text, stacked
    from cesp_analysis.figures.survey_panels import questions_of

    questions = questions_of(table, words)
    caption = "Community surveys: ordered answers of each site by wave, weighted."
    return stacked(questions), caption, alt_text(questions), questions


def _composition(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.behind import rows_of
    from cesp_analysis.figures.composition import alt_text, composition
    from cesp_analysis.figures.survey_panels import shares_of

    rows, waves = shares_of(table, words), [moment.label for moment in words.waves]
    caption = "Community surveys: who answered, by wave, before any weighting to margins."
    data = rows_of(rows, wave=waves)
    return composition(rows, waves, "by design weights"), caption, alt_text(rows, waves), data


def _neighbourhood_changes(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.caterpillar import alt_text, caterpillar
    from cesp_analysis.figures.neighbourhood_panels import arms_of, change_panels

    panels = change_panels(table, words)
    caption = (
        "Community surveys: how each neighbourhood changed, in order. A description of these"
        " neighbourhoods; nothing is compared between sites."
    )
    return caterpillar(panels, arms_of(words), words.interval()), caption, alt_text(panels), panels


def _neighbourhoods(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.neighbourhood_panels import arms_of, multiples
    from cesp_analysis.figures.small_multiples import alt_text, small_multiples

    shown = multiples(table, words)
    caption = f"Community surveys: {shown.outcome_label}, neighbourhood by neighbourhood."
    drawing = small_multiples(shown, arms_of(words), words.interval())
    return drawing, caption, alt_text(shown), [shown]


def _completeness(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.missingness import alt_text, missingness
    from cesp_analysis.figures.survey_panels import completeness_frame

    frame = completeness_frame(table, words)
    said = (
        "Percent of those asked whose answer is missing or cannot be used. Stronger shade: more."
        " \u2013: the wave did not ask it."
    )
    return (
        missingness(frame, said),
        "Community surveys: completeness.",
        alt_text(frame),
        frame[MISSING],
    )


def _distributions(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.distributions import alt_text, distributions
    from cesp_analysis.figures.measurement_panels import histograms

    panels = histograms(table, words, level)
    caption = "Candidate outcomes: how their values lie the first time, before any model."
    return distributions(panels), caption, alt_text(panels), panels


def _reliability(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.measurement_panels import measured
    from cesp_analysis.figures.reliability import alt_text, reliability

    rows = measured(table, words, level)
    told = any(row.difference for row in rows) and words.one_against_one()
    cautions = [f"Of the thick lines: {SAMPLING_ONLY}"] if told else []
    caption = (
        "Candidate outcomes: how reliable they are, and how the difference of each lies to its"
        " minimally important one."
    )
    return reliability(rows, words.interval(), cautions), caption, alt_text(rows), rows


def _assumptions(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.assumptions import alt_text, assumptions
    from cesp_analysis.figures.sensitivity_panels import assumption_panels

    panels = assumption_panels(table, words)
    cautions = [SAMPLING_ONLY] if words.one_against_one() else []
    caption = (
        "Estimates under each assumption on the answers that nobody gave. None of them can be"
        " tested by the answers that there are."
    )
    return assumptions(panels, words.interval(), cautions), caption, alt_text(panels), panels


def _tipping(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.sensitivity_panels import tipping_panels, tipping_rows
    from cesp_analysis.figures.tipping import alt_text, tipping

    panels = tipping_panels(table, words)
    each = panels[0].places.each if panels else "arm"
    caption = (
        f"How far those who are lost would have to differ from what was imputed, {each} by {each}."
    )
    cautions = [SAMPLING_ONLY] if words.one_against_one() else []
    data = tipping_rows(table, words)
    return tipping(panels, words.interval(), cautions), caption, alt_text(panels), data


def _fidelity(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.fidelity import alt_text, fidelity, rated_rows

    rows = rated_rows(table, words.delivery.sources)
    cuts = (words.delivery.moderate, words.delivery.high)
    caption = "Fidelity by component and source: means of people of the intervention arm."
    return fidelity(rows, cuts, words.interval()), caption, alt_text(rows), rows


def _contacts(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    from cesp_analysis.figures.contacts import alt_text, contacts, people_by_contacts

    known = table["not_known"] == 0
    bars = people_by_contacts(table.loc[known, "contacts"].tolist(), int((~known).sum()))
    caption = "Contacts kept with the link worker: people of the intervention arm by their number."
    data = [{"contacts": number, "people": people} for number, people in bars]
    return contacts(bars), caption, alt_text(bars), data


def _labelled(table: "pd.DataFrame", words: "Wording") -> "pd.DataFrame":
    """Rows in config's order with labels; `group` becomes the label, `unit` the outcome's unit."""
    outcomes, groups = list(words.outcomes), words.groups()
    moments = [moment.name for moment in (*words.times, *words.waves)]
    keys = {"outcome": outcomes, "group": groups, "time": moments}
    ranks = {f"_{key}": table[key].astype("str").map(order.index) for key, order in keys.items()}
    frame = table.assign(**ranks).sort_values(list(ranks), kind="stable").drop(columns=list(ranks))
    names = frame["outcome"].astype("str")
    times = frame["time"].astype("str").map(words.moment)
    if "unit" in frame:
        frame = frame.rename(columns={"unit": "unit_id"})
    return frame.assign(
        outcome=names,
        outcome_label=names.map(lambda name: words.outcomes[name].label),
        unit=names.map(lambda name: words.outcomes[name].unit),
        arm=frame["group"].astype("str").map(words.arm),
        group=frame["group"].astype("str").map(words.group),
        time_label=times.map(lambda moment: moment.label),
        time_position=times.map(lambda moment: moment.position),
        time=frame["time"].astype("str"),
    )


KINDS: dict[str, Kind] = {
    "flow": Kind("results/tables/flow.csv", Flow, ("person", "respondent"), _flow),
    "recruitment": Kind(
        "results/tables/recruitment.csv", RecruitmentTable, ("person",), _recruitment
    ),
    "missingness": Kind(
        "results/tables/missing.csv", Missing, ("person", "respondent"), _missingness
    ),
    "missing_items": Kind("results/tables/missing.csv", Missing, ("person",), _missing_items),
    "traces": Kind("data/processed/traces.parquet", Traces, ("person",), _traces),
    "imputed_values": Kind(
        "results/tables/imputed_values.csv", ImputedValues, ("person",), _imputed_values
    ),
    "fmi": Kind("results/tables/fmi.csv", Fmi, ("person",), _fmi),
    "means": Kind("results/tables/means.csv", Means, ("person", "respondent"), _means),
    "trajectories": Kind("data/processed/panel.parquet", Panel, ("person",), _trajectories),
    "predicted": Kind(
        "results/tables/means.csv",
        Means,
        ("person", "respondent"),
        _predicted,
        beside="means.csv",
    ),
    "raincloud": Kind("data/processed/panel.parquet", Panel, ("person",), _raincloud),
    "bracket": Kind("results/tables/bracket.csv", Bracket, ("person",), _bracket),
    "balance": Kind("results/tables/balance.csv", Balance, ("person", "respondent"), _balance),
    "shock": Kind("results/tables/shock_curve.csv", ShockCurve, ("person", "respondent"), _shock),
    "specification_curve": Kind(
        "results/tables/specification_curve.csv",
        SpecificationCurve,
        ("person", "respondent"),
        _specification_curve,
    ),
    "completeness": Kind(
        "results/tables/completeness.csv", Completeness, ("respondent",), _completeness
    ),
    "composition": Kind(
        "results/tables/composition.csv", Composition, ("respondent",), _composition
    ),
    "survey_waves": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), _survey_waves
    ),
    "survey_answers": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), _survey_answers
    ),
    "neighbourhoods": Kind(
        "results/tables/survey_means.csv", SurveyMeans, ("respondent",), _neighbourhoods
    ),
    "neighbourhood_changes": Kind(
        "results/tables/neighbourhoods.csv",
        NeighbourhoodChanges,
        ("respondent",),
        _neighbourhood_changes,
    ),
    "assumptions": Kind(
        "results/tables/sensitivity.csv", SensitivityTable, ("person",), _assumptions
    ),
    "tipping": Kind("results/tables/tipping.csv", Tipping, ("person",), _tipping),
    "forest": Kind("results/tables/estimates.csv", Estimates, ("person", "respondent"), _forest),
    "distributions": Kind(
        "results/tables/distributions.csv", Distributions, ("person", "respondent"), _distributions
    ),
    "reliability": Kind(
        "results/tables/measurability.csv", Measurability, ("person", "respondent"), _reliability
    ),
    "fidelity": Kind("results/tables/fidelity.csv", FidelityTable, ("person",), _fidelity),
    "contacts": Kind("results/tables/dose.csv", DoseTable, ("person",), _contacts),
    "external": Kind("results/tables/external.csv", ExternalTable, ("respondent",), _external),
}


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


def beside(figure: str, predicting: Sequence[str]) -> list[str]:
    """The files of models that a figure is drawn from beside its table.

    `predicting`: the models of its level that predict means.
    """
    file = KINDS[kind_of(figure)[0]].beside
    return [f"results/models/{model}/{file}" for model in predicting if file]


def kind_of(figure: str) -> tuple[str, str]:
    """Kind and level of a figure's name."""
    kind, _, level = figure.rpartition("_")
    return kind, level

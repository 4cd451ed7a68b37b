"""What models say: from a table to a drawing, its caption and its alt text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cesp_analysis.few_sites.words import ShockWords, shock_words
from cesp_analysis.figures.drawn import Drawn
from cesp_analysis.models.two_sites import CAUTIONS
from cesp_analysis.numbers import OTHER_DECIMALS

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording


def when(entry: Mapping[Any, Any], wave: str) -> str:
    """The time of an estimate; of a survey also of whom it is, where a wave has several; of a
    staggered start what it averages."""
    if entry["kind"] == "group_time":
        return str(entry["contrast"]).partition(", ")[2]
    if entry["kind"] != "survey":
        return wave
    return wave + str(entry["contrast"]).rpartition(f" to {wave}")[2]


def draw_forest(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Estimates of each outcome by model and time, with intervals."""
    from cesp_analysis.figures.forest import ForestRow, alt_text, forest

    rows = []
    for entry in table[table["level"] == level].to_dict("records"):
        outcome = words.outcomes[entry["outcome"]]
        estimated, same = entry["status"] == "estimated", entry["unit"] == outcome.unit
        moment = entry["time"] if isinstance(entry["time"], str) else ""
        untimed = "average of times" if "average" in entry["estimand"] else "all times"
        label = words.moment(moment).label if moment else untimed
        rows.append(
            ForestRow(
                outcome_label=outcome.label,
                unit=entry["unit"],
                model_label=words.models[entry["model"]].label,
                contrast=when(entry, label) if moment or entry["kind"] == "group_time" else label,
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


def draw_shock(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Intervals with sampling error alone, and with what else may happen to a site."""
    from cesp_analysis.figures.shock import alt_text, shock
    from cesp_analysis.figures.shock_panels import shock_panels

    panels = shock_panels(table, words, level)
    called = _shocks(words)
    caption = f"What a shock to a site, as large as {called.ones} or larger, does to the intervals."
    return shock(panels, words.interval(), called), caption, alt_text(panels, called), panels


def draw_bracket(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """The two adjustments for unequal baselines, and what lies between them."""
    from cesp_analysis.declared.outcomes import which
    from cesp_analysis.few_sites.bracket_words import OF_WHOM
    from cesp_analysis.figures.bracket import alt_text, bracket
    from cesp_analysis.figures.bracket_panels import bracket_outcomes, bracket_panels

    panels = bracket_panels(table, words, level)
    shown = which(words.outcomes[name] for name in bracket_outcomes(table, words, level))
    caption = f"DiD, ANCOVA and doubly robust of {OF_WHOM}, side by side: {shown}."
    return bracket(panels, words.interval()), caption, alt_text(panels), panels


def draw_specification_curve(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Estimates of all specifications, in order, with what each is made of."""
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


def draw_balance(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Standardised differences of covariates, before and after weighting."""
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


def draw_predicted(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Means that a model predicts, by site and time."""
    from cesp_analysis.figures.predicted import alt_text, predicted
    from cesp_analysis.figures.predicted_panels import predicted_panels

    panels, caption = predicted_panels(table, words, level)
    times = [moment.label for moment in words.moments(level)]
    return predicted(panels, times, words.interval()), caption, alt_text(panels), panels


def draw_event_study(table: "pd.DataFrame", words: "Wording", level: str) -> Drawn:
    """Effects by time since the start, of sites that began at different times."""
    from cesp_analysis.figures.event_study import alt_text, event_study, panels_of

    panels, unit = panels_of(table, words, level), words.time_unit
    caption = "What the intervention does by time since it began."
    drawing = event_study(panels, unit, words.interval())
    return drawing, caption, alt_text(panels, unit), panels

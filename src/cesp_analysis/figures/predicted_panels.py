"""Which means the figure of predicted means shows, and what its caption says of the others."""

from typing import TYPE_CHECKING

from cesp_analysis.declared.outcomes import which
from cesp_analysis.figures.predicted import OBSERVED, Point, PredictedPanel, Series

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.declared.wording import Wording

MOST_OUTCOMES = 6  # rows of panels: a page
MOST_MODELS = 4  # in a panel: more cannot be told apart
MOST_SITES = 2  # of an arm

Means = dict[tuple[str, str, str], dict[str, tuple[Point, ...]]]
"""(outcome, model or '' for observed ones, group) → its means in order of time, by the time
that they were fitted for beside the reference ('': one model of all times)."""


def predicted_panels(
    table: "pd.DataFrame", words: "Wording", level: str
) -> tuple[list[PredictedPanel], str]:
    """The panels of one level, in config's order, and the caption.

    `table`: Means of all models and, with a blank model, observed ones.
    """
    found = _means(table[table["level"] == level], words, level)
    models = {  # outcome → who predicts it
        name: [m for m in words.models if any(key[:2] == (name, m) for key in found)]
        for name in words.outcomes
    }
    outcomes = _outcomes(models, words)
    there = {key[2] for key in found} & {*words.groups()}
    groups = _groups(there, words)
    panels = []
    for name in outcomes[:MOST_OUTCOMES]:
        for group in groups:
            shown = ["", *models[name][:MOST_MODELS]]
            series = tuple(
                Series(words.models[model].label if model else OBSERVED, points)
                for model in shown
                for points in found.get((name, model, group), {}).values()
            )
            label, unit = words.outcomes[name].label, words.outcomes[name].unit
            panel = PredictedPanel(label, unit, words.group(group), words.arm(group), series)
            panels.append(panel)
    more = len(there) - len(groups)
    some = f"Shown are {len(groups)} of {len(there)} sites." if more else ""
    caption = _caption(outcomes, models, some, words, level)
    return panels, " ".join([*caption, *_pairs(found, outcomes, models, words)])


def _means(own: "pd.DataFrame", words: "Wording", level: str) -> Means:
    labels = {moment.name: moment.label for moment in words.moments(level)}
    known = own[own["mean"].notna()].copy()
    for name in ("model", "model_time"):
        known[name] = known[name].fillna("")
    rank = known["time"].map(list(labels).index)
    known = known.assign(rank=rank).sort_values("rank", kind="stable")
    found: Means = {}
    for row in known.to_dict("records"):
        key = (row["outcome"], row["model"], row["group"])
        point = (labels[row["time"]], row["mean"], row["ci_low"], row["ci_high"])
        own_model = found.setdefault(key, {})
        own_model[row["model_time"]] = (*own_model.get(row["model_time"], ()), point)
    return found


def _pairs(
    found: Means, outcomes: list[str], models: dict[str, list[str]], words: "Wording"
) -> list[str]:
    """A sentence on models that are drawn as a line for each time but the reference."""
    drawn = {(name, m) for name in outcomes[:MOST_OUTCOMES] for m in models[name][:MOST_MODELS]}
    split = {key[1] for key, lines in found.items() if len(lines) > 1 and key[:2] in drawn}
    names = ", ".join(words.models[model].label for model in words.models if model in split)
    if not names:
        return []
    return [
        f"Of {names} each time has a line of its own to the time of reference: a model of those who"
        " answered at both, so that the lines of one model may lie apart there."
    ]


def _outcomes(models: dict[str, list[str]], words: "Wording") -> list[str]:
    """Predicted primary outcomes, and the first of each model that predicts none of these."""
    chosen = [n for n, by in models.items() if by and words.outcomes[n].role == "primary"]
    for model in words.models:
        own = [name for name, by in models.items() if model in by]
        if own and not set(own) & set(chosen):
            chosen.append(own[0])
    return sorted(chosen, key=list(models).index)


def _groups(there: set[str], words: "Wording") -> list[str]:
    """Sites (or arms) with means, of each arm the first in config's order."""
    shown: list[str] = []
    for group in words.groups():
        same = [other for other in shown if words.arm(other) == words.arm(group)]
        if group in there and len(same) < MOST_SITES:
            shown.append(group)
    return shown


def _caption(
    outcomes: list[str], models: dict[str, list[str]], some: str, words: "Wording", level: str
) -> list[str]:
    main = any(words.outcomes[name].role == "primary" for name in outcomes)
    own = [words.outcomes[name] for name in outcomes]
    which_ones = (
        "primary outcomes, and of each model of none of these its first outcome"
        if main
        else f"the first of each model, {which(own)}"
    )
    said = [
        f"Means that models predict beside the observed ones: {which_ones}; the tables hold all."
        " Observed means are unweighted and of all who answered. A model's are of its own records"
        " and with covariates alike in all groups, so that they need not meet the observed ones."
    ]
    if len(outcomes) > MOST_OUTCOMES:
        said.append(f"Shown are {MOST_OUTCOMES} of {len(outcomes)} such outcomes.")
    said += [some] if some else []
    for name in outcomes[:MOST_OUTCOMES]:
        if left := models[name][MOST_MODELS:]:
            names = ", ".join(words.models[model].label for model in left)
            said.append(f"{words.outcomes[name].label}: not drawn {names}.")
    of_level = {name: model for name, model in words.models.items() if model.level == level}
    if without := words.without_means(level):
        said.append(without)
    made = {name for by in models.values() for name in by}
    if none := [m.label for name, m in of_level.items() if not m.no_means and name not in made]:
        said.append(f"Without means, because nothing was estimated: {', '.join(none)}.")
    return said

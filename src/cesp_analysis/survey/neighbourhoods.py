"""What the respondents of each neighbourhood answered: a description of that neighbourhood alone.

Its respondents are taken as drawn within it; the interval speaks of this neighbourhood, not of
others like it. Weights are taken as given: margins are those of a site and wave.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.networks import NOT_INDEPENDENT
from cesp_analysis.models.hidden import reasons_by
from cesp_analysis.models.survey_domain import at_random, kish_n, proportion_interval, t_interval
from cesp_analysis.survey.answers import Answers, MeansSpec
from cesp_analysis.survey.few_answers import categories_hidden

METHOD = "weighted; respondents as drawn within the neighbourhood, weights as given"


Places = dict[tuple[str, str, str], np.ndarray]
"""Site, neighbourhood, wave → the places of its records."""


def places_of(records: pd.DataFrame, how: MeansSpec) -> Places:
    """The records of each neighbourhood and wave, sites and waves in config's order."""
    if records["neighbourhood"].isna().all():
        return {}
    found: Any = records.reset_index(drop=True).groupby(
        ["group", "neighbourhood", "time"], observed=True, sort=True
    )
    places: Places = {(str(s), str(n), str(w)): at for (s, n, w), at in found.indices.items()}
    order = {group: k for k, group in enumerate(how.groups())}
    waves = {wave: k for k, wave in enumerate(how.waves)}
    ranked = sorted(places, key=lambda at: (order[at[0]], at[1], waves[at[2]]))
    return {key: places[key] for key in ranked}


def hidden_of(counts: dict[tuple[str, str, str], int], how: MeansSpec) -> dict[Any, str]:
    """Why each neighbourhood's answers of a wave are not shown, '' where they are: they add to the
    site's. counts: site, neighbourhood and wave → answers."""
    whole = {at: (at[0], at[2]) for at in counts}
    return reasons_by(counts, whole, how.at_least(), "answers")


def rare_of(answers: Answers, places: Places, how: MeansSpec) -> dict[Any, list[str]]:
    """Why each category of a neighbourhood and wave is not shown, '' where it is."""
    return categories_hidden(answers, places, {at: (at[0], at[2]) for at in places}, how)


def neighbourhood_rows(
    answers: Answers, weight: np.ndarray, places: Places, how: MeansSpec
) -> Iterator[Row]:
    """A row a neighbourhood, wave and category; below how.at_least() answers their number alone."""
    answered = ~np.asarray(np.isnan(answers.columns).any(axis=1))
    hidden = hidden_of({at: int(answered[rows].sum()) for at, rows in places.items()}, how)
    rare = rare_of(answers, places, how)
    for (site, near, wave), everybody in places.items():
        if not how.asked(answers.outcome, wave):
            continue
        own = everybody[answered[everybody]]
        common = {
            "of": "neighbourhood",
            "site": site,
            "group": near,
            "wave": wave,
            "outcome": answers.outcome,
            "question": how.question(answers.outcome) or None,
            "measure": answers.measure,
            "unit": answers.unit,
            "n": len(own),
            "respondents": len(everybody),
            "ci_level": how.ci_level,
        }
        why = hidden[site, near, wave] or ("" if len(own) else _NOBODY)
        for k, (category, label) in enumerate(zip(answers.categories, answers.labels, strict=True)):
            row = common | {"category": category or None, "label": label}
            if few := why or rare[site, near, wave][k]:
                yield row | {"reason": few}
            else:
                yield row | _estimate(answers.columns[own, k], weight[own], answers, how)


_NOBODY = "no estimate: nobody answered"


def _estimate(values: np.ndarray, weight: np.ndarray, answers: Answers, how: MeansSpec) -> Row:
    n, mean = len(values), float(weight @ values / weight.sum())
    if how.shares(answers.outcome):
        return {"estimate": mean, "reason": NOT_INDEPENDENT}
    pulls = weight * (values - mean) / weight.sum()
    variance, plain = float(n / (n - 1) * pulls @ pulls), at_random(values, weight)
    if answers.measure == "proportion":
        said = proportion_interval(mean, variance, n - 1, how.ci_level, kish_n(weight))
    else:
        said = t_interval(mean, variance, n - 1, how.ci_level, plain)
    deff = variance / plain if said.std_error is not None and plain > 0 else None
    return {
        "estimate": mean,
        "std_error": said.std_error,
        "df": n - 1,
        "ci_low": said.low,
        "ci_high": said.high,
        "deff": deff,
        "effective_n": n / deff if deff else None,
        "psus": n,
        "strata": 1,
        "method": f"{METHOD}; {said.how}" if said.how else None,
        "reason": said.reason or None,
    }
